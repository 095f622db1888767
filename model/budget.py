"""What the levers of a policy cost in a year beyond the status quo, and a budget that binds.

A `Measure` is something a programme pays for: the levers that call for it, a price, and how many units of it those
levers ask for in a place and year. Measures with `billed` are also in the bill of a run (costs.py), as what was in
force on each day: staff is paid whether it is busy or not. The others are planned here from what usually happens and
billed from what did happen. A lever in no measure is in UNPRICED, with the reason.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from ..scenarios import places
from ..scenarios.errors import InputError
from ..scenarios.evidence import evidence
from ..scenarios.schema import PRICE_YEARS, PricesSection, fields

if TYPE_CHECKING:
    from ..scenarios.schema import Scenario

DAYS_A_YEAR = 365.25
PER = 100_000  # residents
STEPS = 60  # halvings of the factor that makes a policy fit
SHOWN = 3  # largest items a refusal names


class Here(NamedTuple):
    """What a programme finds in a place: numbers of people and places, of all residents or of those simulated."""

    people: float
    officers: float
    homes: float
    oud: float  # with active opioid use disorder at the start
    places: tuple[float, float, float]  # in treatment with methadone, buprenorphine, naltrexone at the start
    jailed: float  # people with opioid use disorder in jail on an average day, roughly
    waiting: float  # waiting for methadone on an average day, roughly


class Measure(NamedTuple):
    """One thing a programme pays for."""

    id: str
    title: str
    price: tuple[str, ...]  # fields of `prices`, added up
    unit: str  # what one unit is
    levers: tuple[str, ...]  # dotted names: those that call for it
    units: Callable[["Scenario", Here], float]  # a year, at the levers of a scenario
    scaled: tuple[str, ...] = ()  # of the levers, those a tight budget moves
    billed: bool = False  # in the bill as what is in force
    each: tuple[str, Callable[["Scenario"], float]] | None = None  # billed per unit of a quantity: its id, the share


def _per_100k(level: float, here: Here) -> float:
    return level * here.people / PER


def _a_year(months: float, scenario) -> float:
    """Return courses a year of somebody taught again after so many months; 0: as long as a course lasts."""
    return 12 / months if months > 0 else 1 / scenario.prices.course_lasts_years


def _managers(s, here):
    used = s.deflection.officer_intervention or s.deflection.officer_referral
    return _per_100k(s.deflection.case_managers_per_100k, here) if used else 0.0


def _outreach(s, here):
    used = s.deflection.active_outreach or s.deflection.naloxone_plus
    return _per_100k(s.deflection.outreach_workers_per_100k, here) if used else 0.0


def _teams(s, here):
    return _per_100k(s.deflection.response_teams_per_100k, here) if s.deflection.community_response else 0.0


def _police_share(s) -> float:
    """Return the share of outreach visits an officer goes along on, less those where a peer takes the place."""
    d = s.deflection
    shares = [d.police_present] * d.naloxone_plus + [d.outreach_police_present] * d.active_outreach
    return float(np.mean(shares)) * (1 - s.engagement.lived_experience) if shares else 0.0


def _kits(s, here):
    supply, population = s.harm_reduction, s.population
    if supply.kits_per_year is not None:
        return float(supply.kits_per_year)
    return supply.kits_per_100k_year * here.oud / population.oud_per_100k


def _more_places(s, here):
    t = s.treatment
    factors = (t.slots_methadone, t.slots_buprenorphine, t.slots_naltrexone)
    return sum(places_ * (factor - 1) for places_, factor in zip(here.places, factors, strict=True))


def _skilled(s, here):
    w = s.officer_wellness
    return w.skills_course * here.officers * _a_year(w.skills_refresher_months, s)


def _taught(days: int):
    def units(s, here):
        t = s.trauma_training
        return t.coverage * here.officers * _a_year(t.refresher_months, s) if t.days == days else 0.0

    return units


def _staff(s, here):
    return _managers(s, here) + _outreach(s, here) + 2 * _teams(s, here)


def _families(s, here):
    """Return how many families a programme could meet in a year after an overdose or an arrest."""
    return here.oud * s.prices.affected_home_share * s.prices.family_events_per_year


def _visited(s, here):
    return _families(s, here) * (
        s.family.reach_base + (s.family.reach_most - s.family.reach_base) * s.family.welfare_check
    )


def _share_of_visited(name: str):
    return lambda s, here: getattr(s.family, name) * _visited(s, here)


def _locked(s, here):
    """Return lock boxes a year: homes with prescribed opioids that are locked beyond those locked by themselves."""
    f = s.family
    return max(0.0, f.safe_storage - f.locked_at_start) * f.prescribed_at_home * here.homes / s.prices.lock_box_years


def _well(name: str):
    return lambda s, here: float(getattr(s.officer_wellness, name)) * here.officers


def _agreed(name: str):
    return lambda s, here: _per_100k(float(getattr(s.engagement, name)), here)


_COURSES = ("trauma_training.coverage", "trauma_training.days", "trauma_training.refresher_months")
_CASES = ("deflection.case_managers_per_100k", "deflection.officer_intervention", "deflection.officer_referral")
_OUTREACH = ("deflection.outreach_workers_per_100k", "deflection.active_outreach", "deflection.naloxone_plus")
_TEAMS = ("deflection.response_teams_per_100k", "deflection.community_response")


def _well_measure(name: str, title: str, price: str) -> Measure:
    lever = f"officer_wellness.{name}"
    scaled = () if name in ("confidential_help", "services_on_shift") else (lever,)
    return Measure(name, title, (price,), "officer-year", (lever,), _well(name), scaled, True)


def _family_measure(lever: str, id: str, title: str, price: tuple[str, ...], unit: str) -> Measure:
    path = f"family.{lever}"
    return Measure(id, title, price, unit, (path,), _share_of_visited(lever), (path,))


MEASURES: tuple[Measure, ...] = (
    Measure(
        "case_managers", "Case managers", ("cost_case_manager_year",), "FTE-year", _CASES, _managers, _CASES[:1], True
    ),
    Measure(
        "outreach_workers",
        "Outreach workers",
        ("cost_outreach_worker_year",),
        "FTE-year",
        _OUTREACH,
        _outreach,
        _OUTREACH[:1],
        True,
    ),
    Measure(
        "visiting_officers",
        "Officers on outreach visits",
        ("cost_police_hour",),
        "hour",
        ("deflection.police_present", "deflection.outreach_police_present"),
        lambda s, here: (
            _outreach(s, here) * s.deflection.visits_per_worker * DAYS_A_YEAR * _police_share(s) * s.prices.visit_hours
        ),
        (),
        True,
        ("event.visited", lambda s: _police_share(s) * s.prices.visit_hours),
    ),
    Measure(
        "response_teams", "Community response teams", ("cost_response_team_year",), "team-year", _TEAMS, _teams,
        _TEAMS[:1], True,
    ),
    Measure(
        "co_responders",
        "Officers in community response teams",
        ("cost_police_hour",),
        "hour",
        ("deflection.co_responder",),
        lambda s, here: s.deflection.co_responder * _teams(s, here) * s.prices.officer_year_hours,
        (),
        True,
    ),
    Measure(
        "publicity",
        "Publicity for self-referral",
        ("cost_publicity_year",),
        "per 100,000 residents and year",
        ("deflection.self_referral_publicity",),
        lambda s, here: (
            _per_100k(max(0.0, s.deflection.self_referral_publicity - 1), here) * s.deflection.self_referral
        ),
        ("deflection.self_referral_publicity",),
        True,
    ),
    Measure(
        "coordinator", "Coordinator", ("cost_coordinator_year",), "FTE-year", ("engagement.coordinator",),
        _agreed("coordinator"), (), True,
    ),
    Measure(
        "board", "Agreements and steering board", ("cost_board_year",), "per 100,000 residents and year",
        ("engagement.agreements",), _agreed("agreements"), ("engagement.agreements",), True,
    ),
    Measure(
        "feedback", "Word to officers of what became of referrals", ("cost_feedback_year",),
        "per 100,000 residents and year", ("engagement.feedback",), _agreed("feedback"), ("engagement.feedback",), True,
    ),
    Measure(
        "lived_experience",
        "People in recovery on visits",
        ("cost_lived_experience_year",),
        "FTE-year",
        ("engagement.lived_experience",),
        lambda s, here: s.engagement.lived_experience * _outreach(s, here),
        ("engagement.lived_experience",),
        True,
    ),
    Measure(
        "social_services",
        "Housing, food and transport for people in case management",
        ("cost_social_services_year",),
        "person-year",
        ("engagement.social_services",),
        lambda s, here: s.engagement.social_services * _managers(s, here) * s.deflection.caseload,
        ("engagement.social_services",),
        True,
        ("census.managed", lambda s: s.engagement.social_services / DAYS_A_YEAR),
    ),
    Measure(
        "more_places",
        "Treatment places beyond today's",
        ("cost_slot_year",),
        "place-year",
        ("treatment.slots_methadone", "treatment.slots_buprenorphine", "treatment.slots_naltrexone"),
        _more_places,
        ("treatment.slots_methadone", "treatment.slots_buprenorphine", "treatment.slots_naltrexone"),
        True,
    ),
    Measure(
        "interim_methadone",
        "Methadone while waiting",
        ("cost_methadone_year",),
        "person-year",
        ("treatment.interim_methadone",),
        lambda s, here: s.treatment.interim_methadone * here.waiting,
        (),
        True,
        ("census.waiting", lambda s: s.treatment.interim_methadone * s.treatment.methadone_share / DAYS_A_YEAR),
    ),
    Measure(
        "jail_medication",
        "Giving medication in jail",
        ("cost_jail_medication_day",),
        "person-day",
        ("custody.jail_medication",),
        lambda s, here: s.custody.jail_medication * here.jailed * DAYS_A_YEAR,
        ("custody.jail_medication",),
        True,
        ("census.jailed", lambda s: s.custody.jail_medication),
    ),
    Measure(
        "kits",
        "Naloxone kits handed out",
        ("cost_naloxone_kit", "cost_kit_distribution"),
        "kit",
        ("harm_reduction.kits_per_year", "harm_reduction.kits_per_100k_year"),
        _kits,
        ("harm_reduction.kits_per_year", "harm_reduction.kits_per_100k_year"),
    ),
    Measure(
        "crisis_courses",
        "Crisis intervention courses",
        ("cost_course_five_day",),
        "course",
        ("policing.cit_share",),
        lambda s, here: s.policing.cit_share * here.officers / s.prices.course_lasts_years,
        ("policing.cit_share",),
        True,
    ),
    Measure(
        "one_day_courses", "One-day courses for officers", ("cost_course_one_day",), "course", _COURSES, _taught(1),
        _COURSES[:1], True, ("event.trained", lambda s: float(s.trauma_training.days == 1)),
    ),
    Measure(
        "five_day_courses", "Five-day courses for officers", ("cost_course_five_day",), "course", _COURSES, _taught(5),
        _COURSES[:1], True, ("event.trained", lambda s: float(s.trauma_training.days == 5)),
    ),
    Measure(
        "cotrainers",
        "Survivors who teach",
        ("cost_survivor_cotrainer",),
        "officer taught",
        ("trauma_training.survivor_cotrainer",),
        lambda s, here: s.trauma_training.survivor_cotrainer * (_taught(1)(s, here) + _taught(5)(s, here)),
        (),
        True,
        ("event.trained", lambda s: float(s.trauma_training.survivor_cotrainer)),
    ),
    Measure(
        "staff_courses",
        "Courses for programme staff",
        ("cost_course_one_day",),
        "course",
        ("deflection.team_trauma_informed", "trauma_training.staff"),
        lambda s, here: (
            max(s.deflection.team_trauma_informed, s.trauma_training.staff)
            * _staff(s, here)
            / s.prices.course_lasts_years
        ),
        ("deflection.team_trauma_informed", "trauma_training.staff"),
        True,
    ),
    Measure(
        "provider_courses",
        "Courses for treatment staff",
        ("cost_provider_training_year",),
        "place-year",
        ("trauma_training.providers",),
        lambda s, here: s.trauma_training.providers * (sum(here.places) + _more_places(s, here)),
        ("trauma_training.providers",),
        True,
    ),
    _well_measure("peer_support", "Peer support for officers", "cost_peer_support_officer_year"),
    _well_measure("coach", "Mental health coach for officers", "cost_coach_officer_year"),
    _well_measure("destigmatising", "Open talk about seeking help", "cost_destigmatising_year"),
    _well_measure("confidential_help", "Confidential help for officers", "cost_confidential_help_year"),
    _well_measure("services_on_shift", "Help in officers' working hours", "cost_services_on_shift_year"),
    Measure(
        "skills_courses",
        "Psychological-skills courses for officers",
        ("cost_skills_course",),
        "course",
        ("officer_wellness.skills_course", "officer_wellness.skills_refresher_months"),
        _skilled,
        ("officer_wellness.skills_course",),
    ),
    Measure(
        "recovery_time",
        "Time off after a traumatic call, backfilled",
        ("cost_police_hour",),
        "hour",
        ("officer_wellness.recovery_time",),
        lambda s, here: (
            s.officer_wellness.recovery_time
            * here.officers
            * s.officer_wellness.critical_incidents_per_year
            * s.officer_wellness.recovery_days
            * s.prices.shift_hours
        ),
    ),
    Measure(
        "posts",
        "Sworn posts beyond today's",
        ("cost_police_hour",),
        "hour",
        ("officer_wellness.staffing",),
        lambda s, here: (s.officer_wellness.staffing - 1) * here.officers * s.prices.officer_year_hours,
        ("officer_wellness.staffing",),
        True,
    ),
    Measure(
        "family_visits", "Visits to families", ("cost_welfare_check",), "visit", ("family.welfare_check",), _visited,
        ("family.welfare_check",),
    ),
    _family_measure("coaching", "coaching", "Coaching of families", ("cost_family_coaching",), "family"),
    _family_measure(
        "services", "family_services", "Practical services for families", ("cost_family_services_year",),
        "household-year",
    ),
    Measure(
        "school_notices", "Notices to schools", ("cost_handle_with_care_notice",), "notice",
        ("family.handle_with_care",), lambda s, here: s.family.handle_with_care * _families(s, here),
        ("family.handle_with_care",),
    ),
    Measure(
        "children_checks", "Checks on children after a parent's arrest", ("cost_welfare_check",), "visit",
        ("family.endangered_children_check",), lambda s, here: s.family.endangered_children_check * _families(s, here),
        ("family.endangered_children_check",), True,
        ("event.parent_arrested", lambda s: s.family.endangered_children_check),
    ),
    _family_measure(
        "household_naloxone", "family_kits", "Naloxone kits for families",
        ("cost_naloxone_kit", "cost_kit_distribution"), "kit",
    ),
    Measure(
        "lock_boxes", "Lock boxes", ("cost_lock_box",), "box", ("family.safe_storage",), _locked,
        ("family.safe_storage",), True,
    ),
)  # fmt: skip

_SETS_OFF = "costs nothing itself; what it sets off is in the bill"
_RULE = "a rule, not a purchase"
_STAFF_TIME = "the time of staff that is paid already"
_STATE = "how things stand, not something bought"
UNPRICED: dict[str, str] = {
    "treatment.intake_days": "a way of working of clinics whose patients are paid for by the person-year",
    "harm_reduction.good_samaritan_law": _RULE,
    "policing.police_naloxone": "the kits of patrol cars, which every department has today",
    "policing.proactive": _SETS_OFF,
    "policing.scene_arrests": _SETS_OFF,
    "deflection.coverage": _RULE,
    "deflection.hours": _RULE,
    "deflection.self_referral": _STAFF_TIME,
    "deflection.eligible_possession": _RULE,
    "deflection.eligible_low_level": _RULE,
    "deflection.eligible_supervised": _RULE,
    "deflection.eligible_arrests": _RULE,
    "deflection.charge_held": _RULE,
    "deflection.plan_months": _STAFF_TIME,
    "deflection.leader_endorses": _RULE,
    "deflection.first_visit_hours": _STAFF_TIME,
    "deflection.visits_most": _STAFF_TIME,
    "deflection.leave_behind_kits": "the kits left are billed with all others; how many is known only after the run",
    "deflection.medication_arranged": _STAFF_TIME,
    "deflection.placement_tries": _STAFF_TIME,
    "engagement.event_sharing": "part of agreements and the coordinator",
    "engagement.warm_share": _STAFF_TIME,
    "engagement.warm_intake_days": _STAFF_TIME,
    "engagement.reserved_slots": "places that are paid already",
    "engagement.champion_lost": _STATE,
    "trust.shock": _STATE,
    "officer_wellness.burnout": _STATE,
    "officer_wellness.fitness_reframed": _RULE,
    "officer_wellness.overtime_cap": "what it leaves undone has no price here",
    "trauma_training.safety": "what a course is about, not how many there are",
    "trauma_training.connection": "what a course is about, not how many there are",
    "trauma_training.managing_impulses": "what a course is about, not how many there are",
    "family.mandatory_report": _SETS_OFF,
}
# Levers whose status quo is a shape that no pathway uses yet: scaled, they go to nothing.
FROM_NOTHING = tuple(levers[0] for levers in (_CASES, _OUTREACH, _TEAMS))


def currency_year(name: str) -> int:
    """Return the year of the dollars of a price, from its row."""
    row = PricesSection.model_fields[name].json_schema_extra["evidence"]
    year = evidence(row).currency_year
    assert year, f"{row} has no currency_year"
    return year


def price_of(scenario: "Scenario", names: tuple[str, ...]) -> float:
    """Return what one unit costs, in dollars of the scenario's price year: the sum of fields of `prices`."""
    prices = scenario.prices
    index = dict(zip(PRICE_YEARS, prices.price_index, strict=True))
    return sum(getattr(prices, name) * index[prices.price_year] / index[currency_year(name)] for name in names)


