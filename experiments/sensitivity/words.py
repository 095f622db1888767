"""A study in words: its message, what it rests on, what chance is in it, and the table on a terminal."""

import math
import textwrap
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from rich.console import Console

from ..compare_table import interval
from ..show import number, table, written
from .luck import TAILS
from .quantity import Quantity

if TYPE_CHECKING:
    from .discovery import Case, Found
    from .study import Study

WIDTH = 100
NAMED = 3  # in the message
SHOWN, LINES = 15, 20  # numbers in the table and in the figure; lines of the table
GRADES = {"A": "strong and direct", "B": "reasonable", "C": "weak or judgement"}
HEADS = {
    "screening": ("mu*", "95 % interval", "by chance", "sigma"),
    "sobol": ("ST", "95 % interval", "by chance", "S1", "95 % interval "),
    "tornado": ("at", "change", "95 % interval"),
    "discovery": ("box", "range", "gain", "p", "folds"),
}


def message(study: "Study") -> str:
    """Return the one sentence of a study."""
    asked = study.question
    if study.found:
        return where(study)
    clear = study.table[study.table.clear].head(NAMED)
    if not len(clear):
        return f"{subject(study)}: none of {_count(len(asked.numbers), 'number')} moves it by more than chance does"
    words = {one.path: one.words for one in asked.numbers}
    return f"What clearly moves {subject(study, small=True)}: {listed([words[path] for path in clear.path])}"


def subject(study: "Study", small: bool = False) -> str:
    """Return what the study is about: "the effect of more slots on expected overdose deaths"."""
    quantity, names = study.question.quantity, [one.name.replace("_", " ") for one in study.question.scenarios]
    title = quantity.title[:1].lower() + quantity.title[1:]
    if quantity.paired:
        said = f"the {'relative ' * quantity.percent}effect of {names[1]} on {title}"
    else:
        said = f"{title} under {names[0]}"
    return said if small else said[:1].upper() + said[1:]


def where(study: "Study") -> str:
    """Return in which box a discovery's cases are, or that there is none."""
    found, asked = study.found, study.question
    said = f"{asked.scenarios[-1].name.replace('_', ' ')}: {case_words(asked.quantity, found.case)}"
    said = said[:1].upper() + said[1:]
    if not found.clear:
        return f"{said}: in no box of the {len(asked.numbers)} numbers that these points can show"
    return f"{said} where {listed(sides(study))}"


def case_words(quantity: Quantity, case: "Case") -> str:
    """Return the case: "expected overdose deaths fall by less than 2 %, or rise"."""
    title = quantity.title[:1].lower() + quantity.title[1:]
    size = f"{number(abs(case.at) * quantity.factor)} {'%' if quantity.percent else quantity.unit}"
    if not quantity.paired:
        return f"{title} {'are' if _plural(quantity) else 'is'} {case.side} {size}"
    s = "" if _plural(quantity) else "s"
    if case.at == 0:
        return f"{title} {'rise' if case.side == 'above' else 'fall'}{s}"
    if (case.at > 0) == (case.side == "above"):
        return f"{title} {'rise' if case.at > 0 else 'fall'}{s} by more than {size}"
    first, second = ("fall", "rise") if case.at < 0 else ("rise", "fall")
    return f"{title} {first}{s} by less than {size}, or {second}{s}"


def sides(study: "Study") -> list[str]:
    """Return the sides of the box, those first that matter most: "seek per year (treatment) is at most 0.41"."""
    words = {one.path: one.words for one in study.question.numbers}
    told = []
    for row in study.table[study.table.path.isin(study.found.limits)].itertuples():
        told.append(f"{words[row.path]} is {side(row)}")
    return told


def level(study: "Study") -> str:
    """Return what the quantity is by itself: with every number at its value, or over the points."""
    quantity = study.question.quantity
    shown = quantity.factor * study.responses
    told = signed if quantity.paired else number
    what = "B - A" if quantity.paired else quantity.title
    if study.question.method.name == "tornado":
        low, high = interval(shown[0])
        mean = told(float(shown[0].mean()))
        return f"With every number at its value, {what} is {mean} {quantity.unit} (95 % interval {span(low, high)})."
    low, high = np.quantile(shown.mean(axis=1), TAILS)
    mean = told(float(shown.mean()))
    return f"Over the points, {what} is {mean} {quantity.unit} on average, 95 % of them {span(low, high)}."


