"""`deflect report`."""

from pathlib import Path
from typing import Annotated

import typer

from .app import app
from .options import Quiet, Workers, kept_in


@app.command()
def report(
    folder: Annotated[
        Path, typer.Argument(help="What `deflect run`, `compare`, `factorial` or another command wrote.", metavar="DIR")
    ],
    out: Annotated[
        Path | None, typer.Option(help="The file.  [default: report.html in DIR]", metavar="FILE.html")
    ] = None,
    runs: Annotated[
        bool, typer.Option("--runs/--no-runs", help="Live the question again with the unmeasured links off.")
    ] = True,
    workers: Workers = None,
    quiet: Quiet = False,
) -> None:
    """Make one HTML page of a folder of results: figures, tables, evidence, limits, how to make them again.

    \b
    deflect report runs/cabell-county-wv-status-quo-vs-more-slots
    deflect report runs/cabell-county-wv-status-quo --out cabell.html
    deflect report runs/cabell-county-wv-status-quo --no-runs     # at once, without the unmeasured links off

    The same question is lived again with the links off that nobody has measured, into DIR/unmeasured_off; once. Stopped
    by Ctrl-C or anything else, the same command goes on.
    """
    from contextlib import nullcontext

    from ..progress import shown
    from ..report import report as make

    kept = kept_in(folder) if runs else nullcontext()
    with kept, shown("the same with the unmeasured links off", quiet or not runs) as progress:
        path = make(folder, out, runs=runs, workers=workers, progress=progress)
    print(path)
