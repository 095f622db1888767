"""Days: what turns over at midnight. Dated policy changes, the supply, and the draws of the day."""

from ..agents.compiled import compiled
from ..agents.table import NONE
from .changes import NOTHING_TODAY
from .diary import whole_today
from .events import NOWHERE, POLICY_CHANGED, SEIZED, Kind, happened
from .levers import set_levers, shock_trust
from .process import process
from .randomness import Stream, block, draw
from .rules import DAYS_A_YEAR

MONTH_DAYS = DAYS_A_YEAR / 12
SEASON_DAYS = 91
_SEIZURE = 29  # stream


@compiled(kept=True)
def _begin(world):
    """Let the response teams have their calls of the day."""
    clock, rules = world.clock[0], world.rules[0]
    clock.team_calls = 0
    rules.team_calls_today = float(whole_today(rules.team_calls_per_day, clock.day))


@compiled(kept=True)
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


@compiled
def _seize(world):
    """Let police seize opioids here and there; for some days the supply around is another one."""
    clock, rules = world.clock[0], world.rules[0]
    for place in range(len(world.seized_until)):
        if draw(clock.seed, _SEIZURE, place, clock.day, 0) < rules.seizures_per_day:
            happened(world, SEIZED, NONE, NONE, float(place), NONE, NOWHERE)
            world.seized_until[place] = clock.day + int(rules.seizure_days)


def supply_on(scenario, day: int) -> float:
    """Return the supply index of the month a day lies in; before the policy start, and without a series, 1."""
    series = scenario.overdose.supply
    month = int(day / MONTH_DAYS)
    return series[min(month, len(series) - 1)] if series and day >= 0 else 1.0


@process(
    writes=(
        "workers.capacity",
        "agencies.carries_naloxone",
        "providers.slots, reserved",
        "rules.supply_today, team_calls_today",
        "levers, trust shock, luck, seizures",
        "clock.team_calls",
    ),
    draws=(Stream.USE, Stream.OVERDOSE, Stream.CARE, Stream.OTHER_DEATH, Stream.SEIZURE),
    emits=(Kind.POLICY_CHANGED, Kind.SEIZED),
)
def turn(world) -> None:
    """Begin the day: the policy as of today, the supply, and one block of draws a person with a history."""
    day = world.day
    rules = world.state.rules[0]
    rules.supply_today = world.scenario.overdose.community_factor * supply_on(world.scenario, day)
    changes = [number for number, change in enumerate(world.scenario.changes) if change.day == day]
    if day == 0 or changes:
        set_levers(world, world.policy_on(day))
    if day == 0 or any("trust.shock" in dict(world.scenario.changes[number].set.items()) for number in changes):
        shock_trust(world, world.policy_on(day).trust.shock)
    world.make_room()  # for what the policy of today can bring about
    _begin(world.view)
    for number in changes:
        happened(world.view, POLICY_CHANGED, NONE, NONE, float(number), NONE, NOWHERE)
    if rules.seizure_to_overdose > 1.0:
        _seize(world.view)
    _draw_the_day(world.view)
