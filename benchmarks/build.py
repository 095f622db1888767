"""What building a town costs, by stage: processor seconds, and the peak memory after each stage.

Usage: python benchmarks/build.py [residents]
"""

import sys
import time

from deflect.benchmarks.measure import build_world, live, peak_mb, table
from deflect.model import build, first_state

BUDGET_SECONDS = {1_000_000: 5.0}
STAGES = {  # a function the build calls, and where -> what it does
    (build, "make_population"): "people and households",
    (first_state, "starting_use"): "use and care at the start",
    (first_state, "make_ties"): "ties outside the household",
    (first_state, "_residents"): "resident table",
    (first_state, "_households"): "household table",
    (first_state, "_histories"): "history table",
    (build, "_place_in_care"): "places in care",
    (build, "_note_everybody"): "dates in the diary",
    (build, "_start_kits"): "naloxone kits at the start",
    (build, "call_intercept"): "intercept of the 911 call",
}


def timed_stages(residents: int) -> tuple[list[tuple[str, float, float]], float]:
    """Build one town; return (stage, processor seconds, peak MB) of each stage, and the seconds of the whole."""
    stages = []

    def timed(stage, function):
        def run(*arguments, **named):
            start = time.process_time()
            result = function(*arguments, **named)
            stages.append((stage, time.process_time() - start, peak_mb()))
            return result

        return run

    originals = {(module, name): getattr(module, name) for module, name in STAGES}
    try:
        for (module, name), function in originals.items():
            setattr(module, name, timed(STAGES[module, name], function))
        start = time.process_time()
        build_world(residents)
        whole = time.process_time() - start
    finally:
        for (module, name), function in originals.items():
            setattr(module, name, function)
    stages.append(("everything else", whole - sum(seconds for _, seconds, _ in stages), peak_mb()))
    return stages, whole


def main(residents: int = 1_000_000) -> None:
    """Print the stages of a build and its budget."""
    live(build_world(2_000), 1)  # compiles, or reads the compiled code
    before = peak_mb()
    stages, whole = timed_stages(residents)
    rows = [(stage, seconds, f"{seconds / whole:.0%}", round(peak)) for stage, seconds, peak in stages]
    rows.append(("the build", whole, "100%", round(peak_mb())))
    table(
        f"Building {residents:,} residents (the process held {before:.0f} MB before)",
        ("stage", "seconds", "share", "peak MB after"),
        rows,
    )
    if residents in BUDGET_SECONDS:
        print(f"{residents:,} residents built in {whole:.2f} s; budget {BUDGET_SECONDS[residents]:g} s")


if __name__ == "__main__":
    main(*(int(argument) for argument in sys.argv[1:2]))
