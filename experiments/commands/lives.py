"""`deflect lives`."""

from pathlib import Path
from typing import Annotated

import typer

from .app import app
from .options import Place, Quiet, Residents, SetBoth, Years, scenario_of

DAYS = 40  # of each life on a terminal; lives.txt has all


@app.command()
def lives(
    policy_a: Annotated[str, typer.Argument(help="One world: name of a policy or a file.", metavar="A")],
    policy_b: Annotated[str, typer.Argument(help="The other world: the same people under this policy.", metavar="B")],
    place: Place = None,
    years: Years = None,
    residents: Residents = None,
    seed: Annotated[int, typer.Option(help="Which seed.", metavar="SEED", min=0)] = 0,
    person: Annotated[
        int | None,
        typer.Option(help="Number of a resident in A.  [default: the first worth telling of]", metavar="N", min=0),
    ] = None,
    set_: SetBoth = None,
    out: Annotated[
        Path | None,
        typer.Option(help="Also write text, figure and table to this folder, new or empty.", metavar="FOLDER"),
    ] = None,
    quiet: Quiet = False,
) -> None:
    """Tell one person's two lives side by side, under two policies with the same luck, and why they parted.

    \b
    deflect lives status_quo full_package --place "Cabell, WV" --years 2 --seed 3
    deflect lives status_quo full_package --place "Cabell, WV" --years 2 --seed 3 --person 19835 --out runs/two-lives
    deflect lives status_quo officer_intervention --residents 10000

    People whose lives differed are listed, both ways. One seed is an illustration; `deflect compare` says what a
    policy does.
    """
    import sys

    from .. import show
    from ..lives.study import folder_for, lives_of
    from ..progress import shown
    from ..provenance import label_of

    a, b = (scenario_of(policy, place, years, residents, set_) for policy in (policy_a, policy_b))
    folder = folder_for(out, a, b) if out else None
    given = {"--place": place, "--years": years, "--residents": residents}
    words = [word for name, value in given.items() if value is not None for word in (name, value)]
    words += [word for text in set_ or () for word in ("--set", text)]
    with shown(f"{label_of(a)}, {a.name} and {b.name}", quiet) as progress:
        found = lives_of(a, b, seed, person, [policy_a, policy_b, *words], progress)
    if not quiet and found.person is not None:
        print("looking into what made the difference: days are lived again, some seconds each", file=sys.stderr)
    console = show.console()
    written = None if folder is None else found.save(folder)
    if written and found.person is not None:
        print(f"{written / 'lives.png'}\n")
    console.print(found.told(min(console.width, show.WIDTH), DAYS), markup=False, highlight=False, soft_wrap=True)
    if written:
        show.written(written, console)
