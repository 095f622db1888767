"""A plan of many runs: which numbers vary, under which policies, where, and with how much luck.

A plan is a file (docs/sweeps.md) or a Python mapping of the same words. It makes *points*, combinations of values of
the numbers that vary; every point is lived under every policy, in every place, with every seed. Runs of one place, seed
and parameters share a *past*, the burn-in, whatever their levers: they are lived together.
"""

import hashlib
import json
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from ..scenarios import places as atlas
from ..scenarios.errors import InputError, nearest
from ..scenarios.load import load
from ..scenarios.reading import Entry, read, wrap
from .branches import share_past
from .designs import Design, Listed
from .ranges import Range
from .seeds import seeds_of

if TYPE_CHECKING:
    from ..scenarios.schema import Scenario

KEYS = (
    "name",
    "description",
    "base",
    "policies",
    "places",
    "seeds",
    "fresh_seeds",
    "vary",
    "points",
    "sample",
    "monthly",
)
MOST = 10_000_000  # runs
MOST_POINTS = 1_000_000
BRANCHES = 16  # runs of one past that are lived as one task
ALL = "all"  # places: every county


class Asked(NamedTuple):
    """One run of a plan: its number, and the places of its point, place, seed and policy in the plan."""

    number: int
    point: int
    place: int
    seed: int
    policy: int


@dataclass(frozen=True)
class Plan:
    """What is to be lived. Runs are numbered: points slowest, then places, seeds, policies."""

    name: str
    policies: tuple["Scenario", ...]  # with the plan's base
    places: tuple[str, ...]  # codes
    seeds: tuple[int, ...]
    fresh_seeds: bool  # every point has seeds of its own
    grid: tuple[Range, ...]
    design: Design | Listed | None
    monthly: tuple[str, ...]  # outcomes kept month by month
    told: dict[str, Any] = field(compare=False)  # what was written, as plain values

    @cached_property
    def points(self) -> int:
        """How many combinations of values there are."""
        return math.prod(len(one.steps) for one in self.grid) * (len(self.design.cube) if self.design else 1)

    def __len__(self) -> int:
        return self.points * len(self.places) * len(self.seeds) * len(self.policies)

    @cached_property
    def varied(self) -> tuple[str, ...]:
        """The dotted names of the numbers that vary, in the order of their columns."""
        return tuple(one.path for one in self.grid) + self.sampled

    @property
    def sampled(self) -> tuple[str, ...]:
        """Those that a sample or a list of points sets."""
        return tuple(one.path for one in self.design.ranges) if self.design else ()

    @cached_property
    def hash(self) -> str:
        """SHA-256 of what the plan asks for."""
        told = {key: value for key, value in self.told.items() if key not in ("name", "description")}
        told["policies"] = [one.hash for one in self.policies]
        return hashlib.sha256(json.dumps(told, sort_keys=True, default=str).encode()).hexdigest()

    def values(self, point: int) -> dict[str, Any]:
        """Return what varies at a point: {dotted name: value}."""
        sampled = len(self.design.cube) if self.design else 1
        steps, row = divmod(point, sampled)
        values = {}
        for one in reversed(self.grid):
            steps, step = divmod(steps, len(one.steps))
            values[one.path] = one.steps[step]
        values = dict(reversed(values.items()))
        return values | (self.design.values(row) if self.design else {})

    def asked(self, number: int) -> Asked:
        """Return which run a number is."""
        rest, policy = divmod(number, len(self.policies))
        rest, seed = divmod(rest, len(self.seeds))
        point, place = divmod(rest, len(self.places))
        return Asked(number, point, place, seed, policy)

    def number(self, point: int, place: int, seed: int, policy: int) -> int:
        """Return the number of a run."""
        return ((point * len(self.places) + place) * len(self.seeds) + seed) * len(self.policies) + policy

    def seed(self, run: Asked) -> int:
        """Return the seed a run is lived with."""
        return self.seeds[run.seed] + (run.point * (max(self.seeds) + 1) if self.fresh_seeds else 0)

    def scenario(self, point: int, place: int, policy: int) -> "Scenario":
        """Return the checked scenario of a run; raises InputError that names the point."""
        from ..model.budget import within_budget
        from .differences import changed

        values = self.values(point)
        try:
            return within_budget(changed(self.policies[policy], {"place": self.places[place]} | values))
        except InputError as error:
            what = ", ".join(f"{path}={value}" for path, value in list(values.items())[:4])
            raise InputError(f"point {point} ({what}) under {self.policies[policy].name}: {error}") from None

    def families(self) -> Iterator[list[Asked]]:
        """Yield runs that share a past, up to BRANCHES at once, so that their burn-in is lived once."""
        together = self._points_of_one_past()
        policies = range(len(self.policies))
        by_policy = [policies] if share_past(self.policies) else [[policy] for policy in policies]
        for points in together:
            for place in range(len(self.places)):
                for seed in range(len(self.seeds)):
                    for some in by_policy:
                        runs = [
                            Asked(self.number(point, place, seed, policy), point, place, seed, policy)
                            for point in points
                            for policy in some
                        ]
                        for first in range(0, len(runs), BRANCHES):
                            yield runs[first : first + BRANCHES]

    def _points_of_one_past(self) -> Iterator[list[int]]:
        """Yield points that differ in levers only."""
        if self.fresh_seeds or not self.varied:
            yield from ([point] for point in range(self.points))
            return
        from ..scenarios.schema import fields

        levers = {spec.path for spec in fields() if spec.kind == "lever"} | {"years"}
        if levers.issuperset(self.varied):
            yield list(range(self.points))
            return
        by_past: dict[tuple, list[int]] = {}
        for point in range(self.points):
            past = tuple(value for path, value in self.values(point).items() if path not in levers)
            by_past.setdefault(past, []).append(point)
        yield from by_past.values()


