"""Circles: how friends, and people who use together, find each other.

Everybody joins a few circles, each either of the neighbourhood or of a setting that draws on the
whole town (a school, a workplace, a congregation). The people of a place are lined up by age, not
exactly but with some spread, and the line is cut into circles; within a circle each two are tied by
chance. So ties cluster, and join people of one neighbourhood, age and race, with some that reach
across the town. How many circles a person joins follows a gamma sociability, which makes the number
of ties right-skewed.
"""

from dataclasses import dataclass, fields
from typing import NamedTuple

import numpy as np

from ..agents.compiled import compiled
from ..agents.resident import RACES
from ..scenarios.evidence import value_of
from .randomness import Stream, draw

ADULT = 18  # years
_TIES = int(Stream.TIES)
_STEPS = 512  # places in line a year of age
_RUNGS = _STEPS * 128
DRAWS = 20_000  # numbers of draws kept for the circles of one kind ...
_ROUND = 1000  # ... and for one round of them
_STRATA = len(RACES) + 1  # people seeking their own race or ethnicity, and people seeking anybody


@dataclass(frozen=True)
class CircleNumbers:
    """How people come together in circles of one kind."""

    memberships: float  # mean circles a person
    evenness: float  # shape of the gamma sociability: the higher, the more alike people are
    most: int  # most circles a person joins
    smallest: int  # people in a circle, uniform between smallest and largest
    largest: int
    tie: float  # probability that two in a circle are tied
    age_spread: float  # half-width of the blur of the line by age [years] ...
    age_spread_per_year: float  # ... and how it widens with a year of age
    neighbourhood: float  # share of circles within a neighbourhood; the others draw on the whole town
    same_race: float  # share of memberships sought among people of one's own race or ethnicity ...
    fewest_alike: int  # ... where so many of them seek a circle at a time
    youngest: float  # age at the first circle [years]
    child_gap: float  # most years between the two in a tie of a child

    def __post_init__(self):
        if not (1 <= self.smallest <= self.largest < _ROUND - 10 and 0 < self.most < DRAWS // _ROUND):
            raise ValueError(f"circles of {self.smallest} to {self.largest} people, {self.most} rounds: out of range")


def circles_of(who: str) -> CircleNumbers:
    """Return the numbers of the rows `friend_…` or `couse_…`, one row a field."""
    return CircleNumbers(**{field.name: value_of(f"{who}_{field.name}") for field in fields(CircleNumbers)})


class Person(NamedTuple):
    """What circles and families look at: one row a person, one a household."""

    age: np.ndarray  # float64 (n,) [years]
    race: np.ndarray  # uint8 (n,)
    household: np.ndarray  # int32 (n,)
    household_neighbourhood: np.ndarray  # int16 (h,)


def circle_pairs(seed: int, first: int, people: np.ndarray, person: Person, numbers: CircleNumbers):
    """Return the pairs tied in circles of `people` (int32 rows): two int32 arrays (pairs,), a pair perhaps twice.

    first: number of the first draw, of DRAWS. Nobody is paired with a member of the household.
    """
    joins, offset = _memberships(seed, first, people, _cumulative(numbers))
    neighbourhoods = int(person.household_neighbourhood.max(initial=0)) + 1
    most_pairs = int(joins.sum()) * (numbers.largest - 1) // 2 + numbers.largest**2
    a, b = np.empty(most_pairs, np.int32), np.empty(most_pairs, np.int32)
    size = 0
    for r in range(numbers.most):
        k = first + _ROUND * (r + 1)
        member = people[(r - offset) % numbers.most < joins]
        choice = numbers.neighbourhood, numbers.same_race, numbers.fewest_alike
        place = _places(seed, k, member, *person, neighbourhoods, *choice)
        width = numbers.age_spread + numbers.age_spread_per_year * person.age[member]
        line = line_by_age(place, 2 * neighbourhoods * _STRATA, blurred_age(seed, k + 2, member, person.age, width))
        rules = numbers.smallest, numbers.largest, numbers.tie, numbers.child_gap
        size = tie_circles(seed, k + 3, member[line], person.age, person.household, *rules, a, b, size)
    return a[:size], b[:size]


def _cumulative(numbers):
    """Return P(at most k circles), k = 0 ... most - 1: Poisson given a gamma sociability."""
    mean, shape = numbers.memberships, numbers.evenness
    share = np.empty(numbers.most)
    share[0] = (shape / (shape + mean)) ** shape
    for k in range(1, numbers.most):
        share[k] = share[k - 1] * (k - 1 + shape) / k * mean / (shape + mean)
    return np.cumsum(share)


@compiled(kept=True)
def _memberships(seed, first, people, cumulative):
    """Return how many circles each person joins, and in which round the first of them is."""
    joins = np.empty(len(people), np.int8)
    offset = np.empty(len(people), np.int8)
    for e in range(len(people)):
        u = draw(seed, _TIES, people[e], 0, first)
        k = 0
        while k < len(cumulative) and u > cumulative[k]:
            k += 1
        joins[e] = k
        offset[e] = int(draw(seed, _TIES, people[e], 0, first + 1) * len(cumulative))
    return joins, offset


@compiled(kept=True)
def _places(seed, k, people, age, race, household, household_neighbourhood, neighbourhoods, local, same_race, fewest):
    """Return where each person seeks a circle: a neighbourhood or a setting of the town, and among whom there."""
    place = np.empty(len(people), np.int32)
    present = np.zeros(2 * neighbourhoods * _STRATA, np.int64)
    for e in range(len(people)):
        i = people[e]
        u = draw(seed, _TIES, i, 0, k)
        where = int(household_neighbourhood[household[i]])
        if u >= local:
            where = neighbourhoods + int((u - local) / (1.0 - local) * neighbourhoods)
        stratum = 1 + int(race[i]) if draw(seed, _TIES, i, 0, k + 1) < same_race else 0
        place[e] = where * _STRATA + stratum
        present[place[e]] += 1
    for e in range(len(people)):
        if present[place[e]] < fewest:  # too few of one's own: seek among anybody
            place[e] -= place[e] % _STRATA
    return place


@compiled
def triangular(u):
    """Return the quantile of the symmetric triangular distribution on (-1, 1)."""
    if u < 0.5:
        return np.sqrt(2.0 * u) - 1.0
    return 1.0 - np.sqrt(2.0 * (1.0 - u))


@compiled(kept=True)
def blurred_age(seed, k, people, age, width):
    """Return the place in line of each person: age, off by at most `width` years; int32 steps."""
    rung = np.empty(len(people), np.int32)
    for e in range(len(people)):
        years = age[people[e]] + width[e] * triangular(draw(seed, _TIES, people[e], 0, k))
        rung[e] = min(max(int(years * _STEPS), 0), _RUNGS - 1)
    return rung


@compiled(kept=True)
def counting_sort(code, codes):
    """Return the order by `code` (int32, below `codes`), ties as they stand, and where each code starts."""
    start = np.zeros(codes + 1, np.int64)
    for e in range(len(code)):
        start[code[e] + 1] += 1
    start = np.cumsum(start)
    slot = start.copy()
    order = np.empty(len(code), np.int32)
    for e in range(len(code)):
        order[slot[code[e]]] = e
        slot[code[e]] += 1
    return order, start


@compiled(kept=True)
def line_by_age(place, places, rung):
    """Return the order by place, and by age within: upwards in one place, downwards in the next.

    So the people on both sides of the border between two places are of about the same age.
    """
    by_age, _ = counting_sort(rung, _RUNGS)
    slot = np.zeros(places, np.int64)
    for e in range(len(place)):
        slot[place[e]] += 1
    step = np.ones(places, np.int64)
    taken = 0
    upwards = True
    for p in range(places):
        size = slot[p]
        if size > 0:
            slot[p] = taken if upwards else taken + size - 1
            step[p] = 1 if upwards else -1
            taken += size
            upwards = not upwards
    order = np.empty(len(place), np.int32)
    for e in by_age:
        p = place[e]
        order[slot[p]] = e
        slot[p] += step[p]
    return order


@compiled(kept=True)
def tie_circles(seed, k, line, age, household, smallest, largest, tie, child_gap, a, b, size):
    """Cut a line of people into circles and tie within them: fill a and b from `size`, return the new size."""
    at = 0
    while at < len(line):
        end = at + smallest + int(draw(seed, _TIES, line[at], 0, k) * (largest - smallest + 1))
        end = min(end, len(line))
        for x in range(at, end):
            i = line[x]
            for y in range(x + 1, end):
                j = line[y]
                if household[i] == household[j]:
                    continue
                if min(age[i], age[j]) < ADULT and abs(age[i] - age[j]) > child_gap:
                    continue
                if draw(seed, _TIES, i, 0, k + y - x) < tie:
                    a[size] = i
                    b[size] = j
                    size += 1
        at = end
    return size
