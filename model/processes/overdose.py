"""Overdose: who overdoses, who is near, naloxone, 911, the response, and survival.

Overdoses of a day are decided first, then lived through one by one in the order of keys: a kit used
at one is gone for the next. Every overdose records its probability of death; their sum, expected
deaths, is the outcome with the least noise.
"""

import math

import numpy as np

from ...agents.compiled import compiled
from ...agents.dealings import AT_A_SCENE, is_supervised
from ...agents.officer import SHIFTS, can_deflect, contact_quality
from ...agents.resident import DIED_OVERDOSE as FATE_DIED_OVERDOSE
from ...agents.resident import (
    HERE,
    calls_911,
    fatality,
    happens,
    has_active_disorder,
    in_active_use,
    overdose_hazard,
)
from ...agents.table import NONE
from ..changes import depart_and_settle
from ..diary import YEAR, people_in_key_order
from ..events import (
    ARRESTED,
    AT_HOME,
    CALLED_911,
    DIED_OVERDOSE,
    FOUND,
    HOSPITAL,
    IN_PUBLIC,
    LAY_NALOXONE,
    NOWHERE,
    OVERDOSE,
    POLICE_CONTACT,
    RESPONDED,
    SEEN,
    SURVIVED,
    Kind,
    happened,
)
from ..home import child_at_home
from ..jail import arrest, book
from ..network import ANYBODY, CO_USE, FRIEND, pick_housemate, pick_tie
from ..process import process
from ..randomness import TO_UNIT, Stream, draw
from ..roster import officer_on_duty
from ..standing import trust_of

_OVERDOSE, _SCENE, _SCENE_POLICING = 1, 4, 30
# Draws at one overdose, by number.
(_PLACE, _ALONE, _SEEN, _FOUND, _WITNESS, _NALOXONE, _CALL, _POLICE_FIRST, _MINUTES, _MINUTES_2, _SHIFT, _OFFICER,
 _DIES, _HOSPITAL) = range(14)  # fmt: skip
# Draws about police at the scene, by number.
(_LATER_SHIFT, _LATER_OFFICER, _ABLE, _QUALITY, _SURVIVOR, _WITNESS_ARREST) = range(6)
OWN_KIT, WITNESS_KIT, HOME_KIT, NO_KIT = 0, 1, 2, -1
NOT_CALLED = -1.0


@compiled
def _seizure_ratio(world, person):
    """Return what a recent seizure of opioids nearby does to the hazard of overdose; 1 where the link is off."""
    rules = world.rules[0]
    if rules.seizure_to_overdose <= 1.0:
        return 1.0
    place = world.households[world.residents[person.resident].household].neighbourhood
    return rules.seizure_to_overdose if world.seized_until[place] > world.clock[0].day else 1.0


@compiled
def _who_overdoses(world):
    """Return the history rows of those who overdose today, shape (n,), in the order of keys."""
    clock = world.clock[0]
    rules = world.rules[0]
    histories, luck, surge, day = world.histories, world.luck, world.surge, clock.day
    rows = np.empty(clock.histories, np.int64)
    count = 0
    for row in range(clock.histories):
        person = histories[row]
        if person.present and in_active_use(person):
            u = (luck[row, _OVERDOSE] + 0.5) * TO_UNIT
            hazard = overdose_hazard(person, day, rules, surge)
            if u < hazard * rules.seizure_to_overdose and happens(u, hazard * _seizure_ratio(world, person)):
                rows[count] = row
                count += 1
    return people_in_key_order(world, rows[:count])


@compiled
def _witness(world, row, at_home, u):
    """Return who is there: a household member at home, else somebody the person uses with, else a friend."""
    found = NONE
    if at_home:
        old_enough = world.clock[0].day - world.rules[0].witness_age_years * YEAR
        found = pick_housemate(world, row, u, old_enough)
    if found < 0:
        found = pick_tie(world, row, CO_USE, u, ANYBODY)
    if found < 0:
        found = pick_tie(world, row, FRIEND, u, ANYBODY)
    return found


@compiled
def _kit_at_hand(world, row, witness, at_home):
    """Return whose naloxone kit is at hand: the person's, the witness's, the home's, or none."""
    day = world.clock[0].day
    if world.residents[row].kit_until > day:
        return OWN_KIT
    if witness >= 0 and world.residents[witness].kit_until > day:
        return WITNESS_KIT
    if at_home and world.households[world.residents[row].household].kit_until > day:
        return HOME_KIT
    return NO_KIT


