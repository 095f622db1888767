"""The compiled model and the plain Mesa twin live the same days of the same town: every person alike."""

from dataclasses import replace

import numpy as np
import pytest
from deflect.benchmarks.plain_mesa import COVERED, NOT_COVERED, Person, PlainTown
from deflect.model.build import build
from deflect.model.day import DAY, live_a_day
from deflect.model.events import Kind
from deflect.scenarios import places
from deflect.scenarios.load import load

RESIDENTS, DAYS = 300, 200
# A town so hard hit that 200 days of 300 people hold everything the twin states a second time.
HARD_HIT = {
    "population.oud_scale": 8.0,
    "drug_use.remission_per_year": 1.0,
    "overdose.community_factor": 40.0,
    "overdose.police_first": 0.5,
    "overdose.responder_floor": 0.0,
    "overdose.responder_per_minute": 1.2,
    "treatment.seek_per_year": 3.0,
    "treatment.patients_per_buprenorphine_site": 0.0,
    "harm_reduction.kit_lifetime_months": 120.0,
    "policing.supervised_at_start": 0.5,
    "deflection.provider_trauma_leaving_ratio": 0.2,
    "switches.trust_to_911": 4.0,
}
COLUMNS = ("use", "since", "care", "wants", "care_since", "overdoses", "last_overdose")


@pytest.fixture(scope="module", params=[4, 23])
def towns(request):
    # So many sites that 300 residents have a share of several.
    place = replace(places.find("54011"), buprenorphine_sites=1000)
    scenario = load("status_quo", {"residents": RESIDENTS, **HARD_HIT, **NOT_COVERED})
    world = build(scenario, request.param, place)
    return world, PlainTown(world)


def people(town):
    """Return the twin's people by their key, in the order of the histories."""
    return sorted(town.agents_by_type[Person], key=lambda person: person.key)


def compare(world, town):
    """Say who is not the same in both, and how."""
    histories, twins, day = world.histories, people(town), world.day
    assert [person.key for person in twins] == histories.key.tolist()
    here = histories.present == 1
    np.testing.assert_array_equal([person.here for person in twins], here, f"who lives here, day {day}")
    for column in COLUMNS:
        twin = np.array([getattr(person, column) for person in twins])
        np.testing.assert_array_equal(twin, histories[column], f"{column}, day {day}")
    for column in ("tolerance", "readiness"):
        twin = np.array([getattr(person, column) for person in twins])
        np.testing.assert_allclose(twin, histories[column], rtol=0, atol=1e-12, err_msg=f"{column}, day {day}")
    provider = [town.providers.index(person.provider) if person.provider else -1 for person in twins]
    np.testing.assert_array_equal(provider, histories.provider, f"provider, day {day}")
    fates = world.residents.fate == 0
    np.testing.assert_array_equal([resident.here for resident in town.residents], fates, f"residents here, day {day}")
    np.testing.assert_array_equal([resident.kit_until for resident in town.residents], world.residents.kit_until)
    np.testing.assert_array_equal([home.kit_until for home in town.homes], world.households.kit_until)
    risks = world.events.amount[world.events.kind == Kind.OVERDOSE]
    np.testing.assert_allclose(town.expected_deaths, risks.sum(), rtol=1e-12, err_msg=f"expected deaths, day {day}")
    occupied = [provider.occupied for provider in town.providers]
    np.testing.assert_array_equal(occupied, world.state.providers.occupied, f"occupied slots, day {day}")


def test_every_person_lives_the_same_days(towns):
    world, town = towns
    compare(world, town)
    for _ in range(DAYS):
        live_a_day(world, COVERED)
        town.step()
        compare(world, town)
    happened = {Kind(kind) for kind in world.events.kind}
    assert len(world.state.providers) > 4
    assert happened >= {
        Kind.USE_CHANGED,
        Kind.OVERDOSE,
        Kind.LAY_NALOXONE,
        Kind.RESPONDED,
        Kind.DIED_OVERDOSE,
        Kind.ASKED_FOR_CARE,
        Kind.TURNED_AWAY,
        Kind.ADMITTED,
        Kind.DID_NOT_ATTEND,
        Kind.LEFT_CARE,
        Kind.LEFT_LIST,
        Kind.CALLED_911,
    }, "the town was too quiet to show that the twin is the same"


def test_the_covered_processes_are_those_of_the_day():
    assert [process for process in DAY if process in COVERED] == list(COVERED)
