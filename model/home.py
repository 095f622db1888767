"""What goes on in a home: who of the children is there, whether it holds together, what is within reach."""

import math

from ..agents.child import HOME, distress_level, initiation_ratio
from ..agents.compiled import compiled
from ..agents.household import GROUP_QUARTERS
from ..agents.resident import HERE, INJECTING, METHADONE, OUD, REMISSION, has_active_disorder
from ..agents.table import NONE
from .diary import NEVER, YEAR
from .events import BEREAVED, NOWHERE, happened
from .network import KIN, uses_now
from .randomness import draw

_HOME, _CHILD = 41, 40
_COHESION, _PRESCRIBED, _STORAGE = range(3)
_LIABILITY, _YEARS_BEFORE = 0, 20
ADULT_DAYS = int(18 * YEAR)
GROWN_DAYS = int(26 * YEAR)  # until then a childhood is followed


@compiled
def begin_home(world, row):
    """Give a new household its traits: how it holds together, prescribed opioids, how they are kept."""
    clock, rules = world.clock[0], world.rules[0]
    household = world.households[row]
    u = draw(clock.seed, _HOME, household.key, 0, _COHESION)
    household.cohesion = world.cohesion_bins[int(u * len(world.cohesion_bins))]
    household.prescribed = draw(clock.seed, _HOME, household.key, 0, _PRESCRIBED) < rules.family_prescribed_at_home
    household.storage_rank = draw(clock.seed, _HOME, household.key, 0, _STORAGE)
    household.reached_day = household.coached_until = household.services_until = NEVER


@compiled
def lives_at_home(world, row):
    """Say whether a young resident lives with their household: neither in jail nor removed by child protection."""
    resident = world.residents[row]
    if resident.history >= 0 and world.histories[resident.history].held == 1:
        return False
    return resident.child < 0 or world.children[resident.child].custody == HOME


@compiled
def is_minor(world, row):
    """Say whether a resident is under 18."""
    return world.clock[0].day - world.residents[row].born < ADULT_DAYS


@compiled
def child_at_home(world, household_row):
    """Return the first child under 18 who lives in a home, -1: none."""
    if world.households[household_row].kind == GROUP_QUARTERS:
        return NONE
    row = world.households[household_row].first
    while row >= 0:
        if is_minor(world, row) and lives_at_home(world, row):
            return row
        row = world.residents[row].housemate
    return NONE


@compiled
def is_parent(world, row, child):
    """Say whether one resident is the mother or father of another."""
    return world.residents[child].mother == row or world.residents[child].father == row


@compiled
def has_untreated_parent(world, row):
    """Say whether a child lives with a parent who has active opioid use disorder and is not in treatment."""
    resident = world.residents[row]
    if not lives_at_home(world, row):
        return False
    for parent in (resident.mother, resident.father):
        if parent >= 0 and world.residents[parent].household == resident.household:
            history = world.residents[parent].history
            if history >= 0 and has_active_disorder(world.histories[history]):
                if world.histories[history].care < METHADONE:
                    return True
    return False


@compiled
def treated_parent_days(world, row):
    """Return the longest time a mother or father who lives here has been in treatment, in days; -1: neither is."""
    resident, days = world.residents[row], -1
    for parent in (resident.mother, resident.father):
        if parent >= 0 and world.residents[parent].fate == HERE and world.residents[parent].history >= 0:
            person = world.histories[world.residents[parent].history]
            if person.care >= METHADONE:
                days = max(days, world.clock[0].day - person.care_since)
    return days


@compiled
def has_parent(world, row):
    """Say whether the mother or the father lives here and is not in jail."""
    resident = world.residents[row]
    for parent in (resident.mother, resident.father):
        if parent >= 0 and world.residents[parent].fate == HERE:
            history = world.residents[parent].history
            if history < 0 or world.histories[history].held == 0:
                return True
    return False


@compiled
def ever_had_disorder(world, row):
    """Say whether a resident has or had opioid use disorder."""
    if row < 0 or world.residents[row].history < 0:
        return False
    use = world.histories[world.residents[row].history].use
    return use == OUD or use == INJECTING or use == REMISSION


@compiled
def cohesion_of(world, household_row):
    """Return how a family holds together today, 0 to 1: less while somebody uses, more while services come."""
    rules = world.rules[0]
    household = world.households[household_row]
    cohesion = household.cohesion
    row = household.first
    while row >= 0:
        history = world.residents[row].history
        if history >= 0 and has_active_disorder(world.histories[history]):
            cohesion -= rules.family_cohesion_use_loss
            break
        row = world.residents[row].housemate
    if household.services_until > world.clock[0].day:
        cohesion += rules.family_services_cohesion
    return min(1.0, max(0.0, cohesion))


@compiled
def has_liable_parent(world, row):
    """Say whether the mother or the father, wherever they are, has or had opioid use disorder."""
    resident = world.residents[row]
    return ever_had_disorder(world, resident.mother) or ever_had_disorder(world, resident.father)


