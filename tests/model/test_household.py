"""C6: households with children. What they live through, what is noticed, who is removed and comes back."""

import numpy as np
import pytest
from deflect.agents.child import Custody
from deflect.agents.resident import BUPRENORPHINE, Use, calls_911, happens
from deflect.model import home
from deflect.model.checks import check_world
from deflect.model.events import Kind
from deflect.model.processes import census, household
from deflect.model.processes.census import Count
from deflect.model.randomness import Stream, draw
from deflect.model.rules import CHILD_DAYS, DAYS_A_YEAR, lever_numbers
from deflect.model.world import START_DAY
from deflect.scenarios.evidence import value_of
from towns import busy_town, copied, lived, scenario
from worlds.family import (
    AN_ARREST,
    AN_OVERDOSE,
    CHILD_OF_TEN,
    CHILD_OF_THREE,
    DEADLY,
    GRANDMOTHER,
    MOTHER,
    child_of,
    family,
    happenings,
    looked_at,
    the_only,
    who,
)
from worlds.hand import force

# --- what a child lives through --------------------------------------------------------------------


def test_a_child_sees_an_overdose():
    """Both children at home see it, the one in placement does not, nor does the grown one."""
    grown = {"home": 0, "age": 20, "sex": "male", "mother": 0}
    placed = {"home": 0, "age": 8, "sex": "male", "mother": 0}
    neighbour = {"home": 1, "age": 9, "sex": "male"}
    world = family(
        MOTHER, CHILD_OF_TEN, CHILD_OF_THREE, grown, placed, neighbour, **AN_OVERDOSE, family_witness_given_home=1
    )
    child_of(world, 4).custody = Custody.FOSTER
    lived(world, 1)
    overdose = the_only(world, Kind.OVERDOSE)
    assert happenings(world, Kind.CHILD_WITNESSED) == [(1, 0, overdose), (2, 0, overdose)]
    assert child_of(world, 1).adversity == child_of(world, 2).adversity == value_of("adversity_per_event")
    assert world.events[child_of(world, 1).last_event].who == 1
    assert child_of(world, 3).adversity == child_of(world, 4).adversity == 0
    assert world.residents.child[5] == -1


def test_in_public_or_in_an_institution_no_child_sees():
    for told in ({"at_home": 0}, {"kind": 6}):
        world = family(MOTHER, CHILD_OF_TEN, **(AN_OVERDOSE | {"family_witness_given_home": 1, "report_at_overdose": 1}
                                               | {k: v for k, v in told.items() if k != "kind"}))  # fmt: skip
        world.state.households.kind[0] = told.get("kind", 0)
        lived(world, 1)
        assert len(who(world, Kind.OVERDOSE)) == 1
        assert who(world, Kind.CHILD_WITNESSED) == who(world, Kind.REPORTED) == []


def test_children_orphaned_the_same_day_saw_it_too():
    """A mother dies at home, alone with her child, who goes to friends the same day: it saw, lost her, was reported."""
    friend = {"home": 1, "age": 40, "sex": "female"}
    world = family(
        MOTHER,
        CHILD_OF_TEN,
        friend,
        ties=[[0, 2, "friend"]],
        **(AN_OVERDOSE | DEADLY),
        family_witness_given_home=1,
        report_at_overdose=1,
    )
    lived(world, 1)
    overdose, death = the_only(world, Kind.OVERDOSE), the_only(world, Kind.DIED_OVERDOSE)
    assert world.residents.household[1] == 1 and who(world, Kind.LEFT_HOME) == [1]
    assert happenings(world, Kind.BEREAVED) == [(1, 0, death)]
    assert happenings(world, Kind.CHILD_WITNESSED) == [(1, 0, overdose)]
    assert who(world, Kind.REPORTED) == [1]
    assert child_of(world, 1).adversity == 2 * value_of("adversity_per_event")
    check_world(world)


