"""Defaults, bounds, hash and dated changes of the scenario."""

import dataclasses
import json
import os
import pickle
import subprocess
import sys
from pathlib import Path

import pytest
from deflect.scenarios import evidence as base
from deflect.scenarios import field, schema
from deflect.scenarios.schema import Scenario, fields
from pydantic import ValidationError

SPECS = fields()
EVIDENCED = [spec for spec in SPECS if spec.evidence]
NUMERIC = [spec for spec in EVIDENCED if spec.low is not None]


def build(path, value):
    section, _, name = path.rpartition(".")
    return Scenario.model_validate({section: {name: value}} if section else {name: value})


def get(scenario, path):
    for step in path.split("."):
        scenario = getattr(scenario, step)
    return scenario


def test_names_are_the_agreed_ones():
    sections = {}
    for spec in SPECS:
        section, _, name = spec.path.rpartition(".")
        sections.setdefault(section, []).append(name)
    assert sections[""] == ["name", "description", "place", "residents", "years"]
    assert list(sections)[1:] == list(schema.SECTIONS)
    assert [len(sections[name]) for name in schema.SECTIONS] == [14, 12, 13, 43, 22, 7, 4]
    assert {spec.path for spec in SPECS if spec.kind == "lever"} == {
        "treatment.intake_days",
        "treatment.slots_buprenorphine",
        "treatment.slots_methadone",
        "treatment.slots_naltrexone",
        "harm_reduction.kits_per_year",
        "harm_reduction.kits_per_100k_year",
        "harm_reduction.good_samaritan_law",
        "policing.police_naloxone",
    }


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("population.oud_per_100k", 2355),
        ("population.oud_scale", None),
        ("population.oud_by_age", (0.36, 0.96, 1.0, 0.81, 0.54, 0.23)),
        ("overdose.other_death_per_year", 0.0143),  # the row is per 100 person-years
        ("overdose.call_logit_near", -0.3),
        ("overdose.supply", ()),
        ("treatment.intake_days", 7),
        ("harm_reduction.kits_per_100k_year", 700),
        ("harm_reduction.good_samaritan_law", True),
        ("policing.officers_per_1000", None),
        ("place", "54011"),
        ("residents", None),
        ("years", 5),
    ],
)
def test_defaults(path, value):
    assert get(Scenario(), path) == value


def test_tables_have_their_shapes():
    demography = Scenario().demography
    assert [len(row) for row in demography.mortality] == [18, 18]
    assert demography.mortality[1][5] > demography.mortality[0][5]  # females first, then males
    assert len(demography.births) == 6


@pytest.mark.parametrize("spec", EVIDENCED, ids=lambda spec: spec.path)
def test_a_changed_row_changes_the_scenario_and_its_hash(spec, monkeypatch):
    before, rows = Scenario(), dict(base.registry())
    row = rows[spec.evidence]
    if isinstance(row.value, bool):
        change = {"value": not row.value}
    elif row.series == ():
        change = {"series": (1.5,)}
    elif spec.path.endswith("_share") and spec.path.startswith("treatment."):
        change = {"value": row.value + 5e-7}  # the shares must go on adding up
    elif spec.path.startswith("harm_reduction.kits_to"):
        change = {"value": row.value + 5e-7}
    elif isinstance(spec.default, int):
        change = {"value": spec.default + 1}  # counted things stay whole
    else:
        change = {"value": 2 if row.value is None else row.value * 1.01}
    rows[spec.evidence] = dataclasses.replace(row, **change)
    monkeypatch.setattr(base, "registry", lambda: rows)
    after = Scenario()
    assert get(after, spec.path) != get(before, spec.path)
    assert after.hash != before.hash


@pytest.mark.parametrize("spec", NUMERIC, ids=lambda spec: spec.path)
def test_bounds_hold_default_and_plausible_range(spec):
    assert spec.low < spec.high
    if spec.default is not None:
        assert spec.low <= spec.default <= spec.high
    if spec.usual:
        assert spec.low <= spec.usual[0] <= spec.default <= spec.usual[1] <= spec.high
    for value in (spec.low - 1, spec.high + 1, float("inf"), float("nan")):
        with pytest.raises(ValidationError):
            build(spec.path, value)


@pytest.mark.parametrize("spec", EVIDENCED, ids=lambda spec: spec.path)
def test_a_field_tells_unit_and_meaning(spec):
    row = base.evidence(spec.evidence)
    assert spec.unit and spec.meaning == row.meaning and spec.quality == row.quality


@pytest.mark.parametrize(
    ("given", "wrong"),
    [
        ({"treatment": {"naltrexone_share": 0.1}}, "must add up to 1"),
        ({"harm_reduction": {"kits_to_friends": 0.3}}, "must add up to 1"),
        ({"population": {"oud_scale_min": 7}}, "is above oud_scale_max"),
        ({"overdose": {"supply": [1, 6]}}, "less than or equal to 5"),
        ({"overdose": {"supply": [1, "2"]}}, "valid number"),
        ({"years": 0}, "greater than or equal to 1"),
        ({"years": 2.5}, "valid integer"),
        ({"residents": 0}, "greater than or equal to 1"),
        ({"policing": {"police_naloxone": "no"}}, "valid boolean"),
        ({"treatment": {"intake_days": True}}, "valid number"),
        ({"treatment": {"attendance": 1}}, "less than 1"),
        ({"overdose": {"surge_fast_days": 0}}, "greater than 0"),
    ],
)
def test_refusals(given, wrong):
    with pytest.raises(ValidationError, match=wrong):
        Scenario.model_validate(given)


