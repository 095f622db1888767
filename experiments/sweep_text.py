"""A sweep in words: what came out, how far it is, and what could not be lived."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.console import Console

    from .sweep import Sweep

SHOWN = ("expected_deaths", "overdoses", "entries", "on_medication", "arrests", "jail_days", "cost_all", "qalys")
FAILURES = 5  # shown


def show(sweep: "Sweep", out: "Console") -> None:
    """Print one line a policy and outcome: the mean over all runs, and where nine of ten points lie.

    Of several places it is their sum, over the points where every one of them is there.
    """
    from . import show as shown

    table, places = sweep.table, len(sweep.plan.places)
    if places > 1:
        out.print(f"All {places:,} places together:\n", highlight=False)
    box = shown.table(
        "outcome", "policy", "mean", "9 of 10 points lie in", "unit", right=("mean", "9 of 10 points lie in")
    )
    for name in SHOWN:
        if name not in table:
            continue
        title, unit = _told(name)
        for policy in dict.fromkeys(table.policy):
            each = table[table.policy == policy].groupby(["point", "place"])[name].mean()
            points = each.groupby("point").agg(lambda told: told.sum() if len(told) == places else float("nan"))
            low, mean, high = (
                shown.amount(float(value), unit)
                for value in (points.quantile(0.05), points.mean(), points.quantile(0.95))
            )
            box.add_row(title, policy, mean, f"{low} to {high}" if points.count() > 1 else "one point", unit)
            title = ""
    out.print(box)
    status(sweep, out)


def status(sweep: "Sweep", out: "Console") -> None:
    """Print how far a sweep is."""
    state = sweep.state
    left = state.asked - state.lived
    now = "somebody is at it now" if state.running else "complete" if not left else "nobody is at it now"
    out.print(f"\n{state.lived:,} of {state.asked:,} runs are there; {now}", highlight=False)
    if state.failed:
        out.print(f"{state.failed:,} could not be lived, and are tried again at the next start:", highlight=False)
        for row in sweep.failures.head(FAILURES).itertuples():
            out.print(f"  run {row.number}: {row.error}", highlight=False, markup=False)


def _told(name: str) -> tuple[str, str]:
    from ..model.outcomes import OUTCOMES

    known = {outcome.id: outcome for outcome in OUTCOMES}
    if name in known:
        one = known[name]
        return one.title, f"{one.unit} a year" if one.kind == "count" else one.unit
    return ("Cost to all payers", "dollars in all") if name == "cost_all" else ("Health of residents", "QALYs in all")
