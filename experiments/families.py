"""Which outcomes belong together, which are told first, and two numbers told beside them that no event counts."""

from collections.abc import Callable, Iterable
from itertools import groupby
from typing import TYPE_CHECKING, Any

import numpy as np

from ..model.outcomes import OUTCOMES, Outcome

if TYPE_CHECKING:
    from .result import Result

TRUST = Outcome(
    "trust",
    "Trust in police",
    "standard deviations",
    "level",
    "more",
    "mean of the residents at the end, from the community's mean in the last year before the policy",
)
COST = Outcome(
    "cost",
    "Cost to all payers, whole run",
    "dollars",
    "level",
    "",
    "the bill of the whole run, discounted; what it buys is another question",
)
FAMILIES = {  # a family of outcomes begins with this one and goes on to the next, in the order of model/outcomes.py
    "deaths": "Overdoses and deaths",
    "active_use_disorder": "Opioid use, treatment and naloxone",
    "police_contacts": "Police, courts and jail",
    "offers": "Deflection",
    "children_exposed": "Children and families",
    "officers_exhausted": "Officers",
    "trust": "Trust and money",
}
ELSEWHERE = {"deaths_other": "deaths", "population": "deaths"}  # outcomes that stand among those of another family
HEADLINES = (  # what is told and drawn first
    "expected_deaths",
    "deaths",
    "overdoses",
    "calls_911",
    "on_medication",
    "entries",
    "deflected_entries",
    "arrests",
    "jail_days",
    "children_exposed",
    "children_removed",
    "officers_exhausted",
    "officers_left",
    "trust",
    "cost",
)


def family(id: str) -> str:
    """Return the heading of an outcome's family."""
    id = ELSEWHERE.get(id, id)
    heading = ""
    for known in (*OUTCOMES, TRUST, COST):
        heading = FAMILIES.get(known.id, heading)
        if known.id == id:
            break
    return heading


def by_family[R](rows: Iterable[R], id_of: Callable[[R], str]) -> list[tuple[str, list[R]]]:
    """Return rows under the headings of their families; headlines first in each, the others as outcomes are ordered."""
    headings = list(FAMILIES.values())
    order = [*HEADLINES, *(known.id for known in OUTCOMES)]
    placed = sorted(rows, key=lambda row: (headings.index(family(id_of(row))), order.index(id_of(row))))
    return [(heading, list(group)) for heading, group in groupby(placed, key=lambda row: family(id_of(row)))]


def beside(result: "Result") -> list[tuple[Outcome, np.ndarray]]:
    """Return trust and cost of each run, shape (runs,) each, of those that the runs keep."""
    runs, found = result.runs, []
    if all(run.groups is not None and "trust" in run.groups for run in runs):
        trust, people = (np.array([run.groups[name][0] for run in runs], float) for name in ("trust", "residents"))
        found.append((TRUST, np.divide(trust, people, out=np.full(len(runs), np.nan), where=people > 0)))
    if all(run.quantities is not None for run in runs):
        dollars = f"dollars of {result.scenario.prices.price_year}"
        found.append((COST._replace(unit=dollars), result.ledger.totals["all"]))
    return found


def chosen(rows: Iterable[Any], id_of: Callable[[Any], str]) -> list[Any]:
    """Return those rows that are told first, in their order."""
    found = {id_of(row): row for row in rows}
    return [found[id] for id in HEADLINES if id in found]
