"""Whose life differed between two worlds, which way, and whom to tell of first. Both directions are always counted."""

from functools import cached_property
from typing import NamedTuple

import numpy as np

from ...agents.resident import Fate
from ...model.events import SETTINGS, Kind
from ...model.world import World
from .events import NO_DAY, Story, first_days
from .worlds import SIDES, Worlds, place_of

FIRST_PATHWAY = SETTINGS.index("in public") + 1  # settings from here on are pathways of a programme
LISTED_EACH = 4  # contrasts of which somebody is listed, one person each way


class Contrast(NamedTuple):
    """A way in which two lives can differ that matters: `worse` in one world, `better` in the other."""

    id: str
    worse: str
    better: str
    within: str = ""  # the contrast that counts these people too


CONTRASTS = (  # the most telling first: this is the order in which people are listed
    Contrast("same_overdose", "died of an overdose", "survived the same overdose, alive at the end", "overdose_death"),
    Contrast("overdose_death", "died of an overdose", "alive at the end"),
    Contrast("jail_or_care", "booked into jail", "led to treatment by a programme, never jailed", "jail"),
    Contrast("removal", "removed from home by child protection", "stayed at home"),
    Contrast("parent_lost", "lost a parent to an overdose", "did not"),
    Contrast("jail", "booked into jail", "never jailed"),
    Contrast("treatment", "never entered treatment", "entered treatment"),
    Contrast("other_death", "died of another cause", "alive at the end"),
)

DECIDED_BY = {  # contrast -> what happened in one world only; the others: the death
    "jail_or_care": Kind.JAILED,
    "jail": Kind.JAILED,
    "removal": Kind.REMOVED,
    "parent_lost": Kind.BEREAVED,
    "treatment": Kind.ADMITTED,
}


class Fates:
    """What became of everybody in one world over the policy days, a value a person of A; False for who is not there."""

    def __init__(self, world: World, rows: np.ndarray):
        self.rows, self.world = rows, world
        there = rows >= 0
        self.fate = np.where(there, world.residents["fate"][rows].astype(int), -1)
        self.left = np.where(there, world.residents["left"][rows], NO_DAY)
        self.here = self.fate == Fate.HERE

    @cached_property
    def _policy_events(self) -> np.ndarray:
        events = self.world.events
        return events[(events["day"] >= 0) & (events["who"] >= 0)]

    def had(self, kind: Kind, least_setting: int = 0) -> np.ndarray:
        """Say whether an event of this kind happened to each person since the policy start."""
        events = self._policy_events
        who = events["who"][(events["kind"] == kind) & (events["setting"] >= least_setting)]
        happened = np.zeros(len(self.world.residents), bool)
        happened[who] = True
        return happened[self.rows] & (self.rows >= 0)

    def died_of(self, fate: Fate) -> np.ndarray:
        """Say whether each person died of this since the policy start."""
        return (self.fate == fate) & (self.left >= 0)

    def survived_on(self, days: np.ndarray) -> np.ndarray:
        """Say whether each person survived an overdose on the day given for them."""
        events = self._policy_events
        events = events[events["kind"] == Kind.SURVIVED]
        who = place_of(self.rows, len(self.world.residents))[events["who"]]
        on_the_day = (who >= 0) & (events["day"] == days[who])
        found = np.zeros(len(self.rows), bool)
        found[who[on_the_day]] = True
        return found


def contrasts(a: Fates, b: Fates) -> dict[str, tuple[np.ndarray, np.ndarray]]:
    """Return, for each contrast, who is worse off in A and who in B, bool (people of A,) each."""
    both = (a.rows >= 0) & (b.rows >= 0)
    found: dict[str, list[np.ndarray]] = {contrast.id: [] for contrast in CONTRASTS}
    for one, other in ((a, b), (b, a)):
        died, jailed, free = one.died_of(Fate.DIED_OVERDOSE), one.had(Kind.JAILED), ~other.had(Kind.JAILED)
        entered = other.had(Kind.ADMITTED)
        led = other.had(Kind.ADMITTED, FIRST_PATHWAY) & ~one.had(Kind.ADMITTED, FIRST_PATHWAY)
        each = {
            "same_overdose": died & other.here & other.survived_on(one.left),
            "overdose_death": died & other.here,
            "jail_or_care": jailed & free & led,
            "removal": one.had(Kind.REMOVED) & ~other.had(Kind.REMOVED),
            "parent_lost": one.had(Kind.BEREAVED) & ~other.had(Kind.BEREAVED),
            "jail": jailed & free,
            "treatment": ~one.had(Kind.ADMITTED) & entered,
            "other_death": one.died_of(Fate.DIED_OTHER) & other.here,
        }
        for id, who in each.items():
            found[id].append(who & both)
    return {id: (worse_in_a, worse_in_b) for id, (worse_in_a, worse_in_b) in found.items()}


