"""Measures of inequality: numbers worked out by hand, intervals that cover, and every outcome told by group."""

from collections import namedtuple
from types import SimpleNamespace

import numpy as np
import pandas
import pytest
from deflect.experiments import compare_text, equity, equity_figure, equity_table
from deflect.experiments.compare import Comparison
from deflect.experiments.equity import estimate, leave_one_out, too_few
from deflect.experiments.equity_table import CHANGES, COLUMNS, change_table
from deflect.experiments.equity_table import equity_table as table_of
from deflect.experiments.result import Result
from deflect.experiments.run import Run, run
from deflect.model.events import MEANING, Kind
from deflect.model.groups import GROUPED, GROUPINGS, GROUPS, MEASURES, REFERENCE, UNGROUPED, why_no_group
from deflect.model.groups import measures as by_group
from deflect.model.outcomes import OUTCOMES
from deflect.scenarios.load import load
from towns import ALL_PATHWAYS, ROOT

# Rates 0.1, 0.2 and 0.05 of parts 1/4, 1/2 and 1/4; of all 55/400 = 0.1375.
OVER, UNDER = np.array([10.0, 40, 5]), np.array([100.0, 200, 100])
T = {1: 12.7062, 2: 4.30265}  # of 1 and 2 degrees of freedom at 0.975


def test_every_measure_is_what_it_is_by_hand():
    second_to_first, third_to_first = [1, 0], [2, 0]
    assert equity.rate_ratio(OVER[second_to_first], UNDER[second_to_first]) == pytest.approx(2)
    assert equity.rate_difference(OVER[second_to_first], UNDER[second_to_first]) == pytest.approx(0.1)
    assert equity.rate_difference(OVER[third_to_first], UNDER[third_to_first]) == pytest.approx(-0.05)
    assert equity.excess(OVER[second_to_first], UNDER[second_to_first]) == pytest.approx(20)
    assert equity.excess(OVER[third_to_first], UNDER[third_to_first]) == pytest.approx(-5)
    assert equity.excess_of_all(OVER, UNDER, 0) == pytest.approx(15)  # 55, and 40 at the first group's rate
    assert equity.excess_share(OVER, UNDER, 0) == pytest.approx(3 / 11)
    # (0.0375² + 2 · 0.0625² + 0.0875²) / 4, and the mean of 0.0375, 0.0625 and 0.0875 over 0.1375.
    assert equity.between_group_variance(OVER, UNDER) == pytest.approx(0.00421875)
    assert equity.index_of_disparity(OVER, UNDER) == pytest.approx(500 / 11)
    # r/m are 8/11, 16/11 and 4/11, with logarithms -0.318453731, 0.374693449 and -1.011600912.
    assert equity.theil(OVER, UNDER) == pytest.approx(0.122639929)
    assert equity.mean_log_deviation(OVER, UNDER) == pytest.approx(0.145166936)
    # Middles of the groups: 1/8, 1/2 and 7/8: 2 · (10/8 + 40/2 + 5 · 7/8)/55 - 1.
    assert equity.concentration(equity.concentration_parts(OVER, UNDER)) == pytest.approx(-3.75 / 55)
    assert equity.concentration(equity.concentration_parts([0, 0, 7], UNDER)) == pytest.approx(0.75)


def test_equal_rates_are_no_inequality_and_nobody_is_left_out():
    over, under = np.array([10.0, 20, 0]), np.array([100.0, 200, 0])
    for measure in (equity.between_group_variance, equity.index_of_disparity, equity.theil, equity.mean_log_deviation):
        assert measure(over, under) == pytest.approx(0, abs=1e-15)
        assert measure(OVER, UNDER) == pytest.approx(measure([*OVER, 0], [*UNDER, 0]))  # a group of nobody
    assert equity.concentration(equity.concentration_parts(over, under)) == pytest.approx(0)
    nothing = np.array([0.0, 40, 5])
    assert np.isnan(equity.mean_log_deviation(nothing, UNDER)) and np.isfinite(equity.theil(nothing, UNDER))
    assert np.isnan(equity.rate_ratio([1, 0], [10, 10])) and np.isnan(equity.rate_ratio([1, 1], [10, 0]))