def test_a_place_code_written_as_a_number_keeps_its_zero():
    assert Scenario(place=1001).place == "01001"


def test_scenarios_are_frozen_and_travel_between_processes():
    scenario = Scenario.model_validate({"changes": [{"day": 30, "set": {"treatment.intake_days": 3}}]})
    for target, name in ((scenario, "years"), (scenario.treatment, "intake_days"), (scenario.changes[0].set, "items")):
        with pytest.raises((ValidationError, AttributeError)):
            setattr(target, name, 1)
    assert pickle.loads(pickle.dumps(scenario)) == scenario
    assert Scenario.model_validate(json.loads(scenario.model_dump_json())).hash == scenario.hash


def test_hash_holds_everything_but_words():
    one = Scenario()
    assert one.hash == Scenario(name="other", description="words").hash
    assert one.hash == Scenario.model_validate({"treatment": {"intake_days": 7}}).hash  # an integer for a number
    different = [Scenario(place="54039"), Scenario(years=6), Scenario(residents=1000)]
    different += [Scenario.model_validate({"changes": [{"day": 1, "set": {"treatment.intake_days": 7}}]})]
    assert len({one.hash, *(scenario.hash for scenario in different)}) == 5


def test_hash_is_the_same_in_every_process():
    code = "from deflect.scenarios.schema import Scenario; print(Scenario().hash)"
    hashes = set()
    for seed in ("0", "7"):
        environment = {**os.environ, "PYTHONHASHSEED": seed}
        hashes.add(subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True).stdout)
    assert hashes == {Scenario().hash + "\n"}


def test_changes_come_in_order_of_days_and_take_times():
    scenario = Scenario.model_validate(
        {
            "treatment": {"slots_methadone": 2},
            "changes": [
                {"day": "2 years", "set": {"treatment.intake_days": 1}},
                {"day": 90, "set": {"treatment.intake_days": 3, "policing.police_naloxone": False}},
            ],
        }
    )
    assert [change.day for change in scenario.changes] == [90, 730]
    assert [scenario.on(day).treatment.intake_days for day in (-1, 0, 89, 90, 729, 730)] == [7, 7, 7, 3, 3, 1]
    assert [scenario.on(day).policing.police_naloxone for day in (-1, 0, 90)] == [True, True, False]
    assert [scenario.on(day).treatment.slots_methadone for day in (-1, 0)] == [1, 2]
    assert scenario.on(-1).hash == Scenario().hash  # the burn-in runs the status quo


def test_a_change_to_null_is_a_change():
    scenario = Scenario.model_validate(
        {"harm_reduction": {"kits_per_year": 3}, "changes": [{"day": 5, "set": {"harm_reduction.kits_per_year": None}}]}
    )
    assert scenario.on(4).harm_reduction.kits_per_year == 3
    assert scenario.on(5).harm_reduction.kits_per_year is None


@pytest.mark.parametrize(
    ("change", "wrong"),
    [
        ({"day": -1, "set": {"treatment.intake_days": 3}}, "greater than or equal to 0"),
        ({"day": "soon", "set": {"treatment.intake_days": 3}}, "valid integer"),
        ({"day": 5, "set": {}}, "no lever is set"),
        ({"day": 5, "set": {"treatment.intake_days": 91}}, "less than or equal to 90"),
        ({"day": 5, "set": {"overdose.at_home": 0.5}}, "not permitted"),
        ({"day": 5, "set": {"treatment__intake_days": 5}}, "not permitted"),
        ({"day": 5}, "required"),
    ],
)
def test_bad_changes(change, wrong):
    with pytest.raises(ValidationError, match=wrong):
        Scenario.model_validate({"changes": [change]})


def test_one_lever_twice_on_a_day_is_refused():
    change = {"day": 5, "set": {"treatment.intake_days": 3}}
    with pytest.raises(ValidationError, match="treatment.intake_days is set twice on day 5"):
        Scenario.model_validate({"changes": [change, change]})


def test_the_published_schema_is_fresh():
    path = Path(schema.__file__).parent / "scenario.schema.json"
    told = json.loads(path.read_text())
    assert told == json.loads(json.dumps(Scenario.json_schema())), (
        "write it anew: python -m deflect.scenarios.schema > scenarios/scenario.schema.json"
    )
    assert "extends" in told["properties"] and "required" not in told
    intake = told["$defs"]["TreatmentSection"]["properties"]["intake_days"]
    assert (intake["minimum"], intake["maximum"], intake["default"], intake["kind"]) == (0, 90, 7, "lever")
    assert told["$defs"]["Levers"]["properties"]["treatment.intake_days"]["maximum"] == 90


def test_a_unit_without_bounds_is_refused():
    with pytest.raises(ValueError, match="no bounds are known for the unit 'USD per kit'"):
        field.number("cost_naloxone_kit")
