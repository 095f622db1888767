"""Two policies compared: what the pairs say is what is told, and nothing is told that they do not say."""

import json
import os
import shlex
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pandas
import pytest
from deflect.experiments import compare_figure, compare_text
from deflect.experiments.compare import Comparison
from deflect.experiments.compare_table import FEWEST, Row, needed
from deflect.experiments.many import run_many
from deflect.experiments.run import DAYS_A_YEAR, Run
from deflect.experiments.summary import summary_rows
from deflect.model.outcomes import OUTCOMES
from deflect.scenarios.load import load
from matplotlib.backends.backend_agg import FigureCanvasAgg
from scipy.stats import nct, ttest_rel
from scipy.stats import t as student
from towns import BUSY, ROOT

import deflect

SEEDS = [0, 2, 5, 7, 9]
ASKED = dict(place="54011", residents=300, years=1, seeds=SEEDS)
FIRST_COLUMNS = ["outcome", "mean_a", "mean_b", "diff", "diff_low", "diff_high", "ratio", "pairs"]


@pytest.fixture(scope="module")
def slots():
    return deflect.compare("status_quo", "more_slots", BUSY, **ASKED, workers=2)


@pytest.fixture(scope="module")
def null():
    return deflect.compare("status_quo", "null", BUSY, **ASKED, workers=1)


def made(a: dict, b: dict, policies=("status_quo", "more_slots"), days=730) -> Comparison:
    """Return a comparison of runs that had these outcomes, one value a pair; all others are 1."""
    sides = []
    for policy, told in zip(policies, (a, b), strict=True):
        scenario = load(policy, {"residents": 2000, "years": 2})
        pairs = len(next(iter(told.values())))
        every = {outcome.id: np.ones(pairs) for outcome in OUTCOMES} | {"person_years": np.full(pairs, 4000.0)} | told
        outcomes = [{id: float(values[i]) for id, values in every.items()} for i in range(pairs)]
        lived = dict(days=days, residents=2000, place_population=20_000, monthly={}, digest=policy, code="x")
        sides.append([Run(scenario, seed, outcomes=told, **lived) for seed, told in enumerate(outcomes)])
    return Comparison(*sides, asked=policies)


def row_of(comparison, outcome) -> Row:
    return next(row for row in comparison.rows if row.outcome == outcome)


def row(diff, low, high, mean_a=100.0, **other) -> Row:
    told = dict(outcome="expected_deaths", title="Expected overdose deaths", kind="count", unit="people a year",
                better="fewer", pairs=10, mean_a=mean_a, mean_b=mean_a + diff, diff=diff, diff_low=low,
                diff_high=high) | other  # fmt: skip
    return Row(**{name: told.get(name, float("nan")) for name in Row._fields})


# --- the numbers


def test_a_difference_is_that_of_the_pairs_with_its_t_interval():
    a, b = np.array([9.0, 12, 4, 7, 30, 11]), np.array([8.0, 11, 5, 5, 27, 10])
    found = row_of(made({"deaths": a}, {"deaths": b}), "deaths")
    a_year = 10 / (730 / DAYS_A_YEAR)  # one of ten residents is simulated, for two years
    known = ttest_rel(b * a_year, a * a_year).confidence_interval(0.95)
    assert (found.mean_a, found.mean_b) == pytest.approx((a.mean() * a_year, b.mean() * a_year))
    assert found.diff == pytest.approx(-7 / 6 * a_year)
    assert (found.diff_low, found.diff_high) == pytest.approx((known.low, known.high))
    assert found.ratio == pytest.approx(66 / 73) and found.pairs == 6
    assert found.per_100k_diff == pytest.approx(1e5 * -7 / 6 / 4000)
    assert (found.per_100k_a, found.per_100k_b) == pytest.approx((1e5 * 73 / 6 / 4000, 1e5 * 66 / 6 / 4000))
    assert found.variance_reduction == pytest.approx((a.var(ddof=1) + b.var(ddof=1)) / (b - a).var(ddof=1))


