"""The page about the day, `docs/day.md`: every process and column, from their declarations.

python -m deflect.model.day_page > docs/day.md
"""

from collections.abc import Iterator

from .day import DAY
from .events import MEANING
from .process import MOVED, TOGETHER, Process
from .world import DECLARATIONS, State

ABOUT = """\
# The day

Written by `python -m deflect.model.day_page` from what the code declares; not edited by hand.

A day is a list of processes, one after the other, always in the same order ([model/day.py](../model/day.py)). Each
declares what it writes, to which tables it adds rows, which events it leaves and which streams of chance it draws
from. That this is true is tested: towns in which everything happens live process by process, and whatever changes
without being declared, or is declared and never happens, is an error that names process, column and row
([tests/model/test_ownership.py](../tests/model/test_ownership.py)).

What a process *reads* is not listed. Any process may look at everything, and a list nobody checks would soon be wrong.
"""
OWNERS = """\
**Owner** is the process in which a column normally changes; *also* are the others that write it. `build` says that
the value is set with the row, at the start or when the row is added, and stays as it is. A new row is written whole
by the process that adds it, whoever owns its columns. Days count from the start of the policy; −1,000,000 stands for
never, 1,000,000 for not yet. A row of −1 is nobody or none.
"""
LISTS, NUMBERS = "lists", "numbers"  # the last two columns of the matrix
ANY = ("day", "key")  # units whose range says nothing to a reader


def page() -> str:
    """Return the page as Markdown."""
    return "\n".join([ABOUT, *_order(), *_matrix(), *_processes(), *_tables(), *_rest()]).rstrip() + "\n"


def _short(process: Process) -> str:
    return process.name.split(".")[0]


def _order() -> Iterator[str]:
    yield "## In order\n"
    for number, process in enumerate(DAY, 1):
        yield f"{number}. [**{_title(process)}**](#{_short(process)}): {_does(process)}"
    yield ""


def _title(process: Process) -> str:
    return _short(process).replace("_", " ").capitalize()


def _does(process: Process) -> str:
    return (process.function.__doc__ or "").strip().splitlines()[0]


def _area(name: str) -> str:
    """Return the column of the matrix that a declared name belongs to."""
    table = name.split(".")[0]
    if table in DECLARATIONS:
        return table
    members = TOGETHER[name][0] if name in TOGETHER else (name,)
    return NUMBERS if members[0].split(".")[0] in ("rules", "clock") else LISTS


def _matrix() -> Iterator[str]:
    yield "## Who changes what\n"
    yield (
        "How many columns of a table a process writes; + where it adds rows. *Lists*: "
        + ", ".join(name for name in TOGETHER if _area(name) == LISTS)
        + ". *Numbers*: those in force, and counters of the day. *Events*: kinds it leaves.\n"
    )
    areas = [*DECLARATIONS, LISTS, NUMBERS]
    yield _line("", *areas, "events")
    yield _line("---", *("--:" for _ in areas), "--:")
    for process in DAY:
        counts = [sum(_area(name) == area for name in process.writes) for area in areas]
        cells = [f"{n or ''}{' +' if area in process.adds else ''}" for n, area in zip(counts, areas, strict=True)]
        yield _line(_title(process), *cells, len(process.emits) or "")
    yield ""


def _line(*cells) -> str:
    return "| " + " | ".join(str(cell).strip() for cell in cells) + " |"


def _processes() -> Iterator[str]:
    yield "## The processes\n"
    for process in DAY:
        yield f"### {_short(process)}\n\n{_does(process)}\n"
        for table in DECLARATIONS:
            columns = [name.split(".")[1] for name in process.writes if name.split(".")[0] == table]
            if columns:
                yield f"- {table}: {', '.join(f'`{column}`' for column in columns)}"
        rest = [f"`{name}`" for name in process.writes if name.split(".")[0] not in DECLARATIONS]
        for what, words in (
            ("besides", rest),
            ("new rows", process.adds),
            ("events", [_event(kind) for kind in process.emits]),
            ("chance", [stream.name.lower().replace("_", " ") for stream in process.draws]),
        ):
            if words:
                yield f"- *{what}*: {', '.join(words)}"
        yield ""


def _event(kind) -> str:
    return MEANING[kind][0]


def _tables() -> Iterator[str]:
    yield f"## The columns\n\n{OWNERS}"
    for table, declaration in DECLARATIONS.items():
        yield f"### {table}\n"
        yield _line("column", "what it holds", "unit", "range", "owner", "also")
        yield _line(*6 * ("---",))
        for column in declaration.columns:
            writers = [_short(process) for process in DAY if f"{table}.{column.name}" in process.writes]
            also = ", ".join(name for name in writers if name != column.owner)
            yield _line(f"`{column.name}`", column.meaning, column.unit, _range(column), column.owner, also)
        yield ""


def _range(column) -> str:
    if column.unit in ANY or column.unit.endswith(" row"):
        return ""
    return f"{_number(column.low)} to {_number(column.high)}"


def _number(value: float) -> str:
    return f"{value:,.10g}".replace("-", "−")


def _rest() -> Iterator[str]:
    yield "## Lists and numbers\n"
    yield _line("name", "what it is", "written by")
    yield _line(*3 * ("---",))
    for name, meaning in ({name: meaning for name, (_, meaning) in TOGETHER.items()} | MOVED).items():
        writers = ", ".join(_short(process) for process in DAY if name in process.writes)
        if name == "events":
            writers = "nobody: events are added, never changed by a later process"
        yield _line(f"`{name}`", meaning, writers)
    yield ""
    held = {member.split(".")[0] for members, _ in TOGETHER.values() for member in members}
    fixed = [name for name in State._fields if name not in DECLARATIONS and name not in held and name != "clock"]
    yield f"Set at the build, or with a new row, and never changed: {', '.join(f'`{name}`' for name in fixed)}."


if __name__ == "__main__":
    print(page(), end="")
