"""A search from its question to its answer: the front it found, confirmed by fresh pairs, in its folder."""

import json
import os
import shutil
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import Executor
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from ... import __version__
from ...model.budget import dearest
from ...scenarios.errors import InputError
from .. import files
from ..differences import differences, value_at
from ..many import Progress
from ..provenance import label_of
from ..store import Store
from . import mixes, tables
from .front import Confirmed, estimate, front, judged
from .levers import from_texts
from .loop import Tried, look
from .question import Question, ask
from .runs import Runs

if TYPE_CHECKING:
    import pandas
    from matplotlib.figure import Figure

    from ...scenarios.schema import Scenario

MANIFEST = "search.json"


class Search:
    """What a search found: `front` are its mixes, confirmed by fresh pairs, the cheapest first."""

    def __init__(
        self,
        question: Question,
        tried: Sequence[Tried],
        front: Sequence[Confirmed],
        references: Sequence[Confirmed],
        people: tuple[int, int],
        folder: Path,
    ):
        self.question, self.tried, self.folder = question, list(tried), folder
        self.front, self.references = list(front), list(references)
        self.people = people  # residents simulated, and of the place

    def __repr__(self) -> str:
        return f"Search({self.question.name} in {self.place}, {len(self.tried)} mixes: {self.message})"

    @property
    def place(self) -> str:
        """The name of the place, as a reader knows it."""
        return label_of(self.question.base)

    @property
    def message(self) -> str:
        """The one sentence: what the best mix within the budget gains, or that these pairs cannot tell."""
        from .words import message

        return message(self)

    def mix(self, number: int) -> "Scenario":
        """Return the scenario of a confirmed mix, by its number in table and figure."""
        found = [one.scenario for one in self.front if one.number == number]
        if not found:
            raise InputError(f"mix {number}: there are mixes 1 to {len(self.front)}")
        return found[0]

    @cached_property
    def table(self) -> "pandas.DataFrame":
        """One row a confirmed mix, then the policies for reference (docs/search.md)."""
        return tables.confirmed(self)

    @cached_property
    def searched(self) -> "pandas.DataFrame":
        """One row a mix of the search, in the order they were asked for, with what the search saw of it."""
        return tables.searched(self)

    def figure(self, path: str | Path | None = None) -> "Figure":
        """Return the figure of the front; with a path, write it there too."""
        from ..figure import write
        from .figure import draw

        figure = draw(self)
        if path is not None:
            write(figure, Path(path))
        return figure

    def provenance(self) -> dict[str, Any]:
        """Return everything that made this search."""
        question = self.question
        return {
            "deflect": __version__,
            "command": mixes.command(question),
            "message": self.message,
            "place": self.place,
            "policy": {"name": question.base.name, "scenario_hash": question.base.hash},
            "years": question.base.years,
            "residents_simulated": self.people[0],
            "place_population": self.people[1],
            "search": question.identity,
            "mixes": {"asked": question.trials, "lived": len(self.tried), "possible": question.space.size},
            "confirmed_with_seeds": list(question.fresh_seeds),
            "confirmed": [
                {"mix": one.name, "on_front": one.on_front, "scenario_hash": one.scenario.hash}
                for one in (*self.front, *self.references)
            ],
        }

    def save(self) -> Path:
        """Write figure, tables and a scenario file for each mix to the search's folder, each whole; return it."""
        beside = Path(tempfile.mkdtemp(dir=self.folder, prefix=".part-"))
        try:
            self._write(beside)
            for old in self.folder.glob("mix-*.yaml"):
                old.unlink()
            for path in sorted(beside.iterdir()):
                os.replace(path, self.folder / path.name)
        finally:
            shutil.rmtree(beside, ignore_errors=True)
        return self.folder

    def _write(self, folder: Path) -> None:
        for name, table in (("pareto", self.table), ("searched", self.searched)):
            table.to_csv(folder / f"{name}.csv", index=False, float_format="%.10g", lineterminator="\n")
        for one in self.front:
            mixes.write(self, one, folder / f"{one.name}.yaml")
        self.figure(folder / "pareto.png")
        files.write_json(folder / "provenance.json", self.provenance())


def live(
    question: Question,
    folder: Path,
    workers: int | None = None,
    *,
    executor: Executor | None = None,
    progress: Progress | None = None,
) -> Search:
    """Live what is not lived yet of a search in its folder, and return it. Raises InputError, OSError."""
    space = question.space
    with Store(folder).locked("-search"):
        _begin(question, folder)
        runs = Runs(question, folder, workers, executor, progress)
        tried = look(
            [len(lever.values) for lever in space.levers],
            len(question.objectives),
            runs.generation,
            trials=question.trials,
            generation=question.generation,
            seed=question.seed,
            first=space.alone(),
            fitted=space.fitted,
            known=() if space.always else (space.nothing,),  # that is the base
        )
        found, references = _confirmed(question, runs, tried)
    return Search(question, tried, found, references, runs.people, folder)


