"""Chance and ignorance told apart: the variance of a number over draws of the parameters, and over seeds at a draw."""

from typing import NamedTuple

import numpy as np

from ..chance import COVERAGE

NAN = float("nan")
TAILS = ((1 - COVERAGE) / 2, (1 + COVERAGE) / 2)


class Components(NamedTuple):
    """A number over draws, its variance in two parts. `share` and what follows are nan with one seed a draw."""

    mean: float
    error: float  # Monte Carlo: standard error of the mean
    low: float  # where 95 % of the draws lie, each the mean of its seeds
    high: float
    share: float  # of the variance between those means, what is chance
    share_low: float  # its 95 % interval
    share_high: float
    ignorance: float  # standard deviation between draws, chance taken out
    chance: float  # standard deviation of one pair of runs at given numbers
    known_low: float  # where 95 % of the draws would lie without chance
    known_high: float
    draws: int
    pairs: int


def components(values: np.ndarray) -> Components:
    """Return the parts of a number, values of shape (draws, seeds), nan where a run is missing.

    The usual estimates of a one-way layout with random effects, also where draws have different numbers of seeds
    (Searle, Casella and McCulloch 1992). Within a draw runs differ by chance; a component below zero is zero. The
    interval without chance pulls each draw toward the mean until their variance is that of ignorance.
    """
    counts = np.isfinite(values).sum(axis=1)
    values, counts = values[counts > 0], counts[counts > 0]
    draws, pairs = len(values), int(counts.sum())
    if not draws:
        return Components(*[NAN] * 11, 0, 0)
    means = means_of(values)
    mean = float(means.mean())
    error = float(means.std(ddof=1)) / draws**0.5 if draws > 1 else NAN
    low, high = (float(end) for end in np.quantile(means, TAILS))
    parts = _parts(values, means, counts) if pairs > draws > 1 else [NAN] * 5
    pull = (1 - parts[0]) ** 0.5
    return Components(
        mean, error, low, high, *parts, mean + pull * (low - mean), mean + pull * (high - mean), draws, pairs
    )


def means_of(values: np.ndarray) -> np.ndarray:
    """Return the mean over seeds, shape (draws,); nan where no run is there."""
    known = np.isfinite(values)
    counts = known.sum(axis=1)
    return np.where(counts > 0, np.where(known, values, 0).sum(axis=1) / np.maximum(counts, 1), NAN)


def without_chance(values: np.ndarray, share: float) -> np.ndarray:
    """Return means over draws with the part of their variance that is chance taken out, shape (draws,)."""
    mean = values.mean()
    return mean + (1 - share if share == share else 1.0) ** 0.5 * (values - mean)


def wilson(count: int, of: int) -> tuple[float, float]:
    """Return Wilson's 95 % interval of a share: the Monte Carlo error of `count` out of `of` draws."""
    from scipy.special import ndtri

    if not of:
        return NAN, NAN
    z, share = float(ndtri(TAILS[1])), count / of
    middle = (share + z**2 / (2 * of)) / (1 + z**2 / of)
    half = z / (1 + z**2 / of) * (share * (1 - share) / of + z**2 / (4 * of**2)) ** 0.5
    return 0.0 if count == 0 else middle - half, 1.0 if count == of else middle + half


def _parts(values: np.ndarray, means: np.ndarray, counts: np.ndarray) -> list[float]:
    """Return share of chance with its interval, and the standard deviations of ignorance and chance."""
    from scipy.special import fdtri

    draws, pairs = len(means), int(counts.sum())
    within = float(np.nansum((values - means[:, None]) ** 2)) / (pairs - draws)
    middle = float((counts * means).sum()) / pairs
    between = float((counts * (means - middle) ** 2).sum()) / (draws - 1)
    size = (pairs - float((counts**2).sum()) / pairs) / (draws - 1)  # seeds a draw, where they are not the same
    ignorance = max(0.0, (between - within) / size)
    chance = within * float((1 / counts).mean())
    if ignorance + chance == 0:
        return [NAN, NAN, NAN, 0.0, 0.0]
    ends = [1.0, 1.0]
    if between > 0:
        ends = [min(1.0, float(fdtri(draws - 1, pairs - draws, tail)) * within / between) for tail in TAILS]
    return [chance / (ignorance + chance), *ends, ignorance**0.5, within**0.5]
