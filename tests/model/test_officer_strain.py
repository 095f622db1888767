"""C7: what wears officers out over days: stress, leave, leaving and recruits; and every lever acts as it should."""

import numpy as np
import pytest
from deflect.agents.resident import DIED_OVERDOSE
from deflect.model.build import build
from deflect.model.care import tell_of_success
from deflect.model.checks import check_world, force
from deflect.model.events import AT_HOME, IN_PUBLIC, OF_OFFICERS, Kind, happened
from deflect.model.force import recruits
from deflect.model.home import child_at_home
from deflect.model.levers import set_levers
from deflect.model.processes.officer_strain import bear, share_the_work
from deflect.model.roster import officer_on_duty
from deflect.model.world import START_DAY
from towns import copied, differences, digest, lived, open_town, scenario
from worlds.squad import CALM, always, calm_squad, of_kind, serve, squad

EVERY_DAY = 800.0  # a daily hazard with which something happens every day
MONTH = 365.25 / 12
LEVERS = {  # every lever of the two sections, away from no effect
    "officer_wellness.burnout": 1.5,
    "officer_wellness.peer_support": 1.0,
    "officer_wellness.coach": 1.0,
    "officer_wellness.skills_course": 1.0,
    "officer_wellness.skills_refresher_months": 1.0,
    "officer_wellness.destigmatising": 1.0,
    "officer_wellness.confidential_help": True,
    "officer_wellness.services_on_shift": True,
    "officer_wellness.fitness_reframed": True,
    "officer_wellness.recovery_time": True,
    "officer_wellness.staffing": 1.2,
    "officer_wellness.overtime_cap": 1.0,
    "trauma_training.coverage": 1.0,
    "trauma_training.days": 5,
    "trauma_training.refresher_months": 1.0,
    "trauma_training.survivor_cotrainer": True,
    "trauma_training.staff": 1.0,
    "trauma_training.providers": 1.0,
}


# --- stress over days -----------------------------------------------------------------------------------------


def test_stress_of_daily_incidents_is_a_geometric_sum():
    world = serve(always(calm_squad(3), strain_critical_incidents_per_day=EVERY_DAY), 50)
    keep = 0.5 ** (1 / 14)
    assert world.state.officers.stress == pytest.approx((1 - keep**50) / (1 - keep), abs=1e-12)
    assert len(of_kind(world, Kind.CRITICAL_INCIDENT)) == 150


@pytest.mark.parametrize("fatal", [False, True])
def test_overdose_calls_saturate_and_leave_their_mark(fatal):
    """Stress, calls and depersonalisation of one officer called every day, against a recursion written here."""
    world = always(calm_squad(2), strain_depersonalisation_days=1e15)
    if fatal:
        world.residents.fate[0] = DIED_OVERDOSE
    before = float(world.state.officers.depersonalisation[0])
    serve(world, 60, calls=[(0, 0, IN_PUBLIC)])
    stress = calls = 0.0
    for _ in range(60):
        stress, calls = stress * 0.5 ** (1 / 14), calls * 0.5 ** (1 / 30)
        stress += (1.0 if fatal else 0.4) / (1 + calls / 10)
        calls += 1
    called, other = world.state.officers
    assert called.stress == pytest.approx(stress, abs=1e-12) and called.calls == pytest.approx(calls, abs=1e-12)
    mark = 60 * (0.003 - (0 if fatal else 0.002))  # the published slope for ten calls a year; a life saved relieves
    assert called.depersonalisation - before == pytest.approx(mark, abs=1e-12)
    assert other.stress == other.calls == 0


def test_a_child_at_home_makes_a_call_harder():
    world = calm_squad(1)
    homes = world.residents.household
    with_child, without = (
        next(row for row in range(len(homes)) if (child_at_home(world.view, homes[row]) >= 0) == child)
        for child in (True, False)
    )
    for resident, setting, stress in (
        (with_child, AT_HOME, 0.6),
        (with_child, IN_PUBLIC, 0.4),
        (without, AT_HOME, 0.4),
    ):
        one = serve(copied(world), 1, calls=[(0, resident, setting)])
        assert one.state.officers.stress[0] == pytest.approx(stress, abs=1e-12)


