"""The difference between two policies, outcome by outcome, from pairs of runs of the same seed."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from .chance import COVERAGE
from .run import Run

if TYPE_CHECKING:
    from ..model.outcomes import Outcome
    from .result import Result

FEWEST = 5  # pairs; of fewer, the interval is too wide to say anything
ROUNDING = 1e-12  # of the mean: what sums of 8-byte numbers leave where ups and downs cancel
POWER = 0.8  # of seeing a difference, for the runs needed
NAN = float("nan")
LABEL = (
    "95 % t interval of the mean difference over pairs of runs of the same seed; what is not known about the model's "
    "numbers comes on top"
)


class Row(NamedTuple):
    """One outcome under two policies, of the whole place; the columns of comparison.csv (docs/results.md)."""

    outcome: str
    mean_a: float
    mean_b: float
    diff: float
    diff_low: float
    diff_high: float
    ratio: float
    pairs: int
    title: str
    kind: str
    unit: str
    better: str
    per_100k_a: float
    per_100k_b: float
    per_100k_diff: float
    variance_reduction: float
    pairs_needed: float
    unpaired_needed: float

    @property
    def verdict(self) -> str:
        """Say "better", "worse", "different" (neither is meant), "same" in every pair, "cannot tell", or "nothing"."""
        if not self.pairs:  # a share of nothing in all of them
            return "nothing"
        if self.diff == self.diff_low == self.diff_high == 0:
            return "same"
        if not (self.diff_low > 0 or self.diff_high < 0):  # also where there is no interval
            return "cannot tell"
        if not self.better:
            return "different"
        return "better" if (self.diff > 0) == (self.better == "more") else "worse"


def rows(a: Sequence[Run], b: Sequence[Run]) -> list[Row]:
    """Return one row an outcome; a[i] and b[i] share their seed."""
    return [row_of(outcome, a, b) for outcome in _outcomes()]


def pairs(a: Sequence[Run], b: Sequence[Run]) -> Iterator[tuple[str, int, float, float, float]]:
    """Yield (outcome, seed, value under A, under B, difference), of the whole place as in `rows`."""
    for outcome in _outcomes():
        for run, one, other in zip(a, values(outcome, a), values(outcome, b), strict=True):
            yield outcome.id, run.seed, float(one), float(other), float(other - one)


def values(outcome: "Outcome", runs: Sequence[Run]) -> np.ndarray:
    """Return an outcome of each run, of the whole place: a count a year, a stock on an average day, a share itself."""
    found = np.array([run.outcomes[outcome.id] for run in runs], float)
    if outcome.kind != "share":
        found = found * [run.scale for run in runs]
    return found / [run.years for run in runs] if outcome.kind == "count" else found


def interval(differences: np.ndarray) -> tuple[float, float]:
    """Return the 95 % t interval of the mean of paired differences, shape (pairs,); nan below FEWEST pairs."""
    from scipy.special import stdtrit

    n = len(differences)
    if n < FEWEST:
        return NAN, NAN
    half = float(stdtrit(n - 1, (1 + COVERAGE) / 2)) * float(differences.std(ddof=1)) / n**0.5
    return float(differences.mean()) - half, float(differences.mean()) + half


def needed(diff: float, variance: float, spare: float) -> float:
    """Return how many runs or pairs show a mean of `diff` 80 times in 100, from the variance of one; nan for no mean.

    Normal quantiles, with Guenther's (1981) correction for t: z²/2 more pairs, or z²/4 more runs of each policy, as
    `spare` says.
    """
    from scipy.special import ndtri

    if not diff:
        return NAN
    z, power = float(ndtri((1 + COVERAGE) / 2)), float(ndtri(POWER))
    return max(2.0, float(np.ceil((z + power) ** 2 * variance / diff**2 + spare * z**2)))


def row_of(outcome: "Outcome", a: Sequence[Run], b: Sequence[Run]) -> Row:
    """Return the row of one outcome; a[i] and b[i] share their seed."""
    return _row(outcome, values(outcome, a), values(outcome, b), _per_100k(outcome, a), _per_100k(outcome, b))


def headlines(a: "Result", b: "Result", rows: Sequence[Row]) -> list[Row]:
    """Return the rows that are told first, with those of trust and cost (experiments/families.py)."""
    from .families import beside, chosen

    both = zip(beside(a), beside(b), strict=True)
    told = [_row(outcome, in_a, in_b) for (outcome, in_a), (_, in_b) in both]
    return chosen([*rows, *told], lambda row: row.outcome)


def _row(outcome: "Outcome", in_a: np.ndarray, in_b: np.ndarray, rate_a: float = NAN, rate_b: float = NAN) -> Row:
    known = np.isfinite(in_a) & np.isfinite(in_b)  # a share of nothing is in no pair
    in_a, in_b = in_a[known], in_b[known]
    differences = in_b - in_a
    n = len(differences)
    mean_a, mean_b, diff = (float(x.mean()) if n else NAN for x in (in_a, in_b, differences))
    if abs(diff) < ROUNDING * abs(mean_a):
        differences -= diff
        diff = 0.0
    low, high = interval(differences)
    apart, together = (in_a.var(ddof=1) + in_b.var(ddof=1), differences.var(ddof=1)) if n > 1 else (NAN, NAN)
    return Row(
        outcome=outcome.id,
        mean_a=mean_a,
        mean_b=mean_b,
        diff=diff,
        diff_low=low,
        diff_high=high,
        ratio=mean_b / mean_a if mean_a else NAN,
        pairs=n,
        title=outcome.title,
        kind=outcome.kind,
        unit=f"{outcome.unit} a year" if outcome.kind == "count" else outcome.unit,
        better=outcome.better,
        per_100k_a=rate_a,
        per_100k_b=rate_b,
        per_100k_diff=rate_b - rate_a,
        variance_reduction=float(apart / together) if together else NAN,
        pairs_needed=needed(diff, float(together), 1 / 2),
        unpaired_needed=needed(diff, float(apart), 1 / 4),
    )


def _per_100k(outcome: "Outcome", runs: Sequence[Run]) -> float:
    """Return the mean yearly rate of a count per 100,000 person-years."""
    if outcome.kind != "count":
        return NAN
    return float(np.mean([1e5 * run.outcomes[outcome.id] / run.outcomes["person_years"] for run in runs]))


def _outcomes() -> "tuple[Outcome, ...]":
    from ..model.outcomes import OUTCOMES

    return OUTCOMES
