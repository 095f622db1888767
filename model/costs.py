"""The bill of a run: quantities times prices, by item, payer and year; and the health lived in it.

Quantities are sums over the census of a year (events of a kind, nights of a stock) and what a policy had in force; they
are kept with a run, so that other prices need another bill and not another run. Nothing here is read by a process.

Each census column is in one item only; where it must be in two, `shared` of the item says why nothing is counted
twice. docs/costs.md has the table of what is in which item and why not in another.

Money: every price is turned from the dollars of its row's year into those of `prices.price_year` by one index. An
item's amount in a year is quantity x price in dollars of that year's first day's worth, discounted as (1 +
discount_rate) ** -year with the first year of the policy undiscounted, and rounded to a whole cent once, there; sums
are sums of cents.
"""

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from .budget import price_of
from .events import Kind
from .measures import MEASURES
from .needs import DAYS_A_YEAR, here_of
from .processes.census import FIRST_EVENT, Count
from .world import START_DAY

if TYPE_CHECKING:
    from ..scenarios.schema import Scenario

PAYERS = ("health", "justice", "child_welfare", "programme")
VIEWS = ("productivity", "statistical_lives", "qalys")  # three ways to say what a death is worth: never added up
QUANTITIES = (
    *(f"census.{count.name.lower()}" for count in Count if count < FIRST_EVENT),
    *(f"event.{kind.name.lower()}" for kind in Kind),
    *(f"force.{measure.id}" for measure in MEASURES if measure.billed),
)

type Quantities = dict[str, np.ndarray]  # (years,) each, of the people simulated
type Sum = tuple[tuple[str, float], ...]  # quantities with the factor of each


class Item(NamedTuple):
    """One line of the bill."""

    id: str
    title: str
    payer: str
    of: Sum  # what is counted
    unit: str  # of the quantity
    price: tuple[str, ...]  # fields of `prices`, added up
    times: tuple[str, ...] = ()  # dotted numbers of the scenario that turn what is counted into units
    per: float = 1.0  # what is counted over this many is one unit
    shared: str = ""  # why a column that another item counts is here too
    of_lever: bool = False  # in the bill because a lever calls for it


_ACTIVE = (("census.oud", 1), ("census.injecting", 1))
_TREATED = (("census.methadone", 1), ("census.buprenorphine", 1), ("census.naltrexone", 1))
_USING_TREATED = (*_TREATED, ("census.treated_not_using", -1))
_YEARS = dict(unit="person-years", per=DAYS_A_YEAR)
_SIDE = "the cost of illness beside the medication: the price of the medication is in the other item"


def _less(of: Sum) -> Sum:
    return tuple((id, -factor) for id, factor in of)


