"""The force: who is on duty, who holds which post, and what the gone and the away leave to others."""

from collections.abc import Iterator

import numpy as np

from ...agents.officer import CREWS, SHIFTS
from ..events import OF_OFFICERS, Kind
from ..world import START_DAY
from .faults import LIMIT, faults

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
# What happens to officers also while they are sick or recovering.
OF_OFFICERS_AT_REST = (
    Kind.RECOVERED,
    Kind.SOUGHT_HELP,
    Kind.HEARD_OF_SUCCESS,
    Kind.OFFICER_LEFT,
    Kind.OFFICER_HIRED,
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
    yield from faults(
        "officers",
        serving & (posts.officer[officers.post] != np.arange(len(officers))),
        lambda row: f"serves, but post {officers.post[row]} is held by {posts.officer[officers.post[row]]}",
    )
    yield from faults("officers", holders > 1, lambda row: f"holds {holders[row]} posts")
    for kind, sign in ((Kind.OFFICER_LEFT, True), (Kind.OFFICER_HIRED, False)):
        named = np.bincount(events.other[events.kind == kind], minlength=len(officers))
        wrong = named != (~serving if sign else officers.joined > START_DAY)
        yield from faults("officers", wrong, lambda row, k=kind, n=named: f"{k.name} {n[row]} times")
    by = np.isin(events.kind, (*BY_OFFICER, *OF_OFFICERS)) & (events.other >= 0)
    late = by & (events.day > officers.left[np.where(by, events.other, 0)])
    for i in np.flatnonzero(late)[:LIMIT]:
        yield f"events row {i}: {Kind(events.kind[i]).name} by officer {events.other[i]}, who had left"
    yield from _away(events, by)
    injured = np.zeros(len(officers), np.int64)
    for kind, sign in ((Kind.INJURED, 1), (Kind.RECOVERED, -1)):
        np.add.at(injured, events.other[events.kind == kind], sign)
    yield from faults(
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
