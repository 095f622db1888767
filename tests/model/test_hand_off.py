"""C6: hand-offs along the agency graph. Its nodes, ties and weights; who arrives, and what becomes of who does not."""

import networkx as nx
import numpy as np
import pytest
from deflect.agents.agency import AgencyKind
from deflect.agents.dealings import Pathway
from deflect.model.checks import check_world
from deflect.model.events import BY_PATHWAY, Kind
from deflect.model.hand_off import ROUTES, agency_graph, hand_over, make_hand_offs, name_of
from deflect.model.levers import set_levers
from towns import ALL_PATHWAYS, busy_town, copied, lived, scenario
from worlds.hand import force, still_town

TIES = {  # who hands over to whom, on which pathways
    ("police", "provider"): {"self_referral"},
    ("outreach_team", "provider"): {"active_outreach", "naloxone_plus"},
    ("police", "case_management"): {"officer_referral", "officer_intervention"},
    ("emergency_medical", "case_management"): {"officer_referral"},
    ("case_management", "provider"): {"officer_referral", "officer_intervention"},
    ("response_team", "provider"): {"community_response"},
    ("jail", "provider"): {"jail_release"},
}
KEPT_WARM = 0.78


def kept_cold(odds_ratio):
    """Return the share kept without company."""
    odds = KEPT_WARM / (1 - KEPT_WARM) / odds_ratio
    return odds / (1 + odds)


def test_the_graph_has_the_agencies_and_the_ties_of_the_pathways():
    """Every agency and the providers are nodes; a tie for each step of a pathway, naming the pathways along it."""
    graph = agency_graph(scenario())
    assert isinstance(graph, nx.DiGraph)
    assert set(graph.nodes) == {kind.name.lower() for kind in AgencyKind} | {"provider"}
    assert {(a, b): set(tie["pathways"]) for a, b, tie in graph.edges(data=True)} == TIES
    assert all(len(set(tie["pathways"])) == len(tie["pathways"]) for _, _, tie in graph.edges(data=True))
    for pathway in Pathway:
        if pathway != Pathway.NONE:
            steps = [(name_of(giver), name_of(taker)) for giver, taker in ROUTES[pathway]]
            assert all(nx.has_path(graph, giver, "provider") for giver, _ in steps)


@pytest.mark.parametrize(("switch", "odds_ratio"), [("off", 1.1), ("base", 2.5), ("strong", 8.0), (4.0, 4.0)])
@pytest.mark.parametrize("share", [0.0, 0.3, 1.0])
def test_the_weight_of_a_tie_is_the_chance_to_arrive(switch, odds_ratio, share):
    """0.78 accompanied; else the odds divided by the switch; between them by the share accompanied."""
    told = scenario(**{"switches.warm_handoff": switch, "engagement.warm_share": share})
    graph = agency_graph(told)
    cold = kept_cold(odds_ratio)
    for a, b, tie in graph.edges(data=True):
        assert tie["keep_warm"] == KEPT_WARM and tie["accompanied"] == share, (a, b)
        assert tie["keep_cold"] == pytest.approx(cold, rel=1e-12)
        assert tie["weight"] == pytest.approx(share * KEPT_WARM + (1 - share) * cold, rel=1e-12)
        assert tie["keep_cold"] < tie["keep_warm"]
    assert kept_cold(2.5) == pytest.approx(0.59, abs=0.005) and kept_cold(8.0) < 0.45
    table = make_hand_offs(told)
    for giver in AgencyKind:
        for taker in [*AgencyKind, len(AgencyKind)]:
            tie = (name_of(giver), name_of(taker))
            expected = (share, KEPT_WARM, cold) if tie in TIES else (0, 0, 0)
            assert np.allclose(table[giver, taker], expected, rtol=1e-12)


@pytest.fixture(scope="module")
def crowd():
    """A still town of people who use."""
    return still_town(8000, 3, **{"population.oud_per_100k": 40_000, "population.on_medication_share": 0})


@pytest.mark.parametrize("tie", sorted(TIES))
@pytest.mark.parametrize("share", [0.0, 0.5, 1.0])
def test_along_every_tie_so_many_arrive_as_its_weight_says(crowd, tie, share):
    """Handing two thousand people over: accompanied by the lever, kept by the tie, each with an event of its own."""
    world = copied(crowd)
    told = scenario(**{"engagement.warm_share": share})
    world.state.hand_off[:] = make_hand_offs(told)
    nodes = {name_of(node): np.int64(node) for node in range(len(AgencyKind) + 1)}
    giver, taker = (nodes[name] for name in tie)
    pathway = Pathway[next(iter(sorted(TIES[tie]))).upper()]
    n = len(world.histories)
    came = np.array([hand_over(world.view, row, giver, taker, np.int64(pathway), -1) for row in range(n)])
    events = world.events
    assert len(events) == n and set(events.setting) == {BY_PATHWAY + pathway}
    assert np.array_equal(events.kind == Kind.HANDED_OVER, came >= 0)
    assert set(events.kind) == {Kind.HANDED_OVER, Kind.LOST}
    assert set(events.other) == {-1 if tie[1] == "provider" else taker}
    warm = events.amount == 1
    noted = world.dealings.warm == 1  # of hand-offs to treatment only
    assert np.array_equal(noted, warm if tie[1] == "provider" else np.zeros(n, bool))
    assert warm.mean() == pytest.approx(share, abs=4 * np.sqrt(share * (1 - share) / n))
    for group, keep in ((warm, KEPT_WARM), (~warm, kept_cold(2.5))):
        if group.any():
            rate = (events.kind[group] == Kind.HANDED_OVER).mean()
            assert rate == pytest.approx(keep, abs=4 * np.sqrt(keep * (1 - keep) / group.sum()))


