"""The bars of each method: its indices with their intervals, and what chance alone would make."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import FuncFormatter, MaxNLocator

from ..figure import BLUE, GREY, INK, VERMILION
from ..show import number
from . import words
from .quantity import Quantity

if TYPE_CHECKING:
    import pandas

    from .study import Study

PALE = {BLUE: "#BBD7E8", VERMILION: "#F3CDB2", INK: "#BBBBBB"}  # what chance alone could make
FIRST, LAST = 0.895, 0.985  # right edges of the columns of numbers
HEIGHT = 0.34  # of a bar, in rows


def keys(study: "Study") -> list[tuple[str, str]]:
    """Return (colour, what it means) of what is drawn."""
    pale = (GREY, "Pale: chance alone could make it")
    match study.question.method.name:
        case "screening":
            return [(BLUE, "■ mu*: how much it changes over the whole range of the number, with its 95 % interval"),
                    (INK, "◇ sigma: how far that depends on the other numbers      ┊ what chance alone would make"),
                    pale]  # fmt: skip
        case "sobol":
            return [(BLUE, "■ ST: share of the variance with all it does together with others, 95 % interval"),
                    (INK, "◆ S1: by itself      ┊ the ST that chance alone would make"),
                    pale]  # fmt: skip
        case "tornado":
            return [(BLUE, "■ the number at the low end of its evidence"),
                    (VERMILION, "■ at the high end; lines are 95 % intervals over seeds"), pale]  # fmt: skip
    return [(BLUE, "■ where it is so: the side of the box, in the range of the evidence")]


def draw(study: "Study", axes: Axes, rows: "pandas.DataFrame", write: Callable[..., None]) -> None:
    """Draw the rows' bars, the numbers beside them, and the axis. write: (x, y, text, …) in parts of the width."""
    method = {"screening": _screening, "sobol": _sobol, "tornado": _tornado, "discovery": _boxes}
    method[study.question.method.name](study.question.quantity, axes, rows, write)


def _screening(quantity: Quantity, axes: Axes, rows: "pandas.DataFrame", write) -> None:
    shown = quantity.factor
    for y, row in enumerate(rows.itertuples()):
        _bar(axes, y, shown * row.mu_star, shown * row.mu_star_low, shown * row.mu_star_high, row.clear)
        _floor(axes, y, shown * row.chance)
        axes.plot(shown * row.sigma, y, marker="D", ms=5.5, color=INK, mfc="white", mew=1.2, zorder=4)
        write(FIRST, y, number(shown * row.mu_star), ha="right", color=_ink(row))
        write(LAST, y, words.span(shown * row.mu_star_low, shown * row.mu_star_high), ha="right", color=_ink(row))
    _heads(write, "mu*", "95 %")
    axes.set_xlim(0, 1.05 * shown * max(rows.mu_star_high.max(), rows.sigma.max(), rows.chance.max(), 1e-12))
    _axis(axes, f"{quantity.change}: change over the range of the number, {quantity.unit}")


def _sobol(quantity: Quantity, axes: Axes, rows: "pandas.DataFrame", write) -> None:
    for y, row in enumerate(rows.itertuples()):
        _bar(axes, y, 100 * row.st, 100 * row.st_low, 100 * row.st_high, row.clear)
        _floor(axes, y, 100 * row.chance)
        axes.plot([100 * row.s1_low, 100 * row.s1_high], [y + 0.28] * 2, color=INK, lw=1.2, zorder=4)
        axes.plot(100 * row.s1, y + 0.28, marker="D", ms=4.5, color=INK, zorder=4)
        write(FIRST, y, f"{100 * row.st:.0f} %", ha="right", color=_ink(row))
        write(LAST, y, words.span(100 * row.st_low, 100 * row.st_high), ha="right", color=_ink(row))
    _heads(write, "ST", "95 %")
    axes.set_xlim(105 * min(rows.s1_low.min(), 0), 105 * max(rows.st_high.max(), rows.s1_high.max(), 0.01))
    axes.axvline(0, color=INK, lw=0.8)
    _axis(axes, f"Share of the variance of {quantity.change[:1].lower()}{quantity.change[1:]}, in %")


