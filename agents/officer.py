"""A sworn police officer: what wears them out, whether they offer deflection, how they treat people.

Exhaustion and depersonalisation are in standard deviations between officers of an ordinary force. Each officer has a
level of their own for both (fixed traits, drawn anew for a recruit), to which they return when nothing happens.
"""

import math

from .compiled import compiled
from .table import Column, Declaration

SHIFTS = 3  # day, evening, night: eight hours each
CREWS = 2  # two crews relieve each other

DAY = (-(10**6), 10**6)

OFFICER = Declaration(
    "officer",
    (
        Column("key", "i8", "key", 0, 2**63 - 1, "build", "who this is, for the address of every draw"),
        Column("joined", "i8", "day", -60_000, 10**6, "build", "day of joining the force"),
        Column("agency", "i8", "agency row", -1, 32_000, "build", "the police agency"),
        Column("propensity", "f8", "probability", 0, 1, "build", "chance of an offer, all else at its mean"),
        Column("coverage_rank", "f8", "share", 0, 1, "build", "able to deflect when coverage is above this"),
        Column("cit_rank", "f8", "share", 0, 1, "build", "crisis intervention trained when that share is above this"),
        Column("support_rank", "f8", "share", 0, 1, "build", "peer support, coach or course serve shares above this"),
        Column("training_rank", "f8", "share", 0, 1, "build", "trained when that share is above this"),
        Column("own_exhaustion", "f8", "standard deviations", -10, 10, "build", "the level exhaustion returns to"),
        Column("own_depersonalisation", "f8", "standard deviations", -10, 10, "build", "and depersonalisation"),
        Column("stigma", "f8", "standard deviations", -10, 10, "build", "shame about seeking help"),
        Column("stress", "f8", "stress units", 0, 100_000, "officer_strain", "acute stress; halves within two weeks"),
        Column("exhaustion", "f8", "standard deviations", -1000, 1000, "officer_strain", "emotional exhaustion"),
        Column(
            "depersonalisation",
            "f8",
            "standard deviations",
            -1000,
            1000,
            "officer_strain",
            "distance from the people served",
        ),
        Column("calls", "f8", "calls", 0, 10_000, "officer_strain", "recent overdose calls, fading"),
        Column("attitude", "f8", "Cohen d", -200, 200, "training", "attitude to people who use drugs; 0 untrained"),
        Column("conduct", "f8", "Cohen d", 0, 3, "training", "procedurally just conduct, over the untrained"),
        Column("belief", "f8", "logits", -5, 5, "treatment", "belief in the programme from successes heard of"),
        Column("refused_day", "i8", "day", *DAY, "treatment", "a provider refused somebody they handed over"),
        Column("trained_day", "i8", "day", *DAY, "training", "day of the last course in trauma-informed practice"),
        Column("course_day", "i8", "day", *DAY, "officer_strain", "day of the last skills course"),
        Column("away_until", "i8", "day", *DAY, "officer_strain", "off duty, sick or recovering, until this day"),
        Column("care_until", "i8", "day", *DAY, "officer_strain", "in mental health care until this day"),
        Column("left", "i8", "day", *DAY, "officer_strain", "day of leaving the force; 1,000,000 while serving"),
        Column("post", "i8", "post", 0, 10**7, "build", "the post held, in the order of `World.state.posts`"),
        Column("injured", "u1", "yes/no", 0, 1, "officer_strain", "lasting injury: post-traumatic stress disorder"),
        Column("beat", "i8", "neighbourhood", -1, 32_000, "build", "the beat patrolled; -1: not on patrol"),
        Column("shift", "u1", "code", 0, SHIFTS - 1, "build", "0 day, 1 evening, 2 night"),
        Column("crew", "u1", "code", 0, CREWS - 1, "build", "which of the two crews of the shift"),
    ),
)


@compiled
def serves(officer, day):
    """Is the officer on the force on this day?"""
    return officer.left > day


