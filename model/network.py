"""Who stands by whom, read from the flat ties: household members, ties of the start, ties made since."""

import numpy as np

from ..agents.compiled import compiled
from ..agents.resident import HERE, in_active_use

ANYBODY, WHO_USES = np.arange(2)  # whom to pick
HOUSEHOLD, KIN, FRIEND, CO_USE = np.arange(4)  # see graph.TIE_KINDS


@compiled
def uses_now(world, resident_row):
    """Say whether a resident lives here and is in active use."""
    resident = world.residents[resident_row]
    if resident.fate != HERE or resident.history < 0:
        return False
    return in_active_use(world.histories[resident.history])


@compiled
def is_about(world, resident_row):
    """Say whether a resident lives here and is not in jail: somebody one may meet."""
    resident = world.residents[resident_row]
    return resident.fate == HERE and (resident.history < 0 or world.histories[resident.history].held == 0)


@compiled
def weight_of(kind, rules):
    """Return the weight of a tie made during the run, as the ties of the start have it."""
    if kind == CO_USE:
        return rules.tie_weight_co_use
    if kind == KIN:
        return rules.tie_weight_kin
    return rules.tie_weight_friend if kind == FRIEND else 1.0


@compiled
def share_in_use(world, row):
    """Return the share of a resident's tie weight that goes to people in active use, household included."""
    total = 0.0
    using = 0.0
    other = world.households[world.residents[row].household].first
    while other >= 0:
        if other != row:
            total += 1.0
            if uses_now(world, other):
                using += 1.0
        other = world.residents[other].housemate
    if row < len(world.tie_start) - 1:
        for i in range(world.tie_start[row], world.tie_start[row + 1]):
            other = world.tie_to[i]
            if world.residents[other].fate == HERE:
                total += world.tie_weight[i]
                if uses_now(world, other):
                    using += world.tie_weight[i]
    tie = world.late_first[row]
    while tie > 0:
        other = world.late_ties[tie - 1].to
        if world.residents[other].fate == HERE:
            weight = weight_of(world.late_ties[tie - 1].kind, world.rules[0])
            total += weight
            if uses_now(world, other):
                using += weight
        tie = world.late_ties[tie - 1].next
    return using / total if total > 0.0 else 0.0


@compiled
def pick_housemate(world, row, u, born_before):
    """Return another member of the household who is about and born before a day, by one draw; -1: nobody."""
    first = world.households[world.residents[row].household].first
    count = 0
    other = first
    while other >= 0:
        count += other != row and world.residents[other].born < born_before and is_about(world, other)
        other = world.residents[other].housemate
    if count == 0:
        return -1
    chosen = int(u * count)
    other = first
    while True:
        if other != row and world.residents[other].born < born_before and is_about(world, other):
            if chosen == 0:
                return other
            chosen -= 1
        other = world.residents[other].housemate


@compiled
def pick_tie(world, row, kind, u, using):
    """Return somebody tied to `row` by this kind of tie who is about (and uses, if asked), -1: nobody."""
    for counting in (True, False):
        if counting:
            count = 0
            chosen = -1
        else:
            if count == 0:
                return -1
            chosen = int(u * count)
        if row < len(world.tie_start) - 1:
            for i in range(world.tie_start[row], world.tie_start[row + 1]):
                other = world.tie_to[i]
                if world.tie_kind[i] == kind and is_about(world, other):
                    if using == ANYBODY or uses_now(world, other):
                        if counting:
                            count += 1
                        else:
                            if chosen == 0:
                                return other
                            chosen -= 1
        tie = world.late_first[row]
        while tie > 0:
            other = world.late_ties[tie - 1].to
            if world.late_ties[tie - 1].kind == kind and is_about(world, other):
                if using == ANYBODY or uses_now(world, other):
                    if counting:
                        count += 1
                    else:
                        if chosen == 0:
                            return other
                        chosen -= 1
            tie = world.late_ties[tie - 1].next
    return -1
