"""Worker processes of the page, and the queue before them: who has fewest tasks under way and has had least is next.

Runs never happen in the process that answers the browser. A task can be given up: its worker is told, and replaced
when it does not listen within some seconds, or dies.
"""

import asyncio
import contextlib
import multiprocessing
import os
import pickle
import queue
import sys
import threading
import time
from collections import deque
from collections.abc import Callable
from typing import Any

from ..experiments.processes import _starting_processes
from ..scenarios.errors import InputError
from .worker import DONE, FAULT, READY, REFUSED, SAID, serve

LONGEST = 120.0  # seconds of one task
PATIENCE = 20.0  # seconds a worker has to hear that a task is given up
WATCH = 0.5  # seconds between two looks at the workers
FADING = 0.5 ** (WATCH / 60)  # of the seconds used, between two looks
FORGOTTEN = 0.01  # seconds
TRIES = 3  # workers that may end before they are ready
LAST = "last"  # ends the sending thread
BROKEN = "No run can be made: the worker processes end as they start. The terminal shows why."


class TaskFailed(RuntimeError):
    """A task ended without an answer; the message can be shown to the visitor."""


class Task:
    """One piece of work of one owner: a pair of runs, a table, a story."""

    def __init__(self, owner: object, name: str, payload: Any, said: Callable[[str, Any], None] | None):
        self.owner, self.name, self.payload, self.said = owner, name, payload, said
        self.answer: asyncio.Future = asyncio.get_running_loop().create_future()
        self.given_up = False


class _Worker:
    """A process, the pipe to it, and the task it is at."""

    def __init__(self, crew: "Crew"):
        context = multiprocessing.get_context("spawn")
        self.pipe, there = context.Pipe()
        with _starting_processes(needs_main=False):
            self.process = context.Process(target=serve, args=(there,), daemon=True)
            self.process.start()
        there.close()
        self.task: Task | None = None
        self.ready = False
        self.since = self.given_up_at = 0.0
        self.outbox: queue.SimpleQueue = queue.SimpleQueue()
        loop = asyncio.get_running_loop()
        threading.Thread(target=self._listen, args=(crew, loop), daemon=True).start()
        threading.Thread(target=self._send, daemon=True).start()

    def _listen(self, crew: "Crew", loop) -> None:
        """Pass on what the worker says; runs in a thread of its own."""
        with contextlib.suppress(RuntimeError):  # the loop is closed
            try:
                while True:
                    loop.call_soon_threadsafe(crew._hear, self, *pickle.loads(self.pipe.recv_bytes()))
            except (EOFError, OSError):
                loop.call_soon_threadsafe(crew._lost, self)

    def _send(self) -> None:
        """Send what is to be told, in order; runs in a thread, as a pipe may be full."""
        with contextlib.suppress(OSError):  # a dead worker is noticed by its listener
            while (what := self.outbox.get()) is not LAST:
                self.pipe.send(what)

    def tell(self, what: Any) -> None:
        """Tell the worker something, without waiting."""
        self.outbox.put(what)


