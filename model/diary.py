"""Dates: what is due on which day, so that nobody is visited on a day when nothing happens to them.

A page a day and kind of date; a row stands on at most one page of a kind. Dates that lie beyond
the diary are dropped: it reaches further than any run.
"""

import math

import numpy as np

from ..agents.compiled import compiled
from ..agents.resident import FEMALE, HERE
from .randomness import draw
from .world import DIARY_DAYS, START_DAY

DEATH, BIRTH, LEAVE_HOME, MOVE_OUT, FIRST_USE, POLICE_CONTACT, RELEASE, COURT = np.arange(8)
KINDS_OF_DATE = 8
_FIRST_USE, _MORTALITY, _BIRTH, _MOVE, _CONTACT = 13, 12, 14, 15, 20  # streams, as plain integers for compiled code

YEAR = 365.25
NEVER = -(10**6)  # a day before any day
# Where the tables of first use, births and adulthood begin and end: definitions, not findings.
FIRST_USE_AGE, FERTILE_AGE, FERTILE_UNTIL, LEAVE_HOME_AGE = 12, 15, 45, 18


@compiled
def note(world, kind, row, day):
    """Write a row on the page of a day; a day that has begun becomes the next one."""
    page = max(day, world.clock[0].day + 1) - START_DAY
    if page < DIARY_DAYS:
        world.diary_next[kind, row] = world.diary_first[kind, page]
        world.diary_first[kind, page] = row


@compiled
def in_key_order(rows, keys):
    """Order rows by their keys, in place, so that what follows does not depend on where rows stand; return them.

    A shell sort: the lists are short, and compiling NumPy's sort would take longer than all sorting of a run.
    """
    gap = 1
    while gap < len(rows) // 9:
        gap = 3 * gap + 1
    while gap > 0:
        for i in range(gap, len(rows)):
            row, key = rows[i], keys[i]
            j = i
            while j >= gap and keys[j - gap] > key:
                rows[j], keys[j] = rows[j - gap], keys[j - gap]
                j -= gap
            rows[j], keys[j] = row, key
        gap //= 3
    return rows


@compiled
def people_in_key_order(world, rows):
    """Order history rows by the keys of the people, in place, and return them."""
    keys = np.empty(len(rows), np.int64)
    for i in range(len(rows)):
        keys[i] = world.histories[rows[i]].key
    return in_key_order(rows, keys)


@compiled
def due(world, kind):
    """Return the rows due today, shape (n,), in the order of their keys, and clear the page."""
    page = world.clock[0].day - START_DAY
    count = 0
    row = world.diary_first[kind, page]
    while row >= 0:
        count += 1
        row = world.diary_next[kind, row]
    rows = np.empty(count, np.int64)
    keys = np.empty(count, np.int64)
    row = world.diary_first[kind, page]
    for i in range(count):
        rows[i] = row
        keys[i] = world.households[row].key if kind == MOVE_OUT else world.residents[row].key
        row = world.diary_next[kind, row]
    world.diary_first[kind, page] = -1
    return in_key_order(rows, keys)


@compiled
def days_until(u, hazard):
    """Return the whole days until something with a constant hazard (per day), from one draw."""
    if hazard <= 0.0:
        return 10**6
    return int(min(1e6, -math.log(u) / hazard))  # cut before it becomes whole: it may be beyond any integer


@compiled
def whole_today(per_day, day):
    """Return a whole number for a day, such as of visits or calls, whose sum over days follows `per_day`."""
    return int(per_day * (day + 1001)) - int(per_day * (day + 1000))


@compiled
def death_day(born, sex, day, u, hazards):
    """Return the day of death of somebody alive on `day`, from one draw and the life table.

    hazards: per day, shape (2 sexes, 18 age bands); constant within a band, the last one open.
    """
    left = -math.log(u)
    band_days = 5 * YEAR
    while True:
        band = min(17, int((day - born) / band_days))
        hazard = hazards[sex, band]
        if band == 17:
            return 10**6 if hazard <= 0.0 else day + int(min(1e6, left / hazard))
        until = born + int((band + 1) * band_days) + 1
        if left < hazard * (until - day):
            return day + int(left / hazard)
        left -= hazard * (until - day)
        day = until


@compiled
def note_first_use(world, row, day):
    """Note the next candidate day of first use: the true hazard thins the candidates when they come up."""
    resident = world.residents[row]
    start = max(day, resident.born + int(FIRST_USE_AGE * YEAR))
    u = draw(world.clock[0].seed, _FIRST_USE, resident.key, start, 0)
    rules = world.rules[0]
    bound = (rules.first_misuse_per_day + rules.first_illicit_per_day * rules.oud_scale) * rules.first_use_bound
    note(world, FIRST_USE, row, start + 1 + days_until(u, bound))


@compiled
def note_police_contact(world, history_row, day):
    """Note the next candidate day on which police meet a person with a history.

    Candidates are drawn for more policing than there is; what a person does, and any policy, only thins them.
    """
    person = world.histories[history_row]
    u = draw(world.clock[0].seed, _CONTACT, person.key, day, 0)
    bound = world.rules[0].contact_bound * world.dealings[history_row].contact_factor
    note(world, POLICE_CONTACT, person.resident, day + 1 + days_until(u, bound))


@compiled
def note_birth(world, row, day):
    """Note the next candidate day on which a woman gives birth."""
    resident = world.residents[row]
    start = max(day, resident.born + int(FERTILE_AGE * YEAR))
    if resident.sex == FEMALE and start < resident.born + int(FERTILE_UNTIL * YEAR):
        u = draw(world.clock[0].seed, _BIRTH, resident.key, start, 0)
        note(world, BIRTH, row, start + 1 + days_until(u, world.rules[0].birth_bound))


@compiled
def lives_with_parent(world, row):
    """Say whether the mother or the father lives in the same household."""
    resident = world.residents[row]
    for parent in (resident.mother, resident.father):
        if parent >= 0 and world.residents[parent].fate == HERE:
            if world.residents[parent].household == resident.household:
                return True
    return False


@compiled
def note_leave_home(world, row, day):
    """Note the day on which a grown child moves out of the parental home."""
    resident = world.residents[row]
    start = max(day, resident.born + int(LEAVE_HOME_AGE * YEAR))
    u = draw(world.clock[0].seed, _MOVE, resident.key, 0, 0)
    leaves = start + 1 + days_until(u, world.rules[0].leave_home_per_day)
    if leaves < resident.born + int(world.rules[0].leave_home_until_years * YEAR):
        note(world, LEAVE_HOME, row, leaves)


@compiled
def note_move_out(world, household, day):
    """Note the day on which a household moves away."""
    u = draw(world.clock[0].seed, _MOVE, world.households[household].key, 0, 1)
    note(world, MOVE_OUT, household, day + 1 + days_until(u, world.rules[0].household_moves_out_per_day))


@compiled
def note_life(world, row, day):
    """Note every date of a resident who is here from `day`: death, births, leaving home, first use."""
    resident = world.residents[row]
    u = draw(world.clock[0].seed, _MORTALITY, resident.key, 0, 0)
    note(world, DEATH, row, death_day(resident.born, resident.sex, day, u, world.death_hazard))
    note_birth(world, row, day)
    if lives_with_parent(world, row):
        note_leave_home(world, row, day)
    if resident.history < 0:
        note_first_use(world, row, day)
