"""Deflection: what the programmes do today with the people named to them, along six pathways.

Officers and medics bring people in at an encounter or an overdose; survivors' names reach the
outreach team; people come by themselves. From there on each open case takes its steps here, limited by
the staff there is: a place is sought (self_referral), a visit made (outreach), an assessment held and
a case managed (case_management).
"""

import numpy as np

from ....agents.compiled import compiled
from ....agents.dealings import MANAGED, TO_ASSESS, TO_PLACE, TO_TAKE_ON, TO_VISIT
from ...diary import in_key_order
from ...events import Kind
from ...process import process
from ...randomness import Stream, block
from ...world import START_DAY
from .case_management import assess, manage, take_on_in_turn
from .outreach import list_survivors, make_the_outreach_list, visit_in_turn
from .self_referral import seek_a_place

_PRIORITY = 5


@compiled
def in_turn(world, stage):
    """Return the history rows of cases whose step is due, shape (n,): longest due first, then by keyed priority."""
    clock = world.clock[0]
    rows = np.empty(clock.cases, np.int64)
    keys = np.empty(clock.cases, np.int64)
    count = 0
    for i in range(clock.cases):
        row = 0 + world.cases[i]
        dealings = world.dealings[row]
        if dealings.stage == stage and dealings.due <= clock.day:
            priority = block(clock.seed, _PRIORITY, dealings.key, dealings.due, 0)[_PRIORITY & 3]
            rows[count] = row
            keys[count] = (dealings.due - START_DAY) << 32 | priority
            count += 1
    return in_key_order(rows[:count], keys[:count])


@compiled(kept=True)
def _follow_up(world):
    list_survivors(world)
    make_the_outreach_list(world)
    if world.clock[0].cases == 0:
        return
    for row in in_turn(world, TO_PLACE):
        seek_a_place(world, row)
    visit_in_turn(world, in_turn(world, TO_VISIT))
    take_on_in_turn(world, in_turn(world, TO_TAKE_ON))
    for row in in_turn(world, TO_ASSESS):
        assess(world, row)
    for row in in_turn(world, MANAGED):
        manage(world, row)


@process(
    writes=(
        "households.kit_until",
        "histories.asked_event, since, care_since, provider, use, care, wants, managed",
        "dealings.court_event, court_day, case_since, case_event, due, tries, plan_until, worker, officer",
        "dealings.care_officer, stage, pathway, care_pathway, warm, address_current, relative_reached, charged",
        "officers.belief",
        "workers.caseload",
        "providers.occupied, handed_over",
        "queue, cases, diary",
    ),
    draws=(
        Stream.CASE,
        Stream.HAND_OFF,
        Stream.PROVIDER,
        Stream.SELF_REFERRAL,
        Stream.OUTREACH_LIST,
        Stream.DETOX_BED,
        Stream.ATTENDANCE,
        Stream.SLOT_PRIORITY,
        Stream.KITS,
        Stream.FEEDBACK,
    ),
    emits=(
        Kind.EVENT_PASSED,
        Kind.REFERRED,
        Kind.LISTED,
        Kind.VISITED,
        Kind.REACHED,
        Kind.NOT_REACHED,
        Kind.OFFERED,
        Kind.ACCEPTED,
        Kind.REFUSED,
        Kind.HANDED_OVER,
        Kind.LOST,
        Kind.ASSESSED,
        Kind.MISSED,
        Kind.CASE_OPENED,
        Kind.CASE_CLOSED,
        Kind.COMPLETED,
        Kind.CHARGE_VOIDED,
        Kind.CHARGE_FORWARDED,
        Kind.NOT_PLACED,
        Kind.ASKED_FOR_CARE,
        Kind.ADMITTED,
        Kind.DID_NOT_ATTEND,
        Kind.USE_CHANGED,
        Kind.KIT_RECEIVED,
        Kind.HEARD_OF_SUCCESS,
    ),
)
def follow_up(world) -> None:
    """Let every programme take the next step with the people it knows."""
    _follow_up(world.view)
