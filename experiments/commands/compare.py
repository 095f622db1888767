"""`deflect compare`."""

from pathlib import Path
from typing import Annotated

import typer

from .app import app
from .options import Everything, Place, Quiet, Residents, Seeds, SetBoth, Workers, Years, kept_until_whole, scenario_of


@app.command()
def compare(
    policy_a: Annotated[str, typer.Argument(help="What to compare with: name of a policy or a file.", metavar="A")],
    policy_b: Annotated[str, typer.Argument(help="What to compare: differences are B - A.", metavar="B")],
    place: Place = None,
    years: Years = None,
    seeds: Seeds = "10",
    until_precise: Annotated[
        float | None,
        typer.Option(
            help="Add pairs until the 95 % interval of B - A is narrower than ± this part of A, such as 0.02.",
            metavar="PART",
        ),
    ] = None,
    outcome: Annotated[
        str | None,
        typer.Option(help="With --until-precise: of which outcome.  [default: expected_deaths]", metavar="ID"),
    ] = None,
    most: Annotated[
        int | None, typer.Option(help="With --until-precise: at most so many pairs.  [default: 200]", metavar="N")
    ] = None,
    residents: Residents = None,
    set_: SetBoth = None,
    out: Annotated[
        Path | None,
        typer.Option(help="Folder for results, new or empty.  [default: runs/PLACE-A-vs-B]", metavar="FOLDER"),
    ] = None,
    workers: Workers = None,
    quiet: Quiet = False,
    everything: Everything = False,
    json: Annotated[bool, typer.Option("--json", help="Print the table as JSON instead.")] = False,
) -> None:
    """Compare two policies by runs of the same people with the same luck; write a table and a figure.

    \b
    deflect compare status_quo more_slots
    deflect compare status_quo my_policy.yaml --place "Hamilton, OH" --years 3 --seeds 20
    deflect compare status_quo full_deflection --until-precise 0.02          # as many pairs as that takes
    deflect compare status_quo full_deflection --until-precise 0.05 --outcome entries --most 50
    """
    import sys

    from ...scenarios.errors import InputError
    from .. import compare_text, show
    from ..compare import compare_scenarios, folder_for
    from ..precision import MOST, OUTCOME
    from ..progress import shown
    from ..provenance import label_of

    if until_precise is None and (outcome is not None or most is not None):
        raise InputError(f"--{'outcome' if outcome else 'most'}: is for --until-precise")
    a, b = (scenario_of(policy, place, years, residents, set_) for policy in (policy_a, policy_b))
    folder = folder_for(out, a, b)
    with kept_until_whole(folder, a, b) as keep:
        with shown(f"{label_of(a)}, {a.name} and {b.name}", quiet) as progress:
            comparison = compare_scenarios(
                a,
                b,
                seeds,
                workers,
                progress=progress,
                asked=(policy_a, policy_b),
                until_precise=until_precise,
                outcome=outcome or OUTCOME,
                most=MOST if most is None else most,
                told=None if quiet else lambda found: print(found.words(), file=sys.stderr, flush=True),
                keep=keep,
            )
        folder = comparison.save(folder)
    if json:
        print(comparison.json(folder))
    else:
        compare_text.show(comparison, folder, show.console(), everything)