def test_children_lose_a_parent_wherever_they_live():
    """At home, in placement and with kin elsewhere; not the grown, not the housemate's, and no other death counts."""
    placed = {"home": 0, "age": 8, "sex": "male", "mother": 0}
    elsewhere = {"home": 1, "age": 12, "sex": "male", "mother": 0}
    grown = {"home": 0, "age": 19, "sex": "male", "mother": 0}
    stranger = {"home": 0, "age": 7, "sex": "male"}
    people = (MOTHER, CHILD_OF_TEN, placed, elsewhere, grown, stranger, GRANDMOTHER | {"home": 1})
    ties = [[0, 3, "kin"], [0, 6, "kin"]]
    world = family(*people, ties=ties, **(AN_OVERDOSE | DEADLY))
    child_of(world, 2).custody = Custody.FOSTER
    lived(world, 1)
    death = the_only(world, Kind.DIED_OVERDOSE)
    assert sorted(happenings(world, Kind.BEREAVED)) == [(1, 0, death), (2, 0, death), (3, 0, death)]
    assert [child_of(world, row).adversity for row in (1, 2, 3)] == [1, 1, 1]
    assert child_of(world, 4).adversity == 0 and world.residents.child[5] == -1
    other = lived(family(*people, ties=ties, dates=[["DEATH", 0, 2]]), 2)
    assert who(other, Kind.DIED_OTHER) == [0] and who(other, Kind.BEREAVED) == []


def test_a_parent_arrested_and_jailed():
    """Two events, two of adversity, for the parent's own children at home; others of the home are not weighed down."""
    placed = {"home": 0, "age": 8, "sex": "male", "mother": 0}
    stranger = {"home": 0, "age": 7, "sex": "male"}
    world = family(MOTHER, CHILD_OF_TEN, placed, stranger, GRANDMOTHER, dates=[["POLICE_CONTACT", 0, 2]], **AN_ARREST)
    child_of(world, 2).custody = Custody.KIN
    lived(world, 2)
    arrest, jail = the_only(world, Kind.ARRESTED), the_only(world, Kind.JAILED)
    assert happenings(world, Kind.PARENT_ARRESTED) == [(1, 0, arrest)]
    assert happenings(world, Kind.PARENT_JAILED) == [(1, 0, jail)]
    assert child_of(world, 1).adversity == 2 and child_of(world, 2).adversity == 0
    assert world.residents.child[3] == -1


def test_years_with_untreated_use_count_while_it_lasts():
    """Half an event a year; nothing while the parent is treated, in jail, gone, or the child is placed."""
    a_month = value_of("adversity_per_year") * CHILD_DAYS / DAYS_A_YEAR

    def lived_through(change):
        world = family(MOTHER, CHILD_OF_TEN, GRANDMOTHER)
        change(world)
        exposed = home.has_untreated_parent(world.view, 1)
        looked_at(world, 1, 2)
        assert child_of(world, 1).exposed == exposed
        return exposed, child_of(world, 1).adversity

    def treat(world):
        world.histories.care[0] = BUPRENORPHINE

    def jail(world):
        world.histories.held[0] = 1

    def stop(world):
        world.histories.use[0] = Use.REMISSION

    def place(world):
        child_of(world, 1).custody = Custody.KIN

    assert lived_through(lambda world: None) == (True, pytest.approx(2 * a_month))
    for change in (treat, jail, stop, place):
        assert lived_through(change) == (False, 0)


# --- what is noticed -------------------------------------------------------------------------------


