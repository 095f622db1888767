"""What is told first and what belongs together: nothing is lost, on the terminal or in the picture."""

from pathlib import Path

import numpy as np
import pytest
from deflect.experiments import compare_figure, compare_text, families, run_text
from deflect.experiments.compare import Comparison
from deflect.experiments.families import FAMILIES, HEADLINES, by_family, family
from deflect.experiments.result import Result
from deflect.experiments.run import run
from deflect.experiments.show import amount, console, span
from deflect.experiments.summary import beside_rows
from deflect.model.outcomes import OUTCOMES
from deflect.scenarios.load import load
from rich.console import Console

TITLES = [known.title for known in OUTCOMES]


@pytest.fixture(scope="module")
def comparison() -> Comparison:
    sides = []
    for policy in ("status_quo", "full_package"):
        scenario = load(policy, {"place": "54011", "residents": 400, "years": 1, "overdose.base_oud_per_year": 2.0})
        sides.append([run(scenario, seed) for seed in range(5)])
    return Comparison(*sides)


def test_every_outcome_has_a_family_and_each_family_its_outcomes():
    told = {known.id: family(known.id) for known in (*OUTCOMES, families.TRUST, families.COST)}
    assert set(told.values()) == set(FAMILIES.values())
    for id, heading in {"expected_deaths": "Overdoses and deaths", "deaths_other": "Overdoses and deaths",
                        "wait": "Opioid use, treatment and naloxone", "jail_days": "Police, courts and jail",
                        "charges_voided": "Deflection", "children_removed": "Children and families",
                        "vacancy": "Officers", "trust": "Trust and money"}.items():  # fmt: skip
        assert told[id] == heading, id


def test_families_keep_every_row_headlines_first():
    ids = [known.id for known in OUTCOMES][::-1] + ["cost", "trust"]
    told = by_family(ids, str)
    assert [heading for heading, _ in told] == list(FAMILIES.values())
    assert sorted(id for _, group in told for id in group) == sorted(ids)
    assert told[0][1][:4] == ["expected_deaths", "deaths", "overdoses", "calls_911"] and told[-1][1] == [
        "trust",
        "cost",
    ]
    assert 12 <= len(HEADLINES) <= 15 and set(HEADLINES) <= set(ids)
    assert {id for id in HEADLINES if id in ids} == set(HEADLINES)


def test_trust_and_cost_are_those_of_the_other_tables(comparison):
    trust, cost = (row for row in comparison.headlines if row.kind == "level")
    groups = comparison.equity
    rate = groups[(groups.outcome == "trust") & (groups.grouping == "all") & (groups.measure == "rate")].iloc[0]
    assert trust.mean_b == pytest.approx(rate.b, abs=0.01) and trust.diff == pytest.approx(rate.change, abs=0.01)
    sexes = [one.groups for one in comparison.b.runs]
    by_hand = [(told["trust"][1] + told["trust"][2]) / (told["residents"][1] + told["residents"][2]) for told in sexes]
    assert trust.mean_b == pytest.approx(np.mean(by_hand), rel=1e-9)
    assert trust.diff != 0 and (trust.better, cost.better) == ("more", "")
    increment = next(one for one in comparison.economics.increments if one.what == "all")
    assert (cost.mean_a, cost.mean_b, cost.diff) == pytest.approx((increment.a, increment.b, increment.diff))
    assert (cost.diff_low, cost.diff_high) == pytest.approx((increment.low, increment.high)) and cost.diff > 0
    told = {row["outcome"]: row for row in beside_rows(comparison.a)}
    assert told["cost"]["mean"] == pytest.approx(cost.mean_a) and told["trust"]["mean"] == pytest.approx(trust.mean_a)


def printed(capsys, show, *asked, **how) -> str:
    show(*asked, **how)
    return capsys.readouterr().out


@pytest.fixture
def folder(tmp_path, monkeypatch) -> Path:
    """A folder of results, named as a user names it."""
    monkeypatch.chdir(tmp_path)
    Path("runs/x").mkdir(parents=True)
    for name in ("summary.csv", "monthly.parquet", "figure.png"):
        Path("runs/x", name).touch()
    return Path("runs/x")


