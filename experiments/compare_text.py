"""A comparison in words: the sentence of each outcome, and the table on a terminal."""

import math
import textwrap
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from .compare_table import Row
from .show import amount, plural, table, written

if TYPE_CHECKING:
    from .compare import Comparison

HEADLINE = "expected_deaths"  # deaths without the luck of survival: the same answer from fewer runs
VERDICTS = ("better", "worse", "different", "cannot tell")  # in the order they are shown; others are a list of names
WIDTH = 100
ALWAYS = "in every pair"
GAPS_SHOWN = 2
MANY = 10  # times as much as under A is no longer told in percent


def headline(rows: Sequence[Row]) -> Row:
    """Return the row a comparison is told by."""
    return next((row for row in rows if row.outcome == HEADLINE), rows[0])


def sentence(row: Row, pairs: int) -> str:
    """Return what is known of one outcome's difference."""
    if row.verdict == "same":
        return f"{row.title}: the same in all {row.pairs} pairs"
    if math.isnan(row.diff_low):
        return f"{row.title}: cannot tell, {row.pairs} of {pairs} pairs have this number"
    diff, unit, span = told(row)
    if row.verdict == "cannot tell":
        return f"{row.title}: cannot tell from {row.pairs} pairs (95 % interval {span})"
    return (
        f"{row.title}: {diff.lstrip('+−')} {unit} {direction(row)} ({'' if span == ALWAYS else '95 % interval '}{span})"
    )


def told(row: Row) -> tuple[str, str, str]:
    """Return difference, its unit and its interval, in percent of A.

    In the outcome's unit where A has next to none, and for trust and cost.
    """
    numbers, unit = (row.diff, row.diff_low, row.diff_high), row.unit
    if row.kind != "level" and abs(row.diff) < MANY * row.mean_a:
        numbers, unit = percents(row), "%"
    elif row.unit == "share":
        numbers, unit = tuple(100 * number for number in numbers), "percentage points"
    diff, low, high = _dollars(numbers) if unit.startswith("dollars") else signed(numbers)
    always = math.isclose(row.diff_low, row.diff_high, rel_tol=1e-9)
    return diff, unit, ALWAYS if always else f"{low} to {high}{' %' if unit == '%' else ''}"


def percents(row: Row) -> tuple[float, float, float]:
    """Return difference, low and high in percent of the mean under A; nothing can fall by more than all of it."""
    parts = (row.diff, row.diff_low, row.diff_high)
    diff, low, high = (
        100 * part / row.mean_a if row.mean_a else part and math.copysign(math.inf, part) for part in parts
    )
    return diff, max(low, -100.0), high


def direction(row: Row) -> str:
    """Return the word for a clear difference: "fewer" and "more" of what is counted, else "lower" and "higher"."""
    return (("lower", "higher") if row.kind == "share" else ("fewer", "more"))[row.diff > 0]


def value(row: Row, of: float) -> str:
    """Return a mean as a reader says it: shares in percent, dollars as such, times with their unit."""
    said = amount(of, row.unit)
    return said if row.unit == "share" or row.kind != "share" else f"{said} {row.unit}"


def show(comparison: "Comparison", folder: Path, out: Console, everything: bool = False) -> None:
    """Print where the picture is, the sentence, the headline outcomes or everything that differs, and the rest."""
    rows, pairs = comparison.rows, len(comparison.seeds)
    first, (a, b) = comparison.a.runs[0], comparison.labels
    out.print(str(folder / "comparison.png"), soft_wrap=True, highlight=False, markup=False)
    out.print()
    out.print(f"[bold]{escape(comparison.message)}[/]", width=WIDTH, highlight=False)
    _paragraph(
        f"B = {b} against A = {a}: {comparison.place}, {plural(comparison.a.scenario.years, 'year')} from the start of "
        f"the policy, {plural(pairs, 'pair')} of runs with the same people and the same luck, {first.residents:,} "
        f"people simulated for {first.place_population:,} residents. Counts are a year, people on an average day.",
        out,
    )
    if comparison.precision:
        _paragraph(f"{comparison.precision.words()}.", out)
    if by_verdict(rows):
        out.print()
        out.print(_table(comparison, everything), highlight=False)
    _print_rest(comparison, out, everything)
    if by_verdict(rows):
        out.print()
        _paragraph(" ".join(notes(rows)), out, "italic")
    written(folder, out)


def _table(comparison: "Comparison", everything: bool) -> Table:
    from .families import by_family

    groups = [("", comparison.headlines)]
    if everything:
        beside = [row for row in comparison.headlines if row.kind == "level"]
        groups = by_family(by_verdict([*comparison.rows, *beside]), lambda row: row.outcome)
    listed = table("", "A", "B", "B − A", "95 % interval", "", right=("A", "B", "B − A", "95 % interval"))
    for heading, group in groups:
        if heading:
            listed.add_row(f"[bold]{heading}[/]")
        for row in group:
            listed.add_row(*_cells(row))
    return listed


def _cells(row: Row) -> tuple[str, ...]:
    means = value(row, row.mean_a), value(row, row.mean_b)
    if row.verdict == "nothing":
        return escape(row.title), *means, "-", "-", "nothing to count"
    diff, unit, span = told(row) if not math.isnan(row.diff_low) else ("-", "", f"{row.pairs} pairs only")
    return escape(row.title), *means, f"{diff} %" if unit == "%" else diff, span, row.verdict


