"""A scenario: one place, one policy and every number the model reads, checked; its hash; its levers on a day.

The numbers themselves are in sections.py.
"""

import hashlib
import json
import re
from collections.abc import Iterator
from functools import cache
from typing import Annotated, Any, Literal, NamedTuple

from pydantic import (
    BeforeValidator,
    ConfigDict,
    Field,
    PlainValidator,
    WithJsonSchema,
    create_model,
    field_validator,
    model_serializer,
    model_validator,
)
from pydantic.fields import FieldInfo

from .evidence import registry_digest
from .field import Section, limits, setting
from .sections import (
    SECTIONS,
    BudgetSection,
    CustodySection,
    DeflectionSection,
    DemographySection,
    DrugUseSection,
    EngagementSection,
    FamilySection,
    HarmReductionSection,
    OfficerWellnessSection,
    OverdoseSection,
    PolicingSection,
    PopulationSection,
    PricesSection,
    Switch,
    SwitchesSection,
    TraumaTrainingSection,
    TreatmentSection,
    TrustSection,
)

Fips = Annotated[
    str,
    # A FIPS code written as a number has lost its leading zero.
    BeforeValidator(lambda place: f"{place:05d}" if type(place) is int and 0 <= place < 100_000 else place),
    WithJsonSchema({"type": ["string", "integer"]}),
]
DAYS = {"day": 1, "week": 7, "month": 365.25 / 12, "year": 365.25}


def _days(day: Any) -> Any:
    """Turn "18 months" into a day number; anything else is left for the bounds to judge."""
    offset = re.fullmatch(r"(\d{1,6}) *(day|week|month|year)s?", day.strip()) if isinstance(day, str) else None
    return round(int(offset[1]) * DAYS[offset[2]]) if offset else day


Day = Annotated[
    int,
    BeforeValidator(_days),
    WithJsonSchema(
        {"anyOf": [{"type": "integer", "minimum": 0}, {"type": "string", "pattern": "^\\d+ *(day|week|month|year)s?$"}]}
    ),
]


def _field_infos() -> Iterator[tuple[str, FieldInfo]]:
    for section, model in SECTIONS.items():
        for name, info in model.model_fields.items():
            yield f"{section}.{name}", info


class _Levers(Section):
    """Values of levers by their dotted names."""

    model_config = ConfigDict(validate_default=False)

    def items(self) -> Iterator[tuple[str, Any]]:
        """Yield (dotted name, value) of the levers that are set, in the order of the schema."""
        for name, info in type(self).model_fields.items():
            if name in self.model_fields_set:
                yield info.alias, getattr(self, name)

    @model_validator(mode="after")
    def _something(self):
        if not self.model_fields_set:
            raise ValueError("no lever is set, such as treatment.intake_days: 3")
        return self

    @model_serializer
    def _as_mapping(self) -> dict[str, Any]:
        return dict(self.items())


def _lever_field(path: str, info: FieldInfo) -> tuple[Any, FieldInfo]:
    return info.annotation, Field(None, alias=path, description=info.description, **limits(info))


Levers = create_model(
    "Levers",
    __base__=_Levers,
    __module__=__name__,
    **{
        path.replace(".", "__"): _lever_field(path, info)
        for path, info in _field_infos()
        if info.json_schema_extra["kind"] == "lever"
    },
)


class Change(Section):
    """Levers that change on a day after the start."""

    day: Day = Field(ge=0, description='Day of the change: a number, or a time such as "18 months"')
    set: Levers = Field(description="New values by the dotted names of levers")


MOST_RESIDENTS = 20_000_000


def _residents(told: Any) -> int | str | None:
    if told in (None, "whole") or type(told) is int and 1 <= told <= MOST_RESIDENTS:
        return told
    raise ValueError(f"should be a whole number from 1 to {MOST_RESIDENTS:,}, or `whole` (got {repr(told)[:40]})")


Residents = Annotated[
    int | Literal["whole"] | None,
    PlainValidator(_residents),
    WithJsonSchema(
        {"anyOf": [{"type": "integer", "minimum": 1, "maximum": MOST_RESIDENTS}, {"enum": ["whole", None]}]}
    ),
]


