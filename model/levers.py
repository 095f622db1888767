"""Levers: what a policy may set, put into the numbers in force and into the rows of providers and agencies."""

import numpy as np

from ..agents.agency import AgencyKind
from ..agents.provider import ProviderKind
from ..agents.worker import Role
from .hand_off import make_hand_offs
from .rules import DAYS_A_YEAR, lever_numbers

NOT_GIVEN = 10**6  # the first day of a course that nobody gives


def kits_per_day(scenario, people: int, place_population: int, oud_scale: float) -> float:
    """Return naloxone kits handed out a day among `people` simulated of a place's population.

    The supply per 100,000 residents is that of an average community; it goes where the need is.
    """
    supply = scenario.harm_reduction
    if supply.kits_per_year is None:
        return supply.kits_per_100k_year * oud_scale / 100_000 * people / DAYS_A_YEAR
    return supply.kits_per_year * people / place_population / DAYS_A_YEAR


def _staff(world, scenario) -> None:
    """Let so many case managers and outreach workers work as the scenario says; the last one part-time."""
    deflection, rules, workers = scenario.deflection, world.state.rules[0], world.state.workers
    per_person = world.starting_people / 100_000
    managers = deflection.case_managers_per_100k + scenario.engagement.coordinator
    people = managers * per_person * deflection.caseload
    visits = deflection.outreach_workers_per_100k * per_person * deflection.visits_per_worker
    rules.visits_per_day = visits
    rules.team_calls_per_day = deflection.response_teams_per_100k * per_person * deflection.calls_per_team
    for role, work, each in (
        (Role.CASE_MANAGER, round(people), round(deflection.caseload)),
        (Role.OUTREACH, int(np.ceil(visits / deflection.visits_per_worker)) if visits > 0 else 0, 1),
    ):
        rows = np.flatnonzero(workers.role == role)
        workers.capacity[rows] = np.clip(work - each * np.arange(len(rows)), 0, each)


def _wear_and_teach(world, scenario) -> None:
    """Begin courses that a policy brings, and start the force as rested or burned out as it says."""
    rules, officers = world.state.rules[0], world.state.officers
    training, wellness = scenario.trauma_training, scenario.officer_wellness
    for since, given in (
        ("course_since", training.coverage > 0 and training.days > 0),
        ("skills_since", wellness.skills_course > 0),
        ("staff_since", training.staff > 0 or training.providers > 0),
    ):
        if not given:
            rules[since] = NOT_GIVEN
        elif rules[since] == NOT_GIVEN:
            rules[since] = world.day
    more = wellness.burnout - rules.burnout_in_force
    if more != 0:
        serving = officers.left > world.day
        officers.exhaustion[serving] += more
        officers.depersonalisation[serving] += more
        rules.burnout_in_force = wellness.burnout


def shock_trust(world, size: float) -> None:
    """Let a public event lower everybody's trust in police today, on top of what is left of earlier ones."""
    rules = world.state.rules[0]
    if size == 0:
        return
    left = rules.trust_shock_size * rules.trust_shock_keep ** (world.day - rules.trust_shock_day)
    rules.trust_shock_size = left + size
    rules.trust_shock_day = world.day


def set_levers(world, scenario) -> None:
    """Put the levers of a scenario in force from today on. What was solved for the people at the start stays."""
    rules = world.state.rules[0]
    rules.kits_per_day = kits_per_day(scenario, world.starting_people, world.place_population, float(rules.oud_scale))
    numbers = lever_numbers(scenario)
    for name, value in numbers.items():
        rules[name] = value
    _wear_and_teach(world, scenario)
    rules.self_referral_per_day = rules.self_referral * rules.self_referral_base * rules.self_referral_publicity
    world.state.hand_off[:] = make_hand_offs(scenario)
    _staff(world, scenario)
    treatment = scenario.treatment
    factor = np.empty(len(ProviderKind))
    factor[ProviderKind.OPIOID_TREATMENT_PROGRAMME] = treatment.slots_methadone
    factor[ProviderKind.OFFICE_BUPRENORPHINE] = treatment.slots_buprenorphine
    factor[ProviderKind.OFFICE_NALTREXONE] = treatment.slots_naltrexone
    factor[ProviderKind.DETOX] = 1.0
    providers = world.state.providers
    providers.slots[:] = np.rint(providers.start_slots * factor[providers.kind])
    providers.reserved[:] = np.floor(providers.slots * scenario.engagement.reserved_slots)
    agencies = world.state.agencies
    police = agencies.kind == AgencyKind.POLICE
    agencies.carries_naloxone[police] = scenario.policing.police_naloxone
