"""Demography: births, deaths of other causes, grown children leaving home, households moving out and in.

Everybody has dates, so a day costs only what happens on it. People with opioid use disorder carry an
excess mortality on top of their date, decided daily.
"""

import math

import numpy as np

from ...agents.compiled import compiled
from ...agents.household import GROUP_QUARTERS
from ...agents.resident import (
    DIED_OTHER as FATE_DIED_OTHER,
)
from ...agents.resident import (
    FEMALE,
    HERE,
    INJECTING,
    MALE,
    MISUSE,
    MOVED,
    OUD,
    REMISSION,
    happens,
    other_death_hazard,
)
from ...agents.table import NONE
from ..changes import (
    NEVER,
    NEVER_LEFT,
    add_tie,
    begin_history,
    depart,
    depart_and_settle,
    join_household,
    leave_household,
)
from ..diary import (
    BIRTH,
    DEATH,
    LEAVE_HOME,
    MOVE_OUT,
    YEAR,
    due,
    lives_with_parent,
    note_birth,
    note_life,
    note_move_out,
    people_in_key_order,
)
from ..events import BORN, DIED_OTHER, LEFT_HOME, MOVED_IN, MOVED_OUT, NOWHERE, Kind, happened
from ..home import begin_home
from ..network import ANYBODY, FRIEND, KIN, pick_tie
from ..process import process
from ..randomness import TO_UNIT, Stream, block, draw, pick
from ..standing import trust_at_start

_BIRTH, _MOVE, _KEYS, _HISTORY, _OTHER_DEATH = 14, 15, 18, 11, 3
ALONE, COUPLE, COUPLE_CHILDREN, ONE_PARENT = range(4)
TRIES = 100  # to find a household to resemble
LARGEST_ARRIVING = 16  # members of an arriving household
ARRIVED, NEWBORN = 1 << 61, 1 << 62
ARRIVALS_OF_A_DAY = ARRIVED | 1 << 40  # an address of its own, nobody's key


@compiled
def _newborn_key(mother_key, births):
    """Return the key of a child from the mother's key and the birth order."""
    w0, w1, _, _ = block(mother_key, _KEYS, births, 0, 0)
    return NEWBORN | (w0 << 29) | (w1 >> 3)


@compiled
def _new_resident(world, key, household, born, sex, race):
    """Add a resident to a household and return the row."""
    clock = world.clock[0]
    row = clock.residents
    clock.residents += 1
    resident = world.residents[row]
    resident.key = key
    resident.born = born
    resident.sex = sex
    resident.race = race
    resident.mother = NONE
    resident.father = NONE
    resident.history = NONE
    resident.child = NONE
    resident.left = NEVER_LEFT
    resident.kit_until = NEVER
    resident.trust = trust_at_start(world, key, race)
    resident.trust_day = clock.day
    resident.knows_law = draw(clock.seed, _HISTORY, key, 0, 2) < world.rules[0].gsl_awareness
    world.late_first[row] = 0
    join_household(world, row, household)
    return row


@compiled
def _new_household(world, key, neighbourhood, kind):
    """Add an empty household and return the row."""
    clock = world.clock[0]
    row = clock.households
    clock.households += 1
    household = world.households[row]
    household.key = key
    household.first = NONE
    household.kit_until = NEVER
    household.neighbourhood = neighbourhood
    household.kind = kind
    begin_home(world, row)
    return row


@compiled(kept=True)
def _die(world):
    """Let those whose date has come die of other causes."""
    for row in due(world, DEATH):
        if world.residents[row].fate == HERE:
            depart_and_settle(world, row, FATE_DIED_OTHER, DIED_OTHER, NONE)


@compiled
def _who_dies_of_use_disorder(world):
    """Return the history rows of those who die of these other causes today, shape (n,), in the order of keys."""
    clock = world.clock[0]
    rules = world.rules[0]
    most = rules.other_death_per_day * max(1.0, rules.other_death_after_overdose)
    most *= max(1.0, rules.other_death_on_medication)
    threshold = most / TO_UNIT
    rows = np.empty(clock.histories, np.int64)
    count = 0
    luck = world.luck
    for row in range(clock.histories):
        # Nearly everybody's draw lies above any hazard: their row need not be read.
        if luck[row, _OTHER_DEATH] < threshold:
            person = world.histories[row]
            if person.present and (person.use == OUD or person.use == INJECTING):
                resident = world.residents[person.resident]
                band = min(17, int((clock.day - resident.born) / (5 * YEAR)))
                expected = world.death_hazard[resident.sex, band]
                u = (luck[row, _OTHER_DEATH] + 0.5) * TO_UNIT
                if happens(u, other_death_hazard(person, clock.day, expected, rules)):
                    rows[count] = row
                    count += 1
    return people_in_key_order(world, rows[:count])


