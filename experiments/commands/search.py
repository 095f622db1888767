"""`deflect search`."""

from pathlib import Path
from typing import Annotated

import typer

from .app import app
from .options import Place, Quiet, Residents, SetBoth, Workers, Years, kept_in, overrides


@app.command()
def search(
    plan: Annotated[
        Path | None,
        typer.Argument(
            help="A search file (docs/search.md); options come before it.", metavar="PLAN", show_default=False
        ),
    ] = None,
    budget: Annotated[
        str | None,
        typer.Option(help="Dollars a year that all levers of a mix may cost over the status quo.", metavar="DOLLARS"),
    ] = None,
    lever: Annotated[
        list[str] | None,
        typer.Option(
            help="A lever and its range: treatment.slots_methadone=1..2/11 (11 steps), deflection.coverage=0,0.5,1, or "
            "by name alone its usual range. Repeat for more; by default eight that a county can buy.",
            metavar="KEY=FROM..TO",
        ),
    ] = None,
    always: Annotated[
        list[str] | None,
        typer.Option(help="A lever set in every mix, and not in the base. Repeat for more.", metavar="KEY=VALUE"),
    ] = None,
    policy: Annotated[
        str | None,
        typer.Option(help="What every mix is compared with.  [default: status_quo]", metavar="NAME"),
    ] = None,
    place: Place = None,
    years: Years = None,
    residents: Residents = None,
    objective: Annotated[
        list[str] | None,
        typer.Option(
            help="An outcome or cost to weigh, two to four: arrests, cost_all, price, entries=more.  [default: "
            "expected_deaths, cost_programme]",
            metavar="ID",
        ),
    ] = None,
    reference: Annotated[
        list[str] | None,
        typer.Option(
            help="A policy shown beside.  [default: more_slots, full_deflection, full_package]", metavar="NAME"
        ),
    ] = None,
    trials: Annotated[int | None, typer.Option(help="Mixes looked at.  [default: 96]", metavar="N")] = None,
    generation: Annotated[int | None, typer.Option(help="Of them together.  [default: 16]", metavar="N")] = None,
    seeds: Annotated[
        str | None, typer.Option(help='Pairs of each mix in the search: "5", "0-4".  [default: 5]', metavar="SEEDS")
    ] = None,
    confirm: Annotated[
        int | None, typer.Option(help="Fresh pairs of each mix on the front.  [default: 20]", metavar="N")
    ] = None,
    seed: Annotated[
        int | None, typer.Option(help="Seed of the search itself, apart from chance.  [default: 0]", metavar="SEED")
    ] = None,
    set_: SetBoth = None,
    out: Annotated[
        Path | None,
        typer.Option(help="Folder; one that is begun goes on.  [default: runs/PLACE-search-POLICY]", metavar="FOLDER"),
    ] = None,
    workers: Workers = None,
    quiet: Quiet = False,
) -> None:
    """Given a yearly budget, which mix of levers? Search, then confirm what looks best with fresh runs.

    \b
    deflect search --budget 1000000 --place "Cabell, WV" --residents 10000 --years 3
    deflect search my_search.yaml
    deflect search --budget 5e5 --lever treatment.slots_methadone=1..2 --lever custody.jail_medication=0..1
    deflect search --budget 2e6 --objective arrests --objective cost_all

    Stopped by Ctrl-C or anything else, the same command goes on. Writes the front with 95 % intervals and each of its
    mixes as a file for `deflect run` and `deflect compare` (docs/search.md).
    """
    from .. import show
    from ..progress import shown
    from ..provenance import label_of
    from ..search import question, study, words
    from ..search.levers import from_texts

    asked = question.ask(
        plan,
        budget=None if budget is None else _dollars(budget),
        levers=from_texts(lever) if lever else None,
        always=_set(always) if always else None,
        policy=policy,
        base=_set(overrides(place, years, residents, set_)),
        objectives=objective or None,
        references=reference or None,
        trials=trials,
        generation=generation,
        seeds=seeds,
        confirm=confirm,
        seed=seed,
    )
    folder = study.folder_of(asked, out)
    with kept_in(folder), shown(f"{label_of(asked.base)}, {asked.trials} mixes", quiet) as progress:
        found = study.live(asked, folder, workers, progress=progress)
    found.save()
    words.show(found, show.console())


def _dollars(text: str) -> float:
    from ...scenarios.errors import InputError

    try:
        return float(text.strip().lstrip("$").replace(",", "").replace("_", ""))
    except ValueError:
        raise InputError(f"--budget {text}: write dollars a year, such as 1000000 or 1e6") from None


def _set(texts: list[str]) -> dict:
    """Return "KEY=VALUE" texts as a mapping, read by the rules of files."""
    from ...scenarios import load as loading
    from ...scenarios.errors import InputError

    problems: list[str] = []
    told = {path: entry.plain() for path, entry in loading._overrides(texts, problems)}
    if problems:
        raise InputError("\n".join(problems))
    return told
