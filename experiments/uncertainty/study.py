"""A study of what is not known: the sweep that lives it, and the result with its tables, figures and files."""

import os
import shlex
import shutil
import tempfile
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import Executor
from functools import cached_property
from os import fspath
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from ... import __version__
from ...model.budget import price_of
from ...scenarios import places
from ...scenarios.errors import InputError
from .. import files
from ..many import Progress
from ..provenance import label_of, seeds_text
from ..sweep import sweep
from . import asked as asking
from .asked import Asked
from .decision import Decision
from .draws import Draws, read_draws
from .table import Row, rows

if TYPE_CHECKING:
    import pandas
    from matplotlib.figure import Figure

PLAUSIBLE = "plausible"  # the folder of the draws that are kept


class Uncertainty:
    """Two policies under everything that is not known: pairs of runs at each draw of the uncertain numbers.

    Differences are B - A. `folder` holds the runs; `save` writes the tables and figures there.
    """

    def __init__(self, asked: Asked, draws: Draws, central: Draws | None, folder: Path, failed: int = 0):
        self.asked, self.draws, self.central, self.folder, self.failed = asked, draws, central, folder, failed
        self.kept: tuple[float, float] | None = None  # the factors of `plausible`
        self.of = len(draws)  # draws that were lived

    def __repr__(self) -> str:
        from ..show import plural

        what = f"{self.labels[0]} and {self.labels[1]} in {self.place}, {plural(self.years, 'year')}"
        return f"Uncertainty({what}, {len(self.draws):,} draws: {self.message})"

    @property
    def labels(self) -> tuple[str, str]:
        """The names of the two policies."""
        a, b = self.asked.scenarios
        return a.name, b.name

    @property
    def place(self) -> str:
        """The name of the place, as a reader knows it."""
        return label_of(self.asked.scenarios[0])

    @property
    def years(self) -> int:
        """Years from the start of the policy."""
        return self.asked.scenarios[0].years

    @property
    def seeds(self) -> int:
        """Pairs of runs at each draw."""
        return len(self.asked.plan.seeds)

    @cached_property
    def rows(self) -> list[Row]:
        """One row an outcome, in the order of model/outcomes.py, then money and health."""
        return rows(self.draws, self.central)

    @cached_property
    def table(self) -> "pandas.DataFrame":
        """One row an outcome: difference, 95 % interval over draws, how likely B is better (docs/uncertainty.md)."""
        import pandas

        return pandas.DataFrame(self.rows, columns=list(Row._fields))

    @cached_property
    def decision(self) -> Decision:
        """The two policies in money and health."""
        return Decision(self.draws, price_of(self.asked.scenarios[0], ("wtp_per_qaly",)))

    @cached_property
    def value(self) -> "pandas.DataFrame":
        """What it is worth to know everything, each section, each number: for the choice at one dollar per QALY."""
        return self.decision.worth(self.asked.drawn)

    @cached_property
    def by_draw(self) -> "pandas.DataFrame":
        """One row a draw: the numbers drawn, level of deaths before the policy, A and B - A of every outcome."""
        import pandas

        from .components import means_of

        told = {"level_per_100k": self.draws.level, "pairs": np.isfinite(self.draws.values["qalys"].diff).sum(axis=1)}
        for name, pairs in self.draws.values.items():
            told |= {f"a_{name}": means_of(pairs.a), f"diff_{name}": means_of(pairs.diff)}
        told["net_benefit"] = self.decision.at_usual.draws
        outcomes = pandas.DataFrame(told, index=self.draws.parameters.index)
        return pandas.concat([self.draws.parameters, outcomes], axis=1).rename_axis("draw").reset_index()

    @property
    def published(self) -> tuple[float, str]:
        """Overdose deaths of all drugs per 100,000 residents a year in the place, and how this is known."""
        place = places.find(self.asked.scenarios[0].place)
        return place.death_rate_per_100k, place.death_rate_basis

    @property
    def message(self) -> str:
        """The one sentence: what B does to the outcome asked about, and how sure that is."""
        from .words import sentence

        return sentence(self.row)

    @property
    def row(self) -> Row:
        """The row of the outcome asked about."""
        return next(row for row in self.rows if row.outcome == self.asked.outcome)

    def plausible(self, low: float = 0.5, high: float = 2.0) -> "Uncertainty":
        """Return the same of the draws whose level of deaths is between `low` and `high` times the published rate.

        Deaths are expected overdose deaths in the year before the policy; published are deaths of all drugs. Raises
        InputError where fewer than eight draws are left.
        """
        if not 0 <= low < high:
            raise InputError(f"plausible: write two factors, the lower first, such as 0.5..2 (got {low:g}..{high:g})")
        rate = self.published[0]
        kept = (self.draws.level >= low * rate) & (self.draws.level <= high * rate)
        if kept.sum() < asking.FEWEST:
            raise InputError(
                f"plausible: {kept.sum()} of {len(kept)} draws have {low:g} to {high:g} times the published "
                f"{rate:.1f} deaths per 100,000; at least {asking.FEWEST} are needed"
            )
        found = Uncertainty(self.asked, self.draws.only(kept), self.central, self.folder, self.failed)
        found.kept, found.of = (low, high), len(kept)
        return found

    def fan(self) -> "Figure":
        """Return the figure of the outcome over time under A and B, and of the difference."""
        from .fan_figure import draw

        return draw(self)

    def plane(self) -> "Figure":
        """Return the cost-effectiveness plane."""
        from .money_figures import draw_plane

        return draw_plane(self)

    def acceptability(self) -> "Figure":
        """Return how likely B is worth its cost, over what one would pay for a QALY and for a death averted."""
        from .money_figures import draw_acceptability

        return draw_acceptability(self)

    def provenance(self) -> dict[str, Any]:
        """Return everything that made this study."""
        from ...agents.compiled import source_hash

        return {
            "deflect": __version__,
            "command": self.command(),
            "message": self.message,
            "code": source_hash(),
            "place": self.place,
            "policies": [{"name": one.name, "scenario_hash": one.hash} for one in self.asked.scenarios],
            "years": self.years,
            "residents_simulated": self.draws.residents,
            "place_population": self.draws.population,
            "draws": {"asked": self.asked.plan.points, "lived": self.of, "used": len(self.draws)},
            "plausible": list(self.kept) if self.kept else None,
            "runs_failed": self.failed,
            "plan_hash": self.asked.plan.hash,
            "plan": self.asked.plan.told,
            "central": self.asked.central.told,
            "drawn": [
                {name: getattr(one, name) for name in ("path", "row", "value", "low", "high", "unit", "quality")}
                for one in self.asked.drawn
            ],
        }

    def command(self) -> str:
        """Return the command that makes this study again."""
        plan = self.asked.plan
        sample, base = plan.told["sample"], dict(plan.told["base"])
        words = ["deflect", "uncertainty", *self.asked.names]
        for name in ("place", "years", "residents"):
            if name in base:
                words += [f"--{name}", str(base.pop(name))]
        words += ["--draws", str(sample["points"]), "--seeds", seeds_text(plan.seeds)]
        words += ["--draw-seed", str(sample["seed"])] * (sample["seed"] != 0)
        words += ["--outcome", self.asked.outcome] * (self.asked.outcome != asking.OUTCOME)
        for name in self.asked.over:
            words += ["--over", name]
        for path, value in base.items():
            words += ["--set", f"{path}={asking.as_text(value)}"]
        return shlex.join(words)

    def save(self) -> Path:
        """Write all files of docs/uncertainty.md to the folder, each whole, and return it."""
        folder = self.folder / PLAUSIBLE if self.kept else self.folder
        folder.mkdir(parents=True, exist_ok=True)
        _replace(folder, self._write)
        return folder

    def _write(self, folder: Path) -> None:
        import pandas

        from ..figure import write

        curves = pandas.concat([self.decision.acceptability(per) for per in ("qaly", "death")])
        tables = {"uncertainty": self.table, "draws": self.by_draw, "acceptability": curves, "value": self.value}
        for name, table in tables.items():
            table.to_csv(folder / f"{name}.csv", index=False, float_format="%.10g", lineterminator="\n")
        for name, figure in (("fan", self.fan()), ("plane", self.plane()), ("acceptability", self.acceptability())):
            write(figure, folder / f"{name}.png")
        files.write_json(folder / "provenance.json", self.provenance())


