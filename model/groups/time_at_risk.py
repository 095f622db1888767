"""Time at risk: when people were in a state, from the events that began and ended it, and person-days by group.

Days are reckoned exactly, night by night: birthdays and moves split a stretch of time where they fall.
"""

from typing import NamedTuple

import numpy as np

from ...agents.child import FOSTER, KIN_CARE
from ...agents.dealings import OFFICER_INTERVENTION
from ...agents.provider import DETOX_KIND
from ...agents.resident import INJECTING, METHADONE, OUD, RACES, REMISSION, WAITING
from ..events import BY_PATHWAY, Kind
from ..processes.census import MONTH, Count
from ..world import START_DAY
from .measures import FIRST_BIRTHDAYS, GROWN_UP

_FOR_EVER = 10**6
_MEDICATIONS = 3  # kinds of provider before detox


class Spells(NamedTuple):
    """Stretches of time people spent in some state, sorted by person; nights from `start` to the one before `end`."""

    who: np.ndarray  # resident rows
    start: np.ndarray  # days
    end: np.ndarray


def stocks(world, kinds, use, everybody) -> dict[int, Spells]:
    """Return when people were in the state that each stock of the census counts."""
    spells = {int(Count.POPULATION): everybody}
    for code, spell in use.items():
        spells[int(Count.NO_USE) + code] = _within_policy(world, *spell)
    for column, spell in _care_spells(world, kinds).items():
        spells[column] = _within_policy(world, *spell)
    histories, children, events = world.histories, world.children, world.events
    held, managed = (histories.resident[histories[name] > 0] for name in ("held", "managed"))
    in_plan = events.setting == BY_PATHWAY + OFFICER_INTERVENTION
    spells[int(Count.JAILED)] = _within_policy(
        world, *_between(world, kinds == Kind.JAILED, kinds == Kind.RELEASED, held)
    )
    spells[int(Count.MANAGED)] = _within_policy(
        world, *_between(world, kinds == Kind.CASE_OPENED, (kinds == Kind.CASE_CLOSED) & in_plan, managed)
    )
    for column, code in ((Count.IN_KIN_CARE, KIN_CARE), (Count.IN_FOSTER_CARE, FOSTER)):
        removed = (kinds == Kind.REMOVED) & (events.amount == code)
        back = (kinds == Kind.REUNIFIED) & (events.other == code)
        now = children.resident[(children.present == 1) & (children.custody == code)]
        spells[int(column)] = _within_policy(world, *_between(world, removed, back, now))
    return spells


def _care_spells(world, kinds) -> dict[int, Spells]:
    """Return when people waited for treatment, and were in each of its kinds, the burn-in too."""
    events, care = world.events, world.histories.care
    admitted, left = kinds == Kind.ADMITTED, kinds == Kind.LEFT_CARE
    provider = np.full(len(events), -1)
    provider[admitted | left] = world.state.providers.kind[events.other[admitted | left]]
    off_the_list = admitted | (kinds == Kind.LEFT_LIST) | (kinds == Kind.DID_NOT_ATTEND)
    waiting = world.histories.resident[care == WAITING]
    spells = {int(Count.WAITING): _between(world, kinds == Kind.ASKED_FOR_CARE, off_the_list, waiting)}
    for kind in range(DETOX_KIND + 1):
        at, now = provider == kind, world.histories.resident[care == METHADONE + kind]
        spells[int(Count.METHADONE) + kind] = _between(world, admitted & at, left & at, now)
    return spells


def _between(world, begins, ends, now) -> Spells:
    """Return spells that some events begin and others end, both (events,) bool; `now`: residents still in one.

    What ends without having begun, or goes on without any event, began before the burn-in.
    """
    rows = np.flatnonzero(begins | ends)
    rows = rows[np.argsort(world.events.who[rows], kind="stable")]
    who, day, begun = world.events.who[rows], world.events.day[rows], begins[rows]
    same = who[1:] == who[:-1]
    until = np.full(len(rows), _FOR_EVER)
    until[:-1][same] = day[1:][same]
    old = ~begun
    old[1:] &= ~same
    always = np.setdiff1d(now, who)
    started = np.full(np.count_nonzero(old) + len(always), START_DAY)
    return Spells(
        np.concatenate([who[begun], who[old], always]),
        np.concatenate([day[begun], started]),
        np.concatenate([until[begun], day[old], np.full(len(always), _FOR_EVER)]),
    )


def use_spells(world, kinds) -> dict[int, Spells]:
    """Return for each code of use when people with a history used so, the burn-in too."""
    changes = np.flatnonzero(kinds == Kind.USE_CHANGED)
    changes = world.events[changes[np.argsort(world.events.who[changes], kind="stable")]]
    histories = world.histories
    first = np.full(len(world.residents), -1)
    first[changes.who[::-1]] = np.arange(len(changes))[::-1]  # the last write is the first change
    first = first[histories.resident]
    # Before the first change people did what it says they did before; those without one do it still.
    at_start = np.array(histories.use, np.int64)
    until = np.full(len(histories), _FOR_EVER)
    changed = first >= 0
    at_start[changed] = changes.other[first[changed]]
    until[changed] = changes.day[first[changed]]
    following = np.full(len(changes), _FOR_EVER)
    same = changes.who[1:] == changes.who[:-1]
    following[:-1][same] = changes.day[1:][same]
    use = np.concatenate([at_start, changes.amount])
    who = np.concatenate([histories.resident, changes.who])
    start = np.concatenate([np.full(len(histories), START_DAY), changes.day])
    end = np.concatenate([until, following])
    return {code: Spells(who[use == code], start[use == code], end[use == code]) for code in range(REMISSION + 1)}


