"""A place: what the model knows about one county, about the nation, or about a community of the user's own."""

from dataclasses import dataclass
from functools import cache

from .tables import column, keys, records, row

RACES = ("white", "black", "hispanic", "asian", "aian", "nhpi", "multi", "other")
AGE_BANDS = tuple(f"{low}-{low + 4}" for low in range(0, 85, 5)) + ("85+",)
AGE_COLUMNS = tuple(f"age_{low}_{low + 4}" for low in range(0, 85, 5)) + ("age_85_plus",)
RACE_COLUMNS = tuple(f"race_{race}" for race in RACES)
DEATH_RATE_YEARS = "2018-2022"


@dataclass(frozen=True)
class Place:
    """A community to build.

    Shares are fractions of one. Counts of people and households are of one survey (American Community Survey
    2018-2022), so they fit each other; years and defects of every number stand in `PROVENANCE.md`.
    """

    fips: str  # five digits; "US" for the nation, "own" for a user's own place
    name: str  # "Cabell County"
    state: str  # "WV"; "US" for the nation
    population: int  # residents
    age_shares: tuple[float, ...]  # 18 five-year bands, 0-4 … 80-84, 85+; sum 1
    female_share: float
    race_shares: tuple[float, ...]  # in the order of RACES, non-Hispanic except "hispanic"; sum 1
    households: int
    mean_household_size: float  # people a household, group quarters left out
    single_parent_households: int  # one parent with own children under 18
    group_quarters_population: int  # people in prisons, nursing homes, dormitories, barracks
    households_with_children_share: float  # of households, with anybody under 18 (estimate)
    no_vehicle_households: int
    poverty_share: float  # of people, below the federal poverty line
    uninsured_19_64_share: float  # of people aged 19 to 64
    medicaid_only_19_64_share: float  # of people aged 19 to 64
    unemployed_share: float  # of the labour force
    area_sq_mi: float
    rural_share: float  # of census tracts
    otp_sites: float  # opioid treatment programmes (2021); a whole number except for the nation
    buprenorphine_sites: float  # places of listed buprenorphine prescribers (2020)
    otp_drive_minutes: float | None  # mean over tracts within 90 minutes; None: no tract is, or unknown
    buprenorphine_drive_minutes: float | None
    death_rate_per_100k: float  # overdose deaths of all drugs per 100,000 residents a year, mean of DEATH_RATE_YEARS
    death_rate_basis: str  # "published", "estimate", "parent_area", "national", "own file"
    death_ratio_raw: float  # that rate over the national rate of the same years
    death_ratio: float  # the same, pulled to the state's ratio as far as the county is small (`death_rates.py`)
    officers_per_1000: float  # sworn state and local police officers, full-time equivalents (state, 2016)
    good_samaritan_law: str | None  # ISO date from which the state protects people who call; None: no law known
    programme: str | None = None  # a deflection programme known to work in this county
    notes: tuple[str, ...] = ()  # what is filled in, shared or doubtful about this place

    @property
    def label(self) -> str:
        """Name a reader knows: "Cabell County, WV"."""
        return self.name if self.state in ("", "US") else f"{self.name}, {self.state}"


@cache
def county(fips: str) -> Place:
    """Return a county by its five-digit code. KeyError for a code that is none of the 3,143."""
    facts, sites, deaths = row("counties.csv", fips), row("providers.csv", fips), row("death_rates.csv", fips)
    state = row("states.csv", facts["state"])
    notes = []
    ages = [facts[name] for name in AGE_COLUMNS]
    if "" in ages:
        ages = _state_ages(facts["state"])
        notes.append(f"age shares are those of {state['state_name']}: none are published for the county")
    if facts["survey"] != "2018-2022":
        notes.append(
            f"household, race and income figures are of {facts['survey']}, some are state values: "
            "the state's counties were replaced by planning regions in 2022"
        )
    population = int(facts["population"])
    if abs(int(facts["population_2022"]) / population - 1) > 0.1:
        notes.append(f"the survey's population {population:,} is far from the 2022 estimate {facts['population_2022']}")
    if deaths["basis"] == "estimate":
        notes.append(
            f"overdose deaths are published for {deaths['published_years']} of 5 years: the rate is an estimate"
        )
    elif deaths["basis"] == "parent_area":
        notes.append("overdose deaths are those of the former Valdez-Cordova Census Area, published together")
    programmes = column("programmes.csv", "fips")
    return Place(
        fips=fips,
        name=facts["name"],
        state=facts["state"],
        population=population,
        age_shares=shares(ages),
        female_share=float(facts["female_share"]),
        race_shares=shares([facts[name] for name in RACE_COLUMNS]),
        households=int(facts["households"]),
        mean_household_size=float(facts["mean_household_size"]),
        single_parent_households=int(facts["single_parent_households"]),
        group_quarters_population=int(facts["group_quarters_population"]),
        households_with_children_share=_with_children(float(facts["parents_with_children_share"])),
        no_vehicle_households=int(facts["no_vehicle_households"]),
        poverty_share=float(facts["poverty_share"]),
        uninsured_19_64_share=float(facts["uninsured_19_64_share"]),
        medicaid_only_19_64_share=float(facts["medicaid_only_19_64_share"]),
        unemployed_share=float(facts["unemployed_share"]),
        area_sq_mi=float(facts["area_sq_mi"]),
        rural_share=float(facts["rural_tract_share"]),
        otp_sites=int(sites["otp_sites"]),
        buprenorphine_sites=int(sites["buprenorphine_sites"]),
        otp_drive_minutes=_number(sites["otp_drive_minutes"]),
        buprenorphine_drive_minutes=_number(sites["buprenorphine_drive_minutes"]),
        death_rate_per_100k=float(deaths["rate_per_100k"]),
        death_rate_basis=deaths["basis"],
        death_ratio_raw=float(deaths["ratio_raw"]),
        death_ratio=float(deaths["ratio"]),
        officers_per_1000=float(state["sworn_per_1000"]),
        good_samaritan_law=state["good_samaritan_law"] or None,
        programme=column("programmes.csv", "programme")[programmes.index(fips)] if fips in programmes else None,
        notes=tuple(notes),
    )


