"""An agency: police, emergency medical services, and whoever a policy may set a lever on."""

from enum import IntEnum

from .table import Column, Declaration


class AgencyKind(IntEnum):
    """What an agency does."""

    POLICE = 0
    EMERGENCY_MEDICAL = 1


AGENCY = Declaration(
    "agency",
    (
        Column("key", "i8", "key", 0, 2**63 - 1, "build", "which agency this is"),
        Column("kind", "u1", "code", 0, 1, "build", "see AgencyKind"),
        Column("carries_naloxone", "u1", "yes/no", 0, 1, "calendar", "its responders carry naloxone (a lever)"),
    ),
)
