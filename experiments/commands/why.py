"""`deflect why`."""

from pathlib import Path
from typing import Annotated

import typer

from .app import app
from .options import Place, Quiet, Residents, Set, Years, scenario_of


@app.command()
def why(
    event: Annotated[
        int | None,
        typer.Argument(
            help="Number of an event; without it, some worth asking about are listed.", metavar="EVENT", min=0
        ),
    ] = None,
    run: Annotated[
        Path | None,
        typer.Option(help="Folder of a run made with --events; without it, one seed is lived now.", metavar="FOLDER"),
    ] = None,
    seed: Annotated[
        int | None, typer.Option(help="Which seed.  [default: 0, or the folder's first]", metavar="SEED", min=0)
    ] = None,
    kind: Annotated[
        str | None, typer.Option(help="List the events of a kind: died_overdose, admitted.", metavar="KIND")
    ] = None,
    person: Annotated[
        int | None, typer.Option(help="List all that happened to one resident.", metavar="NUMBER", min=0)
    ] = None,
    limit: Annotated[int, typer.Option(help="Most events listed, or told of what followed.", min=1)] = 20,
    place: Place = None,
    policy: Annotated[
        str | None, typer.Option(help="As for `deflect run`.  [default: status_quo]", metavar="NAME")
    ] = None,
    years: Years = None,
    residents: Residents = None,
    set_: Set = None,
    quiet: Quiet = False,
) -> None:
    """Tell why something happened: the events that led to it, and what followed.

    \b
    deflect run --events --seeds 1 --out runs/cabell
    deflect why --run runs/cabell                 # some events worth asking about, with their numbers
    deflect why 4711 --run runs/cabell            # why did this happen?
    deflect why --kind died_overdose --run runs/cabell
    deflect why --person 345 --run runs/cabell
    deflect why 4711 --policy more_slots --residents 5000     # without a folder: lives it first

    An event has its number in one seed of one scenario only.
    """
    from ...scenarios.errors import InputError
    from .. import why as asking

    scenario_options = {"place": place, "policy": policy, "years": years, "residents": residents, "set": set_}
    given = [f"--{name}" for name, value in scenario_options.items() if value]
    if run and given:
        raise InputError(f"--run: the folder says what was run; leave out {', '.join(given)}")
    if event is not None and (kind or person is not None):
        raise InputError("ask for one EVENT, or list them by --kind and --person")
    of_kind = asking.kind_of(kind) if kind else None
    if run:
        story = asking.kept(run, seed)
    else:
        scenario = scenario_of(policy or "status_quo", place, years, residents, set_)
        story = asking.lived(scenario, seed or 0, quiet)
    told = asking.answer(story.source, event, of_kind, person, limit)
    print(f"{story.title}\n\n{told}")
    if event is None:
        print("\nTo be told why, add the number of an event to this command." + (asking.QUICKER if not run else ""))