def disorder_spells(world, use) -> Spells:
    """Return when people had active opioid use disorder: used, in jail or not, in treatment or not."""
    return _within_policy(world, *(np.concatenate(parts) for parts in zip(use[OUD], use[INJECTING], strict=True)))


def resident_spells(world, kinds) -> Spells:
    """Return when people lived here: from birth or arrival to death or departure."""
    came = world.events[np.flatnonzero((kinds == Kind.BORN) | (kinds == Kind.MOVED_IN))]
    since = np.full(len(world.residents), START_DAY)
    since[came.who] = came.day
    everybody = np.arange(len(world.residents))
    return _within_policy(world, everybody, since, np.full(len(everybody), _FOR_EVER))


def until_grown_up(world, spells: Spells) -> Spells:
    """Return the part of spells that lies before a person's 18th birthday."""
    grown_up = world.residents.born[spells.who] + FIRST_BIRTHDAYS[GROWN_UP]
    return _within_policy(world, spells.who, spells.start, np.minimum(spells.end, grown_up))


def _within_policy(world, who, start, end) -> Spells:
    """Return the part of spells that lies in the policy days, ended by death, departure and the end of the run."""
    start = np.maximum(start, 0).astype(np.int64)
    end = np.minimum(np.minimum(end, world.residents.left[who]), world.day).astype(np.int64)
    some = np.flatnonzero(end > start)
    some = some[np.argsort(who[some], kind="stable")]
    return Spells(who[some].astype(np.int64), start[some], end[some])


def days_by_group(world, spells: Spells, moves) -> np.ndarray:
    """Return person-days of spells by group and neighbourhood: birthdays and moves split a spell where they fall."""
    who, start, end = spells
    residents, length = world.residents, spells.end - spells.start
    total = np.array([length.sum()], float)
    sex = np.bincount(residents.sex[who], length, 2)
    race = np.bincount(residents.race[who], length, len(RACES))
    born = residents.born[who]
    older = [total[0], *(np.maximum(end - np.maximum(start, born + first), 0).sum() for first in FIRST_BIRTHDAYS[1:])]
    age = np.array(older) - [*older[1:], 0.0]  # days lived after each first birthday, less those after the next
    places = len(world.state.policing_factor)
    place = np.bincount(homes_of(world, who), length, places) + _days_elsewhere(spells, moves, places)
    return np.concatenate([total, sex, age, race, place])


def homes_of(world, who) -> np.ndarray:
    """Return the neighbourhoods people live in now, shape (people,)."""
    return world.households.neighbourhood[world.residents.household[who]]


def moves_in_town(world, kinds) -> tuple[np.ndarray, ...]:
    """Return (who, day, from, to) of moves to another neighbourhood of the town."""
    moves = world.events[np.flatnonzero(kinds == Kind.LEFT_HOME)]
    homes = world.households.neighbourhood.astype(np.int64)
    before, after = homes[moves.amount.astype(np.int64)], homes[moves.other]
    moved = before != after
    return moves.who[moved], moves.day[moved], before[moved], after[moved]


def _days_elsewhere(spells: Spells, moves, places: int) -> np.ndarray:
    """Return the days to add to those of today's homes: before a move a person lived where they moved from."""
    who, day, before, after = moves
    first = np.searchsorted(spells.who, who, "left")
    many = np.searchsorted(spells.who, who, "right") - first
    move = np.repeat(np.arange(len(who)), many)
    spell = np.arange(len(move)) - np.repeat(np.cumsum(many) - many, many) + first[move]
    days = np.maximum(np.minimum(spells.end[spell], day[move]) - spells.start[spell], 0)
    return np.bincount(before[move], days, places) - np.bincount(after[move], days, places)


def treated_not_using(world, kinds, use, moves) -> np.ndarray:
    """Return person-days of people on medication and in remission, as the census has them: those of every 30th night.

    Whoever is counted then is counted until the next count, also where they leave meanwhile.
    """
    care = _care_spells(world, kinds)
    on_medication = [care[int(Count.METHADONE) + kind] for kind in range(_MEDICATIONS)]
    who, start, end = [], [], []
    for night in range(START_DAY, world.day, MONTH):
        if night + MONTH > 0:
            treated = np.concatenate([_on(spells, night) for spells in on_medication])
            both = np.intersect1d(treated, _on(use[REMISSION], night))
            both = both[world.residents.left[both] > night]
            who.append(both)
            start.append(np.full(len(both), max(night, 0)))
            end.append(np.full(len(both), min(night + MONTH, world.day)))
    who, start, end = (np.concatenate(parts).astype(np.int64) for parts in (who, start, end))
    order = np.argsort(who, kind="stable")
    return days_by_group(world, Spells(who[order], start[order], end[order]), moves)


def _on(spells: Spells, night: int) -> np.ndarray:
    return spells.who[(spells.start <= night) & (night < spells.end)]
