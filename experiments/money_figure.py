"""Pictures of money: the bill of a run by item and payer; what a policy costs, and what its gain is worth."""

import textwrap
from typing import TYPE_CHECKING

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Patch
from matplotlib.text import Text
from matplotlib.ticker import FuncFormatter, MaxNLocator

from .. import __version__
from .figure import BLUE, GREEN, GREY, INK, VERMILION, _seeds
from .money import PAYER_NAMES, Economics, Ledger
from .money_text import dollars

if TYPE_CHECKING:
    import pandas

COLOURS = {"health": BLUE, "justice": VERMILION, "child_welfare": "#CC79A7", "programme": GREEN}
WIDTH, ROW, ABOVE, BELOW = 11.0, 0.3, 1.0, 1.25  # inches
SMALL = 0.0005  # of the whole bill; smaller items are drawn as one
MOST = 26  # items drawn


def draw_bill(ledger: Ledger, payer: str | None = None) -> Figure:
    """Return the bill of a run as one bar an item, coloured by payer; with `payer`, the items of that payer."""
    table = ledger.table
    items = table[(table.kind == "cost") & (table.year == "all") & (table.amount != 0)]
    if payer:
        items = items[items.payer == payer]
    items = items.sort_values("amount", ascending=False, kind="stable")
    rows = _rows(items)
    height = ABOVE + ROW * max(len(rows), 1) + BELOW
    figure = Figure(figsize=(WIDTH, height), dpi=150, facecolor="white")
    axes = figure.add_axes((0.33, BELOW / height, 0.46, ROW * max(len(rows), 1) / height))
    for y, (title, who, amount, told) in enumerate(rows):
        axes.barh(y, amount, color=COLOURS.get(who, GREY), height=0.7)
        axes.annotate(
            f"{dollars(amount)}{told}",
            (max(amount, 0), y),
            (5, 0),
            textcoords="offset points",
            va="center",
            fontsize=8.5,
            color=INK,
            annotation_clip=False,
        )
        axes.text(
            -0.012, y, title, transform=axes.get_yaxis_transform(), ha="right", va="center", fontsize=9.5, color=INK
        )
    axes.set_ylim(len(rows) - 0.4, -0.6)
    axes.set_yticks([])
    _money_axis(axes.xaxis)
    axes.spines[["top", "right", "left"]].set_visible(False)
    axes.grid(axis="x", color="#DDDDDD", lw=0.6)
    axes.set_axisbelow(True)
    axes.axvline(0, color=INK, lw=0.8)
    axes.tick_params(colors=INK, labelsize=9)
    scenario = ledger.scenario
    years = f"{scenario.years} year{'s' * (scenario.years != 1)}"
    axes.set_xlabel(
        f"Dollars of {scenario.prices.price_year} over {years}, discounted to the start of the policy",
        fontsize=9.5,
        color=INK,
    )
    total = float(items.amount.sum())
    whose = f" for {PAYER_NAMES[payer]}" if payer else ""
    policy = scenario.name.replace("_", " ")
    figure.text(
        0.015,
        1 - 0.15 / height,
        f"{ledger.place}, {policy}: {dollars(total)}{whose} over {years}",
        va="top",
        fontsize=15,
        fontweight="bold",
        color=INK,
    )
    shares = items.groupby("payer", sort=False).amount.sum()
    handles = [
        Patch(color=COLOURS[who], label=f"{PAYER_NAMES[who]}  {dollars(amount)}")
        for who, amount in shares.sort_values(ascending=False).items()
    ]
    figure.legend(
        handles=handles,
        loc="upper left",
        bbox_to_anchor=(0.01, 1 - 0.5 / height),
        ncols=4,
        frameon=False,
        fontsize=10,
        labelcolor=INK,
        handlelength=1.2,
    )
    figure.text(0.015, 0.12 / height, _bill_print(ledger), va="bottom", fontsize=7.5, color=GREY, linespacing=1.35)
    return _plain_dollars(figure)


def _rows(items: "pandas.DataFrame") -> list[tuple[str, str, float, str]]:
    """Return (title, payer, dollars, quantity in words) of the bars; very small items stand together at the end."""
    whole = float(items.amount.abs().sum()) or 1.0
    rows, rest = [], []
    for row in items.itertuples():
        if abs(row.amount) < SMALL * whole or len(rows) >= MOST:
            rest.append(row)
        else:
            rows.append((row.title, row.payer, row.amount, f"   {_brief(row.quantity)} {row.unit}"))
    if len(rest) == 1:
        rows.append((rest[0].title, rest[0].payer, rest[0].amount, f"   {_brief(rest[0].quantity)} {rest[0].unit}"))
    elif rest:
        rows.append((f"{len(rest)} smaller items", "", sum(row.amount for row in rest), ""))
    return rows


def _brief(quantity: float) -> str:
    return f"{quantity:,.0f}" if abs(quantity) >= 10 else f"{quantity:.2g}"


def _bill_print(ledger: Ledger) -> str:
    runs, scenario = len(ledger.accounts), ledger.scenario
    said = (
        f"Mean of {runs} run{'s' * (runs != 1)}. Quantities are of the whole place, all years. Prices are averages: "
        "a day in jail that is avoided saves less than its price until a unit closes. What is not known about the "
        "prices (deflect evidence cost_) is not drawn. Deaths themselves have no price here: production, statistical "
        "lives and QALYs are three other views of them, in costs.csv. "
        f"Simulated with Deflect {__version__}, scenario {scenario.hash[:8]}, seeds {_seeds(ledger.seeds)}."
    )
    return textwrap.fill(said, 190)


