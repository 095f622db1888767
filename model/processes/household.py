"""Households with children: what an overdose, an arrest or a death does at home, who is reached, and how children fare.

Events of today come first: children who saw, families looked up, schools told, child protection called. Then every
child followed is looked at once a month: years with a parent's untreated use, distress, removal, the way back home,
and first use beyond what other young people's dates already bring.
"""

import numpy as np

from ...agents.child import FOSTER, HOME, KIN_CARE, feel_a_month
from ...agents.compiled import compiled
from ...agents.dealings import AT_A_SCENE
from ...agents.household import GROUP_QUARTERS
from ...agents.resident import HERE, NO_USE, happens
from ...agents.table import NONE
from ..diary import YEAR, days_until, in_key_order
from ..events import (
    ARRESTED,
    AT_HOME,
    BORN,
    CHILD_WITNESSED,
    COACHED,
    DIED_OVERDOSE,
    FAMILY_REACHED,
    JAILED,
    KIT_RECEIVED,
    LEFT_HOME,
    MOVED_IN,
    NOTICE_TO_SCHOOL,
    NOWHERE,
    OVERDOSE,
    PARENT_ARRESTED,
    PARENT_JAILED,
    PROTECTION_OPENED,
    REMOVED,
    REPORTED,
    RESPONDED,
    REUNIFIED,
    SERVICES_BEGAN,
    THERAPY,
    USE_CHANGED,
    Kind,
    happened,
)
from ..home import (
    GROWN_DAYS,
    add_adversity,
    begin_child,
    cohesion_of,
    ever_had_disorder,
    family_ratio,
    has_liable_parent,
    has_parent,
    has_untreated_parent,
    inherit,
    is_minor,
    is_parent,
    live_before,
    lives_at_home,
    treated_parent_days,
)
from ..network import ANYBODY, KIN, pick_housemate, pick_tie, share_in_use
from ..process import process
from ..randomness import Stream, draw
from ..rules import CHILD_DAYS
from .drug_use import begin_use

_FAMILY, _CHILD = 39, 40
# Draws about a family on one day, by number.
(_REACHED, _WHO, _KIN, _COACHED, _SERVICES, _KIT, _KIT_LIFE) = range(7)
# Draws about a child on one day, by number; 0 is liability. After an event they go by the child and the person.
(_SAW, _REPORTED, _OPENED, _NOTICE, _CHECK, _THERAPY, _OTHERS, _REMOVED, _WHERE, _BACK, _BEGINS, _ILLICIT,
 _OTHERS_OPEN) = range(1, 14)  # fmt: skip
NUMBERS = 16  # more than there are: each event of a person's day has draws of its own
BY_POLICE, BY_OTHERS = 1.0, 0.0
BACK_HOME, OF_AGE = 1.0, 0.0
SCHOOL_AGE, SCHOOL_UNTIL = 5, 18
TREATED_DAYS = 90  # of a parent, after which children come home sooner
FIRST_RISK_DAYS = int(12 * YEAR)


# --- what happened today ---------------------------------------------------------------------------


@compiled(kept=True)
def _today(world):
    """Go through the events of today that touch a home."""
    clock = world.clock[0]
    until = 0 + clock.events  # what is added here is not gone through
    for i in range(clock.today, until):
        event = world.events[i]
        kind, who = event.kind, event.who
        if kind == OVERDOSE and event.setting == AT_HOME:
            _children_see(world, i)
        elif kind == RESPONDED:
            _reach_the_family(world, i)
            if event.setting == AT_HOME:
                _look_after_children(world, i, world.rules[0].report_at_overdose)
        elif kind == ARRESTED:
            _weigh_on_own_children(world, i, PARENT_ARRESTED)
            _reach_the_family(world, i)
            _look_after_children(world, i, world.rules[0].family_report_at_arrest)
        elif kind == JAILED:
            _weigh_on_own_children(world, i, PARENT_JAILED)
        elif kind == USE_CHANGED and ever_had_disorder(world, who):
            _follow_own_children(world, who)
        elif kind == BORN and world.residents[who].fate == HERE and has_liable_parent(world, who):
            begin_child(world, who)
        elif kind == MOVED_IN and world.residents[who].fate == HERE:
            _follow_who_arrives(world, 0 + who)


@compiled
def _numbers_of(world, cause):
    """Return the number from which the draws of an event count: two events of a person's day share none.

    A person overdoses at most once a day and is met by police on patrol at most once; only at scenes of overdoses can
    one be arrested several times.
    """
    event, earlier = world.events[cause], 0
    if event.kind == RESPONDED:
        return 0
    if event.amount != AT_A_SCENE:
        return NUMBERS
    for i in range(world.clock[0].today, cause):
        other = world.events[i]
        earlier += other.who == event.who and other.kind == ARRESTED and other.amount == AT_A_SCENE
    return NUMBERS * (2 + earlier)


