"""Drug use: first use, escalation, route, remission, relapse, tolerance.

Only people with a history are visited daily. First use comes up as candidate dates of an upper
bound of the hazard; age, sex and ties decide on the day whether a candidate holds.
"""

from ...agents.compiled import compiled
from ...agents.resident import (
    HERE,
    INJECTING,
    MISUSE,
    NO_USE,
    OUD,
    REMISSION,
    next_tolerance,
    next_use,
    relapses,
)
from ...agents.table import NONE
from ..care import change_use, returns_injecting
from ..changes import add_tie, begin_history
from ..diary import FIRST_USE, YEAR, due, note_first_use
from ..events import Kind
from ..home import family_ratio
from ..network import CO_USE, FRIEND, KIN, WHO_USES, pick_tie, share_in_use
from ..process import process
from ..randomness import TO_UNIT, Stream, draw

_USE, _FIRST_USE, _TIES = 0, 13, 10


@compiled(kept=True)
def _start(world):
    """Let people whose candidate day holds begin to use."""
    clock = world.clock[0]
    rules = world.rules[0]
    for row in due(world, FIRST_USE):
        resident = world.residents[row]
        if resident.fate != HERE:
            continue
        if resident.history >= 0 and world.histories[resident.history].use != NO_USE:
            continue
        age = min(110, int((clock.day - resident.born) / YEAR))
        factor = world.first_use_shape[resident.sex, age] * (1.0 + rules.tie_effect * share_in_use(world, row))
        factor *= min(rules.family_bound, family_ratio(world, row))
        if draw(clock.seed, _FIRST_USE, resident.key, clock.day, 1) * rules.first_use_bound >= factor:
            note_first_use(world, row, clock.day)
            continue
        begin_use(world, row, draw(clock.seed, _FIRST_USE, resident.key, clock.day, 2), NONE)


@compiled
def begin_use(world, row, u, cause):
    """Let somebody begin: illicit use or misuse, by one draw; and come to know others who use."""
    rules = world.rules[0]
    illicit = rules.first_illicit_per_day * rules.oud_scale
    if u * (illicit + rules.first_misuse_per_day) < illicit:
        begin_history(world, row, OUD, 0.0, cause)
    else:
        begin_history(world, row, MISUSE, 1.0, cause)
    _meet_others_who_use(world, row)


@compiled
def _meet_others_who_use(world, row):
    """Tie somebody who begins to use to one friend and one relative who use, and to one of their contacts."""
    clock = world.clock[0]
    key = world.residents[row].key
    for attempt, kind in ((0, FRIEND), (1, KIN)):
        other = pick_tie(world, row, kind, draw(clock.seed, _TIES, key, clock.day, 40 + attempt), WHO_USES)
        if other >= 0:
            add_tie(world, row, other, CO_USE)
            further = pick_tie(world, other, CO_USE, draw(clock.seed, _TIES, key, clock.day, 42 + attempt), WHO_USES)
            if further >= 0 and further != row and further != other:
                add_tie(world, row, further, CO_USE)


@compiled(kept=True)
def _use(world):
    """Change use and tolerance of everybody with a history, each from one draw."""
    clock = world.clock[0]
    rules = world.rules[0]
    histories, luck = world.histories, world.luck
    for row in range(clock.histories):
        person = histories[row]
        if not person.present:
            continue
        u = (luck[row, _USE] + 0.5) * TO_UNIT
        use = person.use
        if person.held:
            pass  # neither use nor its course goes on in jail; tolerance falls
        elif use == REMISSION:
            if relapses(person, u, clock.day - person.since, rules, world.relapse):
                change_use(world, row, INJECTING if returns_injecting(world, person.key) else OUD, NONE)
        elif use != NO_USE:
            after = next_use(person, u, rules)
            if after != use:
                change_use(world, row, after, NONE)
        person.tolerance = next_tolerance(person, rules.tolerance_keep)


@process(
    writes=(
        "residents.history",
        "histories.tolerance, since, care_since, provider, use, care, wants",
        "dealings.care_officer, care_pathway",
        "ties, queue, diary, luck",
    ),
    adds=("histories",),
    draws=(Stream.USE, Stream.FIRST_USE, Stream.RELAPSE_ROUTE, Stream.TIES, Stream.HISTORY, Stream.POLICE_CONTACT),
    emits=(Kind.USE_CHANGED, Kind.LEFT_LIST),
)
def use(world) -> None:
    """Let people begin, escalate, stop and go back to use; tolerance follows."""
    _start(world.view)
    _use(world.view)
