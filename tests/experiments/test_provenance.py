"""Where results come from: complete, without time, and enough to make them again."""

import json
import shlex

import pytest
from deflect.experiments import many
from deflect.experiments.commands import app
from deflect.experiments.differences import differences, origins
from deflect.experiments.provenance import command, provenance
from deflect.experiments.run import Run
from deflect.scenarios.load import load


def made(scenario, *seeds):
    return [Run(scenario, seed, 365, 300, 93965, {}, {}, f"digest {seed}", "code") for seed in seeds]


def asked_again(words, monkeypatch):
    """Return the scenario and seeds that a command would run."""
    caught = []

    class Enough(Exception):
        pass

    def instead(scenario, seeds, *_, **__):
        caught.append((scenario, seeds))
        raise Enough

    monkeypatch.setattr(many, "run_many", instead)
    program, *arguments = shlex.split(words)
    assert program == "deflect"
    with pytest.raises(Enough):
        app([*arguments, "--quiet"], standalone_mode=False)
    return caught[0]


@pytest.mark.parametrize(
    ("policy", "overrides"),
    [
        ("status_quo", {}),
        ("more_slots", {"place": "Cabell, WV", "years": 2, "residents": 300}),
        (
            "more_slots",
            {
                "treatment.intake_days": 2.5,
                "harm_reduction.kits_per_year": 1000,
                "policing.police_naloxone": False,
                "overdose.supply": (1.0, 1.5e-05),
                "population.oud_scale": None,
                "changes": [{"day": 90, "set": {"treatment.intake_days": 1.0}}],
            },
        ),
        ("status_quo", {"name": "it's ours", "place": "US", "residents": 500}),
    ],
)
def test_the_command_makes_the_same_runs(policy, overrides, monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    scenario = load(policy, overrides)
    again, seeds = asked_again(command(made(scenario, 4, 7)), monkeypatch)
    assert again.hash == scenario.hash and again.name == scenario.name
    assert seeds == [4, 7]


def test_a_scenario_from_a_file_needs_no_file(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "mine.yaml").write_text("extends: more_slots\ntreatment: {intake_days: 4}\n")
    scenario = load("mine.yaml")
    words = command(made(scenario, 0))
    (tmp_path / "mine.yaml").unlink()
    again = asked_again(words, monkeypatch)[0]
    assert (again.hash, again.name) == (scenario.hash, "mine")


def test_provenance_tells_everything_and_no_time():
    scenario = load("more_slots", {"residents": 300, "years": 1})
    told = provenance(made(scenario, 4, 7))
    assert told == provenance(made(scenario, 4, 7))
    assert json.loads(json.dumps(told))["scenario"] == json.loads(scenario.model_dump_json())
    assert told["digests"] == {"4": "digest 4", "7": "digest 7"} and told["seeds"] == [4, 7]
    assert told["scenario_hash"] == scenario.hash and told["code_sha256_16"] == "code"
    assert told["place"]["name"] == "Cabell County" and told["ties_sha256"] is None
    changed = {row["field"]: row for row in told["changed_from_default"]}
    assert (
        set(changed)
        == {d.path for d in differences(scenario)}
        == {
            "residents",
            "years",
            "treatment.intake_days",
            "treatment.slots_buprenorphine",
            "treatment.slots_methadone",
            "treatment.slots_naltrexone",
        }
    )
    intake = changed["treatment.intake_days"]
    assert (intake["value"], intake["default"], intake["unit"]) == (3, 7, "days")
    assert intake["evidence"] == "baseline_intake_days" and intake["quality"] in "ABC"
    assert {"python", "numpy", "numba", "scipy"} <= {name for name, version in told["versions"].items() if version}


def test_users_ties_are_named_by_their_bytes(tmp_path):
    (tmp_path / "a.graphml").write_bytes(b"abc")
    runs = made(load(), 7)
    # SHA-256 of "abc", as published with the standard
    assert provenance(runs, tmp_path / "a.graphml")["ties_sha256"].startswith("ba7816bf8f01cfea")
    assert f"--ties {tmp_path}/a.graphml" in command(runs, tmp_path / "a.graphml")
    assert "--seeds 7-7" in command(runs)


def test_the_defaults_differ_in_nothing_and_names_do_not_count():
    assert differences(load("null", {"name": "x", "description": "y"})) == []


def test_where_a_value_was_written_is_said(tmp_path):
    path = tmp_path / "mine.yaml"
    path.write_text("extends: more_slots\n\ntreatment:\n  intake_days: 4\n")
    said = origins(str(path), ["years=2"], ["treatment.intake_days", "treatment.slots_methadone", "years"])
    assert said["treatment.intake_days"] == f"{path}:4:3"
    assert said["treatment.slots_methadone"].startswith("policies/more_slots.yaml:")
    assert said["years"] == "--set years=2"
