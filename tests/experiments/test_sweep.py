"""Sweeps: exactly the runs of an undisturbed one, whatever happens on the way, each the bytes of `run`."""

import errno
import json
import os
import random
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor

import psutil
import pyarrow.parquet as parquet
import pytest
import sweeping
from deflect.experiments import store as storing
from deflect.experiments import sweep as sweeps
from deflect.experiments.compare_table import values
from deflect.experiments.plan import read_plan
from deflect.experiments.run import run
from deflect.experiments.store import Store
from deflect.experiments.sweep import Sweep, Task, sweep
from deflect.model.outcomes import OUTCOMES
from distributed import LocalCluster
from towns import ROOT

from deflect import InputError

PLAN = {
    "name": "small",
    "base": {"place": "54011", "years": 1, "residents": 300},
    "policies": ["status_quo", "full_deflection"],
    "seeds": 4,
    "vary": {"treatment.intake_days": [1, 7]},
    "sample": {"design": "latin_hypercube", "points": 2, "over": ["overdose.call_probability"]},
    "monthly": ["deaths", "overdoses"],
}


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory):
    """Return the folder of a sweep on two workers that nothing happened to."""
    folder = tmp_path_factory.mktemp("sweep") / "undisturbed"
    sweep(PLAN, folder, workers=2)
    return folder


@pytest.fixture
def short_tasks(monkeypatch):
    monkeypatch.setattr(sweeps, "TASK_RUNS", 1)


def runs_of(folder) -> bytes:
    return (folder / "runs.parquet").read_bytes()


def test_every_row_is_what_run_gives(undisturbed):
    plan, table = read_plan(PLAN), Sweep(undisturbed).table
    assert len(table) == len(plan) == 32 and table.key.is_unique
    for number in (0, 1, 13, 30):
        asked, row = plan.asked(number), table.iloc[number]
        alone = run(plan.scenario(asked.point, asked.place, asked.policy), plan.seed(asked))
        assert row.number == number and row.digest == alone.digest and row.seed == alone.seed
        assert row.policy == alone.scenario.name
        assert row["treatment.intake_days"] == alone.scenario.treatment.intake_days
        assert row["overdose.call_probability"] == alone.scenario.overdose.call_probability
        for outcome in OUTCOMES:
            assert row[outcome.id] == pytest.approx(values(outcome, [alone])[0], nan_ok=True, rel=0, abs=0)
        assert list(row.monthly_deaths) == list(alone.monthly["deaths"])


def test_one_in_twenty_is_lived_twice_and_a_difference_is_told(undisturbed, monkeypatch):
    table = Sweep(undisturbed).table
    assert sweeps.CHECKED == 20  # keys are hashes, so their remainders are even; which ones are met differs by version
    assert list(table.checked) == [int(key[:8], 16) % 20 == 0 for key in table.key]
    monkeypatch.setattr(sweeps, "CHECKED", 1)
    job = next(iter(sweeps._tasks(read_plan(PLAN), ["0" * 20] * 32, set(), (1, 1)))).jobs[0]
    (row,) = sweeps._live_family([job])
    assert not row["error"]
    other = job._replace(seed=99)
    monkeypatch.setattr("deflect.experiments.run.run", lambda scenario, seed, true=run: true(scenario, other.seed))
    (row,) = sweeps._live_family([job])
    assert "same bytes" in row["error"]


def test_one_worker_gives_the_same_bytes(undisturbed, tmp_path, short_tasks):
    sweep(PLAN, tmp_path / "again", workers=1)
    assert runs_of(tmp_path / "again") == runs_of(undisturbed)


def test_any_executor_gives_the_same_bytes(undisturbed, tmp_path, short_tasks):
    with ThreadPoolExecutor(2) as executor:
        sweep(PLAN, tmp_path / "again", executor=executor)
    assert runs_of(tmp_path / "again") == runs_of(undisturbed)


def test_a_dask_cluster_of_two_processes_gives_the_same_bytes(undisturbed, tmp_path):
    (tmp_path / "plan.yaml").write_text(json.dumps(PLAN))
    with LocalCluster(n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None) as cluster:
        command = ["sweep", "plan.yaml", "--out", "dask", "--dask", cluster.scheduler_address, "--quiet"]
        done = deflect(command, tmp_path)
        assert done.returncode == 0, done.stderr
    assert runs_of(tmp_path / "dask") == runs_of(undisturbed)


def test_a_scheduler_that_does_not_answer_is_refused(tmp_path, monkeypatch):
    from deflect.experiments import cluster

    monkeypatch.setattr(cluster, "PATIENCE", 1)
    with pytest.raises(InputError, match="no scheduler answers"), cluster.dask_executor("tcp://127.0.0.1:9"):
        pass


def test_shards_live_every_run_once(undisturbed, tmp_path):
    folder = tmp_path / "shared"
    for number in (2, 1, 3):
        sweep(PLAN, folder, workers=1, shard=(number, 3))
    parts = [parquet.read_table(path).column("key").to_pylist() for path in (folder / "parts").glob("*.parquet")]
    keys = [key for part in parts for key in part]
    assert len(keys) == len(set(keys)) == 32
    sweep(PLAN, folder, workers=1)
    assert runs_of(folder) == runs_of(undisturbed)


