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
from deflect.scenarios.sections import SECTIONS, SWITCHES, UNMEASURED, Switch, SwitchesSection
from pydantic import ValidationError

SPECS = fields()
EVIDENCED = [spec for spec in SPECS if spec.evidence]
NUMERIC = [spec for spec in EVIDENCED if spec.low is not None]
# The levers at the status quo. Those of SHAPES say how a pathway or a course works that is off until a policy opens it.
SHAPES = {
    "deflection.hours": 1,
    "deflection.eligible_possession": True,
    "deflection.eligible_low_level": True,
    "deflection.eligible_supervised": False,
    "deflection.eligible_arrests": 1000,
    "deflection.charge_held": True,
    "deflection.plan_months": 6,
    "deflection.case_managers_per_100k": 5,
    "deflection.outreach_workers_per_100k": 1,
    "deflection.response_teams_per_100k": 1,
    "deflection.first_visit_hours": 72,
    "deflection.visits_most": 3,
    "deflection.police_present": 0.86,
    "deflection.outreach_police_present": 0,
    "deflection.co_responder": False,
    "deflection.medication_arranged": 0.1,
    "deflection.placement_tries": 2,
    "engagement.event_sharing": 0.65,
    "engagement.warm_share": 0.8,
    "engagement.warm_intake_days": 3,
    "officer_wellness.skills_refresher_months": 12,
    "trauma_training.refresher_months": 0,
    "trauma_training.survivor_cotrainer": False,
    "trauma_training.safety": 1,
    "trauma_training.connection": 1,
    "trauma_training.managing_impulses": 1,
}
PATHWAYS = ("officer_intervention", "officer_referral", "self_referral", "active_outreach", "naloxone_plus",
            "community_response")  # fmt: skip
STATUS_QUO = {
    "treatment.intake_days": 7,
    "treatment.slots_buprenorphine": 1,
    "treatment.slots_methadone": 1,
    "treatment.slots_naltrexone": 1,
    "treatment.interim_methadone": False,
    "harm_reduction.kits_per_year": None,
    "harm_reduction.kits_per_100k_year": 700,
    "harm_reduction.good_samaritan_law": True,
    "policing.police_naloxone": True,
    "policing.proactive": 1,
    "policing.scene_arrests": 1,
    "policing.cit_share": 0,
    "custody.jail_medication": 0,
    **{f"deflection.{pathway}": False for pathway in PATHWAYS},
    "deflection.coverage": 0,
    "deflection.leader_endorses": False,
    "deflection.leave_behind_kits": False,
    "deflection.team_trauma_informed": 0,
    "deflection.self_referral_publicity": 1,
    "engagement.reserved_slots": 0,
    "engagement.coordinator": False,
    "engagement.agreements": 0,
    "engagement.champion_lost": False,
    "engagement.lived_experience": 0,
    "engagement.feedback": 0,
    "engagement.social_services": 0,
    "trust.shock": 0,
    "officer_wellness.burnout": 0,
    "officer_wellness.peer_support": 0,
    "officer_wellness.coach": 0,
    "officer_wellness.skills_course": 0,
    "officer_wellness.destigmatising": 0,
    "officer_wellness.confidential_help": False,
    "officer_wellness.services_on_shift": False,
    "officer_wellness.fitness_reframed": False,
    "officer_wellness.recovery_time": False,
    "officer_wellness.staffing": 1,
    "officer_wellness.overtime_cap": 1.3,
    "trauma_training.coverage": 0,
    "trauma_training.days": 0,
    "trauma_training.staff": 0,
    "trauma_training.providers": 0,
    "family.welfare_check": 0,
    "family.coaching": 0,
    "family.services": 0,
    "family.handle_with_care": 0,
    "family.endangered_children_check": 0,
    "family.household_naloxone": 0,
    "family.safe_storage": 0,
    "family.mandatory_report": False,
} | SHAPES


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
    assert list(sections)[1:] == list(SECTIONS)
    assert [len(sections[name]) for name in SECTIONS] == [
        *(14, 12, 13, 43, 23, 7, 28, 8, 64, 17, 13, 57, 15, 48, 10, 73, 2),
    ]
    assert {spec.path for spec in SPECS if spec.kind == "lever"} == set(STATUS_QUO)


