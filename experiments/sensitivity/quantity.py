"""The quantity a study is about: an outcome under one policy, or what B changes in it, read from the runs."""

import math
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from ...scenarios.errors import InputError, nearest
from ..compare_table import ROUNDING
from ..money import PAYER_NAMES
from ..sweep import COSTS

if TYPE_CHECKING:
    import pandas

    from ..plan import Plan

MONEY = (*(f"cost_{payer}" for payer in COSTS), "qalys")  # what the prices and utilities of a scenario decide
NAMED = 5  # runs without the number


class Quantity(NamedTuple):
    """What is asked of every pair of runs (or of every run, where there is one policy)."""

    id: str  # of the outcome
    title: str
    unit: str  # as a reader says it
    factor: float  # from the sweep's table to that unit
    kind: str
    better: str  # "fewer", "more" or ""
    paired: bool  # B - A
    percent: bool = False  # of A

    @property
    def change(self) -> str:
        """What the quantity is, for the head of a column or an axis."""
        return f"{self.title}, B - A" if self.paired else self.title

    @property
    def said(self) -> str:
        """What the quantity is, in a sentence."""
        return f"{self.change[:1].lower()}{self.change[1:]}, in {self.unit}"


def quantity_of(outcome: str, paired: bool, percent: bool = False) -> Quantity:
    """Return the quantity of an outcome's id, or `cost_all`, …, `qalys`. Raises InputError."""
    from ...model.outcomes import OUTCOMES

    if percent and not paired:
        raise InputError("percent: needs two policies: it is the change in % of the first")
    known = {one.id: one for one in OUTCOMES}
    if outcome in MONEY:
        title, unit, kind, factor = _money_title(outcome), "QALYs in all", "total", 1.0
        better = "more" if outcome == "qalys" else "fewer"
        if outcome != "qalys":
            unit = "discounted dollars in all"
    elif outcome in known:
        one = known[outcome]
        title, kind, better = one.title, one.kind, one.better
        unit, factor = f"{one.unit} a year" if kind == "count" else one.unit, 1.0
        if one.unit == "share":
            unit, factor = ("percentage points" if paired else "%"), 100.0
    else:
        raise InputError(f"outcome: no outcome {outcome!r}{nearest(outcome, [*known, *MONEY])}")
    if percent:
        unit, factor = "% of A", 1.0
    return Quantity(outcome, title, unit, factor, kind, better, paired, percent)


def _money_title(outcome: str) -> str:
    if outcome == "qalys":
        return "Health of residents"
    return f"Cost to {PAYER_NAMES.get(outcome.removeprefix('cost_'), 'all payers')}"


def responses(table: "pandas.DataFrame", plan: "Plan", quantity: Quantity) -> np.ndarray:
    """Return the quantity of every point and seed from a whole sweep's table, shape (points, seeds).

    Refuses by name what is no finite number: of one such value, SALib makes indices that are all zero and says nothing.
    """
    values = table.sort_values("number")[quantity.id].to_numpy(float)
    _check_finite(table.sort_values("number"), values, quantity.id)
    values = values.reshape(plan.points, len(plan.seeds), len(plan.policies))
    if not quantity.paired:
        return values[:, :, 0]
    digits = -math.floor(math.log10(ROUNDING * np.abs(values).max() or 1.0))
    difference = np.round(values[:, :, 1] - values[:, :, 0], digits)  # what sums of 8-byte numbers leave is no effect
    if not quantity.percent:
        return difference
    base = values[:, :, 0].mean(axis=1)
    if not base.all():
        zero = int(np.flatnonzero(base == 0)[0])
        raise InputError(
            f"{quantity.id}: is 0 under {plan.policies[0].name} at point {zero}, so that nothing is a percentage of it"
        )
    return 100 * difference / base[:, None]


def _check_finite(table: "pandas.DataFrame", values: np.ndarray, outcome: str) -> None:
    wrong = table[~np.isfinite(values)]
    if not len(wrong):
        return
    told = [
        f"run {row.number} (point {row.point}, seed {row.seed}, {row.policy})" for row in wrong[:NAMED].itertuples()
    ]
    more = f" and {len(wrong) - NAMED:,} more" if len(wrong) > NAMED else ""
    raise InputError(
        f"{outcome}: is not a number in {len(wrong):,} of {len(values):,} runs: {', '.join(told)}{more}; no index is "
        "made of the rest. A share of nothing is none: simulate more --residents, or ask for another --outcome"
    )
