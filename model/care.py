"""Treatment, one person at a time: onto the list, into care, out of it. Each step leaves its event."""

import math

from ..agents.compiled import compiled
from ..agents.dealings import NO_PATHWAY
from ..agents.officer import hear_of_success, serves
from ..agents.provider import DETOX_KIND
from ..agents.resident import (
    DETOX,
    INJECTING,
    METHADONE,
    NALTREXONE,
    NO_CARE,
    NO_USE,
    OUD,
    REMISSION,
    WAITING,
    chooses_medication,
    in_active_use,
)
from ..agents.table import NONE
from .diary import note_first_use
from .events import (
    ADMITTED,
    ASKED_FOR_CARE,
    BY_PATHWAY,
    HEARD_OF_SUCCESS,
    LEFT_CARE,
    LEFT_LIST,
    NOWHERE,
    TURNED_AWAY,
    USE_CHANGED,
    happened,
)
from .home import has_services
from .randomness import draw

_ATTENDANCE, _RELAPSE_ROUTE, _PROVIDER, _DETOX_BED, _FEEDBACK = 6, 7, 19, 27, 38  # streams


@compiled
def readiness_today(world, person):
    """Return the extra readiness (logits) left from the last overdose; it decays with its half-life."""
    if person.readiness <= 0.0:
        return 0.0
    days = float(world.clock[0].day - person.last_overdose)
    return person.readiness * math.pow(world.rules[0].readiness_keep, days)


@compiled
def care_setting(world, row):
    """Return the setting of an event of treatment: the pathway that led there, or nowhere for usual care."""
    pathway = 0 + world.dealings[row].care_pathway
    return BY_PATHWAY + pathway if pathway != NO_PATHWAY else NOWHERE


@compiled
def provider_for(world, medication, u):
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
def ask_for_care(world, row, pathway, cause):
    """Put a person who uses on the waiting list of a provider of what they want, unless they are on one or in care."""
    clock = world.clock[0]
    person = world.histories[row]
    if person.care != NO_CARE or not in_active_use(person):
        return
    medication = chooses_medication(draw(clock.seed, _PROVIDER, person.key, clock.day, 0), world.rules[0])
    provider = provider_for(world, medication, draw(clock.seed, _PROVIDER, person.key, clock.day, 1))
    if provider < 0:
        return
    wait_for(world, row, medication, provider, pathway, cause)


@compiled
def wait_for(world, row, treatment, provider, pathway, cause):
    """Put a person on the waiting list of a provider."""
    clock = world.clock[0]
    person = world.histories[row]
    world.dealings[row].care_pathway = pathway
    world.dealings[row].care_officer = world.dealings[row].officer if pathway != NO_PATHWAY else NONE
    setting = care_setting(world, row)
    person.asked_event = happened(world, ASKED_FOR_CARE, person.resident, provider, float(treatment), cause, setting)
    person.care = WAITING
    person.wants = treatment
    person.provider = provider
    person.care_since = clock.day
    world.queue[clock.queued] = row
    clock.queued += 1


@compiled
def turn_away(world, row):
    """Tell a person that there is no free place yet; the officer who handed them over hears of it."""
    person, dealings = world.histories[row], world.dealings[row]
    happened(world, TURNED_AWAY, person.resident, person.provider, 0.0, person.asked_event, care_setting(world, row))
    if dealings.care_officer >= 0:
        world.officers[dealings.care_officer].refused_day = world.clock[0].day


@compiled
def _stops_using(person, u, rules):
    """Does a person stop using on entering treatment? The half of a medication's effect that is not a lower hazard."""
    if person.wants == DETOX:
        return True
    if person.wants == METHADONE:
        return u < 1.0 - rules.using_on_methadone
    if person.wants == NALTREXONE:
        return u < 1.0 - rules.using_on_naltrexone
    return u < 1.0 - rules.using_on_buprenorphine


@compiled
def admit(world, row):
    """Let a person on the waiting list enter treatment."""
    clock = world.clock[0]
    person, dealings = world.histories[row], world.dealings[row]
    provider = world.providers[person.provider]
    wait = clock.day - person.care_since
    unqueue(world, row)
    setting = care_setting(world, row)
    entered = happened(world, ADMITTED, person.resident, person.provider, float(wait), person.asked_event, setting)
    provider.occupied += 1
    if dealings.care_pathway != NO_PATHWAY:
        provider.handed_over += 1
    tell_of_success(world, row, 0 + dealings.care_officer, entered)
    dealings.mandated = dealings.charged
    stops = _stops_using(person, draw(clock.seed, _ATTENDANCE, person.key, clock.day, 1), world.rules[0])
    person.care = person.wants
    person.care_since = clock.day
    if stops and person.use != REMISSION:
        change_use(world, row, REMISSION, entered)


