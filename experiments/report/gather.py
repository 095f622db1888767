"""Read a folder of results: which command wrote it, its message, figures, tables, scenarios and provenance."""

import json
from collections.abc import Sequence
from os import PathLike
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from ...scenarios.errors import InputError
from ...scenarios.schema import Scenario
from .. import compare_text, show
from ..differences import changed
from ..provenance import label_of
from . import tables
from .parts import Figure, Found, Side

PROVENANCE, SWEEP = "provenance.json", "sweep.json"
SAYS = {  # what a picture shows, and the file of its numbers, by the name of the picture
    "comparison": (
        "The difference in each headline outcome",
        "Difference B − A with its 95 % interval over pairs.",
        "comparison.csv",
    ),
    "comparison_all": (
        "Everything that differs",
        "Every outcome that differs, with its 95 % interval over pairs.",
        "comparison.csv",
    ),
    "economics": (
        "Money and health",
        "Costs by payer, and net benefit by what a QALY is worth.",
        "economics.csv",
    ),
    "equity": (
        "Who gains, who bears it",
        "Groups of people by sex, race and ethnicity, with intervals.",
        "equity.csv",
    ),
    "figure": (
        "Over time",
        "Overdose deaths, overdoses and medication over time, with the range of chance alone.",
        "monthly.parquet",
    ),
    "costs": ("The bill", "What each item of the bill comes to, by payer.", "costs.csv"),
    "factorial": ("Together and alone", "All together beside the sum of each alone, by outcome.", "factorial.csv"),
    "fan": ("How sure over time", "The difference over time, over draws of all uncertain numbers.", "the runs"),
    "plane": ("Cost and gain", "Cost beside gain, a mark a draw of all uncertain numbers.", "draws.csv"),
    "acceptability": ("Worth its money?", "How often it is, by what one would pay for a QALY.", "acceptability.csv"),
    "pareto": ("Mixes on the front", "The mixes of levers that none other beats.", "pareto.csv"),
    "sensitivity": ("What matters", "Which uncertain numbers move the answer most.", "sensitivity.csv"),
    "sweep": ("The sweep", "One outcome against what varies.", "runs.parquet"),
    "lives": ("Two lives", "One person's life under two policies.", "lives.csv"),
}
NOTES = {  # what an interval holds, by the command that wrote it
    "uncertainty": "Intervals hold what is not known about the numbers behind the model, and what chance is left.",
    "sensitivity": "Intervals are chance alone; ranges of the numbers are what their evidence leaves open.",
    "search": "Intervals are chance alone; what is not known about the model's numbers could change which mix is best.",
    "lives": "One seed is an illustration, not evidence: what a policy does on average, `deflect compare` says.",
    "sweep": "Each run is one seed: chance is in every difference between two of them.",
}
NO_RESULTS = "{}: holds no results of `deflect run`, `compare` or `factorial`"


def read(folder: str | PathLike) -> Found:
    """Return what a folder of results holds. Raises InputError where it holds none, or files that are not whole."""
    folder = Path(folder)
    if not folder.is_dir():
        raise InputError(f"{folder}: there is no such folder of results")
    told = _provenance(folder)
    for name, reader in (("comparison.csv", _compare), ("summary.csv", _run), ("factorial.csv", _factorial)):
        if (folder / name).is_file():
            return reader(folder, told)
    return _other(folder, told)


def _provenance(folder: Path) -> dict[str, Any]:
    for name in (PROVENANCE, SWEEP):
        if (folder / name).is_file():
            try:
                told = json.loads((folder / name).read_text(encoding="utf-8"))
            except (OSError, ValueError) as error:
                raise InputError(f"{folder / name}: cannot be read ({error})") from None
            if isinstance(told, dict):
                return told
            raise InputError(f"{folder / name}: is not what a command of deflect writes")
    below = sorted(path.parent for path in folder.glob(f"*/{PROVENANCE}"))
    told = f"; take one of those in it: {', '.join(map(str, below[:5]))}" if below else ""
    raise InputError(f"{NO_RESULTS.format(folder)}: there is no {PROVENANCE}{told}")