def test_progress_weighs_places_by_their_people_and_knows_its_shard(tmp_path, short_tasks):
    """So that the time left is honest: Loving County has 96 people, Cabell County a thousand times as many."""
    plan = {"base": {"years": 1}, "places": ["48301", "54011"], "seeds": 2}
    told: list[tuple[int, int]] = []
    sweep(plan, tmp_path / "all", workers=1, progress=lambda *work: told.append(work))
    small, large = told[0][0], told[-1][1] - told[-2][0]
    assert large > 5 * small and told[-1] == (2 * (small + large),) * 2
    told.clear()
    sweep(plan, tmp_path / "shard", workers=1, shard=(1, 4), progress=lambda *work: told.append(work))
    assert told == [(small, small)]


def test_a_worker_that_dies_loses_only_its_own_run(tmp_path, monkeypatch):
    """Four runs in one task: the deadly one is found by living each alone, and tried again at the next start."""
    plan, folder = {"base": PLAN["base"], "seeds": 4}, tmp_path / "again"
    monkeypatch.setattr(sweeps, "live_task", sweeping.deadly_task)
    found = sweep(plan, folder, workers=2)
    assert list(found.table.seed) == [0, 1, 2] and list(found.failures.number) == [sweeping.DEADLY]
    assert "its worker process died" in found.failures.error[0]
    assert not (folder / "runs.parquet").exists()
    monkeypatch.undo()
    sweep(plan, folder, workers=1)
    sweep(plan, tmp_path / "alone", workers=1)
    assert runs_of(folder) == runs_of(tmp_path / "alone") and Sweep(folder).failures.empty


def test_what_a_run_raises_is_a_row_that_names_it(tmp_path, monkeypatch):
    def broken(lived):
        if lived.seed == 0:
            raise ZeroDivisionError("no such thing")
        return [lived]

    job = sweeps._row
    monkeypatch.setattr(sweeps, "_row", lambda asked, lived: broken(lived) and job(asked, lived))
    with pytest.raises(ZeroDivisionError):  # of our own arithmetic nothing is hidden
        sweeps.live_task(next(iter(sweeps._tasks(read_plan(PLAN), ["f" * 20] * 32, set(), (1, 1)))))
    monkeypatch.undo()
    monkeypatch.setattr("deflect.model.build.build", lambda scenario, seed, **_: 1 / 0)
    rows = sweeps.live_task(next(iter(sweeps._tasks(read_plan(PLAN), ["f" * 20] * 32, set(), (1, 1)))))
    assert all(row["error"] == "ZeroDivisionError: division by zero" for row in rows) and rows


def test_a_full_disk_leaves_whole_files_and_the_next_start_goes_on(undisturbed, tmp_path, monkeypatch, short_tasks):
    folder, left = tmp_path / "full", iter(range(6))
    real = os.fsync

    def fsync(handle):
        if next(left, None) is None:
            raise OSError(errno.ENOSPC, "No space left on device")
        real(handle)

    monkeypatch.setattr(storing.os, "fsync", fsync)
    with pytest.raises(OSError, match="No space left"):
        sweep(PLAN, folder, workers=1)
    monkeypatch.setattr(storing.os, "fsync", real)
    there = Sweep(folder).state
    assert 0 < there.lived < there.asked and not there.running
    assert not list(folder.rglob(".*.parquet.*")), "half a file was left"
    sweep(PLAN, folder, workers=1)
    assert runs_of(folder) == runs_of(undisturbed)


def deflect(command, cwd, **options):
    program = [sys.executable, "-m", "deflect.experiments.cli"]
    code = "from deflect.experiments.cli import main; main()"
    program = [sys.executable, "-c", code]
    options = {"capture_output": True, "text": True, "timeout": 300} | options
    return subprocess.run([*program, *command], cwd=cwd, env=os.environ | {"PYTHONPATH": str(ROOT)}, **options)


def test_killed_again_and_again_it_ends_as_if_nothing_had_happened(undisturbed, tmp_path):
    """kill -9 at chance moments; nobody outlives the driver; what is there is whole; the end is the same."""
    (tmp_path / "plan.yaml").write_text(json.dumps(PLAN))
    code = (
        "from deflect.experiments import sweep; sweep.TASK_RUNS = 1; from deflect.experiments.cli import main; main()"
    )
    command = [sys.executable, "-c", code, "sweep", "plan.yaml", "--out", "killed", "--workers", "2", "--quiet"]
    chance, folder, kills = random.Random(5), tmp_path / "killed", 0
    for _ in range(2):
        before = len(list((folder / "parts").glob("*.parquet")))
        driver = subprocess.Popen(command, cwd=tmp_path, env=os.environ | {"PYTHONPATH": str(ROOT)})
        wanted = before + chance.randint(1, 6)
        while driver.poll() is None and len(list((folder / "parts").glob("*.parquet"))) < wanted:
            time.sleep(0.02)
        helpers = psutil.Process(driver.pid).children(recursive=True) if driver.poll() is None else []
        driver.send_signal(signal.SIGKILL)
        kills += driver.wait() == -signal.SIGKILL and len(helpers) >= 2
        _, alive = psutil.wait_procs(helpers, timeout=20)
        assert not alive, "a worker outlived the driver"
        assert Sweep(folder).state.lived >= wanted or driver.returncode == 0
    assert kills, "it was never killed while it worked"
    sweep(PLAN, folder, workers=1)
    assert runs_of(folder) == runs_of(undisturbed)


