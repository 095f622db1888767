"""How much faster the compiled model is than the same town as plain Mesa agents, for the same result.

Both live the same days of the same town, ten days at a time in turn, in one run.
Usage: python benchmarks/twin.py [residents] [days]
"""

import sys

from deflect.benchmarks.measure import active, build_world, live, seconds, table
from deflect.benchmarks.plain_mesa import COVERED, NOT_COVERED, Person, PlainTown
from deflect.model.day import live_a_day

TURN_DAYS = 10  # each lives this many days before it is the other's turn


def main(residents: int = 20_000, days: int = 60) -> None:
    """Print the cost of a person-day in both, their ratio, and what both counted."""
    live(build_world(2_000), 1)  # compiles, or reads the compiled code
    world = build_world(residents, NOT_COVERED)
    reading, town = seconds(PlainTown, world)
    compiled = plain = 0.0
    person_days = 0
    for _ in range(days // TURN_DAYS):
        person_days += active(world) * TURN_DAYS
        compiled += seconds(lambda: [live_a_day(world, COVERED) for _ in range(TURN_DAYS)])[0]
        plain += seconds(lambda: [town.step() for _ in range(TURN_DAYS)])[0]
    days = days // TURN_DAYS * TURN_DAYS
    people = list(town.agents_by_type[Person])
    rows = [
        ("compiled", compiled * 1e3 / days, compiled * 1e9 / person_days, int(world.histories.overdoses.sum())),
        ("plain Mesa", plain * 1e3 / days, plain * 1e9 / person_days, sum(person.overdoses for person in people)),
    ]
    table(
        f"{residents:,} residents, {len(people):,} people visited daily, {days} days",
        ("model", "ms a day", "ns a person-day", "overdoses"),
        rows,
    )
    print(f"the compiled model is {plain / compiled:.0f} x as fast; reading the town into objects took {reading:.1f} s")


if __name__ == "__main__":
    main(*(int(argument) for argument in sys.argv[1:3]))
