"""The tables of a search: confirmed mixes and policies for reference, and every mix that was looked at."""

from typing import TYPE_CHECKING, Any

from ..differences import value_at

if TYPE_CHECKING:
    import pandas

    from .front import Confirmed
    from .study import Search


def status(one: "Confirmed") -> str:
    """Return what became of a mix, in a word: the columns of pareto.csv."""
    if not one.number:
        return "reference"
    return "front" if one.on_front else "fell off"


def confirmed(found: "Search") -> "pandas.DataFrame":
    """One row a confirmed mix, the least price first, then one a reference; differences are to the base."""
    import pandas

    return pandas.DataFrame([_confirmed(found, one) for one in (*found.front, *found.references)])


def _confirmed(found: "Search", one: "Confirmed") -> dict[str, Any]:
    question = found.question
    row = {
        "mix": one.name,
        "status": status(one),
        "price_per_year": one.price,
        "over_budget": one.price > question.space.budget,
        "clear_gain": one.clear if one.number else None,
        "beaten_by": one.beaten_by,
        "cannot_be_told_from": one.like,
        "pairs": question.confirm,
    }
    for place, goal in enumerate(question.objectives):
        each = one.found[place]
        row |= {
            f"{goal.id}_base": each.base,
            f"{goal.id}_diff": each.diff,
            f"{goal.id}_diff_low": each.low,
            f"{goal.id}_diff_high": each.high,
            f"{goal.id}_diff_in_search": one.searched[place] if one.searched else float("nan"),
        }
    row["scenario_hash"] = one.scenario.hash
    return row | {path: value_at(one.scenario, path) for path in question.space.paths}


def searched(found: "Search") -> "pandas.DataFrame":
    """One row a mix, in the order they were asked for; differences are to the base, by the seeds of the search."""
    import pandas

    question = found.question
    names = {one.mix: one.name for one in found.front}
    rows = []
    for number, one in enumerate(found.tried):
        row = {
            "number": number,
            "generation": one.generation,
            "mix": names.get(one.mix, ""),
            "price_per_year": question.space.price(one.mix),
        }
        seen = zip(question.objectives, one.values, strict=True)
        row |= {f"{goal.id}_diff_in_search": goal.sign * value for goal, value in seen}
        rows.append(row | question.space.values(one.mix))
    return pandas.DataFrame(rows)
