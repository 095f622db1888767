"""A process of the day: a function of the world that says what it writes, adds, draws and emits.

What it says is true: `tests/model/test_ownership.py` lets towns live process by process and compares. The whole
of it, readable, is `docs/day.md`.
"""

from dataclasses import dataclass, field
from typing import Any

from .events import Kind
from .randomness import Stream


@dataclass(frozen=True)
class Process:
    """One step of the day. Call it with a world and the day happens in it."""

    name: str
    function: Any = field(repr=False)
    writes: tuple[str, ...]  # what changes in rows there are: "table.column", or a name of TOGETHER
    adds: tuple[str, ...]  # tables that get new rows; a new row is written whole, whoever owns its columns
    draws: tuple[Stream, ...]  # also those of the draws of the day, where it uses them
    emits: tuple[Kind, ...]  # an event, once written, is never changed by a later process

    def __call__(self, world) -> None:
        self.function(world)


def process(
    *,
    writes: tuple[str, ...] = (),
    adds: tuple[str, ...] = (),
    draws: tuple[Stream, ...] = (),
    emits: tuple[Kind, ...] = (),
):
    """Declare a function of a world as a process of the day.

    writes: texts such as "table.column, column" or "queue, cases", see TOGETHER.
    """

    def declare(function) -> Process:
        name = f"{function.__module__.rsplit('.', 1)[-1]}.{function.__name__}"
        return Process(name, function, tuple(n for text in writes for n in _names(text)), adds, draws, emits)

    return declare


def _names(text: str) -> list[str]:
    """Return the names in "table.column, column, column" or in "name, name", in full."""
    table, dot, columns = text.rpartition(".")
    return [f"{table}{dot}{column.strip()}" for column in columns.split(",")]


# What only means something together is declared under one name: (arrays, columns and counts, what they are).
TOGETHER = {
    "diary": (("diary_first", "diary_next"), "dates: which rows are due on which day"),
    "ties": (("late_first", "late_ties", "clock.late_ties"), "ties between people made during the run"),
    "queue": (("queue", "clock.queued"), "everybody who waits for treatment"),
    "cases": (("cases", "clock.cases"), "everybody with an open programme case"),
    "posts": (("posts",), "sworn posts: who holds each, and when a vacant one is filled"),
    "events": (("events",), "what happened before"),
    "luck": (("luck",), "the draws of the day of everybody with a history"),
    "seizures": (("seized_until",), "until when a seizure changes the supply, by neighbourhood"),
    "census": (("census",), "what is true each night"),
    "usual": (
        ("rules.reference_days", "rules.present_mean", "rules.calls_mean", "rules.stress_mean"),
        "officers present, their calls and stress: means over the last year of the burn-in",
    ),
    "trust shock": (
        ("rules.trust_shock_size", "rules.trust_shock_day"),
        "the last public event that lowered trust: its size and day",
    ),
    "levers": (("rules", "hand_off"), "the numbers in force, as a policy sets them, and hand-offs between agencies"),
}
# The other numbers that the day itself moves: name -> what it is.
MOVED = {
    "rules.supply_today": "risk of the supply today, over that of an average community",
    "rules.team_calls_today": "calls the community response teams can take today",
    "rules.trust_mean": "mean trust in police in the last year of the burn-in",
    "rules.team_informed": "how trauma-informed teams work today",
    "rules.providers_taught": "what courses add to how trauma-informed providers work today",
    "rules.load_today": "work of an officer present today, over the usual",
    "rules.response_load": "what that does to the response time",
    "clock.day": "the day that happens",
    "clock.today": "row of the first event of today",
    "clock.arrivals": "households that moved in today",
    "clock.team_calls": "calls the community response teams took today",
}


def name_of(array: str, column: str = "") -> str:
    """Return the name under which a process declares that it writes a column of an array of `world.State`."""
    full = f"{array}.{column}".rstrip(".")
    if full in MOVED:
        return full
    for member in (full, array):
        for name, (members, _) in TOGETHER.items():
            if member in members:
                return name
    return full