def here_of(scenario: "Scenario", people: float | None = None) -> Here:
    """Return what a programme finds in the scenario's place; `people` of it, by default all residents."""
    place = places.find(scenario.place)
    people = place.population if people is None else people
    stock, t, policing, custody = scenario.population, scenario.treatment, scenario.policing, scenario.custody
    scale = stock.oud_scale
    if scale is None:
        scale = min(max(place.death_ratio, stock.oud_scale_min), stock.oud_scale_max)
    oud = stock.oud_per_100k / PER * scale * people
    shares = (t.methadone_share, t.buprenorphine_share, t.naltrexone_share)
    sites = (
        place.otp_sites * t.patients_per_otp,
        place.buprenorphine_sites * t.patients_per_buprenorphine_site,
        0.0,
    )
    share = people / place.population
    usual = [oud * stock.on_medication_share * part / t.occupancy for part in shares]
    booked = oud * policing.enforcement_contacts_per_year * policing.arrest_share * custody.arrest_to_jail
    return Here(
        people=people,
        officers=(policing.officers_per_1000 or place.officers_per_1000) * people / 1000,
        homes=place.households * share,
        oud=oud,
        places=tuple(max(here, site * share) for here, site in zip(usual, sites, strict=True)),
        jailed=booked * custody.jail_days / DAYS_A_YEAR,
        waiting=oud * t.seek_per_year * t.methadone_share * t.intake_days / DAYS_A_YEAR,
    )


