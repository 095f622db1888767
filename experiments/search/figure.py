"""The figure of a search: the front with its intervals, and beside it what each mix buys."""

import textwrap
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, MaxNLocator

from ... import __version__
from ..differences import value_at
from ..figure import BLUE, GREY, INK, VERMILION, _seeds
from ..money_text import dollars
from ..show import number
from .front import Confirmed, gains
from .levers import Lever
from .objectives import Objective
from .words import best, headline, label

if TYPE_CHECKING:
    from .study import Search

WIDTH, ROW, TOP, BOTTOM, LEAST = 14.5, 0.3, 2.75, 0.95, 4.2  # inches
PALE = "#C9C9C9"
SHADES = LinearSegmentedColormap.from_list("share", ["#FFFFFF", "#7FB8DA"])
ROOM = 1.12  # of the largest number drawn


class Axis(NamedTuple):
    """An objective as it is drawn: its place, and what a difference is multiplied by."""

    place: int
    goal: Objective
    factor: float
    label: str


def draw(found: "Search") -> Figure:
    """Return the figure; of more than two objectives, the first gain and the first bill or price."""
    rows = max(len(found.front) + len(found.references), 1)
    small = _small_print(found)
    bottom = BOTTOM + 0.155 * (small.count("\n") + 1)
    space = max(LEAST, ROW * rows)
    height = TOP + space + bottom
    figure = Figure(figsize=(WIDTH, height), dpi=150, facecolor="white")
    axes = figure.add_axes((0.06, bottom / height, 0.40, space / height))
    x, y = axes_of(found)
    _points(axes, found, x, y)
    levers = len(found.question.space.levers)
    strip = figure.add_axes(
        (0.57, (bottom + space - ROW * rows) / height, min(0.385, 0.048 * levers), ROW * rows / height)
    )
    _strip(strip, found)
    above = dict(x=0.012, va="top", color=INK)
    heading = textwrap.fill(title(found), 118)
    figure.text(y=1 - 0.18 / height, s=heading, fontsize=15, fontweight="bold", **above)
    below = 0.28 + 0.27 * (heading.count("\n") + 1)
    figure.text(y=1 - below / height, s=_asked(found), fontsize=10, **above)
    _keys(figure, found, 1 - (below + 0.32) / height, height)
    figure.text(0.012, 0.12 / height, small, va="bottom", fontsize=8, color=GREY, linespacing=1.35)
    return figure


def title(found: "Search") -> str:
    """Return the one message."""
    question, most = found.question, best(found)
    within = f"{found.place}, {dollars(question.space.budget, whole=True)} a year"
    if most is None:
        return f"{within}: no mix found that fresh runs can tell from the {question.base.name.replace('_', ' ')}"
    return f"{within}: the best mix found has {headline(found, most, '')}"


def axes_of(found: "Search") -> tuple[Axis, Axis]:
    """Return what is drawn along and up."""
    goals = found.question.objectives
    up = gains(goals)[0]
    money = [place for place, goal in enumerate(goals) if place != up and goal.unit.startswith("dollars")]
    along = money[0] if money else next(place for place in range(len(goals)) if place != up)
    return _axis(found, along), _axis(found, up)


def _axis(found: "Search", place: int) -> Axis:
    goal, base = found.question.objectives[place], found.question.base.name.replace("_", " ")
    of_base = next((one.found[place].base for one in (*found.front, *found.references)), 0.0)
    better = "less is better" if goal.better == "fewer" else "more is better"
    if goal.unit.startswith("dollars"):
        return Axis(place, goal, 1e-6, f"{goal.title}, million dollars a year more than {base}")
    if goal.kind in ("count", "stock") and of_base:
        return Axis(
            place, goal, 100 / of_base, f"Change in {goal.title[:1].lower()}{goal.title[1:]}, % of {base} ({better})"
        )
    factor, unit = (100, "percentage points") if goal.unit == "share" else (1, goal.unit)
    return Axis(place, goal, factor, f"Change in {goal.title[:1].lower()}{goal.title[1:]}, {unit} ({better})")


