"""A child whose family opioid use touches: what they live through, how they are, where they live.

One row for every young person with a parent who has or had opioid use disorder, or to whom a family event happened.
The row is kept until they are grown, because what happened then bears on whether they begin to use later.
"""

import math
from enum import IntEnum

import numpy as np

from .compiled import compiled
from .table import Column, Declaration


class Custody(IntEnum):
    """Where a child lives by the decision of child protection."""

    HOME = 0
    KIN = 1
    FOSTER = 2


HOME, KIN_CARE, FOSTER = np.arange(len(Custody))
DAY = (-(10**6), 10**6)

CHILD = Declaration(
    "child",
    (
        Column("key", "i8", "key", 0, 2**63 - 1, "build", "the resident's key"),
        Column("resident", "i8", "resident row", 0, 2**31 - 1, "build", "whose childhood this is"),
        Column("liability", "f8", "ratio", 0, 1_000_000, "household", "inherited liability to begin use; others 1"),
        Column("adversity", "f8", "adversity", 0, 10_000, "household", "events and years lived with untreated use"),
        Column("distress", "f8", "standard deviations", -10_000, 10_000, "household", "how they are, with adversity"),
        Column("support", "f8", "standard deviations", 0, 100, "household", "relief from therapy, fading"),
        Column("last_event", "i8", "event row", -1, 2**62, "household", "the last event that added adversity"),
        Column("case_event", "i8", "event row", -1, 2**62, "household", "what opened the case of child protection"),
        Column("case_until", "i8", "day", *DAY, "household", "a case of child protection is open until this day"),
        Column("removed", "i8", "day", *DAY, "household", "day of the last removal from home"),
        Column("custody", "u1", "code", 0, 2, "household", "see Custody"),
        Column("exposed", "u1", "yes/no", 0, 1, "household", "lived with a parent's untreated use at the last look"),
        Column("present", "u1", "yes/no", 0, 1, "household", "looked at: lives here and is not yet grown"),
    ),
)


@compiled
def distress_level(child, cohesion, rules):
    """Return the distress a child tends to: more with adversity, less in a family that holds together."""
    level = rules.family_distress_per_adversity * child.adversity
    return level - rules.family_distress_per_cohesion * (cohesion - 0.5) - child.support


@compiled
def feel_a_month(child, cohesion, rules):
    """Let distress close part of the gap to its level, and the gain from therapy fade."""
    level = distress_level(child, cohesion, rules)
    child.distress = level + (child.distress - level) * rules.distress_keep_month
    child.support *= rules.support_keep_month


@compiled
def initiation_ratio(child, rules):
    """Return what a childhood does to the hazard of beginning to use: heredity, adversity, distress."""
    strain = rules.family_initiation_per_adversity * child.adversity
    strain += rules.family_initiation_per_distress * child.distress
    return child.liability * math.exp(min(5.0, max(-5.0, strain)))
