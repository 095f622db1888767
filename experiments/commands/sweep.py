"""`deflect sweep`."""

from pathlib import Path
from typing import Annotated

import typer

from .app import app
from .options import Quiet, Workers


@app.command()
def sweep(
    plan: Annotated[str, typer.Argument(help="A plan file, or the word `status`.", metavar="PLAN|status")],
    folder: Annotated[
        Path | None,
        typer.Argument(help="After `status`: the folder of the sweep.", metavar="FOLDER", show_default=False),
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option(
            help="Folder of the sweep; one that is begun goes on.  [default: runs/sweep-PLAN]", metavar="FOLDER"
        ),
    ] = None,
    workers: Workers = None,
    dask: Annotated[
        str | None,
        typer.Option(help="Live the runs on a Dask cluster: the address of its scheduler.", metavar="tcp://..."),
    ] = None,
    shard: Annotated[
        str, typer.Option(help="Live part I of N of the runs; N machines share the folder.", metavar="I/N")
    ] = "1/1",
    outcome: Annotated[str, typer.Option(help="The outcome drawn.", metavar="ID")] = "expected_deaths",
    quiet: Quiet = False,
) -> None:
    """Live every run of a plan: grids, samples, ranges of evidence, over policies, places and seeds.

    \b
    deflect sweep plan.yaml
    deflect sweep plan.yaml --out runs/my-sweep       # again, after any interruption: goes on
    deflect sweep status runs/my-sweep
    deflect sweep plan.yaml --dask tcp://10.0.0.1:8786
    deflect sweep plan.yaml --shard 3/20              # one of twenty machines that share the folder

    Results are Parquet files (docs/sweeps.md).
    """
    from ...scenarios.errors import InputError
    from .. import show, sweep_text
    from ..sweep import Sweep

    if plan == "status":
        if folder is None:
            raise InputError("sweep status: name the folder of the sweep")
        sweep_text.status(Sweep(folder), show.console())
        return
    if folder is not None:
        raise InputError(f"{folder}: name the folder with --out")
    _live(plan, out, workers, dask, _shard(shard), outcome, quiet)


def _live(plan, out, workers, dask, shard, outcome, quiet) -> None:
    import sys
    from contextlib import nullcontext

    from .. import files, show, sweep_text
    from ..cluster import dask_executor
    from ..figure import write
    from ..plan import read_plan
    from ..progress import shown
    from ..sweep import sweep as live

    asked = read_plan(plan)
    _check_outcome(outcome)
    folder = out or files.PARENT / f"sweep-{files.slug(asked.name)}"
    try:
        with dask_executor(dask) if dask else nullcontext() as executor:
            with shown(f"{asked.name}, {len(asked):,} runs", quiet) as progress:
                found = live(asked, folder, workers, executor=executor, shard=shard, progress=progress)
    except KeyboardInterrupt:
        print(
            f"deflect: stopped by Ctrl-C; the runs that are done are in {folder}, the same command goes on",
            file=sys.stderr,
        )
        raise typer.Exit(130) from None
    except OSError as error:
        print(f"deflect: {error}; the runs that are done are in {folder}, the same command goes on", file=sys.stderr)
        raise typer.Exit(1) from None
    if found.state.lived:
        from ..sweep_figure import draw

        write(draw(found, outcome), folder / "sweep.png")
        print(f"{folder / 'sweep.png'}\n")
        sweep_text.show(found, show.console())
    else:
        sweep_text.status(found, show.console())
    rows = "runs.parquet" if (folder / "runs.parquet").exists() else "parts/*.parquet"
    print(f"\nin {folder}: catalogue.parquet, {rows}")
    if found.state.failed:
        raise typer.Exit(1)


def _shard(text: str) -> tuple[int, int]:
    from ...scenarios.errors import InputError

    number, slash, of = text.partition("/")
    if not (slash and number.isdecimal() and of.isdecimal()):
        raise InputError(f"--shard {text}: write I/N, such as 3/20")
    return int(number), int(of)


def _check_outcome(name: str) -> None:
    from ...model.outcomes import OUTCOMES
    from ...scenarios.errors import InputError, nearest

    known = [outcome.id for outcome in OUTCOMES]
    if name not in known:
        raise InputError(f"--outcome {name}: there is no such outcome{nearest(name, known)}")
