"""The tables of a report, from the CSV files of a folder: every number keeps the text it has in its file."""

import csv
import math
from collections.abc import Iterable, Sequence
from pathlib import Path

from ...scenarios.errors import InputError
from .. import compare_table, compare_text
from ..families import by_family, chosen
from ..show import amount
from ..show import number as figures
from .parts import Piece, Row, Table, number, words

MOST = 30  # rows shown of a table that this file does not know
COUNTS = "Counts are a year, people on an average day, all of the whole place."


def records(path: Path) -> list[dict[str, str]]:
    """Return the rows of a CSV file, every value as its text. Raises InputError."""
    try:
        with path.open(encoding="utf-8", newline="") as file:
            return list(csv.DictReader(file))
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"{path}: cannot be read ({getattr(error, 'strerror', None) or error})") from None


def _with(path: Path, *columns: str) -> list[dict[str, str]]:
    """Return the rows of a file that must have some columns, and a row. Raises InputError."""
    rows = records(path)
    missing = [name for name in columns if not rows or name not in rows[0]]
    if missing:
        raise InputError(f"{path}: is not whole: there is no {', '.join(missing)}")
    return rows


def factorial_rows(path: Path) -> list[dict[str, str]]:
    """Return the rows of factorial.csv. Raises InputError where columns are missing."""
    return _with(path, "outcome", "kind", "term", "estimate", "low", "high", "base", "unit")


def value(text: str) -> float:
    """Return the number of a field; an empty one is not a number."""
    try:
        return float(text) if text else math.nan
    except ValueError:
        return math.nan


def compare_rows(path: Path) -> list[tuple[compare_table.Row, dict[str, str]]]:
    """Return the rows of comparison.csv, as numbers and as texts. Raises InputError where columns are missing."""
    kept = ("outcome", "title", "kind", "unit", "better")
    rows = []
    for told in _with(path, *compare_table.Row._fields):
        known = {name: told[name] if name in kept else value(told[name]) for name in compare_table.Row._fields}
        rows.append((compare_table.Row(**known | {"pairs": int(known["pairs"])}), told))
    return rows


def comparison(path: Path, labels: Sequence[str]) -> list[Table]:
    """Return the headline table of a comparison, and that of every outcome."""
    rows = compare_rows(path)
    heads = ("Outcome", "Unit", f"A: {labels[0]}|", f"B: {labels[1]}|", "B − A|", "95 % interval|", "in % of A|", "")
    told = dict(headings=heads, file=path.name, keys=("outcome",))
    first = chosen(rows, lambda pair: pair[0].outcome)
    note = (
        f"{COUNTS} B − A is the mean over pairs of runs of one seed, with the 95 % t interval of that mean: chance "
        "alone. Better and worse are as the outcome is meant, each outcome by itself; one in twenty differs by luck."
    )
    columns = "mean_a, mean_b, diff, diff_low, diff_high; in % of A: diff over mean_a"
    every = []
    for heading, group in by_family(rows, lambda pair: pair[0].outcome):
        every.append(Row((words(heading),)))
        every += [_compared(*pair) for pair in group]
    return [
        Table("What differs", rows=[_compared(*pair) for pair in first], source=columns, note=note, **told),
        Table(f"All {len(rows)} outcomes", rows=every, source=columns, closed=True, **told),
    ]


def _compared(row: compare_table.Row, text: dict[str, str]) -> Row:
    points = 100 if row.unit == "share" else 1
    diff, low, high = compare_text.signed(tuple(points * one for one in (row.diff, row.diff_low, row.diff_high)))
    part, unit, span = compare_text.told(row) if not math.isnan(row.diff_low) else ("", "", "")
    return Row(
        (
            words(row.title),
            words("%, difference in points" if row.unit == "share" else row.unit),
            number(amount(row.mean_a, row.unit), "mean_a", text["mean_a"]),
            number(amount(row.mean_b, row.unit), "mean_b", text["mean_b"]),
            number(diff, "diff", text["diff"]),
            between((low, "diff_low", text["diff_low"]), (high, "diff_high", text["diff_high"])),
            words(f"{part} % ({span})" if unit == "%" and part != "0" else "0 %" if unit == "%" else "-"),
            words(row.verdict),
        ),
        row.outcome,
    )


