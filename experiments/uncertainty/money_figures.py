"""Money figures of a study: the cost-effectiveness plane, and how acceptable B is over what one would pay."""

import textwrap
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from ... import __version__
from ..figure import BLUE, GREY, INK, VERMILION
from ..money_figure import _money_axis, _plain, _plain_dollars
from ..money_text import dollars
from .components import means_of
from .words import LIMITS, percent

if TYPE_CHECKING:
    import pandas

    from .study import Uncertainty

LINES = (50_000, 200_000)  # dollars for a QALY, drawn beside the scenario's own
PAID = {"qaly": "a QALY gained", "death": "an expected overdose death averted"}
HEADINGS = {"qaly": "Health: QALYs", "death": "Deaths alone"}


def message(study: "Uncertainty") -> str:
    """Return the one sentence about money, at the scenario's willingness to pay."""
    benefit, (a, b) = study.decision.at_usual, study.labels
    if not benefit.draws.any():
        return f"{b} costs and gains the same as {a} in every draw"
    share = percent(float((benefit.draws > 0).mean()), len(benefit.draws))
    worth = "is worth its cost" if benefit.parts.mean > 0 else "is not worth its cost"
    return f"{b} {worth} on average at {dollars(benefit.willing, whole=True)} a QALY; it is in {share} of 100 draws"


def net_benefit(study: "Uncertainty") -> str:
    """Return the net benefit with its interval, in words."""
    parts = study.decision.at_usual.parts
    return f"net benefit {dollars(parts.mean)} (95 % of draws: {dollars(parts.low)} to {dollars(parts.high)})"


def draw_plane(study: "Uncertainty") -> Figure:
    """Return the plane: a dot a draw, what B costs more over the health it gains."""
    decision = study.decision
    cost, gained = means_of(decision.cost), means_of(decision.gained["qaly"])
    figure = Figure(figsize=(10, 7.2), dpi=150, facecolor="white")
    axes = figure.add_axes((0.115, 0.185, 0.855, 0.6))
    worth = decision.at_usual.draws > 0
    axes.axhline(0, color=INK, lw=0.9)
    axes.axvline(0, color=INK, lw=0.9)
    for chosen, colour, mark in ((worth, BLUE, "o"), (~worth, VERMILION, "s")):
        axes.plot(gained[chosen], cost[chosen], mark, color=colour, ms=4.5, alpha=0.6, mew=0)
    axes.plot(gained.mean(), cost.mean(), "D", color=INK, ms=9, mec="white", mew=1.2, zorder=5)
    x, y = (_ends(values) for values in (gained, cost))
    axes.set_xlim(*x)
    axes.set_ylim(*y)
    for slope in sorted({*LINES, decision.willing}):
        _willing_line(axes, slope, x, y, slope == decision.willing)
    axes.set_xlabel("QALYs gained (right) or lost (left), whole place and run", fontsize=10, color=INK)
    axes.set_ylabel("Dollars more, all payers, whole place and run", fontsize=10, color=INK)
    _plain(axes, "both")
    _money_axis(axes.yaxis)
    _words(figure, study, message(study), net_benefit(study), 84)
    told = ((BLUE, "o", f"worth it: {worth.sum()} draws"), (VERMILION, "s", f"not worth it: {(~worth).sum()} draws"))
    handles = [Line2D([], [], ls="", marker=mark, color=colour, label=label) for colour, mark, label in told]
    handles.append(Line2D([], [], ls="", marker="D", color=INK, label="mean of the draws"))
    figure.legend(handles=handles, loc="upper left", bbox_to_anchor=(0.105, 0.832), ncols=3, frameon=False,
                  fontsize=9.5, labelcolor=INK)  # fmt: skip
    return _plain_dollars(figure)


def _willing_line(axes: Axes, slope: float, x: tuple, y: tuple, usual: bool) -> None:
    """Draw what one would pay at most, and write it along the line's end in the picture."""
    style = dict(color=INK, lw=1.5) if usual else dict(color=GREY, lw=0.9, ls=(0, (4, 3)))
    axes.plot(x, (slope * x[0], slope * x[1]), zorder=1, scalex=False, scaley=False, **style)
    right = min(x[1], y[1] / slope) if slope else x[1]
    if right < 0.15 * x[1]:  # too short to write on
        return
    width, height = axes.figure.get_size_inches() * (axes.get_position().width, axes.get_position().height)
    angle = np.degrees(np.arctan2(slope * height / (y[1] - y[0]), width / (x[1] - x[0])))
    axes.annotate(
        f"{dollars(slope, whole=True)} a QALY", (right, slope * right), (-6, -3), textcoords="offset points",
        ha="right", va="bottom", rotation=angle, rotation_mode="anchor", fontsize=8.5, color=INK if usual else GREY,
        fontweight="bold" if usual else None,
    )  # fmt: skip


def draw_acceptability(study: "Uncertainty") -> Figure:
    """Return how likely each policy is the better buy, by what one would pay: a QALY at the left, a death averted."""
    figure = Figure(figsize=(12, 6.6), dpi=150, facecolor="white")
    for left, per in ((0.055, "qaly"), (0.55, "death")):
        _curves(figure.add_axes((left, 0.195, 0.415, 0.545)), study, per)
    handles, labels = figure.axes[0].get_legend_handles_labels()
    figure.legend(handles, labels, loc="upper left", bbox_to_anchor=(0.045, 0.845), ncols=3, frameon=False,
                  fontsize=9.5, labelcolor=INK)  # fmt: skip
    _words(figure, study, _acceptable(study), "blue band: Monte Carlo error (95 %)", 100)
    return _plain_dollars(figure)


