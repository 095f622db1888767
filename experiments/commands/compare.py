"""`deflect compare`."""

from pathlib import Path
from typing import Annotated

import typer

from .app import app
from .options import Place, Quiet, Residents, Seeds, SetBoth, Workers, Years, scenario_of


@app.command()
def compare(
    policy_a: Annotated[str, typer.Argument(help="What to compare with: name of a policy or a file.", metavar="A")],
    policy_b: Annotated[str, typer.Argument(help="What to compare: differences are B - A.", metavar="B")],
    place: Place = None,
    years: Years = None,
    seeds: Seeds = "10",
    residents: Residents = None,
    set_: SetBoth = None,
    out: Annotated[
        Path | None,
        typer.Option(help="Folder for results, new or empty.  [default: runs/PLACE-A-vs-B]", metavar="FOLDER"),
    ] = None,
    workers: Workers = None,
    quiet: Quiet = False,
    json: Annotated[bool, typer.Option("--json", help="Print the table as JSON instead.")] = False,
) -> None:
    """Compare two policies by runs of the same people with the same luck; write a table and a figure.

    \b
    deflect compare status_quo more_slots
    deflect compare status_quo my_policy.yaml --place "Hamilton, OH" --years 3 --seeds 20
    """
    from .. import compare_text, show
    from ..compare import compare_scenarios, folder_for
    from ..progress import shown
    from ..provenance import label_of

    a, b = (scenario_of(policy, place, years, residents, set_) for policy in (policy_a, policy_b))
    folder = folder_for(out, a, b)
    with shown(f"{label_of(a)}, {a.name} and {b.name}", quiet) as progress:
        comparison = compare_scenarios(a, b, seeds, workers, progress=progress, asked=(policy_a, policy_b))
    folder = comparison.save(folder)
    if json:
        print(comparison.json(folder))
    else:
        compare_text.show(comparison, folder / "comparison.png", show.console())
