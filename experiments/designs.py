"""Designs: which points of the space of what varies are lived.

A design is a matrix of shares in [0, 1], a row a point and a column a number; each share is turned into a value by its
number's range. Everything follows from the design's own seed, which is apart from the seeds of chance.
"""

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from ..scenarios.errors import InputError, nearest
from ..scenarios.reading import Entry
from .ranges import EVIDENCE, Range
from .unknowns import unknowns, values_at

if TYPE_CHECKING:
    from ..scenarios.schema import Scenario

KINDS = ("latin_hypercube", "sobol", "saltelli", "morris", "random")
KEYS = ("design", "points", "seed", "over", "levels")
BLOCK = 256  # points whose uncertain numbers are drawn together
POWERS = ("sobol", "saltelli")  # balanced only where the points are a power of two


@dataclass(frozen=True)
class Design:
    """A sample of points. `points` is what the user asked for: base points of Saltelli, trajectories of Morris."""

    kind: str
    points: int
    seed: int
    ranges: tuple[Range, ...]
    levels: int = 4  # of Morris

    @property
    def problem(self) -> dict[str, Any]:
        """What SALib calls the problem: names and bounds of the unit cube."""
        names = [one.path for one in self.ranges]
        return {"num_vars": len(names), "names": names, "bounds": [[0.0, 1.0]] * len(names)}

    @cached_property
    def cube(self) -> np.ndarray:
        """The design itself, shape (points lived, numbers), in [0, 1]."""
        return _MAKERS[self.kind](self)

    def values(self, row: int) -> dict[str, Any]:
        """Return {dotted name: value} of one point."""
        drawn = self._drawn_at(row)
        return {
            one.path: drawn[one.path] if one.unknown else one.at(float(share))
            for one, share in zip(self.ranges, self.cube[row], strict=True)
        }

    def _drawn_at(self, row: int) -> dict[str, float]:
        """Return the uncertain numbers of one point; those of a block of points are drawn together."""
        uncertain = [place for place, one in enumerate(self.ranges) if one.unknown]
        if not uncertain:
            return {}
        block, place = divmod(row, BLOCK)
        if block not in self._blocks:
            self._blocks.clear()
            shares = self.cube[block * BLOCK : (block + 1) * BLOCK, uncertain]
            self._blocks[block] = values_at([self.ranges[place].unknown for place in uncertain], shares)
        return self._blocks[block][place]

    @cached_property
    def _blocks(self) -> dict[int, list[dict[str, float]]]:
        """The last block of points that was drawn, by its number."""
        return {}

    @classmethod
    def read(cls, entry: Entry, scenario: "Scenario") -> "Design":
        """Return the design written at a place; `over: evidence` is every uncertain number of the scenario."""
        if not isinstance(entry.value, dict):
            raise InputError(f"{entry.where}: sample: should hold design, points and over")
        told = entry.value
        for key, below in told.items():
            if key not in KEYS:
                raise InputError(f"{below.where}: sample: unknown key {key!r}{nearest(key, KEYS)}")
        for key in ("design", "points", "over"):
            if key not in told:
                raise InputError(f"{entry.where}: sample: {key!r} is missing")
        kind = told["design"].plain()
        if kind not in KINDS:
            hint = nearest(str(kind), KINDS) or f" (there are {', '.join(KINDS)})"
            raise InputError(f"{told['design'].where}: sample: no design {kind!r}{hint}")
        points = _whole(told, "points", 2)
        if kind in POWERS and points & (points - 1):
            near = 2 ** round(np.log2(points))
            raise InputError(f"{told['points'].where}: sample: a {kind} design needs a power of two, such as {near}")
        ranges = _over(told["over"], scenario)
        levels = _whole(told, "levels", 2) if "levels" in told else 4
        return cls(kind, points, _whole(told, "seed", 0) if "seed" in told else 0, ranges, levels)


@dataclass(frozen=True)
class Listed:
    """Points written out one by one."""

    ranges: tuple[Range, ...]  # of the steps that occur
    rows: tuple[tuple[Any, ...], ...]

    @property
    def cube(self) -> tuple[tuple[Any, ...], ...]:
        """The points; there is no cube behind them."""
        return self.rows

    def values(self, row: int) -> dict[str, Any]:
        """Return {dotted name: value} of one point."""
        return {one.path: value for one, value in zip(self.ranges, self.rows[row], strict=True)}

    @classmethod
    def read(cls, entry: Entry) -> "Listed":
        """Return the points written at a place: mappings of the same numbers."""
        items = entry.value if isinstance(entry.value, list) else []
        if not items or not all(isinstance(item.value, dict) and item.value for item in items):
            raise InputError(f"{entry.where}: points: should list points, such as - {{treatment.intake_days: 3}}")
        names = tuple(items[0].value)
        for item in items:
            if set(item.value) != set(names):
                wrong = min(set(item.value) ^ set(names))
                raise InputError(f"{item.where}: points: every point sets the same numbers ({wrong} is not in all)")
        rows = tuple(tuple(item.value[name].plain() for name in names) for item in items)
        ranges = tuple(
            Range.of(name, items[0].value[name].where, [row[i] for row in rows]) for i, name in enumerate(names)
        )
        return cls(ranges, rows)


def _whole(told: dict[str, Entry], key: str, least: int) -> int:
    value = told[key].plain()
    if type(value) is not int or value < least:
        raise InputError(f"{told[key].where}: sample: {key} is a whole number from {least} (got {value!r})")
    return value


def _over(entry: Entry, scenario: "Scenario") -> tuple[Range, ...]:
    if entry.value == EVIDENCE:
        return tuple(Range(one.path, unknown=one) for one in unknowns(scenario))
    if isinstance(entry.value, list):  # names or sections, as their evidence says
        try:
            return tuple(
                Range(one.path, unknown=one) for one in unknowns(None, [str(item.plain()) for item in entry.value])
            )
        except InputError as error:
            raise InputError(f"{entry.where}: {error}") from None
    if not isinstance(entry.value, dict) or not entry.value:
        raise InputError(f"{entry.where}: sample: over: write {EVIDENCE}, a list of names, or a range for each")
    return tuple(Range.read(path, below) for path, below in entry.value.items())


def _latin(design: Design) -> np.ndarray:
    from scipy.stats import qmc

    return qmc.LatinHypercube(len(design.ranges), rng=design.seed).random(design.points)


def _random(design: Design) -> np.ndarray:
    return np.random.Generator(np.random.PCG64(design.seed)).random((design.points, len(design.ranges)))


def _sobol(design: Design) -> np.ndarray:
    from scipy.stats import qmc

    return qmc.Sobol(len(design.ranges), rng=design.seed).random(design.points)


def _saltelli(design: Design) -> np.ndarray:
    from SALib.sample import sobol

    return sobol.sample(design.problem, design.points, calc_second_order=False, seed=design.seed)


def _morris(design: Design) -> np.ndarray:
    from SALib.sample import morris

    return morris.sample(design.problem, design.points, num_levels=design.levels, seed=design.seed)


_MAKERS = {"latin_hypercube": _latin, "random": _random, "sobol": _sobol, "saltelli": _saltelli, "morris": _morris}
