"""Chance and order in the making of a population: which draw decides what, and orders that no machine changes."""

from enum import IntEnum

import numpy as np

from .randomness import draws


class Draw(IntEnum):
    """Number of a draw within the population stream: append, never renumber."""

    AGE = 0
    GROUP_QUARTERS = 1
    GROUP_QUARTERS_ORDER = 2
    BLOCK_SIZE = 3
    CHILDREN = 4
    SIBLING_GAP = 5
    YOUNGEST = 6
    PARENT_SEX = 7
    BIRTH_AGE = 8
    SAME_SEX = 9
    PARTNER_AGE = 10
    STEP_PARENT = 11
    HEIR = 12
    GRANDPARENT_SEX = 13
    GRANDPARENT_AGE = 14
    GRANDPARTNER_AGE = 15
    SIBLING_HOME = 16
    SIBLING_SEX = 17
    SIBLING_AGE = 18
    GROWN = 19
    GROWN_HOME = 20
    GROWN_SEX = 21
    GROWN_AGE = 22
    COUPLE = 23
    SHARED = 24
    SHARED_AGE = 25
    SHARED_SIZE = 26
    RACE_ORDER = 27
    MIXED = 28
    MIXED_ORDER = 29
    MULTI = 30
    OTHER = 31
    OTHER_HOME = 32
    COUPLE_ALIKE = 33


def order_of(keys: np.ndarray) -> np.ndarray:
    """Return the rows in order of `keys` (0 to 2**40, fractions ignored), equal keys in order of row.

    The row is packed below the key, so no two are equal and every sorting method gives one answer.
    """
    packed = (np.asarray(keys).astype(np.uint64) << np.uint64(24)) | np.arange(len(keys), dtype=np.uint64)
    packed.sort()
    return (packed & np.uint64(0xFFFFFF)).astype(np.int64)


def shuffled(seed: int, stream: int, number: int, k: int) -> np.ndarray:
    """Return 0..number-1 in an order given by draws."""
    return order_of(draws(seed, stream, np.arange(number), 0, k) * 2**32)
