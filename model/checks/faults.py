"""How a check says a fault: table, row and what is wrong with it."""

from collections.abc import Callable, Iterator

import numpy as np

from ..world import START_DAY

LIMIT = 5  # rows named per rule


def faults(table: str, bad: np.ndarray, sentence: Callable[[int], str]) -> Iterator[str]:
    """Yield a sentence for the first rows where `bad` holds."""
    for row in np.flatnonzero(bad)[:LIMIT]:
        yield f"{table} row {row}: {sentence(row)}"


def last_day(world) -> int:
    """Return the last finished day; before the first one, that day itself: the build dates things on it."""
    return max(START_DAY, world.day - 1)
