"""The community graph goes out to networkx and comes back the same; a user's own graph is checked."""

import networkx as nx
import numpy as np
import pytest
from deflect.agents.household import HOUSEHOLD_KINDS
from deflect.agents.resident import RACES
from deflect.model.graph import CO_USE, FRIEND, KIN, TieNumbers, check_ties, degree, make_ties
from deflect.model.graph_exchange import from_networkx, read_graphml, to_networkx
from deflect.model.population import Population, make_population
from deflect.scenarios.errors import InputError
from deflect.scenarios.places import find


@pytest.fixture(scope="module")
def town():
    return make_population(find("Cabell, WV"), 600, 1)


@pytest.fixture(scope="module")
def ties(town):
    return make_ties(town, town.born % 10 == 0, 1)


@pytest.fixture
def four():
    """Four people: 0 and 1 live together, 2 and 3 alone."""
    return Population(
        household=np.array([0, 0, 1, 2], np.int32),
        born=np.array([-20_000, -19_000, -18_000, -6_000], np.int32),
        sex=np.array([0, 1, 0, 1], np.uint8),
        race=np.array([0, 0, 1, 2], np.uint8),
        mother=np.full(4, -1, np.int32),
        father=np.full(4, -1, np.int32),
        household_kind=np.array([HOUSEHOLD_KINDS.index(kind) for kind in ("couple", "alone", "alone")], np.uint8),
        household_neighbourhood=np.array([0, 1, 1], np.int16),
    )


def same(one, other):
    return all(np.array_equal(a, b) and a.dtype == b.dtype for a, b in zip(one, other, strict=True))


def graph_of(n, *edges):
    graph = nx.MultiGraph()
    graph.add_nodes_from(range(n))
    graph.add_edges_from(edges)
    return graph


def test_round_trip(town, ties):
    graph = to_networkx(town, ties)
    back = from_networkx(graph, town)
    assert same(back, ties)
    shuffled = nx.MultiGraph()
    shuffled.add_nodes_from(reversed(list(graph.nodes(data=True))))
    shuffled.add_edges_from((j, i, data) for i, j, data in reversed(list(graph.edges(data=True))))
    assert same(from_networkx(shuffled, town), ties)


def test_round_trip_through_a_file(town, ties, tmp_path):
    nx.write_graphml(to_networkx(town, ties), tmp_path / "town.graphml")
    assert same(read_graphml(tmp_path / "town.graphml", town), ties)


def test_own_weights_come_back(four):
    ties = from_networkx(graph_of(4, (3, 0, {"weight": 0.123456789}), (1, 2, {"kind": "kin", "weight": 7})), four)
    assert ties.weight.tolist() == [np.float32(0.123456789), 7.0, 7.0, np.float32(0.123456789)]
    assert same(from_networkx(to_networkx(four, ties), four), ties)


def test_attributes(four):
    ties = from_networkx(graph_of(4, (0, 3, {"kind": "kin"}), (0, 3, {"kind": "co_use"})), four)
    graph = to_networkx(four, ties)
    assert graph.nodes[3] == {
        "age": round((6_000 - 730) / 365.25, 2),
        "sex": "male",
        "race": RACES[2],
        "household": 2,
        "neighbourhood": 1,
    }
    weights = TieNumbers()
    assert sorted(graph.edges(keys=True, data="weight")) == [
        (0, 1, "household", weights.household),
        (0, 3, "co_use", pytest.approx(weights.co_use)),
        (0, 3, "kin", pytest.approx(weights.kin)),
    ]
    assert all(key == data["kind"] for _, _, key, data in graph.edges(keys=True, data=True))


