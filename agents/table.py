"""A table of declared columns: one row an agent, one place where a column is explained.

A row is a NumPy record, so a rule reads like the agent it is about (`officer.tenure_start`,
`resident.household`), compiled or not. A row is never moved and never reused.
"""

from typing import NamedTuple

import numpy as np

NONE = np.int64(-1)  # "nobody", "no row", "never": in every column that points at a row or holds an optional day


class Column(NamedTuple):
    """One declared column: what it holds, within what range, and who may write it."""

    name: str
    type: str  # a NumPy type: i4, f8, u1 …
    unit: str
    low: float
    high: float
    owner: str  # the process in which it normally changes; "build": set with the row, the same for ever
    meaning: str


class Declaration(NamedTuple):
    """The columns of one kind of agent."""

    name: str
    columns: tuple[Column, ...]

    @property
    def dtype(self) -> np.dtype:
        """Return the aligned record type of a row."""
        return np.dtype([(column.name, column.type) for column in self.columns], align=True)

    def column(self, name: str) -> Column:
        """Return the column called `name`; a KeyError names the table and its columns."""
        for column in self.columns:
            if column.name == name:
                return column
        raise KeyError(f"{self.name} has no column {name!r}; it has {', '.join(c.name for c in self.columns)}")

    def rows(self, capacity: int) -> np.recarray:
        """Return `capacity` empty rows, shape (capacity,)."""
        return np.zeros(capacity, self.dtype).view(np.recarray)

    def faults(self, rows: np.ndarray, limit: int = 5) -> list[str]:
        """Say where rows break their declaration (out of range, not a number), at most `limit` lines."""
        found = []
        for column in self.columns:
            values = rows[column.name]
            bad = ~((values >= column.low) & (values <= column.high))
            for row in np.flatnonzero(bad)[:limit]:
                found.append(
                    f"{self.name} row {row}: {column.name} is {values[row]}, "
                    f"outside {column.low:g} to {column.high:g} {column.unit}"
                )
        return found[:limit]


def grown(rows: np.recarray, used: int, capacity: int) -> np.recarray:
    """Return the first `used` rows with room for `capacity`; the old array stays as it was.

    Bytes are copied, not fields: NumPy copies records field by field, twenty times slower.
    """
    larger = np.zeros(capacity, rows.dtype).view(np.recarray)
    size = used * rows.dtype.itemsize
    larger.view(np.ndarray).view(np.uint8)[:size] = np.ascontiguousarray(rows).view(np.ndarray).view(np.uint8)[:size]
    return larger
