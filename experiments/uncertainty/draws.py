"""The runs of a study as arrays: what each draw was, and what both policies gave in each of its pairs."""

from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from ...scenarios.errors import InputError
from ..run import DAYS_A_YEAR
from .components import means_of

if TYPE_CHECKING:
    import pandas

    from ..sweep import Sweep

MONEY = ("cost_health", "cost_justice", "cost_child_welfare", "cost_programme", "cost_all", "qalys")
MONTHS = 12
NAN = float("nan")


class Pairs(NamedTuple):
    """One number under A and B, shape (draws, seeds), or (draws, seeds, months); nan where a pair is not whole."""

    a: np.ndarray
    b: np.ndarray

    @property
    def diff(self) -> np.ndarray:
        """B - A."""
        return self.b - self.a


class Draws:
    """All pairs of a study, by draw. Values are of the whole place, as in a sweep's table."""

    def __init__(
        self,
        parameters: "pandas.DataFrame",
        values: dict[str, Pairs],
        monthly: dict[str, Pairs],
        years: int,
        people: tuple[int, int],
    ):
        self.parameters = parameters  # one row a draw: its number as index, values by dotted name
        self.values, self.monthly, self.years = values, monthly, years
        self.residents, self.population = people  # simulated, and of the place

    def __len__(self) -> int:
        return len(self.parameters)

    def __repr__(self) -> str:
        return f"Draws({len(self):,} draws of {self.parameters.shape[1]} numbers, {self.pairs:,} pairs)"

    @property
    def pairs(self) -> int:
        """Pairs of runs that are whole."""
        return int(np.isfinite(self.values["expected_deaths"].diff).sum())

    def only(self, kept: np.ndarray) -> "Draws":
        """Return the draws where `kept`, shape (draws,), is true."""
        values, monthly = (
            {name: Pairs(pairs.a[kept], pairs.b[kept]) for name, pairs in one.items()}
            for one in (self.values, self.monthly)
        )
        return Draws(self.parameters[kept], values, monthly, self.years, (self.residents, self.population))

    @cached_property
    def months(self) -> tuple[np.ndarray, np.ndarray]:
        """The number of each month, 0 the first of the policy, and its days."""
        return calendar(self.years)

    @cached_property
    def level(self) -> np.ndarray:
        """Expected overdose deaths per 100,000 in the year before the policy, status quo under both, by draw."""
        months, days = self.months
        before = (months < 0) & (months >= -MONTHS)
        deaths = self.monthly["expected_deaths"].a[:, :, before].sum(axis=2)
        lived = (self.monthly["population"].a * days)[:, :, before].sum(axis=2) / DAYS_A_YEAR
        return means_of(1e5 * deaths / lived)


def calendar(years: int) -> tuple[np.ndarray, np.ndarray]:
    """Return the months that a run keeps, numbers and days, as `model.outcomes.monthly` counts them."""
    from ...model.calendar import MONTH_DAYS
    from ...model.world import START_DAY

    month = np.floor(np.arange(START_DAY, round(years * DAYS_A_YEAR)) / MONTH_DAYS).astype(int)
    return np.unique(month, return_counts=True)


def read_draws(sweep: "Sweep") -> Draws:
    """Return the whole pairs of a sweep of two policies in one place. Raises InputError where there are none."""
    from ...model.outcomes import OUTCOMES

    plan, table = sweep.plan, sweep.table
    number = table.number.to_numpy()
    rest, policy = np.divmod(number, len(plan.policies))
    point, seed = np.divmod(rest, len(plan.seeds))
    both = np.zeros((plan.points, len(plan.seeds)), int)
    np.add.at(both, (point, seed), 1)
    whole = both == len(plan.policies)
    if not whole.any():
        raise InputError(f"{sweep.store.folder}: no pair of runs could be lived: see failures there")

    def gridded(column, shape=()) -> Pairs:
        grid = np.full((2, plan.points, len(plan.seeds), *shape), NAN)
        grid[policy, point, seed] = column
        grid[:, ~whole] = NAN
        kept = whole.any(axis=1)
        return Pairs(grid[0][kept], grid[1][kept])

    values = {name: gridded(table[name].to_numpy(float)) for name in (*(one.id for one in OUTCOMES), *MONEY)}
    shares = {one.id for one in OUTCOMES if one.kind == "share"}
    scale = (table.place_population / table.residents_simulated).to_numpy()
    monthly = {}
    for name in plan.monthly:
        rows = np.array(table[f"monthly_{name}"].tolist(), float)
        monthly[name] = gridded(rows if name in shares else rows * scale[:, None], rows.shape[1:])
    order = np.unique(point, return_index=True)[1]
    parameters = table.iloc[order].set_index("point")[list(plan.varied)]
    parameters = parameters[whole[parameters.index].any(axis=1)]
    people = int(table.residents_simulated.iloc[0]), int(table.place_population.iloc[0])
    return Draws(parameters, values, monthly, plan.policies[0].years, people)