class Priced(NamedTuple):
    """A measure of a policy, over the status quo."""

    measure: Measure
    units: float  # a year
    price: float  # dollars of the price year
    dollars: float  # a year


def yearly(scenario: "Scenario", day: int = 0) -> list[Priced]:
    """Return what the levers in force on a day cost in a year over the status quo, in the whole place, dearest first.

    Measures that cost the same as under the status quo are left out.
    """
    policy, usual, here = scenario.on(day), scenario.on(-1), here_of(scenario)
    found = []
    for measure in MEASURES:
        units = measure.units(policy, here) - measure.units(usual, here)
        if units:
            price = price_of(scenario, measure.price)
            found.append(Priced(measure, units, price, units * price))
    return sorted(found, key=lambda one: -one.dollars)


def dearest(scenario: "Scenario") -> tuple[float, list[Priced]]:
    """Return the dollars and measures of the dearest set of levers that is ever in force."""
    days = {0, *(change.day for change in scenario.changes)}
    sets = [yearly(scenario, day) for day in sorted(days)]
    totals = [sum(one.dollars for one in told) for told in sets]
    most = int(np.argmax(totals))
    return totals[most], sets[most]


def within_budget(scenario: "Scenario") -> "Scenario":
    """Return a scenario whose levers cost no more than its budget in any year: itself, or with its levers scaled.

    Scaling moves every lever in `scaled` of a measure from where the policy puts it toward the status quo, all by one
    factor, dated changes too; levers that are on or off stay. The factor is told in the description. Raises InputError
    when the policy is over its budget and is to be refused, or cannot be scaled to fit.
    """
    limit = scenario.budget.dollars_per_year
    if limit is None:
        return scenario
    total, told = dearest(scenario)
    if total <= limit:
        return scenario
    if scenario.budget.over == "refuse":
        factor = _factor(scenario, limit)
        cure = "no smaller part of it fits" if factor is None else f"{factor:.2f} of its scaled levers would fit"
        raise InputError(
            f"budget.dollars_per_year: {scenario.name} costs ${total:,.0f} a year over the status quo, the budget is "
            f"${limit:,.0f}; most for {_largest(told)}; {cure} (budget.over=scale does that)"
        )
    factor = _factor(scenario, limit)
    if factor is None:
        fixed = dearest(_scaled(scenario, 0.0))
        raise InputError(
            f"budget.dollars_per_year: {scenario.name} cannot be scaled to ${limit:,.0f} a year: what is on or off "
            f"costs ${fixed[0]:,.0f} ({_largest(fixed[1])})"
        )
    said = f"Its levers are scaled to {factor:.3g} of the way from the status quo to fit ${limit:,.0f} a year."
    fitted = _scaled(scenario, factor)
    return fitted.model_copy(update={"description": f"{scenario.description} {said}".strip()})