class Crew:
    """The workers and the tasks that wait for them."""

    def __init__(self, size: int | None = None):
        self.size = size or os.process_cpu_count() or 1
        self.workers: list[_Worker] = []
        self.waiting: dict[object, deque[Task]] = {}  # owner -> tasks; of equals, the first is next
        self.used: dict[object, float] = {}  # owner -> seconds of work lately; halves every minute
        self.compiled = asyncio.Event()
        self.watcher: asyncio.Task | None = None
        self.closed = False
        self.failed = 0  # workers that ended before they were ready

    def start(self) -> None:
        """Start the workers; the first compiles for all."""
        self.workers = [_Worker(self) for _ in range(self.size)]
        self.workers[0].tell(None)
        self.watcher = asyncio.create_task(self._watch())

    def close(self) -> None:
        """Leave no worker behind."""
        self.closed = True
        if self.watcher:
            self.watcher.cancel()
        for worker in self.workers:
            worker.process.kill()
        for worker in self.workers:
            worker.process.join(5)

    @property
    def ready(self) -> bool:
        """Say whether somebody can begin at once."""
        return self.compiled.is_set()

    def submit(self, owner: object, name: str, payload: Any, said: Callable[[str, Any], None] | None = None) -> Task:
        """Queue a task; `task.answer` is its future, `said` is told what comes meanwhile."""
        task = Task(owner, name, payload, said)
        if not self.workers:
            task.answer.set_exception(TaskFailed(BROKEN))
            return task
        self.waiting.setdefault(owner, deque()).append(task)
        self._hand_out()
        return task

    def ahead(self, owner: object) -> int:
        """Return how many other owners have work waiting or under way."""
        busy = {worker.task.owner for worker in self.workers if worker.task}
        return len((busy | set(self.waiting)) - {owner})

    def give_up(self, task: Task) -> None:
        """Drop a task, or tell its worker to stop."""
        task.given_up = True
        if not task.answer.done():
            task.answer.cancel()
        line = self.waiting.get(task.owner)
        if line and task in line:
            line.remove(task)
            if not line:
                del self.waiting[task.owner]
        for worker in self.workers:
            if worker.task is task:
                worker.given_up_at = time.monotonic()
                worker.tell(("stop",))

    def _hand_out(self) -> None:
        for worker in self.workers:
            if not worker.ready or worker.task or not self.waiting:
                continue
            under_way = [one.task.owner for one in self.workers if one.task]
            owner = min(self.waiting, key=lambda one: (under_way.count(one), self.used.get(one, 0.0)))
            line = self.waiting.pop(owner)
            task = line.popleft()
            if line:
                self.waiting[owner] = line  # behind its equals
            worker.task, worker.since, worker.given_up_at = task, time.monotonic(), 0.0
            worker.tell(("do", task.name, task.payload))

    def _hear(self, worker: _Worker, kind: str, name: str, value: Any) -> None:
        if kind == READY:
            worker.ready = True
            if not self.compiled.is_set():
                self.compiled.set()
                for other in self.workers:
                    if other is not worker:
                        other.tell(None)
            self._hand_out()
            return
        task = worker.task
        if task is None:
            return
        if kind == SAID:
            if task.said and not task.given_up:
                task.said(name, value)
            return
        worker.task = None
        self.used[task.owner] = self.used.get(task.owner, 0.0) + time.monotonic() - worker.since
        if not task.answer.done():
            if kind == DONE:
                task.answer.set_result(value)
            elif kind == REFUSED:
                task.answer.set_exception(InputError(value))
            elif kind == FAULT:
                print(value, file=sys.stderr, flush=True)
                task.answer.set_exception(TaskFailed("Something went wrong in this run; the terminal shows what."))
        self._hand_out()

    def _lost(self, worker: _Worker) -> None:
        """Replace a worker whose process has ended."""
        if self.closed or worker not in self.workers:
            return
        self.workers.remove(worker)
        worker.tell(LAST)
        worker.process.join(1)
        if worker.task and not worker.task.answer.done():
            worker.task.answer.set_exception(TaskFailed("The process of this run ended; try a smaller town."))
        self.failed += not worker.ready
        if self.failed >= TRIES:
            if not any(one.ready for one in self.workers):
                self._break_up()
            return
        fresh = _Worker(self)
        self.workers.append(fresh)
        if self.compiled.is_set() or len(self.workers) == 1 or not any(one.ready for one in self.workers):
            fresh.tell(None)
        self._hand_out()

    def _break_up(self) -> None:
        """Say that nothing can be run, rather than start processes for ever."""
        for worker in self.workers:
            worker.process.kill()
        self.workers = []
        self.compiled.set()  # who waits for it is to hear why nothing comes
        for line in self.waiting.values():
            for task in line:
                if not task.answer.done():
                    task.answer.set_exception(TaskFailed(BROKEN))
        self.waiting.clear()

    async def _watch(self) -> None:
        """Stop what takes too long, or does not stop."""
        while True:
            await asyncio.sleep(WATCH)
            now = time.monotonic()
            self.used = {owner: left for owner, used in self.used.items() if (left := used * FADING) > FORGOTTEN}
            for worker in self.workers:
                if worker.task is None:
                    continue
                deaf = worker.given_up_at and now - worker.given_up_at > PATIENCE
                if not deaf and now - worker.since <= LONGEST:
                    continue
                if not worker.task.answer.done():
                    worker.task.answer.set_exception(TaskFailed("This took too long and was stopped."))
                worker.process.kill()
