"""Overdoses gather on few people as a gamma frailty says: counts over a year follow their mixed binomial exactly."""

import numpy as np
import pytest
from deflect.agents.resident import Use
from deflect.model.rules import DAYS_A_YEAR, gamma_bins
from scipy import stats
from towns import lived, town

DAYS = 300
RATE = 1.5  # overdoses per person-year at frailty 1

# Everybody lives for ever, stays, has opioid use disorder all the time, and is not treated.
ALONE_WITH_FRAILTY = {
    "population.oud_per_100k": 95_000,
    "population.oud_scale": 1.0,
    "population.oud_by_age": [1, 1, 1, 1, 1, 1],
    "population.oud_male_share": 0.5,
    "population.injecting_share": 0.0,
    "population.misuse_share_12plus": 0.0,
    "population.remission_share_12plus": 0.0,
    "population.on_medication_share": 0.0,
    "drug_use.remission_per_year": 0.0,
    "drug_use.start_injecting_per_year": 0.0,
    "drug_use.first_misuse_per_year": 0.0,
    "drug_use.first_illicit_per_year": 0.0,
    "demography.mortality_scale": 0.0,
    "demography.birth_scale": 0.0,
    "demography.household_moves_out_per_year": 0.0,
    "demography.leave_home_per_year": 0.0,
    "overdose.base_oud_per_year": RATE,
    "overdose.community_factor": 1.0,
    "overdose.supply": [],
    "overdose.surge_slow": 0.0,
    "overdose.surge_fast": 0.0,
    "overdose.other_death_per_year": 0.0,
    "overdose.readiness_jump": 0.0,
    "treatment.seek_per_year": 0.0,
    "policing.enforcement_contacts_per_year": 0.0,
    "policing.other_contacts_per_year": 0.0,
    "policing.scene_survivor_jailed": 0.0,
    "policing.scene_bystander_arrested": 0.0,
    **{f"overdose.fatality_{way}": 0.0 for way in ("alone", "near", "seen", "naloxone_seen", "naloxone_near")},
}


def expected_counts(frailty: np.ndarray, most: int = 200) -> np.ndarray:
    """Return the probability of 0, 1, 2 … overdoses of a person: binomial days, mixed over frailty."""
    per_day = 1 - np.exp(-RATE / DAYS_A_YEAR * frailty)
    return np.array([stats.binom.pmf(k, DAYS, per_day).mean() for k in range(most)])


@pytest.fixture(scope="module")
def counts():
    world = lived(town(1600, 31, **ALONE_WITH_FRAILTY), DAYS)
    people = world.histories
    assert len(people) > 1000
    assert (people.use == Use.OUD).all() and people.present.all()
    return people.overdoses, gamma_bins(world.scenario.population.frailty_variance), people.frailty


def test_the_traits_have_their_distribution(counts):
    """Frailty is gamma of mean 1; the Kolmogorov-Smirnov bound lies at five standard deviations."""
    _, bins, frailty = counts
    variance = bins.var()
    assert bins.mean() == pytest.approx(1, abs=1e-12)
    assert stats.kstest(frailty, stats.gamma(1 / variance, scale=variance).cdf).statistic * len(frailty) ** 0.5 < 2.75


def test_overdoses_gather_as_frailty_says(counts):
    """Shares with 0, 1, 2+ overdoses, mean, and variance over mean, each within four standard deviations.

    Sight: with everybody's frailty 1, or drawn anew every day, variance over mean would be 1 and the share
    without an overdose 29 %; with frailty the ratio is above 2 and the share above 45 %, ten standard
    deviations away.
    """
    overdoses, bins, _ = counts
    n, chance = len(overdoses), expected_counts(bins)
    k = np.arange(len(chance))
    assert chance.sum() == pytest.approx(1, abs=1e-6)
    for told, share in (
        ((overdoses == 0).mean(), chance[0]),
        ((overdoses == 1).mean(), chance[1]),
        ((overdoses >= 2).mean(), chance[2:].sum()),
        ((overdoses >= 5).mean(), chance[5:].sum()),
    ):
        assert abs(told - share) < 4 * np.sqrt(share * (1 - share) / n), (told, share)
    mean = (k * chance).sum()
    variance = ((k - mean) ** 2 * chance).sum()
    fourth = ((k - mean) ** 4 * chance).sum()
    assert abs(overdoses.mean() - mean) < 4 * np.sqrt(variance / n)
    assert abs(overdoses.var() - variance) < 4 * np.sqrt((fourth - variance**2) / n)
    # The check can see: far from what people without frailty would show.
    poisson = np.exp(-RATE * DAYS / DAYS_A_YEAR)
    assert chance[0] - poisson > 10 * np.sqrt(poisson * (1 - poisson) / n)
    assert (variance - mean) > 5 * np.sqrt((fourth - variance**2) / n)


def test_frailty_is_lasting(counts):
    """Who overdosed often is frail: the mean count in each fifth of frailty follows that frailty."""
    overdoses, _, frailty = counts
    order = np.argsort(frailty)
    for fifth in np.array_split(order, 5):
        per_day = 1 - np.exp(-RATE / DAYS_A_YEAR * frailty[fifth])
        mean, variance = DAYS * per_day.mean(), DAYS * (per_day * (1 - per_day)).mean() / len(fifth)
        assert abs(overdoses[fifth].mean() - mean) < 4 * np.sqrt(variance) + 1e-9, (mean, overdoses[fifth].mean())
