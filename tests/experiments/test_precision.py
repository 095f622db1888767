"""As many pairs as a difference needs: the width is what it says, and where it ends depends on the pairs alone."""

import itertools
import json
import sys

import numpy as np
import pytest
from deflect.experiments import cli, precision
from deflect.experiments.compare_table import Row, interval
from deflect.experiments.precision import live_until_precise, pairs_for
from deflect.experiments.run import Run
from deflect.model.outcomes import OUTCOMES
from deflect.scenarios.errors import InputError
from deflect.scenarios.load import load
from scipy.stats import t as student
from scipy.stats import ttest_rel
from towns import BUSY

import deflect

POLICIES = load("status_quo", {"residents": 2000}), load("more_slots", {"residents": 2000})


def one_run(scenario, seed: int, deaths: float) -> Run:
    outcomes = {outcome.id: 1.0 for outcome in OUTCOMES} | {"person_years": 1.0, "expected_deaths": deaths}
    return Run(scenario, seed, 1826, 2000, 2000, outcomes, {}, "", "")


def pair(seed: int, a: float, b: float):
    return one_run(POLICIES[0], seed, a), one_run(POLICIES[1], seed, b)


def handed_over(monkeypatch, values, order) -> None:
    """Let pairs come in this order instead of being lived."""

    def live_pairs(policies, seeds, workers, *, done, executor=None, progress=None, keep=None):
        for slot in order:
            done(slot, pair(slot, *values[slot]))
        raise AssertionError("nobody ended it")

    monkeypatch.setattr(precision, "live_pairs", live_pairs)


def half_width(values) -> float:
    a, b = np.array(values).T
    low, high = ttest_rel(b, a).confidence_interval(0.95)
    return (high - low) / 2 / a.mean()


NOISE = np.random.default_rng(5).normal(0, 6, 60)
VALUES = [(100.0 + i % 7, 100.0 + i % 7 + noise) for i, noise in enumerate(NOISE)]


def test_it_ends_at_the_first_look_that_is_narrow_enough_whatever_came_first(monkeypatch):
    looks = [n for n in range(10, 61, 5) if half_width(VALUES[:n]) < 0.02]
    assert 15 < looks[0] < 55, "the example shows nothing"
    shuffled = np.random.default_rng(1).permutation(60)
    for order in (range(60), shuffled):
        handed_over(monkeypatch, VALUES, order)
        seen = []
        found, last = live_until_precise(POLICIES, range(10), 0.02, most=60, told=seen.append)
        assert [a.seed for a, _ in found] == list(range(looks[0]))
        assert [look.pairs for look in seen] == list(range(10, looks[0] + 1, 5)) and seen[-1] == last
        assert last.half_width == pytest.approx(half_width(VALUES[: looks[0]])) and last.reached
        assert seen[0].half_width == pytest.approx(half_width(VALUES[:10])) and not seen[0].reached


def test_it_ends_at_the_most_and_says_so(monkeypatch):
    handed_over(monkeypatch, VALUES, range(60))
    found, last = live_until_precise(POLICIES, range(10), 0.001, most=37)
    assert len(found) == last.pairs == 37 and not last.reached
    assert "37 are the most allowed: not narrow enough" in last.words()


def test_nothing_under_a_has_no_width(monkeypatch):
    handed_over(monkeypatch, [(0.0, float(i)) for i in range(20)], range(20))
    _, last = live_until_precise(POLICIES, range(10), 0.02, most=20)
    assert last.pairs == 20 and not last.reached and "no width is known" in last.words()


def test_progress_is_of_the_pairs_expected(monkeypatch):
    said = []

    def live_pairs(policies, seeds, workers, *, done, executor, progress, keep):
        for slot in range(15):
            progress(10 * (slot + 1), 600)
            done(slot, pair(slot, *VALUES[slot]))
        raise KeyboardInterrupt

    monkeypatch.setattr(precision, "live_pairs", live_pairs)
    monkeypatch.setattr(
        precision._Looks, "_look", lambda looks: setattr(looks, "at", 99) or setattr(looks, "expected", 12)
    )
    with pytest.raises(KeyboardInterrupt):
        live_until_precise(POLICIES, range(10), 0.02, most=60, progress=lambda *days: said.append(days))
    assert said[:10] == [(10 * slot, 600) for slot in range(1, 11)]
    assert said[10:] == [(110, 120), (120, 120), (130, 130), (140, 140), (150, 150)]


@pytest.mark.parametrize(("sd", "asked"), [(0.03, 0.02), (0.06, 0.02), (0.1, 0.02), (0.5, 0.01), (0.001, 0.02)])
def test_pairs_needed_are_the_fewest_that_are_narrow_enough(sd, asked):
    narrow = (n for n in itertools.count(5) if student.ppf(0.975, n - 1) * sd / n**0.5 < asked)
    assert pairs_for(sd, asked) == next(narrow)
    assert pairs_for(1e9, 1e-9) == precision.MANY


