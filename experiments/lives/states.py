"""How somebody stood day after day: use, treatment, jail, home, told from their events and the state at the end."""

from enum import IntEnum
from typing import NamedTuple

import numpy as np

from ...agents.child import Custody
from ...agents.resident import Care, Fate, Use
from ...model.events import Kind
from ...model.world import START_DAY, World
from .events import OWN, Item

NO_HISTORY = -1  # of opioid use


class State(IntEnum):
    """What a band of the figure shows; one that comes earlier here hides those that come later."""

    DIED = 0
    MOVED = 1  # away
    ELSEWHERE = 2  # not born or not moved in yet
    JAIL = 3
    PLACED = 4  # with kin or in foster care, by child protection
    TREATED = 5
    TREATED_USING = 6
    WAITING = 7
    USING = 8
    NOT_USING = 9
    NONE = 10  # no opioid use


SAID = {
    State.DIED: "died",
    State.MOVED: "moved away",
    State.ELSEWHERE: "not here yet",
    State.JAIL: "in jail",
    State.PLACED: "removed from home",
    State.TREATED: "in treatment, not using",
    State.TREATED_USING: "in treatment, using",
    State.WAITING: "on a waiting list",
    State.USING: "using opioids",
    State.NOT_USING: "not using now",
    State.NONE: "no opioid use",
}
WAITED = (Kind.ADMITTED, Kind.DID_NOT_ATTEND, Kind.LEFT_LIST, Kind.TURNED_AWAY)  # who had these was on a list before
ENDED = (Kind.DID_NOT_ATTEND, Kind.LEFT_LIST, Kind.LEFT_CARE)
GONE = {Kind.DIED_OVERDOSE: State.DIED, Kind.DIED_OTHER: State.DIED, Kind.MOVED_OUT: State.MOVED}
TREATED = 100  # by what is not known, or no matter


class Span(NamedTuple):
    """Days on which the state at the end of the day was the same: from `start` until the day before `end`."""

    start: int
    end: int
    state: State


class Tracks(NamedTuple):
    """Everything that is followed of a person, each (days, values): a value holds from its day on."""

    use: list[tuple[int, int]]
    care: list[tuple[int, int]]
    held: list[tuple[int, int]]
    custody: list[tuple[int, int]]
    gone: list[tuple[int, int]]


def tracks(world: World, row: int, life: list[Item]) -> Tracks:
    """Follow a resident through their life, from the first day of the burn-in."""
    own = [item for item in life if item.role == OWN]
    events = world.events
    person = world.residents[row]
    history = world.histories[person["history"]] if person["history"] >= 0 else None
    child = world.children[person["child"]] if person["child"] >= 0 else None
    gone = _gone(own, int(person["fate"]))
    last = history is not None and gone[-1][1] < 0  # a row of somebody gone says nothing more
    return Tracks(
        use=_use(own, events, NO_HISTORY if history is None else int(history["use"])),
        care=_care(own, events, int(history["care"]) if last else Care.NONE),
        held=_on_and_off(own, Kind.JAILED, Kind.RELEASED, int(history["held"]) if last else 0),
        custody=_custody(own, events, int(child["custody"]) if child is not None else Custody.HOME),
        gone=gone,
    )


def on(track: list[tuple[int, int]], day: int) -> int:
    """Return the value of a track at the end of a day; before its first day, that of its beginning."""
    return next((value for since, value in reversed(track) if since <= day), track[0][1])


def state_of(told: Tracks, day: int) -> State:
    """Return the state at the end of a day."""
    gone, care, use = on(told.gone, day), on(told.care, day), on(told.use, day)
    if gone >= 0:
        return State(gone)
    if on(told.held, day):
        return State.JAIL
    if on(told.custody, day) != Custody.HOME:
        return State.PLACED
    using = use in (Use.MISUSE, Use.OUD, Use.INJECTING)
    if care >= Care.METHADONE:
        return State.TREATED_USING if using else State.TREATED
    if care == Care.WAITING:
        return State.WAITING
    return State.USING if using else State.NOT_USING if use == Use.REMISSION else State.NONE


def spans(told: Tracks, start: int, end: int) -> list[Span]:
    """Return the states from day `start` until the day before `end`, without gaps."""
    days = sorted({start, *(day for track in told for day, _ in track if start < day < end)})
    found: list[Span] = []
    for day, until in zip(days, [*days[1:], end], strict=True):
        state = state_of(told, day)
        if found and found[-1].state == state:
            found[-1] = found[-1]._replace(end=until)
        else:
            found.append(Span(day, until, state))
    return found


def _use(own: list[Item], events: np.ndarray, last: int) -> list[tuple[int, int]]:
    changes = [item for item in own if item.kind == Kind.USE_CHANGED]
    first = int(events["other"][changes[0].row]) if changes else last
    return [(START_DAY, first), *((item.day, int(events["amount"][item.row])) for item in changes)]


def _care(own: list[Item], events: np.ndarray, last: int) -> list[tuple[int, int]]:
    steps = [item for item in own if item.kind in (Kind.ASKED_FOR_CARE, *WAITED, *ENDED)]
    if not steps:
        return [(START_DAY, last)]
    first = steps[0].kind
    before = Care.WAITING if first in WAITED else TREATED if first == Kind.LEFT_CARE else Care.NONE
    track, wanted = [(START_DAY, int(before))], TREATED
    for item in steps:
        if item.kind == Kind.ASKED_FOR_CARE:
            wanted = int(events["amount"][item.row])
            track.append((item.day, int(Care.WAITING)))
        elif item.kind == Kind.ADMITTED:
            track.append((item.day, wanted))
        elif item.kind in ENDED:
            track.append((item.day, int(Care.NONE)))
    return track


def _on_and_off(own: list[Item], begins: Kind, ends: Kind, last: int) -> list[tuple[int, int]]:
    steps = [(item.day, int(item.kind == begins)) for item in own if item.kind in (begins, ends)]
    return [(START_DAY, 1 - steps[0][1] if steps else last), *steps]


def _custody(own: list[Item], events: np.ndarray, last: int) -> list[tuple[int, int]]:
    steps = [item for item in own if item.kind in (Kind.REMOVED, Kind.REUNIFIED)]
    if not steps:
        return [(START_DAY, last)]
    first = int(Custody.HOME) if steps[0].kind == Kind.REMOVED else int(events["other"][steps[0].row])
    placed = [int(events["amount"][item.row]) if item.kind == Kind.REMOVED else 0 for item in steps]
    return [(START_DAY, first), *((item.day, to) for item, to in zip(steps, placed, strict=True))]


def _gone(own: list[Item], fate: int) -> list[tuple[int, int]]:
    here = -1
    track = [(START_DAY, here)]
    for item in own:
        if item.kind in (Kind.BORN, Kind.MOVED_IN) and item is own[0]:
            track = [(START_DAY, int(State.ELSEWHERE)), (item.day, here)]
        elif item.kind in GONE:
            track.append((item.day, int(GONE[item.kind])))
    if fate != Fate.HERE and track[-1][1] == here:
        track.append((START_DAY, int(State.MOVED if fate == Fate.MOVED else State.DIED)))
    return track