@compiled
def tell_of_success(world, row, officer, cause):
    """Let the officer who handed a person over hear that they entered or completed, where somebody tells them."""
    clock, rules = world.clock[0], world.rules[0]
    if officer >= 0 and serves(world.officers[officer], clock.day):
        if draw(clock.seed, _FEEDBACK, world.histories[row].key, clock.day, 0) < rules.feedback:
            hear_of_success(world.officers[officer], rules)
            happened(world, HEARD_OF_SUCCESS, NONE, officer, 0.0, cause, NOWHERE)


@compiled
def leave_care(world, row, cause):
    """Take a person off the waiting list or out of treatment, and free the slot."""
    person, dealings = world.histories[row], world.dealings[row]
    day = world.clock[0].day
    setting = care_setting(world, row)
    if person.care == WAITING:
        happened(world, LEFT_LIST, person.resident, person.provider, float(day - person.care_since), cause, setting)
        unqueue(world, row)
    elif person.care >= METHADONE:
        happened(world, LEFT_CARE, person.resident, person.provider, float(day - person.care_since), cause, setting)
        provider = world.providers[person.provider]
        provider.occupied -= 1
        dealings.treated_day = day
        if dealings.care_pathway != NO_PATHWAY:
            provider.handed_over -= 1
    no_care(world, row)


@compiled
def no_care(world, row):
    """Note that a person is neither in treatment nor waiting, from today."""
    person, dealings = world.histories[row], world.dealings[row]
    person.care = NO_CARE
    person.wants = NO_CARE
    person.provider = NONE
    person.care_since = world.clock[0].day
    dealings.care_pathway = NO_PATHWAY
    dealings.care_officer = NONE
    dealings.mandated = 0


@compiled
def unqueue(world, row):
    """Remove a person from the waiting list."""
    clock = world.clock[0]
    for i in range(clock.queued):
        if world.queue[i] == row:
            clock.queued -= 1
            world.queue[i] = world.queue[clock.queued]
            return


@compiled
def change_use(world, row, use, cause):
    """Change the use of a person with a history; who stops misusing may start again one day."""
    person = world.histories[row]
    before = 0 + person.use  # as a whole number like every other row and code of an event
    event = happened(world, USE_CHANGED, person.resident, before, float(use), cause, NOWHERE)
    person.use = use
    person.since = world.clock[0].day
    if person.care == WAITING and not in_active_use(person):
        leave_care(world, row, event)
    if use == NO_USE:
        note_first_use(world, person.resident, world.clock[0].day)


@compiled
def returns_injecting(world, key):
    """Does somebody who goes back to use inject? One draw a person and day."""
    u = draw(world.clock[0].seed, _RELAPSE_ROUTE, key, world.clock[0].day, 0)
    return u < world.rules[0].relapse_injecting


@compiled
def end_treatment(world, row, cause):
    """Let a person leave treatment; who had stopped using may go back to it at once."""
    clock, rules = world.clock[0], world.rules[0]
    person = world.histories[row]
    resumes = rules.detox_relapse if person.care == DETOX else rules.resumes_share
    leave_care(world, row, cause)
    again = draw(clock.seed, _ATTENDANCE, person.key, clock.day, 2) < resumes
    if person.use == REMISSION and again:
        change_use(world, row, INJECTING if returns_injecting(world, person.key) else OUD, cause)


@compiled
def free_detox_bed(world, u_provider):
    """Return a detox provider with a free bed tonight, -1: none. Most beds are taken by people from elsewhere."""
    clock = world.clock[0]
    chosen = NONE
    for i in range(len(world.providers)):
        provider = world.providers[i]
        if provider.kind == DETOX_KIND:
            free = -provider.occupied
            for bed in range(provider.slots):
                free += draw(clock.seed, _DETOX_BED, provider.key, clock.day, bed) >= world.rules[0].detox_background
            if free > 0:
                chosen = i
                if u_provider < 0.5:
                    return chosen
    return chosen


@compiled
def leaving_factor(world, row):
    """Return what multiplies a person's hazard of leaving treatment: case management, a held charge, the provider."""
    person, rules = world.histories[row], world.rules[0]
    factor = rules.managed_leaving_ratio if person.managed else 1.0
    if world.dealings[row].mandated:
        factor *= rules.mandated_leaving_ratio
    informed = world.providers[person.provider].trauma_informed
    informed += (1.0 - informed) * rules.providers_taught
    factor *= math.exp(rules.provider_trauma_leaving_log * (informed - rules.provider_trauma_mean))
    if has_services(world, row):
        factor *= rules.family_services_leaving_ratio
    return factor * rules.social_services_leaving
