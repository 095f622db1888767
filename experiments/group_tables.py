"""Gaps between groups and the cascade of each pathway, over runs that differ in their seed."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from .chance import spread
from .equity import too_few
from .run import Run

if TYPE_CHECKING:
    import pandas

    from ..model.groups import Measure

GROUPS = (
    "grouping",
    "group",
    "reference",
    "outcome",
    "title",
    "unit",
    "better",
    "count",
    "base",
    "rate",
    "rate_low",
    "rate_high",
    "ratio",
    "ratio_low",
    "ratio_high",
    "gap",
    "gap_low",
    "gap_high",
    "seeds",
    "denominator",
    "few",
)
CASCADE = (
    "pathway",
    "grouping",
    "group",
    "step",
    "episodes",
    "of",
    "out_of",
    "share",
    "share_low",
    "share_high",
    "seeds",
)
NAN = float("nan")


def group_table(runs: Sequence[Run]) -> "pandas.DataFrame":
    """Return one row an outcome and group, with the columns of GROUPS; see docs/results.md."""
    import pandas

    from ..model.groups import GROUPS as GROUPS_OF_PEOPLE
    from ..model.groups import MEASURES, REFERENCE, UNGROUPED

    place = {group: number for number, group in enumerate(GROUPS_OF_PEOPLE)}
    rows = []
    for measure in MEASURES:
        over, under = (
            np.array([run.groups[column] * run.scale for run in runs]) for column in (measure.over, measure.under)
        )
        few = too_few([run.groups[measure.events or measure.over] for run in runs])
        for grouping, group in GROUPS_OF_PEOPLE:
            reference = REFERENCE.get(grouping, "")
            ours = place[grouping, group]
            theirs = place[grouping, reference] if reference else ours
            told = _compared(measure, over[:, [ours, theirs]], under[:, [ours, theirs]], group != reference != "")
            years = runs[0].years if measure.has_ratio else 1.0  # people at the end are no yearly number
            rows.append(
                {
                    "grouping": grouping,
                    "group": group,
                    "reference": reference,
                    "outcome": measure.id,
                    "title": measure.title,
                    "unit": measure.unit,
                    "better": measure.better,
                    "count": over[:, ours].mean() / years if measure.has_ratio else NAN,
                    "base": under[:, ours].mean() / years,
                    "denominator": measure.denominator,
                    "few": bool(few[ours]),
                }
                | told
            )
    for outcome, why in UNGROUPED.items():
        told = {"outcome": outcome.id, "title": outcome.title, "unit": outcome.unit, "better": outcome.better}
        rows.append({"grouping": "none", "group": "none", "reference": "", "denominator": f"no group: {why}"} | told)
    return pandas.DataFrame(rows, columns=list(GROUPS))


def _compared(measure: "Measure", over, under, compare: bool) -> dict[str, float]:
    """Return rate, ratio and gap of a group and its reference; over, under: shape (runs, 2), the group first."""
    rate, reference = _over(over.sum(axis=0), under.sum(axis=0)) * measure.times
    by_seed = _over(over, under) * measure.times
    told = dict.fromkeys(GROUPS[GROUPS.index("rate") : GROUPS.index("seeds")], NAN)
    lowest, highest = (0.0 if measure.has_ratio else -np.inf), (1.0 if measure.unit == "share" else np.inf)
    told |= _around("rate", rate, by_seed[:, 0], lowest, highest)
    told["seeds"] = int(np.isfinite(by_seed[:, 0]).sum())
    if compare:
        told |= _around("gap", rate - reference, by_seed[:, 0] - by_seed[:, 1])
        if measure.has_ratio and reference > 0:
            told |= _ratio(rate / reference, by_seed)
    return told


def _over(over, under) -> np.ndarray:
    """Divide; what is over nothing is not a number."""
    return np.divide(over, under, out=np.full(np.shape(over), NAN), where=under > 0)


def _around(name: str, middle: float, values, lowest: float = -np.inf, highest: float = np.inf) -> dict[str, float]:
    """Return a number pooled over runs, and its range of chance alone from how the runs differ."""
    chance = spread(values)
    half = chance.high - chance.mean
    return {name: middle, f"{name}_low": max(middle - half, lowest), f"{name}_high": min(middle + half, highest)}


def _ratio(ratio: float, by_seed) -> dict[str, float]:
    """Return a ratio of rates with its range of chance, taken of logarithms; there is none if a run lacks the ratio."""
    told = {"ratio": ratio, "ratio_low": NAN, "ratio_high": NAN}
    if (by_seed > 0).all():
        chance = spread(np.log(by_seed[:, 0] / by_seed[:, 1]))
        factor = np.exp(chance.high - chance.mean)
        told |= {"ratio_low": ratio / factor, "ratio_high": ratio * factor}
    return told


def gaps(table: "pandas.DataFrame", outcomes: Sequence[str], groupings=("sex", "race")) -> "pandas.DataFrame":
    """Return the gaps that chance alone does not make, the widest ratio first."""
    named = table[table.outcome.isin(outcomes) & table.grouping.isin(groupings)]
    beyond = named[(named.ratio_low > 1) | (named.ratio_high < 1)]
    return beyond.iloc[np.argsort(-np.abs(np.log(beyond.ratio)), kind="stable")]


def cascade_table(runs: Sequence[Run]) -> "pandas.DataFrame":
    """Return one row a pathway, group and step, with the columns of CASCADE; pathways nobody came to are left out."""
    import pandas

    from ..agents.dealings import Pathway
    from ..model.cascade import GROUPS as GROUPS_OF_PEOPLE
    from ..model.cascade import NAMES, steps

    counts = {step: np.array([run.cascade[step] * run.scale for run in runs]) for step in runs[0].cascade}
    years = runs[0].years
    rows = []
    for pathway in Pathway:
        way = steps(pathway)
        if not counts[way[0][0]][:, pathway].any():
            continue
        for number, (grouping, group) in enumerate(GROUPS_OF_PEOPLE):
            for step, before in way:
                count = counts[step][:, pathway, number]
                out_of = counts[before][:, pathway, number] if before else np.full(len(runs), NAN)
                share = _around("share", _over(count.sum(), out_of.sum()).item(), _over(count, out_of), 0.0, 1.0)
                rows.append(
                    {
                        "pathway": NAMES[pathway],
                        "grouping": grouping,
                        "group": group,
                        "step": step,
                        "episodes": count.mean() / years,
                        "of": before,
                        "out_of": out_of.mean() / years,
                        "seeds": len(runs),
                    }
                    | share
                )
    return pandas.DataFrame(rows, columns=list(CASCADE))