@compiled
def _both(child, person):
    """Return the key under which what a person's event means to a child is drawn."""
    return child.key ^ (person.key << 32)


@compiled
def _follow_who_arrives(world, row):
    """Begin to follow a young person who moved in, whose childhood began elsewhere."""
    if world.clock[0].day - world.residents[row].born < GROWN_DAYS and has_liable_parent(world, row):
        begin_child(world, row)
        if has_untreated_parent(world, row):
            live_before(world, row)


@compiled
def _had_today(world, kind, row):
    """Say whether somebody had an event of this kind today: two calls to one home are one report, one notice."""
    clock = world.clock[0]
    for i in range(clock.today, clock.events):
        if world.events[i].kind == kind and world.events[i].who == row:
            return True
    return False


@compiled
def _children_with(world, person):
    """Return the other children of a person's home today, shape (n,): also those whom a death sent elsewhere since."""
    clock = world.clock[0]
    home = 0 + world.residents[person].household
    count = 0
    row = world.households[home].first
    while row >= 0:
        count += 1
        row = world.residents[row].housemate
    rows = np.empty(count + clock.events - clock.today, np.int64)
    count = 0
    if world.households[home].kind == GROUP_QUARTERS:
        return rows[:0]
    row = world.households[home].first
    while row >= 0:
        if row != person and is_minor(world, row) and lives_at_home(world, row):
            rows[count] = row
            count += 1
        row = world.residents[row].housemate
    for i in range(clock.today, clock.events):
        event = world.events[i]
        if event.kind == LEFT_HOME and event.amount == home and event.cause >= 0:
            if world.events[event.cause].kind == DIED_OVERDOSE and world.residents[event.who].fate == HERE:
                if is_minor(world, event.who) and lives_at_home(world, event.who):
                    rows[count] = event.who
                    count += 1
    return rows[:count]


@compiled
def _children_see(world, overdose):
    """Let children who are there see an overdose at home."""
    clock, rules = world.clock[0], world.rules[0]
    person = 0 + world.events[overdose].who
    for row in _children_with(world, person):
        key = _both(world.residents[row], world.residents[person])
        if draw(clock.seed, _CHILD, key, clock.day, _SAW) < rules.family_witness_given_home:
            saw = happened(world, CHILD_WITNESSED, row, person, 0.0, overdose, AT_HOME)
            add_adversity(world, row, saw)


@compiled
def _weigh_on_own_children(world, cause, kind):
    """Let a parent's arrest or jail weigh on the children at home."""
    person = 0 + world.events[cause].who
    row = world.households[world.residents[person].household].first
    while row >= 0:
        if is_minor(world, row) and is_parent(world, person, row) and lives_at_home(world, row):
            add_adversity(world, row, happened(world, kind, row, person, 0.0, cause, NOWHERE))
        row = world.residents[row].housemate


@compiled
def _follow_own_children(world, person):
    """Begin to follow the children at home of somebody with opioid use disorder."""
    resident = world.residents[person]
    row = world.households[resident.household].first if resident.fate == HERE else NONE
    while row >= 0:
        if is_parent(world, person, row) and world.clock[0].day - world.residents[row].born < GROWN_DAYS:
            begin_child(world, row)
            inherit(world, row)
        row = world.residents[row].housemate


@compiled
def _relative(world, person, first):
    """Return an adult of the home, else kin elsewhere, who can be looked up; -1: nobody."""
    clock = world.clock[0]
    key = world.residents[person].key
    adult = clock.day - 18 * YEAR
    found = pick_housemate(world, person, draw(clock.seed, _FAMILY, key, clock.day, first + _WHO), adult)
    if found < 0:
        found = pick_tie(world, person, KIN, draw(clock.seed, _FAMILY, key, clock.day, first + _KIN), ANYBODY)
    return found if found >= 0 and not is_minor(world, found) else NONE


