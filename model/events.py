"""What happened: one append-only table of events, each with the event that led to it.

Outcomes, the daily census, the answer to "why did this happen" and, later, the bill are all read
from these rows; no process keeps a second count of its own.
"""

from enum import IntEnum

import numpy as np

from ..agents.compiled import compiled

EVENT = np.dtype(
    [
        ("day", "i4"),
        ("who", "i4"),  # resident row
        ("other", "i4"),  # the row the kind names below, -1: nobody
        ("place", "i2"),  # neighbourhood
        ("kind", "u1"),
        ("setting", "u1"),  # 0 not said, 1 at home, 2 in public
        ("amount", "f8"),  # what the kind says below
        ("cause", "i8"),  # row of the event that led to this one, -1: none recorded
    ],
    align=True,
)

NOWHERE, AT_HOME, IN_PUBLIC = np.arange(3)


class Kind(IntEnum):
    """Kinds of event. Numbers are for ever: append, never renumber or reuse."""

    BORN = 0
    DIED_OTHER = 1
    MOVED_OUT = 2
    MOVED_IN = 3
    LEFT_HOME = 4
    USE_CHANGED = 5
    OVERDOSE = 6
    SEEN = 7
    FOUND = 8
    LAY_NALOXONE = 9
    CALLED_911 = 10
    RESPONDED = 11
    SURVIVED = 12
    DIED_OVERDOSE = 13
    HOSPITAL = 14
    KIT_RECEIVED = 15
    ASKED_FOR_CARE = 16
    TURNED_AWAY = 17
    ADMITTED = 18
    DID_NOT_ATTEND = 19
    LEFT_LIST = 20
    LEFT_CARE = 21
    POLICY_CHANGED = 22


# kind -> (what happened, in words; what `other` is; what `amount` is, with its unit)
MEANING = {
    Kind.BORN: ("was born", "resident (the mother)", ""),
    Kind.DIED_OTHER: ("died of another cause", "", ""),
    Kind.MOVED_OUT: ("moved away", "household", ""),
    Kind.MOVED_IN: ("moved in", "household", ""),
    Kind.LEFT_HOME: ("moved to another home", "household (the new one)", "household row before"),
    Kind.USE_CHANGED: ("changed use", "code of use before", "code of use after"),
    Kind.OVERDOSE: ("overdosed", "", "probability of dying of it"),
    Kind.SEEN: ("was seen overdosing", "resident (the witness)", ""),
    Kind.FOUND: ("was found overdosed", "resident (the finder)", ""),
    Kind.LAY_NALOXONE: (
        "was given naloxone by a lay person",
        "resident (the giver)",
        "kit: 0 own, 1 giver's, 2 home's",
    ),
    Kind.CALLED_911: ("had 911 called", "resident (the caller)", ""),
    Kind.RESPONDED: ("was reached by responders", "officer (-1: medics came first)", "minutes"),
    Kind.SURVIVED: ("survived an overdose", "", ""),
    Kind.DIED_OVERDOSE: ("died of an overdose", "", ""),
    Kind.HOSPITAL: ("was taken to hospital", "", ""),
    Kind.KIT_RECEIVED: ("received a naloxone kit", "household that keeps it (-1: on the person)", "day it lasts until"),
    Kind.ASKED_FOR_CARE: ("asked for treatment", "provider", "code of the medication wanted"),
    Kind.TURNED_AWAY: ("was told there is no free place yet", "provider", ""),
    Kind.ADMITTED: ("entered treatment", "provider", "days waited"),
    Kind.DID_NOT_ATTEND: ("was offered a place and did not come", "provider", "days waited"),
    Kind.LEFT_LIST: ("left the waiting list", "provider", "days waited"),
    Kind.LEFT_CARE: ("left treatment", "provider", "days in treatment"),
    Kind.POLICY_CHANGED: ("the policy changed", "", "number of the dated change"),
}

# For compiled code, see agents/resident.py.
(BORN, DIED_OTHER, MOVED_OUT, MOVED_IN, LEFT_HOME, USE_CHANGED, OVERDOSE, SEEN, FOUND, LAY_NALOXONE, CALLED_911,
 RESPONDED, SURVIVED, DIED_OVERDOSE, HOSPITAL, KIT_RECEIVED, ASKED_FOR_CARE, TURNED_AWAY, ADMITTED, DID_NOT_ATTEND,
 LEFT_LIST, LEFT_CARE, POLICY_CHANGED) = np.arange(len(Kind))  # fmt: skip


@compiled
def happened(world, kind, who, other, amount, cause, setting):
    """Append one event of today and return its row, the cause of what follows from it."""
    clock = world.clock[0]
    row = clock.events
    event = world.events[row]
    event.day = clock.day
    event.kind = kind
    event.who = who
    event.other = other
    event.amount = amount
    event.cause = cause
    event.setting = setting
    event.place = world.households[world.residents[who].household].neighbourhood if who >= 0 else -1
    clock.events = row + 1
    return row