def _print_rest(comparison: "Comparison", out: Console, everything: bool) -> None:
    """Print what the table leaves out: the same in every pair, of nothing, gaps between groups."""
    rows = comparison.rows
    differ = by_verdict(rows)
    same, none = ([row.title for row in rows if row.verdict == verdict] for verdict in ("same", "nothing"))
    out.print()
    if same and (everything or not differ):
        _paragraph(f"The same in every pair: {', '.join(same) if differ else 'everything'}.", out)
    if none and everything:
        _paragraph(f"Of nothing in every pair, so not a number: {', '.join(none)}.", out)
    if between := gaps(comparison):
        _paragraph(between, out)
    if differ and not everything:
        count = {verdict: sum(row.verdict == verdict for row in rows) for verdict in (*VERDICTS, "same")}
        said = ", ".join(f"{number} {verdict}" for verdict, number in count.items() if number)
        _paragraph(f"Of all {len(rows)} outcomes: {said}. Each by itself; --all prints them.", out)


def gaps(comparison: "Comparison") -> str:
    """Return which gaps by sex and race in the main outcomes narrow and which widen beyond chance; empty if none do."""
    from .equity_table import HEADLINES, group_name

    table = comparison.equity
    told_of = table.outcome.isin(HEADLINES) & table.grouping.isin(["sex", "race"])
    listed = table[told_of & (table.measure == "rate_difference") & table.verdict.isin(["narrows", "widens"])]
    if not len(listed):
        return ""
    told = []
    for row in listed.sort_values("verdict", ascending=False, kind="stable").head(GAPS_SHOWN).itertuples():  # bad first
        change, low, high = signed((row.change, row.change_low, row.change_high))
        told.append(
            f"{row.title}, {group_name(row.group)} against {group_name(row.reference)}, {row.verdict} "
            f"({change}, {low} to {high} {row.unit})"
        )
    more = f"; {len(listed) - GAPS_SHOWN} more" if len(listed) > GAPS_SHOWN else ""
    return (
        f"Gaps in rates between groups that change beyond chance: {'; '.join(told)}{more}. Each by itself: one in "
        "twenty does so by luck. See equity.csv and equity.png."
    )


def notes(rows: Sequence[Row]) -> list[str]:
    """Return what a reader must know about the intervals."""
    told = [
        "The interval is chance alone; what is not known about the numbers behind the model comes on top.",
        "One outcome in twenty may look different by luck.",
    ]
    row = headline(rows)
    if row.variance_reduction > 1:
        times = _about(row.variance_reduction)
        told.append(
            f"For {row.title[:1].lower()}{row.title[1:]}, pairs do the work of about {times} times as many runs with "
            "seeds of their own."
        )
        if row.verdict != "cannot tell" and row.pairs_needed == row.pairs_needed:
            pairs, runs = _about(row.pairs_needed), _about(row.unpaired_needed)
            told[-1] += f" A difference of this size shows in about {pairs} pairs, or {runs} such runs of each policy."
    if row.verdict == "cannot tell" and row.pairs_needed > row.pairs:
        pairs = _about(row.pairs_needed)
        told.append(f"If the difference is what it looks like so far, about {pairs} pairs would show it.")
    return told


def by_verdict(rows: Sequence[Row]) -> list[Row]:
    """Return the rows that differ in some pair, those that are clear first, each group in the order of outcomes."""
    return sorted((row for row in rows if row.verdict in VERDICTS), key=lambda row: VERDICTS.index(row.verdict))


def _paragraph(text: str, out: Console, style: str | None = None) -> None:
    out.print(textwrap.fill(text, WIDTH, break_on_hyphens=False), style=style, highlight=False, markup=False)


def _about(count: float) -> str:
    """Return a number with two figures."""
    return f"{float(f'{count:.2g}'):,.10g}"


def _dollars(numbers: tuple[float, float, float]) -> list[str]:
    """Return difference, low and high in dollars with their signs; a unit that both ends share is said once."""
    said = [f"{'+' * (x > 0)}{amount(x, 'dollars')}" for x in numbers]
    unit = said[2].partition(" ")[2]
    return [said[0], said[1].removesuffix(f" {unit}") if unit else said[1], said[2]]


def signed(numbers: tuple[float, float, float]) -> list[str]:
    """Return difference, low and high with their signs, decimals as their range needs, at most three figures.

    Where the difference is clear of zero, no part of it looks like zero.
    """
    if not all(map(math.isfinite, numbers)):
        return ["-" if math.isnan(x) else f"{x:+.3g}".replace("-", "−") for x in numbers]
    _, low, high = numbers
    clear = low > 0 or high < 0
    most = max(map(abs, numbers)) or 1
    reach = max(numbers) - min(numbers) or most / 10
    decimals = max(0, min(-math.floor(math.log10(reach / 2)), 2 - math.floor(math.log10(most))))
    if clear:
        decimals = next((d for d in range(decimals, decimals + 3) if all(round(x, d) for x in numbers)), decimals)
    nothing = {True: "just over 0", False: "just under 0"} if clear else {True: "0", False: "0"}
    return [f"{x:+,.{decimals}f}".replace("-", "−") if round(x, decimals) else nothing[x > 0] for x in numbers]
