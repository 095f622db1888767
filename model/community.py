"""The Mesa model: a community in which one step is one day.

The day is the compiled list of `model/day.py`. Mesa brings time, dated events, data collection and agents, which are
handles on rows (`agents/handles.py`).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

import mesa
import networkx as nx
import numpy as np
import pandas as pd
from pydantic import ValidationError

from ..agents.agentset import Everyone
from ..agents.handles import KINDS, Agency, Handle, Household, Officer, Provider, Resident, Worker
from ..agents.resident import MISUSE, MOVED, Use
from ..agents.table import NONE
from ..agents.tableset import TableSet
from ..scenarios.errors import InputError, nearest
from ..scenarios.load import load
from ..scenarios.schema import Scenario, fields
from .build import build
from .care import change_use
from .changes import begin_history, depart_and_settle
from .checks.care import NEXT_USE
from .day import DAY, live_a_day
from .events import MOVED_OUT, Kind
from .hand_off import agency_graph
from .person import events_of, network_of, ties_of
from .process import Process
from .processes.census import FIRST_EVENT, Count
from .randomness import draw
from .rules import DAYS_A_YEAR
from .why import why
from .world import START_DAY, World

FIRST_OWN_ID = 10**9  # agents of a user's own, registered with Mesa, are numbered from here: handles lie below
OWN_STREAM = 1000  # of draws for processes of a user's own, far beyond the list of streams


class Tie(NamedTuple):
    """A tie between two residents, seen from one of them."""

    agent: Resident
    kind: str
    weight: float


@dataclass(frozen=True)
class OwnProcess:
    """A function of the model as a process of the day."""

    name: str
    function: Callable
    model: "CommunityModel"

    def __call__(self, world) -> None:
        bound = getattr(self.function, "__self__", None) is self.model
        self.function() if bound else self.function(self.model)


class CommunityModel(mesa.Model):
    """A community as a Mesa model: `step()` lives one day.

    Time is Mesa's: after n steps `time` is n, and `day`, the day that happens next, counts from the policy start.
    With the burn-in lived at construction step 1 is day 0. `world` holds the tables, `processes` the day.
    """

    processes: tuple[Callable, ...] = DAY
    kinds: tuple[type[Handle], ...] = (Resident, Household, Officer, Provider, Agency, Worker)

    def __init__(
        self, scenario=None, *, rng=None, burn_in: bool = True, ties=None, world: World | None = None, **overrides
    ):
        """Build a community, and live its two years of burn-in unless told not to.

        scenario: the name of a policy, the path of a file, a loaded Scenario (default: status_quo), or a Mesa Scenario
        whose fields are overrides. rng: the seed, a whole number; or what else NumPy makes a generator from, of which
        one seed is drawn (None: a new one, see `seed`). ties: a graph of one's own, as in `build`. world: one to go on
        with, such as a restored snapshot, in place of scenario and seed. overrides: values by dotted name, as
        `residents=400`, `treatment__intake_days=3` or `**{"treatment.intake_days": 3}`.
        Raises InputError for whatever a user can get wrong.
        """
        if world is None:
            scenario, rng = _scenario(scenario, overrides, rng)
            world = build(scenario, _seed(rng), ties=ties)
        elif scenario is not None or rng is not None or ties is not None or overrides:
            raise InputError("world: a world brings its scenario, seed and ties; give nothing else")
        super().__init__(rng=world.seed)
        self.agent_id_counter = FIRST_OWN_ID
        self.world = world
        self._living = False
        self._network = (None, None)
        if burn_in:
            while self.day < 0:
                self._live()
        self._tell_mesa()

    def _tell_mesa(self) -> None:
        """Put the scenario where Mesa's tools look for it: `model.scenario`, with our fields."""
        self.scenario = type(self.scenario)(rng=self.seed, **dict(self.world.scenario))

    # --- time ----------------------------------------------------------------------------------------

    def step(self) -> None:
        """Live one day; `running` turns False when the years of the scenario are over."""
        self._live()
        if self.day >= round(self.world.scenario.years * DAYS_A_YEAR):
            self.running = False

    def _live(self) -> None:
        self._living = True
        try:
            live_a_day(self.world, self.processes)
        finally:
            self._living = False

    @property
    def day(self) -> int:
        """The day that happens next (within a day: today), counted from the policy start."""
        return self.world.day

    @property
    def seed(self) -> int:
        """The number that names the chance of this run."""
        return self.world.seed

    def add_process(self, function: Callable, *, after: str | None = None, before: str | None = None) -> Callable:
        """Add a process to the day, after or before the one named; else last before the census. Return it.

        function: a declared Process (called with the world), a method of this model (called as it is), or any other
        function, called with the model. A decorator without arguments, too.
        """
        if isinstance(function, Process):
            added = function
        elif callable(function):
            added = OwnProcess(getattr(function, "__name__", type(function).__name__), function, self)
        else:
            raise InputError(f"add_process: a function of the model is needed (got {function!r})")
        if after is not None and before is not None:
            raise InputError("add_process: give `after` or `before`, not both")
        place = self._place_of(after) + 1 if after is not None else self._place_of(before or "census")
        self.processes = (*self.processes[:place], added, *self.processes[place:])
        return function

    def _place_of(self, name: str) -> int:
        names = [process.name for process in self.processes]
        places = [i for i, known in enumerate(names) if name == known or name in known.split(".")]
        if not places:
            short = [known.split(".")[0] for known in names]
            raise InputError(f"add_process: no process {name!r}{nearest(name, names + short) or f' (of {short})'}")
        return places[0]

    # --- policy --------------------------------------------------------------------------------------

    def change_levers(self, levers: Mapping[str, Any], day: int | None = None) -> None:
        """Change levers by dotted name, from the next day on that begins, or from a later day.

        The change becomes one of the scenario's dated changes: it is in its hash and leaves its event.
        """
        first = max(self.day + self._living, 0)
        if day is not None and day < first:
            raise InputError(f"change_levers: day {day} has begun; the next one is {first}")
        told = self.world.scenario.model_dump(mode="json")
        told["changes"].append({"day": first if day is None else day, "set": dict(levers)})
        try:
            self.world.scenario = Scenario.model_validate(told)
        except ValidationError as error:
            problem = error.errors(include_url=False)[0]
            name = str(problem["loc"][-1])
            near = nearest(name, [spec.path for spec in fields() if spec.kind == "lever"])
            raise InputError(f"change_levers: {name}: {problem['msg']}{near}") from None
        self._tell_mesa()

    # --- agents --------------------------------------------------------------------------------------

    @property
    def agents_by_type(self) -> dict:
        """A set of agents a kind: over our tables, and those of a user's own that are registered with Mesa."""
        return {kind: TableSet(self, kind) for kind in self.kinds} | super().agents_by_type

    @property
    def agent_types(self) -> list[type]:
        """Every kind of agent."""
        return list(self.agents_by_type)

    @property
    def agents(self) -> Everyone:
        """All agents of all kinds."""
        return Everyone(list(self.agents_by_type.values()), self.random)

    def handle(self, table: str, row: int) -> Handle:
        """Return the agent of a row of a table, as the kind this model shows it."""
        for kind in self.kinds:
            if kind.table == table:
                return kind.at(self, row)
        raise InputError(f"no kind of agent for the table {table!r}{nearest(table, [k.table for k in self.kinds])}")

    def agent(self, unique_id: int) -> Handle:
        """Return the agent with a `unique_id`, such as the AgentID of collected data; not of a user's own kinds."""
        row, number = divmod(int(unique_id), KINDS)
        for kind in self.kinds:
            if kind.number == number:
                return kind(self, row)
        raise InputError(f"no agent has the unique_id {unique_id}")

    def draw(self, agent: Handle, k: int = 0) -> float:
        """Return today's chance number k of an agent, in (0, 1): the same in every world of the same seed.

        For processes of a user's own; give each decision its own k (0 to 65,535).
        """
        key = self.world.rows(agent.table)["key"][agent.row]
        return draw(self.seed, OWN_STREAM + 4 * agent.number, int(key), self.day, k)

    # --- what a handle asks for, by row of a resident --------------------------------------------------

    def events_of(self, row: int) -> pd.DataFrame:
        """Return what happened to a resident, in words."""
        return events_of(self.world, row)

    def ties_of(self, row: int) -> list[Tie]:
        """Return a resident's ties to people who live here."""
        return [Tie(self.handle("residents", other), kind, weight) for other, kind, weight in ties_of(self.world, row)]

    def change_use(self, row: int, use: Use) -> None:
        """Change a resident's use today, with its event and all that follows: a history begins, a list is left."""
        world = self.world
        before = self._living_here(row).use
        if use == before:
            return
        if not NEXT_USE[-1 if before is None else before][use]:
            raise InputError(f"use: a resident does not go from {_name(before)} to {_name(use)} in one step")
        world.make_room()
        history = int(world.residents["history"][row])
        if before is None or before == Use.NONE:
            begin_history(world.view, row, int(use), 1.0 if use == MISUSE else 0.0, NONE)
        else:
            change_use(world.view, history, int(use), NONE)

    def move_away(self, row: int) -> None:
        """Let a resident move away today; children left without an adult go to kin, to friends, or away."""
        self._living_here(row)
        self.world.make_room()
        depart_and_settle(self.world.view, row, MOVED, MOVED_OUT, NONE)

    def _living_here(self, row: int) -> Resident:
        resident = self.handle("residents", row)
        if not resident.is_here:
            raise InputError(f"resident {row} does not live here any more ({resident.fate.name.lower()})")
        return resident

    # --- reading ---------------------------------------------------------------------------------------

    def why(self, event: int) -> str:
        """Tell why an event happened and what came of it; event: its row, such as the index of a resident's events."""
        return why(self.world, event)

    @property
    def tonight(self) -> dict[str, float]:
        """Last night's census by name: stocks, and what happened in the day (`model/processes/census.py`)."""
        counts = self.world.state.census[max(self.day - START_DAY - 1, 0)]
        names = [(count, count.name) for count in Count if count != FIRST_EVENT]
        names += [(FIRST_EVENT + kind, kind.name) for kind in Kind]
        return {name.lower(): float(counts[i]) for i, name in names}

    @property
    def network(self) -> nx.MultiGraph:
        """Who lives here and who is tied to whom, as a networkx graph; made when asked for, once a day."""
        clock = self.world.state.clock[0]
        now = (int(clock.day), int(clock.events), int(clock.late_ties))
        if self._network[0] != now:
            self._network = (now, network_of(self.world))
        return self._network[1]

    @property
    def agency_graph(self) -> nx.DiGraph:
        """The agencies and the ways people are handed over between them today, as a networkx graph."""
        return agency_graph(self.world.policy_on(self.day))

    # --- copies ----------------------------------------------------------------------------------------

    def __getstate__(self) -> dict:
        """Return what a copy or a file needs; the network is made anew."""
        state = dict(vars(self)) | {"_network": (None, None)}
        if "processes" in state:  # our own go by name
            state["processes"] = [process.name if process in DAY else process for process in self.processes]
        return state

    def __setstate__(self, state: dict) -> None:
        if "processes" in state:
            ours = {process.name: process for process in DAY}
            state["processes"] = tuple(ours[p] if isinstance(p, str) else p for p in state["processes"])
        self.__dict__.update(state)