def test_a_run_is_told_in_a_screen_picture_sentence_table_files(comparison, capsys, folder):
    said = printed(capsys, run_text.show, comparison.a, console(), folder)
    picture, _, *lines = said.splitlines()
    assert (picture, lines[-1]) == ("runs/x/figure.png", "in runs/x: monthly.parquet, summary.csv")
    deaths = comparison.a.summary().set_index("outcome").loc["deaths"]
    assert (
        lines[0].startswith("Cabell County, WV, status quo (changed): ")
        and "overdose deaths a year (by chance alone" in said
    )
    assert run_text.sentence(comparison.a).split(": ")[1].startswith(f"{deaths['mean']:.3g} ")
    assert len(lines) < 40 and max(map(len, lines)) <= 110
    assert f"{len(OUTCOMES)} outcomes in runs/x/summary.csv; --all prints them." in said
    assert "Overdose deaths  " in said and "Cost to all payers" in said and "Overdoses seen" not in said


def test_all_of_a_run_is_told_under_the_headings_of_families(comparison, capsys):
    said = printed(capsys, run_text.show, comparison.a, Console(width=200), everything=True)
    shown = [said.index(f"\n{heading} ") for heading in FAMILIES.values() if heading != "Deflection"]
    assert shown == sorted(shown)
    flat = " ".join(said.split())
    assert [title for title in TITLES if title not in flat] == []
    assert said.index("Overdoses seen") < said.index("Police, courts and jail ")


def test_a_comparison_is_told_in_a_screen_and_whole_when_asked(comparison, capsys, folder):
    said = printed(capsys, compare_text.show, comparison, folder, console())
    picture, _, *lines = said.splitlines()
    assert (picture, lines[-1]) == ("runs/x/comparison.png", "in runs/x: monthly.parquet, summary.csv")
    assert lines[0] == comparison.message and len(lines) < 45 and max(map(len, lines)) <= 110
    assert "Arrests" in said and "Citations" not in said and "M to" not in said
    counted = sum(row.verdict == "better" for row in comparison.rows)
    assert counted > 5 and f"Of all {len(OUTCOMES)} outcomes: {counted} better, " in said
    said = printed(capsys, compare_text.show, comparison, folder, Console(width=200), everything=True)
    said = " ".join(said.split())
    assert [title for title in TITLES if title not in said] == []
    headings = [said.index(heading) for heading in FAMILIES.values()]
    assert headings == sorted(headings)


def test_the_picture_has_the_headlines_and_where_better_is_said_of_each(comparison):
    figure = comparison.figure()
    (axes,) = figure.axes
    texts = [text.get_text() for text in axes.texts]
    drawn = [row for row in comparison.headlines if row.verdict not in ("same", "nothing")]
    assert len(drawn) > 10
    for row in drawn:
        meant = texts[texts.index(row.title) + 1]
        ways = {"": "neither way is", "fewer": ("fewer is", "lower is"), "more": ("more is", "higher is")}[row.better]
        assert meant.removesuffix(" better").endswith(ways), row.outcome
    assert "Citations" not in texts and "Trust in police" in texts
    whole = [text.get_text() for axes in comparison.figure(everything=True).axes for text in axes.texts]
    assert {row.title for row in compare_figure.drawn(comparison.rows)} <= set(whole) and len(whole) > len(texts)


def test_numbers_are_said_as_a_reader_says_them():
    assert amount(0.1234, "share") == "12.3 %" and span(0.1, 0.125, "share") == "10.0 to 12.5 %"
    assert amount(19_540_000.0, "dollars of 2023") == "$19.5 M" and amount(-2.5e9, "dollars of 2023") == "−$2.5 bn"
    assert amount(-0.034, "standard deviations") == "−0.03" and amount(1234.5, "people a year") == "1,234"
    assert amount(float("nan"), "people") == "-"


def test_runs_that_keep_neither_trust_nor_cost_are_told_without(comparison):
    from dataclasses import replace

    bare = Result([replace(one, groups=None, quantities=None) for one in comparison.a.runs])
    assert families.beside(bare) == [] and beside_rows(bare) == []
    runs = comparison.a.runs
    for one in runs:
        assert np.isfinite(one.groups["trust"][0] / one.groups["residents"][0])
