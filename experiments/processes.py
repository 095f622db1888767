"""Worker processes of this machine: started for one question, and gone when it is answered or given up.

`concurrent.futures.ProcessPoolExecutor` is not used: it may overlook a dead worker until another one is done (its
watching thread does not learn of processes started later), and cannot say which call the dead one was at.
"""

import multiprocessing
import pickle
import signal
import sys
import types
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from multiprocessing import resource_tracker
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from typing import Any, NamedTuple

from ..scenarios.errors import InputError
from .workers import FAILED, LIVED, READY, work

READY_OR_NOT = 3  # workers that may die one after the other before they are ready, where deaths are borne


class WorkerDied(RuntimeError):
    """A worker process ended before its task did; the message names the task."""


def live_on_processes(
    call: Callable,
    tasks: Iterable,
    workers: int,
    lived: Callable[[int, int], None],
    *,
    done: Callable[[int, Any], None] | None = None,
    died: Callable[[int, str], None] | None = None,
) -> list:
    """Return what `call(task, progress=…)` gives for each task, in the order of the tasks.

    call, tasks: what other processes can be told (a function at the top of a module). Tasks are taken one by one as
    workers come free; as text a task is what follows "the run of seed". lived: told (place of a task, days). done:
    told (place of a task, value) as values come, none of which is kept then: the list is empty. died: told (place of
    a task, why) when a worker dies at it; another worker is started and the rest goes on; None stands in the list.
    Without `died`, the first death raises WorkerDied. Raises what a call, `done` or `died` raised. Then, and on
    Ctrl-C, no process is left.
    """
    try:
        told = pickle.dumps(call)
    except Exception as error:
        raise InputError(f"measure and ties must be known to other processes: {error}") from None
    values: dict[int, Any] = {}
    crew = _Crew(told, tasks, workers)
    try:
        crew.start(workers)
        crew.get_ready(1)  # the first compiles for all
        while crew.at:
            for worker in wait(list(crew.at)):
                at = crew.at[worker]
                try:
                    kind, value = worker.recv()
                except (EOFError, OSError):
                    crew.bury(worker, died)
                    continue
                if kind == FAILED:
                    raise value
                if kind == LIVED:
                    lived(at.slot, value)
                    continue
                if kind == READY:
                    crew.deaths = 0
                    crew.get_ready(workers)
                elif done is not None:
                    done(at.slot, value)
                else:
                    values[at.slot] = value
                crew.hand_over(worker)
    except BaseException:
        for process in crew.processes.values():
            process.terminate()
        raise
    finally:
        for worker, process in crew.processes.items():
            worker.close()
            process.join()
    return [values.get(slot) for slot in range(crew.taken if done is None else 0)]


class _At(NamedTuple):
    """What a worker is at: a task and its place among all."""

    slot: int
    task: Any


class _Crew:
    """Worker processes by the end of the pipe to each, what each is at, and the tasks that wait."""

    def __init__(self, told: bytes, tasks: Iterable, workers: int):
        self.told = told
        self.waiting = enumerate(tasks)
        self.next = next(self.waiting, None)
        self.processes: dict[Connection, BaseProcess] = {}
        self.at: dict[Connection, _At | None] = {}  # None: getting ready
        self.idle: list[Connection] = []  # started, and not told to get ready
        self.taken = 0  # tasks handed over
        self.deaths = 0  # one after the other, before they were ready

    def start(self, count: int) -> None:
        context = multiprocessing.get_context("spawn")
        with _starting_processes(needs_main=b"__main__" in self.told):
            for _ in range(count):
                here, there = context.Pipe()
                process = context.Process(target=work, args=(there, self.told), daemon=True)
                process.start()
                there.close()
                self.processes[here] = process
                self.idle.append(here)

    def get_ready(self, most: int) -> None:
        """Tell up to `most` workers that were not told yet to get ready."""
        for worker in self.idle[:most]:
            self.at[worker] = None
            _tell(worker, None)
        del self.idle[:most]

    def hand_over(self, worker: Connection) -> None:
        """Give a worker the next task, or send it home."""
        if self.next is None:
            del self.at[worker]
            _tell(worker, None)
        else:
            self.at[worker] = at = _At(*self.next)
            self.next = next(self.waiting, None)
            self.taken += 1
            _tell(worker, (at.task,))

    def bury(self, worker: Connection, died: Callable[[int, str], None] | None) -> None:
        """Say that a worker died, and start another one if there is work; WorkerDied where nobody bears that."""
        at, why = self.at.pop(worker), _why(self.processes[worker])
        self.deaths += at is None
        if died is None or self.deaths > READY_OR_NOT:
            run = "a worker" if at is None else f"the run of seed {at.task}"
            raise WorkerDied(f"{run} ended with its process ({why})")
        worker.close()
        del self.processes[worker]
        if at is not None:
            died(at.slot, why)
        if self.next is not None:
            self.start(1)
            self.get_ready(1)


def _tell(worker: Connection, what: tuple | None) -> None:
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