def rests_on(study: "Study") -> str:
    """Return what evidence the numbers that matter most rest on."""
    clear = study.table[study.table.clear & (study.table.quality != "")].head(10)
    if not len(clear):
        return ""
    first = clear.iloc[0]
    words = {one.path: one.words for one in study.question.numbers}
    said = (
        f"The largest that is clear of chance, {words[first.path]}, rests on evidence of quality {first.quality} "
        f"({GRADES[first.quality]}): deflect evidence {first.evidence}."
    )
    weak = int((clear.quality == "C").sum())
    if len(clear) > 1:
        many = "all" if weak == len(clear) else "none" if not weak else str(weak)
        said += f" Of the {len(clear)} that are clear, {many} {'rests' if weak == 1 else 'rest'} on quality C."
    return said


def chance(study: "Study") -> str:
    """Return how much of what differs between points is chance, beside what the numbers explain."""
    luck, seeds = study.luck, len(study.question.plan.seeds)
    if luck is None:
        return ""
    if math.isnan(luck.share):
        return "It is the same at every point."
    said = (
        f"Of the variance between points, each the mean of {seeds} seeds, chance makes "
        f"{_percent(luck.share)} ({_percent(luck.low)} to {_percent(luck.high)})"
    )
    if study.explained:
        alone = study.explained
        said += (
            f"; the numbers one by one explain {_percent(alone.share)} ({_percent(alone.low)} to "
            f"{_percent(alone.high)}), what is left is what they do together"
        )
    return f"{said}. More seeds make chance less."


def judged(found: "Found") -> str:
    """Return how good a box is, on the points it was fitted to and on those it had not seen."""
    rate = found.cases / found.points
    said = f"It is so at {found.cases} of {found.points} points ({_percent(rate)})"
    if found.unsure:
        said += f"; chance may have put {found.unsure} on the wrong side"
    said += "."
    if not found.limits:
        return said
    density, coverage = found.unseen_density, found.unseen_coverage
    return (
        f"{said} In the box lie {found.inside} points: density {_percent(found.density)}, coverage "
        f"{_percent(found.coverage)}. On points that it had not seen: density {_percent(density[0])} "
        f"({_percent(density[1])} to {_percent(density[2])}), coverage {_percent(coverage[0])} "
        f"({_percent(coverage[1])} to {_percent(coverage[2])}); without a box it would be {_percent(rate)} and 100 %."
    )


def notes(study: "Study") -> str:
    """Return what a reader must know about the indices."""
    asked = study.question
    told = {
        "screening": "mu*: how much the quantity changes, in either direction, when the number moves over its whole "
        "range (a thousandth of its distribution cut off at each end), the others anywhere in theirs; sigma: how "
        "far that depends on the others. By chance: the mu* of a number that only stirs the luck of its runs; about "
        "one such number in forty passes for clear.",
        "sobol": "S1: the share of the variance that the number makes alone; ST: with all it does together with "
        "others. By chance: the ST of a number that only stirs the luck of its runs; about one such number in forty "
        "passes for clear.",
        "tornado": "Change of the quantity when one number is at the low or the high end of its evidence and all "
        "others are at their values; 95 % intervals over seeds. What two numbers do together is not seen. So many "
        "bars being looked at, some leave out zero by luck: of those told to be clear, about one in twenty (Benjamini "
        "and Hochberg), the others are pale.",
        "discovery": "gain: how much less dense the box would be without the number; p: the quasi p-value of its "
        "side; folds: of five boxes, each of four fifths of the points, those that have it.",
    }[asked.method.name]
    return f"{told} The order of numbers whose intervals overlap may be luck."


