"""The compiled model and the plain Mesa twin live the same days of the same town: every person alike."""

import numpy as np
import pytest
from deflect.agents.resident import MISUSE
from deflect.benchmarks.measure import build_world
from deflect.benchmarks.plain_mesa import COVERED, WITHOUT_FIRST_USE, Person, PlainTown
from deflect.model.day import DAY, live_a_day

RESIDENTS, DAYS = 300, 200
# A hard-hit town, so that 200 days of 300 people hold everything that can happen.
HARD_HIT = {
    "population__oud_scale": 6.0,
    "overdose__community_factor": 4.0,
    "drug_use__remission_per_year": 1.0,
    "treatment__seek_per_year": 3.0,
}
COLUMNS = ("use", "since", "care", "wants", "care_since", "overdoses", "last_overdose")


@pytest.fixture(scope="module", params=[1, 2])
def towns(request):
    world = build_world(RESIDENTS, "54011", request.param, **HARD_HIT | WITHOUT_FIRST_USE)
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
    occupied = [provider.occupied for provider in town.providers]
    np.testing.assert_array_equal(occupied, world.state.providers.occupied, f"occupied slots, day {day}")


def test_every_person_lives_the_same_days(towns):
    world, town = towns
    compare(world, town)
    for _ in range(DAYS):
        live_a_day(world, COVERED)
        town.step()
        compare(world, town)
