"""Uncertain numbers follow their rows of evidence: in range, never infinite, and always a scenario that is valid."""

import math

import numpy as np
import pytest
from deflect.experiments import designs
from deflect.experiments.designs import Design
from deflect.experiments.ranges import Range
from deflect.experiments.unknowns import PARTS, WHOLES, Unknown, unknowns, values_at
from deflect.scenarios.evidence import evidence
from deflect.scenarios.schema import fields
from scipy import stats

from deflect import InputError, load

ALL = unknowns()
BY_PATH = {one.path: one for one in ALL}


@pytest.mark.parametrize("one", ALL, ids=lambda one: one.path)
def test_every_quantile_is_a_number_the_scenario_takes(one: Unknown):
    spec = next(spec for spec in fields() if spec.path == one.path)
    found = [one.at(share) for share in (0.0, 0.025, 0.25, 0.5, 0.75, 0.975, 1.0)]
    assert all(map(math.isfinite, found)) and found == sorted(found) and found[0] < found[-1]
    assert (spec.low is None or found[0] >= spec.low) and (spec.high is None or found[-1] <= spec.high)
    assert found[0] <= one.value <= found[-1] or one.value in (one.low, one.high), (
        "the best estimate is beyond its own tails"
    )
    assert found[1] < one.high and found[-2] > one.low, "the distribution and the range do not meet"


def test_three_numbers_are_met():
    """A row without parameters: the value is the median, and 95 % lie between low and high."""
    known = [one for one in ALL if evidence(one.row).distribution == {"family": "lognormal"} and one.low > 0]
    assert len(known) > 30
    for one in known:
        clipped = one.bounds[0] >= one.low or one.bounds[1] <= one.high
        if not clipped and one.low < one.value < one.high:
            inside = [0.025 + 0.95 * share for share in (0.0, 1.0)]
            shares = [(share - 0.001) / 0.998 for share in inside]
            assert one.at(shares[0]) == pytest.approx(one.low, rel=1e-6), one.path
            assert one.at(shares[1]) == pytest.approx(one.high, rel=1e-6), one.path
            assert one.at(0.5) == pytest.approx(one.value, rel=1e-6), one.path


def test_parameters_of_a_row_are_used():
    one = BY_PATH["overdose.police_first"]
    told = evidence(one.row).distribution
    expected = stats.beta(told["alpha"], told["beta"]).ppf(0.001 + 0.998 * 0.3)
    assert one.at(0.3) == pytest.approx(expected)


def test_levers_settings_and_what_a_scenario_sets_are_known():
    kinds = {spec.path: spec.kind for spec in fields()}
    assert {kinds[one.path] for one in ALL} == {"parameter"}
    assert "treatment.seek_per_year" in BY_PATH
    told = unknowns(load("status_quo", {"treatment.seek_per_year": 0.5}))
    assert "treatment.seek_per_year" not in {one.path for one in told} and len(told) == len(ALL) - 1


@pytest.mark.parametrize(
    "name, words",
    [
        ("deflection.coverage", "a lever"),
        ("overdose.wittness_naloxone", "did you mean"),
        ("population.oud_scale", "its evidence has no range"),
    ],
)
def test_what_is_not_uncertain_is_refused(name, words):
    with pytest.raises(InputError, match=words):
        unknowns(None, [name])


def test_random_points_are_valid_scenarios_and_wholes_stay_whole():
    chance = np.random.default_rng(1)  # noqa: NPY002
    for _ in range(100):
        (values,) = values_at(ALL, chance.random((1, len(ALL))))
        load("full_package", values)  # raises where a number is out of bounds or shares do not add up
        for paths in WHOLES:
            assert sum(values[path] for path in paths) == pytest.approx(1)
        for paths in PARTS:
            assert sum(values.get(path, 0.0) for path in paths) <= 1 + 1e-9


def test_one_share_of_a_whole_moves_the_rest_of_the_drawn_ones_only():
    paths = WHOLES[0]
    drawn = unknowns(None, paths[:2])
    low, high = values_at(drawn, [(0.1, 0.5), (0.9, 0.5)])
    fixed = load("status_quo").treatment.naltrexone_share
    assert sum(low.values()) == pytest.approx(1 - fixed) == pytest.approx(sum(high.values()))
    assert low[paths[0]] < high[paths[0]]


def test_a_morris_design_never_samples_an_infinity():
    ranges = tuple(Range(one.path, unknown=one) for one in ALL)
    design = Design("morris", 3, 0, ranges)
    assert design.cube.min() == 0.0 and design.cube.max() == 1.0, "the ends of the cube are in no point"
    for row in range(len(design.cube)):
        assert all(map(math.isfinite, design.values(row).values()))


def test_points_are_the_same_one_by_one_and_in_any_order():
    ranges = (*(Range(one.path, unknown=one) for one in ALL[:6]), Range("years", low=1, high=9, whole=True))
    design = Design("latin_hypercube", 2 * designs.BLOCK + 10, 3, ranges)
    for row in (2 * designs.BLOCK + 9, 0, designs.BLOCK, designs.BLOCK - 1):
        expected = {one.path: one.at(share) for one, share in zip(ranges, design.cube[row], strict=True)}
        assert design.values(row) == pytest.approx(expected, rel=1e-12) and 1 <= design.values(row)["years"] <= 9
    plain = Design("latin_hypercube", 5, 3, ranges[-1:])
    assert [type(plain.values(row)["years"]) for row in range(5)] == [int] * 5
