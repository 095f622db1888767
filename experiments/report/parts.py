"""What a report is made of: tables whose numbers say where they stand, figures, and the sides of a question."""

from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from ...scenarios.schema import Scenario


class Piece(NamedTuple):
    """A stretch of text; a number of a file also says in which column it stands, and what it is there."""

    text: str
    column: str = ""
    value: str = ""


class Row(NamedTuple):
    """One row of a table; `key` finds the row of the file, its columns joined by a slash."""

    cells: tuple[tuple[Piece, ...], ...]
    key: str = ""


class Table(NamedTuple):
    """A table; headings that end in `|` stand above numbers. Numbers are those of `file`, named by row and column."""

    title: str
    headings: tuple[str, ...]
    rows: list[Row]
    file: str = ""
    keys: tuple[str, ...] = ()  # columns of the file that name a row
    source: str = ""
    note: str = ""
    closed: bool = False  # told on demand


class Figure(NamedTuple):
    """One picture: its file, what it shows in words, and where its numbers are."""

    path: Path
    title: str
    says: str
    source: str


class Side(NamedTuple):
    """One scenario of the question, and its runs."""

    label: str
    scenario: "Scenario"
    hash: str
    digests: dict[int, str]  # by seed
    command: str | None


class Found(NamedTuple):
    """What a folder of results holds."""

    folder: Path
    kind: str  # run, compare, factorial or other
    message: str
    about: str  # one line: place, policies, years
    sides: list[Side]
    figures: list[Figure]
    tables: list[Table]
    provenance: dict[str, Any]
    seeds: list[int]
    code: str  # hash of the source that lived the runs; empty where the folder does not say
    command: str | None
    notes: list[str]  # what a reader must know about the intervals

    @property
    def scenario(self) -> "Scenario":
        """Return the first scenario: the base of the question."""
        return self.sides[0].scenario


def words(text: object) -> tuple[Piece, ...]:
    """Return a cell of text."""
    return (Piece(str(text)),)


def number(text: str, column: str, value: object) -> tuple[Piece, ...]:
    """Return a cell with one number of a file."""
    return (Piece(text, column, str(value)),)
