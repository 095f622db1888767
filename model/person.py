"""What happened to a person and who they know, for reading: events in words, ties, the whole network."""

from itertools import chain, combinations

import networkx as nx
import numpy as np
import pandas as pd

from ..agents.resident import HERE, MALE, RACES, Use
from .events import MEANING, Kind
from .graph import TIE_KINDS
from .network import HOUSEHOLD, weight_of
from .rules import DAYS_A_YEAR
from .words import code_of, is_code, other_of, setting_of

COLUMNS = ("day", "what", "other", "amount", "amount_is", "setting", "cause")


def events_of(world, row: int) -> pd.DataFrame:
    """Return what happened to a resident, one row an event, indexed by event row.

    day; what, in words; other, the agent or code it names; amount, and what that is; setting; cause, the row of the
    event that led to it, -1 where none is recorded.
    """
    rows = np.flatnonzero(world.events["who"] == row)
    told = []
    for event in world.events[rows]:
        what, other_is, amount_is = MEANING[Kind(event.kind)]
        amount = code_of(amount_is, int(event.amount)) if is_code(amount_is) else float(event.amount)
        told.append(
            (
                int(event.day),
                what,
                other_of(other_is, int(event.other)),
                amount if amount_is else None,
                amount_is.removeprefix("code of the ").removeprefix("code of "),
                setting_of(event.setting),
                int(event.cause),
            )
        )
    return pd.DataFrame(told, columns=COLUMNS, index=pd.Index(rows, name="event"))


def ties_of(world, row: int) -> list[tuple[int, str, float]]:
    """Return (resident row, kind, weight) of ties to people who live here, household members first."""
    residents, state = world.residents, world.state
    found = []
    other = world.households["first"][residents["household"][row]] if residents["fate"][row] == HERE else -1
    while other >= 0:
        if other != row:
            found.append((int(other), TIE_KINDS[HOUSEHOLD], 1.0))
        other = residents["housemate"][other]
    if row < len(state.tie_start) - 1:
        own = slice(state.tie_start[row], state.tie_start[row + 1])
        for other, kind, weight in zip(state.tie_to[own], state.tie_kind[own], state.tie_weight[own], strict=True):
            if residents["fate"][other] == HERE:
                found.append((int(other), TIE_KINDS[kind], round(float(weight), 6)))
    tie = state.late_first[row]
    while tie > 0:
        late = state.late_ties[tie - 1]
        if residents["fate"][late.to] == HERE:
            found.append((int(late.to), TIE_KINDS[late.kind], round(float(weight_of(late.kind, state.rules[0])), 6)))
        tie = late.next
    return found


def network_of(world) -> nx.MultiGraph:
    """Return everybody who lives here and their ties as a networkx graph; a few seconds for 100,000 people.

    Nodes are resident rows with age, sex, race, household, neighbourhood and use; edges are keyed by kind and carry
    kind and weight. Made for reading and drawing: a change of it changes nothing in the world.
    """
    graph = nx.MultiGraph()
    graph.add_nodes_from(_people(world))
    graph.add_edges_from(
        (row, other, TIE_KINDS[kind], {"kind": TIE_KINDS[kind], "weight": round(weight, 6)})
        for row, other, kind, weight in chain(_at_home(world), _of_the_start(world), _made_since(world))
    )
    return graph


def _people(world):
    """Yield (row, attributes) of everybody who lives here."""
    residents = world.residents
    rows = np.flatnonzero(residents["fate"] == HERE)
    born, sex, race, home, history = (residents[name][rows] for name in ("born", "sex", "race", "household", "history"))
    use = np.append(world.histories["use"], 0)[history]
    age = ((world.day - born) // DAYS_A_YEAR).astype(int)
    place = world.households["neighbourhood"][home]
    for row, *person in zip(
        *(column.tolist() for column in (rows, age, sex, race, home, place, history, use)), strict=True
    ):
        age, sex, race, home, place, history, use = person
        yield (
            row,
            {
                "age": age,
                "sex": "male" if sex == MALE else "female",
                "race": RACES[race],
                "household": home,
                "neighbourhood": place,
                "use": Use(use).name.lower() if history >= 0 else "",
            },
        )


def _at_home(world):
    """Yield every tie between two members of a household."""
    rows = np.flatnonzero(world.residents["fate"] == HERE)
    home = world.residents["household"][rows]
    rows = rows[np.argsort(home, kind="stable")]
    for members in np.split(rows, np.flatnonzero(np.diff(np.sort(home))) + 1):
        for row, other in combinations(members.tolist(), 2):
            yield row, other, HOUSEHOLD, 1.0


def _of_the_start(world):
    """Yield every tie of the starting people that is left."""
    state, here = world.state, world.residents["fate"] == HERE
    owner = np.repeat(np.arange(len(state.tie_start) - 1), np.diff(state.tie_start))
    left = (owner < state.tie_to) & here[owner] & here[state.tie_to]
    yield from zip(*(c[left].tolist() for c in (owner, state.tie_to, state.tie_kind, state.tie_weight)), strict=True)


def _made_since(world):
    """Yield every tie made in the run that is left."""
    state, fate = world.state, world.residents["fate"]
    for row in np.flatnonzero(state.late_first[: len(fate)]).tolist():
        tie = state.late_first[row]
        while tie > 0:
            late = state.late_ties[tie - 1]
            if row < late.to and fate[row] == HERE and fate[late.to] == HERE:
                yield row, int(late.to), late.kind, float(weight_of(late.kind, state.rules[0]))
            tie = late.next