def scenario_of(told: Any, where: Path) -> Scenario:
    """Return a scenario as provenance keeps it. Raises InputError where another version of the program wrote it."""
    try:
        return Scenario.model_validate_json(json.dumps(told))
    except (ValidationError, TypeError):
        raise InputError(
            f"{where}: its scenario is not one of this version of deflect; make the results again with this version"
        ) from None


def figures_in(folder: Path, first: Sequence[str] = ()) -> list[Figure]:
    """Return the pictures of a folder, as SVG where it has them, those in `first` first."""
    stems = sorted({path.stem for suffix in ("svg", "png") for path in folder.glob(f"*.{suffix}")})
    order = [name for name in first if name in stems] + [name for name in stems if name not in first]
    found = []
    for name in order:
        unknown = (name.replace("_", " ").capitalize(), "A figure of the results.", "the tables of the folder")
        path = folder / f"{name}.svg"
        found.append(Figure(path if path.is_file() else folder / f"{name}.png", *SAYS.get(name, unknown)))
    return found


def _side(label: str, told: dict[str, Any], where: Path) -> Side:
    try:
        digests = {int(seed): digest for seed, digest in told["digests"].items()}
        return Side(label, scenario_of(told["scenario"], where), told["scenario_hash"], digests, told["command"])
    except (KeyError, ValueError, AttributeError) as error:
        raise InputError(f"{where}: is not whole ({error} is missing or wrong)") from None


def _compare(folder: Path, told: dict[str, Any]) -> Found:
    where = folder / PROVENANCE
    a, b = (_side("", told.get(name, {}), where) for name in "ab")
    names = a.scenario.name, b.scenario.name
    labels = names if names[0] != names[1] else (f"{names[0]} (A)", f"{names[1]} (B)")
    sides = [side._replace(label=label) for side, label in zip((a, b), labels, strict=True)]
    rows = [row for row, _ in tables.compare_rows(folder / "comparison.csv")]
    seeds = sorted(a.digests)
    notes = compare_text.notes(rows)
    return Found(
        folder,
        "compare",
        compare_text.sentence(compare_text.headline(rows), len(seeds)),
        f"B = {labels[1]} against A = {labels[0]}: {_scope(a.scenario)}, {show.plural(len(seeds), 'pair')} of runs",
        sides,
        figures_in(folder, ("comparison", "economics", "equity", "comparison_all")),
        [*tables.comparison(folder / "comparison.csv", labels), *tables.money(folder / "economics.csv")],
        told,
        seeds,
        told["a"].get("code_sha256_16", ""),
        told.get("command"),
        notes,
    )


def _run(folder: Path, told: dict[str, Any]) -> Found:
    side = _side("", told, folder / PROVENANCE)
    scenario, seeds = side.scenario, sorted(side.digests)
    deaths = next((row for row in tables.summary_rows(folder / "summary.csv") if row["outcome"] == "deaths"), None)
    if deaths is None:
        raise InputError(f"{folder / 'summary.csv'}: says nothing of deaths")
    mean, low, high = (tables.value(deaths[name]) for name in ("mean", "low", "high"))
    chance = f"by chance alone {show.span(low, high, deaths['unit'])}" if len(seeds) > 1 else "one run only"
    return Found(
        folder,
        "run",
        f"{label_of(scenario)}, {scenario.name.replace('_', ' ')}: {show.number(mean)} overdose deaths a year "
        f"({chance})",
        f"{scenario.name}: {_scope(scenario)}, {show.plural(len(seeds), 'run')}",
        [side._replace(label=scenario.name)],
        figures_in(folder, ("figure", "costs", "equity")),
        [*tables.summary(folder / "summary.csv"), *tables.bill(folder / "costs.csv")],
        told,
        seeds,
        told.get("code_sha256_16", ""),
        told.get("command"),
        ["The interval is chance alone; what is not known about the numbers behind the model comes on top."],
    )


