"""A study on a terminal: where the pictures are, the table, the decision, what is worth measuring, what is left out."""

import textwrap
from typing import TYPE_CHECKING

import numpy as np
from rich.console import Console
from rich.markup import escape

from ..money_text import dollars
from ..show import number, plural, table, written
from .words import BASIS, LIMITS, central, in_dollars, percent, scale, told

if TYPE_CHECKING:
    from pathlib import Path

    from .study import Uncertainty
    from .table import Row

SHOWN = (
    "expected_deaths",
    "overdoses",
    "entries",
    "on_medication",
    "arrests",
    "jail_days",
    "children_removed",
    "officers_exhausted",
    "cost_all",
    "qalys",
)
WIDTH = 110
TEN = 10
FEW = 100  # draws, below which the ends of an interval are rough
ONE_SEED = "With one seed a draw, chance and ignorance cannot be told apart: --seeds 2 does that."


def show(study: "Uncertainty", folder: "Path", out: Console) -> None:
    """Print where the pictures are, the sentence, the table, the decision, and what all this leaves out."""
    a, b = study.labels
    for name in ("fan.png", "plane.png", "acceptability.png"):
        out.print(str(folder / name), soft_wrap=True, highlight=False, markup=False)
    out.print()
    out.print(f"[bold]{escape(study.message)}[/]", width=WIDTH, highlight=False)
    _say(f"B = {b} against A = {a}: {study.place}, {plural(study.years, 'year')}; {_drawn(study)}", out)
    out.print()
    out.print(_table(study), highlight=False)
    _say(
        "Chance: its part in the variance between draws; the rest is ignorance. Central: every number at its value. In "
        "brackets: Monte Carlo error (95 %).",
        out,
    )
    out.print()
    for line in (level(study), *_notes(study)):
        _say(line, out)
    out.print()
    _decision(study, out)
    out.print()
    _worth(study, out)
    out.print()
    _say(LIMITS, out, "italic")
    written(folder, out)


def level(study: "Uncertainty") -> str:
    """Return how the draws' own level of deaths lies beside the published one."""
    rate, basis = study.published
    found = study.draws.level
    low, middle, high = np.quantile(found, (0.025, 0.5, 0.975))
    central = f", {number(float(study.central.level.mean()))} with every number at its value" if study.central else ""
    near = float(np.mean((found >= rate / 2) & (found <= 2 * rate)))
    said = (
        f"Level of deaths: {number(low)} to {number(high)} expected overdose deaths per 100,000 residents in the year "
        f"before the policy (95 % of draws; middle {number(middle)}{central}). {number(rate)} a year are "
        f"{BASIS.get(basis, 'estimated')} (2018-2022), but of all drugs. In {percent(near, len(found))} of 100 draws "
        "it is from half to twice that."
    )
    if study.kept:
        low, high = study.kept
        said += (
            f" Kept: {len(found):,} of {study.of:,} draws with {low:g} to {high:g} times the published rate; "
            f"{study.of - len(found):,} dropped."
        )
    return said


def _drawn(study: "Uncertainty") -> str:
    draws = study.draws
    kept = f" of {study.of:,}" if study.kept else ""
    failed = f" {plural(study.failed, 'run')} could not be lived: see `deflect sweep status`." if study.failed else ""
    return (
        f"{len(draws):,}{kept} draws of {plural(len(study.asked.drawn), 'uncertain number')}, "
        f"{plural(study.seeds, 'pair')} of runs at each; {draws.residents:,} people simulated for "
        f"{draws.population:,} residents.{failed}"
    )


def _table(study: "Uncertainty"):
    heads = ("", "B - A", "95 % of draws", "chance", "central", "B better")
    listed = table(*heads, right=heads[1:], whole=heads)
    known = {row.outcome: row for row in study.rows}
    for name in dict.fromkeys((study.asked.outcome, *SHOWN)):
        row, unit = _in_words(known[name])
        title = textwrap.shorten(row.title, 42, placeholder=" …") + unit
        if not row.draws or row.verdict == "the same":
            listed.add_row(escape(title), "the same" if row.draws else "nothing", *[""] * 4)
            continue
        chance = "-" if row.chance_share != row.chance_share else f"{100 * row.chance_share:.0f} %"
        listed.add_row(escape(title), *told(row), chance, central(row), _how_often(row))
    return listed


