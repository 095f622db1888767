"""Sensitivity end to end: tiny studies of each method, lived once, resumed, grown, and refused."""

import json
import shlex
from pathlib import Path

import numpy as np
import pandas
import pytest
from deflect.experiments.sensitivity.question import ask
from deflect.experiments.sensitivity.study import answer, sensitivity

from deflect import InputError

TOWN = {"place": "54011", "years": 1, "residents": 300}
SEEK, INERT = "treatment.seek_per_year", "deflection.self_referral_per_1000_month"  # no pathway is open
FILES = {"sensitivity.png", "sensitivity.svg", "sensitivity.csv", "points.parquet", "provenance.json"}


def never(*_, **__):
    raise AssertionError("a run was lived again")


@pytest.fixture(scope="module")
def lived(tmp_path_factory):
    """Return a function that gives a tiny study of a method, lived once, and its folder."""
    made = {}

    def study(method: str, **how):
        if method not in made:
            folder = tmp_path_factory.mktemp("study") / method
            made[method] = sensitivity(method, "status_quo", folder=folder, workers=1, **TOWN, **how), folder
        return made[method]

    return study


HOW = {
    "screening": {"points": 4, "seeds": 2, "over": [SEEK, INERT], "outcome": "on_medication"},
    "sobol": {"points": 8, "seeds": 2, "over": [SEEK, INERT], "outcome": "on_medication"},
    "tornado": {"seeds": 5, "over": [SEEK, INERT], "outcome": "on_medication"},
    "discovery": {"points": 40, "seeds": 2, "over": [SEEK, INERT], "outcome": "on_medication"},
}
INDICES = {
    "screening": ["mu_star", "mu_star_low", "mu_star_high", "sigma", "mu", "chance"],
    "sobol": ["s1", "s1_low", "s1_high", "st", "st_low", "st_high", "chance"],
    "tornado": ["at_least", "at_most", "swing", "swing_low", "swing_high", "reach"],
}


@pytest.mark.parametrize("method", ["screening", "sobol", "tornado"])
def test_a_number_that_nothing_reads_has_no_index(lived, method):
    study, _ = lived(method, **HOW[method])
    table = study.table.set_index("path")
    assert (table.loc[INERT, INDICES[method]] == 0).all() and not table.clear[INERT]
    strong = {"screening": "mu_star", "sobol": "st", "tornado": "reach"}[method]
    assert table.loc[SEEK, strong] > 0 and study.table.path[0] == SEEK
    assert table.quality[SEEK] == "C" and table.evidence[SEEK] == "seek_per_year" and table.value[SEEK] == 0.6


def test_a_tornado_is_the_runs_themselves(lived):
    from deflect.experiments.compare_table import values
    from deflect.experiments.run import run
    from deflect.model.outcomes import outcome

    from deflect import load

    study, _ = lived("tornado", **HOW["tornado"])
    row = study.table.set_index("path").loc[SEEK]
    low, base = (
        [run(load("status_quo", TOWN | {SEEK: value}), seed) for seed in range(5)] for value in (row.least, row.value)
    )
    found = values(outcome("on_medication"), low) - values(outcome("on_medication"), base)
    assert row.at_least == pytest.approx(found.mean()) and row.least == 0.2
    assert study.points["mean"][0] == pytest.approx(values(outcome("on_medication"), base).mean())


def test_discovery_lives_its_points(lived):
    study, folder = lived("discovery", **HOW["discovery"])
    assert study.found.points == 40 and 10 <= study.found.cases < 16 and study.found.case.side == "below"
    assert set(study.table.path) == {SEEK, INERT} and not study.table.set_index("path").clear[INERT]
    assert study.points[SEEK].between(0.05, 1.5).all() and study.points[SEEK].nunique() == 40


@pytest.mark.parametrize("method", HOW)
def test_a_second_call_lives_nothing_and_writes_the_same_bytes(lived, method, monkeypatch):
    study, folder = lived(method, **HOW[method])
    first = study.save(folder)
    written = {path.name: path.read_bytes() for path in first.iterdir()}
    assert set(written) == FILES and first.parent == folder
    monkeypatch.setattr("deflect.experiments.sweep.live_task", never)
    again = sensitivity(method, "status_quo", folder=folder, workers=1, **TOWN, **HOW[method])
    assert again.save(folder) == first
    assert {path.name: path.read_bytes() for path in first.iterdir()} == written
    told = json.loads(written["provenance.json"])
    assert told["message"] == study.message and told["runs"] == len(study.question.plan)
    assert told["versions"]["SALib"] and told["seeds"] == list(range(HOW[method]["seeds"]))
    table = pandas.read_csv(first / "sensitivity.csv")
    assert list(table.columns[:8]) == ["path", "meaning", "unit", "value", "least", "most", "evidence", "quality"]


