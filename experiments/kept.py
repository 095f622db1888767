"""Runs kept as files while others are under way: work that was stopped goes on where it was."""

import hashlib
import os
from collections.abc import Callable, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Protocol
from zipfile import BadZipFile

import numpy as np

from ..agents.compiled import source_hash
from .branches import live_branches, share_past
from .many import Progress, live_all
from .run import Run, policy_days, run

if TYPE_CHECKING:
    from ..scenarios.schema import Scenario

TABLES = ("monthly", "groups", "neighbourhoods", "cascade", "quantities")  # of a run: arrays by name, or None
COUNTS = ("seed", "days", "residents", "place_population")


class Lives[Task, Found](Protocol):
    """What lives a task, or knows that it was lived before."""

    def there(self, task: Task) -> Found | None:
        """Return what was lived before and kept; None where there is none."""

    def __call__(self, task: Task, *, progress: Callable[[int], None] | None = None) -> Found:
        """Live the task and keep what comes of it."""


@dataclass(frozen=True)
class Kept:
    """Lives some scenarios with a seed, and keeps the runs in a folder; in None nothing is kept."""

    folder: Path | None
    scenarios: "tuple[Scenario, ...]"

    def there(self, seed: int) -> list[Run] | None:
        """Return the run of each scenario, the same bytes as if lived now; None unless the folder has them all."""
        if self.folder is None or not self.folder.is_dir():
            return None
        runs = [read(path, scenario) for path, scenario in zip(self._paths(seed), self.scenarios, strict=True)]
        return runs if all(runs) else None

    def __call__(self, seed: int, *, progress: Callable[[int], None] | None = None) -> list[Run]:
        """Return the run of each scenario."""
        if share_past(self.scenarios):
            runs = live_branches(self.scenarios, seed, progress=progress)
        else:
            runs = [run(scenario, seed) for scenario in self.scenarios]
        if self.folder is not None:
            for path, one in zip(self._paths(seed), runs, strict=True):
                write(one, path)
        return runs

    def _paths(self, seed: int) -> list[Path]:
        """Return a file for each run, named by all that its bytes depend on."""
        from ..scenarios import places as atlas

        code = source_hash()
        told = [f"{one.hash} {atlas.digest(one.place)} {code}" for one in self.scenarios]
        return [self.folder / f"{hashlib.sha256(text.encode()).hexdigest()[:20]}-{seed}.npz" for text in told]


def live_the_rest[Task, Found](
    lives: Lives[Task, Found],
    tasks: Sequence[Task],
    days: int,
    workers: int | None = None,
    executor: Executor | None = None,
    progress: Progress | None = None,
    done: Callable[[int, Found], None] | None = None,
) -> list[Found]:
    """Return what was kept of the tasks, and live the others: the same values in the same order. As `many.live_all`.

    Progress begins with what is there, so that the time left is that of the rest.
    """
    values = {slot: found for slot, task in enumerate(tasks) if (found := lives.there(task)) is not None}
    left = [slot for slot in range(len(tasks)) if slot not in values]
    before, in_all = len(values) * days, len(tasks) * days

    def lived(so_far: int, _: int) -> None:
        progress(before + so_far, in_all)

    if done is not None:
        for slot, found in values.items():
            done(slot, found)
    rest = left and live_all(
        lives,
        [tasks[slot] for slot in left],
        days,
        workers,
        executor,
        lived if progress else None,
        done and (lambda place, found: done(left[place], found)),
    )
    if done is not None:
        return []
    values |= dict(zip(left, rest, strict=True))
    return [values[slot] for slot in range(len(tasks))]


def write(one: Run, path: Path) -> None:
    """Write a run that kept neither events nor a world; the file appears whole."""
    arrays = {"digest": one.digest, "code": one.code} | {name: getattr(one, name) for name in COUNTS}
    arrays |= {f"outcomes/{name}": value for name, value in one.outcomes.items()}
    for table in TABLES:
        arrays |= {f"{table}/{name}": values for name, values in (getattr(one, table) or {}).items()}
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(f"{path.name}.{os.getpid()}.part")
    with beside.open("wb") as file:
        np.savez(file, **{name: np.asarray(value) for name, value in arrays.items()})
    beside.replace(path)


def read(path: Path, scenario: "Scenario") -> Run | None:
    """Return the run of a scenario that a file holds; None where there is no whole one of its length."""
    try:
        with np.load(path, allow_pickle=False) as file:
            arrays = {name: file[name] for name in file.files}
    except (OSError, ValueError, BadZipFile):
        return None
    tables: dict[str, dict] = {name: {} for name in (*TABLES, "outcomes")}
    for name, values in arrays.items():
        table, below, key = name.partition("/")
        if below:
            tables[table][key] = float(values) if table == "outcomes" else values
    found = Run(
        scenario=scenario,
        **{name: int(arrays[name]) for name in COUNTS},
        digest=str(arrays["digest"]),
        code=str(arrays["code"]),
        outcomes=tables.pop("outcomes"),
        **{name: values or None for name, values in tables.items()},
    )
    return found if found.days == policy_days(scenario) else None
