"""What is compared between groups of people: every outcome with what it is a rate of, or why it has no groups."""

from typing import NamedTuple

import numpy as np

from ...agents.resident import RACES
from ..events import OF_OFFICERS, Kind
from ..outcomes import _RECIPES, Outcome
from ..processes.census import COUNTS, FIRST_EVENT, Count
from ..rules import DAYS_A_YEAR

AGES = (0, 12, 18, 26, 35, 50, 65)  # first year of each band
AGE_GROUPS = ("0-11", "12-17", "18-25", "26-34", "35-49", "50-64", "65+")
GROUPINGS = {
    "all": ("all",),
    "sex": ("women", "men"),
    "age": AGE_GROUPS,
    "race": RACES,
    # Neighbourhoods are made anew for every seed: only what they have in common can be added up.
    "neighbourhood": ("most policed quarter", "rest of town"),
}
REFERENCE = {"sex": "men", "age": "35-49", "race": "white", "neighbourhood": "rest of town"}
GROUPS = tuple((grouping, group) for grouping, groups in GROUPINGS.items() for group in groups)

FIRST_BIRTHDAYS = np.ceil(np.array(AGES) * DAYS_A_YEAR).astype(np.int64)  # age in days at the start of each band
GROWN_UP = AGES.index(18)

# Whom or what an outcome is a rate of: column -> (in words, times, how a rate of events is said).
DENOMINATORS = {
    "resident_years": ("residents", 1e5, "per 100,000 person-years of residents"),
    "child_years": ("residents under 18", 1e3, "per 1,000 person-years of residents under 18"),
    "disorder_years": (
        "people with active opioid use disorder",
        100.0,
        "per 100 person-years with active opioid use disorder",
    ),
    "on_medication": ("people on medication", 100.0, "per 100 person-years on medication"),
    "overdoses": ("overdoses", 1.0, "share"),
    "nonfatal_overdoses": ("overdoses survived", 1.0, "share"),
    "witnessed": ("overdoses with somebody there", 1.0, "share"),
    "asked": ("requests for treatment", 1.0, "per request"),
    "first_appointments": ("first appointments, kept or missed", 1.0, "share"),
    "visits": ("outreach visits", 1.0, "per visit"),
    "hand_offs": ("hand-offs, arrived or lost", 1.0, "share"),
    "cases": ("people taken into case management", 1.0, "per person taken on"),
    "charges": ("held charges that ended, voided or sent forward", 1.0, "share"),
}
# Outcomes not named here are rates of all residents.
_PER = {
    "disorder_years": (
        "deaths expected_deaths overdoses nonfatal_overdoses waiting in_detox asked entries deflected_entries "
        "detox_entries police_contacts good_contacts bad_contacts citations arrests jailings jail_days in_jail court "
        "offers acceptances referrals visits assessed managed"
    ),
    "on_medication": "exits",
    "overdoses": "witnessed seen calls_911",
    "nonfatal_overdoses": "hospital",
    "witnessed": "rescues",
    "asked": "refusals",
    "first_appointments": "no_shows",
    "visits": "reached",
    "hand_offs": "handed_over lost_between",
    "cases": "completed",
    "charges": "charges_voided charges_forwarded",
}
_DENOMINATOR = {outcome: column for column, outcomes in _PER.items() for outcome in outcomes.split()}
_SHARE_OF = {  # the same, of outcomes that are shares themselves
    "call_share": "overdoses with somebody there",
    "coverage": "people with opioid use disorder who use or are on medication",
    "wait": "treatment entries",
    "acceptance": "offers",
    "case_wait": "people taken into case management",
    "report_share_police": "reports to child protection",
    "response_minutes": "overdoses responded to",
}
# What says how many separate happenings are behind a sum of nights, days or probabilities.
_BEHIND = {
    "expected_deaths": "overdoses",
    "deaths_of_residents": "deaths",
    "jail_days": "jailings",
    "in_jail": "jailings",
    "wait": "wait_of",
    "case_wait": "case_wait_of",
    "response_minutes": "response_minutes_of",
    "trust": "residents",
    "trust_with_disorder": "people_with_disorder",
}
# Happens to children under 18, in whose number it is a rate.
_OF_CHILDREN = {
    int(Count.IN_KIN_CARE),
    int(Count.IN_FOSTER_CARE),
    *(
        FIRST_EVENT + kind
        for kind in (
            Kind.CHILD_WITNESSED,
            Kind.PARENT_ARRESTED,
            Kind.PARENT_JAILED,
            Kind.BEREAVED,
            Kind.NOTICE_TO_SCHOOL,
            Kind.THERAPY,
            Kind.REPORTED,
            Kind.PROTECTION_OPENED,
            Kind.REMOVED,
            Kind.REUNIFIED,
        )
    ),
}
_NOT_KEPT = "looked up every 30 days; no event keeps whose it was"
NO_GROUP = {int(Count.SLOTS): "slots are a provider's"}  # column of the census -> why no resident can be named
NO_GROUP |= dict.fromkeys(range(Count.OFFICERS, Count.OFFICERS_IN_CARE + 1), "of officers")
NO_GROUP |= dict.fromkeys((FIRST_EVENT + kind for kind in OF_OFFICERS), "of officers")
NO_GROUP |= dict.fromkeys((int(Count.EXPOSED), int(Count.DISTRESSED)), _NOT_KEPT)