@compiled
def _use_kit(world, row, witness, kit):
    """Take the kit that was used out of the world."""
    day = world.clock[0].day
    if kit == OWN_KIT:
        world.residents[row].kit_until = day
    elif kit == WITNESS_KIT:
        world.residents[witness].kit_until = day
    else:
        world.households[world.residents[row].household].kit_until = day


@compiled
def _respond(world, key, place):
    """Return the responding officer (-1: medics came first) and the minutes until somebody can help."""
    clock = world.clock[0]
    rules = world.rules[0]
    seed, day = clock.seed, clock.day
    officer = NONE
    if draw(seed, _SCENE, key, day, _POLICE_FIRST) < rules.police_first:
        shift = int(draw(seed, _SCENE, key, day, _SHIFT) * SHIFTS)
        officer = officer_on_duty(world, place, shift, draw(seed, _SCENE, key, day, _OFFICER))
    # A standard normal number from two draws (Box and Muller).
    radius = math.sqrt(-2.0 * math.log(draw(seed, _SCENE, key, day, _MINUTES)))
    normal = radius * math.cos(2.0 * math.pi * draw(seed, _SCENE, key, day, _MINUTES_2))
    spread = math.exp(rules.response_log_sd * normal) * world.response_factor[place]
    minutes = rules.police_minutes * spread * rules.response_load
    if officer < 0 or not world.agencies[world.officers[officer].agency].carries_naloxone:
        minutes = (rules.police_minutes + rules.ems_extra_minutes) * spread
    return officer, minutes


@compiled
def _live_through(world, history_row):
    """Let one overdose happen, from the first minute to survival or death."""
    clock = world.clock[0]
    rules = world.rules[0]
    person = world.histories[history_row]
    row = person.resident
    if world.residents[row].fate != HERE or person.held:  # arrested at another overdose of today
        return
    seed, day, key = clock.seed, clock.day, person.key
    at_home = draw(seed, _SCENE, key, day, _PLACE) < rules.at_home
    setting = AT_HOME if at_home else IN_PUBLIC
    overdose = happened(world, OVERDOSE, row, NONE, 0.0, NONE, setting)

    seen = present = False
    if draw(seed, _SCENE, key, day, _ALONE) >= person.uses_alone:
        present = True
        seen = draw(seed, _SCENE, key, day, _SEEN) < rules.seen_if_not_alone
    else:
        present = draw(seed, _SCENE, key, day, _FOUND) < (rules.found_at_home if at_home else rules.found_in_public)

    naloxone = False
    witness = NONE
    officer = NONE
    minutes = NOT_CALLED
    called = overdose
    if present:
        witness = _witness(world, row, at_home, draw(seed, _SCENE, key, day, _WITNESS))
        there = happened(world, SEEN if seen else FOUND, row, witness, 0.0, overdose, setting)
        kit = _kit_at_hand(world, row, witness, at_home)
        if kit != NO_KIT:
            chance = rules.naloxone_if_seen if seen else rules.naloxone_if_near
            naloxone = draw(seed, _SCENE, key, day, _NALOXONE) < chance
            if naloxone:
                happened(world, LAY_NALOXONE, row, witness, float(kit), there, setting)
                _use_kit(world, row, witness, kit)
        knows_law = witness >= 0 and world.residents[witness].knows_law == 1
        supervised = witness >= 0 and _is_supervised(world, witness)
        child = at_home and rules.custody_fear_logit < 0.0 and child_at_home(world, world.residents[row].household) >= 0
        trust = trust_of(world, witness) if witness >= 0 else 0.0
        u = draw(seed, _SCENE, key, day, _CALL)
        if calls_911(u, seen, not at_home, knows_law, naloxone, supervised, child, trust, rules):
            called = happened(world, CALLED_911, row, witness, 0.0, there, setting)
            place = world.households[world.residents[row].household].neighbourhood
            officer, minutes = _respond(world, key, place)
            happened(world, RESPONDED, row, officer, minutes, called, setting)

    risk = fatality(present, seen, naloxone, minutes, rules)
    world.events[overdose].amount = risk
    person.last_overdose = day
    person.overdose_event = overdose
    person.overdoses += 1
    if draw(seed, _SCENE, key, day, _DIES) < risk:
        depart_and_settle(world, row, FATE_DIED_OVERDOSE, DIED_OVERDOSE, overdose)
        return
    survived = happened(world, SURVIVED, row, NONE, 0.0, overdose, setting)
    person.readiness = rules.readiness_jump
    if minutes >= 0.0 and draw(seed, _SCENE, key, day, _HOSPITAL) < rules.hospital:
        happened(world, HOSPITAL, row, NONE, 0.0, survived, setting)
    if minutes >= 0.0:
        _police_the_scene(world, history_row, witness, officer, called)


