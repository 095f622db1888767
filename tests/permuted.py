"""The same world with its rows in another order: keys stay, and every column that names a row follows."""

from typing import NamedTuple

import numpy as np
from deflect.agents.table import NONE
from deflect.model.diary import KINDS_OF_DATE, MOVE_OUT
from deflect.model.events import MEANING, Kind
from deflect.model.world import State, World
from towns import digest

PEOPLE = ("mother", "father", "housemate")  # columns of residents that name residents
EVENTS = (  # columns that name the event that led to something
    ("histories", "overdose_event"),
    ("histories", "asked_event"),
    ("dealings", "arrest_event"),
    ("dealings", "jail_event"),
    ("dealings", "court_event"),
    ("dealings", "case_event"),
    ("children", "last_event"),
    ("children", "case_event"),
)
OFFICERS = (("dealings", "officer"), ("dealings", "care_officer"), ("posts", "officer"))  # columns that name officers


class Order:
    """A new order of the first `used` rows: `new[old row]` is the new row; NONE stays NONE."""

    def __init__(self, used: int, blocks: list[int], chance: np.random.Generator):
        # Rows are shuffled within blocks: the starting people have their ties in the rows below a fixed number.
        blocks = zip([0, *blocks], [*blocks, used], strict=True)
        self.old = np.concatenate([low + chance.permutation(high - low) for low, high in blocks])
        self.new = np.empty(used, np.int64)
        self.new[self.old] = np.arange(used)

    def of(self, rows):
        """Return where rows stand now."""
        rows = np.asarray(rows)
        return np.where(rows >= 0, self.new[rows], rows)

    def moved(self, array: np.ndarray) -> np.ndarray:
        """Return a copy of a table with its rows in the new order."""
        result = array.copy()
        result[: len(self.old)] = array[self.old]
        return result


class Orders(NamedTuple):
    """The new orders of the rows of a world."""

    people: Order
    histories: Order
    children: Order
    officers: Order
    homes: Order


def permuted(world: World, seed: int, households: bool = True) -> World:
    """Return a world that differs in nothing but the order of its rows of people, histories, children and officers.

    With `households` of households too. Posts, providers, workers and neighbourhoods are known by their rows.
    """
    chance = np.random.default_rng(seed)  # noqa: NPY002
    orders = _orders(world, households, chance)
    new = {name: array.copy() for name, array in zip(State._fields, world.state, strict=True)}
    _move_tables(world.state, new, orders)
    _move_lists(world.state, new, orders, chance)
    _move_ties(world.state, new, orders)
    _move_dates(world.state, new, orders)
    _move_events(world.state, new, orders)
    moved = World(State(**new), world.scenario, world.seed, world.starting_people, world.place_population)
    assert digest(moved) != digest(world)
    return moved


def _orders(world: World, households: bool, chance: np.random.Generator) -> Orders:
    state, clock = world.state, world.state.clock[0]
    orders = Orders(
        people=Order(int(clock.residents), [len(state.tie_start) - 1], chance),
        histories=Order(int(clock.histories), [], chance),
        children=Order(int(clock.children), [], chance),
        officers=Order(len(state.officers), [], chance),
        homes=Order(int(clock.households), [], chance),
    )
    if not households:
        orders.homes.old = orders.homes.new = np.arange(int(clock.households))
    return orders


def _move_tables(state: State, new: dict[str, np.ndarray], orders: Orders) -> None:
    """Move the rows of tables, and let every column that names a row follow."""
    people, histories, children, officers, homes = orders
    for name, order in (
        ("residents", people),
        ("households", homes),
        ("histories", histories),
        ("dealings", histories),
        ("luck", histories),
        ("children", children),
        ("officers", officers),
    ):
        new[name] = order.moved(getattr(state, name))
    residents = new["residents"][: len(people.old)]
    for column in PEOPLE:
        residents[column] = people.of(residents[column])
    for column, order in (("history", histories), ("household", homes), ("child", children)):
        residents[column] = order.of(residents[column])
    for table, column, order in (
        ("households", "first", homes),
        ("histories", "resident", histories),
        ("children", "resident", children),
    ):
        rows = new[table][: len(order.old)]
        rows[column] = people.of(rows[column])
    for table, column in OFFICERS:
        rows = new[table][: len(histories.old)] if table == "dealings" else new[table]
        rows[column] = officers.of(rows[column])


