"""Money and health of finished runs: what a result keeps for its bill, the bill as tables, and what a pair of policies
costs for what it gains. Other prices need no other run."""

import json
from collections.abc import Iterable, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from ..scenarios.errors import InputError
from .chance import COVERAGE, spread
from .compare_table import FEWEST, interval
from .run import Run

if TYPE_CHECKING:
    import pandas

    from ..model.costs import Quantities
    from ..scenarios.schema import Scenario

QUANTITIES_FILE = "quantities.csv"
KEPT = ("policy", "seed", "year", "quantity", "amount")
COSTS = (
    "kind",
    "item",
    "title",
    "payer",
    "year",
    "quantity",
    "unit",
    "price",
    "price_year",
    "amount",
    "low",
    "high",
    "undiscounted",
    "seeds",
)
WILLING = (0, 50_000, 100_000, 150_000, 200_000)  # dollars for a QALY; that of the scenario comes beside them
NAN = float("nan")
PAYER_NAMES = {
    "health": "health care",
    "justice": "police, courts, jail",
    "child_welfare": "child welfare",
    "programme": "the programme",
    "society": "society",
}


class Account(NamedTuple):
    """What one run keeps for its bill."""

    seed: int
    kept: "Quantities"  # of the people simulated, by year
    scale: float  # residents of the place for each of them


class Ledger:
    """The accounts of one scenario's runs, and the bill at that scenario's prices."""

    def __init__(self, scenario: "Scenario", accounts: Sequence[Account], place: str):
        self.scenario, self.accounts, self.place = scenario, list(accounts), place

    @classmethod
    def of_runs(cls, runs: Sequence[Run], place: str) -> "Ledger":
        """Return the ledger of runs that kept their quantities."""
        return cls(runs[0].scenario, [Account(run.seed, run.quantities, run.scale) for run in runs], place)

    def priced(self, prices) -> "Ledger":
        """Return the same accounts at other prices (a PricesSection)."""
        return Ledger(self.scenario.model_copy(update={"prices": prices}), self.accounts, self.place)

    @property
    def seeds(self) -> list[int]:
        """The seed of each run."""
        return [account.seed for account in self.accounts]

    @cached_property
    def totals(self) -> dict[str, np.ndarray]:
        """Discounted dollars by payer, `all`, `qalys`, `spill_over`, `deaths`, `expected_deaths`: (seeds,) each."""
        from ..model import costs

        found: dict[str, list[float]] = {}
        for account in self.accounts:
            lines = costs.bill(account.kept, self.scenario, account.scale)
            one = {payer: sum(line.cents for line in lines if line.payer == payer) / 100 for payer in costs.PAYERS}
            one["all"] = sum(line.cents for line in lines) / 100
            one["qalys"] = sum(line.qalys for line in costs.health(account.kept, self.scenario, account.scale))
            one["spill_over"] = sum(x.qalys for x in costs.spill_over(account.kept, self.scenario, account.scale))
            for name, kept in (("deaths", "event.died_overdose"), ("expected_deaths", "census.expected_deaths")):
                one[name] = float(np.sum(account.kept[kept]) * account.scale)
            for name, value in one.items():
                found.setdefault(name, []).append(value)
        return {name: np.array(values) for name, values in found.items()}

    @cached_property
    def table(self) -> "pandas.DataFrame":
        """The analyst's table (docs/costs.md): an item and year a row; year `all` is the whole run."""
        import pandas

        return pandas.DataFrame(self._rows(), columns=list(COSTS))

    def _rows(self) -> list[dict[str, Any]]:
        from ..model import costs
        from ..model.budget import currency_year, price_of

        prices, rows = self.scenario.prices, []
        bills, views, lived, near = (
            [make(one.kept, self.scenario, one.scale) for one in self.accounts]
            for make in (costs.bill, costs.views, costs.health, costs.spill_over)
        )
        for item in costs.ITEMS:
            known = dict(
                kind="cost",
                item=item.id,
                title=item.title,
                payer=item.payer,
                unit=item.unit,
                price=price_of(self.scenario, item.price),
                price_year="+".join(str(currency_year(name)) for name in item.price),
            )
            rows += self._by_year(known, [[line for line in lines if line.item == item.id] for lines in bills])
        for payer in (*costs.PAYERS, "all"):
            known = dict(
                kind="total",
                item="total",
                title=f"Total, {PAYER_NAMES.get(payer, 'all payers')}",
                payer=payer,
                unit="",
                price=NAN,
                price_year="",
            )
            of = [[line for line in lines if payer in ("all", line.payer)] for lines in bills]
            rows += self._by_year(known, of, quantities=False)
        titles = {view: title for view, title, *_ in costs.VALUES} | {
            "qalys": "Health lost by overdose deaths, in money"
        }
        for view in costs.VIEWS:
            known = dict(
                kind="view", item=view, title=titles[view], payer="society", unit="deaths", price=NAN, price_year=""
            )
            rows += self._by_year(known, [[line for line in lines if line.item == view] for lines in views])
        states = {state: (title, getattr(prices, utility)) for state, title, _, utility in costs.STATES}
        states[costs.BEYOND] = ("Years that overdose deaths take after the run", NAN)
        for state, title, _, decrement, _ in costs.SPILL_OVER:
            states[state] = (title, -getattr(prices, decrement))
        around = [state for state, *_ in costs.SPILL_OVER]
        for state, (title, utility) in states.items():
            kind = "spill-over" if state in around else "health"
            unit = "expected deaths" if state == costs.BEYOND else "person-years"
            known = dict(kind=kind, item=state, title=title, payer="", unit=unit, price=utility, price_year="")
            source = near if kind == "spill-over" else lived
            rows += self._by_year(known, [[line for line in lines if line.state == state] for lines in source])
        return rows

    def _by_year(self, known: dict, lines: list[list], quantities: bool = True) -> list[dict]:
        """Return the rows of one item, all years and then each; lines: those of the item, for each run."""
        rows = []
        for year in ("all", *range(self.scenario.years)):
            mine = [[line for line in one if year in ("all", line.year)] for one in lines]
            if known["kind"] not in ("health", "spill-over"):
                amounts = [sum(line.cents for line in one) / 100 for one in mine]
                plain = [sum(line.undiscounted for line in one) / 100 for one in mine]
                counted = [sum(line.quantity for line in one) for one in mine]
            else:
                amounts = [sum(line.qalys for line in one) for one in mine]
                plain = [NAN for _ in mine]
                counted = [sum(line.person_years for line in one) for one in mine]
            told = spread(amounts, lowest=0.0 if min(amounts) >= 0 else -np.inf)
            rows.append(
                known
                | dict(
                    year="all" if year == "all" else year + 1,
                    amount=told.mean,
                    low=told.low,
                    high=told.high,
                    quantity=float(np.mean(counted)) if quantities else NAN,
                    undiscounted=float(np.mean(plain)),
                    seeds=len(mine),
                )
            )
        return rows


