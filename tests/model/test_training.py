"""C7: trauma-informed practice: who is taught and when, what it leaves, and how it fades and is refreshed."""

import numpy as np
import pytest
from deflect.agents.table import NONE
from deflect.model.events import Kind
from deflect.model.levers import set_levers
from towns import scenario
from worlds.squad import calm_squad, of_kind, serve

COURSE = {
    "trauma_training.coverage": 1.0,
    "trauma_training.days": 1,
    "trauma_training.refresher_months": 0.0,
    "trauma_training.rollout_days": 1,
}
HALFLIFE = 365.25 / 12  # days in a month


def trained(officers=100, days=1, **overrides):
    """Return a calm squad after days under a course that reaches everybody on the first one."""
    told = COURSE | {name.replace("__", "."): value for name, value in overrides.items()}
    return serve(calm_squad(officers, **told), days)


def test_gain_and_backlash_of_ten_thousand_officers_are_as_published():
    world = trained(10_000)
    numbers, attitude = world.scenario.trauma_training, world.state.officers.attitude
    share = numbers.backlash_share
    assert np.mean(attitude < 0) == pytest.approx(share, abs=4 * np.sqrt(share * (1 - share) / 10_000))
    assert attitude.mean() == pytest.approx(numbers.attitude_gain, abs=4 * attitude.std() / 100)
    assert len(of_kind(world, Kind.TRAINED)) == 10_000


def test_what_was_learned_halves_in_the_published_months():
    world = trained(100, trauma_training__halflife_months=2.0)
    before = world.state.officers.attitude.copy()
    serve(world, 61)
    assert world.state.officers.attitude == pytest.approx(before * 0.5 ** (61 / (2 * HALFLIFE)), rel=1e-12)
    usual = trained(10)
    before = usual.state.officers.attitude.copy()
    months = usual.scenario.trauma_training.halflife_months
    days = round(months * HALFLIFE)
    serve(usual, days)
    assert usual.state.officers.attitude == pytest.approx(before / 2, rel=2e-3)


def test_a_refresher_restores_what_the_first_course_left():
    """The same course leaves the same person with the same gain, those with a backlash too."""
    world = trained(200, trauma_training__refresher_months=2.0)
    first = world.state.officers.attitude.copy()
    serve(world, 60)
    assert (np.abs(world.state.officers.attitude) < np.abs(first)).all()
    serve(world, 1)
    assert (world.state.officers.attitude == first).all()
    assert sorted({int(e.day) for e in of_kind(world, Kind.TRAINED)}) == [0, 61]


def test_one_course_is_one_course_without_refreshers():
    world = trained(50, days=800)
    assert len(of_kind(world, Kind.TRAINED)) == 50


def test_five_days_change_conduct_too_and_one_does_not():
    one, five = trained(50), trained(50, trauma_training__days=5)
    assert (one.state.officers.conduct == 0).all()
    gain = five.scenario.trauma_training.conduct_gain
    assert gain > 0 and (five.state.officers.conduct == gain).all()
    assert (one.state.officers.attitude == five.state.officers.attitude).all()
    serve(five, 30)
    assert (five.state.officers.conduct < gain).all()


def test_a_survivor_as_co_trainer_adds_its_bonus_for_everybody():
    alone, together = trained(500), trained(500, trauma_training__survivor_cotrainer=True)
    more = together.state.officers.attitude - alone.state.officers.attitude
    bonus = alone.scenario.trauma_training.cotrainer_gain
    assert bonus > 0 and more == pytest.approx(bonus, abs=1e-12)


def test_coverage_says_who_and_the_roll_out_when():
    world = trained(400, days=100, trauma_training__coverage=0.4, trauma_training__rollout_days=100)
    officers, events = world.state.officers, of_kind(world, Kind.TRAINED)
    assert ((officers.trained_day >= 0) == (officers.training_rank < 0.4)).all()
    assert len(events) == len(set(events.other.tolist())) == np.count_nonzero(officers.training_rank < 0.4)
    assert events.day.max() < 100 and events.day.mean() == pytest.approx(50, abs=4 * 29 / np.sqrt(len(events)))


def test_whoever_is_away_is_taught_when_back_and_the_gone_never():
    told = calm_squad(3, **COURSE)
    told.state.officers.away_until[0] = 10
    told.state.officers.left[1] = -5
    serve(told, 20)
    assert told.state.officers.trained_day.tolist() == [10, -(10**6), 0]


def test_recruits_are_taught_when_they_come():
    world = calm_squad(20, **COURSE, officer_wellness__vacancy_months_least=1, officer_wellness__vacancy_months_most=2)
    serve(world, 30)
    world.state.rules.strain_retire_per_day = 800.0
    serve(world, 1)
    world.state.rules.strain_retire_per_day = 0.0
    serve(world, 70)
    officers = world.state.officers
    assert len(officers) == 40 and (officers.trained_day[20:] == officers.joined[20:] + 1).all()


def test_a_course_begun_later_begins_then_and_a_new_one_begins_anew():
    world = calm_squad(30, trauma_training__rollout_days=1)
    serve(world, 10)
    for coverage, since in ((1.0, 10), (0.0, None), (1.0, 30)):
        set_levers(world, scenario(40, **(COURSE | {"trauma_training.coverage": coverage})))
        serve(world, 10)
        if since is not None:
            assert (world.state.officers.trained_day == since).all()


def test_courses_for_staff_and_providers_fade_and_are_refreshed():
    told = {"trauma_training.staff": 0.5, "trauma_training.providers": 0.8, "trauma_training.refresher_months": 12.0,
            "trauma_training.halflife_months": 6.0}  # fmt: skip
    world = calm_squad(1, **told)
    numbers = world.scenario.trauma_training
    full = (0.5 * numbers.connection, 0.8 * numbers.managing_impulses)
    rules = world.state.rules[0]
    serve(world, 1)
    assert (rules.team_informed, rules.providers_taught) == pytest.approx(full) and min(full) > 0
    serve(world, 182)
    left = 0.5 ** (182 / (6 * HALFLIFE))
    assert (rules.team_informed, rules.providers_taught) == pytest.approx([x * left for x in full])
    serve(world, 366 - 182)
    again = 0.5 ** ((366 - 365.25) / (6 * HALFLIFE))
    assert (rules.team_informed, rules.providers_taught) == pytest.approx([x * again for x in full])
    set_levers(world, scenario(40, deflection__team_trauma_informed=0.9))
    serve(world, 1)
    assert (rules.team_informed, rules.providers_taught) == (0.9, 0.0)


def test_an_event_says_how_long_the_course_was():
    event = of_kind(trained(1, trauma_training__days=5), Kind.TRAINED)[0]
    assert (event.other, event.who, event.amount) == (0, NONE, 5.0)