ITEMS: tuple[Item, ...] = (
    Item("overdose_hospital", "Overdoses taken to hospital", "health", (("event.hospital", 1),), "events",
         ("cost_od_nonfatal_healthcare",)),
    Item("overdose_attended", "Ambulance runs without transport", "health",
         (("event.responded", 1), ("event.hospital", -1)), "events", ("cost_ems_run",),
         shared="runs that end in hospital are taken off: the price of a hospital overdose has its run in it"),
    Item("overdose_death", "Overdose deaths, health care", "health", (("event.died_overdose", 1),), "deaths",
         ("cost_od_fatal_healthcare",)),
    Item("methadone", "Treatment with methadone", "health", (("census.methadone", 1),), price=("cost_methadone_year",),
         **_YEARS),
    Item("buprenorphine", "Treatment with buprenorphine", "health", (("census.buprenorphine", 1),),
         price=("cost_buprenorphine_year",), **_YEARS),
    Item("naltrexone", "Treatment with naltrexone", "health", (("census.naltrexone", 1),),
         price=("cost_naltrexone_year",), **_YEARS),
    Item("detox", "Days in withdrawal beds", "health", (("census.detox", 1),), "person-days", ("cost_detox_day",)),
    Item("care_untreated", "Other health care, untreated use disorder", "health", (*_ACTIVE, *_less(_USING_TREATED)),
         price=("cost_oud_healthcare_untreated_year",), **_YEARS,
         shared="people in treatment who use are taken off; " + _SIDE),
    Item("care_treated", "Other health care, in treatment", "health", _TREATED,
         price=("cost_oud_healthcare_treated_year",), **_YEARS, shared=_SIDE),
    Item("police_contacts", "Police contacts without arrest or citation", "justice",
         (("event.police_contact", 1), ("event.arrested", -1), ("event.cited", -1)), "officer hours",
         ("cost_police_hour",), ("prices.police_contact_minutes",), 60,
         shared="every arrest and citation follows a contact, which is taken off: their prices have it in them"),
    Item("citations", "Citations", "justice", (("event.cited", 1),), "citations", ("cost_citation",)),
    Item("arrests", "Arrests", "justice", (("event.arrested", 1),), "arrests", ("cost_policing_incident",)),
    Item("court", "Court cases", "justice", (("event.court", 1),), "cases", ("cost_court_case",)),
    Item("jail", "Days in jail", "justice", (("census.jailed", 1),), "person-days", ("cost_jail_day",)),
    Item("supervision", "Days under probation", "justice", (("event.court", 1),), "person-days",
         ("cost_supervision_day",), ("custody.supervision_share", "custody.supervision_days"),
         shared="a hearing has its own price; here are the days under probation that hearings order on average"),
    Item("officer_replacement", "Officers hired and trained", "justice", (("event.officer_hired", 1),), "officers",
         ("cost_officer_replacement",)),
    Item("officers_away", "Officers sick or given time to recover, backfilled", "justice", (("census.away", 1),),
         "officer hours", ("cost_police_hour",), ("prices.officer_year_hours",), DAYS_A_YEAR),
    Item("officer_care", "Officers in mental health care", "health", (("event.sought_help", 1),), "episodes",
         ("cost_officer_care",)),
    Item("kits", "Naloxone kits", "programme", (("event.kit_received", 1),), "kits",
         ("cost_naloxone_kit", "cost_kit_distribution"), of_lever=True),
    Item("coaching", "Coaching of families", "programme", (("event.coached", 1),), "families",
         ("cost_family_coaching",), of_lever=True),
    Item("family_services", "Practical services for families", "programme", (("event.services_began", 1),),
         "household-years", ("cost_family_services_year",), ("family.services_days",), DAYS_A_YEAR, of_lever=True),
    Item("school_notices", "Notices to schools", "programme", (("event.notice_to_school", 1),), "notices",
         ("cost_handle_with_care_notice",), of_lever=True),
    Item("skills_courses", "Psychological-skills courses for officers", "programme", (("event.course", 1),), "courses",
         ("cost_skills_course",), of_lever=True),
    Item("family_visits", "Visits to families", "programme", (("event.family_reached", 1),), "visits",
         ("cost_welfare_check",), of_lever=True),
    Item("child_therapy", "Courses of therapy for children", "health", (("event.therapy", 1),), "courses",
         ("cost_child_trauma_therapy",)),
    Item("investigations", "Child-protection investigations", "child_welfare", (("event.protection_opened", 1),),
         "cases", ("cost_cps_investigation",)),
    Item("foster_care", "Children in foster care", "child_welfare", (("census.in_foster_care", 1),),
         price=("cost_foster_year",), unit="child-years", per=DAYS_A_YEAR),
    Item("kin_care", "Children in care of kin", "child_welfare", (("census.in_kin_care", 1),),
         price=("cost_kin_care_year",), unit="child-years", per=DAYS_A_YEAR),
    *(
        Item(measure.id, measure.title, "programme", ((f"force.{measure.id}", 1),), f"{measure.unit}s"
             if "-year" in measure.unit or measure.unit in ("hour", "course", "person-day") else measure.unit,
             measure.price, of_lever=True)
        for measure in MEASURES
        if measure.billed
    ),
)  # fmt: skip

VALUES = (  # view, title, counted, price: what deaths are worth in each of three ways
    ("productivity", "Production lost by overdose deaths", "event.died_overdose", "cost_od_fatal_productivity"),
    ("statistical_lives", "Overdose deaths at the value of a statistical life", "event.died_overdose", "vsl"),
)

