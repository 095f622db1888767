"""Numbers of the model that stand outside the scenario, read from their rows in the evidence base.

A row says meaning, range and reason; the dataclass that uses it names only the row. Rows are read when
the dataclass is made, so a changed row changes what is built, and the digest in the scenario's hash.
"""

from dataclasses import field
from typing import Any

from ..scenarios.evidence import points_of, value_of


def row(id: str) -> Any:
    """Declare a field of a dataclass whose default is the number, or the table, of a row."""
    return field(default_factory=lambda: value_of(id), metadata={"evidence": id})


def curve(id: str) -> Any:
    """Declare a field whose default is a curve, linear between the points of a row: (places, values)."""
    return field(default_factory=lambda: points_of(id), metadata={"evidence": id})