def between(low: tuple[str, str, str], high: tuple[str, str, str], what: str = "pair") -> tuple[Piece, ...]:
    """Return a cell with an interval: (text, column, value) of its two ends; one number where they are the same."""
    if low[2] == high[2]:
        return (Piece("-"),) if low[0] == "-" else (Piece(*low), Piece(f" in every {what}"))
    return (Piece(*low), Piece(" to "), Piece(*high))


def money(path: Path) -> list[Table]:
    """Return the table of costs and health of a comparison; none where the folder has none."""
    if not path.is_file():
        return []
    rows = []
    for told in _with(path, "kind", "what", "title", "unit", "a", "b", "diff", "low", "high"):
        unit = told["unit"]
        cells = [words(told["title"]), words(unit)]
        for name in ("a", "b", "diff"):
            cells.append(number(_sum(told[name], unit, name == "diff"), name, told[name]))
        cells.append(between(*((_sum(told[name], unit, True), name, told[name]) for name in ("low", "high"))))
        rows.append(Row(tuple(cells), f"{told['kind']}/{told['what']}/{told['title']}"))
    note = (
        "Discounted dollars and quality-adjusted life years (QALYs) of the whole run, of the whole place. A ratio is "
        "given only where the gain is clear of zero. Lost production, the value of a life and QALYs say the same thing "
        "three ways and are never added."
    )
    heads = ("", "Unit", "A|", "B|", "B − A|", "95 % interval|")
    keys = ("kind", "what", "title")
    return [Table("Money and health", heads, rows, path.name, keys, "a, b, diff, low, high", note)]


def _sum(text: str, unit: str, signed: bool) -> str:
    known = value(text)
    said = amount(known, "dollars" if unit.startswith("dollars") else unit)
    return f"+{said}" if signed and known > 0 else said


def summary_rows(path: Path) -> list[dict[str, str]]:
    """Return the rows of summary.csv. Raises InputError where columns are missing."""
    return _with(path, "outcome", "title", "unit", "mean", "low", "high", "per_100k_year")


def summary(path: Path) -> list[Table]:
    """Return the headline table of one scenario's runs, and that of every outcome."""
    rows = summary_rows(path)
    heads = ("Outcome", "Unit", "Mean|", "95 % by chance|", "per 100,000 person-years|")
    told = dict(headings=heads, file=path.name, keys=("outcome",), source="mean, low, high, per_100k_year")
    note = (
        f"{COUNTS} The interval is where 95 of 100 further runs of this scenario would fall, by chance alone; it does "
        "not shrink as seeds are added."
    )
    every = []
    for heading, group in by_family(rows, _outcome):
        every.append(Row((words(heading),)))
        every += [_summed(row) for row in group]
    first = [_summed(row) for row in chosen(rows, _outcome)]
    return [Table("What happens", rows=first, note=note, **told),
            Table(f"All {len(rows)} outcomes", rows=every, closed=True, **told)]  # fmt: skip


def _outcome(row: dict[str, str]) -> str:
    return row["outcome"]


def _summed(row: dict[str, str]) -> Row:
    unit = row["unit"]
    mean, low, high = (amount(value(row[name]), unit) for name in ("mean", "low", "high"))
    rate = row["per_100k_year"]
    cells = (
        words(row["title"]),
        words(unit),
        number(mean, "mean", row["mean"]),
        between((low, "low", row["low"]), (high, "high", row["high"]), "run"),
        number(figures(value(rate)), "per_100k_year", rate) if rate else words(""),
    )
    return Row(cells, row["outcome"])


def bill(path: Path) -> list[Table]:
    """Return what each payer pays over the whole run, and the health lived; none where the folder has no bill."""
    if not path.is_file():
        return []
    rows = []
    for told in _with(path, "kind", "item", "title", "payer", "year", "amount", "low", "high"):
        if told["year"] == "all" and told["kind"] in ("total", "health", "spill-over", "view"):
            unit = "QALYs" if told["kind"] in ("health", "spill-over") else "dollars"
            mean, low, high = (_sum(told[name], unit, False) for name in ("amount", "low", "high"))
            cells = (
                words(told["title"]),
                words(told["kind"]),
                words("QALYs" if unit == "QALYs" else unit),
                number(mean, "amount", told["amount"]),
                between((low, "low", told["low"]), (high, "high", told["high"]), "run"),
            )
            rows.append(Row(cells, f"{told['kind']}/{told['item']}/{told['payer']}/{told['year']}"))
    note = "Discounted, of the whole run and the whole place. Views of a death are never added to the bill."
    heads = ("", "Kind", "Unit", "Mean|", "95 % by chance|")
    return [Table("Money and health", heads, rows, path.name, ("kind", "item", "payer", "year"),
                  "amount, low, high where year is all", note, closed=True)]  # fmt: skip