def test_before_a_policy_every_lever_is_without_effect():
    """Pathways are off, nothing is scaled, reserved, trained or shocked; what only a pathway reads is as usual."""
    assert {spec.path: spec.default for spec in SPECS if spec.kind == "lever"} == STATUS_QUO
    assert set(SHAPES) < set(STATUS_QUO)


@pytest.mark.parametrize("path", STATUS_QUO)
def test_the_burn_in_does_not_know_a_lever(path):
    spec = next(spec for spec in SPECS if spec.path == path)
    other = not spec.default if isinstance(spec.default, bool) else spec.low if spec.default != spec.low else 1
    changed = build(path, other)
    assert get(changed, path) == other and changed.hash != Scenario().hash
    assert get(changed.on(0), path) == other
    assert changed.on(-1).hash == Scenario().hash


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
        change = {"value": 2 if row.value is None else row.value * (0.99 if spec.default == spec.high else 1.01) or 0.5}
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
        (
            {"policing": {"possession_share": 0.8, "low_level_share": 0.3}},
            "possession_share and low_level_share add up to more than 1",
        ),
        (
            {"policing": {"arrest_share": 0.9, "citation_share": 0.2}},
            "arrest_share and citation_share add up to more than 1",
        ),
        ({"policing": {"proactive": 2.5}}, "less than or equal to 2"),
        ({"deflection": {"officer_referral": 1}}, "valid boolean"),
        ({"deflection": {"visits_most": 2.5}}, "valid integer"),
        ({"deflection": {"placement_tries": 0}}, "greater than or equal to 1"),
        ({"custody": {"jail_days": 0}}, "greater than 0"),
        ({"trust": {"black": -6}}, "greater than or equal to -5"),
        ({"officer_wellness": {"vacancy_months_least": 16}}, "vacancy_months_least is more than vacancy_months_most"),
        ({"trauma_training": {"days": 3}}, "should be 0, 1 or 5"),
        ({"engagement": {"champion_loss": 0.1}}, "less than or equal to 0"),
        ({"overdose": {"supply": [1, 6]}}, "less than or equal to 5"),
        ({"overdose": {"supply": [1, "2"]}}, "valid number"),
        ({"years": 0}, "greater than or equal to 1"),
        ({"years": 2.5}, "valid integer"),
        ({"residents": 0}, "whole number from 1 to 20,000,000, or `whole`"),
        ({"residents": 20_000_001}, "whole number from 1 to 20,000,000"),
        ({"residents": 2.5}, "whole number"),
        ({"residents": True}, "whole number"),
        ({"residents": "all"}, "or `whole`"),
        ({"policing": {"police_naloxone": "no"}}, "valid boolean"),
        ({"treatment": {"intake_days": True}}, "valid number"),
        ({"treatment": {"attendance": 1}}, "less than 1"),
        ({"overdose": {"surge_fast_days": 0}}, "greater than 0"),
    ],
)
def test_refusals(given, wrong):
    with pytest.raises(ValidationError, match=wrong):
        Scenario.model_validate(given)


@pytest.mark.parametrize("shares", [("possession_share", "low_level_share"), ("arrest_share", "citation_share")])
def test_shares_of_a_contact_may_add_up_to_one(shares):
    whole = Scenario.model_validate({"policing": {shares[0]: 0.7, shares[1]: 0.3}}).policing
    assert [getattr(whole, share) for share in shares] == [0.7, 0.3]


# --- disputed links ----------------------------------------------------------------------------------


