"""The commands of `deflect`. Imports wait until a command needs them: help must come at once."""

from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer(
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110},
    help="Simulate community deflection policy: what happens in a county when people who use opioids are led to care.",
)

Place = Annotated[
    str | None, typer.Option(help='County: FIPS code, "Cabell, WV", US, or a place file.', metavar="PLACE")
]
Policy = Annotated[str, typer.Option(help="Name (see `deflect policies`) or path of a .yaml file.", metavar="NAME")]
Years = Annotated[
    str | None, typer.Option(help="Years from the start of the policy; two of burn-in come before.", metavar="YEARS")
]
Residents = Annotated[
    str | None,
    typer.Option(help="People simulated; by default all, in counties over 200,000 a sample.", metavar="PEOPLE"),
]
Set = Annotated[
    list[str] | None,
    typer.Option("--set", help="Change one number: treatment.intake_days=3. Repeat for more.", metavar="KEY=VALUE"),
]
SetBoth = Annotated[
    list[str] | None,
    typer.Option("--set", help="Change one number in both policies. Repeat for more.", metavar="KEY=VALUE"),
]
Seeds = Annotated[str, typer.Option(help='How many ("10"), which ("3,5,9"), or a range ("0-9").', metavar="SEEDS")]
Workers = Annotated[int | None, typer.Option(help="Processes; by default one a processor.", metavar="N")]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="Show no progress.")]


@app.command()
def run(
    place: Place = None,
    policy: Policy = "status_quo",
    years: Years = None,
    seeds: Seeds = "10",
    residents: Residents = None,
    set_: Set = None,
    out: Annotated[
        Path | None,
        typer.Option(help="Folder for results, new or empty.  [default: runs/PLACE-POLICY]", metavar="FOLDER"),
    ] = None,
    workers: Workers = None,
    quiet: Quiet = False,
    json: Annotated[bool, typer.Option("--json", help="Print the summary as JSON instead of a table.")] = False,
    events: Annotated[bool, typer.Option("--events", help="Also write every event, to events.parquet.")] = False,
    ties: Annotated[
        Path | None, typer.Option(help="Your own graph of ties between people; takes one seed.", metavar="FILE.graphml")
    ] = None,
) -> None:
    """Live a policy in a county with several seeds; print a summary, write tables and a figure.

    \b
    deflect run
    deflect run --place "Cabell, WV" --policy more_slots --years 3
    deflect run --set harm_reduction.kits_per_100k_year=1400 --seeds 20 --out runs/kits
    """
    from . import files, show
    from .many import run_many
    from .progress import shown
    from .provenance import label_of
    from .result import Result
    from .seeds import seeds_of

    scenario = _scenario(policy, place, years, residents, set_)
    chosen = seeds_of(seeds)
    _check_ties(ties, chosen)
    label = label_of(scenario)
    folder = files.choose(out, label, scenario.name)
    with shown(f"{label}, {scenario.name}", quiet) as progress:
        runs = run_many(scenario, chosen, workers, ties=ties, events=events, progress=progress)
    result = Result(runs, ties)
    folder = result.save(folder)
    if json:
        print(result.json(folder))
    else:
        show.summary(result, show.console())
        print(f"\nwritten to {folder}")


@app.command()
def compare(
    policy_a: Annotated[str, typer.Argument(help="What to compare with: name of a policy or a file.", metavar="A")],
    policy_b: Annotated[str, typer.Argument(help="What to compare: differences are B - A.", metavar="B")],
    place: Place = None,
    years: Years = None,
    seeds: Seeds = "10",
    residents: Residents = None,
    set_: SetBoth = None,
    out: Annotated[
        Path | None,
        typer.Option(help="Folder for results, new or empty.  [default: runs/PLACE-A-vs-B]", metavar="FOLDER"),
    ] = None,
    workers: Workers = None,
    quiet: Quiet = False,
    json: Annotated[bool, typer.Option("--json", help="Print the table as JSON instead.")] = False,
) -> None:
    """Compare two policies by runs of the same people with the same luck; write a table and a figure.

    \b
    deflect compare status_quo more_slots
    deflect compare status_quo my_policy.yaml --place "Hamilton, OH" --years 3 --seeds 20
    """
    from . import compare_text, show
    from .compare import compare_scenarios, folder_for
    from .progress import shown
    from .provenance import label_of

    a, b = (_scenario(policy, place, years, residents, set_) for policy in (policy_a, policy_b))
    folder = folder_for(out, a, b)
    with shown(f"{label_of(a)}, {a.name} and {b.name}", quiet) as progress:
        comparison = compare_scenarios(a, b, seeds, workers, progress=progress, asked=(policy_a, policy_b))
    folder = comparison.save(folder)
    if json:
        print(comparison.json(folder))
    else:
        compare_text.show(comparison, folder / "comparison.png", show.console())


