"""What a worker process does: live the tasks it is handed, one after the other, and say how far it is."""

import os
import pickle
import signal
import threading
import traceback
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from multiprocessing import parent_process
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

READY, LIVED, DONE, FAILED = "ready", "lived", "done", "failed"  # what a worker tells: -, days, a value, an exception


def work(asker: Connection, call: bytes) -> None:
    """Get ready when told to, then live each task that comes, until none does or nobody asks any more.

    call: what is called with a task, pickled.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the one who asks
    threading.Thread(target=_end_with_parent, daemon=True).start()
    from ..model import build, day, outcomes  # noqa: F401  (all workers at once, while they wait)

    live = pickle.loads(call)
    with suppress(EOFError, BrokenPipeError, ConnectionResetError):  # the one who asked is gone
        asker.recv()
        compile_once()
        asker.send((READY, None))
        while told := asker.recv():
            _live(live, told[0], asker)


def _live(live: Callable, task: Any, asker: Connection) -> None:
    """Live one task, and tell what came of it."""
    try:
        answer = DONE, live(task, progress=partial(_tell_days, asker))
    except Exception as error:
        error.add_note(f"in the run of seed {task}")
        error.add_note(traceback.format_exc())
        answer = FAILED, error
    try:
        asker.send(answer)
    except OSError:
        raise
    except Exception as error:  # what cannot be pickled is told in words
        asker.send((FAILED, RuntimeError(f"in the run of seed {task}: {answer[1]!r} cannot be sent ({error})")))


def compile_once() -> None:
    """Compile the rules on a small world, unless this version of them has been compiled here before.

    Compiling takes half a minute; without this, every worker would compile the same code at the same time.
    """
    import numba

    from ..agents import compiled  # noqa: F401  (names the folder of compiled code)

    folder = numba.config.CACHE_DIR
    if numba.config.DISABLE_JIT or not folder or (done := Path(folder, "complete")).exists():
        return
    from ..model.build import build
    from ..model.day import live_a_day
    from ..scenarios.load import load

    world = build(load("status_quo", {"place": "US", "residents": 400, "years": 1}), 0)
    while world.day <= 0:
        live_a_day(world)
    done.touch()


def _tell_days(asker: Connection, days: int) -> None:
    asker.send((LIVED, days))


def _end_with_parent() -> None:
    """Leave no worker behind when the process that asked is killed."""
    parent_process().join()
    os._exit(1)
