"""Discovery: where in the space of the unknowns a quantity is as bad (or as good) as asked, as one box in few numbers.

PRIM (Friedman and Fisher 1999) in the manner of Bryant and Lempert (2010), by ema_workbench. Coverage is the share of
the cases that are in the box, density the share of cases among the points in it. A box fitted to points flatters itself
on them: it is judged on points that it has not seen, a fifth at a time.
"""

import re
import warnings
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from ...scenarios.errors import InputError

if TYPE_CHECKING:
    import pandas

WORST = 0.25  # of the points are cases, where nothing is said
FEWEST = 10  # cases, and points that are none
FOLDS = 5
LUCK = 0.05  # a side of the box that may be luck, by the quasi p-value of Bryant and Lempert, is taken down

type Limits = dict[str, tuple[float, float]]


class Case(NamedTuple):
    """What is looked for: the quantity above or below a number, or among its worst (or largest) quarter."""

    side: str  # above, below, or worst
    at: float = float("nan")
    percent: bool = False

    @classmethod
    def read(cls, above: Any, below: Any, paired: bool, percent: bool) -> "Case":
        """Return the case of the options; "-2%" is in percent of A. Raises InputError."""
        if above is not None and below is not None:
            raise InputError("above: below is there too; name one of them")
        if above is None and below is None:
            return cls("worst", percent=percent)
        side, text = ("above", above) if above is not None else ("below", below)
        found = re.fullmatch(r"\s*([-+−]?\d*\.?\d+(?:[eE][-+]?\d+)?)\s*(%?)\s*", str(text))
        if not found:
            raise InputError(f"{side}: {text}: write a number of the outcome's unit, or a change such as -2%")
        if found[2] and not paired:
            raise InputError(f"{side}: {text}: a percentage is of the first of two policies; there is one")
        return cls(side, float(found[1].replace("−", "-")), bool(found[2]) or percent)

    @property
    def slug(self) -> str:
        """The case as part of a folder's name."""
        if self.side == "worst":
            return "worst_quarter"
        return f"{self.side}_{self.at:g}{'_percent' * self.percent}".replace("-", "minus_")

    @property
    def options(self) -> list[str]:
        """The case as options of the command."""
        percent = ["--percent"] * (self.percent and self.side == "worst")
        return percent if self.side == "worst" else [f"--{self.side}={self.at:g}{'%' * self.percent}"]

    def of(self, means: np.ndarray, better: str) -> "Case":
        """Return the case with its number: where it is the worst quarter, the quartile of the points."""
        if self.side != "worst":
            return self
        ranked = np.sort(means)
        count = int(WORST * len(ranked))
        if better == "more":  # a hair beyond, so that the last of the quarter is in it, and whatever is as bad
            return Case("below", float(np.nextafter(ranked[count - 1], np.inf)), self.percent)
        return Case("above", float(np.nextafter(ranked[-count], -np.inf)), self.percent)

    def mask(self, means: np.ndarray) -> np.ndarray:
        """Say which points are cases."""
        return means > self.at if self.side == "above" else means < self.at


class Found(NamedTuple):
    """What a discovery found. Intervals are Wilson's of the points the boxes had not seen."""

    case: Case  # with its number
    limits: Limits  # of the box, unrestricted sides infinite; empty where no box is
    cases: int
    points: int
    inside: int  # points in the box
    coverage: float  # on the points it was fitted to
    density: float
    unseen_coverage: tuple[float, float, float]  # share, low, high
    unseen_density: tuple[float, float, float]
    unsure: int  # points that chance may have put on the wrong side

    @property
    def clear(self) -> bool:
        """Say whether the box tells more than how frequent cases are, on points it had not seen."""
        return bool(self.limits) and self.unseen_density[1] > self.cases / self.points


