"""A stock of people not yet housed, from which homes take the people nearest the ages they need.

Nobody is invented or aged to fit: a wish for an age is answered by a real, still free person. So
the county's ages and sexes hold exactly, whatever the homes ask for.
"""

import numpy as np

from .population_draws import order_of
from .population_margins import STRATA, YEAR, Margins
from .randomness import Stream, draws


def distinct(places: np.ndarray, size: int, forward: bool = False) -> np.ndarray:
    """Return strictly increasing places in 0..size-1, close to the sorted `places` (never more than `size`).

    forward: never before the place asked for, while there is room.

    Lifting crowded places forward, and pushing them backward, are both a running extreme of
    place minus rank; halfway between the two spreads a crowd to both sides.
    """
    ranks = np.arange(len(places))
    slack = places - ranks
    lifted = np.maximum.accumulate(slack)
    pushed = np.minimum.accumulate(slack[::-1])[::-1]
    moved = lifted if forward else (lifted + pushed) // 2
    return np.clip(moved, 0, size - len(places)) + ranks


def people(m: Margins, tail: float, seed: int, k: int) -> tuple[np.ndarray, np.ndarray]:
    """Return age [days] (int32) and sex (uint8) of everybody: women by age, then men by age.

    Ages are spread evenly within a stratum; beyond 85 they thin out, `tail` years on average.
    """
    counts = m.people.ravel()
    n = int(counts.sum())
    stratum = np.repeat(np.tile(np.arange(len(STRATA) - 1), 2), counts)
    rank = np.arange(n) - np.repeat(np.cumsum(counts) - counts, counts)
    share = (rank + draws(seed, Stream.POPULATION, np.arange(n), 0, k)) / np.repeat(counts, counts)
    low, high = STRATA[stratum], STRATA[stratum + 1]
    oldest = -tail * np.log1p(-share * -np.expm1((STRATA[-2] - STRATA[-1]) / tail))
    years = low + np.where(low == STRATA[-2], oldest, share * (high - low))
    age = np.clip(np.floor(years * YEAR), np.ceil(low * YEAR), np.ceil(high * YEAR) - 1).astype(np.int32)
    return age, np.repeat(np.array([0, 1], dtype=np.uint8), m.people.sum(axis=1))


class Stock:
    """Adults not yet housed: women and men, each in order of age."""

    def __init__(self, age: np.ndarray, sex: np.ndarray):
        self.age = age
        self.free = [np.flatnonzero((age >= 18 * YEAR) & (sex == s)) for s in (0, 1)]

    def nearest(self, male: np.ndarray, wanted: np.ndarray, or_older: bool = False) -> np.ndarray:
        """Take one person for each wanted age [days], a man where `male`; the other sex where one runs out.

        male: bool (m,); wanted: (m,); or_older: nobody younger than wanted while there are others;
        returns people, int64 (m,).
        """
        taken = np.empty(len(wanted), dtype=np.int64)
        late = []
        for s in (0, 1):
            asks = np.flatnonzero(male == s)
            asks = asks[order_of(np.clip(wanted[asks], 0, 120 * YEAR))]
            served = min(len(asks), len(self.free[s]))
            kept = np.zeros(len(asks), dtype=bool)
            kept[np.arange(served) * len(asks) // max(served, 1)] = True
            taken[asks[kept]] = self._take(s, wanted[asks[kept]], or_older)
            late.append(asks[~kept])
        for s in (0, 1):
            taken[late[s]] = self._take(1 - s, wanted[late[s]], or_older)
        return taken

    def _take(self, s: int, wanted: np.ndarray, or_older: bool) -> np.ndarray:
        places = distinct(np.searchsorted(self.age[self.free[s]], wanted), len(self.free[s]), or_older)
        people = self.free[s][places]
        self.free[s] = np.delete(self.free[s], places)
        return people

    def weighted(self, women, men, chance: np.ndarray) -> np.ndarray:
        """Take one person for each draw in `chance`, likelier where the weights by age ((years), (weights)) are high.

        Systematic sampling: evenly spaced points, each shaken by its draw, on the summed weights.
        Returns people, int64 (m,): women by age, then men by age.
        """
        both = np.concatenate(self.free)
        weights = [np.interp(self.age[f] / YEAR, *w) for f, w in zip(self.free, (women, men), strict=True)]
        reach = np.cumsum(np.concatenate(weights) + 1e-9)
        points = (np.arange(len(chance)) + chance) / max(len(chance), 1)
        places = distinct(np.searchsorted(reach[:-1], points * (reach[-1] if len(reach) else 0)), len(both))
        first_man = len(self.free[0])
        self.free[0] = np.delete(self.free[0], places[places < first_man])
        self.free[1] = np.delete(self.free[1], places[places >= first_man] - first_man)
        return both[places]

    def everybody(self) -> np.ndarray:
        """Take all who are left."""
        left = np.concatenate(self.free)
        self.free = [left[:0], left[:0]]
        return left
