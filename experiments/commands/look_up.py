"""`deflect places`, `policies`, `evidence` and `schema`: what there is to choose from."""

from typing import Annotated

import typer

from .app import app


@app.command()
def places(
    text: Annotated[
        str | None, typer.Argument(help="Part of a name, with or without its state; or digits of a FIPS code.")
    ] = None,
    limit: Annotated[int, typer.Option(help="Most lines shown.", min=1)] = 10,
) -> None:
    """Search the counties; published overdose deaths and estimates are told apart.

    \b
    deflect places cabell
    deflect places "washington, oh"
    """
    from ...scenarios import places as atlas
    from ...scenarios.errors import InputError
    from ...scenarios.places.tables import keys
    from .. import show

    out = show.console()
    if text is None:
        out.print(f"{len(atlas.all_fips()):,} counties; search them by name: deflect places cabell")
        out.print("Counties with a known deflection programme:")
        found = [atlas.find(fips) for fips in keys("programmes.csv") if fips in atlas.all_fips()]
    else:
        found = atlas.search(text, limit)
        if not found:
            raise InputError(f'no county is like "{text}"')
    show.places(found, out)


@app.command()
def policies() -> None:
    """List the policies that come with the project."""
    from ...scenarios.load import policies as named
    from .. import show

    show.policies(named(), show.console())


@app.command()
def evidence(
    text: Annotated[
        str, typer.Argument(help="Id of a number, or words to search for; by default all.", show_default=False)
    ] = "",
    limit: Annotated[int, typer.Option(help="Most lines shown.", min=1)] = 15,
) -> None:
    """Show where a number comes from: value, range, quality, source, how it was verified.

    \b
    deflect evidence --limit 2000
    deflect evidence naloxone
    deflect evidence rr_od_death_on_methadone
    """
    from ...scenarios import evidence as registry
    from ...scenarios.errors import InputError, nearest
    from .. import show

    if text in registry.registry():
        show.evidence(registry.evidence(text), show.console())
        return
    rows = registry.search(text) if text else list(registry.registry().values())
    if not rows:
        known = {*registry.registry(), *(word for id in registry.registry() for word in id.split("_"))}
        raise InputError(f"no evidence row holds {text!r}{nearest(text, known)}")
    show.evidence_list(rows, show.console(), limit)


@app.command()
def schema() -> None:
    """Print the JSON Schema of scenario files, for editors."""
    from ...scenarios.schema import Scenario
    from ..files import json_text

    print(json_text(Scenario.json_schema()))