def read_plan(plan: "str | Path | Mapping[str, Any] | Plan") -> Plan:
    """Return a checked plan from a file, or from a mapping of the same words. Raises InputError with file and line."""
    if isinstance(plan, Plan):
        return plan
    if isinstance(plan, Mapping):
        tree = wrap(dict(plan), "plan")
    else:
        tree = Entry(read(Path(plan)), str(plan))
    return _Reader(tree, Path(".") if isinstance(plan, Mapping) else Path(plan).parent).plan()


class _Reader:
    """Turns what is written into a plan, naming where a mistake stands."""

    def __init__(self, tree: Entry, folder: Path):
        self.tree, self.folder = tree, folder

    def plan(self) -> Plan:
        for key, entry in self.tree.value.items():
            if key not in KEYS:
                raise InputError(
                    f"{entry.where}: unknown key {key!r}{nearest(key, KEYS)} (a plan has {', '.join(KEYS)})"
                )
        grid = self._grid()
        design = self._design(grid)
        plan = Plan(
            name=str(self._plain("name", Path(self.tree.where).stem)),
            policies=self._policies(),
            places=self._places(),
            seeds=tuple(self._told("seeds", seeds_of, 10)),
            fresh_seeds=self._plain("fresh_seeds", False) is True,
            grid=grid,
            design=design,
            monthly=self._monthly(),
            told=self.tree.plain(),
        )
        if plan.points > MOST_POINTS or len(plan) > MOST:
            raise InputError(f"{self.tree.where}: {len(plan):,} runs of {plan.points:,} points are more than {MOST:,}")
        return plan

    def _plain(self, key: str, default: Any) -> Any:
        return self.tree.value[key].plain() if key in self.tree.value else default

    def _told(self, key: str, make, default: Any) -> Any:
        """Return what `make` makes of a key's value; its complaints get a place."""
        entry = self.tree.value.get(key)
        try:
            return make(default if entry is None else entry.plain())
        except InputError as error:
            raise InputError(f"{entry.where if entry else self.tree.where}: {error}") from None

    def _list(self, key: str, default: list) -> list[tuple[Any, str]]:
        entry = self.tree.value.get(key)
        if entry is None:
            return [(one, self.tree.where) for one in default]
        items = entry.value if isinstance(entry.value, list) else [entry]
        if not items:
            raise InputError(f"{entry.where}: {key}: at least one is needed")
        return [(item.plain(), item.where) for item in items]

    def _policies(self) -> tuple["Scenario", ...]:
        base = self._plain("base", {})
        if not isinstance(base, dict):
            raise InputError(f"{self.tree.value['base'].where}: base: should hold keys, such as `years: 3`")
        overrides = dict(_dotted(base))
        try:
            load("status_quo", overrides)
        except InputError as error:
            raise InputError(f"{self.tree.value['base'].where}: base: {error}") from None
        found = []
        for name, where in self._list("policies", ["status_quo"]):
            beside = self.folder / str(name)
            try:
                found.append(load(beside if beside.is_file() else str(name), overrides))
            except InputError as error:
                raise InputError(f"{where}: {error}") from None
        names = [one.name for one in found]
        if len(set(names)) < len(names):
            twice = next(name for name in names if names.count(name) > 1)
            raise InputError(f"{self.tree.value['policies'].where}: policies: {twice} is named twice")
        return tuple(found)

    def _places(self) -> tuple[str, ...]:
        if "places" not in self.tree.value:
            return (self._policies()[0].place,)
        found = []
        for name, where in self._list("places", []):
            try:
                found += (
                    atlas.all_fips() if name == ALL else [atlas.code(name if type(name) is not int else f"{name:05d}")]
                )
                atlas.find(found[-1])
            except InputError as error:
                raise InputError(f"{where}: {error}") from None
        return tuple(dict.fromkeys(found))

    def _monthly(self) -> tuple[str, ...]:
        from ..model.outcomes import OUTCOMES

        known = [outcome.id for outcome in OUTCOMES]
        for name, where in (found := self._list("monthly", [])):
            if name not in known:
                raise InputError(f"{where}: monthly: no outcome {name!r}{nearest(str(name), known)}")
        return tuple(name for name, _ in found)

    def _grid(self) -> tuple[Range, ...]:
        entry = self.tree.value.get("vary")
        if entry is None:
            return ()
        if not isinstance(entry.value, dict):
            raise InputError(
                f"{entry.where}: vary: should hold numbers and their values, such as treatment.intake_days: [1, 7]"
            )
        ranges = tuple(Range.read(path, below) for path, below in entry.value.items())
        for one, below in zip(ranges, entry.value.values(), strict=True):
            if not one.steps:
                raise InputError(f"{below.where}: {one.path}: a grid needs values: [1, 3, 7], or from, to and steps")
        return ranges

    def _design(self, grid: tuple[Range, ...]) -> Design | Listed | None:
        entry, listed = self.tree.value.get("sample"), self.tree.value.get("points")
        if entry is None and listed is None:
            return None
        if entry is not None and listed is not None:
            raise InputError(f"{listed.where}: points: a plan has listed points or a sample, not both")
        design = Listed.read(listed) if entry is None else Design.read(entry, self._policies()[0])
        twice = {one.path for one in grid} & {one.path for one in design.ranges}
        if twice:
            raise InputError(f"{(entry or listed).where}: {min(twice)} varies twice")
        return design


def _dotted(tree: Mapping[str, Any], before: str = "") -> Iterator[tuple[str, Any]]:
    for key, value in tree.items():
        if isinstance(value, dict) and f"{before}{key}" != "changes":
            yield from _dotted(value, f"{before}{key}.")
        else:
            yield f"{before}{key}", value
