"""Encounter: police meet people who use drugs, and the officer on duty decides.

Candidate days of contact are dates drawn for more policing than there is; who somebody is today and
the policy only thin them. At a contact over something chargeable the officer may offer deflection in
place of the charge; what is not offered, or is refused, ends in arrest, citation or nothing. Where no
charge is in play, the officer may refer. A community response team may come in place of the patrol.
"""

import numpy as np

from ...agents.agency import CASE_MANAGEMENT, POLICE, RESPONSE_TEAM
from ...agents.compiled import compiled
from ...agents.dealings import (
    COMMUNITY_RESPONSE,
    LOW_LEVEL,
    NO_CASE,
    OFFICER_INTERVENTION,
    OFFICER_REFERRAL,
    POSSESSION,
    SERIOUS,
    TO_TAKE_ON,
    is_eligible,
)
from ...agents.officer import SHIFTS, arrest_probability, can_deflect, contact_quality, offers_deflection
from ...agents.resident import HERE, NO_CARE, accepts, has_active_disorder
from ...agents.table import NONE
from ..care import ask_for_care, readiness_today
from ..cases import open_case
from ..diary import POLICE_CONTACT as CONTACT_DATES
from ..diary import due, in_key_order, note_police_contact
from ..events import (
    ACCEPTED,
    BY_PATHWAY,
    CHARGE_FORWARDED,
    CHARGE_VOIDED,
    CITED,
    EXCLUDED,
    NOWHERE,
    OFFERED,
    POLICE_CONTACT,
    REFERRED,
    REFUSED,
    TEAM_SENT,
    Kind,
    happened,
)
from ..hand_off import PROVIDER, hand_over
from ..home import is_persuaded
from ..jail import arrest, summon
from ..process import process
from ..randomness import Stream, block, draw
from ..roster import officer_on_duty
from ..standing import BLACK, trust_of

_CONTACT, _ENCOUNTER = 20, 21
# Draws at one contact, by number.
(_SHIFT, _OFFICER, _OFFENCE, _ABLE, _OFFER, _ACCEPT, _END, _QUALITY, _TEAM, _TEAM_ACCEPT,
 _TEAM_END, _HOUR) = range(12)  # fmt: skip


@compiled
def _is_black(world, row):
    return world.residents[world.histories[row].resident].race == BLACK


@compiled
def _offence(u, rules):
    """Return what a chargeable contact is about."""
    if u < rules.possession_share:
        return POSSESSION
    return LOW_LEVEL if u < rules.possession_share + rules.low_level_share else SERIOUS


@compiled
def _respond_in_place(world, row, officer, chargeable, offence):
    """Let a community response team meet the person: treat, offer, and leave with no arrest unless an officer came."""
    clock, rules = world.clock[0], world.rules[0]
    person = world.histories[row]
    seed, day, key = clock.seed, clock.day, person.key
    police = rules.co_responder > 0.0
    setting = BY_PATHWAY + COMMUNITY_RESPONSE
    clock.team_calls += 1
    offers = person.care == NO_CARE
    contact = NONE
    if police:
        contact = happened(world, POLICE_CONTACT, person.resident, officer, 0.0, NONE, setting)
        u = draw(seed, _ENCOUNTER, key, day, _QUALITY)
        world.events[contact].amount = contact_quality(world.officers[officer], u, offers, rules)
    sent = happened(world, TEAM_SENT, person.resident, officer if police else NONE, 0.0, contact, setting)
    if chargeable and police:
        odds = rules.arrest_share / max(1e-12, 1.0 - rules.arrest_share) * rules.coresponse_arrest_or
        if draw(seed, _ENCOUNTER, key, day, _TEAM_END) < odds / (1.0 + odds):
            arrest(world, row, officer, offence, sent, NOWHERE)
            return
    if not offers:
        return
    offer = happened(world, OFFERED, person.resident, NONE, 0.0, sent, setting)
    trust = trust_of(world, person.resident) if police else 0.0
    u = draw(seed, _ENCOUNTER, key, day, _TEAM_ACCEPT)
    family = is_persuaded(world, row)
    if accepts(u, readiness_today(world, person), police, trust, rules.team_informed, family, False, False, rules):
        yes = happened(world, ACCEPTED, person.resident, NONE, 0.0, offer, setting)
        handed = hand_over(world, row, RESPONSE_TEAM, PROVIDER, COMMUNITY_RESPONSE, yes)
        if handed >= 0:
            ask_for_care(world, row, COMMUNITY_RESPONSE, handed)
    else:
        happened(world, REFUSED, person.resident, NONE, 0.0, offer, setting)


