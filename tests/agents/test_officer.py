"""An officer, one row at a time: what wears them out, what they decide, and that each number acts in its direction."""

import math

import numpy as np
import pytest
from deflect.agents.officer import (
    OFFICER,
    arrest_probability,
    can_deflect,
    contact_quality,
    fade,
    feel,
    hear_of_success,
    help_hazard,
    injury_probability,
    is_symptomatic,
    offers_deflection,
    on_duty,
    resignation_hazard,
    serves,
    sick_probability,
    strain_a_day,
)
from deflect.model.rules import make_rules
from towns import scenario

OFF = {f"switches.{name}": "off" for name in (
    "burnout_to_offers", "trust_to_911", "trauma_informed_to_acceptance", "trust_to_acceptance")}  # fmt: skip


def rules_of(**overrides):
    """Return the numbers in force under the status quo, some of them set by their names in the core."""
    rules = make_rules(scenario(100))
    for name, value in overrides.items():
        rules[name] = value
    return rules[0]


def officer_of(**columns):
    """Return one officer on the force, the rest of the row zero."""
    row = OFFICER.rows(1)
    row.propensity, row.left, row.refused_day, row.cit_rank = 0.5, 10**6, -(10**6), 1.0
    row.support_rank = row.training_rank = 0.5
    for name, value in columns.items():
        row[name] = value
    return row[0]


def chance(decides):
    """Return the probability that a decision comes out true: the draw below which it does, to the last bit."""
    low, high = 0.0, 1.0
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (middle, high) if decides(middle) else (low, middle)
    return low


def offer(officer, rules, day=0, black=False, referral=False):
    return chance(lambda u: offers_deflection(officer, u, day, black, referral, rules))


def odds(p):
    return p / (1 - p)


# --- duty and offers -----------------------------------------------------------------------------------------


def test_duty_needs_the_beat_the_shift_the_crew_service_and_health():
    officer = officer_of(beat=2, shift=1, crew=0)
    assert on_duty(officer, 0, 1) and on_duty(officer, 5, 1)  # crews change every two days
    assert not on_duty(officer, 2, 1) and not on_duty(officer, 0, 0)
    assert not on_duty(officer_of(beat=-1, shift=1), 0, 1)
    assert not on_duty(officer_of(beat=2, shift=1, away_until=1), 0, 1)
    assert on_duty(officer_of(beat=2, shift=1, away_until=1), 1, 1)  # back on that day
    assert not on_duty(officer_of(beat=2, shift=1, left=0), 0, 1)
    assert serves(officer_of(left=1), 0) and not serves(officer_of(left=0), 0)


@pytest.mark.parametrize(
    ("columns", "given", "ratio"),
    [
        ({"depersonalisation": 1.0}, {}, 0.8),
        ({"depersonalisation": -2.0}, {}, 0.8**-2),
        ({"refused_day": 0}, {}, math.exp(-0.3)),
        ({"belief": 0.4}, {}, math.exp(0.4)),
    ],
)
def test_odds_of_an_offer_move_as_published(columns, given, ratio):
    rules = rules_of()
    assert odds(offer(officer_of(**columns), rules, **given)) == pytest.approx(ratio, rel=1e-9)


def test_attitude_leaders_and_race_move_offers():
    rules = rules_of()
    by_attitude = odds(offer(officer_of(attitude=2.0), rules))
    assert by_attitude == pytest.approx(math.exp(2 * rules.attitude_to_behaviour), rel=1e-9) and by_attitude > 1
    assert offer(officer_of(), rules_of(leader_endorses=1.0)) > 0.5
    assert offer(officer_of(), rules, black=True) < 0.5
    trained = officer_of(cit_rank=0.1)
    assert offer(trained, rules_of(cit_share=0.2), referral=True) > 0.5
    assert offer(trained, rules_of(cit_share=0.2)) == pytest.approx(0.5)


def test_a_refusal_is_forgotten():
    rules = rules_of()
    officer = officer_of(refused_day=0)
    assert offer(officer, rules, day=int(rules.refusal_days)) < 0.5
    assert offer(officer, rules, day=int(rules.refusal_days) + 1) == pytest.approx(0.5)


