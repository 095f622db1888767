"""Measures of inequality between groups, from counts pooled over runs, and how chance moves them; docs/equity.md.

A measure is a function of what happened (`over`) and of what it is a rate of (`under`), arrays (..., groups): pooled
over all runs, because a ratio of a handful of events in one run is noise or does not exist. Its interval is that of the
jackknife over runs: every run is left out once.
"""

from typing import NamedTuple

import numpy as np

from .chance import COVERAGE

FEWEST_EVENTS = 20  # in all runs together; below it a rate has a relative standard error of more than a fifth
FEWEST_RUNS = 5  # in which something happened: a single run with many events is one town, not many
NAN = float("nan")


class Estimate(NamedTuple):
    """A measure of all runs together, its 95 % interval, and what chance adds where it cannot be less than nothing."""

    value: float
    low: float
    high: float
    bias: float


# --- the measures: rates r, parts p of all person-time, m the rate of all ----------------------------------


def rates(over, under) -> np.ndarray:
    """Return r = over / under; of nobody there is none."""
    over, under = np.broadcast_arrays(np.asarray(over, float), np.asarray(under, float))
    return np.divide(over, under, out=np.full(over.shape, NAN), where=under > 0)


def rate_ratio(over, under) -> np.ndarray:
    """Return the rate of the first group over that of the second, the reference."""
    r = rates(over, under)
    return rates(r[..., 0], r[..., 1])


def rate_difference(over, under) -> np.ndarray:
    """Return the rate of the first group less that of the second, the reference."""
    r = rates(over, under)
    return r[..., 0] - r[..., 1]


def excess(over, under) -> np.ndarray:
    """Return the events of the first group that would not happen at the rate of the second, the reference."""
    return rate_difference(over, under) * np.asarray(under, float)[..., 0]


def excess_of_all(over, under, reference: int) -> np.ndarray:
    """Return the events of all groups that would not happen at the rate of the reference."""
    r = rates(over, under)[..., [reference]]
    return (over - r * under).sum(axis=-1)


def excess_share(over, under, reference: int) -> np.ndarray:
    """Return `excess_of_all` as a share of all events: the population attributable fraction."""
    return rates(excess_of_all(over, under, reference), np.asarray(over, float).sum(axis=-1))


def between_group_variance(over, under) -> np.ndarray:
    """Return BGV = sum of p (r - m)², in squared units of the rate."""
    r, p, m = _parts(over, under)
    return (p * (r - m) ** 2).sum(axis=-1)


def index_of_disparity(over, under) -> np.ndarray:
    """Return the mean distance of the groups' rates from that of all, each group alike, in % of the rate of all."""
    r, p, m = _parts(over, under)
    there = p > 0
    return 100 * rates((np.abs(r - m) * there).sum(axis=-1), m[..., 0] * there.sum(axis=-1))


def theil(over, under) -> np.ndarray:
    """Return Theil's T = sum of p (r/m) ln(r/m); a rate of nothing adds nothing."""
    r, p, m = _parts(over, under)
    with np.errstate(divide="ignore", invalid="ignore"):
        part = r / m
        return (p * np.where(part > 0, part * np.log(part), np.where(part == 0, 0.0, NAN))).sum(axis=-1)


def mean_log_deviation(over, under) -> np.ndarray:
    """Return MLD = sum of p ln(m/r); not a number where the rate of some group is nothing."""
    r, p, m = _parts(over, under)
    with np.errstate(divide="ignore", invalid="ignore"):
        told = np.where(p > 0, p * -np.log(r / m), 0.0).sum(axis=-1)
    return np.where(np.isfinite(told), told, NAN)


def concentration_parts(over, under) -> np.ndarray:
    """Return (sum of events times the rank of their group, sum of events) of groups in order, shape (2,).

    The rank of a group is the part of the person-time before it and half its own. Over runs whose groups are not the
    same both sums are added up: C = 2 · first / second - 1.
    """
    over, under = np.asarray(over, float), np.asarray(under, float)
    part = under / under.sum() if under.sum() else under
    return np.array([(over * (np.cumsum(part) - part / 2)).sum(), over.sum()])


def concentration(parts) -> np.ndarray:
    """Return the concentration index C of `concentration_parts` (..., 2): -1 all in the first group, 1 in the last."""
    parts = np.asarray(parts, float)
    return 2 * rates(parts[..., 0], parts[..., 1]) - 1


def _parts(over, under) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return rates (of nobody: the rate of all, at no weight), parts of all, and the rate of all (..., 1)."""
    over, under = np.asarray(over, float), np.asarray(under, float)
    m = rates(over.sum(axis=-1, keepdims=True), under.sum(axis=-1, keepdims=True))
    p = rates(under, under.sum(axis=-1, keepdims=True))
    return np.where(under > 0, rates(over, under), m), p, m


def too_few(events) -> np.ndarray:
    """Say where too little happened for a rate to mean anything; events (runs, groups), of the people simulated."""
    events = np.asarray(events, float)
    runs = np.count_nonzero(events > 0, axis=0)
    return (events.sum(axis=0) < FEWEST_EVENTS) | (runs < min(FEWEST_RUNS, len(events)))


# --- chance ------------------------------------------------------------------------------------------------


def leave_one_out(values) -> np.ndarray:
    """Return the sum over all runs, then the sums without each; values (runs, ...) -> (1 + runs, ...).

    Without each run the sum is that of the others over (runs - 1)/runs, so that all stand for as many runs.
    """
    values = np.asarray(values, float)
    runs = len(values)
    total = values.sum(axis=0, keepdims=True)
    if runs == 1:
        return total
    return np.concatenate([total, (total - values) * runs / (runs - 1)])


def estimate(values, logarithm: bool = False, least: float | None = None) -> Estimate:
    """Return a measure with its 95 % interval from its value of all runs and without each, shape (1 + runs,).

    se² = (n - 1)/n · sum of (value without a run - their mean)², and t of n - 1 degrees of freedom: for a mean over
    runs this is the t interval of the mean. logarithm: taken of logarithms, for ratios. least: for a measure that
    cannot be less, such as a variance, which chance makes larger than it is: the interval lies around the value less
    its bias, (n - 1) · (mean without a run - value), and is cut there. A single run has no interval.
    """
    from scipy.special import stdtrit

    values = np.asarray(values, float)
    value, n = float(values[0]), len(values) - 1
    if n < 2 or not np.isfinite(values).all() or (logarithm and (values <= 0).any()):
        return Estimate(value, NAN, NAN, NAN)
    measured = np.log(values) if logarithm else values
    middle, without = float(measured[0]), measured[1:]
    mean = float(without.mean())
    half = float(stdtrit(n - 1, (1 + COVERAGE) / 2)) * float(((without - mean) ** 2).sum() * (n - 1) / n) ** 0.5
    if logarithm:
        return Estimate(value, float(np.exp(middle - half)), float(np.exp(middle + half)), NAN)
    if least is None:
        return Estimate(value, value - half, value + half, NAN)
    bias = (n - 1) * (mean - value)
    return Estimate(value, max(value - bias - half, least), max(value - bias + half, least), bias)