def discover(
    values: "pandas.DataFrame", responses: np.ndarray, asked: Case, better: str
) -> "tuple[pandas.DataFrame, Found]":
    """Return one row a number (the box, how far its side matters, how stable it is), and what was found.

    values: one row a point. responses: shape (points, seeds). `gain`: density of the box less that without this
    number; `folds`: of five boxes, each of four fifths of the points, those that restrict it.
    """
    import pandas

    means = responses.mean(axis=1)
    case = asked.of(means, better)
    mask = case.mask(means)
    if min(mask.sum(), (~mask).sum()) < FEWEST:
        raise InputError(
            f"{case.side} {case.at:g}: is so at {mask.sum()} of {len(mask)} points, too few (or too many) to find "
            f"where: the points go from {means.min():.4g} to {means.max():.4g}. Ask for another number: no run is "
            "lived again"
        )
    limits, chances = find_box(values, mask)
    seen = inside(values, limits)
    folds = [find_box(values[~held], mask[~held])[0] for held in _folds(len(mask))]
    unseen = np.zeros(len(mask), bool)
    for held, box in zip(_folds(len(mask)), folds, strict=True):
        unseen[held] = inside(values[held], box) if box else False
    found = Found(
        case,
        limits,
        int(mask.sum()),
        len(mask),
        int(seen.sum()),
        *_shares(mask, seen),
        _wilson(int((mask & unseen).sum()), int(mask.sum())),
        _wilson(int((mask & unseen).sum()), int(unseen.sum())),
        int((np.abs(means - case.at) < 1.96 * _error(responses)).sum()),
    )
    rows = []
    for path in values:
        low, high = limits.get(path, (-np.inf, np.inf))
        without = inside(values, {other: ends for other, ends in limits.items() if other != path})
        gain = found.density - _shares(mask, without)[1] if path in limits else 0.0
        rows.append((low, high, gain, chances.get(path, np.nan), sum(path in box for box in folds)))
    table = pandas.DataFrame(rows, columns=["box_low", "box_high", "gain", "quasi_p", "folds"])
    table["clear"] = [found.clear and path in limits for path in values]
    return table, found


def find_box(values: "pandas.DataFrame", mask: np.ndarray) -> tuple[Limits, dict[str, float]]:
    """Return the sides of the box that best trades coverage for density, and the quasi p-value of each number."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of packages it could use and does not find
        from ema_workbench.analysis.prim import Prim

        box = Prim(values.astype(float).reset_index(drop=True), mask.astype(int)).find_box()
    path = box.peeling_trajectory
    both = 2 * path.coverage * path.density / (path.coverage + path.density).clip(lower=1e-12)
    at = int(both.to_numpy().argmax())
    while (chances := _chances(box, at)) and max(chances.values()) > LUCK:
        box.drop_restriction(max(chances, key=chances.get), at)
        at = len(box.box_lims) - 1
    limits = {}
    for name in chances:
        (low, high), (first, last) = box.box_lims[at][name], box.box_lims[0][name]
        limits[name] = (-np.inf if low <= first else float(low), np.inf if high >= last else float(high))
    return limits, chances


def _chances(box, at: int) -> dict[str, float]:
    """Return of each restricted number the larger quasi p-value of its sides."""
    return {name: max(side for side in sides if side >= 0) for name, sides in box.p_values[at].items()}


def inside(values: "pandas.DataFrame", limits: Limits) -> np.ndarray:
    """Say which points are in a box."""
    found = np.ones(len(values), bool)
    for path, (low, high) in limits.items():
        column = values[path].to_numpy(float)
        found &= (column >= low) & (column <= high)
    return found


def _folds(points: int):
    """Yield which points are held back, a fifth at a time: the points of a design have no order."""
    for fold in range(FOLDS):
        yield np.arange(points) % FOLDS == fold


def _shares(mask: np.ndarray, seen: np.ndarray) -> tuple[float, float]:
    """Return coverage and density of a box."""
    both = float((mask & seen).sum())
    return both / mask.sum(), both / seen.sum() if seen.any() else 0.0


def _wilson(count: int, of: int) -> tuple[float, float, float]:
    from scipy.special import ndtri

    if not of:
        return 0.0, 0.0, 1.0
    z, share = float(ndtri(0.975)), count / of
    middle = (share + z**2 / (2 * of)) / (1 + z**2 / of)
    half = z / (1 + z**2 / of) * (share * (1 - share) / of + z**2 / (4 * of**2)) ** 0.5
    return share, max(0.0, middle - half), min(1.0, middle + half)


def _error(responses: np.ndarray) -> float:
    """Return the standard error that chance leaves in a point's mean, the same for all."""
    points, seeds = responses.shape
    left = responses - responses.mean(axis=1)[:, None] - (responses.mean(axis=0) - responses.mean())
    return float(((left**2).sum() / ((points - 1) * (seeds - 1)) / seeds) ** 0.5)