@cache
def nation(residents: int = 100_000) -> Place:
    """Return the average of the nation as a place of so many residents, every county weighted by its people."""
    counties = [county(fips) for fips in keys("counties.csv")]
    people = [c.population for c in counties]
    homes = [c.households for c in counties]
    scale = residents / sum(people)

    def mean(name: str, weights: list[int] = people) -> float:
        known = [(w, getattr(c, name)) for c, w in zip(counties, weights, strict=True) if getattr(c, name) is not None]
        return sum(w * value for w, value in known) / sum(w for w, _ in known)

    def total(name: str) -> int:
        return round(scale * sum(getattr(c, name) for c in counties))

    def mix(name: str) -> tuple[float, ...]:
        bands = zip(*(getattr(c, name) for c in counties), strict=True)
        return shares([sum(w * share for w, share in zip(people, band, strict=True)) for band in bands])

    return Place(
        fips="US",
        name="United States",
        state="US",
        population=residents,
        age_shares=mix("age_shares"),
        female_share=mean("female_share"),
        race_shares=mix("race_shares"),
        households=total("households"),
        mean_household_size=mean("mean_household_size", homes),
        single_parent_households=total("single_parent_households"),
        group_quarters_population=total("group_quarters_population"),
        households_with_children_share=mean("households_with_children_share", homes),
        no_vehicle_households=total("no_vehicle_households"),
        poverty_share=mean("poverty_share"),
        uninsured_19_64_share=mean("uninsured_19_64_share"),
        medicaid_only_19_64_share=mean("medicaid_only_19_64_share"),
        unemployed_share=mean("unemployed_share"),
        area_sq_mi=scale * sum(c.area_sq_mi for c in counties),
        rural_share=mean("rural_share"),
        otp_sites=scale * sum(c.otp_sites for c in counties),
        buprenorphine_sites=scale * sum(c.buprenorphine_sites for c in counties),
        otp_drive_minutes=mean("otp_drive_minutes"),
        buprenorphine_drive_minutes=mean("buprenorphine_drive_minutes"),
        death_rate_per_100k=national_death_rate(),
        death_rate_basis="national",
        death_ratio_raw=1.0,
        death_ratio=1.0,
        officers_per_1000=mean("officers_per_1000"),
        good_samaritan_law=None,
        notes=("national average: counts are of an average community, rounded; laws differ by state",),
    )


def national_death_rate() -> float:
    """Return overdose deaths per 100,000 residents a year in the nation, mean of DEATH_RATE_YEARS."""
    return float(row("death_rates.csv", "US")["rate_per_100k"])


def shares(weights: list[str] | list[float]) -> tuple[float, ...]:
    """Return weights as shares with sum 1: the tables are rounded."""
    numbers = [float(weight) for weight in weights]
    total = sum(numbers)
    return tuple(number / total for number in numbers)


def _with_children(parents_share: float) -> float:
    # The five-year table counts only householders with own children. The line to all households with anybody
    # under 18 was fitted on the 827 counties of the one-year survey of 2018, which has both (r = 0.89).
    return 0.0371 + 1.0933 * parents_share


def _state_ages(state: str) -> list[float]:
    """Age shares of a state's other counties, weighted by people."""
    counties = records("counties.csv", state=state)
    known = [c for c in counties if c[AGE_COLUMNS[0]]]
    return [sum(int(c["population"]) * float(c[name]) for c in known) for name in AGE_COLUMNS]


def _number(cell: str) -> float | None:
    return float(cell) if cell else None
