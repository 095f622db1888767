"""What a worker process does: one run at a time, told by its place in the list of seeds."""

import os
import pickle
import threading
from functools import partial
from pathlib import Path

from .run import Run

NOT_BEGUN = -1


class Board:
    """Memory shared by all workers: how far each run is, and which process lives it."""

    def __init__(self, context, runs: int):
        self.lived = context.RawArray("q", [NOT_BEGUN] * runs)  # days
        self.process = context.RawArray("q", runs)  # process ids
        self.compiling = context.Lock()  # held by the one who compiles


_board: Board
_call: partial


def start(board: Board, call: bytes) -> None:
    """Begin a worker: `call` is the pickled run, all but its seed."""
    global _board, _call
    _board, _call = board, pickle.loads(call)
    threading.Thread(target=_end_with_parent, daemon=True).start()


def live(slot: int, seed: int) -> Run:
    """Live the run in one slot of the board."""
    _board.process[slot] = os.getpid()
    with _board.compiling:
        compile_once()
    _note(slot, 0)
    try:
        return _call(seed=seed, progress=partial(_note, slot))
    except Exception as error:
        error.add_note(f"in the run of seed {seed}")
        raise


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


def _note(slot: int, days: int) -> None:
    _board.lived[slot] = days


def _end_with_parent() -> None:
    """Leave no worker behind when the process that asked is killed."""
    from multiprocessing import parent_process

    parent_process().join()
    os._exit(1)
