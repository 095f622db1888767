"""Do policies reinforce one another? Every combination of two to four, by the same people with the same luck."""

from collections.abc import AsyncIterator, Callable
from typing import Any, NamedTuple

from ..experiments import chance, compare_table
from ..experiments.factorial import AREAS, Factorial, cells_of
from ..experiments.show import number
from ..model.budget import within_budget
from ..scenarios.errors import InputError
from . import choices
from .reckoning import reckon

OUTCOMES = {  # outcome: its short name
    "expected_deaths": "Expected deaths",
    "entries": "Treatment entries",
    "on_medication": "On medication",
    "arrests": "Arrests",
    "officers_exhausted": "Officers exhausted",
    "children_exposed": "Children exposed",
}
MOST_FACTORS = len(AREAS)
MOST_RESIDENTS, MOST_SEEDS, MOST_YEARS = 10_000, 20, 5


class Combined(NamedTuple):
    """Which policies are combined, on top of which, where and how often."""

    base: str
    factors: tuple[str, ...]
    settings: dict[str, Any]
    seeds: list[int]


def read(told: Any) -> Combined:
    """Return what was asked, checked. Raises InputError."""
    if not isinstance(told, dict) or not isinstance(told.get("factors"), list):
        raise InputError("factors: a list of policies is needed")
    if not 2 <= len(told["factors"]) <= MOST_FACTORS:
        raise InputError(f"factors: from 2 to {MOST_FACTORS} are needed")
    seed = choices.whole(told.get("seed", 0), "seed", 0, choices.LARGEST_SEED)
    asked = Combined(
        base=choices.policy_name(told.get("base")),
        factors=tuple(choices.policy_name(name) for name in told["factors"]),
        settings={
            "place": choices.place_code(told.get("place")),
            "years": choices.whole(told.get("years", 2), "years", 1, MOST_YEARS),
            "residents": choices.whole(told.get("residents", 5000), "residents", 500, MOST_RESIDENTS),
        },
        seeds=list(range(seed, seed + choices.whole(told.get("pairs", 5), "pairs", 5, MOST_SEEDS))),
    )
    cells(asked)
    return asked


def cells(asked: Combined) -> list:
    """Return the scenario of every combination. Raises InputError where two of them disagree about a lever."""
    return [within_budget(cell) for cell in cells_of(asked.base, asked.factors, **asked.settings)]


def steps(told: Any) -> Callable[[Any], AsyncIterator]:
    """Return the steps of a job: seed after seed, and what they say together. Raises InputError."""
    asked = read(told)

    async def follow(job):
        runs: dict[int, list] = {}
        yield "start", {"cells": 2 ** len(asked.factors), "seeds": len(asked.seeds), "factors": list(asked.factors)}
        for seed in asked.seeds:
            job.submit("cells", {"asked": asked, "seed": seed})
        while len(runs) < len(asked.seeds):
            _, value = await job.next()
            runs[value["seed"]] = value["runs"]
            ordered = [runs[seed] for seed in sorted(runs)]
            yield "together", await reckon(summary, asked.factors, ordered)
        yield "finished", {}

    return follow


def summary(factors: tuple[str, ...], runs: list[list]) -> dict[str, Any]:
    """Return each outcome's terms with their intervals, and a sentence; runs[seed][cell]."""
    from ..model.outcomes import outcome

    result = Factorial(factors, runs)
    early = len(runs) < compare_table.FEWEST
    told = []
    for id, short in OUTCOMES.items():
        known, terms = outcome(id), result.terms(id)
        names = [*(f"alone: {name}" for name in factors), "sum of alone: all", "together: all", "reinforcement: all"]
        titles = [
            *(f"{_words(name)} alone" for name in factors),
            "sum of each alone",
            "together",
            "together less the sum",
        ]
        base = chance.spread(result.values(id)[:, 0])
        rows = []
        for name, title in zip(names, titles, strict=True):
            mean, (low, high) = float(terms[name].mean()), compare_table.interval(terms[name])
            rows.append({"title": title, "values": [_plain(x) for x in (mean, low, high)], "said": _signed(mean)})
        told.append(
            {
                "id": id,
                "title": known.title,
                "short": short,
                "unit": f"{known.unit} a year" if known.kind == "count" else known.unit,
                "base": number(base.mean),
                "base_span": "" if early else f"{number(base.low)} to {number(base.high)}",
                "rows": rows,
                "sentence": _sentence(known.title, rows[-2]["values"], rows[-1]["values"]),
            }
        )
    return {"seeds": len(runs), "early": early, "outcomes": told}


def _sentence(title: str, together: list, less: list) -> str:
    """Say whether all together do more or less than the sum, or that these runs cannot tell."""
    if less[1] is None:
        return "Too early to tell: at least five seeds are needed."
    if less[1] == less[2] == 0:
        return f"{title}: together exactly what each does alone, added up."
    if not (less[1] > 0 or less[2] < 0):
        return f"{title}: these runs cannot tell what they do together from what each does alone, added up."
    more = (less[0] > 0) == (together[0] > 0)
    return f"{title}: together they do {'more' if more else 'less'} than what each does alone, added up."


def _words(name: str) -> str:
    return name.replace("_", " ")


def _signed(value: float) -> str:
    return f"{'+' if value > 0 else ''}{number(value)}".replace("-", "−")


def _plain(value: float) -> float | None:
    return float(f"{value:.6g}") if value == value else None
