"""The figure of a study: a row for each number that matters most, with what it rests on, and its index beside chance.

Full colour: more than chance makes; pale: what chance alone could make. The bars of each method are in bars.py.
"""

import textwrap
from typing import TYPE_CHECKING

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from ... import __version__
from ..figure import GREY, INK, VERMILION, _seeds
from . import bars, words
from .numbers import in_words

if TYPE_CHECKING:
    import pandas

    from .study import Study

WIDTH, ROW = 12.0, 0.44  # inches
LEFT, RIGHT = 0.44, 0.80  # where the bars begin and end, in parts of the width
QUALITY, END = 0.415, 0.985  # middle of the column of quality, right edge of the last column
TITLE_LINE, LINE, KEY_LINE, PRINT_LINE, AXIS = 0.27, 0.19, 0.22, 0.155, 0.62  # inches
MEANING = 74  # characters of a meaning that are shown


def draw(study: "Study") -> Figure:
    """Return the figure."""
    rows = shown(study)
    heading = textwrap.wrap(words.message(study), 92)
    said = textwrap.wrap(_above(study), 150)
    keys, small = bars.keys(study), _small_print(study, len(rows))
    below = AXIS + PRINT_LINE * (small.count("\n") + 2)
    above = 0.25 + TITLE_LINE * len(heading) + LINE * len(said) + KEY_LINE * len(keys) + 0.42
    space = ROW * max(len(rows), 2)
    height = above + space + below
    figure = Figure(figsize=(WIDTH, height), dpi=150, facecolor="white")
    axes = figure.add_axes((LEFT, below / height, RIGHT - LEFT, space / height))
    axes.set_ylim(max(len(rows), 2) - 0.5, -0.5)
    place = dict(x=0.015, va="top", color=INK)
    y = 0.18
    figure.text(y=1 - y / height, s="\n".join(heading), fontsize=15, fontweight="bold", **place)
    y += 0.07 + TITLE_LINE * len(heading)
    figure.text(y=1 - y / height, s="\n".join(said), fontsize=10, **place)
    y += 0.06 + LINE * len(said)
    for colour, text in keys:
        figure.text(0.015, 1 - y / height, text, va="top", color=colour, fontsize=9.5, fontweight="bold")
        y += KEY_LINE
    if len(rows):
        _rows(axes, rows)
        bars.draw(study, axes, rows, lambda x, y, text, **how: _text(axes, x, y, text, **how))
        _plain(axes)
    else:
        axes.axis("off")
        axes.text(0.5, 0.5, "There is no box to draw; the table has every number.", transform=axes.transAxes,
                  ha="center", color=INK, fontsize=12)  # fmt: skip
    figure.text(0.015, 0.15 / height, small, va="bottom", fontsize=8, color=GREY, linespacing=1.35)
    return figure


def shown(study: "Study") -> "pandas.DataFrame":
    """Return the rows that are drawn."""
    table = study.table
    if study.found is not None:
        table = table[table.path.isin(study.found.limits)]
    return table.head(words.SHOWN)


def _rows(axes: Axes, rows: "pandas.DataFrame") -> None:
    """Write what each number is, and the quality of its evidence."""
    for y, row in enumerate(rows.itertuples()):
        colour = INK if row.clear else GREY
        _text(axes, 0.015, y - 0.17, in_words(row.path), color=colour)
        meaning = textwrap.shorten(row.meaning, MEANING, placeholder=" …")
        _text(axes, 0.015, y + 0.19, meaning, color=GREY, size=8)
        weak = row.quality == "C" and row.clear
        _text(axes, QUALITY, y, row.quality or "lever", ha="center", color=VERMILION if weak else colour,
              weight="bold" if weak else None)  # fmt: skip
        if y:
            axes.axhline(y - 0.5, xmin=_across(0.015), xmax=_across(END), color="#EEEEEE", lw=0.7, clip_on=False)
    _text(axes, 0.015, -0.62, "What is not known", va="bottom", weight="bold")
    _text(axes, QUALITY, -0.62, "evidence", ha="center", va="bottom", weight="bold")


def _plain(axes: Axes) -> None:
    axes.set_yticks([])
    axes.spines[["top", "right", "left"]].set_visible(False)
    axes.tick_params(colors=INK, labelsize=9)
    axes.grid(axis="x", color="#DDDDDD", lw=0.6)
    axes.set_axisbelow(True)


def _text(axes: Axes, x: float, y: float, text: str, size: float = 9.5, color: str = INK, **how) -> None:
    """Write at x in parts of the figure's width, y in rows."""
    how = {"ha": "left", "va": "center"} | how
    axes.text(_across(x), y, text, transform=axes.get_yaxis_transform(), fontsize=size, color=color, **how)


def _across(x: float) -> float:
    return (x - LEFT) / (RIGHT - LEFT)


def _above(study: "Study") -> str:
    """Return what was asked, and what the answer rests on."""
    return f"{words.setting(study)}. {words.judged(study.found) if study.found else words.level(study)}"


def _rest(left: int, drawn: int) -> str:
    if not left:
        return ""
    return f"{left:,} more numbers are in the table. " if drawn else f"All {left:,} numbers are in the table. "


def _small_print(study: "Study", drawn: int) -> str:
    asked, first = study.question, study.runs.iloc[0]
    left = len(study.table) - drawn
    said = [
        f"{words.notes(study)} {words.chance(study)}",
        f"Evidence: A strong and direct, B reasonable, C weak or judgement. "
        f"{_rest(left, drawn)}"
        f"Simulated with Deflect {__version__}: {asked.size}, seeds {_seeds(list(asked.plan.seeds))} at every point; "
        f"{int(first.residents_simulated):,} people simulated for {int(first.place_population):,} residents.",
    ]
    return "\n".join(textwrap.fill(text, 190) for text in said)
