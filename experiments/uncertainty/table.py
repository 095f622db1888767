"""The table of a study: each outcome's difference, how far ignorance and chance move it, how sure its sign is."""

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from ..compare_table import ROUNDING, interval
from .components import TAILS, components, means_of, wilson
from .draws import MONEY, Draws, Pairs

if TYPE_CHECKING:
    from ...model.outcomes import Outcome

NAN = float("nan")
TITLES = {
    "cost_health": "Cost to health care",
    "cost_justice": "Cost to police, courts, jail",
    "cost_child_welfare": "Cost to child welfare",
    "cost_programme": "Cost to the programme",
    "cost_all": "Cost to all payers",
    "qalys": "Health of residents",
}


class Row(NamedTuple):
    """One outcome under two policies, of the whole place; the columns of uncertainty.csv (docs/uncertainty.md)."""

    outcome: str
    mean_a: float
    mean_b: float
    diff: float
    diff_low: float
    diff_high: float
    p_better: float
    p_better_low: float
    p_better_high: float
    p_more: float
    p_same: float
    relative: float
    relative_low: float
    relative_high: float
    chance_share: float
    chance_share_low: float
    chance_share_high: float
    known_low: float
    known_high: float
    ignorance_sd: float
    chance_sd: float
    diff_error: float
    central: float
    central_a: float
    central_low: float
    central_high: float
    draws: int
    pairs: int
    title: str
    kind: str
    unit: str
    better: str

    @property
    def verdict(self) -> str:
        """Say "the same" in every draw, "better" or "worse" in 95 of 100 or more, "cannot tell", or "nothing"."""
        if not self.draws:
            return "nothing"
        if self.p_same == 1:
            return "the same"
        if self.p_better != self.p_better:
            return "different" if max(self.p_more, 1 - self.p_same - self.p_more) >= TAILS[1] else "cannot tell"
        worse = 1 - self.p_same - self.p_better
        return "better" if self.p_better >= 0.95 else "worse" if worse >= 0.95 else "cannot tell"


def rows(draws: Draws, central: Draws | None = None) -> list[Row]:
    """Return one row an outcome, in the order of model/outcomes.py, then money by payer and health."""
    return [
        row(outcome, draws.values[outcome.id], central.values[outcome.id] if central else None)
        for outcome in _outcomes()
    ]


def row(outcome: "Outcome", pairs: Pairs, central: Pairs | None = None) -> Row:
    """Return the row of one outcome from its pairs, arrays of shape (draws, seeds)."""
    known = np.isfinite(pairs.diff)
    a, b = (np.where(known, side, NAN) for side in pairs)
    some = known.any(axis=1)
    a, b = a[some], b[some]
    under_a, under_b = means_of(a), means_of(b)
    mean_a, mean_b = (float(side.mean()) if len(side) else NAN for side in (under_a, under_b))
    found = components(b - a)
    change = _uncrumbed(means_of(b - a), under_a)
    diff = 0.0 if found.draws and not change.any() else found.mean
    more, less = int((change > 0).sum()), int((change < 0).sum())
    good = {"more": more, "fewer": less}.get(outcome.better)
    sure = (NAN, NAN, NAN) if good is None or not len(change) else (good / len(change), *wilson(good, len(change)))
    relative = change[under_a > 0] / under_a[under_a > 0]
    ends = np.quantile(relative, TAILS) if len(relative) == len(change) > 0 else (NAN, NAN)
    middle = _central(central)
    return Row(
        outcome=outcome.id,
        mean_a=mean_a,
        mean_b=mean_b,
        diff=diff,
        diff_low=found.low,
        diff_high=found.high,
        p_better=sure[0],
        p_better_low=sure[1],
        p_better_high=sure[2],
        p_more=more / len(change) if len(change) else NAN,
        p_same=1 - (more + less) / len(change) if len(change) else NAN,
        relative=diff / mean_a if mean_a > 0 else NAN,
        relative_low=float(ends[0]),
        relative_high=float(ends[1]),
        chance_share=found.share,
        chance_share_low=found.share_low,
        chance_share_high=found.share_high,
        known_low=found.known_low,
        known_high=found.known_high,
        ignorance_sd=found.ignorance,
        chance_sd=found.chance,
        diff_error=found.error,
        central=middle[0],
        central_a=middle[1],
        central_low=middle[2],
        central_high=middle[3],
        draws=found.draws,
        pairs=found.pairs,
        title=outcome.title,
        kind=outcome.kind,
        unit=f"{outcome.unit} a year" if outcome.kind == "count" else outcome.unit,
        better=outcome.better,
    )


def _uncrumbed(change: np.ndarray, under_a: np.ndarray) -> np.ndarray:
    """Return changes, zero where they are only what sums of 8-byte numbers leave."""
    return np.where(np.abs(change) < ROUNDING * np.abs(under_a), 0.0, change)


def _central(pairs: Pairs | None) -> tuple[float, float, float, float]:
    """Return mean difference and mean under A with every number at its value, and the 95 % interval of chance."""
    known = np.isfinite(pairs.diff) if pairs is not None else np.zeros(0, bool)
    if not known.any():
        return NAN, NAN, NAN, NAN
    found = pairs.diff[known]
    return float(found.mean()), float(pairs.a[known].mean()), *interval(found)


def _outcomes() -> "list[Outcome]":
    from ...model.outcomes import OUTCOMES, Outcome

    money = [
        Outcome(name, TITLES[name], "QALYs in all" if name == "qalys" else "dollars in all", "total",
                "more" if name == "qalys" else "fewer", "discounted, over the whole run")
        for name in MONEY
    ]  # fmt: skip
    return [*OUTCOMES, *money]
