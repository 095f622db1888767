"""Census: what is true tonight, counted from today's events alone.

Stocks are yesterday's plus what the events of the day changed; flows are the events themselves. So
a change of state without an event shows up as a census that no longer matches the tables
(see checks/counts.py), and counting costs what happened, not how many people there are.
"""

from enum import IntEnum

import numpy as np

from ...agents.child import HOME
from ...agents.compiled import compiled
from ...agents.dealings import JAIL_RELEASE, NO_PATHWAY, OFFICER_INTERVENTION
from ...agents.officer import serves
from ...agents.provider import DETOX_KIND
from ...agents.resident import HERE, METHADONE, NALTREXONE, WAITING, on_medication
from ...agents.resident import REMISSION as REMITTED
from ..events import (
    ADMITTED,
    ASKED_FOR_CARE,
    BORN,
    BY_PATHWAY,
    CASE_CLOSED,
    CASE_OPENED,
    DID_NOT_ATTEND,
    DIED_OTHER,
    DIED_OVERDOSE,
    JAILED,
    LEFT_CARE,
    LEFT_LIST,
    MOVED_IN,
    MOVED_OUT,
    OVERDOSE,
    POLICE_CONTACT,
    RELEASED,
    REMOVED,
    REPORTED,
    RESPONDED,
    REUNIFIED,
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
    DETOX = 10
    JAILED = 11  # people with a history of opioid use who are in jail
    MANAGED = 12  # in case management
    SLOTS = 13  # of treatment with medication
    TREATED_NOT_USING = 14  # in treatment and in remission; counted every 30 days
    EXPECTED_DEATHS = 15
    WAIT_DAYS = 16  # days waited by those admitted today to treatment with medication
    GOOD_CONTACTS = 17  # of today's contacts with police
    BAD_CONTACTS = 18
    ENTRIES = 19  # of today's admissions, those to treatment with medication; the rest is detox
    DEFLECTED_ENTRIES = 20  # of these, those a deflection programme led to
    EXITS = 21  # of today's exits, those from treatment with medication
    CASE_WAIT_DAYS = 22  # days waited for a case manager by those taken on today
    OFFICERS = 23  # officers on the force
    VACANT = 24  # open posts that nobody holds
    AWAY = 25  # officers sick or recovering
    EXHAUSTED = 26  # officers with severe exhaustion, severe depersonalisation, a lasting injury, in care
    DEPERSONALISED = 27
    INJURED_OFFICERS = 28
    OFFICERS_IN_CARE = 29
    EXPOSED = 30  # children who live with a parent's untreated use; counted every 30 days, like the next
    DISTRESSED = 31  # of the children followed, those more than one standard deviation above the mean of others
    IN_KIN_CARE = 32  # children removed from home, to kin
    IN_FOSTER_CARE = 33
    RESPONSE_MINUTES = 34  # of today's responses to overdoses
    REPORTS_BY_POLICE = 35  # of today's reports to child protection
    FIRST_EVENT = 36  # from here on: number of events of each kind


POPULATION, NO_USE, _M, _O, _I, _R, WAIT = range(7)
JAIL, CASES, SLOTS, TREATED_NOT_USING, EXPECTED_DEATHS, WAIT_DAYS, GOOD, BAD = range(11, 19)
(ENTRIES, DEFLECTED_ENTRIES, EXITS, CASE_WAIT_DAYS, OFFICERS, VACANT, AWAY, EXHAUSTED, DEPERSONALISED, INJURED_OFFICERS,
 OFFICERS_IN_CARE, EXPOSED, DISTRESSED, IN_KIN_CARE, IN_FOSTER_CARE, RESPONSE_MINUTES, REPORTS_BY_POLICE,
 FIRST_EVENT) = range(19, 37)  # fmt: skip
EVENT_KINDS = 76
MONTH = 30  # days between counts that need the tables
COUNTS = FIRST_EVENT + EVENT_KINDS


def counts_tonight(world) -> np.ndarray:
    """Count the stocks from the tables themselves, shape (COUNTS,) with the flows zero: the start, and the check."""
    counts = np.zeros(COUNTS)
    residents, histories = world.residents, world.histories
    here = histories[histories.present == 1]
    counts[POPULATION] = np.count_nonzero(residents.fate == 0)
    counts[NO_USE : NO_USE + 5] = np.bincount(here.use, minlength=5)
    counts[WAIT : WAIT + 5] = np.bincount(here.care, minlength=6)[1:]
    counts[JAIL] = np.count_nonzero(here.held)
    counts[CASES] = np.count_nonzero(here.managed)
    providers = world.state.providers
    counts[SLOTS] = providers.slots[providers.kind != DETOX_KIND].sum()
    _stocks_of_officers_and_children(world, counts)
    treated = (here.care >= METHADONE) & (here.care <= NALTREXONE)
    counts[TREATED_NOT_USING] = np.count_nonzero(treated & (here.use == REMITTED))
    return counts


def _stocks_of_officers_and_children(world, counts: np.ndarray) -> None:
    _look_at_officers(world.view, counts, max(START_DAY, world.day - 1))
    _look_at_children(world.view, counts)
    children = world.children
    here = (children.present == 1) & (world.residents.fate[children.resident] == HERE)
    for stock in (IN_KIN_CARE, IN_FOSTER_CARE):
        counts[stock] = np.count_nonzero(here & (children.custody == stock - IN_KIN_CARE + 1))


@compiled
def _departed(world, event, tonight):
    """Take somebody who died or left out of the stocks; their care ended with an event of its own."""
    tonight[POPULATION] -= 1
    resident = world.residents[event.who]
    if resident.history >= 0:
        tonight[NO_USE + world.histories[resident.history].use] -= 1
    if resident.child >= 0 and world.children[resident.child].custody != HOME:
        tonight[IN_KIN_CARE - 1 + world.children[resident.child].custody] -= 1


@compiled(kept=True)
def _count(world):
    """Take last night's stocks over, change them by the events of today, and look up what leaves no events."""
    clock = world.clock[0]
    tonight = world.census[clock.day - START_DAY]
    _begin_tonight(world, tonight)
    for i in range(clock.today, clock.events):
        event = world.events[i]
        tonight[FIRST_EVENT + event.kind] += 1
        _count_people(world, event, tonight)
        _count_care(world, event, tonight)
        _count_custody(event, tonight)
        _add_sums(event, tonight)
    if (clock.day - START_DAY) % MONTH == 0:
        _look_at_children(world, tonight)
        _look_at_treatment(world, tonight)
    _look_at_officers(world, tonight, clock.day)
    tonight[SLOTS] = _slots(world)


@compiled
def _begin_tonight(world, tonight):
    """Start from the stocks of last night and from flows of zero."""
    clock = world.clock[0]
    if clock.day > START_DAY:
        for stock in range(FIRST_EVENT):
            tonight[stock] = world.census[clock.day - START_DAY - 1, stock]
    for flow in range(EXPECTED_DEATHS, OFFICERS):
        tonight[flow] = 0.0
    tonight[RESPONSE_MINUTES] = tonight[REPORTS_BY_POLICE] = 0.0


@compiled
def _count_people(world, event, tonight):
    """Who came, who went, and whose use changed."""
    kind = event.kind
    if kind == BORN or kind == MOVED_IN:
        tonight[POPULATION] += 1
    elif kind == DIED_OTHER or kind == DIED_OVERDOSE or kind == MOVED_OUT:
        _departed(world, event, tonight)
    elif kind == USE_CHANGED:
        if event.other >= 0:
            tonight[NO_USE + event.other] -= 1
        tonight[NO_USE + int(event.amount)] += 1


@compiled
def _count_care(world, event, tonight):
    """Who waits for treatment, who is in it, and how they came."""
    kind = event.kind
    if kind == ASKED_FOR_CARE:
        tonight[WAIT] += 1
    elif kind == LEFT_LIST or kind == DID_NOT_ATTEND:
        tonight[WAIT] -= 1
    elif kind == ADMITTED:
        tonight[WAIT] -= 1
        if world.providers[event.other].kind != DETOX_KIND:
            tonight[WAIT_DAYS] += event.amount
            tonight[ENTRIES] += 1
            pathway = event.setting - BY_PATHWAY
            tonight[DEFLECTED_ENTRIES] += pathway > NO_PATHWAY and pathway != JAIL_RELEASE
        tonight[WAIT + _medication(world, event)] += 1
    elif kind == LEFT_CARE:
        tonight[EXITS] += world.providers[event.other].kind != DETOX_KIND
        tonight[WAIT + _medication(world, event)] -= 1


@compiled
def _count_custody(event, tonight):
    """Who is in jail, in case management, or away from home as a child."""
    kind = event.kind
    if kind == JAILED:
        tonight[JAIL] += 1
    elif kind == RELEASED:
        tonight[JAIL] -= 1
    elif kind == CASE_OPENED:
        tonight[CASES] += 1
        tonight[CASE_WAIT_DAYS] += event.amount
    elif kind == CASE_CLOSED and event.setting == BY_PATHWAY + OFFICER_INTERVENTION:
        tonight[CASES] -= 1
    elif kind == REMOVED:
        tonight[IN_KIN_CARE - 1 + int(event.amount)] += 1
    elif kind == REUNIFIED:
        tonight[IN_KIN_CARE - 1 + event.other] -= 1


@compiled
def _add_sums(event, tonight):
    """Add up what an event of today says besides that it happened."""
    kind = event.kind
    if kind == POLICE_CONTACT:
        tonight[GOOD] += event.amount > 0.0
        tonight[BAD] += event.amount < 0.0
    elif kind == OVERDOSE:
        tonight[EXPECTED_DEATHS] += event.amount
    elif kind == RESPONDED:
        tonight[RESPONSE_MINUTES] += event.amount
    elif kind == REPORTED:
        tonight[REPORTS_BY_POLICE] += event.amount


@compiled
def _look_at_treatment(world, tonight):
    """Count those in treatment with medication who do not use."""
    tonight[TREATED_NOT_USING] = 0.0
    for row in range(world.clock[0].histories):
        person = world.histories[row]
        if person.present and on_medication(person) and person.use == REMITTED:
            tonight[TREATED_NOT_USING] += 1


@compiled
def _slots(world):
    slots = 0
    for i in range(len(world.providers)):
        if world.providers[i].kind != DETOX_KIND:
            slots += world.providers[i].slots
    return slots


@compiled(kept=True)
def _look_at_officers(world, tonight, day):
    """Count officers as they are on the evening of a day: what wears them out leaves no event a day."""
    rules = world.rules[0]
    for stock in range(OFFICERS, EXPOSED):
        tonight[stock] = 0.0
    for row in range(len(world.officers)):
        officer = world.officers[row]
        if serves(officer, day):
            tonight[OFFICERS] += 1
            tonight[AWAY] += officer.away_until > day
            tonight[EXHAUSTED] += officer.exhaustion > rules.exhausted_above
            tonight[DEPERSONALISED] += officer.depersonalisation > rules.depersonalised_above
            tonight[INJURED_OFFICERS] += officer.injured
            tonight[OFFICERS_IN_CARE] += officer.care_until > day
    for i in range(len(world.posts)):
        post = world.posts[i]
        held = post.officer >= 0 and serves(world.officers[post.officer], day)
        tonight[VACANT] += post.rank < rules.strain_staffing and not held


@compiled(kept=True)
def _look_at_children(world, tonight):
    """Count children as they were at the last look."""
    tonight[EXPOSED] = tonight[DISTRESSED] = 0.0
    for number in range(world.clock[0].children):
        child = world.children[number]
        if child.present and world.residents[child.resident].fate == HERE:
            tonight[EXPOSED] += child.exposed
            tonight[DISTRESSED] += child.distress > 1.0


@compiled
def _medication(world, event):
    """Return the place of an admission's or exit's medication after WAITING in the census; the provider gives it."""
    kind = world.providers[event.other].kind
    if kind == 0:
        return METHADONE - WAITING
    return METHADONE - WAITING + kind


@process(
    writes=("census", "clock.day, today"),
)
def count(world) -> None:
    """Count what is true tonight and end the day."""
    _count(world.view)
    clock = world.state.clock[0]
    clock.day += 1
    clock.today = clock.events  # what is done between two days belongs to the next