@app.command()
def factorial(
    factors: Annotated[
        list[str] | None,
        typer.Argument(help="Policies to combine; by default the four areas.", metavar="FACTOR...", show_default=False),
    ] = None,
    base: Annotated[str, typer.Option(help="The policy they are added to.", metavar="NAME")] = "full_deflection",
    place: Place = None,
    years: Years = None,
    seeds: Seeds = "10",
    residents: Residents = None,
    set_: SetBoth = None,
    out: Annotated[
        Path | None,
        typer.Option(help="Folder for results, new or empty.  [default: runs/PLACE-factorial-BASE]", metavar="FOLDER"),
    ] = None,
    workers: Workers = None,
    quiet: Quiet = False,
) -> None:
    """Combine policies in every way: do they reinforce each other? Write effects, interactions, shares, a figure.

    \b
    deflect factorial
    deflect factorial --place US --residents 100000 --seeds 20
    deflect factorial more_slots more_naloxone --base status_quo
    """
    from . import factorial as asked
    from . import files, show
    from .progress import shown
    from .provenance import label_of

    settings = {"place": place, "years": years, "residents": residents}
    settings = {name: value for name, value in settings.items() if value is not None}
    chosen = tuple(factors or asked.AREAS)
    texts = [*(set_ or []), *(f"{name}={value}" for name, value in settings.items())]
    cells = asked.cells_of(base, chosen, texts)
    folder = files.choose(out, label_of(cells[0]), f"factorial-{cells[0].name}")
    with shown(f"{label_of(cells[0])}, {len(cells)} combinations", quiet) as progress:
        result = asked.factorial(base, chosen, texts, seeds=seeds, workers=workers, progress=progress)
    folder = result.save(folder)
    asked.show(result, folder, show.console())


@app.command()
def cost(
    folder: Annotated[Path, typer.Argument(help="Folder of `deflect run` or `deflect compare`.", metavar="FOLDER")],
    other: Annotated[
        Path | None,
        typer.Argument(help="A second run, same place and seeds: what it costs more and gains.", metavar="FOLDER_B"),
    ] = None,
    set_: Annotated[
        list[str] | None,
        typer.Option(
            "--set", help="Another price: prices.cost_jail_day=200, in dollars of its row's year.", metavar="KEY=VALUE"
        ),
    ] = None,
    payer: Annotated[
        str | None, typer.Option(help="Only what one pays: health, justice, child_welfare, programme.", metavar="PAYER")
    ] = None,
    out: Annotated[
        Path | None, typer.Option(help="Folder for the bill, new or empty.  [default: FOLDER/bill]", metavar="FOLDER")
    ] = None,
) -> None:
    """Price finished runs, at other prices if you like, without running them again; or weigh two policies.

    \b
    deflect cost runs/cabell-county-wv-status-quo
    deflect cost runs/cabell-county-wv-status-quo --set prices.cost_jail_day=200 --payer justice
    deflect cost runs/cabell-county-wv-status-quo runs/cabell-county-wv-mari
    deflect cost runs/cabell-county-wv-status-quo-vs-mari
    """
    from . import files, money, money_figure, money_text, show
    from .figure import write

    ledgers = [ledger for one in (folder, other) if one for ledger in money.read(one)]
    money_text.check_payer(payer, len(ledgers))
    ledgers = [ledger.priced(money.prices_of(ledger.scenario, set_ or ())) for ledger in ledgers]
    told = money.Economics(*ledgers, money.labels_of(ledgers)) if len(ledgers) == 2 else None
    target = files.free(folder / "bill") if out is None else files.choose(out, "", "")

    def fill(path: Path) -> None:
        if told:
            money.write_table(told.table, path / "economics.csv")
            write(money_figure.draw_economics(told), path / "economics.png")
        else:
            money.write_table(ledgers[0].table, path / "costs.csv")
            write(money_figure.draw_bill(ledgers[0], payer), path / "costs.png")
        prices = ledgers[0].scenario.prices.model_dump(mode="json")
        files.write_json(path / "prices.json", {"from": [str(one) for one in (folder, other) if one], "prices": prices})

    target = files.write_whole(target, fill)
    if told:
        money_text.show_economics(told, target / "economics.png", show.console())
    else:
        money_text.show_bill(ledgers[0], target, target / "costs.png", show.console(), payer)


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
    from ..scenarios import places as atlas
    from ..scenarios.errors import InputError
    from ..scenarios.places.tables import keys
    from . import show

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
    from ..scenarios.load import policies as named
    from . import show

    show.policies(named(), show.console())