def test_contacts_that_go_badly_wear_out():
    world = calm_squad(2)
    before = world.state.officers.depersonalisation.copy()
    world.make_room()
    for officer, quality in ((0, -1.0), (1, 1.0)):
        happened(world.view, Kind.POLICE_CONTACT, 0, officer, quality, -1, 0)
    bear(world)
    levels = world.state.officers.own_depersonalisation  # where they are already
    assert (before == levels).all()
    assert world.state.officers.depersonalisation - before == pytest.approx([0.002, 0.0], abs=1e-4)


# --- leave, leaving, recruits -----------------------------------------------------------------------------------


def test_a_sick_leave_lasts_its_days_and_nothing_happens_in_it():
    world = calm_squad(4, officer_wellness__sick_spell_days=3)
    always(world, strain_sick_days=1e6, strain_critical_incidents_per_day=EVERY_DAY)  # certain when at work
    serve(world, 20)
    for officer in range(4):
        fell = [e.day for e in of_kind(world, Kind.SICK) if e.other == officer]
        assert fell == [0, 4, 8, 12, 16]
        assert [e.day for e in of_kind(world, Kind.CRITICAL_INCIDENT) if e.other == officer] == fell  # earlier that day


def test_protected_time_follows_a_traumatic_call_and_shortens_stress():
    world = calm_squad(2, officer_wellness__recovery_time=True)
    serve(always(world, strain_critical_incidents_per_day=EVERY_DAY), 7)
    days = [e.day for e in of_kind(world, Kind.RECOVERS) if e.other == 0]
    assert days == [0, 3, 6]  # a call, two days off
    keep = 0.5 ** (1 / (14 * 0.75))
    assert world.state.officers.stress == pytest.approx(1 + keep**3 + keep**6, abs=1e-12)


def test_whoever_leaves_stays_as_they_were_and_is_replaced_after_nine_to_fifteen_months():
    world = always(calm_squad(300), strain_resign_per_day=EVERY_DAY)
    serve(world, 1)
    first = world.state.officers.copy()
    assert (first.left == 0).all()
    assert sorted(e.other for e in of_kind(world, Kind.OFFICER_LEFT)) == list(range(300))
    assert (of_kind(world, Kind.OFFICER_LEFT).amount == 0).all()  # resigned
    due = world.state.posts.hire_day.copy()
    assert due.min() >= int(9 * MONTH) and due.max() <= int(15 * MONTH) + 1
    assert due.mean() == pytest.approx(12 * MONTH, abs=4 * 6 * MONTH / np.sqrt(12 * 300))
    world.state.rules.strain_resign_per_day = 0.0
    serve(world, int(15 * MONTH) + 2)
    officers = world.state.officers
    assert (officers[:300] == first).all(), "somebody gone changed"
    assert len(officers) == 600 and (world.state.posts.officer >= 300).all()
    hired = of_kind(world, Kind.OFFICER_HIRED)
    assert (hired.day == due[officers.post[hired.other]]).all()
    assert len(np.unique(officers.key)) == 600


def test_retiring_is_told_apart():
    world = serve(always(calm_squad(5), strain_retire_per_day=EVERY_DAY), 1)
    assert of_kind(world, Kind.OFFICER_LEFT).amount.tolist() == [1.0] * 5


def test_resignations_follow_burnout():
    """Five thousand officers, one day: the exhausted resign more, as often as the hazard ratio says."""
    told = {"officer_wellness.resign_per_year": 60.0}
    gone = []
    for burnout in (0.0, 1.5):
        world = serve(calm_squad(5000, **told, **{"officer_wellness.burnout": burnout}), 1)
        gone.append(len(of_kind(world, Kind.OFFICER_LEFT)))
    hazards = [60 / 365.25 * 1.5 ** (b * 2 / 2.9**0.5) * np.exp(np.log(1.5) ** 2 / 2) for b in (0.0, 1.5)]
    expected = [5000 * (1 - np.exp(-h)) for h in hazards]
    assert gone == pytest.approx(expected, rel=0.12) and gone[1] > 1.5 * gone[0]


