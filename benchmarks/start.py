"""What starting costs: compiling everything for the first time, a later start, and `deflect --help`.

Every start is a process of its own; the compiled code goes to a fresh folder. Processor seconds are
those of the process, seconds those of a clock on the wall. Usage: python benchmarks/start.py
"""

import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from deflect.benchmarks.measure import table

REPEATS = 3
BUDGETS = {"compile": 20.0, "later start": 3.0, "help": 0.4}
A_RUN = """
from deflect.benchmarks.measure import build_world, live
live(build_world(2_000), 1)
"""
LOAD = "from deflect.model import build, day"
HELP = [str(Path(sys.executable).with_name("deflect")), "--help"]


def start(command: list[str], cache: str) -> tuple[float, float]:
    """Run a command to its end; return seconds and processor seconds. Raises CalledProcessError when it fails."""
    before, clock = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    subprocess.run(command, check=True, capture_output=True, env=os.environ | {"DEFLECT_CACHE": cache})
    wall, after = time.perf_counter() - clock, resource.getrusage(resource.RUSAGE_CHILDREN)
    return wall, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def best(command: list[str], cache: str) -> tuple[float, float]:
    """Return the least of REPEATS starts."""
    return min(start(command, cache) for _ in range(REPEATS))


def main() -> None:
    """Print the cost of each way to start and the budgets."""
    run, load = [sys.executable, "-c", A_RUN], [sys.executable, "-c", LOAD]
    with tempfile.TemporaryDirectory(prefix="deflect-cache-") as cache:
        first = start(run, cache)
        later = best(run, cache)
        rows = [("first run: load, compile, live", *first), ("later start: load, build 2,000, live a day", *later)]
        rows.append(("of which loading the modules", *best(load, cache)))
        reached = {"compile": first[1] - later[1], "later start": later[1]}
        try:
            shown = best(HELP, cache)
        except (OSError, subprocess.CalledProcessError) as error:
            print(f"deflect --help does not run: {error}")
        else:
            rows.append(("deflect --help", *shown))
            reached["help"] = shown[1]
    table("Starting", ("what", "seconds", "processor seconds"), rows)
    for name, value in reached.items():
        print(f"{name}: {value:.2f} processor seconds; budget {BUDGETS[name]:g} s")


if __name__ == "__main__":
    main()
