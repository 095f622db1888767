"""A factorial: terms against a function worked by hand, cells that share one past, factors that may not disagree."""

from pathlib import Path

import numpy as np
import pytest
from deflect.experiments.branches import check_one_past, days_of, live_branches
from deflect.experiments.factorial import Factorial, cells_of, factorial, terms
from deflect.experiments.run import run
from deflect.scenarios.errors import InputError
from deflect.scenarios.load import load

SMALL = {"residents": 300, "years": 1, "place": "54011"}


def test_terms_of_a_function_known():
    """y = 10 + 2a + 3b + 4ab + s: a and b reinforce each other by 4; what a seed adds everywhere falls out."""
    cells = [(a, b) for b in (0, 1) for a in (0, 1)]
    values = np.array([[10 + 2 * a + 3 * b + 4 * a * b + s for a, b in cells] for s in (0, 7, 100)], float)
    found = {name: value.tolist() for name, value in terms(values, ["a", "b"]).items()}
    assert found == {
        "alone: a": [2] * 3,
        "alone: b": [3] * 3,
        "together: all": [9] * 3,
        "sum of alone: all": [5] * 3,
        "reinforcement: all": [4] * 3,
        "effect: a": [4] * 3,
        "effect: b": [5] * 3,
        "effect: a x b": [2] * 3,
        "shapley: a": [4] * 3,
        "shapley: b": [5] * 3,
    }


def test_shares_add_up_and_effects_are_orthogonal():
    values = np.random.default_rng(1).normal(size=(4, 16))
    found = terms(values, list("abcd"))
    shares = sum(value for name, value in found.items() if name.startswith("shapley"))
    assert np.allclose(shares, found["together: all"], atol=1e-12)
    assert sum(name.startswith("effect") for name in found) == 15
    # A value of one cell alone is in every effect with the same size: half the cells count for, half against it.
    alone = terms(np.eye(16)[[5]], list("abcd"))
    assert {abs(float(value[0])) for name, value in alone.items() if name.startswith("effect")} == {1 / 8}


def test_branches_are_the_runs_themselves():
    """The burn-in lived once gives the same bytes as each run alone, and its progress ends with all days lived."""
    scenarios = [load(policy, SMALL) for policy in ("status_quo", "full_deflection")]
    seen = []
    branches = live_branches(scenarios, seed=3, progress=seen.append)
    assert [branch.digest for branch in branches] == [run(scenario, 3).digest for scenario in scenarios]
    assert branches[0].digest != branches[1].digest
    assert seen == sorted(seen) and seen[-1] == days_of(scenarios)


def test_a_shared_past_allows_levers_only():
    status_quo = load("status_quo", SMALL)
    check_one_past([status_quo, load("more_slots", SMALL)])
    other = load("status_quo", SMALL | {"treatment.seek_per_year": 0.5})
    with pytest.raises(InputError, match=r"treatment\.seek_per_year: is .* may differ in levers only"):
        check_one_past([status_quo, other])


def test_cells_are_every_combination():
    cells = cells_of("status_quo", ("more_slots", "more_naloxone"), SMALL)
    assert [cell.name for cell in cells] == ["status_quo", "more_slots", "more_naloxone", "more_slots+more_naloxone"]
    slots, kits = (load(name, SMALL) for name in ("more_slots", "more_naloxone"))
    assert cells[3].treatment == slots.treatment and cells[3].harm_reduction == kits.harm_reduction
    assert cells[0].hash == load("status_quo", SMALL).hash


@pytest.mark.parametrize(
    ("factors", "said"),
    [
        (("more_slots",), "from 2 to 6"),
        (("more_slots", "more_slots"), "each once"),
        (("more_slots", "status_quo"), "status_quo: changes nothing"),
        (("officer_intervention", "lead_seattle"), "may not disagree"),
    ],
)
def test_factors_that_make_no_factorial_are_refused(factors, said):
    with pytest.raises(InputError, match=said):
        cells_of("status_quo", factors, SMALL)


def test_fewer_than_five_seeds_are_refused():
    with pytest.raises(InputError, match="at least five"):
        factorial("more_slots", "more_naloxone", base="status_quo", overrides=SMALL, seeds=2)


@pytest.fixture(scope="module")
def lived() -> Factorial:
    policies = ("more_naloxone", "officer_intervention")
    return factorial(*policies, base="status_quo", overrides=SMALL, seeds=5, workers=1)


def test_the_whole_is_written(lived, tmp_path):
    folder = lived.save(tmp_path / "out")
    assert {path.name for path in folder.iterdir()} == {
        "factorial.csv",
        "cells.csv",
        "factorial.png",
        "factorial.svg",
        "provenance.json",
    }
    table, cells = lived.table, lived.cells
    kits = table[(table.outcome == "kits") & (table.kind == "alone") & (table.term == "more_naloxone")].iloc[0]
    shown = cells[cells.outcome == "kits"].groupby(["more_naloxone", "officer_intervention"]).value.mean()
    assert kits.estimate == pytest.approx(shown[1, 0] - shown[0, 0]) and kits.low > 0
    assert Path(folder / "factorial.png").stat().st_size > 10_000


def test_what_a_factor_cannot_touch_is_exactly_zero(lived):
    table = lived.table
    effects = table[(table.outcome == "officers_trained") & (table.kind == "effect")]
    assert len(effects) == 3 and (effects[["estimate", "low", "high"]] == 0).all(axis=None)
