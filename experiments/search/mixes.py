"""A mix as a scenario file that `deflect run` and `deflect compare` take, and the command that makes a search again."""

import shlex
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ... import __version__
from ...scenarios.load import POLICIES, load
from ..differences import as_text, differences
from ..provenance import seeds_text
from .words import effect

if TYPE_CHECKING:
    from .front import Confirmed
    from .question import Question
    from .study import Search

OPTIONS = ("place", "years", "residents")


def write(found: "Search", one: "Confirmed", path: Path) -> None:
    """Write a mix; place, years and residents are left to whoever runs it, as in every policy."""
    question = found.question
    parent = question.policy if (POLICIES / f"{question.policy}.yaml").is_file() else "status_quo"
    sections: dict[str, dict[str, Any]] = {}
    told = load(parent, question.settings)
    for different in differences(one.scenario, told):
        section, _, name = different.path.rpartition(".")
        sections.setdefault(section, {})[name] = different.value
    gains = [f"{goal.title}: {effect(goal, each)}" for goal, each in zip(question.objectives, one.found, strict=True)]
    lines = [
        f"# A mix that `deflect search` found for {found.place} (Deflect {__version__}): ${one.price:,.0f} a year",
        f"# over the status quo, as planned. Against {question.base.name}, {question.confirm} fresh pairs of runs:",
        *(f"#   {gain}" for gain in gains),
        f"#   {shlex.join(['deflect', 'compare', question.policy, path.name, *_options(question)])}",
        f"name: {one.name}",
        f"extends: {parent}",
    ]
    for section, values in sections.items():
        lines += [f"{section}:"] * bool(section)
        lines += [f"{'  ' * bool(section)}{name}: {as_text(value)}" for name, value in values.items()]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    made = load(path, question.settings | {"budget.dollars_per_year": None})
    assert made.hash == one.scenario.hash, f"{path}: is not the scenario of {one.name}"


def _options(question: "Question") -> list[str]:
    words = ["--seeds", seeds_text(question.fresh_seeds)]
    base = question.base
    for name in OPTIONS:
        if getattr(base, name) is not None:
            words += [f"--{name}", str(getattr(base, name))]
    for name, value in question.settings.items():
        if name not in (*OPTIONS, "name", "description") and not name.startswith("budget."):
            words += ["--set", f"{name}={as_text(value)}"]
    return words


def command(question: "Question") -> str:
    """Return the command that makes a search again."""
    space = question.space
    words = ["deflect", "search", "--policy", question.policy, "--budget", f"{space.budget:.10g}"]
    words += [word for word in _options(question)[2:]]
    for lever in space.levers:
        words += ["--lever", f"{lever.path}={','.join(as_text(value) for value in lever.values)}"]
    for path, value in space.always.items():
        words += ["--always", f"{path}={as_text(value)}"]
    for goal in question.objectives:
        words += ["--objective", f"{goal.id}={goal.better}"]
    for one in question.references:
        words += ["--reference", one.name]
    for name in ("trials", "generation", "confirm", "seed"):
        words += [f"--{name}", str(getattr(question, name))]
    return shlex.join([*words, "--seeds", seeds_text(question.seeds)])
