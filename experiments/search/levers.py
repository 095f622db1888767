"""The levers of a search: what each may be, and what comes with it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from ...scenarios.errors import InputError, nearest
from ...scenarios.reading import Entry, parse, wrap
from ...scenarios.schema import Spec, fields
from ..differences import changed, value_at
from ..ranges import Range

if TYPE_CHECKING:
    from ...scenarios.schema import Scenario

STEPS = 11  # of a lever that is given two ends only
USUAL = "usual"
WITH = "with"
WORDS = ("from", "to", "steps", "scale", WITH)

# Staff work in a pathway: whoever buys them opens it.
BRINGS: dict[str, dict[str, Any]] = {
    "deflection.case_managers_per_100k": {
        "deflection.officer_intervention": True,
        "deflection.officer_referral": True,
        "deflection.coverage": 0.8,  # as in full_deflection
    },
    "deflection.outreach_workers_per_100k": {"deflection.active_outreach": True, "deflection.naloxone_plus": True},
    "deflection.response_teams_per_100k": {"deflection.community_response": True},
}
# What a county can buy, each from the status quo to what the largest of the shipped policies buys, or twice today's.
DEFAULT: dict[str, dict[str, Any]] = {
    "treatment.slots_buprenorphine": {"from": 1, "to": 2, "steps": 11},
    "treatment.slots_methadone": {"from": 1, "to": 2, "steps": 11},
    "custody.jail_medication": {"from": 0, "to": 1, "steps": 6},
    "harm_reduction.kits_per_100k_year": {"from": 700, "to": 2100, "steps": 8},
    "deflection.outreach_workers_per_100k": {"from": 0, "to": 6, "steps": 7},
    "deflection.case_managers_per_100k": {"from": 0, "to": 10, "steps": 11},
    "deflection.response_teams_per_100k": {"from": 0, "to": 2, "steps": 5},
    "family.coaching": {"from": 0, "to": 0.5, "steps": 6},
}


@dataclass(frozen=True)
class Lever:
    """One lever of a search. A mix names a step of each."""

    path: str
    values: tuple[Any, ...]
    nothing: int  # the step that buys nothing: where the base stands, or the least
    unit: str
    brings: Mapping[str, Any] = field(default_factory=dict)  # set too wherever the lever is above nothing

    @property
    def tries(self) -> tuple[int, int]:
        """The steps to begin with: the most and halfway, or both ends where nothing lies between them."""
        last = len(self.values) - 1
        if 0 < self.nothing < last:
            return last, 0
        most = last - self.nothing
        return most, round((most + self.nothing) / 2)

    def share(self, step: int) -> float:
        """Return how far along its range a step is, in [0, 1]."""
        return step / (len(self.values) - 1)

    @property
    def free(self) -> str:
        """Why the model has no price for it; empty where it has one."""
        from ...model.measures import UNPRICED

        return UNPRICED.get(self.path, "")


def read_levers(entry: Entry, base: "Scenario") -> tuple[Lever, ...]:
    """Return the levers written at a place: a range, a list of values, or `usual` for each. Raises InputError."""
    if not isinstance(entry.value, dict) or not entry.value:
        raise InputError(f"{entry.where}: levers: should hold levers, such as {_example()}")
    named = set(entry.value)
    found = tuple(_read(path, below, base, named) for path, below in entry.value.items())
    for lever, below in zip(found, entry.value.values(), strict=True):
        for step, value in enumerate(lever.values):
            brings = lever.brings if step != lever.nothing else {}
            try:
                changed(base, {lever.path: value} | dict(brings))
            except InputError as error:
                raise InputError(f"{below.where}: {error}") from None
    return found


def from_texts(texts: Iterable[str]) -> Entry:
    """Return what `--lever PATH=FROM..TO/STEPS` says; PATH=V1,V2 lists values, PATH alone is the usual range."""
    told: dict[str, Entry] = {}
    for text in texts:
        where = f"--lever {text}"
        path, equals, said = (part.strip() for part in text.partition("="))
        if path in told:
            raise InputError(f"{where}: {path} is named twice")
        told[path] = wrap(_range_of(said, where) if equals else USUAL, where)
    return Entry(told, "--lever")


def _range_of(said: str, where: str) -> Any:
    low, dots, rest = said.partition("..")
    if not dots:
        return [parse(part.strip(), where, lines=False).plain() for part in said.split(",") if part.strip()]
    high, slash, steps = rest.partition("/")
    told = {"from": low, "to": high} | ({"steps": steps} if slash else {})
    return {key: parse(part.strip(), where, lines=False).plain() for key, part in told.items()}


def _read(path: str, entry: Entry, base: "Scenario", named: set[str]) -> Lever:
    spec = _spec(path, entry)
    told = dict(entry.value) if isinstance(entry.value, dict) else {}
    if told and (wrong := set(told) - set(WORDS)):
        key = sorted(wrong)[0]
        raise InputError(f"{told[key].where}: {path}: unknown key {key!r}{nearest(key, WORDS)}")
    brings = told.pop(WITH).plain() if WITH in told else BRINGS.get(path, {})
    if not isinstance(brings, dict):
        raise InputError(f"{entry.where}: {path}: with: should hold levers and values (got {brings!r})")
    brings = {name: value for name, value in brings.items() if name not in named}
    values = _values(spec, Entry(told, entry.where) if told else entry)
    if len(values) < 2:
        raise InputError(f"{entry.where}: {path}: needs two values or more, such as {_example(path)}")
    here = value_at(base, path)
    nothing = 0 if brings or here is None else min(range(len(values)), key=lambda step: abs(values[step] - here))
    return Lever(path, values, nothing, spec.unit, brings)


def _values(spec: Spec, entry: Entry) -> tuple[Any, ...]:
    if entry.value == USUAL:
        entry = wrap(_usual(spec, entry.where), entry.where)
    told = entry.plain()
    if isinstance(told, dict) and "steps" not in told:
        entry = wrap(told | {"steps": STEPS}, entry.where)
    if not isinstance(told, (dict, list)):
        raise InputError(
            f"{entry.where}: {spec.path}: write two ends, values, or {USUAL}: {_example(spec.path)} (got {told!r})"
        )
    steps = Range.read(spec.path, entry).steps
    if not all(isinstance(value, (int, float)) for value in steps):
        raise InputError(f"{entry.where}: {spec.path}: its values should be numbers, or false and true (got {told!r})")
    return tuple(sorted(_short(value) for value in steps))


def _usual(spec: Spec, where: str) -> Any:
    if isinstance(spec.default, bool):
        return [False, True]
    if spec.usual is None:
        raise InputError(f"{where}: {spec.path}: no usual range is known: say between what, {_example(spec.path)}")
    return {"from": spec.usual[0], "to": spec.usual[1]}


def _spec(path: str, entry: Entry) -> Spec:
    known = {spec.path: spec for spec in fields()}
    levers = [name for name, spec in known.items() if spec.kind == "lever"]
    if path not in known:
        raise InputError(f"{entry.where}: no lever {path!r}{nearest(path, levers)}")
    if path not in levers:
        raise InputError(f"{entry.where}: {path} is no lever: it describes the world, which no policy buys")
    return known[path]


def _short(value: Any) -> Any:
    """Return a number without what halving and adding leave behind: 0.3 for 0.30000000000000004."""
    return float(f"{value:.10g}") if isinstance(value, float) else value


def _example(path: str = "treatment.slots_buprenorphine") -> str:
    return f"--lever {path}=1..2, or `{path}: {{from: 1, to: 2}}` in a file"
