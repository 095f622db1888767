"""Checks of a whole world: what must be true between any two days, in a table, across tables, and against the events.

`check_world` looks at all rows at once, so that a run can afford it every month and at its end.
"""

from collections.abc import Callable, Iterator

import numpy as np

from ..agents.child import Custody
from ..agents.dealings import Stage
from ..agents.household import GROUP_QUARTERS
from ..agents.officer import CREWS, SHIFTS
from ..agents.resident import (
    HERE,
    METHADONE,
    NO_CARE,
    WAITING,
    Care,
    Fate,
    Use,
)
from .changes import ADULT_DAYS, NEVER, NEVER_LEFT
from .events import Kind
from .graph import Ties, check_ties
from .processes import census
from .processes.census import Count
from .world import DECLARATIONS, START_DAY

LIMIT = 5  # rows named per rule

# Which treatment goes with which use: none, waiting, methadone, buprenorphine, naltrexone, detox.
USE_AND_CARE = {
    Use.NONE: (1, 0, 0, 0, 0, 0),
    Use.MISUSE: (1, 0, 0, 0, 0, 0),
    Use.OUD: (1, 1, 1, 1, 1, 1),
    Use.INJECTING: (1, 1, 1, 1, 1, 1),
    Use.REMISSION: (1, 0, 1, 1, 1, 1),
}
# Which use may follow: none, misuse, use disorder, injecting, remission. -1: no history until then.
NEXT_USE = {
    -1: (0, 1, 1, 1, 1),
    Use.NONE: (0, 1, 1, 0, 0),
    Use.MISUSE: (1, 0, 1, 0, 0),
    Use.OUD: (0, 0, 0, 1, 1),
    Use.INJECTING: (0, 0, 1, 0, 1),
    Use.REMISSION: (0, 0, 1, 1, 0),
}
OUT, LISTED, IN = 0, 1, 2  # stages of treatment
# What an event of treatment needs before it and leaves behind it.
STAGES = {
    Kind.ASKED_FOR_CARE: (OUT, LISTED),
    Kind.TURNED_AWAY: (LISTED, LISTED),
    Kind.ADMITTED: (LISTED, IN),
    Kind.DID_NOT_ATTEND: (LISTED, OUT),
    Kind.LEFT_LIST: (LISTED, OUT),
    Kind.LEFT_CARE: (IN, OUT),
}
ENDS = {  # how a stay on the waiting list ends, in the words of the fault
    Kind.ADMITTED: "entered",
    Kind.DID_NOT_ATTEND: "did not come",
    Kind.LEFT_LIST: "left the list",
}
FATES = {Kind.DIED_OVERDOSE: Fate.DIED_OVERDOSE, Kind.DIED_OTHER: Fate.DIED_OTHER, Kind.MOVED_OUT: Fate.MOVED}
OTHER_IS_RESIDENT = (Kind.BORN, Kind.SEEN, Kind.FOUND, Kind.LAY_NALOXONE, Kind.CALLED_911)
BY_OFFICER = (
    Kind.RESPONDED,
    Kind.POLICE_CONTACT,
    Kind.CITED,
    Kind.ARRESTED,
    Kind.JAILED,
    Kind.OFFERED,
    Kind.EXCLUDED,
    Kind.REFERRED,
)
OF_OFFICERS = (
    Kind.CRITICAL_INCIDENT,
    Kind.INJURED,
    Kind.RECOVERED,
    Kind.SOUGHT_HELP,
    Kind.SICK,
    Kind.RECOVERS,
    Kind.COURSE,
    Kind.TRAINED,
    Kind.HEARD_OF_SUCCESS,
)
# What happens to officers also while they are sick or recovering.
OF_OFFICERS_AT_REST = (Kind.RECOVERED, Kind.SOUGHT_HELP, Kind.HEARD_OF_SUCCESS)
KIND_OF_PROVIDER = np.array([-1, -1, 0, 1, 2, 3])  # by the medication wanted

_NEXT_USE = np.array([NEXT_USE[use] for use in (*Use, -1)], bool)  # the last row answers to -1
_USE_AND_CARE = np.array([USE_AND_CARE[use] for use in Use], bool)


class BrokenWorld(Exception):
    """The tables of a world contradict their declarations, each other or the events. Says every fault found."""


