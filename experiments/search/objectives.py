"""What a search weighs: outcomes, bills and prices, each with the direction that is better."""

from typing import TYPE_CHECKING, NamedTuple

from ...scenarios.errors import InputError, nearest

if TYPE_CHECKING:
    import numpy as np
    import pandas

PRICE = "price"
PAYERS = {
    "programme": "the programme",
    "health": "health care",
    "justice": "police, courts, jail",
    "child_welfare": "child welfare",
    "all": "all payers",
}
DEFAULT = ("expected_deaths", "cost_programme")
DOLLARS = "dollars a year"
FEWEST, MOST = 2, 4


class Objective(NamedTuple):
    """One thing a search weighs; its values are a year, of the whole place."""

    id: str
    title: str
    unit: str
    better: str  # "fewer" or "more"
    kind: str  # "count", "stock", "share", or "money"
    definition: str

    @property
    def sign(self) -> int:
        """What a value is multiplied by so that less is better."""
        return 1 if self.better == "fewer" else -1

    @property
    def is_price(self) -> bool:
        """Whether it is what the programme costs, and no gain in itself."""
        return self.id in (PRICE, "cost_programme")

    def of(self, table: "pandas.DataFrame", years: int) -> "np.ndarray":
        """Return the value of each run of a sweep's table, shape (runs,); bills and health are a year of the run."""
        values = table[self.id].to_numpy(float)
        return values / years if self.kind in ("money", "health") else values


def read(text: str, where: str) -> Objective:
    """Return the objective of an id, or of "id=fewer", "id=more". Raises InputError."""
    id, equals, better = (part.strip() for part in text.partition("="))
    known = {one.id: one for one in _known()}
    if id not in known:
        raise InputError(f"{where}: no outcome or cost {id!r}{nearest(id, known)}")
    if equals and better not in ("fewer", "more"):
        raise InputError(f"{where}: write {id}=fewer or {id}=more")
    found = known[id]._replace(better=better) if equals else known[id]
    if not found.better:
        raise InputError(f"{where}: {id} is neither better nor worse in itself: write {id}=fewer or {id}=more")
    return found


def _known() -> list[Objective]:
    from ...model.outcomes import OUTCOMES

    found = [
        Objective(
            one.id, one.title, f"{one.unit} a year" if one.kind == "count" else one.unit, one.better, one.kind,
            one.definition,
        )
        for one in OUTCOMES
    ]  # fmt: skip
    for payer, name in PAYERS.items():
        told = f"bill of {name} in the runs, discounted, over the years lived"
        found.append(Objective(f"cost_{payer}", f"Cost to {name}", DOLLARS, "fewer", "money", told))
    told = "health lived, discounted, over the years lived"
    found.append(Objective("qalys", "Quality-adjusted life years", "QALYs a year", "more", "health", told))
    told = "planned price of the levers over the status quo, known before any run"
    found.append(Objective(PRICE, "Planned price", DOLLARS, "fewer", "price", told))
    return found