def show(study: "Study", folder: Path, out: Console) -> None:
    """Print where the picture is, the message, what it rests on, the table, how to read it, and where it all is."""
    asked, first = study.question, study.runs.iloc[0]
    out.print(str(folder / "sensitivity.png"), soft_wrap=True, highlight=False, markup=False)
    out.print()
    _paragraph(study.message, out, "bold")
    _paragraph(
        f"{setting(study)}; the quantity is {asked.quantity.said}; {asked.size}, "
        f"{int(first.residents_simulated):,} people simulated for {int(first.place_population):,} residents.",
        out,
    )
    for text in (judged(study.found) if study.found else level(study), rests_on(study), chance(study)):
        if text:
            out.print()
            _paragraph(text, out)
    rows = study.table if study.found is None else study.table[study.table.path.isin(study.found.limits)]
    rows = rows.head(LINES // 2 if asked.method.name == "tornado" else SHOWN)
    if len(rows):
        out.print()
        out.print(_table(study, rows), width=WIDTH + 10, highlight=False)
    left = len(study.table) - len(rows)
    if left:
        said = f"{left} more" if len(rows) else f"All {left} numbers"
        out.print(f"{said} in {folder / 'sensitivity.csv'}", style="italic", highlight=False, soft_wrap=True)
    out.print()
    _paragraph(notes(study), out, "italic")
    written(folder, out)


def setting(study: "Study") -> str:
    """Return where and when, and of which policies."""
    asked = study.question
    names = [one.name for one in asked.scenarios]
    who = f"B = {names[1]} against A = {names[0]}" if len(names) == 2 else names[0]
    years = asked.scenarios[0].years
    return f"{who}: {asked.place}, {_count(years, 'year')} from the start of the policy"


def _table(study: "Study", rows):
    method, quantity = study.question.method.name, study.question.quantity
    heads = HEADS[method]
    box = table("number", "quality", *heads, "", right=heads, whole=("number", "quality", *heads))
    for row in rows.itertuples():
        names = row.path, row.quality or "-"
        for cells, clear in _lines(method, row, quantity):
            box.add_row(*names, *cells, "" if clear else "nothing" if "0 to 0" in cells else "by chance?")
            names = "", ""
    return box


def _lines(method: str, row: Any, quantity: Quantity) -> list[tuple[tuple[str, ...], bool]]:
    """Return the cells of a number, a line or two, and whether each stands out from chance."""
    shown = quantity.factor
    if method == "screening":
        middle = number(shown * row.mu_star), span(shown * row.mu_star_low, shown * row.mu_star_high)
        return [((*middle, number(shown * row.chance), number(shown * row.sigma)), row.clear)]
    if method == "sobol":
        total = f"{100 * row.st:.0f} %", span(100 * row.st_low, 100 * row.st_high), f"{100 * row.chance:.1f} %"
        return [
            ((*total, f"{100 * row.s1:.0f} %".replace("-", "−"), span(100 * row.s1_low, 100 * row.s1_high)), row.clear)
        ]
    if method == "tornado":
        ends = (
            (row.least, row.at_least, row.at_least_low, row.at_least_high, row.at_least_clear),
            (row.most, row.at_most, row.at_most_low, row.at_most_high, row.at_most_clear),
        )
        return [
            ((number(end), signed(shown * mean), span(shown * low, shown * high)), clear)
            for end, mean, low, high, clear in ends
        ]
    chance = "< 0.001" if row.quasi_p < 0.001 else f"{row.quasi_p:.3f}"
    gain = f"{100 * row.gain:.0f} points"
    return [((side(row), f"{number(row.least)} to {number(row.most)}", gain, chance, f"{row.folds} of 5"), row.clear)]


def side(row: Any) -> str:
    """Return which part of a number's range is in the box."""
    if math.isinf(row.box_low):
        return f"at most {number(row.box_high)}"
    if math.isinf(row.box_high):
        return f"at least {number(row.box_low)}"
    return f"{number(row.box_low)} to {number(row.box_high)}"


def span(low: float, high: float) -> str:
    """Return an interval with the figures its width has."""
    wide = abs(high - low)
    decimals = max(0, min(3, 1 - math.floor(math.log10(wide)))) if wide > 0 else 0
    return f"{low:,.{decimals}f} to {high:,.{decimals}f}".replace("-", "−")


def signed(value: float) -> str:
    """Return a change with its sign and three figures."""
    return f"{'+' if value > 0 else '−' if value < 0 else ''}{number(abs(value))}"


def listed(words: list[str]) -> str:
    """Return "a", "a and b", "a, b and c"."""
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"


def _plural(quantity: Quantity) -> bool:
    words = quantity.title.split()
    return quantity.kind in ("count", "stock") and any(word.endswith("s") or word == "People" for word in words)


def _percent(share: float) -> str:
    said = f"{100 * share:.1g} %" if 0 < abs(share) < 0.005 else f"{100 * share:.0f} %"
    return said.replace("-", "−")


def _count(count: int, noun: str) -> str:
    return f"{count:,} {noun}{'s' * (count != 1)}"


def _paragraph(text: str, out: Console, style: str | None = None) -> None:
    out.print(textwrap.fill(text, WIDTH), style=style, highlight=False, markup=False)