def kept_rows(ledger: Ledger) -> list[tuple]:
    """Return what quantities.csv holds: (policy, seed, year from 1, quantity, amount); what is zero is left out."""
    return [
        (ledger.scenario.name, account.seed, year + 1, name, float(amount))
        for account in ledger.accounts
        for name, amounts in account.kept.items()
        for year, amount in enumerate(amounts)
        if amount
    ]


def write_kept(folder: Path, ledgers: Sequence[Ledger]) -> None:
    """Write quantities.csv: of the people simulated, not scaled. Amounts are exact to the last digit."""
    import pandas

    rows = [(side, *row[1:]) for side, ledger in zip("ab", ledgers, strict=False) for row in kept_rows(ledger)]
    if len(ledgers) == 1:
        rows = kept_rows(ledgers[0])
    table = pandas.DataFrame(rows, columns=list(KEPT))
    table.to_csv(folder / QUANTITIES_FILE, index=False, float_format="%.17g", lineterminator="\n")


def write_table(table: "pandas.DataFrame", path: Path) -> None:
    """Write a table of dollars; cents are whole in every run, means over runs may have more digits."""
    table.to_csv(path, index=False, float_format="%.10g", lineterminator="\n")


def read(folder: Path) -> list[Ledger]:
    """Return the ledgers that a folder of results keeps: one of a run, two of a comparison. Raises InputError."""
    import pandas

    from ..model.costs import QUANTITIES
    from ..scenarios.schema import Scenario
    from .provenance import label_of

    try:
        told = json.loads((folder / "provenance.json").read_text(encoding="utf-8"))
        table = pandas.read_csv(folder / QUANTITIES_FILE, dtype={"policy": str})
        sides = [told] if "scenario" in told else [told["a"], told["b"]]
        names = [None] if len(sides) == 1 else ["a", "b"]
        ledgers = []
        for side, name in zip(sides, names, strict=True):
            scenario = Scenario.model_validate(side["scenario"])
            mine = table if name is None else table[table.policy == name]
            scale = side["place_population"] / side["residents_simulated"]
            accounts = []
            for seed in side["seeds"]:
                kept = {id: np.zeros(scenario.years) for id in QUANTITIES}
                for row in mine[mine.seed == seed].itertuples():
                    kept[row.quantity][row.year - 1] = row.amount
                accounts.append(Account(seed, kept, scale))
            ledgers.append(Ledger(scenario, accounts, label_of(scenario)))
    except FileNotFoundError as error:
        what = Path(error.filename or folder).name
        raise InputError(f"{folder}: holds no {what}; is it the folder of `deflect run` or `compare`?") from None
    except (KeyError, ValueError, AttributeError, OSError) as error:
        raise InputError(f"{folder}: cannot be read as results of this version ({error})") from None
    return ledgers


