"""What happened: one append-only table of events, each with the event that led to it.

Outcomes, the daily census, the answer to "why did this happen" and, later, the bill are all read
from these rows; no process keeps a second count of its own.
"""

from enum import IntEnum

import numpy as np

from ..agents.compiled import compiled
from ..agents.dealings import PATHWAYS

EVENT = np.dtype(
    [
        ("day", "i4"),
        ("who", "i4"),  # resident row
        ("other", "i4"),  # the row the kind names below, -1: nobody
        ("place", "i2"),  # neighbourhood
        ("kind", "u1"),
        ("setting", "u1"),  # 0 not said, 1 at home, 2 in public, from 3 on the pathway: see SETTINGS
        ("amount", "f8"),  # what the kind says below
        ("cause", "i8"),  # row of the event that led to this one, -1: none recorded
    ],
    align=True,
)

NOWHERE, AT_HOME, IN_PUBLIC = np.arange(3)
BY_PATHWAY = np.int64(2)  # a pathway's number plus this is its setting
SETTINGS = ("", "at home", "in public", *PATHWAYS[1:])


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
    POLICE_CONTACT = 23
    CITED = 24
    ARRESTED = 25
    JAILED = 26
    RELEASED = 27
    COURT = 28
    OFFERED = 29
    ACCEPTED = 30
    REFUSED = 31
    EXCLUDED = 32
    REFERRED = 33
    EVENT_PASSED = 34
    LISTED = 35
    VISITED = 36
    REACHED = 37
    NOT_REACHED = 38
    ASSESSED = 39
    HANDED_OVER = 40
    LOST = 41
    CASE_OPENED = 42
    CASE_CLOSED = 43
    COMPLETED = 44
    CHARGE_VOIDED = 45
    CHARGE_FORWARDED = 46
    WALKED_IN = 47
    NOT_PLACED = 48
    TEAM_SENT = 49
    SEIZED = 50
    MISSED = 51
    CRITICAL_INCIDENT = 52
    INJURED = 53
    RECOVERED = 54
    SOUGHT_HELP = 55
    SICK = 56
    OFFICER_LEFT = 57
    OFFICER_HIRED = 58
    TRAINED = 59
    CHILD_WITNESSED = 60
    PARENT_ARRESTED = 61
    BEREAVED = 62
    NOTICE_TO_SCHOOL = 63
    THERAPY = 64
    FAMILY_REACHED = 65
    REPORTED = 66
    PROTECTION_OPENED = 67
    REMOVED = 68
    REUNIFIED = 69
    SERVICES_BEGAN = 70
    RECOVERS = 71
    COACHED = 72
    COURSE = 73
    PARENT_JAILED = 74
    HEARD_OF_SUCCESS = 75


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
    Kind.POLICE_CONTACT: ("had a contact with police", "officer", "how it was lived: -1 bad, 0 neither, 1 good"),
    Kind.CITED: ("was cited", "officer", "code of offence"),
    Kind.ARRESTED: ("was arrested", "officer", "code of offence"),
    Kind.JAILED: ("was booked into jail", "officer", "days of the stay"),
    Kind.RELEASED: ("was released from jail", "", "days held"),
    Kind.COURT: ("had a court hearing", "", "1: put under supervision, 0: not"),
    Kind.OFFERED: ("was offered deflection", "officer (-1: somebody of the programme)", ""),
    Kind.ACCEPTED: ("accepted", "officer (-1: somebody of the programme)", ""),
    Kind.REFUSED: ("refused", "officer (-1: somebody of the programme)", ""),
    Kind.EXCLUDED: ("was not eligible", "officer (-1: somebody of the programme)", "code of offence"),
    Kind.REFERRED: ("was referred", "officer", "1: the hand-off was accompanied, 0: not"),
    Kind.EVENT_PASSED: ("was named to the outreach team", "", "days until the first visit"),
    Kind.LISTED: ("was put on the outreach list", "", ""),
    Kind.VISITED: ("was visited", "worker", "number of the visit"),
    Kind.REACHED: ("was reached", "worker", "1: through a relative, 0: in person"),
    Kind.NOT_REACHED: ("was not reached", "worker (-1: nobody came)", "visits made"),
    Kind.ASSESSED: ("was assessed", "worker", "days since the referral"),
    Kind.HANDED_OVER: ("was handed over", "agency (-1: to the provider)", "1: accompanied, 0: not"),
    Kind.LOST: ("was lost on the way", "agency (-1: to the provider)", "1: accompanied, 0: not"),
    Kind.CASE_OPENED: ("was taken into case management", "worker", "days waited for a case manager"),
    Kind.CASE_CLOSED: ("left the programme", "worker", "days in the programme"),
    Kind.COMPLETED: ("completed the plan", "worker", "days in the programme"),
    Kind.CHARGE_VOIDED: ("had the charge voided", "officer", ""),
    Kind.CHARGE_FORWARDED: ("had the charge sent forward", "officer", ""),
    Kind.WALKED_IN: ("came to the police for help", "", "1: walked in, 0: phoned"),
    Kind.NOT_PLACED: ("found no place", "", "days tried"),
    Kind.TEAM_SENT: ("was met by a community response team", "officer (-1: without an officer)", ""),
    Kind.MISSED: ("did not come to the programme", "", "days since the referral"),
    Kind.SEIZED: ("police seized opioids", "", "neighbourhood"),
    Kind.CRITICAL_INCIDENT: ("an officer lived through a critical incident", "officer", "severity"),
    Kind.INJURED: ("an officer was left with a lasting injury", "officer", "severity of the call"),
    Kind.RECOVERED: ("an officer recovered from an injury", "officer", ""),
    Kind.SOUGHT_HELP: ("an officer went into mental health care", "officer", "days of care"),
    Kind.SICK: ("an officer fell sick", "officer", "days away"),
    Kind.OFFICER_LEFT: ("an officer left the force", "officer", "0: resigned, 1: retired"),
    Kind.OFFICER_HIRED: ("an officer was hired", "officer", ""),
    Kind.TRAINED: ("an officer was trained in trauma-informed practice", "officer", "days of the course"),
    Kind.CHILD_WITNESSED: ("saw an overdose at home", "resident (who overdosed)", ""),
    Kind.PARENT_ARRESTED: ("had a parent arrested", "resident (the parent)", ""),
    Kind.BEREAVED: ("lost a parent to an overdose", "resident (the parent)", ""),
    Kind.NOTICE_TO_SCHOOL: ("was named to the school", "officer", ""),
    Kind.THERAPY: ("got therapy", "", ""),
    Kind.FAMILY_REACHED: ("was looked up as a relative", "resident (the person)", ""),
    Kind.REPORTED: ("was reported to child protection", "officer (-1: somebody else)", "1: by police, 0: by others"),
    Kind.PROTECTION_OPENED: ("became a case of child protection", "", "days it is followed"),
    Kind.REMOVED: ("was removed from home", "", "1: to kin, 2: to foster care"),
    Kind.REUNIFIED: ("came back from placement", "code of placement", "1: home to a parent, 0: grown up"),
    Kind.SERVICES_BEGAN: ("began to get practical services", "resident (the person)", "days they come"),
    Kind.RECOVERS: ("an officer was given time to recover", "officer", "days away"),
    Kind.COACHED: ("was coached to help a relative", "resident (the person)", "days of coaching"),
    Kind.COURSE: ("an officer took the skills course", "officer", ""),
    Kind.PARENT_JAILED: ("had a parent go to jail", "resident (the parent)", ""),
    Kind.HEARD_OF_SUCCESS: ("an officer heard of a success", "officer", ""),
}
# What happens to an officer, who is the `other`, and to no resident.
OF_OFFICERS = tuple(kind for kind, (what, _, _) in MEANING.items() if what.startswith("an officer "))