class Scenario(Section):
    """One place, one policy, every number the model reads."""

    name: str = setting("scenario", "What the scenario is called in results")
    description: str = setting("", "One or two sentences for readers")
    place: Fips = setting("54011", "County: FIPS code, `Cabell, WV`, or the path of a place file")
    residents: Residents = setting(
        None, "Residents simulated; null is everybody in places up to 200,000, `whole` is everybody in any place"
    )
    years: int = setting(5, "Years simulated from the policy start", ge=1, le=50)
    population: PopulationSection = Field(default_factory=PopulationSection)
    demography: DemographySection = Field(default_factory=DemographySection)
    drug_use: DrugUseSection = Field(default_factory=DrugUseSection)
    overdose: OverdoseSection = Field(default_factory=OverdoseSection)
    treatment: TreatmentSection = Field(default_factory=TreatmentSection)
    harm_reduction: HarmReductionSection = Field(default_factory=HarmReductionSection)
    policing: PolicingSection = Field(default_factory=PolicingSection)
    custody: CustodySection = Field(default_factory=CustodySection)
    deflection: DeflectionSection = Field(default_factory=DeflectionSection)
    engagement: EngagementSection = Field(default_factory=EngagementSection)
    trust: TrustSection = Field(default_factory=TrustSection)
    officer_wellness: OfficerWellnessSection = Field(default_factory=OfficerWellnessSection)
    trauma_training: TraumaTrainingSection = Field(default_factory=TraumaTrainingSection)
    family: FamilySection = Field(default_factory=FamilySection)
    switches: SwitchesSection = Field(default_factory=SwitchesSection)
    prices: PricesSection = Field(default_factory=PricesSection)
    budget: BudgetSection = Field(default_factory=BudgetSection)
    changes: Annotated[tuple[Change, ...], Field(strict=False)] = Field((), description="Levers that change on a date")

    @field_validator("changes", mode="after")
    @classmethod
    def _in_order(cls, changes: tuple[Change, ...]) -> tuple[Change, ...]:
        taken = [(change.day, path) for change in changes for path, _ in change.set.items()]
        for day, path in taken:
            if taken.count((day, path)) > 1:
                raise ValueError(f"{path} is set twice on day {day}")
        return tuple(sorted(changes, key=lambda change: (change.day, [path for path, _ in change.set.items()])))

    @property
    def hash(self) -> str:
        """SHA-256 of everything that matters to results, the bill among them: all but name and description.

        The rows outside the scenario that shape the world are in it too. See `run_hash`.
        """
        return self._digest({"name", "description"})

    @property
    def run_hash(self) -> str:
        """SHA-256 of what matters to the events of a run: `hash` without prices and budget.

        Two scenarios with one `run_hash` give the same bytes for a seed. Other prices need no other run, only another
        bill (`deflect cost`); a budget acts through the levers it leaves, which are in the hash.
        """
        return self._digest({"name", "description", "prices", "budget"})

    def _digest(self, exclude: set[str]) -> str:
        told = self.model_dump(mode="json", exclude=exclude) | {"registry": registry_digest()}
        text = json.dumps(told, sort_keys=True, separators=(",", ":"), allow_nan=False)
        return hashlib.sha256(text.encode()).hexdigest()

    def on(self, day: int) -> "Scenario":
        """Return the scenario in force on a day, without its dated changes.

        Before day 0, in the burn-in, every lever stands at the status quo.
        """
        levers = {}
        if day < 0:
            levers = {spec.path: spec.default for spec in fields() if spec.kind == "lever"}
        for change in self.changes:
            if change.day <= day:
                levers |= change.set.items()
        sections: dict[str, dict[str, Any]] = {}
        for path, value in levers.items():
            section, name = path.split(".")
            sections.setdefault(section, {})[name] = value
        changed = {section: getattr(self, section).model_copy(update=values) for section, values in sections.items()}
        return self.model_copy(update=changed | {"changes": ()})

    @classmethod
    def json_schema(cls) -> dict[str, Any]:
        """Return the JSON Schema for editors: as files are written, with `extends`, nothing required at the top."""
        schema = cls.model_json_schema()
        schema["$schema"] = "https://json-schema.org/draft/2020-12/schema"
        parent = {
            "type": "string",
            "description": "One parent: the name of a policy, or the path of a file beside this one",
        }
        schema["properties"] = {"extends": parent} | schema["properties"]
        switches = schema["properties"]["switches"]
        schema["properties"]["switches"] = {"anyOf": [switches, {"enum": [*Switch._fields, False]}]}
        return schema


class Spec(NamedTuple):
    """One field of the scenario, as `fields()` gives it."""

    path: str
    kind: str  # parameter, lever or setting
    unit: str
    evidence: str  # id of the row; empty for a setting
    default: Any
    low: float | None  # hard bounds, not the plausible range
    high: float | None
    usual: tuple[float, float] | None  # plausible range of the evidence, in the unit of the field
    meaning: str
    quality: str


@cache
def fields() -> tuple[Spec, ...]:
    """Return every field of the scenario in order: settings, then each section's parameters and levers."""
    default = Scenario()
    settings = [
        _spec(name, info, default)
        for name, info in Scenario.model_fields.items()
        if isinstance(info.json_schema_extra, dict) and info.json_schema_extra["kind"] == "setting"
    ]
    numbers = [_spec(path, info, getattr(default, path.partition(".")[0])) for path, info in _field_infos()]
    return (*settings, *numbers)


def _spec(path: str, info: FieldInfo, holder: Section) -> Spec:
    extra, bounds = info.json_schema_extra, limits(info)
    return Spec(
        path=path,
        kind=extra["kind"],
        unit=extra.get("unit", ""),
        evidence=extra.get("evidence", ""),
        default=getattr(holder, path.rpartition(".")[2]),
        low=bounds.get("ge", bounds.get("gt")),
        high=bounds.get("le", bounds.get("lt")),
        usual=tuple(extra["usual"]) if "usual" in extra else None,
        meaning=info.description or "",
        quality=extra.get("quality", ""),
    )


if __name__ == "__main__":
    print(json.dumps(Scenario.json_schema(), indent=1))
