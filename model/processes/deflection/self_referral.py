"""Self-referral: a person comes to the police, or phones, and asks for treatment; a place is sought while they wait."""

from ....agents.agency import POLICE
from ....agents.compiled import compiled
from ....agents.dealings import SELF_REFERRAL, TO_PLACE, is_supervised
from ....agents.resident import DETOX, NO_CARE, attends, has_active_disorder
from ....agents.table import NONE
from ...care import admit, ask_for_care, free_detox_bed, no_care, unqueue, wait_for
from ...cases import close_case, open_case
from ...events import (
    ACCEPTED,
    BY_PATHWAY,
    DID_NOT_ATTEND,
    EXCLUDED,
    NOT_PLACED,
    OFFERED,
    WALKED_IN,
    happened,
)
from ...hand_off import PROVIDER, hand_over
from ...randomness import draw

_SELF_REFERRAL = 25
# Draws of one day, by number.
_WALKS, _ARRANGED, _ATTENDS, _SITE = range(4)


@compiled
def come_for_help(world, row, cause):
    """Let a person come to the police for treatment: no charge; people with a warrant may be sent away."""
    clock, rules = world.clock[0], world.rules[0]
    person, dealings = world.histories[row], world.dealings[row]
    setting = BY_PATHWAY + SELF_REFERRAL
    walks = draw(clock.seed, _SELF_REFERRAL, person.key, clock.day, _WALKS) < rules.self_referral_walks_in
    came = happened(world, WALKED_IN, person.resident, NONE, 1.0 if walks else 0.0, cause, setting)
    if is_supervised(dealings, clock.day) and rules.eligible_supervised == 0.0:
        happened(world, EXCLUDED, person.resident, NONE, -1.0, came, setting)  # no offence
        return
    open_case(world, row, SELF_REFERRAL, TO_PLACE, clock.day, came)  # places are sought in turn, in the morning


@compiled
def seek_a_place(world, row):
    """Phone for a place: medication where it is arranged, else a detox bed free tonight; if none, again tomorrow."""
    clock, rules = world.clock[0], world.rules[0]
    person, dealings = world.histories[row], world.dealings[row]
    seed, day, key = clock.seed, clock.day, person.key
    setting = BY_PATHWAY + SELF_REFERRAL
    if person.care != NO_CARE or not has_active_disorder(person):
        close_case(world, row, dealings.case_event)
        return
    dealings.tries += 1
    if draw(seed, _SELF_REFERRAL, key, dealings.case_since, _ARRANGED) < rules.medication_arranged:
        offer = happened(world, OFFERED, person.resident, NONE, 0.0, dealings.case_event, setting)
        yes = happened(world, ACCEPTED, person.resident, NONE, 0.0, offer, setting)
        handed = hand_over(world, row, POLICE, PROVIDER, SELF_REFERRAL, yes)
        if handed >= 0:
            ask_for_care(world, row, SELF_REFERRAL, handed)
        close_case(world, row, yes)
        return
    bed = free_detox_bed(world, draw(seed, _SELF_REFERRAL, key, day, _SITE))
    if bed < 0:
        if dealings.tries >= rules.placement_tries:
            tries = float(dealings.tries)
            none = happened(world, NOT_PLACED, person.resident, NONE, tries, dealings.case_event, setting)
            close_case(world, row, none)
        else:
            dealings.due = day + 1
        return
    offer = happened(world, OFFERED, person.resident, NONE, 0.0, dealings.case_event, setting)
    yes = happened(world, ACCEPTED, person.resident, NONE, 0.0, offer, setting)
    handed = hand_over(world, row, POLICE, PROVIDER, SELF_REFERRAL, yes)
    if handed >= 0:
        wait_for(world, row, DETOX, bed, SELF_REFERRAL, handed)
        if attends(draw(seed, _SELF_REFERRAL, key, day, _ATTENDS), 1, rules):
            admit(world, row)
        else:
            unqueue(world, row)
            happened(world, DID_NOT_ATTEND, person.resident, bed, 0.0, person.asked_event, setting)
            no_care(world, row)
    close_case(world, row, yes)
