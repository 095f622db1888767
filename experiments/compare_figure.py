"""The figures of a comparison: its headline outcomes, or all that differ, in percent of A, family after family.

Colour and marker tell what these runs can say of each.
"""

import textwrap
from collections.abc import Sequence
from typing import TYPE_CHECKING

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FixedLocator, FuncFormatter, MaxNLocator, NullLocator

from .. import __version__
from ..model.outcomes import outcome
from .compare_table import Row
from .compare_text import by_verdict, direction, headline, percents, told, value
from .families import by_family
from .figure import BLUE, GREY, INK, SHADE, VERMILION, _seeds

if TYPE_CHECKING:
    from .compare import Comparison

LOOK = {  # verdict: colour, marker, the marker as text; told apart by shape too
    "better": (BLUE, "o", "●"),
    "worse": (VERMILION, "s", "■"),
    "different": (INK, "D", "◆"),
    "cannot tell": (GREY, "o", "○"),
}
WIDTH, ROW = 12.0, 0.39  # inches
AXIS, TITLE_LINE, HEAD_LINE, PRINT_LINE = 0.75, 0.27, 0.17, 0.155  # inches: the axis and its label; a line of each
KEY_LINE = 0.22  # inches, of the key to the markers
LEFT, RIGHT = 0.33, 0.60  # where the drawing begins and ends, in parts of the width
COLUMNS = (0.675, 0.76, 0.985)  # right edges of the means under A and B, and of the difference
EDGE = 250.0  # percent; what reaches further is cut there
LEAST = 0.5  # percent; where no clear change is larger than that, there is nothing to see
CLEAR = 12  # rows that are clear; from so many on, those of which nothing can be told are named and not drawn
FULL = 40  # from so many on, those neither better nor worse are named and not drawn either
EVEN, NEAR = 20.0, 2.0  # percent: an axis up to EVEN is even; beyond, only about NEAR to both sides of zero
TICKS = (3, 10, 30, 100)  # percent, of an axis that is not even


