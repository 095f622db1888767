"""Outcomes by group and by pathway: small histories with answers worked out by hand, and a town counted every night."""

from functools import cache
from types import SimpleNamespace

import numpy as np
import pytest
from deflect.agents.child import CHILD
from deflect.agents.dealings import DEALINGS, Pathway
from deflect.agents.household import HOUSEHOLD
from deflect.agents.provider import DETOX_KIND, PROVIDER
from deflect.agents.resident import HISTORY, INJECTING, OUD, REMISSION, RESIDENT, Fate
from deflect.model.cascade import FOLLOWED, STEPS, cascade, steps
from deflect.model.cascade import GROUPS as CASCADE_GROUPS
from deflect.model.events import BY_PATHWAY, EVENT, Kind
from deflect.model.groups import COUNTED, GROUPINGS, GROUPS, MEASURES, REFERENCE, count_by_group, hot_spots, trust_now
from deflect.model.outcomes import outcomes
from deflect.model.processes.census import Count
from deflect.model.standing import trust_of
from deflect.model.world import START_DAY
from towns import ALL_PATHWAYS, lived, lived_until, town

ADULT = 6575  # days from birth to the first day on which 18 * 365.25 of them have passed
FORTY = 14610
FEMALE, MALE, WHITE, BLACK = 0, 1, 0, 1
HOT, QUIET = 0, 1  # households, and the neighbourhoods they are in
NOBODY = -1


def small_world(people, happened, day, providers=(0, DETOX_KIND)):
    """Return what the counting reads: people (born, sex, race, household, fate, left, use), and events in order.

    An event is (day, kind, who) and by name what else is known of it.
    """
    residents, histories = RESIDENT.rows(len(people)), HISTORY.rows(len(people))
    dealings, households, places = DEALINGS.rows(len(people)), HOUSEHOLD.rows(2), PROVIDER.rows(len(providers))
    households.neighbourhood = [HOT, QUIET]
    places.kind = providers
    columns = ("born", "sex", "race", "household", "fate", "left")
    for row, (*told, use) in enumerate(people):
        for name, value in zip(columns, told, strict=True):
            residents[name][row] = value
        histories.use[row] = use
    residents.history = histories.resident = np.arange(len(people))
    events = np.zeros(len(happened), EVENT).view(np.recarray)
    events.other, events.cause = NOBODY, NOBODY
    for row, (when, kind, who, *more) in enumerate(happened):
        events.day[row], events.kind[row], events.who[row] = when, kind, who
        for name, value in (more[0] if more else {}).items():
            events[name][row] = value
    rules = np.zeros(1, [(name, "f8") for name in (
        "hot_spot", "trust_mean", "trust_shock_size", "trust_slow_keep", "trust_good_keep", "trust_bad_keep"
    )]).view(np.recarray)  # fmt: skip
    rules.hot_spot = 1.0
    state = SimpleNamespace(rules=rules, providers=places, policing_factor=np.array([1.5, 0.5]))
    return SimpleNamespace(
        residents=residents, histories=histories, dealings=dealings, households=households, events=events, state=state,
        children=CHILD.rows(0), day=day,
    )  # fmt: skip


