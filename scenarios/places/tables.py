"""Read the county tables of this folder: plain text, one header line, an empty cell where nothing is published."""

import csv
from functools import cache
from pathlib import Path

HERE = Path(__file__).parent


@cache
def rows(file: str) -> tuple[dict[str, int], list[list[str]]]:
    """Return the columns (name → position) and the rows of a table, as text."""
    with (HERE / file).open(newline="", encoding="utf-8") as lines:
        reader = csv.reader(lines)
        header = next(reader)
        return {name: position for position, name in enumerate(header)}, list(reader)


@cache
def _lines(file: str) -> tuple[list[str], dict[str, str]]:
    """The columns, and the line of every key, unread: one county must not cost the reading of all."""
    header, *lines = (HERE / file).read_text(encoding="utf-8").splitlines()
    return header.split(","), {line.partition(",")[0]: line for line in lines}


def row(file: str, key: str) -> dict[str, str]:
    """Return one row by its first column. KeyError when there is none."""
    header, lines = _lines(file)
    (cells,) = csv.reader([lines[key]])
    return dict(zip(header, cells, strict=True))


def keys(file: str) -> tuple[str, ...]:
    """Return the first column of a table that has one row a key."""
    return tuple(_lines(file)[1])


def column(file: str, name: str) -> list[str]:
    """Return one column of a table, as text."""
    header, body = rows(file)
    position = header[name]
    return [row[position] for row in body]


def records(file: str, **where: str) -> list[dict[str, str]]:
    """Return the rows whose named columns hold these texts, for the tables with several rows a place."""
    header, body = rows(file)
    wanted = [(header[name], text) for name, text in where.items()]
    return [dict(zip(header, row, strict=True)) for row in body if all(row[at] == text for at, text in wanted)]