def _curves(axes: Axes, study: "Uncertainty", per: str) -> None:
    table = study.decision.acceptability(per)
    a, b = (label.replace("_", " ") for label in study.labels)
    x = table.willing.to_numpy()
    axes.fill_between(x, 100 * table.p_b_low, 100 * table.p_b_high, color=BLUE, alpha=0.2, lw=0)
    axes.plot(x, 100 * table.p_b, color=BLUE, lw=1.7, label=b)
    axes.plot(x, 100 * (1 - table.p_b - table.p_same), color=VERMILION, lw=1.7, ls=(0, (5, 2)), label=a)
    _frontier(axes, table, (a, b))
    axes.set_xlim(0, x[-1])
    axes.set_ylim(0, 101)
    if per == "qaly" and study.decision.willing <= x[-1]:
        axes.axvline(study.decision.willing, color=GREY, lw=1, ls=(0, (4, 3)))
    axes.set_xlabel(f"What one would pay for {PAID[per]}, dollars", fontsize=9.5, color=INK)
    axes.set_title(f"{HEADINGS[per]}. The better buy in so many of 100 draws", loc="left", fontsize=10.5, color=INK)
    _plain(axes, "y")
    _money_axis(axes.xaxis)


def _frontier(axes: Axes, table: "pandas.DataFrame", labels: tuple[str, str]) -> None:
    """Draw the policy with the larger expected net benefit as a broad line, and write where it changes."""
    pieces = [piece for _, piece in table.groupby((table.best != table.best.shift()).cumsum())]
    for number, piece in enumerate(pieces):
        label = None if number else "the larger net benefit on average"
        axes.plot(piece.willing, 100 * piece.p_best, color=INK, lw=7, alpha=0.22, solid_capstyle="butt", label=label)
    for before, after in pairwise(pieces):
        if after.best.iloc[0] not in "AB":
            continue
        at, name = _crossing(before, after), labels["AB".index(after.best.iloc[0])]
        at_left = at < 0.6 * float(table.willing.iloc[-1])
        axes.axvline(at, color=INK, lw=0.8, ls=(0, (1, 2)))
        axes.annotate(
            f"{name} from about {dollars(float(f'{at:.2g}'))}", (at, 1.5), (5 if at_left else -5, 0),
            textcoords="offset points", ha="left" if at_left else "right", fontsize=8.5, color=INK,
        )  # fmt: skip


def _crossing(before: "pandas.DataFrame", after: "pandas.DataFrame") -> float:
    """Return where the mean net benefit, a straight line over what one would pay, is zero."""
    columns = ["willing", "net_benefit"]
    (x, y), (x2, y2) = before[columns].iloc[-1], after[columns].iloc[0]
    return float(x - y * (x2 - x) / (y2 - y)) if y2 != y else float(x)


def _acceptable(study: "Uncertainty") -> str:
    """Return the message of the curves."""
    decision, b = study.decision, study.labels[1]
    if not decision.at_usual.draws.any():
        return f"{b} costs and gains the same in every draw: there is nothing to choose"
    table, draws = decision.acceptability("qaly"), len(decision.at_usual.draws)
    share = percent(float((decision.at_usual.draws > 0).mean()), draws)
    first, last = (percent(float(table.p_b.iloc[i]), draws) for i in (0, -1))
    return (
        f"{b} is the better buy in {share} of 100 draws at {dollars(decision.willing, whole=True)} a QALY, in {first} "
        f"by money alone, in {last} at {dollars(float(table.willing.iloc[-1]), whole=True)} a QALY"
    )


def _words(figure: Figure, study: "Uncertainty", said: str, also: str, width: int) -> None:
    """Write title, what was done, and small print."""
    said = f"{said[:1].upper()}{said[1:]}".replace("_", " ")
    title = textwrap.fill(said, width)
    wide, high = figure.get_size_inches()
    a, b = (label.replace("_", " ") for label in study.labels)
    kept = f" of {study.of:,}" if study.kept else ""
    told = (
        f"{study.place}, {study.years} year{'s' * (study.years != 1)}, {b} less {a}, {len(study.draws):,}{kept} draws "
        f"of {len(study.asked.drawn)} uncertain numbers; {also}"
    )
    top = 1 - 0.17 / high
    figure.text(0.012, top, title, va="top", fontsize=14, fontweight="bold", color=INK)
    below = top - (0.07 + 0.25 * (title.count("\n") + 1)) / high
    figure.text(0.012, below, textwrap.fill(told, int(12.5 * wide)), va="top", fontsize=9.5, color=INK)
    small = textwrap.fill(_small_print(study), int(16.2 * wide))
    figure.text(0.012, 0.012, small, va="bottom", fontsize=7.5, color=GREY)


def _small_print(study: "Uncertainty") -> str:
    parts, prices = study.decision.at_usual.parts, study.asked.scenarios[0].prices
    chance = "chance is in it too, and with one seed a draw cannot be told apart"
    if parts.share == parts.share:
        chance = (
            f"{100 * parts.share:.0f} % of the variance of net benefit is chance, which pulls shares toward one half"
        )
    return (
        f"Each draw is the mean of its pairs of runs; {chance}. Dollars of "
        f"{prices.price_year}, money and QALYs discounted at {100 * prices.discount_rate:g} % a year, deaths not; what "
        f"deaths take after the run is in the QALYs. {LIMITS} Simulated with Deflect {__version__}, "
        f"{study.draws.residents:,} people for {study.draws.population:,} residents."
    )


def _ends(values: np.ndarray) -> tuple[float, float]:
    """Return the ends of an axis that shows all values, and zero."""
    low, high = min(0.0, float(values.min())), max(0.0, float(values.max()))
    room = 0.06 * (high - low) or 1.0
    return low - room, high + room
