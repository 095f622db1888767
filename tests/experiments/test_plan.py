"""Plans: every combination once, mistakes named by file and line, one past for what differs in levers only."""

import itertools

import numpy as np
import pytest
from deflect.experiments.plan import BRANCHES, read_plan

from deflect import InputError

BASE = {"place": "54011", "years": 1, "residents": 500}
PLAN = """\
name: both
base: {years: 1, residents: 500}
policies: [status_quo, more_slots]
places: ["54011", "39061"]
seeds: 2-4
vary:
  treatment.intake_days: [1, 7]
  overdose.call_probability: {from: 0.3, to: 0.5, steps: 3}
"""


def test_every_combination_is_asked_once(tmp_path):
    (tmp_path / "plan.yaml").write_text(PLAN)
    plan = read_plan(tmp_path / "plan.yaml")
    assert len(plan) == 2 * 3 * 2 * 3 * 2
    told = {
        (*plan.values(run.point).values(), plan.places[run.place], plan.seed(run), plan.policies[run.policy].name)
        for run in map(plan.asked, range(len(plan)))
    }
    expected = itertools.product((1, 7), (0.3, 0.4, 0.5), ("54011", "39061"), (2, 3, 4), ("status_quo", "more_slots"))
    assert told == set(expected)
    assert [plan.number(*plan.asked(number)[1:]) for number in range(len(plan))] == list(range(len(plan)))


def test_families_hold_every_run_once_and_share_all_but_levers():
    plan = read_plan(
        {
            "base": BASE,
            "policies": ["status_quo", "full_deflection"],
            "seeds": 3,
            "vary": {"treatment.intake_days": list(range(1, 13)), "overdose.call_probability": [0.3, 0.5]},
        }
    )
    families = list(plan.families())
    assert sorted(run.number for family in families for run in family) == list(range(len(plan)))
    assert max(map(len, families)) == BRANCHES
    for family in families:
        assert len({plan.seed(run) for run in family}) == 1
        assert len({plan.values(run.point)["overdose.call_probability"] for run in family}) == 1


def test_policies_of_different_pasts_are_lived_apart(tmp_path):
    (tmp_path / "other.yaml").write_text("extends: status_quo\noverdose:\n  call_probability: 0.6\n")
    plan = read_plan({"base": BASE, "policies": ["status_quo", str(tmp_path / "other.yaml")], "seeds": 2})
    assert [len(family) for family in plan.families()] == [1, 1, 1, 1]


def test_fresh_seeds_are_never_used_twice():
    sample = {"design": "latin_hypercube", "points": 7, "over": ["treatment.seek_per_year"]}
    plan = read_plan({"base": BASE, "seeds": "3,9", "fresh_seeds": True, "sample": sample})
    seeds = [plan.seed(plan.asked(number)) for number in range(len(plan))]
    assert len(set(seeds)) == len(seeds) == 14 and min(seeds) == 3


@pytest.mark.parametrize("kind", ["latin_hypercube", "sobol", "saltelli", "morris", "random"])
def test_designs_fill_the_cube_and_follow_from_their_seed(kind):
    def cube(seed):
        over = {"treatment.intake_days": {"from": 1, "to": 20}, "overdose.call_probability": "evidence"}
        sample = {"design": kind, "points": 64, "seed": seed, "over": over}
        return read_plan({"base": BASE, "sample": sample}).design.cube

    one, again, other = cube(1), cube(1), cube(2)
    assert one.shape[1] == 2 and len(one) == {"saltelli": 64 * 4, "morris": 64 * 3}.get(kind, 64)
    assert np.array_equal(one, again) and not np.array_equal(one, other)
    assert one.min() >= 0 and one.max() <= 1 and np.all(np.abs(one.mean(axis=0) - 0.5) < 0.15)


def test_listed_points_are_taken_as_they_are():
    points = [
        {"treatment.intake_days": 3, "deflection.coverage": 0.2},
        {"deflection.coverage": 0.7, "treatment.intake_days": 1},
    ]
    plan = read_plan({"base": BASE, "points": points})
    assert [plan.values(point) for point in range(2)] == [dict(sorted(p.items(), reverse=True)) for p in points]


@pytest.mark.parametrize(
    "text, where, words",
    [
        ("polices: [status_quo]", ":1:", "did you mean 'policies'"),
        ("seeds: 3\nseeds: 4", ":2:", "twice"),
        ("seeds: many", ":1:", "write a count"),
        ("policies:\n  - status_quo\n  - more_slot", ":3:", "did you mean 'more_slots'"),
        ("places: [cabel]", ":1:", "Cabell County, WV"),
        ("vary:\n  treatment.intake_day: [1]", ":2:", "did you mean 'treatment.intake_days'"),
        ("vary:\n  treatment.intake_days: {from: 3, to: 1}", ":2:", "the lower first"),
        ("vary:\n  treatment.intake_days: {from: 0, to: 1, scale: log}", ":2:", "above zero"),
        ("sample: {design: sobol, points: 100, over: evidence}", ":1:", "such as 128"),
        ("sample: {design: lhs, points: 8, over: evidence}", ":1:", "latin_hypercube"),
        ("sample:\n  design: random\n  points: 8\n  over: [deflection.coverage]", ":4:", "a lever"),
        ("points: [{treatment.intake_days: 1}, {deflection.coverage: 1}]", ":1:", "not in all"),
        (
            "points: [{treatment.intake_days: 1}]\nsample: {design: random, points: 8, over: evidence}",
            ":1:",
            "not both",
        ),
        ("vary: {years: [1]}\npoints: [{years: 1}]", ":2:", "varies twice"),
        ("monthly: [death]", ":1:", "did you mean 'deaths'"),
        ("base: {yeers: 1}", ":1:", "did you mean 'years'"),
        ("policies: [status_quo, status_quo]", ":1:", "named twice"),
        ("seeds: 100000\nvary: {residents: {from: 1, to: 100000, steps: 1000}}", "", "more than"),
    ],
)
def test_mistakes_are_named_with_their_line(tmp_path, text, where, words):
    (tmp_path / "plan.yaml").write_text(text)
    with pytest.raises(InputError) as error:
        read_plan(tmp_path / "plan.yaml")
    assert f"plan.yaml{where}" in str(error.value) and words in str(error.value)


def test_a_value_out_of_bounds_names_its_point():
    plan = read_plan({"base": BASE, "vary": {"deflection.coverage": [0.5, 1.5]}})
    plan.scenario(0, 0, 0)
    with pytest.raises(InputError, match=r"point 1 \(deflection.coverage=1.5\) under status_quo: .*less than or equal"):
        plan.scenario(1, 0, 0)