def _move_lists(state: State, new: dict[str, np.ndarray], orders: Orders, chance: np.random.Generator) -> None:
    """Shuffle the lists that have no order, and rename the rows in them."""
    clock, histories = state.clock[0], orders.histories
    for name, used in (("queue", int(clock.queued)), ("cases", int(clock.cases))):
        new[name][:used] = histories.of(getattr(state, name)[:used])[chance.permutation(used)]
    new["roll"][: clock.histories] = histories.of(state.roll[: clock.histories])  # its own order is the point


def _move_ties(state: State, new: dict[str, np.ndarray], orders: Orders) -> None:
    """Give everybody's list of ties in the order it had, at the new place."""
    people, old = orders.people, orders.people.old[: len(state.tie_start) - 1]
    degree = np.diff(state.tie_start)[old]
    new["tie_start"] = np.concatenate([[0], np.cumsum(degree)]).astype(state.tie_start.dtype)
    source = np.concatenate([np.arange(*state.tie_start[row : row + 2]) for row in old])
    new["tie_to"] = people.of(state.tie_to[source]).astype(state.tie_to.dtype)
    new["tie_kind"], new["tie_weight"] = state.tie_kind[source], state.tie_weight[source]
    new["late_first"] = people.moved(state.late_first)
    late = new["late_ties"][: state.clock[0].late_ties]
    late["to"] = people.of(late["to"])


def _move_dates(state: State, new: dict[str, np.ndarray], orders: Orders) -> None:
    for kind in range(KINDS_OF_DATE):
        order = orders.homes if kind == MOVE_OUT else orders.people
        new["diary_first"][kind] = order.of(state.diary_first[kind])
        count = len(order.old)
        following = state.diary_next[kind, :count][order.old]
        new["diary_next"][kind, :count] = order.of(np.where(following < count, following, NONE))


def _move_events(state: State, new: dict[str, np.ndarray], orders: Orders) -> None:
    """Let the columns of events that name people, homes and officers follow; events stay in their order."""
    events = new["events"][: state.clock[0].events]
    events["who"] = orders.people.of(events["who"])
    for kind in Kind:
        rows = events["kind"] == kind
        means = MEANING[kind][1]
        for word, order in (("resident", orders.people), ("household", orders.homes), ("officer", orders.officers)):
            if means.startswith(word):
                events["other"][rows] = order.of(events["other"][rows])
        if kind == Kind.LEFT_HOME:
            events["amount"][rows] = orders.homes.of(events["amount"][rows].astype(np.int64))


def tables_by_key(world: World) -> dict[str, list]:
    """Return the final tables in the order of keys, rows named by keys, events by who, day and kind."""
    residents, histories, homes, events = world.residents, world.histories, world.households, world.events
    officers, posts = world.state.officers, world.state.posts

    def name(rows, keys):
        return [int(keys[row]) if row >= 0 else -1 for row in rows]

    def event(rows):
        return [
            (int(residents.key[events[row].who]), int(events[row].day), int(events[row].kind)) if row >= 0 else ()
            for row in rows
        ]

    tables = {"residents": residents, "histories": histories, "dealings": world.dealings, "households": homes}
    tables |= {"children": world.children, "officers": officers, "posts": posts}
    told = {table: {column: rows[column].tolist() for column in rows.dtype.names} for table, rows in tables.items()}
    for column in PEOPLE:
        told["residents"][column] = name(residents[column], residents.key)
    told["residents"]["history"] = name(residents.history, histories.key)
    told["residents"]["household"] = name(residents.household, homes.key)
    told["residents"]["child"] = name(residents.child, world.children.key)
    told["histories"]["resident"] = name(histories.resident, residents.key)
    told["children"]["resident"] = name(world.children.resident, residents.key)
    for table, column in OFFICERS:
        told[table][column] = name(tables[table][column], officers.key)
    for table, column in EVENTS:
        told[table][column] = event(tables[table][column])
    told["households"]["first"] = name(homes.first, residents.key)
    return {
        table: sorted(zip(*(values[c] for c in values), strict=True), key=lambda row: row[0])
        for table, values in told.items()
    } | {
        "providers": world.state.providers.tolist(),
        "workers": world.state.workers.tolist(),
        "agencies": world.state.agencies.tolist(),
        "queue": sorted(name(world.state.queue[: int(world.state.clock[0].queued)], histories.key)),
        "cases": sorted(name(world.rows("cases")[: int(world.state.clock[0].cases)], histories.key)),
        "census": world.census.tolist(),
    }
