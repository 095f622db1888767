"""What a programme pays for: every lever with its measure and price, or with the reason why it has none.

A `Measure` is one thing that is paid for: the levers that call for it, a price, and how many units of it those levers
ask for in a place and year (needs.py). Measures with `billed` are also in the bill of a run (costs.py), as what was in
force on each day: staff is paid whether it is busy or not. The others are planned from what usually happens and billed
from what did happen. A lever in no measure is in UNPRICED, with the reason.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple

from . import needs
from .needs import DAYS_A_YEAR, Here

if TYPE_CHECKING:
    from ..scenarios.schema import Scenario


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


_COURSES = ("trauma_training.coverage", "trauma_training.days", "trauma_training.refresher_months")
_CASES = ("deflection.case_managers_per_100k", "deflection.officer_intervention", "deflection.officer_referral")
_OUTREACH = ("deflection.outreach_workers_per_100k", "deflection.active_outreach", "deflection.naloxone_plus")
_TEAMS = ("deflection.response_teams_per_100k", "deflection.community_response")


def _well_measure(name: str, title: str, price: str) -> Measure:
    lever = f"officer_wellness.{name}"
    scaled = () if name in ("confidential_help", "services_on_shift") else (lever,)
    return Measure(name, title, (price,), "officer-year", (lever,), needs.well(name), scaled, True)


def _family_measure(lever: str, id: str, title: str, price: tuple[str, ...], unit: str) -> Measure:
    path = f"family.{lever}"
    return Measure(id, title, price, unit, (path,), needs.share_of_visited(lever), (path,))


MEASURES: tuple[Measure, ...] = (
    Measure(
        "case_managers", "Case managers", ("cost_case_manager_year",), "FTE-year", _CASES, needs.managers, _CASES[:1],
        True,
    ),
    Measure(
        "outreach_workers",
        "Outreach workers",
        ("cost_outreach_worker_year",),
        "FTE-year",
        _OUTREACH,
        needs.outreach,
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
            needs.outreach(s, here)
            * s.deflection.visits_per_worker
            * DAYS_A_YEAR
            * needs.police_share(s)
            * s.prices.visit_hours
        ),
        (),
        True,
        ("event.visited", lambda s: needs.police_share(s) * s.prices.visit_hours),
    ),
    Measure(
        "response_teams", "Community response teams", ("cost_response_team_year",), "team-year", _TEAMS, needs.teams,
        _TEAMS[:1], True,
    ),
    Measure(
        "co_responders",
        "Officers in community response teams",
        ("cost_police_hour",),
        "hour",
        ("deflection.co_responder",),
        lambda s, here: s.deflection.co_responder * needs.teams(s, here) * s.prices.officer_year_hours,
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
            needs.per_100k(max(0.0, s.deflection.self_referral_publicity - 1), here) * s.deflection.self_referral
        ),
        ("deflection.self_referral_publicity",),
        True,
    ),
    Measure(
        "coordinator", "Coordinator", ("cost_coordinator_year",), "FTE-year", ("engagement.coordinator",),
        needs.agreed("coordinator"), (), True,
    ),
    Measure(
        "board", "Agreements and steering board", ("cost_board_year",), "per 100,000 residents and year",
        ("engagement.agreements",), needs.agreed("agreements"), ("engagement.agreements",), True,
    ),
    Measure(
        "feedback", "Word to officers of what became of referrals", ("cost_feedback_year",),
        "per 100,000 residents and year", ("engagement.feedback",), needs.agreed("feedback"), ("engagement.feedback",),
        True,
    ),
    Measure(
        "lived_experience",
        "People in recovery on visits",
        ("cost_lived_experience_year",),
        "FTE-year",
        ("engagement.lived_experience",),
        lambda s, here: s.engagement.lived_experience * needs.outreach(s, here),
        ("engagement.lived_experience",),
        True,
    ),
    Measure(
        "social_services",
        "Housing, food and transport for people in case management",
        ("cost_social_services_year",),
        "person-year",
        ("engagement.social_services",),
        lambda s, here: s.engagement.social_services * needs.managers(s, here) * s.deflection.caseload,
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
        needs.more_places,
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
        needs.kits,
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
        "one_day_courses", "One-day courses for officers", ("cost_course_one_day",), "course", _COURSES,
        needs.taught(1), _COURSES[:1], True, ("event.trained", lambda s: float(s.trauma_training.days == 1)),
    ),
    Measure(
        "five_day_courses", "Five-day courses for officers", ("cost_course_five_day",), "course", _COURSES,
        needs.taught(5), _COURSES[:1], True, ("event.trained", lambda s: float(s.trauma_training.days == 5)),
    ),
    Measure(
        "cotrainers",
        "Survivors who teach",
        ("cost_survivor_cotrainer",),
        "officer taught",
        ("trauma_training.survivor_cotrainer",),
        lambda s, here: s.trauma_training.survivor_cotrainer * (needs.taught(1)(s, here) + needs.taught(5)(s, here)),
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
            * needs.staff(s, here)
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
        lambda s, here: s.trauma_training.providers * (sum(here.places) + needs.more_places(s, here)),
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
        needs.skilled,
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
        "family_visits", "Visits to families", ("cost_welfare_check",), "visit", ("family.welfare_check",),
        needs.visited, ("family.welfare_check",),
    ),
    _family_measure("coaching", "coaching", "Coaching of families", ("cost_family_coaching",), "family"),
    _family_measure(
        "services", "family_services", "Practical services for families", ("cost_family_services_year",),
        "household-year",
    ),
    Measure(
        "school_notices", "Notices to schools", ("cost_handle_with_care_notice",), "notice",
        ("family.handle_with_care",), lambda s, here: s.family.handle_with_care * needs.families(s, here),
        ("family.handle_with_care",),
    ),
    Measure(
        "children_checks", "Checks on children after a parent's arrest", ("cost_welfare_check",), "visit",
        ("family.endangered_children_check",),
        lambda s, here: s.family.endangered_children_check * needs.families(s, here),
        ("family.endangered_children_check",), True,
        ("event.parent_arrested", lambda s: s.family.endangered_children_check),
    ),
    _family_measure(
        "household_naloxone", "family_kits", "Naloxone kits for families",
        ("cost_naloxone_kit", "cost_kit_distribution"), "kit",
    ),
    Measure(
        "lock_boxes", "Lock boxes", ("cost_lock_box",), "box", ("family.safe_storage",), needs.locked,
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
