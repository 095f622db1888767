"""What a visitor can have done: each job is a stream of messages, made of tasks for the workers.

A job ends when it is done, when its owner stops reading or leaves, or when the same visitor begins another run; then
its tasks are given up.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from typing import Any

from ..experiments import compare_table
from ..experiments.provenance import label_of
from ..model.budget import within_budget
from ..scenarios import places
from ..scenarios.errors import InputError
from . import answers, choices, lessons, share, tables
from .crew import Crew, Task, TaskFailed
from .pairs import CURVES
from .reckoning import reckon

LONGEST = 900.0  # seconds of one job
PREPARING = "The model is getting ready: some seconds; about a minute for a new version, which is compiled once."
PATIENCE = 60.0  # seconds of a short question
WATCHED = 5_000  # residents: more than that happens faster than anybody can follow
SUMMARIES = (5, 10, 20, 35)  # pairs after which cost and equity are reckoned, and at the end

type Message = tuple[str, Any]  # its name, and what is in it


class Job:
    """One run of one visitor: tasks, and what they say."""

    def __init__(self, crew: Crew, owner: object):
        self.crew, self.owner = crew, owner
        self.inbox: asyncio.Queue[Message] = asyncio.Queue()
        self.tasks: list[Task] = []
        self.until = time.monotonic() + LONGEST

    def submit(self, name: str, payload: Any, listen: bool = False) -> Task:
        """Queue a task whose answer comes into the inbox under its name; with `listen`, what it says too."""
        task = self.crew.submit(self.owner, name, payload, (lambda *m: self.inbox.put_nowait(m)) if listen else None)
        task.answer.add_done_callback(lambda answer: self._answered(name, answer))
        self.tasks.append(task)
        return task

    def _answered(self, name: str, answer: asyncio.Future) -> None:
        if answer.cancelled():
            return
        error = answer.exception()
        self.inbox.put_nowait(("problem", error) if error else (f"done {name}", answer.result()))

    async def next(self) -> Message:
        """Return the next message. Raises what a task raised, or TaskFailed when the time is up."""
        try:
            name, value = await asyncio.wait_for(self.inbox.get(), max(0.0, self.until - time.monotonic()))
        except TimeoutError:
            raise TaskFailed("This run took too long and was stopped; ask for fewer pairs or people.") from None
        if name == "problem":
            raise value
        return name, value

    def end(self) -> None:
        """Give up everything that is not done."""
        for task in self.tasks:
            if not task.answer.done():
                self.crew.give_up(task)


async def messages(job: Job, steps: Callable[[Job], AsyncIterator[Message]]) -> AsyncIterator[Message]:
    """Yield the messages of a job; a problem is a message too, and nothing is left when it ends."""
    try:
        if not job.crew.ready:
            yield "preparing", {"text": PREPARING}
            await job.crew.compiled.wait()
        elif ahead := job.crew.ahead(job.owner):
            yield "queued", {"ahead": ahead}
        async for message in steps(job):
            yield message
    except (InputError, TaskFailed) as error:
        yield "problem", {"text": str(error)}
    finally:
        job.end()


def compare(asked: choices.Asked, step: lessons.Step | None = None) -> Callable[[Job], AsyncIterator[Message]]:
    """Return the steps of a comparison: curves while the first pair lives, then pair after pair and what they say.

    step: of a lesson, whose question is answered along the way.
    """

    async def steps(job: Job) -> AsyncIterator[Message]:
        yield "start", await reckon(_start, asked)
        for seed in asked.seeds:
            job.submit("pair", {"asked": asked, "seed": seed, "live": seed == asked.seed}, seed == asked.seed)
        runs: dict[int, tuple] = {}
        summaries = 0
        while len(runs) < asked.pairs or summaries:
            name, value = await job.next()
            if name == "months":
                yield name, value
            elif name == "done summary":
                summaries -= 1
                gaps = value.pop("gaps")
                yield "summary", value
                if step and step.gap:
                    yield "reading", answers.gap_reading(step, gaps[f"{step.outcome} {' '.join(step.gap)}"])
            elif name == "done pair":
                runs[value["seed"]] = pair = value.pop("runs")
                yield "pair", value | {"digests": [run.digest for run in pair]}
                ordered = [runs[seed] for seed in sorted(runs)]
                for message in await reckon(_say, ordered, step, len(runs) == asked.pairs):
                    yield message
                if (len(runs) in SUMMARIES or len(runs) == asked.pairs) and (step is None or step.gap):
                    summaries += 1
                    job.submit("summary", ordered)
        yield "finished", {}

    return steps


def _say(ordered: list[tuple], step: lessons.Step | None, done: bool) -> list[Message]:
    """Return what the pairs there are say: the tables, and the answer to a lesson's question."""
    a, b = zip(*ordered, strict=True)
    said: list[Message] = [("table", tables.told(a, b))]
    if step and not step.gap and len(ordered) >= compare_table.FEWEST:
        rows = {row.outcome: row for row in compare_table.rows(a, b)}
        told = answers.reading(step, rows, len(ordered), done)
        said.append(("reading", told | tables.levels(rows[step.outcome], a, b)))
    return said