def test_recruits_are_people_of_their_own():
    """Rested and untrained, traits drawn anew, key after key; nothing of whoever held the post before."""
    world = squad(500)
    officers = world.state.officers
    officers.stress, officers.calls, officers.attitude, officers.belief, officers.injured = 9.0, 9.0, 1.0, 1.0, 1
    officers.exhaustion = officers.depersonalisation = 5.0
    officers.left = 0
    new = recruits(world, np.arange(500))
    for column in ("stress", "calls", "attitude", "conduct", "belief", "injured"):
        assert (new[column] == 0).all(), column
    assert (new.exhaustion == np.minimum(0, new.own_exhaustion)).all()
    assert (new.depersonalisation == np.minimum(0, new.own_depersonalisation)).all()
    assert (new.key == np.arange(500, 1000)).all()
    for trait in ("own_exhaustion", "own_depersonalisation", "stigma", "support_rank", "propensity", "coverage_rank"):
        assert abs(np.corrcoef(new[trait], officers[trait])[0, 1]) < 0.15, trait
    together = np.corrcoef(new.own_exhaustion, new.own_depersonalisation)[0, 1]
    assert together == pytest.approx(0.45, abs=0.15)


def test_fewer_posts_are_left_vacant_and_more_are_filled():
    world = always(calm_squad(100, officer_wellness__staffing=0.8), strain_retire_per_day=EVERY_DAY)
    serve(world, 1)
    world.state.rules.strain_retire_per_day = 0.0
    serve(world, 500)
    held = world.state.posts.officer >= 100
    assert (held == (world.state.posts.rank < 0.8)).all() and held.sum() == 80
    world.state.rules.strain_staffing = 1.0  # opened again: filled like posts newly vacant, not at once
    today = world.day
    serve(world, 500)
    late = world.state.officers.joined[180:]
    assert len(late) == 20 and late.min() >= today + int(9 * MONTH)


def test_a_post_closed_before_it_is_filled_waits_anew_when_it_opens():
    world = serve(always(calm_squad(10), strain_retire_per_day=EVERY_DAY), 1)
    world.state.rules.strain_retire_per_day = 0.0
    world.state.rules.strain_staffing = 0.5
    serve(world, 600)
    world.state.rules.strain_staffing = 1.0
    serve(world, int(9 * MONTH) - 1)
    assert len(world.state.officers) == 15


def test_more_posts_than_today_open_on_every_beat():
    town = build(scenario(2000, policing__officers_per_1000=10.0, officer_wellness__staffing=1.5), 1)
    posts, today = town.state.posts, int(town.state.rules[0].posts_of_today)
    assert today == 20 and len(posts) == 30
    assert (posts.officer[:today] == np.arange(today)).all() and (posts.officer[today:] == -1).all()
    assert posts.rank[:today].max() < 1 <= posts.rank[today:].min()


@pytest.mark.parametrize("residents", [1, 40])
def test_the_smallest_force_has_somebody_at_any_hour(residents):
    posts = build(scenario(residents, policing__officers_per_1000=0.1), 1).state.posts
    manned = posts[posts.officer >= 0]
    assert {(p.shift, p.crew) for p in manned if p.beat >= 0} == {(s, c) for s in range(3) for c in range(2)}


def test_the_officer_on_duty_serves_and_is_present():
    """Whoever is picked at any hour is on the roster of that crew, on the force and neither sick nor recovering."""
    town = build(scenario(2000, policing__officers_per_1000=20.0), 1)
    officers, day = town.state.officers, town.day
    officers.away_until[::3] = day + 1
    officers.left[1::3] = day
    beats = len(town.state.policing_factor)
    picked = {
        officer_on_duty(town.view, beat, shift, u / 20 + 0.01)
        for beat in range(beats)
        for shift in range(3)
        for u in range(20)
    }
    assert len(picked) > 3
    assert all(row % 3 == 2 for row in picked)
    officers.away_until = day + 1
    assert officer_on_duty(town.view, 0, 0, 0.5) == -1