def _points(axes: Axes, found: "Search", x: Axis, y: Axis) -> None:
    seen = [
        (x.factor * x.goal.sign * one.values[x.place], y.factor * y.goal.sign * one.values[y.place])
        for one in found.tried
    ]
    axes.plot(*zip(*seen, strict=True), ls="", marker="o", ms=4, color=PALE, zorder=1)
    axes.plot(0, 0, marker="P", ms=10, color=INK, zorder=6, clip_on=False)
    axes.annotate(found.question.base.name.replace("_", " "), (0, 0), (8, 6), textcoords="offset points", fontsize=9.5,
                  color=INK, weight="bold")  # fmt: skip
    front = [
        (x.factor * one.found[x.place].diff, y.factor * one.found[y.place].diff) for one in found.front if one.on_front
    ]
    if front:
        axes.plot(*zip(*[(0.0, 0.0), *front], strict=True), color=BLUE, lw=1, alpha=0.5, zorder=2)
    for one in found.front:
        _mark(axes, one, x, y)
    most = _limit(found, x)
    for one in found.references:
        _reference(axes, one, x, y, most)
    low, high = axes.get_xlim()
    axes.set_xlim(low, min(high, most))
    axes.axhline(0, color=INK, lw=0.8, zorder=0)
    if x.goal.is_price:
        axes.axvline(x.factor * found.question.space.budget, color=INK, lw=1.2, ls=(0, (4, 3)), zorder=0)
        axes.text(x.factor * found.question.space.budget, 1.01, "the budget", transform=axes.get_xaxis_transform(),
                  ha="center", fontsize=9, color=INK)  # fmt: skip
    axes.set_xlabel(x.label, fontsize=10, color=INK)
    axes.set_ylabel(y.label, fontsize=10, color=INK)
    axes.spines[["top", "right"]].set_visible(False)
    axes.grid(color="#E6E6E6", lw=0.6)
    axes.set_axisbelow(True)
    axes.tick_params(colors=INK, labelsize=9)
    for axis in (axes.xaxis, axes.yaxis):
        axis.set_major_locator(MaxNLocator(7))
        axis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,.10g}".replace("-", "−")))


def _limit(found: "Search", x: Axis) -> float:
    """Return how far to the right is drawn: what lies beyond the budget and the mixes is told at the edge."""
    ends = [one.found[x.place].high for one in found.front] + [x.goal.sign * one.values[x.place] for one in found.tried]
    if x.goal.is_price:
        ends.append(found.question.space.budget)
    most = x.factor * max((end for end in ends if np.isfinite(end)), default=1.0)
    return ROOM * most if most > 0 else float("inf")


def _mark(axes: Axes, one: Confirmed, x: Axis, y: Axis) -> None:
    along, up = one.found[x.place], one.found[y.place]
    colour, face = (BLUE, BLUE) if one.on_front and one.clear else (BLUE, "white") if one.on_front else (GREY, "white")
    seen = x.factor * one.searched[x.place], y.factor * one.searched[y.place]
    here = x.factor * along.diff, y.factor * up.diff
    axes.plot(*zip(seen, here, strict=True), color=PALE, lw=0.9, zorder=1)
    _cross(axes, here, along, up, x, y, colour)
    axes.plot(*here, marker="o", ms=13, color=colour, mfc=face, mew=1.4, zorder=5)
    ink = "white" if face == BLUE else colour
    axes.annotate(str(one.number), here, ha="center", va="center", fontsize=8, color=ink, weight="bold", zorder=6)


def _reference(axes: Axes, one: Confirmed, x: Axis, y: Axis, most: float) -> None:
    along, up = one.found[x.place], one.found[y.place]
    here = x.factor * along.diff, y.factor * up.diff
    name = one.name.replace("_", " ")
    if here[0] > most:
        axes.plot(most, here[1], marker=">", ms=8, color=VERMILION, clip_on=False, zorder=4)
        span = f"{y.factor * up.low:.1f} to {y.factor * up.high:.1f}".replace("-", "−")
        said = f"{name}\n{dollars(along.diff) if x.goal.unit.startswith('dollars') else ''} ({span})"
        axes.annotate(said, (most, here[1]), (-7, 0), textcoords="offset points", ha="right", va="center", fontsize=9,
                      color=VERMILION, bbox=dict(facecolor="white", lw=0, pad=1), zorder=4)  # fmt: skip
        return
    _cross(axes, here, along, up, x, y, VERMILION)
    axes.plot(*here, marker="D", ms=7, color=VERMILION, zorder=4)
    axes.annotate(name, here, (8, 6), textcoords="offset points", fontsize=9, color=VERMILION)


def _cross(axes: Axes, here, along, up, x: Axis, y: Axis, colour: str) -> None:
    axes.plot([x.factor * along.low, x.factor * along.high], [here[1]] * 2, color=colour, lw=1.6, zorder=3)
    axes.plot([here[0]] * 2, [y.factor * up.low, y.factor * up.high], color=colour, lw=1.6, zorder=3)