@compiled
def _reach_the_family(world, cause):
    """Look up a relative after an overdose call or an arrest: a kit, coaching, services, as the place offers them."""
    clock, rules = world.clock[0], world.rules[0]
    person = 0 + world.events[cause].who
    seed, day, key, first = clock.seed, clock.day, world.residents[person].key, _numbers_of(world, cause)
    household = world.households[world.residents[person].household]
    if household.reached_day == day or draw(seed, _FAMILY, key, day, first + _REACHED) >= rules.family_reach:
        return
    relative = _relative(world, person, first)
    if relative < 0:
        return
    reached = happened(world, FAMILY_REACHED, relative, person, 0.0, cause, NOWHERE)
    household.reached_day = day
    if draw(seed, _FAMILY, key, day, first + _KIT) < rules.family_household_naloxone:
        life = days_until(
            draw(seed, _FAMILY, key, day, first + _KIT_LIFE), 1.0 / (rules.kit_lifetime_months * YEAR / 12)
        )
        holder = world.residents[relative]
        holder.kit_until = max(holder.kit_until, day + 1 + life)
        happened(world, KIT_RECEIVED, relative, NONE, float(holder.kit_until), reached, NOWHERE)
    if draw(seed, _FAMILY, key, day, first + _COACHED) < rules.family_coaching:
        household.coached_until = day + 1 + int(rules.family_coaching_days)
        happened(world, COACHED, relative, person, rules.family_coaching_days, reached, NOWHERE)
    if draw(seed, _FAMILY, key, day, first + _SERVICES) < rules.family_services:
        household.services_until = day + 1 + int(rules.family_services_days)
        happened(world, SERVICES_BEGAN, relative, person, rules.family_services_days, reached, NOWHERE)


@compiled
def _look_after_children(world, cause, report):
    """See to the children of a home after police or medics came: a report, a word to the school, support."""
    clock, rules = world.clock[0], world.rules[0]
    event = world.events[cause]
    person, officer = 0 + event.who, 0 + event.other
    seed, day, first = clock.seed, clock.day, _numbers_of(world, cause)
    for row in _children_with(world, person):
        key = _both(world.residents[row], world.residents[person])
        if draw(seed, _CHILD, key, day, first + _REPORTED) < report and not _had_today(world, REPORTED, row):
            u = draw(seed, _CHILD, key, day, first + _OPENED)
            _report(world, row, officer, BY_POLICE if officer >= 0 else BY_OTHERS, cause, u)
        age = (day - world.residents[row].born) / YEAR
        told = NONE
        if SCHOOL_AGE <= age < SCHOOL_UNTIL and officer >= 0 and not _had_today(world, NOTICE_TO_SCHOOL, row):
            if draw(seed, _CHILD, key, day, first + _NOTICE) < rules.family_handle_with_care:
                told = happened(world, NOTICE_TO_SCHOOL, row, officer, 0.0, cause, NOWHERE)
        if told < 0 and draw(seed, _CHILD, key, day, first + _CHECK) < rules.family_endangered_children_check:
            told = cause
        if told >= 0 and not _had_today(world, THERAPY, row):
            _support(world, row, told, draw(seed, _CHILD, key, day, first + _THERAPY))


@compiled
def _support(world, row, cause, u):
    """Offer a child therapy."""
    rules = world.rules[0]
    if u < rules.family_therapy_given_notice:
        child = world.children[begin_child(world, row)]
        child.support = max(child.support, -rules.family_therapy_sd)
        happened(world, THERAPY, row, NONE, 0.0, cause, NOWHERE)


@compiled
def _report(world, row, officer, by, cause, u):
    """Report a child to child protection, which may open a case."""
    clock, rules = world.clock[0], world.rules[0]
    child = world.children[begin_child(world, row)]
    reported = happened(world, REPORTED, row, officer, by, cause, NOWHERE)
    if u < rules.family_report_opens and child.custody == HOME and child.case_until <= clock.day:
        child.case_until = clock.day + int(rules.family_case_days)
        child.case_event = happened(world, PROTECTION_OPENED, row, NONE, rules.family_case_days, reported, NOWHERE)


# --- once a month ----------------------------------------------------------------------------------


@compiled(kept=True)
def _look_in(world):
    """Look at the children whose day of the month it is."""
    clock = world.clock[0]
    beginners, keys = np.empty(clock.children, np.int64), np.empty(clock.children, np.int64)
    count = 0
    for number in range(clock.children):
        child = world.children[number]
        if child.present == 0 or (clock.day + child.key) % CHILD_DAYS != 0:
            continue
        row = 0 + child.resident
        resident = world.residents[row]
        if resident.fate != HERE:
            child.present = 0
            continue
        days = clock.day - resident.born
        if days >= GROWN_DAYS:
            child.present = 0
            continue
        _live_a_month(world, number)
        if days >= FIRST_RISK_DAYS and _begins(world, number):
            beginners[count], keys[count] = number, child.key
            count += 1
    for number in in_key_order(beginners[:count], keys[:count]):
        child = world.children[number]
        row = 0 + child.resident
        begin_use(world, row, draw(clock.seed, _CHILD, child.key, clock.day, _ILLICIT), child.last_event)
        if ever_had_disorder(world, row):
            _follow_own_children(world, row)