def test_one_occasion_is_one_report_one_notice_one_visit():
    """The survivor is arrested at the scene: two events of one day, and everybody is told once."""
    world = family(
        MOTHER,
        CHILD_OF_TEN,
        CHILD_OF_THREE,
        GRANDMOTHER,
        **AN_OVERDOSE,
        scene_survivor_jailed=1,
        scene_arrests=1,
        report_at_overdose=1,
        family_report_at_arrest=1,
        family_handle_with_care=1,
        family_endangered_children_check=1,
        family_therapy_given_notice=1,
        family_reach=1,
        family_household_naloxone=1,
        family_coaching=1,
        family_services=1,
    )
    lived(world, 1)
    assert len(who(world, Kind.RESPONDED)) == len(who(world, Kind.ARRESTED)) == 1
    assert who(world, Kind.REPORTED) == [1, 2] and sorted(who(world, Kind.THERAPY)) == [1, 2]
    assert who(world, Kind.NOTICE_TO_SCHOOL) == [1]  # three is too young for school
    for kind in (Kind.FAMILY_REACHED, Kind.KIT_RECEIVED, Kind.COACHED, Kind.SERVICES_BEGAN):
        assert who(world, kind) == [3], kind
    assert world.census[-1][Count.REPORTS_BY_POLICE] == 2
    assert world.residents.kit_until[3] > world.day


def test_harm_and_its_detection_are_apart():
    """Without anybody who calls, the child saw it and nobody knows; what is told to a school is no harm."""
    loud = AN_OVERDOSE | {"report_at_overdose": 1, "family_handle_with_care": 1, "family_witness_given_home": 1}
    unseen = lived(family(MOTHER, CHILD_OF_TEN, **(loud | {"call_intercept": -50})), 1)
    assert who(unseen, Kind.CHILD_WITNESSED) == [1]
    assert who(unseen, Kind.REPORTED) == who(unseen, Kind.NOTICE_TO_SCHOOL) == who(unseen, Kind.THERAPY) == []
    away = lived(family(MOTHER, CHILD_OF_TEN, **(loud | {"family_witness_given_home": 0})), 1)
    assert who(away, Kind.REPORTED) == who(away, Kind.NOTICE_TO_SCHOOL) == [1]
    assert who(away, Kind.CHILD_WITNESSED) == [] and child_of(away, 1).adversity == 0


def test_a_notice_to_the_school_leads_to_therapy_and_less_distress():
    numbers = AN_OVERDOSE | {"family_witness_given_home": 1, "family_handle_with_care": 1}
    told = family(MOTHER, CHILD_OF_TEN, **numbers, family_therapy_given_notice=1)
    untold = family(MOTHER, CHILD_OF_TEN, **numbers, family_therapy_given_notice=0)
    for world in (told, untold):
        lived(world, 1)
        force(world, base_oud_per_day=0)
        looked_at(world, 1, 6)
    assert happenings(told, Kind.THERAPY) == [(1, -1, the_only(told, Kind.NOTICE_TO_SCHOOL))]
    assert who(untold, Kind.NOTICE_TO_SCHOOL) == [1] and who(untold, Kind.THERAPY) == []
    assert child_of(told, 1).adversity == child_of(untold, 1).adversity > 1
    keep, fade = 0.5 ** (CHILD_DAYS / 180), 0.5 ** (CHILD_DAYS / 365)
    gain = -value_of("child_trauma_therapy_smd") * (1 - keep) * sum(fade**i * keep ** (5 - i) for i in range(6))
    assert child_of(untold, 1).distress - child_of(told, 1).distress == pytest.approx(gain, rel=1e-9)


@pytest.fixture(scope="module")
def many_overdoses():
    """Two hundred homes of a parent who overdoses and a child of nine."""
    people = []
    for number in range(200):
        people.append({"home": number, "age": 35, "sex": "female", "use": "OUD"})
        people.append({"home": number, "age": 9, "sex": "male", "mother": 2 * number})
    return family(*people, **(AN_OVERDOSE | {"seen_if_not_alone": 1}))


