"""A search in words: its one sentence, and its table on a terminal."""

import textwrap
from typing import TYPE_CHECKING

from rich.console import Console
from rich.markup import escape

from ..compare_table import Row
from ..compare_text import ALWAYS, direction, told
from ..money_text import dollars
from ..show import number, plural, table, written
from . import space
from .front import Confirmed, Estimate, gains
from .objectives import Objective

if TYPE_CHECKING:
    from .study import Search

WIDTH = 100
NAN = float("nan")


def row_of(goal: Objective, each: Estimate) -> Row:
    """Return an estimate as a row of a comparison, which says how it is told."""
    kind = goal.kind if goal.kind in ("count", "stock", "share") else "level"
    known = dict(outcome=goal.id, title=goal.title, kind=kind, unit=goal.unit, better=goal.better, pairs=1,
                 mean_a=each.base, mean_b=each.base + each.diff, diff=each.diff, diff_low=each.low,
                 diff_high=each.high)  # fmt: skip
    return Row(**{name: known.get(name, NAN) for name in Row._fields})


def effect(goal: Objective, each: Estimate) -> str:
    """Return a difference with its interval: "−4.2 % (−5.3 to −3.1 %)"."""
    diff, span = parts(goal, each)
    return f"{diff} ({span})" if span else diff


def parts(goal: Objective, each: Estimate) -> tuple[str, str]:
    """Return a difference and its 95 % interval; the interval is empty where all pairs have the same."""
    if each.diff != each.diff:
        return "not a number here", ""
    money = goal.unit.startswith("dollars")
    diff, unit, span = told(row_of(goal, each))
    if span == ALWAYS:
        diff, span = f"{'+' * (each.diff > 0)}{dollars(each.diff)}" if money else diff, ""
    return (diff if money else f"{diff} {unit}"), span


def headline(found: "Search", one: Confirmed, interval: str = "95 % interval ") -> str:
    """Return what a mix does to the first gain: "5.1 % fewer expected overdose deaths (95 % interval −6 to −4 %)"."""
    place = gains(found.question.objectives)[0]
    goal, each = found.question.objectives[place], one.found[place]
    diff, span = parts(goal, each)
    title = f"{goal.title[:1].lower()}{goal.title[1:]}"
    said = f"{diff.lstrip('+−')} {direction(row_of(goal, each))} {title}"
    return f"{said} ({interval}{span})" if span else said


def best(found: "Search") -> Confirmed | None:
    """Return the mix on the front with the largest gain in the first objective that is no price, if any is clear."""
    first = gains(found.question.objectives)[0]
    goal = found.question.objectives[first]
    clear = [one for one in found.front if one.on_front and one.found[first].gain(goal)[1] > 0]
    return max(clear, key=lambda one: one.found[first].gain(goal)[0], default=None)


def message(found: "Search") -> str:
    """Return the one sentence."""
    question, most = found.question, best(found)
    base = question.base.name
    within = f"Within {dollars(question.space.budget, whole=True)} a year"
    if not found.front:
        return f"{within}: no mix looked better than {base}"
    if most is None:
        goal = question.objectives[gains(question.objectives)[0]]
        what = f"{goal.title[:1].lower()}{goal.title[1:]}"
        return f"{within}: {question.confirm} fresh pairs cannot tell any mix from {base} in {what}"
    said = f"{within}, {most.name} does most: {headline(found, most)}"
    like = next((one for one in found.front if one.name == most.like), None)
    if like is None:
        return f"{said}, for {dollars(most.price)}"
    return (
        f"{said}; the pairs cannot tell it from {like.name}, for {dollars(like.price)} instead of {dollars(most.price)}"
    )


def show(found: "Search", out: Console) -> None:
    """Print where the picture is, the sentence, the confirmed mixes, and what the search cannot say."""
    question = found.question
    out.print(str(found.folder / "pareto.png"), soft_wrap=True, highlight=False, markup=False)
    out.print()
    out.print(f"[bold]{escape(found.message)}[/]", width=WIDTH, highlight=False)
    simulated, whole = found.people
    _paragraph(
        f"{found.place}, {plural(question.base.years, 'year')} from the start of the policy, {simulated:,} people "
        f"simulated for {whole:,} residents. {len(found.tried)} mixes lived with {plural(len(question.seeds), 'pair')} "
        f"of runs each; those that looked best, {len(found.front)}, lived again with {question.confirm} fresh pairs: "
        f"these are the numbers below, differences to {question.base.name} with 95 % intervals.",
        out,
    )
    if found.front or found.references:
        out.print()
        _table(found, out)
    for text in (*_buys(found), *notes(found)):
        out.print()
        _paragraph(text, out)
    out.print()
    _paragraph(
        "Intervals are chance alone; what is not known about the model's numbers comes on top, and could change which "
        "mix is best. One interval in twenty misses.",
        out,
        "italic",
    )
    written(found.folder, out, *(["mix-N.yaml"] * bool(found.front)))


