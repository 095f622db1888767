"""A sworn police officer: agency, beat, shift and tenure."""

from .compiled import compiled
from .table import Column, Declaration

SHIFTS = 3  # day, evening, night: eight hours each
CREWS = 2  # two crews relieve each other

OFFICER = Declaration(
    "officer",
    (
        Column("key", "i8", "key", 0, 2**63 - 1, "build", "who this is, for the address of every draw"),
        Column("joined", "i8", "day", -30_000, 10**6, "build", "day of joining the force"),
        Column("agency", "i8", "agency row", -1, 32_000, "build", "the police agency"),
        Column("beat", "i8", "neighbourhood", -1, 32_000, "build", "the beat patrolled; -1: not on patrol"),
        Column("shift", "u1", "code", 0, SHIFTS - 1, "build", "0 day, 1 evening, 2 night"),
        Column("crew", "u1", "code", 0, CREWS - 1, "build", "which of the two crews of the shift"),
    ),
)


@compiled
def on_duty(officer, day, shift):
    """Is the officer on patrol on this day and shift? Crews change every two days, four on and four off in eight."""
    return officer.beat >= 0 and officer.shift == shift and officer.crew == (day // 2) % CREWS
