"""What a visitor may choose: places, policies, levers and switches, by name only; and the scenarios that come of it."""

import math
from collections.abc import Mapping
from typing import Any, NamedTuple

from ..scenarios import places
from ..scenarios.errors import InputError, nearest
from ..scenarios.load import load, policies
from ..scenarios.schema import Scenario
from ..scenarios.sections import SWITCHES, Switch
from .levers import LEVERS

MOST_RESIDENTS, FEWEST_RESIDENTS = 30_000, 500
MOST_YEARS, MOST_PAIRS, FEWEST_PAIRS = 10, 50, 5
LARGEST_SEED = 1_000_000
BUDGET = ("budget.dollars_per_year", "budget.over")
LARGEST_BUDGET = 1e12  # dollars a year, as in the schema


class Side(NamedTuple):
    """One of the two policies: a shipped one, and levers set otherwise."""

    policy: str
    levers: dict[str, Any]


class Asked(NamedTuple):
    """What a visitor asks for; everything the page shares is in it."""

    place: str  # FIPS code, or US
    years: int
    residents: int
    seed: int  # the first
    pairs: int
    a: Side
    b: Side
    switches: dict[str, str]  # disputed links: off, base or strong

    @property
    def seeds(self) -> list[int]:
        """The seed of each pair."""
        return list(range(self.seed, self.seed + self.pairs))


def read(told: Any) -> Asked:
    """Return what was asked, checked; nothing of it can name a file. Raises InputError with what would be right."""
    told = _mapping(told, "the question")
    _known(told, ("place", "years", "residents", "seed", "pairs", "a", "b", "switches"))
    code = place_code(told.get("place", "54011"))
    people = places.find(code).population
    return Asked(
        place=code,
        years=whole(told.get("years", 3), "years", 1, MOST_YEARS),
        residents=min(people, whole(told.get("residents", 20_000), "residents", FEWEST_RESIDENTS, MOST_RESIDENTS)),
        seed=whole(told.get("seed", 0), "seed", 0, LARGEST_SEED),
        pairs=whole(told.get("pairs", 20), "pairs", FEWEST_PAIRS, MOST_PAIRS),
        a=_side(told.get("a", {"policy": "status_quo"}), "a"),
        b=_side(told.get("b", {"policy": "full_deflection"}), "b"),
        switches=_switches(told.get("switches", {})),
    )


def place_code(text: Any) -> str:
    """Return the code of a place that exists. Raises InputError."""
    if not isinstance(text, str) or (text != "US" and text not in places.all_fips()):
        raise InputError("place: no county has this code; choose one from the list")
    return text


def policy_name(text: Any) -> str:
    """Return the name of a policy that comes with the project. Raises InputError."""
    names = [name for name, _ in policies()]
    if text not in names:
        raise InputError(f"policy: there is none of this name{nearest(str(text)[:60], names)}")
    return text


def whole(value: Any, name: str, low: int, high: int) -> int:
    """Return a whole number within its bounds. Raises InputError."""
    if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
        raise InputError(f"{name}: a whole number from {low:,} to {high:,} is needed")
    return value


def scenarios(asked: Asked) -> tuple[Scenario, Scenario]:
    """Return the scenarios of both policies. Raises InputError."""
    return scenario(asked, asked.a), scenario(asked, asked.b)


def scenario(asked: Asked, side: Side) -> Scenario:
    """Return the scenario of one policy: what `deflect compare` makes of the same choices."""
    told = {"place": asked.place, "years": asked.years, "residents": asked.residents}
    told |= {f"switches.{name}": word for name, word in asked.switches.items()}
    return load(side.policy, told | side.levers)


def _side(told: Any, name: str) -> Side:
    told = _mapping(told, name)
    _known(told, ("policy", "levers"))
    levers = _mapping(told.get("levers", {}), f"{name}.levers")
    return Side(policy_name(told.get("policy")), {path: _lever(path, value) for path, value in levers.items()})


def _lever(path: str, value: Any) -> Any:
    """Return the value of a lever within what the page offers; far outside of it a run could grow without end."""
    if path == BUDGET[1]:
        if value not in ("refuse", "scale"):
            raise InputError(f"{path}: refuse or scale")
        return value
    if path == BUDGET[0]:
        return _number(value, path, 0, LARGEST_BUDGET)
    lever = LEVERS.get(path)
    if lever is None:
        raise InputError(f"there is no lever of this name on the page{nearest(path[:60], LEVERS)}")
    if lever.kind == "switch":
        if not isinstance(value, bool):
            raise InputError(f"{path}: true or false")
        return value
    if lever.kind == "choice":
        if isinstance(value, bool) or value not in lever.options:
            raise InputError(f"{path}: one of {', '.join(map(str, lever.options))}")
        return int(value)
    return _number(value, path, lever.low, lever.high)


def _number(value: Any, path: str, low: float, high: float) -> float:
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not math.isfinite(value):
        raise InputError(f"{path}: a number is needed")
    if not low <= value <= high:
        raise InputError(f"{path}: from {low:g} to {high:g} (got {value:g})")
    return float(value)


def _switches(told: Any) -> dict[str, str]:
    told = _mapping(told, "switches")
    _known(told, SWITCHES)
    for name, word in told.items():
        if word not in Switch._fields:
            raise InputError(f"switches.{name}: off, base or strong")
    return {name: told[name] for name in SWITCHES if name in told}


def _mapping(told: Any, name: str) -> Mapping[str, Any]:
    if not isinstance(told, dict) or len(told) > 100:
        raise InputError(f"{name}: names and values are needed")
    return told


def _known(told: Mapping[str, Any], names) -> None:
    for name in told:
        if name not in names:
            raise InputError(f"{str(name)[:60]!r} is not known here{nearest(str(name)[:60], names)}")
