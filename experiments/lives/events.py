"""What happened to somebody, in names that mean the same in both worlds: people by key, never by row.

A life is every event a person is part of: what happened to them, what they did for others (saw, called, gave), and what
child protection did about their children.
"""

from functools import cached_property
from typing import NamedTuple

import numpy as np

from ...model.events import MEANING, Kind
from ...model.world import World
from .worlds import place_of

OWN, PART, CHILD = range(3)  # it happened to them; they had a part in it; it happened to a child of theirs
OF_CHILDREN = (Kind.BORN, Kind.REPORTED, Kind.PROTECTION_OPENED, Kind.REMOVED, Kind.REUNIFIED, Kind.NOTICE_TO_SCHOOL,
               Kind.THERAPY)  # fmt: skip
TABLES = ("resident", "household", "officer")  # whose rows a key stands for
COLUMNS = ("day", "kind", "setting", "place", "who", "other", "amount")  # of a signature


class Item(NamedTuple):
    """One event of a life."""

    row: int  # in the event table of its world
    day: int
    kind: Kind
    role: int  # OWN, PART or CHILD


class Story:
    """The events of a world with their signatures, int64 (n, 7): equal in both worlds for what is the same in both."""

    def __init__(self, world: World, since: int = 0):
        """Read the events from row `since` on; all columns of those before are 0."""
        self.world, self.events = world, world.events
        self.signatures = np.zeros((len(self.events), len(COLUMNS)), np.int64)
        self.signatures[since:] = _signatures(world, self.events[since:])

    @cached_property
    def _parents(self) -> tuple[np.ndarray, np.ndarray]:
        return self.world.residents["mother"], self.world.residents["father"]

    def life(self, row: int, since: int = 0) -> list[Item]:
        """Return the life of a resident, in order, from event row `since` on."""
        events = self.events[since:]
        own, kind = events["who"] == row, events["kind"]
        part = (events["other"] == row) & _names("resident")[kind]
        mother, father = self._parents
        children = np.flatnonzero((mother == row) | (father == row))
        child = np.isin(events["who"], children) & np.isin(kind, OF_CHILDREN)
        found = np.flatnonzero(own | part | child)
        role = np.where(own, OWN, np.where(part, PART, CHILD))
        return [Item(int(i + since), int(events["day"][i]), Kind(kind[i]), int(role[i])) for i in found]

    def service(self, row: int, since: int = 0) -> list[Item]:
        """Return what happened to an officer, in order, from event row `since` on."""
        events = self.events[since:]
        found = np.flatnonzero((events["who"] < 0) & (events["other"] == row) & _names("officer")[events["kind"]])
        return [Item(int(i + since), int(events["day"][i]), Kind(events["kind"][i]), OWN) for i in found]

    def signed(self, items: list[Item]) -> list[tuple]:
        """Return what the events of a life are compared by."""
        return [tuple(self.signatures[item.row].tolist()) for item in items]


def first_difference(a: list[tuple], b: list[tuple]) -> int:
    """Return the place of the first event that is not the same in two lives; where they end, if none is."""
    for place, (one, other) in enumerate(zip(a, b, strict=False)):
        if one != other:
            return place
    return min(len(a), len(b))


def first_days(a: Story, b: Story, rows: np.ndarray) -> np.ndarray:
    """Return the day on which something first happened to each person of A that did not in B, (n,); see NO_DAY.

    rows: the row in B of each resident of A, -1: nobody. Only what happened to people themselves is looked at.
    """
    people = len(rows)
    lives = [_by_person(a, np.arange(people)), _by_person(b, place_of(rows, len(b.world.residents)))]
    counts = [np.bincount(who, minlength=people) for who, _ in lives]
    starts = [np.concatenate([[0], np.cumsum(count)[:-1]]) for count in counts]
    shared = np.minimum(*counts)
    who = np.repeat(np.arange(people), shared)
    place = np.arange(len(who)) - np.repeat(np.cumsum(shared) - shared, shared)
    pairs = [found[start[who] + place] for (_, found), start in zip(lives, starts, strict=True)]
    unlike = (a.signatures[pairs[0]] != b.signatures[pairs[1]]).any(axis=1)
    first = shared.copy()
    np.minimum.at(first, who[unlike], place[unlike])
    day = np.full(people, NO_DAY)
    for (_, found), start, count, story in zip(lives, starts, counts, (a, b), strict=True):
        on = np.flatnonzero((first < count) & (rows >= 0))
        day[on] = np.minimum(day[on], story.events["day"][found[start[on] + first[on]]])
    return day


NO_DAY = 10**6  # later than any: the lives do not differ


def _by_person(story: Story, places: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return (place of the person, event row) of what happened to people, person after person, each in order."""
    who = story.events["who"]
    rows = np.flatnonzero(who >= 0)
    place = places[who[rows]]
    rows, place = rows[place >= 0], place[place >= 0]
    order = np.argsort(place, kind="stable")
    return place[order], rows[order]


def _names(noun: str) -> np.ndarray:
    """Say for each kind of event whether its `other` is such an agent."""
    return np.array([MEANING[kind][1].startswith(noun) for kind in Kind])


def _signatures(world: World, events: np.ndarray) -> np.ndarray:
    """Return the columns of events with keys for rows, and amounts as their bits: nan is equal to nan."""
    keys = {name: getattr(world.state, f"{name}s")["key"] for name in TABLES}
    other, amount = events["other"].astype(np.int64), events["amount"].view(np.int64).copy()
    for kind in np.unique(events["kind"]):
        here = events["kind"] == kind
        table = MEANING[Kind(kind)][1].partition(" ")[0]
        if table in keys:
            named = here & (other >= 0)
            other[named] = keys[table][other[named]]
        if kind == Kind.LEFT_HOME:  # its amount is the household before
            amount[here] = keys["household"][events["amount"][here].astype(int)]
    who = events["who"].astype(np.int64)
    who[who >= 0] = keys["resident"][who[who >= 0]]
    return np.stack([events["day"], events["kind"], events["setting"], events["place"], who, other, amount], axis=1)