def test_the_other_crew_stands_in_for_one_that_is_away():
    """A small force has days on which a whole crew is sick: the other one stays; without it nobody would come."""
    town = build(scenario(2000, policing__officers_per_1000=0.1), 1)
    officers, crew = town.state.officers, (town.day // 2) % 2
    officers.away_until[officers.crew == crew] = town.day + 1
    for shift in range(3):
        found = officers[officer_on_duty(town.view, 0, shift, 0.5)]
        assert found.shift == shift and found.crew == 1 - crew


# --- work ------------------------------------------------------------------------------------------------------


def test_work_is_shared_by_those_present_within_the_cap():
    world = squad(10)
    rules = world.state.rules[0]
    present = share_the_work(world.view)
    assert (present, rules.load_today, rules.response_load) == (10, 1.0, 1.0)
    world.state.officers.away_until[:2] = 1
    share_the_work(world.view)
    assert rules.load_today == pytest.approx(1.25) and rules.response_load == pytest.approx(1.25)
    world.state.officers.left[2:5] = 0
    share_the_work(world.view)
    assert rules.load_today == 1.3  # of 2: the rest waits, and makes responses slower still
    assert rules.response_load == pytest.approx(2 * 2 / 1.3)
    rules.strain_overtime_cap = 2.0
    share_the_work(world.view)
    assert rules.load_today == rules.response_load == pytest.approx(2.0)


def test_no_demand_and_nobody_present_are_no_division_by_zero():
    world = always(calm_squad(5, officer_wellness__demand=0), strain_critical_incidents_per_day=EVERY_DAY)
    serve(world, 3)
    rules = world.state.rules[0]
    assert rules.load_today == 0 and len(of_kind(world, Kind.CRITICAL_INCIDENT)) == 0
    assert rules.response_load == pytest.approx(0.1)
    world.state.officers.away_until = 10**6
    rules.strain_demand = 1.0
    serve(world, 3)
    assert np.isfinite(world.state.officers.exhaustion).all() and rules.load_today == 1.3


def test_the_loop_of_strain_and_vacancy_is_stable():
    """A tenth more work for ten years after two years as usual: vacancy stays under 0.15, as the design asks."""
    world = serve(squad(200, day=START_DAY), 730)
    world.state.rules.strain_demand = 1.1
    vacant = []
    for _ in range(40):
        serve(world, 91)
        vacant.append(1 - np.count_nonzero(world.state.officers.left > world.day) / 200)
    assert 0.03 < np.mean(vacant) < 0.15 and np.mean(vacant[20:]) < 0.15


def test_distress_without_programmes_is_in_the_published_ranges():
    """Two years of burn-in and two of policy, with other critical incidents alone: overdose calls are few beside them.

    Later both prevalences fall by a fifth, since the worn-out leave sooner and recruits come rested.
    """
    world = serve(squad(800, day=START_DAY), 730 + 2 * 365)
    officers, rules = world.state.officers, world.state.rules[0]
    serving = officers[officers.left > world.day]
    assert 0.12 < np.mean(serving.exhaustion > rules.exhausted_above) < 0.33
    assert 0.08 < np.mean(serving.depersonalisation > rules.depersonalised_above) < 0.20
    assert 0.04 < np.mean(serving.injured) < 0.187


# --- levers ------------------------------------------------------------------------------------------------------


def test_no_lever_acts_before_the_policy():
    """The burn-in of a town under all levers is that of the same town under none, byte for byte."""
    usual, under = (lived(build(scenario(60, **levers), 1), 40) for levers in ({}, LEVERS))
    assert digest(usual) == digest(under)


def test_burnout_shifts_those_who_serve_on_day_0_by_exactly_that_much():
    for burnout in (-1.0, 1.5):
        world = calm_squad(50)
        world.state.officers.left[7] = -3
        after = copied(world, scenario(40, **CALM, officer_wellness__burnout=burnout))
        set_levers(after, after.scenario)
        shift = np.where(np.arange(50) == 7, 0.0, burnout)
        for column in ("exhaustion", "depersonalisation"):
            assert (after.state.officers[column] == world.state.officers[column] + shift).all()
        changed = {line.split(" ")[0].rstrip(":") for line in differences(world, after, limit=99)}
        assert changed == {"officers.exhaustion", "officers.depersonalisation", "rules.strain_burnout",
                           "rules.burnout_in_force"}  # fmt: skip
        again = copied(after)
        set_levers(again, again.scenario)  # a later change of something else shifts nobody again
        assert differences(after, again) == []


WORN = {  # a force in which each lever has something to do
    "officer_wellness.critical_incidents_per_year": 60.0,
    "officer_wellness.injury_per_incident": 0.05,
    "officer_wellness.burnout": 1.0,
    "officer_wellness.resign_per_year": 0.5,
    "officer_wellness.vacancy_months_least": 0.5,
    "officer_wellness.vacancy_months_most": 1.0,
    "trauma_training.rollout_days": 5,
}


def mean(column):
    return lambda world: world.state.officers[column].mean()


def number(kind):
    return lambda world: len(of_kind(world, kind))


@pytest.mark.parametrize(
    ("lever", "value", "measure", "sign"),
    [
        ("officer_wellness.burnout", 1.5, mean("exhaustion"), 1),
        ("officer_wellness.burnout", 2.5, number(Kind.OFFICER_LEFT), 1),
        ("officer_wellness.burnout", 2.5, number(Kind.SICK), 1),
        ("officer_wellness.peer_support", 1.0, mean("exhaustion"), -1),
        ("officer_wellness.peer_support", 1.0, mean("depersonalisation"), -1),
        ("officer_wellness.peer_support", 1.0, number(Kind.SOUGHT_HELP), 1),
        ("officer_wellness.coach", 1.0, mean("exhaustion"), -1),
        ("officer_wellness.coach", 1.0, mean("depersonalisation"), -1),
        ("officer_wellness.skills_course", 1.0, mean("exhaustion"), -1),
        ("officer_wellness.skills_course", 0.5, number(Kind.COURSE), 1),
        ("officer_wellness.destigmatising", 1.0, number(Kind.SOUGHT_HELP), 1),
        ("officer_wellness.confidential_help", True, number(Kind.SOUGHT_HELP), 1),
        ("officer_wellness.services_on_shift", True, number(Kind.SOUGHT_HELP), 1),
        ("officer_wellness.fitness_reframed", True, number(Kind.SOUGHT_HELP), 1),
        ("officer_wellness.recovery_time", True, mean("stress"), -1),
        ("officer_wellness.recovery_time", True, number(Kind.RECOVERS), 1),
        ("officer_wellness.staffing", 0.7, number(Kind.OFFICER_HIRED), -1),
        ("trauma_training.coverage", 1.0, mean("attitude"), 0),  # no course of no days
    ],
)
def test_each_lever_moves_what_it_should(lever, value, measure, sign):
    usual, under = (serve(squad(400, **(WORN | told)), 90) for told in ({}, {lever: value}))
    more = measure(under) - measure(usual)
    assert more * sign > 0 if sign else more == 0


@pytest.mark.parametrize(
    "numbers",
    [
        {"officer_wellness.skills_refresher_months": 1.0},  # of a course that nobody gives
        {"officer_wellness.recovery_days": 9.0},  # that nobody grants
        {"officer_wellness.peer_support_sd": -0.4, "officer_wellness.help_peer_ratio": 3.0},
        {"officer_wellness.help_confidential_ratio": 3.0, "officer_wellness.help_on_shift_ratio": 3.0},
        {"officer_wellness.peer_support": 1.0, "officer_wellness.peer_support_sd": 0.0,
         "officer_wellness.help_peer_ratio": 1.0},
        {"officer_wellness.coach": 1.0, "officer_wellness.coach_sd": 0.0},
        {"officer_wellness.confidential_help": True, "officer_wellness.help_confidential_ratio": 1.0},
        {"trauma_training.coverage": 1.0, "trauma_training.days": 0, "trauma_training.refresher_months": 1.0},
        {"trauma_training.coverage": 0.0, "trauma_training.days": 5, "trauma_training.survivor_cotrainer": True},
        {"trauma_training.connection": 0.3, "trauma_training.managing_impulses": 0.3, "trauma_training.safety": 0.3},
    ],
    ids=lambda numbers: next(iter(numbers)),
)  # fmt: skip
def test_at_no_effect_a_lever_changes_nothing(numbers):
    """Officers, posts and events are the same byte for byte."""
    usual, under = serve(squad(60, **WORN), 60), serve(squad(60, **(WORN | numbers)), 60)
    assert len(usual.events) > 300
    assert differences(usual, under, ignore=("rules",)) == []


# --- belief --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("feedback", "left", "hears"), [(1.0, 10**6, True), (0.0, 10**6, False), (1.0, 0, False)])
def test_an_officer_hears_of_success_where_somebody_tells_and_forgets_by_halves(feedback, left, hears):
    world = calm_squad(2, population__oud_per_100k=50_000, engagement__feedback=feedback)
    world.state.officers.left[1] = left
    world.make_room()
    tell_of_success(world.view, 0, 1, -1)
    gain = float(world.state.rules[0].belief_gain)
    assert world.state.officers.belief.tolist() == [0.0, gain if hears else 0.0]
    assert len(of_kind(world, Kind.HEARD_OF_SUCCESS)) == hears
    if hears:
        days = int(world.scenario.engagement.belief_halflife_days)
        serve(world, days)
        assert world.state.officers.belief[1] == pytest.approx(gain / 2)


# --- the checks of a world know officers ---------------------------------------------------------------------------


def test_away_or_gone_officers_never_act_in_a_busy_town():
    """Two months of much sickness, leave and leaving, every pathway open; the checks look each week."""
    world = open_town(150, policing__officers_per_1000=80.0, **BUSY_FORCE)
    for _ in range(8):
        check_world(lived(world, 7))
    for kind in (Kind.SICK, Kind.RECOVERS, Kind.OFFICER_LEFT, Kind.OFFICER_HIRED, Kind.TRAINED, Kind.COURSE):
        assert len(of_kind(world, kind)) > 5, kind.name


BUSY_FORCE = {
    "officer_wellness__critical_incidents_per_year": 60.0,
    "officer_wellness__injury_per_incident": 0.3,
    "officer_wellness__resign_per_year": 2.0,
    "officer_wellness__vacancy_months_least": 0.1,
    "officer_wellness__vacancy_months_most": 0.3,
    "officer_wellness__sick_days": 60.0,
    "officer_wellness__recovery_time": True,
    "officer_wellness__skills_course": 1.0,
    "officer_wellness__skills_refresher_months": 0.5,
    "trauma_training__coverage": 1.0,
    "trauma_training__days": 5,
    "trauma_training__refresher_months": 0.5,
    "trauma_training__rollout_days": 5,
}


def test_what_happens_to_officers_happens_to_no_resident():
    """OF_OFFICERS, told from the words of events, is what the events of a busy town say."""
    events = lived(open_town(150, policing__officers_per_1000=80.0, **BUSY_FORCE), 28).events
    of_officers = np.isin(events.kind, OF_OFFICERS)
    assert (events.who[of_officers] == -1).all() and (events.other[of_officers] >= 0).all()
    of_nobody = {Kind(kind) for kind in events.kind[events.who == -1]} - {Kind.POLICY_CHANGED, Kind.SEIZED}
    assert len(of_nobody) > 8 and of_nobody <= set(OF_OFFICERS)


@pytest.mark.parametrize("kind", [Kind.POLICE_CONTACT, Kind.CRITICAL_INCIDENT, Kind.TRAINED])
def test_the_checks_notice_an_officer_who_is_away(kind):
    world = calm_squad(3)
    world.make_room()
    for day, what, officer in ((0, Kind.SICK, 1), (1, kind, 0), (1, kind, 1)):
        world.state.clock.day = day
        happened(world.view, what, -1, officer, 3.0, -1, 0)
    world.state.clock.day = 2
    told = list(force(world))
    assert [line for line in told if "away" in line] == [f"events row 2: {kind.name} by officer 1, who was away"]
