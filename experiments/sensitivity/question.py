"""What a study asks: a method, one policy or two, a quantity, and the plan of the runs that answer it."""

import json
import shlex
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from ...scenarios import load as loading
from ...scenarios.errors import InputError, nearest
from ...scenarios.load import load
from .. import files
from ..compare import check_same
from ..differences import value_at
from ..plan import Plan, read_plan
from ..provenance import label_of, seeds_text
from ..seeds import seeds_of
from ..store import MANIFEST, Store
from ..unknowns import ORDERED, PARTS, WHOLES
from . import tornado
from .discovery import Case
from .numbers import EVIDENCE, Number, numbers_of
from .quantity import MONEY, Quantity, quantity_of

if TYPE_CHECKING:
    from ...scenarios.schema import Scenario

OUTCOME, SEEDS = "expected_deaths", "5"
SWEEP = "sweep"  # the folder of the runs within that of the study
MAY_GROW = ("seeds", "points")  # of a study that is begun: runs that are there are kept


class Method(NamedTuple):
    """One way to ask; a plan's design, and how few points and seeds say anything."""

    name: str
    design: str
    points: int  # by default
    fewest: int
    seeds: int  # fewest
    noun: str  # what its points are called


METHODS = {
    "screening": Method("screening", "morris", 10, 4, 2, "trajectories"),
    "sobol": Method("sobol", "saltelli", 64, 8, 2, "base points"),
    "tornado": Method("tornado", "", 0, 0, 5, ""),
    "discovery": Method("discovery", "latin_hypercube", 200, 40, 2, "points"),
}


@dataclass(frozen=True)
class Question:
    """A checked question."""

    method: Method
    asked: tuple[str, ...]  # the policies as the user named them
    scenarios: tuple["Scenario", ...]
    quantity: Quantity
    numbers: tuple[Number, ...]
    case: Case | None  # of a discovery
    plan: Plan
    over: Any  # as asked
    overrides: tuple[str, ...]

    @property
    def place(self) -> str:
        """The name of the place, as a reader knows it."""
        return label_of(self.scenarios[0])

    @property
    def points(self) -> int:
        """What the user asked for: trajectories, base points or points."""
        return self.plan.design.points if self.method.design else 0

    @property
    def size(self) -> str:
        """How many runs it takes, and why."""
        seeds, policies = len(self.plan.seeds), len(self.scenarios)
        one = f"{self.plan.points:,} points of {_count(len(self.numbers), 'number')} x {_count(seeds, 'seed')}"
        both = f" x {policies} policies" if policies > 1 else ""
        return f"{one}{both} = {len(self.plan):,} runs"

    @property
    def slug(self) -> str:
        """The name of the folder of its answer."""
        percent = "_percent" * self.quantity.percent
        return f"{self.quantity.id}{percent}{f'_{self.case.slug}' if self.case else ''}"

    def folder(self, out: str | Path | None) -> Path:
        """Return the folder of this study: one that is begun goes on. Raises InputError where another thing is there.

        By default the first of `runs/<place>-<method>-<A>-vs-<B>`, `…-2`, … that is free or holds this study.
        """
        if out is not None:
            if not (Path(out) / SWEEP).exists():
                return files.choose(out, "", "")
            if why := self._other(Path(out)):
                raise InputError(f"{out}: {why}; take another folder, such as {files.free(Path(out))}")
            return Path(out)
        policies = "-vs-".join(one.name[:25] for one in self.scenarios)
        name = files.PARENT / f"{files.slug(self.place)}-{self.method.name}-{files.slug(policies)}"
        folder, number = name, 1
        while folder != files.free(folder) and (not (folder / SWEEP).exists() or self._other(folder)):
            number += 1
            folder = name.with_name(f"{name.name}-{number}")
        return folder if (folder / SWEEP).exists() else files.choose(folder, "", "")

    def lived(self, folder: Path) -> int:
        """Return how many runs a folder holds already."""
        return len(Store(folder / SWEEP).done())

    def _other(self, folder: Path) -> str:
        """Say why the runs in a folder are not those of this question; nothing where they are."""
        from ...agents.compiled import source_hash

        path = folder / SWEEP / MANIFEST
        if not path.is_file():  # begun, and stopped before its first run
            return ""
        try:
            there = json.loads(path.read_text(encoding="utf-8"))
        except (OSError, ValueError) as error:
            return f"its {SWEEP}/{MANIFEST} cannot be read ({error})"
        if there.get("code") != source_hash():
            return "was begun with another version of the model"
        ours, theirs = (_lasting(told) for told in (json.loads(files.json_text(self.plan.told)), there["plan"]))
        differ = [key for key in (ours | theirs) if ours.get(key) != theirs.get(key)]
        return f"holds the runs of another question (another {' and '.join(differ)})" if differ else ""

    def command(self, folder: Path) -> str:
        """Return the command that asks this again, or goes on with it."""
        words = ["deflect", "sensitivity", self.method.name, *self.asked, "--outcome", self.quantity.id]
        words += ["--percent"] * (self.quantity.percent and self.case is None)
        words += self.case.options if self.case else []
        for name in ("place", "years", "residents"):
            if (value := getattr(self.scenarios[0], name)) is not None:
                words += [f"--{name}", str(value)]
        for text in self.overrides:
            if text.partition("=")[0].strip() not in ("place", "years", "residents"):
                words += ["--set", text]
        words += ["--seeds", seeds_text(self.plan.seeds)]
        words += ["--points", str(self.points)] if self.points else []
        for text in self._over():
            words += ["--over", text]
        return shlex.join([*words, "--out", str(folder)])

    def _over(self) -> list[str]:
        if self.over == EVIDENCE:
            return []
        if not isinstance(self.over, Mapping):
            return [self.over] if isinstance(self.over, str) else [str(one) for one in self.over]
        return [path if how == EVIDENCE else f"{path}={how['from']}..{how['to']}" for path, how in self.over.items()]


