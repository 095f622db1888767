"""One outcome of a study in words: how large, how sure, and what is in no interval."""

from typing import TYPE_CHECKING

from ..compare_text import signed
from ..money_text import dollars

if TYPE_CHECKING:
    from .table import Row

MANY = 10  # times as much as under A is no longer told in percent
BASIS = {"published": "published", "own file": "in the place's own file", "national": "published for the nation"}
LIMITS = (
    "Numbers are drawn one by one from their evidence, as if their errors had nothing to do with one another; draws "
    "are not weighed by how well they give the deaths published for the place: after a calibration the spread would "
    "be narrower. What the model leaves out, and numbers without a range, are in no interval."
)


def sentence(row: "Row") -> str:
    """Return what is known of one outcome's difference."""
    if not row.draws:
        return f"{row.title}: nothing to compare"
    if row.verdict == "the same":
        return f"{row.title}: the same in all {row.draws} draws"
    change, span = told(row)
    return f"{row.title} {change} (95 % of draws: {span}); {sure(row)}"


def told(row: "Row") -> tuple[str, str]:
    """Return difference and interval, in percent of A where that can be said, else in the outcome's unit."""
    if in_dollars(row):
        change, low, high = (more(x) for x in (row.diff, row.diff_low, row.diff_high))
        return change, f"{low} to {high}"
    if in_percent(row):
        change, low, high = signed((100 * row.relative, 100 * row.relative_low, 100 * row.relative_high))
        return f"{change} %", f"{low} to {high} %"
    factor, unit = (100, " points") if row.unit == "share" else (1, "" if row.kind == "total" else f" {row.unit}")
    change, low, high = signed((factor * row.diff, factor * row.diff_low, factor * row.diff_high))
    return f"{change}{unit}", f"{low} to {high}"


def central(row: "Row") -> str:
    """Return the mean difference with every number at its value, told as the difference is."""
    if row.central != row.central:
        return "-"
    ends = row.central, row.central_low, row.central_high
    if in_dollars(row):
        return more(row.central)
    if in_percent(row) and row.central_a > 0:
        return f"{signed([100 * x / row.central_a for x in ends])[0]} %"
    return signed([(100 if row.unit == "share" else 1) * x for x in ends])[0]


def in_dollars(row: "Row") -> bool:
    """Say whether a row is of money."""
    return row.unit.startswith("dollars")


def in_percent(row: "Row") -> bool:
    """Say whether a row is told in percent of A: where A has something in every draw, and money and health aside."""
    return row.kind != "total" and row.relative_low == row.relative_low and abs(row.relative) < MANY


def scale(amounts) -> tuple[float, str]:
    """Return what to divide dollars by so that one can read them, and what they are called then."""
    largest = max((abs(amount) for amount in amounts), default=0.0)
    sizes = ((1e9, "billion $"), (1e6, "million $"), (1e3, "thousand $"))
    return next((one for one in sizes if largest >= one[0]), (1.0, "$"))


def more(amount: float) -> str:
    """Return a difference in dollars with its sign."""
    return f"{'+' if amount > 0 else ''}{dollars(amount)}"


def sure(row: "Row") -> str:
    """Return how sure the direction is."""
    same = f", the same in {percent(row.p_same, row.draws)}" if row.p_same >= 0.005 else ""
    if row.p_better != row.p_better:
        return f"more in {percent(row.p_more, row.draws)} of 100 draws{same}"
    return f"better in {percent(row.p_better, row.draws)} of 100 draws{same}"


def percent(share: float, draws: int) -> str:
    """Return a share of draws in percent: whole numbers, but never "0" or "100" where it is neither."""
    rounded = round(100 * share)
    if 0 < share < 1 and rounded in (0, 100):
        decimals = 1
        while round(100 * share, decimals) in (0, 100) and decimals < 6:
            decimals += 1
        return f"{100 * share:.{decimals}f}"
    return f"{rounded}"
