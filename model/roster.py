"""Which patrol officer is on duty where: posts by beat, shift and crew, and who holds them."""

import numpy as np

from ..agents.compiled import compiled
from ..agents.officer import CREWS, SHIFTS
from ..agents.table import NONE

# A sworn post: it stays where it is while officers come and go.
POST = np.dtype(
    [
        ("officer", "i8"),  # who holds it, or held it last; -1: nobody yet
        ("hire_day", "i8"),  # day on which a vacant post is filled; -1,000,000: not yet known
        ("rank", "f8"),  # open when that staffing, over today's, is above this
        ("beat", "i8"),
        ("shift", "u1"),
        ("crew", "u1"),
    ],
    align=True,
)


def make_roster(posts: np.recarray, beats: int) -> tuple[np.ndarray, np.ndarray]:
    """Return patrol posts ordered by beat, shift and crew, and where each crew begins, shape (beats x 6 + 1,)."""
    rows = np.flatnonzero(posts.beat >= 0)
    group = (posts.beat * SHIFTS + posts.shift.astype(np.int64)) * CREWS + posts.crew
    order = rows[np.argsort(group[rows], kind="stable")]
    return order.astype(np.int64), np.searchsorted(group[order], np.arange(beats * SHIFTS * CREWS + 1)).astype(np.int64)


@compiled
def _present(world, post):
    """Say whether the holder of a post serves and is neither sick nor recovering."""
    row = world.posts[post].officer
    day = world.clock[0].day
    return row >= 0 and world.officers[row].left > day and world.officers[row].away_until <= day


@compiled
def _count_present(world, group):
    count = 0
    for i in range(world.roster_start[group], world.roster_start[group + 1]):
        count += _present(world, world.roster[i])
    return count


@compiled
def _take(world, group, number):
    """Return the officer who is the given one of those present in a crew."""
    for i in range(world.roster_start[group], world.roster_start[group + 1]):
        if _present(world, world.roster[i]):
            if number == 0:
                return world.posts[world.roster[i]].officer
            number -= 1
    return NONE


@compiled
def officer_on_duty(world, place, shift, u):
    """Return the patrol officer on duty on this beat, else on the nearest beat with one; -1 when nobody is.

    The two crews of a shift change every two days, as `agents.officer.on_duty` says of one officer. Where a whole crew
    is sick, recovering or not yet hired, as happens to a small force, the other crew stays in overtime.
    """
    crew = (world.clock[0].day // 2) % CREWS
    officer = _nearest(world, place, shift, crew, u)
    return officer if officer >= 0 else _nearest(world, place, shift, CREWS - 1 - crew, u)


@compiled
def _nearest(world, place, shift, crew, u):
    """Return an officer of a crew on this beat, else on the nearest beat with one; -1: nobody of the crew is there."""
    beats = len(world.policing_factor)
    for distance in range(beats):
        low, high = place - distance, place + distance
        below = above = 0
        group_below = group_above = 0
        if low >= 0:
            group_below = (low * SHIFTS + shift) * CREWS + crew
            below = _count_present(world, group_below)
        if distance > 0 and high < beats:
            group_above = (high * SHIFTS + shift) * CREWS + crew
            above = _count_present(world, group_above)
        if below + above > 0:
            chosen = int(u * (below + above))
            return _take(world, group_below, chosen) if chosen < below else _take(world, group_above, chosen - below)
    return NONE
