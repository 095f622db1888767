"""The community graph: who is close to whom outside the household, as flat arrays.

Kin (`graph_kin`), friends and people who use together (`graph_circles`) are tied at the start.
Ties within a household are not listed: the household column says who lives together.
"""

from dataclasses import dataclass, field
from functools import partial
from typing import NamedTuple

import numpy as np

from ..agents.compiled import compiled
from .graph_circles import DRAWS, CircleNumbers, Person, circle_pairs, circles_of
from .graph_kin import KinNumbers, kin_pairs
from .rows import row

TIE_KINDS = ("household", "kin", "friend", "co_use")
HOUSEHOLD, KIN, FRIEND, CO_USE = range(len(TIE_KINDS))
_KIN_DRAWS = 1000  # numbers of draws kept for kin
LARGEST_TOWN = 2**30 - 1  # a person and a kind share one 32-bit word while the graph is built


class Ties(NamedTuple):
    """Ties between n people outside the household: both directions stored, each person's in order of (to, kind).

    The ties of person i are entries `start[i]` to `start[i + 1]` of the other three columns.
    """

    start: np.ndarray  # int64 (n + 1,)
    to: np.ndarray  # int32 (m,), the other person's row
    kind: np.ndarray  # uint8 (m,), index into TIE_KINDS
    weight: np.ndarray  # float32 (m,), closeness on the scale where a member of the household has 1


@dataclass(frozen=True)
class TieNumbers:
    """Every number of the community graph. Weights: closeness where a member of the household has 1."""

    household: float = 1.0  # the unit of the scale
    kin: float = row("tie_weight_kin")
    friend: float = row("tie_weight_friend")
    co_use: float = row("tie_weight_co_use")
    families: KinNumbers = field(default_factory=KinNumbers)
    friends: CircleNumbers = field(default_factory=partial(circles_of, "friend"))
    users: CircleNumbers = field(default_factory=partial(circles_of, "couse"))

    @property
    def weights(self) -> np.ndarray:
        """Weight of each kind, in the order of TIE_KINDS, float32."""
        return np.array([getattr(self, kind) for kind in TIE_KINDS], dtype=np.float32)


def make_ties(
    population, uses: np.ndarray, seed: int, numbers: TieNumbers | None = None, start_day: int = -730
) -> Ties:
    """Return the ties of a town: kin, friends, and ties among the people who use.

    population: a `Population` of n people; uses: bool (n,), the person has opioid use disorder or misuse at
    the start; numbers: by default those of the evidence; start_day: the day the population was made for. The same
    arguments give the same ties, whatever else ran before: every draw is addressed by seed and person.
    """
    numbers = numbers or TieNumbers()
    n = len(population.household)
    uses = np.asarray(uses, dtype=bool)
    if uses.shape != (n,):
        raise ValueError(f"uses: one value for each of {n} people needed; got shape {uses.shape}")
    if n > LARGEST_TOWN:
        raise ValueError(f"{n} people are too many for the graph: at most {LARGEST_TOWN}")
    age = (start_day - population.born) / 365.25
    person = Person(age, population.race, population.household, population.household_neighbourhood)
    old_enough = np.flatnonzero(age >= numbers.friends.youngest).astype(np.int32)
    users = np.flatnonzero(uses & (age >= numbers.users.youngest)).astype(np.int32)
    pairs = (
        kin_pairs(seed, 0, population, age, numbers.families),
        circle_pairs(seed, _KIN_DRAWS, old_enough, person, numbers.friends),
        circle_pairs(seed, _KIN_DRAWS + DRAWS, users, person, numbers.users),
    )
    a = np.concatenate([p[0] for p in pairs])
    b = np.concatenate([p[1] for p in pairs])
    kind = np.repeat(np.array((KIN, FRIEND, CO_USE), np.uint8), [len(p[0]) for p in pairs])
    start, packed = adjacency(n, a, b, kind)
    kind = (packed & 3).astype(np.uint8)
    return Ties(start, (packed >> 2).astype(np.int32), kind, numbers.weights[kind])


