"""The same question with the links off that nobody has measured: are the answers theirs?

Both are lived by the same people with the same draws, so a difference between the two answers holds little luck.
"""

import math
import shutil
from collections.abc import Callable
from concurrent.futures import Executor
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from ...scenarios.sections import SWITCHES, UNMEASURED
from .. import compare_table, compare_text, files
from ..differences import changed
from ..families import HEADLINES
from . import gather, tables
from .parts import Found, Piece, Row, Table, number, words

if TYPE_CHECKING:
    from ...scenarios.schema import Scenario

FOLDER = "unmeasured_off"
UNDER_WAY = f".{FOLDER}"  # runs that are done, until all are


class Looked(NamedTuple):
    """What came of looking: `found` and its table where it was lived, else why it was not."""

    why_not: str = ""
    found: Found | None = None
    table: Table | None = None
    same: int = 0  # runs that are the same, byte for byte
    runs: int = 0
    reads: str = ""  # what the two say, in a sentence


NOT_ASKED = Looked("This was not looked at: the report was made with --no-runs.")


def off(scenario: "Scenario") -> "Scenario":
    """Return the scenario with its unmeasured links off; its name stays."""
    return changed(scenario, {f"switches.{name}": SWITCHES[name].off for name in UNMEASURED})


def why_not(found: Found) -> str:
    """Return why the question cannot be lived again; empty where it can."""
    from ...agents.compiled import source_hash

    if found.kind == "other":
        return "This was not looked at: a report lives again only what deflect run, compare and factorial have made."
    if all(off(side.scenario).run_hash == side.scenario.run_hash for side in found.sides):
        return "There is nothing to look at: these links are off in every scenario already."
    if found.provenance.get("ties_sha256"):
        return "This was not looked at: the runs had a graph of ties of the user's own, which the folder does not hold."
    if found.code != source_hash() or any(side.scenario.hash != side.hash for side in found.sides):
        return (
            "This was not looked at: the results are of another version of the model or its evidence, so that new runs "
            "would differ for that reason too. Make the results again with this version."
        )
    return ""


