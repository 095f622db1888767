"""Outcomes: named numbers with units, read from the census and the events of a run."""

from typing import NamedTuple

import numpy as np

from .calendar import MONTH_DAYS
from .events import Kind
from .processes.census import FIRST_EVENT, Count
from .rules import DAYS_A_YEAR
from .world import START_DAY


class Outcome(NamedTuple):
    """One outcome of a run."""

    id: str
    title: str
    unit: str
    kind: str  # "count": summed over the period; "stock": mean of the nights; "share": a ratio of two sums
    better: str  # "fewer", "more", or "" where neither is meant
    definition: str


class _Recipe(NamedTuple):
    outcome: Outcome
    over: tuple[int, ...]  # census columns added up
    under: tuple[int, ...] = ()  # for a share: the columns it is a share of
    less: tuple[int, ...] = ()  # columns taken off


def _column(kind: Kind | Count) -> int:
    """Return the census column of a kind of event, or the column itself."""
    return FIRST_EVENT + kind if isinstance(kind, Kind) else kind


def _flow(kind: Kind | Count, id: str, title: str, better: str, definition: str, unit: str = "events") -> _Recipe:
    return _Recipe(Outcome(id, title, unit, "count", better, definition), (_column(kind),))


def _stock(columns: tuple[int, ...], id: str, title: str, better: str, definition: str) -> _Recipe:
    return _Recipe(Outcome(id, title, "people", "stock", better, definition), columns)


def _share(over, under, id: str, title: str, better: str, definition: str, unit: str = "share") -> _Recipe:
    return _Recipe(Outcome(id, title, unit, "share", better, definition), over, under)


def _officers(count: Count, id: str, title: str, better: str, definition: str) -> _Recipe:
    return _share((count,), (Count.OFFICERS,), id, title, better, f"officers {definition}, over officers on the force")


_TREATED = (Count.METHADONE, Count.BUPRENORPHINE, Count.NALTREXONE)
_PRESENT = (FIRST_EVENT + Kind.SEEN, FIRST_EVENT + Kind.FOUND)

