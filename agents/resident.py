"""A resident: everybody who lives here, and the use history of those who have one.

Two tables make one agent. `RESIDENT` is lean and holds everybody. `HISTORY` holds the people with
any history of opioid use; only its rows are visited every day, so they are kept together.
"""

import math
from enum import IntEnum

import numpy as np

from .compiled import compiled
from .table import Column, Declaration

RACES = ("white", "black", "hispanic", "asian", "aian", "nhpi", "multi", "other")
AGE_BANDS = tuple(f"{low}-{low + 4}" for low in range(0, 85, 5)) + ("85+",)
FEMALE, MALE = 0, 1


class Fate(IntEnum):
    """Where a resident is: living here, or how they left."""

    HERE = 0
    DIED_OVERDOSE = 1
    DIED_OTHER = 2
    MOVED = 3


class Use(IntEnum):
    """Opioid use of a person with a history of it."""

    NONE = 0  # misused once, stopped
    MISUSE = 1
    OUD = 2  # opioid use disorder, not injecting
    INJECTING = 3  # opioid use disorder, injecting
    REMISSION = 4  # opioid use disorder, not using now


class Care(IntEnum):
    """Treatment a person is in."""

    NONE = 0
    WAITING = 1
    METHADONE = 2
    BUPRENORPHINE = 3
    NALTREXONE = 4
    DETOX = 5  # withdrawal and a short stay, no medication


# For compiled code, which makes a version of its own for every plain integer it is called with.
HERE, DIED_OVERDOSE, DIED_OTHER, MOVED = np.arange(len(Fate))
NO_USE, MISUSE, OUD, INJECTING, REMISSION = np.arange(len(Use))
NO_CARE, WAITING, METHADONE, BUPRENORPHINE, NALTREXONE, DETOX = np.arange(len(Care))

DAY = (-(10**6), 10**6)
ROW = (-1, 2**31 - 1)

RESIDENT = Declaration(
    "resident",
    (
        Column("key", "i8", "key", 0, 2**63 - 1, "build", "who this is, for the address of every draw"),
        Column("household", "i8", "household row", 0, ROW[1], "demography", "the household lived in"),
        Column(
            "housemate", "i8", "resident row", *ROW, "demography", "next member of the household, -1 after the last"
        ),
        Column("mother", "i8", "resident row", *ROW, "build", "the mother, where she lives or lived here"),
        Column("father", "i8", "resident row", *ROW, "build", "the father, where he lives or lived here"),
        Column("history", "i8", "history row", *ROW, "drug_use", "the row with the history of opioid use, -1: none"),
        Column("child", "i8", "child row", *ROW, "household", "the row that follows their childhood, -1: none"),
        Column("born", "i8", "day", -60_000, DAY[1], "build", "day of birth"),
        Column("left", "i8", "day", *DAY, "demography", "day of death or of moving away; 1,000,000 while here"),
        Column("kit_until", "i8", "day", *DAY, "overdose", "holds a naloxone kit until this day"),
        Column("trust", "f8", "standard deviations", -20, 20, "build", "lasting trust in police, mean near 0"),
        Column("trust_shift", "f8", "standard deviations", -1000, 1000, "trust", "slow part of what contacts changed"),
        Column("trust_good", "f8", "standard deviations", 0, 1000, "trust", "what good contacts added, fading"),
        Column("trust_bad", "f8", "standard deviations", 0, 1000, "trust", "what bad contacts took, fading slower"),
        Column("trust_day", "i8", "day", *DAY, "trust", "day for which these three are stated"),
        Column("births", "i8", "children", 0, 30, "demography", "children born in the run"),
        Column("sex", "u1", "code", 0, 1, "build", "0 female, 1 male"),
        Column("race", "u1", "code", 0, len(RACES) - 1, "build", "race and ethnicity, in the order of RACES"),
        Column("fate", "u1", "code", 0, 3, "demography", "living here, or how they left: see Fate"),
        Column("knows_law", "u1", "yes/no", 0, 1, "build", "knows what the Good Samaritan law covers"),
    ),
)