@compiled(kept=True)
def adjacency(n, a, b, kind):
    """Return both directions of the pairs (a, b), each once: start (n + 1,) and to * 4 + kind in order, uint32.

    The pairs come in order of kind. Lists are filled, then filled anew by walking the first lists person by
    person: that puts them in order.
    """
    start = np.zeros(n + 1, np.int64)
    for e in range(len(a)):
        start[a[e] + 1] += 1
        start[b[e] + 1] += 1
    start = np.cumsum(start)
    slot = start[:-1].copy()
    lists = np.empty(start[n], np.uint32)
    for e in range(len(a)):
        lists[slot[a[e]]] = (b[e] << 2) | kind[e]
        slot[a[e]] += 1
        lists[slot[b[e]]] = (a[e] << 2) | kind[e]
        slot[b[e]] += 1
    slot = start[:-1].copy()
    ordered = np.empty(start[n], np.uint32)
    for i in range(n):
        for x in range(start[i], start[i + 1]):
            j = lists[x] >> 2
            ordered[slot[j]] = (i << 2) | (lists[x] & 3)
            slot[j] += 1
    size = 0
    low = 0
    for i in range(n):
        high = start[i + 1]
        for x in range(low, high):
            if x == low or ordered[x] != ordered[x - 1]:
                lists[size] = ordered[x]
                size += 1
        start[i + 1] = size
        low = high
    return start, lists[:size]


def degree(ties: Ties, kind: int | None = None) -> np.ndarray:
    """Return how many ties each person has outside the household, of one kind or of all: int64 (n,)."""
    if kind is None:
        return np.diff(ties.start)
    counted = np.concatenate(([0], np.cumsum(ties.kind == kind)))
    return counted[ties.start[1:]] - counted[ties.start[:-1]]


def check_ties(ties: Ties, population) -> None:
    """Raise ValueError, naming the people, unless the ties are sound for this population.

    Sound: lists in order without repeats, both directions of every tie with one kind and weight, nobody tied
    to themselves or to a member of their household, and only kinds and weights that exist.
    """
    n, m = len(population.household), len(ties.to)
    if len(ties.start) != n + 1 or ties.start[0] != 0 or ties.start[-1] != m or (np.diff(ties.start) < 0).any():
        raise ValueError(f"ties: `start` must rise from 0 to {m} in {n + 1} steps, one list for each of {n} people")
    if not len(ties.kind) == len(ties.weight) == m:
        raise ValueError(f"ties: {m} entries in `to`, {len(ties.kind)} in `kind`, {len(ties.weight)} in `weight`")
    fault, i, j = _first_fault(ties.start, ties.to, ties.kind, ties.weight, population.household)
    if fault:
        raise ValueError(f"tie of person {i} to person {j}: {_FAULTS[fault]}")


_FAULTS = (
    "",
    "no such person",
    "a person has no tie to themselves",
    "they share a household, which is a tie already",
    f"its kind must be 1 to {len(TIE_KINDS) - 1}: {', '.join(TIE_KINDS[1:])}",
    "its weight must be a number, zero or more",
    "the list is not in order, or names a tie twice",
    "the other direction is missing",
    "the two directions have different weights",
)


@compiled
def _first_fault(start, to, kind, weight, household):
    """Return the number of the first fault found and the two people, or zeros.

    As lists are in order, walking through all of them in order meets the ties of any one person in the order of
    that person's own list: `seen` counts how far.
    """
    n = len(start) - 1
    for i in range(n):
        for x in range(start[i], start[i + 1]):
            j = to[x]
            if j < 0 or j >= n:
                return 1, i, j
            if j == i:
                return 2, i, j
            if household[j] == household[i]:
                return 3, i, j
            if kind[x] < KIN or kind[x] > CO_USE:
                return 4, i, j
            if not 0.0 <= weight[x] < np.inf:
                return 5, i, j
            if x > start[i] and (to[x - 1] > j or (to[x - 1] == j and kind[x - 1] >= kind[x])):
                return 6, i, j
    seen = start[:-1].copy()
    for i in range(n):
        for x in range(start[i], start[i + 1]):
            j = to[x]
            y = seen[j]
            if y == start[j + 1] or to[y] > i or (to[y] == i and kind[y] > kind[x]):
                return 7, i, j
            if to[y] < i or kind[y] < kind[x]:
                return 7, j, to[y]
            if weight[y] != weight[x]:
                return 8, i, j
            seen[j] += 1
    return 0, 0, 0