def ask(
    method: str,
    policies: Iterable[str],
    overrides: Iterable[str] = (),
    *,
    outcome: str = OUTCOME,
    over: Any = EVIDENCE,
    points: int | None = None,
    seeds: int | str | Iterable[int] = SEEDS,
    percent: bool = False,
    above: str | float | None = None,
    below: str | float | None = None,
) -> Question:
    """Return a checked question. overrides: texts as of `--set`, for all policies. Raises InputError."""
    if method not in METHODS:
        there = f" (there are {', '.join(METHODS)}; Morris is screening, PRIM discovery)"
        raise InputError(f"no method {method!r}{nearest(method, METHODS) or there}")
    how, names, texts = METHODS[method], tuple(policies), tuple(overrides)
    case = _case(method, above, below, paired=len(names) == 2, percent=percent)
    quantity = quantity_of(outcome, len(names) == 2, percent or bool(case and case.percent))
    scenarios = tuple(load(name, texts) for name in names)
    if len(scenarios) == 2:
        check_same(*scenarios)
    numbers = numbers_of(scenarios, over or EVIDENCE, quantity.id in MONEY)
    plan = _plan(how, names, texts, scenarios[0], numbers, points, seeds)
    if len(plan.seeds) < how.seeds:
        raise InputError(f"seeds: {method} needs at least {how.seeds}, to tell chance apart (got {len(plan.seeds)})")
    plan.scenario(0, 0, 0)
    return Question(how, names, scenarios, quantity, numbers, case, plan, over or EVIDENCE, texts)


def _case(method: str, above, below, paired: bool, percent: bool) -> Case | None:
    if method != "discovery":
        if above is not None or below is not None:
            raise InputError(f"above: it and below say what a discovery looks for; {method} has no use for them")
        return None
    if find_spec("ema_workbench") is None:
        raise InputError('discovery: needs the extra "discovery": pip install "deflect[discovery]"')
    return Case.read(above, below, paired, percent)


def _plan(how: Method, names, texts, scenario: "Scenario", numbers: tuple[Number, ...], points, seeds) -> Plan:
    base = {path: entry.plain() for path, entry in loading._overrides(texts, [])}
    told: dict[str, Any] = {
        "name": f"{how.name} of {' and '.join(names)}",
        "base": base | {"place": scenario.place},
        "policies": list(names),
        "seeds": seeds_text(seeds_of(seeds)),
    }
    if how.name == "tornado":
        if points is not None:
            raise InputError("points: a tornado has two a number; leave it out")
        carried = {path for group in (*WHOLES, *PARTS, *ORDERED) for path in group}
        listed = tornado.points(numbers, {path: value_at(scenario, path) for path in carried})
        return read_plan(told | {"points": listed})
    _check_wholes(numbers)
    points = how.points if points is None else points
    if type(points) is not int or points < how.fewest:
        raise InputError(f"points: {how.name} needs at least {how.fewest} {how.noun} (got {points!r})")
    if how.design == "saltelli" and points & (points - 1):
        raise InputError(f"points: sobol needs a power of two, such as {1 << points.bit_length()} (got {points})")
    drawn = {one.path: one.drawn for one in numbers}
    over: Any = list(drawn) if all(one == EVIDENCE for one in drawn.values()) else drawn
    return read_plan(told | {"sample": {"design": how.design, "points": points, "over": over}})


def _check_wholes(numbers: tuple[Number, ...]) -> None:
    """Refuse one share of a whole without the others: it would be made to fit, and never move."""
    asked = {one.path for one in numbers}
    for paths in WHOLES:
        if len(alone := asked & set(paths)) == 1:
            others = " and ".join(f"--over {path}" for path in paths if path not in alone)
            raise InputError(f"over: {alone.pop()} is a share of a whole and cannot vary alone: add {others}")


def _lasting(told: Mapping[str, Any]) -> dict[str, Any]:
    """Return what of a plan may not change while its runs are kept."""
    kept = {key: value for key, value in told.items() if key not in ("name", "seeds")}
    if "sample" in kept:
        kept["sample"] = {key: value for key, value in kept["sample"].items() if key not in MAY_GROW}
    return kept


def _count(count: int, noun: str) -> str:
    return f"{count:,} {noun}{'s' * (count != 1)}"