def prices_of(scenario: "Scenario", sets: Iterable[str]):
    """Return the prices of a scenario with some set anew: `prices.cost_jail_day=200`. Raises InputError."""
    from ..scenarios.load import load
    from .differences import value_at

    sets = list(sets)
    paths = [text.partition("=")[0].strip() for text in sets]
    wrong = [path for path in paths if not path.startswith("prices.")]
    if wrong:
        raise InputError(f"--set {wrong[0]}: a finished run takes other prices only (prices.…); run it again for that")
    told = load("status_quo", sets)
    return scenario.prices.model_copy(update={path.partition(".")[2]: value_at(told, path) for path in paths})


class Increment(NamedTuple):
    """What B has more than A, over the whole run and place: mean over pairs, with its 95 % t interval."""

    what: str
    title: str
    unit: str
    a: float
    b: float
    diff: float
    low: float
    high: float


class Ratio(NamedTuple):
    """Dollars for one unit of gain; nan, and words instead, where a ratio makes no sense."""

    title: str
    dollars: float
    low: float
    high: float
    said: str


class Economics:
    """Two policies in money and health, from pairs of runs of one seed each, at one set of prices."""

    def __init__(self, a: Ledger, b: Ledger, labels: tuple[str, str]):
        for name in ("place", "years", "residents"):
            if getattr(a.scenario, name) != getattr(b.scenario, name):
                raise InputError(f"the two results have different {name}: nothing can be said of their difference")
        if a.scenario.prices != b.scenario.prices:
            raise InputError("the two results have different prices: set the same for both")
        seeds = [seed for seed in a.seeds if seed in b.seeds]
        if len(seeds) < FEWEST:
            raise InputError(f"the two results share {len(seeds)} seeds; a comparison needs at least five pairs")
        self.a, self.b = (
            Ledger(one.scenario, [account for account in one.accounts if account.seed in seeds], one.place)
            for one in (a, b)
        )
        self.b.accounts.sort(key=lambda account: seeds.index(account.seed))
        self.labels, self.seeds = labels, seeds

    @property
    def prices(self):
        """The prices of both."""
        return self.a.scenario.prices

    def more(self, what: str) -> np.ndarray:
        """Return B - A of a total for each pair, shape (pairs,); `averted` and `expected_averted` are A - B."""
        if what in ("averted", "expected_averted"):
            return -self.more({"averted": "deaths", "expected_averted": "expected_deaths"}[what])
        if what == "qalys_with_family":
            return self.more("qalys") + self.more("spill_over")
        return self.b.totals[what] - self.a.totals[what]

    @cached_property
    def increments(self) -> list[Increment]:
        """What B has more than A: dollars by payer, deaths, QALYs."""
        dollars = f"dollars of {self.prices.price_year}"
        payers = {name: title for name, title in PAYER_NAMES.items() if name != "society"}
        rows = [self._increment(payer, f"Cost to {title}", dollars) for payer, title in payers.items()]
        return [
            *rows,
            self._increment("all", "Cost to all payers", dollars),
            self._increment("expected_deaths", "Expected overdose deaths", "people"),
            self._increment("deaths", "Overdose deaths", "people"),
            self._increment("qalys", "Health of residents", "QALYs"),
            self._increment("spill_over", "Health of partners and children (apart)", "QALYs"),
        ]

    def _increment(self, what: str, title: str, unit: str) -> Increment:
        a, b = self.a.totals[what], self.b.totals[what]
        low, high = interval(b - a)
        return Increment(what, title, unit, float(a.mean()), float(b.mean()), float((b - a).mean()), low, high)

    @cached_property
    def ratios(self) -> list[Ratio]:
        """What all payers together pay for one gain."""
        cost = self.more("all")
        return [
            ratio("Per overdose death averted", cost, self.more("expected_averted"), "overdose deaths averted"),
            ratio("Per QALY gained", cost, self.more("qalys"), "QALYs gained"),
            ratio(
                "Per QALY gained, partners and children counted too",
                cost,
                self.more("qalys_with_family"),
                "QALYs gained",
            ),
        ]

    def net_benefit(self, willing: float) -> tuple[float, float, float]:
        """Return net monetary benefit of B over A at so many dollars a QALY: mean and 95 % t interval."""
        benefit = willing * self.more("qalys") - self.more("all")
        return float(benefit.mean()), *interval(benefit)

    @property
    def message(self) -> str:
        """The one sentence, at the scenario's willingness to pay."""
        from ..model.budget import price_of

        willing = price_of(self.a.scenario, ("wtp_per_qaly",))
        mean, low, high = self.net_benefit(willing)
        worth = f"at ${willing:,.0f} a QALY"
        if low > 0:
            return f"{self.labels[1]} is worth its cost {worth}"
        if high < 0:
            return f"{self.labels[1]} is not worth its cost {worth}"
        return f"these {len(self.seeds)} pairs cannot tell whether {self.labels[1]} is worth its cost {worth}"

    @cached_property
    def table(self) -> "pandas.DataFrame":
        """Everything in one table: increments, ratios and net benefits (docs/costs.md)."""
        import pandas

        rows = [("increment", *row) for row in self.increments]
        dollars = f"dollars of {self.prices.price_year}"
        rows += [
            ("ratio", "", one.title, f"{dollars} ({one.said})", NAN, NAN, one.dollars, one.low, one.high)
            for one in self.ratios
        ]
        for willing in sorted({*WILLING, round(self.prices.wtp_per_qaly)}):
            title = f"Net monetary benefit at {willing} a QALY"
            rows.append(("net benefit", str(willing), title, dollars, NAN, NAN, *self.net_benefit(willing)))
        return pandas.DataFrame(rows, columns=["kind", *Increment._fields])


