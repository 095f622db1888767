"""Treatment: asking for it, the waiting list, the first appointment, staying and leaving.

Everybody decides first; free slots are then given in the order of waiting, and among people who
asked on the same day by a keyed priority. In usual care there is no hand-off: people find the way
themselves. People handed over by a programme may have an earlier appointment and a reserved slot.
"""

import math

import numpy as np

from ...agents.compiled import compiled
from ...agents.dealings import NO_CASE, NO_PATHWAY
from ...agents.provider import admits
from ...agents.resident import (
    METHADONE,
    NO_CARE,
    attends,
    happens,
    has_active_disorder,
    leaves_care,
)
from ...agents.table import NONE
from ..care import (
    admit,
    ask_for_care,
    care_setting,
    end_treatment,
    leaving_factor,
    no_care,
    readiness_today,
    turn_away,
    unqueue,
)
from ..diary import in_key_order, people_in_key_order
from ..events import DID_NOT_ATTEND, Kind, happened
from ..home import is_coached
from ..process import process
from ..randomness import TO_UNIT, Stream, block, draw
from ..standing import trust_of
from ..world import START_DAY
from .deflection.self_referral import come_for_help

_CARE, _PRIORITY, _ATTENDANCE = 2, 5, 6
MOST_BY_TRUST = 3.0  # trust makes self-referral at most so many times likelier
CAUSE_DAYS = 90  # an overdose counts as the cause of a request for this long


@compiled
def _self_referral_hazard(world, row):
    """Return the hazard (per day) of coming to the police for help; it rises with trust in police."""
    rules, person = world.rules[0], world.histories[row]
    if rules.self_referral_per_day == 0.0 or world.dealings[row].stage != NO_CASE:
        return 0.0
    trust = math.exp(rules.trust_accept_logit * trust_of(world, person.resident))
    return rules.self_referral_per_day * min(MOST_BY_TRUST, trust)


@compiled
def _recent_overdose(world, person):
    """Return the overdose that a request for treatment follows from, -1: none lately."""
    recent = person.overdose_event >= 0 and world.clock[0].day - person.last_overdose <= CAUSE_DAYS
    return person.overdose_event if recent else NONE


@compiled
def _seek(world, row, u):
    """Let a person ask for treatment, at a provider or at the police, by one draw shared by the two."""
    rules, person = world.rules[0], world.histories[row]
    ready = math.exp(readiness_today(world, person))
    usual = rules.seek_per_day * ready * (rules.managed_seeking_ratio if person.managed else 1.0)
    if is_coached(world, row):
        usual *= rules.coaching_ratio
    if happens(u, usual):
        ask_for_care(world, row, NO_PATHWAY, _recent_overdose(world, person))
    elif happens(u, usual + _self_referral_hazard(world, row) * ready):
        come_for_help(world, row, _recent_overdose(world, person))


@compiled(kept=True)
def _decide(world):
    """Let people ask for treatment, and people in treatment leave it."""
    clock = world.clock[0]
    rules = world.rules[0]
    # Nobody's hazard is higher than this: most draws need no look at the person.
    asking = (
        rules.seek_per_day * rules.managed_seeking_ratio * max(1.0, rules.coaching_ratio)
        + rules.self_referral_per_day * MOST_BY_TRUST
    )
    most_asking = asking * math.exp(rules.readiness_jump)
    most = max(most_asking, rules.leaving_bound)
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
            if u < most_asking and has_active_disorder(person):
                _seek(world, row, u)
        elif person.care >= METHADONE and leaves_care(person, u, clock.day, leaving_factor(world, row), world.leaving):
            end_treatment(world, row, person.asked_event)


@compiled
def _intake_days(world, row):
    """Return the days until a first appointment can be had: fewer where somebody accompanied and made it."""
    dealings, rules = world.dealings[row], world.rules[0]
    if dealings.care_pathway != NO_PATHWAY and dealings.warm:
        return min(rules.warm_intake_days, rules.intake_days)
    return rules.intake_days


@compiled
def _in_turn(world):
    """Return those who may be admitted today: by provider, then days waited, then keyed priority. Shape (n,)."""
    clock = world.clock[0]
    rows = np.empty(clock.queued, np.int64)
    count = 0
    for i in range(clock.queued):
        person = world.histories[world.queue[i]]
        if clock.day - person.care_since >= _intake_days(world, world.queue[i]):
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


@compiled(kept=True)
def _admit(world):
    """Offer the free slots in turn; who comes enters treatment, who does not leaves the list."""
    clock = world.clock[0]
    rules = world.rules[0]
    for row in _in_turn(world):
        person = world.histories[row]
        provider = world.providers[person.provider]
        wait = clock.day - person.care_since
        if not admits(provider, world.dealings[row].care_pathway != NO_PATHWAY):
            if wait < _intake_days(world, row) + 1:  # the first day on which there could have been a place
                turn_away(world, row)
            continue
        # Who is given methadone while waiting has no reason to lose patience.
        patience = 1 if person.wants == METHADONE and rules.interim_methadone > 0.0 else wait
        if attends(draw(clock.seed, _ATTENDANCE, person.key, clock.day, 0), patience, rules):
            admit(world, row)
            continue
        unqueue(world, row)
        setting = care_setting(world, row)
        happened(world, DID_NOT_ATTEND, person.resident, person.provider, float(wait), person.asked_event, setting)
        no_care(world, row)


@process(
    writes=(
        "histories.asked_event, since, care_since, provider, use, care, wants",
        "dealings.case_since, case_event, due, tries, plan_until, care_officer, treated_day, stage, pathway",
        "dealings.care_pathway, address_current, relative_reached, mandated",
        "officers.belief, refused_day",
        "providers.occupied, handed_over",
        "queue, cases",
    ),
    draws=(
        Stream.CARE,
        Stream.PROVIDER,
        Stream.SLOT_PRIORITY,
        Stream.ATTENDANCE,
        Stream.RELAPSE_ROUTE,
        Stream.SELF_REFERRAL,
        Stream.CASE,
        Stream.FEEDBACK,
    ),
    emits=(
        Kind.ASKED_FOR_CARE,
        Kind.TURNED_AWAY,
        Kind.ADMITTED,
        Kind.DID_NOT_ATTEND,
        Kind.LEFT_CARE,
        Kind.USE_CHANGED,
        Kind.WALKED_IN,
        Kind.EXCLUDED,
        Kind.HEARD_OF_SUCCESS,
    ),
)
def treat(world) -> None:
    """Let people ask, wait, enter, stay and leave."""
    _decide(world.view)
    _admit(world.view)
