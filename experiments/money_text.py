"""Money in words: amounts as one says them, the bill and the economics of a comparison on a terminal."""

import textwrap
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console
from rich.markup import escape

from ..scenarios.errors import InputError, nearest
from .money import PAYER_NAMES
from .show import WIDTH, number, plural, table

if TYPE_CHECKING:
    from .money import Economics, Ledger

SIZES = ((1e9, " billion"), (1e6, " million"), (1e3, ",000"))


def dollars(amount: float, whole: bool = False) -> str:
    """Return an amount with three figures at most: "$1.24 million", "−$35,200"; `whole` drops needless decimals."""
    if amount != amount:
        return "-"
    sign, size = "−" if amount < 0 else "", abs(amount)
    for unit, word in SIZES[:2]:
        if size >= 0.9995 * unit:
            figures = f"{size / unit:.10g}" if whole else f"{float(f'{size / unit:.3g}'):,.10g}"
            return f"{sign}${figures}{word}"
    return f"{sign}${float(f'{size:.3g}'):,.0f}" if size >= 10 else f"{sign}${size:.2f}" if size else "$0"


def show_bill(ledger: "Ledger", folder: Path, picture: Path, out: Console, payer: str | None = None) -> None:
    """Print where the picture is, what each payer pays, and the items from the dearest on."""
    scenario, runs = ledger.scenario, len(ledger.accounts)
    rows = ledger.table[ledger.table.year == "all"]
    items = rows[(rows.kind == "cost") & (rows.amount != 0)]
    if payer:
        items = items[items.payer == payer]
    out.print(str(picture), soft_wrap=True, highlight=False, markup=False)
    out.print()
    total = dollars(float(items.amount.sum()))
    whose = f" for {PAYER_NAMES[payer]}" if payer else ""
    out.print(
        f"[bold]{escape(ledger.place)}, {escape(scenario.name)}: {total}{whose} over "
        f"{plural(scenario.years, 'year')}[/], discounted, in dollars of {scenario.prices.price_year}, mean of "
        f"{plural(runs, 'run')}",
        highlight=False,
    )
    if not payer:
        told = rows[(rows.kind == "total") & (rows.payer != "all") & (rows.amount != 0)]
        parts = [f"{PAYER_NAMES[row.payer]} {dollars(row.amount)}" for row in told.itertuples()]
        out.print(", ".join(parts), highlight=False)
    columns = ("item", "payer", "quantity", "unit", "price", "dollars of", "amount")
    listed = table(*columns, right=("quantity", "price", "amount"), whole=("payer", "unit", "dollars of"))
    for row in items.sort_values("amount", ascending=False, kind="stable").itertuples():
        price = f"{row.price:,.0f}" if row.price >= 1000 else f"{row.price:,.2f}"
        listed.add_row(
            textwrap.shorten(row.title, 48, placeholder=" …"),
            row.payer.replace("_", " "),
            number(row.quantity),
            row.unit,
            price,
            row.price_year,
            dollars(row.amount),
        )
    out.print()
    out.print(listed, highlight=False)
    if not payer:
        lived = rows[rows.kind == "health"].amount.sum()
        near = rows[rows.kind == "spill-over"].amount.sum()
        views = [
            f"{row.title[:1].lower()}{row.title[1:]} {dollars(row.amount)}"
            for row in rows[rows.kind == "view"].itertuples()
        ]
        out.print()
        _say(
            f"Health of residents: {number(float(lived))} QALYs, discounted, what deaths take after the run taken off; "
            f"partners and children of people with active use disorder lose {number(-float(near))} more (shown apart).",
            out,
        )
        _say(f"Three ways to say what the deaths are worth, never to be added: {'; '.join(views)}.", out)
    _say(
        f"The price is in dollars of {scenario.prices.price_year}, from those of the years beside it. By year, with "
        f"the range of chance: {folder / 'costs.csv'}",
        out,
    )


def show_economics(economics: "Economics", picture: Path, out: Console) -> None:
    """Print where the picture is, the sentence, what B has more than A, ratios and net benefits."""
    a, b = economics.labels
    out.print(str(picture), soft_wrap=True, highlight=False, markup=False)
    out.print()
    message = economics.message
    out.print(f"[bold]{escape(message[:1].upper() + message[1:])}[/]", highlight=False)
    _say(
        f"B = {b} against A = {a}: {economics.a.place}, {plural(economics.a.scenario.years, 'year')}, "
        f"{plural(len(economics.seeds), 'pair')} of runs; dollars of {economics.prices.price_year}, discounted at "
        f"{100 * economics.prices.discount_rate:g} % a year.",
        out,
    )
    listed = table("", "A", "B", "B - A", "95 % interval", right=("A", "B", "B - A", "95 % interval"))
    for row in economics.increments:
        tell = dollars if row.unit.startswith("dollars") else number
        listed.add_row(row.title, *map(tell, (row.a, row.b, row.diff)), f"{tell(row.low)} to {tell(row.high)}")
    out.print()
    out.print(listed, highlight=False)
    ratios = table("all payers together", "dollars", "95 % interval", "", right=("dollars", "95 % interval"))
    for one in economics.ratios:
        known = one.dollars == one.dollars
        ratios.add_row(
            one.title,
            dollars(one.dollars) if known else "",
            f"{dollars(one.low)} to {dollars(one.high)}" if known else "",
            one.said,
        )
    worth = table("net benefit of B", "dollars", "95 % interval", right=("dollars", "95 % interval"))
    from .money import WILLING

    for willing in WILLING:
        mean, low, high = economics.net_benefit(willing)
        worth.add_row(f"at ${willing:,} a QALY", dollars(mean), f"{dollars(low)} to {dollars(high)}")
    for part in (ratios, worth):
        out.print()
        out.print(part, highlight=False)
    out.print()
    _say(
        "The intervals are chance alone, of pairs of runs with the same luck (ratios: Fieller); what is unknown about "
        "prices, health weights and the model comes on top. Lost production, statistical lives, QALYs are three views "
        "of the same deaths and never added: only QALYs are used here.",
        out,
        "italic",
    )


def _say(text: str, out: Console, style: str | None = None) -> None:
    out.print(textwrap.fill(text, WIDTH), style=style, highlight=False, markup=False)


def check_payer(payer: str | None, ledgers: int) -> None:
    """Raise InputError for somebody who pays nothing here, or where a payer is no question."""
    known = [name for name in PAYER_NAMES if name != "society"]
    if payer is not None and payer not in known:
        raise InputError(f"--payer {payer}: the payers are {', '.join(known)}{nearest(payer, known)}")
    if payer is not None and ledgers > 1:
        raise InputError("--payer: two policies are weighed for all payers; the table has each of them")
