"""Every number the model may use, where it was seen, and the published findings it is compared with."""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from ..errors import InputError, nearest

FOLDER = Path(__file__).parent
TARGETS = "targets.yaml"


@dataclass(frozen=True, slots=True)
class Evidence:
    """One number: what it means, its plausible range, its source and how far it was verified.

    `value` is None where the place or another field says it. A row with a `series` is a table or a list, which `value`
    multiplies. `informed_by` names the rows a judgement was worked out from or made in view of; `builds` says what the
    row shapes outside the scenario (population, community graph); `unused` says why nothing uses the row.
    """

    id: str
    group: str
    role: str  # input, check, context or judgement
    meaning: str
    unit: str
    value: float | bool | None
    source: str
    verified: str
    quality: str  # A strong direct evidence, B reasonable, C judgement or weak
    low: float | None = None
    high: float | None = None
    distribution: Mapping[str, object] = field(default_factory=dict)
    currency_year: int | None = None
    doi: str = ""
    note: str = ""
    series: Mapping | tuple | None = None
    series_unverified: tuple = ()
    informed_by: tuple[str, ...] = ()
    builds: str = ""
    unused: str = ""


@dataclass(frozen=True, slots=True)
class Target:
    """One published finding: a `calibration` row may be fitted, a `validation` row must emerge."""

    id: str
    role: str
    group: str
    meaning: str
    unit: str
    value: float
    low: float
    high: float
    acceptance: str
    source: str
    verified: str
    quality: str
    independence: str
    doi: str = ""
    note: str = ""
    population: str = ""
    follow_up: str = ""
    how_to_test: str = ""
    linked_rows: tuple[str, ...] = ()
    currency_year: int | None = None
    series: Mapping | None = None


@cache
def registry() -> dict[str, Evidence]:
    """Return every row of evidence by its id, in the order of the files."""
    return _by_id(Evidence, (path for path in sorted(FOLDER.glob("*.yaml")) if path.name != TARGETS))


@cache
def targets() -> dict[str, Target]:
    """Return every published finding by its id."""
    return _by_id(Target, [FOLDER / TARGETS])


def evidence(id: str) -> Evidence:
    """Return one row; an unknown id is an InputError that names the nearest."""
    rows = registry()
    if id not in rows:
        raise InputError(f"no evidence row {id!r}{nearest(id, rows)}")
    return rows[id]


def value_of(id: str) -> Any:
    """Return the number of a row, or its table as tuples, multiplied by the row's value."""
    row = evidence(id)
    return row.value if row.series is None else _table(row.series, row.value)


def points_of(id: str) -> tuple[tuple, tuple]:
    """Return the two columns of a row whose table is a curve: places, such as ages, and values."""
    return tuple(evidence(id).series), value_of(id)


def _table(series: Any, scale: float) -> Any:
    if isinstance(series, (int, float)):
        return series * scale
    return tuple(_table(item, scale) for item in (series.values() if isinstance(series, Mapping) else series))


_told: tuple[dict, str] = ({}, "")  # the registry whose digest was last taken, and that digest


def registry_digest() -> str:
    """Return SHA-256 over the values of the rows that shape the world outside the scenario."""
    global _told
    rows = registry()
    if _told[0] is not rows:
        text = repr([(row.id, row.value, row.series) for row in rows.values() if row.builds])
        _told = rows, hashlib.sha256(text.encode()).hexdigest()
    return _told[1]


def search(text: str) -> list[Evidence]:
    """Return the rows that hold every word of `text` in id, meaning, source or note, best first.

    A word in the id counts most, then the meaning, the source, the note.
    """
    words = text.lower().split()
    found = [(_score(row, words), row) for row in registry().values()]
    return [row for score, row in sorted(found, key=lambda pair: -pair[0]) if score]


def _score(row: Evidence, words: list[str]) -> int:
    texts = ((8, row.id.lower()), (4, row.meaning.lower()), (2, row.source.lower()), (1, row.note.lower()))
    scores = [sum(weight for weight, text in texts if word in text) for word in words]
    return sum(scores) if scores and all(scores) else 0


def _by_id[Row: (Evidence, Target)](row_type: type[Row], paths: Iterable[Path]) -> dict[str, Row]:
    rows: dict[str, Row] = {}
    for path in paths:
        for facts in yaml.load(path.read_bytes(), yaml.CSafeLoader):
            row = row_type(**{key: tuple(fact) if isinstance(fact, list) else fact for key, fact in facts.items()})
            if row.id in rows:
                raise ValueError(f"{path.name}: the id {row.id!r} is taken twice")
            rows[row.id] = row
    return rows
