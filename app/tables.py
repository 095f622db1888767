"""What pairs of runs say, as the page shows it: the sentence, differences, cost, equity, officers, children."""

import math
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from ..experiments import chance, compare_table, compare_text, families
from ..experiments.compare import Comparison
from ..experiments.money_text import dollars
from ..experiments.result import Result
from ..experiments.run import Run
from ..experiments.show import amount, number, plural

if TYPE_CHECKING:
    from ..experiments.money import Economics

MAIN = (
    "expected_deaths",
    "deaths",
    "overdoses",
    "rescues",
    "entries",
    "on_medication",
    "waiting",
    "wait",
    "arrests",
    "jail_days",
    "lost_between",
    "children_exposed",
    "officers_exhausted",
    "trust",
)
OFFICERS = (
    "officers_exhausted",
    "officers_depersonalised",
    "officers_injured",
    "officers_in_care",
    "officers_away",
    "sick_leaves",
    "officers_left",
    "vacancy",
    "response_minutes",
    "good_contacts",
    "bad_contacts",
    "trust",
)
CHILDREN = (
    "children_exposed",
    "children_witnessed",
    "children_bereaved",
    "parents_arrested",
    "children_distressed",
    "families_reached",
    "families_served",
    "school_notices",
    "children_in_therapy",
    "child_reports",
    "children_removed",
    "in_foster_care",
    "in_kin_care",
)
TABS = {"main": MAIN, "officers": OFFICERS, "children": CHILDREN}
GROUPED = ("expected_deaths", "arrests", "entries", "call_share")  # outcomes of the equity tab
GROUPINGS = {"sex": "Women and men", "race": "Race and ethnicity", "age": "Age", "neighbourhood": "Neighbourhood"}
TOO_EARLY = "Too early to tell: {} of at least {} pairs of runs are done."


def told(a: Sequence[Run], b: Sequence[Run]) -> dict[str, Any]:
    """Return the tables and the sentence of the pairs there are; no interval below five pairs."""
    rows = {row.outcome: row for row in (*compare_table.rows(a, b), *_trust_rows(a, b))}
    pairs = len(a)
    early = pairs < compare_table.FEWEST
    head = compare_text.headline(list(rows.values()))
    return {
        "pairs": pairs,
        "early": early,
        "sentence": TOO_EARLY.format(pairs, compare_table.FEWEST) if early else compare_text.sentence(head, pairs),
        "verdict": "cannot tell" if early else head.verdict,
        "notes": [] if early else compare_text.notes(list(rows.values())),
        "tabs": {tab: [_row(rows[id], a, b) for id in ids] for tab, ids in TABS.items()},
    }


def _row(row: compare_table.Row, a: Sequence[Run], b: Sequence[Run]) -> dict[str, Any]:
    known = not math.isnan(row.diff_low)
    diff, unit, span = compare_text.told(row) if known else ("", "", "")
    if row.kind == "level":
        unit = ""  # it stands in the title
    elif unit == "%":
        unit = "% of A"  # shares are in percent themselves
    if known and row.verdict == "same":
        diff, unit, span = "0", "", ""  # the verdict says the rest
    middle, low, high = compare_text.percents(row) if row.pairs and row.kind != "level" else (math.nan,) * 3
    return {
        "id": row.outcome,
        "title": named(row),
        "definition": _definition(row.outcome),
        **levels(row, a, b),
        "diff": f"{diff} {unit}".strip(),
        "span": span,
        "percent": [_plain(x) for x in (middle, low, high)],
        "better": row.better,
        "verdict": row.verdict if known or row.verdict in ("same", "nothing") else "cannot tell",
    }


def levels(row: compare_table.Row, a: Sequence[Run], b: Sequence[Run]) -> dict[str, dict[str, str]]:
    """Return what both policies have of an outcome: a mean, and how far chance alone moves single runs."""
    sides = ("a", row.mean_a, a), ("b", row.mean_b, b)
    return {side: _level(row, mean, _values(row.outcome, runs)) for side, mean, runs in sides}


