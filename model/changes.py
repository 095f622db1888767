"""The few changes of state that more than one process makes; each leaves its event."""

from ..agents.compiled import compiled
from ..agents.household import GROUP_QUARTERS
from ..agents.resident import MOVED, NO_CARE
from ..agents.table import NONE
from .care import leave_care
from .cases import close_case
from .diary import NEVER, YEAR, note_police_contact
from .events import DIED_OVERDOSE as KIND_DIED_OVERDOSE
from .events import LEFT_HOME, MOVED_OUT, NOWHERE, USE_CHANGED, happened
from .home import bereave
from .jail import end_custody
from .network import ANYBODY, FRIEND, KIN, pick_tie
from .randomness import draw
from .standing import BLACK

_HISTORY, _MOVE = 11, 15  # streams
NEVER_LEFT = 10**6  # a day after any day
ADULT_DAYS = int(18 * YEAR)
NOTHING_TODAY = 0xFFFFFFFF  # the largest draw: no hazard below 22 a day reaches it


@compiled
def begin_dealings(world, row):
    """Begin the row of dealings with police, courts and programmes of a person with a new history."""
    person, dealings = world.histories[row], world.dealings[row]
    rules = world.rules[0]
    key = 0 + person.key
    dealings.key = key
    u = draw(world.clock[0].seed, _HISTORY, key, 0, 10)
    factor = world.contact_bins[int(u * len(world.contact_bins))] * rules.contact_scale
    if world.residents[person.resident].race == BLACK:
        factor *= rules.contact_ratio_black
    dealings.contact_factor = factor
    dealings.arrest_event = NONE
    dealings.jail_event = NONE
    dealings.case_event = NONE
    dealings.worker = NONE
    dealings.officer = NONE
    dealings.care_officer = NONE
    dealings.court_event = NONE
    dealings.treated_day = NEVER
    dealings.held_since = NEVER
    dealings.release_day = NEVER
    dealings.court_day = NEVER
    dealings.supervised_until = NEVER
    dealings.case_since = NEVER
    dealings.due = NEVER
    dealings.plan_until = NEVER


@compiled
def begin_history(world, resident_row, use, tolerance, cause):
    """Give a resident a history of use, or take it up again, and return its row."""
    clock = world.clock[0]
    resident = world.residents[resident_row]
    if resident.history >= 0:
        row = resident.history
        person = world.histories[row]
        before = 0 + person.use
    else:
        row = clock.histories
        clock.histories += 1
        world.roll[row] = row
        resident.history = row
        person = world.histories[row]
        before = -1
        person.key = resident.key
        person.resident = resident_row
        bins = len(world.frailty_bins)
        person.frailty = world.frailty_bins[int(draw(clock.seed, _HISTORY, resident.key, 0, 0) * bins)]
        person.uses_alone = world.uses_alone_bins[int(draw(clock.seed, _HISTORY, resident.key, 0, 1) * bins)]
        person.last_overdose = NEVER
        person.overdose_event = NONE
        person.asked_event = NONE
        person.provider = NONE
        person.care_since = clock.day
        person.present = 1
        begin_dealings(world, row)
        note_police_contact(world, row, clock.day)
    for stream in range(4):
        world.luck[row, stream] = NOTHING_TODAY  # the daily draws begin tomorrow
    person.tolerance = tolerance
    person.use = use
    person.since = clock.day
    happened(world, USE_CHANGED, resident_row, before, float(use), cause, NOWHERE)
    return row


@compiled
def depart(world, row, fate, kind, cause):
    """Let a resident die or move away: out of care, out of the household, never visited again."""
    resident = world.residents[row]
    event = happened(world, kind, row, resident.household if kind == MOVED_OUT else NONE, 0.0, cause, NOWHERE)
    if resident.history >= 0:
        if world.histories[resident.history].held:
            end_custody(world, resident.history, event)
        close_case(world, resident.history, event)
        if world.histories[resident.history].care != NO_CARE:
            leave_care(world, resident.history, event)
        world.histories[resident.history].present = 0
    resident.fate = fate
    resident.left = world.clock[0].day
    leave_household(world, row)
    return event


@compiled
def leave_household(world, row):
    """Take a resident out of the chain of household members; the household keeps its place."""
    resident = world.residents[row]
    household = world.households[resident.household]
    if household.first == row:
        household.first = resident.housemate
    else:
        other = household.first
        while world.residents[other].housemate != row:
            other = world.residents[other].housemate
        world.residents[other].housemate = resident.housemate
    resident.housemate = NONE


@compiled
def join_household(world, row, household_row):
    """Put a resident into a household, after its other members."""
    world.residents[row].household = household_row
    world.residents[row].housemate = NONE
    household = world.households[household_row]
    if household.first < 0:
        household.first = row
        return
    last = household.first
    while world.residents[last].housemate >= 0:
        last = world.residents[last].housemate
    world.residents[last].housemate = row


@compiled
def _tie_one_way(world, person, other, kind):
    clock = world.clock[0]
    tie = world.late_ties[clock.late_ties]
    tie.to = other
    tie.kind = kind
    tie.next = world.late_first[person]
    clock.late_ties += 1
    world.late_first[person] = clock.late_ties


@compiled
def add_tie(world, a, b, kind):
    """Tie two residents from today on."""
    _tie_one_way(world, a, b, kind)
    _tie_one_way(world, b, a, kind)


@compiled
def _has_adult(world, household_row):
    """Say whether an adult lives in a home, other than an institution."""
    household = world.households[household_row]
    if household.kind == GROUP_QUARTERS:
        return False
    row = household.first
    while row >= 0:
        if world.clock[0].day - world.residents[row].born >= ADULT_DAYS:
            return True
        row = world.residents[row].housemate
    return False


@compiled
def _home_for(world, child):
    """Return a household for a child left alone: with kin, else with friends, of the child or the parents; -1: none."""
    day, resident = world.clock[0].day, world.residents[child]
    number = 20  # of the draw; 24 of them
    for kind in (KIN, FRIEND):
        for close in (child, resident.mother, resident.father):
            for _ in range(4):
                u = draw(world.clock[0].seed, _MOVE, resident.key, day, number)
                number += 1
                host = pick_tie(world, close, kind, u, ANYBODY) if close >= 0 else NONE
                if host >= 0:
                    home = world.residents[host].household
                    if home != resident.household and _has_adult(world, home):
                        return home
    return NONE


@compiled
def _settle_children(world, household_row, cause):
    """Give children left without an adult a home; those for whom there is none leave town."""
    household = world.households[household_row]
    if household.kind == GROUP_QUARTERS or _has_adult(world, household_row):
        return
    while household.first >= 0:
        child = household.first
        home = _home_for(world, child)
        if home >= 0:
            happened(world, LEFT_HOME, child, home, float(household_row), cause, NOWHERE)
            leave_household(world, child)
            join_household(world, child, home)
        else:
            depart(world, child, MOVED, MOVED_OUT, cause)


@compiled
def depart_and_settle(world, row, fate, kind, cause):
    """Let one resident die or leave alone; children left without an adult find a home."""
    household = world.residents[row].household
    event = depart(world, row, fate, kind, cause)
    if kind == KIND_DIED_OVERDOSE:
        bereave(world, row, household, event)
    _settle_children(world, household, event)
