"""The levers the page offers, in groups and in plain words; unit, default and evidence come from the schema."""

from typing import NamedTuple


class Lever(NamedTuple):
    """One lever as a visitor meets it."""

    path: str  # dotted name in the scenario
    title: str
    help: str
    kind: str = "slider"  # slider, switch or choice
    low: float = 0.0
    high: float = 1.0
    step: float = 0.05
    as_percent: bool = True
    unit: str = ""
    options: tuple[int, ...] = ()


class Group(NamedTuple):
    """Levers that belong to one idea."""

    id: str
    title: str
    levers: tuple[Lever, ...]


def _share(path: str, title: str, help: str) -> Lever:
    return Lever(path, title, help)


def _switch(path: str, title: str, help: str) -> Lever:
    return Lever(path, title, help, "switch", as_percent=False)


def _number(path: str, title: str, help: str, low: float, high: float, step: float, unit: str) -> Lever:
    return Lever(path, title, help, "slider", low, high, step, False, unit)


GROUPS = (
    Group(
        "deflection",
        "Deflection",
        (
            _share("deflection.coverage", "Officers able to deflect", "Share of officers who may offer deflection"),
            _share("deflection.hours", "Hours covered", "Share of hours in which deflection is open"),
            _switch(
                "deflection.leader_endorses", "Chiefs endorse it", "Officers offer it more when leaders stand by it"
            ),
            _switch(
                "deflection.officer_intervention", "Officer intervention", "An offer in place of a charge, at a stop"
            ),
            _switch("deflection.officer_referral", "Officer referral", "An offer with no charge in play"),
            _switch("deflection.self_referral", "Self-referral", "People walk into the station and ask for help"),
            _switch(
                "deflection.active_outreach", "Active outreach", "Workers seek people out at home and in the street"
            ),
            _switch("deflection.naloxone_plus", "Naloxone plus", "A team visits survivors days after an overdose"),
            _switch("deflection.community_response", "Community response", "Clinician and medic in place of a patrol"),
            _number(
                "deflection.outreach_workers_per_100k", "Outreach workers", "Who visit people", 0, 30, 1, "per 100,000"
            ),
            _number(
                "deflection.case_managers_per_100k", "Case managers", "Who see people through", 0, 30, 1, "per 100,000"
            ),
        ),
    ),
    Group(
        "treatment",
        "Treatment and naloxone",
        (
            _number(
                "treatment.slots_buprenorphine",
                "Buprenorphine places",
                "How many can be treated at once",
                0.5,
                3,
                0.1,
                "times today",
            ),
            _number(
                "treatment.slots_methadone",
                "Methadone places",
                "How many can be treated at once",
                0.5,
                3,
                0.1,
                "times today",
            ),
            _number(
                "treatment.intake_days", "First appointment", "From asking to it, a place being free", 0, 60, 1, "days"
            ),
            _share("custody.jail_medication", "Jails that give medication", "Share of stays in jail with medication"),
            _number(
                "harm_reduction.kits_per_100k_year",
                "Naloxone kits",
                "Handed out to people, homes and friends",
                0,
                5000,
                50,
                "a year per 100,000",
            ),
        ),
    ),
    Group(
        "training",
        "Trauma-informed practice",
        (
            _share("trauma_training.coverage", "Officers trained", "Share of officers who take the course"),
            Lever(
                "trauma_training.days",
                "Length of the course",
                "Five days hold longer than one",
                "choice",
                as_percent=False,
                unit="days",
                options=(0, 1, 5),
            ),
            _number("trauma_training.refresher_months", "Refreshers", "Months between; 0: never", 0, 36, 1, "months"),
            _share("trauma_training.providers", "Treatment staff trained", "Share of providers who work that way"),
            _share("trauma_training.staff", "Outreach staff trained", "Case managers and outreach workers"),
        ),
    ),
    Group(
        "officers",
        "Officers' burnout and wellness",
        (
            _number(
                "officer_wellness.burnout",
                "Burnout at the start",
                "Of the whole force; 0 is an ordinary one",
                -1,
                2,
                0.25,
                "standard deviations",
            ),
            _share("officer_wellness.peer_support", "Peer support", "Share of officers it reaches"),
            _share("officer_wellness.coach", "Mental health coach", "Share of officers who see one"),
            _share("officer_wellness.skills_course", "Course in coping skills", "Share of officers who take it"),
            _switch("officer_wellness.confidential_help", "Confidential help", "Care that no one at work hears of"),
            _switch("officer_wellness.recovery_time", "Time off after a bad call", "Days away after a traumatic call"),
            _number(
                "officer_wellness.staffing",
                "Sworn posts",
                "How many officers there could be",
                0.5,
                1.5,
                0.05,
                "times today",
            ),
        ),
    ),
    Group(
        "family",
        "Children and families",
        (
            _share("family.welfare_check", "Families looked up", "After an overdose call or an arrest"),
            _share("family.services", "Practical services", "Housing, food, school: share of families met"),
            _share("family.household_naloxone", "Naloxone in the home", "Left with families that are met"),
            _share("family.handle_with_care", "Notices to schools", "Share of schools told the next morning"),
            _share("family.coaching", "Coaching of relatives", "Share of families met; how to help into treatment"),
            _share("family.safe_storage", "Medicines locked away", "Share of homes that lock up prescribed opioids"),
        ),
    ),
    Group(
        "engagement",
        "Agencies working together",
        (
            _share("engagement.event_sharing", "Overdoses passed on", "Share of events the team hears of"),
            _share("engagement.warm_share", "Accompanied hand-offs", "Somebody goes along to the first appointment"),
            _share("engagement.reserved_slots", "Places kept free", "Share of places for people handed over"),
            _share("engagement.lived_experience", "Lived experience", "Share of visits with peers in place of police"),
            _switch("engagement.coordinator", "A coordinator", "Full time; referrals are answered at once"),
            _share("engagement.social_services", "Social services", "Housing, food, transport for those in care"),
        ),
    ),
)
LEVERS = {lever.path: lever for group in GROUPS for lever in group.levers}

SWITCH_WORDS = {  # disputed links: question, what "off" and "strong" mean
    "burnout_to_offers": "Do worn-out officers offer deflection less often?",
    "trust_to_911": "Do people who trust police call 911 more often?",
    "trust_to_acceptance": "Does trust in police make an offer easier to accept?",
    "trauma_informed_to_acceptance": "Do trauma-informed teams get more people to accept?",
    "bad_to_good_contact": "Does one bad contact weigh more than one good one?",
    "warm_handoff": "Does going along to the first appointment bring more people there?",
    "cit_to_arrest": "Do officers with crisis training arrest less often?",
    "calls_to_attitude": "Do many overdose calls sour officers' attitudes?",
    "law_to_911": "Do people who know the Good Samaritan law call more often?",
    "seizure_to_overdose": "Does a police seizure raise overdoses nearby for some days?",
}