def test_the_jackknife_of_a_mean_is_its_t_interval():
    counts = np.array([3.0, 7, 8])
    found = estimate(equity.rates(leave_one_out(counts), leave_one_out([1, 1, 1])))
    half = T[2] * counts.std(ddof=1) / 3**0.5
    assert found[:3] == pytest.approx((6, 6 - half, 6 + half), rel=1e-5)
    assert np.isnan(estimate(leave_one_out([3.0]))[1:]).all()


def test_a_ratio_is_of_all_runs_and_its_interval_of_logarithms():
    # 2 and 6 to 4 and 4 in equal times: 1; without the first run 1.5, without the second 0.5; se = ln(3) / 2.
    over, under = leave_one_out([[2, 4], [6, 4]]), leave_one_out([[10, 10], [10, 10]])
    found = estimate(equity.rate_ratio(over, under), logarithm=True)
    half = T[1] * np.log(3) / 2
    assert found[:3] == pytest.approx((1, np.exp(-half), np.exp(half)), rel=1e-4)
    over = leave_one_out([[2, 4], [0, 4]])
    assert np.isnan(estimate(equity.rate_ratio(over, under), logarithm=True).low)  # without the first there is none


def test_what_chance_adds_to_a_variance_is_taken_off_its_interval():
    # Rates of two runs: (2, 0) and (0, 2) are equal together; alone each has a variance of 1.
    over, under = leave_one_out([[2, 0], [0, 2]]), leave_one_out([[1, 1], [1, 1]])
    found = estimate(equity.between_group_variance(over, under), least=0.0)
    assert (found.value, found.bias, found.low, found.high) == (0, 1, 0, 0)


def simulated(rates, trials=400, runs=10, people=40.0):
    """Yield counts (runs, groups) of events that happen at these rates, and what they are among."""
    chance = np.random.default_rng(7)
    for _ in range(trials):
        yield chance.poisson(np.array(rates) * people, (runs, len(rates))), np.full((runs, len(rates)), people)


def test_intervals_of_ratios_and_differences_cover_the_truth_as_often_as_they_say():
    inside = np.zeros(2)
    for over, under in simulated((0.3, 0.1)):
        sums = leave_one_out(over), leave_one_out(under)
        ratio = estimate(equity.rate_ratio(*sums), logarithm=True)
        gap = estimate(equity.rate_difference(*sums))
        inside += [ratio.low <= 3 <= ratio.high, gap.low <= 0.2 <= gap.high]
    assert (0.92 < inside / 400).all() and (inside / 400 < 0.98).all(), inside


def test_chance_alone_looks_like_inequality_and_is_told_apart():
    told = [
        estimate(equity.between_group_variance(leave_one_out(over), leave_one_out(under)), least=0.0)
        for over, under in simulated((0.1, 0.1, 0.1))
    ]
    values, biases = (np.array([getattr(one, name) for one in told]) for name in ("value", "bias"))
    assert values.mean() > 0 and abs((values - biases).mean()) < 0.1 * values.mean()
    assert np.mean([one.low > 0 for one in told]) < 0.06


def test_few_events_or_few_runs_with_any_are_too_few():
    events = np.zeros((6, 4))
    events[:, 0], events[0, 1], events[:4, 2], events[:5, 3] = 3, 500, 5, 4  # 18 in all; 500, 20 and 20
    assert too_few(events).tolist() == [True, True, True, False]
    assert too_few([[19], [1]]).tolist() == [False] and too_few([[19], [0]]).tolist() == [True]


# --- every outcome ------------------------------------------------------------------------------------------


# Parents are reported, children removed and brought home within the year.
HOMES = {
    "policing.enforcement_contacts_per_year": 12.0,
    "family.endangered_children_check": 1.0,
    "family.mandatory_report": True,
    "family.report_mandatory": 0.8,
    "family.report_at_arrest": 0.8,
    "family.report_opens": 1.0,
    "family.removal_12m": 0.95,
    "family.reunified_12m": 0.9,
}


@pytest.fixture(scope="module")
def lived():
    return run(load("status_quo", ALL_PATHWAYS | HOMES | {"residents": 400, "years": 1}), 3)


