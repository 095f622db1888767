"""Who uses, who is in treatment, and who holds a kit when the world begins."""

from typing import NamedTuple

import numpy as np

from ..agents.resident import (
    BUPRENORPHINE,
    INJECTING,
    METHADONE,
    MISUSE,
    NALTREXONE,
    NO_CARE,
    NO_USE,
    OUD,
    REMISSION,
)
from .randomness import Stream, draws
from .rules import DAYS_A_YEAR, leaving_by_day, mean_stay_days

AGES = 111
AGE_OF_FIRST_RISK = 12
BAND_STARTS = (12, 18, 26, 35, 50, 65)  # of population.oud_by_age


class StartingUse(NamedTuple):
    """Use and care of everybody at the start, shape (n,) each."""

    use: np.ndarray  # uint8, see Use
    care: np.ndarray  # uint8, see Care
    use_days: np.ndarray  # int64, days the present use has lasted (remission)
    care_days: np.ndarray  # int64, days in the present treatment


def shape_by_age_and_sex(scenario) -> np.ndarray:
    """Return the relative frequency of opioid use disorder, shape (2 sexes, AGES), not yet scaled."""
    by_age = np.zeros(AGES)
    for start, relative in zip(BAND_STARTS, scenario.population.oud_by_age, strict=True):
        by_age[start:] = relative
    male = scenario.population.oud_male_share
    return np.stack([(1 - male) * by_age, male * by_age])


def chances(scenario, oud_scale: float, sex: np.ndarray, age: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the chance of each starting state and the shape of first use, over sex and age.

    Gives shares of shape (2, AGES, 3) for misuse, use disorder (in care included) and remission, which
    add up to the stocks of the scenario in this population, and the shape of first use, shape
    (2, AGES), whose mean over people of 12 and over is 1.
    """
    numbers = scenario.population
    shape = shape_by_age_and_sex(scenario)
    weight = shape[sex, age]
    at_risk = np.count_nonzero(age >= AGE_OF_FIRST_RISK)
    total = max(weight.sum(), 1e-12)
    wanted = np.array(
        [
            numbers.misuse_share_12plus * at_risk,
            numbers.oud_per_100k / 1e5 * oud_scale * len(age),
            numbers.remission_share_12plus * oud_scale * at_risk,
        ]
    )
    shares = shape[:, :, None] * wanted / total
    most = shares.sum(axis=2).max()
    if most > 0.95:  # a place so hard hit that one age group would be used up
        shares *= 0.95 / most
    return shares, shape * at_risk / total


def starting_use(
    scenario, shares: np.ndarray, keys: np.ndarray, sex: np.ndarray, age: np.ndarray, seed: int
) -> StartingUse:
    """Draw use and care of everybody at the start."""
    n = len(keys)
    limits = np.cumsum(shares, axis=2)[sex, age]
    u = draws(seed, Stream.HISTORY, keys, 0, 3)
    use = np.full(n, NO_USE, np.uint8)
    use[u < limits[:, 0]] = MISUSE
    disorder = (u >= limits[:, 0]) & (u < limits[:, 1])
    use[disorder] = OUD
    use[disorder & (draws(seed, Stream.HISTORY, keys, 0, 4) < scenario.population.injecting_share)] = INJECTING
    remission = (u >= limits[:, 1]) & (u < limits[:, 2])
    use[remission] = REMISSION
    use_days = np.zeros(n, np.int64)
    years = -np.log(draws(seed, Stream.HISTORY, keys, 0, 5)) * scenario.population.remission_mean_years
    use_days[remission] = np.minimum(years, 60)[remission] * DAYS_A_YEAR

    care, care_days = _starting_care(scenario, disorder, keys, seed)
    # Part of those in treatment do not use: the share who stop at entry.
    t = scenario.treatment
    ratio = np.ones(5)
    ratio[[METHADONE, BUPRENORPHINE, NALTREXONE]] = np.sqrt([t.rr_methadone, t.rr_buprenorphine, t.rr_naltrexone])
    stopped = (care != NO_CARE) & (draws(seed, Stream.HISTORY, keys, 0, 9) >= ratio[care])
    use[stopped] = REMISSION
    use_days[stopped] = care_days[stopped]
    return StartingUse(use, care, use_days, care_days)


def medication_mix(scenario) -> np.ndarray:
    """Return the steady-state share of methadone, buprenorphine and naltrexone among people in treatment."""
    t = scenario.treatment
    stock = np.array([t.methadone_share, t.buprenorphine_share, t.naltrexone_share]) * mean_stay_days(scenario)
    return stock / stock.sum()


def _starting_care(scenario, disorder: np.ndarray, keys: np.ndarray, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Draw who is in treatment, with what, and for how long already (stationary episodes)."""
    care = np.full(len(keys), NO_CARE, np.uint8)
    care_days = np.zeros(len(keys), np.int64)
    treated = disorder & (draws(seed, Stream.HISTORY, keys, 0, 6) < scenario.population.on_medication_share)
    limits = np.cumsum(medication_mix(scenario))
    which = np.minimum(np.searchsorted(limits, draws(seed, Stream.HISTORY, keys, 0, 7), side="right"), 2)
    u = draws(seed, Stream.HISTORY, keys, 0, 8)
    survival = np.exp(-np.cumsum(leaving_by_day(scenario)[:3], axis=1))
    for i, medication in enumerate((METHADONE, BUPRENORPHINE, NALTREXONE)):
        chosen = treated & (which == i)
        care[chosen] = medication
        # The age of an episode seen at a random moment: in proportion to the share still there.
        ages = np.cumsum(survival[i])
        care_days[chosen] = np.searchsorted(ages, u[chosen] * ages[-1])
    return care, care_days