@compiled(kept=True)
def _die_of_use_disorder(world):
    """Let people with opioid use disorder die of other causes above what age and sex bring."""
    for history_row in _who_dies_of_use_disorder(world):
        row = world.histories[history_row].resident
        if world.residents[row].fate == HERE:  # a child left alone by another of these deaths may have moved away
            depart_and_settle(world, row, FATE_DIED_OTHER, DIED_OTHER, NONE)


@compiled
def _partner(world, woman):
    """Return the man a woman lives with as a couple, -1: nobody.

    The father of her children at home; else, in the home of a couple, the man next to her in age who is no kin.
    """
    clock, her = world.clock[0], world.residents[woman]
    kind = world.households[her.household].kind
    found, least = NONE, 1e9
    other = world.households[her.household].first
    while other >= 0:
        him = world.residents[other]
        if him.mother == woman:
            if him.father >= 0 and world.residents[him.father].fate == HERE:
                if world.residents[him.father].household == her.household:
                    return 0 + him.father
        elif (kind == COUPLE or kind == COUPLE_CHILDREN) and him.sex == MALE and clock.day - him.born >= 18 * YEAR:
            is_kin = her.father == other or (him.mother >= 0 and him.mother == her.mother)
            if not is_kin and abs(float(him.born - her.born)) < least:
                found, least = 0 + other, abs(float(him.born - her.born))
        other = him.housemate
    return found


@compiled(kept=True)
def _bear(world):
    """Let children be born to the women whose candidate day holds."""
    clock = world.clock[0]
    rules = world.rules[0]
    for row in due(world, BIRTH):
        mother = world.residents[row]
        if mother.fate != HERE:
            continue
        band = min(17, int((clock.day - mother.born) / (5 * YEAR)))
        hazard = world.birth_hazard[band]
        hazard /= 1.0 - hazard * rules.between_births_days
        if draw(clock.seed, _BIRTH, mother.key, clock.day, 1) * rules.birth_bound >= hazard:
            note_birth(world, row, clock.day)
            continue
        mother.births += 1
        key = _newborn_key(mother.key, mother.births)
        sex = MALE if draw(clock.seed, _BIRTH, key, 0, 2) < rules.male_at_birth else FEMALE
        child = _new_resident(world, key, mother.household, clock.day, sex, mother.race)
        world.residents[child].mother = row
        world.residents[child].father = _partner(world, row)
        happened(world, BORN, child, row, 0.0, NONE, NOWHERE)
        note_life(world, child, clock.day)
        note_birth(world, row, clock.day + int(rules.between_births_days))


@compiled(kept=True)
def _leave_home(world):
    """Let grown children move into a home of their own; they stay kin of those they leave."""
    clock = world.clock[0]
    for row in due(world, LEAVE_HOME):
        resident = world.residents[row]
        if resident.fate != HERE or not lives_with_parent(world, row):
            continue
        before = resident.household
        place = world.households[before].neighbourhood
        if draw(clock.seed, _MOVE, resident.key, clock.day, 2) >= world.rules[0].stays_near_share:
            place = int(draw(clock.seed, _MOVE, resident.key, clock.day, 3) * len(world.response_factor))
        kind = ALONE
        home = _new_household(world, resident.key | (1 << 60), place, kind)
        happened(world, LEFT_HOME, row, home, float(before), NONE, NOWHERE)
        leave_household(world, row)
        join_household(world, row, home)
        for parent in (resident.mother, resident.father):
            if parent >= 0 and world.residents[parent].fate == HERE:
                add_tie(world, row, parent, KIN)
        # Their own children come along.
        other = world.households[before].first
        while other >= 0:
            following = world.residents[other].housemate
            if world.residents[other].mother == row or world.residents[other].father == row:
                happened(world, LEFT_HOME, other, home, float(before), NONE, NOWHERE)
                leave_household(world, other)
                join_household(world, other, home)
                world.households[home].kind = ONE_PARENT
            other = following
        note_move_out(world, home, clock.day)


@compiled(kept=True)
def _move_out(world):
    """Let households whose date has come leave the county."""
    for row in due(world, MOVE_OUT):
        while world.households[row].first >= 0:
            depart(world, world.households[row].first, MOVED, MOVED_OUT, NONE)


@compiled
def _starting_use(world, row):
    """Give somebody who moved in the history that somebody of that age and sex has here at the start."""
    clock = world.clock[0]
    resident = world.residents[row]
    age = min(110, int((clock.day - resident.born) / YEAR))
    u = draw(clock.seed, _HISTORY, resident.key, 0, 3)
    misuse = world.start_shares[resident.sex, age, 0]
    disorder = misuse + world.start_shares[resident.sex, age, 1]
    remission = disorder + world.start_shares[resident.sex, age, 2]
    if u < misuse:
        begin_history(world, row, MISUSE, 1.0, NONE)
    elif u < disorder:
        injects = draw(clock.seed, _HISTORY, resident.key, 0, 4) < world.rules[0].injecting_share
        begin_history(world, row, INJECTING if injects else OUD, 1.0, NONE)
    elif u < remission:
        begin_history(world, row, REMISSION, 0.0, NONE)


