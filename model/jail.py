"""Arrest, jail and release, one person at a time."""

import math

from ..agents.compiled import compiled
from ..agents.resident import METHADONE, NO_CARE, WAITING, has_active_disorder, on_medication
from .care import end_treatment, leave_care
from .diary import COURT, NEVER, RELEASE, note
from .events import ARRESTED, JAILED, NOWHERE, RELEASED, happened
from .randomness import draw

_CUSTODY = 22  # stream
# Draws about one arrest, by number.
_BOOKED, _DAYS, _MEDICATION, _STARTS, SUPERVISED = range(5)


@compiled
def arrest(world, row, officer, offence, cause, setting):
    """Arrest a person with a history: to jail, or to a court date. Return the event."""
    clock, rules = world.clock[0], world.rules[0]
    person, dealings = world.histories[row], world.dealings[row]
    event = happened(world, ARRESTED, person.resident, officer, float(offence), cause, setting)
    dealings.arrests += 1
    dealings.arrest_event = event
    if draw(clock.seed, _CUSTODY, person.key, clock.day, _BOOKED) < rules.arrest_to_jail:
        book(world, row, officer, event)
    else:
        summon(world, row, event)
    return event


@compiled
def summon(world, row, cause):
    """Set a court date, unless there is one already."""
    day, dealings = world.clock[0].day, world.dealings[row]
    if dealings.court_day < day:  # one of today is still to come: hearings end the day
        dealings.court_day = day + 1 + int(world.rules[0].court_days)
        dealings.court_event = cause
        note(world, COURT, world.histories[row].resident, dealings.court_day)


@compiled
def book(world, row, officer, cause):
    """Book a person into jail. Medication stops unless this jail gives it; the place on a waiting list is lost."""
    clock, rules = world.clock[0], world.rules[0]
    person, dealings = world.histories[row], world.dealings[row]
    u = draw(clock.seed, _CUSTODY, person.key, clock.day, _DAYS)
    normal = world.normal_bins[int(u * len(world.normal_bins))]
    days = max(1, int(min(3650.0, math.exp(rules.jail_log_mean + rules.jail_log_sd * normal)) + 0.5))
    dealings.jail_event = happened(world, JAILED, person.resident, officer, float(days), cause, NOWHERE)
    dealings.held_since = clock.day
    dealings.release_day = clock.day + days
    dealings.jail_medication = draw(clock.seed, _CUSTODY, person.key, clock.day, _MEDICATION) < rules.jail_medication
    if person.care == WAITING:
        leave_care(world, row, dealings.jail_event)
    elif person.care >= METHADONE and not (dealings.jail_medication and on_medication(person)):
        end_treatment(world, row, dealings.jail_event)
    person.held = 1
    note(world, RELEASE, person.resident, dealings.release_day)


@compiled
def end_custody(world, row, cause):
    """Let a person out of jail; return the event."""
    person, dealings = world.histories[row], world.dealings[row]
    held = float(world.clock[0].day - dealings.held_since)
    person.held = 0
    dealings.release_day = NEVER
    return happened(world, RELEASED, person.resident, -1, held, cause, NOWHERE)


@compiled
def asks_in_jail(world, row):
    """Does a person just released ask for treatment, having been offered it inside?"""
    person, dealings = world.histories[row], world.dealings[row]
    if dealings.jail_medication == 0 or person.care != NO_CARE or not has_active_disorder(person):
        return False
    u = draw(world.clock[0].seed, _CUSTODY, person.key, dealings.held_since, _STARTS)
    return u < world.rules[0].jail_medication_start
