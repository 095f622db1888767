"""Why did this happen: the events that led to one, those that came of it, and both in words.

Every event carries the row of the event that led to it, which comes before it in the table; nothing is worked out
anew. Whatever is asked takes a world, or its table of events alone: then nobody's age and sex are known.
"""

from typing import NamedTuple

import numpy as np

from ..agents.resident import FEMALE
from ..scenarios.errors import InputError
from .events import MEANING, Kind
from .rules import DAYS_A_YEAR
from .words import amount_of, change_of, day_of, other_of, setting_of

LIMIT = 12  # events told of what followed
DEEPEST = 12  # steps that are still indented
ADULT = 18


class Step(NamedTuple):
    """An event among those that came of another."""

    row: int
    depth: int  # 1: it came of that event itself, 2: of one of its consequences, …


def events_in(source) -> np.ndarray:
    """Return the events of a world; a table of events stays what it is."""
    return source if isinstance(source, np.ndarray) else source.events


def chain_of(source, row: int) -> list[int]:
    """Return the rows of the events that led to an event, from the first cause to the event itself.

    source: a world, or its table of events. Raises InputError for a row that is no event.
    """
    cause = events_in(source)["cause"]
    chain = [_checked(source, row)]
    while cause[chain[-1]] >= 0:
        chain.append(int(cause[chain[-1]]))
    return chain[::-1]


def consequences_of(source, row: int) -> list[Step]:
    """Return all events that came of an event: each is followed by its own consequences, in order of time.

    source: a world, or its table of events. Raises InputError for a row that is no event.
    """
    row = _checked(source, row)
    later = events_in(source)["cause"][row:]  # what comes of an event comes after it
    order = np.argsort(later, kind="stable")
    ordered = later[order]

    def direct(cause: int) -> list[int]:
        first, end = np.searchsorted(ordered, (cause, cause + 1))
        return (order[first:end] + row).tolist()

    found, open_ends = [], [Step(next_row, 1) for next_row in reversed(direct(row))]
    while open_ends:
        step = open_ends.pop()
        found.append(step)
        open_ends += [Step(next_row, step.depth + 1) for next_row in reversed(direct(step.row))]
    return found


def first_causes(source) -> tuple[np.ndarray, np.ndarray]:
    """Return, for every event, the row of its first cause and how many steps lie between them, int64 (n,) each."""
    cause = events_in(source)["cause"]
    first, steps = np.arange(len(cause)), np.zeros(len(cause), np.int64)
    going = np.flatnonzero(cause >= 0)
    while len(going):
        first[going] = cause[first[going]]
        steps[going] += 1
        going = going[cause[first[going]] >= 0]
    return first, steps


def why(source, row: int, limit: int = LIMIT) -> str:
    """Tell why an event happened and what came of it, a line an event: its number, its day, what happened.

    source: a world, or its table of events. limit: events told of what followed, the nearest first. Raises InputError
    for a row that is no event.
    """
    chain, followed = chain_of(source, row), consequences_of(source, row)
    teller = Teller(source)
    told = [f"Why event {row}?", "", "What led to it, the first cause first"]
    told += teller.lines([Step(cause, depth) for depth, cause in enumerate(chain)])
    if len(chain) == 1:
        told.append("No event led to it: it came by chance, at the rates of the model, or because its date had come.")
    told += ["", "What followed", *_some(teller, followed, limit)]
    if len(chain) > 1:
        own = {*chain, *(step.row for step in followed)}
        beside = [step for step in consequences_of(source, chain[0]) if step.row not in own]
        told += ["", f"What else came of the first cause, event {chain[0]}", *_some(teller, beside, limit)]
    return "\n".join(told)