def _trust_rows(a: Sequence[Run], b: Sequence[Run]) -> list[compare_table.Row]:
    """Return the row of trust in police, which no event counts."""
    return compare_table.headlines(_without_bill(a), _without_bill(b), [])


def _without_bill(runs: Sequence[Run]) -> Result:
    """Return runs as a result that reckons no cost: that takes long, and has a tab of its own."""
    return Result([replace(run, quantities=None) for run in runs])


def _values(id: str, runs: Sequence[Run]) -> np.ndarray:
    """Return an outcome of each run, shape (runs,), of the whole place."""
    from ..model.outcomes import outcome

    if id == families.TRUST.id:
        return families.beside(_without_bill(runs))[0][1]
    return compare_table.values(outcome(id), runs)


def _definition(id: str) -> str:
    from ..model.outcomes import outcome

    return families.TRUST.definition if id == families.TRUST.id else outcome(id).definition


def _level(row: compare_table.Row, mean: float, values: np.ndarray) -> dict[str, str]:
    """Return the mean of some runs and where 95 of 100 single runs fall; of too few, the lowest and the highest."""
    values = values[np.isfinite(values)]
    if not len(values):
        return {"mean": "–", "span": ""}
    if len(values) < compare_table.FEWEST:
        low, high = compare_text.value(row, values.min()), compare_text.value(row, values.max())
        return {"mean": low if low == high else f"{_bare(low)} to {high}", "span": ""}
    span = chance.spread(values, -math.inf if row.kind == "level" else 0.0)
    high = min(span.high, 1.0) if row.unit == "share" else span.high
    return {"mean": compare_text.value(row, mean), "span": _range(span.low, high, lambda x: amount(x, row.unit))}


def _range(low: float, high: float, tell: Callable[[float], str]) -> str:
    return "" if low != low else f"{_bare(tell(low))} to {tell(high)}"


def _bare(text: str) -> str:
    """Leave out a unit that is said once, at the end of a range."""
    return text.removesuffix(" %").removesuffix(" days").removesuffix(" minutes")


def named(row: compare_table.Row) -> str:
    """Return an outcome's title with the time it is counted over."""
    if row.kind == "level":
        return f"{row.title} ({row.unit})"
    return f"{row.title} a year" if row.kind == "count" else row.title


def summary(runs: Sequence[tuple[Run, Run]]) -> dict[str, Any]:
    """Return cost and equity of at least five pairs."""
    comparison = Comparison([a for a, _ in runs], [b for _, b in runs])
    return {
        "pairs": len(runs),
        "cost": _cost(comparison.economics),
        "equity": _equity(comparison),
        "gaps": gaps(comparison),
    }


def _cost(economics: "Economics") -> dict[str, Any]:
    from ..model.budget import price_of

    rows = []
    for one in economics.increments:
        tell = dollars if one.unit.startswith("dollars") else number
        totals = economics.a.totals[one.what], economics.b.totals[one.what]
        spans = [chance.spread(total, 0.0 if total.min() >= 0 else -math.inf) for total in totals]
        rows.append(
            {
                "title": one.title if one.unit.startswith("dollars") else f"{one.title} ({one.unit})",
                "a": {"mean": tell(one.a), "span": _range(spans[0].low, spans[0].high, tell)},
                "b": {"mean": tell(one.b), "span": _range(spans[1].low, spans[1].high, tell)},
                "diff": _signed(one.diff, tell),
                "span": f"{_signed(one.low, tell)} to {_signed(one.high, tell)}",
                "clear": bool(one.low > 0 or one.high < 0),
                "money": one.unit.startswith("dollars"),
                "values": [_plain(x) for x in (one.diff, one.low, one.high)],
            }
        )
    ratios = [
        {
            "title": one.title,
            "dollars": dollars(one.dollars) if one.dollars == one.dollars else "",
            "span": f"{dollars(one.low)} to {dollars(one.high)}" if one.dollars == one.dollars else "",
            "said": one.said,
        }
        for one in economics.ratios
    ]
    years = plural(economics.a.scenario.years, "year")
    benefit, low, high = map(dollars, economics.net_benefit(price_of(economics.a.scenario, ("wtp_per_qaly",))))
    return {
        "message": f"{economics.message}: net benefit {benefit} (95 % interval {low} to {high})",
        "label": economics.labels[1],  # for the page to put its own in
        "rows": rows,
        "ratios": ratios,
        "unit": f"dollars of {economics.prices.price_year}, over {years}, discounted at "
        f"{100 * economics.prices.discount_rate:g} % a year",
    }


