"""On which earlier day a difference began: the day that made somebody stand as they did, got a kit, was reached."""

from collections.abc import Iterator

import numpy as np

from ...model.events import Kind
from .events import CHILD, Item
from .parts import PEOPLE, PLACES, SELF, STAFF, Part
from .states import on, tracks
from .trial import Link, Trials, Who
from .worlds import SIDES

USE = (Kind.USE_CHANGED,)
CARE = (Kind.ASKED_FOR_CARE, Kind.ADMITTED, Kind.DID_NOT_ATTEND, Kind.LEFT_LIST, Kind.LEFT_CARE)
JAIL = (Kind.JAILED, Kind.RELEASED)
PLACE = (Kind.MOVED_OUT, Kind.MOVED_IN, Kind.BORN, Kind.DIED_OTHER, Kind.DIED_OVERDOSE)
CASE = (Kind.LISTED, Kind.REFERRED, Kind.EVENT_PASSED, Kind.WALKED_IN, Kind.CASE_OPENED, Kind.CASE_CLOSED)
STANDING = (*USE, *CARE, *JAIL, *PLACE, *CASE, Kind.OVERDOSE, Kind.ARRESTED, Kind.COURT)
CHANGED_BY = {PLACES: CARE, STAFF: CASE, PEOPLE: (*USE, *JAIL, *PLACE)}  # part -> kinds of event that change it
REACHED = (Kind.COACHED, Kind.SERVICES_BEGAN, Kind.FAMILY_REACHED)
KIT_OF_WITNESS, KIT_OF_HOME = 1, 2  # amount of LAY_NALOXONE

type Origin = tuple[Who, int] | None  # whose day leads on


def origin(trials: Trials, who: Who, until: int, part: Part | None = None) -> Origin:
    """Return the day that made somebody differ on the evening of `until`, in a part: the day its causes begin.

    Where nothing of the kind happened to them in one world only, the day of their first difference.
    """
    alone = [dict(_alone(trials, who, side, until)) for side in SIDES]
    for kinds in (_kinds(trials, who, until, part), STANDING):
        changes = [
            (item.day, item.row, side)
            for side in SIDES
            for item in alone[side].values()
            if (who.officer or item.kind in kinds) and item.role != CHILD
        ]
        if changes:
            break
    else:
        day = trials.parted(who)
        return (who, day) if day is not None and day <= until else None
    _, row, side = max(changes)
    while (cause := int(trials.stories[side].events["cause"][row])) in alone[side]:
        row = cause
    return who, alone[side][row].day


def _kinds(trials: Trials, who: Who, until: int, part: Part | None) -> tuple[Kind, ...]:
    """Return the kinds of event that change a part; of somebody's own standing, what differs that evening."""
    if part is not SELF:
        return CHANGED_BY.get(part, STANDING)
    a, b = (tracks(trials.worlds.ends[side], trials.row(who, side), trials.lives(who)[side]) for side in SIDES)
    found = []
    for one, other, kinds in ((a.use, b.use, USE), (a.care, b.care, CARE), (a.held, b.held, JAIL)):
        found += kinds if on(one, until) != on(other, until) else ()
    return tuple(found) or STANDING


def kit(trials: Trials, link: Link) -> Origin:
    """Return who had received the kit that was used on a day in one world only, and when.

    Where they received it in both, who it had been used for in the other, and when.
    """
    used = [(side, item.row) for side in SIDES for item in link.items[side] if item.kind == Kind.LAY_NALOXONE]
    if not used:
        return None
    side, row = used[0]
    received = _received(trials, side, row)
    if received is None:
        return None
    event, in_a = trials.stories[side].events[received], trials.row_in_a[side]
    holder = Who(int(in_a[event["who"]]))
    if holder.row < 0:
        return None
    if received in dict(_alone(trials, holder, side, link.day)):
        return holder, int(event["day"])
    for item in reversed(trials.lives(holder)[1 - side]):  # theirs in both worlds: used up in the other
        if item.kind == Kind.LAY_NALOXONE and event["day"] <= item.day < link.day:
            saved = int(trials.row_in_a[1 - side][trials.stories[1 - side].events["who"][item.row]])
            return (Who(saved), item.day) if saved >= 0 else None
    return None


def at_home(trials: Trials, link: Link) -> Origin:
    """Return who of the home was last reached in one world only, and when; else whose life differed first there."""
    residents = trials.worlds.on(link.day)[0].residents
    ours = residents[link.who.row]
    home = np.flatnonzero(residents["household"] == ours["household"]).tolist()
    reached, parted = [], []
    for row in sorted({*home, int(ours["mother"]), int(ours["father"])} - {-1, link.who.row}):
        who = Who(row)
        reached += [
            (item.day, who) for side in SIDES for _, item in _alone(trials, who, side, link.day) if item.kind in REACHED
        ]
        day = trials.parted(who)
        if day is not None and day <= link.day:
            parted.append((day, who))
    if not reached and not parted:
        return None
    day, who = max(reached) if reached else min(parted)
    return who, day


def _alone(trials: Trials, who: Who, side: int, until: int) -> Iterator[tuple[int, Item]]:
    """Yield (event row, event) of a life that are not in the other one, until the evening of a day."""
    signed = trials.signed(who)
    same = set(signed[1 - side])
    for item, signature in zip(trials.lives(who)[side], signed[side], strict=True):
        if item.day <= until and signature not in same:
            yield item.row, item


def _received(trials: Trials, side: int, row: int) -> int | None:
    """Return the event in which the kit used in another event had been received; None: before the burn-in."""
    used, events = trials.stories[side].events[row], trials.stories[side].events[:row]
    lasting = (events["kind"] == Kind.KIT_RECEIVED) & (events["amount"] > used["day"])
    if used["amount"] == KIT_OF_HOME:
        home = trials.worlds.ends[side].residents["household"][used["who"]]
        found = np.flatnonzero(lasting & (events["other"] == home))
    else:
        holder = used["other"] if used["amount"] == KIT_OF_WITNESS else used["who"]
        found = np.flatnonzero(lasting & (events["who"] == holder) & (events["other"] < 0))
    return int(found[-1]) if len(found) else None
