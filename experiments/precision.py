"""As many pairs as a difference needs: go on until the 95 % interval of one outcome is narrow enough.

How narrow: half the width of the interval of the mean difference, in parts of the mean under A. The rule looks at this
width only, never at the difference itself. Stopping once a difference is clear of zero would find differences where
there are none; stopping once its interval is narrow does not.
"""

from collections.abc import Callable, Sequence
from concurrent.futures import Executor
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from ..scenarios.errors import InputError, nearest
from .chance import COVERAGE
from .compare_table import FEWEST, Row, row_of
from .many import Progress
from .pairs import Pair, Policies, live_pairs

if TYPE_CHECKING:
    from ..model.outcomes import Outcome

OUTCOME = "expected_deaths"
MOST = 200
STEP = 5  # pairs between two looks
MANY = 10**9
NAN = float("nan")


class Precision(NamedTuple):
    """How narrow the interval of one outcome's difference is after some pairs."""

    outcome: str
    title: str
    asked: float  # half the width of the interval, in parts of the mean under A
    half_width: float  # what it is; nan where it is not known
    pairs: int
    most: int  # pairs
    needed: float  # pairs in all, from the spread seen so far; nan where it is not known
    needed_low: float  # its 95 % interval: what is not known of the spread
    needed_high: float

    @property
    def reached(self) -> bool:
        """Whether the interval is narrower than was asked for."""
        return self.half_width < self.asked

    def words(self) -> str:
        """Return in one line how narrow the interval is, and how many more pairs it needs at the spread seen so far."""
        what = self.title[:1].lower() + self.title[1:]
        if self.half_width != self.half_width:
            return (
                f"{self.pairs} pairs: no width is known of {what}: too few have this number, or there is none under A"
            )
        width = f"{self.pairs} pairs: {what} ±{_percent(self.half_width)} % (asked for: ±{_percent(self.asked)} %)"
        if self.reached:
            return f"{width}: narrow enough"
        low, high = (max(0, round(needed) - self.pairs) for needed in (self.needed_low, self.needed_high))
        more = max(1, round(self.needed) - self.pairs)
        told = f"{width}: about {more:,} more {'pair' if more == 1 else 'pairs'} needed ({low:,} to {high:,})"
        if self.pairs == self.most:
            return f"{told}, but {self.most} are the most allowed: not narrow enough"
        return f"{told}; {self.most} in all are the most" if self.needed > self.most else told


def precision(row: Row, asked: float, pairs: int, most: int) -> Precision:
    """Return how narrow the interval of a row is after so many pairs, and how many would make it as narrow as asked."""
    from scipy.special import chdtri

    half = (row.diff_high - row.diff_low) / 2 / abs(row.mean_a) if row.mean_a else NAN
    if not np.isfinite(half):
        return Precision(row.outcome, row.title, asked, NAN, pairs, most, NAN, NAN, NAN)
    sd = half * row.pairs**0.5 / _t(row.pairs)
    freedom = row.pairs - 1
    # The spread itself is known from few pairs only: its chi-square interval.
    low, high = (sd * (freedom / float(chdtri(freedom, tail))) ** 0.5 for tail in (0.025, 0.975))
    needed = (pairs_for(one, asked) for one in (sd, low, high))
    return Precision(row.outcome, row.title, asked, half, pairs, most, *needed)


def pairs_for(sd: float, asked: float) -> float:
    """Return the fewest pairs whose interval is narrower than ± asked, from the spread of a pair; MANY at most."""
    few, many = FEWEST - 1, FEWEST
    while _t(many) * sd / many**0.5 >= asked:
        few, many = many, 2 * many
        if many > MANY:
            return float(MANY)
    while many - few > 1:
        middle = (few + many) // 2
        few, many = (middle, many) if _t(middle) * sd / middle**0.5 >= asked else (few, middle)
    return float(many)


def _t(pairs: int) -> float:
    from scipy.special import stdtrit

    return float(stdtrit(pairs - 1, (1 + COVERAGE) / 2))


def check(asked: float, outcome: str, most: int, seeds: Sequence[int]) -> "Outcome":
    """Return the outcome asked for. Raises InputError for what cannot be asked, or not of these seeds."""
    from ..model.outcomes import OUTCOMES

    known = {one.id: one for one in OUTCOMES}
    if outcome not in known:
        raise InputError(f"outcome: no outcome {outcome!r}{nearest(outcome, known)}")
    if not 0 < asked < 1:
        raise InputError(f"until-precise: must be above 0 and below 1, such as 0.02 for ±2 % (got {asked:g})")
    if list(seeds) != list(range(len(seeds))):
        raise InputError("seeds: with until-precise, give how many pairs come before the first look, such as 10")
    if most < len(seeds):
        raise InputError(f"most: must be at least the {len(seeds)} pairs before the first look (got {most})")
    return known[outcome]


def live_until_precise(
    policies: Policies,
    seeds: Sequence[int],
    asked: float,
    outcome: str = OUTCOME,
    most: int = MOST,
    workers: int | None = None,
    *,
    executor: Executor | None = None,
    progress: Progress | None = None,
    told: Callable[[Precision], None] | None = None,
    keep: Path | None = None,
) -> tuple[list[Pair], Precision]:
    """Return the first pairs, from seed 0 on, whose interval is narrow enough, and how narrow it is.

    seeds: those before the first look; there is one after every STEP more, and an end after `most`. A look sees the
    pairs of all seeds up to one and no others, so that where it ends does not depend on workers. told: each look.
    workers, executor, progress, keep: as for `live_pairs`. Raises InputError, and as `many.run_many`.
    """
    wanted = check(asked, outcome, most, seeds)
    looks = _Looks(wanted, asked, most, len(seeds), told)

    def days(lived: int, of_most: int) -> None:
        if progress is not None:
            progress(lived, max(lived, round(of_most * looks.expected / most)))

    with suppress(_Enough):
        live_pairs(policies, range(most), workers, executor=executor, progress=days, done=looks.done, keep=keep)
    return [looks.pairs[slot] for slot in range(looks.at)], looks.found


class _Enough(Exception):
    """No more pairs are needed, or allowed."""


class _Looks:
    """The pairs that came so far, and what the looks at them found."""

    def __init__(self, outcome: "Outcome", asked: float, most: int, first: int, told: Callable | None):
        self.outcome, self.asked, self.most, self.told = outcome, asked, most, told
        self.pairs: dict[int, Pair] = {}
        self.at = first  # pairs of the look that is the next, or was the last
        self.expected: float = most
        self.found: Precision | None = None

    def done(self, slot: int, pair: Pair) -> None:
        """Take a pair, and look as often as all pairs up to a look are there."""
        self.pairs[slot] = pair
        while all(slot in self.pairs for slot in range(self.at)):
            self._look()

    def _look(self) -> None:
        a, b = zip(*(self.pairs[slot] for slot in range(self.at)), strict=True)
        self.found = found = precision(row_of(self.outcome, a, b), self.asked, self.at, self.most)
        if self.told is not None:
            self.told(found)
        if found.reached or self.at == self.most:
            raise _Enough
        self.at = min(self.at + STEP, self.most)
        self.expected = min(max(found.needed, self.at), self.most) if found.needed == found.needed else self.most


def _percent(part: float) -> str:
    """Return a part as percent with two figures: 2, 0.5, 3.4, 12."""
    return f"{float(f'{100 * part:.2g}'):.10g}"
