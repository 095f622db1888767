"""The figure of a sweep: one outcome against each number that varies, by policy.

Of a grid or list, a mark is the mean over everything else at one value, with its 95 % interval over seeds; of a sample,
a dot is one point and the line its running mean. Numbers stand in the order of how much goes with them.
"""

import textwrap
from typing import TYPE_CHECKING

import numpy as np
from matplotlib.figure import Figure

from .. import __version__
from ..model.outcomes import outcome as find
from .compare_table import interval
from .figure import BLUE, GREEN, GREY, INK, VERMILION

if TYPE_CHECKING:
    import pandas
    from matplotlib.axes import Axes

    from .sweep import Sweep

PANELS = 6  # numbers drawn at most
FEW = 12  # points of a sample, up to which each is drawn with its interval
BINS = 8  # of a running mean
TELLING = 5  # points for each number that varies, from which on one of them is named
MARKS = "os^Dv*PX"
COLOURS = (BLUE, VERMILION, GREEN, "#CC79A7", "#E69F00", "#56B4E9", INK, "#999999")


def draw(sweep: "Sweep", outcome: str = "expected_deaths") -> Figure:
    """Return the figure of one outcome."""
    table, plan = sweep.table, sweep.plan
    if not plan.fresh_seeds:
        table = without_luck(table, outcome)
    paths = ranked(table, plan.varied, outcome)[:PANELS] or ["policy"]
    columns = min(3, len(paths))
    lines = -(-len(paths) // columns)
    width = max(7.5, 4.1 * columns)
    figure = Figure(figsize=(width, 3.3 * lines + 1.7), dpi=150, layout="constrained", facecolor="white")
    figure.get_layout_engine().set(h_pad=0.1, w_pad=0.08)
    grid = figure.subplots(lines, columns, squeeze=False, sharey=True)
    policies = [one.name for one in plan.policies]
    for axes, path in zip(grid.flat, paths, strict=False):
        for policy, colour, mark in zip(policies, COLOURS, MARKS, strict=False):
            rows = table[table.policy == policy]
            sampled = plan.design is not None and path in plan.sampled and plan.points > FEW
            (_dots if sampled else _steps)(axes, rows, path, outcome, policy, colour, mark)
        axes.set_xlabel(_named(path), fontsize=9, color=INK)
        axes.grid(axis="y", color="#DDDDDD", linewidth=0.6)
        axes.spines[["top", "right"]].set_visible(False)
        axes.tick_params(labelsize=8.5)
    for axes in grid.flat[len(paths) :]:
        axes.set_visible(False)
    known = find(outcome)
    unit = f"{known.unit} a year" if known.kind == "count" else known.unit
    of_places = f", mean of {len(plan.places):,} places" if len(plan.places) > 1 else ""
    for axes in grid[:, 0]:
        axes.set_ylabel(f"{textwrap.fill(known.title, 34)}\n({unit}{of_places})", fontsize=9.5, color=INK)
    if len(policies) > 1:
        grid.flat[0].legend(loc="best", fontsize=8.5, framealpha=0.85, edgecolor="none")
    figure.suptitle(
        textwrap.fill(title(sweep, outcome), int(7.8 * width)),
        x=0.012,
        ha="left",
        fontsize=13,
        fontweight="bold",
        color=INK,
    )
    figure.supxlabel(textwrap.fill(_small_print(sweep), int(14 * width)), x=0.012, ha="left", fontsize=7.5, color=GREY)
    return figure


def without_luck(table: "pandas.DataFrame", outcome: str) -> "pandas.DataFrame":
    """Return the table with an outcome less what each seed has in common over all points, policies and places.

    So intervals show how sure the differences between marks are, not how different seeds are (Cousineau 2005).
    """
    common = table.groupby("seed")[outcome].transform("mean") - table[outcome].mean()
    return table.assign(**{outcome: table[outcome] - common})


def ranked(table: "pandas.DataFrame", paths: tuple[str, ...], outcome: str) -> list[str]:
    """Return the numbers that vary, those first with which the outcome goes up or down most, by rank correlation."""
    from scipy.stats import rankdata

    by_point = table.groupby("point")[[outcome, *(p for p in paths if p != outcome)]].mean(numeric_only=True)
    y = rankdata(by_point[outcome])
    strength = {}
    for path in paths:
        numeric = path in by_point and by_point[path].nunique() > 1 and np.ptp(y) > 0
        strength[path] = abs(float(np.corrcoef(rankdata(by_point[path]), y)[0, 1])) if numeric else 0.0
    return sorted(paths, key=lambda path: -strength[path])


def title(sweep: "Sweep", outcome: str) -> str:
    """Return what the figure shows, in a sentence."""
    plan = sweep.plan
    what = find(outcome).title
    if not plan.varied:
        return f"{what} under {len(plan.policies)} policies"
    first = ranked(sweep.table, plan.varied, outcome)[0]
    if len(plan.varied) == 1:
        return f"{what} as {_named(first, short=True)} varies"
    if plan.points < TELLING * len(plan.varied):  # of so many numbers, one goes with anything by chance
        return f"{what} over {plan.points:,} points of {len(plan.varied)} numbers"
    return f"{what}: of {len(plan.varied)} numbers that vary, {_named(first, short=True)} goes with it most"


def _dots(axes: "Axes", rows: "pandas.DataFrame", path: str, outcome: str, label: str, colour: str, mark: str):
    by_point = rows.groupby("point")[[path, outcome]].mean()
    x, y = by_point[path].to_numpy(float), by_point[outcome].to_numpy(float)
    axes.plot(x, y, ".", color=colour, alpha=0.35, markersize=4, rasterized=len(x) > 2000)
    edges = np.unique(np.quantile(x, np.linspace(0, 1, BINS + 1)))
    bins = np.clip(np.searchsorted(edges, x, side="right") - 1, 0, len(edges) - 2)
    middle = [(x[bins == b].mean(), y[bins == b].mean()) for b in range(len(edges) - 1) if (bins == b).any()]
    axes.plot(*zip(*middle, strict=True), "-", color=colour, linewidth=2, label=label)


def _steps(axes: "Axes", rows: "pandas.DataFrame", path: str, outcome: str, label: str, colour: str, mark: str):
    """Draw the mean at each value; its interval is over seeds, everything else that varies averaged first."""
    steps = list(dict.fromkeys(rows[path])) if rows[path].dtype.kind not in "if" else sorted(rows[path].unique())
    places = steps if rows[path].dtype.kind in "if" else list(range(len(steps)))
    shift = 0.08 * (MARKS.index(mark) - 0.5) if rows[path].dtype.kind not in "if" else 0.0
    means, below, above = [], [], []
    for step in steps:
        found = rows[rows[path] == step].groupby("seed")[outcome].mean().to_numpy(float)
        low, high = interval(found)
        means.append(found.mean())
        below.append(found.mean() - low if np.isfinite(low) else 0.0)
        above.append(high - found.mean() if np.isfinite(high) else 0.0)
    joined = "-" if rows[path].dtype.kind in "if" else ""
    axes.errorbar(
        [place + shift for place in places],
        means,
        (below, above),
        fmt=mark + joined,
        color=colour,
        capsize=3,
        markersize=5,
        linewidth=1.4,
        label=label,
    )
    if rows[path].dtype.kind not in "if":
        axes.set_xticks(places, [str(step) for step in steps], fontsize=8.5)


def _named(path: str, short: bool = False) -> str:
    from ..scenarios.schema import fields

    spec = {spec.path: spec for spec in fields()}.get(path)
    if spec is None or short:
        return path.rpartition(".")[2].replace("_", " ")
    unit = f" ({spec.unit})" if spec.unit else ""
    return textwrap.fill(f"{path}{unit}", 42)


def _small_print(sweep: "Sweep") -> str:
    plan, state = sweep.plan, sweep.state
    asked = "" if state.lived == state.asked else f" {state.lived:,} of {state.asked:,} runs are there yet."
    seeds = "seeds of their own at every point"
    if not plan.fresh_seeds:
        seeds = "the same at every point; what a seed has in common everywhere is taken off"
    return (
        f"Deflect {__version__}. {plan.points:,} points x {len(plan.policies)} policies x {len(plan.places)} places x "
        f"{len(plan.seeds)} seeds ({seeds}). Marks: mean over seeds and all else that varies, with its 95 % t interval "
        f"over seeds (from five on); dots: one point each, line: running mean. What goes with an outcome need not "
        f"cause it where several numbers vary in step.{asked}"
    )