class Teller:
    """Tells events in lines; what a reader has just been told of a person or a place is not said again."""

    def __init__(self, source):
        self.events = events_in(source)
        self.residents = None if isinstance(source, np.ndarray) else source.residents
        self.known: dict[int, str] = {}  # resident -> how they were described last
        self.told: set[int] = set()  # rows of events
        self.width = len(str(len(self.events)))

    def lines(self, steps: list[Step]) -> list[str]:
        """Return a line an event, indented below the cause it came of where that is among them."""
        depth: dict[int, int] = {}
        for row, _ in steps:
            depth[row] = depth.get(int(self.events["cause"][row]), -1) + 1
        return [self.line(row, depth[row]) for row, _ in steps]

    def line(self, row: int, depth: int = 0) -> str:
        """Return one event as a line: number, day, and what happened."""
        day = day_of(int(self.events["day"][row]))
        return f"{row:>{self.width}}  {day:<22}{'  ' * min(depth, DEEPEST)}{self.sentence(row)}"

    def sentence(self, row: int) -> str:
        """Say what happened: `resident 345, woman of 34, overdosed at home, neighbourhood 2; …`."""
        event = self.events[row]
        what, other_is, amount_is = MEANING[Kind(event["kind"])]
        day, other, amount = int(event["day"]), int(event["other"]), float(event["amount"])
        change = change_of(other_is, other, amount_is, amount)
        said = f"{what} {change}" if change else what
        if event["who"] >= 0:
            name = self.called("resident", int(event["who"]), day)
            said = f"{name}{',' * (',' in name)} {said}"
        where, way = self._where(row)
        details = [way]
        if not change:
            details += [other_of(other_is, other, lambda kind, agent: self.called(kind, agent, day))]
            details += [amount_of(amount_is, amount)]
        self.told.add(row)
        return "; ".join([f"{said}{where}", *filter(None, details)])

    def called(self, kind: str, row: int, day: int) -> str:
        """Name an agent: `officer 7`; a resident with sex and age on that day, until these are known."""
        name = f"{kind} {row}"
        if kind != "resident" or self.residents is None:
            return name
        person = described(self.residents[row], day)
        if self.known.get(row) == person:
            return name
        self.known[row] = person
        return f"{name}, {person}"

    def _where(self, row: int) -> tuple[str, str]:
        """Return where an event happened, and by which way, as far as the cause just told does not say it."""
        event = self.events[row]
        setting, place = setting_of(int(event["setting"])), int(event["place"])
        if event["cause"] in self.told:
            cause = self.events[event["cause"]]
            setting = "" if event["setting"] == cause["setting"] else setting
            place = -1 if place == cause["place"] else place
        spot = f" {setting}" if setting.startswith(("at ", "in ")) else ""
        way = f"pathway: {setting}" if setting and not spot else ""
        return f"{spot}, neighbourhood {place}" if place >= 0 else spot, way


def described(person, day: int) -> str:
    """Return sex and age of a resident on a day: `woman of 34`, `boy of 7`, `baby girl`."""
    age = int((day - person["born"]) // DAYS_A_YEAR)
    girl = person["sex"] == FEMALE
    if age >= ADULT:
        return f"{'woman' if girl else 'man'} of {age}"
    return f"{'girl' if girl else 'boy'} of {age}" if age >= 1 else f"baby {'girl' if girl else 'boy'}"


def _some(teller: Teller, steps: list[Step], limit: int) -> list[str]:
    """Return lines of the steps nearest to where they came from, and say how many more there are."""
    if not steps:
        return ["nothing that is recorded"]
    kept = set(sorted(steps, key=lambda step: (step.depth, step.row))[:limit])
    more = len(steps) - len(kept)
    return teller.lines([step for step in steps if step in kept]) + ([f"... and {more:,} more"] if more else [])


def _checked(source, row: int) -> int:
    events = len(events_in(source))
    if not 0 <= row < events:
        there_are = f"events are numbered 0 to {events - 1}" if events else "nothing has happened yet"
        raise InputError(f"event {row}: there is none; {there_are}")
    return int(row)