# For compiled code, see agents/resident.py.
(BORN, DIED_OTHER, MOVED_OUT, MOVED_IN, LEFT_HOME, USE_CHANGED, OVERDOSE, SEEN, FOUND, LAY_NALOXONE, CALLED_911,
 RESPONDED, SURVIVED, DIED_OVERDOSE, HOSPITAL, KIT_RECEIVED, ASKED_FOR_CARE, TURNED_AWAY, ADMITTED, DID_NOT_ATTEND,
 LEFT_LIST, LEFT_CARE, POLICY_CHANGED, POLICE_CONTACT, CITED, ARRESTED, JAILED, RELEASED, COURT, OFFERED,
 ACCEPTED, REFUSED, EXCLUDED, REFERRED, EVENT_PASSED, LISTED, VISITED, REACHED, NOT_REACHED, ASSESSED,
 HANDED_OVER, LOST, CASE_OPENED, CASE_CLOSED, COMPLETED, CHARGE_VOIDED, CHARGE_FORWARDED, WALKED_IN,
 NOT_PLACED, TEAM_SENT, SEIZED, MISSED, CRITICAL_INCIDENT, INJURED, RECOVERED, SOUGHT_HELP, SICK, OFFICER_LEFT,
 OFFICER_HIRED, TRAINED, CHILD_WITNESSED, PARENT_ARRESTED, BEREAVED, NOTICE_TO_SCHOOL, THERAPY, FAMILY_REACHED,
 REPORTED, PROTECTION_OPENED, REMOVED, REUNIFIED, SERVICES_BEGAN, RECOVERS, COACHED, COURSE, PARENT_JAILED,
 HEARD_OF_SUCCESS) = np.arange(len(Kind))  # fmt: skip


@compiled(kept=True)
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
