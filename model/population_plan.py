"""How many homes of each make-up: a division of the homes that uses every adult and every child."""

from typing import NamedTuple

import numpy as np

from .population_margins import Margins, counts_with_total, largest_remainder
from .population_shares import HouseholdShares

MOST_CHILDREN, MOST_SHARING = 8, 6  # in one home


class Plan(NamedTuple):
    """Counts of homes by make-up. The homes of unrelated or single adults are made in the order given here."""

    children: np.ndarray  # int64 (homes with minors,): minors; not matched to the next two
    parents: np.ndarray  # int64 (homes with minors,): 0, 1 or 2
    grandparents: np.ndarray  # int64 (homes with minors,): 0, 1 or 2
    siblings: int  # grown children in homes with minors
    others: int  # other adults in homes with minors
    families: np.ndarray  # int64 (homes of parents and grown children, 2): parents, grown children
    couples: int
    sharing: np.ndarray  # int64 (shared homes,): adults
    alone: int


def _with_minors(m: Margins, adults: int, shares: HouseholdShares) -> tuple[np.ndarray, np.ndarray]:
    """Return make-ups (parents, grandparents) of homes with minors and their counts, for at most `adults` adults."""
    lone, one = shares.lone_parent_in_three_generations, shares.one_grandparent
    makeup = np.array([(1, 0), (2, 0), (1, 1), (1, 2), (2, 1), (2, 2), (0, 1), (0, 2)])
    room = m.with_children - m.single_parents
    three = m.with_children * shares.three_generations * shares.three_generations_with_minors / shares.with_children
    three = min(round(three), room)
    skipped = min(round(m.with_children * shares.skipped_generation), room - three)
    counts = np.array([
        m.single_parents,
        room - three - skipped,
        *largest_remainder(np.outer((lone, 1 - lone), (one, 1 - one)).ravel(), three),
        *largest_remainder(np.array([one, 1 - one]), skipped),
    ])  # fmt: skip
    if (counts * makeup.sum(axis=1)).sum() > adults:  # a place short of adults: no grandparents, then no partners
        couples = max(0, min(room, adults - m.with_children))
        counts = np.array([m.with_children - couples, couples, 0, 0, 0, 0, 0, 0])
    return makeup, counts


def plan_homes(m: Margins, young: float, middle: float, shares: HouseholdShares) -> Plan:
    """Return the make-ups for these margins.

    young, middle: people of 18-29 and of 45-69 among adults outside group quarters, relative to the
    country; they scale the homes of young people who share, and of parents with grown children.
    """
    minors, adults = int(m.people[:, :4].sum()), int(m.people[:, 4:].sum()) - m.group_quarters
    childless = m.households - m.with_children
    sizes = np.arange(1, MOST_CHILDREN + 1)
    children = np.repeat(sizes, counts_with_total(np.array(shares.children), sizes, m.with_children, minors))
    makeup, counts = _with_minors(m, adults - childless, shares)
    spare = adults - childless - int((counts * makeup.sum(axis=1)).sum())
    siblings = min(spare, round(shares.grown_sibling * int(counts[:2].sum()) * min(young, 1.5)))
    others = min(spare - siblings, round(shares.other_adult * m.with_children))
    others = max(others, spare - siblings - (MOST_SHARING - 1) * childless)

    with_minors = shares.married_with_children + shares.cohabiting * shares.cohabiting_with_children
    three = shares.three_generations * shares.three_generations_with_minors
    with_minors += three * (1 - shares.lone_parent_in_three_generations)
    grown = min(young, middle, 1.5) * np.array([1 - shares.two_grown, shares.two_grown])
    weights = np.concatenate((
        [shares.alone, shares.married + shares.cohabiting - with_minors - shares.couple_with_grown],
        shares.lone_parent_with_grown * grown,
        shares.couple_with_grown * grown,
        shares.shared * young * np.array(shares.shared_sizes),
    ))  # fmt: skip
    sizes = np.array([1, 2, 2, 3, 3, 4, 2, 3, 4, 5, 6])
    homes = counts_with_total(weights, sizes, childless, childless + spare - siblings - others)
    return Plan(
        children=children,
        parents=np.repeat(makeup[:, 0], counts),
        grandparents=np.repeat(makeup[:, 1], counts),
        siblings=siblings,
        others=others,
        families=np.repeat([(1, 1), (1, 2), (2, 1), (2, 2)], homes[2:6], axis=0),
        couples=int(homes[1]),
        sharing=np.repeat(sizes[6:], homes[6:]),
        alone=int(homes[0]),
    )
