"""Why something happened: chains, what came of an event, and both as a reader sees them."""

from functools import cache
from types import SimpleNamespace

import numpy as np
import pytest
from deflect.agents.dealings import Pathway
from deflect.model.community import CommunityModel
from deflect.model.events import AT_HOME, BY_PATHWAY, EVENT, IN_PUBLIC, NOWHERE, Kind
from deflect.model.why import Step, Teller, chain_of, consequences_of, first_causes, why
from deflect.scenarios.errors import InputError
from towns import busy_town, lived

HAPPENED = [  # day, who, other, place, kind, setting, amount, cause
    (100, 4, 3, 0, Kind.ASKED_FOR_CARE, NOWHERE, 2.0, -1),
    (112, 3, -1, 2, Kind.OVERDOSE, AT_HOME, 0.043, -1),
    (112, 3, 5, 2, Kind.SEEN, AT_HOME, 0.0, 1),
    (112, 3, 5, 2, Kind.LAY_NALOXONE, AT_HOME, 1.0, 2),
    (112, 3, -1, 2, Kind.SURVIVED, AT_HOME, 0.0, 1),
    (112, 4, 3, 0, Kind.ADMITTED, NOWHERE, 12.0, 0),
    (112, 3, -1, 2, Kind.HOSPITAL, AT_HOME, 0.0, 4),
    (115, 3, 1, 2, Kind.ASKED_FOR_CARE, NOWHERE, 3.0, 1),
    (118, 3, 1, 2, Kind.ADMITTED, NOWHERE, 3.0, 7),
    (118, 3, 2, 2, Kind.USE_CHANGED, NOWHERE, 4.0, 8),
    (300, 6, 4, 1, Kind.BORN, NOWHERE, 0.0, -1),
    (301, 3, 1, 2, Kind.LEFT_CARE, NOWHERE, 183.0, 8),
]
SEX_AND_AGE = {3: (0, 34), 4: (0, 28), 5: (1, 40)}  # on day 0


@pytest.fixture
def world():
    residents = np.zeros(7, [("born", "i8"), ("sex", "u1")])
    for row, (sex, age) in SEX_AND_AGE.items():
        residents[row] = (-int(age * 365.25) - 40, sex)
    residents[6] = (300, 1)
    return SimpleNamespace(events=np.array(HAPPENED, EVENT), residents=residents)


@cache
def busy():
    return lived(busy_town(), 60)


def test_the_chain_runs_from_the_first_cause_to_the_event(world):
    assert chain_of(world, 9) == [1, 7, 8, 9]
    assert chain_of(world, 10) == [10] == chain_of(world.events, 10)


def test_consequences_are_followed_by_their_own(world):
    told = [(2, 1), (3, 2), (4, 1), (6, 2), (7, 1), (8, 2), (9, 3), (11, 3)]
    assert consequences_of(world, 1) == [Step(*step) for step in told]
    assert consequences_of(world.events, 8) == [Step(9, 1), Step(11, 1)] and consequences_of(world, 10) == []


def test_chains_and_consequences_say_the_same_of_a_lived_town():
    events = busy().events
    chains = [chain_of(events, row) for row in range(len(events))]
    assert max(map(len, chains)) > 3
    first, steps = first_causes(events)
    assert first.tolist() == [chain[0] for chain in chains]
    assert steps.tolist() == [len(chain) - 1 for chain in chains]
    for row in range(len(events)):
        came_of_it = {other: len(chain) - 1 - chain.index(row) for other, chain in enumerate(chains) if row in chain}
        in_order = sorted(came_of_it, key=chains.__getitem__)
        assert consequences_of(events, row) == [Step(other, came_of_it[other]) for other in in_order[1:]]


def test_the_answer_as_it_is_read(world):
    assert (
        why(world, 8)
        == """\
Why event 8?

What led to it, the first cause first
 1  day 112 (month 4)     resident 3, woman of 34, overdosed at home, neighbourhood 2; probability of dying of it: 4.3 %
 7  day 115 (month 4)       resident 3 asked for treatment; provider 1; medication wanted: buprenorphine
 8  day 118 (month 4)         resident 3 entered treatment; provider 1; 3 days waited

What followed
 9  day 118 (month 4)     resident 3 changed use from opioid use disorder to remission
11  day 301 (month 10)    resident 3 left treatment; provider 1; 183 days in treatment

What else came of the first cause, event 1
 2  day 112 (month 4)     resident 3 was seen overdosing; the witness: resident 5, man of 40
 3  day 112 (month 4)       resident 3 was given naloxone by a lay person; the giver: resident 5; kit: giver's
 4  day 112 (month 4)     resident 3 survived an overdose
 6  day 112 (month 4)       resident 3 was taken to hospital"""
    )


