"""What a scenario changes: which fields differ from the defaults, and where each value was written."""

import json
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from pydantic import ValidationError

from ..scenarios import load as loading
from ..scenarios.errors import InputError
from ..scenarios.reading import Entry
from ..scenarios.schema import Scenario, fields

UNCOUNTED = ("name", "description")  # say nothing about results


class Difference(NamedTuple):
    """One field of a scenario that is not what another one says."""

    path: str  # dotted name
    value: Any
    base: Any  # in the other scenario
    unit: str
    evidence: str  # id of the row behind the other value; empty for a setting
    quality: str


def differences(scenario: Scenario, base: Scenario | None = None) -> list[Difference]:
    """Return the fields in which a scenario differs from another, by default from the defaults themselves."""
    base = base or Scenario()
    found = []
    for spec in fields():
        ours, theirs = value_at(scenario, spec.path), value_at(base, spec.path)
        if ours != theirs and spec.path not in UNCOUNTED:
            found.append(Difference(spec.path, ours, theirs, spec.unit, spec.evidence, spec.quality))
    if scenario.changes != base.changes:
        told = [[change.model_dump(mode="json") for change in one.changes] for one in (scenario, base)]
        found.append(Difference("changes", *told, "", "", ""))
    return found


def value_at(scenario: Scenario, path: str) -> Any:
    """Return a field's value by its dotted name."""
    value = scenario
    for step in path.split("."):
        value = getattr(value, step)
    return value


def changed(scenario: Scenario, values: Mapping[str, Any]) -> Scenario:
    """Return the scenario with other values by dotted name, checked again. Raises InputError, a line a mistake."""
    told = scenario.model_dump()
    for path, value in values.items():
        *sections, name = path.split(".")
        below = told
        for section in sections:
            below = below[section]
        below[name] = value
    try:
        return Scenario.model_validate(told)
    except ValidationError as error:
        lines = (f"{'.'.join(map(str, one['loc']))}: {one['msg']} (got {one['input']!r:.60})" for one in error.errors())
        raise InputError("\n".join(lines)) from None


def origins(policy: str, overrides: Mapping[str, object] | Iterable[str], paths: Iterable[str]) -> dict[str, str]:
    """Return where each field was written: `file:line:column`, or the override. The scenario must load."""
    path = loading._locate(policy, loading.Path())
    tree = Entry(loading._inherit(path, ()), str(path))
    for dotted, entry in loading._overrides(overrides, []):
        loading._put(tree, dotted.split("."), entry)
    packaged = f"{loading.POLICIES}/"
    return {path: tree.find(tuple(path.split("."))).where.replace(packaged, "policies/") for path in paths}


def as_text(value: Any) -> str:
    """Return a value as `--set` reads it back: JSON is YAML."""
    return json.dumps(value, ensure_ascii=False)
