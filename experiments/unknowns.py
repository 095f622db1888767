"""What is not known: every uncertain number of the model, with the distribution its row of evidence gives.

A parameter is uncertain where its row has a range. Levers are not: a policy chooses them. Numbers that a scenario sets
itself are taken as known. A distribution without parameters of its own is fitted to the row's three numbers: the value
as mode or median, and 95 % between low and high. Parameters are drawn independently of one another, as nothing is known
of how their errors go together; shares that make a whole are scaled to make it.
"""

import math
from collections.abc import Iterable, Sequence
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from ..scenarios.errors import InputError, nearest
from ..scenarios.evidence import evidence
from ..scenarios.field import UNITS

if TYPE_CHECKING:
    from ..scenarios.schema import Scenario, Spec

TAIL = 0.001  # of each end is cut off: no design meets an infinity, or a number beyond all experience
HAIR = 1e-9
WITHIN = 0.95  # of a distribution lies between the low and the high of its row
AMONG_PEOPLE = ("kit_lifetime_months", "po_jail_days")  # rows whose distribution is that of people, not of our doubt
WHOLES = (  # shares that make one together
    ("treatment.buprenorphine_share", "treatment.methadone_share", "treatment.naltrexone_share"),
    ("harm_reduction.kits_to_people_who_use", "harm_reduction.kits_to_households", "harm_reduction.kits_to_friends"),
)
PARTS = (  # shares that are together at most one
    ("policing.possession_share", "policing.low_level_share"),
    ("policing.arrest_share", "policing.citation_share"),
)
ORDERED = (  # the first is not above the second
    ("population.oud_scale_min", "population.oud_scale_max"),
    ("officer_wellness.vacancy_months_least", "officer_wellness.vacancy_months_most"),
)


class Unknown(NamedTuple):
    """One uncertain number; low, value and high in the unit of the scenario."""

    path: str
    row: str  # id of its evidence
    value: float
    low: float
    high: float
    unit: str
    quality: str
    meaning: str
    bounds: tuple[float, float]  # hard ones
    whole: bool  # a whole number

    def at(self, share: float) -> float:
        """Return the value below which a share of the distribution lies; share in [0, 1], the tails are cut off."""
        found = float(self.quantiles(np.array([share]))[0])
        return int(found) if self.whole else found

    def quantiles(self, shares: np.ndarray) -> np.ndarray:
        """Return `at` of many shares, shape (n,), as floats: SciPy takes as long over a thousand as over one."""
        found = _distribution(self.row).ppf(TAIL + (1 - 2 * TAIL) * np.clip(shares, 0.0, 1.0)) / _divisor(self)
        found = np.clip(found, *self.bounds)
        return np.round(found) if self.whole else found


def unknowns(scenario: "Scenario | None" = None, only: Iterable[str] = ()) -> tuple[Unknown, ...]:
    """Return the uncertain numbers of a scenario, in the order of the schema.

    only: paths ("overdose.witness_naloxone"), or sections ("prices"). Raises InputError for one that is no uncertain
    number.
    """
    from ..scenarios.schema import fields
    from .differences import value_at

    told = [
        (spec, found)
        for spec in fields()
        if (found := _unknown(spec)) and (scenario is None or value_at(scenario, spec.path) == spec.default)
    ]
    asked = list(only)
    for name in asked:
        if not any(spec.path == name or spec.path.startswith(f"{name}.") for spec, _ in told):
            raise InputError(f"{name}: is no uncertain number{_why_not(name, [spec.path for spec, _ in told])}")
    return tuple(
        found
        for spec, found in told
        if not asked or any(spec.path == name or spec.path.startswith(f"{name}.") for name in asked)
    )


def values_at(unknown: Sequence[Unknown], shares: np.ndarray) -> list[dict[str, float]]:
    """Return {path: value} at each point of the unit cube, shape (points, unknown); wholes are scaled to one."""
    columns = [one.quantiles(column) for one, column in zip(unknown, np.asarray(shares, float).T, strict=True)]
    columns = [
        column.astype(int).tolist() if one.whole else column.tolist()
        for one, column in zip(unknown, columns, strict=True)
    ]
    paths = [one.path for one in unknown]
    return [_made_to_fit(dict(zip(paths, row, strict=True))) for row in zip(*columns, strict=True)]


def _made_to_fit(values: dict[str, float]) -> dict[str, float]:
    """Return values whose shares of a whole are scaled to one, and whose ends of a range are in order."""
    for paths, most in [(paths, False) for paths in WHOLES] + [(paths, True) for paths in PARTS]:
        drawn = [path for path in paths if path in values]
        if not drawn:
            continue
        room = 1 - sum(_default(path) for path in paths if path not in values)
        total = sum(values[path] for path in drawn)
        if total > room or not most:
            values |= {path: values[path] * room / total for path in drawn}
    for low, high in ORDERED:
        if low in values and high in values and values[low] > values[high]:
            values[low], values[high] = values[high], values[low]
    return values