def test_with_the_unmeasured_links_off_burnout_changes_no_offer_at_all():
    rules, base = make_rules(scenario(100, **OFF))[0], rules_of()
    for propensity in (0.002, 0.2, 0.5, 0.998):
        for black in (False, True):
            rested, worn = (officer_of(propensity=propensity, depersonalisation=d) for d in (-1.0, 1.5))
            assert offer(rested, rules, black=black) == offer(worn, rules, black=black)
            assert offer(rested, base, black=black) > offer(worn, base, black=black)


def test_coverage_and_champions_say_who_is_able():
    officer = officer_of(coverage_rank=0.5)
    assert can_deflect(officer, 0.0, rules_of(coverage=0.6, champions_left=1.0))
    assert not can_deflect(officer, 0.0, rules_of(coverage=0.6, champions_left=0.8))
    assert not can_deflect(officer, 0.3, rules_of(coverage=0.6, champions_left=1.0, hours=0.3))


# --- contacts --------------------------------------------------------------------------------------------------


def bad(officer, rules):
    return chance(lambda u: contact_quality(officer, u, False, rules) == -1.0)


def test_the_worn_out_treat_people_worse_and_the_trained_better():
    rules = rules_of(training_safety=1.0)
    usual = bad(officer_of(), rules)
    assert usual == pytest.approx(0.12)
    assert bad(officer_of(depersonalisation=1.0), rules) / usual == pytest.approx(math.exp(0.4))
    assert bad(officer_of(conduct=0.5), rules) / usual == pytest.approx(math.exp(-0.5))
    kinder = bad(officer_of(attitude=1.0), rules) / usual
    assert kinder == pytest.approx(math.exp(-rules.bad_contact_attitude * rules.attitude_to_behaviour))
    assert bad(officer_of(depersonalisation=50.0), rules) == pytest.approx(0.6)
    assert bad(officer_of(conduct=0.5, attitude=1.0), rules_of(training_safety=0.0)) == usual  # the pillar is off


def test_an_offer_makes_more_contacts_good():
    rules = rules_of()
    good = [chance(lambda u, o=o: contact_quality(officer_of(), 1 - u, o, rules) == 1.0) for o in (False, True)]
    assert good == pytest.approx([0.10, 0.30])


def test_crisis_intervention_training_lowers_the_odds_of_arrest():
    rules = rules_of(cit_share=0.5)
    ratio = odds(arrest_probability(officer_of(cit_rank=0.4), rules)) / odds(arrest_probability(officer_of(), rules))
    assert ratio == pytest.approx(0.8)


# --- C7: strain in closed form -----------------------------------------------------------------------------------


def expose(officer, rules, severity, load, days, day=0):
    """Let days pass with one call each, and return the officer."""
    for number in range(days):
        fade(officer, rules)
        if severity:
            feel(officer, severity, rules)
        strain_a_day(officer, day + number, load, rules)
    return officer


@pytest.mark.parametrize("days", [1, 2, 30, 400])
def test_strain_under_constant_exposure_has_its_closed_form(days):
    """Stress is a geometric sum; exhaustion and depersonalisation are filters of it, summed here day by day."""
    rules = rules_of(stress_mean=0.3, strain_burnout=0.2)
    officer = officer_of(
        own_exhaustion=0.5, own_depersonalisation=-0.4, exhaustion=-1.0, depersonalisation=2.0, beat=-1
    )
    expose(officer, rules, 0.7, 1.2, days)
    keep, n = 0.5 ** (1 / 14), days
    stress = [0.7 * (1 - keep ** (i + 1)) / (1 - keep) for i in range(n)]
    assert officer.stress == pytest.approx(stress[-1], abs=1e-12)
    level = [0.7 + 0.4 * (s - 0.3) + 1.5 * 0.2 for s in stress]  # own, burnout, stress, work
    left = 1 - 1 / 180
    exhaustion = [-1.0 * left**i + sum(level[j] * left ** (i - 1 - j) for j in range(i)) / 180 for i in range(n + 1)]
    assert officer.exhaustion == pytest.approx(exhaustion[-1], abs=1e-12)
    left = 1 - 1 / 365
    level = [-0.2 + 0.4 * (exhaustion[i] - 0.7) for i in range(n)]
    distance = 2.0 * left**n + sum(level[j] * left ** (n - 1 - j) for j in range(n)) / 365
    assert officer.depersonalisation == pytest.approx(distance, abs=1e-12)