def _in_words(row: "Row") -> tuple["Row", str]:
    """Return a row whose money is in an amount one can read, and the unit that is said beside its title."""
    if row.kind != "total":
        return row, ""
    if not in_dollars(row):
        return row, ", QALYs"
    size, word = scale((row.diff_low, row.diff_high))
    ends = ("diff", "diff_low", "diff_high", "central", "central_low", "central_high")
    return row._replace(unit=word, **{name: getattr(row, name) / size for name in ends}), f", {word}"


def _how_often(row: "Row") -> str:
    if row.p_better != row.p_better:
        return f"more: {percent(row.p_more, row.draws)} %"
    low, high = (percent(end, row.draws) for end in (row.p_better_low, row.p_better_high))
    return f"{percent(row.p_better, row.draws)} % ({low}-{high})"


def _notes(study: "Uncertainty") -> list[str]:
    said = [ONE_SEED] * (study.seeds == 1)
    if len(study.draws) < FEW:
        said.append(f"{len(study.draws)} draws: the ends of the intervals are rough; a hundred and more are better.")
    return said


def _decision(study: "Uncertainty", out: Console) -> None:
    from .money_figures import message, net_benefit

    decision = study.decision
    out.print(f"[bold]{escape(message(study))}[/]", width=WIDTH, highlight=False)
    _say(f"For all payers together, {net_benefit(study)}.", out)
    least, most = decision.perfect_bounds
    found = decision.perfect
    if most == 0:
        _say("Nothing is worth knowing for this choice: in no draw would the other one be better.", out)
        return
    span = f"at least {dollars(least)}, at most {dollars(most)}" if least == least else "chance counted in"
    people = f"{dollars(found.value / study.draws.population * 1e5)} per 100,000 residents"
    qalys = f"{number(found.value / decision.willing)} QALYs, " if decision.willing else ""
    _say(
        f"To know everything before choosing would be worth {dollars(found.value)} (standard error "
        f"{dollars(found.error)}; {span}): {qalys}{people}, for this choice in this place over "
        f"{plural(study.years, 'year')}.",
        out,
    )


def _worth(study: "Uncertainty", out: Console) -> None:
    numbers = study.value[study.value.kind == "number"]
    valued = bool((numbers.value > numbers.best_by_chance).any())
    if not valued:
        numbers = numbers.sort_values(["variance_share", "name"], ascending=[False, True], kind="stable")
        _say("Of no single number can these draws show what it is worth: told by how much goes with it instead.", out)
    size, word = scale(numbers.value)
    worth = f"worth, {word}"
    heads = ("most worth measuring" if valued else "goes most with net benefit", worth, "foretells", "clear",
             "value (range)", "evidence")  # fmt: skip
    listed = table(*heads, right=(worth, "foretells"), whole=heads[1:])
    for row in numbers.head(TEN).itertuples():
        listed.add_row(
            row.name,
            f"{number(row.value / size)} ± {number(row.error / size)}",
            f"{100 * row.variance_share:.0f} %",
            clear(row, valued),
            f"{number(row.central)} ({number(row.low)} to {number(row.high)})".replace("-", "−"),
            row.quality,
        )
    first = numbers.iloc[0]
    one, best = (
        (dollars(first.by_chance), dollars(first.best_by_chance))
        if valued
        else (f"{100 * first.variance_by_chance:.1f} %", f"{100 * first.best_variance_by_chance:.1f} %")
    )
    what = "be worth" if valued else "foretell"
    out.print(listed, highlight=False)
    _say(
        "Worth: the most that perfect knowledge of one number is worth to this choice, ± standard error. Foretells: "
        "the share of the net benefit's variance that goes with it. By chance an irrelevant number would seem to "
        f"{what} up to {one} (95 of 100), the best of {len(numbers)} irrelevant ones up to {best}: clear is what is "
        "above the "
        "second, perhaps what is above the first. Evidence: A strong and direct, B reasonable, C weak or judgement.",
        out,
    )


def clear(row, valued: bool) -> str:
    """Say whether what a number is worth, or else foretells, is beyond what irrelevant numbers show by chance."""
    found, one, best = (
        (row.value, row.by_chance, row.best_by_chance)
        if valued
        else (row.variance_share, row.variance_by_chance, row.best_variance_by_chance)
    )
    return "yes" if found > best else "perhaps" if found > one else "no"


def _say(text: str, out: Console, style: str | None = None) -> None:
    out.print(textwrap.fill(text, WIDTH), style=style, highlight=False, markup=False)