def test_the_command_of_the_provenance_asks_the_same(lived):
    study, folder = lived("tornado", **HOW["tornado"])
    words = shlex.split(study.provenance(folder)["command"])
    assert words[:4] == ["deflect", "sensitivity", "tornado", "status_quo"]
    over = [words[i + 1] for i, word in enumerate(words) if word == "--over"]
    told = {word: words[i + 1] for i, word in enumerate(words) if word.startswith("--")}
    texts = [f"{name}={told[f'--{name}']}" for name in ("place", "years", "residents")]
    again = ask("tornado", ["status_quo"], texts, outcome=told["--outcome"], over=over, seeds=told["--seeds"])
    assert again.plan.hash == study.question.plan.hash and Path(told["--out"]) == folder


def test_another_outcome_of_the_same_runs_needs_no_run(lived, monkeypatch):
    study, folder = lived("tornado", **HOW["tornado"])
    monkeypatch.setattr("deflect.experiments.sweep.live_task", never)
    other = sensitivity(
        "tornado", "status_quo", folder=folder, workers=1, **TOWN, **HOW["tornado"] | {"outcome": "entries"}
    )
    assert other.save(folder).name == "entries" and other.question.quantity.id == "entries"
    assert not np.array_equal(other.responses, study.responses)


def test_other_questions_need_another_folder(lived):
    _, folder = lived("tornado", **HOW["tornado"])
    how = HOW["tornado"] | {"folder": folder, "workers": 1}
    with pytest.raises(InputError, match=r"another points\); take another folder, such as .*tornado-2"):
        sensitivity("tornado", "status_quo", **TOWN, **how | {"over": [SEEK]})
    with pytest.raises(InputError, match="another base"):
        sensitivity("tornado", "status_quo", **TOWN | {"years": 2}, **how)
    with pytest.raises(InputError, match="another points and sample|another sample and points"):
        sensitivity("screening", "status_quo", **TOWN, **how)
    with pytest.raises(InputError, match="another policies"):
        sensitivity("tornado", "more_slots", **TOWN, **how)


def test_more_seeds_keep_the_runs_that_are_there(lived):
    study, folder = lived("tornado", **HOW["tornado"])
    more = ask("tornado", ["status_quo"], [f"{k}={v}" for k, v in TOWN.items()], **HOW["tornado"] | {"seeds": 6})
    assert more.folder(folder) == folder and more.lived(folder) == len(study.question.plan) == 25
    told = []
    grown = answer(more, folder, workers=1, progress=lambda lived, runs: told.append((lived, runs)))
    assert told[-1] == (5, 5) and grown.responses.shape == (5, 6)
    assert np.array_equal(grown.responses[:, :5], study.responses)


def test_runs_that_could_not_be_lived_are_told(tmp_path, monkeypatch):
    def live(task, progress=None):
        return [{"key": job.key, "error": "ValueError: a flood"} for job in task.jobs]

    monkeypatch.setattr("deflect.experiments.sweep.live_on_processes", here)
    monkeypatch.setattr("deflect.experiments.sweep.live_task", live)
    with pytest.raises(InputError, match=r"25 of 25 runs could not be lived \(run 0: ValueError: a flood; run 1"):
        sensitivity("tornado", "status_quo", folder=tmp_path / "new", **TOWN, **HOW["tornado"])


def here(call, tasks, workers, lived, *, done, died):
    """Stand in for worker processes: live each task in this one."""
    for slot, task in enumerate(tasks):
        done(slot, call(task))


def test_discovery_without_its_extra_says_how_to_get_it(monkeypatch):
    monkeypatch.setattr("deflect.experiments.sensitivity.question.find_spec", lambda name: None)
    with pytest.raises(InputError, match=r'pip install "deflect\[discovery\]"'):
        ask("discovery", ["status_quo"])
    ask("tornado", ["status_quo"], over=[SEEK])  # nothing else needs it
