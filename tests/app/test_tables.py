"""What the page says of pairs of runs: nothing of a difference before there are enough of them."""

import pytest
from deflect.app import tables
from deflect.experiments.branches import live_branches
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