def _unknown(spec: "Spec") -> Unknown | None:
    if spec.kind != "parameter" or not spec.evidence or isinstance(spec.default, (bool, tuple)):
        return None
    facts = evidence(spec.evidence)
    if facts.low is None or facts.series is not None or facts.low >= facts.high or facts.value is None:
        return None
    if facts.distribution.get("family") in (None, "fixed"):
        return None
    divisor = UNITS.get(facts.unit, (facts.unit, 1))[1]
    return Unknown(
        path=spec.path,
        row=spec.evidence,
        value=spec.default,
        low=facts.low / divisor,
        high=facts.high / divisor,
        unit=spec.unit,
        quality=spec.quality,
        meaning=spec.meaning,
        bounds=_bounds(spec),
        whole=isinstance(spec.default, int),
    )


def _bounds(spec: "Spec") -> tuple[float, float]:
    """Return the hard bounds, a hair within where both are known: some may not be met themselves."""
    low, high = (-math.inf if spec.low is None else spec.low), (math.inf if spec.high is None else spec.high)
    hair = HAIR * (high - low) if math.isfinite(high - low) else 0.0
    return low + hair, high - hair


def _why_not(name: str, known: list[str]) -> str:
    from ..scenarios.schema import fields

    found = {spec.path: spec for spec in fields()}.get(name)
    if found is None:
        return nearest(name, [*known, *sorted({path.partition(".")[0] for path in known})])
    if found.kind == "lever":
        return ": it is a lever, which a policy chooses; give it a range instead"
    return ": the scenario sets it, or its evidence has no range"


@cache
def _default(path: str) -> float:
    from ..scenarios.schema import Scenario
    from .differences import value_at

    return value_at(Scenario(), path)


def _divisor(unknown: Unknown) -> float:
    facts = evidence(unknown.row)
    return UNITS.get(facts.unit, (facts.unit, 1))[1]


@cache
def _distribution(row: str):
    """Return the scipy distribution of a row of evidence, in the row's own unit."""
    facts = evidence(row)
    told = {"family": "lognormal"} if row in AMONG_PEOPLE else dict(facts.distribution)
    family = told.pop("family")
    if family not in _FAMILIES:
        raise InputError(f"{row}: its distribution {family!r} is not one of {', '.join(_FAMILIES)}")
    return _FAMILIES[family](facts.value, facts.low, facts.high, **told)


def _uniform(value, low, high):
    from scipy import stats

    return stats.uniform(low, high - low)


def _lognormal(value, low, high, mu=None, sigma=None):
    from scipy import stats

    if mu is not None:
        return stats.lognorm(max(sigma, 1e-9), scale=math.exp(mu))
    return _TwoPiece(value, low, high) if value > 0 and low >= 0 else _uniform(value, low, high)


class _TwoPiece:
    """A lognormal with a spread of its own on either side of its median, so that it meets all three numbers."""

    def __init__(self, value: float, low: float, high: float):
        from scipy.special import ndtri

        z = float(ndtri((1 + WITHIN) / 2))
        self.mu, self.above = math.log(value), math.log(high / value) / z
        self.below = math.log(value / low) / z if low > 0 else self.above

    def ppf(self, share: np.ndarray) -> np.ndarray:
        from scipy.special import ndtri

        z = ndtri(share)
        return np.exp(self.mu + z * np.where(z < 0, self.below, self.above))


def _normal(value, low, high, mean=None, sd=None):
    from scipy import stats

    z = stats.norm.ppf((1 + WITHIN) / 2)
    return stats.norm(value if mean is None else mean, (high - low) / (2 * z) if sd is None else sd)


def _beta(value, low, high, alpha=None, beta=None):
    """Without parameters: the value as mean, as concentrated as the width of the range asks for."""
    from scipy import optimize, stats

    if alpha is not None:
        return stats.beta(alpha, beta)
    if not 0 < value < 1:
        return _uniform(value, low, high)

    def too_wide(size: float) -> float:
        inside = stats.beta(value * math.exp(size), (1 - value) * math.exp(size))
        tails = (1 - WITHIN) / 2
        return inside.ppf(1 - tails) - inside.ppf(tails) - (high - low)

    ends = math.log(2.0), math.log(1e7)  # below two, a beta has its mass at its ends
    size = optimize.brentq(too_wide, *ends) if too_wide(ends[0]) > 0 > too_wide(ends[1]) else ends[0]
    return stats.beta(value * math.exp(size), (1 - value) * math.exp(size))


def _gamma(value, low, high):
    """A skewed positive number, of which only the three are known."""
    return _lognormal(value, low, high)


def _triangular(value, low, high):
    from scipy import stats

    return stats.triang((value - low) / (high - low), low, high - low)


def _pert(value, low, high, min=None, mode=None, max=None):
    """A beta on [min, max] with its mode where it is told, of the usual weight of four."""
    from scipy import stats

    least, most, mode = low if min is None else min, high if max is None else max, value if mode is None else mode
    a = 1 + 4 * (mode - least) / (most - least)
    return stats.beta(a, 6 - a, loc=least, scale=most - least)


_FAMILIES = {
    "uniform": _uniform,
    "lognormal": _lognormal,
    "normal": _normal,
    "beta": _beta,
    "gamma": _gamma,
    "triangular": _triangular,
    "pert": _pert,
}
