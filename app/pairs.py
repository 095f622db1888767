"""One pair of runs, month by month: both policies from one past, told as they are lived."""

import copy
import math
from dataclasses import replace
from typing import TYPE_CHECKING

from ..experiments.run import Run, live_until, policy_days, told
from ..model.calendar import MONTH_DAYS
from ..model.outcomes import _BY_ID, _value
from ..model.world import START_DAY

if TYPE_CHECKING:
    from ..model.world import World
    from ..scenarios.schema import Scenario
    from .worker import Teller

CURVES = (  # outcomes drawn over time
    "expected_deaths",
    "deaths",
    "on_medication",
    "arrests",
    "jail_days",
    "overdoses",
    "waiting",
    "children_exposed",
    "officers_exhausted",
)


def pair(scenarios: tuple["Scenario", "Scenario"], seed: int, told_live: bool, teller: "Teller") -> tuple[Run, Run]:
    """Return the runs of both policies with one seed, each the same bytes as `run` gives.

    told_live: say each month of both, as soon as it is lived. What the page does not need is left out of the runs.
    """
    from ..model.build import build

    world = build(scenarios[0], seed)
    for first, after in _month_spans(START_DAY, 0):
        live_until(world, after)
        _say(teller, told_live, (world, world), first, after)
    worlds = copy.deepcopy(world), world
    for world, scenario in zip(worlds, scenarios, strict=True):
        world.scenario = scenario
    for first, after in _month_spans(0, policy_days(scenarios[0])):
        for world in worlds:
            live_until(world, after)
        _say(teller, told_live, worlds, first, after)
    return told(worlds[0]), told(worlds[1])


def monthly_curves(run: Run) -> dict[str, list[float | None]]:
    """Return the curves of a run by month of the whole place, the burn-in first; None for a share of nothing."""
    return {id: [_finite(_scaled(id, value, run.scale)) for value in run.monthly[id].tolist()] for id in CURVES}


def slim(run: Run) -> Run:
    """Return a run without what only its curves need."""
    return replace(run, monthly={}, cascade=None)


def _month_spans(start: int, end: int) -> list[tuple[int, int]]:
    """Return (first day, day after the last) of each month between two days; the last one may be cut short."""
    months = range(math.floor(start / MONTH_DAYS), math.ceil(end / MONTH_DAYS))
    days = [start, *(day for month in months if start < (day := math.ceil(month * MONTH_DAYS)) < end), end]
    return list(zip(days, days[1:], strict=False))


def _say(teller: "Teller", told_live: bool, worlds: tuple["World", "World"], first: int, after: int) -> None:
    """Tell the curves of both worlds over the months that a span of days begins and ends with."""
    if not told_live:
        teller.check()
        return
    start, end = math.floor(first / MONTH_DAYS), math.floor((after - 1) / MONTH_DAYS)
    teller.say("months", {"first": start, "a": _curves(worlds[0], start, end), "b": _curves(worlds[1], start, end)})


def _curves(world: "World", first: int, last: int) -> dict[str, list[float | None]]:
    scale = world.place_population / world.starting_people
    parts = []
    for month in range(first, last + 1):
        start, end = math.ceil(month * MONTH_DAYS) - START_DAY, math.ceil((month + 1) * MONTH_DAYS) - START_DAY
        parts.append(world.census[max(0, start) : end])
    return {id: [_finite(_scaled(id, _value(_BY_ID[id], part), scale)) for part in parts] for id in CURVES}


def _scaled(id: str, value: float, scale: float) -> float:
    return value if _BY_ID[id].outcome.kind == "share" else value * scale


def _finite(value: float) -> float | None:
    return float(f"{value:.6g}") if math.isfinite(value) else None
