"""National shares that shape households where the county table says nothing.

Every number is a row of the evidence base, which says what exactly it counts, its plausible range and
the reason. County tables override them wherever they speak.
"""

from dataclasses import dataclass

from .rows import curve, row

Curve = tuple[tuple[float, ...], tuple[float, ...]]  # ages [years], weights; linear between


@dataclass(frozen=True)
class HouseholdShares:
    """How people live together; shares of all households unless the row says otherwise."""

    alone: float = row("hh_living_alone_share")
    married: float = row("hh_married_share")
    cohabiting: float = row("hh_cohabiting_share")
    married_with_children: float = row("hh_married_own_children_share")
    three_generations: float = row("hh_multigenerational_share")
    single_mother: float = row("hh_single_mother_share")
    single_father: float = row("hh_single_father_share")
    with_children: float = row("pop_with_children")
    cohabiting_with_children: float = row("pop_cohabiting_with_children")
    young: float = row("pop_young_share")  # reference levels among adults outside group quarters
    middle: float = row("pop_middle_share")

    # adults beyond the couple
    couple_with_grown: float = row("pop_couple_with_grown")
    lone_parent_with_grown: float = row("pop_lone_parent_with_grown")
    two_grown: float = row("pop_two_grown")
    grown_sibling: float = row("pop_grown_sibling")
    grown_with_minors_oldest: float = row("pop_grown_with_minors_oldest")
    grown_with_minors_skew: float = row("pop_grown_with_minors_skew")
    parent_of_grown_from: float = row("pop_parent_of_grown_from")
    parent_of_grown_settled: float = row("pop_parent_of_grown_settled")
    sons_among_grown: float = row("pop_sons_among_grown")
    lone_parent_of_grown_female: float = row("pop_lone_parent_of_grown_female")
    other_adult: float = row("pop_other_adult")

    # adults who share, by size
    shared: float = row("pop_shared")
    shared_sizes: tuple[float, ...] = row("pop_shared_sizes")  # 2, 3, … adults
    roommate_age_sd: float = row("pop_roommate_age_sd")

    # children and grandparents
    children: tuple[float, ...] = row("pop_children")  # 1, 2, … minors
    three_generations_with_minors: float = row("pop_three_generations_with_minors")
    skipped_generation: float = row("pop_skipped_generation")
    lone_parent_in_three_generations: float = row("pop_lone_parent_in_three_generations")
    one_grandparent: float = row("pop_one_grandparent")
    grandmother: float = row("pop_grandmother")
    grandparents_of_head: float = row("pop_grandparents_of_head")
    step_parent: float = row("pop_step_parent")

    # ages [years]
    birth_age: float = row("pop_birth_age")
    birth_age_sd: float = row("pop_birth_age_sd")
    earlier_with_grandparents: float = row("pop_earlier_with_grandparents")
    grown_birth_age: float = row("pop_grown_birth_age")
    grown_birth_age_sd: float = row("pop_grown_birth_age_sd")
    absent_parent_birth_age: float = row("pop_absent_parent_birth_age")
    youngest_mother: float = row("pop_youngest_mother")
    oldest_mother: float = row("pop_oldest_mother")
    oldest_father: float = row("pop_oldest_father")
    partner_gap: float = row("pop_partner_gap")
    partner_gap_sd: float = row("pop_partner_gap_sd")
    sibling_gap_least: float = row("pop_sibling_gap_least")
    sibling_gap_more: float = row("pop_sibling_gap_more")
    pregnancy_days: int = row("pop_pregnancy_days")
    oldest_tail: float = row("pop_oldest_tail")

    # pairs
    same_sex_parents: float = row("pop_same_sex_parents")
    same_sex_fathers: float = row("pop_same_sex_fathers")
    same_sex_childless: float = row("pop_same_sex_childless")
    formed_regardless_of_race: float = row("pop_formed_regardless_of_race")
    roommates_regardless_of_race: float = row("pop_roommates_regardless_of_race")

    # tables
    female_by_band: tuple[float, ...] = row("pop_female_by_band")  # of AGE_BANDS
    quarters_women: Curve = curve("pop_quarters_women")
    quarters_men: Curve = curve("pop_quarters_men")
    sharing_by_age: Curve = curve("pop_sharing_by_age")
    coupled_by_age: Curve = curve("pop_coupled_by_age")
    grown_by_age: Curve = curve("pop_grown_by_age")
    race_by_home: tuple[tuple[float, ...], ...] = row("pop_race_by_home")  # RACES x four kinds of home
    several_races_age: float = row("pop_several_races_age")

    # neighbourhoods
    neighbourhood_axis: tuple[float, ...] = row("pop_neighbourhood_axis")  # of RACES
    poverty_axis: float = row("pop_poverty_axis")
    residents_per_neighbourhood: float = row("pop_residents_per_neighbourhood")
    neighbourhood_spread: float = row("pop_neighbourhood_spread")