def _strip(axes: Axes, found: "Search") -> None:
    """Draw what each mix buys: levers as shares of their range, with their values."""
    levers, rows = found.question.space.levers, [*found.front, *found.references]
    axes.set_xlim(-0.5, len(levers) - 0.5)
    axes.set_ylim(max(len(rows), 1) - 0.5, -0.5)
    for y, one in enumerate(rows):
        for i, lever in enumerate(levers):
            value = _bought(one, lever, i)
            axes.add_patch(_box(i, y, "white" if value is None else SHADES(_share(lever, value))))
            axes.text(i, y, "·" if value is None else _plain(value), ha="center", va="center", fontsize=8.5, color=INK)
        colour = VERMILION if not one.number else BLUE if one.on_front else GREY
        name = one.name.replace("_", " ") if not one.number else f"{one.number}"
        fallen = "" if one.on_front or not one.number else " (fell off)"
        axes.text(-0.62, y, f"{name}{fallen}  {dollars(one.price).replace(' million', ' M')}", ha="right", va="center",
                  fontsize=8.5, color=colour, weight="bold" if one.on_front else "normal")  # fmt: skip
    for i, lever in enumerate(levers):
        low, high = _plain(lever.values[0]), _plain(lever.values[-1])
        axes.text(i - 0.1, -0.62, f"{label(lever.path)}\n{low} to {high}", rotation=40, ha="left", va="bottom",
                  fontsize=8.5, color=INK, linespacing=1.1)  # fmt: skip
    axes.axis("off")


def _bought(one: Confirmed, lever: Lever, place: int) -> Any:
    """Return the value of a lever that a mix or policy buys; None where it buys nothing of it."""
    if one.number:
        return lever.values[one.mix[place]] if one.mix[place] != lever.nothing else None
    value = value_at(one.scenario, lever.path)
    opened = [value_at(one.scenario, path) for path, brought in lever.brings.items() if brought is True]
    if value == lever.values[lever.nothing] or (opened and not any(opened)):
        return None
    return value


def _share(lever: Lever, value: Any) -> float:
    low, high = float(lever.values[0]), float(lever.values[-1])
    return min(max((float(value or 0) - low) / (high - low), 0.0), 1.0)


def _plain(value: Any) -> str:
    return f"{value:,.6g}" if not isinstance(value, bool) else number(value)


def _box(x: float, y: float, colour):
    from matplotlib.patches import Rectangle

    return Rectangle((x - 0.48, y - 0.46), 0.96, 0.92, facecolor=colour, edgecolor="#E0E0E0", lw=0.6)


def _keys(figure: Figure, found: "Search", top: float, height: float) -> None:
    base = found.question.base.name.replace("_", " ")
    keys = [
        (BLUE, "● on the front, better than the base beyond chance"),
        (BLUE, f"○ on the front, cannot be told from {base}")
        * any(one.on_front and not one.clear for one in found.front),
        (GREY, "○ fell off the front on fresh seeds") * any(one.beaten_by for one in found.front),
        (VERMILION, "◆ a policy for reference   ▶ costs more than is drawn") * bool(found.references),
        ("#9A9A9A", "• a mix as the search saw it; a line leads to what fresh seeds say"),
    ]
    for line, (colour, said) in enumerate(key for key in keys if key):
        figure.text(0.012, top - 0.2 * line / height, said, va="top", fontsize=9.5, color=colour, weight="bold")


def _asked(found: "Search") -> str:
    question = found.question
    years = question.base.years
    return (
        f"{len(found.tried)} mixes of {len(question.space.levers)} levers searched with {len(question.seeds)} pairs of "
        f"runs each; those that looked best lived again with {question.confirm} fresh pairs, 95 % intervals; {years} "
        f"year{'s' * (years != 1)} from the start of the policy"
    )


def _small_print(found: "Search") -> str:
    question, (simulated, whole) = found.question, found.people
    said = [
        "Intervals are chance alone. What is not known about the numbers behind the model comes on top, and could "
        "change which mix is best. At the left: what the runs were billed more than the base. At the right: the price "
        "planned, which the budget is held to and which family programmes may exceed, then what each mix buys, shaded "
        "by the share of the lever's range; a dot is nothing beyond the base.",
    ]
    if question.references:
        said.append("Policies for reference set other levers too, some of which have no price.")
    said.append(
        f"Simulated with Deflect {__version__}, base {question.base.hash[:8]}, seeds {_seeds(list(question.seeds))} in "
        f"the search and {_seeds(list(question.fresh_seeds))} to confirm; {simulated:,} people simulated for {whole:,} "
        "residents; opioid overdoses."
    )
    return "\n".join(textwrap.fill(text, 215) for text in said)
