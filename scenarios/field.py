"""How one field of a scenario is declared: default, unit, bounds and meaning from its row of evidence."""

from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field
from pydantic.fields import FieldInfo

from .evidence import evidence, value_of

# Hard bounds by unit: outside them a number has no meaning, or is surely in another unit.
BOUNDS = {
    "days": (0, 36525),
    "hours": (0, 8760),
    "kits per year": (0, 10_000_000),
    "logits": (-10, 10),
    "minutes": (0, 1440),
    "months": (0, 1200),
    "odds ratio": (0, 100),
    "people": (0, 1_000_000),
    "per 1,000 per year": (0, 1000),
    "per 1,000 residents": (0, 1000),
    "per 100,000": (0, 100_000),
    "participants": (1, 1000),
    "per 1,000 residents per month": (0, 100),
    "per day": (0, 1000),
    "per year": (0, 100),
    "points": (0, 100),
    "probability": (0, 1),
    "proportion": (0, 1),
    "rate ratio": (0, 100),
    "ratio": (0, 100),
    "share": (0, 1),
    "standard deviations": (0, 10),
    "visits": (0, 100),
    "SMD": (-3, 0),
    "standardised mean difference": (-3, 3),
    "Cohen d": (-3, 3),
    "hazard ratio": (0, 100),
    "risk ratio": (0, 100),
    "stress units": (0, 10),
    "calls": (0, 1000),
    "adversity": (0, 10),
    "correlation": (-0.99, 0.99),
    "per officer-year": (0, 365),
    "relative change": (-1, 1),
    "years": (0, 100),
    "QALYs": (0, 100),
    "utility": (0, 1),
    "utility decrement": (0, 1),
}
MONEY = (0, 1_000_000_000)  # bounds of every unit that begins with USD, whatever it is paid for
# Rows in a unit that scenarios do not use: the scenario's unit, and what to divide the row by.
UNITS = {
    "per 100 person-years": ("per year", 100),
    "probability per year": ("per year", 1),
    "ratio vector": ("ratio", 1),
    "utility 0-1": ("utility", 1),
}


class Section(BaseModel):
    """A frozen group of fields that refuses unknown names, text for numbers, and infinities."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, allow_inf_nan=False, validate_default=True)

    def _must_add_up(self, *names: str) -> None:
        total = sum(getattr(self, name) for name in names)
        if abs(total - 1) > 1e-6:
            raise ValueError(f"{', '.join(names[:-1])} and {names[-1]} must add up to 1 (they give {total:g})")


def number(row: str, kind: str = "parameter", **bounds: float) -> Any:
    """Declare a field by its row of evidence; `ge`, `gt`, `le`, `lt` replace the bounds of the unit."""
    facts = evidence(row)
    unit, divisor = UNITS.get(facts.unit, (facts.unit, 1))
    money = unit.startswith("USD")
    if facts.series is None and (unit in BOUNDS or money):
        low, high = MONEY if money else BOUNDS[unit]
        bounds = ({} if "gt" in bounds else {"ge": low}) | ({} if "lt" in bounds else {"le": high}) | bounds
    elif facts.series is None and unit != "yes or no":
        raise ValueError(f"{row}: no bounds are known for the unit {unit!r}")
    return Field(
        default_factory=lambda: _value(row, divisor),
        description=facts.meaning,
        json_schema_extra={
            "default": _value(row, divisor),
            "unit": unit,
            "evidence": row,
            "quality": facts.quality,
            "kind": kind,
        }
        | ({} if facts.low is None or facts.series else {"usual": [facts.low / divisor, facts.high / divisor]}),
        **bounds,
    )


def lever(row: str, **bounds: float) -> Any:
    """Declare a field that a policy may set, also on a date."""
    return number(row, "lever", **bounds)


def setting(default: Any, meaning: str, **bounds: float) -> Any:
    """Declare a field that says what is run; no evidence stands behind it."""
    return Field(default, description=meaning, json_schema_extra={"kind": "setting"}, **bounds)


def _value(row: str, divisor: float) -> Any:
    value = value_of(row)
    return value if divisor == 1 else value / divisor


def row_of(low: float, high: float, length: int | None = None) -> Any:
    """Return the type of a list of numbers, of a given length if any."""
    one = Annotated[float, Field(strict=True, ge=low, le=high)]
    return Annotated[tuple[one, ...], Field(strict=False, min_length=length, max_length=length)]


def limits(info: FieldInfo) -> dict[str, float]:
    """Return the hard bounds of a field by `ge`, `gt`, `le`, `lt`."""
    names = ("ge", "gt", "le", "lt")
    return {name: getattr(bound, name) for bound in info.metadata for name in names if hasattr(bound, name)}
