"""Honesty: what the model must not promise, in an average community of 100,000 over five years, by paired runs."""

import pytest

import deflect

COMMUNITY = {"place": "US", "residents": 100_000, "years": 5}
OFFICERS = {"deflection.officer_intervention": True}


@pytest.fixture(scope="module")
def comparison():
    usual = deflect.load("status_quo", **COMMUNITY)
    diverting = deflect.load("status_quo", OFFICERS | {"deflection.coverage": 0.6}, **COMMUNITY, name="diverting")
    return deflect.compare(usual, diverting, seeds=5).table.set_index("outcome")


def test_diversion_alone_does_not_empty_the_morgue(comparison):
    """Without added slots, expected deaths stay within 1.5 % of the status quo; arrests and jail days go down."""
    deaths = comparison.loc["expected_deaths"]
    assert abs(deaths["diff"]) < 0.015 * deaths["mean_a"]
    for outcome in ("arrests", "jail_days"):
        row = comparison.loc[outcome]
        assert row["diff_high"] < -0.02 * row["mean_a"], outcome


def test_diversion_without_slots_shows_in_the_queue(comparison):
    """More people ask for the same slots: more are told that there is no free place yet."""
    assert comparison.loc["refusals", "diff_low"] > 0 and comparison.loc["waiting", "diff_low"] > 0