def _confirmed(question: Question, runs: Runs, tried: Sequence[Tried]) -> tuple[list[Confirmed], list[Confirmed]]:
    """Live the front of the search, and the references, with fresh seeds."""
    nothing = tuple(0.0 for _ in question.objectives)
    kept = [tried[place - 1] for place in front([nothing, *(one.values for one in tried)]) if place]
    space, base = question.space, question.base
    kept.sort(key=lambda one: (space.price(one.mix), one.mix))
    references = [{d.path: d.value for d in differences(one, base)} for one in question.references]
    paths = dict.fromkeys(path for told in ([space.of_base], references) for one in told for path in one)
    of_base = {path: value_at(base, path) for path in paths}
    points = [of_base, *(of_base | space.values(one.mix) for one in kept), *(of_base | told for told in references)]
    table = runs.confirm(points)
    without = runs.values(table, 0, 0.0)
    lived: dict[tuple[str, int], np.ndarray] = {}

    def told(point: int, name: str, number: int, scenario: "Scenario", one: Tried | None) -> Confirmed:
        price = dearest(scenario)[0]
        values = runs.values(table, point, price)
        lived.update({(name, place): found for place, found in values.items()})
        estimates = tuple(estimate(values[place], without[place]) for place in values)
        signs = [goal.sign for goal in question.objectives]
        searched = tuple(sign * value for sign, value in zip(signs, one.values, strict=True)) if one else ()
        return Confirmed(name, number, one.mix if one else (), scenario, price, searched, estimates)

    found = [
        told(number, f"mix-{number}", number, space.scenario(one.mix, f"mix-{number}"), one)
        for number, one in enumerate(kept, 1)
    ]
    others = [
        told(point, scenario.name, 0, scenario, None)
        for point, scenario in enumerate(question.references, len(points) - len(references))
    ]
    return judged(found, question.objectives, lived), others


def _begin(question: Question, folder: Path) -> None:
    if identity_of(folder) is None:
        path = folder / f".{MANIFEST}.{os.getpid()}"
        path.write_text(files.json_text(question.identity) + "\n", encoding="utf-8")
        os.replace(path, folder / MANIFEST)


def identity_of(folder: Path) -> dict[str, Any] | None:
    """Return what a folder says it is a search of; None where it holds none."""
    try:
        return json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None


def folder_of(question: Question, out: "str | os.PathLike | None" = None) -> Path:
    """Return the folder of a search: the one asked for, or the first that is free or holds the same search.

    Raises InputError where it holds something else.
    """
    same = json.loads(files.json_text(question.identity))
    if out is not None:
        there = identity_of(Path(out))
        if there is None:
            return files.choose(out, "", "")
        if there != same:
            what = "holds another search, or one with other options"
            if any(there.get(name) != same[name] for name in ("code", "optuna")):
                what = "was begun with another version of the model or of Optuna"
            raise InputError(f"{out}: {what}; take another folder, such as {files.free(Path(out))}")
        return Path(out)
    name = files.PARENT / f"{files.slug(label_of(question.base))}-search-{files.slug(question.base.name)}"
    number, folder = 1, name
    while folder != files.free(folder) and identity_of(folder) != same:
        number += 1
        folder = name.with_name(f"{name.name}-{number}")
    return folder if identity_of(folder) else files.choose(folder, "", "")


def search(
    plan: "str | os.PathLike | Mapping[str, Any] | None" = None,
    folder: "str | os.PathLike | None" = None,
    *,
    budget: float | None = None,
    levers: Mapping[str, Any] | Iterable[str] | None = None,
    always: Mapping[str, Any] | None = None,
    policy: "str | os.PathLike | None" = None,
    overrides: Mapping[str, object] | None = None,
    objectives: Sequence[str] | None = None,
    references: Sequence[str] | None = None,
    trials: int | None = None,
    generation: int | None = None,
    seeds: int | str | Iterable[int] | None = None,
    confirm: int | None = None,
    seed: int | None = None,
    workers: int | None = None,
    executor: Executor | None = None,
    progress: Progress | None = None,
    **settings: object,
) -> Search:
    """Look for the mixes of levers that do most within a yearly budget, and confirm them with fresh pairs of runs.

    plan: a search file (docs/search.md) or a mapping of the same words; what is given here comes before it. folder:
    where the runs are kept, one that is begun goes on; by default `runs/<place>-search-<policy>`. budget: dollars a
    year over the status quo. levers: {"treatment.slots_methadone": {"from": 1, "to": 2}}, or texts
    "treatment.slots_methadone=1..2"; by default eight that a county can buy. always: set in every mix, not in the
    base. policy: what every mix is compared with. overrides, settings: as for `load`, for both. objectives: two to
    four outcomes or costs. references: policies shown beside. trials: mixes lived. generation: of them together.
    seeds: pairs of each in the search. confirm: fresh pairs of each mix on the front. seed: of the search itself.
    workers, executor, progress: as for `sweep`. Raises InputError.
    """
    if levers is not None and not isinstance(levers, Mapping):
        levers = from_texts(levers)
    told = ask(
        plan,
        budget=budget,
        levers=levers,
        always=always,
        policy=None if policy is None else os.fspath(policy),
        base={name: value for name, value in (dict(overrides or {}) | settings).items() if value is not None},
        objectives=objectives,
        references=references,
        trials=trials,
        generation=generation,
        seeds=seeds if seeds is None or isinstance(seeds, (int, str)) else list(seeds),
        confirm=confirm,
        seed=seed,
    )
    return live(told, folder_of(told, folder), workers, executor=executor, progress=progress)