def test_what_is_still_needed_is_told_with_what_is_not_known_of_it():
    n, sd = 10, 0.06
    half = student.ppf(0.975, n - 1) * sd / n**0.5 * 50
    nothing = dict.fromkeys(Row._fields, float("nan"))
    row = Row(
        **nothing
        | dict(title="Treatment entries", outcome="entries", mean_a=50, pairs=n, diff_low=3 - half, diff_high=3 + half)
    )
    found = precision.precision(row, 0.02, n, 200)
    # Textbook: (1.96 · 6 / 2)² = 35, and some for t; a spread known from ten pairs is 0.69 to 1.83 times that.
    assert found.half_width == pytest.approx(0.0429, abs=1e-4)
    assert (found.needed, found.needed_low, found.needed_high) == (38, 19, 118)
    assert (
        found.words() == "10 pairs: treatment entries ±4.3 % (asked for: ±2 %): about 28 more pairs needed (9 to 108)"
    )
    assert precision.precision(row, 0.02, n, 30).words().endswith("(9 to 108); 30 in all are the most")
    assert precision.precision(row, 0.05, n, 30).words().endswith("±4.3 % (asked for: ±5 %): narrow enough")


def test_intervals_cover_the_truth_nearly_as_often_as_they_say_though_chance_says_when_to_stop():
    rng, covers, runs = np.random.default_rng(2), 0, 600
    for _ in range(runs):
        differences = rng.normal(0, 0.06, 400)
        looks = (n for n in range(10, 401, 5) if _half(differences[:n]) < 0.02)
        n = next(looks)
        covers += abs(differences[:n].mean()) <= _half(differences[:n])
    assert 0.91 < covers / runs < 0.97


def _half(differences) -> float:
    low, high = interval(differences)
    return (high - low) / 2


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        (dict(until_precise=0.02, outcome="deth"), "no outcome 'deth'.*did you mean 'deaths'"),
        (dict(until_precise=2.0), "below 1, such as 0.02"),
        (dict(until_precise=0.0), "above 0"),
        (dict(until_precise=0.02, seeds="3-20"), "how many pairs come before the first look"),
        (dict(until_precise=0.02, seeds=4), "at least five pairs"),
        (dict(until_precise=0.02, most=9), "at least the 10 pairs"),
    ],
)
def test_what_cannot_be_asked_is_refused_before_anything_is_lived(asked, told, monkeypatch):
    monkeypatch.setattr(precision, "live_pairs", lambda *_, **__: pytest.fail("the long work was started"))
    with pytest.raises(InputError, match=told):
        deflect.compare("status_quo", "more_slots", **asked)


def test_the_result_is_that_of_as_many_pairs_asked_for_at_once(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    town = ["--residents", "300", "--years", "1", *(f"--set={key}={value}" for key, value in BUSY.items())]

    def program(*arguments) -> str:
        monkeypatch.setattr(sys, "argv", ["deflect", "compare", "status_quo", "more_slots", *town, *arguments])
        with pytest.raises(SystemExit) as ended:
            cli.main()
        assert not ended.value.code
        return capsys.readouterr()

    rule = ["--until-precise", "0.1", "--outcome", "overdoses", "--seeds", "5", "--most", "20"]
    said = program(*rule, "--workers", "2", "--out", "rule")
    told = json.loads((tmp_path / "rule" / "provenance.json").read_text())
    found = told["until_precise"]
    assert found["reached"] and 5 < found["pairs"] < 20 and found["half_width"] < 0.1, found
    assert said.err.count("more pair") >= 1 and "narrow enough" in said.err and "narrow enough" in said.out
    program("--seeds", str(found["pairs"]), "--workers", "1", "-q", "--out", "once")
    for name in ("comparison.csv", "pairs.csv", "equity.csv", "economics.csv", "quantities.csv", "comparison.png"):
        assert (tmp_path / "rule" / name).read_bytes() == (tmp_path / "once" / name).read_bytes(), name
    assert json.loads((tmp_path / "once" / "provenance.json").read_text())["until_precise"] is None


@pytest.mark.parametrize("option", ["--outcome entries", "--most 20"])
def test_options_of_the_rule_need_the_rule(option, monkeypatch, capsys):
    monkeypatch.setattr(sys, "argv", ["deflect", "compare", "status_quo", "more_slots", *option.split()])
    with pytest.raises(SystemExit) as ended:
        cli.main()
    assert ended.value.code == 2 and "is for --until-precise" in capsys.readouterr().err
