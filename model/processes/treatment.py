"""Treatment as usual: asking for it, the waiting list, the first appointment, staying and leaving.

Everybody decides first; free slots are then given in the order of waiting, and among people who
asked on the same day by a keyed priority. There is no hand-off: people find the way themselves.
"""

import math

import numpy as np

from ...agents.compiled import compiled
from ...agents.provider import free_slots
from ...agents.resident import (
    INJECTING,
    METHADONE,
    NALTREXONE,
    NO_CARE,
    OUD,
    REMISSION,
    WAITING,
    attends,
    chooses_medication,
    leaves_care,
    seeks_care,
)
from ...agents.table import NONE
from ..changes import change_use, leave_care, unqueue
from ..diary import in_key_order, people_in_key_order
from ..events import ADMITTED, ASKED_FOR_CARE, DID_NOT_ATTEND, NOWHERE, TURNED_AWAY, Kind, happened
from ..process import process
from ..randomness import TO_UNIT, Stream, block, draw
from ..world import START_DAY
from .drug_use import returns_injecting

_CARE, _PRIORITY, _ATTENDANCE, _PROVIDER = 2, 5, 6, 19
CAUSE_DAYS = 90  # an overdose counts as the cause of a request for this long


@compiled
def _readiness_today(world, person):
    """Return the extra readiness left from the last overdose; it decays with its half-life."""
    if person.readiness <= 0.0:
        return 0.0
    return person.readiness * world.rules[0].readiness_keep ** (world.clock[0].day - person.last_overdose)


@compiled
def _provider_for(world, medication, u):
    """Return a provider of a medication, each with a chance in proportion to its slots; -1 when there is none."""
    kind = 0 if medication == METHADONE else (2 if medication == NALTREXONE else 1)
    total = 0
    for i in range(len(world.providers)):
        if world.providers[i].kind == kind:
            total += world.providers[i].start_slots
    left = u * total
    for i in range(len(world.providers)):
        if world.providers[i].kind == kind:
            left -= world.providers[i].start_slots
            if left < 0.0:
                return i
    return NONE


@compiled
def _ask(world, row):
    """Put a person on the waiting list of a provider of the medication they want."""
    clock = world.clock[0]
    person = world.histories[row]
    medication = chooses_medication(draw(clock.seed, _PROVIDER, person.key, clock.day, 0), world.rules[0])
    provider = _provider_for(world, medication, draw(clock.seed, _PROVIDER, person.key, clock.day, 1))
    if provider < 0:
        return
    recent = person.overdose_event >= 0 and clock.day - person.last_overdose <= CAUSE_DAYS
    cause = person.overdose_event if recent else NONE
    person.asked_event = happened(world, ASKED_FOR_CARE, person.resident, provider, float(medication), cause, NOWHERE)
    person.care = WAITING
    person.wants = medication
    person.provider = provider
    person.care_since = clock.day
    world.queue[clock.queued] = row
    clock.queued += 1


@compiled
def _decide(world):
    """Let people ask for treatment, and people in treatment leave it."""
    clock = world.clock[0]
    rules = world.rules[0]
    # Nobody's hazard is higher than this: most draws need no look at the person.
    most = max(rules.seek_per_day * math.exp(rules.readiness_jump), rules.leaving_bound)
    threshold = most / TO_UNIT
    luck = world.luck
    for row in range(clock.histories):
        if luck[row, _CARE] >= threshold:
            continue
        person = world.histories[row]
        if not person.present:
            continue
        u = (luck[row, _CARE] + 0.5) * TO_UNIT
        if person.care == NO_CARE:
            if (person.use == OUD or person.use == INJECTING) and seeks_care(u, _readiness_today(world, person), rules):
                _ask(world, row)
        elif person.care >= METHADONE and leaves_care(person, u, clock.day, world.leaving):
            leave_care(world, row, person.asked_event)
            again = draw(clock.seed, _ATTENDANCE, person.key, clock.day, 2) < rules.resumes_share
            if person.use == REMISSION and again:
                change_use(world, row, INJECTING if returns_injecting(world, person.key) else OUD, person.asked_event)


@compiled
def _in_turn(world):
    """Return those who may be admitted today: by provider, then days waited, then keyed priority. Shape (n,)."""
    clock = world.clock[0]
    rules = world.rules[0]
    rows = np.empty(clock.queued, np.int64)
    count = 0
    for i in range(clock.queued):
        person = world.histories[world.queue[i]]
        if clock.day - person.care_since >= rules.intake_days:
            rows[count] = world.queue[i]
            count += 1
    rows = people_in_key_order(world, rows[:count])
    keys = np.empty(count, np.int64)
    for i in range(count):
        person = world.histories[rows[i]]
        priority = block(clock.seed, _PRIORITY, person.key, person.care_since, 0)[_PRIORITY & 3]
        # Provider, day of asking and priority as the digits of one number.
        keys[i] = ((person.provider << 15) + (person.care_since - START_DAY)) << 32 | priority
    return in_key_order(rows, keys)


@compiled
def _stops_using(person, u, rules):
    """Does a person stop using on entering treatment? The half of the effect that is not a lower hazard."""
    if person.wants == METHADONE:
        return u < 1.0 - rules.using_on_methadone
    if person.wants == NALTREXONE:
        return u < 1.0 - rules.using_on_naltrexone
    return u < 1.0 - rules.using_on_buprenorphine


@compiled
def _admit(world):
    """Offer the free slots in turn; who comes enters treatment, who does not leaves the list."""
    clock = world.clock[0]
    rules = world.rules[0]
    for row in _in_turn(world):
        person = world.histories[row]
        provider = world.providers[person.provider]
        wait = clock.day - person.care_since
        if free_slots(provider) == 0:
            if wait < rules.intake_days + 1:  # the first day on which there could have been a place
                happened(world, TURNED_AWAY, person.resident, person.provider, 0.0, person.asked_event, NOWHERE)
            continue
        unqueue(world, row)
        if not attends(draw(clock.seed, _ATTENDANCE, person.key, clock.day, 0), wait, rules):
            happened(world, DID_NOT_ATTEND, person.resident, person.provider, float(wait), person.asked_event, NOWHERE)
            person.care = NO_CARE
            person.wants = NO_CARE
            person.provider = NONE
            person.care_since = clock.day
            continue
        entered = happened(world, ADMITTED, person.resident, person.provider, float(wait), person.asked_event, NOWHERE)
        provider.occupied += 1
        stops = _stops_using(person, draw(clock.seed, _ATTENDANCE, person.key, clock.day, 1), rules)
        person.care = person.wants
        person.care_since = clock.day
        if stops:
            change_use(world, row, REMISSION, entered)


@process(
    writes=("histories.*", "providers.occupied"),
    draws=(Stream.CARE, Stream.PROVIDER, Stream.SLOT_PRIORITY, Stream.ATTENDANCE, Stream.RELAPSE_ROUTE),
    emits=(
        Kind.ASKED_FOR_CARE,
        Kind.TURNED_AWAY,
        Kind.ADMITTED,
        Kind.DID_NOT_ATTEND,
        Kind.LEFT_CARE,
        Kind.USE_CHANGED,
    ),
)
def treat(world) -> None:
    """Let people ask, wait, enter, stay and leave."""
    _decide(world.view)
    _admit(world.view)
