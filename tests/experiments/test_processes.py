"""Worker processes: values as they come, deaths borne or not, and nobody left behind, however the driver ends."""

import contextlib
import multiprocessing
import os
import signal
import subprocess
import sys
import time
import weakref

import pytest
from deflect.experiments.processes import WorkerDied, live_on_processes
from towns import ROOT

ASKED = """
import os, signal, time

class Box:
    def __init__(self, value):
        self.value = value

def twice(task, progress):
    progress(7)
    return 2 * task

def boxed(task, progress):
    return Box(twice(task, progress))

def deadly(task, progress):
    if task in (2, 5):
        os.kill(os.getpid(), signal.SIGKILL) if task == 5 else os._exit(3)
    time.sleep(0.05)
    return os.getpid()

class DeadlyWhenRead:
    def __reduce__(self):
        return os._exit, (9,)

def asleep(task, progress):
    open(f"at_{os.getpid()}", "w").close()
    time.sleep(600)
"""


@pytest.fixture
def asked(tmp_path, monkeypatch):
    """Functions that other processes can import."""
    (tmp_path / "asked_of_workers.py").write_text(ASKED)
    monkeypatch.syspath_prepend(tmp_path)
    sys.modules.pop("asked_of_workers", None)
    import asked_of_workers

    return asked_of_workers


def nothing(*_) -> None:
    pass


def test_values_are_handed_over_as_they_come_and_none_is_kept(asked):
    seen, taken, boxes = {}, [], []

    def tasks():
        for task in range(40):
            taken.append((task, len(seen)))
            yield task

    def done(slot, box):
        assert sum(known() is not None for known in boxes) <= 1, "values that were handed over are kept"
        boxes.append(weakref.ref(box))
        seen[slot] = box.value

    days = []
    kept = live_on_processes(asked.boxed, tasks(), 2, lambda *told: days.append(told), done=done)
    assert kept == [] and seen == {task: 2 * task for task in range(40)}
    assert sorted(days) == [(task, 7) for task in range(40)]
    assert all(task <= known + 3 for task, known in taken), "tasks are taken as workers come free, not all at once"
    assert live_on_processes(asked.twice, [5, 3, 9], 2, nothing) == [10, 6, 18]


def test_what_is_told_of_a_value_may_end_the_work(asked):
    def enough(slot, value):
        raise StopIteration(value)

    with pytest.raises(StopIteration):
        live_on_processes(asked.twice, range(10**9), 2, nothing, done=enough)
    assert multiprocessing.active_children() == []


def test_a_death_that_is_borne_costs_one_task_and_another_worker_takes_its_place(asked, monkeypatch):
    lost, found, started = {}, {}, []
    start = multiprocessing.process.BaseProcess.start
    monkeypatch.setattr(multiprocessing.process.BaseProcess, "start", lambda one: started.append(one) or start(one))
    live_on_processes(asked.deadly, range(12), 2, nothing, done=found.__setitem__, died=lost.__setitem__)
    assert lost == {2: "exit code 3", 5: "killed: perhaps memory ran out, try fewer workers"}
    assert sorted(found) == [0, 1, 3, 4, 6, 7, 8, 9, 10, 11]
    assert len(started) == 4, "two workers and one in the place of each that died"
    assert set(found.values()) <= {one.pid for one in started}
    assert multiprocessing.active_children() == []
    values = live_on_processes(asked.deadly, [1, 5], 1, nothing, died=nothing)
    assert values[0] > 0 and values[1] is None


def test_a_death_that_is_not_borne_names_its_task_and_ends_the_work(asked):
    with pytest.raises(WorkerDied, match=r"^the run of seed 2 ended with its process \(exit code 3\)$"):
        live_on_processes(asked.deadly, range(10**9), 2, nothing, done=nothing)
    assert multiprocessing.active_children() == []


def test_workers_that_never_get_ready_end_the_work_also_where_deaths_are_borne(asked):
    for died in (None, nothing):
        with pytest.raises(WorkerDied, match=r"^a worker ended with its process \(exit code 9\)$"):
            live_on_processes(asked.DeadlyWhenRead(), range(100), 2, nothing, died=died)
        assert multiprocessing.active_children() == []


DRIVER = """
import asked_of_workers
from deflect.experiments.processes import live_on_processes
live_on_processes(asked_of_workers.asleep, range(9), 3, lambda *_: None)
"""


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="there is no kill -9 here")
def test_no_worker_outlives_a_driver_that_is_killed(asked, tmp_path):
    paths = os.pathsep.join([str(ROOT), str(tmp_path)])
    driver = subprocess.Popen(
        [sys.executable, "-c", DRIVER], cwd=tmp_path, env=os.environ | {"PYTHONPATH": paths}, stderr=subprocess.PIPE,
    )  # fmt: skip
    try:
        until = time.monotonic() + 120
        while len(list(tmp_path.glob("at_*"))) < 3 and time.monotonic() < until:
            time.sleep(0.1)
        assert len(list(tmp_path.glob("at_*"))) == 3 and driver.poll() is None
        driver.kill()
        said = driver.communicate(timeout=30)[1]  # ends when the last process that could write there is gone
        assert said == b"", "workers go without a word"
    finally:
        driver.kill()
        for path in tmp_path.glob("at_*"):
            with contextlib.suppress(ProcessLookupError):
                os.kill(int(path.name.removeprefix("at_")), signal.SIGKILL)