def test_means_are_those_of_each_summary(slots):
    for result, column in ((slots.a, "mean_a"), (slots.b, "mean_b")):
        for told, ours in zip(summary_rows(result.runs), slots.rows, strict=True):
            assert told["outcome"] == ours.outcome
            if ours.pairs == len(SEEDS):
                assert getattr(ours, column) == pytest.approx(told["mean"], rel=1e-12)


def test_ups_and_downs_that_cancel_leave_no_crumbs():
    a, b = np.array([3.0, 5, 7, 9, 11, 17]), np.array([4.0, 4, 8, 8, 12, 16])
    found = row_of(made({"deaths": a * 1.1}, {"deaths": b * 1.1}), "deaths")
    assert found.diff == 0 and found.diff_low == pytest.approx(-found.diff_high) and found.diff_high > 0
    assert compare_text.told(found) == ("0", "%", "−13 to +13 %")


def test_shares_of_nothing_leave_their_pair_and_nothing_under_a_has_no_ratio():
    nan = float("nan")
    a, b = [0.1, 0.2, nan, 0.4, 0.5, 0.6], [0.2, nan, 0.9, 0.5, 0.7, 0.7]
    comparison = made({"call_share": a, "kits": np.zeros(6)}, {"call_share": b, "kits": np.arange(6.0)})
    share, kits = row_of(comparison, "call_share"), row_of(comparison, "kits")
    assert share.pairs == 4 and (share.mean_a, share.mean_b) == pytest.approx((0.4, 0.525))
    assert share.diff == pytest.approx(share.mean_b - share.mean_a)
    assert np.isnan([share.diff_low, share.diff_high]).all() and share.verdict == "cannot tell"
    assert np.isnan(kits.ratio) and kits.diff > 0 and kits.diff_low == kits.diff_low


def test_runs_needed_show_the_difference_eighty_times_in_a_hundred():
    """The numbers of a row against the power of t tests by the noncentral t distribution."""
    rng = np.random.default_rng(3)
    luck = rng.normal(100, 9, 40)
    found = row_of(made({"deaths": luck + rng.normal(0, 2, 40)}, {"deaths": luck + rng.normal(-2, 2, 40)}), "deaths")
    apart, together = found.variance_reduction * _variance(found), _variance(found)
    assert 10 < found.pairs_needed < 60 < 200 < found.unpaired_needed
    for runs, variance, freedom in ((found.pairs_needed, together, 1), (found.unpaired_needed, apart, 2)):
        shown = [_power(found.diff, variance, n, freedom * (n - 1)) for n in (runs - 1, runs + 1)]
        assert shown[0] < 0.805 and shown[1] > 0.795, (runs, shown)


def _variance(row: Row) -> float:
    """Return the variance of one pair's difference, from the interval."""
    return ((row.diff_high - row.diff_low) / 2 / student.ppf(0.975, row.pairs - 1)) ** 2 * row.pairs


def _power(diff: float, variance: float, n: float, freedom: float) -> float:
    beyond, far = student.ppf(0.975, freedom), abs(diff) / (variance / n) ** 0.5
    return nct.sf(beyond, freedom, far) + nct.cdf(-beyond, freedom, far)


@pytest.mark.parametrize(
    ("effect", "pairs", "unpaired"),
    [(0.5, 34, 64), (0.8, 15, 26), (0.2, 199, 394)],  # standard tables of t tests: two-sided 5 %, power 80 %
)
def test_runs_needed_are_those_of_the_textbook(effect, pairs, unpaired):
    assert abs(needed(effect, 1.0, 1 / 2) - pairs) <= 1
    assert abs(needed(-effect, 2.0, 1 / 4) - unpaired) <= 1
    assert np.isnan(needed(0.0, 1.0, 1 / 2))