def test_what_nothing_led_to_is_said(world):
    lines = why(world, 10).splitlines()
    baby = "resident 6, baby boy, was born, neighbourhood 1; the mother: resident 4, woman of 28"
    assert lines[3].endswith(baby) and lines[4].startswith("No event led to it")
    assert lines[-2:] == ["What followed", "nothing that is recorded"]


def test_the_nearest_are_told_first_and_the_rest_is_counted(world):
    followed = why(world, 1, limit=4).partition("What followed\n")[2].splitlines()
    assert [int(line.split()[0]) for line in followed[:-1]] == [2, 3, 4, 7] and followed[-1] == "... and 4 more"
    assert "more" not in why(world, 1, limit=8)


def test_without_the_people_no_age_is_made_up(world):
    told = why(world.events, 8)
    assert "resident 3 overdosed at home" in told and "woman" not in told and "man of" not in told


def test_a_person_and_a_place_are_described_when_new_and_when_changed(world):
    world.events["day"][8] = 118 + 366
    world.events["place"][8] = 1
    world.events["setting"][8] = IN_PUBLIC
    lines = why(world, 8).splitlines()[3:6]
    assert "woman of 34" in lines[0] and "woman" not in lines[1] and "neighbourhood" not in lines[1]
    assert "resident 3, woman of 35, entered treatment in public, neighbourhood 1;" in lines[2]
    assert "neighbourhood 2" in Teller(world).line(8 - 1)  # the cause was not told


def test_a_setting_without_words_and_an_event_of_nobody_are_told(world):
    world.events["setting"][10] = BY_PATHWAY + Pathway.NALOXONE_PLUS
    assert "; pathway: naloxone plus; the mother" in Teller(world).sentence(10)
    world.events["setting"][10] = 99
    assert (
        Teller(world)
        .sentence(10)
        .startswith("resident 6, baby boy, was born, neighbourhood 1; pathway: setting 99; the mother")
    )
    world.events[10] = (90, -1, -1, -1, Kind.POLICY_CHANGED, 0, 2.0, -1)
    assert Teller(world).sentence(10) == "the policy changed; number of the dated change: 2"


def test_children_are_girls_and_boys(world):
    world.residents["born"][6] = 300 - 7 * 366
    assert "resident 6, boy of 7," in Teller(world).sentence(10)
    world.residents[6] = (300 - int(17.9 * 365.25), 0)
    assert "resident 6, girl of 17," in Teller(world).sentence(10)


def test_every_event_of_a_lived_town_can_be_asked_about():
    world = busy()
    assert len(set(world.events["kind"])) > 18
    for row in range(0, len(world.events), 7):
        told = why(world, row)
        lines = [line for line in told.splitlines() if line[: Teller(world).width].strip().isdecimal()]
        assert len({line.split()[0] for line in lines}) == len(lines) and str(row) in told
        assert "code" not in told and "-1:" not in told


@pytest.mark.parametrize("row", [-1, 12])
def test_an_event_that_does_not_exist_is_refused(world, row):
    for ask in (why, chain_of, consequences_of):
        with pytest.raises(InputError, match=f"event {row}: there is none; events are numbered 0 to 11"):
            ask(world, row)
    with pytest.raises(InputError, match="nothing has happened yet"):
        why(world.events[:0], 0)


def test_the_mesa_model_is_asked_the_same_way():
    model = CommunityModel(world=busy(), burn_in=False)
    events = model.world.events
    row = int(np.flatnonzero(events["kind"] == Kind.ADMITTED)[0])
    person = model.handle("residents", int(events["who"][row]))
    assert row in person.events.index
    assert model.why(row) == why(busy(), row) and f"resident {person.row}" in model.why(row)
