"""Sobol indices: how much of the variance goes with each number (Saltelli et al. 2010, by SALib).

S1 is the share of the variance that a number makes by itself, ST with all it does together with others. A base point
has a row of its own, one for each number taken from a second point, and the second point.
"""

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from .luck import RESAMPLES, TAILS, variance_of_mean

if TYPE_CHECKING:
    import pandas

SEED = 1  # of the bootstrap; SALib takes 0 for none


class Explained(NamedTuple):
    """The share of the variance between points that the numbers make one by one, each alone; 95 % interval."""

    share: float
    low: float
    high: float


def indices(numbers: int, responses: np.ndarray) -> "tuple[pandas.DataFrame, Explained]":
    """Return one row a number, S1 and ST with 95 % intervals of the bootstrap over base points, and the sum of S1.

    responses: shape (base points x (numbers + 2), seeds), all finite. `chance` is the ST that chance would make of a
    number that only stirs the luck of its runs; `clear`: ST is above that.
    """
    import pandas
    from SALib.analyze import sobol

    means = responses.mean(axis=1)
    rows = responses.reshape(-1, numbers + 2, responses.shape[1])
    base = np.r_[means[:: numbers + 2], means[numbers + 1 :: numbers + 2]]
    if np.ptp(base) == 0:  # nothing moves it: no share of nothing
        zeros = dict.fromkeys(("s1", "s1_low", "s1_high", "st", "st_low", "st_high", "chance"), np.zeros(numbers))
        return pandas.DataFrame(zeros | {"clear": False}), Explained(0.0, 0.0, 0.0)
    problem = {"num_vars": numbers, "names": [str(i) for i in range(numbers)], "bounds": [[0, 1]] * numbers}
    told = sobol.analyze(
        problem, means, calc_second_order=False, num_resamples=RESAMPLES, keep_resamples=True, seed=SEED
    )
    found = {}
    for name in ("S1", "ST"):
        low, high = np.quantile(told[f"{name}_conf_all"], TAILS, axis=0)
        found |= {name.lower(): told[name], f"{name.lower()}_low": low, f"{name.lower()}_high": high}
    moved = rows[:, 1:-1] - rows[:, :1]
    found["chance"] = variance_of_mean(moved).mean(axis=0) / 2 / base.var()
    found["clear"] = found["st_low"] > found["chance"]
    low, high = np.quantile(told["S1_conf_all"].sum(axis=1), TAILS)
    return pandas.DataFrame(found), Explained(float(told["S1"].sum()), float(low), float(high))
