"""Tables of runs: the columns people rely on, and numbers worked out by hand."""

import numpy as np
import pytest
from deflect.experiments.run import Run, run
from deflect.experiments.summary import (
    EVENTS,
    SUMMARY,
    event_table,
    monthly_table,
    summary_rows,
    summary_table,
)
from deflect.model.events import AT_HOME, IN_PUBLIC, SETTINGS, Kind
from deflect.model.outcomes import OUTCOMES
from deflect.scenarios.load import load
from towns import BUSY, ROOT


def made(seed, **outcomes):
    """Return a run with outcomes by hand: two years, 500 of 1,000 residents simulated, others zero."""
    values = {outcome.id: 0.0 for outcome in OUTCOMES} | {"person_years": 1000.0} | outcomes
    return Run(load(), seed, 730.5, 500, 1000, values, {}, "", "")


def test_counts_are_a_year_of_the_whole_place_and_rates_are_of_person_years():
    rows = {row["outcome"]: row for row in summary_rows([made(0, deaths=10.0), made(1, deaths=14.0)])}
    deaths = rows["deaths"]
    # 12 in two years of half the place: 12 a year; 12 in 1,000 person-years: 1,200 per 100,000.
    assert (deaths["per_year"], deaths["mean"], deaths["per_100k_year"]) == pytest.approx((12, 12, 1200))
    assert deaths["sd"] == pytest.approx(np.sqrt(8))
    # t of 1 degree of freedom at 0.975 is 12.7062
    assert deaths["high"] == pytest.approx(12 + 12.7062 * np.sqrt(8) * np.sqrt(1.5), rel=1e-5)
    assert deaths["low"] == 0
    assert deaths["per_100k_high"] == pytest.approx(100 * deaths["high"])
    assert (deaths["unit"], deaths["seeds"], deaths["kind"]) == ("people a year", 2, "count")


def test_stocks_are_of_the_whole_place_and_shares_as_they_are():
    runs = [made(0, on_medication=20.0, coverage=0.2), made(1, on_medication=30.0, coverage=np.nan)]
    rows = {row["outcome"]: row for row in summary_rows(runs)}
    assert (rows["on_medication"]["mean"], rows["on_medication"]["unit"]) == (50, "people")
    assert (rows["coverage"]["mean"], rows["coverage"]["seeds"]) == (0.2, 1)
    for name in ("on_medication", "coverage"):
        assert np.isnan([rows[name]["per_year"], rows[name]["per_100k_year"], rows[name]["per_100k_low"]]).all()


def test_the_summary_has_its_columns_and_every_outcome():
    table = summary_table([made(0)])
    assert tuple(table.columns) == SUMMARY and SUMMARY[0] == "outcome"
    assert list(table.outcome) == [outcome.id for outcome in OUTCOMES]


@pytest.fixture(scope="module")
def runs():
    scenario = load("status_quo", {"residents": 300, "years": 1} | BUSY)
    return [run(scenario, seed, events=True) for seed in (4, 2)]


def test_months_stand_below_each_other_by_seed(runs):
    table = monthly_table(runs)
    others = [outcome.id for outcome in OUTCOMES if outcome.id != "population"]
    assert list(table.columns) == ["seed", "month", "month_days", "population", *others]
    assert list(table.seed) == [4] * 36 + [2] * 36
    assert list(table.month) == 2 * list(range(-24, 12))
    assert table[(table.seed == 2) & (table.month >= 0)].overdoses.sum() == runs[1].outcomes["overdoses"]


def test_events_are_told_in_words_and_point_at_their_causes(runs):
    table = event_table(runs)
    assert tuple(table.columns) == EVENTS
    assert len(table) == sum(len(one.events) for one in runs)
    second = table[table.seed == 2].reset_index(drop=True)
    assert (second.event == np.arange(len(second))).all()
    died = second[second.kind == "died_overdose"]
    assert len(died) == np.count_nonzero(runs[1].events.kind == Kind.DIED_OVERDOSE) > 0
    assert set(died.meaning) == {"died of an overdose"}
    assert set(second.kind.iloc[died.cause]) == {"overdose"}
    settings = runs[1].events.setting
    assert (second.setting == np.array(SETTINGS)[settings]).all()
    assert (SETTINGS[AT_HOME], SETTINGS[IN_PUBLIC]) == ("at home", "in public")


def test_the_documents_name_every_column():
    text = (ROOT / "docs" / "results.md").read_text()
    for column in (*SUMMARY, *EVENTS, "month", "month_days", "population"):
        assert f"`{column}`" in text, column
