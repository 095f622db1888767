"""Who lives with whom: everybody of the place, put into a given number of homes.

Homes are built around their youngest. Sibling groups come first, then the parent nearest the age
that a drawn age at birth asks for, partners, grandparents, grown children and their parents,
couples, shared homes; whoever is left lives alone. All people come from one stock, so a county with
many students or retired people gets the homes that its ages allow.
"""

import numpy as np
from scipy.special import ndtr, ndtri

from ..agents.household import HOUSEHOLD_KINDS
from .population_draws import Draw, order_of, shuffled
from .population_margins import STRATA, YEAR, Margins
from .population_plan import Plan, plan_homes
from .population_shares import HouseholdShares
from .population_stock import Stock, people
from .randomness import Stream, draws

ALONE, COUPLE, COUPLE_CHILDREN, ONE_PARENT, MULTIGENERATIONAL, SHARED, GROUP_QUARTERS = range(len(HOUSEHOLD_KINDS))
HEAD, PARTNER, GRANDPARENT, GROWN, MINOR = range(5)  # roles, in the order of rows within a home
BLOCK = 70  # residents of a block of group quarters, 40 to 100: only to keep blocks from being one home
NOBODY = -1


def stratum_of(age: np.ndarray) -> np.ndarray:
    """Return the age stratum of ages in days."""
    return np.searchsorted(np.ceil(STRATA * YEAR), age, side="right")


