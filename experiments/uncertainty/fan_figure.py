"""The fan of a study: one outcome over time under A and under B, and the difference between them."""

import textwrap
import warnings
from typing import TYPE_CHECKING

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.ticker import FuncFormatter, MaxNLocator

from ... import __version__
from ...model.outcomes import outcome as find
from ..figure import BLUE, GREEN, GREY, INK, SHADE, VERMILION, WINDOW, _plain, _rounded
from ..run import DAYS_A_YEAR
from .components import means_of
from .words import BASIS, LIMITS, sentence

if TYPE_CHECKING:
    from .study import Uncertainty

FAN = (0.025, 0.25, 0.5, 0.75, 0.975)


def draw(study: "Uncertainty") -> Figure:
    """Return the figure: levels side by side on one scale, the paired difference at the right."""
    series = Series(study)
    a, b = (label.replace("_", " ") for label in study.labels)
    figure = Figure(figsize=(13, 6.3), dpi=150, facecolor="white")
    left, middle, right = (figure.add_axes((x, 0.27, 0.25, 0.5)) for x in (0.06, 0.36, 0.7))
    for axes, values, colour, label in ((left, series.a, VERMILION, a), (middle, series.b, BLUE, b)):
        _fan(axes, series.x, values, colour)
        _plain(axes, label)
        axes.set_xlim(series.x[0], study.years)
        axes.axvspan(series.x[0], 0, color=SHADE, lw=0, zorder=0)
        axes.axvline(0, color=INK, lw=1.2, ls=(0, (4, 2)))
    top = 1.08 * max(np.nanmax(np.nanquantile(values, FAN[-1], axis=0)) for values in (series.a, series.b))
    for axes in (left, middle):
        axes.set_ylim(0, top or 1)
    if study.asked.outcome in ("expected_deaths", "deaths"):
        rate = study.published[0]
        for axes in (left, middle):
            axes.axhline(rate, color=INK, lw=1, ls=(0, (1, 2)))
    _fan(right, series.difference_x, series.difference, GREEN)
    _plain(right, f"{b} less {a}")
    right.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,.10g}".replace("-", "−")))
    right.axhline(0, color=INK, lw=1)
    right.set_xlim(0, study.years)
    end = np.nanmedian(series.difference[:, -1])
    right.annotate(
        _rounded(end) if end >= 0 else f"−{_rounded(-end)}", (study.years, end), (4, 0), textcoords="offset points",
        va="center", fontsize=10.5, fontweight="bold", color=GREEN, annotation_clip=False,
    )  # fmt: skip
    for axes in (left, middle, right):
        axes.set_xlabel("Years from the start of the policy", fontsize=9.5, color=INK)
        axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    left.set_ylabel(series.level_label, fontsize=9.5, color=INK)
    right.set_ylabel(series.difference_label, fontsize=9.5, color=INK)
    title = textwrap.fill(f"{study.place}, {headline(study)}", 100)
    figure.text(0.012, 0.972, title, va="top", fontsize=15, fontweight="bold", color=INK)
    figure.text(0.012, 0.972 - 0.052 * (1 + title.count("\n")), _subtitle(study), va="top", fontsize=10, color=INK)
    figure.legend(handles=_key(study), loc="lower left", bbox_to_anchor=(0.005, 0.105), ncols=4, frameon=False,
                  fontsize=9, labelcolor=INK)  # fmt: skip
    figure.text(0.012, 0.015, textwrap.fill(_small_print(study), 215), va="bottom", fontsize=7.5, color=GREY)
    return figure


