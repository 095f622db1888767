"""`deflect run`."""

from pathlib import Path
from typing import Annotated

import typer

from .app import app
from .options import (
    Everything,
    Place,
    Policy,
    Quiet,
    Residents,
    Seeds,
    Set,
    Workers,
    Years,
    kept_until_whole,
    scenario_of,
)


@app.command()
def run(
    place: Place = None,
    policy: Policy = "status_quo",
    years: Years = None,
    seeds: Seeds = "10",
    residents: Residents = None,
    set_: Set = None,
    out: Annotated[
        Path | None,
        typer.Option(help="Folder for results, new or empty.  [default: runs/PLACE-POLICY]", metavar="FOLDER"),
    ] = None,
    workers: Workers = None,
    quiet: Quiet = False,
    everything: Everything = False,
    json: Annotated[bool, typer.Option("--json", help="Print the summary as JSON instead of a table.")] = False,
    events: Annotated[bool, typer.Option("--events", help="Also write every event, to events.parquet.")] = False,
    ties: Annotated[
        Path | None, typer.Option(help="Your own graph of ties between people; takes one seed.", metavar="FILE.graphml")
    ] = None,
) -> None:
    """Live a policy in a county with several seeds; print a summary, write tables and a figure.

    \b
    deflect run
    deflect run --place "Cabell, WV" --policy more_slots --years 3
    deflect run --set harm_reduction.kits_per_100k_year=1400 --seeds 20 --out runs/kits
    """
    from .. import files, run_text, show
    from ..many import run_many
    from ..progress import shown
    from ..provenance import label_of
    from ..result import Result
    from ..seeds import seeds_of

    scenario = scenario_of(policy, place, years, residents, set_)
    chosen = seeds_of(seeds)
    _check_ties(ties, chosen)
    label = label_of(scenario)
    folder = files.choose(out, label, scenario.name)
    with kept_until_whole(folder, scenario) as keep:
        with shown(f"{label}, {scenario.name}", quiet) as progress:
            whole = events or ties is not None  # what kept runs do not hold
            how = dict(progress=progress, keep=None if whole else keep)
            runs = run_many(scenario, chosen, workers, ties=ties, events=events, **how)
        result = Result(runs, ties)
        folder = result.save(folder)
    if json:
        print(result.json(folder))
    else:
        run_text.show(result, show.console(), folder, everything)


def _check_ties(ties: Path | None, seeds: list[int]) -> None:
    from ...scenarios.errors import InputError

    if ties is None:
        return
    if not ties.is_file():
        raise InputError(f"--ties {ties}: there is no such file")
    if len(seeds) > 1:
        raise InputError("--ties: a graph fits the people of one seed: add --seeds 1 for seed 0, or --seeds 7-7")
