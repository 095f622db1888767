"""Many runs on as many processes as there are, such as one scenario with many seeds: same bytes, in their order."""

import os
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Executor, as_completed
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..scenarios.errors import InputError
from .processes import live_on_processes
from .run import BURN_IN_DAYS, Run, policy_days, run
from .seeds import seeds_of

if TYPE_CHECKING:
    from ..scenarios.schema import Scenario

type Progress = Callable[[int, int], None]  # told (days lived, days in all)


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
    keep: Path | None = None,
) -> list[Run]:
    """Return one run a seed, in the order of the seeds, the same on any number of workers.

    seeds: how many, or which (`seeds.seeds_of`). workers: processes; all processors by default, 1 stays in this
    process. executor: any `concurrent.futures.Executor` in their place. ties, events, measure: as for `run`;
    `measure` must be a function at the top of a module. keep: folder of the runs that are done; what it has is not
    lived again (without ties, events and measure, which it does not hold). Raises InputError, processes.WorkerDied, or
    what a run raised; then, and on Ctrl-C, no worker is left.
    """
    from ..model.budget import within_budget

    scenario = within_budget(scenario)  # a policy that is refused is refused before any work
    how = (seeds_of(seeds), BURN_IN_DAYS + policy_days(scenario), workers, executor, progress)
    if keep is not None:
        from .kept import Kept, live_the_rest

        return [one for (one,) in live_the_rest(Kept(keep, (scenario,)), *how)]
    return live_all(partial(run, scenario, ties=ties, events=events, measure=measure), *how)


def live_all(
    call: Callable[..., Any],
    tasks: Sequence,
    days: int,
    workers: int | None = None,
    executor: Executor | None = None,
    progress: Progress | None = None,
    done: Callable[[int, Any], None] | None = None,
) -> list:
    """Return what `call(task, progress=…)` gives for each task, in their order: on processes, an executor, or here.

    tasks: seeds, or what other processes can be told; as text, what follows "the run of seed". days: lived in each.
    workers, executor, progress: as for `run_many`. done: told (place of a task, value) as values come, none of which
    is kept then; what it raises ends the work. Raises as `run_many`.
    """
    if workers is not None and workers < 1:
        raise InputError(f"workers: at least one is needed (got {workers})")
    workers = min(workers or os.process_cpu_count() or 1, len(tasks))
    told = _Days(progress, len(tasks), days)
    if executor is not None:
        return _live_on_executor(executor, call, tasks, told, done)
    if workers > 1:
        return live_on_processes(call, tasks, workers, told.lived, done=done)
    return _live_here(call, tasks, told, done)


class _Days:
    """Days lived over all tasks, passed on to whoever watches."""

    def __init__(self, progress: Progress | None, tasks: int, days: int):
        self.progress, self.days, self.all = progress, days, tasks * days
        self.so_far = 0
        self.by_task: dict[int, int] = {}

    def lived(self, slot: int, days: int) -> None:
        self.so_far += days - self.by_task.get(slot, 0)
        self.by_task[slot] = days
        if self.progress is not None:
            self.progress(self.so_far, self.all)


def _live_here(call: Callable, tasks: Sequence, days: _Days, done: Callable | None) -> list:
    values = []
    for slot, task in enumerate(tasks):
        value = call(task, progress=partial(days.lived, slot))
        if done is None:
            values.append(value)
        else:
            done(slot, value)
    return values


def _live_on_executor(executor: Executor, call: Callable, tasks: Sequence, days: _Days, done: Callable | None) -> list:
    """Return what an executor gives; of the tasks under way nothing is known until they are done."""
    slots = {executor.submit(call, task): slot for slot, task in enumerate(tasks)}
    values = {}
    try:
        for future in as_completed(list(slots)):
            slot, value = slots.pop(future), future.result()
            days.lived(slot, days.days)
            if done is None:
                values[slot] = value
            else:
                done(slot, value)
    finally:
        for future in slots:
            future.cancel()
    return [values[slot] for slot in sorted(values)]
