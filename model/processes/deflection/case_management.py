"""Case management: taken on when somebody has room, assessed, offered treatment again and again, seen through."""

from ....agents.agency import CASE_MANAGEMENT
from ....agents.compiled import compiled
from ....agents.dealings import MANAGED, OFFICER_REFERRAL, TO_ASSESS
from ....agents.resident import METHADONE, NO_CARE, REMISSION, accepts, attends, has_active_disorder
from ....agents.table import NONE
from ...care import ask_for_care, readiness_today, tell_of_success
from ...cases import case_setting, close_case, take_on
from ...events import (
    ACCEPTED,
    ASSESSED,
    CASE_OPENED,
    CHARGE_FORWARDED,
    CHARGE_VOIDED,
    COMPLETED,
    MISSED,
    OFFERED,
    REFUSED,
    happened,
)
from ...hand_off import PROVIDER, hand_over
from ...home import is_persuaded
from ...jail import summon
from ...randomness import draw

_CASE = 23
# Draws of a case on one day, by number; lower ones are those of outreach.
_COMES, _AGREES, _ACCEPTS = range(20, 23)
MONTH_DAYS = 365.25 / 12
OPEN_ENDED = 10**6
SETTLED_DAYS = 365  # out of use and out of treatment for so long, an open-ended case is closed


@compiled
def take_on_in_turn(world, rows):
    """Give the people who wait, in turn, to the case managers with room."""
    clock, rules = world.clock[0], world.rules[0]
    for row in rows:
        person, dealings = world.histories[row], world.dealings[row]
        if person.held:
            continue
        if not take_on(world, row):
            return
        waited = clock.day - dealings.case_since
        if dealings.pathway == OFFICER_REFERRAL:
            dealings.stage = TO_ASSESS
            dealings.due = clock.day + int(rules.assessment_days)
            continue
        # Who was handed over in person is there; who had to wait may not come.
        if waited > 0 and not attends(draw(clock.seed, _CASE, person.key, clock.day, _COMES), waited, rules):
            setting = case_setting(world, row)
            missed = happened(world, MISSED, person.resident, NONE, float(waited), dealings.case_event, setting)
            _fail(world, row, missed)
            continue
        _begin(world, row, waited)


@compiled
def _begin(world, row, waited):
    """Begin case management."""
    clock, rules = world.clock[0], world.rules[0]
    person, dealings = world.histories[row], world.dealings[row]
    setting = case_setting(world, row)
    dealings.stage = MANAGED
    dealings.case_since = clock.day  # the wait for a case manager is not part of the plan
    dealings.due = clock.day
    dealings.plan_until = clock.day + int(rules.plan_months * MONTH_DAYS) if rules.plan_months > 0.0 else OPEN_ENDED
    dealings.case_event = happened(
        world, CASE_OPENED, person.resident, dealings.worker, float(waited), dealings.case_event, setting
    )
    person.managed = 1


@compiled
def assess(world, row):
    """Hold the coordinator's assessment: who comes may agree to treatment, and is then handed over."""
    clock, rules = world.clock[0], world.rules[0]
    person, dealings = world.histories[row], world.dealings[row]
    seed, day, key = clock.seed, clock.day, person.key
    setting, pathway = case_setting(world, row), 0 + dealings.pathway
    waited = day - dealings.case_since
    if person.held or not attends(draw(seed, _CASE, key, day, _COMES), waited, rules):
        missed = happened(world, MISSED, person.resident, NONE, float(waited), dealings.case_event, setting)
        close_case(world, row, missed)
        return
    assessed = happened(world, ASSESSED, person.resident, dealings.worker, float(waited), dealings.case_event, setting)
    if has_active_disorder(person) and person.care == NO_CARE:
        offer = happened(world, OFFERED, person.resident, NONE, 0.0, assessed, setting)
        u = draw(seed, _CASE, key, day, _AGREES)
        informed = rules.team_informed
        family = is_persuaded(world, row)
        if accepts(u, readiness_today(world, person), False, 0.0, informed, family, False, False, rules):
            yes = happened(world, ACCEPTED, person.resident, NONE, 0.0, offer, setting)
            handed = hand_over(world, row, CASE_MANAGEMENT, PROVIDER, pathway, yes)
            if handed >= 0:
                ask_for_care(world, row, pathway, handed)
        else:
            happened(world, REFUSED, person.resident, NONE, 0.0, offer, setting)
    close_case(world, row, assessed)


@compiled
def manage(world, row):
    """Take the next step with a person in case management: the plan's end, its failure, or another offer."""
    clock, rules = world.clock[0], world.rules[0]
    person, dealings = world.histories[row], world.dealings[row]
    day = clock.day
    setting, pathway = case_setting(world, row), 0 + dealings.pathway
    dealings.due = min(day + int(rules.case_offer_days), max(day + 1, dealings.plan_until))
    treated = person.care >= METHADONE
    away = day - max(dealings.case_since, dealings.treated_day)
    if dealings.plan_until <= day:
        if treated or person.use == REMISSION or away <= rules.plan_grace_days:
            _complete(world, row)
        else:
            _fail(world, row, dealings.case_event)
        return
    out = not treated and person.use != REMISSION and away > rules.plan_grace_days
    if out and dealings.plan_until < OPEN_ENDED:
        _fail(world, row, dealings.case_event)
        return
    if person.use == REMISSION and not treated and day - person.since > SETTLED_DAYS:
        close_case(world, row, dealings.case_event)
        return
    if person.care != NO_CARE or not has_active_disorder(person):
        return
    offer = happened(world, OFFERED, person.resident, NONE, 0.0, dealings.case_event, setting)
    u = draw(clock.seed, _CASE, person.key, day, _ACCEPTS)
    informed = rules.team_informed
    charged = dealings.charged == 1
    family = is_persuaded(world, row)
    if accepts(u, readiness_today(world, person), False, 0.0, informed, family, False, charged, rules):
        yes = happened(world, ACCEPTED, person.resident, NONE, 0.0, offer, setting)
        handed = hand_over(world, row, CASE_MANAGEMENT, PROVIDER, pathway, yes)
        if handed >= 0:
            ask_for_care(world, row, pathway, handed)
    else:
        happened(world, REFUSED, person.resident, NONE, 0.0, offer, setting)


@compiled
def _complete(world, row):
    """Let the plan be completed: a held charge is voided."""
    person, dealings = world.histories[row], world.dealings[row]
    setting = case_setting(world, row)
    days = float(world.clock[0].day - dealings.case_since)
    done = happened(world, COMPLETED, person.resident, dealings.worker, days, dealings.case_event, setting)
    if dealings.charged:
        happened(world, CHARGE_VOIDED, person.resident, dealings.officer, 0.0, done, setting)
    tell_of_success(world, row, 0 + dealings.officer, done)
    close_case(world, row, done)


@compiled
def _fail(world, row, cause):
    """End a plan that failed: a held charge goes forward to court."""
    person, dealings = world.histories[row], world.dealings[row]
    if dealings.charged:
        setting = case_setting(world, row)
        cause = happened(world, CHARGE_FORWARDED, person.resident, dealings.officer, 0.0, cause, setting)
        summon(world, row, cause)
    close_case(world, row, cause)
