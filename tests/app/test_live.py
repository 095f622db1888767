"""A town as it is told to the page."""

import pytest
from deflect.app import live
from deflect.model.build import build
from deflect.scenarios.load import load


@pytest.mark.parametrize("most", [20, 10_000])
def test_a_town_says_how_many_there_are_also_where_not_all_are_drawn(monkeypatch, most):
    monkeypatch.setattr(live, "PEOPLE", most)
    told = live.town(build(load("status_quo", {"place": "54011", "residents": 1000}), 0))
    there = told["treated_or_with_disorder"]
    assert there >= told["with_disorder"] > 20
    assert len(told["people"]) == min(most, there)
