"""Census: what is true tonight, counted from today's events alone.

Stocks are yesterday's plus what the events of the day changed; flows are the events themselves. So
a change of state without an event shows up as a census that no longer matches the tables
(see checks.py), and counting costs what happened, not how many people there are.
"""

from enum import IntEnum

import numpy as np

from ...agents.compiled import compiled
from ...agents.resident import METHADONE, WAITING
from ...agents.resident import REMISSION as REMITTED
from ..events import (
    ADMITTED,
    ASKED_FOR_CARE,
    BORN,
    DID_NOT_ATTEND,
    DIED_OTHER,
    DIED_OVERDOSE,
    LEFT_CARE,
    LEFT_LIST,
    MOVED_IN,
    MOVED_OUT,
    OVERDOSE,
    USE_CHANGED,
)
from ..process import process
from ..world import START_DAY


class Count(IntEnum):
    """Columns of the census: stocks at the end of the day, then sums over the events of the day."""

    POPULATION = 0
    NO_USE = 1  # stocks of people with a history, in the order of Use
    MISUSE = 2
    OUD = 3
    INJECTING = 4
    REMISSION = 5
    WAITING = 6  # in the order of Care
    METHADONE = 7
    BUPRENORPHINE = 8
    NALTREXONE = 9
    SLOTS = 10
    TREATED_NOT_USING = 11  # in treatment and in remission; counted every 30 days
    EXPECTED_DEATHS = 12
    WAIT_DAYS = 13  # days waited by those admitted today
    FIRST_EVENT = 14  # from here on: number of events of each kind


POPULATION, NO_USE, _M, _O, _I, _R, WAIT = range(7)
SLOTS, TREATED_NOT_USING, EXPECTED_DEATHS, WAIT_DAYS, FIRST_EVENT = 10, 11, 12, 13, 14
EVENT_KINDS = 23
MONTH = 30  # days between counts that need the tables
COUNTS = FIRST_EVENT + EVENT_KINDS


def counts_tonight(world) -> np.ndarray:
    """Count the stocks from the tables themselves, shape (COUNTS,) with the flows zero: the start, and the check."""
    counts = np.zeros(COUNTS)
    residents, histories = world.residents, world.histories
    here = histories[histories.present == 1]
    counts[POPULATION] = np.count_nonzero(residents.fate == 0)
    counts[NO_USE : NO_USE + 5] = np.bincount(here.use, minlength=5)
    counts[WAIT : WAIT + 4] = np.bincount(here.care, minlength=5)[1:]
    counts[SLOTS] = world.state.providers.slots.sum()
    counts[TREATED_NOT_USING] = np.count_nonzero((here.care >= METHADONE) & (here.use == REMITTED))
    return counts


@compiled
def _departed(world, event, tonight):
    """Take somebody who died or left out of the stocks; their care ended with an event of its own."""
    tonight[POPULATION] -= 1
    history = world.residents[event.who].history
    if history >= 0:
        tonight[NO_USE + world.histories[history].use] -= 1


@compiled
def _count(world, first_event):
    clock = world.clock[0]
    tonight = world.census[clock.day - START_DAY]
    if clock.day > START_DAY:
        for stock in range(FIRST_EVENT):
            tonight[stock] = world.census[clock.day - START_DAY - 1, stock]
    tonight[EXPECTED_DEATHS] = 0.0
    tonight[WAIT_DAYS] = 0.0
    for i in range(first_event, clock.events):
        event = world.events[i]
        kind = event.kind
        tonight[FIRST_EVENT + kind] += 1
        if kind == BORN or kind == MOVED_IN:
            tonight[POPULATION] += 1
        elif kind == DIED_OTHER or kind == DIED_OVERDOSE or kind == MOVED_OUT:
            _departed(world, event, tonight)
        elif kind == USE_CHANGED:
            if event.other >= 0:
                tonight[NO_USE + event.other] -= 1
            tonight[NO_USE + int(event.amount)] += 1
        elif kind == ASKED_FOR_CARE:
            tonight[WAIT] += 1
        elif kind == LEFT_LIST or kind == DID_NOT_ATTEND:
            tonight[WAIT] -= 1
        elif kind == ADMITTED:
            tonight[WAIT] -= 1
            tonight[WAIT_DAYS] += event.amount
            tonight[WAIT + _medication(world, event)] += 1
        elif kind == LEFT_CARE:
            tonight[WAIT + _medication(world, event)] -= 1
        elif kind == OVERDOSE:
            tonight[EXPECTED_DEATHS] += event.amount
    if (clock.day - START_DAY) % MONTH == 0:
        tonight[TREATED_NOT_USING] = 0.0
        for row in range(clock.histories):
            person = world.histories[row]
            if person.present and person.care >= METHADONE and person.use == REMITTED:
                tonight[TREATED_NOT_USING] += 1
    slots = 0
    for i in range(len(world.providers)):
        slots += world.providers[i].slots
    tonight[SLOTS] = slots


@compiled
def _medication(world, event):
    """Return the place of an admission's or exit's medication after WAITING in the census; the provider gives it."""
    kind = world.providers[event.other].kind
    if kind == 0:
        return METHADONE - WAITING
    return METHADONE - WAITING + kind


@compiled
def _first_of_today(world):
    """Return the row of the first event of today."""
    i = world.clock[0].events
    while i > 0 and world.events[i - 1].day == world.clock[0].day:
        i -= 1
    return i


@process()
def count(world) -> None:
    """Count what is true tonight and end the day."""
    _count(world.view, _first_of_today(world.view))
    world.state.clock[0].day += 1