def lesson(told: Any) -> Callable[[Job], AsyncIterator[Message]]:
    """Return the steps of a lesson's question: {"lesson", "step", "place", "seed"}. Raises InputError."""
    if not isinstance(told, dict):
        raise InputError("names and values are needed")
    step = lessons.step_of(str(told.get("lesson")), told.get("step"))
    return compare(lessons.asked(step, told.get("place", "54011"), told.get("seed", 0)), step)


def _start(asked: choices.Asked) -> dict[str, Any]:
    """Return what the page knows of a comparison before anything is lived. Raises InputError over a budget."""
    from scipy.special import stdtrit

    from ..model.outcomes import outcome

    a, b = (within_budget(one) for one in choices.scenarios(asked))
    place = places.find(asked.place)
    curves = [outcome(id) for id in CURVES]
    return {
        "place": label_of(a),
        "population": place.population,
        "residents": asked.residents,
        "years": asked.years,
        "pairs": asked.pairs,
        "curves": [{"id": o.id, "title": o.title, "kind": o.kind, "unit": o.unit, "better": o.better} for o in curves],
        **share.told(asked),
        "lived": [a.hash, b.hash],
        "t": [round(float(stdtrit(n - 1, 0.975)), 4) for n in range(2, asked.pairs + 1)],  # of the 95 % t interval
    }


def watch(told: Any) -> Callable[[Job], AsyncIterator[Message]]:
    """Return the steps of watching: the town, then its days. Raises InputError."""
    payload = watched(told)

    async def steps(job: Job) -> AsyncIterator[Message]:
        job.submit("watch", payload, listen=True)
        while (message := await job.next())[0] != "done watch":
            yield message
        yield "finished", {}

    return steps


def watched(told: Any) -> dict[str, Any]:
    """Return which world is watched: {"asked": …, "side": "a" or "b"}. Raises InputError."""
    if not isinstance(told, dict) or told.get("side") not in ("a", "b"):
        raise InputError("side: a or b")
    asked = choices.read(told.get("asked"))
    asked = asked._replace(residents=min(asked.residents, WATCHED))
    return {"asked": asked, "side": told["side"], "seed": asked.seed}


def asked_about(told: Any) -> dict[str, Any]:
    """Return of whom a story is asked: as `watched`, with day, who and officer. Raises InputError."""
    payload = watched(told)
    payload["day"] = choices.whole(told.get("day"), "day", 0, choices.MOST_YEARS * 366)
    payload["who"] = choices.whole(told.get("who"), "who", 0, 10_000_000)
    payload["officer"] = told.get("officer") is True
    return payload