@compiled
def inherit(world, row):
    """Give a child who is followed the liability of their family; a parent's disorder counts whenever it began."""
    clock, rules, resident = world.clock[0], world.rules[0], world.residents[row]
    u = draw(clock.seed, _CHILD, resident.key, 0, _LIABILITY)
    normal = world.normal_bins[int(u * len(world.normal_bins))]
    spread = rules.family_liability_log_sd
    liability = math.exp(spread * normal - spread * spread / 2.0)
    world.children[resident.child].liability = liability * (
        rules.family_liability_genes if has_liable_parent(world, row) else 1.0
    )


@compiled
def live_before(world, row):
    """Let a child have lived with a parent's use for part of childhood, at most since birth."""
    clock, rules, resident = world.clock[0], world.rules[0], world.residents[row]
    child = world.children[resident.child]
    years = min(clock.day - resident.born, ADULT_DAYS) / YEAR
    part = draw(clock.seed, _CHILD, resident.key, 0, _YEARS_BEFORE)
    lived = rules.family_adversity_with_use * years * part
    child.adversity += lived
    child.distress += rules.family_distress_per_adversity * lived
    child.exposed = is_minor(world, row)


@compiled
def begin_child(world, row):
    """Begin to follow a young resident whose family opioid use touches, and return the row; theirs if there is one."""
    resident = world.residents[row]
    if resident.child >= 0:
        return 0 + resident.child
    clock, rules = world.clock[0], world.rules[0]
    number = 0 + clock.children
    clock.children += 1
    resident.child = number
    child = world.children[number]
    child.key = resident.key
    child.resident = row
    inherit(world, row)
    child.last_event = NONE
    child.case_event = NONE
    child.case_until = NEVER
    child.removed = NEVER
    child.present = 1
    child.distress = distress_level(child, cohesion_of(world, resident.household), rules)
    return number


@compiled
def add_adversity(world, row, event):
    """Let an event weigh on a child."""
    child = world.children[begin_child(world, row)]
    child.adversity += world.rules[0].family_adversity_per_event
    child.last_event = event


@compiled
def bereave(world, row, household_row, death):
    """Let the children of somebody who died of an overdose lose a parent: those at home, and kin who live elsewhere."""
    other = world.households[household_row].first
    while other >= 0:
        _lose_parent(world, other, row, death)
        other = world.residents[other].housemate
    if row < len(world.tie_start) - 1:
        for i in range(world.tie_start[row], world.tie_start[row + 1]):
            other = 0 + world.tie_to[i]
            if world.tie_kind[i] == KIN and world.residents[other].fate == HERE:
                if world.residents[other].household != household_row:
                    _lose_parent(world, other, row, death)


@compiled
def _lose_parent(world, child, parent, death):
    if is_parent(world, parent, child) and is_minor(world, child):
        event = happened(world, BEREAVED, child, parent, 0.0, death, NOWHERE)
        add_adversity(world, child, event)


@compiled
def family_ratio(world, row):
    """Return what home and childhood do to the hazard of beginning to use, over that of others of the age.

    Prescribed opioids within reach count for the young, a childhood that was followed for who has one, a partner or
    housemate who uses for adults.
    """
    rules, resident = world.rules[0], world.residents[row]
    household = world.households[resident.household]
    days = world.clock[0].day - resident.born
    ratio = 1.0
    if days < GROWN_DAYS:
        locked = household.storage_rank < max(rules.family_locked_at_start, rules.family_safe_storage)
        within_reach = household.prescribed == 1 and not locked
        ratio = (rules.family_prescription_ratio if within_reach else 1.0) / rules.access_usual
        if resident.child >= 0:
            ratio *= initiation_ratio(world.children[resident.child], rules)
    if days >= ADULT_DAYS and household.kind != GROUP_QUARTERS:
        other = household.first
        while other >= 0:
            if other != row and not is_parent(world, other, row) and not is_parent(world, row, other):
                if not is_minor(world, other) and uses_now(world, other):
                    return ratio * rules.family_spouse_ratio
            other = world.residents[other].housemate
    return ratio


@compiled
def is_persuaded(world, row):
    """Say whether a relative of a person with a history was reached lately and persuades them."""
    household = world.households[world.residents[world.histories[row].resident].household]
    return world.clock[0].day - household.reached_day <= world.rules[0].family_persuades_days


@compiled
def is_coached(world, row):
    """Say whether the family of a person with a history is coached to help them into treatment."""
    household = world.households[world.residents[world.histories[row].resident].household]
    return household.coached_until > world.clock[0].day


@compiled
def has_services(world, row):
    """Say whether the family of a person with a history gets practical services."""
    household = world.households[world.residents[world.histories[row].resident].household]
    return household.services_until > world.clock[0].day
