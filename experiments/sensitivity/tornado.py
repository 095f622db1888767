"""A tornado: each number at the low and at the high end of its evidence, the others at their values.

The same seeds everywhere: a change is the mean over seeds of paired differences, with its 95 % t interval. Only what a
number does with all others at their values is seen; what two do together is not.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from ..compare_table import interval
from ..unknowns import ORDERED, PARTS, WHOLES

if TYPE_CHECKING:
    import pandas

    from .numbers import Number

FALSE = 0.05  # of the bars told to be clear, as many may be luck (Benjamini and Hochberg 1995)


def points(numbers: Sequence["Number"], others: dict[str, float]) -> list[dict[str, Any]]:
    """Return the points: all at their values, then each number at its least, then at its most.

    others: values of the shares and pairs that a number may carry along, by dotted name.
    """
    base = {one.path: one.value for one in numbers}
    carried = {path for group in (*WHOLES, *PARTS, *ORDERED) for path in group if set(group) & set(base)}
    base = {path: others[path] for path in sorted(carried - set(base))} | base
    told = [base]
    for one in numbers:
        told += [_moved(base, one.path, end) for end in (one.least, one.most)]
    return told


def _moved(base: dict[str, Any], path: str, value: float) -> dict[str, Any]:
    """Return the point with one number moved; the others of its whole share what is left."""
    point = base | {path: value}
    for paths, most in [(paths, False) for paths in WHOLES] + [(paths, True) for paths in PARTS]:
        if path in paths:
            rest = [other for other in paths if other != path]
            total = sum(base[other] for other in rest)
            if total and (not most or total > 1 - value):
                point |= {other: base[other] * (1 - value) / total for other in rest}
    for low, high in ORDERED:
        if path in (low, high) and point[low] > point[high]:
            point[path] = base[high if path == low else low]
    return point


def indices(responses: np.ndarray) -> "pandas.DataFrame":
    """Return one row a number: the change at its least and at its most, and the swing between, 95 % intervals.

    responses: shape (1 + 2 x numbers, seeds). `reach` is how far the two bars reach together; `…_clear`: further than
    chance alone would take a bar.
    """
    import pandas

    base = responses[0]
    least, most = responses[1::2] - base, responses[2::2] - base
    found: dict[str, Any] = {}
    for name, changes in (("at_least", least), ("at_most", most), ("swing", most - least)):
        ends = np.array([interval(row) for row in changes])
        found |= {name: changes.mean(axis=1), f"{name}_low": ends[:, 0], f"{name}_high": ends[:, 1]}
    clear = _clear(np.r_[least, most])
    found["reach"] = np.maximum(np.maximum(found["at_least"], found["at_most"]), 0) - np.minimum(
        np.minimum(found["at_least"], found["at_most"]), 0
    )
    found["at_least_clear"], found["at_most_clear"] = clear[: len(least)], clear[len(least) :]
    found["clear"] = found["at_least_clear"] | found["at_most_clear"]
    return pandas.DataFrame(found)


def _clear(changes: np.ndarray) -> np.ndarray:
    """Say which changes, shape (bars, seeds), chance alone would not make, so many being looked at."""
    from scipy.special import stdtr
    from scipy.stats import false_discovery_control

    seeds = changes.shape[1]
    means, errors = changes.mean(axis=1), changes.std(axis=1, ddof=1) / seeds**0.5
    same = (means == 0) & (errors == 0)
    sizes = np.divide(np.abs(means), errors, out=np.full(len(means), np.inf), where=errors > 0)
    chances = np.where(same, 1.0, 2 * stdtr(seeds - 1, -sizes))
    return ~same & (false_discovery_control(chances) <= FALSE)
