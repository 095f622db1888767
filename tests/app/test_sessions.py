"""Many visitors: nobody sees, stops or starves another's runs, and who leaves leaves nothing running."""

import asyncio
import time

import httpx
import pytest
from deflect.app import crew as crews
from deflect.app.crew import Crew, TaskFailed
from visits import SMALL, in_a_loop, messages

LONG = {"residents": 10_000, "years": 5, "pairs": 50}


def status(client) -> dict:
    return client.get("/api/status").json()


def wait_for_rest(client, seconds: float = 30) -> dict:
    """Return the status once no worker is busy."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        told = status(client)
        if not told["busy"] and not told["waiting"]:
            return told
        time.sleep(0.2)
    return told


def test_two_visitors_have_two_worlds(served, visitor):
    with httpx.Client(base_url=served, timeout=120) as other:
        other.get("/")
        ours = messages(visitor, "compare", SMALL | {"seed": 0, "b": {"policy": "more_slots"}})
        theirs = messages(other, "compare", SMALL | {"seed": 100, "b": {"policy": "mari"}})
        told = [], []
        for one, another in zip(ours, theirs, strict=False):  # message by message, so that both are under way
            told[0].append(one)
            told[1].append(another)
        told[0].extend(ours)
        told[1].extend(theirs)
    for heard, policy, seeds in zip(told, ("more_slots", "mari"), (range(5), range(100, 105)), strict=True):
        assert dict(heard)["start"]["policies"] == ["status_quo", policy]
        assert sorted(value["seed"] for name, value in heard if name == "pair") == list(seeds)
        assert heard[-1][0] == "finished"


def test_a_newer_run_takes_the_place_of_the_visitors_own_only(served, visitor):
    with httpx.Client(base_url=served, timeout=120) as other:
        other.get("/")
        first, beside = messages(visitor, "compare", LONG), messages(other, "compare", LONG | {"seed": 50})
        assert next(beside)[0] in ("start", "queued")
        assert next(first)[0] in ("start", "queued")
        newer = dict(messages(visitor, "compare", SMALL))
        assert "finished" in newer
        assert list(first)[-1][0] == "replaced"
        assert next(name for name, _ in beside if name != "start") in ("months", "pair", "table")
        beside.close()
    wait_for_rest(visitor)


def test_who_leaves_leaves_nothing_running(visitor):
    run = messages(visitor, "compare", LONG)
    assert next(name for name, _ in run if name != "queued") == "start"
    assert next(name for name, _ in run if name == "months") == "months"
    busy = status(visitor)
    assert busy["busy"] == 2 and busy["waiting"] >= 40
    run.close()
    rest = wait_for_rest(visitor)
    assert rest["busy"] == 0 and rest["waiting"] == 0 and rest["workers"] == 2


def test_a_budget_that_is_broken_is_a_sentence(visitor):
    told = SMALL | {"b": {"policy": "full_package", "levers": {"budget.dollars_per_year": 1000.0}}}
    heard = dict(messages(visitor, "compare", told))
    assert "the budget is $1,000" in heard["problem"]["text"] and "finished" not in heard


# --- the queue, with workers that only note what they are told


class Noted:
    """Stands where a worker stands."""

    def __init__(self, busy_with=None):
        self.task, self.ready, self.since, self.given_up_at, self.told = busy_with, True, 0.0, 0.0, []

    def tell(self, what):
        self.told.append(what)


def with_a_crew(check):
    async def go():
        crew = Crew(1)
        crew.workers = [Noted()]
        async with asyncio.timeout(20):  # what is never answered is a fault too
            await check(crew)

    in_a_loop(go())


def order_of(crew) -> list[str]:
    """Return the names of all tasks in the order in which the only worker gets them."""
    worker, order = crew.workers[0], []
    while worker.task:
        order.append(worker.task.name)
        crew._hear(worker, crews.DONE, "", None)
    return order


def test_visitors_take_turns():
    async def check(crew):
        for owner, count in (("first", 3), ("second", 2)):
            for number in range(count):
                crew.submit(owner, f"{owner} {number}", None)
        order = order_of(crew)
        assert sorted(order) == ["first 0", "first 1", "first 2", "second 0", "second 1"]
        assert order.index("second 0") <= 2 and order.index("second 1") <= 4

    with_a_crew(check)


def test_who_has_had_most_waits_longest():
    async def check(crew):
        crew.used = {"first": 100.0}
        crew.submit("first", "begun", None)
        for owner in ("first", "second", "second"):
            crew.submit(owner, owner, None)
        assert order_of(crew) == ["begun", "second", "second", "first"]

    with_a_crew(check)


def test_nobody_has_two_workers_while_others_wait():
    async def check(crew):
        crew.workers = [Noted(), Noted()]
        crew.used = {"second": 100.0}
        for owner in ("first", "first", "first", "second"):
            crew.submit(owner, owner, None)
        begun = [worker.task.owner for worker in crew.workers]
        assert begun == ["first", "first"]  # nobody else was there yet
        crew._hear(crew.workers[0], crews.DONE, "", None)
        assert sorted(worker.task.owner for worker in crew.workers) == ["first", "second"]

    with_a_crew(check)


def test_what_is_given_up_is_told_and_never_handed_out():
    async def check(crew):
        worker = crew.workers[0]
        begun, waiting = crew.submit("one", "begun", None), crew.submit("one", "waiting", None)
        crew.give_up(waiting)
        crew.give_up(begun)
        assert worker.told == [("do", "begun", None), ("stop",)] and not crew.waiting
        crew._hear(worker, crews.DONE, "", None)
        assert worker.task is None and begun.answer.cancelled()

    with_a_crew(check)


def test_a_fault_is_not_shown_to_the_visitor(capsys):
    async def check(crew):
        task = crew.submit("one", "x", None)
        crew._hear(crew.workers[0], crews.FAULT, "", "Traceback: /home/somebody/secret.py")
        with pytest.raises(TaskFailed) as failed:
            await task.answer
        assert "secret" not in str(failed.value)

    with_a_crew(check)
    assert "secret" in capsys.readouterr().err


def test_a_crew_that_cannot_start_says_so():
    async def check(crew):
        crew.workers = []
        task = crew.submit("one", "x", None)
        with pytest.raises(TaskFailed, match="No run can be made"):
            await task.answer
        assert crew.waiting == {}

    with_a_crew(check)
