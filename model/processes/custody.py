"""Custody: court hearings, release from jail, and what waits outside."""

from ...agents.agency import JAIL
from ...agents.compiled import compiled
from ...agents.dealings import JAIL_RELEASE
from ...agents.resident import HERE
from ..care import ask_for_care
from ..diary import COURT as COURT_DATES
from ..diary import RELEASE, due
from ..events import COURT, NOWHERE, Kind, happened
from ..hand_off import PROVIDER, hand_over
from ..jail import SUPERVISED, asks_in_jail, end_custody
from ..process import process
from ..randomness import Stream, draw

_CUSTODY = 22


@compiled
def _hear(world, row, cause):
    """Let a case be heard: it may end in supervision."""
    clock, rules = world.clock[0], world.rules[0]
    person, dealings = world.histories[row], world.dealings[row]
    supervised = draw(clock.seed, _CUSTODY, person.key, clock.day, SUPERVISED) < rules.supervision_share
    happened(world, COURT, person.resident, -1, 1.0 if supervised else 0.0, cause, NOWHERE)
    if supervised:
        dealings.supervised_until = max(dealings.supervised_until, clock.day + int(rules.supervision_days))


@compiled(kept=True)
def _custody(world):
    for resident in due(world, COURT_DATES):
        if world.residents[resident].fate == HERE:
            row = world.residents[resident].history
            _hear(world, row, world.dealings[row].court_event)
    for resident in due(world, RELEASE):
        if world.residents[resident].fate != HERE:
            continue
        row = world.residents[resident].history
        released = end_custody(world, row, world.dealings[row].jail_event)
        _hear(world, row, released)
        if asks_in_jail(world, row):
            handed = hand_over(world, row, JAIL, PROVIDER, JAIL_RELEASE, released)
            if handed >= 0:
                ask_for_care(world, row, JAIL_RELEASE, handed)


@process(
    writes=(
        "histories.asked_event, care_since, provider, care, wants, held",
        "dealings.release_day, supervised_until, care_officer, care_pathway, warm",
        "queue, diary",
    ),
    draws=(Stream.CUSTODY, Stream.HAND_OFF, Stream.PROVIDER),
    emits=(Kind.COURT, Kind.RELEASED, Kind.HANDED_OVER, Kind.LOST, Kind.ASKED_FOR_CARE),
)
def hold(world) -> None:
    """Hear the cases of today and release those whose stay ends."""
    _custody(world.view)
