"""A comparison to take along: the scenario files, and the command that gives the same numbers."""

import json
import shlex
from typing import Any

from ..experiments.provenance import seeds_text
from ..scenarios.sections import SWITCHES
from . import choices

FILES = ("policy-a.yaml", "policy-b.yaml")


def told(asked: choices.Asked) -> dict[str, Any]:
    """Return names, hashes, files and the command of a comparison. Raises InputError."""
    both = choices.scenarios(asked)
    changed = [bool(side.levers) for side in (asked.a, asked.b)]
    files = {name: text(asked, side) for name, side in zip(FILES, (asked.a, asked.b), strict=True)}
    return {
        "policies": [side.policy for side in (asked.a, asked.b)],
        "changed": changed,
        "hashes": [one.hash for one in both],
        "files": files,
        "command": command(asked),
    }


def command(asked: choices.Asked) -> str:
    """Return the command that makes the comparison again; policies with levers set otherwise are files beside it."""
    policies = [name if side.levers else side.policy for name, side in zip(FILES, (asked.a, asked.b), strict=True)]
    words = ["deflect", "compare", *policies, "--place", asked.place, "--years", str(asked.years)]
    words += ["--residents", str(asked.residents), "--seeds", seeds_text(asked.seeds)]
    for name, word in asked.switches.items():
        words += ["--set", f"switches.{name}={word}"]
    return shlex.join(words)


def text(asked: choices.Asked, side: choices.Side) -> str:
    """Return a scenario file that says the same as one side of what was asked."""
    lines = [
        f"# {side.policy} as chosen on the page; every key is explained by `deflect schema`.",
        f"extends: {_yaml(side.policy)}",
        f"name: {_yaml(f'{side.policy}_changed' if side.levers else side.policy)}",
        f'place: "{asked.place}"',
        f"years: {asked.years}",
        f"residents: {asked.residents}",
    ]
    values: dict[str, dict[str, str]] = {}
    for path, value in side.levers.items():
        section, _, name = path.partition(".")
        values.setdefault(section, {})[name] = _yaml(value)
    if asked.switches:
        values["switches"] = {name: asked.switches[name] for name in SWITCHES if name in asked.switches}
    for section, numbers in values.items():
        lines += [f"{section}:", *(f"  {name}: {value}" for name, value in numbers.items())]
    return "\n".join(lines) + "\n"


def _yaml(value: Any) -> str:
    return json.dumps(value)  # JSON is YAML; a policy may be called "null"
