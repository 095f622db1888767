"""A full factorial of policies: every combination of some factors, paired by seed, and what they do to one another.

A factor is a policy whose levers are added to a base. With k factors there are 2^k cells, all lived by the same people
with the same luck. From them come, outcome by outcome: what each factor does alone, what all do together, whether that
is more or less than the sum (reinforcement), the classical main effects and interactions, and Shapley shares.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import Executor
from functools import cached_property
from itertools import combinations
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from ..scenarios.errors import InputError
from ..scenarios.load import load
from . import compare_table, files
from .branches import check_one_past, days_of
from .differences import as_text, differences
from .factorial_provenance import provenance
from .kept import Kept, live_the_rest
from .many import Progress
from .provenance import label_of
from .run import Run
from .seeds import seeds_of

if TYPE_CHECKING:
    import pandas
    from matplotlib.figure import Figure

    from ..scenarios.schema import Scenario

AREAS = ("families", "trauma_informed", "officer_wellbeing", "community_engagement")
BASE = "full_deflection"
MOST = 6  # factors: 64 cells
HEADINGS = ("sum of each alone", "all together", "together less the sum")


def cells_of(base: str, factors: Sequence[str], overrides=None, **settings) -> list["Scenario"]:
    """Return the scenario of every cell; bit i of its number says whether factor i is in force.

    base, factors: names or files of policies. A factor's levers are those in which it differs from the defaults.
    Raises InputError where two factors set one lever to different values, or a factor sets nothing.
    """
    if not 1 < len(factors) <= MOST:
        raise InputError(f"factors: from 2 to {MOST} are needed (got {len(factors)})")
    if len(set(factors)) < len(factors):
        raise InputError(f"factors: each once (got {', '.join(factors)})")
    told = [_levers(factor) for factor in factors]
    for (one, levers), (other, more) in combinations(zip(factors, told, strict=True), 2):
        for path in levers.keys() & more.keys():
            if levers[path] != more[path]:
                raise InputError(
                    f"{path}: is {levers[path]} in {one} and {more[path]} in {other}; factors may not disagree"
                )
    texts = _texts(overrides) + _texts(settings)
    fixed = {text.partition("=")[0] for text in texts}
    start = load(base, texts)
    cells = []
    for number in range(2 ** len(factors)):
        levers, names = {}, []
        for i, factor in enumerate(factors):
            if number >> i & 1:
                levers |= told[i]
                names.append(Path(factor).stem)
        free = {path: value for path, value in levers.items() if path not in fixed}
        cell = load(base, texts + _texts(free))
        cells.append(cell.model_copy(update={"name": "+".join(names) or start.name}))
    check_one_past(cells)
    return cells


def _texts(overrides) -> list[str]:
    """Return overrides as `--set` takes them: KEY=VALUE."""
    if isinstance(overrides, dict):
        return [f"{path}={as_text(value)}" for path, value in overrides.items()]
    return list(overrides or [])


def _levers(factor: str) -> dict[str, Any]:
    scenario = load(factor)
    if scenario.changes:
        raise InputError(f"{factor}: a factor has no dated changes")
    found = {d.path: d.value for d in differences(scenario) if "." in d.path}
    if not found:
        raise InputError(f"{factor}: changes nothing, so it is no factor")
    return found


class Factorial:
    """Runs of every cell and seed: `runs[seed][cell]`. Values are of the whole place, counts a year."""

    def __init__(self, factors: Sequence[str], runs: Sequence[Sequence[Run]]):
        self.factors = [Path(factor).stem for factor in factors]
        self.runs = [list(row) for row in runs]

    def __repr__(self) -> str:
        return f"Factorial({' x '.join(self.factors)} on {self.base.name} in {self.place}, {len(self.seeds)} seeds)"

    @property
    def seeds(self) -> list[int]:
        """The seed of each row of runs."""
        return [row[0].seed for row in self.runs]

    @property
    def base(self) -> "Scenario":
        """The scenario with no factor in force."""
        return self.runs[0][0].scenario

    @property
    def place(self) -> str:
        """The name of the place, as a reader knows it."""
        return label_of(self.base)

    @property
    def message(self) -> str:
        """The one sentence: do they reinforce each other?"""
        from .factorial_figure import drawn, title

        return title(drawn(self))

    def values(self, outcome: str) -> np.ndarray:
        """Return one outcome, shape (seeds, cells)."""
        from ..model.outcomes import outcome as find

        return np.array([compare_table.values(find(outcome), row) for row in self.runs])

    def terms(self, outcome: str) -> dict[str, np.ndarray]:
        """Return every term of one outcome by name, shape (seeds,) each; see `table`."""
        values = self.values(outcome)
        crumbs = compare_table.ROUNDING * float(np.abs(np.nan_to_num(values)).mean())
        return {
            name: np.where(np.abs(found) < crumbs, 0.0, found) for name, found in terms(values, self.factors).items()
        }

    @cached_property
    def table(self) -> "pandas.DataFrame":
        """One row an outcome and term: kind, name, estimate and its 95 % interval over seeds.

        Kinds: `alone` a factor on the base; `together` all of them; `sum of alone`; `reinforcement` together less
        that sum; `effect` the classical main effect or interaction, half the difference of halves; `shapley` a
        factor's fair share of together.
        """
        import pandas

        from ..model.outcomes import OUTCOMES

        rows = []
        for outcome in OUTCOMES:
            base = self.values(outcome.id)[:, 0]
            for name, found in self.terms(outcome.id).items():
                kind, _, what = name.partition(": ")
                known = found[np.isfinite(found)]
                low, high = compare_table.interval(known)
                mean = float(known.mean()) if len(known) else math.nan
                rows.append((outcome.id, kind, what, mean, low, high, float(np.mean(base)), len(known), outcome.unit))
        columns = ["outcome", "kind", "term", "estimate", "low", "high", "base", "seeds", "unit"]
        return pandas.DataFrame(rows, columns=columns)

    @cached_property
    def cells(self) -> "pandas.DataFrame":
        """One row an outcome, seed and cell: which factors are in force, and the value."""
        import pandas

        from ..model.outcomes import OUTCOMES

        rows = []
        for outcome in OUTCOMES:
            values = self.values(outcome.id)
            for s, seed in enumerate(self.seeds):
                for cell in range(values.shape[1]):
                    on = [cell >> i & 1 for i in range(len(self.factors))]
                    rows.append((outcome.id, seed, *on, float(values[s, cell])))
        return pandas.DataFrame(rows, columns=["outcome", "seed", *self.factors, "value"])

    def figure(self, path: str | Path | None = None) -> "Figure":
        """Return the figure; with a path, write it there too."""
        from .factorial_figure import draw
        from .figure import write

        figure = draw(self)
        if path is not None:
            write(figure, Path(path))
        return figure

    def save(self, folder: str | Path | None = None) -> Path:
        """Write factorial.csv, cells.csv, factorial.png and .svg, provenance.json to a folder that is empty or new."""
        chosen = files.choose(folder, self.place, f"factorial-{self.base.name}")
        return files.write_whole(chosen, self._write)

    def _write(self, folder: Path) -> None:
        for name, table in (("factorial", self.table), ("cells", self.cells)):
            table.to_csv(folder / f"{name}.csv", index=False, float_format="%.10g", lineterminator="\n")
        self.figure(folder / "factorial.png")
        files.write_json(folder / "provenance.json", provenance(self))


def terms(values: np.ndarray, factors: Sequence[str]) -> dict[str, np.ndarray]:
    """Return every term of a factorial from values of shape (seeds, 2^k): name -> shape (seeds,).

    Effects: Box, Hunter and Hunter (2005); shares: Shapley (1953), over all orders of adding the factors.
    """
    k, cells = len(factors), np.arange(values.shape[1])
    base = values[:, 0]
    alone = {factor: values[:, 1 << i] - base for i, factor in enumerate(factors)}
    found = {f"alone: {factor}": change for factor, change in alone.items()}
    together, total = values[:, -1] - base, sum(alone.values())
    found |= {"together: all": together, "sum of alone: all": total, "reinforcement: all": together - total}
    for size in range(1, k + 1):
        for chosen in combinations(range(k), size):
            sign = np.ones(len(cells))
            for i in chosen:
                sign *= np.where(cells >> i & 1, 1.0, -1.0)
            found[f"effect: {' x '.join(factors[i] for i in chosen)}"] = values @ sign / 2 ** (k - 1)
    for i, factor in enumerate(factors):
        without = cells[(cells >> i & 1) == 0]
        sizes = [int(cell).bit_count() for cell in without]
        weight = np.array([math.factorial(s) * math.factorial(k - 1 - s) / math.factorial(k) for s in sizes])
        found[f"shapley: {factor}"] = (values[:, without | 1 << i] - values[:, without]) @ weight
    return found


def factorial(
    *factors: str,
    base: str = BASE,
    overrides: Mapping[str, object] | Sequence[str] | None = None,
    seeds: int | str | Iterable[int] = 10,
    workers: int | None = None,
    executor: Executor | None = None,
    progress: Progress | None = None,
    keep: str | PathLike | None = None,
    **settings: object,
) -> Factorial:
    """Live every combination of some policies on a base, paired by seed; the burn-in of a seed is lived once.

    factors, base: names or files of policies; by default the four areas on `full_deflection`. overrides, settings: as
    for `load`, for every cell. seeds: how many, or which; at least five. workers, executor, progress: as for `run`.
    keep: folder of the runs that are done; what it has is not lived again. Raises InputError.
    """
    from ..model.budget import within_budget

    factors = factors or AREAS
    cells = [within_budget(cell) for cell in cells_of(base, factors, overrides, **settings)]
    chosen = seeds_of(seeds)
    if len(chosen) < compare_table.FEWEST:
        raise InputError(f"seeds: a factorial needs at least five (got {len(chosen)}), such as --seeds 10")
    lives = Kept(None if keep is None else Path(keep), tuple(cells))
    runs = live_the_rest(lives, chosen, days_of(cells), workers, executor, progress)
    return Factorial(factors, runs)


def show(result: Factorial, folder: Path, console) -> None:
    """Print where the figure is, and for each outcome drawn what all do together and how that differs from the sum."""
    from . import show as shown
    from .factorial_figure import drawn, span

    rows = drawn(result)
    first = result.runs[0][0]
    plain = dict(highlight=False, markup=False)
    console.print(str(folder / "factorial.png"), soft_wrap=True, **plain)
    console.print(f"\n{result.message}", style="bold", **plain)
    console.print(
        f"{', '.join(result.factors)} in every combination on top of {result.base.name}: {result.place}, "
        f"{shown.plural(result.base.years, 'year')} from the start of the policy, "
        f"{shown.plural(len(result.seeds), 'seed')}, {first.residents:,} people simulated for "
        f"{first.place_population:,} residents. Changes in % of {result.base.name}, with 95 % intervals.\n",
        **plain,
    )
    listed = shown.table("", *HEADINGS, "", right=HEADINGS)
    for row in rows:
        verdict = "cannot tell" if not row["clear"] else "more than the sum" if row["more"] else "less than the sum"
        verdict = "same" if row["extra"] == (0, 0, 0) else verdict
        listed.add_row(row["title"], *(span(row[name]) for name in ("sum", "all", "extra")), verdict)
    console.print(listed, highlight=False)
    console.print(
        "\nIntervals are chance alone; what is not known about the numbers behind the model comes on top. With this "
        "many outcomes about one in twenty differs by luck. The files have every outcome and interaction.",
        style="italic",
        **plain,
    )
    shown.written(folder, console)