class Measure(NamedTuple):
    """One number compared between groups: `over` divided by `under`, columns of `count_by_group`."""

    id: str
    title: str
    over: str
    under: str
    times: float
    unit: str
    better: str
    has_ratio: bool = True  # a mean that may be 0 or negative has gaps, no ratios
    kind: str = "count"  # as of outcomes: "count" and "stock" are yearly means, "share" stands for itself
    denominator: str = ""  # what `under` counts, in words
    events: str = ""  # the column that says how much happened


def columns_of(recipe) -> list[int]:
    """Return the columns of the census that an outcome is made from."""
    return [int(column) for column in (*recipe.over, *recipe.under, *recipe.less)]


def _measure(recipe) -> Measure:
    outcome = recipe.outcome
    behind = _BEHIND.get(outcome.id, outcome.id)
    if outcome.kind == "share":
        of = _SHARE_OF.get(outcome.id, "what it is a share of")
        under, times, unit = f"{outcome.id}_of", 1.0, outcome.unit
    else:
        under = _DENOMINATOR.get(outcome.id, _by_default(recipe))
        of, times, unit = DENOMINATORS[under]
        if outcome.kind == "stock":
            unit = f"people per {times:,.0f} {of}"
        elif outcome.unit == "person-days":
            unit = f"days {unit}"
    return Measure(
        outcome.id, outcome.title, outcome.id, under, times, unit, outcome.better, True, outcome.kind, of, behind
    )


def _by_default(recipe) -> str:
    return "child_years" if _OF_CHILDREN.intersection(columns_of(recipe)) else "resident_years"


def _means(id: str, title: str, under: str, of: str) -> Measure:
    return Measure(id, title, id, under, 1.0, "standard deviations", "more", False, "share", of, _BEHIND[id])


def why_no_group(recipe) -> str:
    """Return why an outcome cannot be told by group; empty when it can, or when nobody has said."""
    return next((NO_GROUP[column] for column in columns_of(recipe) if column in NO_GROUP), "")


_EVENT_COLUMNS = frozenset(range(FIRST_EVENT, COUNTS))
_SUMMED = frozenset(range(Count.EXPECTED_DEATHS, Count.CASE_WAIT_DAYS + 1)) | {
    int(Count.RESPONSE_MINUTES),
    int(Count.REPORTS_BY_POLICE),
}
NIGHTS = frozenset((*range(Count.POPULATION, Count.TREATED_NOT_USING + 1), Count.IN_KIN_CARE, Count.IN_FOSTER_CARE)) - {
    Count.SLOTS
}
_KNOWN = (_EVENT_COLUMNS | _SUMMED | NIGHTS) - set(NO_GROUP)
GROUPED = tuple(recipe for recipe in _RECIPES if _KNOWN.issuperset(columns_of(recipe)))
UNGROUPED: dict[Outcome, str] = {
    recipe.outcome: why_no_group(recipe) for recipe in _RECIPES if recipe not in GROUPED and why_no_group(recipe)
}
COUNTED = tuple(recipe.outcome.id for recipe in GROUPED if recipe.outcome.kind == "count")
DENOMINATOR_ONLY = ("population",)  # residents are what others are a rate of
_RATES = tuple(_measure(recipe) for recipe in GROUPED if recipe.outcome.id not in DENOMINATOR_ONLY)
_DEATHS = next(measure for measure in _RATES if measure.id == "deaths")
_OF_RESIDENTS = DENOMINATORS["resident_years"]

MEASURES = (
    *_RATES,
    _DEATHS._replace(
        id="deaths_of_residents",
        title="Overdose deaths, among all residents",
        under="resident_years",
        times=_OF_RESIDENTS[1],
        unit=_OF_RESIDENTS[2],
        denominator=_OF_RESIDENTS[0],
    ),
    _means("trust", "Trust in police, residents", "residents", "residents at the end"),
    _means(
        "trust_with_disorder",
        "Trust in police, people with active opioid use disorder",
        "people_with_disorder",
        "people with active opioid use disorder at the end",
    ),
)
