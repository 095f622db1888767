"""`import deflect`: reads like a sentence, costs nothing until used, and lives beside a user's own modules."""

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import pytest
from deflect.experiments.summary import SUMMARY
from towns import BUSY, ROOT

import deflect


@pytest.fixture(scope="module")
def scenario():
    return deflect.load("status_quo", BUSY, place="Cabell, WV", years=1, residents=300)


@pytest.fixture(scope="module")
def result(scenario):
    return deflect.run(scenario, seeds=2, workers=1, events=True)


def test_the_example(scenario, result, tmp_path):
    assert isinstance(result, deflect.Result) and result.seeds == [0, 1]
    assert tuple(result.summary().columns) == SUMMARY
    assert len(result.monthly) == 2 * 36
    assert repr(result) == "Result(status_quo in Cabell County, WV, 1 year, seeds 2)"
    result.figure(tmp_path / "x.png")
    assert (tmp_path / "x.png").stat().st_size > 50_000
    folder = result.save(tmp_path / "out")
    assert {path.name for path in folder.iterdir()} >= {"summary.csv", "events.parquet", "figure.png"}
    with pytest.raises(deflect.InputError, match="not empty"):
        result.save(folder)


def test_one_seed_is_one_run(scenario, result):
    one = deflect.run(scenario, seed=1, keep_world=True)
    assert isinstance(one, deflect.Run) and one.digest == result.runs[1].digest
    assert one.world.day == 365
    assert "seed 1" in repr(one) and len(repr(one)) < 200


def test_any_executor_is_taken(scenario, result):
    with ThreadPoolExecutor(2) as executor:
        other = deflect.run(scenario, seeds=[0, 1], executor=executor)
    assert [run.digest for run in other.runs] == [run.digest for run in result.runs]
    with pytest.raises(ValueError, match="events=True"):
        _ = other.events


def test_a_policy_may_be_named_instead_of_loaded(monkeypatch):
    caught = []
    instead = lambda scenario, seeds, *_, **__: caught.append((scenario.name, seeds)) or []  # noqa: E731
    monkeypatch.setattr("deflect.experiments.api.run_many", instead)
    deflect.run("more_slots")
    deflect.run(deflect.load("null"), seeds=[3])
    assert caught == [("more_slots", 10), ("null", [3])]


@pytest.mark.parametrize(
    "wrong",
    (
        lambda: deflect.load("more_slot"),
        lambda: deflect.load(place="Nowhere"),
        lambda: deflect.load(years=0),
        lambda: deflect.load("status_quo", {"treatment.intake_dys": 2}),
        lambda: deflect.run("more_slots", seeds=0),
        lambda: deflect.run("more_slots", seed=-1),
        lambda: deflect.evidence("nothing"),
    ),
)
def test_mistakes_are_input_errors(wrong):
    with pytest.raises(deflect.InputError):
        wrong()


def test_seed_and_seeds_are_not_mixed(scenario):
    with pytest.raises(TypeError, match="not both"):
        deflect.run(scenario, seeds=2, seed=1)
    with pytest.raises(TypeError, match="keep_world"):
        deflect.run(scenario, seeds=2, keep_world=True)


def test_every_public_name_is_there_and_others_are_not():
    for name in deflect.__all__:
        assert getattr(deflect, name) is not None and name in dir(deflect)
    with pytest.raises(AttributeError, match="simulate.*load, run"):
        deflect.simulate  # noqa: B018


@pytest.mark.parametrize("name", [name for name in deflect.__all__ if name.islower() and name != "places"])
def test_every_public_function_says_what_it_does_and_is_in_the_docs(name):
    assert len(getattr(deflect, name).__doc__) > 60
    told = "\n".join(path.read_text() for path in (ROOT / "README.md", *(ROOT / "docs").glob("*.md")))
    assert f"deflect.{name}(" in told, f"no example of deflect.{name} in the docs"


@pytest.mark.parametrize("name", ["compare", "factorial", "sensitivity", "uncertainty", "two_lives"])
def test_a_study_names_its_policies_first_and_refuses_one_that_is_not_there(name, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    first = ["tornado"] if name == "sensitivity" else []
    with pytest.raises(deflect.InputError, match="no policy 'more_slotz', did you mean 'more_slots'"):
        getattr(deflect, name)(*first, "more_slots", "more_slotz", place="Cabell, WV", years=1)
    assert not list(tmp_path.iterdir())


def test_importing_deflect_costs_nothing():
    code = "import sys, deflect; print(*{name.partition('.')[0] for name in sys.modules})"
    asked = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert not {"numpy", "pydantic", "yaml", "numba", "pandas", "mesa", "scipy"} & set(asked.stdout.split())


def test_a_script_beside_its_own_model_py_runs_on_two_processes_without_a_main_guard(tmp_path):
    for name in ("model", "agents", "scenarios", "experiments"):
        (tmp_path / f"{name}.py").write_text("raise RuntimeError('the module of the user')\n")
    (tmp_path / "study.py").write_text(
        "import deflect\n"
        "print('begins')\n"
        "scenario = deflect.load('status_quo', residents=200, years=1)\n"
        "result = deflect.run(scenario, seeds=2, workers=2)\n"
        "print(result.seeds, len(result.runs[0].digest))\n"
    )
    command = [sys.executable, "study.py"]
    asked = subprocess.run(command, cwd=tmp_path, env=_environment(), capture_output=True, text=True)
    assert (asked.returncode, asked.stderr) == (0, "")
    assert asked.stdout == "begins\n[0, 1] 64\n"


def _environment():
    import os

    return os.environ | {"PYTHONPATH": str(ROOT)}
