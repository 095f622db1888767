"""How much of a measure the levers of a scenario call for in a place: staff, courses, visits, kits.

A function of a scenario (`s`) and what a programme finds in its place (`here`) returns units a year.
"""

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from ..scenarios import places

if TYPE_CHECKING:
    from ..scenarios.schema import Scenario

DAYS_A_YEAR = 365.25
PER = 100_000  # residents


class Here(NamedTuple):
    """What a programme finds in a place: numbers of people and places, of all residents or of those simulated."""

    people: float
    officers: float
    homes: float
    oud: float  # with active opioid use disorder at the start
    places: tuple[float, float, float]  # in treatment with methadone, buprenorphine, naltrexone at the start
    jailed: float  # people with opioid use disorder in jail on an average day, roughly
    waiting: float  # waiting for methadone on an average day, roughly


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


def per_100k(level: float, here: Here) -> float:
    """Return what a level per 100,000 residents comes to here."""
    return level * here.people / PER


def a_year(months: float, scenario) -> float:
    """Return courses a year of somebody taught again after so many months; 0: as long as a course lasts."""
    return 12 / months if months > 0 else 1 / scenario.prices.course_lasts_years


def managers(s, here):
    """Return full-time case managers."""
    used = s.deflection.officer_intervention or s.deflection.officer_referral
    return per_100k(s.deflection.case_managers_per_100k, here) if used else 0.0


def outreach(s, here):
    """Return full-time outreach workers."""
    used = s.deflection.active_outreach or s.deflection.naloxone_plus
    return per_100k(s.deflection.outreach_workers_per_100k, here) if used else 0.0


def teams(s, here):
    """Return community response teams."""
    return per_100k(s.deflection.response_teams_per_100k, here) if s.deflection.community_response else 0.0


def police_share(s) -> float:
    """Return the share of outreach visits an officer goes along on, less those where a peer takes the place."""
    d = s.deflection
    shares = [d.police_present] * d.naloxone_plus + [d.outreach_police_present] * d.active_outreach
    return float(np.mean(shares)) * (1 - s.engagement.lived_experience) if shares else 0.0


def kits(s, here):
    """Return naloxone kits handed out in a year."""
    supply, population = s.harm_reduction, s.population
    if supply.kits_per_year is not None:
        return float(supply.kits_per_year)
    return supply.kits_per_100k_year * here.oud / population.oud_per_100k


def more_places(s, here):
    """Return places in treatment beyond those at the start."""
    t = s.treatment
    factors = (t.slots_methadone, t.slots_buprenorphine, t.slots_naltrexone)
    return sum(places_ * (factor - 1) for places_, factor in zip(here.places, factors, strict=True))


def skilled(s, here):
    """Return officers who take a psychological-skills course in a year."""
    w = s.officer_wellness
    return w.skills_course * here.officers * a_year(w.skills_refresher_months, s)


def taught(days: int):
    """Return the function for officers taught in a year, in courses of so many days."""

    def units(s, here):
        t = s.trauma_training
        return t.coverage * here.officers * a_year(t.refresher_months, s) if t.days == days else 0.0

    return units


def staff(s, here):
    """Return programme staff, two to a response team."""
    return managers(s, here) + outreach(s, here) + 2 * teams(s, here)


def families(s, here):
    """Return how many families a programme could meet in a year after an overdose or an arrest."""
    return here.oud * s.prices.affected_home_share * s.prices.family_events_per_year


def visited(s, here):
    """Return families that are visited in a year."""
    return families(s, here) * (
        s.family.reach_base + (s.family.reach_most - s.family.reach_base) * s.family.welfare_check
    )


def share_of_visited(name: str):
    """Return the function for families that get what a lever of `family` says, of those visited."""
    return lambda s, here: getattr(s.family, name) * visited(s, here)


def locked(s, here):
    """Return lock boxes a year: homes with prescribed opioids that are locked beyond those locked by themselves."""
    f = s.family
    return max(0.0, f.safe_storage - f.locked_at_start) * f.prescribed_at_home * here.homes / s.prices.lock_box_years


def well(name: str):
    """Return the function for officer-years of what a lever of `officer_wellness` gives."""
    return lambda s, here: float(getattr(s.officer_wellness, name)) * here.officers


def agreed(name: str):
    """Return the function for what a lever of `engagement` calls for, one for 100,000 residents where it is 1."""
    return lambda s, here: per_100k(float(getattr(s.engagement, name)), here)