@compiled
def _divert(world, row, officer, contact):
    """Offer deflection in place of a charge. Return 2 if it was accepted, 1 if it was refused, 0 if not offered."""
    clock, rules = world.clock[0], world.rules[0]
    person, dealings = world.histories[row], world.dealings[row]
    seed, day, key = clock.seed, clock.day, person.key
    setting = BY_PATHWAY + OFFICER_INTERVENTION
    u = draw(seed, _ENCOUNTER, key, day, _OFFER)
    if not offers_deflection(world.officers[officer], u, day, _is_black(world, row), False, rules):
        return 0
    offer = happened(world, OFFERED, person.resident, officer, 0.0, contact, setting)
    trust = trust_of(world, person.resident)
    u = draw(seed, _ENCOUNTER, key, day, _ACCEPT)
    family = is_persuaded(world, row)
    if not accepts(u, readiness_today(world, person), True, trust, 0.0, family, False, True, rules):
        happened(world, REFUSED, person.resident, officer, 0.0, offer, setting)
        return 1
    yes = happened(world, ACCEPTED, person.resident, officer, 0.0, offer, setting)
    handed = hand_over(world, row, POLICE, CASE_MANAGEMENT, OFFICER_INTERVENTION, yes)
    if handed < 0:  # never arrived at the programme: the charge goes forward
        summon(world, row, happened(world, CHARGE_FORWARDED, person.resident, officer, 0.0, yes, setting))
    elif open_case(world, row, OFFICER_INTERVENTION, TO_TAKE_ON, day, handed):
        dealings.officer = officer
        dealings.charged = rules.charge_held > 0.0
        if not dealings.charged:
            happened(world, CHARGE_VOIDED, person.resident, officer, 0.0, handed, setting)
    return 2


@compiled
def refer(world, row, officer, giver, contact):
    """Let an officer or medic refer a person to the coordinator: a call that reaches them, or a card."""
    person, dealings = world.histories[row], world.dealings[row]
    setting = BY_PATHWAY + OFFICER_REFERRAL
    referred = happened(world, REFERRED, person.resident, officer, 0.0, contact, setting)
    handed = hand_over(world, row, giver, CASE_MANAGEMENT, OFFICER_REFERRAL, referred)
    world.events[referred].amount = world.events[world.clock[0].events - 1].amount  # of the hand-off
    if handed >= 0 and open_case(world, row, OFFICER_REFERRAL, TO_TAKE_ON, world.clock[0].day, handed):
        dealings.officer = officer


@compiled
def _charge(world, row, officer, contact):
    """Let the officer decide over something chargeable. Return whether deflection was offered."""
    clock, rules = world.clock[0], world.rules[0]
    person, dealings = world.histories[row], world.dealings[row]
    seed, day, key = clock.seed, clock.day, person.key
    offence = _offence(draw(seed, _ENCOUNTER, key, day, _OFFENCE), rules)
    offered = False
    able = can_deflect(world.officers[officer], draw(seed, _ENCOUNTER, key, day, _ABLE), rules)
    if rules.officer_intervention > 0.0 and able and dealings.stage == NO_CASE:
        if is_eligible(dealings, offence, day, rules):
            answer = _divert(world, row, officer, contact)
            offered = answer > 0
            if answer == 2:
                return True
        else:
            happened(
                world, EXCLUDED, person.resident, officer, float(offence), contact, BY_PATHWAY + OFFICER_INTERVENTION
            )
    u = draw(seed, _ENCOUNTER, key, day, _END)
    arrested = arrest_probability(world.officers[officer], rules)
    if u < arrested:
        arrest(world, row, officer, offence, contact, NOWHERE)
    elif u < arrested + rules.citation_share:
        happened(world, CITED, person.resident, officer, float(offence), contact, NOWHERE)
    return offered


