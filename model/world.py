"""Everything that exists at one moment: tables, ties, diary, events and the numbers in force. No behaviour."""

from typing import NamedTuple

import numpy as np

from ..agents.agency import AGENCY
from ..agents.child import CHILD
from ..agents.dealings import DEALINGS
from ..agents.household import HOUSEHOLD
from ..agents.officer import OFFICER
from ..agents.provider import PROVIDER
from ..agents.resident import HISTORY, RESIDENT
from ..agents.table import grown
from ..agents.worker import WORKER
from .view import view_of

START_DAY = -730  # two years of burn-in under the status quo come before the policy
DIARY_DAYS = 62 * 366  # how far ahead dates are kept

CLOCK = np.dtype(
    [
        ("seed", "i8"),
        ("events", "i8"),  # rows used of each growing table
        ("residents", "i8"),
        ("households", "i8"),
        ("histories", "i8"),
        ("children", "i8"),
        ("late_ties", "i8"),
        ("queued", "i8"),
        ("day", "i8"),  # the day that happens now; between days, the next one
        ("arrivals", "i8"),  # households that moved in today
        ("today", "i8"),  # row of the first event of today
        ("cases", "i8"),  # open programme cases
        ("team_calls", "i8"),  # calls the community response teams took today
    ],
    align=True,
)

# Ties made during the run: a chain a person, `next` is 1 + the row of the next tie, 0 after the last.
LATE_TIE = np.dtype([("to", "i4"), ("next", "i4"), ("kind", "u1")], align=True)


class State(NamedTuple):
    """The arrays of a world, as compiled code reads them. Shapes: one row an agent unless said."""

    clock: np.recarray  # (1,)
    rules: np.recarray  # (1,) numbers in force today, see model/rules.py
    residents: np.recarray
    households: np.recarray
    histories: np.recarray
    dealings: np.recarray  # beside each history: police, courts and programmes
    children: np.recarray  # young people whose family opioid use touches
    officers: np.recarray
    posts: np.recarray  # sworn posts, see model/roster.py
    workers: np.recarray
    agencies: np.recarray
    providers: np.recarray
    tie_start: np.ndarray  # (residents at the start + 1,) ties of the starting people
    tie_to: np.ndarray
    tie_kind: np.ndarray
    tie_weight: np.ndarray
    late_first: np.ndarray  # (residents,) 1 + row of the first tie made during the run, 0: none
    late_ties: np.recarray
    diary_first: np.ndarray  # (kinds of date, DIARY_DAYS) first row due that day, -1: none
    diary_next: np.ndarray  # (kinds of date, rows) next row due the same day; means something on a page only
    luck: np.ndarray  # (histories, 4) today's draws: streams 0-3
    queue: np.ndarray  # (histories,) history rows of everybody who waits, in no order
    roll: np.ndarray  # (histories,) history rows in an order that does not depend on rows
    cases: np.ndarray  # (histories,) history rows of everybody with an open programme case, in no order
    roster: np.ndarray  # (patrol posts,) posts by beat, shift and crew
    roster_start: np.ndarray  # (beats x shifts x crews + 1,) where each crew begins on the roster
    hand_off: np.ndarray  # (agencies, agencies + 1, 3) share accompanied, kept if accompanied, kept if not
    policing_factor: np.ndarray  # (neighbourhoods,) contacts with police over the town's mean
    seized_until: np.ndarray  # (neighbourhoods,) day until which a seizure changes the supply
    normal_bins: np.ndarray  # equally likely values of a standard normal number
    contact_bins: np.ndarray  # and of how often police meet a person
    response_factor: np.ndarray  # (neighbourhoods,) response time over the town's
    frailty_bins: np.ndarray  # equally likely values of a trait
    cohesion_bins: np.ndarray  # and of another, of families
    uses_alone_bins: np.ndarray
    relapse: np.ndarray  # hazard by day of remission
    surge: np.ndarray  # factor by day after an overdose
    leaving: np.ndarray  # (3 medications and detox, days) hazard of leaving by day in care
    death_hazard: np.ndarray  # (2 sexes, 18 age bands) per day
    birth_hazard: np.ndarray  # (18 age bands,) per day
    first_use_shape: np.ndarray  # (2 sexes, 111 ages) over the mean of people of 12 and over
    start_shares: np.ndarray  # (2 sexes, 111 ages, 3) chance of misuse, use disorder, remission on arrival
    events: np.recarray
    census: np.ndarray  # (days since START_DAY, counts)