def draw_economics(economics: Economics) -> Figure:
    """Return what B costs beyond A by payer, and its net benefit over what one would pay for a QALY."""
    figure = Figure(figsize=(12, 6.6), dpi=150, facecolor="white")
    left, right = figure.add_axes((0.135, 0.22, 0.335, 0.59)), figure.add_axes((0.575, 0.22, 0.39, 0.59))
    _payers(left, economics)
    _benefit(right, economics)
    message = economics.message.replace("_", " ")
    title = textwrap.fill(message[:1].upper() + message[1:], 88)
    figure.text(0.015, 0.97, title, va="top", fontsize=15, fontweight="bold", color=INK)
    a, b = (label.replace("_", " ") for label in economics.labels)
    years, pairs = economics.a.scenario.years, len(economics.seeds)
    figure.text(
        0.015,
        0.97 - 0.05 * (title.count("\n") + 1),
        f"{economics.a.place}, {years} year{'s' * (years != 1)} from the policy's start; {b} less {a}; {pairs} pairs"
        " of runs",
        va="top",
        fontsize=10,
        color=INK,
    )
    ratios = "; ".join(f"{one.title[:1].lower()}{one.title[1:]}: {told_ratio(one)}" for one in economics.ratios[:2])
    said = (
        f"All payers together, {ratios}. Bars and band: 95 % intervals of the mean difference of pairs, chance alone; "
        "what is not known about prices, health weights and the model comes on top. Years that deaths take after the "
        f"run are in the QALYs; discounted at {100 * economics.prices.discount_rate:g} % a year; dollars of "
        f"{economics.prices.price_year}. Simulated with Deflect {__version__}, scenarios "
        f"{economics.a.scenario.hash[:8]} and {economics.b.scenario.hash[:8]}, seeds {_seeds(economics.seeds)}."
    )
    figure.text(0.015, 0.02, textwrap.fill(said, 195), va="bottom", fontsize=8, color=GREY, linespacing=1.35)
    return _plain_dollars(figure)


def _plain_dollars(figure: Figure) -> Figure:
    """Let dollar signs be dollar signs, which two of in a text would make it a formula."""
    for text in figure.findobj(Text):
        text.set_parse_math(False)
    return figure


def told_ratio(one) -> str:
    """Return a ratio with its interval, or the words that stand for it."""
    if one.dollars != one.dollars:
        return one.said
    return f"{dollars(one.dollars)} ({dollars(one.low)} to {dollars(one.high)})"


def _payers(axes: Axes, economics: Economics) -> None:
    rows = [row for row in economics.increments if row.what in (*COLOURS, "all") and (row.a or row.b)]
    for y, row in enumerate(rows):
        colour = COLOURS.get(row.what, INK)
        axes.barh(y, row.diff, color=colour, height=0.55, alpha=0.85)
        axes.plot([row.low, row.high], [y, y], color=INK, lw=2)
        name = PAYER_NAMES.get(row.what, "all payers")
        axes.text(
            -0.03,
            y - 0.13,
            name,
            transform=axes.get_yaxis_transform(),
            ha="right",
            va="center",
            fontsize=9.5,
            color=INK,
            fontweight="bold" if row.what == "all" else None,
        )
        axes.text(
            -0.03,
            y + 0.2,
            _signed(row.diff),
            transform=axes.get_yaxis_transform(),
            ha="right",
            va="center",
            fontsize=8.5,
            color=GREY,
        )
    axes.axvline(0, color=INK, lw=1)
    axes.set_ylim(len(rows) - 0.4, -0.6)
    axes.set_yticks([])
    axes.set_title("Dollars more (right) or saved (left)", loc="left", fontsize=10.5, color=INK)
    _plain(axes, "x")
    _money_axis(axes.xaxis)


def _signed(amount: float) -> str:
    return "0" if amount == 0 else f"{'+' if amount > 0 else ''}{dollars(amount)}"


def _benefit(axes: Axes, economics: Economics) -> None:
    from ..model.budget import price_of

    willing = np.linspace(0, 200_000, 41)
    mean, low, high = np.array([economics.net_benefit(float(w)) for w in willing]).T
    axes.fill_between(willing, low, high, color=BLUE, alpha=0.22, lw=0)
    axes.plot(willing, mean, color=BLUE, lw=2.2)
    axes.axhline(0, color=INK, lw=1)
    usual = price_of(economics.a.scenario, ("wtp_per_qaly",))
    if usual <= willing[-1]:
        axes.axvline(usual, color=GREY, lw=1, ls=(0, (4, 3)))
    axes.set_xlim(0, willing[-1])
    axes.set_title("Net benefit: worth of the QALYs gained, less all costs", loc="left", fontsize=10.5, color=INK)
    axes.set_xlabel("What one would pay for a QALY, dollars", fontsize=9.5, color=INK)
    _plain(axes, "y")
    _money_axis(axes.xaxis)
    _money_axis(axes.yaxis)
    bottom, top = axes.get_ylim()
    for height, word in ((top, "worth its cost"), (bottom, "not worth it")):
        if (height > 0) == (word == "worth its cost"):
            axes.text(2000, height * 0.95, word, fontsize=9, color=GREY, va="top" if height > 0 else "bottom")


def _plain(axes: Axes, grid: str) -> None:
    axes.spines[["top", "right"]].set_visible(False)
    axes.tick_params(colors=INK, labelsize=9)
    axes.grid(axis=grid, color="#DDDDDD", lw=0.6)
    axes.set_axisbelow(True)


def _money_axis(axis) -> None:
    axis.set_major_locator(MaxNLocator(5))
    axis.set_major_formatter(FuncFormatter(lambda amount, _: dollars(amount, whole=True)))