def terms(path: Path, outcomes: Iterable[str], titles: dict[str, str]) -> list[Table]:
    """Return the headline table of a factorial, and every term of the first outcome."""
    every = factorial_rows(path)
    kinds = [(row["kind"], row["term"]) for row in every if row["outcome"] == every[0]["outcome"]]
    named = [(kind, term) for kind, term in kinds if kind == "alone"]
    named += [("sum of alone", "all"), ("together", "all"), ("reinforcement", "all")]
    found = {(row["outcome"], row["kind"], row["term"]): row for row in every}
    rows = []
    for id in outcomes:
        first = found.get((id, "together", "all"))
        if first is None or not value(first["base"]):
            continue
        cells = [words(titles[id]), words(first["unit"]), number(figures(value(first["base"])), "base", first["base"])]
        told = [found[id, kind, term] for kind, term in named]
        rows.append(Row((*cells, *(_term(row) for row in told)), f"{id}/*"))
    said = {"sum of alone": "Sum of each alone", "together": "All together", "reinforcement": "Together less the sum"}
    heads = ["Outcome", "Unit", "Base|"]
    heads += [f"{said.get(kind) or f'{term.replace("_", " ")} alone'}|" for kind, term in named]
    note = (
        f"Changes from the base in the outcome's own unit, mean over seeds with its 95 % t interval. {COUNTS} Less "
        "than "
        "the sum is not a failure: policies that act on the same people cannot help them twice."
    )
    keys = ("outcome", "kind", "term")
    headline = Table("Together, and each alone", tuple(heads), rows, path.name, keys, "base, estimate, low, high", note)
    one = next(iter(outcomes))
    terms_of = [
        Row((words(kind), words(term.replace("_", " ")), _term(found[one, kind, term])), f"{one}/{kind}/{term}")
        for kind, term in kinds
    ]
    title = f"Every effect, interaction and share: {titles[one].lower()}"
    return [headline, Table(title, ("Kind", "Term", "Estimate (95 % interval)|"), terms_of, path.name, keys,
                            "estimate, low, high", closed=True)]  # fmt: skip


def _term(row: dict[str, str]) -> tuple[Piece, ...]:
    name = f"{row['kind']}/{row['term']}/"
    said = compare_text.signed(tuple(value(row[end]) for end in ("estimate", "low", "high")))
    if "-" in said:
        return words(said[0])
    ends = zip(said, ("estimate", "low", "high"), strict=True)
    return around([Piece(text, name + end, row[end]) for text, end in ends])


def around(pieces: Sequence[Piece]) -> tuple[Piece, ...]:
    """Return a cell with a mean and its interval over seeds; the mean alone where there is none."""
    mean, low, high = pieces
    if mean.text == low.text == high.text and mean.text != "-":
        return mean, Piece(" in every seed")
    return (mean,) if low.text == "-" else (mean, Piece(" ("), low, Piece(" to "), high, Piece(")"))


def generic(path: Path) -> Table:
    """Return the first rows of any CSV file as they stand."""
    rows = records(path)
    columns = [name for name in (rows[0] if rows else {}) if name]
    numeric = {name for name in columns if any(not math.isnan(value(row[name])) for row in rows[:MOST])}
    shown = [
        Row(tuple(_plain(row[name], name) if name in numeric else words(row[name] or "") for name in columns), str(at))
        for at, row in enumerate(rows[:MOST])
    ]
    left = len(rows) - len(shown)
    note = f"The first {len(shown)} of {len(rows):,} rows." if left else ""
    heads = tuple(f"{name}|" if name in numeric else name for name in columns)
    return Table(path.stem.replace("_", " ").capitalize(), heads, shown, path.name, ("row",), "every column", note,
                 closed=True)  # fmt: skip


def _plain(text: str, column: str) -> tuple[Piece, ...]:
    known = value(text)
    return words(text or "") if math.isnan(known) else number(figures(known), column, text)
