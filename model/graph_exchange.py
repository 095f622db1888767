"""The community graph as a networkx graph, out and in: a user's own graph may replace the built one.

One node a person (0 to n - 1) and one edge a tie, keyed by its kind, so that two people may be kin and friends.
"""

import math
from collections.abc import Mapping
from difflib import get_close_matches
from pathlib import Path
from xml.etree.ElementTree import ParseError

import networkx as nx
import numpy as np

from ..agents.resident import MALE, RACES
from ..scenarios.errors import InputError
from .graph import FRIEND, HOUSEHOLD, TIE_KINDS, TieNumbers, Ties, adjacency

_LARGEST = float(np.finfo(np.float32).max)
_LOOK_THE_SAME = ("household", "neighbourhood", "sex", "race")


def to_networkx(population, ties: Ties, numbers: TieNumbers | None = None, start_day: int = -730) -> nx.MultiGraph:
    """Return the graph of n people: ties, and an edge between each two members of a household.

    Nodes carry age [years on `start_day`], sex, race, household and neighbourhood; edges are keyed by kind and
    carry kind and weight. Made for reading and drawing; a run uses the arrays.
    """
    numbers = numbers or TieNumbers()
    graph = nx.MultiGraph()
    for i, attributes in enumerate(_described(population)):
        graph.add_node(i, age=round((start_day - int(population.born[i])) / 365.25, 2), **attributes)
    closeness = float(numbers.weights[HOUSEHOLD])
    first = np.flatnonzero(np.diff(population.household, prepend=-1))
    for low, high in zip(first.tolist(), [*first[1:].tolist(), len(population.household)], strict=True):
        for i in range(low, high):
            for j in range(i + 1, high):
                graph.add_edge(i, j, key="household", kind="household", weight=closeness)
    owner = np.repeat(np.arange(len(ties.start) - 1), np.diff(ties.start))
    once = owner < ties.to
    columns = (owner, ties.to, ties.kind, ties.weight)
    for i, j, kind, weight in zip(*(column[once].tolist() for column in columns), strict=True):
        graph.add_edge(i, j, key=TIE_KINDS[kind], kind=TIE_KINDS[kind], weight=weight)
    return graph


def from_networkx(graph: nx.Graph, population, numbers: TieNumbers | None = None) -> Ties:
    """Return the ties of an undirected graph over the n people of `population`.

    Nodes are 0 to n - 1, or carry an attribute `person` with that number. An edge may carry `kind` (friend if it
    does not) and `weight` (that of its kind if it does not). Household edges must agree with the population; they
    may be left out. Raises InputError naming the node or edge that cannot be taken.
    """
    if not isinstance(graph, nx.Graph):
        raise InputError(f"graph: a networkx graph is needed, this is of type {type(graph).__name__}")
    if graph.is_directed():
        raise InputError("graph: its edges have a direction, but ties go both ways: use graph.to_undirected()")
    numbers = numbers or TieNumbers()
    n = len(population.household)
    person = _people(graph, population)
    pairs, kinds, weights = [], [], []
    for u, v, data in graph.edges(data=True):
        i, j = sorted((person[u], person[v]))
        kind = _kind(data.get("kind"), i, j)
        weight = _weight(data.get("weight"), numbers.weights[kind], i, j)
        _agree(i, j, kind, weight, population.household, numbers)
        if kind != HOUSEHOLD:
            pairs.append((i, j))
            kinds.append(kind)
            weights.append(weight)
    order = np.argsort(np.array(kinds, dtype=np.uint8), kind="stable")
    a, b = np.array(pairs, dtype=np.int32).reshape(-1, 2)[order].T
    kind = np.array(kinds, dtype=np.uint8)[order]
    weight = np.array(weights, dtype=np.float32)[order]
    code = np.sort((a.astype(np.int64) * n + b) * len(TIE_KINDS) + kind)
    twice = np.flatnonzero(np.diff(code) == 0)
    if len(twice):
        pair, k = divmod(int(code[twice[0]]), len(TIE_KINDS))
        raise InputError(f"graph: persons {pair // n} and {pair % n} have two {TIE_KINDS[k]} ties: keep one")
    start, packed = adjacency(n, a, b, kind)
    ties = Ties(start, (packed >> 2).astype(np.int32), (packed & 3).astype(np.uint8), np.empty(len(packed), np.float32))
    owner = np.repeat(np.arange(n), np.diff(start))
    code = (owner * n + ties.to) * len(TIE_KINDS) + ties.kind  # rises, as lists are in order
    for one, other in ((a, b), (b, a)):
        ties.weight[np.searchsorted(code, (one.astype(np.int64) * n + other) * len(TIE_KINDS) + kind)] = weight
    return ties


