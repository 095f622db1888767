"""Visiting the page without a browser: what to ask, and what a run says."""

import asyncio
import json
import sys
from collections.abc import Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor

import httpx

SMALL = {"residents": 1000, "years": 1, "pairs": 5}  # a run of a second or two
CLI = [sys.executable, "-c", "from deflect.experiments.cli import main; main()"]


def messages(client: httpx.Client, name: str, told: dict) -> Iterator[tuple[str, dict]]:
    """Yield (name, value) of each message of a run."""
    with client.stream("POST", f"/api/run/{name}", json=told) as answer:
        if answer.status_code != 200:
            answer.read()
            raise AssertionError(f"{answer.status_code} {answer.text}")
        kind = ""
        for line in answer.iter_lines():
            if line.startswith("event: "):
                kind = line[7:]
            elif line.startswith("data: "):
                yield kind, json.loads(line[6:])


def in_a_loop(work: Coroutine):
    """Return what asynchronous work gives; in a thread of its own, as a browser under test keeps a loop in this one."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, work).result()