@compiled
def on_duty(officer, day, shift):
    """Is the officer on patrol on this day and shift? Crews change every two days, four on and four off in eight."""
    on_the_roster = officer.beat >= 0 and officer.shift == shift and officer.crew == (day // 2) % CREWS
    return on_the_roster and serves(officer, day) and officer.away_until <= day


@compiled
def can_deflect(officer, u, rules):
    """Is the officer able to deflect at this hour? Coverage is the share of officers, hours the share of hours.

    Where champions have left, fewer officers still take part: `champions_left` is 1 while they are there.
    """
    return officer.coverage_rank < rules.coverage * rules.champions_left and u < rules.hours


@compiled
def offers_deflection(officer, u, day, black, referral, rules):
    """Does the officer offer deflection to an eligible person?

    The officer's own propensity, shifted by depersonalisation, attitude, endorsement by the chiefs, recent refusals
    by providers, and the person's race; `referral`: no charge is in play, where crisis intervention training counts.
    """
    propensity = min(max(officer.propensity, 1e-12), 1.0 - 1e-12)
    logit = math.log(propensity / (1.0 - propensity))
    logit += rules.burnout_offer_logit * officer.depersonalisation
    logit += rules.attitude_to_behaviour * officer.attitude
    logit += rules.leader_logit * rules.leader_endorses + officer.belief
    if day - officer.refused_day <= rules.refusal_days:
        logit += rules.refusal_logit
    if black:
        logit += rules.offer_black_logit
    if referral and officer.cit_rank < rules.cit_share:
        logit += rules.cit_referral_logit
    return u < 1.0 / (1.0 + math.exp(-logit))


@compiled
def arrest_probability(officer, rules):
    """Return the chance of arrest at a chargeable contact where nothing was offered, or it was refused."""
    if officer.cit_rank >= rules.cit_share:
        return rules.arrest_share
    odds = rules.arrest_share / max(1e-12, 1.0 - rules.arrest_share) * rules.cit_arrest_ratio
    return odds / (1.0 + odds)


@compiled
def contact_quality(officer, u, offer, rules):
    """Return how a person lives a contact with this officer: -1.0 bad, 0.0 neither, 1.0 good."""
    behaviour = rules.attitude_to_behaviour * officer.attitude
    strain = rules.bad_contact_burnout * officer.depersonalisation
    strain -= rules.training_safety * (rules.bad_contact_attitude * behaviour + officer.conduct)
    if u < min(0.6, rules.bad_contact * math.exp(min(50.0, strain))):  # beyond, the chance is at its cap anyway
        return -1.0
    return 1.0 if u > 1.0 - (rules.good_contact_offer if offer else rules.good_contact) else 0.0


@compiled
def feel(officer, severity, rules):
    """Let a call weigh on an officer; who has had many lately is less moved by another one."""
    officer.stress += severity / (1.0 + officer.calls / rules.strain_saturation_calls)


@compiled
def injury_probability(officer, severity, rules):
    """Return the chance that a call leaves a lasting injury: higher for who is exhausted."""
    exhaustion = min(4.0, max(-4.0, officer.exhaustion))
    return rules.strain_injury_per_incident * severity * math.exp(rules.strain_injury_log_exhaustion * exhaustion)


@compiled
def own_levels(officer, rules):
    """Return the exhaustion and depersonalisation an officer tends to, but for stress, work, peers and care."""
    exhaustion = officer.own_exhaustion + rules.strain_burnout
    depersonalisation = officer.own_depersonalisation + rules.strain_burnout
    if officer.support_rank < rules.strain_coach:
        exhaustion += rules.strain_coach_sd
        depersonalisation += rules.strain_coach_sd
    return exhaustion, depersonalisation


@compiled
def fade(officer, rules):
    """Let what is left of the calls before today fade."""
    officer.stress *= rules.stress_keep
    officer.calls *= rules.calls_keep


@compiled
def strain_a_day(officer, day, load, rules):
    """Let a day pass: exhaustion follows stress and work, depersonalisation follows exhaustion.

    load: work for each officer present, over the usual.
    """
    exhaustion, depersonalisation = own_levels(officer, rules)
    pull = rules.strain_stress_to_exhaustion * (officer.stress - rules.stress_mean)
    pull += rules.strain_load_to_exhaustion * (load - 1.0)
    if officer.support_rank < rules.strain_peer_support:
        pull += rules.strain_peer_support_sd
    if officer.care_until > day:
        pull += rules.strain_care_exhaustion_sd
    # What peers and care relieve of exhaustion relieves depersonalisation with it; a coach acts on each as published.
    further = rules.strain_exhaustion_to_depersonalisation * (officer.exhaustion - exhaustion)
    officer.exhaustion += (exhaustion + pull - officer.exhaustion) / rules.strain_exhaustion_days
    officer.depersonalisation += (
        depersonalisation + further - officer.depersonalisation
    ) / rules.strain_depersonalisation_days
    if officer.beat >= 0:  # overdose calls fall on patrol
        officer.depersonalisation += rules.strain_toll_of_call * -rules.calls_mean


@compiled
def is_symptomatic(officer, rules):
    """Does an officer suffer from an injury, severe exhaustion or severe depersonalisation?"""
    return (
        officer.injured == 1
        or officer.exhaustion > rules.exhausted_above
        or officer.depersonalisation > rules.depersonalised_above
    )


@compiled
def help_hazard(officer, rules):
    """Return the daily hazard with which a symptomatic officer seeks help: shame, peers and access decide."""
    hazard = rules.help_per_day * math.exp(rules.help_stigma_logit * (officer.stigma - rules.strain_destigmatising))
    return hazard * (rules.strain_help_peer_ratio if officer.support_rank < rules.strain_peer_support else 1.0)


@compiled
def sick_probability(officer, rules):
    """Return the daily chance that a sick leave begins: more for who is exhausted."""
    days = max(0.0, rules.strain_sick_days + rules.strain_sick_days_per_sd * officer.exhaustion)
    return days / 365.25 / max(1, int(rules.strain_sick_spell_days))


@compiled
def resignation_hazard(officer, rules):
    """Return the daily hazard of resigning, by exhaustion and depersonalisation together (in SD, within 3)."""
    z = (officer.exhaustion + officer.depersonalisation) / rules.burnout_sd
    return rules.strain_resign_per_day * math.exp(rules.resign_logit * min(3.0, max(-3.0, z)))


@compiled
def hear_of_success(officer, rules):
    """Let an officer hear that somebody they handed over entered or completed: belief in the programme grows."""
    officer.belief = min(rules.belief_most, officer.belief + rules.belief_gain)
