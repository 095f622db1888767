"""The intercept of the 911 call, solved so that people who witness an overdose call as often as is published."""

from itertools import product

import numpy as np

from ..agents.resident import NO_USE, REMISSION
from .network import CO_USE

NORMAL = ((-(3**0.5), 1 / 6), (0.0, 2 / 3), (3**0.5, 1 / 6))  # three points with the moments of a normal number


def call_intercept(world) -> float:
    """Solve the intercept of the 911 call so that its mean over witnessed overdoses is the published one.

    The mean is over people in active use, weighted by base risk and frailty, over places, ways of being
    there, kits at hand, and witnesses' trust and supervision at the start.
    """
    h, rules, day = world.histories, world.state.rules[0], world.day
    h = h[(h.use != NO_USE) & (h.use != REMISSION)]
    if len(h) == 0:
        return 0.0
    base = np.array([0, rules.base_misuse_per_day, rules.base_oud_per_day, rules.base_injecting_per_day, 0])
    weight = base[h.use] * h.frailty
    own = world.residents.kit_until[h.resident] > day
    home = world.households.kit_until[world.residents.household[h.resident]] > day
    others = np.average(own, weights=weight) if weight.sum() > 0 else 0.0
    supervised = _supervised_witnesses(world, h.resident)
    spread = float(world.residents.trust.std())
    cells = []
    for public, seen, naloxone, knows, watched, (sds, share) in product((0, 1), (1, 0), (0, 1), (0, 1), (0, 1), NORMAL):
        place = (1 - rules.at_home) if public else rules.at_home
        found = rules.found_in_public if public else rules.found_at_home
        if seen:
            presence = (1 - h.uses_alone) * rules.seen_if_not_alone
        else:
            presence = (1 - h.uses_alone) * (1 - rules.seen_if_not_alone) + h.uses_alone * found
        kit = np.where(own | (home & (public == 0)), 1.0, others)
        given = kit * (rules.naloxone_if_seen if seen else rules.naloxone_if_near)
        chance = share * place * presence * (given if naloxone else 1 - given)
        chance = chance * (rules.gsl_awareness if knows else 1 - rules.gsl_awareness)
        chance = chance * (supervised[public] if watched else 1 - supervised[public])
        logit = (
            (rules.call_logit_seen if seen else rules.call_logit_near)
            + rules.call_logit_public * public
            + rules.law_to_911 * knows * rules.good_samaritan_law
            + rules.call_logit_naloxone * naloxone
            + rules.call_logit_supervised * watched
            + rules.trust_call_logit * spread * sds
        )
        cells.append((logit, float((weight * chance).sum())))
    logits, chance = np.array(cells).T
    if chance.sum() <= 0:
        return 0.0
    chance = chance / chance.sum()
    low, high = -40.0, 40.0
    for _ in range(60):  # halving; importing a root finder would cost every worker half a second
        middle = (low + high) / 2
        mean = (chance / (1 + np.exp(-(middle + logits)))).sum()
        low, high = (middle, high) if mean < rules.call_probability else (low, middle)
    return (low + high) / 2


def _supervised_witnesses(world, users: np.ndarray) -> tuple[float, float]:
    """Return the share of those around people who use who are under supervision: at home, and in public."""
    state, residents = world.state, world.residents
    watched = np.zeros(len(residents), bool)
    watched[world.histories.resident[world.dealings.supervised_until > world.day]] = True
    user = np.zeros(len(residents), bool)
    user[users] = True
    owner = np.repeat(np.arange(len(state.tie_start) - 1), np.diff(state.tie_start))
    together = user[owner] & (state.tie_kind == CO_USE)
    public = float(watched[state.tie_to[together]].mean()) if together.any() else 0.0
    members = np.bincount(residents.household)
    watched_members = np.bincount(residents.household, weights=watched)
    with_others = users[members[residents.household[users]] > 1]
    if len(with_others) == 0:
        return public, public
    household = residents.household[with_others]
    shares = (watched_members[household] - watched[with_others]) / (members[household] - 1)
    alone = 1 - len(with_others) / len(users)
    return float((1 - alone) * shares.mean() + alone * public), public
