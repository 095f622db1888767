"""`deflect sensitivity`."""

from pathlib import Path
from typing import Annotated

import typer

from .app import app
from .options import Place, Quiet, Residents, SetBoth, Workers, Years, kept_in, overrides


@app.command()
def sensitivity(
    method: Annotated[str, typer.Argument(help="screening, sobol, tornado or discovery.", metavar="METHOD")],
    policy_a: Annotated[str, typer.Argument(help="A policy: its outcome is the quantity.", metavar="A")],
    policy_b: Annotated[
        str | None,
        typer.Argument(
            help="A second one: the quantity is B - A, same people and luck.", metavar="B", show_default=False
        ),
    ] = None,
    outcome: Annotated[
        str, typer.Option(help="An outcome (docs/results.md), cost_all, cost_health, ..., or qalys.", metavar="ID")
    ] = "expected_deaths",
    percent: Annotated[bool, typer.Option("--percent", help="B - A in % of A.")] = False,
    over: Annotated[
        list[str] | None,
        typer.Option(
            help="A number, a section, or NAME=LOW..HIGH. Repeat for more.  "
            "[default: all that is uncertain; prices for money only]",
            metavar="NAME",
        ),
    ] = None,
    points: Annotated[
        int | None,
        typer.Option(
            help="Trajectories of a screening [10], base points of sobol [64], points of a discovery [200].",
            metavar="N",
        ),
    ] = None,
    above: Annotated[
        str | None,
        typer.Option(help="Discovery: where is it above? Such as --above=-2%.  [default: worst quarter]", metavar="X"),
    ] = None,
    below: Annotated[str | None, typer.Option(help="Discovery: where is it below?", metavar="X")] = None,
    place: Place = None,
    years: Years = None,
    residents: Residents = None,
    seeds: Annotated[
        str, typer.Option(help='The same at every point: how many ("5"), or which ("0-9").', metavar="SEEDS")
    ] = "5",
    set_: SetBoth = None,
    out: Annotated[
        Path | None,
        typer.Option(help="Folder; one that is begun goes on.  [default: runs/PLACE-METHOD-A-vs-B]", metavar="FOLDER"),
    ] = None,
    workers: Workers = None,
    dask: Annotated[
        str | None, typer.Option(help="Live the runs on a Dask cluster: its scheduler.", metavar="tcp://...")
    ] = None,
    quiet: Quiet = False,
) -> None:
    """Which unknown matters most for a result, or for the choice between two policies? And where does a policy fail?

    \b
    deflect sensitivity tornado status_quo more_slots --over treatment --over overdose
    deflect sensitivity screening status_quo more_slots --residents 5000 --years 2
    deflect sensitivity sobol status_quo --over treatment --points 128 --outcome on_medication
    deflect sensitivity discovery status_quo more_slots --above=-2%     # where do deaths fall by less than 2 %?

    Runs are kept in FOLDER/sweep: the same command goes on after an interruption, and other outcomes of the same runs
    need no other run (docs/sensitivity.md).
    """
    from ..sensitivity.question import ask

    policies = [one for one in (policy_a, policy_b) if one is not None]
    asked = dict(outcome=outcome, over=over or "evidence", points=points, seeds=seeds, percent=percent)
    question = ask(method, policies, overrides(place, years, residents, set_), **asked, above=above, below=below)
    _live(question, question.folder(out), workers, dask, quiet)


def _live(question, folder: Path, workers, dask, quiet) -> None:
    import sys
    from contextlib import nullcontext

    from .. import show
    from ..cluster import dask_executor
    from ..progress import shown
    from ..sensitivity import words
    from ..sensitivity.study import answer

    say = (lambda text: None) if quiet else (lambda text: print(f"deflect: {text}", file=sys.stderr, flush=True))
    there = question.lived(folder)
    say(f"{question.size}, kept in {folder / 'sweep'}{f'; {there:,} are there' if there else ''}")
    with kept_in(folder / "sweep"), dask_executor(dask) if dask else nullcontext() as executor:
        with shown(f"{question.place}, {question.method.name}", quiet) as progress:
            study = answer(question, folder, workers, executor=executor, progress=progress)
    words.show(study, study.save(folder), show.console())