# The girl turns 18 on day 40 and left a hot spot on day 10; one man dies on day 30; another comes on day 20.
PEOPLE = [
    (40 - ADULT, FEMALE, BLACK, QUIET, Fate.HERE, 10**6, INJECTING),
    (-FORTY, MALE, WHITE, HOT, Fate.DIED_OVERDOSE, 30, OUD),
    (-FORTY, MALE, WHITE, QUIET, Fate.HERE, 10**6, INJECTING),
]
HAPPENED = [
    (-60, Kind.OVERDOSE, 1, {"amount": 0.5}),  # before the policy
    (-50, Kind.USE_CHANGED, 1, {"other": -1, "amount": OUD}),
    (10, Kind.LEFT_HOME, 0, {"other": QUIET, "amount": HOT}),
    (20, Kind.MOVED_IN, 2),
    (20, Kind.USE_CHANGED, 2, {"other": -1, "amount": INJECTING}),
    (30, Kind.OVERDOSE, 1, {"amount": 0.25, "place": HOT}),
    (30, Kind.DIED_OVERDOSE, 1, {"cause": 5, "place": HOT}),
    (39, Kind.OVERDOSE, 0, {"amount": 0.125, "place": QUIET}),
    (39, Kind.SEEN, 0, {"cause": 7, "place": QUIET}),
    (40, Kind.OVERDOSE, 0, {"amount": 0.125, "place": QUIET}),
    (40, Kind.FOUND, 0, {"cause": 9, "place": QUIET}),
    (40, Kind.CALLED_911, 0, {"cause": 10, "place": QUIET}),
    (50, Kind.POLICE_CONTACT, 2, {"amount": -1.0, "place": QUIET}),
    (50, Kind.ARRESTED, 2, {"place": QUIET}),
    (50, Kind.JAILED, 2, {"amount": 20.0, "place": QUIET}),
    (55, Kind.POLICE_CONTACT, 0, {"amount": 1.0, "place": QUIET}),
    (60, Kind.USE_CHANGED, 0, {"other": OUD, "amount": REMISSION}),
    (60, Kind.ADMITTED, 0, {"other": 0, "place": QUIET}),
    (70, Kind.RELEASED, 2, {"amount": 20.0}),
    (80, Kind.USE_CHANGED, 0, {"other": REMISSION, "amount": INJECTING}),
    (85, Kind.ADMITTED, 0, {"other": 1, "place": QUIET}),  # a detox bed: no treatment entry
]


def told(counted, column):
    """Return a column as {group: number}, groups with nothing left out."""
    return {group: value for (_, group), value in zip(GROUPS, counted[column], strict=True) if value}


def test_nights_at_risk_are_exact():
    counted = count_by_group(small_world(PEOPLE, HAPPENED, 100))
    for column in ("disorder_years", "resident_years"):
        counted[column] = np.round(counted[column] * 365.25, 9)
    # Active: nights 0-59 and 80-99 of the girl (0-9 in the hot spot), 0-29 of one man, 20-99 of the other.
    expected = {"all": 190, "women": 80, "men": 110, "12-17": 40, "18-25": 40, "35-49": 110}
    expected |= {"white": 110, "black": 80, "most policed quarter": 40, "rest of town": 150}
    assert told(counted, "disorder_years") == expected
    expected = {"all": 210, "women": 100, "men": 110, "12-17": 40, "18-25": 60, "35-49": 110}
    expected |= {"white": 110, "black": 100, "most policed quarter": 40, "rest of town": 170}
    assert told(counted, "resident_years") == expected
    assert told(counted, "jail_days") == {"all": 20, "men": 20, "35-49": 20, "white": 20, "rest of town": 20}


def test_events_go_to_the_group_of_their_day():
    counted = count_by_group(small_world(PEOPLE, HAPPENED, 100))
    expected = {"all": 3, "women": 2, "men": 1, "12-17": 1, "18-25": 1, "35-49": 1, "white": 1, "black": 2}
    assert told(counted, "overdoses") == expected | {"most policed quarter": 1, "rest of town": 2}
    assert told(counted, "expected_deaths")["all"] == 0.5 and told(counted, "expected_deaths")["black"] == 0.25
    died = {"all": 1, "men": 1, "35-49": 1, "white": 1, "most policed quarter": 1}
    assert told(counted, "deaths") == died
    assert told(counted, "entries") == {"all": 1, "women": 1, "18-25": 1, "black": 1, "rest of town": 1}
    assert (told(counted, "witnessed")["all"], told(counted, "calls_911")["all"]) == (2, 1)
    assert (told(counted, "police_contacts")["all"], told(counted, "bad_contacts")["all"]) == (2, 1)
    assert told(counted, "bad_contacts")["men"] == told(counted, "arrests")["men"] == 1
    assert told(counted, "people_with_disorder") == {
        "all": 2, "women": 1, "men": 1, "18-25": 1, "35-49": 1, "white": 1, "black": 1, "rest of town": 2
    }  # fmt: skip


def test_whoever_is_still_in_jail_is_counted_to_the_last_night():
    world = small_world(PEOPLE, HAPPENED[:15], 100)
    world.histories.held[2], world.dealings.held_since[2] = 1, 50
    assert told(count_by_group(world), "jail_days")["all"] == 50


# Milder than elsewhere, so that people and grown children to leave home are left after the burn-in.
TOWN = {"demography.mortality_scale": 2.0, "demography.leave_home_per_year": 0.3, "demography.stays_near_share": 0.2}
NIGHTS = 120


