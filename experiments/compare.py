"""Two policies compared by runs of the same seed: the same people and the same draws in both.

A draw is named by person, day and decision (model/randomness.py). Under one seed, what a policy does not touch happens
alike in both runs, so that their difference holds far less luck than that of two runs of different seeds.
"""

import shlex
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Executor
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .. import __version__
from ..scenarios.errors import InputError
from ..scenarios.load import load
from . import compare_table, equity_table, files
from .differences import as_text, differences
from .many import Progress
from .pairs import live_pairs
from .precision import MOST, OUTCOME, Precision, live_until_precise
from .provenance import label_of, policy_label, seeds_text
from .result import Result
from .run import Run
from .seeds import seeds_of

if TYPE_CHECKING:
    import pandas
    from matplotlib.figure import Figure

    from ..scenarios.schema import Scenario
    from .money import Economics

SAME = ("place", "years", "residents")  # what both policies must be asked for


class Comparison:
    """Pairs of runs of two policies, a pair a seed. `a` and `b` are the Result of each; differences are B - A."""

    def __init__(
        self,
        a: Sequence[Run],
        b: Sequence[Run],
        asked: tuple[str, str] | None = None,
        precision: Precision | None = None,
    ):
        self.a, self.b = Result(a), Result(b)
        self.asked = asked  # the policies as the user named them
        self.precision = precision  # of the outcome that said how many pairs, if one did

    def __repr__(self) -> str:
        from .show import plural

        what = f"{self.labels[0]} and {self.labels[1]} in {self.place}, {plural(self.a.scenario.years, 'year')}"
        return f"Comparison({what}, {plural(len(self.seeds), 'seed')}: {self.message})"

    @property
    def seeds(self) -> list[int]:
        """The seed of each pair."""
        return self.a.seeds

    @property
    def place(self) -> str:
        """The name of the place, as a reader knows it."""
        return self.a.place

    @property
    def labels(self) -> tuple[str, str]:
        """The names of the two policies, marked where they were changed, told apart also where they are the same."""
        a, b = policy_label(self.a.scenario), policy_label(self.b.scenario)
        return (a, b) if a != b else (f"{a} (A)", f"{b} (B)")

    @cached_property
    def rows(self) -> list[compare_table.Row]:
        """One row an outcome, in the order of model/outcomes.py."""
        return compare_table.rows(self.a.runs, self.b.runs)

    @cached_property
    def headlines(self) -> list[compare_table.Row]:
        """The rows that are told first, with trust in police and cost beside them (experiments/families.py)."""
        return compare_table.headlines(self.a, self.b, self.rows)

    @cached_property
    def table(self) -> "pandas.DataFrame":
        """One row an outcome: means, difference and its 95 % interval (docs/results.md)."""
        import pandas

        return pandas.DataFrame(self.rows, columns=list(compare_table.Row._fields))

    @cached_property
    def pairs(self) -> "pandas.DataFrame":
        """One row an outcome and seed: the value under A and B, and their difference."""
        import pandas

        return pandas.DataFrame(
            compare_table.pairs(self.a.runs, self.b.runs), columns=["outcome", "seed", "a", "b", "diff"]
        )

    @cached_property
    def equity(self) -> "pandas.DataFrame":
        """One row an outcome, group or grouping, and measure: what B changes, and for whom (docs/equity.md)."""
        return equity_table.change_table(self.a.runs, self.b.runs)

    @cached_property
    def economics(self) -> "Economics":
        """The two policies in money and health (docs/costs.md)."""
        from .money import Economics

        return Economics(self.a.ledger, self.b.ledger, self.labels)

    @property
    def message(self) -> str:
        """The one sentence: what the policy does to expected overdose deaths, or that these runs cannot tell."""
        from .compare_text import headline, sentence

        return sentence(headline(self.rows), len(self.seeds))

    def json(self, folder: Path | None = None) -> str:
        """Return the table as JSON text, with what was compared; `folder` is where the files are."""
        first = self.a.runs[0]
        told = {
            "deflect": __version__,
            "place": self.place,
            "policy_a": self.a.scenario.name,
            "policy_b": self.b.scenario.name,
            "years": self.a.scenario.years,
            "seeds": self.seeds,
            "residents_simulated": first.residents,
            "place_population": first.place_population,
            "scenario_hash_a": self.a.scenario.hash,
            "scenario_hash_b": self.b.scenario.hash,
            "message": self.message,
            "interval": compare_table.LABEL,
            "until_precise": self._until_precise(),
            "folder": str(folder) if folder else None,
            "outcomes": [row._asdict() for row in self.rows],
        }
        return files.json_text(told)

    def provenance(self) -> dict[str, Any]:
        """Return everything that made this comparison: what differs, and the provenance of both sides."""
        told = differences(self.b.scenario, self.a.scenario)
        return {
            "deflect": __version__,
            "command": self.command(),
            "differences": [{"field": d.path, "a": d.base, "b": d.value, "unit": d.unit} for d in told],
            "until_precise": self._until_precise(),
            "a": self.a.provenance(),
            "b": self.b.provenance(),
        }

    def _until_precise(self) -> dict[str, Any] | None:
        found = self.precision
        return None if found is None else found._asdict() | {"reached": found.reached}

    def command(self) -> str | None:
        """Return the command that makes this comparison again; None where only the two runs' own commands can."""
        try:
            return self._command() if self.asked else None
        except InputError:  # a policy file that is gone
            return None

    def _command(self) -> str | None:
        scenarios = (self.a.scenario, self.b.scenario)
        words = ["deflect", "compare", *self.asked, "--seeds", seeds_text(self.seeds)]
        options = {name: getattr(scenarios[0], name) for name in SAME if getattr(scenarios[0], name) is not None}
        for name, value in options.items():
            words += [f"--{name}", str(value)]
        sets: dict[str, Any] = {}
        for asked, scenario in zip(self.asked, scenarios, strict=True):
            sets |= {d.path: d.value for d in differences(scenario, load(asked, options))}
        for path, value in sets.items():
            words += ["--set", f"{path}={as_text(value)}"]
        again = [f"{path}={as_text(value)}" for path, value in (options | sets).items()]
        same = all(load(asked, again).hash == one.hash for asked, one in zip(self.asked, scenarios, strict=True))
        return shlex.join(words) if same else None

    def figure(self, path: str | Path | None = None, *, everything: bool = False) -> "Figure":
        """Return the figure of the headline outcomes, or of everything that differs; with a path, write it there too.

        The suffix says as what: .png, .svg, .pdf.
        """
        from .compare_figure import draw
        from .figure import write

        figure = draw(self, everything)
        if path is not None:
            write(figure, Path(path))
        return figure

    def save(self, folder: str | Path | None = None) -> Path:
        """Write all files of docs/results.md to a folder that is empty or new, and return it.

        By default `runs/<place>-<A>-vs-<B>`. Raises InputError when the folder is in use or cannot be written.
        """
        return files.write_whole(folder_for(folder, self.a.scenario, self.b.scenario), self._write)

    def _write(self, folder: Path) -> None:
        from .equity_figure import draw_changes
        from .figure import write

        for name, table in (("comparison", self.table), ("pairs", self.pairs), ("equity", self.equity)):
            table.to_csv(folder / f"{name}.csv", index=False, float_format="%.10g", lineterminator="\n")
        if self.a.runs[0].quantities is not None:
            from . import money, money_figure

            money.write_kept(folder, [self.a.ledger, self.b.ledger])
            money.write_table(self.economics.table, folder / "economics.csv")
            write(money_figure.draw_economics(self.economics), folder / "economics.png")
        self.figure(folder / "comparison.png")
        self.figure(folder / "comparison_all.png", everything=True)
        write(draw_changes(self), folder / "equity.png")
        files.write_json(folder / "provenance.json", self.provenance())


