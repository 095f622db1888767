"""Screening: elementary effects (Morris 1991; Campolongo, Cariboni and Saltelli 2007).

Along a trajectory one number moves at a time, by two thirds of its range; the change in the quantity over the move is
an elementary effect. mu* is the mean of their sizes, sigma their standard deviation: what depends on where the others
stand. Both are in the unit of the quantity, for a move over the whole range.
"""

from typing import TYPE_CHECKING

import numpy as np

from .luck import RESAMPLES, TAILS, generator, variance_of_mean

if TYPE_CHECKING:
    import pandas


def effects(cube: np.ndarray, responses: np.ndarray) -> np.ndarray:
    """Return elementary effects, shape (trajectories, numbers, seeds).

    cube: the design, shape (trajectories x (numbers + 1), numbers). responses: shape (its rows, seeds).
    """
    numbers = cube.shape[1]
    moves = np.diff(cube.reshape(-1, numbers + 1, numbers), axis=1)
    changes = np.diff(responses.reshape(-1, numbers + 1, responses.shape[1]), axis=1)
    moved = np.abs(moves).argmax(axis=2)  # which number, at each step of each trajectory
    sizes = np.take_along_axis(moves, moved[:, :, None], axis=2)
    return np.take_along_axis(changes / sizes, np.argsort(moved, axis=1)[:, :, None], axis=1)


def indices(cube: np.ndarray, responses: np.ndarray) -> "pandas.DataFrame":
    """Return one row a number: mu*, sigma and mu with 95 % intervals of the bootstrap over trajectories.

    `chance` is the mu* that chance would make of a number that only stirs the luck of its runs; `clear`: mu* is above
    that.
    """
    import pandas

    by_seed = effects(cube, responses)
    means = by_seed.mean(axis=2)
    drawn = means[generator().integers(0, len(means), (RESAMPLES, len(means)))]
    found = {}
    for name, (value, over) in {
        "mu_star": (np.abs(means).mean(axis=0), np.abs(drawn).mean(axis=1)),
        "sigma": (means.std(axis=0, ddof=1), drawn.std(axis=1, ddof=1)),
        "mu": (means.mean(axis=0), drawn.mean(axis=1)),
    }.items():
        low, high = np.quantile(over, TAILS, axis=0)
        found |= {name: value, f"{name}_low": low, f"{name}_high": high}
    # Of a normal number with mean zero, the mean size is sqrt(2 / pi) standard deviations.
    found["chance"] = np.sqrt(2 / np.pi * variance_of_mean(by_seed).mean(axis=0))
    found["clear"] = found["mu_star_low"] > found["chance"]
    return pandas.DataFrame(found)
