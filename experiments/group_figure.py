"""The figure of gaps: how four outcomes of women and of each race compare with those of men and of white people."""

import textwrap
from typing import TYPE_CHECKING

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import FuncFormatter, NullFormatter

from .. import __version__
from .figure import BLUE, GREY, INK, SHADE, VERMILION

if TYPE_CHECKING:
    from .result import Result

PANELS = (  # outcome, heading
    ("expected_deaths", "Expected overdose deaths"),
    ("arrests", "Arrests"),
    ("entries", "Treatment entries"),
    ("call_share", "911 called, somebody there"),
)
ROWS = (  # grouping, group, in words
    ("sex", "women", "women, to men"),
    ("race", "black", "Black, to white"),
    ("race", "hispanic", "Hispanic, to white"),
    ("race", "asian", "Asian, to white"),
    ("race", "aian", "American Indian or\nAlaska Native, to white"),
    ("race", "multi", "two or more races,\nto white"),
)
TICKS = (0.2, 0.5, 1, 2, 5)
EDGE = 5.0  # the axis goes from 1/5 to 5 at most


def draw_groups(result: "Result") -> Figure:
    """Return the figure of rate ratios; what chance alone cannot make is drawn in colour."""
    table = result.groups.set_index(["outcome", "grouping", "group"])
    figure = Figure(figsize=(12, 5), dpi=150, layout="constrained", facecolor="white")
    figure.get_layout_engine().set(h_pad=0.08, w_pad=0.06)
    grid = figure.add_gridspec(2, len(PANELS), height_ratios=(10, 1))
    first = figure.add_subplot(grid[0, 0])
    panels = [first, *(figure.add_subplot(grid[0, i], sharex=first, sharey=first) for i in range(1, len(PANELS)))]
    for axes, (outcome, heading) in zip(panels, PANELS, strict=True):
        _panel(axes, [table.loc[outcome, grouping, group] for grouping, group, _ in ROWS])
        axes.set_title(heading, loc="left", fontsize=10.5, color=INK)
    for axes in panels[1:]:
        axes.tick_params(labelleft=False)
    first.set_yticks(range(len(ROWS)), [words for *_, words in ROWS])
    first.set_ylim(len(ROWS) - 0.5, -0.5)
    _scale(first, table)
    figure.suptitle(
        f"{result.place}, {result.scenario.name.replace('_', ' ')}: rates compared between groups",
        x=0.012, ha="left", fontsize=15, fontweight="bold", color=INK,
    )  # fmt: skip
    below = figure.add_subplot(grid[1, :])
    below.axis("off")
    below.legend(handles=_how_to_read(), loc="center left", ncols=4, frameon=False, fontsize=9.5, labelcolor=INK)
    figure.supxlabel(textwrap.fill(_source(result), 200), x=0.012, ha="left", fontsize=7.5, color=GREY)
    return figure


def _panel(axes: Axes, rows) -> None:
    axes.set_xscale("log")
    axes.axvline(1, color=INK, lw=1)
    for place, row in enumerate(rows):
        if place % 2:
            axes.axhspan(place - 0.5, place + 0.5, color=SHADE, lw=0, zorder=-2)
        if not row.ratio_low <= row.ratio_high:
            said = "too few" if row.base > 0 else "nobody"
            axes.text(1.06, place, said, va="center", fontsize=8.5, color=GREY)
            continue
        more, fewer = row.ratio_low > 1, row.ratio_high < 1
        colour = VERMILION if more else BLUE if fewer else GREY
        low, high = max(row.ratio_low, 1 / EDGE), min(row.ratio_high, EDGE)
        axes.plot([low, high], [place, place], color=colour, lw=2.2, solid_capstyle="butt")
        middle = min(max(row.ratio, 1 / EDGE), EDGE)
        axes.plot(middle, place, clip_on=False, marker=">" if more else "<" if fewer else "o", ms=7, color=colour)
        told = dict(ha="center", va="bottom", fontsize=8.5, color=INK)
        behind = dict(facecolor=SHADE if place % 2 else "white", lw=0, pad=0.8)  # the line at 1 stays off the number
        axes.text(middle, place - 0.16, _number(row.ratio), bbox=behind, **told)
    axes.spines[["top", "right", "left"]].set_visible(False)
    axes.tick_params(colors=INK, labelsize=9, left=False)
    axes.tick_params(axis="x", which="minor", bottom=False)


def _scale(axes: Axes, table) -> None:
    """Let the axis hold the widest range drawn, the same to both sides of 1."""
    shown = [(outcome, grouping, group) for outcome, _ in PANELS for grouping, group, _ in ROWS]
    ends = np.abs(np.log(table.loc[shown, ["ratio_low", "ratio_high"]].to_numpy()))
    widest = min(EDGE, max(2.2, float(np.exp(np.nanmax(ends))) * 1.05 if np.isfinite(ends).any() else 0))
    axes.set_xlim(1 / widest, widest)
    axes.set_xticks([tick for tick in TICKS if 1 / widest <= tick <= widest])
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
    axes.xaxis.set_minor_formatter(NullFormatter())


def _how_to_read() -> list[Line2D]:
    return [
        Line2D([], [], color=VERMILION, marker=">", lw=2.2, ms=7, label="higher than the group compared with"),
        Line2D([], [], color=BLUE, marker="<", lw=2.2, ms=7, label="lower"),
        Line2D([], [], color=GREY, marker="o", lw=2.2, ms=7, label="chance alone may make it"),
        Line2D([], [], ls="", label="the line is where 95 of 100 runs lie"),
    ]


def _source(result: "Result") -> str:
    first, seeds = result.runs[0], len(result.runs)
    return (
        f"Simulated with Deflect {__version__}, scenario {result.scenario.hash[:8]}, {seeds} seed{'s' * (seeds != 1)}, "
        f"{first.residents:,} people simulated for {first.place_population:,} residents. Ratios of rates for the same "
        "time with active opioid use disorder; of calls, for as many overdoses with somebody there. Too few: "
        "some run had no such event in the group, or there is one run only. Gaps come from differences put into the "
        "model (who meets police, who is offered deflection, who trusts); other differences cannot show."
    )


def _number(ratio: float) -> str:
    """Return a ratio with two figures: 0.87, 1.0, 12."""
    return f"{ratio:.2f}" if ratio < 0.995 else f"{ratio:.1f}" if ratio < 9.95 else f"{ratio:.0f}"
