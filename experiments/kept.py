"""Runs kept as files while others are under way: work that was stopped goes on where it was."""

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from zipfile import BadZipFile

import numpy as np

from ..agents.compiled import source_hash
from .branches import live_branches, share_past
from .run import Run, policy_days, run

if TYPE_CHECKING:
    from ..scenarios.schema import Scenario

TABLES = ("monthly", "groups", "neighbourhoods", "cascade", "quantities")  # of a run: arrays by name, or None
COUNTS = ("seed", "days", "residents", "place_population")


@dataclass(frozen=True)
class Kept:
    """Lives some scenarios with a seed, or reads the runs that the folder has of them; takes the place of a call."""

    folder: Path
    scenarios: "tuple[Scenario, ...]"

    def __call__(self, seed: int, *, progress: Callable[[int], None] | None = None) -> list[Run]:
        """Return the run of each scenario, the same bytes whether it was lived now or before."""
        paths = [self.folder / f"{one.hash[:16]}-{source_hash()}-{seed}.npz" for one in self.scenarios]
        there = [read(path, scenario) for path, scenario in zip(paths, self.scenarios, strict=True)]
        if all(there):
            return there
        if share_past(self.scenarios):
            runs = live_branches(self.scenarios, seed, progress=progress)
        else:
            runs = [run(scenario, seed) for scenario in self.scenarios]
        for path, one in zip(paths, runs, strict=True):
            write(one, path)
        return runs


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