def _table(found: "Search", out: Console) -> None:
    goals = found.question.objectives
    heads = [textwrap.fill(f"{goal.title} a year" if goal.kind == "count" else goal.title, 18) for goal in goals]
    columns = (
        "",
        "planned\nprice",
        *(name for i, head in enumerate(heads) for name in (head, "95 %" + " " * i)),
        "said",
    )
    listed = table(*columns, right=columns[1:-1], whole=columns[:-1])
    listed.columns[-1].header = ""
    for one in (*found.front, *found.references):
        if one in found.references[:1]:
            listed.add_section()
        told = [part.replace(" million", " M") for pair in zip(goals, one.found, strict=True) for part in parts(*pair)]
        listed.add_row(
            escape(one.name), dollars(one.price).replace(" million", " M"), *told, escape(verdict(found, one))
        )
    out.print(listed, highlight=False)


def verdict(found: "Search", one: Confirmed) -> str:
    """Return what is to be said of a mix beside its numbers, in as few words as a table has room for."""
    if not one.number:
        return "over budget" if one.price > found.question.space.budget else ""
    said = [f"off: {one.beaten_by.removeprefix('the ')}"] if one.beaten_by else []
    if not one.clear:
        said.append("like base")
    elif one.like:
        said.append(f"like {one.like}")
    return ", ".join(said)


def _buys(found: "Search") -> list[str]:
    most = best(found)
    if most is None:
        return []
    levers = found.question.space.levers
    told = [f"{label(path)} {number(value)}" for path, value in space.bought(levers, most.mix).items()]
    return [f"{most.name} buys: {', '.join(told)}. The figure shows what each mix buys."]


def notes(found: "Search") -> list[str]:
    """Return what a reader must know of this search."""
    said, question = [], found.question
    if any("like" in verdict(found, one) for one in found.front):
        said.append(
            f"Like base: {question.confirm} fresh pairs cannot tell the mix from {question.base.name} in what the "
            "money is for. Like another mix: they cannot tell it from that one, the cheapest such on the front."
        )
    if fallen := [one.name for one in found.front if one.beaten_by]:
        said.append(
            f"Off the front on fresh seeds: {', '.join(fallen)}; the one named beside it costs no more and does no "
            "less. Chance had made it look better."
        )
    if more := flattery(found):
        said.append(
            f"Of all of them together the search had seen {100 * more:.0f} % more gain than fresh pairs confirm."
        )
    if over := [one.name for one in found.front if _overspent(found, one)]:
        said.append(
            f"Within the budget as planned, over it as billed in the runs: {', '.join(over)}. Some measures are "
            "planned from what usually happens and billed from what did."
        )
    free = [f"{label(lever.path)} ({lever.free})" for lever in question.space.levers if lever.free]
    if free:
        said.append(
            f"Without a price in the model, so that any amount fits every budget: {'; '.join(free)}. What they gain "
            "is not bought."
        )
    if question.references:
        beyond = sorted(set(_beyond(found)))
        if beyond:
            shown = ", ".join(map(label, beyond[:4])) + (f" and {len(beyond) - 4} more" if len(beyond) > 4 else "")
            said.append(f"The policies for reference set levers too that the search could not: {shown}.")
    return said


def flattery(found: "Search") -> float:
    """Return how much more gain the search saw than fresh pairs, as a share of theirs; 0 where it saw no more."""
    place = gains(found.question.objectives)[0]
    goal = found.question.objectives[place]
    seen = sum(-goal.sign * one.searched[place] for one in found.front)
    fresh = sum(one.found[place].gain(goal)[0] for one in found.front)
    return max(seen / fresh - 1, 0.0) if fresh > 0 else 0.0


def _overspent(found: "Search", one: Confirmed) -> bool:
    goals = found.question.objectives
    bill = [each for goal, each in zip(goals, one.found, strict=True) if goal.id == "cost_programme"]
    return any(each.low > found.question.space.budget for each in bill)


def _beyond(found: "Search") -> list[str]:
    from ..differences import differences

    searched = set(found.question.space.paths)
    return [
        d.path for one in found.references for d in differences(one.scenario, found.question.base)
        if d.path not in searched
    ]  # fmt: skip


def label(path: str) -> str:
    """Return a lever as a reader says it."""
    section, _, name = path.partition(".")
    said = name.replace("_", " ").replace("per 100k", "per 100,000")
    return f"{section} {said}" if section in ("family", "trauma_training") else said


def _paragraph(text: str, out: Console, style: str | None = None) -> None:
    out.print(textwrap.fill(text, WIDTH), style=style, highlight=False, markup=False)
