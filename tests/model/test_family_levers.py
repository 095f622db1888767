"""C6: levers of families: what each one brings, what it acts through, and what comes of it."""

import numpy as np
import pytest
from deflect.agents.resident import BUPRENORPHINE, Use, accepts
from deflect.model import home
from deflect.model.care import leaving_factor
from deflect.model.events import Kind
from deflect.model.levers import set_levers
from deflect.scenarios.evidence import value_of
from towns import BUSY, copied, digest, lived, scenario, town
from worlds.family import AN_OVERDOSE, CHILD_OF_TEN, GRANDMOTHER, MOTHER, child_of, family, happenings, the_only, who
from worlds.hand import force, still_town


@pytest.fixture(scope="module")
def policed_town():
    """A busy town on the morning of day 0, with arrests, overdoses and children."""
    numbers = {"policing.enforcement_contacts_per_year": 8.0, "overdose.call_probability": 0.9}
    return lived(town(250, 4, **(BUSY | numbers)), 60)


LEVERS = {  # lever -> (its no effect, what it brings)
    "welfare_check": (0, Kind.FAMILY_REACHED),
    "coaching": (0, Kind.COACHED),
    "services": (0, Kind.SERVICES_BEGAN),
    "handle_with_care": (0, Kind.NOTICE_TO_SCHOOL),
    "endangered_children_check": (0, Kind.THERAPY),
    "household_naloxone": (0, Kind.KIT_RECEIVED),
    "safe_storage": (0, None),
    "mandatory_report": (False, Kind.REPORTED),
}


def under(world, told, days=60, **numbers):
    """Live on under the levers told; numbers: what is in force besides."""
    world = copied(world)
    set_levers(world, scenario(250, **(BUSY | {"policing.enforcement_contacts_per_year": 8.0,
                                              "overdose.call_probability": 0.9} | told)))  # fmt: skip
    for name, value in numbers.items():
        world.state.rules[name] = value
    return lived(world, days)


def count(world, kind) -> int:
    return int(np.count_nonzero(world.events.kind == kind))


def test_every_lever_of_families_is_tried():
    assert set(LEVERS) == {
        name for name, info in type(scenario().family).model_fields.items() if info.json_schema_extra["kind"] == "lever"
    }


@pytest.mark.parametrize("lever", LEVERS)
def test_a_lever_brings_what_it_is_for_and_nothing_at_no_effect(policed_town, lever):
    none, kind = LEVERS[lever]
    usual = under(policed_town, {})
    null = under(policed_town, {f"family.{lever}": none})
    full = under(policed_town, {f"family.{lever}": True if none is False else 1.0})
    assert digest(null) == digest(usual)
    assert digest(full) != digest(usual)
    if kind is not None:
        assert count(full, kind) > count(usual, kind), lever


@pytest.mark.parametrize(
    ("lever", "brings", "numbers"),
    [
        ("coaching", {Kind.COACHED}, {"coaching_ratio": 1.0}),
        ("services", {Kind.SERVICES_BEGAN}, {"family_services_cohesion": 0, "family_services_leaving_ratio": 1.0}),
        ("handle_with_care", {Kind.NOTICE_TO_SCHOOL}, {"family_therapy_given_notice": 0}),
        ("safe_storage", set(), {"family_prescription_ratio": 1.0, "access_usual": 1.0}),
        ("mandatory_report", set(), {"report_at_overdose": 0.15, "custody_fear_logit": 0}),
    ],
)
def test_a_lever_acts_through_what_it_brings_alone(policed_town, lever, brings, numbers):
    """With the one link after it switched off, the town is the same but for the events that the lever brings."""

    def told(world):
        events = [
            (int(e.day), int(e.kind), int(e.who), int(e.other), float(e.amount), int(e.setting))
            for e in world.events
            if Kind(e.kind) not in brings
        ]
        return events, world.children.distress.tolist()

    usual = under(policed_town, {}, **numbers)
    full = under(policed_town, {f"family.{lever}": True if lever == "mandatory_report" else 1.0}, **numbers)
    assert told(full) == told(usual)
    assert all(count(full, kind) > count(usual, kind) for kind in brings)


