"""Where people stand with police: trust in standard deviations, brought up to date when somebody asks.

A person's trust is what they bring plus what contacts changed: a slow part and two transients, good
and bad, each with its half-life. Only the day they were last touched is kept; nobody is visited daily.
"""

import math

import numpy as np

from ..agents.compiled import compiled
from ..agents.resident import HERE, RACES
from .randomness import draw

_TRUST = 28  # stream
BLACK, HISPANIC, AIAN = (np.int64(RACES.index(race)) for race in ("black", "hispanic", "aian"))


@compiled
def trust_at_start(world, key, race):
    """Return the lasting trust of a new resident: spread between people, lower in the groups that trust police less."""
    rules = world.rules[0]
    trust = (
        rules.trust_spread
        * world.normal_bins[int(draw(world.clock[0].seed, _TRUST, key, 0, 0) * len(world.normal_bins))]
    )
    if race == BLACK:
        trust += rules.trust_black
    elif race == HISPANIC:
        trust += rules.trust_hispanic
    elif race == AIAN:
        trust += rules.trust_aian
    return trust


@compiled
def trust_of(world, row):
    """Return a resident's trust in police today, over the community's mean in the last year of the burn-in."""
    resident, rules, day = world.residents[row], world.rules[0], world.clock[0].day
    days = float(day - resident.trust_day)
    trust = resident.trust - rules.trust_mean
    if resident.trust_shift != 0.0 or resident.trust_good > 0.0 or resident.trust_bad > 0.0:
        trust += resident.trust_shift * math.pow(rules.trust_slow_keep, days)
        trust += resident.trust_good * math.pow(rules.trust_good_keep, days) - resident.trust_bad * math.pow(
            rules.trust_bad_keep, days
        )
    if rules.trust_shock_size > 0.0:
        trust -= rules.trust_shock_size * math.pow(rules.trust_shock_keep, day - rules.trust_shock_day)
    return trust


@compiled
def touch_trust(world, row, change):
    """Let a contact, one's own or a friend's, change trust: `change` in standard deviations, negative if bad."""
    resident, rules, day = world.residents[row], world.rules[0], world.clock[0].day
    days = float(day - resident.trust_day)
    if days > 0.0:
        resident.trust_shift *= math.pow(rules.trust_slow_keep, days)
        resident.trust_good *= math.pow(rules.trust_good_keep, days)
        resident.trust_bad *= math.pow(rules.trust_bad_keep, days)
    resident.trust_day = day
    resident.trust_shift += rules.trust_slow_share * change
    if change > 0.0:
        resident.trust_good += (1.0 - rules.trust_slow_share) * change
    else:
        resident.trust_bad -= (1.0 - rules.trust_slow_share) * change


@compiled(kept=True)
def mean_trust(world):
    """Return the mean trust in police of everybody here, before it is measured from that mean."""
    clock = world.clock[0]
    total = 0  # in ten-billionths: whole numbers add up the same in any order
    people = 0
    for row in range(clock.residents):
        if world.residents[row].fate == HERE:
            total += int(trust_of(world, row) * 1e10)
            people += 1
    return total / 1e10 / max(1, people) + world.rules[0].trust_mean
