"""Tables of inequality: every measure of one policy, and what another policy changes about it; see docs/equity.md."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from . import equity
from .equity import estimate, leave_one_out, too_few
from .run import Run

if TYPE_CHECKING:
    import pandas

    from ..model.groups import Measure

HEADLINES = ("expected_deaths", "arrests", "entries", "call_share")  # outcomes of the figures
WHAT = ("outcome", "title", "grouping", "group", "reference", "measure", "unit")
COLUMNS = (*WHAT, "value", "low", "high", "bias", "better", "denominator", "few", "seeds")
_NAMES = {  # of groups whose code is not what one says
    "black": "Black",
    "hispanic": "Hispanic",
    "asian": "Asian",
    "aian": "American Indian or Alaska Native",
    "nhpi": "Native Hawaiian or Pacific Islander",
    "multi": "two or more races",
    "other": "another race",
}
CHANGES = (*WHAT, "a", "b", "change", "change_low", "change_high", "verdict", "better", "denominator", "few", "pairs")
OF_GROUPS = ("rate", "events")  # measures of a group by itself; all others are of a gap


class Row(NamedTuple):
    """One measure of some runs."""

    measure: "Measure"
    grouping: str
    group: str  # empty: of the whole grouping
    reference: str
    name: str
    unit: str
    values: np.ndarray  # (1 + runs,): of all runs together, then without each
    few: tuple[str, ...]  # groups in which too little happened
    least: float | None = None

    @property
    def is_ratio(self) -> bool:
        return self.name == "rate_ratio"


def equity_table(runs: Sequence[Run]) -> "pandas.DataFrame":
    """Return one row an outcome, grouping and measure, with the columns of COLUMNS; see docs/equity.md."""
    import pandas

    told = []
    for row in rows(runs):
        if row.name not in OF_GROUPS:  # they stand in groups.csv
            found = estimate(row.values, row.is_ratio, row.least)
            told.append(_named(row) | found._asdict() | {"few": "; ".join(row.few), "seeds": len(runs)})
    return pandas.DataFrame(told, columns=list(COLUMNS))


def change_table(a: Sequence[Run], b: Sequence[Run]) -> "pandas.DataFrame":
    """Return what B changes against A, with the columns of CHANGES; a[i] and b[i] share their seed."""
    import pandas

    told = []
    for in_a, in_b in zip(rows(a), rows(b), strict=True):
        change = estimate(in_b.values - in_a.values)
        few = tuple(group for group in in_a.few if group in in_b.few)
        told.append(
            _named(in_a)
            | {"a": in_a.values[0], "b": in_b.values[0], "change": change.value}
            | {"change_low": change.low, "change_high": change.high, "verdict": verdict(in_a, in_b, change, few)}
            | {"few": "; ".join(few), "pairs": len(a)}
        )
    return pandas.DataFrame(told, columns=list(CHANGES))


def group_name(group: str) -> str:
    """Return a group as it is said of people."""
    return _NAMES.get(group, group)


def verdict(in_a: Row, in_b: Row, change: equity.Estimate, few: Sequence[str]) -> str:
    """Say of a group's rate "better", "worse" or "different"; of a gap "narrows", "widens" or "turns".

    "turns": to the other side. Of both: "same" in every pair, "too few" events, "cannot tell", or "nobody" to speak of.
    """
    if not np.isfinite([in_a.values[0], in_b.values[0]]).all():
        return "nobody"
    if np.array_equal(in_a.values, in_b.values, equal_nan=True):  # of nobody, where one run is left out
        return "same"
    if few and (in_a.group or in_a.name == "index_of_disparity"):
        return "too few"
    if not (change.low > 0 or change.high < 0):
        return "cannot tell"
    if in_a.name in OF_GROUPS:
        better = in_a.measure.better
        return ("better" if (change.value > 0) == (better == "more") else "worse") if better else "different"
    level = 1.0 if in_a.is_ratio else 0.0  # where there is no gap
    before, after = in_a.values[0] - level, in_b.values[0] - level
    if before * after < 0:
        return "turns"
    return "narrows" if abs(after) < abs(before) else "widens"


def rows(runs: Sequence[Run]) -> Iterator[Row]:
    """Yield every measure of every outcome, in the order of the outcomes."""
    from ..model.groups import MEASURES

    for measure in MEASURES if runs[0].groups else ():
        yield from _of_outcome(runs, measure)


def _of_outcome(runs: Sequence[Run], measure: "Measure") -> Iterator[Row]:
    from ..model.groups import GROUPINGS, GROUPS, REFERENCE

    over, under = (
        leave_one_out([run.groups[column] * run.scale for run in runs]) for column in (measure.over, measure.under)
    )
    too_little = too_few([run.groups[measure.events or measure.over] for run in runs])
    years = runs[0].years * len(runs)  # that the sums stand for
    for grouping, groups in GROUPINGS.items():
        places = [GROUPS.index((grouping, group)) for group in groups]
        some = [place for place in places if under[0, place] > 0]
        few = tuple(GROUPS[place][1] for place in some if too_little[place])
        reference = REFERENCE.get(grouping, "")
        ours = over[:, places], under[:, places]
        for number, group in enumerate(groups):
            yield from _of_group(measure, grouping, group, ours[0][:, number], ours[1][:, number], years, few)
        if reference:
            yield from _gaps(measure, grouping, groups, reference, *ours, years, few)
    if measure.has_ratio and runs[0].neighbourhoods is not None:
        parts = leave_one_out(
            [
                equity.concentration_parts(run.neighbourhoods[measure.over], run.neighbourhoods[measure.under])
                * run.scale
                for run in runs
            ]
        )
        yield Row(measure, "neighbourhood", "", "", "concentration", "-1 to 1", equity.concentration(parts), few)


def _of_group(measure, grouping, group, over, under, years, few) -> Iterator[Row]:
    mine = tuple(name for name in few if name == group)
    yield Row(measure, grouping, group, "", "rate", measure.unit, equity.rates(over, under) * measure.times, mine)
    if measure.has_ratio:
        yield Row(measure, grouping, group, "", "events", _counted(measure), over / years, mine)


def _gaps(measure, grouping, groups, reference, over, under, years, few) -> Iterator[Row]:
    base = groups.index(reference)
    for number, group in enumerate(groups):
        if number == base:
            continue
        pair = over[:, [number, base]], under[:, [number, base]]
        known = (measure, grouping, group, reference)
        ours = tuple(name for name in few if name in (group, reference))
        if measure.has_ratio:
            yield Row(*known, "rate_ratio", "", equity.rate_ratio(*pair), ours)
        yield Row(*known, "rate_difference", measure.unit, equity.rate_difference(*pair) * measure.times, ours)
        if measure.has_ratio:
            yield Row(*known, "excess", _counted(measure), equity.excess(*pair) / years, ours)
    all_of = (measure, grouping, "")
    squared = f"({measure.unit})²"
    variance = equity.between_group_variance(over, under) * measure.times**2
    yield Row(*all_of, "", "between_group_variance", squared, variance, few, 0.0)
    if measure.has_ratio:
        yield Row(*all_of, "", "index_of_disparity", "%", equity.index_of_disparity(over, under), few, 0.0)
        yield Row(*all_of, "", "theil", "", equity.theil(over, under), few, 0.0)
        yield Row(*all_of, "", "mean_log_deviation", "", equity.mean_log_deviation(over, under), few, 0.0)
        told = equity.excess_of_all(over, under, base)
        yield Row(*all_of, reference, "excess", _counted(measure), told / years, few)
        yield Row(*all_of, reference, "excess_share", "share", equity.excess_share(over, under, base), few)


def _counted(measure: "Measure") -> str:
    return "people" if measure.kind == "stock" else "a year"


def _named(row: Row) -> dict[str, object]:
    measure = row.measure
    return {
        "outcome": measure.id,
        "title": measure.title,
        "grouping": row.grouping,
        "group": row.group,
        "reference": row.reference,
        "measure": row.name,
        "unit": row.unit,
        "better": measure.better,
        "denominator": measure.denominator,
    }
