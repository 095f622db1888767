"""A person who works in a programme: a case manager with a caseload, or an outreach worker with visits to make."""

from enum import IntEnum

import numpy as np

from .compiled import compiled
from .table import Column, Declaration


class Role(IntEnum):
    """What a worker does."""

    CASE_MANAGER = 0
    OUTREACH = 1


CASE_MANAGER, OUTREACH = np.arange(len(Role))

WORKER = Declaration(
    "worker",
    (
        Column("key", "i8", "key", 0, 2**63 - 1, "build", "which worker this is"),
        Column("agency", "i8", "agency row", -1, 32_000, "build", "the agency worked for"),
        Column("capacity", "i8", "people", 0, 10_000, "calendar", "people a case manager sees to at most (a lever)"),
        Column("caseload", "i8", "people", 0, 10_000, "deflection", "people a case manager sees to tonight"),
        Column("role", "u1", "code", 0, 1, "build", "see Role"),
    ),
)


@compiled
def has_room(worker):
    """Say whether a case manager can take on one more person."""
    return worker.role == CASE_MANAGER and worker.caseload < worker.capacity
