"""Places: all 3,143 counties of the United States, the nation's average, and places of the user's own.

find("54011"), find("Cabell, WV"), find("US"), find("my_place.yaml")
search("cabell")
published_deaths("54011")
"""

import hashlib
from functools import cache
from pathlib import Path

from ..errors import InputError
from . import names, own
from .place import AGE_BANDS, DEATH_RATE_YEARS, RACES, Place, county, nation, national_death_rate
from .tables import HERE, keys, records

__all__ = [
    "AGE_BANDS",
    "DEATH_RATE_YEARS",
    "RACES",
    "Place",
    "all_fips",
    "agency_officers",
    "code",
    "digest",
    "example_file",
    "find",
    "national_death_rate",
    "published_deaths",
    "search",
]


def find(text: str | int | Path) -> Place:
    """Return the place a text names.

    `text`: a five-digit FIPS code, a county with its state ("Cabell, WV", "Cabell County, West Virginia"), "US" for
    the national average of 100,000 residents, or the path of a place file (YAML, see `example_file`).
    InputError: nothing has this name, several counties have it, or the file has a fault.
    """
    named = code(text)
    if named == "US":
        return nation()
    return own.read(Path(named)) if _is_file(named) else county(named)


def code(text: str | int | Path) -> str:
    """Return the one name of a place: its FIPS code, "US", or the path of a place file as it stands.

    InputError: nothing has this name, or several counties have it.
    """
    text = str(text).strip()
    if names.is_nation(text):
        return "US"
    if _is_file(text):
        return text
    if "/" in text or "\\" in text:
        raise InputError(f'"{text}" is no place file: its name must end in .yaml')
    if not names.words(text):
        raise InputError('no place named: write a FIPS code, "Cabell, WV", "US" or the path of a place file')
    return names.one(text)


@cache
def digest(text: str) -> str:
    """Return SHA-256 of all that is known of a place, and of the tables that its facts come from."""
    tables = hashlib.sha256()
    for path in sorted(HERE.glob("*.csv")):
        tables.update(path.name.encode() + b"\0" + path.read_bytes())
    return hashlib.sha256(f"{find(text)!r} {tables.hexdigest()}".encode()).hexdigest()


def _is_file(text: str) -> bool:
    return text.lower().endswith((".yaml", ".yml"))


def search(text: str, limit: int = 10) -> list[Place]:
    """Return up to `limit` counties like a text, best first: a beginning, a part or a misspelling will do.

    InputError: what follows a comma is no state.
    """
    text = str(text).strip()
    if text.isdecimal():
        return [county(fips) for fips in all_fips() if fips.startswith(text)][:limit]
    return [county(entry.fips) for entry in names.ranked(text, limit)]


def all_fips() -> tuple[str, ...]:
    """Return the codes of all counties, in order."""
    return keys("counties.csv")


def published_deaths(fips: str) -> list[tuple[int, int | None, str]]:
    """Return (year, published overdose deaths, status) of a county, 2010-2024. None: nothing is published.

    Status: reported, provisional, suppressed (1 to 9 deaths), suppressed_or_zero, not_published, derived and
    state_share (not published; only an estimate exists), no_row (the county was counted under another code).
    Estimates are left out here on purpose. InputError: no such county.
    """
    names.code(fips)
    deaths = records("county_years.csv", fips=fips)
    return [(int(r["year"]), int(r["deaths"]) if r["deaths"] else None, r["status"]) for r in deaths]


def agency_officers(fips: str) -> list[tuple[str, int, int, int]]:
    """Return (agency, year, population served, sworn officers) of known agencies in a county; mostly empty."""
    names.code(fips)
    return [
        (r["agency"], int(r["year"]), int(r["population_served"]), int(r["officers"]))
        for r in records("police_agencies.csv", fips=fips)
    ]


def example_file() -> Path:
    """Return the path of the example place file: copy it and write your own numbers in."""
    return HERE / "example_place.yaml"
