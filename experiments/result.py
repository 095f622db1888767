"""What several runs of one scenario gave, with its tables, its figure and its files."""

from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .. import __version__
from . import chance, equity_table, files, group_tables, provenance, summary
from .run import Run

if TYPE_CHECKING:
    import pandas
    from matplotlib.figure import Figure

    from ..scenarios.schema import Scenario
    from .money import Ledger


class Result:
    """Runs of one scenario, one a seed, in the order of their seeds."""

    def __init__(self, runs: Sequence[Run], ties: Path | None = None):
        self.runs = tuple(runs)
        self.ties = ties  # the user's GraphML file, if there was one

    def __repr__(self) -> str:
        from .show import plural

        seeds = provenance.seeds_text(self.seeds)
        return f"Result({self.scenario.name} in {self.place}, {plural(self.scenario.years, 'year')}, seeds {seeds})"

    @property
    def scenario(self) -> "Scenario":
        """The scenario all runs share."""
        return self.runs[0].scenario

    @property
    def seeds(self) -> list[int]:
        """The seed of each run."""
        return [run.seed for run in self.runs]

    @cached_property
    def place(self) -> str:
        """The name of the place, as a reader knows it."""
        return provenance.label_of(self.scenario)

    def summary(self) -> "pandas.DataFrame":
        """Return one row an outcome: means over seeds and the range of chance alone (docs/results.md)."""
        return summary.summary_table(self.runs)

    @cached_property
    def monthly(self) -> "pandas.DataFrame":
        """One row a seed and month, every outcome of the people simulated; the burn-in has negative months."""
        return summary.monthly_table(self.runs)

    @cached_property
    def groups(self) -> "pandas.DataFrame":
        """One row an outcome and group of people: rates, ratios and gaps (docs/results.md)."""
        return group_tables.group_table(self.runs)

    @cached_property
    def equity(self) -> "pandas.DataFrame":
        """One row an outcome, grouping and measure of inequality, with its interval (docs/equity.md)."""
        return equity_table.equity_table(self.runs)

    @cached_property
    def cascade(self) -> "pandas.DataFrame":
        """One row a pathway, group and step, from the first contact to a year in treatment (docs/results.md)."""
        return group_tables.cascade_table(self.runs)

    @cached_property
    def ledger(self) -> "Ledger":
        """What the runs keep for their bill, at the scenario's prices."""
        from .money import Ledger

        return Ledger.of_runs(self.runs, self.place)

    @cached_property
    def costs(self) -> "pandas.DataFrame":
        """One row an item and year: quantity, unit, price and amount, by payer; and health (docs/costs.md)."""
        return self.ledger.table

    @cached_property
    def events(self) -> "pandas.DataFrame":
        """One row an event; the runs must have kept theirs (`deflect.run(scenario, events=True)`)."""
        if self.runs[0].events is None:
            raise ValueError("these runs kept no events: run with events=True")
        return summary.event_table(self.runs)

    def json(self, folder: Path | None = None) -> str:
        """Return the summary as JSON text, with what it is a summary of; `folder` is where the files are."""
        first = self.runs[0]
        told = {
            "deflect": __version__,
            "place": self.place,
            "policy": self.scenario.name,
            "years": self.scenario.years,
            "seeds": self.seeds,
            "residents_simulated": first.residents,
            "place_population": first.place_population,
            "scenario_hash": self.scenario.hash,
            "interval": chance.LABEL,
            "folder": str(folder) if folder else None,
            "outcomes": summary.summary_rows(self.runs),
        }
        return files.json_text(told)

    def provenance(self) -> dict[str, Any]:
        """Return everything that made this result, and the command that makes it again."""
        return provenance.provenance(self.runs, self.ties)

    def figure(self, path: str | Path | None = None) -> "Figure":
        """Return the figure; with a path, write it there too (the suffix says as what: .png, .svg, .pdf)."""
        from .figure import draw, write

        figure = draw(self)
        if path is not None:
            write(figure, Path(path))
        return figure

    def save(self, folder: str | Path | None = None) -> Path:
        """Write all files of docs/results.md to a folder that is empty or new, and return it.

        By default `runs/<place>-<policy>`. Raises InputError when the folder is in use or cannot be written.
        """
        return files.write_whole(files.choose(folder, self.place, self.scenario.name), self._write)

    def _write(self, folder: Path) -> None:
        from .equity_figure import draw
        from .figure import write

        tables = {"summary": self.summary(), "groups": self.groups, "equity": self.equity, "cascade": self.cascade}
        for name, table in tables.items():
            table.to_csv(folder / f"{name}.csv", index=False, float_format="%.10g", lineterminator="\n")
        if self.runs[0].quantities is not None:
            from . import money, money_figure

            money.write_kept(folder, [self.ledger])
            money.write_table(self.costs, folder / "costs.csv")
            write(money_figure.draw_bill(self.ledger), folder / "costs.png")
        self.monthly.to_parquet(folder / "monthly.parquet", index=False, compression="zstd")
        if self.runs[0].events is not None:
            self.events.to_parquet(folder / "events.parquet", index=False, compression="zstd")
        self.figure(folder / "figure.png")
        if len(self.runs) > 1:  # of one run nobody knows how far chance alone makes a gap
            write(draw(self), folder / "equity.png")
        files.write_json(folder / "provenance.json", self.provenance())