class Choice(NamedTuple):
    """Somebody worth telling of."""

    row: int  # in A
    contrast: Contrast
    worse: int  # the side where it went worse: 0 A, 1 B
    day: int  # of the first difference


class People:
    """Everybody who lives in both worlds, on which day something first happened to them in one world only."""

    def __init__(self, worlds: Worlds, stories: tuple[Story, Story]):
        self.rows = worlds.rows()
        self.first_days = first_days(*stories, self.rows)
        own = np.arange(len(self.rows))
        self.fates = tuple(Fates(world, rows) for world, rows in zip(worlds.ends, (own, self.rows), strict=True))
        self.only = (int((self.rows < 0).sum()), len(worlds.ends[1].residents) - int((self.rows >= 0).sum()))
        self.found = contrasts(*self.fates)

    @property
    def both(self) -> int:
        """How many live in both worlds."""
        return int((self.rows >= 0).sum())

    @property
    def differ(self) -> int:
        """To how many something happened in one world only."""
        return int((self.first_days < NO_DAY).sum())

    def counts(self) -> list[tuple[Contrast, int, int]]:
        """Return how many people each contrast holds for: worse under A, worse under B."""
        return [(contrast, *(int(who.sum()) for who in self.found[contrast.id])) for contrast in CONTRASTS]

    def choices(self, each: int = 1, contrasts: int = LISTED_EACH) -> list[Choice]:
        """Return people worth telling of: of each contrast the shortest tale, both ways; nobody twice."""
        chosen: list[Choice] = []
        told: set[int] = set()
        for contrast in CONTRASTS:
            found = []
            for side in SIDES:
                lengths = self._lengths(contrast, side)
                who = [row for row in np.flatnonzero(self.found[contrast.id][side]).tolist() if row not in told]
                who = sorted(who, key=lambda row: (lengths[row], row))[:each]
                told.update(who)
                found += [Choice(row, contrast, side, int(self.first_days[row])) for row in who]
            chosen += found
            contrasts -= bool(found)
            if contrasts == 0:
                break
        return chosen

    def _lengths(self, contrast: Contrast, side: int) -> np.ndarray:
        """Return how much happens to each person, in both worlds, from the first difference to the end of the tale."""
        until = NO_DAY if contrast.id in DECIDED_BY else self.fates[side].left
        until = np.broadcast_to(until, len(self.rows))
        total = np.zeros(len(self.rows), np.int64)
        for fates in self.fates:
            place = place_of(fates.rows, len(fates.world.residents))
            events = fates.world.events[fates.world.events["day"] >= 0]
            events = events[events["who"] >= 0]
            who = place[events["who"]]
            told = (who >= 0) & (events["day"] >= self.first_days[who]) & (events["day"] <= until[who])
            total += np.bincount(who[told], minlength=len(self.rows))
        return total

    def plainest(self, row: int) -> Choice | None:
        """Return the most telling contrast that holds for a person; None where none does."""
        for contrast in CONTRASTS:
            for side in SIDES:
                if self.found[contrast.id][side][row]:
                    return Choice(row, contrast, side, int(self.first_days[row]))
        return None

    def anybody(self) -> int | None:
        """Return somebody to whom something happened in one world only, the first there is; None: nobody."""
        differ = np.flatnonzero(self.first_days < NO_DAY)
        return int(differ[0]) if len(differ) else None

    def decided(self, choice: Choice) -> int | None:
        """Return the day on which a contrast came about: of the death, the booking, the removal, the entry."""
        kind = DECIDED_BY.get(choice.contrast.id)
        if kind is None:
            return int(self.fates[choice.worse].left[choice.row])
        fates = self.fates[1 - choice.worse if kind is Kind.ADMITTED else choice.worse]
        events = fates.world.events
        mine = (events["who"] == fates.rows[choice.row]) & (events["kind"] == kind) & (events["day"] >= 0)
        return int(events["day"][mine][0])
