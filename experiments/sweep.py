"""A sweep: every run of a plan that is not there yet is lived, on this machine or any executor, and kept at once.

`sweep(plan, folder)` is a set difference and a loop. Runs that share a past are lived together; tasks of about a second
travel to the workers, and their rows come back to be written here, by one process only. So the end is the same whatever
happened on the way: a kill, a full disk, a lost worker cost the runs under way, and the next start lives those.
"""

import hashlib
import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Executor, Future, wait
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from ..scenarios import places as atlas
from ..scenarios.errors import InputError
from .many import Progress
from .plan import Asked, Plan, read_plan
from .processes import live_on_processes
from .run import BURN_IN_DAYS, policy_days
from .store import Store

if TYPE_CHECKING:
    import pandas

    from ..scenarios.schema import Scenario
    from .run import Run

TASK_SECONDS = 1.0  # a task aims at: shorter ones cost more to hand over than to live, longer ones lose more in a crash
TASK_RUNS = 100  # at most
RUN_SECONDS, PERSON_DAY_SECONDS = 0.15, 8e-9  # of a run, roughly: to cut tasks by, nothing depends on it
CHECKED = 20  # one run in so many is lived twice, and compared
IN_FLIGHT = 64  # tasks an executor is handed at a time
COSTS = ("health", "justice", "child_welfare", "programme", "all")


class Job(NamedTuple):
    """One run a worker is to live: plain values, so that it travels light."""

    key: str
    told: dict[str, Any]  # the scenario, as far as it is not the default
    seed: int
    monthly: tuple[str, ...]


class Task(NamedTuple):
    """Runs a worker lives in one go; those of a family share their past."""

    families: tuple[tuple[Job, ...], ...]

    def __str__(self) -> str:
        jobs = [job for family in self.families for job in family]
        return f"{jobs[0].seed} ({len(jobs)} runs, the first with key {jobs[0].key})"

    @property
    def jobs(self) -> list[Job]:
        """All runs of the task."""
        return [job for family in self.families for job in family]


def sweep(
    plan: "str | Path | dict | Plan",
    folder: str | Path,
    workers: int | None = None,
    *,
    executor: Executor | None = None,
    shard: tuple[int, int] = (1, 1),
    progress: Progress | None = None,
) -> "Sweep":
    """Live every run of a plan that the folder does not hold yet, and return the sweep.

    plan: a file, a mapping of the same words, or a Plan. workers: processes here, all processors by default, 1 stays in
    this process. executor: any `concurrent.futures.Executor` in their place. shard: (2, 10) lives the second tenth of
    the tasks only, for machines that share a folder. progress: told (lived, to live), in runs; where there are several
    places in the milliseconds they may take, as one may have a thousand times the people of another. Raises InputError;
    OSError where nothing can be written: what is there stays, and the same call goes on.
    """
    from ..agents.compiled import source_hash

    plan = read_plan(plan)
    if workers is not None and workers < 1:
        raise InputError(f"workers: at least one is needed (got {workers})")
    number, of = shard
    if not 1 <= number <= of:
        raise InputError(f"shard: write i/n with i from 1 to n (got {number}/{of})")
    store, code = Store(folder), source_hash()
    with store.locked(f"-{number}-{of}" if of > 1 else ""):
        keys, table = catalogue(plan, code)
        store.begin(plan, table, code)
        done = store.done()
        left = _work(plan, keys, done, shard)
        tasks = _tasks(plan, keys, done, shard)
        _Driver(store, left, progress).live(tasks, workers or os.process_cpu_count() or 1, executor)
        found = Sweep(folder)
        if of == 1 and found.state.lived == found.state.asked:
            store.finish()
    return found


class State(NamedTuple):
    """How far a sweep is."""

    asked: int
    lived: int
    failed: int
    running: bool


class Sweep:
    """A sweep in a folder: what was asked, what is there, and what could not be lived."""

    def __init__(self, folder: str | Path):
        self.store = Store.found(folder)

    def __repr__(self) -> str:
        state = self.state
        return f"Sweep({self.store.folder}: {state.lived:,} of {state.asked:,} runs)"

    @property
    def plan(self) -> Plan:
        """The plan the sweep was last begun with."""
        return read_plan(self.store.manifest["plan"])

    @property
    def state(self) -> State:
        """Runs asked for, there, failed, and whether somebody is at it now."""
        keys = set(self.store._catalogue(["key"]).column("key").to_pylist())
        failed = len(self.store.failures())
        return State(len(keys), len(keys & self.store.done()), failed, self.store.is_locked())

    @property
    def table(self) -> "pandas.DataFrame":
        """One row a run that is there: what was asked (number, key, place, policy, seed, values) and its outcomes.

        Outcomes are of the whole place: a count a year, a stock on an average day, a share itself. `cost_…` are
        discounted dollars of the whole run by payer, `qalys` the health lived in it.
        """
        return self.store.table()

    @property
    def failures(self) -> "pandas.DataFrame":
        """The runs that could not be lived: number, key, error."""
        return self.store.failures()


