"""What the community graph looks like: numbers of ties, clustering, who is tied to whom."""

import numpy as np
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components

from ..agents.compiled import compiled
from .graph import FRIEND, TIE_KINDS, Ties, degree
from .randomness import Stream, draws

SAMPLE = 2000  # people whose clustering is looked at
_SAMPLE_DRAW = 60_000


def statistics(population, ties: Ties, start_day: int = -730) -> dict:
    """Return a description of the ties of n people, for reports and checks.

    `ties`: for each kind and all, mean, standard deviation and largest number a person, and the share of people
    with none; `clustering`: mean share of pairs of a person's contacts who are tied themselves, over a fixed
    sample of about 2,000 people with at least two; `same` and `assortativity`: share of friendships within a
    neighbourhood or race, and Newman's coefficient of it (for age: the correlation), not a number where everybody
    is alike; `largest_component`: share of people who can reach each other over ties outside the household.
    """
    n = len(ties.start) - 1
    counts = {kind: degree(ties, k) for k, kind in enumerate(TIE_KINDS) if k} | {"all": degree(ties)}
    sample = np.flatnonzero(draws(0, Stream.TIES, np.arange(n), 0, _SAMPLE_DRAW) < SAMPLE / max(n, 1))
    clustering = {
        "friend": _clustering(ties.start, ties.to, ties.kind == FRIEND, sample, np.full(n, -1)),
        "all": _clustering(ties.start, ties.to, np.ones(len(ties.to), np.bool_), sample, np.full(n, -1)),
    }
    friend = ties.kind == FRIEND
    one, other = np.repeat(np.arange(n, dtype=np.int32), np.diff(ties.start))[friend], ties.to[friend]
    neighbourhood = population.household_neighbourhood[population.household]
    age = (start_day - population.born) / 365.25
    graph = csr_array((np.ones(len(ties.to), np.int8), ties.to, ties.start), shape=(n, n))
    _, component = connected_components(graph, directed=False)
    return {
        "people": n,
        "ties": {kind: _summary(count) for kind, count in counts.items()},
        "clustering": clustering,
        "same": {
            "neighbourhood": _mean(neighbourhood[one] == neighbourhood[other]),
            "race": _mean(population.race[one] == population.race[other]),
        },
        "assortativity": {
            "neighbourhood": _assortativity(neighbourhood[one], neighbourhood[other]),
            "race": _assortativity(population.race[one], population.race[other]),
            "age": _correlation(age[one], age[other]),
        },
        "largest_component": int(np.bincount(component, minlength=1).max()) / max(n, 1),
    }


def _mean(values):
    return float(values.mean()) if len(values) else float("nan")


def _summary(count):
    if not len(count):
        return {"mean": 0.0, "sd": 0.0, "largest": 0, "none": 1.0}
    return {
        "mean": float(count.mean()),
        "sd": float(count.std()),
        "largest": int(count.max()),
        "none": float((count == 0).mean()),
    }


def _assortativity(one, other):
    """Return (share alike - share alike by chance) / (1 - share alike by chance), for both ends of each tie."""
    by_chance = ((np.bincount(one) / len(one)) ** 2).sum() if len(one) else 1.0
    return float((_mean(one == other) - by_chance) / (1 - by_chance)) if by_chance < 1 else float("nan")


def _correlation(one, other):
    return float(np.corrcoef(one, other)[0, 1]) if len(one) and one.std() > 0 else float("nan")


@compiled
def _clustering(start, to, counted, sample, contact_of):
    """Return the mean local clustering of the people in `sample`, over the ties that are `counted`."""
    total, people = 0.0, 0
    for i in sample:
        contacts = 0
        for x in range(start[i], start[i + 1]):
            if counted[x] and contact_of[to[x]] != i:
                contact_of[to[x]] = i
                contacts += 1
        if contacts < 2:
            continue
        closed = 0
        for x in range(start[i], start[i + 1]):
            if not counted[x] or (x > start[i] and to[x - 1] == to[x] and counted[x - 1]):
                continue
            last = -1
            for y in range(start[to[x]], start[to[x] + 1]):
                if counted[y] and to[y] != last and contact_of[to[y]] == i:
                    closed += 1
                    last = to[y]
        total += closed / (contacts * (contacts - 1))
        people += 1
    return total / people if people else np.nan
