"""What a policy's levers would cost in a year beyond today, and what a budget leaves of them; nothing is run."""

from typing import Any

from ..experiments.money_text import dollars
from ..experiments.show import number
from ..model.budget import dearest, within_budget
from ..scenarios.errors import InputError
from . import choices, jobs


def told(question: Any) -> dict[str, Any]:
    """Return the yearly bill of one side's levers, and what its budget does. Raises InputError."""
    watched = jobs.watched(question)
    asked = watched["asked"]
    side = getattr(asked, watched["side"])
    free = side._replace(levers={path: value for path, value in side.levers.items() if path not in choices.BUDGET})
    total, items = dearest(choices.scenario(asked, free))
    return {
        "total": round(total),
        "said": dollars(total),
        "year": choices.scenario(asked, free).prices.price_year,
        "items": [
            {
                "title": one.measure.title,
                "units": number(one.units),
                "unit": one.measure.unit,
                "price": dollars(one.price),
                "dollars": round(one.dollars),
                "said": dollars(one.dollars),
            }
            for one in items
        ],
        "budget": side.levers.get(choices.BUDGET[0]),
        "over": side.levers.get(choices.BUDGET[1], "refuse"),
        "verdict": _verdict(asked, side, total),
    }


def _verdict(asked: choices.Asked, side: choices.Side, total: float) -> dict[str, Any]:
    """Return what the budget does: nothing, a refusal in words, or the levers it moves."""
    limit = side.levers.get(choices.BUDGET[0])
    if limit is None:
        return {"kind": "none", "text": "There is no budget: all levers are as they were set."}
    if total <= limit:
        return {"kind": "fits", "text": f"It fits: {dollars(limit - total)} a year are left."}
    try:
        fitted = within_budget(choices.scenario(asked, side))
    except InputError as error:
        text = (str(error).partition(": ")[2] or str(error)).replace(side.policy, side.policy.replace("_", " "))
        return {"kind": "refused", "text": text.replace(" (budget.over=scale does that)", "")}
    left, items = dearest(fitted)
    return {
        "kind": "scaled",
        "text": f"{fitted.description.rpartition('. ')[2]} They then cost {dollars(left)} a year.",
        "items": [
            {"title": one.measure.title, "dollars": round(one.dollars), "said": dollars(one.dollars)} for one in items
        ],
    }
