"""National shares that shape households where the county table says nothing.

Each number carries its evidence row (`row(...)`), or stands as a judgement with a plausible range
(`judged(...)`). County tables override them wherever they speak.
"""

from dataclasses import dataclass, field


def row(value: float, evidence: str) -> float:
    """Declare a number that has a row in the evidence base."""
    return field(default=value, metadata={"evidence": evidence})


def judged(value: float, low: float, high: float, why: str) -> float:
    """Declare a judgement: a number without a row, with its plausible range."""
    return field(default=value, metadata={"low": low, "high": high, "why": why})


@dataclass(frozen=True)
class HouseholdShares:
    """How people live together; shares of all households unless the comment says otherwise."""

    alone: float = row(0.285, "hh_living_alone_share")
    married: float = row(0.472, "hh_married_share")
    cohabiting: float = row(0.071, "hh_cohabiting_share")
    married_with_children: float = row(0.182, "hh_married_own_children_share")
    three_generations: float = row(0.047, "hh_multigenerational_share")
    single_mother: float = row(0.0495, "hh_single_mother_share")
    single_father: float = row(0.0124, "hh_single_father_share")
    young_adult_at_home: float = row(0.56, "young_adult_in_parental_home_share")  # of people of 18-24
    with_children: float = judged(0.303, 0.28, 0.32, "all households with a person under 18; scales three_generations")
    cohabiting_with_children: float = judged(0.33, 0.25, 0.40, "of cohabiting couples")

    # adults beyond the couple
    couple_with_grown: float = judged(0.08, 0.06, 0.10, "couple and grown children, no minor")
    lone_parent_with_grown: float = judged(0.045, 0.03, 0.06, "one parent and grown children, no minor")
    two_grown: float = judged(0.25, 0.15, 0.35, "of those homes: two grown children rather than one")
    grown_sibling: float = judged(0.30, 0.20, 0.40, "grown children at home per couple or lone parent with a minor")
    other_adult: float = judged(0.15, 0.08, 0.22, "other kin and lodgers per home with minors")
    lone_parent_of_grown_female: float = judged(0.78, 0.70, 0.85, "women among lone parents of grown children")

    # unrelated adults, by size
    shared: float = judged(0.065, 0.045, 0.09, "adults sharing a home: unrelated, siblings, other kin, lodgers")
    shared_sizes: tuple[float, ...] = judged((0.50, 0.27, 0.14, 0.06, 0.03), 0, 1, "2, 3, 4, 5, 6 adults")

    # children
    children: tuple[float, ...] = row(
        (0.41, 0.38, 0.14, 0.045, 0.016, 0.006, 0.002, 0.001), "children_per_parent_household"
    )  # 1 to 8; the row says 0.07 for 4 and more
    three_generations_with_minors: float = judged(0.75, 0.6, 0.9, "of homes of three generations; others are not made")
    skipped_generation: float = judged(0.025, 0.015, 0.04, "of homes with children: grandparents without the parents")
    lone_parent_in_three_generations: float = judged(0.5, 0.4, 0.65, "one parent in the middle, not two")
    one_grandparent: float = judged(0.6, 0.5, 0.7, "one grandparent rather than a couple")
    grandmother: float = judged(0.78, 0.7, 0.85, "women among grandparents without a partner at home")
    step_parent: float = judged(0.09, 0.06, 0.12, "couples with minors where the second partner is not their parent")

    # ages [years]
    birth_age: tuple[float, float] = judged((27.2, 5.6), 25, 29, "mother's age at birth of her eldest minor: mean, SD")
    earlier_with_grandparents: float = judged(3.0, 0, 5, "the same in homes with a grandparent: years earlier")
    grown_birth_age: tuple[float, float] = judged((27.5, 5.5), 25, 30, "parent's age at the birth of grown children")
    partner_gap: tuple[float, float] = judged((2.2, 4.0), 1.5, 5, "man's age less woman's: mean, SD")
    sibling_gap: tuple[float, float] = judged((1.2, 2.2), 0.8, 3, "shortest gap, mean of the exponential beyond it")
    oldest_tail: float = judged(4.3, 3.5, 5, "mean years lived beyond 85 among people of 85 and over")

    # pairs
    same_sex: float = judged(0.018, 0.012, 0.025, "of couples; a third of that with minors, twice that without")
    formed_regardless_of_race: float = judged(0.18, 0.12, 0.25, "of couples; gives 11-12 % mixed couples in the US")
    roommates_regardless_of_race: float = judged(0.35, 0.2, 0.6, "of unrelated adults sharing a home")


# Share of women in each five-year band, United States (recalled, about 2020); a county moves its adult bands together.
FEMALE_BY_BAND = (
    0.489, 0.489, 0.489, 0.488, 0.489, 0.491, 0.493, 0.496, 0.499,
    0.502, 0.504, 0.510, 0.517, 0.527, 0.537, 0.551, 0.577, 0.640,
)  # fmt: skip

# Weights by age [years], linear between: who is in group quarters (women, men), who heads a shared home, who is in a
# couple without minors, who still lives with parents. Only their shape matters: the counts are set elsewhere.
_QUARTERS_AGES = (18, 20, 22, 25, 35, 55, 65, 75, 85, 95)
GROUP_QUARTERS_WOMEN = (_QUARTERS_AGES, (0.25, 0.25, 0.08, 0.008, 0.005, 0.006, 0.01, 0.025, 0.10, 0.25))
GROUP_QUARTERS_MEN = (_QUARTERS_AGES, (0.23, 0.23, 0.10, 0.032, 0.03, 0.022, 0.016, 0.022, 0.06, 0.15))
SHARED_BY_AGE = ((18, 22, 27, 35, 50, 65, 85), (1.2, 2.0, 1.2, 0.8, 0.7, 0.5, 0.15))
COUPLE_BY_AGE = ((18, 22, 27, 35, 65, 75, 82, 90), (0.1, 0.35, 0.85, 1.0, 1.0, 0.65, 0.27, 0.06))
GROWN_BY_AGE = ((18, 24, 27, 35, 45, 60, 70), (1.0, 1.0, 0.3, 0.16, 0.13, 0.06, 0.01))

# People of 18-29 and of 45-69 among adults outside group quarters, United States: a county's young and middle-aged
# people are counted against these when its homes are planned.
YOUNG_SHARE, MIDDLE_SHARE = 0.201, 0.403

# How often people of each race live in four kinds of home, against all people (rows: RACES without "multi").
# Homes: with minors and one parent; other with minors; no minors, head under 65; no minors, head 65 or over.
RACE_BY_HOME = {
    "white": (0.75, 0.90, 1.02, 1.30),
    "black": (2.00, 0.80, 1.05, 0.75),
    "hispanic": (1.30, 1.35, 0.90, 0.50),
    "asian": (0.50, 1.30, 1.05, 0.65),
    "aian": (1.60, 1.10, 0.95, 0.75),
    "nhpi": (1.30, 1.40, 0.95, 0.50),
    "other": (1.20, 1.20, 1.00, 0.60),
}

# Place of each race on the one axis along which homes sort into neighbourhoods, in SD of what else sorts them:
# a gap of 1.05 SD gives a dissimilarity near 0.40 in a large county.
NEIGHBOURHOOD_AXIS = {
    "white": 0.0, "black": 1.05, "hispanic": 0.80, "asian": 0.45,
    "aian": 0.80, "nhpi": 0.60, "multi": 0.30, "other": 0.40,
}  # fmt: skip
POVERTY_AXIS = 0.35  # a home with one parent, against others, on the same axis
