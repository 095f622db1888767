"""What a sweep costs beside the runs it lives: per run, on two processes, in memory, and for the whole country.

Usage: python benchmarks/sweep.py [overhead] [parallel] [memory] [country]      (all but country by default)

`country` lives a sample of counties with their whole populations for a year and says from it what all
3,143 would take; `country 3143` lives them all.
"""

import os
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
from deflect.benchmarks.measure import peak_mb, table

BUDGETS = {"overhead": 10.0, "efficiency": 0.9}  # milliseconds a run; share of the ideal on two processes
SHORT = {"place": "54011", "years": 1, "residents": 300}
SECOND = {"place": "54011", "years": 5, "residents": 60_000}  # runs of about a second
COUNTIES = 40  # of the sample, beside the largest


def overhead(runs: int = 120) -> None:
    """Print the processor time of a sweep in this process that is not spent living and telling runs."""
    from deflect.experiments import branches, sweep

    plan = {"base": SHORT, "seeds": runs, "vary": {"overdose.call_probability": [0.4]}}
    lived, spent = branches.live_branches, []

    def timed(*arguments, **named):
        start = time.process_time()
        found = lived(*arguments, **named)
        spent.append(time.process_time() - start)
        return found

    with tempfile.TemporaryDirectory() as folder:
        sweep.sweep(plan | {"seeds": 2}, Path(folder) / "warm", workers=1)
        branches.live_branches, sweep.CHECKED = timed, 10**9
        start = time.process_time()
        sweep.sweep(plan, Path(folder) / "measured", workers=1)
        total = time.process_time() - start
    branches.live_branches = lived
    per_run = 1000 * (total - sum(spent)) / runs
    table(
        "The machinery of a sweep (checks of one run in twenty left out)",
        ("runs", "ms a run lived", "ms a run beside", "budget"),
        [(runs, 1000 * sum(spent) / runs, per_run, BUDGETS["overhead"])],
    )


def parallel(runs: int = 16) -> None:
    """Print how near two processes come to half the time of one, start of the workers left out."""
    from deflect.experiments import sweep

    sweep.CHECKED = 10**9
    walls = {}
    with tempfile.TemporaryDirectory() as folder:
        for workers in (1, 2):
            first: list[float] = []

            def lived(so_far: int, of: int, first=first) -> None:
                first.append(time.perf_counter())

            plan = {"base": SECOND, "seeds": runs + workers}
            sweep.sweep(plan, Path(folder) / str(workers), executor=None, workers=workers, progress=lived)
            walls[workers] = (first[-1] - first[workers - 1]) / runs  # from when every worker has lived one
    table(
        "Two processes",
        ("workers", "seconds a run", "share of the ideal", "budget"),
        [(n, walls[n], walls[1] / (walls[n] * n), BUDGETS["efficiency"] if n > 1 else "") for n in walls],
    )


def _at_once(task, progress=None):
    """Stand in for living: the rows of a task, of the size of real ones."""
    return [
        {"key": job.key, "error": "", "digest": "0" * 64} | {f"x{i}": float(i) for i in range(130)} for job in task.jobs
    ]


def memory(runs: int = 100_000) -> None:
    """Print the memory of the driver over many runs, and of a process that lives real ones."""
    from deflect.experiments import sweep

    rows, marks = [], (1_000, runs // 10, runs // 2, runs)
    passed = iter(marks)
    mark = next(passed)

    def look(lived: int, of: int) -> None:
        nonlocal mark
        if mark is not None and lived >= mark:
            rows.append((f"driver, {lived:,} runs", resident_mb()))
            mark = next(passed, None)

    with tempfile.TemporaryDirectory() as folder:
        real, sweep.live_task = sweep.live_task, _at_once
        start = time.process_time()
        sweep.sweep({"base": SHORT, "seeds": runs}, Path(folder) / "driver", workers=1, progress=look)
        spent = time.process_time() - start
        sweep.live_task = real
        rows.append((f"driver, all put into one file ({1000 * spent / runs:.2g} ms a run)", resident_mb()))
        mark, passed = 50, iter((200, 600))
        names = iter(("50", "200", "600"))

        def look_again(lived: int, of: int) -> None:
            nonlocal mark
            if mark is not None and lived >= mark:
                rows.append((f"real runs, {next(names)}", resident_mb()))
                mark = next(passed, None)

        sweep.sweep({"base": SHORT, "seeds": 600}, Path(folder) / "worker", workers=1, progress=look_again)
    table("Memory", ("after", "MB"), rows)


def country(counties: int = COUNTIES) -> None:
    """Print what whole counties cost for a year, and what all would."""
    from deflect.experiments.run import run
    from deflect.scenarios import places
    from deflect.scenarios.load import load

    run(load("status_quo", SHORT), 0)
    people = {fips: places.find(fips).population for fips in places.all_fips()}
    by_size = sorted(people, key=people.get)
    chosen = (
        by_size
        if counties >= len(by_size)
        else [by_size[i] for i in np.linspace(0, len(by_size) - 2, counties).astype(int)]
    )
    rows = []
    for fips in chosen:
        start = time.process_time()
        run(load("status_quo", {"place": fips, "years": 1, "residents": people[fips]}), 0)
        rows.append((people[fips], time.process_time() - start))
    size, spent = np.array(rows, float).T
    each, every = np.linalg.lstsq(np.column_stack([np.ones(len(size)), size / 1e6]), spent, rcond=None)[0]
    whole = each * len(people) + every * sum(people.values()) / 1e6
    table(
        f"Whole counties, one year ({len(chosen)} lived, {size.sum() / 1e6:.1f} million residents)",
        ("seconds a county", "seconds a million", "all 3,143: core-hours", "peak MB"),
        [(float(each), float(every), whole / 3600, peak_mb())],
    )
    print(f"The largest has {max(people.values()) / 1e6:.1f} million residents.")


def resident_mb() -> float:
    """Return the memory this process holds now, in MB (10^6 bytes)."""
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) * 1024 / 1e6
    return float("nan")


def main() -> None:
    asked = sys.argv[1:]
    print(f"{os.process_cpu_count()} processors; processor seconds, except seconds a run on two processes")
    if asked[:1] == ["country"]:
        country(*map(int, asked[1:2]))
        return
    for name, measure in (("overhead", overhead), ("parallel", parallel), ("memory", memory)):
        if not asked or name in asked:
            measure()


if __name__ == "__main__":
    main()
