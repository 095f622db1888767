"""The runs of a search: each generation, and the confirmation, is a sweep of its own in the search's folder.

A sweep that is there is read and not lived again, so that a search that was stopped goes through the same course once
more, quickly, until it comes to runs that are missing.
"""

from collections.abc import Mapping, Sequence
from concurrent.futures import Executor
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from ..many import Progress
from ..sweep import Sweep, sweep
from .loop import Values
from .objectives import PRICE
from .question import Question
from .space import Mix

if TYPE_CHECKING:
    import pandas

GENERATIONS, CONFIRM = "generations", "confirm"
EXPECTED = 16  # mixes on the front, before it is known: for the time that is left


class Runs:
    """Lives the mixes of a search by sweeps, and reads what came of them."""

    def __init__(
        self,
        question: Question,
        folder: Path,
        workers: int | None = None,
        executor: Executor | None = None,
        progress: Progress | None = None,
    ):
        self.question, self.folder = question, folder
        self.workers, self.executor, self.progress = workers, executor, progress
        self.lived, self.people = 0, (0, 0)  # runs so far; residents simulated, and of the place
        self.base: dict[int, np.ndarray] = {}  # the base's values in the search, by place of the objective

    def generation(self, number: int, mixes: Sequence[Mix]) -> list[Values]:
        """Live a generation, the base with the first one, and return its differences to the base; less is better."""
        space, first = self.question.space, number == 0
        points = [space.of_base] * first + [space.values(mix) for mix in mixes]
        table = self._live(
            f"{GENERATIONS}/{number:03}", points, self.question.seeds, self._left_of_search() - len(points)
        )
        prices = [0.0] * first + [space.price(mix) for mix in mixes]
        values = [self.values(table, point, price) for point, price in enumerate(prices)]
        if first:
            self.base = values.pop(0)
        return [self._told(one) for one in values]

    def confirm(self, points: Sequence[Mapping[str, Any]]) -> "pandas.DataFrame":
        """Live points with the fresh seeds, and return the table of the sweep."""
        return self._live(CONFIRM, points, self.question.fresh_seeds, 0)

    def values(self, table: "pandas.DataFrame", point: int, price: float) -> dict[int, np.ndarray]:
        """Return {place of the objective: value of each run} of a point, in the order of the seeds."""
        rows = table[table.point == point].sort_values("seed")
        years = self.question.base.years
        return {
            place: np.full(len(rows), price) if goal.id == PRICE else goal.of(rows, years)
            for place, goal in enumerate(self.question.objectives)
        }

    def _told(self, values: dict[int, np.ndarray]) -> Values:
        found = []
        for place, goal in enumerate(self.question.objectives):
            differences = values[place] - self.base[place]
            known = differences[np.isfinite(differences)]
            found.append(goal.sign * float(known.mean()) if len(known) else float("nan"))
        return tuple(found)

    def _left_of_search(self) -> int:
        """Return how many points of the search are not lived yet."""
        return self.question.trials + 1 - self.lived // len(self.question.seeds)

    def _live(self, name: str, points: Sequence[Mapping[str, Any]], seeds: Sequence[int], after: int):
        """Live points that set the same numbers; after: points of the search that come later."""
        question = self.question
        plan = {
            "name": f"{question.name}, {name}",
            "base": question.settings | {"budget.dollars_per_year": None},
            "policies": [question.policy],
            "seeds": list(seeds),
            "points": [dict(point) for point in points],
        }
        runs, before = len(points) * len(seeds), self.lived
        later = 0
        if name != CONFIRM:
            later = after * len(question.seeds) + (EXPECTED + len(question.references)) * question.confirm
        found = sweep(
            plan, self.folder / name, self.workers, executor=self.executor, progress=self._told_of(before, runs, later)
        )
        self.lived = before + runs
        return self._table(found)

    def _told_of(self, before: int, runs: int, later: int) -> Progress | None:
        if self.progress is None:
            return None
        return lambda lived, left: self.progress(before + runs - left + lived, before + runs + later)

    def _table(self, found: Sweep) -> "pandas.DataFrame":
        failures = found.failures
        if len(failures):
            raise RuntimeError(f"{found.store.folder}: {len(failures)} runs could not be lived: {failures.error[0]}")
        table = found.table
        self.people = int(table.residents_simulated.iloc[0]), int(table.place_population.iloc[0])
        return table
