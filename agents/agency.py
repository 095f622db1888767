"""An agency: police, medics, hospital, jail, courts, programmes; whoever hands people over or takes them on."""

from enum import IntEnum

import numpy as np

from .table import Column, Declaration


class AgencyKind(IntEnum):
    """What an agency does."""

    POLICE = 0
    EMERGENCY_MEDICAL = 1
    HOSPITAL = 2
    JAIL = 3
    OUTREACH_TEAM = 4
    CASE_MANAGEMENT = 5
    RESPONSE_TEAM = 6


POLICE, EMERGENCY_MEDICAL, HOSPITAL, JAIL, OUTREACH_TEAM, CASE_MANAGEMENT, RESPONSE_TEAM = np.arange(len(AgencyKind))

AGENCY = Declaration(
    "agency",
    (
        Column("key", "i8", "key", 0, 2**63 - 1, "build", "which agency this is"),
        Column("kind", "u1", "code", 0, len(AgencyKind) - 1, "build", "see AgencyKind"),
        Column("carries_naloxone", "u1", "yes/no", 0, 1, "calendar", "its responders carry naloxone (a lever)"),
    ),
)
