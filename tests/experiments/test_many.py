"""Many runs: same bytes on any number of workers, in the order of the seeds; no failure goes unnamed."""

import multiprocessing
import time
from concurrent.futures import Executor, Future

import pytest
from deflect.experiments import workers
from deflect.experiments.many import run_many
from deflect.experiments.processes import WorkerDied
from deflect.scenarios.errors import InputError
from deflect.scenarios.load import load
from towns import BUSY

DAYS = 730 + 365
ASKED = """
import os, signal, time

def late_first(world):
    time.sleep(1.5 if world.seed == 4 else 0)
    return world.seed, os.getpid(), signal.SIGINT in signal.pthread_sigmask(signal.SIG_BLOCK, ())

def die(world):
    if world.seed == 2:
        os._exit(7)
    time.sleep(60)

def fail(world):
    raise ArithmeticError("a fault in the model")
"""


@pytest.fixture(scope="module")
def scenario():
    return load("status_quo", {"residents": 300, "years": 1} | BUSY)


@pytest.fixture(scope="module")
def alone(scenario):
    return run_many(scenario, "4,0,2", workers=1, events=True)


@pytest.fixture
def helpers(tmp_path, monkeypatch):
    """Functions that other processes can import."""
    (tmp_path / "asked_of_worlds.py").write_text(ASKED)
    monkeypatch.syspath_prepend(tmp_path)
    import asked_of_worlds

    return asked_of_worlds


class Backwards(Executor):
    """Runs the last call first, when the first result is asked for."""

    def __init__(self):
        self.calls, self.order = [], []

    def submit(self, fn, /, *args, **kwargs):
        future = Future()
        self.calls.append((future, fn, args, kwargs))
        if len(self.calls) == 3:
            for promise, call, some, named in reversed(self.calls):
                self.order.append(some[0])
                promise.set_result(call(*some, **named))
        return future


def test_two_workers_give_the_bytes_of_one_in_the_order_of_the_seeds(scenario, alone, helpers):
    said = []
    progress = lambda lived, days: said.append((lived, days))  # noqa: E731
    two = run_many(scenario, "4,0,2", workers=2, events=True, measure=helpers.late_first, progress=progress)
    assert [run.seed for run in two] == [run.seed for run in alone] == [4, 0, 2]
    assert [run.digest for run in two] == [run.digest for run in alone]
    assert len({run.digest for run in two}) == 3
    for ours, theirs in zip(two, alone, strict=True):
        assert repr(ours.outcomes) == repr(theirs.outcomes) and ours.events.tobytes() == theirs.events.tobytes()
        assert {name: column.tobytes() for name, column in ours.monthly.items()} == {
            name: column.tobytes() for name, column in theirs.monthly.items()
        }
    assert [run.measured[0] for run in two] == [4, 0, 2]
    assert len({run.measured[1] for run in two}) == 2  # two processes, neither of them this one
    assert all(run.measured[2] for run in two), "Ctrl-C would reach a worker that is still starting"
    assert said == sorted(said) and said[-1] == (3 * DAYS, 3 * DAYS)
    assert multiprocessing.active_children() == []


def test_any_executor_will_do_whatever_is_finished_first(scenario, alone):
    executor = Backwards()
    runs = run_many(scenario, [4, 0, 2], executor=executor)
    assert executor.order == [2, 0, 4]
    assert [run.digest for run in runs] == [run.digest for run in alone]


def test_in_this_process_progress_ends_with_every_day(scenario):
    said = []
    run_many(scenario, 2, workers=1, progress=lambda lived, days: said.append((lived, days)))
    assert said == sorted(said) and said[-1] == (2 * DAYS, 2 * DAYS) and len(said) > 50


def test_a_worker_that_dies_is_named_by_its_seed_and_nobody_is_left(scenario, helpers):
    began = time.monotonic()
    with pytest.raises(WorkerDied, match=r"^the run of seed 2 ended with its process \(exit code 7\)$"):
        run_many(scenario, [5, 2], workers=2, measure=helpers.die)
    assert multiprocessing.active_children() == []
    assert time.monotonic() - began < 59, "it waited for the others"


def test_a_failure_in_a_run_is_raised_with_its_seed(scenario, helpers):
    with pytest.raises(ArithmeticError, match="a fault in the model") as caught:
        run_many(scenario, [3, 8], workers=2, measure=helpers.fail)
    assert caught.value.__notes__[0] in ("in the run of seed 3", "in the run of seed 8")
    assert multiprocessing.active_children() == []


def test_what_cannot_be_run_is_refused(scenario):
    for wrong, told in (
        ({"seeds": 2, "workers": 0}, "workers"),
        ({"seeds": 2, "workers": -1}, "workers"),
        ({"seeds": 0}, "seeds"),
        ({"seeds": 2, "workers": 2, "measure": lambda world: 0}, "known to other processes"),
    ):
        with pytest.raises(InputError, match=told):
            run_many(scenario, **wrong)


def test_code_is_compiled_once_and_known_to_be(tmp_path, monkeypatch):
    import numba

    built = []
    monkeypatch.setattr(numba.config, "CACHE_DIR", str(tmp_path))
    monkeypatch.setattr("deflect.model.build.build", lambda *_: built.append(1) or pytest.fail("builds again") or None)
    (tmp_path / "complete").touch()
    workers.compile_once()
    assert built == []
    monkeypatch.undo()
    monkeypatch.setattr(numba.config, "CACHE_DIR", str(tmp_path))
    (tmp_path / "complete").unlink()
    workers.compile_once()
    assert (tmp_path / "complete").exists()
