"""The census: counted from events, it equals the tables."""

from collections.abc import Iterator

import numpy as np

from ..events import Kind
from ..processes import census
from ..processes.census import Count
from ..world import START_DAY


def census_agrees(world) -> Iterator[str]:
    """Last night's census, counted from events, equals the tables; its flows equal that day's events."""
    if world.day == START_DAY:
        return
    counted, tables, events = world.census[-1], census.counts_tonight(world), world.events
    monthly = (Count.TREATED_NOT_USING, Count.EXPOSED, Count.DISTRESSED)
    stocks = [*range(Count.TREATED_NOT_USING), *range(Count.OFFICERS, Count.RESPONSE_MINUTES)]
    stocks = [Count(count) for count in stocks if count not in monthly]
    if (world.day - 1 - START_DAY) % census.MONTH == 0:
        stocks += monthly
    for count in stocks:
        if counted[count] != tables[count]:
            yield f"census of day {world.day - 1}: {count.name} is {counted[count]:g}, in the tables {tables[count]:g}"
    today = events[np.searchsorted(events.day, world.day - 1) :]
    for kind, number in zip(Kind, np.bincount(today.kind, minlength=len(Kind)), strict=True):
        if counted[Count.FIRST_EVENT + kind] != number:
            yield (
                f"census of day {world.day - 1}: {kind.name} is {counted[Count.FIRST_EVENT + kind]:g}, "
                f"{number} such events"
            )