def _name(use: Use | None) -> str:
    return "no history" if use is None else use.name.lower()


def _scenario(scenario, overrides: Mapping[str, Any], rng) -> tuple[Scenario, Any]:
    """Return the scenario of whatever a user gives, and the seed, which a Mesa Scenario may bring."""
    if "seed" in overrides:
        raise InputError("seed: write rng=…, as Mesa does")
    overrides = {name.replace("__", "."): value for name, value in overrides.items()}
    if isinstance(scenario, Scenario):
        if overrides:
            raise InputError(f"overrides ({', '.join(overrides)}) go with a name or path; give them to load()")
        return scenario, rng
    if scenario is not None and hasattr(scenario, "rng"):  # Mesa's own
        given = {name: _plain(value) for name, value in scenario if name != "rng"}
        return load("status_quo", given | overrides), scenario.rng if rng is None else rng
    return load("status_quo" if scenario is None else scenario, overrides), rng


def _plain(value):
    if isinstance(value, tuple | list):
        return [_plain(one) for one in value]
    return value.model_dump(mode="json") if hasattr(value, "model_dump") else value


def _seed(rng) -> int:
    """Return the seed: a whole number as it is, else one drawn from what NumPy makes a generator from."""
    if isinstance(rng, (int, np.integer)):
        return int(rng)
    try:
        return int(np.random.default_rng(rng).integers(2**63))
    except (TypeError, ValueError) as error:
        raise InputError(f"rng: cannot be {rng!r}: a whole number from 0 to 2^63 - 1 ({error})") from None
