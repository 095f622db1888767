"""Levers: what a policy may set, put into the numbers in force and into the rows of providers and agencies."""

import numpy as np

from ..agents.agency import AgencyKind
from ..agents.provider import ProviderKind
from .rules import DAYS_A_YEAR


def kits_per_day(scenario, people: int, place_population: int, oud_scale: float) -> float:
    """Return naloxone kits handed out a day among `people` simulated of a place's population.

    The supply per 100,000 residents is that of an average community; it goes where the need is.
    """
    supply = scenario.harm_reduction
    if supply.kits_per_year is None:
        return supply.kits_per_100k_year * oud_scale / 100_000 * people / DAYS_A_YEAR
    return supply.kits_per_year * people / place_population / DAYS_A_YEAR


def set_levers(world, scenario) -> None:
    """Put the levers of a scenario in force from today on. What was solved for the people at the start stays."""
    rules = world.state.rules[0]
    rules.kits_per_day = kits_per_day(scenario, world.starting_people, world.place_population, float(rules.oud_scale))
    rules.good_samaritan_law = float(scenario.harm_reduction.good_samaritan_law)
    rules.intake_days = float(scenario.treatment.intake_days)
    treatment = scenario.treatment
    factor = np.empty(len(ProviderKind))
    factor[ProviderKind.OPIOID_TREATMENT_PROGRAMME] = treatment.slots_methadone
    factor[ProviderKind.OFFICE_BUPRENORPHINE] = treatment.slots_buprenorphine
    factor[ProviderKind.OFFICE_NALTREXONE] = treatment.slots_naltrexone
    providers = world.state.providers
    providers.slots[:] = np.rint(providers.start_slots * factor[providers.kind])
    agencies = world.state.agencies
    police = agencies.kind == AgencyKind.POLICE
    agencies.carries_naloxone[police] = scenario.policing.police_naloxone
