"""Read YAML by the 1.2 rules (`no` is text, `1e-3` a number, `012` decimal), and remember where each value stands."""

import re
from pathlib import Path
from typing import Any, NamedTuple

import yaml

from .errors import InputError

LARGEST = 1_000_000  # bytes; a scenario is a page or two
DEEPEST = 30  # levels; composing nodes recurses in C and would end the process


class Entry(NamedTuple):
    """A value and the place a reader finds it: `file:line:column` of its key, of the list item, or of the file."""

    value: Any  # None, bool, int, float, str, list[Entry] or dict[str, Entry]
    where: str

    def plain(self) -> Any:
        """Return the value without places."""
        if isinstance(self.value, dict):
            return {key: entry.plain() for key, entry in self.value.items()}
        if isinstance(self.value, list):
            return [entry.plain() for entry in self.value]
        return self.value

    def find(self, path: tuple) -> "Entry":
        """Return the entry at a path of keys and indexes, or the last one on the way that exists."""
        entry = self
        for step in path:
            if isinstance(entry.value, dict) and step in entry.value:
                entry = entry.value[step]
            elif isinstance(entry.value, list) and isinstance(step, int) and step < len(entry.value):
                entry = entry.value[step]
            else:
                break
        return entry


def wrap(value: Any, where: str) -> Entry:
    """Turn plain Python values into entries that all stand at one place."""
    if isinstance(value, dict):
        return Entry({str(key): wrap(item, where) for key, item in value.items()}, where)
    if isinstance(value, (list, tuple)):
        return Entry([wrap(item, where) for item in value], where)
    # A NumPy number becomes a Python one.
    return Entry(value.item() if hasattr(value, "item") else value, where)


def parse(text: str, source: str, lines: bool = True) -> Entry:
    """Read one YAML document; `source` is named in errors, before line and column unless `lines` is false.

    Raises InputError with every mistake of writing: bad YAML, keys written twice, aliases, unknown tags.
    """
    try:
        if _depth(text) > DEEPEST:
            raise InputError(f"{source}: brackets or dashes are nested more than {DEEPEST} deep")
        node = yaml.compose(text, Loader=_Loader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        problem = " ".join(part for part in (error.problem, error.context) if part)
        raise InputError(f"{source}{_place(mark) if lines else ''}: this is not YAML: {problem}") from None
    except yaml.YAMLError as error:
        raise InputError(f"{source}: this is not YAML: {str(error).splitlines()[0]}") from None
    if node is None:
        return Entry(None, source)
    walk = _Walk(source, lines)
    entry = walk.entry(node, walk.where(node))
    if walk.problems:
        raise InputError("\n".join(walk.problems))
    return entry


def read(path: Path, called_from: str = "") -> dict[str, Entry]:
    """Read a file of `key: value` lines; `called_from` says who asked for it.

    Raises InputError when it cannot be opened, is not text, is empty, or holds something else.
    """
    asked = f"{called_from}: " if called_from else ""
    try:
        with path.open("rb") as file:
            raw = file.read(LARGEST + 1)
    except OSError as error:
        raise InputError(f"{asked}{path}: cannot be read: {(error.strerror or str(error)).lower()}") from None
    if len(raw) > LARGEST:
        raise InputError(f"{asked}{path}: is too large for a scenario (over {LARGEST:,} bytes)")
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = "\0"
    if "\0" in text:
        raise InputError(f"{asked}{path}: is not a text file (a scenario is YAML, in UTF-8)")
    entry = parse(text, str(path))
    if entry.value is None:
        raise InputError(f"{asked}{path}: is empty (the shortest scenario is `extends: status_quo`)")
    if not isinstance(entry.value, dict):
        raise InputError(f"{entry.where}: a scenario is made of `key: value` lines, such as `years: 5`")
    return entry.value


class _Loader(yaml.CSafeLoader):
    """PyYAML's parser with the scalar rules of YAML 1.2."""

    yaml_implicit_resolvers = {}


_TAG = "tag:yaml.org,2002:"
for _name, _pattern, _first in (
    ("null", r"~|null|Null|NULL|", "~nN\0"),
    ("bool", r"true|True|TRUE|false|False|FALSE", "tTfF"),
    ("int", r"[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+", "-+0123456789"),
    (
        "float",
        r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?|[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)",
        "-+.0123456789",
    ),
):
    _Loader.add_implicit_resolver(
        _TAG + _name, re.compile(rf"(?:{_pattern})\Z"), ["" if c == "\0" else c for c in _first]
    )


def _int(text: str) -> int:
    return int(text, 8 if text.startswith("0o") else 16 if text.startswith("0x") else 10)


def _float(text: str) -> float:
    return float(re.sub(r"\.(inf|nan)", r"\1", text.lower()))


_SCALARS = {
    "null": lambda text: None,
    "bool": lambda text: text.lower() == "true",
    "int": _int,
    "float": _float,
    "str": str,
}


def _depth(text: str) -> int:
    """Return how deep a document nests, reading no further than is too deep."""
    depth = deepest = 0
    for event in yaml.parse(text, Loader=_Loader):
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
            deepest = max(deepest, depth)
            if deepest > DEEPEST:
                break
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
    return deepest


def _place(mark: yaml.Mark) -> str:
    return f":{mark.line + 1}:{mark.column + 1}"


class _Walk:
    """From nodes to entries, collecting mistakes."""

    def __init__(self, source: str, lines: bool):
        self.source = source
        self.lines = lines
        self.problems: list[str] = []
        self.seen: set[int] = set()

    def where(self, node: yaml.Node) -> str:
        return f"{self.source}{_place(node.start_mark) if self.lines else ''}"

    def entry(self, node: yaml.Node, where: str) -> Entry:
        if id(node) in self.seen:
            self.problems.append(f"{where}: aliases (*name) are not taken: write the value out, or use `extends`")
            return Entry(None, where)
        self.seen.add(id(node))
        if isinstance(node, yaml.MappingNode) and node.tag == _TAG + "map":
            return Entry(self.mapping(node), where)
        if isinstance(node, yaml.SequenceNode) and node.tag == _TAG + "seq":
            return Entry([self.entry(item, self.where(item)) for item in node.value], where)
        if isinstance(node, yaml.ScalarNode) and node.tag.removeprefix(_TAG) in _SCALARS:
            try:
                return Entry(_SCALARS[node.tag.removeprefix(_TAG)](node.value), where)
            except ValueError:
                self.problems.append(f"{where}: {node.value[:40]!r} is not a number that can be read")
                return Entry(None, where)
        self.problems.append(f"{where}: the tag {node.tag.replace(_TAG, '!!')} is not taken")
        return Entry(None, where)

    def mapping(self, node: yaml.MappingNode) -> dict[str, Entry]:
        entries: dict[str, Entry] = {}
        for key, value in node.value:
            where = self.where(key)
            if not isinstance(key, yaml.ScalarNode):
                self.problems.append(f"{where}: a key should be a word")
            elif key.value in entries:
                self.problems.append(f"{where}: the key {key.value!r} is written twice")
            else:
                entries[key.value] = self.entry(value, where)
        return entries
