"""Two worlds of one seed under two policies: lived to the end, lived again up to any day, the same people in both."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import numpy as np

from ...model.build import build
from ...model.world import GROWS, START_DAY, State, World
from ..branches import check_one_past
from ..run import BURN_IN_DAYS, live_until, policy_days

if TYPE_CHECKING:
    from ...scenarios.schema import Scenario

SIDES = (0, 1)  # A and B
SAME = ("key", "sex", "race", "born")  # what makes a resident of one world the same person as one of the other


class Worlds:
    """The two worlds of a seed. A burn-in that both share is lived once; `ends` are the worlds on their last day."""

    def __init__(self, scenarios: Sequence["Scenario"], seed: int, progress: Callable[[int, int], None] | None = None):
        self.scenarios, self.seed = tuple(scenarios), seed
        self.first_day = 0 if _one_past(self.scenarios) else START_DAY  # on which the worlds may begin to differ
        self._starts = self._begin(progress)
        self._walk: list[World] = []
        policy = policy_days(self.scenarios[0])
        alone = policy if self.first_day == 0 else BURN_IN_DAYS + policy
        days, before = days_of(self), BURN_IN_DAYS if self.first_day == 0 else 0
        self.ends: list[World] = []
        for side in SIDES:
            done = before + side * alone - (BURN_IN_DAYS if self.first_day == 0 else 0)
            self.ends.append(copied(live_until(self._start(side), policy, _told(progress, done, days))))

    def _begin(self, progress) -> list[World]:
        """Return the world each side starts from; one world where the past is shared."""
        if self.first_day < 0:
            return [build(scenario, self.seed) for scenario in self.scenarios]
        trunk = live_until(build(self.scenarios[0], self.seed), 0, _told(progress, 0, days_of(self)))
        return [copied(trunk)]

    def _start(self, side: int) -> World:
        return copied(self._starts[side % len(self._starts)], self.scenarios[side])

    def on(self, day: int) -> list[World]:
        """Return both worlds on the morning of a day, lived again. They are ours: let copies of them live on."""
        if not self._walk or self._walk[0].day > day:
            self._walk = [self._start(side) for side in SIDES]
        for world in self._walk:
            live_until(world, day)
        return self._walk

    def rows(self) -> np.ndarray:
        """Return, for each resident row of A, the row of the same person in B, -1: lives in A only."""
        a, b = (world.residents for world in self.ends)
        rows = rows_of(a["key"], b["key"])
        for name in SAME:
            rows[(rows >= 0) & (a[name] != b[name][rows])] = -1
        return rows


def days_of(worlds: Worlds) -> int:
    """Return the days lived for both worlds of a seed."""
    days = policy_days(worlds.scenarios[0])
    return BURN_IN_DAYS + 2 * days if worlds.first_day == 0 else 2 * (BURN_IN_DAYS + days)


def rows_of(keys: np.ndarray, among: np.ndarray) -> np.ndarray:
    """Return the row in `among` of each key, -1 where it is not there; keys are unique."""
    if np.array_equal(keys, among):
        return np.arange(len(keys))
    order = np.argsort(among, kind="stable")
    rows = order[np.minimum(np.searchsorted(among, keys, sorter=order), len(among) - 1)]
    return np.where(among[rows] == keys, rows, -1)


def place_of(rows: np.ndarray, residents: int) -> np.ndarray:
    """Return the place in `rows` of each resident of a world, -1: not among them; the other way round of `rows`."""
    places = np.full(residents, -1)
    places[rows[rows >= 0]] = np.flatnonzero(rows >= 0)
    return places


def copied(world: World, scenario: "Scenario | None" = None) -> World:
    """Return a world in the same state, to live on by itself; room not yet used is not copied."""
    clock = world.state.clock[0]
    arrays = {
        name: (array[: int(clock[GROWS[name]])] if name in GROWS else array).copy()
        for name, array in zip(State._fields, world.state, strict=True)
    }
    about = world.seed, world.starting_people, world.place_population
    return World(State(**arrays), scenario or world.scenario, *about)


def _one_past(scenarios: Sequence["Scenario"]) -> bool:
    from ...scenarios.errors import InputError

    try:
        check_one_past(scenarios)
    except InputError:
        return False
    return True


def _told(progress, before: int, days: int):
    return progress and (lambda lived: progress(before + lived, days))
