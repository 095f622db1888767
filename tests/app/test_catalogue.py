"""What the page offers: every lever and every disputed link has its evidence, and every area has levers."""

import pytest
from deflect.app import catalogue
from deflect.app.levers import GROUPS
from deflect.scenarios.schema import fields

OFFERED = catalogue.everything()
LEVERS = [lever for group in OFFERED["groups"] for lever in group["levers"]]


@pytest.mark.parametrize("told", LEVERS + OFFERED["switches"], ids=lambda told: told.get("path") or told["name"])
def test_behind_every_number_stands_its_evidence(told):
    row = catalogue.evidence_of(told["evidence"])
    assert row["meaning"] and row["source"] and row["quality_means"] and row["quality"] == told["quality"]


def test_every_lever_can_be_set_to_what_it_is_and_says_its_unit():
    specs = {spec.path: spec for spec in fields()}
    for lever in LEVERS:
        assert specs[lever["path"]].kind == "lever", lever["path"]  # else two policies would not share their past
        assert lever["title"] and lever["help"]
        assert lever["kind"] == "switch" or lever["percent"] or lever["unit"], lever["path"]
        if lever["kind"] == "slider":
            assert lever["low"] <= specs[lever["path"]].default <= lever["high"], lever["path"]


def test_every_area_has_its_levers():
    sections = {group.id: {lever.path.partition(".")[0] for lever in group.levers} for group in GROUPS}
    assert sections == {
        "deflection": {"deflection"},
        "treatment": {"treatment", "custody", "harm_reduction"},
        "training": {"trauma_training"},
        "officers": {"officer_wellness"},
        "family": {"family"},
        "engagement": {"engagement"},
    }


def test_no_policy_is_left_out_of_the_list():
    grouped = [name for group in OFFERED["policy_groups"] for name in group["policies"]]
    assert sorted(grouped) == sorted(policy["name"] for policy in OFFERED["policies"])
    assert OFFERED["policy_groups"][-1]["title"] != "Others"
