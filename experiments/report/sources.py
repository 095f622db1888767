"""The evidence behind a report: every row that a field of its scenarios names, in the order of the sections."""

from typing import Any, NamedTuple

from ...scenarios.evidence import Evidence, registry
from ...scenarios.field import UNITS
from ...scenarios.schema import fields
from ...scenarios.sections import SECTIONS
from .. import show
from ..differences import as_text, differences, value_at
from .parts import Found, Row, Side, Table, words

GRADES = {"A": "strong and direct", "B": "reasonable", "C": "weak, or judgement"}
OUTSIDE = "shapes people and ties, outside the scenario"
LONGEST = 60  # characters of a table of numbers


class Source(NamedTuple):
    """One row of evidence as the report tells it."""

    id: str
    field: str
    meaning: str
    value: str
    here: str  # where a scenario says another value
    range: str
    quality: str
    source: str
    verified: str


def groups(found: Found) -> dict[str, list[Source]]:
    """Return section -> its rows of evidence; rows that shape the world outside the scenario come last."""
    told: dict[str, list[Source]] = {}
    for spec in fields():
        if spec.evidence:
            section = spec.path.partition(".")[0]
            told.setdefault(_title(section), []).append(_source(registry()[spec.evidence], spec, found.sides))
    told["Outside the scenario: people, households, ties"] = [
        _source(row, None, []) for row in registry().values() if row.builds
    ]
    return told


def _title(section: str) -> str:
    doc = (SECTIONS[section].__doc__ or "").strip().splitlines()[0].rstrip(".")
    return f"{section.replace('_', ' ').capitalize()}: {doc[:1].lower()}{doc[1:]}"


def _source(row: Evidence, spec: Any, sides: list[Side]) -> Source:
    unit = spec.unit if spec else UNITS.get(row.unit, (row.unit, 1))[0]
    divisor = UNITS.get(row.unit, (row.unit, 1))[1] if spec else 1
    default = spec.default if spec else (row.value if row.series is None else row.series)
    here = []
    for side in sides:
        value = value_at(side.scenario, spec.path)
        if value != default:
            here.append(f"{side.label}: {said(value)}")
    between = "" if row.low is None else f"{show.number(row.low / divisor)} to {show.number(row.high / divisor)}"
    return Source(
        row.id,
        spec.path if spec else f"({row.builds})",
        row.meaning,
        f"{said(default)} {unit}" if default is not None else "said by the place or another field",
        "; ".join(here),
        between,
        row.quality,
        f"{row.source}{f' doi:{row.doi}' if row.doi and row.doi not in row.source else ''}",
        row.verified,
    )


def counted(told: dict[str, list[Source]]) -> dict[str, int]:
    """Return how many rows are of each quality."""
    every = [source.quality for group in told.values() for source in group]
    return {grade: every.count(grade) for grade in GRADES}


def said(value: Any) -> str:
    """Return a value as a reader says it; a long table by its ends and length."""
    if isinstance(value, (list, tuple, dict)):
        text = as_text(list(value) if isinstance(value, tuple) else value)
        return text if len(text) <= LONGEST else f"{text[: LONGEST - 20]} … (a table)"
    if isinstance(value, (int, float)) or value is None:
        return show.number(value).replace("-", "−") if value is not None else "none"
    return str(value)


def changes(found: Found) -> list[Table]:
    """Return what each scenario changes from the defaults: a table a scenario."""
    by_path = {spec.path: spec for spec in fields()}
    made = []
    for side in found.sides:
        rows = []
        for d in differences(side.scenario):
            if d.path in ("place", "years", "residents"):
                continue
            spec = by_path.get(d.path)
            meaning = spec.meaning if spec else "levers that change on a date"
            unit = "" if d.unit == "yes or no" else d.unit
            cells = (d.path, meaning, said(d.value), said(d.base), unit, f"{d.evidence} {d.quality}".strip())
            rows.append(Row(tuple(map(words, cells)), d.path))
        heads = ("Field", "Meaning", "Here|", "Default|", "Unit", "Evidence of the default")
        note = "" if rows else "Nothing: every number is its default."
        made.append(Table(side.label, heads, rows, note=note))
    return made