def _tornado(quantity: Quantity, axes: Axes, rows: "pandas.DataFrame", write) -> None:
    shown = quantity.factor
    for y, row in enumerate(rows.itertuples()):
        ends = (
            (row.at_least, row.at_least_low, row.at_least_high, row.at_least_clear, BLUE, row.least, -0.17),
            (row.at_most, row.at_most_low, row.at_most_high, row.at_most_clear, VERMILION, row.most, 0.17),
        )
        for mean, low, high, clear, colour, end, shift in ends:
            _bar(axes, y + shift, shown * mean, shown * low, shown * high, clear, colour, HEIGHT * 0.9)
            told = words.signed(shown * mean) if mean else "0"
            ink = colour if clear else GREY
            write(FIRST, y + 1.15 * shift, told, ha="right", color=ink, size=8.5)
            write(LAST, y + 1.15 * shift, f"at {number(end)}", ha="right", color=ink, size=8.5)
    _heads(write, "change", "number")
    columns = rows[["at_least_low", "at_most_low", "at_least_high", "at_most_high"]].to_numpy(float)
    reach = 1.08 * shown * float(np.nanmax(np.abs(columns))) or 1.0
    axes.set_xlim(-reach, reach)
    axes.axvline(0, color=INK, lw=1.1)
    _axis(axes, f"{quantity.change}: change from all numbers at their values, {quantity.unit}")


def _boxes(quantity: Quantity, axes: Axes, rows: "pandas.DataFrame", write) -> None:
    for y, row in enumerate(rows.itertuples()):
        wide = row.most - row.least or 1.0
        low, high = (float(np.clip((end - row.least) / wide, -0.1, 1.1)) for end in (row.box_low, row.box_high))
        axes.plot([0, 1], [y, y], color=PALE[INK], lw=2.5, solid_capstyle="butt", zorder=1)
        axes.barh(y, high - low, HEIGHT, left=low, color=BLUE if row.clear else PALE[BLUE], zorder=2)
        for at, end, side in ((0, row.least, "left"), (1, row.most, "right")):
            axes.text(at, y + 0.36, number(end), ha=side, va="center", fontsize=8, color=GREY)
        write(FIRST, y, words.side(row), ha="right")
        write(LAST, y, f"{100 * row.gain:.0f} points", ha="right")
    _heads(write, "box", "density lost without")
    axes.set_xlim(-0.1, 1.1)
    axes.set_xticks([])
    axes.spines["bottom"].set_visible(False)
    axes.set_xlabel("from the low to the high end of the evidence of each number", fontsize=10, color=INK)


def _bar(axes: Axes, y, value, low, high, clear, colour: str = BLUE, height: float = HEIGHT) -> None:
    axes.barh(y, value, height, color=colour if clear else PALE[colour], zorder=2)
    if low != high:
        axes.plot([low, high], [y, y], color=INK, lw=1.3, zorder=3)


def _floor(axes: Axes, y: float, chance: float) -> None:
    axes.plot([chance, chance], [y - 0.3, y + 0.3], color=INK, lw=1.1, ls=(0, (1.5, 1.2)), zorder=3)


def _heads(write, first: str, last: str) -> None:
    write(FIRST, -0.62, first, ha="right", va="bottom", weight="bold")
    write(LAST, -0.62, last, ha="right", va="bottom", weight="bold")


def _axis(axes: Axes, label: str) -> None:
    axes.xaxis.set_major_locator(MaxNLocator(6))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda x, _: f"{x:,.10g}".replace("-", "−")))
    axes.set_xlabel(label, fontsize=10, color=INK)


def _ink(row: Any) -> str:
    return INK if row.clear else GREY