@cache
def counted_every_night():
    """Return a town where everything happens, and what a count of the tables on each of its policy nights gives."""
    world = lived_until(town(1000, 3, **(ALL_PATHWAYS | TOWN)), 0)
    nights = {name: np.zeros(len(GROUPS)) for name in ("disorder_years", "resident_years", "jail_days")}
    for _ in range(NIGHTS):
        lived(world, 1)
        residents, histories = world.residents, world.histories
        here = histories[histories.present == 1]
        of = {
            "resident_years": np.flatnonzero(residents.fate == Fate.HERE),
            "disorder_years": here.resident[(here.use == OUD) | (here.use == INJECTING)],
            "jail_days": here.resident[here.held == 1],
        }
        for name, who in of.items():
            nights[name] += [np.count_nonzero(chosen) for chosen in membership(world, who)]
    return world, nights


def membership(world, who):
    """Yield for each of GROUPS which of these people belong to it tonight."""
    r = world.residents[who]
    years = (world.day - 1 - r.born) / 365.25
    hot = hot_spots(world)[world.households.neighbourhood[r.household]]
    for grouping, group in GROUPS:
        number = GROUPINGS[grouping].index(group)
        if grouping == "all":
            yield np.ones(len(who), bool)
        elif grouping == "age":
            low, _, high = group.rstrip("+").partition("-")
            yield (years >= int(low)) & (years < int(high or 200) + 1)
        elif grouping == "neighbourhood":
            yield hot == (number == 0)
        else:
            yield r[grouping] == number


def test_time_at_risk_is_what_a_count_of_every_night_gives():
    world, nights = counted_every_night()
    counted = count_by_group(world)
    for name, number in nights.items():
        days = counted[name] * (1 if name == "jail_days" else 365.25)
        assert np.allclose(days, number, rtol=0, atol=1e-6), (name, GROUPS[np.argmax(np.abs(days - number))])
        assert (number > 0).sum() >= 10  # of 20 groups
    moved = world.events[(world.events.kind == Kind.LEFT_HOME) & (world.events.day > 0)]
    assert len(np.unique(moved.who)) > 3


def test_groups_add_up_to_the_outcomes_of_the_whole():
    world, _ = counted_every_night()
    counted, whole = count_by_group(world), outcomes(world)
    for name in (*COUNTED, "expected_deaths", "bad_contacts", "entries", "jail_days"):
        assert counted[name][0] == pytest.approx(whole[name], abs=1e-9), name
        for grouping in GROUPINGS:
            inside = [place for place, (its, _) in enumerate(GROUPS) if its == grouping]
            assert counted[name][inside].sum() == pytest.approx(counted[name][0], abs=1e-9), (name, grouping)
    for name in ("overdoses", "police_contacts", "arrests", "jail_days", "offers", "acceptances", "entries"):
        assert whole[name] > 0, name
    policy = world.census[-START_DAY:]
    assert counted["resident_years"][0] == pytest.approx(policy[:, Count.POPULATION].sum() / 365.25)
    assert counted["disorder_years"][0] == pytest.approx(policy[:, [Count.OUD, Count.INJECTING]].sum() / 365.25)


def test_trust_is_what_anybody_would_be_told():
    world, _ = counted_every_night()
    one_by_one = np.array([trust_of(world.view, row) for row in range(len(world.residents))])
    assert np.allclose(trust_now(world), one_by_one, rtol=0, atol=1e-12)
    r = world.residents
    assert np.count_nonzero((r.trust_good > 0) | (r.trust_bad > 0)) > 50
    here = np.flatnonzero(r.fate == Fate.HERE)
    assert count_by_group(world)["trust"][0] == pytest.approx(one_by_one[here].sum())


def test_every_measure_names_what_is_counted_and_every_reference_a_group():
    counted = count_by_group(small_world(PEOPLE, HAPPENED, 100))
    assert {name for measure in MEASURES for name in (measure.over, measure.under)} <= set(counted)
    assert all((grouping, group) in GROUPS for grouping, group in REFERENCE.items())
    assert all(column.shape == (len(GROUPS),) for column in counted.values())


# --- the cascade -------------------------------------------------------------------------------------

OUTREACH, IN_PLACE_OF_A_CHARGE = Pathway.ACTIVE_OUTREACH, Pathway.OFFICER_INTERVENTION
ADULTS = [(-FORTY, MALE, WHITE, HOT, Fate.HERE, 10**6, OUD), (-FORTY, FEMALE, BLACK, HOT, Fate.HERE, 10**6, OUD)]