_RECIPES = (
    _flow(Kind.DIED_OVERDOSE, "deaths", "Overdose deaths", "fewer", "people who died of an opioid overdose", "people"),
    _Recipe(
        Outcome(
            "expected_deaths",
            "Expected overdose deaths",
            "people",
            "count",
            "fewer",
            "sum over overdoses of the probability of dying of it: deaths without the luck of survival",
        ),
        (Count.EXPECTED_DEATHS,),
    ),
    _flow(Kind.OVERDOSE, "overdoses", "Overdoses", "fewer", "opioid overdoses, fatal or not, attended or not"),
    _flow(Kind.SURVIVED, "nonfatal_overdoses", "Nonfatal overdoses", "fewer", "overdoses survived"),
    _Recipe(
        Outcome("witnessed", "Overdoses with somebody there", "events", "count", "", "seen, or found in time"), _PRESENT
    ),
    _flow(Kind.SEEN, "seen", "Overdoses seen", "", "somebody saw the overdose happen"),
    _flow(Kind.LAY_NALOXONE, "rescues", "Lay naloxone given", "more", "a lay person gave naloxone from a kit"),
    _flow(Kind.CALLED_911, "calls_911", "911 calls at overdoses", "", "the person there called 911"),
    _share(
        (FIRST_EVENT + Kind.CALLED_911,),
        _PRESENT,
        "call_share",
        "911 called, of overdoses with somebody there",
        "more",
        "calls over overdoses seen or found",
    ),
    _flow(Kind.HOSPITAL, "hospital", "Taken to hospital after overdose", "", "survivors taken to hospital", "events"),
    _stock(
        (Count.OUD, Count.INJECTING),
        "active_use_disorder",
        "People with active opioid use disorder",
        "fewer",
        "people with opioid use disorder who use, in treatment or not",
    ),
    _stock((Count.MISUSE,), "misuse", "People who misuse opioids", "fewer", "misuse without use disorder"),
    _stock(
        _TREATED,
        "on_medication",
        "People on medication",
        "more",
        "in treatment with methadone, buprenorphine or naltrexone",
    ),
    _share(
        _TREATED,
        (Count.OUD, Count.INJECTING, Count.TREATED_NOT_USING),
        "coverage",
        "Medication coverage",
        "more",
        "people on medication over people with opioid use disorder who use or are on medication",
    ),
    _flow(Kind.ASKED_FOR_CARE, "asked", "Requests for treatment", "", "people asked for medication or a detox bed"),
    _flow(
        Count.ENTRIES,
        "entries",
        "Treatment entries",
        "more",
        "people came to the first appointment and started medication; detox is not counted",
    ),
    _flow(
        Count.DEFLECTED_ENTRIES,
        "deflected_entries",
        "Treatment entries through deflection",
        "more",
        "of the treatment entries, those that one of the six deflection pathways led to",
    ),
    _Recipe(
        Outcome("in_detox", "People in detox", "people", "stock", "", "withdrawal and a short stay, no medication"),
        (Count.DETOX,),
    ),
    _flow(
        Kind.DID_NOT_ATTEND,
        "no_shows",
        "Missed first appointments",
        "fewer",
        "offered a place for medication or in detox, did not come",
    ),
    _flow(
        Kind.TURNED_AWAY, "refusals", "Refusals", "fewer", "no free place on the first possible day; the wait goes on"
    ),
    _flow(
        Count.EXITS,
        "exits",
        "Treatment exits",
        "",
        "left treatment with medication, for whatever reason: death, a move and jail too",
    ),
    _stock((Count.WAITING,), "waiting", "People waiting for treatment", "fewer", "asked and not yet offered a place"),
    _share(
        (Count.WAIT_DAYS,),
        (Count.ENTRIES,),
        "wait",
        "Days waited by those who entered",
        "fewer",
        "days from asking to the first appointment, mean of the treatment entries",
        "days",
    ),
    _Recipe(
        Outcome("detox_entries", "Detox entries", "events", "count", "", "people taken into a detox bed"),
        (FIRST_EVENT + Kind.ADMITTED,),
        less=(Count.ENTRIES,),
    ),
    _share(_TREATED, (Count.SLOTS,), "occupancy", "Treatment slots in use", "", "people on medication over slots"),
    _flow(Kind.KIT_RECEIVED, "kits", "Naloxone kits handed out", "", "kits to people, homes and friends", "kits"),
    _flow(
        Kind.POLICE_CONTACT,
        "police_contacts",
        "Contacts with police",
        "",
        "of people with opioid use disorder who use, at overdoses too",
    ),
    _flow(Count.GOOD_CONTACTS, "good_contacts", "Good contacts with police", "more", "contacts lived as good"),
    _flow(Count.BAD_CONTACTS, "bad_contacts", "Bad contacts with police", "fewer", "contacts lived as bad"),
    _flow(Kind.CITED, "citations", "Citations", "fewer", "contacts over something chargeable that ended in a citation"),
    _flow(Kind.ARRESTED, "arrests", "Arrests", "fewer", "of people with a history of opioid use"),
    _flow(Kind.JAILED, "jailings", "Bookings into jail", "fewer", "stays in jail that began"),
    _Recipe(
        Outcome("jail_days", "Days in jail", "person-days", "count", "fewer", "nights spent in jail, of all together"),
        (Count.JAILED,),
    ),
    _stock((Count.JAILED,), "in_jail", "People in jail", "fewer", "people with a history of opioid use in jail"),
    _flow(Kind.COURT, "court", "Court hearings", "", "after an arrest, a release from jail or a failed plan"),
    _flow(Kind.OFFERED, "offers", "Offers of deflection", "", "offers of a programme or, by a programme, of treatment"),
    _flow(Kind.ACCEPTED, "acceptances", "Offers accepted", "more", "of these offers, those accepted"),
    _share(
        (FIRST_EVENT + Kind.ACCEPTED,),
        (FIRST_EVENT + Kind.OFFERED,),
        "acceptance",
        "Accepted, of offers",
        "more",
        "offers accepted over offers",
    ),
    _flow(Kind.REFERRED, "referrals", "Referrals by officers and medics", "", "to the programme's coordinator"),
    _flow(Kind.VISITED, "visits", "Outreach visits", "", "visits made, whether anybody was there or not"),
    _flow(Kind.REACHED, "reached", "People reached by outreach", "more", "in person or through a relative"),
    _flow(Kind.ASSESSED, "assessed", "Assessments", "more", "people came to the coordinator's assessment"),
    _flow(Kind.HANDED_OVER, "handed_over", "Hand-offs that arrived", "more", "to a programme or to a provider"),
    _flow(
        Kind.LOST, "lost_between", "People lost between agencies", "fewer", "handed over, did not arrive", "hand-offs"
    ),
    _stock((Count.MANAGED,), "managed", "People in case management", "", "with a case manager, in a plan"),
    _share(
        (Count.CASE_WAIT_DAYS,),
        (FIRST_EVENT + Kind.CASE_OPENED,),
        "case_wait",
        "Days waited for a case manager",
        "fewer",
        "days from the hand-off to case management, mean of those taken on",
        "days",
    ),
    _flow(Kind.COMPLETED, "completed", "Plans completed", "more", "people who completed the plan", "plans"),
    _flow(Kind.CHARGE_VOIDED, "charges_voided", "Charges voided", "more", "charges that deflection ended", "charges"),
    _flow(
        Kind.CHARGE_FORWARDED,
        "charges_forwarded",
        "Charges sent forward",
        "fewer",
        "held charges that went to court after all: the plan failed, or the person was lost on the way to it",
        "charges",
    ),
    _flow(
        Kind.DIED_OTHER,
        "deaths_other",
        "Deaths of other causes",
        "fewer",
        "all residents, every cause but overdose",
        "people",
    ),
    _stock(
        (Count.EXPOSED,),
        "children_exposed",
        "Children who live with a parent's untreated use",
        "fewer",
        "under 18, at home with a parent with active opioid use disorder who is not in treatment",
    ),
    _flow(Kind.CHILD_WITNESSED, "children_witnessed", "Children who saw an overdose", "fewer", "at home, of anybody"),
    _flow(Kind.BEREAVED, "children_bereaved", "Children bereaved by overdose", "fewer", "lost a parent", "children"),
    _flow(Kind.PARENT_ARRESTED, "parents_arrested", "Children with a parent arrested", "fewer", "living with them"),
    _stock(
        (Count.DISTRESSED,),
        "children_distressed",
        "Children in distress",
        "fewer",
        "of those whose family opioid use touches, more than a standard deviation above the mean of other children",
    ),
    _flow(Kind.NOTICE_TO_SCHOOL, "school_notices", "Notices to schools", "", "Handle with Care", "notices"),
    _flow(Kind.THERAPY, "children_in_therapy", "Children who got therapy", "more", "courses of therapy begun"),
    _flow(Kind.FAMILY_REACHED, "families_reached", "Families looked up", "more", "a relative was reached", "families"),
    _flow(Kind.SERVICES_BEGAN, "families_served", "Families given services", "more", "practical services", "families"),
    _flow(Kind.REPORTED, "child_reports", "Reports to child protection", "", "about parents' opioid use", "reports"),
    _share(
        (Count.REPORTS_BY_POLICE,),
        (FIRST_EVENT + Kind.REPORTED,),
        "report_share_police",
        "Reports made by police",
        "",
        "reports by police over reports to child protection",
    ),
    _flow(Kind.REMOVED, "children_removed", "Children removed from home", "fewer", "to kin or foster care", "children"),
    _flow(Kind.REUNIFIED, "children_returned", "Placements ended", "more", "home, or grown up", "children"),
    _stock((Count.IN_FOSTER_CARE,), "in_foster_care", "Children in foster care", "fewer", "removed, not with kin"),
    _stock((Count.IN_KIN_CARE,), "in_kin_care", "Children in kin care", "fewer", "removed, with relatives"),
    _officers(Count.EXHAUSTED, "officers_exhausted", "Officers severely exhausted", "fewer", "above the cut-off"),
    _officers(
        Count.DEPERSONALISED,
        "officers_depersonalised",
        "Officers severely depersonalised",
        "fewer",
        "above the cut-off",
    ),
    _officers(Count.INJURED_OFFICERS, "officers_injured", "Officers with a lasting injury", "fewer", "PTSD-level"),
    _officers(Count.OFFICERS_IN_CARE, "officers_in_care", "Officers in mental health care", "", "in care"),
    _officers(Count.AWAY, "officers_away", "Officers sick or recovering", "fewer", "off duty tonight"),
    _flow(Kind.SICK, "sick_leaves", "Sick leaves of officers", "fewer", "leaves begun", "leaves"),
    _flow(Kind.SOUGHT_HELP, "officers_helped", "Officers who sought help", "more", "went into care"),
    _flow(Kind.OFFICER_LEFT, "officers_left", "Officers who left", "fewer", "resigned or retired", "officers"),
    _flow(Kind.CRITICAL_INCIDENT, "critical_incidents", "Critical incidents of officers", "", "other than overdoses"),
    _flow(Kind.TRAINED, "officers_trained", "Officers trained", "", "courses in trauma-informed practice", "courses"),
    _share(
        (Count.VACANT,),
        (Count.OFFICERS, Count.VACANT),
        "vacancy",
        "Sworn posts vacant",
        "fewer",
        "open posts that nobody holds over open posts",
    ),
    _share(
        (Count.RESPONSE_MINUTES,),
        (FIRST_EVENT + Kind.RESPONDED,),
        "response_minutes",
        "Minutes until somebody could help",
        "fewer",
        "from the call to the first responder with naloxone, mean of overdoses responded to",
        "minutes",
    ),
    _stock((Count.POPULATION,), "population", "Residents", "", "people who live here"),
)

