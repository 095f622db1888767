"""Officers: the calls of today weigh on them; they wear out, fall sick, are injured, get help, leave and are replaced.

Overdose calls fall on the officer who answered, other critical incidents on anybody. Who is away or gone leaves
their work to the others: exhaustion grows with it, up to a cap of overtime, and the response takes longer, the more so
above that cap.
"""

import math

import numpy as np

from ...agents.compiled import compiled
from ...agents.officer import (
    fade,
    feel,
    help_hazard,
    injury_probability,
    is_symptomatic,
    resignation_hazard,
    serves,
    sick_probability,
    strain_a_day,
)
from ...agents.resident import DIED_OVERDOSE, happens, happens_within
from ...agents.table import NONE
from ..diary import NEVER
from ..events import (
    AT_HOME,
    COURSE,
    CRITICAL_INCIDENT,
    INJURED,
    NOWHERE,
    OFFICER_HIRED,
    OFFICER_LEFT,
    POLICE_CONTACT,
    RECOVERED,
    RECOVERS,
    RESPONDED,
    SICK,
    SOUGHT_HELP,
    Kind,
    happened,
)
from ..force import recruits
from ..home import child_at_home
from ..process import process
from ..randomness import TO_UNIT, Stream, block, draw
from ..world import START_DAY

_INCIDENT, _CALL, _POST = 32, 36, 37
_INJURY, _INJURY_LATER = range(2)  # draws of a call and of an incident, by number
RESIGNED, RETIRED = 0.0, 1.0
MONTH_DAYS = 365.25 / 12


@compiled(kept=True)
def _answer_calls(world):
    """Let the calls and contacts of today weigh on the officers who were there."""
    clock, rules = world.clock[0], world.rules[0]
    for row in range(len(world.officers)):
        if serves(world.officers[row], clock.day):
            fade(world.officers[row], rules)
    for i in range(clock.today, clock.events):
        event = world.events[i]
        if event.other < 0:
            continue
        if event.kind == RESPONDED:
            _answer(world, i)
        elif event.kind == POLICE_CONTACT and event.amount < 0.0:
            world.officers[event.other].depersonalisation += rules.strain_bad_treatment_toll


@compiled
def _answer(world, call):
    """Let one overdose call weigh on the officer who answered it."""
    rules = world.rules[0]
    event = world.events[call]
    row, resident = 0 + event.other, world.residents[event.who]
    officer = world.officers[row]
    fatal = resident.fate == DIED_OVERDOSE
    severity = rules.strain_severity_fatal if fatal else rules.strain_severity_reversal
    if event.setting == AT_HOME and child_at_home(world, resident.household) >= 0:
        severity += rules.strain_severity_child
    feel(officer, severity, rules)
    officer.calls += 1.0
    officer.depersonalisation += rules.strain_toll_of_call
    if not fatal:
        officer.depersonalisation -= rules.strain_save_relief
    u = draw(world.clock[0].seed, _CALL, resident.key, world.clock[0].day, _INJURY)
    _may_injure(world, row, severity, u, call)
    if fatal:
        _recover(world, row, call)


@compiled
def _may_injure(world, row, severity, u, cause):
    """Let a call leave a lasting injury."""
    officer = world.officers[row]
    if not officer.injured and u < injury_probability(officer, severity, world.rules[0]):
        officer.injured = 1
        happened(world, INJURED, NONE, row, severity, cause, NOWHERE)


@compiled
def _recover(world, row, cause):
    """Give an officer protected time off after a traumatic call, where that is done."""
    rules, day = world.rules[0], world.clock[0].day
    officer = world.officers[row]
    days = int(rules.strain_recovery_days)
    if rules.strain_recovery_time > 0.0 and days > 0 and officer.away_until <= day + 1:
        officer.away_until = day + 1 + days
        happened(world, RECOVERS, NONE, row, float(days), cause, NOWHERE)