GROWS = {  # array -> the count on the clock that says how much of it is used
    "residents": "residents",
    "late_first": "residents",
    "households": "households",
    "histories": "histories",
    "dealings": "histories",
    "cases": "histories",
    "luck": "histories",
    "roll": "histories",
    "queue": "histories",
    "late_ties": "late_ties",
    "children": "children",
    "events": "events",
}

DECLARATIONS = {
    "residents": RESIDENT,
    "households": HOUSEHOLD,
    "histories": HISTORY,
    "dealings": DEALINGS,
    "children": CHILD,
    "officers": OFFICER,
    "workers": WORKER,
    "agencies": AGENCY,
    "providers": PROVIDER,
}


class World:
    """A community at one moment.

    `world.state` holds the arrays; `world.residents` and so on are the rows in use.
    `scenario` says what place and policy this is; `seed` names its chance.
    """

    def __init__(self, state: State, scenario, seed: int, starting_people: int, place_population: int):
        self._state = state
        self.view = view_of(state)  # what compiled functions are called with
        self.scenario = scenario
        self.seed = seed
        self.starting_people = starting_people  # simulated at the start
        self.place_population = place_population  # of the place they stand for

    def __getstate__(self) -> dict:
        """Return what a copy or another process needs; the compiled view is made anew there."""
        return {name: value for name, value in vars(self).items() if name != "view"}

    def __setstate__(self, state: dict) -> None:
        self.__dict__.update(state)
        self.view = view_of(self._state)

    @property
    def state(self) -> State:
        """The arrays themselves."""
        return self._state

    @state.setter
    def state(self, state: State) -> None:
        self._state = state
        self.view = view_of(state)

    @property
    def day(self) -> int:
        """The day that happens next, in days since the policy start."""
        return int(self.state.clock[0].day)

    def policy_on(self, day: int):
        """Return the scenario as it is in force on a day; before day 0 that is the status quo."""
        return self.scenario.on(day)

    def rows(self, table: str) -> np.recarray:
        """Return the rows in use of a table named in DECLARATIONS, or of `events` and `late_ties`."""
        array = getattr(self.state, table)
        return array[: int(self.state.clock[0][GROWS[table]])] if table in GROWS else array

    @property
    def residents(self) -> np.recarray:
        """Everybody who lives or lived here, one row a person."""
        return self.rows("residents")

    @property
    def households(self) -> np.recarray:
        """Households, also those that ended."""
        return self.rows("households")

    @property
    def histories(self) -> np.recarray:
        """People with any history of opioid use."""
        return self.rows("histories")

    @property
    def dealings(self) -> np.recarray:
        """What police, courts and programmes have to do with the people of `histories`, row by row."""
        return self.rows("dealings")

    @property
    def children(self) -> np.recarray:
        """Young people whose family opioid use touches."""
        return self.rows("children")

    @property
    def events(self) -> np.recarray:
        """What happened, in order."""
        return self.rows("events")

    @property
    def census(self) -> np.ndarray:
        """Counts at the end of each finished day, shape (days, counts), from the first day of the burn-in."""
        return self.state.census[: self.day - START_DAY]

    def make_room(self) -> None:
        """Grow tables that could fill up within one day, so that compiled code never has to."""
        clock = self.state.clock[0]
        people = int(clock.residents)
        # The most that one day can add, even where every hazard is certain; room not used is never touched.
        spare = {
            "residents": people // 4 + 64,
            "households": people // 4 + 64,
            "histories": people + 64,
            "children": people + 64,
            "late_ties": 16 * people + 256,
            "events": 16 * people
            + 40 * int(clock.histories)
            + 256
            + int(self.state.rules[0].kits_per_day)
            + 8 * len(self.state.posts),
        }
        larger = {}
        for name, count in GROWS.items():
            array = getattr(self.state, name)
            needed = int(clock[count]) + spare[count]
            if len(array) < needed:
                larger[name] = _grown(array, int(clock[count]), 2 * needed)
        people = max(
            len(larger.get("residents", self.state.residents)), len(larger.get("households", self.state.households))
        )
        if self.state.diary_next.shape[1] < people:
            diary = np.zeros((self.state.diary_next.shape[0], people), np.int32)
            diary[:, : self.state.diary_next.shape[1]] = self.state.diary_next
            larger["diary_next"] = diary
        days = self.day - START_DAY + 1
        if len(self.state.census) < days:
            larger["census"] = _grown(self.state.census, days - 1, days + 4000)
        if larger:
            self.state = self.state._replace(**larger)


def _grown(array: np.ndarray, used: int, length: int) -> np.ndarray:
    if array.dtype.names:
        return grown(array, used, length)
    larger = np.zeros((length, *array.shape[1:]), array.dtype)
    larger[:used] = array[:used]
    return larger