def test_groups_add_up_to_every_outcome_or_it_is_said_why_there_are_none(lived):
    grouped = {recipe.outcome.id for recipe in GROUPED}
    listed = {outcome.id for outcome in UNGROUPED}
    happened = 0
    for outcome in OUTCOMES:
        assert (outcome.id in grouped) != (outcome.id in listed), f"{outcome.id}: neither by group nor said why not"
        if outcome.id in listed:
            continue
        counted, whole = lived.groups[outcome.id], lived.outcomes[outcome.id]
        if outcome.kind == "stock":
            whole *= lived.years  # person-years
        for grouping in GROUPINGS:
            inside = [place for place, (its, _) in enumerate(GROUPS) if its == grouping]
            total = counted[inside].sum()
            if outcome.kind == "share":
                of = lived.groups[f"{outcome.id}_of"][inside].sum()
                total = total / of if of else np.nan
            assert total == pytest.approx(whole, rel=1e-9, abs=1e-9, nan_ok=True), (outcome.id, grouping)
        assert lived.neighbourhoods[outcome.id].sum() == pytest.approx(counted[0]), outcome.id
        happened += counted[0] > 0
    assert happened >= 50
    of_children = ("children_removed", "children_returned", "in_kin_care", "in_foster_care")
    assert all(lived.groups[id][0] > 0 for id in of_children)


def test_an_outcome_of_officers_has_no_group_and_a_new_kind_of_event_has():
    Recipe = namedtuple("Recipe", "over under less")
    assert why_no_group(Recipe((by_group.Count.SLOTS,), (), ())) == "slots are a provider's"
    for kind in Kind:
        of_officers = MEANING[kind][0].startswith("an officer ")
        assert bool(why_no_group(Recipe((by_group.FIRST_EVENT + kind,), (), ()))) == of_officers, kind
        assert (by_group.FIRST_EVENT + kind in by_group._KNOWN) != of_officers, kind


def test_every_measure_has_its_denominator(lived):
    expected = {
        "arrests": "disorder_years", "deaths_other": "resident_years", "call_share": "call_share_of",
        "hospital": "nonfatal_overdoses", "exits": "on_medication", "handed_over": "hand_offs",
        "children_removed": "child_years", "in_foster_care": "child_years", "families_reached": "resident_years",
        "deaths_of_residents": "resident_years", "trust": "residents", "acceptance": "acceptance_of",
    }  # fmt: skip
    under = {measure.id: measure.under for measure in MEASURES}
    assert {id: under[id] for id in expected} == expected
    assert set(under) - {"deaths_of_residents", "trust", "trust_with_disorder"} == {
        recipe.outcome.id for recipe in GROUPED
    } - {"population"}
    for measure in MEASURES:
        assert measure.denominator and {measure.over, measure.under, measure.events} <= set(lived.groups), measure.id
        if measure.unit == "share" and measure.kind == "count":
            assert (lived.groups[measure.over] <= lived.groups[measure.under] + 1e-9).all(), measure.id
    young = [
        place for place, (grouping, group) in enumerate(GROUPS) if grouping == "age" and group in ("0-11", "12-17")
    ]
    assert lived.groups["child_years"][0] == pytest.approx(lived.groups["resident_years"][young].sum())


# --- the tables ---------------------------------------------------------------------------------------------

WOMEN, MEN = GROUPS.index(("sex", "women")), GROUPS.index(("sex", "men"))


def made(seed, women, men, times=(50.0, 100.0), places=((0, 10), (10, 10))):
    """Return a run of two years, half of its place simulated, with arrests of women and men, all else zero."""
    names = {name for measure in MEASURES for name in (measure.over, measure.under, measure.events)}
    counted = {name: np.zeros(len(GROUPS)) for name in sorted(names)}
    counted["arrests"][[WOMEN, MEN]] = women, men
    counted["disorder_years"][[WOMEN, MEN]] = times
    by_place = {name: np.zeros(2) for name in counted}
    by_place["arrests"], by_place["disorder_years"] = (np.array(told, float) for told in places)
    values = {outcome.id: 1.0 for outcome in OUTCOMES} | {"person_years": 1000.0}
    lived = dict(days=730.5, residents=500, place_population=1000, monthly={}, digest="", code="")
    return Run(load(), seed, outcomes=values, groups=counted, neighbourhoods=by_place, **lived)


