"""What a study asks for: two policies, the numbers that are drawn, and the two plans that live them."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ...scenarios import load as loading
from ...scenarios.errors import InputError, nearest
from ...scenarios.load import load
from .. import files
from ..compare import check_same
from ..differences import as_text
from ..plan import Plan, read_plan
from ..provenance import label_of
from ..seeds import seeds_of
from ..unknowns import Unknown, unknowns

if TYPE_CHECKING:
    from ...scenarios.schema import Scenario

DRAWS, SEEDS, OUTCOME = 200, 2, "expected_deaths"
FEWEST = 8  # draws
CENTRAL = (5, 10)  # pairs of runs with every number at its value: a tenth of the draws, from and to
EVIDENCE = "evidence"
STUDY, SWEEP, CENTRAL_SWEEP = "study.json", "sweep", "central"
LEVEL = ("expected_deaths", "population")  # kept by month, to hold the level of deaths against the published one


@dataclass(frozen=True)
class Asked:
    """A checked question: its policies, what is drawn, and its plans."""

    names: tuple[str, str]  # as the user named the policies
    scenarios: tuple["Scenario", "Scenario"]
    drawn: tuple[Unknown, ...]
    over: tuple[str, ...]  # what was asked to be drawn; empty for everything
    outcome: str
    plan: Plan  # of the draws
    central: Plan

    @property
    def identity(self) -> dict[str, Any]:
        """What makes a folder that of this study, and no other: both plans, and the version of the model."""
        from ...agents.compiled import source_hash

        told = {"outcome": self.outcome, "plan": self.plan.told, "central": self.central.told}
        hashes = {"plan_hash": self.plan.hash, "central_hash": self.central.hash}
        return json.loads(files.json_text({"code": source_hash()} | hashes | told))

    def folder(self, out: str | Path | None) -> Path:
        """Return the folder of this study: one that is begun goes on. Raises InputError where another thing is there.

        By default the first of `runs/<place>-uncertainty-<A>-vs-<B>`, `…-2`, … that is free or holds this study.
        """
        if out is not None:
            there = identity_of(Path(out))
            if there is None:
                return files.choose(out, "", "")
            if there != self.identity:
                what = "was begun with another version of the model"
                if there.get("code") == self.identity["code"]:
                    what = f"holds another study ({' and '.join(there['plan']['policies'])}, or other options)"
                raise InputError(f"{out}: {what}; take another folder, such as {files.free(Path(out))}")
            return Path(out)
        place, (a, b) = label_of(self.scenarios[0]), self.scenarios
        name = files.PARENT / f"{files.slug(place)}-uncertainty-{files.slug(f'{a.name[:25]}-vs-{b.name[:25]}')}"
        number, folder = 1, name
        while folder != files.free(folder) and identity_of(folder) != self.identity:
            number += 1
            folder = name.with_name(f"{name.name}-{number}")
        return folder if identity_of(folder) else files.choose(folder, "", "")


def identity_of(folder: Path) -> dict[str, Any] | None:
    """Return what a folder says it is a study of; None where it holds none."""
    try:
        return json.loads((folder / STUDY).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None


def ask(
    policy_a: str,
    policy_b: str,
    overrides: Iterable[str],
    draws: int = DRAWS,
    seeds: int | str | Iterable[int] = SEEDS,
    over: Iterable[str] | str = (),
    outcome: str = OUTCOME,
    draw_seed: int = 0,
) -> Asked:
    """Return a checked question. overrides: texts as of `--set`, for both policies. Raises InputError."""
    from ...model.outcomes import OUTCOMES

    known = [one.id for one in OUTCOMES]
    if outcome not in known:
        raise InputError(f"outcome: no outcome {outcome!r}{nearest(outcome, known)}")
    if isinstance(draws, bool) or not isinstance(draws, int) or draws < FEWEST:
        raise InputError(f"draws: at least {FEWEST} are needed, better {DRAWS} (got {draws!r})")
    if isinstance(draw_seed, bool) or not isinstance(draw_seed, int) or draw_seed < 0:
        raise InputError(f"draw-seed: is a whole number from 0 (got {draw_seed!r})")
    texts = list(overrides)
    scenarios = load(policy_a, texts), load(policy_b, texts)
    check_same(*scenarios)
    over = tuple(name for name in ([over] if isinstance(over, str) else over) if name != EVIDENCE)
    drawn = _drawn(scenarios, over)
    base = {path: entry.plain() for path, entry in loading._overrides(texts, [])}
    base |= {name: getattr(scenarios[0], name) for name in ("place", "years", "residents")}
    told = {
        "name": f"{policy_a} and {policy_b}",
        "base": {path: value for path, value in base.items() if value is not None},
        "policies": [policy_a, policy_b],
        "monthly": list(dict.fromkeys((outcome, *LEVEL))),
    }
    sample = {"design": "latin_hypercube", "points": draws, "seed": draw_seed, "over": [one.path for one in drawn]}
    plan = read_plan(told | {"seeds": seeds_of(seeds), "fresh_seeds": True, "sample": sample})
    central = read_plan(told | {"seeds": min(max(draws // 10, CENTRAL[0]), CENTRAL[1])})
    return Asked((policy_a, policy_b), scenarios, drawn, over, outcome, plan, central)


def _drawn(scenarios: tuple["Scenario", "Scenario"], over: tuple[str, ...]) -> tuple[Unknown, ...]:
    """Return the numbers that are drawn: those that neither policy sets itself."""
    try:
        a, b = (unknowns(scenario, over) for scenario in scenarios)
    except InputError as error:
        raise InputError(f"over: {error}") from None
    both = {one.path for one in b}
    drawn = tuple(one for one in a if one.path in both)
    if not drawn:
        raise InputError("over: every number named is set by one of the policies, so that none is left to draw")
    return drawn


def texts_of(overrides: Any, settings: dict[str, Any]) -> list[str]:
    """Return overrides and settings of a call as `--set` texts; None is no setting."""
    told = dict(overrides) if hasattr(overrides, "items") else {}
    texts = [] if told else list(overrides or ())
    told |= {name: value for name, value in settings.items() if value is not None}
    return texts + [f"{path}={as_text(value)}" for path, value in told.items()]
