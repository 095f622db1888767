"""Decisions about one child: distress and its way to a level, therapy, what a childhood does to first use."""

import math

import pytest
from deflect.agents.child import CHILD, Custody, distress_level, feel_a_month, initiation_ratio
from deflect.model.rules import CHILD_DAYS, make_rules
from deflect.scenarios.evidence import value_of
from towns import scenario

PER_ADVERSITY, PER_COHESION = 0.15, 0.5  # as the specification has them
HALF, FADES = 180, 365


@pytest.fixture
def rules():
    return make_rules(scenario())[0]


def a_child(**told):
    """Return a child at home, of ordinary liability, to whom nothing happened."""
    child = CHILD.rows(1)[0]
    child.liability = 1.0
    for name, value in told.items():
        child[name] = value
    return child


def test_custody_is_numbered_as_the_column_says():
    column = next(column for column in CHILD.columns if column.name == "custody")
    assert [int(custody) for custody in Custody] == list(range(column.low, column.high + 1))


@pytest.mark.parametrize("adversity", [0.0, 1.0, 9.0])
@pytest.mark.parametrize("cohesion", [0.0, 0.5, 1.0])
@pytest.mark.parametrize("support", [0.0, 0.31])
def test_distress_rises_with_adversity_and_falls_with_cohesion_and_support(rules, adversity, cohesion, support):
    level = distress_level(a_child(adversity=adversity, support=support), cohesion, rules)
    assert level == pytest.approx(PER_ADVERSITY * adversity - PER_COHESION * (cohesion - 0.5) - support, abs=1e-12)


@pytest.mark.parametrize("months", [1, 6, 36])
def test_distress_goes_to_its_level_by_halves(rules, months):
    """Closed form: what is left of the gap after so many days is a half to the power of days over the half-time."""
    child = a_child(adversity=4.0, distress=-1.0)
    for _ in range(months):
        feel_a_month(child, 0.7, rules)
    level = PER_ADVERSITY * 4 - PER_COHESION * 0.2
    left = 0.5 ** (months * CHILD_DAYS / HALF)
    assert child.distress == pytest.approx(level + (-1.0 - level) * left, rel=1e-12)


def test_the_gain_from_therapy_comes_and_fades(rules):
    """Closed form of two rates: distress follows a level from which support is taken, and support fades."""
    size = -value_of("child_trauma_therapy_smd")
    assert size == pytest.approx(0.31)
    treated, other = a_child(adversity=3.0, support=size), a_child(adversity=3.0)
    treated.distress = other.distress = 0.45
    keep, fade = 0.5 ** (CHILD_DAYS / HALF), 0.5 ** (CHILD_DAYS / FADES)
    gaps = []
    for month in range(1, 121):
        feel_a_month(treated, 0.5, rules)
        feel_a_month(other, 0.5, rules)
        gaps.append(other.distress - treated.distress)
        assert treated.support == pytest.approx(size * fade**month)
        expected = size * (1 - keep) * sum(fade**i * keep ** (month - 1 - i) for i in range(month))
        assert gaps[-1] == pytest.approx(expected, rel=1e-9)
    assert 0 < max(gaps) < size and gaps[-1] < 0.01 * size
    assert other.distress == pytest.approx(0.45)


def test_first_use_follows_liability_adversity_and_distress(rules):
    a, b = rules.family_initiation_per_adversity, rules.family_initiation_per_distress
    assert a > 0 and b > 0
    assert initiation_ratio(a_child(), rules) == 1.0
    child = a_child(liability=2.73, adversity=2.0, distress=-0.5)
    assert initiation_ratio(child, rules) == pytest.approx(2.73 * math.exp(2 * a - 0.5 * b), rel=1e-12)
    # A most dreadful childhood multiplies by no more than e^5.
    assert initiation_ratio(a_child(adversity=10_000.0), rules) == pytest.approx(math.exp(5))