def rows_of(table, grouping="sex"):
    """Return the arrests of a table by (group, measure)."""
    return table[(table.outcome == "arrests") & (table.grouping == grouping)].set_index(["group", "measure"])


def test_the_table_tells_all_runs_together_for_the_whole_place_and_a_year():
    found = table_of([made(0, 30, 20), made(1, 10, 20)])
    rows = rows_of(found)
    assert tuple(found.columns) == COLUMNS
    # 40 in 100 and 40 in 200 person-years: 40 and 20 per 100; twice as many people, two runs of two years.
    assert rows.value["women", "rate_ratio"] == pytest.approx(2)
    assert rows.value["women", "rate_difference"] == pytest.approx(20)
    assert rows.value["women", "excess"] == rows.value["", "excess"] == pytest.approx(20 * 2 / 4)
    assert rows.value["", "excess_share"] == pytest.approx(20 / 80)
    assert rows.value["", "between_group_variance"] == pytest.approx((40 / 3) ** 2 / 3 + (20 / 3) ** 2 * 2 / 3)
    assert rows.reference["women", "rate_ratio"] == REFERENCE["sex"] == "men"
    assert rows.denominator["women", "excess"] == "people with active opioid use disorder"
    assert rows.few["women", "rate_ratio"] == "" and ("men", "rate_ratio") not in rows.index
    # Gaps of the runs: 40 and 0 per 100.
    assert rows.high["women", "rate_difference"] == pytest.approx(20 + T[1] * 20, rel=1e-4)
    assert rows_of(found, "neighbourhood").value["", "concentration"] == pytest.approx(0.5)
    few = rows_of(table_of([made(0, 5, 20), made(1, 5, 20)])).few
    assert few["women", "rate_ratio"] == few["", "theil"] == "women"


def pairs(women_a, women_b):
    a = [made(seed, women, 100) for seed, women in enumerate(women_a)]
    return a, [made(seed, women, 100) for seed, women in enumerate(women_b)]


def test_a_change_is_that_of_the_pairs_and_says_whether_the_gap_narrows():
    found = change_table(*pairs((80, 90, 100, 80, 90), (60, 72, 80, 58, 70)))
    rows = rows_of(found)
    assert tuple(found.columns) == CHANGES
    told = rows.loc["women", "rate_difference"]
    change = np.array([-40, -36, -40, -44, -40])  # per 100 person-years; the t interval of 5 pairs
    assert (told.a, told.b, told.change) == pytest.approx((76, 36, change.mean()))
    half = 2.776445 * change.std(ddof=1) / 5**0.5
    assert (told.change_low, told.change_high) == pytest.approx((-40 - half, -40 + half))
    assert told.verdict == "narrows" == rows.verdict["", "theil"] and rows.verdict["women", "rate"] == "better"
    assert rows.verdict["men", "rate"] == "same" and rows.change["women", "events"] == pytest.approx(-20)
    back = rows_of(change_table(*pairs((60, 72, 80, 58, 70), (80, 90, 100, 80, 90))))
    assert back.verdict["women", "rate_ratio"] == "widens" and back.verdict["women", "rate"] == "worse"
    turned = rows_of(change_table(*pairs((80, 90, 100, 80, 90), (20, 30, 40, 20, 30))))
    assert turned.verdict["women", "rate_ratio"] == "turns"
    unclear = rows_of(change_table(*pairs((80, 90, 100, 80, 90), (60, 120, 80, 95, 90))))
    assert unclear.verdict["women", "rate_difference"] == "cannot tell"
    small = rows_of(change_table(*pairs((3, 3, 4, 3, 3), (1, 1, 2, 1, 1))))
    assert small.verdict["women", "rate"] == "too few" and small.verdict["men", "rate"] == "same"


def test_a_gap_below_the_reference_narrows_by_rising():
    rows = rows_of(change_table(*pairs((20, 22, 24, 20, 22), (30, 33, 34, 31, 31))))
    assert rows.change["women", "rate_difference"] > 0 > rows.b["women", "rate_difference"]
    assert rows.verdict["women", "rate_difference"] == rows.verdict["women", "rate_ratio"] == "narrows"


def test_a_policy_compared_with_itself_changes_nothing():
    table = change_table(*pairs((80, 90, 100, 80, 90), (80, 90, 100, 80, 90)))
    assert set(table.verdict) == {"same", "nobody"}
    assert table[(table.outcome == "arrests") & (table.grouping == "sex")].verdict.eq("same").all()


