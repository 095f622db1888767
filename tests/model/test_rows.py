"""A changed row of the evidence changes what is built: no number is written down twice."""

import dataclasses
import hashlib

import numpy as np
import pytest
from deflect.model.build import build
from deflect.model.graph import make_ties
from deflect.model.network import weight_of
from deflect.model.population import make_population
from deflect.model.rules import make_rules
from deflect.scenarios import evidence as base
from deflect.scenarios.places import find
from deflect.scenarios.schema import Scenario, fields
from towns import busy_town, lived

BUILDS = [row.id for row in base.registry().values() if row.builds]
# Where the end of the plausible range cannot show in a small town.
FAR = {"couse_youngest": 40.0, "pop_oldest_father": 30, "pop_residents_per_neighbourhood": 500}
N = 4000


def changed(id):
    """Return the registry with one row at the far end of its range, or with one entry of its table raised."""
    row = base.registry()[id]
    if row.series is not None:
        keys = list(row.series) if isinstance(row.series, dict) else range(len(row.series))
        table = dict(row.series) if isinstance(row.series, dict) else list(row.series)
        entry = table[keys[1]]
        table[keys[1]] = entry * 1.4 if isinstance(entry, float) else [2 * entry[0], *entry[1:]]
        return base.registry() | {id: dataclasses.replace(row, series=table)}
    far = FAR.get(id, row.high if row.high != row.value else row.low)
    return base.registry() | {id: dataclasses.replace(row, value=far)}


def digest(arrays):
    return hashlib.sha256(b"".join(np.ascontiguousarray(array).tobytes() for array in arrays)).hexdigest()


def people_and_ties():
    people = make_population(find("US"), N, 1)
    grown = people.born < -730 - 15 * 365
    return digest((*people, *make_ties(people, grown & (np.arange(N) % 10 == 0), 1)))


@pytest.fixture(scope="module")
def usual():
    return people_and_ties()


@pytest.mark.parametrize("id", BUILDS)
def test_a_row_that_builds_changes_people_or_ties(id, usual, monkeypatch):
    rows = changed(id)
    monkeypatch.setattr(base, "registry", lambda: rows)
    assert people_and_ties() != usual


# Twenty rows of the scenario, from every section, some of them tables and some read only by the build.
SAMPLE = (
    "oud_relative_prev_by_age frailty_variance gsl_awareness us_mortality_by_age_sex us_fertility_by_age "
    "stays_near_share friends_on_arrival between_births_days initiation_tie_effect relapse_shape base_od_injecting "
    "surge_fast_days neighbourhood_response_log_sd readiness_halflife_days resumes_share methadone_scale_days "
    "occupancy default_kit_supply patrol_share career_years"
).split()


def town():
    """Return a digest of a small town before its first day."""
    return digest(build(Scenario(place="US", residents=2000), 1).state)


@pytest.fixture(scope="module")
def usual_town():
    return town()


@pytest.mark.parametrize("id", SAMPLE)
def test_a_row_of_the_scenario_changes_the_town(id, usual_town, monkeypatch):
    assert id in {spec.evidence for spec in fields()}
    assert town() == usual_town
    rows = changed(id)
    monkeypatch.setattr(base, "registry", lambda: rows)
    fields.cache_clear()  # made once, with the defaults of the rows there were; the status quo is read from it
    try:
        assert town() != usual_town
    finally:
        fields.cache_clear()


def story(world):
    """Return a digest of everything in a town but the numbers in force."""
    state = world.state._replace(rules=world.state.rules[:0])
    return digest(state)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("demography.stays_near_share", 1.0),
        ("demography.friends_on_arrival", 0),
        ("demography.between_births_days", 30.0),
        ("demography.leave_home_until_years", 20.0),
        ("treatment.resumes_share", 0.0),
        ("policing.career_years", 40.0),
    ],
)
def test_what_the_days_read_changes_the_days(name, value):
    assert story(lived(busy_town(**{name: value}), 40)) != story(lived(busy_town(), 40))


def test_ties_made_during_the_run_weigh_what_ties_of_the_start_weigh(monkeypatch):
    for kind, id in ((1, "tie_weight_kin"), (2, "tie_weight_friend"), (3, "tie_weight_co_use")):
        assert weight_of(kind, make_rules(Scenario())[0]) == base.evidence(id).value
        rows = changed(id)
        with monkeypatch.context() as patch:
            patch.setattr(base, "registry", lambda rows=rows: rows)
            assert weight_of(kind, make_rules(Scenario())[0]) == rows[id].value
    assert weight_of(0, make_rules(Scenario())[0]) == 1.0
