"""Faults of comparisons: pairs that are none, rules that stop at the wrong place, outcomes that get lost on the way."""

from . import Fault

COMPARE = "tests/experiments/test_compare.py"
FAMILIES = "tests/experiments/test_families.py"
PAIRS = "tests/experiments/test_pairs.py"
PRECISION = "tests/experiments/test_precision.py"

FAULTS = (
    Fault(
        "a_half_on_the_other_side",
        "experiments/pairs.py",
        "(other, half) if slot % 2 else (half, other)",
        "(other, half)",
        f"{PAIRS}::test_policies_of_different_pasts_are_lived_each_by_itself",
        "A and B change places where the run of B ends first",
        compiled=True,
    ),
    Fault(
        "any_two_share_a_past",
        "experiments/pairs.py",
        "    if share_past(policies) and (",
        "    if (",
        f"{PAIRS}::test_policies_of_different_pasts_are_lived_each_by_itself",
        "the burn-in of one policy is taken for that of another",
        compiled=True,
    ),
    Fault(
        "always_shared",
        "experiments/pairs.py",
        "days_of(policies) <= -(-2 * pairs // workers) * alone",
        "alone <= -(-2 * pairs // workers) * alone",
        f"{PAIRS}::test_the_way_that_is_done_sooner_is_taken",
        "processors have nothing to do while others live two policies one after the other",
    ),
    Fault(
        "what_came_first_counts",
        "experiments/precision.py",
        "        while all(slot in self.pairs for slot in range(self.at)):",
        "        while len(self.pairs) == self.at:",
        f"{PRECISION}::test_it_ends_at_the_first_look_that_is_narrow_enough_whatever_came_first",
        "how many pairs there are depends on which worker was quick",
    ),
    Fault(
        "twice_as_wide",
        "experiments/precision.py",
        "half = (row.diff_high - row.diff_low) / 2 / abs(row.mean_a)",
        "half = (row.diff_high - row.diff_low) / abs(row.mean_a)",
        f"{PRECISION}::test_it_ends_at_the_first_look_that_is_narrow_enough_whatever_came_first",
        "the whole width taken for half of it",
    ),
    Fault(
        "in_the_unit_of_the_outcome",
        "experiments/precision.py",
        "/ 2 / abs(row.mean_a) if",
        "/ 2 if",
        f"{PRECISION}::test_it_ends_at_the_first_look_that_is_narrow_enough_whatever_came_first",
        "±2 % taken for ±0.02 people",
    ),
    Fault(
        "stops_once_it_looks_clear",
        "experiments/precision.py",
        "if found.reached or self.at == self.most:",
        "if found.reached or found.half_width < 0.5 or self.at == self.most:",
        f"{PRECISION}::test_it_ends_at_the_first_look_that_is_narrow_enough_whatever_came_first",
        "another rule than the one asked for",
    ),
    Fault(
        "a_spread_that_is_known",
        "experiments/precision.py",
        "for tail in (0.025, 0.975)",
        "for tail in (0.5, 0.5)",
        f"{PRECISION}::test_what_is_still_needed_is_told_with_what_is_not_known_of_it",
        "the pairs still needed are told as if ten pairs told the spread",
    ),
    Fault(
        "a_family_too_few",
        "experiments/families.py",
        '    "officers_exhausted": "Officers",\n',
        "",
        f"{FAMILIES}::test_every_outcome_has_a_family_and_each_family_its_outcomes",
        "officers told among children",
    ),
    Fault(
        "trust_of_one_group",
        "experiments/families.py",
        'run.groups[name][0] for run in runs], float) for name in ("trust", "residents")',
        'run.groups[name][-1] for run in runs], float) for name in ("trust", "residents")',
        f"{FAMILIES}::test_trust_and_cost_are_those_of_the_other_tables",
        "the last group taken for everybody",
        compiled=True,
    ),
    Fault(
        "better_both_ways",
        "experiments/compare_figure.py",
        'if row.better else f"{counted}; neither way is better"',
        'if row.better else f"{counted}; more is better"',
        f"{FAMILIES}::test_the_picture_has_the_headlines_and_where_better_is_said_of_each",
        "a way is said to be better of what is contested",
        compiled=True,
    ),
    Fault(
        "nobody_is_not_the_same",
        "experiments/equity_table.py",
        "np.array_equal(in_a.values, in_b.values, equal_nan=True)",
        "np.array_equal(in_a.values, in_b.values)",
        f"{COMPARE}::test_the_same_policy_differs_in_nothing_wherever_one_looks",
        "of two runs that are the same, a rate of nobody is said to be another",
        compiled=True,
    ),
    Fault(
        "per_person_and_not_per_100_000",
        "experiments/compare_table.py",
        'np.mean([1e5 * run.outcomes[outcome.id] / run.outcomes["person_years"]',
        "np.mean([1e5 * run.outcomes[outcome.id] / run.residents",
        f"{COMPARE}::test_a_difference_is_that_of_the_pairs_with_its_t_interval",
        "a rate over people in place of the years they lived",
    ),
    Fault(
        "pairs_for_runs",
        "experiments/compare_table.py",
        "unpaired_needed=needed(diff, float(apart), 1 / 4)",
        "unpaired_needed=needed(diff, float(together), 1 / 4)",
        f"{COMPARE}::test_runs_needed_show_the_difference_eighty_times_in_a_hundred",
        "runs of their own said to need as few as pairs",
    ),
)