def catalogue(plan: Plan, code: str):
    """Return the key of every run in the order of their numbers, and the catalogue as an Arrow table."""
    import pyarrow

    columns: dict[str, list] = {name: [] for name in ("number", "key", "place", "policy", "seed", "point")}
    varied: dict[str, list] = {path: [] for path in plan.varied}
    facts = {place: atlas.digest(place) for place in plan.places}
    scenarios: tuple[tuple[int, int], list[str]] = ((-1, -1), [])
    for number in range(len(plan)):
        run = plan.asked(number)
        if scenarios[0] != (run.point, run.place):
            here = [plan.scenario(run.point, run.place, policy) for policy in range(len(plan.policies))]
            hashes = [one.hash for one in here]
            values = plan.values(run.point)
            scenarios = (run.point, run.place), hashes
        seed, place = plan.seed(run), plan.places[run.place]
        told = f"{scenarios[1][run.policy]} {facts[place]} {seed} {code} {' '.join(plan.monthly)}"
        row = (
            number,
            hashlib.sha256(told.encode()).hexdigest()[:20],
            place,
            plan.policies[run.policy].name,
            seed,
            run.point,
        )
        for name, value in zip(columns, row, strict=True):
            columns[name].append(value)
        for path in varied:
            varied[path].append(values[path])
    return columns["key"], pyarrow.table(columns | {path: _plain(found) for path, found in varied.items()})


def _plain(values: list) -> list:
    """Return values of one kind: numbers, or texts where they are mixed."""
    if all(isinstance(value, (int, float)) for value in values):
        return values if all(type(value) is type(values[0]) for value in values) else [float(value) for value in values]
    return [str(value) for value in values]


def _asked(plan: Plan, keys: Sequence[str], done: set[str], shard: tuple[int, int]) -> Iterator[list[Asked]]:
    """Yield the runs of this shard that are not there yet, those that share a past together."""
    number, of = shard
    for place, family in enumerate(plan.families()):
        asked = [run for run in family if keys[run.number] not in done]
        if place % of == number - 1 and asked:
            yield asked


def _work(plan: Plan, keys: Sequence[str], done: set[str], shard: tuple[int, int]) -> dict[str, int]:
    """Return {key: how much of the work} for what is to be lived: for progress, nothing else depends on it."""
    each = [1]
    if len(plan.places) > 1:
        each = [round(1000 * _guess(plan.scenario(0, place, 0))) for place in range(len(plan.places))]
    return {keys[run.number]: each[run.place] for asked in _asked(plan, keys, done, shard) for run in asked}


def _tasks(plan: Plan, keys: Sequence[str], done: set[str], shard: tuple[int, int]) -> Iterator[Task]:
    """Yield what is to be lived, cut into tasks of about a second."""
    waiting: list[tuple[Job, ...]] = []
    seconds, count = 0.0, 0
    for asked in _asked(plan, keys, done, shard):
        scenarios = [plan.scenario(run.point, run.place, run.policy) for run in asked]
        waiting.append(tuple(_job(plan, run, one, keys) for run, one in zip(asked, scenarios, strict=True)))
        seconds += sum(_guess(scenario) for scenario in scenarios)
        count += len(asked)
        if seconds >= TASK_SECONDS or count >= TASK_RUNS:
            yield Task(tuple(waiting))
            waiting, seconds, count = [], 0.0, 0
    if waiting:
        yield Task(tuple(waiting))


def _job(plan: Plan, run: Asked, scenario: "Scenario", keys: Sequence[str]) -> Job:
    told = scenario.model_dump(exclude_defaults=True)
    return Job(keys[run.number], told, plan.seed(run), plan.monthly)


def _guess(scenario: "Scenario") -> float:
    """Return about how long a run takes."""
    from ..model.build import simulated_residents

    people = simulated_residents(scenario, atlas.find(scenario.place))
    return RUN_SECONDS + PERSON_DAY_SECONDS * people * (BURN_IN_DAYS + policy_days(scenario))


