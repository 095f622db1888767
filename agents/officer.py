"""A sworn police officer: agency, beat, shift and tenure; whether they offer deflection, and how they treat people."""

import math

from .compiled import compiled
from .table import Column, Declaration

SHIFTS = 3  # day, evening, night: eight hours each
CREWS = 2  # two crews relieve each other

OFFICER = Declaration(
    "officer",
    (
        Column("key", "i8", "key", 0, 2**63 - 1, "build", "who this is, for the address of every draw"),
        Column("joined", "i8", "day", -60_000, 10**6, "build", "day of joining the force"),
        Column("agency", "i8", "agency row", -1, 32_000, "build", "the police agency"),
        Column("propensity", "f8", "probability", 0, 1, "build", "chance of an offer, all else at its mean"),
        Column("coverage_rank", "f8", "share", 0, 1, "build", "able to deflect when coverage is above this"),
        Column("cit_rank", "f8", "share", 0, 1, "build", "crisis intervention trained when that share is above this"),
        Column("depersonalisation", "f8", "standard deviations", -10, 10, "build", "distance from the people served"),
        Column("attitude", "f8", "Cohen d", -5, 5, "build", "attitude to people who use drugs, over the untrained"),
        Column(
            "refused_day", "i8", "day", -(10**6), 10**6, "treatment", "a provider refused somebody they handed over"
        ),
        Column("beat", "i8", "neighbourhood", -1, 32_000, "build", "the beat patrolled; -1: not on patrol"),
        Column("shift", "u1", "code", 0, SHIFTS - 1, "build", "0 day, 1 evening, 2 night"),
        Column("crew", "u1", "code", 0, CREWS - 1, "build", "which of the two crews of the shift"),
    ),
)


@compiled
def on_duty(officer, day, shift):
    """Is the officer on patrol on this day and shift? Crews change every two days, four on and four off in eight."""
    return officer.beat >= 0 and officer.shift == shift and officer.crew == (day // 2) % CREWS


@compiled
def can_deflect(officer, u, rules):
    """Is the officer able to deflect at this hour? Coverage is the share of officers, hours the share of hours."""
    return officer.coverage_rank < rules.coverage and u < rules.hours


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
    logit += rules.leader_logit * rules.leader_endorses
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
    bad = rules.bad_contact * math.exp(
        rules.bad_contact_burnout * officer.depersonalisation - rules.bad_contact_attitude * behaviour
    )
    if u < min(0.6, bad):
        return -1.0
    return 1.0 if u > 1.0 - (rules.good_contact_offer if offer else rules.good_contact) else 0.0