@compiled(kept=True)
def _bear(world):
    """Let a day pass for every officer."""
    clock, rules = world.clock[0], world.rules[0]
    day = clock.day
    for row in range(len(world.officers)):
        officer = world.officers[row]
        if not serves(officer, day):
            continue
        officer.belief *= rules.belief_keep
        incident, sick, leaves, help_ = block(clock.seed, _INCIDENT, officer.key, day, 0)
        if officer.away_until <= day:
            if happens((incident + 0.5) * TO_UNIT, rules.strain_critical_incidents_per_day * rules.strain_demand):
                _live_through_incident(world, row)
            if (sick + 0.5) * TO_UNIT < sick_probability(officer, rules) and officer.away_until <= day:
                days = int(rules.strain_sick_spell_days)
                officer.away_until = day + 1 + days
                happened(world, SICK, NONE, row, float(days), NONE, NOWHERE)
        strain_a_day(officer, day, rules.load_today, rules)
        if officer.away_until <= day:
            _take_courses(world, row)
        _mend(world, row, (help_ + 0.5) * TO_UNIT)
        _may_leave(world, row, (leaves + 0.5) * TO_UNIT)


@compiled
def _live_through_incident(world, row):
    """Let a critical incident other than an overdose happen to an officer."""
    clock, rules = world.clock[0], world.rules[0]
    officer = world.officers[row]
    severity = rules.strain_severity_incident
    incident = happened(world, CRITICAL_INCIDENT, NONE, row, severity, NONE, NOWHERE)
    feel(officer, severity, rules)
    u = draw(clock.seed, _INCIDENT, officer.key, clock.day, _INJURY_LATER)
    _may_injure(world, row, severity, u, incident)
    _recover(world, row, incident)


@compiled
def _take_courses(world, row):
    """Let an officer take the skills course when it is due: exhaustion falls, and comes back with the months."""
    rules, day = world.rules[0], world.clock[0].day
    officer = world.officers[row]
    if officer.support_rank >= rules.strain_skills_course or day < rules.skills_since:
        return
    again = rules.strain_skills_refresher_months * MONTH_DAYS
    first = officer.course_day < rules.skills_since
    if first or (again > 0.0 and day - officer.course_day >= again):
        officer.course_day = day
        officer.exhaustion += rules.strain_skills_sd
        happened(world, COURSE, NONE, row, 0.0, NONE, NOWHERE)


@compiled
def _mend(world, row, u):
    """Let an injured officer recover, or a symptomatic one seek help, by one draw shared by the two."""
    rules, day = world.rules[0], world.clock[0].day
    officer = world.officers[row]
    in_care = officer.care_until > day
    recovery = rules.strain_injury_remission_per_day * (rules.strain_care_remission_ratio if in_care else 1.0)
    if not officer.injured:
        recovery = 0.0
    if happens(u, recovery):
        officer.injured = 0
        happened(world, RECOVERED, NONE, row, 0.0, NONE, NOWHERE)
    elif not in_care and is_symptomatic(officer, rules) and happens(u, recovery + help_hazard(officer, rules)):
        officer.care_until = day + 1 + int(rules.strain_care_days)
        happened(world, SOUGHT_HELP, NONE, row, rules.strain_care_days, NONE, NOWHERE)


@compiled
def _may_leave(world, row, u):
    """Let an officer resign or retire; the post is filled months later."""
    clock, rules = world.clock[0], world.rules[0]
    officer = world.officers[row]
    resign = resignation_hazard(officer, rules)
    total = resign + rules.strain_retire_per_day
    if not happens(u, total):
        return
    why = RESIGNED if u < happens_within(total) * resign / total else RETIRED
    officer.left = clock.day
    world.posts[officer.post].hire_day = NEVER
    happened(world, OFFICER_LEFT, NONE, row, why, NONE, NOWHERE)


