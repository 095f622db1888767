"""The figures of equity: how groups' rates compare under one policy, and what another policy changes for each group."""

import math
import textwrap
from typing import TYPE_CHECKING

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import FuncFormatter, MaxNLocator, NullFormatter

from .. import __version__
from .equity import FEWEST_EVENTS, FEWEST_RUNS
from .equity_table import HEADLINES, group_name
from .figure import BLUE, GREY, INK, SHADE, VERMILION

if TYPE_CHECKING:
    from .compare import Comparison
    from .result import Result

HEADINGS = dict(
    zip(
        HEADLINES,
        ("Expected overdose deaths", "Arrests", "Treatment entries", "911 called, somebody there"),
        strict=True,
    )
)
COMPARED = (("sex", "women"), *(("race", group) for group in ("black", "hispanic", "asian", "aian", "multi")))
EVERYBODY = (("all", "all"), ("sex", "women"), ("sex", "men"), ("race", "white"), *COMPARED[1:])
TICKS = (0.1, 0.2, 0.5, 1, 2, 5, 10)
EDGE = 10.0  # the axis of ratios goes from 1/10 to 10 at most
PALE = "#A6A6A6"  # too few events to say


def draw(result: "Result") -> Figure:
    """Return the figure of rate ratios with their intervals; what chance alone cannot make is drawn in colour."""
    table = result.equity
    table = table[(table.measure == "rate_ratio") & table.outcome.isin(HEADLINES)]
    rows = table.set_index(["outcome", "grouping", "group"])
    figure, panels, below = _panels(5.6)
    widest = _widest(rows)
    for axes, outcome in zip(panels, HEADLINES, strict=True):
        axes.set_xscale("log")
        axes.set_xlim(1 / widest, widest)
        axes.set_xticks([tick for tick in TICKS if 1 / widest <= tick <= widest])
        axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
        axes.xaxis.set_minor_formatter(NullFormatter())
        axes.axvline(1, color=INK, lw=1)
        for place, key in enumerate(COMPARED):
            row = rows.loc[(outcome, *key)]
            look = _look(row.low > 1, row.high < 1, VERMILION, BLUE)
            _dot(axes, place, row.value, row.low, row.high, row.few, look, 1.0, _number(row.value))
        _dress(axes, HEADINGS[outcome], len(COMPARED))
    reference = dict(zip(table.group, table.reference, strict=True))
    names = [f"{_words(group)}, to {reference[group]}" for _, group in COMPARED]
    _finish(figure, panels, below, names, title(result), _source(result))
    below.legend(handles=_how_to_read("higher than the group compared with", "lower", (">", "<")), **_LEGEND)
    panels[0].set_xlabel("ratio of rates", fontsize=9, color=INK, loc="left")
    return figure


def draw_changes(comparison: "Comparison") -> Figure:
    """Return the figure of what B changes in each group's rate, with the 95 % interval over pairs of runs."""
    table = comparison.equity
    rows = table[table.measure == "rate"].set_index(["outcome", "grouping", "group"])
    figure, panels, below = _panels(6.9)
    for axes, outcome in zip(panels, HEADLINES, strict=True):
        here = rows.loc[[(outcome, *key) for key in EVERYBODY]]
        axes.set_xlim(*_reach(here))
        axes.xaxis.set_major_locator(MaxNLocator(4, symmetric=True))
        axes.axvline(0, color=INK, lw=1)
        for place, row in enumerate(here.itertuples()):
            colours = {"more": (BLUE, VERMILION), "fewer": (VERMILION, BLUE)}.get(row.better, (INK, INK))
            look = _look(row.change_low > 0, row.change_high < 0, *colours)
            told = _signed(row.change, axes.get_xlim()[1])
            _dot(axes, place, row.change, row.change_low, row.change_high, row.few, look, 0.0, told)
        _dress(axes, HEADINGS[outcome], len(EVERYBODY))
        axes.set_xlabel(textwrap.fill(here.unit.iloc[0], 34), fontsize=9, color=INK)
    names = ["everybody", *(_words(group) for _, group in EVERYBODY[1:])]
    _finish(figure, panels, below, names, title_of_changes(comparison), _source_of_changes(comparison))
    below.legend(handles=_how_to_read("worse", "better", ("s", "s")), **_LEGEND)
    return figure


