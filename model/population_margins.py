"""The whole numbers a synthetic community must have: county shares scaled to n residents.

Shares become counts by largest remainder, so each count is within one of its share. Where the
numbers of a very small community cannot hold together (a child without an adult), the nearest
possible number is taken; `describe` in `population_checks` shows the distance.
"""

from typing import NamedTuple

import numpy as np
from scipy.special import expit, logit

from ..scenarios.places import Place
from .population_shares import HouseholdShares

YEAR = 365.25  # days
# Age strata: the eighteen bands, with 15-19 cut where childhood ends.
STRATA = np.array([0, 5, 10, 15, 18, 20, 25, 30, 35, 40, 45, 50, 55, 60, 65, 70, 75, 80, 85, 105])
_BAND_OF_STRATUM = np.array([0, 1, 2, 3, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17])
_ADULT = STRATA[:-1] >= 18


class Margins(NamedTuple):
    """What a community of n residents must add up to."""

    people: np.ndarray  # int64 (2, 19): women, men by stratum
    group_quarters: int  # people
    households: int  # without group quarters
    with_children: int  # households
    single_parents: int  # households


def largest_remainder(weights: np.ndarray, total: int) -> np.ndarray:
    """Return int64 counts in proportion to `weights` that sum to `total`; ties go to the earlier one."""
    weights = np.asarray(weights, dtype=np.float64)
    exact = weights * (total / weights.sum()) if weights.sum() > 0 else np.zeros(len(weights))
    counts = np.floor(exact + 1e-9).astype(np.int64)
    first = np.argsort(counts - exact, kind="stable")
    counts[first[: total - counts.sum()]] += 1
    return counts


def counts_with_total(weights: np.ndarray, sizes: np.ndarray, number: int, total: int) -> np.ndarray:
    """Return int64 counts that sum to `number` and hold `total` people, as near to `weights` as can be.

    The weights are tilted by exp(t·size) until the mean size fits (the least informative change),
    then rounded, then single homes move to a neighbouring size until the sum is exact. Sizes must
    cover every step between their least and greatest; `total` must be reachable.
    """
    if number == 0:
        return np.zeros(len(sizes), dtype=np.int64)
    low, high = -40.0, 40.0
    for _ in range(60):
        tilt = (low + high) / 2
        shares = weights * np.exp(tilt * (sizes - total / number))
        low, high = (tilt, high) if (shares * (sizes - total / number)).sum() < 0 else (low, tilt)
    counts = largest_remainder(shares / shares.sum(), number)
    while (missing := total - int((counts * sizes).sum())) != 0:
        step = 1 if missing > 0 else -1
        can_move = (counts > 0) & np.isin(sizes + step, sizes)
        mover = int(np.argmax(np.where(can_move, counts, -1)))
        to = int(np.argmax(np.where(sizes == sizes[mover] + step, weights, -1.0)))
        counts[mover] -= 1
        counts[to] += 1
    return counts


def _by_age(place: Place, n: int) -> np.ndarray:
    """Return people by stratum, int64 (19,), with an adult for every six children at least."""
    bands = largest_remainder(place.age_shares, n)
    minors = min(int(np.clip(round(0.6 * bands[2]), 0.3 * bands[3], 0.8 * bands[3])), int(bands[3]))
    strata = np.concatenate((bands[:3], [minors, bands[3] - minors], bands[4:]))
    while 6 * strata[_ADULT].sum() < strata[~_ADULT].sum():
        strata[np.argmax(np.where(_ADULT, -1, strata))] -= 1
        strata[np.argmax(np.where(_ADULT, np.asarray(place.age_shares)[_BAND_OF_STRATUM], -1))] += 1
    return strata


def _women(strata: np.ndarray, total: int, female_by_band: tuple[float, ...]) -> np.ndarray:
    """Return women by stratum: the national shape, with adults (else everybody) moved to give `total`."""
    base = logit(np.array(female_by_band)[_BAND_OF_STRATUM])
    children = float((strata * expit(base))[~_ADULT].sum())
    moves = _ADULT if children <= total <= children + strata[_ADULT].sum() else np.ones(len(strata), dtype=bool)
    low, high = -40.0, 40.0
    for _ in range(60):
        shift = (low + high) / 2
        expected = strata * expit(base + shift * moves)
        low, high = (shift, high) if expected.sum() < total else (low, shift)
    return largest_remainder(expected, total)


def margins(place: Place, n: int, shares: HouseholdShares) -> Margins:
    """Return the counts for n residents of a place."""
    strata = _by_age(place, n)
    women = _women(strata, round(n * place.female_share), shares.female_by_band)
    children, adults = int(strata[~_ADULT].sum()), int(strata[_ADULT].sum())
    needed = -(-children // 6)  # adults at home, whatever the share in group quarters
    quarters = min(round(n * place.group_quarters_population / place.population), adults - needed)
    homes = round(n * place.households / place.population)
    households = int(np.clip(homes, max(needed, min(1, n - quarters)), adults - quarters))
    with_children = round(households * place.households_with_children_share)
    with_children = int(np.clip(with_children, needed, min(children, households)))
    single = households * place.single_parent_households / place.households if place.households else 0.0
    return Margins(
        people=np.stack((women, strata - women)),
        group_quarters=quarters,
        households=households,
        with_children=with_children,
        single_parents=int(min(round(single), with_children)),
    )
