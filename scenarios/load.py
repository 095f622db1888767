"""Load a scenario: a named policy or a user's file, its parents, then overrides, then every check."""

import os
from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from . import places
from .errors import InputError, nearest
from .reading import Entry, parse, read, wrap
from .schema import Scenario, Spec, fields
from .sections import SWITCHES, Switch

POLICIES = Path(__file__).parent / "policies"
OWN = ("extends", "name", "description")  # what a child does not take from its parent


def load(
    name_or_path: str | os.PathLike = "status_quo", overrides: Mapping[str, object] | Iterable[str] = ()
) -> Scenario:
    """Return the checked scenario of a policy's name or a file's path.

    `overrides` change single values by dotted name, given as a mapping {"treatment.intake_days": 3} or as texts
    "treatment.intake_days=3", which are read by the same rules as files. Later ones win. A scenario without a name
    takes the file's. Raises InputError with one line for every mistake: file, line and column, dotted name, what is
    wrong, what would be right.
    """
    path = _locate(os.fspath(name_or_path), Path())
    tree = Entry(_inherit(path, ()), str(path))
    tree.value.setdefault("name", Entry(path.stem, str(path)))
    problems = []
    for dotted, entry in _overrides(overrides, problems):
        _put(tree, dotted.split("."), entry)
    if problems:
        raise InputError("\n".join(problems))
    try:
        scenario = Scenario.model_validate(tree.plain())
    except ValidationError as error:
        known = {spec.path: spec for spec in fields()}
        lines = (_line(problem, tree, known) for problem in error.errors(include_url=False))
        raise InputError("\n".join(dict.fromkeys(lines))) from None
    return scenario.model_copy(update={"place": _one_name(scenario.place, tree)})


def _one_name(place: str, tree: Entry) -> str:
    """Return the code of a place, so that however it is written the scenario is the same."""
    try:
        return places.code(place)
    except InputError as error:
        where = tree.value["place"].where if "place" in tree.value else "place"
        raise InputError(f"{where}: place: {error}") from None


def policies() -> list[tuple[str, str]]:
    """Return (name, description) of the policies that come with the project, the status quo first."""
    paths = sorted(POLICIES.glob("*.yaml"), key=lambda path: (path.stem != "status_quo", path.stem))
    return [(path.stem, read(path)["description"].value) for path in paths]


def _locate(text: str, folder: Path, called_from: str = "") -> Path:
    """Return the file of a policy's name, or of a path beside `folder`."""
    named = POLICIES / f"{text}.yaml"
    if text and Path(text).name == text and named.is_file():
        return named
    path = folder / text
    if text and "\0" not in text and (path.suffix in (".yaml", ".yml") or os.sep in text or path.exists()):
        return path
    names = [name.stem for name in POLICIES.glob("*.yaml")]
    asked = f"{called_from}: " if called_from else ""
    hint = nearest(text, names) or f" (policies: {', '.join(sorted(names))}; or the path of a .yaml file)"
    raise InputError(f"{asked}no policy {text!r}{hint}")


def _inherit(path: Path, children: tuple[Path, ...], called_from: str = "") -> dict[str, Entry]:
    """Read a file and what it extends; the child's values win."""
    if any(path.resolve() == child.resolve() for child in children):
        circle = " -> ".join(file.stem for file in (*children, path))
        raise InputError(f"{called_from}: extends: goes in a circle: {circle}")
    told = {key: _one_by_one(key, entry) for key, entry in read(path, called_from).items()}
    parent = told.pop("extends", None)
    if parent is None:
        return told
    if not isinstance(parent.value, str):
        raise InputError(f"{parent.where}: extends: names one parent (got {parent.plain()!r})")
    base = _inherit(_locate(parent.value, path.parent, f"{parent.where}: extends"), (*children, path), parent.where)
    return _merge({key: entry for key, entry in base.items() if key not in OWN}, told)


def _merge(base: dict[str, Entry], told: dict[str, Entry]) -> dict[str, Entry]:
    merged = dict(base)
    for key, entry in told.items():
        below = merged.get(key)
        if below and isinstance(below.value, dict) and isinstance(entry.value, dict):
            entry = Entry(_merge(below.value, entry.value), entry.where)
        merged[key] = entry
    return merged


def _overrides(overrides: Any, problems: list[str]) -> Iterable[tuple[str, Entry]]:
    """Yield (dotted name, entry); texts that cannot be read are collected in `problems`."""
    if isinstance(overrides, Mapping):
        for dotted, value in overrides.items():
            yield str(dotted), wrap(value, _brief(f"override {dotted}={value}"))
        return
    for text in [overrides] if isinstance(overrides, str) else overrides:
        where = _brief(f"--set {text}")
        dotted, equals, value = (part.strip() for part in text.partition("="))
        if not equals or not dotted:
            problems.append(f"{where}: write it as name=value, such as treatment.intake_days=3")
        elif not value:
            problems.append(f"{where}: no value is given (write null for none)")
        else:
            try:
                yield dotted, wrap(parse(value, where, lines=False).plain(), where)
            except InputError as error:
                problems.append(str(error))