def test_under_a_mandatory_report_more_children_are_reported(many_overdoses):
    """0.5 in place of 0.15; whoever is reported anyway is among them."""
    reported = {}
    for mandatory in (False, True):
        world = copied(many_overdoses)
        numbers = lever_numbers(scenario(**{"family.mandatory_report": mandatory}))
        force(world, report_at_overdose=numbers["report_at_overdose"])
        lived(world, 1)
        reported[mandatory] = set(who(world, Kind.REPORTED))
        share = len(reported[mandatory]) / len(who(world, Kind.RESPONDED))
        expected = value_of("report_mandatory" if mandatory else "report_usual")
        assert share == pytest.approx(expected, abs=4 * np.sqrt(expected * (1 - expected) / 200))
        assert world.census[-1][Count.REPORTS_BY_POLICE] == len(reported[mandatory])
    assert reported[False] < reported[True]


def test_fear_of_a_report_keeps_people_from_calling():
    """Minus 0.4 logits for a witness in a home with a child, under a mandatory report alone."""
    usual, mandatory = (scenario(**{"family.mandatory_report": value}) for value in (False, True))
    assert lever_numbers(usual)["custody_fear_logit"] == 0
    fear = lever_numbers(mandatory)["custody_fear_logit"]
    assert fear == value_of("call_logit_custody_fear") == -0.4
    world = family(MOTHER, CHILD_OF_TEN, GRANDMOTHER)
    force(world, call_intercept=0.0, custody_fear_logit=fear)
    rules = world.state.rules[0]

    def chance(child):
        low, high = 0.0, 1.0
        for _ in range(40):
            middle = (low + high) / 2
            called = calls_911(middle, True, False, False, False, False, child, 0.0, rules)
            low, high = (middle, high) if called else (low, middle)
        return np.log(low / (1 - low))

    assert chance(True) - chance(False) == pytest.approx(fear, abs=1e-9)
    # Who fears is who has a child at home: not where it is placed, nor where it is grown.
    assert home.child_at_home(world.view, 0) == 1
    child_of(world, 1).custody = Custody.FOSTER
    assert home.child_at_home(world.view, 0) == -1


def test_fear_changes_what_is_called_only_in_homes_with_a_child():
    """With the call hanging on four tenths of a logit, no home with a child calls, and every other does."""
    alone = {"home": 1, "age": 30, "sex": "male", "use": "OUD"}
    friend = {"home": 1, "age": 50, "sex": "male"}
    people = (MOTHER, CHILD_OF_TEN, GRANDMOTHER, alone, friend)
    world = family(*people, **(AN_OVERDOSE | {"call_intercept": 500, "custody_fear_logit": -1000}))
    lived(world, 1)
    assert sorted(who(world, Kind.OVERDOSE)) == [0, 3] and who(world, Kind.CALLED_911) == [3]


# --- removal and the way back ----------------------------------------------------------------------


def test_a_report_opens_a_case_a_case_may_end_in_removal():
    world = family(
        MOTHER, CHILD_OF_TEN, **AN_OVERDOSE, report_at_overdose=1, family_report_opens=1, removal_per_day=1000
    )
    lived(world, 1)
    force(world, base_oud_per_day=0)
    reported, opened = the_only(world, Kind.REPORTED), the_only(world, Kind.PROTECTION_OPENED)
    assert world.events.cause[opened] == reported
    looked_at(world, 1)
    removed = the_only(world, Kind.REMOVED)
    assert world.events.cause[removed] == opened and child_of(world, 1).removed == world.events.day[removed]
    assert child_of(world, 1).custody == world.events.amount[removed] in (Custody.KIN, Custody.FOSTER)
    assert child_of(world, 1).exposed == 0 and not home.lives_at_home(world.view, 1)
    check_world(world)


@pytest.mark.parametrize("why", ["no case", "parent treated", "case over"])
def test_no_child_is_removed_without_cause(why):
    world = family(MOTHER, CHILD_OF_TEN, removal_per_day=1000)
    if why != "no case":
        child_of(world, 1).case_until = world.day + (1 if why == "case over" else 300)
    if why == "parent treated":
        world.histories.care[0] = BUPRENORPHINE
    looked_at(lived(world, 2), 1, 2)
    assert who(world, Kind.REMOVED) == []


