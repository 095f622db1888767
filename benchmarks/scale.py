"""What a run costs from 10,000 to 1,000,000 residents: build, burn-in, years, memory; table and figure.

Every size has a process of its own, so that memory is its own. The place is the national average.
Usage: python benchmarks/scale.py [residents ...]
"""

import json
import subprocess
import sys
from pathlib import Path

SIZES = (10_000, 30_000, 100_000, 300_000, 1_000_000)
YEARS = 5
BURN_IN_DAYS, DAYS_A_YEAR = 730, 365.25
BUDGETS = {  # residents: most seconds of 5 years, most MB
    100_000: (1.5, None),
    1_000_000: (12.0, 600.0),
}
FIGURE = Path(__file__).with_suffix(".png")
WARM_UP_RESIDENTS = 2_000  # compiles, or reads the compiled code, before anything is timed


def measure(residents: int) -> dict[str, float]:
    """Build and run one town in this process; return what it cost."""
    from deflect.benchmarks.measure import active, build_world, live, peak_mb, seconds

    live(build_world(WARM_UP_RESIDENTS), 2)
    build, world = seconds(build_world, residents)
    burn_in, _ = seconds(live, world, BURN_IN_DAYS)
    years, person_days = 0.0, 0
    for year in range(YEARS):
        days = round((year + 1) * DAYS_A_YEAR) - round(year * DAYS_A_YEAR)
        before = active(world)
        years += seconds(live, world, days)[0]
        person_days += days * (before + active(world)) // 2
    return {
        "residents": residents,
        "visited daily": active(world),
        "build s": build,
        "burn-in s": burn_in,
        "year s": years / YEARS,
        "5 years s": years,
        "ns a person-day": years * 1e9 / person_days,
        "peak MB": peak_mb(),
    }


def measure_apart(residents: int) -> dict[str, float]:
    """Measure one town in a process of its own."""
    command = [sys.executable, __file__, "--one", str(residents)]
    return json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout.splitlines()[-1])


def draw_figure(results: list[dict[str, float]]) -> None:
    """Draw seconds and memory over residents, with the budgets, as benchmarks/scale.png."""
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot

    residents = [result["residents"] for result in results]
    figure, (time, memory) = pyplot.subplots(1, 2, figsize=(10, 4), layout="constrained")
    for name, label in (("build s", "build"), ("burn-in s", "burn-in, 2 years"), ("5 years s", "5 years")):
        time.loglog(residents, [result[name] for result in results], "o-", label=label)
    memory.loglog(residents, [result["peak MB"] for result in results], "o-", label="peak memory")
    for size, (most_seconds, most_mb) in BUDGETS.items():
        time.plot(size, most_seconds, "kx", label="budget, 5 years" if size == max(BUDGETS) else None)
        if most_mb:
            memory.plot(size, most_mb, "kx", label="budget")
    time.set(xlabel="residents", ylabel="seconds of one processor", title="Time")
    memory.set(xlabel="residents", ylabel="MB", title="Memory")
    for axes in (time, memory):
        axes.legend()
        axes.grid(alpha=0.3)
    figure.savefig(FIGURE, dpi=150)
    pyplot.close(figure)


def main(sizes: tuple[int, ...] = SIZES) -> None:
    """Print the table, report against the budgets and draw the figure."""
    from deflect.benchmarks.measure import table

    results = []
    for size in sizes:
        results.append(measure_apart(size))
        print(f"{size:,} residents done", file=sys.stderr)
    table("The national average as a town", tuple(results[0]), [tuple(result.values()) for result in results])
    for result in results:
        most_seconds, most_mb = BUDGETS.get(result["residents"], (None, None))
        if most_seconds:
            print(f"{result['residents']:,} residents, 5 years: {result['5 years s']:.2f} s; budget {most_seconds:g} s")
        if most_mb:
            print(f"{result['residents']:,} residents, memory: {result['peak MB']:.0f} MB; budget {most_mb:g} MB")
    draw_figure(results)
    print(f"figure: {FIGURE.name}")


if __name__ == "__main__":
    if sys.argv[1:2] == ["--one"]:
        print(json.dumps(measure(int(sys.argv[2]))))
    else:
        main(tuple(int(argument) for argument in sys.argv[1:]) or SIZES)
