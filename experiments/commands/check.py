"""`deflect check`."""

from typing import Annotated

import typer

from .app import app
from .options import Place, Quiet, Residents, Seeds, Set, Workers, Years, by_option, overrides, scenario_of


@app.command()
def check(
    policy: Annotated[
        str, typer.Argument(help="Name of a policy, or path of a scenario file.", metavar="[FILE|NAME]")
    ] = "status_quo",
    place: Place = None,
    years: Years = None,
    residents: Residents = None,
    set_: Set = None,
    targets: Annotated[bool, typer.Option("--targets", help="Run it, and compare with published findings.")] = False,
    cascades: Annotated[
        bool, typer.Option("--cascades", help="Run the named programmes, and compare with what they published.")
    ] = False,
    seeds: Seeds = "10",
    workers: Workers = None,
    quiet: Quiet = False,
) -> None:
    """Check a scenario without running it; with --targets or --cascades, hold the model against published findings.

    \b
    deflect check my_policy.yaml
    deflect check --set treatment.intake_days=3
    deflect check --targets --place US --seeds 5
    deflect check --cascades --years 3 --seeds 5
    """
    from .. import show
    from ..differences import differences, origins
    from ..provenance import label_of

    if cascades:
        _check_cascades(policy, targets, (place or "US", years, residents, set_), seeds, workers, quiet)
        return
    scenario = scenario_of(policy, place or ("US" if targets else None), years, residents, set_)
    if targets:
        _check_targets(scenario, seeds, workers, quiet)
        return
    found = differences(scenario)
    told = origins(policy, overrides(place, years, residents, set_), [d.path for d in found])
    written = {path: by_option(where) for path, where in told.items()}
    out = show.console()
    years = show.plural(scenario.years, "year")
    print(f"ok: {scenario.name} in {label_of(scenario)}, {years} from the start of the policy")
    print(f"hash {scenario.hash}")
    if found:
        print()
        show.differences(found, written, out)
    else:
        print("every value is the default")


def _check_targets(scenario, seeds: str, workers: int | None, quiet: bool) -> None:
    """Run a scenario and hold it against published findings."""
    from .. import show
    from ..many import run_many
    from ..progress import shown
    from ..targets import count, findings

    with shown("published findings", quiet) as progress:
        runs = run_many(scenario, seeds, workers, measure=count, progress=progress)
    show.findings(findings([run.measured for run in runs]), show.console())


def _check_cascades(policy: str, targets: bool, options: tuple, seeds: str, workers: int | None, quiet: bool) -> None:
    """Run every programme with a published cascade and hold it against that."""
    from ...scenarios.errors import InputError
    from .. import cascades, show
    from ..many import run_many
    from ..progress import shown

    if targets or policy != "status_quo":
        raise InputError("--cascades runs the named programmes: no other policy and no --targets beside it")
    scenarios = {name: scenario_of(name, *options) for name in cascades.policies()}
    counts = {}
    for name, scenario in scenarios.items():
        with shown(name, quiet) as progress:
            runs = run_many(scenario, seeds, workers, measure=cascades.count, progress=progress)
        counts[name] = [run.measured for run in runs]
    show.cascades(cascades.findings(counts), show.console())
