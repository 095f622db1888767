"""What an agent shows: declared columns and numbers worked out from them, for one row or many at once.

Codes read as words (`Use.OUD`, which is also the number 2), rows of other agents as handles, yes/no as True or
False. A value is written in any of these ways, and only where it can be: within the declared range, at a row that
exists, not in the future where the past is meant.
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import IntEnum
from functools import cached_property
from typing import Any

import numpy as np

from ..scenarios.errors import InputError, nearest
from .table import Column, Declaration

TABLES = {  # unit of a column that points at a row -> the table
    "resident row": "residents",
    "household row": "households",
    "provider row": "providers",
    "agency row": "agencies",
    "officer row": "officers",
    "worker row": "workers",
}
# Days that cannot lie ahead: tables go by days since.
PAST = (
    *("born", "joined", "since", "care_since", "last_overdose", "refused_day"),
    *("trained_day", "course_day", "reached_day"),
)
WITHOUT = {  # column that points at a row -> what a resident lacks who has none
    "history": "has no history of opioid use; set `use` first",
    "child": "has no childhood that is followed",
}


def codes(name: str, words: tuple[str, ...]) -> type[IntEnum]:
    """Return words for codes 0, 1, 2 … as an IntEnum."""
    return IntEnum(name, [word.upper() for word in words], start=0, module=f"{__package__}.handles")


@dataclass(frozen=True)
class Known:
    """Something an agent shows under a name."""

    name: str

    @property
    def doc(self) -> str:
        """What it means, for help()."""
        return self.name

    @property
    def plain(self) -> bool:
        """Whether it reads as the number it is."""
        return True

    def numbers(self, world, rows) -> tuple[np.ndarray, np.ndarray | None]:
        """Return the numbers of rows, int64 or float64 (n,), and which have one, bool (n,), or None for all."""
        raise TypeError(self.name)

    def word(self, model, number) -> Any:
        """Return a number as it reads."""
        return number.item() if isinstance(number, np.generic) else number

    def words(self, model, rows) -> list:
        """Return what rows show, None where there is nothing to show."""
        numbers, has = self.numbers(model.world, rows)
        found = numbers.tolist() if self.plain else [self.word(model, number) for number in numbers.tolist()]
        return found if has is None else [word if there else None for word, there in zip(found, has, strict=True)]

    def nothing(self, numbers, has) -> np.ndarray:
        """Return which of these numbers read as None, bool (n,)."""
        return np.zeros(len(numbers), bool) if has is None else ~has

    def read(self, model, row: int) -> Any:
        """Return what one row shows: the same as `words`, without arrays."""
        raise TypeError(self.name)

    def write(self, model, rows, values) -> None:
        """Write one value to all rows, or one to each."""
        raise InputError(f"{self.name} cannot be written: it is worked out from other columns")

    def number(self, model, value) -> Any:
        """Return the number a value stands for."""
        return value


@dataclass(frozen=True)
class Worked(Known):
    """A number worked out from columns, named, with its meaning."""

    meaning: str
    function: Callable  # (world, rows) -> values (n,), or a row -> its value
    type: type = int  # of a value that is not a yes or no

    @property
    def doc(self) -> str:
        return f"{self.meaning} (worked out; cannot be written)"

    def numbers(self, world, rows):
        values = np.asarray(self.function(world, rows))
        return (values if values.dtype == bool else values.astype(self.type)), None

    def read(self, model, row):
        value = self.function(model.world, row)
        return bool(value) if value.dtype == bool else self.type(value)


@dataclass(frozen=True)
class Shown(Known):
    """A declared column."""

    column: Column
    table: str
    by: str | None = None  # the column of the agent's own table that points at the row, where that is another table
    code: type[IntEnum] | None = None
    kept: str | None = None  # why it is not for writing
    through: str | None = None  # the method of the model (row, value) that writes it together with its event

    @classmethod
    def of(cls, declaration: Declaration, table: str, by=None, words=None, kept=None, through=None) -> list["Shown"]:
        """Return every column of a table, with its words, what is not for writing, and what writes the others."""
        words, kept, through = words or {}, kept or {}, through or {}
        names = {column.name for column in declaration.columns}
        for name in (*words, *kept, *through):
            if name not in names:
                declaration.column(name)  # says what there is
        return [
            cls(column.name, column, table, by, words.get(column.name), kept.get(column.name), through.get(column.name))
            for column in declaration.columns
        ]

    @property
    def doc(self) -> str:
        c = self.column
        words = f": {', '.join(member.name for member in self.code)}" if self.code else ""
        limits = "" if self.code or c.unit in TABLES or c.unit == "yes/no" else f", {c.low:g} to {c.high:g}"
        owner = "set at the build" if c.owner == "build" else f"written by {c.owner}"
        kept = f"; not for writing: {self.kept}" if self.kept else ""
        return f"{c.meaning} [{c.unit}{limits}{words}]; {owner}{kept}"

    @cached_property
    def plain(self) -> bool:
        return self.code is None and self.column.unit != "yes/no" and not self.column.unit.endswith(" row")

    def numbers(self, world, rows):
        rows, has = self._places(world, rows)
        column = world.rows(self.table)[self.column.name]
        values = column[rows] if has is None else np.where(has, column[rows] if len(column) else 0, 0)
        # Small whole numbers would overflow in a user's sum.
        return values.astype(np.float64 if values.dtype.kind == "f" else np.int64), has

    def nothing(self, numbers, has):
        none = super().nothing(numbers, has)
        return none | (numbers < 0) if self.column.unit.endswith(" row") else none

    def _places(self, world, rows) -> tuple[np.ndarray, np.ndarray | None]:
        rows = np.asarray(rows, dtype=np.int64)
        if self.by is None:
            return rows, None
        places = world.residents[self.by][rows]
        return np.maximum(places, 0), places >= 0

    def read(self, model, row):
        state = model.world.state
        if self.by is not None:
            row = state.residents[self.by].item(row)
            if row < 0:
                return None
        number = getattr(state, self.table)[self.column.name].item(row)
        return number if self.plain else self.word(model, number)

    def word(self, model, number):
        if self.code is not None:
            return self.code(number)
        if self.column.unit == "yes/no":
            return bool(number)
        if self.column.unit.endswith(" row"):
            if number < 0:
                return None
            return model.handle(TABLES[self.column.unit], number) if self.column.unit in TABLES else number
        return number

    def number(self, model, value):
        if isinstance(value, str) and self.code is not None:
            words = {member.name.lower(): member for member in self.code}
            word = value.strip().lower().replace(" ", "_").replace("-", "_")
            if word not in words:
                raise InputError(f"{self.name}: no {value!r}{nearest(word, words) or ' (' + ', '.join(words) + ')'}")
            return int(words[word])
        if value is None and self.column.low < 0 and self.column.unit.endswith(" row"):
            return -1
        if getattr(value, "table", None) == TABLES.get(self.column.unit, ""):
            if value.model is not model:
                raise InputError(f"{self.name}: {value} belongs to another model")
            return value.row
        if not isinstance(value, (int, float, np.number, np.bool_)):
            raise InputError(f"{self.name}: cannot be {value!r} ({self.column.meaning}; {self.column.unit})")
        return value

    def write(self, model, rows, values):
        if self.kept is not None:
            raise InputError(f"{self.name} cannot be written: {self.kept}")
        several = isinstance(values, (list, tuple, np.ndarray))
        if several and len(values) != len(rows):
            raise InputError(f"{self.name}: {len(values)} values for {len(rows)} agents")
        given = [self.number(model, value) for value in (values if several else [values])]
        numbers = np.broadcast_to(np.asarray(given, dtype=np.float64), len(rows))
        self._check(model.world, rows, numbers)
        if self.through is not None:
            for row, number in zip(rows, numbers, strict=True):
                getattr(model, self.through)(int(row), self.word(model, int(number)))
            return
        places, has = self._places(model.world, rows)
        if has is not None and not has.all():
            without = rows[int(np.flatnonzero(~has)[0])]
            raise InputError(f"{self.name}: resident {without} {WITHOUT[self.by]}")
        model.world.rows(self.table)[self.column.name][places] = numbers

    def _check(self, world, rows, numbers) -> None:
        """Refuse what compiled code could not live with: it does not check."""
        low, high = self.column.low, self._high(world)
        bad = ~((numbers >= low) & (numbers <= high))
        if np.dtype(self.column.type).kind != "f":
            bad |= numbers != np.rint(numbers)
        if bad.any():
            i = int(np.flatnonzero(bad)[0])
            whole = "" if np.dtype(self.column.type).kind == "f" else "a whole number "
            raise InputError(
                f"{self.table} row {rows[i]}: {self.name} cannot be {numbers[i]:g}: "
                f"{whole}from {low:g} to {high:g} {self.column.unit} ({self.column.meaning})"
            )

    def _high(self, world) -> float:
        if self.column.unit in TABLES:
            return len(world.rows(TABLES[self.column.unit])) - 1
        if self.column.unit == "neighbourhood":
            return len(world.state.response_factor) - 1
        return min(self.column.high, world.day) if self.name in PAST else self.column.high
