"""The same scenario with many seeds, on as many processes as there are: same bytes, order of the seeds."""

import multiprocessing
import os
import pickle
import signal
import sys
import types
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_EXCEPTION, Executor, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING, Any

from ..scenarios.errors import InputError
from . import workers as worker
from .run import BURN_IN_DAYS, Run, policy_days, run
from .seeds import seeds_of

if TYPE_CHECKING:
    from ..scenarios.schema import Scenario

LOOK_SECONDS = 0.2  # between two looks at the board

type Progress = Callable[[int, int], None]  # told (days lived, days in all)


class WorkerDied(RuntimeError):
    """A worker process ended before its run did; the message names the seed."""


def run_many(
    scenario: "Scenario",
    seeds: int | str | Iterable[int],
    workers: int | None = None,
    *,
    executor: Executor | None = None,
    ties=None,
    events: bool = False,
    measure: Callable[..., Any] | None = None,
    progress: Progress | None = None,
) -> list[Run]:
    """Return one run a seed, in the order of the seeds, the same on any number of workers.

    seeds: how many, or which (`seeds.seeds_of`). workers: processes; all processors by default, 1 stays in this
    process. executor: any `concurrent.futures.Executor` in their place. ties, events, measure: as for `run`;
    `measure` must be a function at the top of a module. Raises InputError, WorkerDied, or what a run raised; then,
    and on Ctrl-C, no worker is left.
    """
    seeds = seeds_of(seeds)
    if workers is not None and workers < 1:
        raise InputError(f"workers: at least one is needed (got {workers})")
    workers = min(workers or os.process_cpu_count() or 1, len(seeds))
    call = partial(run, scenario, ties=ties, events=events, measure=measure)
    reports = _Reports(progress, len(seeds), BURN_IN_DAYS + policy_days(scenario))
    if executor is not None:
        return _on_executor(executor, call, seeds, reports)
    if workers == 1:
        return [_here(call, slot, seed, reports) for slot, seed in enumerate(seeds)]
    return _on_processes(call, seeds, workers, reports)


class _Reports:
    """Days lived over all runs, passed on to whoever watches."""

    def __init__(self, progress: Progress | None, runs: int, days: int):
        self.progress, self.days, self.lived = progress, days, [0] * runs

    def one(self, slot: int, days: int) -> None:
        self.lived[slot] = days
        if self.progress is not None:
            self.progress(sum(self.lived), self.days * len(self.lived))

    def finished(self, slot: int) -> None:
        self.one(slot, self.days)


def _here(call: partial, slot: int, seed: int, reports: _Reports) -> Run:
    run = call(seed=seed, progress=partial(reports.one, slot))
    reports.finished(slot)
    return run


def _on_executor(executor: Executor, call: partial, seeds: list[int], reports: _Reports) -> list[Run]:
    futures = [executor.submit(call, seed=seed) for seed in seeds]
    try:
        return _gather(futures, reports, look=lambda: None)
    finally:
        for future in futures:
            future.cancel()


def _on_processes(call: partial, seeds: list[int], workers: int, reports: _Reports) -> list[Run]:
    context = multiprocessing.get_context("spawn")
    board = worker.Board(context, len(seeds))
    try:
        told = pickle.dumps(call)
    except Exception as error:
        raise InputError(f"measure and ties must be known to other processes: {error}") from None
    pool = ProcessPoolExecutor(workers, context, initializer=worker.start, initargs=(board, told))
    futures: list[Future] = []
    processes = []

    def look() -> None:
        for slot, days in enumerate(board.lived):
            if days > reports.lived[slot]:
                reports.one(slot, days)

    try:
        with _starting_processes(needs_main=b"__main__" in told):
            for slot, seed in enumerate(seeds):
                futures.append(pool.submit(worker.live, slot, seed))
            processes = list(pool._processes.values())
        runs = _gather(futures, reports, look)
        pool.shutdown()
        return runs
    except BrokenProcessPool:
        raise WorkerDied(_who_died(processes, board, seeds)) from None
    finally:
        pool.shutdown(wait=False, cancel_futures=True)
        for process in processes:
            process.terminate()
        for process in processes:
            process.join()


def _gather(futures: list[Future], reports: _Reports, look: Callable[[], None]) -> list[Run]:
    """Return what the futures give, in their order; the first failure ends it."""
    waiting = set(futures)
    while waiting:
        done, waiting = wait(waiting, LOOK_SECONDS, FIRST_EXCEPTION)
        look()
        for slot, future in enumerate(futures):
            if future in done:
                future.result()
                reports.finished(slot)
    return [future.result() for future in futures]


def _who_died(processes: list, board: worker.Board, seeds: list[int]) -> str:
    """Name the seeds of the workers that ended by themselves; the pool terminates the others."""
    for process in processes:
        process.join()
    codes = {process.pid: process.exitcode for process in processes}
    codes = {pid: code for pid, code in codes.items() if code not in (0, -signal.SIGTERM)} or codes
    running = {pid: seeds[slot] for slot, pid in enumerate(board.process)}  # the last run each process took
    lines = []
    for pid, code in codes.items():
        run = f"the run of seed {running[pid]}" if pid in running else "a worker, before its first run,"
        why = "killed: perhaps memory ran out, try fewer workers" if code == -9 else f"exit code {code}"
        lines.append(f"{run} ended with its process ({why})")
    return "; ".join(lines)


@contextmanager
def _starting_processes(needs_main: bool) -> Iterator[None]:
    """Start processes that do not hear Ctrl-C (this process ends them) and do not run the user's script again.

    A new process imports the script that started it, so that functions defined there are known; a script without
    `if __name__ == "__main__"` would then start the runs once more. Nothing of ours lives there.
    """
    masks = hasattr(signal, "pthread_sigmask")  # not on Windows
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
