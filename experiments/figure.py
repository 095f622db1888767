"""The figure of a result: deaths, overdoses and medication over time, with the range of chance alone.

Rates are of the twelve months before each point, as health departments publish them: a single month of a county is
mostly chance.
"""

import textwrap
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from matplotlib import rc_context
from matplotlib.axes import Axes
from matplotlib.collections import PathCollection
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import FuncFormatter, MaxNLocator

from .. import __version__
from ..scenarios.errors import InputError
from .chance import band, spread
from .provenance import policy_label, seeds_text
from .published import PublishedRate, published_rates
from .run import DAYS_A_YEAR

if TYPE_CHECKING:
    from .result import Result

# Okabe and Ito's colours: told apart by readers with any colour vision.
VERMILION, BLUE, GREEN, INK, GREY, SHADE = "#D55E00", "#0072B2", "#009E73", "#222222", "#6B6B6B", "#EEEEEE"
BURN_IN_YEARS = 2
WINDOW = 12  # months
FIRST_PUBLISHED = 2015
TITLE = 84  # letters of a title in a line
CLOUD = 1000  # points in one scatter
HEADROOM = 1.15  # of the largest number drawn, for the words above it

PANELS = (  # outcome, heading, colour
    ("deaths", "Overdose deaths per 100,000 residents, last 12 months", VERMILION),
    ("overdoses", "Overdoses, fatal or not, per 100,000 residents, last 12 months", BLUE),
    ("coverage", "On medication, of 100 people with opioid use disorder", GREEN),
)


def draw(result: "Result") -> Figure:
    """Return the figure of a result; what is published stands beside it, as the model's years have no dates."""
    figure = Figure(figsize=(11, 9), dpi=150, layout="constrained", facecolor="white")
    figure.get_layout_engine().set(h_pad=0.08, w_pad=0.06)
    grid = figure.add_gridspec(3, 2, width_ratios=(1, 2.2))
    published = published_rates(result.scenario.place, FIRST_PUBLISHED)
    for row, (outcome, heading, colour) in enumerate(PANELS):
        axes = figure.add_subplot(grid[row, 1])
        _simulated(axes, result, outcome, heading, colour)
        if row == 0:
            beside = dict(transform=axes.get_xaxis_transform(), y=0.97, va="top", fontsize=9, color=INK)
            axes.text(0, s="  policy starts", **beside)
            axes.text(0, s="before  ", ha="right", **beside)
            if published:
                _published(figure.add_subplot(grid[0, 0], sharey=axes), published)
    axes.set_xlabel("Years from the start of the policy", fontsize=10, color=INK)
    _how_to_read(figure.add_subplot(grid[1:, 0] if published else grid[:, 0]), result, bool(published))
    figure.suptitle(textwrap.fill(title(result), TITLE), x=0.012, ha="left", fontsize=15, fontweight="bold", color=INK)
    figure.supxlabel(textwrap.fill(source(result, bool(published)), 185), x=0.012, ha="left", fontsize=7.5, color=GREY)
    return figure


def write(figure: Figure, path: Path) -> None:
    """Write a figure as its suffix says, the same bytes every time; beside a .png the same as .svg, for reports.

    InputError: no such format, or no such folder.
    """
    dateless = {".svg": {"Date": None, "Creator": None}, ".pdf": {"CreationDate": None}}.get(path.suffix)
    try:
        with rc_context({"svg.hashsalt": "deflect"}):
            figure.savefig(path, metadata=dateless)
    except OSError as error:
        raise InputError(f"{path}: cannot be written ({error.strerror or error})") from None
    except ValueError as error:
        raise InputError(f"{path}: {error}") from None
    if path.suffix == ".png":
        _flatten_clouds(figure)
        write(figure, path.with_suffix(".svg"))


def _flatten_clouds(figure: Figure) -> None:
    """Let clouds of points be a picture within an SVG: a thousand marks are slow to show and large to keep."""
    for cloud in figure.findobj(PathCollection):
        if len(cloud.get_offsets()) >= CLOUD:
            cloud.set_rasterized(True)


def title(result: "Result") -> str:
    """Return the one message: how many die of an overdose each year under this policy."""
    yearly = spread([run.outcomes["deaths"] * run.scale / run.years for run in result.runs])
    policy = policy_label(result.scenario).replace("_", " ")
    by_chance = f" ({_rounded(yearly.low)} to {_rounded(yearly.high)} by chance)" if len(result.runs) > 1 else ""
    return f"{result.place}, {policy}: about {_rounded(yearly.mean)} overdose deaths a year{by_chance}"


def source(result: "Result", published: bool) -> str:
    """Return the small print."""
    first = result.runs[0]
    told = (
        f"Simulated with Deflect {__version__}, scenario {result.scenario.hash[:8]}, seeds {_seeds(result.seeds)}; "
        f"{first.residents:,} people simulated for {first.place_population:,} residents; opioid overdoses."
    )
    if published:
        told += (
            " Published: overdose deaths of all drugs by county of residence (NCHS: CDC WONDER to 2022, then "
            "provisional counts); counts of 1 to 9 are withheld, and no estimate stands in for them. The level of a "
            "county's deaths is put into the model from its published deaths, not predicted."
        )
    return told