def look(
    found: Found,
    workers: int | None = None,
    executor: Executor | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> Looked:
    """Live the question with the unmeasured links off, or read it where that is done, and put both side by side.

    The runs are kept beside the results, as the same command writes them. Raises InputError, or what a run raised.
    """
    if reason := why_not(found):
        return Looked(reason)
    again = _kept(found)
    if again is None:
        files.choose(files.free(found.folder / FOLDER), "", "")
        again = gather.read(_live(found, dict(workers=workers, executor=executor, progress=progress)))
    pairs = list(zip(found.sides, again.sides, strict=True))
    same = sum(a.digests[seed] == b.digests[seed] for a, b in pairs for seed in found.seeds)
    made = {"compare": _compared, "run": _summed, "factorial": _terms}[found.kind]
    runs = len(found.sides) * len(found.seeds)
    return Looked("", again, made(found, again), same, runs, _reads(found, again, same, runs))


def _kept(found: Found) -> Found | None:
    """Return what an earlier report of these results has lived; None where there is nothing that fits."""
    asked = [off(side.scenario).hash for side in found.sides]
    for folder in sorted(found.folder.glob(f"{FOLDER}*")):
        if (folder / gather.PROVENANCE).is_file():
            again = gather.read(folder)
            if ([side.hash for side in again.sides], again.seeds, again.code) == (asked, found.seeds, found.code):
                return again
    return None


def _live(found: Found, how: dict) -> Path:
    """Live what an earlier report that was stopped has not lived yet, and write it all as the command would."""
    from ...model.budget import within_budget
    from ..branches import days_of
    from ..kept import Kept, live_the_rest

    scenarios = tuple(within_budget(off(side.scenario)) for side in found.sides)
    folder, under_way = files.free(found.folder / FOLDER), found.folder / UNDER_WAY
    runs = live_the_rest(Kept(under_way, scenarios), found.seeds, days_of(scenarios), **how)
    written = _made(found, runs).save(folder)
    shutil.rmtree(under_way)
    return written


def _made(found: Found, runs: list):
    """Return the runs, a list of one each scenario for each seed, as what their command makes of them."""
    if found.kind == "compare":
        from ..compare import Comparison

        return Comparison(*zip(*runs, strict=True))
    if found.kind == "run":
        from ..result import Result

        return Result([row[0] for row in runs])
    from ..factorial import Factorial

    return Factorial(found.provenance["factors"], runs)


def _reads(found: Found, again: Found, same: int, runs: int) -> str:
    if same == runs:
        return (
            f"All {runs} runs are the same, byte for byte, with these links on or off: in these results none of them "
            "changed anything."
        )
    return f"With the links as asked: {found.message}. With the unmeasured links off: {again.message}."


def _where(found: Found, again: Found, name: str) -> str:
    return f"{name} and {again.folder.name}/{name}"


def _compared(found: Found, again: Found) -> Table:
    path = Path("comparison.csv")
    on, off_ = (
        {row.outcome: (row, text) for row, text in tables.compare_rows(one.folder / path)} for one in (found, again)
    )
    between = _apart(found.folder / "pairs.csv", again.folder / "pairs.csv")
    rows = []
    for id in (name for name in HEADLINES if name in on):
        row = on[id][0]
        points = 100 if row.unit == "share" else 1
        cells = [words(row.title), words("% and points" if row.unit == "share" else row.unit)]
        cells += [_mean(*on[id], ""), _mean(*off_[id], "off/")]
        cells += [_difference(*on[id], "", points), words(row.verdict)]
        cells += [_difference(*off_[id], "off/", points), words(off_[id][0].verdict)]
        apart = compare_text.signed(tuple(points * x for x in between.get(id, (math.nan,) * 3)))
        rows.append(Row((*cells, tables.around([Piece(one) for one in apart])), id))
    heads = (
        "Outcome",
        "Unit",
        "A as asked|",
        "A, links off|",
        "B − A as asked (95 %)|",
        "",
        "B − A, links off (95 %)|",
    )
    heads += ("", "Off less as asked (95 %)|")
    note = (
        "The last column is the mean over seeds of one difference less the other, with its 95 % t interval, reckoned "
        "from pairs.csv of both. An interval that holds zero does not say that the links do nothing: it says that "
        "these "
        "runs cannot tell."
    )
    return Table("The answer with and without", heads, rows, str(path), ("outcome",),
                 f"mean_a, diff, diff_low, diff_high of {_where(found, again, str(path))}", note)  # fmt: skip


def _mean(row: compare_table.Row, text: dict[str, str], prefix: str) -> tuple[Piece, ...]:
    return number(tables.amount(row.mean_a, row.unit), f"{prefix}mean_a", text["mean_a"])


def _difference(row: compare_table.Row, text: dict[str, str], prefix: str, points: int) -> tuple[Piece, ...]:
    said = compare_text.signed(tuple(points * x for x in (row.diff, row.diff_low, row.diff_high)))
    names = zip(said, ("diff", "diff_low", "diff_high"), strict=True)
    return tables.around([Piece(one, prefix + column, text[column]) for one, column in names])


def _apart(on: Path, off_: Path) -> dict[str, tuple[float, float, float]]:
    """Return of each outcome how far B − A moves when the links are off: mean and 95 % interval over seeds."""
    told = [{(r["outcome"], r["seed"]): tables.value(r["diff"]) for r in tables.records(path)} for path in (on, off_)]
    moved: dict[str, list[float]] = {}
    for (outcome, seed), diff in told[0].items():
        moved.setdefault(outcome, []).append(told[1].get((outcome, seed), math.nan) - diff)
    found = {}
    for outcome, values in moved.items():
        known = np.array([x for x in values if math.isfinite(x)])
        if len(known):
            found[outcome] = (float(known.mean()), *compare_table.interval(known))
    return found


def _summed(found: Found, again: Found) -> Table:
    path = Path("summary.csv")
    on, off_ = ({row["outcome"]: row for row in tables.records(one.folder / path)} for one in (found, again))
    rows = []
    for id in (name for name in HEADLINES if name in on):
        unit, cells = on[id]["unit"], [words(on[id]["title"]), words(on[id]["unit"])]
        for prefix, row in (("", on[id]), ("off/", off_[id])):
            said = [
                (tables.amount(tables.value(row[name]), unit), prefix + name, row[name])
                for name in ("mean", "low", "high")
            ]
            cells += [number(*said[0]), tables.between(*said[1:], "run")]
        rows.append(Row(tuple(cells), id))
    heads = ("Outcome", "Unit", "As asked|", "95 % by chance|", "Links off|", "95 % by chance|")
    note = (
        "Two columns of means over the same seeds. The interval is that of one more run, not of the difference between "
        "the columns: `deflect compare` of the two scenarios gives that."
    )
    return Table("The answer with and without", heads, rows, str(path), ("outcome",),
                 f"mean, low, high of {_where(found, again, str(path))}", note)  # fmt: skip


def _terms(found: Found, again: Found) -> Table:
    from ...model.outcomes import OUTCOMES
    from ..factorial_figure import OUTCOMES as DRAWN

    path, rows = Path("factorial.csv"), []
    titles = {outcome.id: outcome.title for outcome in OUTCOMES}
    on, off_ = (
        {(row["outcome"], row["kind"]): row for row in tables.records(one.folder / path) if row["term"] == "all"}
        for one in (found, again)
    )
    for id in (name for name in DRAWN if (name, "together") in on and tables.value(on[name, "together"]["base"])):
        cells = [words(titles[id]), words(on[id, "together"]["unit"])]
        for kind in ("together", "reinforcement"):
            for prefix, told in (("", on[id, kind]), ("off/", off_[id, kind])):
                names = ("estimate", "low", "high")
                said = compare_text.signed(tuple(tables.value(told[name]) for name in names))
                pieces = zip(said, names, strict=True)
                cells.append(
                    tables.around([Piece(one, f"{prefix}{kind}/all/{name}", told[name]) for one, name in pieces])
                )
        rows.append(Row(tuple(cells), f"{id}/*"))
    heads = (
        "Outcome",
        "Unit",
        "Together, as asked|",
        "Together, links off|",
        "Less the sum, as asked|",
        "Less the sum, links off|",
    )
    return Table("The answer with and without", heads, rows, str(path), ("outcome", "kind", "term"),
                 f"estimate, low, high of {_where(found, again, str(path))}",
                 "Changes from the base, 95 % t intervals over seeds.")  # fmt: skip


def settings(found: Found) -> Table:
    """Return the table of every disputed link: its settings, and how it stands in each scenario."""
    sides = found.sides[:2] if found.kind != "factorial" else found.sides[:1]
    heads = ("Link", "Off|", "Base|", "Strong|", *(f"{side.label}|" for side in sides), "Measured?")
    rows = []
    for name, switch in SWITCHES.items():
        here = [getattr(side.scenario.switches, name) for side in sides]
        said = "no: a judgement" if name in UNMEASURED else "disputed"
        rows.append(Row(tuple(map(words, (name, *(f"{x:g}".replace("-", "−") for x in (*switch, *here)), said))), name))
    return Table("Disputed links", heads, rows)