NOTHING = float("nan")  # a share of nothing; one object, so that equal outcomes are equal
OUTCOMES: tuple[Outcome, ...] = tuple(recipe.outcome for recipe in _RECIPES)
_BY_ID = {recipe.outcome.id: recipe for recipe in _RECIPES}


def outcome(id: str) -> Outcome:
    """Return the outcome with this id; a KeyError names those there are."""
    if id not in _BY_ID:
        raise KeyError(f"no outcome {id!r}; there are {', '.join(_BY_ID)}")
    return _BY_ID[id].outcome


def _value(recipe: _Recipe, census: np.ndarray) -> float:
    total = census[:, list(recipe.over)].sum() - census[:, list(recipe.less)].sum()
    if recipe.outcome.kind == "count":
        return float(total)
    under = census[:, list(recipe.under)].sum() if recipe.under else len(census)
    return float(total / under) if under else NOTHING


def outcomes(world) -> dict[str, float]:
    """Return every outcome over the policy days of a world, counts as totals of the people simulated.

    `person_years` comes last: counts over it are yearly rates. A share of nothing is not a number.
    """
    policy = world.census[-START_DAY:]
    values = {recipe.outcome.id: _value(recipe, policy) for recipe in _RECIPES}
    values["person_years"] = float(policy[:, Count.POPULATION].sum() / DAYS_A_YEAR)
    return values


def monthly(world) -> dict[str, np.ndarray]:
    """Return every outcome by month, shape (months,) each; month 0 begins with the policy, the burn-in is negative."""
    days = np.arange(len(world.census)) + START_DAY
    month = np.floor(days / MONTH_DAYS).astype(np.int64)
    months = np.unique(month)
    parts = [world.census[month == m] for m in months]
    table = {
        "month": months,
        "month_days": np.array([len(part) for part in parts]),
    }
    for recipe in _RECIPES:
        table[recipe.outcome.id] = np.array([_value(recipe, part) for part in parts])
    return table
