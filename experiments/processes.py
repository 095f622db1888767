"""Worker processes of this machine: started for one question, and gone when it is answered or given up.

`concurrent.futures.ProcessPoolExecutor` is not used: it may overlook a dead worker until another one is done (its
watching thread does not learn of processes started later), and cannot say which call the dead one was at.
"""

import multiprocessing
import pickle
import signal
import sys
import types
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import partial
from itertools import islice
from multiprocessing import resource_tracker
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess

from ..scenarios.errors import InputError
from .run import Run
from .workers import DONE, FAILED, LIVED, work


class WorkerDied(RuntimeError):
    """A worker process ended before its run did; the message names the seed."""


def live_on_processes(call: partial, seeds: list[int], workers: int, lived: Callable[[int, int], None]) -> list[Run]:
    """Return one run a seed, in the order of the seeds. `lived` is told (place in the list, days).

    Raises what a run raised, or WorkerDied; then, and on Ctrl-C, no process is left.
    """
    try:
        told = pickle.dumps(call)
    except Exception as error:
        raise InputError(f"measure and ties must be known to other processes: {error}") from None
    runs: list[Run | None] = [None] * len(seeds)
    waiting = iter(range(len(seeds)))
    crew: dict[Connection, BaseProcess] = {}
    at: dict[Connection, int | None] = {}  # the place of the run each worker is at, None: getting ready
    try:
        with _starting_processes(needs_main=b"__main__" in told):
            _start(crew, told, workers)
        getting_ready = iter(crew)
        _get_ready(getting_ready, at, 1)  # the first compiles for all
        while at:
            for worker in wait(list(at)):
                slot = at[worker]
                try:
                    kind, value = worker.recv()
                except (EOFError, OSError):
                    run = "a worker" if slot is None else f"the run of seed {seeds[slot]}"
                    raise WorkerDied(f"{run} ended with its process ({_why(crew[worker])})") from None
                if kind == FAILED:
                    raise value
                if kind == LIVED:
                    lived(slot, value)
                    continue
                if kind == DONE:
                    runs[slot] = value
                else:
                    _get_ready(getting_ready, at, workers)
                _hand_over(worker, at, waiting, seeds)
    except BaseException:
        for process in crew.values():
            process.terminate()
        raise
    finally:
        for worker, process in crew.items():
            worker.close()
            process.join()
    return runs


def _start(crew: dict[Connection, BaseProcess], told: bytes, workers: int) -> None:
    context = multiprocessing.get_context("spawn")
    for _ in range(workers):
        here, there = context.Pipe()
        process = context.Process(target=work, args=(there, told), daemon=True)
        process.start()
        there.close()
        crew[here] = process


def _get_ready(workers: Iterator[Connection], at: dict[Connection, int | None], most: int) -> None:
    """Tell up to `most` workers that were not told yet to get ready."""
    for worker in islice(workers, most):
        at[worker] = None
        _tell(worker, None)


def _hand_over(worker: Connection, at: dict, waiting: Iterator[int], seeds: list[int]) -> None:
    """Give a worker the next run, or send it home."""
    slot = next(waiting, None)
    if slot is None:
        del at[worker]
        _tell(worker, None)
    else:
        at[worker] = slot
        _tell(worker, seeds[slot])


def _tell(worker: Connection, what: int | None) -> None:
    with suppress(OSError):  # a dead one is noticed where its answer is read
        worker.send(what)


def _why(process: BaseProcess) -> str:
    process.join()
    if process.exitcode == -getattr(signal, "SIGKILL", 9):
        return "killed: perhaps memory ran out, try fewer workers"
    return f"exit code {process.exitcode}"


@contextmanager
def _starting_processes(needs_main: bool) -> Iterator[None]:
    """Start processes that do not hear Ctrl-C (this process ends them) and do not run the user's script again.

    A new process imports the script that started it, so that functions defined there are known; a script without
    `if __name__ == "__main__"` would then start the runs once more. Nothing of ours lives there.
    """
    masks = hasattr(signal, "pthread_sigmask")  # not on Windows
    if masks:
        resource_tracker.ensure_running()  # started later, it would open our ears again
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT}) if masks else None
    script = sys.modules["__main__"]
    if not needs_main:
        sys.modules["__main__"] = types.ModuleType("__main__")
    try:
        yield
    finally:
        sys.modules["__main__"] = script
        if masks:
            signal.pthread_sigmask(signal.SIG_SETMASK, before)