class Series:
    """An outcome by month and draw: its level under A and B, and the difference since the policy began."""

    def __init__(self, study: "Uncertainty"):
        draws, outcome = study.draws, find(study.asked.outcome)
        months, days = draws.months
        policy = months >= 0
        unit = {"share": f"{outcome.title} ({outcome.unit})", "stock": f"{outcome.title}"}
        pairs = draws.monthly[outcome.id]
        if outcome.kind == "count":
            lived = draws.monthly["population"]
            self.x = (months[WINDOW - 1 :] + 1) / 12
            self.a, self.b = (
                means_of_seeds(_windows(counted) / _windows(people * days) * DAYS_A_YEAR * 1e5)
                for counted, people in zip(pairs, lived, strict=True)
            )
            self.difference_x = (months[policy] + 1) / 12
            self.difference = np.cumsum(means_of_seeds(pairs.diff)[:, policy], axis=1)
            self.level_label = f"{outcome.title}, last 12 months, per 100,000 residents"
            self.difference_label = f"Difference since the start, {outcome.unit} in the whole place"
        else:
            self.x = (months + 0.5) / 12
            self.a, self.b = (means_of_seeds(side) for side in pairs)
            self.difference_x, self.difference = self.x[policy], means_of_seeds(pairs.diff)[:, policy]
            self.level_label = unit[outcome.kind]
            self.difference_label = f"Difference ({outcome.unit})"
        self.level_label, self.difference_label = (
            textwrap.fill(text, 44) for text in (self.level_label, self.difference_label)
        )


def means_of_seeds(monthly: np.ndarray) -> np.ndarray:
    """Return means over seeds of shape (draws, months) from (draws, seeds, months)."""
    draws, seeds, months = monthly.shape
    return means_of(monthly.transpose(0, 2, 1).reshape(-1, seeds)).reshape(draws, months)


def headline(study: "Uncertainty") -> str:
    """Return the message: the difference with its interval, and how sure its direction is."""
    a, b = (label.replace("_", " ") for label in study.labels)
    said = sentence(study.row)
    return f"{b} against {a}: {said[:1].lower()}{said[1:]}"


def _windows(monthly: np.ndarray) -> np.ndarray:
    """Return sums over each twelve months, of the last axis."""
    total = np.cumsum(monthly, axis=-1)
    total[..., WINDOW:] = total[..., WINDOW:] - total[..., :-WINDOW]
    return total[..., WINDOW - 1 :]


def _fan(axes: Axes, x: np.ndarray, values: np.ndarray, colour: str) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # months in which no draw has the number
        low, lower, median, upper, high = np.nanquantile(values, FAN, axis=0)
    axes.fill_between(x, low, high, color=colour, alpha=0.18, lw=0)
    axes.fill_between(x, lower, upper, color=colour, alpha=0.34, lw=0)
    axes.plot(x, median, color=colour, lw=2.2)


def _key(study: "Uncertainty") -> list:
    told = [
        Line2D([], [], color=INK, lw=2.2, label="middle of the draws"),
        Patch(color=INK, alpha=0.45, lw=0, label="half of the draws"),
        Patch(color=INK, alpha=0.18, lw=0, label="95 of 100 draws"),
    ]
    if study.asked.outcome in ("expected_deaths", "deaths"):
        rate, basis = study.published
        how = BASIS.get(basis, "estimated")
        label = f"{how}: {rate:.1f} a year, all drugs, 2018-2022"
        told.append(Line2D([], [], color=INK, lw=1, ls=(0, (1, 2)), label=label))
    return told


def _subtitle(study: "Uncertainty") -> str:
    kept = f" of {study.of:,}" if study.kept else ""
    told = f"{len(study.draws):,}{kept} draws of {len(study.asked.drawn)} uncertain numbers"
    pairs = f"{study.seeds} pair{'s' * (study.seeds != 1)} of runs at each"
    return f"{told}, {pairs}; the same people and the same luck under both policies"


def _small_print(study: "Uncertainty") -> str:
    row = study.row
    chance = "Chance is in the bands and cannot be told apart from ignorance with one seed a draw."
    if row.chance_share == row.chance_share:
        chance = f"{100 * row.chance_share:.0f} % of the variance of the difference over the run is chance."
    definition = find(study.asked.outcome)
    kept = (
        "" if not study.kept else f" Only draws with {study.kept[0]:g} to {study.kept[1]:g} times the published rate."
    )
    return (
        f"{definition.title}: {definition.definition}. {chance}{kept} {LIMITS} Shaded: before the policy, under the "
        f"status quo. Simulated with Deflect {__version__}, scenarios {study.asked.scenarios[0].hash[:8]} and "
        f"{study.asked.scenarios[1].hash[:8]}; {study.draws.residents:,} people for {study.draws.population:,} "
        "residents."
    )