@pytest.mark.parametrize(
    ("diff", "low", "high", "better", "verdict"),
    [
        (-2, -3, -1, "fewer", "better"),
        (-2, -3, -1, "more", "worse"),
        (2, 1, 3, "more", "better"),
        (2, 1, 3, "fewer", "worse"),
        (2, 1, 3, "", "different"),
        (2, -1, 5, "fewer", "cannot tell"),
        (0, -1, 1, "fewer", "cannot tell"),
        (2, 0, 4, "fewer", "cannot tell"),
        (0, 0, 0, "fewer", "same"),
        (2, float("nan"), float("nan"), "fewer", "cannot tell"),
    ],
)
def test_a_verdict_needs_an_interval_clear_of_zero(diff, low, high, better, verdict):
    assert row(diff, low, high, better=better).verdict == verdict


# --- the pairs


def test_pairs_share_their_seed_and_are_the_runs_of_each_policy(slots):
    for result, policy in ((slots.a, "status_quo"), (slots.b, "more_slots")):
        alone = run_many(load(policy, BUSY | {"place": "54011", "residents": 300, "years": 1}), SEEDS, 1)
        assert [run.seed for run in result.runs] == SEEDS
        assert [run.digest for run in result.runs] == [run.digest for run in alone]
    assert list(slots.table.columns[:8]) == FIRST_COLUMNS
    assert list(slots.table.outcome) == [outcome.id for outcome in OUTCOMES]
    pairs = slots.pairs[slots.pairs.outcome == "entries"]
    assert list(pairs.seed) == SEEDS
    assert pairs["diff"].mean() == pytest.approx(row_of(slots, "entries").diff) and row_of(slots, "entries").diff > 0


@pytest.fixture(scope="module", params=["null", "status_quo"])
def nothing(request, null):
    """A policy that changes nothing, and the status quo itself, against the status quo."""
    return null if request.param == "null" else deflect.compare("status_quo", "status_quo", BUSY, **ASKED, workers=1)


def test_the_same_policy_differs_in_nothing_wherever_one_looks(nothing):
    null = nothing
    known = null.table[null.table.pairs > 0]  # a share of nothing is none under both
    assert len(known) > 20 and (known[["diff", "diff_low", "diff_high"]] == 0).all(axis=None)
    assert (null.pairs["diff"].dropna() == 0).all() and (null.pairs.a.isna() == null.pairs.b.isna()).all()
    assert [run.digest for run in null.a.runs] == [run.digest for run in null.b.runs]
    assert {row.verdict for row in null.rows} <= {"same", "nothing"}
    assert null.message == "Expected overdose deaths: the same in all 5 pairs"
    assert [row.outcome for row in null.headlines][-2:] == ["trust", "cost"]
    for told in null.headlines:
        assert told.verdict == "same" and told.diff == told.diff_low == told.diff_high == 0, told.outcome
        assert told.ratio == 1 or told.mean_a == told.mean_b == 0 or told.outcome == "trust", told.outcome
    groups = null.equity
    changes = groups[["change", "change_low", "change_high"]]
    assert set(groups.verdict) <= {"same", "nobody"} and (groups.verdict == "same").sum() > 1000
    assert (changes[groups.verdict == "same"].fillna(0) == 0).all(axis=None) and groups.change.notna().sum() > 1000
    assert groups.a.equals(groups.b)
    for one in null.economics.increments:
        assert one.a == one.b and one.diff == one.low == one.high == 0, one.what
    assert all(null.economics.net_benefit(willing) == (0, 0, 0) for willing in (0, 50_000, 200_000))
    assert all(np.isnan(one.dollars) and "no gain shown" in one.said for one in null.economics.ratios)
    assert "Every outcome is the same" in words(null.figure())


