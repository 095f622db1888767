"""The police force: posts, who holds them at the start, and recruits."""

import numpy as np
from scipy.special import betaincinv, ndtri

from ..agents.officer import CREWS, OFFICER, SHIFTS
from ..agents.table import NONE
from ..scenarios.sections import STAFFING_MAX
from .diary import NEVER
from .randomness import Stream, draws
from .roster import POST
from .rules import DAYS_A_YEAR

PROPENSITY = (0.002, 0.998)  # no officer never or always offers
SERVING = 10**6  # the day of leaving of who has not left


def make_posts(scenario, place, people: int, neighbourhoods: int, seed: int) -> tuple[np.recarray, int]:
    """Return every sworn post a policy may open, shape (posts,), and how many there are today: those come first.

    Patrol is spread over beats, shifts and crews, the rest is off patrol.
    """
    per_1000 = scenario.policing.officers_per_1000 or place.officers_per_1000
    # However small the sample, a post is there for any hour.
    patrol = max(SHIFTS * CREWS, round(per_1000 * people / 1000 * scenario.policing.patrol_share))
    today = max(patrol, round(per_1000 * people / 1000))
    more = int(np.ceil(today * (STAFFING_MAX - 1)))
    posts = np.zeros(today + more, POST).view(np.recarray)
    number = np.arange(today + more)
    on_patrol = np.where(number < today, number < patrol, number < today + round(more * patrol / today))
    posts.beat = np.where(on_patrol, number % neighbourhoods, NONE)
    if patrol < neighbourhoods * SHIFTS * CREWS:  # too few for every beat: first somebody at any hour
        posts.shift = number % SHIFTS
        posts.crew = number // SHIFTS % CREWS
    else:
        turn = number // neighbourhoods
        posts.shift = turn % SHIFTS
        posts.crew = (turn // SHIFTS + number) % CREWS
    u = draws(seed, Stream.FORCE, number, 0, 5)
    posts.rank = np.where(number < today, u, 1 + u * (STAFFING_MAX - 1))
    posts.officer = np.where(number < today, number, NONE)
    posts.hire_day = NEVER
    return posts, today


def make_officers(scenario, posts: np.recarray, held: np.ndarray, keys: np.ndarray, joined, seed: int) -> np.recarray:
    """Return officers with the given keys who hold the posts `held`, shape (n,), as they are when they join."""
    rows = OFFICER.rows(len(held))
    rows.key, rows.post, rows.joined = keys, held, joined
    rows.beat, rows.shift, rows.crew = posts.beat[held], posts.shift[held], posts.crew[held]
    deflection, wellness = scenario.deflection, scenario.officer_wellness
    mean, concentration = deflection.offer_probability, deflection.offer_concentration
    u = draws(seed, Stream.FORCE, keys, 0, 1)
    rows.propensity = np.clip(betaincinv(mean * concentration, (1 - mean) * concentration, u), *PROPENSITY)
    rows.coverage_rank = draws(seed, Stream.FORCE, keys, 0, 2)
    rows.cit_rank = draws(seed, Stream.FORCE, keys, 0, 3)
    first, second = (ndtri(draws(seed, Stream.FORCE, keys, 0, k)) for k in (4, 6))
    together = wellness.strain_correlation
    rows.own_depersonalisation = first
    rows.own_exhaustion = together * first + (1 - together**2) ** 0.5 * second
    rows.stigma = ndtri(draws(seed, Stream.FORCE, keys, 0, 7))
    rows.support_rank = draws(seed, Stream.FORCE, keys, 0, 8)
    rows.training_rank = draws(seed, Stream.FORCE, keys, 0, 9)
    rows.refused_day = rows.trained_day = rows.course_day = rows.away_until = rows.care_until = NEVER
    rows.left = SERVING
    return rows


def starting_force(scenario, posts: np.recarray, today: int, start_day: int, seed: int) -> np.recarray:
    """Return the officers who hold today's posts on the first day of the burn-in, as worn as they usually are."""
    held = np.arange(today)
    served = draws(seed, Stream.FORCE, held, 0, 0) * scenario.policing.career_years * DAYS_A_YEAR
    rows = make_officers(scenario, posts, held, held, start_day - served.astype(np.int64), seed)
    rows.exhaustion, rows.depersonalisation = rows.own_exhaustion, rows.own_depersonalisation
    return rows


def recruits(world, held: np.ndarray) -> np.recarray:
    """Return recruits for the posts `held`: rested, untrained, with traits of their own."""
    posts, officers = world.state.posts, world.state.officers
    before = posts.officer[held]
    keys = np.where(before >= 0, officers.key[before] + len(posts), held)
    rows = make_officers(world.scenario, posts, held, keys, world.day, world.seed)
    rows.exhaustion = np.minimum(0.0, rows.own_exhaustion)
    rows.depersonalisation = np.minimum(0.0, rows.own_depersonalisation)
    return rows