@compiled
def _arrive(world, number):
    """Let one household move in that resembles one that lives here, and come to know some of its friends."""
    clock = world.clock[0]
    template = NONE
    for attempt in range(TRIES):
        candidate = pick(draw(clock.seed, _MOVE, ARRIVED | number, clock.day, 10 + attempt), clock.households)
        if candidate >= 0:
            household = world.households[candidate]
            if household.first >= 0 and household.kind != GROUP_QUARTERS:
                template = candidate
                break
    if template < 0:
        return
    originals = np.empty(LARGEST_ARRIVING, np.int64)
    count = 0
    row = world.households[template].first
    while row >= 0 and count < LARGEST_ARRIVING:
        originals[count] = row
        count += 1
        row = world.residents[row].housemate
    key = ARRIVED | ((clock.day + 1000) << 24) | (number << 8)
    home = _new_household(world, key, world.households[template].neighbourhood, world.households[template].kind)
    first = clock.residents
    for i in range(count):
        original = world.residents[originals[i]]
        row = _new_resident(world, key + 1 + i, home, original.born, original.sex, original.race)
        happened(world, MOVED_IN, row, home, 0.0, NONE, NOWHERE)
    for i in range(count):
        row = first + i
        for j in range(count):
            if world.residents[originals[i]].mother == originals[j]:
                world.residents[row].mother = first + j
            if world.residents[originals[i]].father == originals[j]:
                world.residents[row].father = first + j
        _starting_use(world, row)
        for attempt in range(int(world.rules[0].friends_on_arrival)):
            u = draw(clock.seed, _MOVE, world.residents[row].key, clock.day, 4 + attempt)
            friend = pick_tie(world, originals[i], FRIEND, u, ANYBODY)
            if friend >= 0 and not _tied(world, row, friend):
                add_tie(world, row, friend, FRIEND)
        note_life(world, row, clock.day)
    note_move_out(world, home, clock.day)


@compiled
def _tied(world, row, other):
    """Say whether a tie made during the run joins two residents already."""
    tie = world.late_first[row]
    while tie > 0:
        if world.late_ties[tie - 1].to == other:
            return True
        tie = world.late_ties[tie - 1].next
    return False


@compiled(kept=True)
def _move_in(world):
    """Let as many households move in as a Poisson draw says; on average the place keeps its number."""
    clock = world.clock[0]
    clock.arrivals = 0
    mean = world.rules[0].arrivals_per_day
    parts = 1 + int(mean / 500.0)  # a Poisson number is the sum of smaller ones, whose chances do not vanish
    number = 0
    for part in range(parts):
        u = draw(clock.seed, _MOVE, ARRIVALS_OF_A_DAY, clock.day, part)
        probability = math.exp(-mean / parts)
        reached = probability
        count = 0
        while u > reached and count < 2_000:
            count += 1
            probability *= mean / parts / count
            reached += probability
        number += count
    for arrival in range(number):
        _arrive(world, arrival)
    clock.arrivals = number


@process(
    writes=(
        "residents.household, housemate, left, births, fate",
        "households.first",
        "histories.care_since, provider, care, wants, held, managed, present",
        "dealings.release_day, worker, officer, care_officer, treated_day, stage, pathway, care_pathway, charged",
        "dealings.mandated",
        "workers.caseload",
        "providers.occupied, handed_over",
        "ties, queue, cases, diary",
        "clock.arrivals",
    ),
    adds=("residents", "households", "histories"),
    draws=(
        Stream.MORTALITY,
        Stream.BIRTH,
        Stream.MOVE,
        Stream.KEYS,
        Stream.HISTORY,
        Stream.FIRST_USE,
        Stream.OTHER_DEATH,
        Stream.POLICE_CONTACT,
        Stream.TRUST,
        Stream.HOME,
    ),
    emits=(
        Kind.BORN,
        Kind.DIED_OTHER,
        Kind.LEFT_HOME,
        Kind.MOVED_OUT,
        Kind.MOVED_IN,
        Kind.USE_CHANGED,
        Kind.LEFT_CARE,
        Kind.LEFT_LIST,
        Kind.RELEASED,
        Kind.CASE_CLOSED,
    ),
)
def live(world) -> None:
    """Let people be born, die of other causes, leave home, leave town and arrive."""
    _die(world.view)
    _die_of_use_disorder(world.view)
    _bear(world.view)
    _leave_home(world.view)
    _move_out(world.view)
    _move_in(world.view)
