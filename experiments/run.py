"""One run: a scenario and a seed in, everything that came of it out. No clock, no environment, no global."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:  # reading a run must not cost the import of the model
    import numpy as np

    from ..model.graph import Ties
    from ..model.world import World
    from ..scenarios.schema import Scenario

DAYS_A_YEAR = 365.25
BURN_IN_DAYS = 730
REPORT_DAYS = 30  # days lived between two reports of progress


@dataclass(frozen=True, eq=False)
class Run:
    """What one run gave. Counts are of the people simulated; `place_population` says whom they stand for."""

    scenario: "Scenario"
    seed: int
    days: int  # lived from the policy start; the burn-in came before
    residents: int  # simulated at the start
    place_population: int
    outcomes: dict[str, float]  # over the policy days, see model/outcomes.py
    monthly: dict[str, "np.ndarray"]  # (months,) each, the burn-in with negative months
    digest: str  # SHA-256 of all tables and events: the byte identity of the run
    code: str  # hash of the source of agents/ and model/
    events: "np.ndarray | None" = None  # only if asked for
    measured: Any = None  # what `measure` returned
    world: "World | None" = None  # only if asked for
    groups: "dict[str, np.ndarray] | None" = None  # counts by group over the policy days, see model/groups.py
    neighbourhoods: "dict[str, np.ndarray] | None" = None  # the same by neighbourhood, the least policed first
    cascade: "dict[str, np.ndarray] | None" = None  # episodes by pathway and group, see model/cascade.py
    quantities: "dict[str, np.ndarray] | None" = None  # by policy year, what the bill is made from: model/costs.py

    def __repr__(self) -> str:
        what = f"{self.scenario.name} in {self.scenario.place}, {self.residents:,} residents, {self.days:,} days"
        return f"Run({what}, seed {self.seed}, digest {self.digest[:8]})"

    @property
    def years(self) -> float:
        """Policy years lived."""
        return self.days / DAYS_A_YEAR

    @property
    def scale(self) -> float:
        """Residents of the place for each resident simulated."""
        return self.place_population / self.residents


def policy_days(scenario: "Scenario") -> int:
    """Return how many days a scenario lasts from its policy start."""
    return round(scenario.years * DAYS_A_YEAR)


def run(
    scenario: "Scenario",
    seed: int,
    *,
    ties: "Ties | Callable | str | Path | None" = None,
    events: bool = False,
    keep_world: bool = False,
    measure: Callable[["World"], Any] | None = None,
    progress: Callable[[int], None] | None = None,
) -> Run:
    """Live a scenario from the burn-in to its last day; the same scenario and seed give the same bytes.

    ties: a user's own ties between people: `Ties`, a function (population) -> Ties, or the path of a GraphML file.
    events, keep_world: keep the event table, or the whole world, in the run. measure: asked about the world at the
    end, the answer is kept. progress: told the days lived so far, now and then. A policy over its budget is refused, or
    lived with its levers scaled (model/budget.py). Raises InputError for that, a place that does not exist, a seed
    below 0, ties that fit other people.
    """
    from ..model.budget import within_budget
    from ..model.build import build

    scenario = within_budget(scenario)
    world = live_until(build(scenario, seed, ties=_reader(ties)), policy_days(scenario), progress)
    return told(world, events=events, keep_world=keep_world, measure=measure)


def live_until(world: "World", day: int, progress: Callable[[int], None] | None = None) -> "World":
    """Let a world live until a day, and return it; progress is told the days lived, now and then."""
    from ..model.day import live_a_day

    while world.day < day:
        live_a_day(world)
        if progress is not None and (world.day % REPORT_DAYS == 0 or world.day == day):
            progress(world.day + BURN_IN_DAYS)
    return world


def told(
    world: "World",
    *,
    events: bool = False,
    keep_world: bool = False,
    measure: Callable[["World"], Any] | None = None,
) -> Run:
    """Return what there is to say of a world that has lived to the last day of its scenario."""
    from ..agents.compiled import source_hash
    from ..model.cascade import cascade
    from ..model.costs import quantities
    from ..model.groups import count_people
    from ..model.outcomes import monthly, outcomes
    from .digest import digest

    scenario = world.scenario
    groups, neighbourhoods = count_people(world)
    return Run(
        scenario=scenario,
        seed=world.seed,
        days=policy_days(scenario),
        residents=world.starting_people,
        place_population=world.place_population,
        outcomes=outcomes(world),
        monthly=monthly(world),
        digest=digest(world),
        code=source_hash(),
        events=world.events.copy() if events else None,
        measured=measure(world) if measure is not None else None,
        world=world if keep_world else None,
        groups=groups,
        neighbourhoods=neighbourhoods,
        cascade=cascade(world),
        quantities=quantities(world),
    )


def _reader(ties):
    """Return ties as the build takes them; a path becomes a function that reads the file for its people."""
    if not isinstance(ties, (str, Path)):
        return ties

    def read(population):
        from ..model.graph_exchange import read_graphml

        return read_graphml(ties, population)

    return read