def test_the_sentence_names_the_gaps_that_change():
    a, b = pairs((80, 90, 100, 80, 90), (60, 72, 80, 58, 70))
    for pair, verdict in (((a, b), "narrows"), ((b, a), "widens")):
        said = compare_text.gaps(Comparison(*pair))
        assert said.startswith("Gaps in rates between groups that change beyond chance: Arrests, women against men, ")
        assert f", {verdict} (" in said and " to " in said and "one in twenty does so by luck" in said
    assert compare_text.gaps(Comparison(a, a)) == ""


def test_a_gap_that_widens_is_told_before_one_that_narrows():
    change = {"grouping": "race", "reference": "white", "measure": "rate_difference", "unit": "a year"}
    change |= {"change": 2.0, "change_low": 1.0, "change_high": 3.0, "outcome": "arrests", "title": "Arrests"}
    rows = [change | {"group": one, "verdict": said} for one, said in (("black", "narrows"), ("asian", "widens"))]
    said = compare_text.gaps(SimpleNamespace(equity=pandas.DataFrame(rows)))
    assert said.index("Asian against white, widens (+2, +1 to +3 a year)") < said.index("Black against white, narrows")


# --- the figures --------------------------------------------------------------------------------------------


def drawn(figure):
    """Return {(panel, row): (colour, where it begins, where it ends)} of the ranges in a figure."""
    found = {}
    for number, axes in enumerate(figure.axes[: len(equity_table.HEADLINES)]):
        for line in axes.lines:
            x, y = line.get_xdata(), line.get_ydata()
            if len(x) == 2 and y[0] == y[1]:
                found[number, y[0]] = (line.get_color(), *x)
    return found


def test_the_figure_colours_what_chance_does_not_make_and_greys_what_is_too_few():
    def ranges(*women):
        return drawn(equity_figure.draw(Result([made(seed, number, 100 + seed) for seed, number in enumerate(women)])))

    higher = ranges(100, 110, 105, 100, 104)
    assert set(higher) == {(1, 0)} and higher[1, 0][0] == equity_figure.VERMILION and 1 < higher[1, 0][1] < 2
    assert ranges(20, 24, 22, 20, 21)[1, 0][0] == equity_figure.BLUE
    assert ranges(40, 60, 50, 45, 55)[1, 0][0] == equity_figure.INK
    assert ranges(4, 3, 3, 3, 4)[1, 0][0] == equity_figure.PALE
    assert ranges(100) == {}  # one run
    title = equity_figure.title(Result([made(seed, 200 + seed, 100) for seed in range(5)]))
    assert title.endswith("widest gap in arrests, 4.0 times the rate of men for women")


def test_the_figure_of_changes_says_better_by_colour():
    a, b = pairs((80, 90, 100, 80, 90), (60, 72, 80, 58, 70))
    women = 1
    better = drawn(equity_figure.draw_changes(Comparison(a, b)))[1, women]
    worse = drawn(equity_figure.draw_changes(Comparison(b, a)))[1, women]
    assert better[0] == equity_figure.BLUE and better[1] < better[2] < 0
    assert worse[0] == equity_figure.VERMILION and 0 < worse[1] < worse[2]


# --- the files ----------------------------------------------------------------------------------------------


def test_the_file_is_the_table_and_the_document_names_what_is_in_it(lived, tmp_path):
    result = Result([lived])
    folder = result.save(tmp_path / "out")
    written = pandas.read_csv(folder / "equity.csv")
    assert tuple(written.columns) == COLUMNS and len(written) == len(result.equity) > 2000
    groups = pandas.read_csv(folder / "groups.csv")
    assert groups[groups.grouping == "none"].set_index("outcome").denominator["occupancy"].startswith("no group: ")
    text = (ROOT / "docs" / "equity.md").read_text()
    verdicts = ("narrows", "widens", "turns", "same", "too few", "cannot tell", "nobody", "better", "worse")
    words = {*COLUMNS, *CHANGES, *result.equity.measure, *verdicts, *(outcome.id for outcome in UNGROUPED)}
    assert sorted(word for word in words if f"`{word}`" not in text) == []
