"""Outreach: survivors' names reach the team, others are sought out, and the team visits as many as it can.

A visit finds somebody at home, the person or a relative, or nobody; a wrong address is found out at the
first. Who is reached gets a kit and an offer; who accepts is handed over to a provider.
"""

from ....agents.agency import EMERGENCY_MEDICAL, OUTREACH_TEAM
from ....agents.compiled import compiled
from ....agents.dealings import ACTIVE_OUTREACH, NALOXONE_PLUS, NO_CASE, TO_VISIT
from ....agents.resident import HERE, NO_CARE, accepts, has_active_disorder
from ....agents.table import NONE
from ....agents.worker import OUTREACH
from ...care import ask_for_care, readiness_today
from ...cases import case_setting, close_case, open_case
from ...diary import days_until, whole_today
from ...events import (
    ACCEPTED,
    BY_PATHWAY,
    EVENT_PASSED,
    KIT_RECEIVED,
    LISTED,
    NOT_REACHED,
    NOWHERE,
    OFFERED,
    REACHED,
    REFUSED,
    RESPONDED,
    VISITED,
    happened,
)
from ...hand_off import PROVIDER, hand_over
from ...home import is_persuaded
from ...network import pick_housemate
from ...randomness import draw
from ...standing import trust_of
from ..encounter import refer

_CASE, _OUTREACH_LIST, _KITS = 23, 26, 16
# Draws of a case on one day, by number; 0 is the address.
_PASSED, _MET, _RELATIVE, _WHO, _POLICE, _ACCEPTS, _KIT, _HOURS = range(1, 9)
WEEK = 7
VISIT_AGAIN_DAYS = 2
RECENT_OVERDOSE_DAYS = 90
LIST_DAYS = 60  # a name not visited by then is dropped
VISITS_EACH = 2
MONTH_DAYS = 365.25 / 12
ADULT = 18 * 365.25


@compiled
def list_survivors(world):
    """Pass survivors of attended overdoses of today to the outreach team, and leave kits where that is done."""
    clock, rules = world.clock[0], world.rules[0]
    if rules.naloxone_plus == 0.0 and rules.leave_behind_kits == 0.0:
        return
    for i in range(clock.today, clock.events):
        if world.events[i].kind != RESPONDED:
            continue
        resident = world.events[i].who
        if world.residents[resident].fate != HERE:
            continue
        row = world.residents[resident].history
        person = world.histories[row]
        if person.held or person.care != NO_CARE or world.dealings[row].stage != NO_CASE:
            continue
        if rules.leave_behind_kits > 0.0 and rules.officer_referral > 0.0:
            give_kit(world, row, i)
            refer(world, row, NONE, EMERGENCY_MEDICAL, i)
        if rules.naloxone_plus > 0.0 and world.dealings[row].stage == NO_CASE:
            if draw(clock.seed, _CASE, person.key, clock.day, _PASSED) < rules.event_sharing * rules.champions_left:
                wait = rules.first_visit_hours / 24.0
                days = int(wait) + (draw(clock.seed, _CASE, person.key, clock.day, _HOURS) < wait - int(wait))
                passed = happened(world, EVENT_PASSED, resident, NONE, float(days), i, BY_PATHWAY + NALOXONE_PLUS)
                open_case(world, row, NALOXONE_PLUS, TO_VISIT, clock.day + days, passed)


@compiled
def give_kit(world, row, cause):
    """Leave a naloxone kit with a person, for their home."""
    clock, person = world.clock[0], world.histories[row]
    life = days_until(
        draw(clock.seed, _KITS, person.key, clock.day, _KIT), 1.0 / (world.rules[0].kit_lifetime_months * MONTH_DAYS)
    )
    home = 0 + world.residents[person.resident].household
    household = world.households[home]
    household.kit_until = max(household.kit_until, clock.day + 1 + life)
    happened(world, KIT_RECEIVED, person.resident, home, float(household.kit_until), cause, NOWHERE)


@compiled
def make_the_outreach_list(world):
    """Once a week, name people to be sought out, as many as can be visited; overdoses and hot spots count more."""
    clock, rules = world.clock[0], world.rules[0]
    if rules.active_outreach == 0.0 or clock.day % WEEK != 0:
        return
    total = 0.0
    for number in range(clock.histories):
        total += _weight(world, world.roll[number])
    if total <= 0.0:
        return
    on_the_list = 0
    for i in range(clock.cases):
        on_the_list += world.dealings[world.cases[i]].stage == TO_VISIT
    # As many as there are visits left for in a week, at about two visits each.
    share = max(0.0, WEEK * rules.visits_per_day / VISITS_EACH - on_the_list) / total
    for number in range(clock.histories):
        row = world.roll[number]
        weight = _weight(world, row)
        if weight > 0.0:
            person = world.histories[row]
            if draw(clock.seed, _OUTREACH_LIST, person.key, clock.day, 0) < share * weight:
                listed = happened(world, LISTED, person.resident, NONE, 0.0, NONE, BY_PATHWAY + ACTIVE_OUTREACH)
                open_case(world, row, ACTIVE_OUTREACH, TO_VISIT, clock.day, listed)