def gaps(comparison: Comparison) -> dict[str, dict[str, Any]]:
    """Return the change of each gap in rates, by "outcome group reference"."""
    table = comparison.equity
    sides = _ranges(comparison, "gap")
    found = {}
    for row in table[(table.measure == "rate_difference") & table.outcome.isin(GROUPED)].itertuples():
        found[f"{row.outcome} {row.group} {row.reference}"] = {
            "title": row.title,
            "unit": row.unit,
            "a": _in_range(row.a, sides[0], row),
            "b": _in_range(row.b, sides[1], row),
            "diff": _minus(_signed(row.change, number)),
            "span": _minus(f"{_signed(row.change_low, number)} to {_signed(row.change_high, number)}"),
            "values": [_plain(x) for x in (row.change, row.change_low, row.change_high)],
            "verdict": row.verdict,
            "pairs": int(row.pairs),
        }
    return found


def _equity(comparison: Comparison) -> dict[str, Any]:
    table = comparison.equity
    rates = table[(table.measure == "rate") & table.outcome.isin(GROUPED) & table.grouping.isin(GROUPINGS)]
    sides = _ranges(comparison, "rate")
    rows = [
        {
            "outcome": row.outcome,
            "title": row.title,
            "grouping": row.grouping,
            "group": row.group,
            "unit": row.unit,
            "a": _in_range(row.a, sides[0], row),
            "b": _in_range(row.b, sides[1], row),
            "values": [_plain(x) for x in (row.change, row.change_low, row.change_high)],
            "span": f"{_signed(row.change_low, number)} to {_signed(row.change_high, number)}",
            "diff": _signed(row.change, number),
            "verdict": row.verdict,
            "few": bool(row.few),
            "level": _plain(row.a),
        }
        for row in rates.itertuples()
    ]
    sentence = compare_text.gaps(comparison).partition(" See equity.csv")[0]  # the page has no files
    return {"sentence": sentence, "rows": rows, "groupings": GROUPINGS}


def _ranges(comparison: Comparison, measure: str) -> list[dict[tuple, tuple[float, float]]]:
    """Return of each policy, by outcome, grouping and group, the range of chance of a rate or a gap."""
    names = ["outcome", "grouping", "group", f"{measure}_low", f"{measure}_high"]
    both = (result.groups[names].itertuples(index=False) for result in (comparison.a, comparison.b))
    return [{tuple(row[:3]): tuple(row[3:]) for row in rows} for rows in both]


def _in_range(value: float, ranges: dict[tuple, tuple[float, float]], row: Any) -> dict[str, str]:
    return {
        "mean": _minus(number(value)),
        "span": _minus(_range(*ranges[row.outcome, row.grouping, row.group], number)),
    }


def _signed(value: float, tell) -> str:
    if value != value:
        return "–"
    text = tell(value)
    return text if value <= 0 or text in ("0", "$0") else f"+{text}"


def _plain(value: float) -> float | None:
    return float(f"{value:.6g}") if math.isfinite(value) else None


def _minus(text: str) -> str:
    return text.replace("-", "−")
