"""Faults in households with children: what they live through, who is told, and what comes of it."""

from . import Fault

HOUSEHOLD = "tests/model/test_household.py"
GROWING_UP = "tests/model/test_growing_up.py"
CHILD = "tests/agents/test_child.py"

FAULTS = (
    Fault(
        "one_arrest_two_reports",
        "model/processes/household.py",
        " and not _had_today(world, REPORTED, row):",
        ":",
        f"{HOUSEHOLD}::test_one_occasion_is_one_report_one_notice_one_visit",
        "an overdose and the arrest at its scene taken for two occasions",
    ),
    Fault(
        "orphans_saw_nothing",
        "model/processes/household.py",
        "        if event.kind == LEFT_HOME and event.amount == home and event.cause >= 0:",
        "        if False:",
        f"{HOUSEHOLD}::test_children_orphaned_the_same_day_saw_it_too",
        "who lived there looked up after the death has sent the children elsewhere",
    ),
    Fault(
        "everybodys_parent_arrested",
        "model/processes/household.py",
        "if is_minor(world, row) and is_parent(world, person, row) and lives_at_home(world, row):",
        "if is_minor(world, row) and lives_at_home(world, row):",
        f"{HOUSEHOLD}::test_a_parent_arrested_and_jailed",
        "children of the home taken for the person's own",
    ),
    Fault(
        "kin_elsewhere_do_not_mourn",
        "model/home.py",
        "if world.tie_kind[i] == KIN and world.residents[other].fate == HERE:",
        "if world.tie_kind[i] != KIN and world.residents[other].fate == HERE:",
        f"{HOUSEHOLD}::test_children_lose_a_parent_wherever_they_live",
        "ties of the wrong kind searched",
    ),
    Fault(
        "treatment_changes_nothing_at_home",
        "model/home.py",
        "                if world.histories[history].care < METHADONE:\n",
        "                if world.histories[history].care >= 0:\n",
        f"{HOUSEHOLD}::test_years_with_untreated_use_count_while_it_lasts",
        "a parent in treatment counted as untreated",
    ),
    Fault(
        "treatment_brings_nobody_home",
        "model/processes/household.py",
        "        hazard *= rules.family_treated_reunify_ratio\n",
        "        hazard *= 1.0\n",
        f"{HOUSEHOLD}::test_a_parent_well_into_treatment_brings_a_child_home_sooner",
        "the ratio dropped",
    ),
    Fault(
        "grown_up_in_placement",
        "model/processes/household.py",
        "            _come_home(world, number, OF_AGE)\n",
        "            child.custody = HOME\n",
        f"{HOUSEHOLD}::test_a_placement_ends_with_childhood_and_a_childhood_at_twenty_six",
        "a change of state without its event: the census keeps the grown in foster care",
    ),
    Fault(
        "the_bound_is_the_ceiling",
        "model/processes/household.py",
        "    above = family_ratio(world, row) - rules.family_bound\n",
        "    above = min(0.0, family_ratio(world, row) - rules.family_bound)\n",
        f"{GROWING_UP}::test_first_use_comes_with_the_whole_hazard",
        "first use above the bound of its dates forgotten",
    ),
    Fault(
        "a_bound_that_does_not_bound",
        "model/rules.py",
        "family.prescription_ratio * family.spouse_ratio / usual",
        "max(family.prescription_ratio, usual * family.spouse_ratio) / usual",
        f"{GROWING_UP}::test_no_hazard_of_first_use_is_above_the_bound_of_its_dates",
        "two ratios that may meet in one person bounded one by one",
    ),
    Fault(
        "rearing_counted_twice",
        "agents/child.py",
        "    strain += rules.family_initiation_per_distress * child.distress",
        "    strain += 3.0 * rules.family_initiation_per_distress * child.distress",
        f"{GROWING_UP}::test_rearing_does_what_siblings_reared_apart_show",
        "adversity acts by itself and through distress; the two must not add up to more than rearing does",
    ),
    Fault(
        "a_family_apart_is_calmer",
        "agents/child.py",
        "return level - rules.family_distress_per_cohesion * (cohesion - 0.5)",
        "return level + rules.family_distress_per_cohesion * (cohesion - 0.5)",
        f"{CHILD}::test_distress_rises_with_adversity_and_falls_with_cohesion_and_support",
        "a sign",
    ),
    Fault(
        "report_or_not_all_the_same",
        "model/rules.py",
        "family.report_mandatory if family.mandatory_report else family.report_usual",
        "family.report_usual",
        f"{HOUSEHOLD}::test_under_a_mandatory_report_more_children_are_reported",
        "a lever that nobody reads",
    ),
)