def case(pathway, who, *steps_taken, other=NOBODY, first_cause=NOBODY, start=0):
    """Return events of one case, each (day, kind) caused by the one before; `start`: row of the first in the table."""
    events = []
    for number, (day, kind, *more) in enumerate(steps_taken):
        cause = start + number - 1 if number else first_cause
        known = {"cause": cause, "other": other, "setting": (pathway and BY_PATHWAY + pathway) or 0}
        events.append((day, kind, who, known | (more[0] if more else {})))
    return events


def of(world, pathway, group="all"):
    """Return {step: episodes} of a pathway, steps nobody came to left out."""
    place = [name for _, name in CASCADE_GROUPS].index(group)
    return {step: counts[pathway, place] for step, counts in cascade(world).items() if counts[pathway, place]}


AT_PROVIDER = {"other": 0}
WHOLE_WAY = (
    (1, Kind.LISTED), (3, Kind.VISITED), (5, Kind.VISITED), (5, Kind.REACHED), (5, Kind.OFFERED), (5, Kind.ACCEPTED),
    (5, Kind.HANDED_OVER), (5, Kind.ASKED_FOR_CARE, AT_PROVIDER), (10, Kind.ADMITTED, AT_PROVIDER),
)  # fmt: skip


def test_an_episode_counts_once_at_each_step_and_stays_as_long_as_it_stayed():
    first = case(OUTREACH, 0, *WHOLE_WAY, (50, Kind.LEFT_CARE, AT_PROVIDER))
    second = case(OUTREACH, 1, (60, Kind.LISTED), (61, Kind.VISITED), start=len(first))
    world = small_world(ADULTS, [*first, *second], 210)
    once = {step: 1 for step in ("reached", "offered", "accepted", "to_treatment", "asked", "entered", "retained_30")}
    followed = {f"followed_{days}": 1 for days in (30, 90, 180)}  # 199 days are known
    assert of(world, OUTREACH) == {"listed": 2, "visited": 2} | once | followed
    assert of(world, OUTREACH, "women") == {"listed": 1, "visited": 1} == of(world, OUTREACH, "black")
    assert of(world, OUTREACH, "men") == {"listed": 1, "visited": 1} | once | followed
    assert of(world, Pathway.NONE) == {}


@pytest.mark.parametrize(("left", "stayed"), ((40, 0), (41, 1)))
def test_thirty_days_of_treatment_are_more_than_thirty(left, stayed):
    world = small_world(ADULTS, case(OUTREACH, 0, *WHOLE_WAY, (left, Kind.LEFT_CARE, AT_PROVIDER)), 100)
    assert of(world, OUTREACH).get("retained_30", 0) == stayed


@pytest.mark.parametrize(
    ("fate", "left", "followed", "stayed"),
    (
        (Fate.MOVED, 20, 0, 0),
        (Fate.MOVED, 40, 0, 0),
        (Fate.MOVED, 41, 1, 1),
        (Fate.DIED_OTHER, 20, 1, 0),
        (Fate.HERE, 20, 1, 0),
    ),
)
def test_who_moves_away_is_not_followed_and_who_dies_did_not_stay(fate, left, followed, stayed):
    people = [(-FORTY, MALE, WHITE, HOT, fate, 10**6 if fate == Fate.HERE else left, OUD)]
    world = small_world(people, case(OUTREACH, 0, *WHOLE_WAY, (left, Kind.LEFT_CARE, AT_PROVIDER)), 100)
    found = of(world, OUTREACH)
    assert (found.get("followed_30", 0), found.get("retained_30", 0)) == (followed, stayed)


def test_the_end_of_the_run_ends_what_can_be_known():
    entered = case(OUTREACH, 0, *WHOLE_WAY)
    assert "followed_30" not in of(small_world(ADULTS, entered, 40), OUTREACH)
    found = of(small_world(ADULTS, entered, 41), OUTREACH)
    assert (found["followed_30"], found["retained_30"]) == (1, 1)


