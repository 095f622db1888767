"""Faults of factorials: terms that add up to something else, worlds that are not one past."""

from . import Fault

TESTS = "tests/experiments/test_factorial.py"

FAULTS = (
    Fault(
        "less_is_more",
        "experiments/factorial.py",
        '"reinforcement: all": together - total',
        '"reinforcement: all": total - together',
        f"{TESTS}::test_terms_of_a_function_known",
        "factors that hinder each other are said to reinforce each other",
    ),
    Fault(
        "unfair_shares",
        "experiments/factorial.py",
        "math.factorial(s) * math.factorial(k - 1 - s) / math.factorial(k)",
        "1 / 2 ** (k - 1)",
        f"{TESTS}::test_shares_add_up_and_effects_are_orthogonal",
        "shares weigh all coalitions alike and no longer add up",
    ),
    Fault(
        "one_world_for_all",
        "experiments/branches.py",
        "trunk if number == len(scenarios) - 1 else copy.deepcopy(trunk)",
        "trunk",
        f"{TESTS}::test_branches_are_the_runs_themselves",
        "the second policy goes on in the world of the first",
    ),
    Fault(
        "any_past_will_do",
        "experiments/branches.py",
        "            if found.path not in levers and",
        "            if False and",
        f"{TESTS}::test_a_shared_past_allows_levers_only",
        "scenarios of different pasts share one",
    ),
)
