"""The same scenario with many seeds, on as many processes as there are: same bytes, order of the seeds."""

import os
from collections.abc import Callable, Iterable
from concurrent.futures import Executor, as_completed
from functools import partial
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
) -> list[Run]:
    """Return one run a seed, in the order of the seeds, the same on any number of workers.

    seeds: how many, or which (`seeds.seeds_of`). workers: processes; all processors by default, 1 stays in this
    process. executor: any `concurrent.futures.Executor` in their place. ties, events, measure: as for `run`;
    `measure` must be a function at the top of a module. Raises InputError, processes.WorkerDied, or what a run
    raised; then, and on Ctrl-C, no worker is left.
    """
    from ..model.budget import within_budget

    scenario = within_budget(scenario)  # a policy that is refused is refused before any work
    seeds = seeds_of(seeds)
    if workers is not None and workers < 1:
        raise InputError(f"workers: at least one is needed (got {workers})")
    workers = min(workers or os.process_cpu_count() or 1, len(seeds))
    call = partial(run, scenario, ties=ties, events=events, measure=measure)
    days = _Days(progress, len(seeds), BURN_IN_DAYS + policy_days(scenario))
    if executor is not None:
        return _live_on_executor(executor, call, seeds, days)
    if workers > 1:
        runs = live_on_processes(call, seeds, workers, days.lived)
    else:
        runs = [call(seed=seed, progress=partial(days.lived, slot)) for slot, seed in enumerate(seeds)]
    return runs


class _Days:
    """Days lived over all runs, passed on to whoever watches."""

    def __init__(self, progress: Progress | None, runs: int, days: int):
        self.progress, self.days, self.by_run = progress, days, [0] * runs

    def lived(self, slot: int, days: int) -> None:
        self.by_run[slot] = days
        if self.progress is not None:
            self.progress(sum(self.by_run), self.days * len(self.by_run))


def _live_on_executor(executor: Executor, call: partial, seeds: list[int], days: _Days) -> list[Run]:
    """Return what an executor gives; of the runs under way nothing is known until they are done."""
    futures = [executor.submit(call, seed=seed) for seed in seeds]
    slots = {future: slot for slot, future in enumerate(futures)}
    try:
        for future in as_completed(futures):
            future.result()
            days.lived(slots[future], days.days)
    finally:
        for future in futures:
            future.cancel()
    return [future.result() for future in futures]
