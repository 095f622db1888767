"""What the benchmarks share: a world, a stopwatch that other programs hardly disturb, and a table to print."""

import resource
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType

import numpy as np

NATION = "US"  # the national average as a place


def build_world(residents: int, numbers: Mapping[str, object] = MappingProxyType({}), seed: int = 1):
    """Build a town like the nation on the first day of its burn-in; `numbers` override the scenario by dotted name."""
    from deflect.model.build import build
    from deflect.scenarios.load import load

    return build(load("status_quo", {"place": NATION, "residents": residents, **numbers}), seed)


def live(world, days: int) -> None:
    """Let some days happen in a world."""
    from deflect.model.day import live_a_day

    for _ in range(days):
        live_a_day(world)


def active(world) -> int:
    """Return how many people are visited today: those with a history of use who live here."""
    return int(np.count_nonzero(world.histories.present))


def seconds(function: Callable, *arguments) -> tuple[float, object]:
    """Return the processor seconds of one call and what it returned; time given to other programs does not count."""
    start = time.process_time()
    result = function(*arguments)
    return time.process_time() - start, result


def peak_mb() -> float:
    """Return the largest memory this process has held, in MB (10^6 bytes)."""
    status = Path("/proc/self/status")
    if status.exists():  # counts from the start of this program; the other call may include the parent's
        for line in status.read_text().splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) * 1024 / 1e6
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / 1e6


def table(title: str, heads: tuple[str, ...], rows: list[tuple]) -> None:
    """Print rows under their heads: the first column to the left, numbers to the right."""
    cells = [tuple(f"{cell:,.4g}" if isinstance(cell, float) else f"{cell:,}" if isinstance(cell, int) else str(cell)
                   for cell in row) for row in rows]  # fmt: skip
    widths = [max(len(row[i]) for row in [heads, *cells]) for i in range(len(heads))]
    print(f"\n{title}")
    for row in [heads, *cells]:
        print(
            "  ".join(
                cell.rjust(width) if i else cell.ljust(width)
                for i, (cell, width) in enumerate(zip(row, widths, strict=True))
            )
        )
