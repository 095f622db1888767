"""Use, overdose and treatment: which states go together, and that they follow from events."""

from collections.abc import Iterator

import numpy as np

from ...agents.resident import METHADONE, NO_CARE, WAITING, Care, Use
from ..changes import NEVER
from ..events import Kind
from .faults import LIMIT, faults, last_day

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
KIND_OF_PROVIDER = np.array([-1, -1, 0, 1, 2, 3])  # by the medication wanted

_NEXT_USE = np.array([NEXT_USE[use] for use in (*Use, -1)], bool)  # the last row answers to -1
_USE_AND_CARE = np.array([USE_AND_CARE[use] for use in Use], bool)


def use_and_care(world) -> Iterator[str]:
    """Use and care go together as USE_AND_CARE says; provider, medication and the waiting list agree with care."""
    h, providers, tonight = world.histories, world.state.providers, last_day(world)
    cares = h.care != NO_CARE

    def state(row):
        return f"use is {Use(h.use[row]).name}, care is {Care(h.care[row]).name}"

    yield from faults("histories", ~_USE_AND_CARE[h.use, h.care], state)
    yield from faults("histories", (h.present == 0) & cares, lambda row: f"has left and {state(row)}")
    yield from faults(
        "histories", (h.provider >= 0) != cares, lambda row: f"{state(row)} and provider is {h.provider[row]}"
    )
    wants = np.where(cares, np.where(h.care == WAITING, np.maximum(h.wants, METHADONE), h.care), NO_CARE)
    yield from faults("histories", h.wants != wants, lambda row: f"{state(row)} and wants is {h.wants[row]}")
    offered = np.where(h.provider >= 0, providers.kind[np.maximum(h.provider, 0)].astype(np.int64), -1)
    yield from faults(
        "histories",
        offered != KIND_OF_PROVIDER[h.wants],
        lambda row: f"wants {Care(h.wants[row]).name} from provider {h.provider[row]} of kind {offered[row]}",
    )
    queue = world.state.queue[: world.state.clock[0].queued]
    listed = np.bincount(queue, minlength=len(h))
    yield from faults(
        "histories",
        listed != (h.care == WAITING),
        lambda row: f"care is {Care(h.care[row]).name}, on the waiting list {listed[row]} times",
    )
    for column in ("since", "care_since", "last_overdose"):
        yield from faults(
            "histories",
            h[column] > tonight,
            lambda row, c=column: f"{c} is {h[c][row]}, in the future",
        )


def places_in_treatment(world) -> Iterator[str]:
    """Occupied places are people in treatment; nobody is admitted where a policy left too few places."""
    h, providers = world.histories, world.state.providers
    treated = np.bincount(h.provider[(h.care >= METHADONE) & (h.provider >= 0)], minlength=len(providers))
    yield from faults(
        "providers",
        providers.occupied != treated,
        lambda row: f"occupied is {providers.occupied[row]}, {treated[row]} people are in treatment there",
    )
    came = (h.care >= METHADONE) & (h.provider >= 0) & (world.dealings.care_pathway > 0)
    by_hand = np.bincount(h.provider[came], minlength=len(providers))
    yield from faults(
        "providers",
        providers.handed_over != by_hand,
        lambda row: f"handed_over is {providers.handed_over[row]}, {by_hand[row]} of those in treatment came that way",
    )
    events = world.events
    today = events[np.searchsorted(events.day, world.day - 1) :]
    admitted = np.bincount(today.other[today.kind == Kind.ADMITTED], minlength=len(providers))
    yield from faults(
        "providers",
        (providers.occupied > providers.slots) & (admitted > 0),
        lambda row: (
            f"occupied {providers.occupied[row]} of {providers.slots[row]} slots, and {admitted[row]} "
            f"were admitted on day {world.day - 1}"
        ),
    )


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
    yield from faults(
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
    yield from faults(
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
