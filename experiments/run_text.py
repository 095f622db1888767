"""A result in words: the sentence, the table of what matters first, and where the rest is."""

import textwrap
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console
from rich.markup import escape

from .differences import as_text
from .provenance import changes, policy_label
from .result import Result
from .show import amount, number, plural, span, table, written

if TYPE_CHECKING:
    from ..scenarios.schema import Scenario

GAPS_OF = ("deaths", "overdoses", "arrests", "entries", "acceptances", "call_share")  # outcomes told by group
GAPS_SHOWN = 2
CHANGES_SHOWN = 4
WIDTH = 100
CHANCE, RATE = "by chance, 95 %", "per 100,000 a year"


def show(result: Result, out: Console, folder: Path | None = None, everything: bool = False) -> None:
    """Print what a result gave: the sentence, its headline outcomes or everything, and what the intervals leave out.

    folder: where the files are.
    """
    from .families import by_family, chosen
    from .summary import beside_rows, summary_rows

    first, rows, years = result.runs[0], summary_rows(result.runs), result.scenario.years
    if folder:
        out.print(str(folder / "figure.png"), soft_wrap=True, highlight=False, markup=False)
        out.print()
    out.print(f"[bold]{escape(sentence(result))}[/]", width=WIDTH, highlight=False)
    _paragraph(
        f"{result.place}, {policy_label(result.scenario)}: {plural(years, 'year')} from the start of the policy, "
        f"{plural(len(result.runs), 'seed')}, {first.residents:,} people simulated for {first.place_population:,} "
        f"residents. Counts are a year, people on an average day.{_changes(result.scenario)}",
        out,
    )
    never = [row["title"] for row in rows if row["mean"] == 0 or row["seeds"] == 0]
    told = [row for row in (*rows, *beside_rows(result)) if row["title"] not in never]
    listed = table("", "mean", CHANCE, "unit", RATE, right=("mean", CHANCE, RATE))
    for heading, group in by_family(told, _id) if everything else [("", chosen(told, _id))]:
        if heading:
            listed.add_row(f"[bold]{heading}[/]")
        for row in group:
            listed.add_row(*_cells(row))
    out.print()
    out.print(listed, highlight=False)
    out.print()
    if never and everything:
        _paragraph(f"Nothing to count here (all outcomes are in summary.csv): {', '.join(never)}", out)
    if not everything:
        where = f" in {folder / 'summary.csv'}" if folder else ""
        out.print(f"{len(rows)} outcomes{where}; --all prints them.", soft_wrap=True, highlight=False)
    for line in gap_lines(result):
        out.print(line)
    out.print()
    _paragraph(_caption(result), out, "italic")
    if folder:
        written(folder, out)


def _changes(scenario: "Scenario") -> str:
    """Return what was changed in a policy that comes with the project, the first few of it."""
    if policy_label(scenario) == scenario.name:
        return ""
    told = [f"{d.path} {as_text(d.value)}" for d in changes(scenario, scenario.name)]
    more = f" and {len(told) - CHANGES_SHOWN} more" if len(told) > CHANGES_SHOWN else ""
    return f" Changed in the policy: {', '.join(told[:CHANGES_SHOWN])}{more}."


def sentence(result: Result) -> str:
    """Return the one sentence: how many die of an overdose a year, and how far chance alone moves that."""
    from .summary import summary_rows

    row = next(row for row in summary_rows(result.runs) if row["outcome"] == "deaths")
    chance = f"by chance alone {span(row['low'], row['high'], row['unit'])}" if row["seeds"] > 1 else "one run only"
    policy = policy_label(result.scenario).replace("_", " ")
    return f"{result.place}, {policy}: {number(row['mean'])} overdose deaths a year ({chance})"


def gap_lines(result: Result) -> list[str]:
    """Return the widest gaps between women and men and between races that chance alone does not make, if any."""
    from .equity_table import group_name
    from .group_tables import gaps

    found = gaps(result.groups, GAPS_OF)
    lines = [
        f"  {gap.title}, {group_name(gap.group)} to {group_name(gap.reference)}: {number(gap.ratio)} times "
        f"(by chance {number(gap.ratio_low)} to {number(gap.ratio_high)})"
        for gap in found.head(GAPS_SHOWN).itertuples()
    ]
    more = f", {len(found) - GAPS_SHOWN} more in groups.csv" if len(found) > GAPS_SHOWN else ""
    return [f"\nGaps between groups, for the same time at risk{more}:", *lines] if lines else []


def _id(row: dict) -> str:
    return row["outcome"]


def _cells(row: dict) -> tuple[str, ...]:
    interval = span(row["low"], row["high"], row["unit"]) if row["low"] == row["low"] else "one run: unknown"
    unit = row["unit"].removesuffix(" a year")
    rate = number(row["per_100k_year"]) if row["kind"] == "count" else ""
    return row["title"], amount(row["mean"], row["unit"]), interval, "" if unit == "share" else unit, rate


def _caption(result: Result) -> str:
    first = result.runs[0]
    told = (
        "The 95 % interval is chance alone: where 95 of 100 further runs of this scenario would fall. What is not "
        "known about the numbers behind the model is not in it."
    )
    if first.residents < first.place_population:
        told += (
            f" Only {first.residents:,} of {first.place_population:,} residents are simulated and scaled to the "
            "whole: that widens it."
        )
    return told


def _paragraph(text: str, out: Console, style: str | None = None) -> None:
    out.print(textwrap.fill(text, WIDTH, break_on_hyphens=False), style=style, highlight=False, markup=False)
