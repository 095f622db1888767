"""Which patrol officer is on duty where: the roster by beat, shift and crew."""

import numpy as np

from ..agents.compiled import compiled
from ..agents.officer import CREWS, SHIFTS
from ..agents.table import NONE


def make_roster(officers: np.recarray, beats: int) -> tuple[np.ndarray, np.ndarray]:
    """Return patrol officers ordered by beat, shift and crew, and where each crew begins, shape (beats x 6 + 1,)."""
    rows = np.flatnonzero(officers.beat >= 0)
    group = (officers.beat * SHIFTS + officers.shift.astype(np.int64)) * CREWS + officers.crew
    order = rows[np.lexsort((officers.key[rows], group[rows]))]
    return order.astype(np.int64), np.searchsorted(group[order], np.arange(beats * SHIFTS * CREWS + 1)).astype(np.int64)


@compiled
def officer_on_duty(world, place, shift, u):
    """Return the patrol officer on duty on this beat, else on the nearest beat with one; -1 when nobody is.

    The two crews of a shift change every two days, as `agents.officer.on_duty` says of one officer.
    """
    crew = (world.clock[0].day // 2) % CREWS
    beats = len(world.policing_factor)
    for distance in range(beats):
        low, high = place - distance, place + distance
        below = above = 0
        start_below = start_above = 0
        if low >= 0:
            group = (low * SHIFTS + shift) * CREWS + crew
            start_below = world.roster_start[group]
            below = world.roster_start[group + 1] - start_below
        if distance > 0 and high < beats:
            group = (high * SHIFTS + shift) * CREWS + crew
            start_above = world.roster_start[group]
            above = world.roster_start[group + 1] - start_above
        if below + above > 0:
            chosen = int(u * (below + above))
            return world.roster[start_below + chosen] if chosen < below else world.roster[start_above + chosen - below]
    return NONE
