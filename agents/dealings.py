"""What police, courts and programmes have to do with a person: contacts, custody, supervision, and the open case.

One row beside each row of `HISTORY`, under the same number. It is looked at when something happens,
not every day, and so kept apart from the rows the daily loop visits.
"""

from enum import IntEnum

import numpy as np

from .compiled import compiled
from .table import Column, Declaration


class Pathway(IntEnum):
    """How a person comes from a contact to care."""

    NONE = 0  # usual care: they find the way themselves
    SELF_REFERRAL = 1
    ACTIVE_OUTREACH = 2
    NALOXONE_PLUS = 3
    OFFICER_REFERRAL = 4
    OFFICER_INTERVENTION = 5
    COMMUNITY_RESPONSE = 6
    JAIL_RELEASE = 7  # not deflection: treatment arranged from within a jail


class Stage(IntEnum):
    """Where a programme case stands."""

    NONE = 0
    TO_PLACE = 1  # came to the police; a place is being sought
    TO_VISIT = 2  # on the list of an outreach team
    TO_TAKE_ON = 3  # waits for a case manager with room
    TO_ASSESS = 4  # has an appointment with the coordinator
    MANAGED = 5  # in case management


class Offence(IntEnum):
    """What a chargeable contact is about."""

    POSSESSION = 0
    LOW_LEVEL = 1
    SERIOUS = 2
    AT_A_SCENE = 3  # whatever leads to an arrest where somebody overdosed


PATHWAYS = tuple(pathway.name.lower() for pathway in Pathway)

# For compiled code, see agents/resident.py.
(NO_PATHWAY, SELF_REFERRAL, ACTIVE_OUTREACH, NALOXONE_PLUS, OFFICER_REFERRAL, OFFICER_INTERVENTION,
 COMMUNITY_RESPONSE, JAIL_RELEASE) = np.arange(len(Pathway))  # fmt: skip
NO_CASE, TO_PLACE, TO_VISIT, TO_TAKE_ON, TO_ASSESS, MANAGED = np.arange(len(Stage))
POSSESSION, LOW_LEVEL, SERIOUS, AT_A_SCENE = np.arange(len(Offence))

_DAY = (-(10**6), 10**6)
_ROW = (-1, 2**31 - 1)
_EVENT = (-1, 2**62)

DEALINGS = Declaration(
    "dealings",
    (
        Column("key", "i8", "key", 0, 2**63 - 1, "build", "the resident's key"),
        Column("contact_factor", "f8", "ratio", 0, 10_000, "build", "how often police meet this person, over the mean"),
        Column("arrests", "i8", "arrests", 0, 100_000, "encounter", "arrests in the run"),
        Column("arrest_event", "i8", "event row", *_EVENT, "encounter", "the last arrest"),
        Column("held_since", "i8", "day", *_DAY, "encounter", "day of the last booking into jail"),
        Column("release_day", "i8", "day", *_DAY, "encounter", "day on which that stay ends"),
        Column("jail_event", "i8", "event row", *_EVENT, "encounter", "that booking"),
        Column("court_event", "i8", "event row", *_EVENT, "encounter", "what the next court hearing is about"),
        Column("court_day", "i8", "day", *_DAY, "encounter", "day of the next court hearing; past: none is set"),
        Column("supervised_until", "i8", "day", *_DAY, "custody", "under probation or a warrant until this day"),
        Column("case_since", "i8", "day", *_DAY, "deflection", "day the open case began"),
        Column("case_event", "i8", "event row", *_EVENT, "deflection", "the last event of the open case"),
        Column("due", "i8", "day", *_DAY, "deflection", "day of the next step of the open case"),
        Column("tries", "i8", "tries", 0, 1000, "deflection", "visits made, or places sought, in the open case"),
        Column("plan_until", "i8", "day", *_DAY, "deflection", "day the plan ends; 1,000,000: open-ended"),
        Column("worker", "i8", "worker row", *_ROW, "deflection", "the case manager"),
        Column("officer", "i8", "officer row", *_ROW, "encounter", "the officer who handed over"),
        Column("care_officer", "i8", "officer row", *_ROW, "treatment", "that officer, for the present wait or care"),
        Column("treated_day", "i8", "day", *_DAY, "treatment", "last day in treatment"),
        Column("stage", "u1", "code", 0, 5, "deflection", "where the open case stands: see Stage"),
        Column("pathway", "u1", "code", 0, 7, "deflection", "pathway of the open case: see Pathway"),
        Column("care_pathway", "u1", "code", 0, 7, "treatment", "pathway that led to the present wait or treatment"),
        Column("warm", "u1", "yes/no", 0, 1, "deflection", "the last hand-off to treatment was accompanied"),
        Column("address_current", "u1", "yes/no", 0, 1, "deflection", "the team's address is one where they are found"),
        Column("relative_reached", "u1", "yes/no", 0, 1, "deflection", "a relative was reached in this case"),
        Column("charged", "u1", "yes/no", 0, 1, "encounter", "a charge is held over the plan"),
        Column("mandated", "u1", "yes/no", 0, 1, "treatment", "came to the present treatment under a held charge"),
        Column("jail_medication", "u1", "yes/no", 0, 1, "encounter", "the jail of this stay gives medication"),
    ),
)


@compiled
def is_supervised(dealings, day):
    """Say whether a person is under probation or a warrant today."""
    return dealings.supervised_until > day


@compiled
def is_eligible(dealings, offence, day, rules):
    """May a person with this offence be offered deflection in place of a charge? Offence class, supervision, record."""
    if offence == POSSESSION:
        eligible = rules.eligible_possession > 0.0
    elif offence == LOW_LEVEL:
        eligible = rules.eligible_low_level > 0.0
    else:
        eligible = False
    if dealings.supervised_until > day and rules.eligible_supervised == 0.0:
        eligible = False
    return eligible and dealings.arrests <= rules.eligible_arrests
