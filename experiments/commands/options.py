"""Options that several commands share, and the scenario they say."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer

Place = Annotated[
    str | None, typer.Option(help='County: FIPS code, "Cabell, WV", US, or a place file.', metavar="PLACE")
]
Policy = Annotated[str, typer.Option(help="Name (see `deflect policies`) or path of a .yaml file.", metavar="NAME")]
Years = Annotated[
    str | None, typer.Option(help="Years from the start of the policy; two of burn-in come before.", metavar="YEARS")
]
Residents = Annotated[
    str | None,
    typer.Option(
        help="People simulated; all by default, in counties over 200,000 a sample; `whole`: all.",
        metavar="PEOPLE",
    ),
]
Set = Annotated[
    list[str] | None,
    typer.Option("--set", help="Change one number: treatment.intake_days=3. Repeat for more.", metavar="KEY=VALUE"),
]
SetBoth = Annotated[
    list[str] | None,
    typer.Option("--set", help="Change one number in every policy. Repeat for more.", metavar="KEY=VALUE"),
]
Seeds = Annotated[str, typer.Option(help='How many ("10"), which ("3,5,9"), or a range ("0-9").', metavar="SEEDS")]
Workers = Annotated[int | None, typer.Option(help="Processes; by default one a processor.", metavar="N")]
Everything = Annotated[bool, typer.Option("--all", help="Print all outcomes, family by family.")]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="Show no progress.")]


def overrides(place, years, residents, sets) -> list[str]:
    """Return options as `--set` texts; JSON quotes what YAML would read otherwise."""
    import json

    options = {"place": place, "years": years, "residents": residents}
    told = [
        f"{name}={json.dumps(value) if name == 'place' else value}"
        for name, value in options.items()
        if value is not None
    ]
    return told + list(sets or ())


def scenario_of(policy, place, years, residents, sets):
    """Return the checked scenario of a command's options; what is wrong is named by its option."""
    from ...scenarios.load import load
    from ...scenarios.places import find

    texts = overrides(place, years, residents, sets)
    scenario = load(policy, texts)
    find(scenario.place)
    return _within_budget(scenario)


def _within_budget(scenario):
    """Return the scenario, its levers scaled where its budget asks for that: then say so."""
    import sys

    if scenario.budget.dollars_per_year is None:
        return scenario
    from ...model.budget import within_budget

    fitted = within_budget(scenario)
    if fitted is not scenario:
        print(
            f"deflect: {fitted.name}: {fitted.description.rpartition('Its levers')[1]}"
            f"{fitted.description.rpartition('Its levers')[2]}",
            file=sys.stderr,
        )
    return fitted


@contextmanager
def kept_in(folder: Path, if_there: bool = False) -> Iterator[None]:
    """Say, when Ctrl-C or a full disk stops the work, that the runs that are done are kept, and how to go on.

    if_there: only where the folder is there, as it is once a first run is done.
    """
    import sys

    try:
        yield
    except (KeyboardInterrupt, OSError) as error:
        if if_there and not folder.is_dir():
            raise
        stopped = isinstance(error, KeyboardInterrupt)
        what = "stopped by Ctrl-C" if stopped else str(error)
        print(f"deflect: {what}; the runs that are done are in {folder}, the same command goes on", file=sys.stderr)
        raise SystemExit(130 if stopped else 1) from None  # not typer.Exit: the program would add a line of its own


@contextmanager
def kept_until_whole(folder: Path, *scenarios) -> Iterator[Path]:
    """Yield where to keep the runs that are done until the results are whole, which goes then.

    The name says what is asked: another question at work beside this one has a folder of its own.
    """
    import hashlib
    import shutil

    asked = hashlib.sha256(" ".join(one.hash for one in scenarios).encode()).hexdigest()
    keep = folder.with_name(f"{folder.name}.under-way-{asked[:8]}")
    with kept_in(keep, if_there=True):
        yield keep
    shutil.rmtree(keep, ignore_errors=True)


def by_option(message: str) -> str:
    """Name an option as the user wrote it, where a message calls it by `--set`."""
    for name in ("place", "years", "residents"):
        message = message.replace(f"--set {name}=", f"--{name} ")
    return message
