"""Parts of a world that can be put into another one of the same seed and morning: the policy, the officers, kits, …

A part is whatever a difference between two worlds can be carried by until it reaches somebody. Rows are matched by key,
so that a part may be put in for everybody, or for some people only.
"""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from ...agents.dealings import NO_CASE, NO_PATHWAY
from ...agents.resident import METHADONE, WAITING
from ...agents.table import NONE
from ...model.world import World
from .worlds import rows_of

NUMBERS = ("rules", "hand_off", "policing_factor", "response_factor", "relapse", "surge", "leaving", "death_hazard",
           "birth_hazard", "first_use_shape", "start_shares")  # fmt: skip
LEVERS = {"providers": ("slots", "reserved"), "workers": ("capacity",), "agencies": ("carries_naloxone",)}
TREATMENT = {
    "histories": ("care", "wants", "provider", "care_since"),
    "dealings": ("care_pathway", "care_officer", "warm", "treated_day", "mandated"),
}
CASES = {
    "histories": ("managed",),
    "dealings": ("case_since", "due", "tries", "plan_until", "worker", "officer", "stage", "pathway",
                 "address_current", "relative_reached", "charged"),
}  # fmt: skip
USE = {
    "residents": ("fate",),
    "histories": ("use", "since", "held", "tolerance", "readiness", "last_overdose", "present"),
    "dealings": ("supervised_until", "arrests", "held_since", "release_day", "jail_medication"),
}
KITS = {"residents": ("kit_until",), "households": ("kit_until",)}
TRUST = {"residents": ("trust_shift", "trust_good", "trust_bad", "trust_day")}
OFFICER_COLUMNS = ("officer", "care_officer")
HOME = {
    "households": ("reached_day", "coached_until", "services_until"),
    "children": ("adversity", "distress", "support", "case_until", "removed", "custody", "exposed"),
}


class Whose(NamedTuple):
    """One person, or everybody but one, by key."""

    key: int
    but: bool = False

    def among(self, keys: np.ndarray) -> np.ndarray:
        """Say which of these keys are meant."""
        return (keys == self.key) != self.but


class Part(NamedTuple):
    """Something that can carry a difference from one world to a person."""

    id: str
    said: str  # as a sentence begins: "… carried it"
    put: Callable[[World, World, Whose | None], None]  # (into, from, whose); None: everybody's


def put_policy(into: World, source: World, whose: Whose | None = None) -> None:
    """Put in the numbers in force, the places and the staff there is money for, and the policy of the days to come."""
    into.scenario = source.scenario
    for name in NUMBERS:
        getattr(into.state, name)[...] = getattr(source.state, name)
    for table, columns in LEVERS.items():
        for column in columns:
            getattr(into.state, table)[column] = getattr(source.state, table)[column]


def put_officers(into: World, source: World, whose: Whose | None = None) -> None:
    """Put in officers, and, for all of them, who holds which post. whose: an officer."""
    officers = into.state.officers
    from_row = rows_of(officers["key"], source.state.officers["key"])
    if whose is not None:
        row = np.flatnonzero((from_row >= 0) & whose.among(officers["key"]))
        officers[row] = source.state.officers[from_row[row]]
        return
    into.state = into.state._replace(officers=source.state.officers.copy(), posts=source.state.posts.copy())
    moved = np.append(from_row, NONE)  # the last for nobody, -1
    for column in OFFICER_COLUMNS:
        into.dealings[column][:] = moved[into.dealings[column]]


def _columns(tables: dict[str, tuple[str, ...]]) -> Callable[[World, World, Whose | None], None]:
    """Return what puts these columns in, and keeps the lists and counts that follow from them."""

    def put(into: World, source: World, whose: Whose | None = None) -> None:
        officer_rows = np.append(rows_of(source.state.officers["key"], into.state.officers["key"]), NONE)
        for table, columns in tables.items():
            ours, theirs = into.rows(table), source.rows(table)
            from_row = rows_of(ours["key"], theirs["key"])
            row = np.flatnonzero((from_row >= 0) & _are_of(into, table, whose))
            for column in columns:
                values = theirs[column][from_row[row]]
                ours[column][row] = officer_rows[values] if column in OFFICER_COLUMNS else values
        count_again(into)

    return put


def _are_of(world: World, table: str, whose: Whose | None) -> np.ndarray | bool:
    """Say which rows of a table are those of these residents, or of their households."""
    if whose is None:
        return True
    if table != "households":
        return whose.among(world.rows(table)["key"])
    residents = world.residents
    meant = np.zeros(len(world.households), bool)
    meant[residents["household"][whose.among(residents["key"])]] = True
    return meant


def count_again(world: World) -> None:
    """Make the waiting list, the open cases, and the places and staff taken those that people's rows say."""
    people, dealings, clock = world.histories, world.dealings, world.state.clock[0]
    for name, count, rows in (
        ("queue", "queued", np.flatnonzero(people["care"] == WAITING)),
        ("cases", "cases", np.flatnonzero(dealings["stage"] != NO_CASE)),
    ):
        rows_listed = getattr(world.state, name)
        if not np.array_equal(np.sort(rows_listed[: int(clock[count])]), rows):  # one that is right stays as it is
            rows_listed[: len(rows)] = rows
            clock[count] = len(rows)
    providers, workers = world.state.providers, world.state.workers
    treated = (people["care"] >= METHADONE) & (people["provider"] >= 0)
    by_hand = treated & (dealings["care_pathway"] != NO_PATHWAY)
    providers["occupied"][:] = np.bincount(people["provider"][treated], minlength=len(providers))
    providers["handed_over"][:] = np.bincount(people["provider"][by_hand], minlength=len(providers))
    workers["caseload"][:] = np.bincount(dealings["worker"][dealings["worker"] >= 0], minlength=len(workers))


def _both(one: dict[str, tuple[str, ...]], other: dict[str, tuple[str, ...]]) -> dict[str, tuple[str, ...]]:
    return {table: one.get(table, ()) + other.get(table, ()) for table in one | other}


POLICY = Part("policy", "The policy itself", put_policy)
OFFICERS = Part("officers", "The officers", put_officers)
PLACES = Part("treatment", "Other people's treatment", _columns(TREATMENT))
PEOPLE = Part("people", "Other people's use, jail and whereabouts", _columns(USE))
STAFF = Part("cases", "Other people's cases with a programme", _columns(CASES))
NALOXONE = Part("kits", "Naloxone kits", _columns(KITS))
FEELING = Part("trust", "Trust in police", _columns(TRUST))
FAMILY = Part("home", "What home and family had lived and been given", _columns(HOME))
COLUMNS = {PLACES: TREATMENT, STAFF: CASES, PEOPLE: USE, NALOXONE: KITS, FEELING: TRUST, FAMILY: HOME}
OTHERS = (PLACES, STAFF, PEOPLE)  # of other people only
PARTS = (POLICY, OFFICERS, NALOXONE, PLACES, STAFF, PEOPLE, FEELING, FAMILY)  # tried in this order
SELF = Part("self", "How they themselves stood that morning", _columns(_both(USE, TREATMENT)))
