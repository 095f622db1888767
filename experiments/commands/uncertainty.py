"""`deflect uncertainty`."""

from pathlib import Path
from typing import Annotated

import typer

from .app import app
from .options import Place, Quiet, Residents, SetBoth, Workers, Years, kept_in, overrides


@app.command()
def uncertainty(
    policy_a: Annotated[str, typer.Argument(help="What to compare with: name of a policy or a file.", metavar="A")],
    policy_b: Annotated[str, typer.Argument(help="What to compare: differences are B - A.", metavar="B")],
    place: Place = None,
    years: Years = None,
    residents: Residents = None,
    draws: Annotated[int, typer.Option(help="Draws of all uncertain numbers.", metavar="N")] = 200,
    seeds: Annotated[
        str, typer.Option(help="Pairs of runs at each draw; at least 2 tell chance from ignorance.", metavar="N")
    ] = "2",
    over: Annotated[
        list[str] | None,
        typer.Option(
            help="Draw this number or section only: overdose.call_probability, prices. Repeat for more.",
            metavar="NAME",
        ),
    ] = None,
    outcome: Annotated[str, typer.Option(help="The outcome drawn over time and told first.", metavar="ID")] = (
        "expected_deaths"
    ),
    plausible: Annotated[
        str | None,
        typer.Option(
            help="Also tell all of the draws whose deaths before the policy are so many times the published: 0.5..2.",
            metavar="LOW..HIGH",
        ),
    ] = None,
    draw_seed: Annotated[int, typer.Option(help="Seed of the draws, apart from chance.", metavar="SEED")] = 0,
    set_: SetBoth = None,
    out: Annotated[
        Path | None,
        typer.Option(
            help="Folder; one that is begun goes on.  [default: runs/PLACE-uncertainty-A-vs-B]", metavar="FOLDER"
        ),
    ] = None,
    workers: Workers = None,
    quiet: Quiet = False,
) -> None:
    """Draw every uncertain number from its evidence and compare two policies: how sure is the difference?

    \b
    deflect uncertainty status_quo full_package --place "Cabell, WV" --residents 25000
    deflect uncertainty status_quo more_slots --draws 500 --over treatment --over overdose
    deflect uncertainty status_quo full_package --plausible 0.5..2    # also: only draws near the published deaths
    deflect uncertainty status_quo full_package --set prices.wtp_per_qaly=50000

    Stopped by Ctrl-C or anything else, the same command goes on. Writes fan, cost-effectiveness plane, acceptability,
    and what it would be worth to know each number (docs/uncertainty.md).
    """
    from .. import show
    from ..progress import shown
    from ..provenance import label_of
    from ..uncertainty import asked, study, text

    told = asked.ask(
        policy_a, policy_b, overrides(place, years, residents, set_), draws, seeds, over or (), outcome, draw_seed
    )
    factors = _factors(plausible) if plausible else None
    folder = told.folder(out)
    a, b = (scenario.name for scenario in told.scenarios)
    with kept_in(folder), shown(f"{label_of(told.scenarios[0])}, {a} and {b}, {draws:,} draws", quiet) as progress:
        found = study.live(told, folder, workers, progress=progress)
    written = found.save()
    text.show(found, written, show.console())
    if factors:
        kept = found.plausible(*factors)
        print(f"\n\nOnly draws with {factors[0]:g} to {factors[1]:g} times the published deaths\n")
        text.show(kept, kept.save(), show.console())


def _factors(asked: str) -> tuple[float, float]:
    from ...scenarios.errors import InputError

    low, dots, high = asked.partition("..")
    try:
        factors = float(low), float(high)
    except ValueError:
        factors = 1.0, 0.0
    if not dots or not 0 <= factors[0] < factors[1]:
        raise InputError(f"--plausible {asked}: write two factors, the lower first, such as 0.5..2")
    return factors
