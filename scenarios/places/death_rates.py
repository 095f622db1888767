"""Overdose death rate of every county and its ratio to the nation, made from `county_years.csv`.

`python -m deflect.scenarios.places.death_rates` writes `death_rates.csv` anew; a test holds the two together.

A county of 3,000 people has half a death a year: its raw ratio is mostly chance. Deaths are taken as Poisson with
mean r·E, where E is what the national rate gives over the same person-years, and r as a gamma variable with the
mean of the county's state. The posterior mean (deaths + a)/(E + a/state ratio) pulls small counties to their state
and leaves large ones alone. The shape a is the one that makes the counts of all counties most probable. Estimates
stand in for suppressed counts; they were made from a smooth model, so they pull towards the middle once more.
"""

import csv
import math
from collections import defaultdict
from dataclasses import dataclass

from .tables import HERE, keys, rows

YEARS = tuple(range(2018, 2023))  # the last five years with final county counts

# Deaths of these areas were published together, under the code of the census area they were until 2019.
PARENT = {"02063": "02261", "02066": "02261"}


@dataclass(frozen=True)
class DeathRate:
    """Overdose deaths of a county over `YEARS`. Ratios are to the national rate of the same years."""

    fips: str
    published_years: int
    rate_per_100k: float  # a year
    basis: str  # published, estimate (a suppressed year is filled in), parent_area
    ratio_raw: float
    ratio: float  # pulled to the state's ratio as far as the county is small


def derive() -> tuple[list[DeathRate], float, float]:
    """Return the rate of every county, the national rate per 100,000 a year, and the shape of the gamma prior."""
    areas = _areas()
    national = sum(deaths for deaths, _, _ in areas.values()) / sum(people for _, people, _ in areas.values())
    expected = {fips: national * people for fips, (_, people, _) in areas.items()}
    state_deaths, state_expected = defaultdict(float), defaultdict(float)
    for fips, (deaths, _, _) in areas.items():
        state_deaths[fips[:2]] += deaths
        state_expected[fips[:2]] += expected[fips]
    state_ratio = {state: state_deaths[state] / state_expected[state] for state in state_deaths}
    shape = _fit_shape([(areas[f][0], expected[f] * state_ratio[f[:2]]) for f in areas])
    rates = []
    for fips in keys("counties.csv"):
        source = PARENT.get(fips, fips)
        deaths, people, published = areas[source]
        basis = "parent_area" if fips in PARENT else "published" if published == len(YEARS) else "estimate"
        ratio = (deaths + shape) / (expected[source] + shape / state_ratio[fips[:2]])
        rate = deaths / people
        rates.append(DeathRate(fips, published, 1e5 * rate, basis, rate / national, ratio))
    return rates, 1e5 * national, shape


def _areas() -> dict[str, tuple[float, int, int]]:
    """Deaths (published, else estimated), person-years and published years of every area with counts."""
    header, body = rows("county_years.csv")
    at = [header[name] for name in ("fips", "year", "population", "deaths", "estimate", "status")]
    wanted = {str(year) for year in YEARS}
    areas: dict[str, list[float]] = defaultdict(lambda: [0.0, 0, 0])
    for row in body:
        fips, year, population, deaths, estimate, status = (row[i] for i in at)
        if year in wanted and status != "no_row":
            area = areas[fips]
            area[0] += float(deaths or estimate)
            area[1] += int(population)
            area[2] += deaths != ""
    return {fips: (deaths, people, published) for fips, (deaths, people, published) in areas.items()}


def _fit_shape(counts: list[tuple[float, float]]) -> float:
    """Return the gamma shape of highest likelihood for (deaths, deaths expected from the state), by golden section."""

    def log_likelihood(log_shape: float) -> float:
        a = math.exp(log_shape)
        return sum(
            math.lgamma(deaths + a)
            - math.lgamma(a)
            + a * math.log(a / (a + mean))
            + deaths * math.log(mean / (a + mean))
            for deaths, mean in counts
        )

    low, high = math.log(0.1), math.log(1000)
    golden = (math.sqrt(5) - 1) / 2
    while high - low > 1e-6:
        left, right = high - golden * (high - low), low + golden * (high - low)
        low, high = (low, right) if log_likelihood(left) > log_likelihood(right) else (left, high)
    return math.exp((low + high) / 2)


def write() -> None:
    """Write `death_rates.csv`."""
    with (HERE / "death_rates.csv").open("w", newline="", encoding="utf-8") as lines:
        writer = csv.writer(lines, lineterminator="\n")
        writer.writerow(("fips", "published_years", "rate_per_100k", "basis", "ratio_raw", "ratio"))
        rates, national, _ = derive()
        writer.writerow(("US", len(YEARS), f"{national:.2f}", "national", 1, 1))
        for r in rates:
            numbers = f"{r.rate_per_100k:.2f}", r.basis, f"{r.ratio_raw:.3f}", f"{r.ratio:.3f}"
            writer.writerow((r.fips, r.published_years, *numbers))


if __name__ == "__main__":
    write()