def _largest(told: list[Priced]) -> str:
    return ", ".join(f"{one.measure.title.lower()} (${one.dollars:,.0f})" for one in told[:SHOWN])


def _factor(scenario: "Scenario", limit: float) -> float | None:
    """Return the largest factor by bisection at which the policy fits; None where not even 0 does."""
    low, high = 0.0, 1.0
    if dearest(_scaled(scenario, low))[0] > limit:
        return None
    for _ in range(STEPS):
        middle = (low + high) / 2
        low, high = (middle, high) if dearest(_scaled(scenario, middle))[0] <= limit else (low, middle)
    return low


def _scaled(scenario: "Scenario", factor: float) -> "Scenario":
    """Return the scenario with the levers that a budget moves at `factor` of the way from the status quo."""
    here, usual = here_of(scenario), {spec.path: spec.default for spec in fields() if spec.kind == "lever"}

    def moved(path: str, value):
        base = 0.0 if path in FROM_NOTHING else usual[path]
        if path == "harm_reduction.kits_per_year":
            if value is None:
                return None
            base = _kits(scenario.on(-1), here)
            return int(base + factor * (value - base))
        return base + factor * (value - base)

    movable = {path for measure in MEASURES for path in measure.scaled}
    sections: dict[str, dict] = {}
    for path in movable:
        section, name = path.split(".")
        value = getattr(getattr(scenario, section), name)
        sections.setdefault(section, {})[name] = moved(path, value)
    update = {section: getattr(scenario, section).model_copy(update=told) for section, told in sections.items()}
    changes = []
    for change in scenario.changes:
        told = {path: moved(path, value) if path in movable else value for path, value in change.set.items()}
        changes.append(type(change).model_validate({"day": change.day, "set": told}))
    return scenario.model_copy(update=update | {"changes": tuple(changes)})
