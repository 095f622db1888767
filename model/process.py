"""A process of the day: a function of the world that says what it writes, draws and emits."""

from dataclasses import dataclass, field
from typing import Any

from .events import Kind
from .randomness import Stream


@dataclass(frozen=True)
class Process:
    """One step of the day. Call it with a world and the day happens in it."""

    name: str
    function: Any = field(repr=False)
    writes: tuple[str, ...]  # "table.column"
    draws: tuple[Stream, ...]
    emits: tuple[Kind, ...]

    def __call__(self, world) -> None:
        self.function(world)


def process(*, writes: tuple[str, ...] = (), draws: tuple[Stream, ...] = (), emits: tuple[Kind, ...] = ()):
    """Declare a function of a world as a process of the day."""

    def declare(function) -> Process:
        name = f"{function.__module__.rsplit('.', 1)[-1]}.{function.__name__}"
        return Process(name, function, writes, draws, emits)

    return declare