def _factorial(folder: Path, told: dict[str, Any]) -> Found:
    from ...model.outcomes import OUTCOMES
    from ..factorial_figure import OUTCOMES as DRAWN

    if "scenario" not in told or not told.get("cells"):
        raise InputError(f"{folder / PROVENANCE}: does not hold its scenario; run `deflect factorial` again")
    base, sides = scenario_of(told["scenario"], folder / PROVENANCE), []
    for cell in told["cells"]:
        values = {d["field"]: d["value"] for d in cell["differences"]}
        scenario = changed(base, values).model_copy(update={"name": cell["name"]})
        digests = dict(zip(told["seeds"], cell["digests"], strict=True))
        sides.append(Side(cell["name"], scenario, cell["scenario_hash"], digests, None))
    titles = {outcome.id: outcome.title for outcome in OUTCOMES}
    return Found(
        folder,
        "factorial",
        factorial_message(folder / "factorial.csv"),
        f"{', '.join(told['factors'])} on {told['base']}: {_scope(base)}, {show.plural(len(told['seeds']), 'seed')}, "
        f"{len(sides)} combinations",
        sides,
        figures_in(folder, ("factorial",)),
        tables.terms(folder / "factorial.csv", DRAWN, titles),
        told,
        told["seeds"],
        told.get("code", ""),
        told.get("command"),
        [
            "The interval is chance alone; what is not known about the numbers behind the model comes on top.",
            "With this many outcomes about one in twenty differs by luck.",
        ],
    )


def factorial_message(path: Path) -> str:
    """Return the one message of a factorial, from its table."""
    from ..factorial_figure import OUTCOMES, title

    found = {(row["outcome"], row["kind"]): row for row in tables.factorial_rows(path) if row["term"] == "all"}
    rows = []
    for id in OUTCOMES:
        extra, all_ = (
            [tables.value(found[id, kind][end]) for end in ("estimate", "low", "high")]
            for kind in ("reinforcement", "together")
        )
        if tables.value(found[id, "together"]["base"]) and any(all_):
            clear = extra[1] > 0 or extra[2] < 0
            rows.append({"clear": clear, "more": clear and (extra[0] > 0) == (all_[0] > 0)})
    return title(rows)


def _other(folder: Path, told: dict[str, Any]) -> Found:
    figures = figures_in(folder, ("fan", "plane", "acceptability"))
    found = [tables.generic(path) for path in sorted(folder.glob("*.csv")) if path.name != "quantities.csv"]
    if not figures and not found:
        raise InputError(f"{NO_RESULTS.format(folder)}, and neither a figure nor a table")
    sides = []
    if isinstance(told.get("scenario"), dict):
        sides.append(
            _side(told["scenario"].get("name", ""), {"digests": {}, "command": None} | told, folder / PROVENANCE)
        )
    command = told.get("command")
    kind = command.split()[1] if isinstance(command, str) and len(command.split()) > 1 else told.get("name", "results")
    seeds = told.get("seeds")
    return Found(
        folder,
        "other",
        told.get("message") or f"{str(kind).capitalize()}: what these results hold",
        _about(told),
        sides,
        figures,
        found,
        told,
        list(seeds) if isinstance(seeds, list) else [],
        told.get("code_sha256_16") or told.get("code", ""),
        command,
        [NOTES.get(str(kind), "What an interval holds is said in the documentation of the command.")],
    )


def _about(told: dict[str, Any]) -> str:
    """Return place, years and policies, as far as the folder says them."""
    years = told.get("years")
    sides = told.get("policies") or told.get("worlds") or []
    names = [one if isinstance(one, str) else str(one.get("name") or one.get("policy")) for one in sides]
    said = [told.get("place"), show.plural(years, "year") if isinstance(years, int) else None, " and ".join(names)]
    return ", ".join(one for one in said if isinstance(one, str) and one)


def _scope(scenario: Scenario) -> str:
    return f"{label_of(scenario)}, {show.plural(scenario.years, 'year')} from the start of the policy"
