"""Faults in what is told of groups: denominators, references, signs, and groups that get lost."""

from . import Fault

EQUITY = "tests/experiments/test_equity.py"

FAULTS = (
    Fault(
        "everything_per_resident",
        "model/groups/measures.py",
        "_DENOMINATOR.get(outcome.id, _by_default(recipe))",
        "_by_default(recipe)",
        f"{EQUITY}::test_every_measure_has_its_denominator",
        "one denominator for all: arrests of people who use as a rate of everybody",
    ),
    Fault(
        "the_reference_on_top",
        "experiments/equity.py",
        "    return rates(r[..., 0], r[..., 1])",
        "    return rates(r[..., 1], r[..., 0])",
        f"{EQUITY}::test_every_measure_is_what_it_is_by_hand",
        "the ratio turned over: who has most seems to have least",
    ),
    Fault(
        "another_reference_group",
        "experiments/equity_table.py",
        "    base = groups.index(reference)",
        "    base = 0",
        f"{EQUITY}::test_the_table_tells_all_runs_together_for_the_whole_place_and_a_year",
        "the first group taken for the reference",
    ),
    Fault(
        "the_gap_turned_round",
        "experiments/equity.py",
        "    return r[..., 0] - r[..., 1]",
        "    return r[..., 1] - r[..., 0]",
        f"{EQUITY}::test_every_measure_is_what_it_is_by_hand",
        "a sign",
    ),
    Fault(
        "narrow_is_wide",
        "experiments/equity_table.py",
        "if abs(after) < abs(before) else",
        "if after < before else",
        f"{EQUITY}::test_a_gap_below_the_reference_narrows_by_rising",
        "right for groups that are worse off than the reference, wrong for those that are better off",
    ),
    Fault(
        "a_neighbourhood_lost",
        "model/groups/counting.py",
        "places[~hot].sum()",
        "places[~hot][1:].sum()",
        f"{EQUITY}::test_groups_add_up_to_every_outcome_or_it_is_said_why_there_are_none",
        "a group dropped where they are put together",
    ),
    Fault(
        "a_race_lost",
        "model/groups/time_at_risk.py",
        "    race = np.bincount(residents.race[who], length, len(RACES))\n",
        "    race = np.bincount(residents.race[who], length, len(RACES))\n    race[1] = 0\n",
        f"{EQUITY}::test_groups_add_up_to_every_outcome_or_it_is_said_why_there_are_none",
        "a group dropped from the time people spend somewhere",
    ),
    Fault(
        "nobody_says_why",
        "model/groups/measures.py",
        '{int(Count.SLOTS): "slots are a provider\'s"}',
        "{}",
        f"{EQUITY}::test_groups_add_up_to_every_outcome_or_it_is_said_why_there_are_none",
        "an outcome that quietly has no groups",
    ),
    Fault(
        "the_mean_of_ratios",
        "experiments/equity.py",
        "    total = values.sum(axis=0, keepdims=True)",
        "    total = values[:1] * len(values)",
        f"{EQUITY}::test_a_ratio_is_of_all_runs_and_its_interval_of_logarithms",
        "one run taken for all",
    ),
    Fault(
        "a_narrow_interval",
        "experiments/equity.py",
        "* (n - 1) / n) ** 0.5",
        "/ n) ** 0.5",
        f"{EQUITY}::test_intervals_of_ratios_and_differences_cover_the_truth_as_often_as_they_say",
        "the spread of leave-one-out values taken for that of runs",
    ),
)