HISTORY = Declaration(
    "history",
    (
        Column("key", "i8", "key", 0, 2**63 - 1, "build", "the resident's key, kept beside the daily row"),
        Column("tolerance", "f8", "share", 0, 1, "drug_use", "1: used to the supply; falls without use"),
        Column("frailty", "f8", "ratio", 0, 1000, "build", "lasting risk of overdose, mean 1"),
        Column("uses_alone", "f8", "probability", 0, 1, "build", "chance that an episode of use is solitary"),
        Column("readiness", "f8", "logit", 0, 20, "overdose", "extra readiness for treatment after an overdose"),
        Column(
            "overdose_event",
            "i8",
            "event row",
            -1,
            2**62,
            "overdose",
            "the last overdose, as the cause of what follows",
        ),
        Column("asked_event", "i8", "event row", -1, 2**62, "treatment", "the request that led to waiting or care"),
        Column("resident", "i8", "resident row", 0, ROW[1], "build", "whose history this is"),
        Column("last_overdose", "i8", "day", *DAY, "overdose", "day of the last overdose; -1,000,000: never"),
        Column("since", "i8", "day", *DAY, "drug_use", "day the present use began"),
        Column("care_since", "i8", "day", *DAY, "treatment", "day of asking while waiting, of admission while in care"),
        Column("provider", "i8", "provider row", *ROW, "treatment", "the provider asked or attended, -1: none"),
        Column("overdoses", "i8", "overdoses", 0, 10_000, "overdose", "overdoses in the run"),
        Column("use", "u1", "code", 0, 4, "drug_use", "see Use"),
        Column("care", "u1", "code", 0, 5, "treatment", "see Care"),
        Column("wants", "u1", "code", 0, 5, "treatment", "the treatment asked for, see Care"),
        Column("held", "u1", "yes/no", 0, 1, "encounter", "in jail"),
        Column("managed", "u1", "yes/no", 0, 1, "deflection", "in case management"),
        Column("present", "u1", "yes/no", 0, 1, "demography", "lives here; a row of somebody gone is not visited"),
    ),
)


# --- decisions -------------------------------------------------------------------------------------


@compiled
def happens(u, hazard):
    """Does something with this hazard (per day) happen today? True with probability 1 - exp(-hazard).

    The first test is exact (1 - exp(-h) never exceeds h) and saves the exponential on nearly all days.
    """
    return u < hazard and u < 1.0 - math.exp(-hazard)


@compiled
def happens_within(hazard):
    """Return the probability that something with this hazard (per day) happens within a day."""
    return 1.0 - math.exp(-hazard)


@compiled
def in_active_use(person):
    """Say whether a person uses now: misuse or opioid use disorder without remission, and not in jail."""
    return person.held == 0 and (person.use == MISUSE or person.use == OUD or person.use == INJECTING)


@compiled
def has_active_disorder(person):
    """Say whether a person has opioid use disorder, uses, and is here and free."""
    return person.present == 1 and person.held == 0 and (person.use == OUD or person.use == INJECTING)


@compiled
def on_medication(person):
    """Say whether a person is in treatment with a medication."""
    return person.care >= METHADONE and person.care <= NALTREXONE


@compiled
def next_use(person, u, rules):
    """Return tomorrow's use of a person who uses, from one draw `u` shared by the competing changes."""
    if person.use == MISUSE:
        total = rules.misuse_stop_per_day + rules.misuse_to_oud_per_day
        if happens(u, total):
            return NO_USE if u < happens_within(total) * rules.misuse_stop_per_day / total else OUD
    elif person.use == OUD or person.use == INJECTING:
        route = rules.start_injecting_per_day if person.use == OUD else rules.stop_injecting_per_day
        # Remission outside treatment; in treatment it comes with entry.
        stop = 0.0 if person.care >= METHADONE else rules.remission_per_day
        total = route + stop
        if happens(u, total):
            if u < happens_within(total) * stop / total:
                return REMISSION
            return INJECTING if person.use == OUD else OUD
    return person.use


@compiled
def relapses(person, u, days, rules, relapse):
    """Does a person in remission for `days` return to use today? relapse: hazard by day of remission."""
    hazard = relapse[min(days, len(relapse) - 1)]
    if person.care >= METHADONE:
        hazard *= rules.relapse_in_care
    return happens(u, hazard)


@compiled
def next_tolerance(person, keep):
    """Return tomorrow's tolerance: it rises with use and falls without, by the share `keep` a day.

    Methadone and buprenorphine keep what there is: they are opioids themselves.
    """
    if in_active_use(person):
        return 1.0 - (1.0 - person.tolerance) * keep
    if person.care == METHADONE or person.care == BUPRENORPHINE:
        return person.tolerance
    return person.tolerance * keep