@compiled
def _meet(world, row):
    """Let one contact with police happen, if the candidate day holds."""
    clock, rules = world.clock[0], world.rules[0]
    person, dealings = world.histories[row], world.dealings[row]
    seed, day, key = clock.seed, clock.day, person.key
    note_police_contact(world, row, day)
    if not has_active_disorder(person):
        return
    u = draw(seed, _CONTACT, key, day, 1) * rules.contact_bound
    place = world.households[world.residents[person.resident].household].neighbourhood
    here = world.policing_factor[place]
    other = rules.other_contacts_per_day * here
    enforcement = rules.enforcement_contacts_per_day * here * rules.proactive
    if person.managed:
        enforcement *= rules.managed_contact_ratio
    if u >= other + enforcement:
        return
    chargeable = u >= other
    shift = int(draw(seed, _ENCOUNTER, key, day, _SHIFT) * SHIFTS)
    officer = officer_on_duty(world, place, shift, draw(seed, _ENCOUNTER, key, day, _OFFICER))
    if officer < 0:
        return
    if rules.community_response > 0.0 and clock.team_calls < rules.team_calls_today:
        offence = _offence(draw(seed, _ENCOUNTER, key, day, _OFFENCE), rules) if chargeable else LOW_LEVEL
        if offence != SERIOUS and draw(seed, _ENCOUNTER, key, day, _TEAM) < rules.response_recognised:
            _respond_in_place(world, row, officer, chargeable, offence)
            return
    contact = happened(world, POLICE_CONTACT, person.resident, officer, 0.0, NONE, NOWHERE)
    if chargeable:
        offered = _charge(world, row, officer, contact)
    else:
        offered = False
        able = can_deflect(world.officers[officer], draw(seed, _ENCOUNTER, key, day, _ABLE), rules)
        if rules.officer_referral > 0.0 and able and dealings.stage == NO_CASE and person.care == NO_CARE:
            u = draw(seed, _ENCOUNTER, key, day, _OFFER)
            if offers_deflection(world.officers[officer], u, day, _is_black(world, row), True, rules):
                offered = True
                refer(world, row, officer, POLICE, contact)
    u = draw(seed, _ENCOUNTER, key, day, _QUALITY)
    world.events[contact].amount = contact_quality(world.officers[officer], u, offered, rules)


@compiled(kept=True)
def _encounter(world):
    rows = due(world, CONTACT_DATES)
    keys = np.empty(len(rows), np.int64)
    for i in range(len(rows)):  # in the order of the hour, so that a team's calls are taken as they come
        keys[i] = block(world.clock[0].seed, _ENCOUNTER, world.residents[rows[i]].key, world.clock[0].day, _HOUR)[0]
    for resident in in_key_order(rows, keys):
        if world.residents[resident].fate == HERE:
            _meet(world, world.residents[resident].history)


@process(
    writes=(
        "histories.asked_event, care_since, provider, care, wants, held",
        "dealings.arrests, arrest_event, held_since, release_day, jail_event, court_event, court_day, case_since",
        "dealings.case_event, due, tries, plan_until, officer, care_officer, treated_day, stage, pathway, care_pathway",
        "dealings.warm, address_current, relative_reached, charged, mandated, jail_medication",
        "providers.occupied, handed_over",
        "queue, cases, diary",
        "clock.team_calls",
    ),
    draws=(
        Stream.POLICE_CONTACT,
        Stream.ENCOUNTER,
        Stream.CUSTODY,
        Stream.CASE,
        Stream.HAND_OFF,
        Stream.PROVIDER,
        Stream.ATTENDANCE,
    ),
    emits=(
        Kind.POLICE_CONTACT,
        Kind.CITED,
        Kind.ARRESTED,
        Kind.JAILED,
        Kind.OFFERED,
        Kind.ACCEPTED,
        Kind.REFUSED,
        Kind.EXCLUDED,
        Kind.REFERRED,
        Kind.HANDED_OVER,
        Kind.LOST,
        Kind.CHARGE_FORWARDED,
        Kind.CHARGE_VOIDED,
        Kind.TEAM_SENT,
        Kind.ASKED_FOR_CARE,
        Kind.LEFT_CARE,
        Kind.LEFT_LIST,
    ),
)
def meet(world) -> None:
    """Let police meet people who use drugs: an offer, an arrest, a citation, or nothing."""
    _encounter(world.view)