def title(result: "Result") -> str:
    """Return the one message: the widest gap that chance alone does not make."""
    table = result.equity
    keys = zip(table.grouping, table.group, strict=True)
    found = table[
        (table.measure == "rate_ratio")
        & table.outcome.isin(HEADLINES)
        & (table.few == "")
        & ((table.low > 1) | (table.high < 1))
        & np.array([key in COMPARED for key in keys], bool)
    ]
    where = f"{result.place}, {result.scenario.name.replace('_', ' ')}"
    if not len(found):
        return f"{where}: no gap by sex or race that chance alone does not make"
    row = found.iloc[int(np.argmax(np.abs(np.log(found.value))))]
    said = f"{_number(row.value)} times the rate of {_people(row.reference)} for {_people(row.group)}"
    return f"{where}: widest gap in {_small(HEADINGS[row.outcome])}, {said}"


def title_of_changes(comparison: "Comparison") -> str:
    """Return the one message: for whom the first headline outcome changes, and of whom these runs cannot tell."""
    table, outcome = comparison.equity, HEADLINES[0]
    rows = table[(table.measure == "rate") & (table.outcome == outcome)].set_index(["grouping", "group"])
    by_verdict: dict[str, list[str]] = {}
    for key in EVERYBODY[1:]:
        by_verdict.setdefault(rows.loc[key].verdict, []).append(_people(key[1]))
    told = [
        f"{words} for {', '.join(by_verdict[verdict])}"
        for verdict, words in (("better", "fall"), ("worse", "rise"), ("same", "stay"))
        if verdict in by_verdict
    ]
    unknown = sum(len(by_verdict.get(verdict, ())) for verdict in ("cannot tell", "too few"))
    told += [f"cannot tell for {unknown} {'other' if told else 'group'}{'s' * (unknown != 1)}"] if unknown else []
    a, b = (label.replace("_", " ") for label in comparison.labels)
    return f"{b[:1].upper()}{b[1:]} instead of {a}: {_small(HEADINGS[outcome])} {'; '.join(told)}"


_LEGEND = dict(loc="center left", ncols=5, frameon=False, fontsize=9, labelcolor=INK, handletextpad=0.5)


def _panels(height: float) -> tuple[Figure, list[Axes], Axes]:
    figure = Figure(figsize=(12.5, height), dpi=150, layout="constrained", facecolor="white")
    figure.get_layout_engine().set(h_pad=0.08, w_pad=0.12)
    grid = figure.add_gridspec(2, len(HEADLINES), height_ratios=(10, 1))
    first = figure.add_subplot(grid[0, 0])
    panels = [first, *(figure.add_subplot(grid[0, i], sharey=first) for i in range(1, len(HEADLINES)))]
    below = figure.add_subplot(grid[1, :])
    below.axis("off")
    return figure, panels, below


def _look(more: bool, fewer: bool, colour_of_more: str, colour_of_fewer: str) -> tuple[str, str]:
    """Return colour and marker: an arrow says the direction, also without the colour."""
    return (colour_of_more, ">") if more else (colour_of_fewer, "<") if fewer else (INK, "o")


def _dot(axes: Axes, place: int, value, low, high, few, look, level, told: str) -> None:
    """Draw one estimate and its interval; pale and hollow where too little happened."""
    left, right = axes.get_xlim()
    if not low <= high:
        nobody = value != value
        axes.text(level, place, "  nobody" if nobody else "  too few", va="center", fontsize=8.5, color=GREY)
        return
    colour, marker = (PALE, "o") if few else look
    axes.plot([max(low, left), min(high, right)], [place, place], color=colour, lw=2.2, solid_capstyle="butt")
    middle = min(max(value, left), right)
    axes.plot(
        middle, place, clip_on=False, marker=marker, ms=6.5, color=colour, mfc="white" if few else colour, mew=1.4
    )
    behind = dict(facecolor=SHADE if place % 2 else "white", lw=0, pad=0.8)  # the line of no gap stays off the number
    ink = GREY if few else INK
    axes.text(middle, place - 0.17, told, bbox=behind, ha="center", va="bottom", fontsize=8.5, color=ink)


def _dress(axes: Axes, heading: str, lines: int) -> None:
    axes.set_title(heading, loc="left", fontsize=10.5, color=INK)
    for place in range(1, lines, 2):
        axes.axhspan(place - 0.5, place + 0.5, color=SHADE, lw=0, zorder=-2)
    axes.spines[["top", "right", "left"]].set_visible(False)
    axes.tick_params(colors=INK, labelsize=9, left=False)
    axes.tick_params(axis="x", which="minor", bottom=False)


