"""What a worker process of the page does: the tasks it is handed, one after the other, and say what comes of them."""

import os
import pickle
import signal
import threading
import traceback
from multiprocessing.connection import Connection
from typing import Any

from ..experiments.workers import _end_with_parent, compile_once
from ..scenarios.errors import InputError

READY, SAID, DONE, REFUSED, FAULT = "ready", "said", "done", "refused", "fault"  # what a worker tells
NICE = 10  # the page and the browser come first


class Stopped(Exception):
    """Nobody waits for this task any more."""


class Teller:
    """Says what a task has found so far, and notices when nobody listens."""

    def __init__(self, asker: Connection):
        self.asker = asker

    def say(self, name: str, value: Any = None) -> None:
        """Tell the page something; raises Stopped when it has given up."""
        self.check()
        _send(self.asker, SAID, name, value)

    def check(self, *_: object) -> None:
        """Raise Stopped when the page has given up; cheap enough for every month lived."""
        if self.asker.poll():
            self.asker.recv()
            raise Stopped


def serve(asker: Connection) -> None:
    """Get ready when told to, then do each task that comes, until the page ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the page
    threading.Thread(target=_end_with_parent, daemon=True).start()
    if hasattr(os, "nice"):
        os.nice(NICE)
    from . import tasks

    asker.recv()
    compile_once()
    tasks.warm_up()
    _send(asker, READY)
    while True:
        told = asker.recv()
        if told[0] != "do":  # a stop that came too late
            continue
        _do(asker, tasks.TASKS[told[1]], told[2])


def _do(asker: Connection, task, payload: Any) -> None:
    try:
        _send(asker, DONE, "", task(payload, Teller(asker)))
    except Stopped:
        _send(asker, DONE, "", None)
    except InputError as error:
        _send(asker, REFUSED, "", str(error))
    except Exception:
        _send(asker, FAULT, "", traceback.format_exc())


def _send(asker: Connection, kind: str, name: str = "", value: Any = None) -> None:
    asker.send_bytes(pickle.dumps((kind, name, value)))