def check_world(world) -> None:
    """Raise BrokenWorld, one sentence a fault, unless the world holds together between two days.

    Tables match their declarations and point at rows that exist; everybody is in one allowed state; people,
    places and the census agree with the events; nothing happens to or through somebody gone; ties have two ends.
    """
    for rules in (TABLES, MEANINGS):  # rows that point nowhere would make the second group fail in its own words
        faults = [sentence for rule in rules for sentence in rule(world)]
        if faults:
            what = f"world of seed {world.seed} before day {world.day}: {len(faults)} faults"
            raise BrokenWorld("\n".join([what, *faults]))


def _faults(table: str, bad: np.ndarray, sentence: Callable[[int], str]) -> Iterator[str]:
    """Yield a sentence for the first rows where `bad` holds."""
    for row in np.flatnonzero(bad)[:LIMIT]:
        yield f"{table} row {row}: {sentence(row)}"


def _tonight(world) -> int:
    """Return the last finished day; before the first one, that day itself: the build dates things on it."""
    return max(START_DAY, world.day - 1)


# --- each table alone ----------------------------------------------------------------------------------


def declarations(world) -> Iterator[str]:
    """Every column is within its declared range and is a number; keys name one row each."""
    for table, declaration in DECLARATIONS.items():
        rows = world.rows(table)
        yield from declaration.faults(rows, LIMIT)
        keys = np.sort(rows.key)
        twice = np.unique(keys[1:][keys[1:] == keys[:-1]])
        for key in twice[:LIMIT]:
            yield f"{table}: rows {np.flatnonzero(rows.key == key)[:2].tolist()} have the same key {key}"


def pointers(world) -> Iterator[str]:
    """Every column that points at a row points at one that exists."""
    people, homes, events = len(world.residents), len(world.households), len(world.events)
    places = len(world.state.response_factor)
    lengths = {
        "residents": {
            "household": homes,
            "housemate": people,
            "mother": people,
            "father": people,
            "history": len(world.histories),
            "child": len(world.children),
        },
        "households": {"first": people, "neighbourhood": places},
        "histories": {
            "resident": people,
            "provider": len(world.state.providers),
            "overdose_event": events,
            "asked_event": events,
        },
        "dealings": {
            "arrest_event": events,
            "jail_event": events,
            "case_event": events,
            "court_event": events,
            "care_officer": len(world.state.officers),
            "worker": len(world.state.workers),
            "officer": len(world.state.officers),
        },
        "workers": {"agency": len(world.state.agencies)},
        "children": {"resident": people, "last_event": events, "case_event": events},
        "officers": {"agency": len(world.state.agencies), "beat": places, "post": len(world.state.posts)},
        "posts": {"officer": len(world.state.officers), "beat": places},
        "providers": {"neighbourhood": places},
        "events": {"who": people, "cause": np.arange(events)},  # a cause comes before what it causes
    }
    for table, columns in lengths.items():
        rows = world.rows(table)
        for column, length in columns.items():
            values = rows[column]
            yield from _faults(
                table, values >= length, lambda row, c=column, v=values: f"{c} is {v[row]}, no row there (yet)"
            )
    queue = world.state.queue[: world.state.clock[0].queued]
    if ((queue < 0) | (queue >= len(world.histories))).any():
        yield f"waiting list: it names history rows {queue.tolist()[:LIMIT]}, some of which do not exist"


# --- tables with one another ---------------------------------------------------------------------------


def fates(world) -> Iterator[str]:
    """Who is here has not left; histories belong to the resident they name, and live here with them."""
    r, h = world.residents, world.histories
    yield from _faults(
        "residents",
        (r.fate == HERE) != (r.left == NEVER_LEFT),
        lambda row: f"fate is {Fate(r.fate[row]).name} and left is {r.left[row]}",
    )
    yield from _faults(
        "residents", (r.fate != HERE) & (r.left > _tonight(world)), lambda row: f"left is {r.left[row]}, in the future"
    )
    yield from _faults("residents", r.born > _tonight(world), lambda row: f"born on day {r.born[row]}, in the future")
    for parent in ("mother", "father"):
        known = r[parent] >= 0
        younger = known & (r.born[np.where(known, r[parent], 0)] >= r.born)
        yield from _faults("residents", younger, lambda row, p=parent: f"{p} {r[p][row]} is not older")
    owner = r.history[h.resident] != np.arange(len(h))
    yield from _faults(
        "histories",
        owner | (h.key != r.key[h.resident]),
        lambda row: f"resident {h.resident[row]} points at history {r.history[h.resident[row]]} or has another key",
    )
    if (r.history >= 0).sum() != len(h):
        yield f"residents: {(r.history >= 0).sum()} have a history, there are {len(h)} rows of histories"
    yield from _faults(
        "histories",
        (h.present == 1) != (r.fate[h.resident] == HERE),
        lambda row: f"present is {h.present[row]} and fate is {Fate(r.fate[h.resident[row]]).name}",
    )