def test_luck_at_one_tie_is_not_luck_at_another(crowd):
    """The same people on the same day: kept at one tie says nothing about the other."""
    world = copied(crowd)
    world.state.hand_off[:] = make_hand_offs(scenario())
    nodes = {name_of(node): np.int64(node) for node in range(len(AgencyKind) + 1)}
    kept = []
    for a, b in sorted(TIES):
        rows = range(1500)
        kept.append([hand_over(world.view, row, nodes[a], nodes[b], np.int64(1), -1) >= 0 for row in rows])
    together = np.corrcoef(kept) - np.eye(len(kept))
    assert np.abs(together).max() < 4 / np.sqrt(1500)


@pytest.fixture(scope="module")
def everybody():
    """A busy town with every pathway open from its first day."""
    world = busy_town(2500, 7, **(ALL_PATHWAYS | {"engagement.keep_warm": KEPT_WARM}))
    set_levers(world, world.scenario)
    return lived(world, 90)


def test_who_is_lost_on_the_way_asks_for_nothing(everybody):
    """A request by way of a programme follows a hand-over that day; nothing follows a loss."""
    events = everybody.events
    check_world(copied(everybody))
    lost = np.flatnonzero(events.kind == Kind.LOST)
    assert len(lost) > 50
    followed = events[np.isin(events.cause, lost)]
    assert len(followed) == 0
    asked = np.flatnonzero((events.kind == Kind.ASKED_FOR_CARE) & (events.setting > 2))
    assert len(asked) > 50
    assert (events.kind[events.cause[asked]] == Kind.HANDED_OVER).all()
    assert np.array_equal(events.day[events.cause[asked]], events.day[asked])
    assert np.array_equal(events.setting[events.cause[asked]], events.setting[asked])
    assert len(np.unique(events.cause[asked])) == len(asked)
    charged = events[(events.kind == Kind.LOST) & (events.setting == BY_PATHWAY + Pathway.OFFICER_INTERVENTION)]
    charged = charged[charged.other == AgencyKind.CASE_MANAGEMENT]
    forwarded = events[(events.kind == Kind.CHARGE_FORWARDED) & (events.kind[events.cause] == Kind.ACCEPTED)]
    assert sorted(zip(charged.who, charged.day, strict=True)) == sorted(zip(forwarded.who, forwarded.day, strict=True))


def test_hand_overs_of_a_whole_town_keep_as_the_ties_say(everybody):
    """Over all pathways together: accompanied at 0.8, kept 0.78 and 0.59."""
    events = everybody.events
    made = events[np.isin(events.kind, (Kind.HANDED_OVER, Kind.LOST))]
    warm = made.amount == 1
    assert len(made) > 400 and warm.mean() == pytest.approx(0.8, abs=4 * np.sqrt(0.16 / len(made)))
    for group, keep in ((warm, KEPT_WARM), (~warm, kept_cold(2.5))):
        rate = (made.kind[group] == Kind.HANDED_OVER).mean()
        assert rate == pytest.approx(keep, abs=4 * np.sqrt(keep * (1 - keep) / group.sum()))


def test_accompanied_people_have_an_earlier_appointment():
    """Warm: after `warm_intake_days`; cold, and in usual care: after `intake_days`, never before."""
    waits = {}
    for share in (0.0, 1.0):
        world = busy_town(1500, 7, **(ALL_PATHWAYS | {"engagement.warm_share": share}))
        set_levers(world, world.scenario)
        world.state.providers.slots[:] = 10**5
        world.state.providers.start_slots[:] = 10**5
        force(world, intake_days=7.0, warm_intake_days=3.0)
        lived(world, 90)
        entered = world.events[world.events.kind == Kind.ADMITTED]
        entered = entered[world.state.providers.kind[entered.other] != 3]
        waits[share] = [set(entered.amount[entered.setting > 2]), set(entered.amount[entered.setting < 3])]
    assert waits[0.0] == [{7.0}, {7.0}]
    assert waits[1.0] == [{3.0}, {7.0}]
