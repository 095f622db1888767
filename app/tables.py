"""What pairs of runs say, as the page shows it: the sentence, differences, cost, equity, officers, children."""

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from ..experiments import compare_table, compare_text
from ..experiments.compare import Comparison
from ..experiments.money_text import dollars
from ..experiments.run import Run
from ..experiments.show import number

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
    rows = {row.outcome: row for row in compare_table.rows(a, b)}
    pairs = len(a)
    early = pairs < compare_table.FEWEST
    head = compare_text.headline(list(rows.values()))
    return {
        "pairs": pairs,
        "early": early,
        "sentence": TOO_EARLY.format(pairs, compare_table.FEWEST) if early else compare_text.sentence(head, pairs),
        "verdict": "cannot tell" if early else head.verdict,
        "notes": [] if early else compare_text.notes(list(rows.values())),
        "tabs": {tab: [_row(rows[id]) for id in ids] for tab, ids in TABS.items()},
    }


def _row(row: compare_table.Row) -> dict[str, Any]:
    from ..model.outcomes import outcome

    known = not math.isnan(row.diff_low)
    diff, unit, span = compare_text.told(row) if known else ("", "", "")
    middle, low, high = compare_text.percents(row) if row.pairs else (math.nan,) * 3
    return {
        "id": row.outcome,
        "title": named(row),
        "definition": outcome(row.outcome).definition,
        "a": compare_text.value(row, row.mean_a) if row.pairs else "–",
        "b": compare_text.value(row, row.mean_b) if row.pairs else "–",
        "diff": f"{diff} {'%' if unit == '%' else unit}".strip(),
        "span": span,
        "percent": [_plain(x) for x in (middle, low, high)],
        "better": row.better,
        "verdict": row.verdict if known or row.verdict in ("same", "nothing") else "cannot tell",
    }


def named(row: compare_table.Row) -> str:
    """Return an outcome's title with the time it is counted over."""
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
    rows = []
    for one in economics.increments:
        tell = dollars if one.unit.startswith("dollars") else number
        rows.append(
            {
                "title": one.title,
                "a": tell(one.a),
                "b": tell(one.b),
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
    message = economics.message.replace("_", " ")
    return {
        "message": message[:1].upper() + message[1:],
        "rows": rows,
        "ratios": ratios,
        "unit": f"dollars of {economics.prices.price_year}, over {economics.a.scenario.years} years, discounted at "
        f"{100 * economics.prices.discount_rate:g} % a year",
    }


def gaps(comparison: Comparison) -> dict[str, dict[str, Any]]:
    """Return the change of each gap in rates, by "outcome group reference"."""
    table = comparison.equity
    found = {}
    for row in table[(table.measure == "rate_difference") & table.outcome.isin(GROUPED)].itertuples():
        found[f"{row.outcome} {row.group} {row.reference}"] = {
            "title": row.title,
            "unit": row.unit,
            "a": _minus(number(row.a)),
            "b": _minus(number(row.b)),
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
    rows = [
        {
            "outcome": row.outcome,
            "title": row.title,
            "grouping": row.grouping,
            "group": row.group,
            "unit": row.unit,
            "a": number(row.a),
            "b": number(row.b),
            "values": [_plain(x) for x in (row.change, row.change_low, row.change_high)],
            "span": f"{_signed(row.change_low, number)} to {_signed(row.change_high, number)}",
            "diff": _signed(row.change, number),
            "verdict": row.verdict,
            "few": bool(row.few),
            "level": _plain(row.a),
        }
        for row in rates.itertuples()
    ]
    return {"sentence": compare_text.gaps(comparison).replace(" See equity.csv and equity.png.", ""), "rows": rows,
            "groupings": GROUPINGS}  # fmt: skip


def _signed(value: float, tell) -> str:
    if value != value:
        return "–"
    text = tell(value)
    return text if value <= 0 or text in ("0", "$0") else f"+{text}"


def _plain(value: float) -> float | None:
    return float(f"{value:.6g}") if math.isfinite(value) else None


def _minus(text: str) -> str:
    return text.replace("-", "−")
