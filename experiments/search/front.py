"""The front: which mixes no other one beats, what fresh pairs say of them, and what chance had made of them."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from ..compare_table import interval
from .objectives import Objective
from .space import Mix

if TYPE_CHECKING:
    from ...scenarios.schema import Scenario


class Estimate(NamedTuple):
    """The mean difference of a mix to the base over pairs of runs, and its 95 % interval."""

    diff: float
    low: float
    high: float
    base: float  # mean of the base

    def gain(self, objective: Objective) -> tuple[float, float, float]:
        """Return the same such that more is better: mean, least, most."""
        if objective.sign > 0:
            return -self.diff, -self.high, -self.low
        return self.diff, self.low, self.high


class Confirmed(NamedTuple):
    """A mix, or a policy for reference, lived with fresh seeds."""

    name: str
    number: int  # from 1, the least price first; 0: a reference
    mix: Mix  # empty for a reference
    scenario: "Scenario"
    price: float  # planned, dollars a year over the status quo
    searched: tuple[float, ...]  # the differences the search saw, an objective each; empty for a reference
    found: tuple[Estimate, ...]  # what fresh pairs say, an objective each
    beaten_by: str = ""  # name of one that is no worse in anything by the fresh means, and better in something
    clear: bool = False  # better than the base in what the money is for, beyond chance
    like: str = ""  # the cheapest one on the front that the pairs cannot tell it from, in the first gain

    @property
    def on_front(self) -> bool:
        """Whether no other mix beats it by the fresh means."""
        return self.number > 0 and not self.beaten_by


def beats(one: Sequence[float], other: Sequence[float]) -> bool:
    """Say whether values are no worse than others in anything, and better in something; less is better."""
    return all(a <= b for a, b in zip(one, other, strict=True)) and any(a < b for a, b in zip(one, other, strict=True))


def front(values: Sequence[Sequence[float]]) -> list[int]:
    """Return the places of the values that no other ones beat; of equal ones the first. Less is better."""
    kept: dict[tuple[float, ...], int] = {}
    for place, one in enumerate(values):
        if all(np.isfinite(one)) and not any(beats(other, one) for other in values):
            kept.setdefault(tuple(one), place)
    return sorted(kept.values())


def estimate(with_it: np.ndarray, without: np.ndarray) -> Estimate:
    """Return the difference of pairs, shape (seeds,) each."""
    known = np.isfinite(with_it) & np.isfinite(without)
    differences = with_it[known] - without[known]
    if not len(differences):
        return Estimate(*[float("nan")] * 4)
    return Estimate(float(differences.mean()), *interval(differences), float(without[known].mean()))


def gains(objectives: Sequence[Objective]) -> list[int]:
    """Return the places of the objectives that the money is for: all but its price."""
    return [place for place, one in enumerate(objectives) if not one.is_price]


def judged(
    mixes: Sequence[Confirmed], objectives: Sequence[Objective], pairs: dict[tuple[str, int], np.ndarray]
) -> list[Confirmed]:
    """Return the confirmed mixes with what fresh pairs say of each beside the base and the others.

    pairs: the values of each run of a mix, by its name and the place of the objective.
    """
    base = ("the base", tuple(0.0 for _ in objectives))
    told = [
        base,
        *(
            (one.name, tuple(goal.sign * each.diff for goal, each in zip(objectives, one.found, strict=True)))
            for one in mixes
        ),
    ]
    weighed = []
    for one, (_, values) in zip(mixes, told[1:], strict=True):
        better = next((name for name, other in told if beats(other, values)), "")
        clear = any(one.found[i].gain(objectives[i])[1] > 0 for i in gains(objectives))
        weighed.append(one._replace(beaten_by=better, clear=clear))
    return _told_apart(weighed, gains(objectives)[0], pairs)


def _told_apart(mixes: list[Confirmed], gain: int, pairs: dict[tuple[str, int], np.ndarray]) -> list[Confirmed]:
    """Name, for each mix of the front, the cheapest one there that the pairs cannot tell it from."""
    cheaper: list[str] = []
    found = []
    for one in mixes:
        if one.on_front and one.clear:
            like = next((name for name in cheaper if not _apart(pairs[one.name, gain], pairs[name, gain])), "")
            cheaper.append(one.name)
            one = one._replace(like=like)
        found.append(one)
    return found


def _apart(one: np.ndarray, other: np.ndarray) -> bool:
    each = estimate(one, other)
    return each.low > 0 or each.high < 0
