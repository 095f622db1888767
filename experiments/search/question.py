"""What a search is asked: a small file, options in its place, or both; checked before any run."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ...scenarios import places as atlas
from ...scenarios.errors import InputError, nearest
from ...scenarios.load import POLICIES, load
from ...scenarios.reading import Entry, read, wrap
from ..compare_table import FEWEST
from ..differences import changed, differences, value_at
from ..plan import _dotted
from ..seeds import seeds_of
from . import levers as reading
from . import objectives
from .objectives import Objective
from .space import Space

if TYPE_CHECKING:
    from ...scenarios.schema import Scenario

KEYS = (
    "name",
    "policy",
    "base",
    "budget",
    "levers",
    "always",
    "objectives",
    "references",
    "trials",
    "generation",
    "seeds",
    "confirm",
    "seed",
)
REFERENCES = ("more_slots", "full_deflection", "full_package")
TRIALS, GENERATION, SEEDS, CONFIRM = 96, 16, 5, 20


@dataclass(frozen=True)
class Question:
    """A checked search."""

    name: str
    policy: str  # as it was named: what every mix is compared with
    settings: dict[str, Any]  # of base and mixes: place, years, residents, and numbers by dotted name
    space: Space
    objectives: tuple[Objective, ...]
    references: tuple["Scenario", ...]
    trials: int
    generation: int
    seeds: tuple[int, ...]  # of the search
    confirm: int  # fresh pairs
    seed: int  # of the proposals

    @property
    def base(self) -> "Scenario":
        """The scenario that every mix is compared with."""
        return self.space.base

    @cached_property
    def fresh_seeds(self) -> tuple[int, ...]:
        """The seeds of the confirmation: none that the search has seen."""
        first = max(self.seeds) + 1
        return tuple(range(first, first + self.confirm))

    @cached_property
    def identity(self) -> dict[str, Any]:
        """What decides the course of the search; more trials or pairs go on with what is there."""
        import optuna

        from ...agents.compiled import source_hash

        return {
            "code": source_hash(),
            "optuna": optuna.__version__,
            "base": self.base.hash,
            "place": atlas.digest(self.base.place),
            "levers": [[one.path, list(one.values), one.nothing, dict(one.brings)] for one in self.space.levers],
            "always": dict(self.space.always),
            "budget": self.space.budget,
            "objectives": [[one.id, one.better] for one in self.objectives],
            "generation": self.generation,
            "seeds": list(self.seeds),
            "seed": self.seed,
        }


def ask(plan: "str | os.PathLike | Mapping[str, Any] | None" = None, **options: Any) -> Question:
    """Return a checked question. Raises InputError.

    plan: a file, or a mapping of the same words (docs/search.md). options: the same words again, which come before
    those of the plan; None is not said. `base` adds to that of the plan, and `levers` may be an Entry.
    """
    if plan is None:
        tree = Entry({}, "search")
    elif isinstance(plan, Mapping):
        tree = wrap(dict(plan), "plan")
    else:
        tree = Entry(read(Path(plan)), str(plan))
    folder = Path(".") if plan is None or isinstance(plan, Mapping) else Path(plan).parent
    told = dict(tree.value)
    for key, value in options.items():
        if value is not None and key != "base":
            told[key] = value if isinstance(value, Entry) else wrap(value, f"--{key}")
    return _Reader(Entry(told, tree.where), folder, options.get("base") or {}).question()


class _Reader:
    """Turns what is written into a question, naming where a mistake stands."""

    def __init__(self, tree: Entry, folder: Path, base: Mapping[str, Any]):
        self.tree, self.folder, self.more = tree, folder, base

    def question(self) -> Question:
        for key, entry in self.tree.value.items():
            if key not in KEYS:
                hint = f"{nearest(key, KEYS)} (a search has {', '.join(KEYS)})"
                raise InputError(f"{entry.where}: unknown key {key!r}{hint}")
        policy, settings = self._policy("policy", self._entry("policy", "status_quo")), self._settings()
        base = load(policy, settings)
        atlas.find(base.place)
        budget = self._budget(base)
        base = changed(base, {"budget.dollars_per_year": None})
        space = Space(base, reading.read_levers(self._levers(), base), self._always(base), budget)
        space.check(self._entry("budget", 0).where)
        return Question(
            name=str(self._plain("name", base.name)),
            policy=policy,
            settings=settings,
            space=space,
            objectives=self._objectives(),
            references=self._references(base, settings),
            trials=self._whole("trials", TRIALS, 2),
            generation=self._whole("generation", GENERATION, 1),
            seeds=tuple(self._seeds()),
            confirm=self._whole("confirm", CONFIRM, FEWEST),
            seed=self._whole("seed", 0, 0),
        )

    def _entry(self, key: str, default: Any) -> Entry:
        return self.tree.value.get(key) or wrap(default, f"{self.tree.where}: {key}")

    def _plain(self, key: str, default: Any) -> Any:
        return self._entry(key, default).plain()

    def _whole(self, key: str, default: int, least: int) -> int:
        value = self._plain(key, default)
        if type(value) is not int or value < least:
            where = self._entry(key, default).where
            raise InputError(f"{where}: {key} is a whole number from {least} (got {value!r})")
        return value

    def _settings(self) -> dict[str, Any]:
        entry = self._entry("base", {})
        if not isinstance(entry.value, dict):
            raise InputError(f"{entry.where}: base: should hold keys, such as `years: 3`")
        return dict(_dotted(entry.plain())) | dict(self.more)

    def _policy(self, key: str, entry: Entry) -> str:
        """Return a policy's name, or the whole path of a file, which may lie beside the plan."""
        name = str(entry.plain())
        for path in (self.folder / name, Path(name)):
            if not (POLICIES / f"{name}.yaml").is_file() and path.is_file():
                return str(path.resolve())
        try:
            load(name)
        except InputError as error:
            raise InputError(f"{entry.where}: {key}: {error}") from None
        return name

    def _budget(self, base: "Scenario") -> float:
        entry = self._entry("budget", base.budget.dollars_per_year)
        value = entry.plain()
        if value is None:
            raise InputError(
                "search: how much a year may the levers cost? Say --budget 1000000, or `budget: 1000000` in the file"
            )
        if isinstance(value, bool) or not isinstance(value, (int, float)) or not 0 < value < 1e12:
            raise InputError(f"{entry.where}: budget: dollars a year, such as 1000000 (got {value!r})")
        return float(value)

    def _levers(self) -> Entry:
        return self._entry("levers", reading.DEFAULT)

    def _always(self, base: "Scenario") -> dict[str, Any]:
        entry = self._entry("always", {})
        if not isinstance(entry.value, dict):
            raise InputError(f"{entry.where}: always: should hold levers and values")
        told = dict(_dotted(entry.plain()))
        for path in told:
            reading._spec(path, entry)
        if twice := set(told) & set(self._levers().value):
            raise InputError(f"{entry.where}: always: {min(twice)} is a lever of the search")
        try:
            checked = changed(base, told)
        except InputError as error:
            raise InputError(f"{entry.where}: always: {error}") from None
        return {path: value_at(checked, path) for path in told}

    def _objectives(self) -> tuple[Objective, ...]:
        entry = self._entry("objectives", list(objectives.DEFAULT))
        items = entry.value if isinstance(entry.value, list) else [entry]
        found = tuple(objectives.read(str(item.plain()), item.where) for item in items)
        ids = [one.id for one in found]
        if not objectives.FEWEST <= len(set(ids)) == len(ids) <= objectives.MOST:
            raise InputError(
                f"{entry.where}: objectives: from {objectives.FEWEST} to {objectives.MOST}, each once, such as "
                f"{' and '.join(objectives.DEFAULT)} (got {', '.join(ids)})"
            )
        if all(one.is_price for one in found):
            raise InputError(f"{entry.where}: objectives: one at least says what the money is for (got only prices)")
        return found

    def _references(self, base: "Scenario", settings: dict[str, Any]) -> tuple["Scenario", ...]:
        entry = self._entry("references", list(REFERENCES))
        items = entry.value if isinstance(entry.value, list) else [entry]
        found = []
        for item in items:
            one = load(self._policy("references", item), settings)
            if any(different.path == "changes" for different in differences(one, base)):
                raise InputError(f"{item.where}: references: {one.name} has dated changes, which no mix has")
            if one.hash != base.hash and one.hash not in [other.hash for other in found]:
                found.append(one)
        return tuple(found)

    def _seeds(self) -> list[int]:
        entry = self._entry("seeds", SEEDS)
        try:
            return seeds_of(entry.plain())
        except InputError as error:
            raise InputError(f"{entry.where}: {error}") from None
