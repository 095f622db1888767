"""What the page says of pairs of runs: nothing of a difference before there are enough of them."""

import re

import pytest
from deflect.app import tables
from deflect.experiments import compare_text
from deflect.experiments.branches import live_branches
from deflect.experiments.compare import Comparison
from deflect.scenarios.load import load

ASKED = {"place": "54011", "years": 1, "residents": 500}


@pytest.fixture(scope="module")
def pairs():
    policies = [load(name, ASKED) for name in ("status_quo", "more_slots")]
    return [live_branches(policies, seed=seed) for seed in range(5)]


def test_below_five_pairs_no_difference_is_told(pairs):
    early, enough = (tables.told(*zip(*pairs[:count], strict=True)) for count in (4, 5))
    assert early["early"] and early["sentence"] == "Too early to tell: 4 of at least 5 pairs of runs are done."
    assert early["verdict"] == "cannot tell" and not early["notes"]
    for row in (row for tab in early["tabs"].values() for row in tab):
        assert not row["diff"] and not row["span"] and row["verdict"] in ("cannot tell", "same", "nothing")
    assert not enough["early"] and "Too early" not in enough["sentence"]
    assert any(row["diff"] and row["span"] for row in enough["tabs"]["main"])


def test_no_mean_stands_alone(pairs):
    one, early, enough = (tables.told(*zip(*pairs[:count], strict=True)) for count in (1, 4, 5))
    for row in (row for tab in enough["tabs"].values() for row in tab if row["verdict"] != "nothing"):
        assert row["a"]["span"] and row["b"]["span"]
    assert not any(row["a"]["span"] for row in early["tabs"]["main"])
    deaths = [told["tabs"]["main"][0]["a"]["mean"] for told in (one, early)]
    assert " to " not in deaths[0] and " to " in deaths[1]


def test_a_change_says_percent_of_what_and_no_change_is_no_percentage(pairs):
    rows = [row for tab in tables.told(*zip(*pairs, strict=True))["tabs"].values() for row in tab]
    same = [row for row in rows if row["verdict"] == "same"]
    assert same and {(row["diff"], row["span"]) for row in same} == {("0", "")}
    assert any(row["diff"].endswith(" % of A") for row in rows)
    assert not any(row["diff"].endswith(" %") for row in rows)


def test_whether_it_is_worth_its_cost_is_told_with_an_interval(pairs):
    cost = tables.summary(pairs)["cost"]
    assert cost["label"] == "more_slots" and cost["label"] in cost["message"]
    assert re.search(r"a QALY: net benefit −?\$.+ \(95 % interval −?\$.+ to −?\$.+\)$", cost["message"])
    assert "over 1 year, " in cost["unit"]


def test_trust_in_police_is_that_of_the_runs(pairs):
    a, b = zip(*pairs, strict=True)
    told = {row["id"]: row for row in tables.told(a, b)["tabs"]["main"]}["trust"]
    row = next(row for row in Comparison(a, b).headlines if row.outcome == "trust")
    assert row.diff
    assert (told["diff"], told["span"]) == compare_text.told(row)[::2]
    for side, mean in (("a", row.mean_a), ("b", row.mean_b)):
        assert told[side]["mean"] == f"{mean:+.2f}".replace("-", "−")
    assert told["verdict"] == row.verdict
    assert "standard deviations" in told["title"] and told["percent"] == [None] * 3