@app.command()
def evidence(
    text: Annotated[str, typer.Argument(help="Id of a number, or words to search for.")],
    limit: Annotated[int, typer.Option(help="Most lines shown.", min=1)] = 15,
) -> None:
    """Show where a number comes from: value, range, quality, source, how it was verified.

    \b
    deflect evidence naloxone
    deflect evidence rr_od_death_on_methadone
    """
    from ..scenarios import evidence as registry
    from ..scenarios.errors import InputError, nearest
    from . import show

    if text in registry.registry():
        show.evidence(registry.evidence(text), show.console())
        return
    rows = registry.search(text)
    if not rows:
        known = {*registry.registry(), *(word for id in registry.registry() for word in id.split("_"))}
        raise InputError(f"no evidence row holds {text!r}{nearest(text, known)}")
    show.evidence_list(rows, show.console(), limit)


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
    from . import show
    from .differences import differences, origins
    from .provenance import label_of

    if cascades:
        _check_cascades(policy, targets, (place or "US", years, residents, set_), seeds, workers, quiet)
        return
    scenario = _scenario(policy, place or ("US" if targets else None), years, residents, set_)
    if targets:
        _check_targets(scenario, seeds, workers, quiet)
        return
    found = differences(scenario)
    told = origins(policy, _overrides(place, years, residents, set_), [d.path for d in found])
    written = {path: _by_option(where) for path, where in told.items()}
    out = show.console()
    years = show.plural(scenario.years, "year")
    print(f"ok: {scenario.name} in {label_of(scenario)}, {years} from the start of the policy")
    print(f"hash {scenario.hash}")
    if found:
        print()
        show.differences(found, written, out)
    else:
        print("every value is the default")


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
    from ..scenarios.errors import InputError
    from . import why as asking

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
        scenario = _scenario(policy or "status_quo", place, years, residents, set_)
        story = asking.lived(scenario, seed or 0, quiet)
    told = asking.answer(story.source, event, of_kind, person, limit)
    print(f"{story.title}\n\n{told}")
    if event is None:
        print("\nTo be told why, add the number of an event to this command." + (asking.QUICKER if not run else ""))


@app.command()
def schema() -> None:
    """Print the JSON Schema of scenario files, for editors."""
    from ..scenarios.schema import Scenario
    from .files import json_text

    print(json_text(Scenario.json_schema()))


def _check_ties(ties: Path | None, seeds: list[int]) -> None:
    from ..scenarios.errors import InputError

    if ties is None:
        return
    if not ties.is_file():
        raise InputError(f"--ties {ties}: there is no such file")
    if len(seeds) > 1:
        raise InputError("--ties: a graph fits the people of one seed: add --seeds 1 for seed 0, or --seeds 7-7")


def _check_targets(scenario, seeds: str, workers: int | None, quiet: bool) -> None:
    """Run a scenario and hold it against published findings."""
    from . import show
    from .many import run_many
    from .progress import shown
    from .targets import count, findings

    with shown("published findings", quiet) as progress:
        runs = run_many(scenario, seeds, workers, measure=count, progress=progress)
    show.findings(findings([run.measured for run in runs]), show.console())


def _check_cascades(policy: str, targets: bool, options: tuple, seeds: str, workers: int | None, quiet: bool) -> None:
    """Run every programme with a published cascade and hold it against that."""
    from ..scenarios.errors import InputError
    from . import cascades, show
    from .many import run_many
    from .progress import shown

    if targets or policy != "status_quo":
        raise InputError("--cascades runs the named programmes: no other policy and no --targets beside it")
    scenarios = {name: _scenario(name, *options) for name in cascades.policies()}
    counts = {}
    for name, scenario in scenarios.items():
        with shown(name, quiet) as progress:
            runs = run_many(scenario, seeds, workers, measure=cascades.count, progress=progress)
        counts[name] = [run.measured for run in runs]
    show.cascades(cascades.findings(counts), show.console())


def _overrides(place, years, residents, sets) -> list[str]:
    """Return options as `--set` texts; JSON quotes what YAML would read otherwise."""
    import json

    options = {"place": place, "years": years, "residents": residents}
    told = [
        f"{name}={json.dumps(value) if name == 'place' else value}"
        for name, value in options.items()
        if value is not None
    ]
    return told + list(sets or ())


def _scenario(policy, place, years, residents, sets):
    """Return the checked scenario of a command's options; what is wrong is named by its option."""
    from ..scenarios.errors import InputError
    from ..scenarios.load import load
    from ..scenarios.places import find

    overrides = _overrides(place, years, residents, sets)
    try:
        scenario = load(policy, overrides)
    except InputError as error:
        raise InputError(_by_option(str(error))) from None
    find(scenario.place)
    return _within_budget(scenario)


def _within_budget(scenario):
    """Return the scenario, its levers scaled where its budget asks for that: then say so."""
    import sys

    if scenario.budget.dollars_per_year is None:
        return scenario
    from ..model.budget import within_budget

    fitted = within_budget(scenario)
    if fitted is not scenario:
        print(
            f"deflect: {fitted.name}: {fitted.description.rpartition('Its levers')[1]}"
            f"{fitted.description.rpartition('Its levers')[2]}",
            file=sys.stderr,
        )
    return fitted


def _by_option(message: str) -> str:
    """Name an option as the user wrote it, where a message calls it by `--set`."""
    for name in ("place", "years", "residents"):
        message = message.replace(f"--set {name}=", f"--{name} ")
    return message
