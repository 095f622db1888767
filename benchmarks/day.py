"""What a day costs, by process, against its draws alone.

The yardstick is the least a day can cost: one Philox block a person with a history, for the same
people, in the same run. Usage: python benchmarks/day.py [residents] [days]
"""

import sys
import time
from collections import defaultdict

import numba
import numpy as np
from deflect.agents.compiled import compiled
from deflect.benchmarks.measure import active, build_world, live, table
from deflect.model.day import DAY
from deflect.model.randomness import block

BUDGET = 10  # draws alone
BURN_IN_DAYS = 730


@compiled
def draws_alone(seed, keys, day):
    """Draw one block a key and mix the words, so that none can be left out."""
    mixed = 0
    for i in range(len(keys)):
        w0, w1, w2, w3 = block(seed, 0, keys[i], day, 0)
        mixed ^= w0 ^ w1 ^ w2 ^ w3
    return mixed


def timed_days(world, days: int) -> tuple[dict[str, float], int]:
    """Live some days; return processor seconds by process, `draws alone` among them, and active person-days."""
    spent, person_days = defaultdict(float), 0
    draws_alone(world.seed, np.zeros(1, np.int64), 0)
    for _ in range(days):
        keys = np.ascontiguousarray(world.histories.key[world.histories.present == 1])
        person_days += active(world)
        start = time.process_time()
        draws_alone(world.seed, keys, world.day)
        spent["draws alone"] += time.process_time() - start
        for process in DAY:
            start = time.process_time()
            process(world)
            spent[process.name] += time.process_time() - start
    return spent, person_days


def main(residents: int = 100_000, days: int = 365) -> None:
    """Print the cost of a day by process, in nanoseconds and in draws alone."""
    world = build_world(residents)
    live(world, BURN_IN_DAYS)  # compiles, or reads the compiled code, before anything is timed
    spent, person_days = timed_days(world, days)
    draws = spent.pop("draws alone")
    day = sum(spent.values())
    rows = [(name, s * 1e3 / days, s * 1e9 / person_days, s / draws, f"{s / day:.0%}") for name, s in spent.items()]
    rows.append(("the day", day * 1e3 / days, day * 1e9 / person_days, day / draws, "100%"))
    rows.append(("draws alone", draws * 1e3 / days, draws * 1e9 / person_days, 1.0, ""))
    table(
        f"A day of {residents:,} residents, {person_days // days:,} people visited daily, mean of {days} days",
        ("process", "ms a day", "ns a person-day", "x draws alone", "share"),
        rows,
    )
    print(
        f"a day costs {day / draws:.2f} x its draws alone; budget {BUDGET} x; compiled: {not numba.config.DISABLE_JIT}"
    )


if __name__ == "__main__":
    main(*(int(argument) for argument in sys.argv[1:3]))
