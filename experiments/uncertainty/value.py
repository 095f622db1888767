"""What it would be worth to know: the value of perfect information about all unknowns, about one, about a group.

A decision between A and B is made by the mean net benefit of B over A. Who knew a number before would decide by the
mean given that number, and do better now and then; that gain, on average, is the most it is worth to measure it. The
mean given a number is a regression of net benefit on it, so that the runs that are there are enough (Strong, Oakley and
Brennan 2014). Any number seems worth something in a regression: what an irrelevant one would seem worth is told beside.
"""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

DEGREE = 3  # of the polynomial, at most
SAMPLES = 400  # of the coefficients, for a standard error
LEAST, MOST, WORK = 2_000, 20_000, 4_000_000  # irrelevant numbers tried; draws x numbers in all
SHUFFLES = 200  # of a group
PENALTIES = np.logspace(-3, 4, 29)  # of a group, in units of the mean squared singular value
NAN = float("nan")


class Worth(NamedTuple):
    """What information is worth, in the unit of the benefit, and how much of the benefit goes with it."""

    value: float
    error: float  # standard error
    share: float  # of the variance of the benefit that it foretells, out of sample


def gain(means: np.ndarray) -> np.ndarray:
    """Return what deciding by each mean gains over deciding by their mean, means of shape (…, draws)."""
    return np.maximum(means, 0).mean(axis=-1) - np.maximum(means.mean(axis=-1), 0)


def perfect(benefit: np.ndarray, seed: int = 0) -> Worth:
    """Return the expected value of perfect information, its standard error by the bootstrap over draws.

    benefit: of B over A by draw, shape (draws,); chance in it counts as if it could be known (components.py takes it
    out).
    """
    rows = _generator(seed).integers(0, len(benefit), (SAMPLES, len(benefit)))
    return Worth(float(gain(benefit)), float(gain(benefit[rows]).std(ddof=1)), 1.0)


def one(column: np.ndarray, benefit: np.ndarray, seed: int = 0) -> Worth:
    """Return the expected value of perfect information about one number, by its values at the draws.

    The regression is a polynomial in the normal score of the number, of the degree from 1 to 3 that foretells best
    what it has not seen (leave one out). Of a number that has one value, nothing.
    """
    basis = _basis(column)
    if basis.shape[1] < 2:
        return Worth(0.0, 0.0, 0.0)
    fitted, degree, share = _fit(basis, benefit)
    used = basis[:, : degree + 1]
    spread = (((benefit - fitted) ** 2).sum() / max(len(benefit) - degree - 1, 1)) ** 0.5
    noise = spread * _generator(seed).standard_normal((SAMPLES, degree + 1))
    return Worth(float(gain(fitted)), float(gain(fitted + noise @ used.T).std(ddof=1)), share)


class Floor(NamedTuple):
    """What irrelevant numbers seem to be worth, and to foretell: 95 of 100 less than this, and the best of many."""

    value: float
    best_value: float
    share: float
    best_share: float