@compiled
def _live_a_month(world, number):
    """Let a month pass for a child: at home with a parent who uses, or away, or neither."""
    clock, rules = world.clock[0], world.rules[0]
    child = world.children[number]
    row = 0 + child.resident
    if not is_minor(world, row):
        child.exposed = 0
        if child.custody != HOME:
            _come_home(world, number, OF_AGE)
    else:
        child.exposed = has_untreated_parent(world, row)
        if child.exposed:
            child.adversity += rules.family_adversity_with_use * CHILD_DAYS / YEAR
            u = draw(clock.seed, _CHILD, child.key, clock.day, _OTHERS)
            if happens(u, rules.family_report_by_others_per_day * CHILD_DAYS):
                opens = draw(clock.seed, _CHILD, child.key, clock.day, _OTHERS_OPEN)
                _report(world, row, NONE, BY_OTHERS, child.last_event, opens)
        if child.custody == HOME:
            _may_be_removed(world, number)
        else:
            _may_come_home(world, number)
    feel_a_month(child, cohesion_of(world, world.residents[row].household), rules)


@compiled
def _may_be_removed(world, number):
    """Let child protection remove a child while a case is open and a parent at home uses."""
    clock, rules = world.clock[0], world.rules[0]
    child = world.children[number]
    if child.case_until <= clock.day or child.exposed == 0:
        return
    if happens(draw(clock.seed, _CHILD, child.key, clock.day, _REMOVED), rules.removal_per_day * CHILD_DAYS):
        kin = draw(clock.seed, _CHILD, child.key, clock.day, _WHERE) < rules.family_kin_share
        child.custody = KIN_CARE if kin else FOSTER
        child.removed = clock.day
        child.exposed = 0
        removed = happened(world, REMOVED, child.resident, NONE, float(child.custody), child.case_event, NOWHERE)
        add_adversity(world, child.resident, removed)


@compiled
def _may_come_home(world, number):
    """Let a child come home, sooner when a parent is well into treatment."""
    clock, rules = world.clock[0], world.rules[0]
    child = world.children[number]
    if not has_parent(world, child.resident):
        return
    hazard = rules.reunified_per_day * CHILD_DAYS
    if treated_parent_days(world, child.resident) >= TREATED_DAYS:
        hazard *= rules.family_treated_reunify_ratio
    if happens(draw(clock.seed, _CHILD, child.key, clock.day, _BACK), hazard):
        _come_home(world, number, BACK_HOME)


@compiled
def _come_home(world, number, why):
    """End a placement away from home."""
    child = world.children[number]
    away = 0 + child.custody
    child.custody = HOME
    child.case_until = world.clock[0].day
    happened(world, REUNIFIED, child.resident, away, why, NONE, NOWHERE)


@compiled
def _begins(world, number):
    """Does a young person begin to use, by the part of their hazard above the bound of the dates everybody has?"""
    clock, rules = world.clock[0], world.rules[0]
    child = world.children[number]
    row = 0 + child.resident
    resident = world.residents[row]
    if resident.history >= 0:
        person = world.histories[resident.history]
        if person.use != NO_USE or person.held == 1:
            return False
    above = family_ratio(world, row) - rules.family_bound
    if above <= 0.0:
        return False
    age = int((clock.day - resident.born) / YEAR)
    factor = world.first_use_shape[resident.sex, age] * (1.0 + rules.tie_effect * share_in_use(world, row))
    hazard = (rules.first_illicit_per_day * rules.oud_scale + rules.first_misuse_per_day) * factor * above
    return happens(draw(clock.seed, _CHILD, child.key, clock.day, _BEGINS), hazard * CHILD_DAYS)


@process(
    writes=(
        "residents.history, child, kit_until",
        "households.reached_day, coached_until, services_until",
        "children.liability, adversity, distress, support, last_event, case_event, case_until, removed, custody",
        "children.exposed, present",
        "histories.tolerance, since, use",
        "diary, luck, ties",
    ),
    adds=("children", "histories"),
    draws=(Stream.FAMILY, Stream.CHILD, Stream.HISTORY, Stream.POLICE_CONTACT, Stream.TIES),
    emits=(
        Kind.CHILD_WITNESSED,
        Kind.PARENT_ARRESTED,
        Kind.PARENT_JAILED,
        Kind.FAMILY_REACHED,
        Kind.KIT_RECEIVED,
        Kind.COACHED,
        Kind.SERVICES_BEGAN,
        Kind.REPORTED,
        Kind.PROTECTION_OPENED,
        Kind.NOTICE_TO_SCHOOL,
        Kind.THERAPY,
        Kind.REMOVED,
        Kind.REUNIFIED,
        Kind.USE_CHANGED,
    ),
)
def care(world) -> None:
    """Let homes live through the day: children who saw, families reached, schools told; a month for some children."""
    _today(world.view)
    _look_in(world.view)
