"""Arithmetic of the server itself, one piece at a time, so that small answers do not wait for it.

Threads of one Python take turns. Thirty visitors' tables in threads of their own would leave the thread that answers
browsers one turn in thirty, each some milliseconds long.
"""

import asyncio
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial

TURN = 0.0005  # seconds of a thread while another one waits; Python's own are ten times as long

_one = ThreadPoolExecutor(1, thread_name_prefix="reckoning")


def take_short_turns() -> None:
    """Let the threads of this process take short turns."""
    sys.setswitchinterval(TURN)


async def reckon[Found](function: Callable[..., Found], *arguments) -> Found:
    """Return what a function gives, after everybody's earlier ones."""
    return await asyncio.get_running_loop().run_in_executor(_one, partial(function, *arguments))