def folder_for(out: str | Path | None, a: "Scenario", b: "Scenario") -> Path:
    """Return the folder a comparison will be written to; nothing is made yet. Raises InputError."""
    return files.choose(out, label_of(a), versus(a, b))


def check_same(a: "Scenario", b: "Scenario") -> None:
    """Refuse two policies that say different places, years or residents."""
    told = [(name, getattr(a, name), getattr(b, name)) for name in SAME if getattr(a, name) != getattr(b, name)]
    if told:
        what = " and ".join(f"{name} {_said(ours)} and {_said(theirs)}" for name, ours, theirs in told)
        options = ", ".join(f"--{name}" for name, *_ in told)
        raise InputError(f"{a.name} and {b.name} say {what}: choose one for both with {options}")
    told = [d for d in differences(b, a) if d.path.startswith("prices.")]
    if told:
        raise InputError(f"{a.name} and {b.name} say different {told[0].path}: set it for both with --set")


def _pair_seeds(asked: int | str | Iterable[int]) -> list[int]:
    """Return the seeds of the pairs; InputError when they are too few for an interval."""
    seeds = seeds_of(asked)
    if len(seeds) < compare_table.FEWEST:
        raise InputError(
            f"seeds: a comparison needs at least five pairs of runs (got {len(seeds)}), such as --seeds 10"
        )
    return seeds


def compare_scenarios(
    a: "Scenario",
    b: "Scenario",
    seeds: int | str | Iterable[int],
    workers: int | None = None,
    *,
    executor: Executor | None = None,
    progress: Progress | None = None,
    asked: tuple[str, str] | None = None,
    until_precise: float | None = None,
    outcome: str = OUTCOME,
    most: int = MOST,
    told: Callable[[Precision], None] | None = None,
    keep: Path | None = None,
) -> Comparison:
    """Return the pairs of runs of two scenarios; the same bytes on any number of workers.

    seeds, workers, executor, progress: as for `many.run_many`. asked: the policies as the user named them, for the
    provenance. until_precise: go on after `seeds`, to `most` pairs, until the 95 % interval of the difference in
    `outcome` is narrower than ± this part of its mean under A; told: each look at it (experiments/precision.py).
    keep: folder of the runs that are done; what it has is not lived again.
    Raises InputError, processes.WorkerDied, or what a run raised; then, and on Ctrl-C, no worker is left.
    """
    from ..model.budget import within_budget

    check_same(a, b)
    policies = within_budget(a), within_budget(b)
    seeds = _pair_seeds(seeds)
    how = dict(workers=workers, executor=executor, progress=progress, keep=keep)
    found = None
    if until_precise is None:
        pairs = live_pairs(policies, seeds, **how)
    else:
        pairs, found = live_until_precise(policies, seeds, until_precise, outcome, most, told=told, **how)
    return Comparison(*zip(*pairs, strict=True), asked, found)


def versus(a: "Scenario", b: "Scenario") -> str:
    return f"{a.name[:25]}-vs-{b.name[:25]}"


def _said(value: object) -> str:
    return "nothing" if value is None else str(value)
