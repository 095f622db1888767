"""`deflect cost`."""

from pathlib import Path
from typing import Annotated

import typer

from .app import app


@app.command()
def cost(
    folder: Annotated[Path, typer.Argument(help="Folder of `deflect run` or `deflect compare`.", metavar="FOLDER")],
    other: Annotated[
        Path | None,
        typer.Argument(help="A second run, same place and seeds: what it costs more and gains.", metavar="FOLDER_B"),
    ] = None,
    set_: Annotated[
        list[str] | None,
        typer.Option(
            "--set", help="Another price: prices.cost_jail_day=200, in dollars of its row's year.", metavar="KEY=VALUE"
        ),
    ] = None,
    payer: Annotated[
        str | None, typer.Option(help="Only what one pays: health, justice, child_welfare, programme.", metavar="PAYER")
    ] = None,
    out: Annotated[
        Path | None, typer.Option(help="Folder for the bill, new or empty.  [default: FOLDER/bill]", metavar="FOLDER")
    ] = None,
) -> None:
    """Price finished runs, at other prices if you like, without running them again; or weigh two policies.

    \b
    deflect cost runs/cabell-county-wv-status-quo
    deflect cost runs/cabell-county-wv-status-quo --set prices.cost_jail_day=200 --payer justice
    deflect cost runs/cabell-county-wv-status-quo runs/cabell-county-wv-mari
    deflect cost runs/cabell-county-wv-status-quo-vs-mari
    """
    from .. import files, money, money_figure, money_text, show
    from ..figure import write

    ledgers = [ledger for one in (folder, other) if one for ledger in money.read(one)]
    money_text.check_payer(payer, len(ledgers))
    ledgers = [ledger.priced(money.prices_of(ledger.scenario, set_ or ())) for ledger in ledgers]
    told = money.Economics(*ledgers, money.labels_of(ledgers)) if len(ledgers) == 2 else None
    target = files.free(folder / "bill") if out is None else files.choose(out, "", "")

    def fill(path: Path) -> None:
        if told:
            money.write_table(told.table, path / "economics.csv")
            write(money_figure.draw_economics(told), path / "economics.png")
        else:
            money.write_table(ledgers[0].table, path / "costs.csv")
            write(money_figure.draw_bill(ledgers[0], payer), path / "costs.png")
        prices = ledgers[0].scenario.prices.model_dump(mode="json")
        files.write_json(path / "prices.json", {"from": [str(one) for one in (folder, other) if one], "prices": prices})

    target = files.write_whole(target, fill)
    if told:
        money_text.show_economics(told, target / "economics.png", show.console())
    else:
        money_text.show_bill(ledgers[0], target, target / "costs.png", show.console(), payer)
