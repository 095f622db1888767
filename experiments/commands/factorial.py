"""`deflect factorial`."""

from pathlib import Path
from typing import Annotated

import typer

from .app import app
from .options import Place, Quiet, Residents, Seeds, SetBoth, Workers, Years, kept_until_whole


@app.command()
def factorial(
    factors: Annotated[
        list[str] | None,
        typer.Argument(help="Policies to combine; by default the four areas.", metavar="FACTOR...", show_default=False),
    ] = None,
    base: Annotated[str, typer.Option(help="The policy they are added to.", metavar="NAME")] = "full_deflection",
    place: Place = None,
    years: Years = None,
    seeds: Seeds = "10",
    residents: Residents = None,
    set_: SetBoth = None,
    out: Annotated[
        Path | None,
        typer.Option(help="Folder for results, new or empty.  [default: runs/PLACE-factorial-BASE]", metavar="FOLDER"),
    ] = None,
    workers: Workers = None,
    quiet: Quiet = False,
) -> None:
    """Combine policies in every way: do they reinforce each other? Write effects, interactions, shares, a figure.

    \b
    deflect factorial
    deflect factorial --place US --residents 100000 --seeds 20
    deflect factorial more_slots more_naloxone --base status_quo
    """
    from .. import factorial as asked
    from .. import files, show
    from ..progress import shown
    from ..provenance import label_of

    settings = {"place": place, "years": years, "residents": residents}
    settings = {name: value for name, value in settings.items() if value is not None}
    chosen = tuple(factors or asked.AREAS)
    texts = [*(set_ or []), *(f"{name}={value}" for name, value in settings.items())]
    cells = asked.cells_of(base, chosen, texts)
    folder = files.choose(out, label_of(cells[0]), f"factorial-{cells[0].name}")
    label = f"{label_of(cells[0])}, {len(cells)} combinations"
    with kept_until_whole(folder, *cells) as keep:
        with shown(label, quiet) as progress:
            how = dict(seeds=seeds, workers=workers, progress=progress, keep=keep)
            result = asked.factorial(*chosen, base=base, overrides=texts, **how)
        folder = result.save(folder)
    asked.show(result, folder, show.console())
