"""Which seeds: a count "10", a list "3,5,9", a range "0-9", or a mixture "0-4,9"."""

import re
from collections.abc import Iterable

from ..scenarios.errors import InputError

MOST = 100_000
LARGEST = 2**63 - 1


def seeds_of(asked: int | str | Iterable[int]) -> list[int]:
    """Return seeds in the order they are named; a single whole number is a count, from seed 0.

    Raises InputError when nothing, too much, the same twice, or no whole number from 0 is named.
    """
    if isinstance(asked, str):
        seeds = _read(asked)
    elif isinstance(asked, Iterable):
        seeds = list(asked)
    else:
        seeds = _counted(asked)
    for seed in seeds:
        _check(seed)
    twice = {seed for seed in seeds if seeds.count(seed) > 1} if len(set(seeds)) < len(seeds) else ()
    if twice:
        raise InputError(f"seeds: {min(twice)} is named twice")
    if not seeds:
        raise InputError("seeds: at least one is needed")
    return [int(seed) for seed in seeds]


def _read(text: str) -> list[int]:
    if re.fullmatch(r"\s*\d{1,19}\s*", text):
        return _counted(int(text))
    seeds: list[int] = []
    for part in text.strip().removesuffix(",").split(","):
        ends = re.fullmatch(r"\s*(\d{1,19})(?:\s*-\s*(\d{1,19}))?\s*", part)
        if not ends:
            raise InputError(f'seeds {text!r}: write a count "10", a list "3,5,9" or a range "0-9", of numbers from 0')
        first, last = int(ends[1]), int(ends[2] or ends[1])
        if last < first:
            raise InputError(f"seeds {text!r}: the range {first}-{last} runs backwards")
        _few(last - first + 1 + len(seeds))
        seeds += range(first, last + 1)
    return seeds


def _counted(count: int) -> list[int]:
    if isinstance(count, bool) or not hasattr(count, "__index__"):
        raise InputError(f"seeds {count!r}: write how many, or list them")
    if count < 1:
        raise InputError(f"seeds: at least one is needed (got {count})")
    _few(count)
    return list(range(count))


def _few(count: int) -> None:
    if count > MOST:
        raise InputError(f"seeds: {count:,} are more than {MOST:,} at once")


def _check(seed: int) -> None:
    if isinstance(seed, bool) or not hasattr(seed, "__index__") or not 0 <= seed <= LARGEST:
        raise InputError(f"seed {seed!r}: must be a whole number from 0 to 2^63 - 1")