def draw(comparison: "Comparison", everything: bool = False) -> Figure:
    """Return the figure of the headline outcomes, or of everything; those that are the same are named below it."""
    asked = comparison.rows if everything else comparison.headlines
    rows = drawn(asked) if everything else [row for row in by_verdict(asked) if row.diff_low == row.diff_low]
    lines, small, keys = _lines(rows), _small_print(comparison, asked, rows), _keys(rows, comparison)
    bottom = AXIS + PRINT_LINE * (small.count("\n") + 2)
    heading = textwrap.wrap(title(comparison), 90)
    heads = [textwrap.fill(_words(label), 12) for label in comparison.labels]
    key_space = KEY_LINE * ((len(keys) + 1) // 2)
    top = 0.9 + TITLE_LINE * len(heading) + key_space + HEAD_LINE * max(head.count("\n") for head in heads)
    space = ROW * max(len(lines), 2)
    height = top + space + bottom
    figure = Figure(figsize=(WIDTH, height), dpi=150, facecolor="white")
    axes = figure.add_axes((LEFT, bottom / height, RIGHT - LEFT, space / height))
    axes.set_ylim(max(len(lines), 2) - 0.5, -0.5)
    if rows:
        _rows(axes, lines, heads, comparison)
    else:
        axes.axis("off")
        figure.text(0.5, (bottom + space / 2) / height, _nothing(comparison), ha="center", color=INK, fontsize=12)
    above = dict(x=0.015, va="top", color=INK)
    figure.text(y=1 - 0.18 / height, s="\n".join(heading), fontsize=15, fontweight="bold", **above)
    below = 0.25 + TITLE_LINE * len(heading)
    figure.text(y=1 - below / height, s=_asked(comparison), fontsize=10, **above)
    for i, (verdict, meaning) in enumerate(keys.items()):
        y = 1 - (below + 0.27 + KEY_LINE * (i // 2)) / height
        said = f"{LOOK[verdict][2]} {meaning}"
        figure.text((0.015, 0.5)[i % 2], y, said, va="top", color=LOOK[verdict][0], fontsize=9.5, fontweight="bold")
    figure.text(0.015, 0.15 / height, small, va="bottom", fontsize=8, color=GREY, linespacing=1.35)
    return figure


def title(comparison: "Comparison") -> str:
    """Return the one message: what B instead of A does to the headline outcome."""
    row = headline(comparison.rows)
    a, b = (_words(label) for label in comparison.labels)
    what = row.title[:1].lower() + row.title[1:]
    if row.verdict == "same":
        said = f"no difference in {what}"
    elif row.verdict == "cannot tell":
        said = f"{row.pairs} pairs of runs cannot tell whether {what} change"
    else:
        diff, unit, _ = told(row)
        said = f"{diff.lstrip('+−')} {unit} {direction(row)} {what}"
    instead = f"{b} instead of {a}"
    return f"{instead[:1].upper()}{instead[1:]}: {said}"


def drawn(rows: Sequence[Row]) -> list[Row]:
    """Return the rows with something to say: clear, or meant and could be much; where they are many, fewer kinds."""
    differ = [row for row in by_verdict(rows) if row.diff_low == row.diff_low]
    clear = [row for row in differ if row.verdict != "cannot tell"]
    open_ = [row for row in differ if row.verdict == "cannot tell"]
    open_ = [row for row in open_ if row.better and max(map(abs, percents(row))) > LEAST]
    if len(clear) >= CLEAR:
        open_ = [row for row in open_ if row.outcome in ("deaths", headline(rows).outcome)]
    if len(clear) >= FULL:
        clear = [row for row in clear if row.better]
    return clear + open_


def reach(rows: Sequence[Row]) -> float:
    """Return where the axis ends to both sides, in percent: no single interval may press all others together."""
    return 1.2 * max((abs(end) for row in rows for end in places(row) if abs(end) <= EDGE), default=EDGE)


def places(row: Row) -> tuple[float, float, float]:
    """Return where difference, low and high are drawn: in % of A, or of one unit where a mean may be around zero."""
    if row.kind == "level" and not row.unit.startswith("dollars"):
        return 100 * row.diff, 100 * row.diff_low, 100 * row.diff_high
    return percents(row)


def _lines(rows: Sequence[Row]) -> list[Row | str]:
    """Return the rows family by family, each below its heading."""
    return [line for heading, group in by_family(rows, lambda row: row.outcome) for line in (heading, *group)]


def _keys(rows: Sequence[Row], comparison: "Comparison") -> dict[str, str]:
    """Return what the marker of each verdict drawn means."""
    b, pairs = _words(comparison.labels[1]), len(comparison.seeds)
    meanings = {
        "better": f"Better with {b}",
        "worse": f"Worse with {b}",
        "different": "Different, neither better nor worse in itself",
        "cannot tell": f"Cannot tell from {pairs} pairs: the bar reaches to both sides of no change",
    }
    found = {row.verdict for row in rows}
    return {verdict: meaning for verdict, meaning in meanings.items() if verdict in found}


def _rows(axes: Axes, lines: Sequence[Row | str], heads: Sequence[str], comparison: "Comparison") -> None:
    a, b = map(_words, comparison.labels)
    limit = reach([line for line in lines if isinstance(line, Row)])
    _scale(axes, limit)
    axes.axvline(0, color=INK, lw=1.2, zorder=1)
    for y, line in enumerate(lines):
        if isinstance(line, str):
            axes.axhspan(y - 0.5, y + 0.5, xmin=_across(0.01), xmax=_across(0.99), color=SHADE, lw=0, clip_on=False)
            _text(axes, 0.015, y, line, weight="bold")
        else:
            _row(axes, y, line, limit)
    for column, text in zip(COLUMNS, (*heads, "difference (95 % interval)"), strict=True):
        _text(axes, column, -0.75, text, ha="right", va="bottom", weight="bold")
    middle = (LEFT + RIGHT) / 2
    _text(axes, middle - 0.006, -0.75, "◀ less", ha="right", va="bottom")
    _text(axes, middle + 0.006, -0.75, "more ▶", ha="left", va="bottom")
    closer = "" if limit <= EVEN else "\n(large changes are drawn closer together)"
    axes.set_xlabel(f"Change with {b}, in % of {a}{closer}", fontsize=10, color=INK)


def _row(axes: Axes, y: int, row: Row, limit: float) -> None:
    colour, marker, _ = LOOK[row.verdict]
    middle, low, high = places(row)
    ends = [min(max(end, -limit), limit) for end in (low, high)]
    axes.plot(ends, [y, y], color=colour, lw=2.6, solid_capstyle="butt", zorder=2)
    for end, arrow in ((-limit, "<"), (limit, ">")):
        if low < end < high or (abs(middle) >= limit and middle * end > 0):
            axes.plot(end, y, marker=arrow, ms=8, color=colour, clip_on=False, zorder=3)
    if abs(middle) < limit:
        inside = "white" if row.verdict == "cannot tell" else colour
        axes.plot(middle, y, marker=marker, ms=6, color=colour, mfc=inside, mew=1.6, zorder=3, clip_on=False)
    _text(axes, 0.03, y - 0.15, row.title)
    counted = "in %" if row.unit == "share" else row.unit
    if row.kind == "level" and not row.unit.startswith("dollars"):
        counted += ", drawn in % of one"
    meant = f"{counted}; {_better(row)} is better" if row.better else f"{counted}; neither way is better"
    _text(axes, 0.03, y + 0.2, meant, color=GREY, size=8)
    diff, unit, span = told(row)
    said = f"{diff}{' %' if unit == '%' else ''}  ({span})"
    for column, text in zip(COLUMNS, (value(row, row.mean_a), value(row, row.mean_b), said), strict=True):
        _text(
            axes, column, y, text, ha="right", weight="bold" if text == said and row.verdict != "cannot tell" else None
        )


def _better(row: Row) -> str:
    return {"fewer": "lower", "more": "higher"}[row.better] if row.kind in ("share", "level") else row.better


def _scale(axes: Axes, limit: float) -> None:
    """Make the axis of percent: even where all changes are small, else closer the larger they are."""
    if limit > EVEN:
        axes.set_xscale("asinh", linear_width=NEAR)
        ticks = [tick for tick in TICKS if tick <= limit]
        axes.xaxis.set_major_locator(FixedLocator([*(-tick for tick in ticks), 0, *ticks]))
        axes.xaxis.set_minor_locator(NullLocator())
    else:
        axes.xaxis.set_major_locator(MaxNLocator(7, symmetric=True))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda x, _: f"{x:+.10g}".replace("-", "−") if x else "0"))
    axes.set_xlim(-limit, limit)
    axes.set_yticks([])
    axes.spines[["top", "right", "left"]].set_visible(False)
    axes.tick_params(colors=INK, labelsize=9)
    axes.grid(axis="x", color="#DDDDDD", lw=0.6)
    axes.set_axisbelow(True)


def _text(axes: Axes, x: float, y: float, text: str, size: float = 9.5, color: str = INK, **how) -> None:
    """Write at x in parts of the figure's width, y in lines."""
    how = {"ha": "left", "va": "center"} | how
    axes.text(_across(x), y, text, transform=axes.get_yaxis_transform(), fontsize=size, color=color, **how)


def _across(x: float) -> float:
    """Return parts of the figure's width as parts of the axes'."""
    return (x - LEFT) / (RIGHT - LEFT)


def _asked(comparison: "Comparison") -> str:
    years = comparison.a.scenario.years
    return (
        f"{comparison.place}, {years} year{'s' * (years != 1)} from the start of the policy; {len(comparison.seeds)} "
        "pairs of simulated runs: the same people with the same luck, once under each policy"
    )


def _nothing(comparison: "Comparison") -> str:
    if not by_verdict(comparison.rows):
        return "Every outcome is the same in every pair of runs."
    return "No outcome differs by enough to be drawn; the table has them all."


def _small_print(comparison: "Comparison", asked: Sequence[Row], shown: Sequence[Row]) -> str:
    """Return what stands below: how to read it, what of the outcomes asked for is not drawn, what made it."""
    first, rows = comparison.a.runs[0], comparison.rows
    same = [row.title for row in asked if row.verdict == "same"]
    other = [row.title for row in by_verdict(asked) if row not in shown]
    said = []
    if by_verdict(rows):
        said.append(
            "Each bar is the 95 % interval of the difference: chance alone. What is not known about the numbers behind "
            "the model comes on top. An arrow: further than is drawn. One outcome in twenty may differ by luck. "
            "Which way is better is a judgement, made for each outcome by itself (docs/results.md). "
            f"Changes are in % of {_words(comparison.labels[0])}, those of shares too: from 10 % to 11 % is +10 %."
        )
        if same:
            said.append(f"The same in every pair: {', '.join(same)}.")
        if other:
            said.append(f"Not drawn, in the table only: {', '.join(other)}.")
    row = headline(rows)
    said.append(f"{row.title}: {outcome(row.outcome).definition}.")
    said.append(
        f"Simulated with Deflect {__version__}, scenarios {comparison.a.scenario.hash[:8]} and "
        f"{comparison.b.scenario.hash[:8]}, seeds {_seeds(comparison.seeds)}; {first.residents:,} people simulated for "
        f"{first.place_population:,} residents; opioid overdoses."
    )
    return "\n".join(textwrap.fill(text, 190) for text in said)


def _words(label: str) -> str:
    return label.replace("_", " ")