@pytest.fixture(scope="module")
def placed():
    """Homes of three, the child in foster care: every third mother well into treatment, every third in jail."""
    people = []
    for number in range(300):
        people.append({"home": number, "age": 35, "sex": "female", "use": "OUD"})
        people.append({"home": number, "age": 9, "sex": "male", "mother": 3 * number})
        people.append({"home": number, "age": 60, "sex": "female"})
    world = family(*people, reunified_per_day=0.01)
    world.children.custody[:] = Custody.FOSTER
    for number in range(300):
        mother = world.histories[world.residents.history[3 * number]]
        if number % 3 == 1:
            mother.care, mother.care_since = BUPRENORPHINE, START_DAY - 90
        elif number % 3 == 2:
            mother.held = 1
    return world


def test_a_parent_well_into_treatment_brings_a_child_home_sooner(placed):
    """Twice the hazard, by the very draws; with no parent here, no way home."""
    world = copied(placed)
    first = world.day
    lived(world, CHILD_DAYS)
    back = who(world, Kind.REUNIFIED)
    ratio = value_of("treat90_reunify_multiplier")
    assert ratio == 2
    expected = set()
    for number in range(300):
        row = 3 * number + 1
        key = int(world.residents.key[row])
        (day,) = [day for day in range(first, first + CHILD_DAYS) if (day + key) % CHILD_DAYS == 0]
        hazard = 0.01 * CHILD_DAYS * (ratio if number % 3 == 1 else 1)
        if number % 3 < 2 and happens(draw(world.seed, Stream.CHILD, key, day, household._BACK), hazard):
            expected.add(row)
    assert set(back) == expected and 60 < len(expected) < 180
    for row in back:
        assert child_of(world, row).custody == Custody.HOME and child_of(world, row).case_until <= world.day


def test_a_placement_ends_with_childhood_and_a_childhood_at_twenty_six():
    almost_grown = {"home": 0, "age": 17.99, "sex": "male", "mother": 0}
    young = {"home": 0, "age": 25.95, "sex": "female", "mother": 0}
    old_mother = MOTHER | {"age": 50, "frailty": 0}
    world = family(old_mother, almost_grown, young)
    child_of(world, 1).custody = Custody.FOSTER
    world.state.census[0] = census.counts_tonight(world)
    assert world.state.census[0][Count.IN_FOSTER_CARE] == 1
    looked_at(world, 1)
    looked_at(world, 2)
    looked_at(world, 1)
    ended = the_only(world, Kind.REUNIFIED)
    assert world.events.who[ended] == 1 and world.events.amount[ended] == 0 and world.events.other[ended] == 2
    assert child_of(world, 1).custody == Custody.HOME and child_of(world, 1).exposed == 0
    assert world.census[-1][Count.IN_FOSTER_CARE] == 0
    assert child_of(world, 1).present == 1 and child_of(world, 2).present == 0


def test_placements_are_conserved_every_night():
    """In a busy town where everybody is reported and removed soon, stocks follow from events, deaths and moves too."""
    world = busy_town(250, 5, family__report_usual=1.0, family__report_opens=1.0, family__report_at_arrest=1.0,
                      family__removal_12m=0.999, family__reunified_12m=0.9, policing__enforcement_contacts_per_year=8.0,
                      family__report_by_others_per_year=5.0)  # fmt: skip
    most = 0
    for _ in range(120):
        lived(world, 1)
        tables, counted = census.counts_tonight(world), world.census[-1]
        for stock in (Count.IN_KIN_CARE, Count.IN_FOSTER_CARE):
            assert counted[stock] == tables[stock]
        most = max(most, int(counted[Count.IN_KIN_CARE] + counted[Count.IN_FOSTER_CARE]))
    flows = world.census[:, Count.FIRST_EVENT :].sum(0)
    assert most > 3 and flows[Kind.REMOVED] > 5 and flows[Kind.REUNIFIED] > 0
    check_world(world)