def use_and_care(world) -> Iterator[str]:
    """Use and care go together as USE_AND_CARE says; provider, medication and the waiting list agree with care."""
    h, providers, tonight = world.histories, world.state.providers, _tonight(world)
    cares = h.care != NO_CARE

    def state(row):
        return f"use is {Use(h.use[row]).name}, care is {Care(h.care[row]).name}"

    yield from _faults("histories", ~_USE_AND_CARE[h.use, h.care], state)
    yield from _faults("histories", (h.present == 0) & cares, lambda row: f"has left and {state(row)}")
    yield from _faults(
        "histories", (h.provider >= 0) != cares, lambda row: f"{state(row)} and provider is {h.provider[row]}"
    )
    wants = np.where(cares, np.where(h.care == WAITING, np.maximum(h.wants, METHADONE), h.care), NO_CARE)
    yield from _faults("histories", h.wants != wants, lambda row: f"{state(row)} and wants is {h.wants[row]}")
    offered = np.where(h.provider >= 0, providers.kind[np.maximum(h.provider, 0)].astype(np.int64), -1)
    yield from _faults(
        "histories",
        offered != KIND_OF_PROVIDER[h.wants],
        lambda row: f"wants {Care(h.wants[row]).name} from provider {h.provider[row]} of kind {offered[row]}",
    )
    queue = world.state.queue[: world.state.clock[0].queued]
    listed = np.bincount(queue, minlength=len(h))
    yield from _faults(
        "histories",
        listed != (h.care == WAITING),
        lambda row: f"care is {Care(h.care[row]).name}, on the waiting list {listed[row]} times",
    )
    for column in ("since", "care_since", "last_overdose"):
        yield from _faults(
            "histories",
            h[column] > tonight,
            lambda row, c=column: f"{c} is {h[c][row]}, in the future",
        )


def custody(world) -> Iterator[str]:
    """Who is in jail is to be released and is treated only where the jail gives medication; events say the same."""
    h, d, events = world.histories, world.dealings, world.events
    yield from _faults("dealings", d.key != h.key, lambda row: f"key is {d.key[row]}, the history's is {h.key[row]}")
    held = h.held == 1
    yield from _faults(
        "histories", held & (h.present == 0), lambda row: "in jail, but the person has died or moved away"
    )
    yield from _faults(
        "dealings",
        held != (d.release_day >= world.day),
        lambda row: f"held is {h.held[row]}, to be released on day {d.release_day[row]}",
    )
    yield from _faults(
        "histories",
        held & (h.care != NO_CARE) & (d.jail_medication == 0),
        lambda row: f"in a jail without medication, and care is {Care(h.care[row]).name}",
    )
    balance = np.zeros(len(world.residents), np.int64)
    for kind, sign in ((Kind.JAILED, 1), (Kind.RELEASED, -1)):
        np.add.at(balance, events.who[events.kind == kind], sign)
    yield from _faults(
        "histories",
        balance[h.resident] != held,
        lambda row: f"held is {h.held[row]}, by the events {balance[h.resident[row]]} times in jail",
    )