def test_exposure_for_ever_ends_at_its_limit_and_rest_returns_to_the_own_levels():
    rules = rules_of(stress_mean=0.3)
    officer = officer_of(own_exhaustion=0.5, own_depersonalisation=-0.4, beat=-1)
    expose(officer, rules, 0.1, 1.1, 15_000)
    limit = 0.5 + 0.4 * (0.1 / (1 - 0.5 ** (1 / 14)) - 0.3) + 1.5 * (1.1 - 1.0)
    assert officer.exhaustion == pytest.approx(limit, abs=1e-12)
    assert officer.depersonalisation == pytest.approx(-0.4 + 0.4 * (limit - 0.5), abs=1e-12)
    expose(officer, rules_of(stress_mean=0.0), 0.0, 1.0, 15_000)
    assert officer.stress == pytest.approx(0.0, abs=1e-12)
    assert officer.exhaustion == pytest.approx(0.5, abs=1e-12)
    assert officer.depersonalisation == pytest.approx(-0.4, abs=1e-12)


def test_who_had_many_calls_is_less_moved_by_another():
    rules = rules_of()
    for calls, share in ((0.0, 1.0), (10.0, 0.5), (30.0, 0.25)):
        officer = officer_of(calls=calls)
        feel(officer, 0.8, rules)
        assert officer.stress == pytest.approx(0.8 * share, abs=1e-12)
    officer = officer_of(calls=8.0, stress=1.0)
    for _ in range(30):
        fade(officer, rules)
    assert officer.calls == pytest.approx(4.0)  # half in a month
    assert officer.stress == pytest.approx(0.5 ** (30 / 14))


@pytest.mark.parametrize(
    ("columns", "numbers", "exhaustion", "depersonalisation"),
    [
        ({}, {"strain_burnout": 1.5}, 1.5, 1.5),
        ({}, {"strain_peer_support": 1.0}, -0.2, 0.4 * -0.2),
        ({}, {"strain_peer_support": 0.4}, 0.0, 0.0),  # not this officer: the rank is 0.5
        ({}, {"strain_coach": 1.0}, -0.15, -0.15),
        ({"care_until": 10**6}, {}, -0.3, 0.4 * -0.3),
        ({}, {"strain_peer_support": 1.0, "strain_coach": 1.0}, -0.35, -0.15 + 0.4 * -0.2),
    ],
)
def test_what_helps_moves_the_levels_by_its_size_once(columns, numbers, exhaustion, depersonalisation):
    officer = expose(officer_of(beat=-1, **columns), rules_of(stress_mean=0.0, **numbers), 0.0, 1.0, 12_000)
    assert officer.exhaustion == pytest.approx(exhaustion, abs=1e-9)
    assert officer.depersonalisation == pytest.approx(depersonalisation, abs=1e-9)


def test_the_expected_calls_of_a_patrol_officer_leave_no_mark():
    """What ordinary calls add to depersonalisation is what is taken off a day; off patrol neither happens."""
    rules = rules_of(stress_mean=0.0, calls_mean=0.01, strain_toll_of_call=0.003)
    on, off = expose(officer_of(beat=0), rules, 0.0, 1.0, 1), expose(officer_of(beat=-1), rules, 0.0, 1.0, 1)
    assert on.depersonalisation == pytest.approx(-0.003 * 0.01, abs=1e-15)
    assert off.depersonalisation == 0.0


# --- injury, help, sickness, leaving -------------------------------------------------------------------------


