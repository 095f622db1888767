"""Show on the error stream how far the runs are: a bar on a terminal, a plain line now and then elsewhere."""

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

LINE_SECONDS = 15  # between two plain lines


@contextmanager
def shown(what: str, quiet: bool = False) -> Iterator[Callable[[int, int], None] | None]:
    """Yield what `run_many` takes as `progress`; None when nothing is to be shown."""
    if quiet:
        yield None
    elif sys.stderr.isatty():
        with _bar(what) as progress:
            yield progress
    else:
        yield _Lines(what)


@contextmanager
def _bar(what: str) -> Iterator[Callable[[int, int], None]]:
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TaskProgressColumn(),
        TimeRemainingColumn(elapsed_when_finished=True),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(
            f"{what}: starting (half a minute more where it has not run before)", total=None, start=False
        )

        def progress(lived: int, days: int) -> None:
            if lived and not bar.tasks[task].started:
                bar.start_task(task)  # so that starting up is not taken for slow days
                bar.update(task, description=what)
            bar.update(task, total=days, completed=lived)

        yield progress


class _Lines:
    """A line every so often, with the time left at the pace of the days lived so far."""

    def __init__(self, what: str):
        self.what = what
        self.said = time.monotonic()
        self.first: tuple[float, int] | None = None  # when the first days were reported, and how many

    def __call__(self, lived: int, days: int) -> None:
        now = time.monotonic()
        if lived and self.first is None:
            self.first = (now, lived)
        if now - self.said < LINE_SECONDS or self.first is None or lived in (self.first[1], days):
            return
        self.said = now
        began, before = self.first
        left = (now - began) * (days - lived) / (lived - before)
        print(f"{self.what}: {100 * lived // days} %, about {left:.0f} s left", file=sys.stderr, flush=True)