def test_household_edges_are_everybody_at_home(town, ties):
    graph = to_networkx(town, ties)
    members = np.bincount(town.household)
    home = [(i, j) for i, j, kind in graph.edges(keys=True) if kind == "household"]
    assert len(home) == len(set(home)) == (members * (members - 1) // 2).sum()
    assert all(town.household[i] == town.household[j] for i, j in home)
    without = graph.edge_subgraph((i, j, k) for i, j, k in graph.edges(keys=True) if k != "household").copy()
    without.add_nodes_from(range(len(town.household)))
    assert same(from_networkx(without, town), ties)


def test_defaults(four):
    ties = from_networkx(nx.Graph(graph_of(4, (0, 2), (2, 3, {"kind": "co_use"}))), four)
    check_ties(ties, four)
    assert degree(ties).tolist() == [1, 0, 2, 1]
    assert degree(ties, FRIEND).tolist() == [1, 0, 1, 0]
    numbers = TieNumbers()
    assert ties.weight.tolist() == [np.float32(w) for w in (numbers.friend, numbers.friend, numbers.co_use) + (0.8,)]
    empty = from_networkx(graph_of(4), four)
    check_ties(empty, four)
    assert len(empty.to) == 0


def test_two_people_may_be_kin_and_use_together(four):
    ties = from_networkx(graph_of(4, (3, 2, {"kind": "co_use"}), (2, 3, {"kind": "kin"})), four)
    check_ties(ties, four)
    assert ties.kind.tolist() == [KIN, CO_USE, KIN, CO_USE]


def test_nodes_may_have_names(four):
    graph = nx.Graph()
    for name, person in (("Ann", 0), ("Bo", "1"), ("Cy", np.int64(2)), ("Di", 3)):
        graph.add_node(name, person=person)
    graph.add_edge("Di", "Ann")
    assert same(from_networkx(graph, four), from_networkx(graph_of(4, (0, 3)), four))


@pytest.mark.parametrize(
    ("edge", "message"),
    [
        ((0, 2, {"kind": "freind"}), "persons 0 and 2: unknown kind 'freind'; did you mean 'friend'"),
        ((0, 2, {"kind": "zzz"}), "kinds are household, kin, friend, co_use"),
        ((0, 2, {"kind": 2}), "unknown kind 2"),
        ((2, 0, {"weight": -0.5}), "persons 0 and 2: weight -0.5 must be a number, zero or more"),
        ((0, 2, {"weight": "0.5"}), "weight '0.5' must be a number"),
        ((0, 2, {"weight": float("nan")}), "weight nan"),
        ((0, 2, {"weight": float("inf")}), "weight inf"),
        ((0, 2, {"weight": 1e39}), "weight 1e\\+39"),
        ((0, 2, {"weight": True}), "weight True"),
        ((2, 2), "person 2 has a tie to themselves"),
        ((0, 2, {"kind": "household"}), "household tie of persons 0 and 2, but they live in households 0 and 1"),
        ((0, 1, {"kind": "household", "weight": 0.5}), "its weight is always 1.0"),
        ((0, 1), "friend tie of persons 0 and 1, who share household 0"),
    ],
)
def test_a_wrong_edge_is_named(four, edge, message):
    with pytest.raises(InputError, match=message):
        from_networkx(graph_of(4, edge), four)


def test_a_tie_given_twice_is_named(four):
    with pytest.raises(InputError, match="persons 0 and 2 have two kin ties"):
        from_networkx(graph_of(4, (0, 2, {"kind": "kin"}), (2, 0, {"kind": "kin"}), (2, 3)), four)


def test_wrong_nodes_are_named(four):
    with pytest.raises(InputError, match="3 nodes, but the population has 4 people"):
        from_networkx(graph_of(3), four)
    for name in ("Ann", 4, -1, 1.5, True, None):
        graph = nx.Graph(graph_of(3))
        graph.add_node("node", person=name)
        with pytest.raises(InputError, match="node 'node' is no person: nodes are 0 to 3"):
            from_networkx(graph, four)
    graph = nx.Graph(graph_of(3))
    graph.add_node("extra", person=2)
    with pytest.raises(InputError, match="nodes 2 and 'extra' are both person 2"):
        from_networkx(graph, four)


def test_a_graph_of_another_population_is_refused(four):
    graph = to_networkx(four, from_networkx(graph_of(4), four))
    graph.nodes[2]["household"] = 0
    with pytest.raises(InputError, match="person 2 has household 0, but 1 in the population"):
        from_networkx(graph, four)


def test_only_undirected_graphs(four):
    with pytest.raises(InputError, match="to_undirected"):
        from_networkx(nx.DiGraph(graph_of(4)), four)
    with pytest.raises(InputError, match="a networkx graph is needed, this is of type dict"):
        from_networkx({}, four)


def test_wrong_files_are_named(four, tmp_path):
    with pytest.raises(InputError, match="missing.graphml: cannot be read"):
        read_graphml(tmp_path / "missing.graphml", four)
    with pytest.raises(InputError, match="cannot be read"):
        read_graphml(tmp_path, four)
    path = tmp_path / "mine.graphml"
    for text, message in (
        ("source,target\n0,1\n", "not XML"),
        ("", "not XML"),
        ("<html><body/></html>", "not a GraphML graph"),
    ):
        path.write_text(text)
        with pytest.raises(InputError, match=f"mine.graphml: {message}"):
            read_graphml(path, four)
    path.write_bytes(b"\xff\xfe\x00\x01\x02")
    with pytest.raises(InputError, match="mine.graphml: not"):
        read_graphml(path, four)
    nx.write_graphml(graph_of(4, (0, 2, {"kind": "frend"})), path)
    with pytest.raises(InputError, match="mine.graphml: graph: tie of persons 0 and 2: unknown kind 'frend'"):
        read_graphml(path, four)