def test_injury_grows_with_severity_and_exhaustion():
    rules = rules_of()
    assert injury_probability(officer_of(), 1.0, rules) == pytest.approx(0.006)
    assert injury_probability(officer_of(), 0.4, rules) == pytest.approx(0.4 * 0.006)
    assert injury_probability(officer_of(exhaustion=1.0), 1.0, rules) == pytest.approx(0.006 * math.exp(0.3))
    assert injury_probability(officer_of(exhaustion=90.0), 1.0, rules) == pytest.approx(0.006 * math.exp(1.2))


def test_symptoms_are_an_injury_or_a_level_above_its_cut_off():
    rules = rules_of()
    assert rules.exhausted_above == pytest.approx(0.878, abs=1e-3)
    assert rules.depersonalised_above == pytest.approx(1.126, abs=1e-3)
    assert not is_symptomatic(officer_of(exhaustion=0.87, depersonalisation=1.12), rules)
    for columns in ({"exhaustion": 0.88}, {"depersonalisation": 1.13}, {"injured": 1}):
        assert is_symptomatic(officer_of(**columns), rules)


def test_the_published_share_of_officers_seeks_help_in_a_year():
    """Averaged over stigma: 17 % of the symptomatic; peers and less shame raise it by their ratios."""
    rules = rules_of()
    stigma = make_quantiles(2000)
    hazards = np.array([help_hazard(officer_of(stigma=z), rules) for z in stigma]) * 365.25
    assert (1 - np.exp(-hazards)).mean() == pytest.approx(0.17, abs=5e-4)
    usual = help_hazard(officer_of(), rules)
    assert help_hazard(officer_of(stigma=1.0), rules) == pytest.approx(0.5 * usual)
    assert help_hazard(officer_of(), rules_of(strain_destigmatising=1.0)) == pytest.approx(2.0 * usual)
    assert help_hazard(officer_of(), rules_of(strain_peer_support=1.0)) == pytest.approx(1.5 * usual)


def make_quantiles(n):
    """Return standard normal numbers at equally likely steps, worked out apart from the model."""
    from statistics import NormalDist

    return [NormalDist().inv_cdf((i + 0.5) / n) for i in range(n)]


@pytest.mark.parametrize(("lever", "ratio"), [("confidential_help", 1.2), ("services_on_shift", 1.3),
                                              ("fitness_reframed", 1.3)])  # fmt: skip
def test_ways_to_help_multiply_its_hazard(lever, ratio):
    usual, under = rules_of(), make_rules(scenario(100, **{f"officer_wellness.{lever}": True}))[0]
    assert help_hazard(officer_of(), under) == pytest.approx(ratio * help_hazard(officer_of(), usual))


def test_sick_days_a_year():
    rules = rules_of()
    for exhaustion, days in ((0.0, 8.0), (1.0, 10.5), (-2.0, 3.0), (-9.0, 0.0)):
        a_year = sick_probability(officer_of(exhaustion=exhaustion), rules) * 365.25 * rules.strain_sick_spell_days
        assert a_year == pytest.approx(days)
    broken = rules_of(strain_sick_spell_days=2.5)  # two whole days: more leaves, as many days
    assert sick_probability(officer_of(), broken) * 365.25 * 2 == pytest.approx(8.0)


def test_burnout_drives_officers_out():
    rules = rules_of()
    usual = resignation_hazard(officer_of(), rules)
    assert usual * 365.25 == pytest.approx(0.05)
    one = math.sqrt(2 + 2 * 0.45)  # a standard deviation of the two together
    worn = officer_of(exhaustion=one / 2, depersonalisation=one / 2)
    assert resignation_hazard(worn, rules) / usual == pytest.approx(1.5)
    beyond = officer_of(exhaustion=40.0, depersonalisation=40.0)
    assert resignation_hazard(beyond, rules) / usual == pytest.approx(1.5**3)
    assert resignation_hazard(officer_of(exhaustion=-40.0), rules) / usual == pytest.approx(1.5**-3)


def test_belief_grows_with_successes_up_to_a_bound():
    rules = rules_of()
    officer = officer_of()
    hear_of_success(officer, rules)
    assert officer.belief == pytest.approx(rules.belief_gain) and rules.belief_gain > 0
    for _ in range(1000):
        hear_of_success(officer, rules)
    assert officer.belief == rules.belief_most