def test_any_executor_is_taken_and_loaded_scenarios_too(slots):
    a, b = (load(policy, BUSY | {"place": "54011", "residents": 300, "years": 1}) for policy in slots.asked)
    with ThreadPoolExecutor(1) as executor:
        other = deflect.compare(a, b, seeds=SEEDS, executor=executor)
    assert isinstance(other, deflect.Comparison)
    assert [run.digest for run in other.b.runs] == [run.digest for run in slots.b.runs]
    assert slots.command() and other.command() is None
    with pytest.raises(TypeError, match="load"):
        deflect.compare(a, b, years=2)


def nothing_is_lived(monkeypatch):
    """Fail when the long work is started."""
    for way in ("_live_here", "_live_on_executor", "live_on_processes"):
        monkeypatch.setattr(
            f"deflect.experiments.many.{way}", lambda *_, **__: pytest.fail("the long work was started")
        )


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        (dict(seeds=4), "at least five pairs of runs .got 4"),
        (dict(seeds="3,9"), "at least five pairs"),
        (dict(workers=0), "workers"),
        (dict(place="Nowhere"), "Nowhere"),
        (dict(policy_b="more_slot"), "did you mean 'more_slots'"),
        (dict(policy_b="other.yaml"), "and other say place 54011 and 39061 and years 5 and 3: .*--place, --years"),
        (dict(policy_b="other.yaml", years=3), "say place 54011 and 39061: choose one for both with --place$"),
    ],
)  # fmt: skip
def test_what_cannot_be_compared_is_refused(asked, told, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    nothing_is_lived(monkeypatch)
    Path("other.yaml").write_text("extends: status_quo\nplace: '39061'\nyears: 3\n")
    with pytest.raises(deflect.InputError, match=told):
        deflect.compare(**dict(policy_a="status_quo", policy_b="more_slots") | asked)


# --- the words


@pytest.mark.parametrize(
    ("told", "sentence"),
    [
        (row(-2.1, -3.0, -1.2), "2.1 % fewer (95 % interval −3.0 to −1.2 %)"),
        (row(12, 5, 19), "12 % more (95 % interval +5 to +19 %)"),
        (row(-1, -3, 1.2), "cannot tell from 10 pairs (95 % interval −3 to +1 %)"),
        (row(0, 0, 0), "the same in all 10 pairs"),
        (row(200, 200, 200), "200 % more (in every pair)"),
        (row(-20, -20.0001, -19.9999), "20.0 % fewer (95 % interval −20.0 to −20.0 %)"),
        (row(4, 0.2, 7.8), "4.0 % more (95 % interval +0.2 to +7.8 %)"),  # clear of zero in print too
        (row(4, 0.00002, 8), "4 % more (95 % interval just over 0 to +8 %)"),
        (row(0.004, -4.2, 4.2), "cannot tell from 10 pairs (95 % interval −4 to +4 %)"),
        (row(-90, -160, -20), "90 % fewer (95 % interval −100 to −20 %)"),  # no more than all can go
        (row(3, 1, 5, mean_a=0.0), "3 people a year more (95 % interval +1 to +5)"),
        (row(300, 100, 500, mean_a=2.0), "300 people a year more (95 % interval +100 to +500)"),
        (row(0.02, 0.01, 0.03, mean_a=0.1, kind="share", unit="share"), "20 % higher (95 % interval +10 to +30 %)"),
        (row(0.02, 0.01, 0.03, mean_a=0, kind="share", unit="share"),
         "2 percentage points higher (95 % interval +1 to +3)"),
        (row(1, float("nan"), float("nan"), pairs=3), "cannot tell, 3 of 10 pairs have this number"),
    ],
)  # fmt: skip
def test_the_sentence_is_true_of_the_row(told, sentence):
    assert compare_text.sentence(told, 10) == f"Expected overdose deaths: {sentence}"


def test_pairs_are_said_to_help_only_where_they_do_and_more_are_asked_for_only_where_they_would():
    told = lambda **other: " ".join(compare_text.notes([row(-1, -3, 1, **other)]))  # noqa: E731
    assert "about 150 times as many" in told(variance_reduction=149.4)
    assert "times as many" not in told(variance_reduction=0.8)
    assert "about 36 pairs" in told(pairs_needed=36.0) and "pairs would" not in told(pairs_needed=9.0)


def test_shares_of_nothing_are_named_and_not_tabled(capsys, tmp_path):
    from deflect.experiments.show import console

    nan, rng = np.full(6, np.nan), np.arange(6.0)
    comparison = made({"wait": nan, "deaths": 9 + rng}, {"wait": nan, "deaths": 7 + 1.1 * rng})
    compare_text.show(comparison, tmp_path, console(), everything=True)
    said = capsys.readouterr().out
    assert said.count("Days waited by those who entered") == 1
    assert "not a number: Days waited by those who entered." in said and "\nOverdose deaths " in said
    assert "Days waited by those who entered" not in words(comparison.figure(everything=True))


# --- the figure


def words(figure) -> str:
    found = [text.get_text() for text in figure.texts]
    for axes in figure.axes:
        found += [axes.get_xlabel(), *(text.get_text() for text in axes.texts)]
    return " ".join(" ".join(found).split())


def test_bars_are_the_intervals_and_what_says_nothing_is_left_out():
    rng = np.arange(6.0)
    comparison = made(
        {"deaths": 100 + rng, "entries": 100 + rng, "overdoses": 100 + rng, "kits": 0 * rng, "seen": 100 + rng,
         "misuse": 1000 + rng, "hospital": 0 * rng},
        {"deaths": 97 + 2 * rng, "entries": 150 + 3 * rng, "overdoses": 104 + 1.1 * rng, "kits": 9 + rng,
         "seen": 102 - rng, "misuse": 1000 + rng[::-1], "hospital": [1, 0, 0, 0, 0, 0]},
    )  # fmt: skip
    figure = comparison.figure(everything=True)
    (axes,) = figure.axes
    bars = [line for line in axes.lines if len(set(line.get_ydata())) == 1 and len(line.get_xdata()) == 2]
    assert len(bars) == 4
    for bar, outcome in zip(bars, ("deaths", "overdoses", "entries", "kits"), strict=True):  # family after family
        told = row_of(comparison, outcome)
        if outcome == "kits":  # of none at all there is no percent
            assert set(bar.get_xdata()) == {axes.get_xlim()[1]} and told.verdict == "different"
            continue
        assert list(bar.get_xdata()) == pytest.approx(
            [100 * end / told.mean_a for end in (told.diff_low, told.diff_high)]
        )
    colours = [bar.get_color() for bar in bars]
    assert colours == [compare_figure.GREY, compare_figure.VERMILION, compare_figure.BLUE, compare_figure.INK]
    said = words(figure)
    for text in (
        "Overdoses and deaths", "Opioid use, treatment and naloxone", "● Better with more slots",
        "■ Worse with more slots", "◆ Different", "○ Cannot tell from 6 pairs", "fewer is better",
        "more is better", "people a year", "in % of status quo", "chance alone", "seeds 0-5",
        "Not drawn, in the table only: Overdoses seen, Taken to hospital after overdose, People who misuse opioids.",
        "More slots instead of status quo: no difference in expected overdose deaths",
    ):  # fmt: skip
        assert text in said, text
    assert "The same in every pair: Expected overdose deaths, Nonfatal overdoses" in said


@pytest.mark.parametrize("clear", [5, compare_figure.CLEAR, compare_figure.FULL])
def test_where_much_is_clear_the_rest_is_named_and_not_drawn(clear):
    rng = np.arange(6.0)
    meant = [known.id for known in OUTCOMES if known.better and known.id not in ("deaths", "rescues")]
    changed = dict.fromkeys(meant[: clear - 1], 50 + rng) | {"kits": 200 + rng}
    unsure = dict.fromkeys(["deaths", "rescues"], 97 + 2 * rng)
    comparison = made(dict.fromkeys([*changed, *unsure], 100 + rng), changed | unsure)
    shown = [row.outcome for row in compare_figure.drawn(comparison.rows)]
    assert {*meant[: clear - 1], "deaths"} <= set(shown) and len(shown) == len(set(shown))
    assert ("rescues" in shown) == (clear < compare_figure.CLEAR)  # nothing can be told of it
    assert ("kits" in shown) == (clear < compare_figure.FULL)  # neither better nor worse
    texts = comparison.figure(everything=True).texts
    left_out = " ".join(text.get_text() for text in texts).partition("in the table only")[2]
    assert ("Lay naloxone given" in left_out) == ("rescues" not in shown)
    assert ("Naloxone kits handed out" in left_out) == ("kits" not in shown)


def test_an_interval_too_long_to_draw_ends_in_an_arrow():
    rng = np.arange(6.0)
    comparison = made({"entries": 1 + rng, "exits": 1 + rng}, {"entries": 9 + 20 * rng, "exits": 3 + 2 * rng})
    (axes,) = comparison.figure(everything=True).axes
    arrows = [line for line in axes.lines if line.get_marker() == ">"]
    assert len(arrows) == 1 and list(arrows[0].get_xdata()) == [axes.get_xlim()[1]] < [compare_figure.EDGE]
    ends = [x for line in axes.lines for x in line.get_xdata()]
    assert max(ends) <= axes.get_xlim()[1] and min(ends) >= axes.get_xlim()[0]


def test_nothing_in_the_picture_is_cut_off_or_written_over(slots):
    long = made({"entries": np.arange(6.0) + 5e6, "exits": np.ones(6)},
                {"entries": 3.1 * np.arange(6.0) + 4e6, "exits": 30 + 70 * np.arange(6)})  # fmt: skip
    long.b.scenario.__dict__["name"] = "a_quite_long_name_of_a_policy_file"
    for comparison, everything in ((slots, False), (slots, True), (long, False), (long, True)):
        figure = comparison.figure(everything=everything)
        FigureCanvasAgg(figure).draw()
        told = {
            text.get_text(): text.get_window_extent()
            for text in figure.findobj(lambda artist: hasattr(artist, "get_fontsize"))
            if text.get_text() and text.get_visible()
        }
        assert len(told) > 10
        for text, box in told.items():
            assert box.x0 >= 0 and box.x1 <= figure.bbox.x1 and box.y0 >= 0 and box.y1 <= figure.bbox.y1, text
            shrunk = box.shrunk(0.98, 0.8)
            assert not [other for other in told if other != text and shrunk.overlaps(told[other])], text


# --- the files and the program


def test_files_hold_everything_and_are_the_same_each_time(slots, tmp_path):
    folder = slots.save(tmp_path / "out")
    tables = ["comparison.csv", "economics.csv", "equity.csv", "pairs.csv", "provenance.json", "quantities.csv"]
    pictures = ["comparison", "comparison_all", "economics", "equity"]
    names = sorted(path.name for path in folder.iterdir())
    assert [name for name in names if not name.endswith(".svg")] == sorted(
        [*tables, *(f"{name}.png" for name in pictures)]
    )
    again = slots.save(tmp_path / "again")
    assert [(folder / name).read_bytes() for name in names] == [(again / name).read_bytes() for name in names]
    table = pandas.read_csv(folder / "comparison.csv").fillna({"better": ""})
    pandas.testing.assert_frame_equal(table, slots.table, rtol=1e-9, check_dtype=False)
    told = json.loads((folder / "provenance.json").read_text())
    assert (told["a"]["scenario"]["name"], told["b"]["scenario"]["name"]) == ("status_quo", "more_slots")
    assert told["a"]["digests"]["9"] == slots.a.runs[-1].digest != told["b"]["digests"]["9"]
    assert {"field": "treatment.intake_days", "a": 7, "b": 3, "unit": "days"} in told["differences"]
    with pytest.raises(deflect.InputError, match="not empty"):
        slots.save(folder)


def test_a_failure_leaves_no_folder(slots, tmp_path, monkeypatch):
    monkeypatch.setattr(compare_figure, "draw", lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        slots.save(tmp_path / "out")
    assert list(tmp_path.iterdir()) == []


def test_the_command_in_the_provenance_makes_the_same_files(program):
    Path("mine.yaml").write_text("extends: more_slots\ntreatment: {intake_days: 1, slots_methadone: 2}\n")
    town = (
        "--residents",
        "300",
        "--years",
        "1",
        "--set",
        "treatment.seek_per_year=3",
        "--set",
        "treatment.intake_days=1",
    )
    code, out, err = program("compare", "more_slots", "mine.yaml", *town, "--seeds", "5", "-q", "--workers", "1")
    folder = Path("runs/cabell-county-wv-more-slots-vs-mine")
    assert (code, err, out.splitlines()[0]) == (0, "", str(folder / "comparison.png"))
    assert out.splitlines()[2].startswith("Expected overdose deaths: ") and len(out.splitlines()) < 40
    assert max(map(len, out.splitlines())) <= 110 and "B = mine against A = more_slots" in out
    deflect_, *arguments = shlex.split(json.loads((folder / "provenance.json").read_text())["command"])
    code, out, _ = program(*arguments, "--workers", "1", "-q", "--json", "--out", "again")
    told = json.loads(out)
    assert (deflect_, code, told["folder"], told["policy_b"]) == ("deflect", 0, "again", "mine")
    assert list(told["outcomes"][0])[:8] == FIRST_COLUMNS and "chance" not in told["message"]
    for path in folder.iterdir():
        assert path.read_bytes() == (Path("again") / path.name).read_bytes(), path.name


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("status_quo", "argument 'B'"),
        ("status_quo more_slot", "did you mean 'more_slots'"),
        ("status_quo missing.yaml", "missing.yaml"),
        ("status_quo more_slots --seeds 4", "at least five pairs"),
        ("status_quo more_slots --place Nowhere", '--place "Nowhere"'),
        ("status_quo more_slots --years 0", "--years 0"),
        ("status_quo more_slots --set treatment.intake_dys=3", "intake_days"),
        ("status_quo more_slots --workers 0", "workers"),
        ("status_quo more_slots --out full", "not empty"),
        ("status_quo other.yaml", "place 54011 and 39061"),
        ("status_quo more_slots extra", "extra"),
    ],
)
def test_wrong_input_is_one_message_and_code_2(line, told, program, monkeypatch):
    import re

    nothing_is_lived(monkeypatch)
    Path("other.yaml").write_text("extends: status_quo\nplace: '39061'\n")
    Path("full").mkdir()
    Path("full/x").write_text("")
    before = sorted(Path().rglob("*"))
    code, out, err = program("compare", *line.split())
    assert (code, out) == (2, "") and err.startswith("deflect: ") and len(err.splitlines()) == 1
    assert re.search(told, err) and sorted(Path().rglob("*")) == before


def test_ctrl_c_leaves_no_folder(tmp_path):
    program = "from deflect.experiments.cli import main; main()"
    asked = ["compare", "status_quo", "null", "--residents", "20000", "--years", "50", "--workers", "2", "--out", "out"]
    running = subprocess.Popen(
        [sys.executable, "-c", program, *asked], cwd=tmp_path, env=os.environ | {"PYTHONPATH": str(ROOT)},
        start_new_session=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    try:
        time.sleep(6)  # whether it is starting up or living its days, the same must be true
        assert running.poll() is None
        os.killpg(running.pid, signal.SIGINT)
        out, err = running.communicate(timeout=30)
    finally:
        if running.poll() is None:
            os.killpg(running.pid, signal.SIGKILL)
    assert (running.returncode, out, err) == (130, "", "deflect: stopped by Ctrl-C; nothing was written\n")
    assert list(tmp_path.iterdir()) == []


def test_the_fewest_pairs_are_five():
    assert FEWEST == 5