class Homes:
    """Everybody and their homes while they are being made; people are women by age, then men by age.

    home, role, mother, father: (n,), people without one have -1; kind: (homes,);
    paired: (homes,), roles HEAD and PARTNER are a couple. Build with `make_homes`.
    """

    def __init__(self, m: Margins, shares: HouseholdShares, seed: int):
        self.shares, self.seed = shares, seed
        self.age, self.sex = people(m, shares.oldest_tail, seed, Draw.AGE)
        self.stock = Stock(self.age, self.sex)
        self.home = np.full(len(self.age), NOBODY, dtype=np.int32)
        self.role = np.zeros(len(self.age), dtype=np.uint8)
        self.mother = np.full(len(self.age), NOBODY, dtype=np.int32)
        self.father = self.mother.copy()
        self.head = np.full(m.households, NOBODY)  # person, for each home
        self.partner = self.head.copy()
        self.paired = np.zeros(m.households, dtype=bool)
        self.step = self.paired.copy()  # the partner is no parent of the minors

    def u(self, k: Draw, who: np.ndarray) -> np.ndarray:
        """Return the draws k of these homes or people."""
        return draws(self.seed, Stream.POPULATION, who, 0, k)

    def years(self, k: Draw, who: np.ndarray, mean_sd: tuple[float, float], low=-np.inf, high=np.inf) -> np.ndarray:
        """Return normal draws of a number of years, cut off at low and high, in days."""
        mean, sd = mean_sd
        least, most = ndtr((low - mean) / sd), ndtr((high - mean) / sd)
        return (mean + sd * ndtri(least + (most - least) * self.u(k, who))) * YEAR

    def settle(self, who: np.ndarray, home: np.ndarray, role: int) -> None:
        """Let people live in these homes."""
        self.home[who] = home
        self.role[who] = role

    def group_quarters(self, number: int) -> None:
        """Fill blocks after the last home: students with students, nursing homes, jails and the like."""
        rows = np.arange(number)
        who = self.stock.weighted(
            self.shares.quarters_women, self.shares.quarters_men, self.u(Draw.GROUP_QUARTERS, rows)
        )
        setting = np.searchsorted([25 * YEAR, 65 * YEAR], self.age[who], side="right")
        who = who[order_of(setting * 2**32 + self.u(Draw.GROUP_QUARTERS_ORDER, rows) * 2**32)]
        blocks = max(1, round(number / BLOCK)) if number else 0
        size = np.cumsum(0.7 + 0.6 * self.u(Draw.BLOCK_SIZE, np.arange(blocks)))
        block = np.searchsorted(size * number / size[-1], rows + 0.5) if number else rows
        self.settle(who, len(self.head) + np.minimum(block, blocks - 1), HEAD)
        self.blocks = blocks

    def minors(self, sizes: np.ndarray) -> None:
        """Make sibling groups of these sizes, the homes 0, 1, … each with its spacing of births."""
        sizes = sizes[shuffled(self.seed, Stream.POPULATION, len(sizes), Draw.CHILDREN)]
        first = np.cumsum(sizes) - sizes
        who = np.flatnonzero(self.age < 18 * YEAR)
        who = who[order_of(self.age[who])]
        least, more = self.shares.sibling_gap_least, self.shares.sibling_gap_more
        above = np.cumsum((least - more * np.log(self.u(Draw.SIBLING_GAP, np.arange(len(who))))) * YEAR)
        above -= np.repeat(above[first], sizes)  # years above the youngest sibling
        span = np.maximum.reduceat(above, first)
        fit = np.minimum(1, 16.5 * YEAR / np.maximum(span, 1))
        youngest = self.u(Draw.YOUNGEST, np.arange(len(sizes))) * (18 * YEAR - span * fit)
        wanted = np.repeat(youngest, sizes) + above * np.repeat(fit, sizes)
        child = np.empty(len(who), dtype=np.int64)
        child[order_of(wanted)] = who
        self.space_births(child, first, sizes)
        self.settle(child, np.repeat(np.arange(len(sizes)), sizes), MINOR)
        self.youngest = np.minimum.reduceat(self.age[child], first)
        self.oldest = np.maximum.reduceat(self.age[child], first)

    def space_births(self, child: np.ndarray, first: np.ndarray, sizes: np.ndarray) -> None:
        """Move births of siblings at least nine months apart, within the band of age; else make them twins."""
        apart = int(self.shares.pregnancy_days)
        for rank in range(1, int(sizes.max())):
            younger = child[first[sizes > rank] + rank - 1]
            older = child[first[sizes > rank] + rank]
            above, below = self.age[older], self.age[younger]
            stratum, moved = stratum_of(above), np.maximum(above, below + apart)
            moved = np.where(stratum_of(moved) == stratum, moved, above)
            twins = (moved - below < apart) & (stratum_of(below) == stratum)
            self.age[older] = np.where(twins, below, moved)

    def heads(self, home: np.ndarray, male: np.ndarray, youngest: np.ndarray, oldest: np.ndarray, birth) -> None:
        """Find each home a parent: of a plausible age at the birth of the oldest, and of the youngest, child."""
        # A year inside the limits of age, so that the nearest person there is mostly within them.
        low, high = self.shares.youngest_mother + 1, self.shares.oldest_mother - 1
        at_birth = self.years(Draw.BIRTH_AGE, home, birth, low, high)
        wanted = np.maximum(np.minimum(oldest + at_birth, youngest + high * YEAR), oldest + low * YEAR)
        self.head[home] = self.stock.nearest(male, wanted + self.shares.partner_gap * YEAR * male)
        self.settle(self.head[home], home, HEAD)

    def partners(self, home: np.ndarray, same_sex: np.ndarray) -> None:
        """Find each head a partner."""
        head = self.head[home]
        mean, sd = self.shares.partner_gap, self.shares.partner_gap_sd
        gap = self.years(Draw.PARTNER_AGE, home, (0, sd))
        older = np.where(same_sex, 0, np.where(self.sex[head] == 0, mean, -mean)) * YEAR
        self.partner[home] = self.stock.nearest((self.sex[head] == 0) != same_sex, self.age[head] + older + gap)
        self.settle(self.partner[home], home, PARTNER)
        self.paired[home] = True

    def with_minors(self, plan: Plan) -> None:
        """Fill the homes of children: parents, or grandparents, or both, and grown siblings."""
        s = self.shares
        self.minors(plan.children)
        home = np.flatnonzero(plan.parents > 0)
        fathers = s.single_father / (s.single_father + s.single_mother)
        chance = np.where(plan.parents[home] == 1, fathers, s.same_sex_parents * s.same_sex_fathers)
        male = self.u(Draw.PARENT_SEX, home) < chance
        mean = s.birth_age - s.earlier_with_grandparents * (plan.grandparents[home] > 0)
        self.heads(home, male, self.youngest[home], self.oldest[home], (mean, s.birth_age_sd))
        home = np.flatnonzero(plan.parents == 2)
        men = self.sex[self.head[home]] == 1
        self.partners(home, men | (self.u(Draw.SAME_SEX, home) < s.same_sex_parents * (1 - s.same_sex_fathers)))
        self.step[home] = (self.u(Draw.STEP_PARENT, home) < s.step_parent) & (plan.grandparents[home] == 0)
        self.link(np.flatnonzero(self.role == MINOR))
        self.grandparents(plan)
        self.grown_siblings(plan)
        self.other_adults(plan)

    def grandparents(self, plan: Plan) -> None:
        """Give homes their grandparents; they are parents of the mother or of the father, or raise the children."""
        s = self.shares
        home = np.flatnonzero(plan.grandparents > 0)
        mine = (plan.parents[home] < 2) | (self.u(Draw.HEIR, home) < s.grandparents_of_head)
        heir = np.where(mine, self.head[home], self.partner[home])
        below = np.where(heir == NOBODY, self.oldest[home] + s.absent_parent_birth_age * YEAR, self.age[heir])
        limits = s.youngest_mother + 1, s.oldest_mother - 2
        apart = self.years(Draw.GRANDPARENT_AGE, home, (s.grown_birth_age, s.grown_birth_age_sd), *limits)
        pair = plan.grandparents[home] == 2
        male = ~pair & (self.u(Draw.GRANDPARENT_SEX, home) > s.grandmother)
        elder = self.stock.nearest(male, below + apart, or_older=True)
        gap = self.years(Draw.GRANDPARTNER_AGE, home[pair], (s.partner_gap, s.partner_gap_sd))
        other = self.stock.nearest(self.sex[elder[pair]] == 0, self.age[elder[pair]] + gap)
        for who, at in ((elder, np.arange(len(home))), (other, np.flatnonzero(pair))):
            self.settle(who, home[at], GRANDPARENT)
            self.link_to(heir[at][heir[at] != NOBODY], who[heir[at] != NOBODY])

    def grown_siblings(self, plan: Plan) -> None:
        """Give homes of one or two parents and minors their grown children."""
        s = self.shares
        count = np.arange(plan.siblings)
        home = np.flatnonzero((plan.parents > 0) & (plan.grandparents == 0))
        if not len(count) * len(home):
            home = np.arange(len(plan.parents))
        parent = self.age[np.maximum(self.head[home], 0)] / YEAR
        rise = max(s.parent_of_grown_settled - s.parent_of_grown_from, 1e-6)
        reach = np.cumsum(np.clip((parent - s.parent_of_grown_from) / rise, 1e-6, 1))
        points = (count + self.u(Draw.SIBLING_HOME, count)) / max(len(count), 1)
        host = np.searchsorted(reach[:-1], points * reach[-1]) if len(count) else count
        least = np.maximum(18, self.oldest[home[host]] / YEAR + s.sibling_gap_least)
        most = np.clip(parent[host] - s.youngest_mother - 1.5, least + 0.5, s.grown_with_minors_oldest)
        wanted = (least + self.u(Draw.SIBLING_AGE, count) ** s.grown_with_minors_skew * (most - least)) * YEAR
        who = self.stock.nearest(self.u(Draw.SIBLING_SEX, count) < s.sons_among_grown, wanted)
        self.settle(who, home[host], GROWN)
        self.link(who)

    def other_adults(self, plan: Plan) -> None:
        """Add other kin and lodgers to homes with minors, one each as far as the homes go."""
        rows = np.arange(plan.others)
        by_age = self.shares.sharing_by_age
        who = self.stock.weighted(by_age, by_age, self.u(Draw.OTHER, rows))
        home = shuffled(self.seed, Stream.POPULATION, len(plan.parents), Draw.OTHER_HOME)
        home = home[np.argsort(plan.parents[home] == 0, kind="stable")]  # grandparents raising children alone: last
        self.settle(who, home[rows % len(home)], GROWN)

    def with_grown(self, home: np.ndarray, makeup: np.ndarray) -> None:
        """Fill homes of parents and grown children: (parents, grown children) for each."""
        s = self.shares
        parents, grown = makeup[shuffled(self.seed, Stream.POPULATION, len(home), Draw.GROWN_HOME)].T
        first = self.stock.weighted(s.grown_by_age, s.grown_by_age, self.u(Draw.GROWN, np.arange(len(home))))
        two = grown == 2
        least, more = s.sibling_gap_least, s.sibling_gap_more
        wanted = self.age[first[two]] + (least - more * np.log(self.u(Draw.GROWN_AGE, home[two]))) * YEAR
        second = self.stock.nearest(self.u(Draw.GROWN_SEX, home[two]) < s.sons_among_grown, wanted)
        self.settle(first, home, GROWN)
        self.settle(second, home[two], GROWN)
        youngest, oldest = self.age[first], self.age[first]
        youngest[two] = np.minimum(youngest[two], self.age[second])
        oldest[two] = np.maximum(oldest[two], self.age[second])
        male = (parents == 1) & (self.u(Draw.PARENT_SEX, home) > s.lone_parent_of_grown_female)
        self.heads(home, male, youngest, oldest, (s.grown_birth_age, s.grown_birth_age_sd))
        self.partners(home[parents == 2], np.zeros((parents == 2).sum(), dtype=bool))
        self.link(np.concatenate((first, second)))

    def couples(self, home: np.ndarray) -> None:
        """Fill homes of two partners."""
        same_sex = round(self.shares.same_sex_childless * len(home))
        men = same_sex // 2
        coupled = self.shares.coupled_by_age
        never = (coupled[0], (0.0,) * len(coupled[0]))
        chance = self.u(Draw.COUPLE, home)
        self.head[home[:men]] = self.stock.weighted(never, coupled, chance[:men])
        self.head[home[men:]] = self.stock.weighted(coupled, never, chance[men:])
        self.settle(self.head[home], home, HEAD)
        alike = np.zeros(len(home), dtype=bool)
        alike[:men] = True
        alike[men + shuffled(self.seed, Stream.POPULATION, len(home) - men, Draw.COUPLE_ALIKE)[: same_sex - men]] = True
        self.partners(home, alike)

    def shared(self, home: np.ndarray, sizes: np.ndarray) -> None:
        """Fill shared homes with people of about one age."""
        rows = np.arange(sizes.sum())
        by_age = self.shares.sharing_by_age
        who = self.stock.weighted(by_age, by_age, self.u(Draw.SHARED, rows))
        near = self.age[who] + self.years(Draw.SHARED_AGE, rows, (20, self.shares.roommate_age_sd))  # 20: above zero
        who = who[order_of(np.maximum(near, 0))]
        sizes = sizes[shuffled(self.seed, Stream.POPULATION, len(sizes), Draw.SHARED_SIZE)]
        self.settle(who, np.repeat(home, sizes), HEAD)

    def link(self, child: np.ndarray) -> None:
        """Name head and partner as parents of children of their home, where their ages allow it."""
        home = self.home[child]
        has = self.head[home] != NOBODY
        self.link_to(child[has], self.head[home[has]])
        has = (self.partner[home] != NOBODY) & ~(self.step[home] & (self.role[child] == MINOR))
        self.link_to(child[has], self.partner[home[has]])

    def link_to(self, child: np.ndarray, parent: np.ndarray) -> None:
        """Name one parent of each child, where the ages allow it and the child has none of that sex yet."""
        s = self.shares
        apart = (self.age[parent] - self.age[child]) / YEAR
        for sex, column, most in ((0, self.mother, s.oldest_mother), (1, self.father, s.oldest_father)):
            old_enough = (apart >= s.youngest_mother) & (apart <= most)
            fits = (self.sex[parent] == sex) & old_enough & (column[child] == NOBODY)
            column[child[fits]] = parent[fits]

    def kinds(self) -> np.ndarray:
        """Return the kind of each home and block by who lives there, uint8."""
        homes = len(self.head) + self.blocks

        def count(which):
            return np.bincount(self.home[which], minlength=homes)

        minor = self.age < 18 * YEAR
        linked = (self.mother != NOBODY) | (self.father != NOBODY)
        adults, minors = count(~minor), count(minor)
        paired = np.append(self.paired, np.zeros(self.blocks, dtype=bool))
        # Three generations, or grandparents and grandchildren; without minors, two generations of adults.
        alone_with_elders = ~np.append(self.head != NOBODY, np.ones(self.blocks, dtype=bool)) & (minors > 0)
        three = count(linked & (self.role <= PARTNER)) > 0
        multigenerational = np.where(minors > 0, three | alone_with_elders, count(linked & ~minor) > 0)
        kind = np.select(
            [multigenerational, (minors > 0) & paired, minors > 0, paired & (adults == 2), adults == 1],
            [MULTIGENERATIONAL, COUPLE_CHILDREN, ONE_PARENT, COUPLE, ALONE],
            SHARED,
        ).astype(np.uint8)
        kind[len(self.head) :] = GROUP_QUARTERS
        return kind


def make_homes(m: Margins, shares: HouseholdShares, seed: int) -> Homes:
    """Return everybody in `m`, each in a home."""
    homes = Homes(m, shares, seed)
    homes.group_quarters(m.group_quarters)
    years = homes.age[np.concatenate(homes.stock.free)] / YEAR
    young = np.mean(years < 30) / shares.young if len(years) else 1.0
    middle = np.mean((years >= 45) & (years < 70)) / shares.middle if len(years) else 1.0
    plan = plan_homes(m, young, middle, shares)
    ends = np.cumsum([len(plan.children), len(plan.families), plan.couples, len(plan.sharing), plan.alone])
    _, families, couples, sharing, alone = np.split(np.arange(ends[-1]), ends[:-1])
    if len(plan.children):
        homes.with_minors(plan)
    homes.with_grown(families, plan.families)
    homes.couples(couples)
    homes.shared(sharing, plan.sharing)
    homes.settle(homes.stock.everybody(), alone, HEAD)
    return homes
