"""A day lived again with one thing changed: does it now go, for this person, as in the other world?

Both worlds are known whole on the morning of a day. A part of one is put into a copy of the other, the copy lives the
day, and the person's events are compared. The same draws fall in all of them (model/randomness.py), so that nothing but
the part can make the difference.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np

from ...model.day import live_a_day
from ...model.world import World
from ..differences import Difference
from .events import Item, Story, first_difference
from .parts import OTHERS, SELF, Part, Whose
from .worlds import SIDES, Worlds, copied, place_of, rows_of

DAY = "day"  # all of it goes as in the other world
FIRST = "first"  # as far as the first event that differs
EVENT = "event"  # that event happens as in the other world or not at all, whatever else comes in its place


class Who(NamedTuple):
    """Somebody whose days are looked at: a resident, or an officer, by their row in A."""

    row: int
    officer: bool = False


class Tried(NamedTuple):
    """A part that alone makes the day of one world go as in the other."""

    part: Part
    in_a: bool  # put into A, A's day goes as in B
    in_b: bool


@dataclass
class Link:
    """One day on which a life went differently in the two worlds, and what made the difference there."""

    who: Who
    day: int
    items: tuple[list[Item], list[Item]]  # what happened that day in A and in B, from the first difference on
    tried: list[Tried] = field(default_factory=list)  # the strongest first; empty: no part alone did it
    match: str = DAY  # as far as it makes the day go as in the other world
    levers: list[Difference] = field(default_factory=list)  # of the policy: each alone undoes the difference
    levers_match: str = DAY
    one: Who | None = None  # in whom alone the part made the difference, among `people` in whom it differs
    people: int = 0
    differs: list[tuple[str, float, float]] = field(default_factory=list)  # of an officer: meaning, value in A, in B
    next: tuple[Who, int] | None = None  # whose day leads on

    @property
    def part(self) -> Part | None:
        """The part that made the difference, as far as one alone did."""
        return self.tried[0].part if self.tried else None


class Trials:
    """Lives days of two worlds again. `rows`: the row in B of each resident of A."""

    def __init__(self, worlds: Worlds, stories: tuple[Story, Story], rows: np.ndarray):
        self.worlds, self.stories = worlds, stories
        residents = (np.arange(len(rows)), rows)
        officers = [world.state.officers["key"] for world in worlds.ends]
        self._rows = {False: residents, True: (np.arange(len(officers[0])), rows_of(*officers))}
        self.row_in_a = (residents[0], place_of(rows, len(worlds.ends[1].residents)))
        self._lives: dict[Who, tuple[list[Item], list[Item]]] = {}

    def row(self, who: Who, side: int) -> int:
        """Return somebody's row in A or B, -1: not there."""
        return int(self._rows[who.officer][side][who.row])

    def key(self, who: Who) -> int:
        """Return somebody's key."""
        world = self.worlds.ends[0]
        return int((world.state.officers if who.officer else world.residents)["key"][who.row])

    def lives(self, who: Who) -> tuple[list[Item], list[Item]]:
        """Return somebody's life in both worlds."""
        if who not in self._lives:
            self._lives[who] = tuple(self._life(self.stories[side], who, side) for side in SIDES)
        return self._lives[who]

    def signed(self, who: Who) -> tuple[list[tuple], list[tuple]]:
        """Return what the events of somebody's two lives are compared by."""
        return tuple(story.signed(life) for story, life in zip(self.stories, self.lives(who), strict=True))

    def parted(self, who: Who) -> int | None:
        """Return the day of the first difference in somebody's life, None: there is none."""
        place = first_difference(*self.signed(who))
        days = [life[place].day for life in self.lives(who) if place < len(life)]
        return min(days) if days else None

    def new_link(self, who: Who, day: int) -> Link:
        """Return a day of somebody's, nothing tried yet."""
        lives = [[item for item in life if item.day == day] for life in self.lives(who)]
        place = first_difference(*(story.signed(life) for story, life in zip(self.stories, lives, strict=True)))
        return Link(who, day, (lives[0][place:], lives[1][place:]))

    def try_parts(self, link: Link, parts: tuple[Part, ...]) -> None:
        """Try parts until one alone makes either world's day go as in the other; the strongest comes first."""
        for part in parts:
            mine = part is SELF
            whose = (
                Whose(self.key(link.who), but=not mine) if mine or (part in OTHERS and not link.who.officer) else None
            )
            ways = [self.goes(link, side, part, whose) for side in SIDES]
            if any(ways):
                link.tried.append(Tried(part, *ways))
            if all(ways):
                break
        link.tried.sort(key=lambda tried: -tried.in_a - tried.in_b)  # as they are where equally strong

    def goes(self, link: Link, side: int, part: Part, whose: Whose | None) -> bool:
        """Say whether the day of one world goes as in the other with this part of the other."""
        return self.as_other(link, side, lambda into, source: part.put(into, source, whose))

    def as_other(self, link: Link, side: int, change: Callable[[World, World], None], match: str = "") -> bool:
        """Live the day again in a copy of one world, changed; say whether the person's day is that of the other."""
        morning = self.worlds.on(link.day)
        into = copied(morning[side])
        change(into, morning[1 - side])
        since = len(into.events)
        live_a_day(into)
        story = Story(into, since)
        lived = story.signed(self._life(story, link.who, side, since))
        return _matches(match or link.match, lived, [self._day(link, one) for one in SIDES], side)

    def _life(self, story: Story, who: Who, side: int, since: int = 0) -> list[Item]:
        row = self.row(who, side)
        return story.service(row, since) if who.officer else story.life(row, since)

    def _day(self, link: Link, side: int) -> list[tuple]:
        return self.stories[side].signed([item for item in self.lives(link.who)[side] if item.day == link.day])


def _matches(match: str, lived: list[tuple], days: list[list[tuple]], side: int) -> bool:
    """Say whether a day lived again in one world goes as in the other; days: those of A and B."""
    ours, theirs = days[side], days[1 - side]
    if match == DAY:
        return lived == theirs
    place = first_difference(ours, theirs)
    if match == FIRST:
        return lived[: place + 1] == theirs[: place + 1]
    return ours[place] not in lived if place < len(ours) else theirs[place] in lived
