"""Kin in other households of the town: parents and their grown children, and siblings.

Mothers (with the partner they live with) and men living without a partner are given grown children
from other households, of fitting age and the same race or ethnicity; children of one parent are
siblings, also of those still at home. Some of the people left over are siblings whose parents live
elsewhere.
"""

from dataclasses import astuple, dataclass
from typing import NamedTuple

import numpy as np

from ..agents.compiled import compiled
from ..agents.household import HOUSEHOLD_KINDS
from ..agents.resident import FEMALE, RACES
from .graph_circles import ADULT, blurred_age, counting_sort, line_by_age, tie_circles, triangular
from .randomness import Stream, draw, draws
from .rows import row

_TIES = int(Stream.TIES)
_COUPLED = np.array([kind in ("couple", "couple_children", "multigenerational") for kind in HOUSEHOLD_KINDS])
_AGES = 128  # years of age
_MOST_CHILDREN = 12
_TRIES = 15  # people looked at for one grown child


@dataclass(frozen=True)
class KinNumbers:
    """How many kin live elsewhere in town, and of what age."""

    grown_children: float = row("kin_grown_children")  # of a woman past the ages of having them, mean
    grown_children_lone_man: float = row("kin_grown_children_lone_man")  # of a man without a partner, mean
    parent_youngest: float = row("kin_parent_youngest")  # at a birth [years]: triangular between the two
    parent_oldest: float = row("kin_parent_oldest")
    partner_gap: float = row("kin_partner_gap")  # most years between partners
    siblings_only: float = row("kin_siblings_only")  # share with a sibling, of adults with no parent in town
    siblings_most: int = row("kin_siblings_most")  # people in a set of such siblings: uniform, at least 2
    sibling_spread: float = row("kin_sibling_spread")  # half-width of the blur of their line by age [years]


class _People(NamedTuple):
    """What families look at."""

    age: np.ndarray  # float64 (n,) [years]
    sex: np.ndarray  # uint8 (n,)
    race: np.ndarray  # uint8 (n,)
    household: np.ndarray  # int32 (n,)
    mother: np.ndarray  # int32 (n,), -1: not in the household
    father: np.ndarray  # int32 (n,)
    first_member: np.ndarray  # int64 (h + 1,)
    of_a_couple: np.ndarray  # bool (h,), a kind of household that a couple heads


def kin_pairs(seed: int, first: int, population, age: np.ndarray, numbers: KinNumbers):
    """Return the pairs of kin living apart: two int32 arrays (pairs,), a pair perhaps twice.

    first: number of the first draw, of 1,000; age: float64 (n,) [years].
    """
    household, race = population.household, population.race
    sizes = np.bincount(household, minlength=len(population.household_kind))
    people = _People(
        age,
        population.sex,
        race,
        household,
        population.mother,
        population.father,
        np.concatenate((np.zeros(1, np.int64), np.cumsum(sizes))),
        _COUPLED[population.household_kind],
    )
    apart = np.flatnonzero((age >= ADULT) & (population.mother < 0) & (population.father < 0)).astype(np.int32)
    bucket = race[apart] * np.int32(_AGES) + np.minimum(age[apart], _AGES - 1).astype(np.int32)
    order, start = counting_sort(bucket, _AGES * len(RACES))
    mother, father = _parents(seed, first, people, apart[order], start, astuple(numbers))
    pairs = [
        _parent_pairs(mother),
        _parent_pairs(father),
        _sibling_pairs(np.where(mother >= 0, mother, population.mother), household),
        _sibling_pairs(np.where(father >= 0, father, population.father), household),
        _other_siblings(seed, first + 100, apart[(mother[apart] < 0) & (father[apart] < 0)], people, numbers),
    ]
    return np.concatenate([a for a, _ in pairs]), np.concatenate([b for _, b in pairs])


@compiled
def _partner(i, people, gap):
    """Return the adult of about the same age who lives with person i as a couple, or -1."""
    age, mother, father = people.age, people.mother, people.father
    best = -1
    h = people.household[i]
    if people.of_a_couple[h]:
        for j in range(people.first_member[h], people.first_member[h + 1]):
            related = mother[j] == i or father[j] == i or mother[i] == j or father[i] == j
            siblings = (mother[j] >= 0 and mother[j] == mother[i]) or (father[j] >= 0 and father[j] == father[i])
            if j != i and age[j] >= ADULT and not related and not siblings and abs(age[j] - age[i]) <= gap:
                best, gap = j, abs(age[j] - age[i])
    return best


