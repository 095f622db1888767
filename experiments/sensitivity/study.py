"""A study of sensitivity: its question, its runs, and the table, picture and files that answer it."""

import os
import platform
from collections.abc import Iterable, Mapping
from concurrent.futures import Executor
from functools import cached_property
from os import PathLike, fspath
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import numpy as np

from ... import __version__
from ...scenarios.errors import InputError
from .. import files
from ..differences import as_text
from ..many import Progress
from ..provenance import PACKAGES, _version
from ..sweep import Sweep, sweep
from . import discovery, screening, sobol, tornado
from .luck import Luck, luck
from .quantity import responses
from .question import OUTCOME, SEEDS, SWEEP, Question, ask

if TYPE_CHECKING:
    import pandas
    from matplotlib.figure import Figure

TABLE, PICTURE, POINTS = "sensitivity.csv", "sensitivity.png", "points.parquet"
RANKED = {"screening": "mu_star", "sobol": "st", "tornado": "reach", "discovery": "gain"}
FAILED = 5  # runs named


class Study:
    """A question and the runs that answer it. `runs` is the whole table of its sweep."""

    def __init__(self, question: Question, runs: "pandas.DataFrame", code: str = ""):
        self.question, self.runs, self.code = question, runs, code
        self.responses = responses(runs, question.plan, question.quantity)  # shape (points, seeds)

    def __repr__(self) -> str:
        return f"Study({self.question.method.name}, {self.question.size}: {self.message})"

    @property
    def message(self) -> str:
        """The one sentence: what decides the quantity, or where it is as asked."""
        from .words import message

        return message(self)

    @cached_property
    def table(self) -> "pandas.DataFrame":
        """One row a number, those first that stand out from chance, then by how much they matter.

        What the number is and rests on, then the indices of the method with 95 % intervals (docs/sensitivity.md), in
        the unit of the sweep's table.
        """
        import pandas

        told = pandas.DataFrame([one[:-1] for one in self.question.numbers], columns=list(_COLUMNS))
        table = pandas.concat([told, self._read[0]], axis=1)
        rank = RANKED[self.question.method.name]
        order = np.lexsort((np.arange(len(table)), -table[rank].abs(), ~table.clear.to_numpy(bool)))
        return table.iloc[order].reset_index(drop=True)

    @property
    def found(self) -> discovery.Found | None:
        """What a discovery found."""
        return self._read[1] if self.question.method.name == "discovery" else None

    @property
    def explained(self) -> sobol.Explained | None:
        """Of Sobol indices, what the numbers explain one by one."""
        return self._read[1] if self.question.method.name == "sobol" else None

    @cached_property
    def luck(self) -> Luck | None:
        """What chance makes of the variance between points; None of a tornado, whose points are no sample."""
        blocks = {"screening": len(self.question.numbers) + 1, "sobol": len(self.question.numbers) + 2, "discovery": 1}
        name = self.question.method.name
        return luck(self.responses, blocks[name]) if name in blocks else None

    @cached_property
    def points(self) -> "pandas.DataFrame":
        """One row a point: the values that vary, the mean of the quantity over seeds and its standard error."""
        import pandas

        plan, shown = self.question.plan, self.responses
        values = self.runs.sort_values("number").drop_duplicates("point")[list(plan.varied)].reset_index(drop=True)
        error = shown.std(axis=1, ddof=1) / shown.shape[1] ** 0.5
        first = pandas.DataFrame({"point": range(plan.points)})
        last = pandas.DataFrame({"mean": shown.mean(axis=1), "standard_error": error})
        return pandas.concat([first, values, last], axis=1)

    @cached_property
    def _read(self) -> tuple["pandas.DataFrame", Any]:
        """Return the indices, in the order of the numbers, and what else the method says."""
        asked = self.question
        match asked.method.name:
            case "screening":
                return screening.indices(asked.plan.design.cube, self.responses), None
            case "sobol":
                return sobol.indices(len(asked.numbers), self.responses)
            case "tornado":
                return tornado.indices(self.responses), None
        values = self.points[[one.path for one in asked.numbers]]
        return discovery.discover(values, self.responses, asked.case, asked.quantity.better)

    def figure(self, path: str | Path | None = None) -> "Figure":
        """Return the figure; with a path, write it there too (the suffix says as what: .png, .svg, .pdf)."""
        from ..figure import write
        from .figure import draw

        figure = draw(self)
        if path is not None:
            write(figure, Path(path))
        return figure

    def provenance(self, folder: Path) -> dict[str, Any]:
        """Return everything that made this answer, and the command that makes it again."""
        asked = self.question
        return {
            "deflect": __version__,
            "code_sha256_16": self.code,
            "command": asked.command(folder),
            "message": self.message,
            "method": asked.method.name,
            "outcome": asked.quantity.id,
            "quantity": "B - A, in % of A" if asked.quantity.percent else "B - A" if asked.quantity.paired else "value",
            "case": asked.case._asdict() if asked.case else None,
            "found": self.found._asdict() | {"clear": self.found.clear} if self.found else None,
            "chance_of_variance": self.luck._asdict() if self.luck else None,
            "explained_one_by_one": self.explained._asdict() if self.explained else None,
            "policies": [one.name for one in asked.scenarios],
            "scenario_hashes": [one.hash for one in asked.scenarios],
            "place": asked.place,
            "years": asked.scenarios[0].years,
            "residents_simulated": int(self.runs.residents_simulated.iloc[0]),
            "place_population": int(self.runs.place_population.iloc[0]),
            "points": asked.plan.points,
            "seeds": list(asked.plan.seeds),
            "runs": len(asked.plan),
            "plan_hash": asked.plan.hash,
            "versions": {"python": platform.python_version()}
            | {name: _version(name) for name in (*PACKAGES, "SALib", "ema-workbench")},
        }

    def save(self, folder: str | Path) -> Path:
        """Write sensitivity.png and .svg, sensitivity.csv, points.parquet, provenance.json to `folder`/<outcome>.

        What is there of the same question is replaced, once all is written. Returns the folder written.
        """
        target = Path(folder) / self.question.slug
        target.mkdir(parents=True, exist_ok=True)
        with TemporaryDirectory(dir=target, prefix=".") as name:
            written = Path(name)
            self.table.to_csv(written / TABLE, index=False, float_format="%.10g", lineterminator="\n")
            self.points.to_parquet(written / POINTS, index=False, compression="zstd")
            files.write_json(written / "provenance.json", _plain(self.provenance(Path(folder))))
            self.figure(written / PICTURE)
            for path in sorted(written.iterdir()):
                os.replace(path, target / path.name)
        return target


