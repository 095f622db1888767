"""Who is here: fates, homes, children and ties, and that people come and go by events alone."""

from collections.abc import Iterator

import numpy as np

from ...agents.child import Custody
from ...agents.household import GROUP_QUARTERS
from ...agents.resident import HERE, Fate
from ..changes import ADULT_DAYS, NEVER_LEFT
from ..events import Kind
from ..graph import Ties, check_ties
from ..world import START_DAY
from .faults import LIMIT, faults, last_day

FATES = {Kind.DIED_OVERDOSE: Fate.DIED_OVERDOSE, Kind.DIED_OTHER: Fate.DIED_OTHER, Kind.MOVED_OUT: Fate.MOVED}
OTHER_IS_RESIDENT = (Kind.BORN, Kind.SEEN, Kind.FOUND, Kind.LAY_NALOXONE, Kind.CALLED_911)


def fates(world) -> Iterator[str]:
    """Who is here has not left; histories belong to the resident they name, and live here with them."""
    r, h = world.residents, world.histories
    yield from faults(
        "residents",
        (r.fate == HERE) != (r.left == NEVER_LEFT),
        lambda row: f"fate is {Fate(r.fate[row]).name} and left is {r.left[row]}",
    )
    yield from faults(
        "residents", (r.fate != HERE) & (r.left > last_day(world)), lambda row: f"left is {r.left[row]}, in the future"
    )
    yield from faults("residents", r.born > last_day(world), lambda row: f"born on day {r.born[row]}, in the future")
    for parent in ("mother", "father"):
        known = r[parent] >= 0
        younger = known & (r.born[np.where(known, r[parent], 0)] >= r.born)
        yield from faults("residents", younger, lambda row, p=parent: f"{p} {r[p][row]} is not older")
    owner = r.history[h.resident] != np.arange(len(h))
    yield from faults(
        "histories",
        owner | (h.key != r.key[h.resident]),
        lambda row: f"resident {h.resident[row]} points at history {r.history[h.resident[row]]} or has another key",
    )
    if (r.history >= 0).sum() != len(h):
        yield f"residents: {(r.history >= 0).sum()} have a history, there are {len(h)} rows of histories"
    yield from faults(
        "histories",
        (h.present == 1) != (r.fate[h.resident] == HERE),
        lambda row: f"present is {h.present[row]} and fate is {Fate(r.fate[h.resident[row]]).name}",
    )


def homes(world) -> Iterator[str]:
    """Everybody here is a member of one household, the gone of none; no child lives without an adult."""
    r, households = world.residents, world.households
    n = len(r)
    heads = households.first[households.first >= 0]
    links = np.flatnonzero(r.housemate >= 0)
    named = np.bincount(np.concatenate([heads, r.housemate[links]]), minlength=n)
    yield from faults(
        "residents",
        named != (r.fate == HERE),
        lambda row: f"fate is {Fate(r.fate[row]).name}, a member of households {named[row]} times",
    )
    strange = np.zeros(n, bool)
    strange[heads] = r.household[heads] != np.flatnonzero(households.first >= 0)
    strange[r.housemate[links]] |= r.household[links] != r.household[r.housemate[links]]
    yield from faults("residents", strange, lambda row: f"household is {r.household[row]}, another one lists them")
    reached, member = 0, heads
    while len(member) and reached <= n:
        reached += len(member)
        member = r.housemate[member]
        member = member[member >= 0]
    if reached != (r.fate == HERE).sum():
        yield f"households: {reached} members in all lists, but {(r.fate == HERE).sum()} people live here"
    here = r.fate == HERE
    adult = here & (last_day(world) - r.born >= ADULT_DAYS)
    members = np.bincount(r.household[here], minlength=len(households))
    adults = np.bincount(r.household[adult], minlength=len(households))
    yield from faults(
        "households",
        (members > 0) & (adults == 0) & (households.kind != GROUP_QUARTERS),
        lambda row: f"{members[row]} children live there without an adult",
    )


def children(world) -> Iterator[str]:
    """A child followed is the resident who says so; who is away from home was removed and has not come back."""
    c, r, events = world.children, world.residents, world.events
    numbers = np.arange(len(c))
    yield from faults(
        "children", r.child[c.resident] != numbers, lambda row: f"not the row of resident {c.resident[row]}"
    )
    yield from faults("children", c.key != r.key[c.resident], lambda row: f"key is {c.key[row]}")
    away = np.zeros(len(r), np.int64)
    for kind, sign in ((Kind.REMOVED, 1), (Kind.REUNIFIED, -1)):
        np.add.at(away, events.who[events.kind == kind], sign)
    yield from faults(
        "children",
        away[c.resident] != (c.custody != Custody.HOME),
        lambda row: f"custody is {Custody(c.custody[row]).name}, removed by the events {away[c.resident[row]]} times",
    )


