"""The numbers a study varies, each with its range and the evidence it rests on."""

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from ...scenarios.errors import InputError, nearest
from ...scenarios.reading import wrap
from ..differences import value_at
from ..ranges import EVIDENCE, Range
from ..unknowns import unknowns

if TYPE_CHECKING:
    from ...scenarios.schema import Scenario

PRICES = "prices"  # matter to money and health only
BETWEEN = ".."
SPELLED = {"or": "(odds ratio)", "rr": "relative risk with"}  # in names of numbers


class Number(NamedTuple):
    """One number that varies: what it is, what it may be, and what is known of it."""

    path: str
    meaning: str
    unit: str
    value: Any  # of the scenario
    least: float  # 95 % of the evidence lies between, or the ends that were asked for
    most: float
    evidence: str  # id of its row
    quality: str  # of that row; empty for a lever, which a policy chooses
    drawn: Any  # what a plan reads: "evidence", or {"from": …, "to": …}

    @property
    def words(self) -> str:
        """The name as one says it."""
        return in_words(self.path)


def in_words(path: str) -> str:
    """Return the dotted name of a number as one says it: "seek per year (treatment)"."""
    section, _, name = path.rpartition(".")
    said = " ".join(SPELLED.get(word, word) for word in name.split("_"))
    return f"{said} ({section.replace('_', ' ')})"


def numbers_of(
    scenarios: "Sequence[Scenario]", over: str | Iterable[str] | Mapping[str, Any], money: bool
) -> tuple[Number, ...]:
    """Return the numbers asked for, in the order of the schema. Raises InputError.

    over: "evidence" (all uncertain numbers that no policy sets; prices only for money and health), or names, sections
    and ranges ("treatment.intake_days=1..14"), or a mapping {name: "evidence" or {"from": 1, "to": 14}}.
    """
    from ...scenarios.schema import fields

    drawn: dict[str, Any] = {}
    if over == EVIDENCE:
        kept = [{one.path for one in unknowns(scenario)} for scenario in scenarios]
        drawn = {one.path: EVIDENCE for one in unknowns(scenarios[0]) if all(one.path in paths for paths in kept)}
        drawn = {path: how for path, how in drawn.items() if money or not path.startswith(f"{PRICES}.")}
    elif isinstance(over, Mapping):
        drawn = dict(over)
    else:
        for text in [over] if isinstance(over, str) else over:
            drawn |= _asked(str(text))
    known = {spec.path: spec for spec in fields()}
    for path in drawn:
        if path not in known:
            raise InputError(f"over: no number {path!r}{nearest(path, known)}")
        told = [value_at(scenario, path) for scenario in scenarios]
        if any(value != told[0] for value in told):
            raise InputError(f"over: {path} is {told[0]} in one policy and {told[-1]} in the other: it cannot vary")
    if not drawn:
        raise InputError("over: at least one number is needed")
    return tuple(_number(known[path], scenarios[0], how) for path, how in sorted(drawn.items(), key=_place(known)))


def _place(known: Mapping[str, Any]):
    order = {path: place for place, path in enumerate(known)}
    return lambda item: order[item[0]]


def _asked(text: str) -> dict[str, Any]:
    """Return what one `--over` says."""
    path, equals, ends = text.partition("=")
    if not equals:
        try:
            return {one.path: EVIDENCE for one in unknowns(None, [path])}
        except InputError as error:
            how = f": --over {path}=1{BETWEEN}14" if "a lever" in str(error) else ""
            raise InputError(f"over: {error}{how}") from None
    try:
        low, high = (float(end) if "." in end or "e" in end else int(end) for end in ends.split(BETWEEN))
    except ValueError:
        raise InputError(f"over: {text}: write {path}=LOW{BETWEEN}HIGH, such as {path}=1{BETWEEN}14") from None
    return {path.strip(): {"from": low, "to": high}}


def _number(spec, scenario: "Scenario", how: Any) -> Number:
    one = Range.read(spec.path, wrap(how, "over"))
    if one.steps:
        raise InputError(f"over: {spec.path}: needs a range, from and to")
    value = value_at(scenario, spec.path)
    if isinstance(value, (bool, tuple, str)) or value is None:
        raise InputError(f"over: {spec.path}: is {value!r}, not a number that can vary")
    least, most = (one.unknown.low, one.unknown.high) if one.unknown else (one.low, one.high)
    if one.unknown:
        bottom, top = one.unknown.bounds
        least, most = (min(top, max(bottom, end)) for end in (least, most))
    if isinstance(value, int):
        least, most = round(least), round(most)
    quality = "" if spec.kind == "lever" else spec.quality
    return Number(spec.path, spec.meaning, spec.unit, value, least, most, spec.evidence or "", quality, how)
