"""Faults in prices, bills, health and budgets."""

from . import Fault

COSTS = "tests/model/test_costs.py"
BUDGET = "tests/model/test_budget.py"
MONEY = "tests/experiments/test_money.py"

FAULTS = (
    Fault(
        "intake_charged_twice",
        "model/costs.py",
        '    Item("jail", "Days in jail", "justice", (("census.jailed", 1),)',
        '    Item("jail", "Days in jail", "justice", (("census.jailed", 1), ("event.arrested", 1))',
        f"{COSTS}::test_nothing_is_counted_twice",
        "booking billed as a day in jail, though an arrest's price has it",
    ),
    Fault(
        "wrong_payer",
        "model/costs.py",
        '    Item("court", "Court cases", "justice"',
        '    Item("court", "Court cases", "programme"',
        f"{COSTS}::test_the_bill_by_hand",
        "a line copied with its payer",
    ),
    Fault(
        "discounted_from_the_end_of_the_year",
        "model/costs.py",
        "(1 + scenario.prices.discount_rate) ** -year",
        "(1 + scenario.prices.discount_rate) ** -(year + 1)",
        f"{COSTS}::test_the_bill_by_hand",
        "years counted from one",
    ),
    Fault(
        "rounded_before_the_scale",
        "model/costs.py",
        "units_of(item, kept, scenario) * scale)",
        "np.rint(units_of(item, kept, scenario) * scale))",
        f"{COSTS}::test_a_sample_is_billed_as_the_place_it_stands_for",
        "people cannot be halves, but shares of a place can",
    ),
    Fault(
        "inflated_the_wrong_way",
        "model/budget.py",
        "index[prices.price_year] / index[currency_year(name)]",
        "index[currency_year(name)] / index[prices.price_year]",
        f"{COSTS}::test_a_price_is_turned_into_dollars_of_the_price_year",
        "old dollars made smaller instead of larger",
    ),
    Fault(
        "loss_and_years_both",
        "model/costs.py",
        "return max(0.0, prices.qaly_loss_per_overdose_death - prices.util_oud_active * in_run)",
        "return prices.qaly_loss_per_overdose_death",
        f"{COSTS}::test_a_death_averted_gains_its_loss_once",
        "the years lost within the run are missing among those lived, and taken off again",
    ),
    Fault(
        "price_in_the_rules",
        "model/rules.py",
        "    for section in SECTIONS:\n        for name, value in getattr(scenario, section):\n",
        '    for section in (*SECTIONS, "prices"):\n        for name, value in getattr(scenario, section):\n'
        '            if name == "cost_jail_day":\n                numbers["kits_to_friends"] += value / 1e4\n',
        f"{COSTS}::test_prices_move_no_event",
        "prices among the numbers in force, where a name could meet one",
    ),
    Fault(
        "lever_forgotten",
        "model/measures.py",
        '    "deflection.placement_tries": _STAFF_TIME,\n',
        "",
        f"{BUDGET}::test_every_lever_has_a_price_or_a_reason",
        "a lever added to the schema alone",
    ),
    Fault(
        "budget_of_the_first_day",
        "model/budget.py",
        "    days = {0, *(change.day for change in scenario.changes)}\n    sets",
        "    days = {0}\n    sets",
        f"{BUDGET}::test_a_dated_change_is_held_to_the_budget_too",
        "a policy that grows later is priced as it began",
    ),
    Fault(
        "budget_not_asked",
        "experiments/run.py",
        "    scenario = within_budget(scenario)\n",
        "",
        f"{BUDGET}::test_the_run_lives_under_its_budget",
        "a budget that is printed and does not bind",
    ),
    Fault(
        "pairs_in_any_order",
        "experiments/money.py",
        "        self.b.accounts.sort(key=lambda account: seeds.index(account.seed))\n",
        "",
        f"{MONEY}::test_pairs_are_matched_by_seed",
        "the second folder lists its seeds in another order",
    ),
)
