"""How one number varies in a plan: over given values, between two ends, or as its evidence says."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from ..scenarios.errors import InputError, nearest
from ..scenarios.reading import Entry
from .unknowns import Unknown, unknowns

EVIDENCE = "evidence"
WORDS = ("from", "to", "steps", "scale")


@dataclass(frozen=True)
class Range:
    """One number of the scenario and what it may be: `steps` of a grid, or `at` a share of the way."""

    path: str
    steps: tuple[Any, ...] = ()  # of a grid
    low: float | None = None
    high: float | None = None
    log: bool = False  # even steps of the logarithm
    whole: bool = False
    unknown: Unknown | None = None  # as its evidence says

    @classmethod
    def read(cls, path: str, entry: Entry) -> "Range":
        """Return the range written at a place. Raises InputError."""
        spec = _spec(path, entry.where)
        whole = isinstance(spec.default, int) and not isinstance(spec.default, bool)
        if isinstance(entry.value, list):
            values = tuple(item.plain() for item in entry.value)
            if len(set(map(str, values))) < len(values) or not values:
                raise InputError(f"{entry.where}: {path}: needs values, each once")
            return cls(path, values, whole=whole)
        if entry.value == EVIDENCE:
            try:
                return cls(path, unknown=unknowns(None, [path])[0])
            except InputError as error:
                raise InputError(f"{entry.where}: {error}") from None
        if not isinstance(entry.value, dict):
            raise InputError(
                f"{entry.where}: {path}: write values [1, 3, 7], or from and to, or {EVIDENCE} (got {entry.plain()!r})"
            )
        return cls._between(path, entry, whole)

    @classmethod
    def of(cls, path: str, where: str, values: Iterable[Any]) -> "Range":
        """Return the range of the values that occur, each once. Raises InputError where there is no such number."""
        _spec(path, where)
        return cls(path, tuple({str(value): value for value in values}.values()))

    @classmethod
    def _between(cls, path: str, entry: Entry, whole: bool) -> "Range":
        told = entry.plain()
        for word in told:
            if word not in WORDS:
                raise InputError(f"{entry.where}: {path}: unknown key {word!r}{nearest(word, WORDS)}")
        low, high, scale, count = told.get("from"), told.get("to"), told.get("scale", "linear"), told.get("steps")
        numbers = all(isinstance(end, (int, float)) and not isinstance(end, bool) for end in (low, high))
        if not numbers or not low < high:
            raise InputError(f"{entry.where}: {path}: from and to must be two numbers, the lower first")
        if scale not in ("linear", "log") or scale == "log" and low <= 0:
            raise InputError(f"{entry.where}: {path}: scale is linear, or log for numbers above zero (got {scale!r})")
        if count is not None and (type(count) is not int or not 2 <= count <= 10_000):
            raise InputError(f"{entry.where}: {path}: steps is a whole number from 2 (got {count!r})")
        one = cls(path, (), low, high, scale == "log", whole)
        if count is None:
            return one
        steps = dict.fromkeys(one.at(step / (count - 1)) for step in range(count))
        return cls(path, tuple(steps), low, high, scale == "log", whole)

    def at(self, share: float) -> float:
        """Return the value a share of the way, share in [0, 1]; of evidence, the quantile."""
        if self.unknown is not None:
            return self.unknown.at(share)
        if self.steps:
            return self.steps[min(len(self.steps) - 1, int(share * len(self.steps)))]
        if self.log:
            value = self.low * (self.high / self.low) ** share
        else:
            value = self.low + (self.high - self.low) * share
        if share in (0, 1):  # the ends as they were written
            value = self.high if share else self.low
        return round(value) if self.whole else value


def _spec(path: str, where: str):
    from ..scenarios.schema import fields

    known = {spec.path: spec for spec in fields()}
    if path not in known:
        raise InputError(f"{where}: no number {path!r}{nearest(path, known)}")
    if path == "place":
        raise InputError(f"{where}: places have a key of their own: `places: [...]`")
    return known[path]