def test_every_switch_has_a_field_and_its_base_is_the_row():
    assert list(SWITCHES) == list(SwitchesSection.model_fields)
    assert set(UNMEASURED) < set(SWITCHES)
    for spec in SPECS:
        if spec.path.startswith("switches."):
            switch = SWITCHES[spec.path.partition(".")[2]]
            assert spec.kind == "parameter" and spec.default == switch.base == base.evidence(spec.evidence).value
            assert all(spec.usual[0] <= value <= spec.usual[1] for value in (switch.base, switch.strong))
            strength = sorted([switch.off, switch.base, switch.strong])
            assert strength in (list(switch), list(switch)[::-1]), f"{spec.path}: base lies between off and strong"


# Ratios do nothing at 1, logits and slopes at 0.
@pytest.mark.parametrize("name", SWITCHES)
def test_off_is_no_effect(name):
    # An accompanied hand-off is never quite a cold one.
    nothing = {"law_to_911": 0, "calls_to_attitude": 0, "warm_handoff": 1.1}.get(name, 1)
    assert getattr(build(f"switches.{name}", "off").switches, name) == nothing


def test_unmeasured_links_are_those_that_only_experts_judged():
    rows = {spec.path: base.evidence(spec.evidence) for spec in SPECS if spec.path.startswith("switches.")}
    judged = {path for path, row in rows.items() if row.verified.startswith("expert judgement") and row.quality == "C"}
    assert judged == {f"switches.{name}" for name in UNMEASURED}


@pytest.mark.parametrize("word", Switch._fields)
def test_the_set_of_switches_is_one_word_for_all(word):
    as_a_set = Scenario.model_validate({"switches": word})
    one_by_one = Scenario.model_validate({"switches": dict.fromkeys(SWITCHES, word)})
    values = {name: getattr(switch, word) for name, switch in SWITCHES.items()}
    assert as_a_set.switches.model_dump() == one_by_one.switches.model_dump() == values
    assert as_a_set.hash == one_by_one.hash
    assert (as_a_set.hash == Scenario().hash) is (word == "base")


def test_off_may_have_been_read_as_false():
    assert Scenario.model_validate({"switches": False}) == Scenario.model_validate({"switches": "off"})
    assert build("switches.trust_to_911", False) == build("switches.trust_to_911", "off")


def test_a_switch_takes_a_number_of_ones_own_and_is_the_same_in_words():
    assert build("switches.trust_to_911", 1.9).switches.trust_to_911 == 1.9
    assert build("switches.trust_to_911", 2.5).hash == build("switches.trust_to_911", "strong").hash
    mixed = Scenario.model_validate({"switches": {"law_to_911": "off", "warm_handoff": 3}}).switches
    assert (mixed.law_to_911, mixed.warm_handoff, mixed.cit_to_arrest) == (0, 3, 0.8)


@pytest.mark.parametrize(
    ("given", "wrong"),
    [
        ("of", "should be off, base or strong, or hold keys such as trust_to_911: off"),
        (True, "valid dictionary"),
        (1, "valid dictionary"),
        ({"trust_to_911": "on"}, r"should be off, base, strong or a number \(got 'on'\)"),
        ({"trust_to_911": True}, "valid number"),
        ({"trust_to_911": None}, "valid number"),
        ({"trust_to_911": "1.5"}, "should be off, base, strong or a number"),
        ({"trust_to_911": 0}, "greater than 0"),
        ({"seizure_to_overdose": 0.5}, "greater than or equal to 1"),
        ({"trust_to_912": "off"}, "not permitted"),
    ],
)
def test_what_is_no_switch_is_refused(given, wrong):
    with pytest.raises(ValidationError, match=wrong):
        Scenario.model_validate({"switches": given})


# --- identity and dates ------------------------------------------------------------------------------


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
    assert {"enum": ["off", "base", "strong", False]} in told["properties"]["switches"]["anyOf"]
    intake = told["$defs"]["TreatmentSection"]["properties"]["intake_days"]
    assert (intake["minimum"], intake["maximum"], intake["default"], intake["kind"]) == (0, 90, 7, "lever")
    assert told["$defs"]["Levers"]["properties"]["treatment.intake_days"]["maximum"] == 90


def test_a_unit_without_bounds_is_refused():
    with pytest.raises(ValueError, match="no bounds are known for the unit 'persons'"):
        field.number("hh_mean_size")
