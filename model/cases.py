"""Programme cases, one person at a time: opened, moved to the next stage, closed. An open case stands on one list."""

from ..agents.compiled import compiled
from ..agents.dealings import MANAGED, NO_CASE, NO_PATHWAY, TO_ASSESS
from ..agents.table import NONE
from ..agents.worker import has_room
from .diary import NEVER
from .events import BY_PATHWAY, CASE_CLOSED, happened
from .randomness import draw

_CASE = 23  # stream
ADDRESS = 0  # draw of a case: the rest are numbered where they are used


@compiled
def open_case(world, row, pathway, stage, due, cause):
    """Open a case; whoever has one open already keeps it, and the answer is False."""
    clock = world.clock[0]
    person, dealings = world.histories[row], world.dealings[row]
    if dealings.stage != NO_CASE:
        return False
    dealings.stage = stage
    dealings.pathway = pathway
    dealings.case_since = clock.day
    dealings.case_event = cause
    dealings.due = due
    dealings.tries = 0
    dealings.relative_reached = 0
    dealings.plan_until = NEVER
    u = draw(clock.seed, _CASE, person.key, clock.day, ADDRESS)
    dealings.address_current = u < world.rules[0].address_current
    world.cases[clock.cases] = row
    clock.cases += 1
    return True


@compiled
def case_setting(world, row):
    """Return the setting of an event of the open case: its pathway."""
    return BY_PATHWAY + world.dealings[row].pathway


@compiled
def take_on(world, row):
    """Find a case manager with room and give them the person; say whether there was one."""
    for i in range(len(world.workers)):
        if has_room(world.workers[i]):
            world.workers[i].caseload += 1
            world.dealings[row].worker = i
            return True
    return False


@compiled
def close_case(world, row, cause):
    """Close the open case of a person, if there is one; the case manager has room again."""
    clock = world.clock[0]
    person, dealings = world.histories[row], world.dealings[row]
    if dealings.stage == NO_CASE:
        return
    if dealings.stage == TO_ASSESS or dealings.stage == MANAGED:
        days = float(clock.day - dealings.case_since)
        happened(world, CASE_CLOSED, person.resident, dealings.worker, days, cause, case_setting(world, row))
    if dealings.worker >= 0:
        world.workers[dealings.worker].caseload -= 1
        dealings.worker = NONE
    dealings.stage = NO_CASE
    dealings.pathway = NO_PATHWAY
    dealings.charged = 0
    dealings.officer = NONE
    person.managed = 0
    for i in range(clock.cases):
        if world.cases[i] == row:
            clock.cases -= 1
            world.cases[i] = world.cases[clock.cases]
            return