def _replace(folder: Path, fill: Callable[[Path], None]) -> None:
    """Fill a folder beside, then put its files in place one by one: each is whole, old or new."""
    beside = Path(tempfile.mkdtemp(dir=folder, prefix=".part-"))
    try:
        fill(beside)
        for path in sorted(beside.iterdir()):
            os.replace(path, folder / path.name)
    finally:
        shutil.rmtree(beside, ignore_errors=True)


def live(
    asked: Asked,
    folder: Path,
    workers: int | None = None,
    *,
    executor: Executor | None = None,
    progress: Progress | None = None,
) -> Uncertainty:
    """Live what is not lived yet of a study in its folder, and return it. Raises InputError, OSError."""
    folder.mkdir(parents=True, exist_ok=True)
    if asking.identity_of(folder) is None:
        _replace(folder, lambda path: files.write_json(path / asking.STUDY, asked.identity))
    runs = len(asked.central)

    def told(before: int, after: int) -> Progress | None:
        return None if progress is None else lambda lived, left: progress(before + lived, before + left + after)

    central = sweep(
        asked.central, folder / asking.CENTRAL_SWEEP, workers, executor=executor, progress=told(0, len(asked.plan))
    )
    found = sweep(asked.plan, folder / asking.SWEEP, workers, executor=executor, progress=told(runs, 0))
    middle = read_draws(central) if not central.state.failed else None
    return Uncertainty(asked, read_draws(found), middle, folder, found.state.failed)


def uncertainty(
    policy_a: "str | os.PathLike",
    policy_b: "str | os.PathLike",
    overrides: Mapping[str, object] | None = None,
    *,
    draws: int = asking.DRAWS,
    seeds: int | str | Iterable[int] = asking.SEEDS,
    over: Iterable[str] | str = (),
    outcome: str = asking.OUTCOME,
    draw_seed: int = 0,
    folder: str | os.PathLike | None = None,
    workers: int | None = None,
    executor: Executor | None = None,
    progress: Progress | None = None,
    **settings: object,
) -> Uncertainty:
    """Compare two policies under everything that is not known: every uncertain number drawn from its evidence.

    policy_a, policy_b: names or paths of files; differences are B - A. overrides, settings: as for `load`, the same for
    both; numbers set there, or by a policy, are taken as known. draws: points of a Latin hypercube. seeds: pairs of
    runs at each draw, with seeds of their own; at least two tell chance from ignorance. over: paths or sections
    ("prices") to draw, all by default. outcome: drawn over time. draw_seed: of the design. folder: where the runs are
    kept, one that is begun goes on; by default `runs/<place>-uncertainty-<A>-vs-<B>`. workers, executor, progress: as
    for `sweep`. Raises InputError.
    """
    asked = asking.ask(
        fspath(policy_a), fspath(policy_b), asking.texts_of(overrides, settings), draws, seeds, over, outcome, draw_seed
    )
    return live(asked, asked.folder(folder), workers, executor=executor, progress=progress)
