"""Days: what turns over at midnight. Dated policy changes, the supply, and the draws of the day."""

from ..agents.compiled import compiled
from ..agents.table import NONE
from .changes import NOTHING_TODAY
from .events import NOWHERE, POLICY_CHANGED, Kind, happened
from .levers import set_levers
from .process import process
from .randomness import Stream, block
from .rules import DAYS_A_YEAR

MONTH_DAYS = DAYS_A_YEAR / 12
SEASON_DAYS = 91


@compiled
def _draw_the_day(world):
    """Draw streams 0-3 of everybody with a history: their use, overdose, care and other death of today."""
    clock = world.clock[0]
    seed, day = clock.seed, clock.day
    histories, luck = world.histories, world.luck
    for row in range(clock.histories):
        person = histories[row]
        if person.present:
            luck[row, 0], luck[row, 1], luck[row, 2], luck[row, 3] = block(seed, 0, person.key, day, 0)
        else:
            luck[row, 0] = luck[row, 1] = luck[row, 2] = luck[row, 3] = NOTHING_TODAY


def supply_on(scenario, day: int) -> float:
    """Return the supply index of the month a day lies in; before the policy start, and without a series, 1."""
    series = scenario.overdose.supply
    month = int(day / MONTH_DAYS)
    return series[min(month, len(series) - 1)] if series and day >= 0 else 1.0


@process(
    writes=("providers.slots", "agencies.carries_naloxone"),
    draws=(Stream.USE, Stream.OVERDOSE, Stream.CARE, Stream.OTHER_DEATH),
    emits=(Kind.POLICY_CHANGED,),
)
def turn(world) -> None:
    """Begin the day: the policy as of today, the supply, and one block of draws a person with a history."""
    day = world.day
    rules = world.state.rules[0]
    rules.supply_today = world.scenario.overdose.community_factor * supply_on(world.scenario, day)
    changes = [number for number, change in enumerate(world.scenario.changes) if change.day == day]
    if day == 0 or changes:
        set_levers(world, world.policy_on(day))
    world.make_room()  # for what the policy of today can bring about
    for number in changes:
        happened(world.view, POLICY_CHANGED, NONE, NONE, float(number), NONE, NOWHERE)
    _draw_the_day(world.view)
