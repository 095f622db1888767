"""How far chance alone moves a number from run to run."""

from typing import NamedTuple

import numpy as np

COVERAGE = 0.95
LABEL = "range of chance alone (95 % of runs); what is not known about the model's numbers comes on top"


class Spread(NamedTuple):
    """One number over runs that differ in their seed only."""

    mean: float
    median: float
    sd: float
    low: float
    high: float
    runs: int  # that have this number


def spread(values, lowest: float = 0.0) -> Spread:
    """Return mean, median, standard deviation and chance interval of a number over runs, shape (runs,).

    One more run of the same scenario falls in the interval 95 times in 100: mean ± t · sd · sqrt(1 + 1/n), cut at
    `lowest`. It does not shrink as runs are added, as an interval of the mean would; percentiles of ten runs would
    hold 78 of 100 further ones. Runs without the number (nan) are left out; of one run no interval is known.
    """
    from scipy.special import stdtrit

    values = np.asarray(values, float)
    values = values[np.isfinite(values)]
    n = len(values)
    if n == 0:
        return Spread(*[float("nan")] * 5, 0)
    mean, median = float(values.mean()), float(np.median(values))
    if n == 1:
        return Spread(mean, median, *[float("nan")] * 3, 1)
    sd = float(values.std(ddof=1))
    half = float(stdtrit(n - 1, (1 + COVERAGE) / 2)) * sd * (1 + 1 / n) ** 0.5
    return Spread(mean, median, sd, max(mean - half, lowest), mean + half, n)


def band(rows, window: int = 12) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return (median, low, high) of a series over runs, rows of shape (runs, times); nan where one run is all.

    The interval is that of `spread`, its variance averaged over `window` neighbouring times: of a few runs, some agree
    by accident at some time, and no band of width nothing may be drawn there.
    """
    from scipy.special import stdtrit

    rows = np.ma.masked_invalid(np.asarray(rows, float))
    n = rows.count(axis=0)
    near = np.ones(min(window, len(n)))
    variance = np.where(n > 1, rows.var(axis=0, ddof=1).filled(0), 0)
    variance = np.convolve(variance, near, "same") / np.maximum(np.convolve(n > 1, near, "same"), 1)
    several = np.where(n > 1, n, np.nan)
    half = stdtrit(several - 1, (1 + COVERAGE) / 2) * np.sqrt(variance * (1 + 1 / several))
    mean, median = (np.ma.filled(middle, np.nan) for middle in (rows.mean(axis=0), np.ma.median(rows, axis=0)))
    return median, np.maximum(mean - half, 0), mean + half