def _put(tree: Entry, path: list[str], entry: Entry) -> None:
    for step in path[:-1]:
        below = tree.value.get(step)
        if below is None or not isinstance(below.value, dict):
            below = tree.value[step] = Entry({}, entry.where)
        tree = below
    tree.value[path[-1]] = _one_by_one(".".join(path), entry)


def _one_by_one(path: str, entry: Entry) -> Entry:
    """Write a set of switches out, so that one of them set by itself leaves the others as they are."""
    word = "off" if entry.value is False else entry.value
    if path != "switches" or word not in Switch._fields:
        return entry
    return Entry({name: Entry(word, entry.where) for name in SWITCHES}, entry.where)


def _line(problem: dict[str, Any], tree: Entry, known: dict[str, Spec]) -> str:
    """Return one error as a line that names place, field and cure."""
    path = problem["loc"]
    at = path[:-1] if problem["type"] == "missing" else path
    return f"{tree.find(at).where}: {'.'.join(map(str, at))}: {_message(problem, path, known)}"


def _message(problem: dict[str, Any], path: tuple, known: dict[str, Spec]) -> str:
    kind, given = problem["type"], _brief(repr(problem["input"]))
    if kind == "extra_forbidden":
        return _unknown(path, known)
    if kind == "missing":
        return f"{path[-1]!r} is missing"
    if kind == "value_error":
        return str(problem["ctx"]["error"])
    if kind in ("too_short", "too_long"):
        wanted = problem["ctx"]["min_length" if kind == "too_short" else "max_length"]
        return f"should hold {wanted} values (got {len(problem['input'])})"
    if kind == "model_type":
        example = next((name for name in known if name.startswith(f"{path[-1]}.")), "").partition(".")[2]
        return f"should hold keys{f', such as `{example}: ...`' if example else ''} (got {given})"
    if kind == "tuple_type":
        return f"should be a list in square brackets (got {given})"
    if path[-1] == "day":
        return f'should be a day number from 0, or a time such as "18 months" (got {given})'
    if kind == "bool_type":
        return f"should be true or false (got {given})"
    number = _of_percent(problem["input"])
    cure = f", write {number}" if number and "number" in problem["msg"] else _usual(path, known)
    return f"{problem['msg'].replace('Input s', 's')} (got {given}){cure}"


def _of_percent(given: Any) -> str:
    """Return "40%" as the number it is in files, 0.4; empty for anything else."""
    try:
        return f"{float(given.strip().removesuffix('%')) / 100:g}" if str(given).strip().endswith("%") else ""
    except ValueError:
        return ""


def _unknown(path: tuple, known: dict[str, Spec]) -> str:
    """Say which key was meant: one beside it, or one of that name elsewhere."""
    key, parent = str(path[-1]), ".".join(map(str, path[:-1]))
    if key == "extends":
        return "a parent is named at the top of a file"
    if path[:1] == ("changes",):
        levers = [spec.path for spec in known.values() if spec.kind == "lever"]
        if key in known:
            return f"{key!r} is not a lever: only levers change on a date ({', '.join(levers)})"
        return f"unknown key {key!r}{nearest(key, levers if 'set' in path else ('day', 'set'))}"
    if key in known:
        section, _, name = key.partition(".")
        return f"write {name!r} on its own line below `{section}:`"
    beside = {
        name.removeprefix(f"{parent}.").partition(".")[0]
        for name in known
        if not parent or name.startswith(f"{parent}.")
    }
    hint = nearest(key, beside | ({"changes", "extends"} if not parent else set()))
    names = {name.rpartition(".")[2] for name in known}
    if not hint or key in names:
        meant = next(iter(get_close_matches(key, names, n=1)), None)
        elsewhere = [repr(name) for name in known if name.rpartition(".")[2] == meant]
        hint = f", did you mean {' or '.join(elsewhere)}?" if elsewhere else nearest(key, known)
    return f"unknown key {key!r}{hint}"


def _brief(text: str) -> str:
    return text if len(text) <= 100 else text[:97] + "..."


def _usual(path: tuple, known: dict[str, Spec]) -> str:
    """Give unit and plausible range of a field, from its evidence."""
    spec = known.get(".".join(map(str, path))) or known.get(str(path[-1]))
    if spec is None or not spec.unit:
        return ""
    return f"; usually {spec.usual[0]:g} to {spec.usual[1]:g} {spec.unit}" if spec.usual else f"; unit: {spec.unit}"