STATES: tuple[tuple[str, str, Sum, str], ...] = (  # state, title, nights, utility: everybody is in one of them
    (
        "no_use",
        "Residents without opioid use",
        (("census.population", 1), ("census.misuse", -1), *_less(_ACTIVE), ("census.remission", -1)),
        "util_general",
    ),
    ("misuse", "Misuse without use disorder", (("census.misuse", 1),), "util_misuse"),
    ("active", "Use disorder, not injecting", (("census.oud", 1),), "util_oud_active"),
    ("injecting", "Use disorder, injecting", (("census.injecting", 1),), "util_oud_active_injection"),
    ("stable", "In treatment and not using", (("census.treated_not_using", 1),), "util_moud"),
    (
        "remission",
        "In remission without treatment",
        (("census.remission", 1), ("census.treated_not_using", -1)),
        "util_remission",
    ),
)
BEYOND = "beyond"  # years that deaths take after the run ends
# People around: state, title, nights, decrement, share of the nights that somebody is there.
SPILL_OVER: tuple[tuple[str, str, Sum, str, str], ...] = (
    ("partners", "Partners of people with active use disorder", _ACTIVE, "util_spouse_decrement", "partner_share"),
    ("children", "Children living with a parent's untreated use", (("census.exposed", 1),), "util_child_decrement", ""),
)


def quantities(world) -> Quantities:
    """Return what a run keeps for its bill, by year of the policy; QUANTITIES are the ids, shape (years,) each.

    `census.` columns are added up over the nights of a year: person-days of a stock, the sum of a flow. `event.` counts
    events of a kind. `force.` is what a measure of measures.py had in force, in its unit.
    """
    nights = world.census[-START_DAY:]
    year = (np.arange(len(nights)) / DAYS_A_YEAR).astype(np.int64)
    years = int(year[-1]) + 1 if len(year) else 0

    def by_year(column: np.ndarray) -> np.ndarray:
        return np.bincount(year, column, years)

    found = {f"census.{c.name.lower()}": by_year(nights[:, c]) for c in Count if c < FIRST_EVENT}
    found |= {f"event.{kind.name.lower()}": by_year(nights[:, FIRST_EVENT + kind]) for kind in Kind}
    for measure in MEASURES:
        if measure.billed:
            found[f"force.{measure.id}"] = by_year(_in_force(world, measure, nights))
    return found


def _in_force(world, measure, nights: np.ndarray) -> np.ndarray:
    """Return units of a measure on each day, shape (days,)."""
    scenario, here = world.scenario, here_of(world.scenario, world.starting_people)
    starts = sorted({0, *(change.day for change in scenario.changes)})
    units = np.zeros(len(nights))
    usual = scenario.on(-1)
    for start in starts:
        policy = scenario.on(start)
        if measure.each is not None:
            units[start:] = measure.each[1](policy)
        else:
            units[start:] = (measure.units(policy, here) - measure.units(usual, here)) / DAYS_A_YEAR
    if measure.each is None:
        return units
    section, _, name = measure.each[0].partition(".")
    column = Count[name.upper()] if section == "census" else FIRST_EVENT + Kind[name.upper()]
    return units * nights[:, column]


class Line(NamedTuple):
    """One item in one year, in whole cents of the price year."""

    item: str
    payer: str
    year: int  # 0 is the first of the policy
    quantity: float  # of the whole place if the bill was asked for that
    undiscounted: int  # cents
    cents: int  # discounted to the start of the policy


def bill(kept: Quantities, scenario: "Scenario", scale: float = 1.0) -> list[Line]:
    """Return the bill of a run's quantities at a scenario's prices, one line an item and year.

    scale: residents of the place for each resident simulated; quantities are multiplied before they are priced. An
    amount is rounded to whole cents once, for each item and year, half to even.
    """
    lines = []
    for item in ITEMS:
        price = price_of(scenario, item.price)
        for year, quantity in enumerate(units_of(item, kept, scenario) * scale):
            lines.append(_line(item.id, item.payer, year, float(quantity), price, scenario))
    return lines