def by_chance(benefit: np.ndarray, numbers: int, seed: int = 0) -> Floor:
    """Return what irrelevant numbers seem worth: of one, and of the best of `numbers` of them, 95 times in 100 less.

    Found by giving the draws an order that has nothing to do with the benefit, thousands of times.
    """
    n = len(benefit)
    basis, count = _basis(np.arange(n)), int(np.clip(WORK // n, LEAST, MOST))
    total = ((benefit - benefit.mean()) ** 2).sum()
    values, shares = [], []
    for shuffled in _shuffled(benefit, count, seed):
        coefficients = basis.T @ shuffled
        reach = np.cumsum(basis**2, axis=1)
        errors, fits = [], []
        for degree in range(1, basis.shape[1]):
            fits.append(basis[:, : degree + 1] @ coefficients[: degree + 1])
            errors.append((((shuffled - fits[-1]) / (1 - reach[:, [degree]])) ** 2).sum(axis=0))
        best = np.argmin(errors, axis=0)
        values.append(gain(np.stack(fits)[best, :, np.arange(shuffled.shape[1])]))
        shares.append(_share(np.min(errors, axis=0), total))
    of_best = 0.95 ** (1 / max(numbers, 1))
    return Floor(*(float(np.quantile(np.concatenate(one), at)) for one in (values, shares) for at in (0.95, of_best)))


class Group(NamedTuple):
    """What a group of numbers is worth together, and what an irrelevant one of its size would seem worth."""

    worth: Worth
    by_chance: float  # 95 of 100 seem worth less
    share_by_chance: float  # and foretell less


def group(columns: np.ndarray, benefit: np.ndarray, seed: int = 0) -> Group:
    """Return the value of perfect information about several numbers at once, columns of shape (draws, numbers).

    The regression is on their normal scores and squares, held small by a ridge penalty chosen by leave-one-out: what
    it does not dare to fit is missing, so that with many numbers and few draws the value is rather too small.
    """
    from scipy.stats import rankdata

    scores = _scores(rankdata(columns, axis=0))
    features = np.hstack([scores, (scores**2 - 1) / 2**0.5])
    features = features[:, features.std(axis=0) > 0]
    if not features.shape[1]:
        return Group(Worth(0.0, 0.0, 0.0), 0.0, 0.0)
    left, singular, _ = np.linalg.svd(features - features.mean(axis=0), full_matrices=False)
    ridge = _Ridge(left, singular)
    kept, fitted, share = ridge.fit(benefit[:, None])
    generator, n = _generator(seed), len(benefit)
    freedom = max(n - 1 - float(kept[:, 0].sum()), 1.0)
    spread = float(((benefit - fitted[:, 0]) ** 2).sum() / freedom) ** 0.5
    noise = spread * generator.standard_normal((SAMPLES, kept.shape[0])) * kept[:, 0] ** 0.5
    level = spread / n**0.5 * generator.standard_normal((SAMPLES, 1))
    error = float(gain(fitted[:, 0] + noise @ left.T + level).std(ddof=1))
    shuffled = next(_shuffled(benefit, SHUFFLES, seed))
    _, seemed, shares = ridge.fit(shuffled)
    worth = Worth(float(gain(fitted[:, 0])), error, float(share[0]))
    return Group(worth, *(float(np.quantile(one, 0.95)) for one in (gain(seemed.T), shares)))


class _Ridge:
    """Ridge regressions on one set of features, given by their singular value decomposition."""

    def __init__(self, left: np.ndarray, singular: np.ndarray):
        self.left, squares = left, singular**2
        self.kept = squares / (squares + PENALTIES[:, None] * squares.mean())  # shape (penalties, directions)
        self.reach = self.kept @ (left**2).T + 1 / len(left)

    def fit(self, benefit: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Return what is kept of each direction, fitted values and share foretold, for benefits (draws, cases)."""
        mean = benefit.mean(axis=0)
        parts = self.left.T @ (benefit - mean)
        least, fitted = np.full(benefit.shape[1], np.inf), np.empty_like(benefit)
        kept = np.empty((self.left.shape[1], benefit.shape[1]))
        for here, reach in zip(self.kept, self.reach, strict=True):
            fit = mean + self.left @ (here[:, None] * parts)
            error = (((benefit - fit) / (1 - reach[:, None])) ** 2).sum(axis=0)
            better = error < least
            least[better], fitted[:, better], kept[:, better] = error[better], fit[:, better], here[:, None]
        return kept, fitted, _share(least, ((benefit - mean) ** 2).sum(axis=0))


def _fit(basis: np.ndarray, benefit: np.ndarray) -> tuple[np.ndarray, int, float]:
    """Return fitted values of the degree with the least error left out, that degree, and the share foretold."""
    coefficients, reach = basis.T @ benefit, np.cumsum(basis**2, axis=1)
    fits = np.cumsum(basis * coefficients, axis=1)
    errors = (((benefit[:, None] - fits) / np.maximum(1 - reach, 1e-9)) ** 2).sum(axis=0)
    degree = 1 + int(np.argmin(errors[1:]))
    share = _share(errors[degree], ((benefit - benefit.mean()) ** 2).sum())
    return fits[:, degree], degree, float(share)


def _share(error, total):
    return np.clip(1 - error / np.maximum(total, 1e-300), 0.0, 1.0)


def _basis(column: np.ndarray) -> np.ndarray:
    """Return orthonormal polynomials in the normal score of a number, the constant first."""
    from scipy.stats import rankdata

    degree = min(DEGREE, len(np.unique(column)) - 1, len(column) - 2)
    return np.linalg.qr(np.vander(_scores(rankdata(column)), degree + 1, increasing=True))[0]


def _scores(ranks: np.ndarray) -> np.ndarray:
    from scipy.special import ndtri

    return ndtri((ranks - 0.5) / len(ranks))


def _shuffled(benefit: np.ndarray, count: int, seed: int) -> Iterator[np.ndarray]:
    """Yield the benefit in random orders, shape (draws, cases), `count` in all, some at once."""
    generator, n = _generator(seed), len(benefit)
    at_once = max(200, 200_000 // n)
    for first in range(0, count, at_once):
        yield generator.permuted(np.tile(benefit, (min(at_once, count - first), 1)), axis=1).T


def _generator(seed: int) -> np.random.Generator:
    return np.random.Generator(np.random.PCG64(seed))
