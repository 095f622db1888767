"""Overdose deaths published for a county, as yearly rates: never an estimate."""

from typing import NamedTuple

from ..scenarios import places
from ..scenarios.errors import InputError
from ..scenarios.places.tables import records


class PublishedRate(NamedTuple):
    """Overdose deaths of all drugs in one county and year."""

    year: int
    deaths: int | None  # None: not published
    per_100k: float | None  # of that year's residents
    provisional: bool


def published_rates(place: str, first: int = 2010) -> list[PublishedRate]:
    """Return the years from `first` on; nothing for the nation and for a place of the user's own."""
    try:
        fips = places.find(place).fips
        deaths = places.published_deaths(fips)
    except InputError:
        return []
    residents = {int(row["year"]): int(row["population"] or 0) for row in records("county_years.csv", fips=fips)}
    return [
        PublishedRate(
            year,
            count,
            1e5 * count / residents[year] if count is not None and residents.get(year) else None,
            status == "provisional",
        )
        for year, count, status in deaths
        if year >= first
    ]
