"""Runs of one scenario as tables: one row an outcome, a month, an event."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from .chance import spread
from .run import Run

if TYPE_CHECKING:
    import pandas

    from .result import Result

SUMMARY = (
    "outcome",
    "title",
    "kind",
    "unit",
    "better",
    "per_year",
    "per_100k_year",
    "per_100k_low",
    "per_100k_high",
    "mean",
    "sd",
    "low",
    "high",
    "seeds",
)
EVENTS = (
    "seed",
    "event",
    "day",
    "kind",
    "meaning",
    "who",
    "other",
    "neighbourhood",
    "setting",
    "amount",
    "cause",
)


def summary_rows(runs: Sequence[Run]) -> list[dict[str, object]]:
    """Return one row an outcome, with the columns of SUMMARY.

    `mean`, `sd`, `low` and `high` are over seeds and of the whole place: a count is per year, a stock the number on
    an average day, a share itself. A number that does not exist is nan.
    """
    from ..model.outcomes import OUTCOMES

    nan = float("nan")
    rows = []
    for outcome in OUTCOMES:
        values = np.array([run.outcomes[outcome.id] for run in runs])
        count = outcome.kind == "count"
        rate = spread(values / [run.outcomes["person_years"] for run in runs] * 1e5) if count else None
        if outcome.kind != "share":
            values = values * [run.scale for run in runs]
        here = spread(values / [run.years for run in runs] if count else values)
        rows.append(
            {
                "outcome": outcome.id,
                "title": outcome.title,
                "kind": outcome.kind,
                "unit": f"{outcome.unit} a year" if count else outcome.unit,
                "better": outcome.better,
                "per_year": here.mean if count else nan,
                "per_100k_year": rate.mean if rate else nan,
                "per_100k_low": rate.low if rate else nan,
                "per_100k_high": rate.high if rate else nan,
                "mean": here.mean,
                "sd": here.sd,
                "low": here.low,
                "high": here.high,
                "seeds": here.runs,
            }
        )
    return rows


def beside_rows(result: "Result") -> list[dict[str, object]]:
    """Return the same of what is told beside outcomes: trust in police and cost (experiments/families.py)."""
    from .families import beside

    rows = []
    for outcome, values in beside(result):
        here = spread(values, lowest=-np.inf)
        known = dict.fromkeys(SUMMARY, float("nan")) | {
            name: getattr(here, name) for name in ("mean", "sd", "low", "high")
        }
        rows.append(known | {name: getattr(outcome, name) for name in ("title", "kind", "unit", "better")})
        rows[-1] |= {"outcome": outcome.id, "seeds": here.runs}
    return rows


def summary_table(runs: Sequence[Run]) -> "pandas.DataFrame":
    """Return the summary as a table, one row an outcome."""
    import pandas

    return pandas.DataFrame(summary_rows(runs), columns=list(SUMMARY))


def monthly_table(runs: Sequence[Run]) -> "pandas.DataFrame":
    """Return every outcome by seed and month, of the people simulated; the burn-in has negative months."""
    import pandas

    first = ["month", "month_days", "population"]
    names = first + [name for name in runs[0].monthly if name not in first]
    columns = {name: np.concatenate([run.monthly[name] for run in runs]) for name in names}
    months = [len(run.monthly["month"]) for run in runs]
    return pandas.DataFrame({"seed": np.repeat([run.seed for run in runs], months)} | columns)


def event_table(runs: Sequence[Run]) -> "pandas.DataFrame":
    """Return every event of runs that kept theirs, kinds and settings in words; `cause` is an `event` of that seed."""
    import pandas

    from ..model.events import MEANING, SETTINGS, Kind

    kinds = pandas.Index([kind.name.lower() for kind in Kind])
    meanings = pandas.Index([MEANING[kind][0] for kind in Kind])

    def words(codes, names):
        return pandas.Categorical.from_codes(codes, names)

    events = np.concatenate([run.events for run in runs])
    lengths = [len(run.events) for run in runs]
    table = {
        "seed": np.repeat([run.seed for run in runs], lengths),
        "event": np.concatenate([np.arange(length) for length in lengths]),
        "day": events["day"],
        "kind": words(events["kind"], kinds),
        "meaning": words(events["kind"], meanings),
        "who": events["who"],
        "other": events["other"],
        "neighbourhood": events["place"],
        "setting": words(events["setting"], pandas.Index(SETTINGS)),
        "amount": events["amount"],
        "cause": events["cause"],
    }
    return pandas.DataFrame(table, columns=list(EVENTS))