def test_a_relative_who_was_reached_persuades_for_a_while():
    world = family(MOTHER, GRANDMOTHER, **AN_OVERDOSE, family_reach=1)
    lived(world, 1)
    force(world, base_oud_per_day=0)
    assert happenings(world, Kind.FAMILY_REACHED) == [(1, 0, the_only(world, Kind.RESPONDED))]
    reached, last = world.day - 1, int(value_of("family_persuades_days"))
    for day, persuaded in ((reached, True), (reached + last, True), (reached + last + 1, False)):
        world.state.clock.day = day
        assert home.is_persuaded(world.view, 0) == persuaded
    rules, odds = world.state.rules[0], []
    for relative in (False, True):
        low, high = 0.0, 1.0
        for _ in range(50):
            middle = (low + high) / 2
            yes = accepts(middle, 0.0, False, 0.0, 0.0, relative, False, False, rules)
            low, high = (middle, high) if yes else (low, middle)
        odds.append(low / (1 - low))
    assert odds[1] / odds[0] == pytest.approx(value_of("family_reached_or"))


def test_coached_families_bring_people_into_treatment():
    """Twice as likely to ask, as entry with and without coaching says: 0.62 and 0.37."""
    world = still_town(4000, 5, **{"population.oud_per_100k": 40_000, "population.on_medication_share": 0})
    ratio = np.log(1 - 0.62) / np.log(1 - 0.37)
    assert world.state.rules.coaching_ratio[0] == pytest.approx(ratio)
    force(world, seek_per_day=0.1)
    coached = copied(world)
    coached.state.households.coached_until[:] = world.day + 1
    ended = copied(world)
    ended.state.households.coached_until[:] = world.day
    seeking = np.count_nonzero((world.histories.use == Use.OUD) | (world.histories.use == Use.INJECTING))
    asked = []
    for one, hazard in ((world, 0.1), (ended, 0.1), (coached, 0.1 * ratio)):
        lived(one, 1)
        asked.append(set(who(one, Kind.ASKED_FOR_CARE)))
        p = 1 - np.exp(-hazard)
        assert len(asked[-1]) == pytest.approx(seeking * p, abs=4 * np.sqrt(seeking * p * (1 - p)))
    assert asked[0] == asked[1] and asked[0] < asked[2]


def test_services_keep_people_in_treatment_and_hold_families_together():
    world = family(MOTHER, CHILD_OF_TEN, GRANDMOTHER)
    world.histories.care[0], world.histories.provider[0] = BUPRENORPHINE, 1
    cohesion, leaving = home.cohesion_of(world.view, 0), leaving_factor(world.view, 0)
    world.state.households.services_until[0] = world.day + 1
    assert home.cohesion_of(world.view, 0) == pytest.approx(cohesion + value_of("services_cohesion"))
    assert leaving_factor(world.view, 0) == pytest.approx(leaving * value_of("services_leaving_ratio"))
    world.state.households.services_until[0] = world.day
    assert leaving_factor(world.view, 0) == leaving
    world.histories.use[0] = Use.REMISSION
    assert home.cohesion_of(world.view, 0) == pytest.approx(cohesion + value_of("cohesion_use_loss"))


def test_opioids_in_the_home_count_unless_locked():
    world = family(MOTHER, CHILD_OF_TEN)
    world.state.households.prescribed[0], world.state.households.storage_rank[0] = 1, 0.5
    rules = world.state.rules[0]
    child_of(world, 1).adversity = child_of(world, 1).distress = 0
    child_of(world, 1).liability = 1
    open_ = home.family_ratio(world.view, 1)
    force(world, family_safe_storage=0.49)
    assert home.family_ratio(world.view, 1) == open_
    force(world, family_safe_storage=0.51)
    locked = home.family_ratio(world.view, 1)
    assert open_ / locked == pytest.approx(value_of("hr_youth_od_family_rx")) and rules.access_usual > 1