def cases(world) -> Iterator[str]:
    """An open case stands on the list once; case managers see to as many as the table says, never too many."""
    h, d, workers = world.histories, world.dealings, world.state.workers
    listed = np.bincount(world.state.cases[: world.state.clock[0].cases], minlength=len(h))
    opened = d.stage != Stage.NONE
    yield from _faults(
        "dealings",
        listed != opened,
        lambda row: f"stage is {Stage(d.stage[row]).name}, on the list of cases {listed[row]} times",
    )
    yield from _faults("dealings", opened & (h.present == 0), lambda row: "an open case of somebody gone")
    yield from _faults(
        "histories",
        (h.managed == 1) != (d.stage == Stage.MANAGED),
        lambda row: f"managed is {h.managed[row]}, stage is {Stage(d.stage[row]).name}",
    )
    load = np.bincount(d.worker[d.worker >= 0], minlength=len(workers))
    yield from _faults(
        "workers",
        workers.caseload != load,
        lambda row: f"caseload is {workers.caseload[row]}, {load[row]} people have this case manager",
    )
    without = np.isin(d.stage, (Stage.TO_ASSESS, Stage.MANAGED)) != (d.worker >= 0)
    yield from _faults(
        "dealings", without, lambda row: f"stage is {Stage(d.stage[row]).name}, case manager is {d.worker[row]}"
    )
    events = world.events
    today = events[np.searchsorted(events.day, world.day - 1) :]
    taken = np.bincount(today.other[today.kind == Kind.CASE_OPENED], minlength=len(workers))
    yield from _faults(
        "workers",
        (workers.caseload > workers.capacity) & (taken > 0),
        lambda row: f"caseload {workers.caseload[row]} of {workers.capacity[row]}, and took on {taken[row]}",
    )


