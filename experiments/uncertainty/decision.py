"""The decision between A and B in money and health: net benefit by draw, how acceptable B is, what knowing is worth."""

from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from . import value
from .components import Components, components, means_of, wilson, without_chance
from .draws import Draws

if TYPE_CHECKING:
    import pandas

    from ..unknowns import Unknown

STEPS = 81  # of willingness to pay
HIGHEST = {"qaly": 200_000.0, "death": 1_000_000.0}  # dollars drawn, unless the policies meet further out
FURTHEST = 20e6
WORTH = ("kind", "name", "value", "error", "by_chance", "best_by_chance", "variance_share", "variance_by_chance",
         "best_variance_by_chance", "qalys", "per_100k", "row", "quality", "central", "low", "high", "unit",
         "meaning")  # fmt: skip
UNKNOWN = value.Floor(*[float("nan")] * 4)
NAN = float("nan")


class Benefit(NamedTuple):
    """Net benefit of B over A at one willingness to pay: dollars of the whole place and run."""

    willing: float
    draws: np.ndarray  # mean over seeds, shape (draws,)
    parts: Components


class Decision:
    """B instead of A, or not: what it costs more and gains, draw by draw."""

    def __init__(self, draws: Draws, willing: float):
        self.draws, self.willing = draws, willing  # dollars for a QALY, as the scenario says
        self.cost = draws.values["cost_all"].diff
        self.gained = {
            "qaly": draws.values["qalys"].diff,
            "death": -draws.values["expected_deaths"].diff * draws.years,
        }

    def benefit(self, willing: float, per: str = "qaly") -> Benefit:
        """Return net benefit at so many dollars for a QALY, or for a death averted."""
        pairs = willing * self.gained[per] - self.cost
        return Benefit(willing, means_of(pairs), components(pairs))

    def highest(self, per: str) -> float:
        """Return the largest willingness to pay drawn: far enough to see the policies change places, if they do."""
        cost, gained = (float(means_of(one).mean()) for one in (self.cost, self.gained[per]))
        meet = cost / gained if gained > 0 else 0.0
        wanted = max(HIGHEST[per], 3 * meet)
        size = 10 ** np.floor(np.log10(wanted))
        return float(min(np.ceil(wanted / size) * size, FURTHEST))

    def acceptability(self, per: str = "qaly") -> "pandas.DataFrame":
        """Return one row a willingness to pay: how likely B is worth it, net benefit, what perfect information is.

        `best` has the larger expected net benefit, `p_best` is how likely it is the right choice: the frontier.
        """
        import pandas

        rows = []
        for willing in np.linspace(0, self.highest(per), STEPS):
            benefit = self.benefit(float(willing), per)
            good, draws = int((benefit.draws > 0).sum()), len(benefit.draws)
            p, mean = good / draws, benefit.parts.mean
            ties = int((benefit.draws == 0).sum()) / draws
            best = "B" if mean > 0 else "A" if mean < 0 else "neither"
            at_least_a = 1 - p - ties
            rows.append((per, float(willing), p, *wilson(good, draws), ties, mean, benefit.parts.low,
                         benefit.parts.high, best, {"B": p, "A": at_least_a}.get(best, NAN),
                         float(value.gain(self._sure(benefit)))))  # fmt: skip
        columns = ["per", "willing", "p_b", "p_b_low", "p_b_high", "p_same", "net_benefit", "low", "high", "best"]
        return pandas.DataFrame(rows, columns=[*columns, "p_best", "perfect_information"])

    @cached_property
    def at_usual(self) -> Benefit:
        """Net benefit at the scenario's own willingness to pay for a QALY."""
        return self.benefit(self.willing)

    @cached_property
    def perfect(self) -> value.Worth:
        """What it is worth to know everything, chance taken out of the draws (as it is where seeds tell it apart)."""
        return value.perfect(self._sure(self.at_usual))

    @cached_property
    def perfect_bounds(self) -> tuple[float, float]:
        """What perfect information is worth at least and at most, whatever the shapes of chance and ignorance.

        At least: decided by the seeds but one, counted by that one. At most: chance taken for ignorance.
        """
        pairs = self.willing * self.gained["qaly"] - self.cost
        most = float(value.gain(self.at_usual.draws))
        pairs = pairs[np.isfinite(pairs).all(axis=1)]
        if not len(pairs) or pairs.shape[1] < 2:
            return NAN, most
        least = []
        for seed in range(pairs.shape[1]):
            chosen = np.delete(pairs, seed, axis=1).mean(axis=1) > 0
            least.append((pairs[:, seed] * chosen).mean())
        return max(0.0, float(np.mean(least) - max(pairs.mean(), 0))), most

    def worth(self, unknown: "tuple[Unknown, ...]") -> "pandas.DataFrame":
        """Return what it is worth to know everything, each section of the scenario, each number; the largest first."""
        import pandas

        benefit, names = self.at_usual.draws, [one.path for one in unknown]
        columns = self.draws.parameters[names].to_numpy(float)
        rows = [self._told("all", "everything", self.perfect, UNKNOWN)]
        found = []
        for section in dict.fromkeys(name.partition(".")[0] for name in names):
            mine = [i for i, name in enumerate(names) if name.startswith(f"{section}.")]
            known = value.group(columns[:, mine], benefit)
            floor = UNKNOWN._replace(value=known.by_chance, share=known.share_by_chance)
            count = f"{len(mine)} number{'s' * (len(mine) != 1)}"
            found.append(self._told("section", section, known.worth, floor, meaning=count))
        rows += sorted(found, key=_order)
        floor = value.by_chance(benefit, len(names))
        found = [
            self._told("number", one.path, value.one(columns[:, i], benefit), floor, one)
            for i, one in enumerate(unknown)
        ]
        return pandas.DataFrame(rows + sorted(found, key=_order), columns=list(WORTH))

    def _told(self, kind: str, name: str, worth: value.Worth, floor: value.Floor, one=None, meaning: str = "") -> tuple:
        about = (one.row, one.quality, one.value, one.low, one.high, one.unit, one.meaning) if one else None
        return (
            *(kind, name, worth.value, worth.error, floor.value, floor.best_value),
            *(worth.share, floor.share, floor.best_share),
            worth.value / self.willing if self.willing else NAN,
            worth.value / self.draws.population * 1e5,
            *(about or ("", "", NAN, NAN, NAN, "", meaning)),
        )

    def _sure(self, benefit: Benefit) -> np.ndarray:
        return without_chance(benefit.draws, benefit.parts.share)


def _order(row: tuple) -> tuple:
    """Order by worth, then by how much of the benefit's variance goes with it, then by name."""
    return -row[2], -row[6], row[1]