def late_ties(world) -> Iterator[str]:
    """Ties made during the run stand in one list each, have two ends, and tie nobody to themselves."""
    n, ties = len(world.residents), world.rows("late_ties")
    people = np.flatnonzero(world.rows("late_first"))
    tie = world.rows("late_first")[people].astype(np.int64) - 1
    owner = np.full(len(ties), -1, np.int64)
    while len(tie):
        lost = tie >= len(ties)
        lost[~lost] = owner[tie[~lost]] >= 0
        owner[tie[~lost]] = people[~lost]
        lost[~lost] = owner[tie[~lost]] != people[~lost]  # two lists led there at the same step
        if lost.any():
            yield f"late_ties: the list of resident {people[lost][0]} leads to row {tie[lost][0]}, missing or taken"
            return
        following = ties.next[tie].astype(np.int64) - 1
        people, tie = people[following >= 0], following[following >= 0]
    yield from faults("late_ties", owner < 0, lambda row: f"the tie to {ties.to[row]} is in nobody's list")
    yield from faults("late_ties", owner == ties.to, lambda row: f"ties resident {owner[row]} to themselves")
    far = (ties.to < 0) | (ties.to >= n)
    yield from faults("late_ties", far, lambda row: f"the tie of {owner[row]} leads to no resident ({ties.to[row]})")
    one = (owner * n + ties.to) * 4 + ties.kind
    other = (ties.to.astype(np.int64) * n + owner) * 4 + ties.kind
    ones, others = np.sort(one), np.sort(other)
    if not np.array_equal(ones, others):
        ends = np.searchsorted(ones, other, "right") - np.searchsorted(ones, other, "left")
        starts = np.searchsorted(ones, one, "right") - np.searchsorted(ones, one, "left")
        yield from faults(
            "late_ties",
            starts != ends,
            lambda row: f"resident {owner[row]} is tied to {ties.to[row]}, not the other way",
        )


def ties_of_the_start(world) -> Iterator[str]:
    """Ties of the start are sound; they never change, so they are checked once, before the first day."""
    if world.day == START_DAY:
        state = world.state
        try:
            check_ties(Ties(state.tie_start, state.tie_to, state.tie_kind, state.tie_weight), world.residents)
        except ValueError as fault:
            yield f"ties of the start: {fault}"


def people_conserved(world) -> Iterator[str]:
    """Start + births + arrivals - deaths - departures = now; each has one event, which gives fate and day."""
    r, events = world.residents, world.events
    came = np.flatnonzero((events.kind == Kind.BORN) | (events.kind == Kind.MOVED_IN))
    rows = world.starting_people + np.arange(len(came))
    if len(r) != world.starting_people + len(came):
        yield (
            f"residents: {len(r)} rows, but {world.starting_people} people at the start "
            f"and {len(came)} events of birth and arrival"
        )
    elif not np.array_equal(events.who[came], rows):
        first = came[events.who[came] != rows][0]
        yield f"events row {first}: {events.who[first]} came, but the next row of residents was another"
    went = np.zeros(len(r), np.int64)
    for kind, fate in FATES.items():
        which = np.flatnonzero(events.kind == kind)
        who = events.who[which]
        went += np.bincount(who, minlength=len(r))
        wrong = (r.fate[who] != fate) | (r.left[who] != events.day[which])
        for event, person in zip(which[wrong][:LIMIT], who[wrong], strict=False):
            yield (
                f"residents row {person}: event {event} is {kind.name} on day {events.day[event]}, "
                f"fate is {Fate(r.fate[person]).name} and left is {r.left[person]}"
            )
    yield from faults(
        "residents",
        went != (r.fate != HERE),
        lambda row: f"fate is {Fate(r.fate[row]).name} with {went[row]} events of death or departure",
    )


def the_gone_do_nothing(world) -> Iterator[str]:
    """Nothing happens to or through somebody after they died or left, but that care, case and jail end by it."""
    events = world.events
    row = np.arange(len(events))
    gone_at = np.full(len(world.residents), len(events))
    leaving = np.isin(events.kind, list(FATES))
    gone_at[events.who[leaving]] = row[leaving]
    about = events.who >= 0
    fate = gone_at[np.where(about, events.who, 0)]
    ends = np.isin(events.kind, [Kind.LEFT_LIST, Kind.LEFT_CARE, Kind.RELEASED, Kind.CASE_CLOSED])
    ends &= events.cause == fate
    late = about & (row > fate) & ~ends
    yield from faults(
        "events", late, lambda i: f"{Kind(events.kind[i]).name} about {events.who[i]}, gone since event {fate[i]}"
    )
    by = np.isin(events.kind, OTHER_IS_RESIDENT) & (events.other >= 0)
    fate_of_other = gone_at[np.where(by, events.other, 0)]
    yield from faults(
        "events",
        by & (row > fate_of_other),
        lambda i: f"{Kind(events.kind[i]).name} through {events.other[i]}, gone since event {fate_of_other[i]}",
    )
    backwards = np.append(False, events.day[1:] < events.day[:-1]) | (events.day >= world.day)
    yield from faults("events", backwards, lambda i: f"dated day {events.day[i]}, out of order or in the future")
