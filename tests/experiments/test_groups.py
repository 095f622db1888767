"""Gaps between groups and cascades over several runs: numbers worked out by hand, files as documented."""

import pickle

import numpy as np
import pandas
import pytest
from deflect.agents.dealings import Pathway
from deflect.experiments import run_text, show
from deflect.experiments.group_tables import CASCADE, GROUPS, cascade_table, gaps, group_table
from deflect.experiments.result import Result
from deflect.experiments.run import Run, run
from deflect.model import cascade as by_pathway
from deflect.model import groups as by_group
from deflect.model.outcomes import OUTCOMES
from deflect.scenarios.load import load
from towns import ALL_PATHWAYS, ROOT

WOMEN, MEN = by_group.GROUPS.index(("sex", "women")), by_group.GROUPS.index(("sex", "men"))
WHITE, BLACK = by_group.GROUPS.index(("race", "white")), by_group.GROUPS.index(("race", "black"))
T = {1: 12.7062, 2: 4.30265}  # of 1 and 2 degrees of freedom at 0.975


def made(seed, columns=None, episodes=None):
    """Return a run of two years in which 500 of 1,000 residents are simulated, with counts by hand, others zero."""
    names = {name for measure in by_group.MEASURES for name in (measure.over, measure.under)}
    counted = {name: np.zeros(len(by_group.GROUPS)) for name in sorted(names)}
    for (name, group), number in (columns or {}).items():
        counted[name][group] = number
    steps = (*by_pathway.STEPS, *by_pathway.FOLLOWED)
    cascade = {step: np.zeros((len(Pathway), len(by_pathway.GROUPS))) for step in steps}
    for (step, pathway), number in (episodes or {}).items():
        cascade[step][pathway, 0] = number
    values = {outcome.id: 1.0 for outcome in OUTCOMES} | {"person_years": 1000.0}
    return Run(load(), seed, 730.5, 500, 1000, values, {}, "", "", groups=counted, cascade=cascade)


def arrested(seed, white, black, years=(100.0, 20.0)):
    told = {("arrests", WHITE): white, ("arrests", BLACK): black}
    return made(seed, told | {("disorder_years", WHITE): years[0], ("disorder_years", BLACK): years[1]})


def row(table, outcome, group):
    return table[(table.outcome == outcome) & (table.group == group)].squeeze()


def test_rates_ratios_and_gaps_are_of_all_runs_together():
    table = group_table([arrested(0, 10, 4), arrested(1, 30, 12)])
    black, white = row(table, "arrests", "black"), row(table, "arrests", "white")
    # 16 in 40 person-years, 40 in 200; scaled to the whole place and a year: 16 x 2 / (2 runs x 2 years).
    assert (black["rate"], white["rate"], black["ratio"], black["gap"]) == pytest.approx((40, 20, 2, 20))
    assert (black["count"], black["base"], black["seeds"]) == pytest.approx((8, 20, 2))
    assert (black["reference"], white["reference"]) == ("white", "white")
    # Rates 20 and 60: sd 28.28; gaps 10 and 30: sd 14.14; both ratios are 2: no width.
    half = T[1] * np.sqrt(1.5)
    assert black["rate_high"] == pytest.approx(40 + 28.2843 * half, rel=1e-5) and black["rate_low"] == 0
    assert black["gap_low"] == pytest.approx(20 - 14.1421 * half, rel=1e-5)
    assert (black["ratio_low"], black["ratio_high"]) == pytest.approx((2, 2))
    assert np.isnan(white[["ratio", "ratio_low", "gap", "gap_high"]].astype(float)).all()


def test_a_run_with_more_people_at_risk_counts_for_more():
    black = row(group_table([arrested(0, 10, 4), arrested(1, 10, 2, years=(100.0, 40.0))]), "arrests", "black")
    assert black["rate"] == pytest.approx(10)  # 6 in 60 person-years, not the mean of 20 and 5
    assert black["ratio"] == pytest.approx(1)


def test_the_range_of_a_ratio_is_taken_of_its_logarithm():
    black = row(group_table([arrested(0, 10, 2), arrested(1, 10, 4), arrested(2, 10, 8)]), "arrests", "black")
    factor = np.exp(T[2] * np.log(2) * np.sqrt(4 / 3))  # ratios 1, 2, 4
    assert black["ratio"] == pytest.approx(14 / 30 * 5)
    assert black["ratio_high"] == pytest.approx(black["ratio"] * factor, rel=1e-4)
    assert black["ratio_low"] == pytest.approx(black["ratio"] / factor, rel=1e-4)


def test_what_cannot_be_known_is_left_empty():
    table = group_table([arrested(0, 10, 0), arrested(1, 10, 4)])
    black, asian = row(table, "arrests", "black"), row(table, "arrests", "asian")
    assert black["ratio"] == pytest.approx(1) and np.isnan(black["ratio_low"])  # one run has no ratio
    assert np.isnan(asian[["rate", "ratio", "gap"]].astype(float)).all() and asian["seeds"] == 0
    black = row(group_table([arrested(0, 10, 0), arrested(1, 10, 4), arrested(2, 10, 8)]), "arrests", "black")
    assert np.isnan([black["ratio_low"], black["ratio_high"]]).all()
    one = row(group_table([arrested(0, 10, 4)]), "arrests", "black")
    assert one["ratio"] == pytest.approx(2) and np.isnan(one[["rate_low", "ratio_low", "gap_low"]].astype(float)).all()
    no_reference = row(group_table([arrested(0, 0, 4)]), "arrests", "black")
    assert np.isnan(no_reference["ratio"]) and no_reference["gap"] == pytest.approx(20)