def last_12_months(monthly: dict[str, np.ndarray], outcome: str) -> tuple[np.ndarray, np.ndarray]:
    """Return (years from the policy start, rate per 100,000 residents and year) at the end of each twelve months."""
    whole = np.ones(WINDOW)
    person_years = np.convolve(monthly["population"] * monthly["month_days"] / DAYS_A_YEAR, whole, "valid")
    counted = np.convolve(monthly[outcome], whole, "valid")
    return (monthly["month"][WINDOW - 1 :] + 1) / 12, 1e5 * counted / person_years


def by_month(monthly: dict[str, np.ndarray], outcome: str) -> tuple[np.ndarray, np.ndarray]:
    """Return (years from the policy start, value in 100) in the middle of each month."""
    return (monthly["month"] + 0.5) / 12, 100 * monthly[outcome]


def _simulated(axes: Axes, result: "Result", outcome: str, heading: str, colour: str) -> None:
    series = by_month if outcome == "coverage" else last_12_months
    x = series(result.runs[0].monthly, outcome)[0]
    median, low, high = band([series(run.monthly, outcome)[1] for run in result.runs])
    axes.axvspan(-BURN_IN_YEARS, 0, color=SHADE, lw=0)
    axes.axvline(0, color=INK, lw=1.2, ls=(0, (4, 2)))
    axes.fill_between(x, low, high, color=colour, alpha=0.25, lw=0)
    axes.plot(x, median, color=colour, lw=2.2)
    axes.annotate(
        _rounded(median[-1]), (x[-1], median[-1]), (5, 0), textcoords="offset points", va="center", color=colour,
        fontsize=11, fontweight="bold", annotation_clip=False,
    )  # fmt: skip
    axes.set_xlim(-BURN_IN_YEARS, result.scenario.years)
    axes.set_ylim(0, max(HEADROOM * np.nanmax([0, *median, *high]), 1))
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    _plain(axes, heading)


def _published(axes: Axes, rates: list[PublishedRate]) -> None:
    _plain(axes, "Published, per 100,000 residents a year")
    known = [rate for rate in rates if rate.per_100k is not None]
    axes.plot([r.year for r in known], [r.per_100k for r in known], color=GREY, lw=0.8, alpha=0.6)
    for rate in rates:
        if rate.per_100k is None:
            axes.plot(rate.year, 0, marker="x", ms=6, color=GREY, clip_on=False)
        else:
            inside = "white" if rate.provisional else INK
            axes.plot(rate.year, rate.per_100k, marker="o", ms=6, color=INK, mfc=inside)
    axes.set_ylim(0, max(axes.get_ylim()[1], HEADROOM * max((r.per_100k for r in known), default=0)))
    axes.set_xlim(rates[0].year - 0.7, rates[-1].year + 0.7)
    axes.set_xticks([year for year in range(rates[0].year, rates[-1].year + 1) if year % 3 == rates[0].year % 3])


def _how_to_read(axes: Axes, result: "Result", published: bool) -> None:
    axes.axis("off")
    first, runs = result.runs[0], len(result.runs)
    told = [
        (Line2D([], [], color=INK, marker="o", ls="", ms=6), "published deaths of one year, all drugs"),
        (Line2D([], [], color=INK, marker="o", ls="", ms=6, mfc="white"), "the same, provisional"),
        (Line2D([], [], color=GREY, marker="x", ls="", ms=6), "no count published"),
    ] * published
    told.append(
        (Line2D([], [], color=INK, lw=2.2), f"simulated, the middle of {runs} runs" if runs > 1 else "simulated")
    )
    if runs > 1:
        told.append((Line2D([], [], color=INK, lw=9, alpha=0.25), "where 95 of 100 runs lie, by chance alone"))
    told.append((Line2D([], [], color=SHADE, lw=9), "two years before, under the status quo"))
    axes.legend(
        *zip(*told, strict=True), loc="upper left", frameon=False, fontsize=9.5, borderaxespad=0, labelcolor=INK
    )
    notes = ["One run: how far chance alone moves the lines is not known. Run several seeds to see it."]
    if runs > 1:
        notes = [
            "The bands show chance alone: how far two runs of the same policy differ by luck. What is not known about "
            "the numbers behind the model comes on top and is not drawn."
        ]
    if first.residents < first.place_population:
        notes.append(
            f"{first.residents:,} of {first.place_population:,} residents are simulated. Chance moves the lines more "
            "than it would in the whole place."
        )
    note = "\n\n".join(textwrap.fill(note, 44) for note in notes)
    axes.text(0.02, 0.62 if published else 0.8, note, transform=axes.transAxes, va="top", fontsize=9.5, color=INK)


def _plain(axes: Axes, heading: str) -> None:
    axes.set_title(heading, loc="left", fontsize=10.5, color=INK)
    axes.spines[["top", "right"]].set_visible(False)
    axes.tick_params(colors=INK, labelsize=9)
    axes.grid(axis="y", color="#DDDDDD", lw=0.6)
    axes.set_axisbelow(True)
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,.10g}"))


def _seeds(seeds: list[int]) -> str:
    """Return seeds for a reader: "0-9"; a count would be taken for a seed."""
    if len(seeds) == 1:
        return str(seeds[0])
    text = seeds_text(seeds)
    return f"0-{seeds[-1]}" if text.isdigit() else text


def _rounded(number: float) -> str:
    """Return a number with two or three figures, as one says it."""
    if not np.isfinite(number):
        return "?"
    return f"{number:,.0f}" if number >= 9.95 or number == 0 else f"{number:.1f}"