@compiled(kept=True)
def _parents(seed, k, people, pool, start, numbers):
    """Give grown children to women, then to men without a partner; return everybody's parents elsewhere, or -1.

    pool: adults living apart from their parents, by race and year of age; start: where each of these begins.
    Nobody is given two mothers or two fathers; children given to one parent live in different households.
    """
    of_a_woman, of_a_lone_man, youngest, oldest, partner_gap = numbers[:5]
    n = len(people.age)
    mother = np.full(n, -1, np.int32)
    father = np.full(n, -1, np.int32)
    homes = np.empty(_MOST_CHILDREN, np.int32)
    for men in range(2):
        mean = of_a_lone_man if men else of_a_woman
        parent = father if men else mother
        for i in range(n):
            if (people.sex[i] == FEMALE) == (men == 1) or people.age[i] < ADULT + youngest:
                continue
            wanted = _poisson(draw(seed, _TIES, i, 0, k), mean)
            if wanted == 0:
                continue
            partner = _partner(i, people, partner_gap)
            if men and partner >= 0:
                continue
            given = 0
            for c in range(wanted):
                spread = triangular(draw(seed, _TIES, i, 0, k + 1 + 2 * c))
                years = people.age[i] - (youngest + oldest) / 2 - (oldest - youngest) / 2 * spread
                if years < ADULT:
                    continue
                own = int(people.race[i]) * _AGES
                bucket = own + min(int(years), _AGES - 1)
                at = start[bucket] + int(draw(seed, _TIES, i, 0, k + 2 + 2 * c) * (start[bucket + 1] - start[bucket]))
                for t in range(_TRIES):
                    place = at + (t + 1) // 2 * (1 - 2 * (t % 2))  # next to each other, nearest first
                    if place < start[own] or place >= start[own + _AGES]:
                        continue
                    j = pool[place]
                    home = people.household[j]
                    fits = parent[j] < 0 and home != people.household[i]
                    fits = fits and youngest <= people.age[i] - people.age[j] <= oldest
                    for x in range(given):
                        fits = fits and home != homes[x]
                    if fits:
                        parent[j] = i
                        if partner >= 0 and father[j] < 0:
                            father[j] = partner
                        homes[given] = home
                        given += 1
                        break
    return mother, father


@compiled
def _poisson(u, mean):
    """Return the quantile of the Poisson distribution, at most _MOST_CHILDREN."""
    count = 0
    share = np.exp(-mean)
    while u > share and count < _MOST_CHILDREN:
        u -= share
        count += 1
        share *= mean / count
    return count


def _parent_pairs(parent):
    child = np.flatnonzero(parent >= 0).astype(np.int32)
    return parent[child], child


def _sibling_pairs(parent, household):
    """Return the pairs of people with one parent (-1: not known) who live in different households."""
    order, start = counting_sort(parent + np.int32(1), len(parent) + 1)
    size = _tie_siblings(order, start, household, np.empty(0, np.int32), np.empty(0, np.int32))
    a, b = np.empty(size, np.int32), np.empty(size, np.int32)
    _tie_siblings(order, start, household, a, b)
    return a, b


@compiled(kept=True)
def _tie_siblings(order, start, household, a, b):
    """Fill a and b with the pairs of siblings as far as they reach; return how many pairs there are."""
    size = 0
    for parent in range(1, len(start) - 1):
        for x in range(start[parent], start[parent + 1]):
            for y in range(x + 1, start[parent + 1]):
                if household[order[x]] != household[order[y]]:
                    if size < len(a):
                        a[size], b[size] = order[x], order[y]
                    size += 1
    return size


def _other_siblings(seed, k, left, people, numbers):
    """Return pairs of siblings among people without a parent in town: sets cut from a line by race and age."""
    left = left[draws(seed, Stream.TIES, left, 0, k) < numbers.siblings_only]
    rung = blurred_age(seed, k + 1, left, people.age, np.full(len(left), numbers.sibling_spread))
    line = left[line_by_age(people.race[left].astype(np.int32), len(RACES), rung)]
    a = np.empty(len(left) * numbers.siblings_most + 1, np.int32)
    b = np.empty_like(a)
    size = tie_circles(seed, k + 2, line, people.age, people.household, 2, numbers.siblings_most, 1.0, 0.0, a, b, 0)
    alike = people.race[a[:size]] == people.race[b[:size]]
    return a[:size][alike], b[:size][alike]