def test_trust_has_gaps_and_no_ratio_and_may_be_below_zero():
    def trusted(seed, women, men):
        told = {("trust", WOMEN): women, ("trust", MEN): men, ("residents", WOMEN): 10.0, ("residents", MEN): 10.0}
        return made(seed, told)

    women = row(group_table([trusted(0, -2.0, 1.0), trusted(1, -4.0, 1.0)]), "trust", "women")
    assert (women["rate"], women["gap"], women["base"]) == pytest.approx((-0.3, -0.4, 20))
    assert women["rate_low"] < -1 and np.isnan(women["ratio"]) and np.isnan(women["count"])


def test_only_gaps_beyond_chance_are_told_the_widest_first():
    level = [arrested(seed, 100 + seed, 20 + seed % 2) for seed in range(4)]
    apart = [arrested(seed, 100 + seed, 60 + seed % 2) for seed in range(4)]
    for one in apart:
        told = {"disorder_years": 50.0, "arrests": 15.0}
        for name, number in told.items():
            one.groups[name][MEN] = one.groups[name][WOMEN] = number
        one.groups["arrests"][WOMEN] = 150.0 + one.seed
    assert len(gaps(group_table(level), ["arrests"])) == 0
    assert list(gaps(group_table(apart), ["arrests"]).group) == ["women", "black"]
    assert len(gaps(group_table(apart), ["deaths"])) == 0
    assert run_text.gap_lines(Result(level)) == []
    heading, women, black = run_text.gap_lines(Result(apart))
    assert "Arrests, women to men: 10.1 times" in women and "Black to white: 2.98 times" in black


def test_a_step_is_a_share_of_the_one_before_it():
    outreach = Pathway.ACTIVE_OUTREACH
    first = {("listed", outreach): 8, ("visited", outreach): 6, ("entered", outreach): 4}
    first |= {("followed_30", outreach): 2, ("retained_30", outreach): 1}
    table = cascade_table([made(0, episodes=first), made(1, episodes={("listed", outreach): 2})])
    assert set(table.pathway) == {"active_outreach"}
    steps = table[table.group == "all"].set_index("step")
    assert list(steps.index[:4]) == ["listed", "visited", "reached", "offered"]
    # Two years, half the place, two runs: 10 listed are 5 a year.
    assert (steps.episodes["listed"], steps.episodes["visited"], steps.out_of["visited"]) == pytest.approx((5, 3, 5))
    assert steps.share["visited"] == pytest.approx(0.6) and steps.of["visited"] == "listed"
    half = T[1] * np.sqrt(1.5) * 0.53033  # 0.75 and 0
    assert steps.share_low["visited"] == 0 and 0.6 + half > 1 == steps.share_high["visited"]
    assert (steps.share["retained_30"], steps.of["retained_30"]) == (0.5, "followed_30")
    assert np.isnan(steps.share["listed"]) and steps.of["listed"] == ""


def test_rows_without_anything_leave_the_printed_summary(capsys):
    runs = [made(0), made(1)]
    for one in runs:
        one.outcomes["completed"] = 0.0
    run_text.show(Result(runs), show.console(), everything=True)
    out = capsys.readouterr().out
    assert "Nothing to count here (all outcomes are in summary.csv): Plans completed" in out.replace("\n", " ")
    assert out.count("Plans completed") == 1 and "Arrests" in out


@pytest.fixture(scope="module")
def result():
    scenario = load("status_quo", ALL_PATHWAYS | {"residents": 300, "years": 1})
    return Result([run(scenario, seed) for seed in (0, 1)])


def test_a_run_carries_its_groups_and_a_result_adds_them_up(result):
    for one in result.runs:
        assert one.groups["overdoses"][0] == one.outcomes["overdoses"] > 0
        assert one.groups["arrests"][[WOMEN, MEN]].sum() == one.outcomes["arrests"] > 0
        assert len(pickle.dumps((one.groups, one.cascade))) < 40_000
    first, overdoses = result.runs[0], row(result.groups, "overdoses", "all")
    summary = result.summary().set_index("outcome")
    assert overdoses["count"] == pytest.approx(summary.per_year["overdoses"])
    assert overdoses["base"] == pytest.approx(summary["mean"]["active_use_disorder"], rel=0.01)
    reached = result.cascade[(result.cascade.group == "all") & (result.cascade.step == "asked")]
    deflected = reached[~reached.pathway.isin(["usual_care", "jail_release"])].episodes.sum()
    assert 0 < deflected <= summary.per_year["asked"]
    assert first.cascade["entered"][:, 0].sum() <= first.outcomes["entries"]


def test_the_files_are_the_tables_and_the_document_names_their_columns(result, tmp_path):
    folder = result.save(tmp_path / "out")
    for name, columns, table in (("groups", GROUPS, result.groups), ("cascade", CASCADE, result.cascade)):
        written = pandas.read_csv(folder / f"{name}.csv")
        assert tuple(written.columns) == columns and len(written) == len(table) > 100
        text = (ROOT / "docs" / "results.md").read_text().split(f"\n## {name}.csv\n")[1].split("\n## ")[0]
        missing = [column for column in columns if f"`{column}`" not in text]
        assert not missing
    words = {*by_pathway.NAMES, *by_pathway.STEPS, *by_group.GROUPINGS} - {"all"}
    text = (ROOT / "docs" / "results.md").read_text()
    assert [word for word in sorted(words) if f"`{word}`" not in text] == []
    again = Result([pickle.loads(pickle.dumps(one)) for one in result.runs])
    pandas.testing.assert_frame_equal(again.groups, result.groups)
    pandas.testing.assert_frame_equal(again.cascade, result.cascade)
