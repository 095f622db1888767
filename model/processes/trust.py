"""Trust: contacts of today change how people stand with police, their own and, less, those of people tied to them.

Each tie passes a share on once: what a friend hears goes no further. Trust fades by the half-lives in
`model/standing.py`, reckoned when somebody asks.
"""

import numpy as np

from ...agents.compiled import compiled
from ...agents.resident import HERE
from ..events import POLICE_CONTACT
from ..process import process
from ..standing import mean_trust, touch_trust
from ..world import START_DAY

QUARTER = 91  # days between looks at the community's mean in the burn-in
LOOKS_BACK = 4  # quarters in its last year


@compiled(kept=True)
def _spread(world):
    """Let every good or bad contact of today count for the person and, once, for everybody tied to them."""
    clock, rules = world.clock[0], world.rules[0]
    for i in range(clock.today, clock.events):
        event = world.events[i]
        if event.kind != POLICE_CONTACT or event.amount == 0.0:
            continue
        row = 0 + event.who
        change = rules.trust_gain if event.amount > 0.0 else -rules.trust_gain * rules.bad_to_good
        touch_trust(world, row, change)
        _tell(world, row, change * rules.trust_vicarious)


@compiled
def _tell(world, row, change):
    """Pass a change of trust on to household members and along ties."""
    resident = world.residents[row]
    other = world.households[resident.household].first if resident.fate == HERE else -1
    while other >= 0:
        if other != row:
            touch_trust(world, other, change)
        other = world.residents[other].housemate
    if row < len(world.tie_start) - 1:
        for i in range(world.tie_start[row], world.tie_start[row + 1]):
            other = 0 + world.tie_to[i]
            if world.residents[other].fate == HERE:
                touch_trust(world, other, change)
    tie = world.late_first[row]
    while tie > 0:
        other = 0 + world.late_ties[tie - 1].to
        if world.residents[other].fate == HERE:
            touch_trust(world, other, change)
        tie = world.late_ties[tie - 1].next


def _take_the_reference(world) -> None:
    """In the last year of the burn-in, let the mean trust of four quarters become that from which trust is measured."""
    look = (world.day - START_DAY) // QUARTER
    if world.day < 0 and (world.day - START_DAY) % QUARTER == 0:
        rules = world.state.rules[0]
        last = -START_DAY // QUARTER
        mean = mean_trust(world.view)
        first_of_year = last - LOOKS_BACK + 1
        number = max(1, look - first_of_year + 1)
        rules.trust_mean = float(np.float64(rules.trust_mean) + (mean - rules.trust_mean) / number)


@process(
    writes=("residents.trust_shift, trust_good, trust_bad, trust_day", "rules.trust_mean"),
)
def spread(world) -> None:
    """Let today's contacts with police change trust, one's own and that of people tied to one."""
    _spread(world.view)
    _take_the_reference(world)