@compiled
def _is_supervised(world, resident_row):
    history = world.residents[resident_row].history
    return history >= 0 and is_supervised(world.dealings[history], world.clock[0].day)


@compiled
def _police_the_scene(world, row, witness, officer, called):
    """Let police act at the scene: how the survivor lives it; an arrest of the survivor, or of the witness."""
    clock, rules = world.clock[0], world.rules[0]
    person = world.histories[row]
    seed, day, key = clock.seed, clock.day, person.key
    police_came = officer >= 0
    if not police_came:  # medics came first; a patrol may come after them
        place = world.households[world.residents[person.resident].household].neighbourhood
        shift = int(draw(seed, _SCENE_POLICING, key, day, _LATER_SHIFT) * SHIFTS)
        officer = officer_on_duty(world, place, shift, draw(seed, _SCENE_POLICING, key, day, _LATER_OFFICER))
    if officer < 0:
        return
    deflects = rules.officer_intervention > 0.0 or rules.officer_referral > 0.0
    able = can_deflect(world.officers[officer], draw(seed, _SCENE_POLICING, key, day, _ABLE), rules)
    jailed = rules.scene_survivor_jailed * rules.scene_arrests
    if deflects and able:
        jailed *= rules.scene_deflection_ratio
    takes_in = draw(seed, _SCENE_POLICING, key, day, _SURVIVOR) < jailed
    if police_came or takes_in:
        contact = happened(world, POLICE_CONTACT, person.resident, officer, 0.0, called, NOWHERE)
        u = draw(seed, _SCENE_POLICING, key, day, _QUALITY)
        world.events[contact].amount = contact_quality(world.officers[officer], u, False, rules)
    if takes_in:
        event = happened(world, ARRESTED, person.resident, officer, float(AT_A_SCENE), called, NOWHERE)
        world.dealings[row].arrests += 1
        world.dealings[row].arrest_event = event
        book(world, row, officer, event)
    if police_came and witness >= 0 and world.residents[witness].history >= 0:
        other = world.residents[witness].history
        u = draw(seed, _SCENE_POLICING, world.residents[witness].key, day, _WITNESS_ARREST)
        chance = rules.scene_bystander_arrested * rules.scene_arrests
        if u < chance and has_active_disorder(world.histories[other]):
            arrest(world, other, officer, AT_A_SCENE, called, NOWHERE)


@compiled(kept=True)
def _overdose(world):
    for history_row in _who_overdoses(world):
        _live_through(world, history_row)


@process(
    writes=(
        "residents.household, housemate, left, kit_until, fate",
        "households.first, kit_until",
        "children.adversity, last_event",
        "histories.readiness, overdose_event, last_overdose, care_since, provider, overdoses, care, wants, held",
        "histories.managed, present",
        "dealings.arrests, arrest_event, held_since, release_day, jail_event, court_event, court_day, worker, officer",
        "dealings.care_officer, treated_day, stage, pathway, care_pathway, charged, mandated, jail_medication",
        "workers.caseload",
        "providers.occupied, handed_over",
        "queue, cases, diary",
    ),
    draws=(
        Stream.OVERDOSE,
        Stream.OVERDOSE_SCENE,
        Stream.MOVE,
        Stream.SCENE_POLICING,
        Stream.CUSTODY,
        Stream.ATTENDANCE,
    ),
    emits=(
        Kind.OVERDOSE,
        Kind.SEEN,
        Kind.FOUND,
        Kind.LAY_NALOXONE,
        Kind.CALLED_911,
        Kind.RESPONDED,
        Kind.SURVIVED,
        Kind.DIED_OVERDOSE,
        Kind.HOSPITAL,
        Kind.LEFT_HOME,
        Kind.MOVED_OUT,
        Kind.LEFT_CARE,
        Kind.LEFT_LIST,
        Kind.POLICE_CONTACT,
        Kind.ARRESTED,
        Kind.JAILED,
        Kind.RELEASED,
        Kind.CASE_CLOSED,
        Kind.BEREAVED,
    ),
)
def overdose(world) -> None:
    """Let overdoses happen, be seen or not, be answered or not, and end in survival or death."""
    _overdose(world.view)