def _line(id: str, payer: str, year: int, quantity: float, price: float, scenario: "Scenario") -> Line:
    cents = 100 * quantity * price
    return Line(id, payer, year, quantity, round(cents), round(cents * discount(scenario, year)))


def units_of(item: Item, kept: Quantities, scenario: "Scenario") -> np.ndarray:
    """Return an item's units by year, shape (years,), of the people simulated."""
    counted = _added(item.of, kept)
    for path in item.times:
        section, name = path.split(".")
        counted = counted * getattr(getattr(scenario, section), name)
    return counted / item.per


def discount(scenario: "Scenario", year: int) -> float:
    """Return what a dollar, or a year of health, of a policy year is worth at the policy start."""
    return (1 + scenario.prices.discount_rate) ** -year


def views(kept: Quantities, scenario: "Scenario", scale: float = 1.0) -> list[Line]:
    """Return what overdose deaths are worth in each of VIEWS, by year. They say the same thing: never add them up."""
    lines = []
    for view, _, counted, price in VALUES:
        dollars = price_of(scenario, (price,))
        lines += [
            _line(view, "society", year, float(n), dollars, scenario) for year, n in enumerate(kept[counted] * scale)
        ]
    dollars = scenario.prices.qaly_loss_per_overdose_death * price_of(scenario, ("wtp_per_qaly",))
    counts = kept["event.died_overdose"] * scale
    return lines + [_line("qalys", "society", year, float(n), dollars, scenario) for year, n in enumerate(counts)]


class Health(NamedTuple):
    """Years lived in one state in one year of a run, and what they were worth in health."""

    state: str
    year: int
    person_years: float
    utility: float
    qalys: float  # discounted to the start of the policy


def health(kept: Quantities, scenario: "Scenario", scale: float = 1.0) -> list[Health]:
    """Return the health lived in a run: person-years by state x utility, and what deaths take after its end.

    A death takes years at two places. Those until the run ends are missing among the years lived. Those after it are
    the rest of `qaly_loss_per_overdose_death`: the loss at the time of death, less the part of it that lies in the
    run, at the utility of active use disorder; so no year is taken twice. They stand as `beyond`, below zero, by the
    year of the death. Deaths are expected deaths (the sum of the chance of dying of each overdose): the same on
    average, with less luck. What deaths of other causes take after the end is left out.
    """
    prices, years = scenario.prices, len(kept["census.population"])
    lines = []
    for state, _, nights, utility in STATES:
        worth = getattr(prices, utility)
        for year, lived in enumerate(_added(nights, kept) / DAYS_A_YEAR * scale):
            lines.append(Health(state, year, float(lived), worth, float(lived) * worth * discount(scenario, year)))
    for year, deaths in enumerate(kept["census.expected_deaths"] * scale):
        lost = rest_of_loss(scenario, year, years)
        lines.append(Health(BEYOND, year, float(deaths), lost, -float(deaths) * lost * discount(scenario, year)))
    return lines


def rest_of_loss(scenario: "Scenario", year: int, years: int) -> float:
    """Return the QALYs that a death in a year takes after a run of so many years, discounted to the year of death.

    Somebody who dies does so in the middle of a year on average: half of it and every later one lie in the run.
    """
    prices = scenario.prices
    in_run = 0.5 + sum(discount(scenario, later) for later in range(1, years - year))
    return max(0.0, prices.qaly_loss_per_overdose_death - prices.util_oud_active * in_run)


def spill_over(kept: Quantities, scenario: "Scenario", scale: float = 1.0) -> list[Health]:
    """Return the health that people around lose while somebody's use disorder is active: shown apart, below zero."""
    lines = []
    for state, _, nights, decrement, share in SPILL_OVER:
        worth = getattr(scenario.prices, decrement)
        lived = _added(nights, kept) / DAYS_A_YEAR * scale * (getattr(scenario.prices, share) if share else 1)
        for year, n in enumerate(lived):
            lines.append(Health(state, year, float(n), -worth, -float(n) * worth * discount(scenario, year)))
    return lines


def _added(of: Sum, kept: Quantities) -> np.ndarray:
    return sum(factor * np.asarray(kept[id], float) for id, factor in of)