@compiled
def overdose_hazard(person, day, rules, surge):
    """Return today's hazard of an overdose for a person in active use (per day).

    base(use) x community factor and supply x frailty x tolerance x surge after an overdose x medication.
    surge: factor on the first, second … day after an overdose, shape (window,).
    """
    hazard = rules.base_misuse_per_day
    if person.use == OUD:
        hazard = rules.base_oud_per_day
    elif person.use == INJECTING:
        hazard = rules.base_injecting_per_day
    hazard *= rules.supply_today * person.frailty * (1.0 + (rules.tolerance_peak - 1.0) * (1.0 - person.tolerance))
    days = day - person.last_overdose
    if days < len(surge):
        hazard *= surge[days]
    if person.care == METHADONE:
        hazard *= rules.using_on_methadone
    elif person.care == BUPRENORPHINE:
        hazard *= rules.using_on_buprenorphine
    elif person.care == NALTREXONE:
        hazard *= rules.using_on_naltrexone
    elif person.care == WAITING and person.wants == METHADONE and rules.interim_methadone > 0.0:
        hazard *= rules.using_on_methadone
    return hazard


@compiled
def other_death_hazard(person, day, expected, rules):
    """Return the hazard (per day) of dying of something else, above what age and sex already bring.

    expected: hazard of death at this age and sex in the whole population, per day, already drawn as a date.
    """
    hazard = rules.other_death_per_day
    if day - person.last_overdose < 365:
        hazard *= rules.other_death_after_overdose
    if on_medication(person):
        hazard *= rules.other_death_on_medication
    return max(0.0, hazard - expected)


@compiled
def calls_911(u, seen, public, knows_law, naloxone, supervised, child, trust, rules):
    """Does the witness call 911? `seen`: saw it happen; otherwise was near or found the person.

    knows_law, supervised (probation or a warrant) and trust (in police, over the community's mean) are the witness's;
    child: one lives in the home, whom responders may have to report.
    """
    logit = rules.call_intercept
    logit += rules.call_logit_seen if seen else rules.call_logit_near
    if public:
        logit += rules.call_logit_public
    if knows_law and rules.good_samaritan_law:
        logit += rules.law_to_911
    if supervised:
        logit += rules.call_logit_supervised
    if child:
        logit += rules.custody_fear_logit
    logit += rules.trust_call_logit * trust
    if naloxone:
        logit += rules.call_logit_naloxone
    return u < 1.0 / (1.0 + math.exp(-logit))


@compiled
def fatality(present, seen, naloxone, minutes, rules):
    """Return the probability of dying of one overdose.

    present: somebody was there or found the person; seen: somebody saw it happen;
    naloxone: a lay person gave it; minutes: until the first responder, negative when nobody was called.
    """
    if not present:
        return rules.fatality_alone
    if naloxone:
        return rules.fatality_naloxone_seen if seen else rules.fatality_naloxone_near
    risk = rules.fatality_seen if seen else rules.fatality_near
    if minutes >= 0.0:
        late = math.pow(rules.responder_per_minute, minutes - rules.police_minutes)
        risk *= min(1.0, max(rules.responder_floor, rules.responder_ratio * late))
    return risk


@compiled
def seeks_care(u, readiness, rules):
    """Does a person with opioid use disorder who is not in treatment ask for it today?"""
    return happens(u, rules.seek_per_day * math.exp(readiness))


@compiled
def attends(u, wait_days, rules):
    """Does a person come to the first appointment after waiting `wait_days`?"""
    logit = rules.attendance_logit + rules.attendance_delay_logit * math.log(max(wait_days, 1) / 3.0)
    return u < 1.0 / (1.0 + math.exp(-logit))


@compiled
def leaves_care(person, u, day, factor, leaving):
    """Does a person leave treatment today? leaving: hazard by treatment and day in it, shape (4, days)."""
    days = min(day - person.care_since, leaving.shape[1] - 1)
    return happens(u, leaving[person.care - METHADONE, days] * factor)


@compiled
def accepts(u, readiness, police, trust, trauma_informed, family, early, charged, rules):
    """Does a person accept an offer of treatment or of a programme?

    readiness: logits left from the last overdose; police: an officer is there, and then trust in police counts;
    trauma_informed: how the team works, 0 to 1; family: a relative was reached; early: within 48 hours of an
    overdose; charged: the offer stands in place of a charge.
    """
    logit = rules.accept_intercept + readiness + rules.trauma_accept_logit * trauma_informed
    if police:
        logit += rules.trust_accept_logit * trust + rules.police_present_logit
    if family:
        logit += rules.family_reached_logit
    if early:
        logit += rules.early_visit_logit
    if charged:
        logit += rules.held_charge_logit
    return u < 1.0 / (1.0 + math.exp(-logit))


@compiled
def chooses_medication(u, rules):
    """Return the medication a person asks for."""
    if u < rules.buprenorphine_share:
        return BUPRENORPHINE
    return METHADONE if u < rules.buprenorphine_share + rules.methadone_share else NALTREXONE
