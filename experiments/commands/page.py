"""`deflect page`."""

from typing import Annotated

import typer

from .app import app


@app.command()
def page(
    port: Annotated[int, typer.Option(help="Port; 0 takes a free one.", min=0, max=65535)] = 8765,
    browser: Annotated[bool, typer.Option("--browser/--no-browser", help="Open the browser.")] = True,
    host: Annotated[
        str,
        typer.Option(help="Address to listen at; any but this machine's own gets a token.", metavar="HOST"),
    ] = "127.0.0.1",
    workers: Annotated[
        int | None, typer.Option(help="Processes; by default one a processor.", min=1, metavar="N")
    ] = None,
) -> None:
    """Open the page: choose a place and a policy, compare, watch a community live, learn.

    \b
    deflect page
    deflect page --port 9000 --no-browser
    deflect page --host 0.0.0.0      # for a class: the link with its token is printed
    """
    from ...app.server import serve

    serve(host, port, browser, workers)