def ratio(title: str, cost: np.ndarray, effect: np.ndarray, what: str) -> Ratio:
    """Return cost over effect from pairs, with Fieller's 95 % interval; words where a ratio makes no sense.

    There is a ratio only where a gain is clear of zero. Where the policy also clearly saves money it dominates, and a
    ratio would say less than that: among negative ratios a smaller one may be better or worse.
    """
    from scipy.special import stdtrit

    (cost_low, cost_high), (low, high) = interval(cost), interval(effect)
    if high < 0:
        said = "dominated: it costs more and gains less" if cost_low > 0 else f"a loss, not a gain, of {what}"
        return Ratio(title, NAN, NAN, NAN, said)
    if not low > 0:
        return Ratio(title, NAN, NAN, NAN, f"no gain shown: these pairs cannot tell {what} from none")
    if cost_high < 0:
        return Ratio(title, NAN, NAN, NAN, "dominates: it saves money and gains")
    n = len(cost)
    t = float(stdtrit(n - 1, (1 + COVERAGE) / 2))
    c, e = float(cost.mean()), float(effect.mean())
    (vc, cov), (_, ve) = np.cov(cost, effect, ddof=1) / n
    r, g = c / e, t**2 * ve / e**2
    inside = vc - 2 * r * cov + r**2 * ve - (g * (vc - cov**2 / ve) if ve > 0 else 0.0)
    half = t / e * max(inside, 0.0) ** 0.5
    middle = r - (g * cov / ve if ve > 0 else 0.0)
    ends = (middle - half) / (1 - g), (middle + half) / (1 - g)
    said = "the interval reaches below zero: it may also save money" if ends[0] < 0 else "costs more and gains"
    return Ratio(title, r, *ends, said)


def labels_of(ledgers: Sequence[Ledger]) -> tuple[str, str]:
    """Return the names of two policies, told apart also where they are the same."""
    a, b = (ledger.scenario.name for ledger in ledgers)
    return (a, b) if a != b else (f"{a} (A)", f"{b} (B)")