def officers_on_duty(world) -> Iterator[str]:
    """Whoever stopped, cited, arrested or offered yesterday was on patrol with that day's crew, or stood in for it."""
    officers, day = world.state.officers, world.day - 1
    today = np.searchsorted(world.events.day, day)
    events = world.events[today:]
    by = np.isin(events.kind, BY_OFFICER) & (events.other >= 0)
    officer = officers[np.where(by, events.other, 0)]
    began = events.other[np.isin(events.kind, (Kind.SICK, Kind.RECOVERS))]  # today: they worked until then
    away = (officer.away_until > day) & ~np.isin(events.other, began)
    wrong = officer.crew != (day // 2) % CREWS
    # A crew of which nobody is there is stood in for by the other one.
    worked = (officers.left >= day) & (officers.joined < day) & (officers.beat >= 0)
    worked &= (officers.away_until <= day) | np.isin(np.arange(len(officers)), began)
    for shift in range(SHIFTS):
        ours = worked & (officers.shift == shift) & (officers.crew == (day // 2) % CREWS)
        wrong &= ours.any() | (officer.shift != shift)
    off = by & ((officer.beat < 0) | wrong | away)
    for i in np.flatnonzero(off)[:LIMIT]:
        what = Kind(events.kind[i]).name
        yield f"events row {today + i}: {what} by officer {events.other[i]}, not on duty on day {day}"


def force(world) -> Iterator[str]:
    """Every officer on the force holds the post that says so, nobody else does; the gone and the away do nothing."""
    officers, posts, events = world.state.officers, world.state.posts, world.events
    serving = officers.left > world.day
    holders = np.bincount(posts.officer[posts.officer >= 0], minlength=len(officers))
    yield from _faults(
        "officers",
        serving & (posts.officer[officers.post] != np.arange(len(officers))),
        lambda row: f"serves, but post {officers.post[row]} is held by {posts.officer[officers.post[row]]}",
    )
    yield from _faults("officers", holders > 1, lambda row: f"holds {holders[row]} posts")
    for kind, sign in ((Kind.OFFICER_LEFT, True), (Kind.OFFICER_HIRED, False)):
        named = np.bincount(events.other[events.kind == kind], minlength=len(officers))
        wrong = named != (~serving if sign else officers.joined > START_DAY)
        yield from _faults("officers", wrong, lambda row, k=kind, n=named: f"{k.name} {n[row]} times")
    by = np.isin(events.kind, (*BY_OFFICER, *OF_OFFICERS)) & (events.other >= 0)
    late = by & (events.day > officers.left[np.where(by, events.other, 0)])
    for i in np.flatnonzero(late)[:LIMIT]:
        yield f"events row {i}: {Kind(events.kind[i]).name} by officer {events.other[i]}, who had left"
    yield from _away(events, by)
    injured = np.zeros(len(officers), np.int64)
    for kind, sign in ((Kind.INJURED, 1), (Kind.RECOVERED, -1)):
        np.add.at(injured, events.other[events.kind == kind], sign)
    yield from _faults(
        "officers", injured != officers.injured, lambda row: f"injured by the events {injured[row]} times"
    )


def _away(events, by: np.ndarray) -> Iterator[str]:
    """Whoever is sick or recovering does no police work, sees no incident and takes no course in those days."""
    long = 10**6  # more than the days of any run: an officer and a day as one number
    begins = events[np.isin(events.kind, (Kind.SICK, Kind.RECOVERS))]
    begins = begins[np.argsort(begins.other.astype(np.int64) * long + begins.day, kind="stable")]
    starts = begins.other.astype(np.int64) * long + begins.day
    rows = np.flatnonzero(by & ~np.isin(events.kind, OF_OFFICERS_AT_REST))
    other, day = events.other[rows].astype(np.int64), events.day[rows]
    before = np.searchsorted(starts, other * long + day) - 1  # the last leave that began before that day
    if len(begins):
        same = (before >= 0) & (begins.other[before] == other)
        away = same & (day <= begins.day[before] + begins.amount[before].astype(np.int64))
        for i in rows[away][:LIMIT]:
            yield f"events row {i}: {Kind(events.kind[i]).name} by officer {events.other[i]}, who was away"


def children(world) -> Iterator[str]:
    """A child followed is the resident who says so; who is away from home was removed and has not come back."""
    c, r, events = world.children, world.residents, world.events
    numbers = np.arange(len(c))
    yield from _faults(
        "children", r.child[c.resident] != numbers, lambda row: f"not the row of resident {c.resident[row]}"
    )
    yield from _faults("children", c.key != r.key[c.resident], lambda row: f"key is {c.key[row]}")
    away = np.zeros(len(r), np.int64)
    for kind, sign in ((Kind.REMOVED, 1), (Kind.REUNIFIED, -1)):
        np.add.at(away, events.who[events.kind == kind], sign)
    yield from _faults(
        "children",
        away[c.resident] != (c.custody != Custody.HOME),
        lambda row: f"custody is {Custody(c.custody[row]).name}, removed by the events {away[c.resident[row]]} times",
    )


def homes(world) -> Iterator[str]:
    """Everybody here is a member of one household, the gone of none; no child lives without an adult."""
    r, households = world.residents, world.households
    n = len(r)
    heads = households.first[households.first >= 0]
    links = np.flatnonzero(r.housemate >= 0)
    named = np.bincount(np.concatenate([heads, r.housemate[links]]), minlength=n)
    yield from _faults(
        "residents",
        named != (r.fate == HERE),
        lambda row: f"fate is {Fate(r.fate[row]).name}, a member of households {named[row]} times",
    )
    strange = np.zeros(n, bool)
    strange[heads] = r.household[heads] != np.flatnonzero(households.first >= 0)
    strange[r.housemate[links]] |= r.household[links] != r.household[r.housemate[links]]
    yield from _faults("residents", strange, lambda row: f"household is {r.household[row]}, another one lists them")
    reached, member = 0, heads
    while len(member) and reached <= n:
        reached += len(member)
        member = r.housemate[member]
        member = member[member >= 0]
    if reached != (r.fate == HERE).sum():
        yield f"households: {reached} members in all lists, but {(r.fate == HERE).sum()} people live here"
    here = r.fate == HERE
    adult = here & (_tonight(world) - r.born >= ADULT_DAYS)
    members = np.bincount(r.household[here], minlength=len(households))
    adults = np.bincount(r.household[adult], minlength=len(households))
    yield from _faults(
        "households",
        (members > 0) & (adults == 0) & (households.kind != GROUP_QUARTERS),
        lambda row: f"{members[row]} children live there without an adult",
    )


def places_in_treatment(world) -> Iterator[str]:
    """Occupied places are people in treatment; nobody is admitted where a policy left too few places."""
    h, providers = world.histories, world.state.providers
    treated = np.bincount(h.provider[(h.care >= METHADONE) & (h.provider >= 0)], minlength=len(providers))
    yield from _faults(
        "providers",
        providers.occupied != treated,
        lambda row: f"occupied is {providers.occupied[row]}, {treated[row]} people are in treatment there",
    )
    came = (h.care >= METHADONE) & (h.provider >= 0) & (world.dealings.care_pathway > 0)
    by_hand = np.bincount(h.provider[came], minlength=len(providers))
    yield from _faults(
        "providers",
        providers.handed_over != by_hand,
        lambda row: f"handed_over is {providers.handed_over[row]}, {by_hand[row]} of those in treatment came that way",
    )
    events = world.events
    today = events[np.searchsorted(events.day, world.day - 1) :]
    admitted = np.bincount(today.other[today.kind == Kind.ADMITTED], minlength=len(providers))
    yield from _faults(
        "providers",
        (providers.occupied > providers.slots) & (admitted > 0),
        lambda row: (
            f"occupied {providers.occupied[row]} of {providers.slots[row]} slots, and {admitted[row]} "
            f"were admitted on day {world.day - 1}"
        ),
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
    yield from _faults("late_ties", owner < 0, lambda row: f"the tie to {ties.to[row]} is in nobody's list")
    yield from _faults("late_ties", owner == ties.to, lambda row: f"ties resident {owner[row]} to themselves")
    far = (ties.to < 0) | (ties.to >= n)
    yield from _faults("late_ties", far, lambda row: f"the tie of {owner[row]} leads to no resident ({ties.to[row]})")
    one = (owner * n + ties.to) * 4 + ties.kind
    other = (ties.to.astype(np.int64) * n + owner) * 4 + ties.kind
    ones, others = np.sort(one), np.sort(other)
    if not np.array_equal(ones, others):
        ends = np.searchsorted(ones, other, "right") - np.searchsorted(ones, other, "left")
        starts = np.searchsorted(ones, one, "right") - np.searchsorted(ones, one, "left")
        yield from _faults(
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


# --- tables with the events ----------------------------------------------------------------------------


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
    yield from _faults(
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
    yield from _faults(
        "events", late, lambda i: f"{Kind(events.kind[i]).name} about {events.who[i]}, gone since event {fate[i]}"
    )
    by = np.isin(events.kind, OTHER_IS_RESIDENT) & (events.other >= 0)
    fate_of_other = gone_at[np.where(by, events.other, 0)]
    yield from _faults(
        "events",
        by & (row > fate_of_other),
        lambda i: f"{Kind(events.kind[i]).name} through {events.other[i]}, gone since event {fate_of_other[i]}",
    )
    backwards = np.append(False, events.day[1:] < events.day[:-1]) | (events.day >= world.day)
    yield from _faults("events", backwards, lambda i: f"dated day {events.day[i]}, out of order or in the future")


def use_follows_events(world) -> Iterator[str]:
    """Each change of use starts from the use before, to one that NEXT_USE allows; the last one is the use now."""
    events, r, h = world.events, world.residents, world.histories
    row = np.flatnonzero(events.kind == Kind.USE_CHANGED)
    row = row[np.argsort(events.who[row], kind="stable")]
    who, before, after = events.who[row], events.other[row], events.amount[row].astype(np.int64)
    allowed = (after >= 0) & (after < len(Use)) & (before >= -1) & (before < len(Use))
    allowed[allowed] &= _NEXT_USE[before[allowed], after[allowed]]
    for i in np.flatnonzero(~allowed)[:LIMIT]:
        yield f"events row {row[i]}: use of {who[i]} changed from {before[i]} to {after[i]}, which is not allowed"
    same = np.append(False, who[1:] == who[:-1])
    broken = same & (before != np.roll(after, 1))
    for i in np.flatnonzero(broken)[:LIMIT]:
        yield f"events row {row[i]}: use of {who[i]} changed from {before[i]}, but was {after[i - 1]}"
    last = ~np.append(same[1:], False)[: len(row)]
    who, after, day = who[last], after[last], events.day[row[last]]
    history = r.history[who]
    for i in np.flatnonzero((history < 0) | (h.use[history] != after) | (h.since[history] != day))[:LIMIT]:
        yield (
            f"histories row {history[i]}: use is {h.use[history[i]]} since day {h.since[history[i]]}, "
            f"by the events {after[i]} since day {day[i]}"
        )


def care_follows_events(world) -> Iterator[str]:
    """Treatment goes by its stages: asked, on the list, in, out; who asked is waiting, entered or off the list."""
    events, r, h = world.events, world.residents, world.histories
    needs, gives = np.full(len(Kind), -1), np.full(len(Kind), -1)
    for kind, (before, after) in STAGES.items():
        needs[kind], gives[kind] = before, after
    row = np.flatnonzero(needs[events.kind] >= 0)
    row = row[np.argsort(events.who[row], kind="stable")]
    kind, who = events.kind[row], events.who[row]
    same = np.append(False, who[1:] == who[:-1])
    # At the start people are in treatment or not; nobody waits.
    fits = np.where(same, needs[kind] == np.roll(gives[kind], 1), needs[kind] != LISTED)
    for i in np.flatnonzero(~fits)[:LIMIT]:
        yield f"events row {row[i]}: {Kind(kind[i]).name} of {who[i]} does not fit what was before"
    last = ~np.append(same[1:], False)[: len(row)]
    history = r.history[who[last]]
    now = np.minimum(h.care[history], IN)
    for i in np.flatnonzero(now != gives[kind[last]])[:LIMIT]:
        yield f"histories row {history[i]}: care is {h.care[history[i]]}, the last event {Kind(kind[last][i]).name}"

    places = len(world.state.providers)
    waits = (h.care == WAITING) & (h.provider >= 0)
    waiting = np.bincount(h.provider[waits], minlength=places)
    asked = np.bincount(events.other[events.kind == Kind.ASKED_FOR_CARE], minlength=places)
    ended = {kind: np.bincount(events.other[events.kind == kind], minlength=places) for kind in ENDS}
    yield from _faults(
        "providers",
        asked != waiting + sum(ended.values()),
        lambda row: (
            f"{asked[row]} asked, but {waiting[row]} wait, "
            + ", ".join(f"{ended[kind][row]} {words}" for kind, words in ENDS.items())
        ),
    )


def overdoses_follow_events(world) -> Iterator[str]:
    """Number, day and row of a person's overdoses are those of the events; the last request is one of theirs."""
    events, r, h = world.events, world.residents, world.histories
    row = np.flatnonzero(events.kind == Kind.OVERDOSE)
    history = r.history[events.who[row]]
    number = np.bincount(history[history >= 0], minlength=len(h))
    last = np.full(len(h), -1)
    last[history] = row  # the last write of a row wins: events are in order
    day = np.where(last >= 0, events.day[last], NEVER) if len(events) else np.full(len(h), NEVER)
    yield from _faults(
        "histories",
        (h.overdoses != number) | (h.overdose_event != last) | (h.last_overdose != day),
        lambda i: (
            f"{h.overdoses[i]} overdoses, the last on day {h.last_overdose[i]} (event {h.overdose_event[i]}); "
            f"by the events {number[i]}, on day {day[i]} (event {last[i]})"
        ),
    )
    risk = events.amount[row]
    for i in row[~((risk >= 0) & (risk <= 1))][:LIMIT]:
        yield f"events row {i}: amount {events.amount[i]} is no probability of death"
    asked = np.flatnonzero(h.asked_event >= 0)
    theirs = events[h.asked_event[asked]]
    for i in asked[(theirs.kind != Kind.ASKED_FOR_CARE) | (theirs.who != h.resident[asked])][:LIMIT]:
        yield f"histories row {i}: asked_event {h.asked_event[i]} is not a request of theirs"


def census_agrees(world) -> Iterator[str]:
    """Last night's census, counted from events, equals the tables; its flows equal that day's events."""
    if world.day == START_DAY:
        return
    counted, tables, events = world.census[-1], census.counts_tonight(world), world.events
    monthly = (Count.TREATED_NOT_USING, Count.EXPOSED, Count.DISTRESSED)
    stocks = [*range(Count.TREATED_NOT_USING), *range(Count.OFFICERS, Count.RESPONSE_MINUTES)]
    stocks = [Count(count) for count in stocks if count not in monthly]
    if (world.day - 1 - START_DAY) % census.MONTH == 0:
        stocks += monthly
    for count in stocks:
        if counted[count] != tables[count]:
            yield f"census of day {world.day - 1}: {count.name} is {counted[count]:g}, in the tables {tables[count]:g}"
    today = events[np.searchsorted(events.day, world.day - 1) :]
    for kind, number in zip(Kind, np.bincount(today.kind, minlength=len(Kind)), strict=True):
        if counted[Count.FIRST_EVENT + kind] != number:
            yield (
                f"census of day {world.day - 1}: {kind.name} is {counted[Count.FIRST_EVENT + kind]:g}, "
                f"{number} such events"
            )


TABLES = (declarations, pointers)
MEANINGS = (
    fates,
    use_and_care,
    homes,
    places_in_treatment,
    custody,
    cases,
    officers_on_duty,
    force,
    children,
    late_ties,
    ties_of_the_start,
    people_conserved,
    the_gone_do_nothing,
    use_follows_events,
    care_follows_events,
    overdoses_follow_events,
    census_agrees,
)