@compiled
def _weight(world, row):
    """Return a person's weight on the outreach list: 0 for who does not use, is in care or has an open case."""
    person = world.histories[row]
    if not has_active_disorder(person) or person.care != NO_CARE or world.dealings[row].stage != NO_CASE:
        return 0.0
    weight = 1.0
    if world.clock[0].day - person.last_overdose <= RECENT_OVERDOSE_DAYS:
        weight *= world.rules[0].outreach_overdose_weight
    place = world.households[world.residents[person.resident].household].neighbourhood
    if world.policing_factor[place] >= world.rules[0].hot_spot:
        weight *= world.rules[0].outreach_hot_spot_weight
    return weight


@compiled
def visit_in_turn(world, rows):
    """Visit as many of the people due as the team can today, in turn."""
    clock, rules = world.clock[0], world.rules[0]
    left = whole_today(rules.visits_per_day, clock.day)
    workers = 0
    first = NONE
    for i in range(len(world.workers)):
        if world.workers[i].role == OUTREACH:
            if first < 0:
                first = i
            workers += world.workers[i].capacity
    for survivors in (True, False):  # who has just overdosed comes before those the team seeks out
        for row in rows:
            dealings = world.dealings[row]
            if dealings.stage != TO_VISIT or (dealings.pathway == NALOXONE_PLUS) != survivors:
                continue
            if world.histories[row].care != NO_CARE or clock.day - dealings.case_since > LIST_DAYS:
                _give_up(world, row, dealings.case_event)  # in treatment by now, or too long ago
            elif left > 0 and workers > 0:
                left -= 1
                _visit(world, row, first + left % workers)


@compiled
def _give_up(world, row, cause):
    """Take a person off the list."""
    person, dealings = world.histories[row], world.dealings[row]
    setting = case_setting(world, row)
    happened(world, NOT_REACHED, person.resident, NONE, float(dealings.tries), cause, setting)
    close_case(world, row, cause)


@compiled
def _visit(world, row, worker):
    """Make one visit."""
    clock, rules = world.clock[0], world.rules[0]
    person, dealings = world.histories[row], world.dealings[row]
    seed, day, key = clock.seed, clock.day, person.key
    setting = case_setting(world, row)
    dealings.tries += 1
    visit = happened(world, VISITED, person.resident, worker, float(dealings.tries), dealings.case_event, setting)
    met = dealings.address_current and not person.held and draw(seed, _CASE, key, day, _MET) < rules.met_per_visit
    if not met:
        if not dealings.address_current or dealings.tries >= rules.visits_most:
            _give_up(world, row, visit)
        else:
            dealings.due = day + VISIT_AGAIN_DAYS
        return
    if draw(seed, _CASE, key, day, _RELATIVE) < rules.met_relative:
        relative = pick_housemate(world, person.resident, draw(seed, _CASE, key, day, _WHO), day - ADULT)
        dealings.relative_reached = relative >= 0
    reached = happened(world, REACHED, person.resident, worker, float(dealings.relative_reached), visit, setting)
    give_kit(world, row, reached)
    if not has_active_disorder(person):
        close_case(world, row, reached)
        return
    _offer(world, row, reached)


@compiled
def _offer(world, row, reached):
    """Offer treatment to somebody who was reached; who accepts is handed over to a provider."""
    clock, rules = world.clock[0], world.rules[0]
    person, dealings = world.histories[row], world.dealings[row]
    seed, day, key = clock.seed, clock.day, person.key
    setting, pathway = case_setting(world, row), 0 + dealings.pathway
    share = rules.police_present if pathway == NALOXONE_PLUS else rules.outreach_police_present
    police = draw(seed, _CASE, key, day, _POLICE) < share * (1.0 - rules.lived_experience)
    trust = trust_of(world, person.resident) if police else 0.0
    early = day - person.last_overdose <= 2
    offer = happened(world, OFFERED, person.resident, NONE, 0.0, reached, setting)
    u = draw(seed, _CASE, key, day, _ACCEPTS)
    family, informed = dealings.relative_reached == 1 or is_persuaded(world, row), rules.team_informed
    if accepts(u, readiness_today(world, person), police, trust, informed, family, early, False, rules):
        yes = happened(world, ACCEPTED, person.resident, NONE, 0.0, offer, setting)
        handed = hand_over(world, row, OUTREACH_TEAM, PROVIDER, pathway, yes)
        if handed >= 0:
            ask_for_care(world, row, pathway, handed)
        close_case(world, row, yes)
    else:
        happened(world, REFUSED, person.resident, NONE, 0.0, offer, setting)
        close_case(world, row, offer)