def read_graphml(path: str | Path, population, numbers: TieNumbers | None = None) -> Ties:
    """Return the ties in a GraphML file, by the rules of `from_networkx`; InputError names what is wrong with it."""
    try:
        graph = nx.read_graphml(path, force_multigraph=True)
    except OSError as error:
        raise InputError(f"{path}: cannot be read ({error.strerror or error})") from error
    except ParseError as error:
        raise InputError(f"{path}: not XML, so not GraphML ({error})") from error
    except Exception as error:  # networkx raises many kinds on XML that is not GraphML
        raise InputError(f"{path}: not a GraphML graph ({error})") from error
    try:
        return from_networkx(graph, population, numbers)
    except InputError as error:
        raise InputError(f"{path}: {error}") from error


def _described(population):
    """Yield the attributes of each person that identify a population."""
    for household, sex, race in zip(
        population.household.tolist(), population.sex.tolist(), population.race.tolist(), strict=True
    ):
        yield {
            "sex": "male" if sex == MALE else "female",
            "race": RACES[race],
            "household": household,
            "neighbourhood": int(population.household_neighbourhood[household]),
        }


def _people(graph, population) -> Mapping:
    """Return the person of each node: every person once, and looking as in the population."""
    n = len(population.household)
    if len(graph) != n:
        raise InputError(f"graph: {len(graph)} nodes, but the population has {n} people: one node for each is needed")
    described = list(_described(population))
    person, taken = {}, {}
    for node, data in graph.nodes(data=True):
        i = _whole(data.get("person", node))
        if i is None or not 0 <= i < n:
            raise InputError(f"graph: node {node!r} is no person: nodes are 0 to {n - 1}, or have that as `person`")
        if i in taken:
            raise InputError(f"graph: nodes {taken[i]!r} and {node!r} are both person {i}")
        for name in _LOOK_THE_SAME:
            if name in data and data[name] != described[i][name]:
                raise InputError(
                    f"graph: person {i} has {name} {data[name]!r}, but {described[i][name]!r} in the population: "
                    "the graph belongs to another population"
                )
        person[node], taken[i] = i, node
    return person


def _whole(value) -> int | None:
    """Return a node name as a whole number, or None: files name nodes in text."""
    if isinstance(value, str) and value.strip().isdecimal():
        return int(value)
    if isinstance(value, int | np.integer) and not isinstance(value, bool):
        return int(value)
    return None


def _kind(name, i, j) -> int:
    """Return the number of a kind of tie."""
    if name is None:
        return FRIEND
    if name not in TIE_KINDS:
        near = get_close_matches(str(name), TIE_KINDS, n=1)
        hint = f"did you mean {near[0]!r}?" if near else f"kinds are {', '.join(TIE_KINDS)}"
        raise InputError(f"graph: tie of persons {i} and {j}: unknown kind {name!r}; {hint}")
    return TIE_KINDS.index(name)


def _weight(value, default, i, j) -> float:
    """Return a weight: a number, zero or more."""
    if value is None:
        return float(default)
    number = isinstance(value, int | float | np.integer | np.floating) and not isinstance(value, bool)
    if not number or not math.isfinite(value) or not 0 <= value <= _LARGEST:
        raise InputError(f"graph: tie of persons {i} and {j}: weight {value!r} must be a number, zero or more")
    return float(value)


def _agree(i, j, kind, weight, household, numbers):
    """Check a tie against the household table."""
    if i == j:
        raise InputError(f"graph: person {i} has a tie to themselves")
    together = household[i] == household[j]
    if kind == HOUSEHOLD and not together:
        raise InputError(
            f"graph: household tie of persons {i} and {j}, but they live in households {household[i]} and "
            f"{household[j]}: who lives together is set by the population"
        )
    if kind == HOUSEHOLD and np.float32(weight) != numbers.weights[HOUSEHOLD]:
        raise InputError(f"graph: household tie of persons {i} and {j}: its weight is always {numbers.household}")
    if kind != HOUSEHOLD and together:
        raise InputError(
            f"graph: {TIE_KINDS[kind]} tie of persons {i} and {j}, who share household {household[i]}: "
            "that is a tie already, leave this one out"
        )