@compiled(kept=True)
def _posts_due(world):
    """Return the open posts to be filled today, shape (n,); a post newly vacant is given its day."""
    clock, rules = world.clock[0], world.rules[0]
    due = np.empty(len(world.posts), np.int64)
    count = 0
    for i in range(len(world.posts)):
        post = world.posts[i]
        held = post.officer >= 0 and serves(world.officers[post.officer], clock.day)
        if held or post.rank >= rules.strain_staffing:
            post.hire_day = NEVER  # should the post fall vacant, or open again, it is filled months later
            continue
        if post.hire_day == NEVER:
            u = draw(clock.seed, _POST, i, clock.day, 0)
            least, most = rules.strain_vacancy_months_least, rules.strain_vacancy_months_most
            post.hire_day = clock.day + 1 + int((least + u * (most - least)) * MONTH_DAYS)
        elif post.hire_day <= clock.day:
            due[count] = i
            count += 1
    return due[:count]


def _hire(world) -> None:
    """Fill the posts due today with recruits, each a new row."""
    due = _posts_due(world.view)
    if len(due) == 0:
        return
    state = world.state
    first = len(state.officers)
    joined = np.concatenate([state.officers, recruits(world, due)]).view(type(state.officers))
    state.posts.officer[due] = first + np.arange(len(due))
    world.state = state._replace(officers=joined)
    for row in range(first, len(joined)):
        happened(world.view, OFFICER_HIRED, NONE, row, 0.0, NONE, NOWHERE)


@compiled(kept=True)
def share_the_work(world):
    """Work out what falls on each officer present today, over the usual, and what it does to response times."""
    clock, rules = world.clock[0], world.rules[0]
    present = 0
    for row in range(len(world.officers)):
        officer = world.officers[row]
        present += serves(officer, clock.day) and officer.away_until <= clock.day
    load = rules.strain_demand * rules.present_mean / max(1, present)
    rules.load_today = min(load, rules.strain_overtime_cap)
    rules.response_load = math.pow(min(10.0, max(0.1, load)), rules.strain_response_load_exponent)
    if load > rules.strain_overtime_cap:  # what nobody does in overtime waits
        rules.response_load *= min(10.0, load / rules.strain_overtime_cap)
    return present


@compiled(kept=True)
def _take_the_reference(world, present):
    """In the last year of the burn-in, let the means over its days become what is usual here."""
    clock, rules = world.clock[0], world.rules[0]
    calls = 0
    for i in range(clock.today, clock.events):
        calls += world.events[i].kind == RESPONDED and world.events[i].other >= 0
    stress = 0  # in billionths: whole numbers add up the same in any order
    serving = patrol = 0
    for row in range(len(world.officers)):
        officer = world.officers[row]
        if serves(officer, clock.day):
            serving += 1
            patrol += officer.beat >= 0
            stress += int(officer.stress * 1e9)
    rules.reference_days += 1.0
    number = rules.reference_days
    rules.present_mean += (present - rules.present_mean) / number
    rules.calls_mean += (calls / max(1, patrol) - rules.calls_mean) / number
    rules.stress_mean += (stress / 1e9 / max(1, serving) - rules.stress_mean) / number


@process(
    writes=(
        "officers.stress, exhaustion, depersonalisation, calls, belief, course_day, away_until, care_until, left",
        "officers.injured",
        "rules.load_today, response_load",
        "usual, posts",
    ),
    adds=("officers",),
    draws=(Stream.INCIDENT, Stream.SICKNESS, Stream.LEAVING, Stream.HELP, Stream.CALL, Stream.POST, Stream.FORCE),
    emits=(
        Kind.CRITICAL_INCIDENT,
        Kind.INJURED,
        Kind.RECOVERED,
        Kind.SOUGHT_HELP,
        Kind.SICK,
        Kind.RECOVERS,
        Kind.COURSE,
        Kind.OFFICER_LEFT,
        Kind.OFFICER_HIRED,
    ),
)
def bear(world) -> None:
    """Let officers bear the day: calls and incidents, exhaustion, sickness, help, leaving; fill vacant posts."""
    present = share_the_work(world.view)
    _answer_calls(world.view)
    _bear(world.view)
    if START_DAY + 365 <= world.day < 0:
        _take_the_reference(world.view, present)
    _hire(world)