_COLUMNS = ("path", "meaning", "unit", "value", "least", "most", "evidence", "quality")


def sensitivity(
    method: str,
    policy_a: str | PathLike = "status_quo",
    policy_b: str | PathLike | None = None,
    overrides: Mapping[str, object] | Iterable[str] | None = None,
    *,
    folder: str | Path | None = None,
    outcome: str = OUTCOME,
    over: Any = "evidence",
    points: int | None = None,
    seeds: int | str | Iterable[int] = SEEDS,
    percent: bool = False,
    above: str | float | None = None,
    below: str | float | None = None,
    workers: int | None = None,
    executor: Executor | None = None,
    progress: Progress | None = None,
    **settings: object,
) -> Study:
    """Live the runs of a study, or those that its folder does not hold yet, and return it.

    method: screening, sobol, tornado or discovery. With one policy the quantity is its outcome, with two B - A;
    percent: in % of A. outcome: an id, or cost_all, cost_health, …, qalys. over: "evidence", or names, sections and
    ranges ("treatment.intake_days=1..14"). points: trajectories, base points (a power of two) or points. seeds: the
    same at every point. above, below: what a discovery looks for (-2 or "-2%"); by default the worst quarter. folder:
    where the runs are kept, in `sweep`; by default under `runs`. overrides, settings: as for `load`, for both
    policies. workers, executor, progress: as for `sweep`. Raises InputError; what was lived stays.
    """
    policies = [fspath(policy) for policy in (policy_a, policy_b) if policy is not None]
    told = {
        "outcome": outcome, "over": over, "points": points, "seeds": seeds,
        "percent": percent, "above": above, "below": below,
    }  # fmt: skip
    question = ask(method, policies, texts_of(overrides, settings), **told)
    return answer(question, question.folder(folder), workers, executor=executor, progress=progress)


def answer(
    question: Question,
    folder: Path,
    workers: int | None = None,
    *,
    executor: Executor | None = None,
    progress: Progress | None = None,
) -> Study:
    """Live what the folder does not hold yet, and return the study. Raises InputError where runs could not be lived."""
    lived = sweep(question.plan, folder / SWEEP, workers, executor=executor, progress=progress)
    return read(question, lived)


def read(question: Question, lived: Sweep) -> Study:
    """Return the study of a whole sweep; refuses one that is not."""
    state = lived.state
    if state.lived < state.asked:
        told = [f"run {row.number}: {row.error}" for row in lived.failures.head(FAILED).itertuples()]
        why = f" ({'; '.join(told)})" if told else ""
        raise InputError(
            f"{lived.store.folder}: {state.asked - state.lived:,} of {state.asked:,} runs could not be lived{why}; no "
            "index is made of the rest. The same command tries them again"
        )
    return Study(question, lived.table, lived.store.manifest["code"])


def texts_of(overrides: Any, settings: Mapping[str, Any]) -> list[str]:
    """Return overrides and settings of a call as `--set` texts; None is no setting."""
    told = dict(overrides) if isinstance(overrides, Mapping) else {}
    texts = [] if told else list(overrides or ())
    told |= {name: value for name, value in settings.items() if value is not None}
    return texts + [f"{path}={as_text(value)}" for path, value in told.items()]


def _plain(told: Any) -> Any:
    """Return plain values for JSON: tuples as lists, infinities as None."""
    if isinstance(told, dict):
        return {key: _plain(value) for key, value in told.items()}
    if isinstance(told, (list, tuple)):
        return [_plain(value) for value in told]
    if isinstance(told, (float, np.floating)):
        return float(told) if np.isfinite(told) else None
    return told.item() if hasattr(told, "item") else told