def test_offers_again_and_again_are_one_episode_and_its_first_entry_is_followed():
    charge = case(
        IN_PLACE_OF_A_CHARGE, 1,
        (1, Kind.OFFERED), (1, Kind.ACCEPTED), (1, Kind.HANDED_OVER, {"other": 3}), (2, Kind.CASE_OPENED),
        (3, Kind.OFFERED), (3, Kind.REFUSED), (17, Kind.OFFERED, {"cause": 3}), (17, Kind.ACCEPTED),
        (17, Kind.HANDED_OVER), (17, Kind.ASKED_FOR_CARE, AT_PROVIDER), (20, Kind.ADMITTED, AT_PROVIDER),
        (25, Kind.LEFT_CARE, AT_PROVIDER),
        (31, Kind.OFFERED, {"cause": 3}), (31, Kind.ACCEPTED), (31, Kind.HANDED_OVER),
        (31, Kind.ASKED_FOR_CARE, AT_PROVIDER), (40, Kind.ADMITTED, AT_PROVIDER),
    )  # fmt: skip
    steps_taken = ("offered", "accepted", "to_programme", "taken_on", "to_treatment", "asked", "entered")
    expected = dict.fromkeys(steps_taken, 1) | {"followed_30": 1}  # the second stay goes on, the first one ended
    assert of(small_world(ADULTS, charge, 100), IN_PLACE_OF_A_CHARGE) == expected


def test_a_new_cause_another_person_or_the_burn_in_is_another_episode():
    burn_in = case(OUTREACH, 0, (-3, Kind.LISTED), (2, Kind.VISITED))
    again = case(OUTREACH, 0, (50, Kind.LISTED), (51, Kind.VISITED), start=2)
    other = case(OUTREACH, 1, (52, Kind.LISTED), first_cause=3, start=4)
    elsewhere = case(Pathway.NALOXONE_PLUS, 0, (53, Kind.EVENT_PASSED), first_cause=3, start=5)
    world = small_world(ADULTS, [*burn_in, *again, *other, *elsewhere], 100)
    assert of(world, OUTREACH) == {"listed": 2, "visited": 1}
    assert of(world, Pathway.NALOXONE_PLUS) == {"listed": 1}


def test_usual_care_and_detox():
    usual = case(None, 0, (1, Kind.ASKED_FOR_CARE, AT_PROVIDER), (9, Kind.ADMITTED, AT_PROVIDER))
    walked = case(
        Pathway.SELF_REFERRAL, 1, (1, Kind.WALKED_IN), (1, Kind.OFFERED), (1, Kind.ACCEPTED), (1, Kind.HANDED_OVER),
        (1, Kind.ASKED_FOR_CARE, {"other": 1}), (1, Kind.ADMITTED, {"other": 1}), start=2,
    )  # fmt: skip
    world = small_world(ADULTS, [*usual, *walked], 20)
    assert of(world, Pathway.NONE) == {"asked": 1, "entered": 1}
    steps_taken = ("listed", "offered", "accepted", "to_treatment", "asked", "entered_detox")
    assert of(world, Pathway.SELF_REFERRAL) == dict.fromkeys(steps_taken, 1)


def test_both_kinds_of_treatment_are_shares_of_those_who_asked():
    way = dict(steps(Pathway.SELF_REFERRAL))
    assert (way["entered"], way["entered_detox"], way["retained_90"]) == ("asked", "asked", "followed_90")
    assert steps(Pathway.NONE)[0] == ("asked", "")


def test_nothing_happened():
    world = small_world(ADULTS, [], 20)
    assert all(not counts.any() for counts in cascade(world).values())
    assert told(count_by_group(world), "disorder_years")["all"] == pytest.approx(40 / 365.25)


def test_in_a_town_no_step_holds_more_than_the_one_before_and_groups_add_up():
    world, _ = counted_every_night()
    counted = cascade(world)
    assert tuple(counted) == (*STEPS, *FOLLOWED)
    places = [place for place, (grouping, _) in enumerate(CASCADE_GROUPS) if grouping == "sex"]
    used = 0
    for pathway in Pathway:
        way = steps(pathway)
        for step, before in way:
            whole = counted[step][pathway]
            assert whole[places].sum() == whole[0], (pathway, step)
            if before:
                assert (whole <= counted[before][pathway]).all(), (pathway, step)
        elsewhere = set(counted) - {step for pair in way for step in pair}
        assert not any(counted[step][pathway].any() for step in elsewhere), pathway
        used += counted["asked"][pathway, 0] > 0
    assert used >= 5