def _finish(figure: Figure, panels, below: Axes, names, heading: str, source: str) -> None:
    for axes in panels[1:]:
        axes.tick_params(labelleft=False)
    panels[0].set_yticks(range(len(names)), names)
    panels[0].set_ylim(len(names) - 0.5, -0.6)
    figure.suptitle(textwrap.fill(heading, 105), x=0.012, ha="left", fontsize=14, fontweight="bold", color=INK)
    figure.supxlabel(textwrap.fill(source, 205), x=0.012, ha="left", fontsize=7.5, color=GREY)


def _widest(rows) -> float:
    """Return where the axis of ratios ends, to both sides of 1: what is too few to say does not stretch it."""
    shown = rows.loc[[(outcome, *key) for outcome in HEADLINES for key in COMPARED]]
    ends = np.abs(np.log(shown.loc[shown.few == "", ["low", "high"]].to_numpy(float)))
    return min(EDGE, max(2.2, float(np.exp(np.nanmax(ends))) * 1.15 if np.isfinite(ends).any() else 0))


def _reach(rows) -> tuple[float, float]:
    sound = rows[rows.few == ""]
    ends = np.abs((sound if len(sound) else rows)[["change_low", "change_high"]].to_numpy(float))
    most = 1.15 * float(np.nanmax(ends)) if np.isfinite(ends).any() else 0.0
    return -(most or 1.0), most or 1.0


def _how_to_read(first: str, second: str, markers: tuple[str, str]) -> list[Line2D]:
    return [
        Line2D([], [], color=VERMILION, marker=markers[0], lw=2.2, ms=6.5, label=first),
        Line2D([], [], color=BLUE, marker=markers[1], lw=2.2, ms=6.5, label=second),
        Line2D([], [], color=INK, marker="o", lw=2.2, ms=6.5, label="chance alone may make it"),
        Line2D([], [], color=PALE, marker="o", mfc="white", lw=2.2, ms=6.5, label="too few events to say"),
        Line2D([], [], ls="", label="lines: 95 % interval"),
    ]


def _source(result: "Result") -> str:
    first, seeds = result.runs[0], len(result.runs)
    return (
        f"Simulated with Deflect {__version__}, scenario {result.scenario.hash[:8]}, {seeds} seed{'s' * (seeds != 1)}, "
        f"{first.residents:,} people simulated for {first.place_population:,} residents. Ratios of rates, all runs "
        "together, for the same time with active opioid use disorder; of calls, for as many overdoses with somebody "
        "there. Intervals are of the mean, chance alone. Gaps come from differences put into the model (who meets "
        "police, who is offered deflection, who trusts); other differences cannot show. "
        f"Too few: under {FEWEST_EVENTS} events in all runs, or in under {FEWEST_RUNS} runs. All groups: equity.csv."
    )


def _source_of_changes(comparison: "Comparison") -> str:
    first, pairs = comparison.a.runs[0], len(comparison.seeds)
    return (
        f"Simulated with Deflect {__version__} for {comparison.place}, scenarios {comparison.a.scenario.hash[:8]} and "
        f"{comparison.b.scenario.hash[:8]}, {pairs} pairs of runs with the same people and the same luck, "
        f"{first.residents:,} people simulated for {first.place_population:,} residents. Change of each group's rate, "
        "all runs together; intervals are of the mean change, chance alone, and are cut at the edge. One in twenty may "
        "differ by luck. All groups and outcomes, and whether gaps narrow or widen: equity.csv."
    )


def _number(ratio: float) -> str:
    """Return a ratio with the figures a reader can use: 0.87, 1.03, 2.5, 12."""
    return f"{ratio:.2f}" if ratio < 1.995 else f"{ratio:.1f}" if ratio < 9.95 else f"{ratio:.0f}"


def _people(group: str) -> str:
    words = group_name(group)
    return words if group in ("women", "men") else f"people of {words}" if group == "multi" else f"{words} people"


def _small(heading: str) -> str:
    return heading[:1].lower() + heading[1:]


def _signed(change: float, reach: float) -> str:
    """Return a change with its sign, with the decimals that can be seen on an axis that ends at `reach`."""
    decimals = max(0, 2 - math.floor(math.log10(reach)))
    return f"{change:+.{decimals}f}".replace("-", "−") if round(change, decimals) else "0"


def _words(group: str) -> str:
    """Return the name of a group as it fits beside an axis."""
    return group_name(group).replace(" or Alaska", " or\nAlaska")
