"""Chance in a study: how much of what differs between points is left of the luck of their seeds."""

from typing import NamedTuple

import numpy as np

TAILS = (0.025, 0.975)
RESAMPLES = 1000


class Luck(NamedTuple):
    """The share of the variance between points, each the mean over its seeds, that is chance; 95 % interval."""

    share: float
    low: float
    high: float


def luck(responses: np.ndarray, block: int = 1) -> Luck:
    """Return what chance makes of the variance of the points' means, responses of shape (points, seeds).

    All points have the same seeds: what a seed adds everywhere is no difference between points and falls out; what is
    left within a point is its chance (two-way layout without replication). The interval is of the bootstrap over
    blocks of points that belong together (a trajectory). All points alike: nan.
    """
    points, seeds = responses.shape
    means = responses.mean(axis=1)
    left = responses - means[:, None] - (responses.mean(axis=0) - responses.mean())
    within = (left**2).sum(axis=1) / (seeds - 1) * points / (points - 1) / seeds
    between = float(means.var(ddof=1))
    if not between:
        return Luck(np.nan, np.nan, np.nan)
    moved, blocks = means - means.mean(), points // block
    sums = np.stack([within, moved, moved**2]).reshape(3, blocks, block).mean(axis=2)
    times = generator().multinomial(blocks, [1 / blocks] * blocks, RESAMPLES) / blocks  # how often each block is drawn
    chance, first, second = sums @ times.T
    drawn = (second - first**2) * points / (points - 1)
    shares = np.divide(chance, drawn, out=np.ones(RESAMPLES), where=drawn > 0)
    low, high = np.quantile(np.minimum(shares, 1), TAILS)
    return Luck(min(1.0, float(within.mean()) / between), float(low), float(high))


def generator() -> np.random.Generator:
    """Return the numbers of every bootstrap here: the same, so that results are."""
    return np.random.Generator(np.random.PCG64(1))


def variance_of_mean(differences: np.ndarray) -> np.ndarray:
    """Return what chance leaves in the mean over seeds, the last axis, of differences of runs of the same seeds."""
    return differences.var(axis=-1, ddof=1) / differences.shape[-1]
