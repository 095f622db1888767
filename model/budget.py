"""What the levers of a policy cost in a year beyond the status quo, and a budget that binds.

What is paid for and at what price stands in measures.py.
"""

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from ..scenarios.errors import InputError
from ..scenarios.evidence import evidence
from ..scenarios.schema import fields
from ..scenarios.sections import PRICE_YEARS, PricesSection
from . import needs
from .measures import FROM_NOTHING, MEASURES, Measure
from .needs import here_of

if TYPE_CHECKING:
    from ..scenarios.schema import Scenario

STEPS = 60  # halvings of the factor that makes a policy fit
SHOWN = 3  # largest items a refusal names


def currency_year(name: str) -> int:
    """Return the year of the dollars of a price, from its row."""
    row = PricesSection.model_fields[name].json_schema_extra["evidence"]
    year = evidence(row).currency_year
    assert year, f"{row} has no currency_year"
    return year


def price_of(scenario: "Scenario", names: tuple[str, ...]) -> float:
    """Return what one unit costs, in dollars of the scenario's price year: the sum of fields of `prices`."""
    prices = scenario.prices
    index = dict(zip(PRICE_YEARS, prices.price_index, strict=True))
    return sum(getattr(prices, name) * index[prices.price_year] / index[currency_year(name)] for name in names)


class Priced(NamedTuple):
    """A measure of a policy, over the status quo."""

    measure: Measure
    units: float  # a year
    price: float  # dollars of the price year
    dollars: float  # a year


def yearly(scenario: "Scenario", day: int = 0) -> list[Priced]:
    """Return what the levers in force on a day cost in a year over the status quo, in the whole place, dearest first.

    Measures that cost the same as under the status quo are left out.
    """
    policy, usual, here = scenario.on(day), scenario.on(-1), here_of(scenario)
    found = []
    for measure in MEASURES:
        units = measure.units(policy, here) - measure.units(usual, here)
        if units:
            price = price_of(scenario, measure.price)
            found.append(Priced(measure, units, price, units * price))
    return sorted(found, key=lambda one: -one.dollars)


def dearest(scenario: "Scenario") -> tuple[float, list[Priced]]:
    """Return the dollars and measures of the dearest set of levers that is ever in force."""
    days = {0, *(change.day for change in scenario.changes)}
    sets = [yearly(scenario, day) for day in sorted(days)]
    totals = [sum(one.dollars for one in told) for told in sets]
    most = int(np.argmax(totals))
    return totals[most], sets[most]


def within_budget(scenario: "Scenario") -> "Scenario":
    """Return a scenario whose levers cost no more than its budget in any year: itself, or with its levers scaled.

    Scaling moves every lever in `scaled` of a measure from where the policy puts it toward the status quo, all by one
    factor, dated changes too; levers that are on or off stay. The factor is told in the description. Raises InputError
    when the policy is over its budget and is to be refused, or cannot be scaled to fit.
    """
    limit = scenario.budget.dollars_per_year
    if limit is None:
        return scenario
    total, told = dearest(scenario)
    if total <= limit:
        return scenario
    if scenario.budget.over == "refuse":
        factor = _factor(scenario, limit)
        cure = (
            f"{factor:.2f} of its scaled levers would fit (budget.over=scale does that)"
            if factor
            else "no part of it fits"
        )
        raise InputError(
            f"budget.dollars_per_year: {scenario.name} costs ${total:,.0f} a year over the status quo, the budget is "
            f"${limit:,.0f}; most for {_largest(told)}; {cure}"
        )
    factor = _factor(scenario, limit)
    if factor is None:
        fixed = dearest(_scaled(scenario, 0.0))
        raise InputError(
            f"budget.dollars_per_year: {scenario.name} cannot be scaled to ${limit:,.0f} a year: what is on or off "
            f"costs ${fixed[0]:,.0f} ({_largest(fixed[1])})"
        )
    said = f"Its levers are scaled to {factor:.3g} of the way from the status quo to fit ${limit:,.0f} a year."
    fitted = _scaled(scenario, factor)
    return fitted.model_copy(update={"description": f"{scenario.description} {said}".strip()})


def _largest(told: list[Priced]) -> str:
    return ", ".join(f"{one.measure.title.lower()} (${one.dollars:,.0f})" for one in told[:SHOWN])


def _factor(scenario: "Scenario", limit: float) -> float | None:
    """Return the largest factor by bisection at which the policy fits; None where not even 0 does."""
    low, high = 0.0, 1.0
    if dearest(_scaled(scenario, low))[0] > limit:
        return None
    for _ in range(STEPS):
        middle = (low + high) / 2
        low, high = (middle, high) if dearest(_scaled(scenario, middle))[0] <= limit else (low, middle)
    return low


def _scaled(scenario: "Scenario", factor: float) -> "Scenario":
    """Return the scenario with the levers that a budget moves at `factor` of the way from the status quo."""
    here, usual = here_of(scenario), {spec.path: spec.default for spec in fields() if spec.kind == "lever"}

    def moved(path: str, value):
        base = 0.0 if path in FROM_NOTHING else usual[path]
        if path == "harm_reduction.kits_per_year":
            if value is None:
                return None
            base = needs.kits(scenario.on(-1), here)
            return int(base + factor * (value - base))
        return base + factor * (value - base)

    movable = {path for measure in MEASURES for path in measure.scaled}
    sections: dict[str, dict] = {}
    for path in movable:
        section, name = path.split(".")
        value = getattr(getattr(scenario, section), name)
        sections.setdefault(section, {})[name] = moved(path, value)
    update = {section: getattr(scenario, section).model_copy(update=told) for section, told in sections.items()}
    changes = []
    for change in scenario.changes:
        told = {path: moved(path, value) if path in movable else value for path, value in change.set.items()}
        changes.append(type(change).model_validate({"day": change.day, "set": told}))
    return scenario.model_copy(update=update | {"changes": tuple(changes)})
