"""The figure of a factorial: do the factors reinforce each other? One line an outcome, all together beside the sum."""

import textwrap
from typing import TYPE_CHECKING

import numpy as np
from matplotlib.figure import Figure

from .. import __version__
from ..model.outcomes import outcome as find
from .compare_table import interval
from .compare_text import signed
from .figure import BLUE, GREY, INK, VERMILION, _seeds
from .show import plural

if TYPE_CHECKING:
    from .factorial import Factorial

OUTCOMES = (  # where the four areas act, headline first; each is meant to be more, or less
    "expected_deaths",
    "overdoses",
    "entries",
    "deflected_entries",
    "on_medication",
    "offers",
    "arrests",
    "jail_days",
    "bad_contacts",
    "children_distressed",
    "children_removed",
    "officers_exhausted",
    "vacancy",
)


def draw(result: "Factorial") -> Figure:
    """Return the figure; changes are in % of the base, intervals over seeds."""
    rows = drawn(result)
    height = 0.46 * len(rows) + 3.1
    figure = Figure(figsize=(12, height), dpi=150, facecolor="white")
    axes = figure.add_axes((0.25, 1.35 / height, 0.42, 0.46 * len(rows) / height))
    limit = 1.1 * max(max(abs(end) for end in (*row["sum"], *row["all"])) for row in rows)
    axes.set_xlim(-limit, limit)
    axes.set_ylim(len(rows) - 0.4, -0.6)
    axes.axvline(0, color=INK, lw=1)
    for y, row in enumerate(rows):
        for (mean, low, high), shift, colour, marker, face in (
            (row["sum"], -0.14, GREY, "o", "white"),
            (row["all"], 0.14, BLUE, "D", BLUE),
        ):
            axes.plot([low, high], [y + shift] * 2, color=colour, lw=2.2, solid_capstyle="butt")
            axes.plot(mean, y + shift, marker=marker, ms=6.5, color=colour, mfc=face, mew=1.6)
        place = dict(transform=axes.get_yaxis_transform(), va="center", fontsize=9.5)
        axes.text(-0.02, y, row["title"], ha="right", color=INK, **place)
        clear = row["extra"][1] > 0 or row["extra"][2] < 0
        colour, weight = (VERMILION, "bold") if clear else (INK, "normal")
        axes.text(1.04, y, row["said"], ha="left", color=colour, weight=weight, **place)
    axes.set_yticks([])
    axes.spines[["top", "right", "left"]].set_visible(False)
    axes.grid(axis="x", color="#DDDDDD", lw=0.6)
    axes.set_axisbelow(True)
    axes.set_xlabel(f"Change, in % of {result.base.name.replace('_', ' ')}", fontsize=10, color=INK)
    top = 1.35 + 0.46 * len(rows)
    axes.text(1.04, -0.75, "together less the sum, in points (95 % interval)", transform=axes.get_yaxis_transform(),
              fontsize=9.5, weight="bold", color=INK, va="bottom")  # fmt: skip
    figure.text(0.25, (top + 0.42) / height, "○ sum of each alone", color=GREY, fontsize=10.5, weight="bold")
    figure.text(0.42, (top + 0.42) / height, "◆ all together", color=BLUE, fontsize=10.5, weight="bold")
    figure.text(0.015, (top + 1.3) / height, title(rows), fontsize=15, weight="bold", color=INK)
    names = ", ".join(factor.replace("_", " ") for factor in result.factors)
    said = f"{names}; every combination on top of {result.base.name.replace('_', ' ')}, {result.place}"
    figure.text(0.015, (top + 0.98) / height, said, fontsize=10, color=INK)
    figure.text(0.015, 0.12 / height, textwrap.fill(_small_print(result), 185), fontsize=8, color=GREY, va="bottom")
    return figure


def drawn(result: "Factorial") -> list[dict]:
    """Return what is said of each outcome that is drawn: those where something happens."""
    return [row for row in (row_of(result, id) for id in OUTCOMES) if row is not None]


def title(rows) -> str:
    """Return the one message."""
    up = [row for row in rows if row["clear"] and row["more"]]
    down = [row for row in rows if row["clear"] and not row["more"]]
    if not up and not down:
        return "Do they reinforce each other? These runs show no outcome where together differs from the sum"
    more = f"more than the sum in {len(up)}" if up else "more than the sum in none"
    less = f"less in {len(down)}" if down else "less in none"
    return f"Do they reinforce each other? Together: {more} of {len(rows)} outcomes, {less}"


def row_of(result: "Factorial", id: str) -> dict | None:
    """Return what is said of one outcome, in % of the base; None where nothing happens to it."""
    terms, outcome = result.terms(id), find(id)
    base = float(np.nanmean(result.values(id)[:, 0]))
    if not np.isfinite(base) or base == 0 or not np.any(np.nan_to_num(terms["together: all"])):
        return None
    found = {}
    for name, term in (("sum", "sum of alone: all"), ("all", "together: all"), ("extra", "reinforcement: all")):
        values = 100 * terms[term] / base
        values = values[np.isfinite(values)]
        low, high = interval(values)
        found[name] = (float(values.mean()), low, high)
    mean, low, high = found["all"]
    found["all"] = mean, max(low, -100.0), high  # nothing can fall by more than all of it
    mean, low, high = found["extra"]
    clear = low > 0 or high < 0
    # More than the sum: in the direction in which they work together.
    more = clear and (mean > 0) == (found["all"][0] > 0)
    return found | {"title": outcome.title, "said": span(found["extra"]), "clear": clear, "more": more}


def span(told: tuple[float, float, float]) -> str:
    """Return a change and its interval, with the figures that the interval's width has."""
    mean, low, high = signed(told)
    return f"{mean} (in every seed)" if told[1] == told[2] else f"{mean} ({low} to {high})"


def _small_print(result: "Factorial") -> str:
    first = result.runs[0][0]
    return (
        f"Each bar is the 95 % interval over {len(result.seeds)} seeds, the same people with the same luck in all "
        f"{len(result.runs[0])} combinations: chance alone; what is not known about the numbers behind the model comes "
        "on top. Bold: the interval of the difference leaves out zero; of so many outcomes about one in twenty does so "
        f"by luck. Simulated with Deflect {__version__}, {first.residents:,} people for {first.place_population:,} "
        f"residents, {plural(result.base.years, 'year')}, seeds {_seeds(result.seeds)}."
    )