def test_a_plan_that_grew_keeps_what_is_there(undisturbed, tmp_path, monkeypatch):
    folder, lived = tmp_path / "growing", []
    sweep(PLAN | {"seeds": 2}, folder, workers=1)
    monkeypatch.setattr(sweeps, "live_task", lambda task, progress=None: lived.extend(task.jobs) or real(task))
    real = sweeps._Driver.__init__.__globals__["live_task"] = sweeping.live_task
    found = sweep(PLAN, folder, executor=ThreadPoolExecutor(1))
    assert found.state.lived == 32 and {job.seed for job in lived} <= {2, 3}
    assert found.table.drop(columns=["number"]).equals(Sweep(undisturbed).table.drop(columns=["number"]))


def test_two_sweeps_never_write_to_one_folder(undisturbed):
    with Store(undisturbed).locked():
        assert Sweep(undisturbed).state.running
        with pytest.raises(InputError, match="another sweep is writing"):
            sweep(PLAN, undisturbed)
    assert not Sweep(undisturbed).state.running


def test_a_changed_model_or_a_foreign_folder_is_refused(tmp_path, undisturbed, monkeypatch):
    (tmp_path / "notes.txt").write_text("mine")
    with pytest.raises(InputError, match="is not empty"):
        sweep(PLAN, tmp_path)
    with pytest.raises(InputError, match="holds no sweep"):
        Sweep(tmp_path)
    with monkeypatch.context() as patch:
        patch.setattr("deflect.agents.compiled.source_hash", lambda root=None: "0" * 16)
        with pytest.raises(InputError, match="another version of the model"):
            sweep(PLAN, undisturbed)


def test_the_key_of_a_run_follows_everything_that_makes_it(tmp_path):
    def key(plan, code="c"):
        return sweeps.catalogue(read_plan(plan), code)[0][0]

    place = tmp_path / "town.yaml"
    place.write_text("name: Town\nstate: WV\npopulation: 5000\n")
    base = {"base": {"years": 1, "residents": 300}, "places": [str(place)], "seeds": 1}
    keys = [key(base), key(base, "d"), key(base | {"seeds": [5]}), key(base | {"monthly": ["deaths"]})]
    keys.append(key(base | {"vary": {"treatment.intake_days": [2]}}))
    place.write_text("name: Town\nstate: WV\npopulation: 6000\n")
    sweeps.atlas.digest.cache_clear()
    keys.append(key(base))
    assert len(set(keys)) == len(keys)


def test_duckdb_reads_it_with_columns_that_only_some_files_have(undisturbed, tmp_path):
    import duckdb

    found = Sweep(undisturbed).table
    store = Store(tmp_path / "parts")
    (store.folder / "parts").mkdir(parents=True)
    rows = parquet.read_table(undisturbed / "runs.parquet").to_pylist()
    store.add(rows[:10])
    store.add([row | {"later": 1.5} for row in rows[10:]])
    query = (
        f"SELECT count(*), sum(deaths), sum(later) FROM '{undisturbed}/catalogue.parquet' "
        f"JOIN read_parquet('{store.folder}/parts/*.parquet', union_by_name = true) USING (key)"
    )
    count, deaths, later = duckdb.sql(query).fetchall()[0]
    assert count == 32 and deaths == pytest.approx(found.deaths.sum()) and later == pytest.approx(22 * 1.5)


def test_a_task_says_what_it_is():
    task = next(iter(sweeps._tasks(read_plan(PLAN), [f"{n:020d}" for n in range(32)], set(), (1, 1))))
    assert isinstance(task, Task) and f"{len(task.jobs)} runs" in str(task)


def test_the_command_says_how_far_it_is_and_draws(undisturbed, tmp_path):
    (tmp_path / "plan.yaml").write_text(json.dumps(PLAN | {"seeds": 1}))
    done = deflect(["sweep", "plan.yaml", "--workers", "1"], tmp_path)
    assert done.returncode == 0, done.stderr
    assert "8 of 8 runs are there; complete" in done.stdout and "Expected overdose deaths" in done.stdout
    assert (tmp_path / "runs/sweep-small/sweep.png").stat().st_size > 10_000
    told = deflect(["sweep", "status", "runs/sweep-small"], tmp_path)
    assert told.returncode == 0 and "8 of 8 runs" in told.stdout
    wrong = deflect(["sweep", "plan.yaml", "--outcome", "death"], tmp_path)
    assert wrong.returncode == 2 and "did you mean 'deaths'" in wrong.stderr