class _Driver:
    """Hands tasks to workers and keeps what comes back."""

    def __init__(self, store: Store, work: dict[str, int], progress: Progress | None, call: Callable | None = None):
        self.store, self.work, self.progress = store, work, progress
        self.lived, self.all = 0, sum(work.values())
        self.call = call or live_task

    def live(self, tasks: Iterable[Task], workers: int, executor: Executor | None) -> None:
        if executor is None and workers == 1:
            for task in tasks:
                self.keep(self.call(task))
            return
        on = self._on_executor if executor is not None else self._on_processes
        lost = on(tasks, executor or workers)
        if lost:  # tasks whose worker died: each of their runs alone, to find the one that does it
            alone = [Task(((job,),)) for task in lost for job in task.jobs]
            for task in on(alone, executor or workers):
                self.keep([_failed(job, "its worker process died") for job in task.jobs])

    def keep(self, rows: list[dict[str, Any]]) -> None:
        self.store.add(rows)
        self.lived += sum(self.work[row["key"]] for row in rows)
        if self.progress is not None:
            self.progress(self.lived, self.all)

    def _on_processes(self, tasks: Iterable[Task], workers: int) -> list[Task]:
        handed: dict[int, Task] = {}
        lost: list[Task] = []

        def numbered() -> Iterator[Task]:
            for slot, task in enumerate(tasks):
                handed[slot] = task
                yield task

        def done(slot: int, rows: list[dict[str, Any]]) -> None:
            del handed[slot]
            self.keep(rows)

        def died(slot: int, why: str) -> None:
            lost.append(handed.pop(slot))

        live_on_processes(self.call, numbered(), workers, _no_days, done=done, died=died)
        return lost

    def _on_executor(self, tasks: Iterable[Task], executor: Executor) -> list[Task]:
        under_way: dict[Future, Task] = {}
        lost: list[Task] = []
        try:
            for task in tasks:
                under_way[executor.submit(self.call, task)] = task
                if len(under_way) >= IN_FLIGHT:
                    self._collect(under_way, lost)
            while under_way:
                self._collect(under_way, lost)
        finally:
            for future in under_way:
                future.cancel()
        return lost

    def _collect(self, under_way: dict[Future, Task], lost: list[Task]) -> None:
        for future in wait(under_way, return_when=FIRST_COMPLETED).done:
            task = under_way.pop(future)
            try:
                rows = future.result()
            except OSError:
                raise
            except Exception:  # the executor lost it: whatever a run raises is a row
                lost.append(task)
            else:
                self.keep(rows)


def _no_days(slot: int, days: int) -> None:
    """Days within a task are not shown: runs are."""


def live_task(task: Task, progress: Callable[[int], None] | None = None) -> list[dict[str, Any]]:
    """Live the runs of a task and return their rows; what a run raises becomes its row."""
    return [row for family in task.families for row in _live_family(family)]


def _live_family(family: Sequence[Job]) -> list[dict[str, Any]]:
    from ..scenarios.schema import Scenario
    from .branches import live_branches
    from .run import run

    try:
        scenarios = [Scenario.model_validate(job.told) for job in family]
        runs = live_branches(scenarios, seed=family[0].seed)
    except Exception as error:
        if len(family) > 1:  # each by itself, to find the one that does it
            return [row for job in family for row in _live_family([job])]
        return [_failed(family[0], f"{type(error).__name__}: {error}")]
    rows = []
    for job, scenario, lived in zip(family, scenarios, runs, strict=True):
        if int(job.key[:8], 16) % CHECKED == 0 and run(scenario, job.seed).digest != lived.digest:
            rows.append(_failed(job, "lived twice, it did not give the same bytes"))
        else:
            rows.append(_row(job, lived))
    return rows


def _failed(job: Job, error: str) -> dict[str, Any]:
    return {"key": job.key, "error": error}


def _row(job: Job, lived: "Run") -> dict[str, Any]:
    """Return what is kept of a run: plain values."""
    from ..model.outcomes import OUTCOMES
    from .compare_table import values
    from .money import Ledger

    money = Ledger.of_runs([lived], "").totals
    row = {
        "key": job.key,
        "error": "",
        "digest": lived.digest,
        "residents_simulated": lived.residents,
        "place_population": lived.place_population,
        "checked": int(job.key[:8], 16) % CHECKED == 0,
    }
    row |= {outcome.id: float(values(outcome, [lived])[0]) for outcome in OUTCOMES}
    row |= {f"cost_{payer}": float(money[payer][0]) for payer in COSTS} | {"qalys": float(money["qalys"][0])}
    return row | {f"monthly_{name}": [float(x) for x in lived.monthly[name]] for name in job.monthly}
