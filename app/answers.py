"""What runs say of a lesson's question: a sentence, which of the guesses it is, and the text for that answer."""

from collections.abc import Mapping
from typing import Any

from ..experiments import compare_text
from . import lessons, tables

OTHERWISE = {  # verdicts that are no answer, and are not unclear either
    "same": "Nothing of it differed in any pair: the policy does not touch this here.",
    "nothing": "There was nothing to count in these runs.",
    "turns": "The gap is now on the other side: neither narrower nor wider says it.",
    "too few": "Too little happened in one of the groups; more people, years or pairs might tell.",
    "nobody": "There is nobody in one of the groups here.",
}


def reading(step: lessons.Step, rows: Mapping[str, Any], pairs: int, done: bool) -> dict[str, Any] | None:
    """Return what an outcome's rows say of a question: a sentence, the answer, and its text when all pairs are in.

    rows: outcome -> row of compare_table.
    """
    row = rows[step.outcome]
    clear = row.verdict in ("better", "worse", "different")
    answer = (lessons.FEWER if row.diff < 0 else lessons.MORE) if clear else lessons.UNCLEAR
    if row.pairs and row.diff_low == row.diff_low:
        _, _, span = compare_text.told(row)
        middle, low, high = compare_text.percents(row)
        drawn = [middle, low, high]
    else:
        span, drawn = "", None
    return {
        "sentence": compare_text.sentence(row, pairs),
        "answer": answer,
        "after": _after(step, answer, row.verdict) if done else "",
        "title": tables.named(row),
        "span": span,
        "percent": [None if x != x or abs(x) == float("inf") else round(float(x), 4) for x in drawn] if drawn else None,
    }


def gap_reading(step: lessons.Step, gap: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a gap between two groups says of a question; gap: as tables.gaps gives it."""
    answer = gap["verdict"] if gap["verdict"] in (lessons.NARROWS, lessons.WIDENS) else lessons.UNCLEAR
    group, reference = step.gap
    name = f"{gap['title']}, {group.title()} less {reference}"
    words = {
        lessons.NARROWS: "the gap narrows",
        lessons.WIDENS: "the gap widens",
        "turns": "the gap turns to the other side",
        "too few": "too little happened in one of the groups to say anything",
        "same": "the same in every pair",
    }.get(gap["verdict"], f"cannot tell from {gap['pairs']} pairs")
    return {
        "sentence": f"{name}: {words} (change {gap['diff']}, 95 % interval {gap['span']}, {gap['unit']})",
        "answer": answer,
        "after": _after(step, answer, gap["verdict"]),
        "a": gap["a"],
        "b": gap["b"],
        "title": f"{name}, {gap['unit']}",
        "span": gap["span"],
        "percent": None,
        "values": gap["values"],
    }


def _after(step: lessons.Step, answer: str, verdict: str) -> str:
    """Return the text of an answer; of what is neither an answer nor unclear, a plain one."""
    return OTHERWISE.get(verdict) or step.after[answer]
