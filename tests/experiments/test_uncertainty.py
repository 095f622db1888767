"""What is not known about a decision: every formula against an answer known beforehand, then real runs end to end."""

import json
import shlex
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pandas
import pytest
from deflect.experiments import cli
from deflect.experiments.run import run
from deflect.experiments.sweep import Sweep
from deflect.experiments.uncertainty import asked, components, draws, money_figures, study, table, text, value, words
from deflect.experiments.uncertainty.components import wilson, without_chance
from deflect.experiments.uncertainty.decision import Decision
from deflect.experiments.uncertainty.draws import MONEY, Draws, Pairs, calendar
from deflect.experiments.unknowns import unknowns
from deflect.model.outcomes import OUTCOMES, outcome
from deflect.scenarios.errors import InputError
from matplotlib.text import Text
from pyarrow import parquet
from scipy import stats
from scipy.stats import qmc
from towns import BUSY

import deflect

TINY = {"place": "54011", "residents": 500, "years": 1}
FILES = {
    "uncertainty.csv",
    "draws.csv",
    "acceptability.csv",
    "value.csv",
    *(f"{name}.{suffix}" for name in ("fan", "plane", "acceptability") for suffix in ("png", "svg")),
    "provenance.json",
}


def made(told: dict[str, tuple], parameters=None, years: int = 2) -> Draws:
    """Return draws with these values, {name: (under A, under B)} of shape (draws, seeds); all others are 1."""
    shape = np.shape(next(iter(told.values()))[0])
    ones = Pairs(np.ones(shape), np.ones(shape))
    values = {name: ones for name in (*(one.id for one in OUTCOMES), *MONEY)}
    values |= {name: Pairs(*(np.asarray(side, float) for side in sides)) for name, sides in told.items()}
    months = len(calendar(years)[0])
    monthly = {name: Pairs(*np.ones((2, *shape, months))) for name in ("expected_deaths", "population")}
    if parameters is None:
        parameters = pandas.DataFrame(index=range(shape[0]))
    return Draws(parameters, values, monthly, years, (2_000, 20_000))


def decided(benefit, willing: float = 100.0) -> Decision:
    """Return the decision whose net benefit is this at any willingness to pay: all of it is money saved."""
    benefit = np.asarray(benefit, float)
    return Decision(made({"cost_all": (benefit, np.zeros_like(benefit))}), willing)


def normal_cube(count: int, numbers: int, seed: int = 1) -> np.ndarray:
    """Return standard normal numbers of a Latin hypercube."""
    return stats.norm.ppf(qmc.LatinHypercube(numbers, rng=seed).random(count))


def closed(mean: float, sd: float) -> float:
    """Return the value of information that moves a normal net benefit by `sd` (Raiffa and Schlaifer 1961)."""
    return mean * stats.norm.cdf(mean / sd) + sd * stats.norm.pdf(mean / sd) - max(mean, 0)


# --- chance and ignorance


def test_variance_is_split_as_in_a_table_of_one_way_analysis():
    """Means 2, 10, 18: 128 between (over 2), 2 within (over 3); ignorance (128 - 2) / 2, and 1/64 of all is chance."""
    found = components.components(np.array([[1.0, 3], [9, 11], [17, 19]]))
    assert (found.mean, found.draws, found.pairs) == (10, 3, 6)
    assert (found.ignorance**2, found.chance**2, found.share) == pytest.approx((63, 2, 1 / 64))
    assert found.error == pytest.approx(8 / 3**0.5)
    tails = stats.f(2, 3).cdf  # 64 is the ratio of mean squares
    assert [tails(64 * found.share_low), tails(64 * found.share_high)] == pytest.approx([0.025, 0.975])
    assert (found.low, found.high) == pytest.approx((2.4, 17.6))
    pull = (63 / 64) ** 0.5
    assert (found.known_low, found.known_high) == pytest.approx((10 - 7.6 * pull, 10 + 7.6 * pull))


def test_missing_runs_make_draws_of_different_size():
    """Two draws of 3 and 1 runs: n0 = 4 - 10/4 = 1.5, 0.5 within, 12 between."""
    nan = float("nan")
    found = components.components(np.array([[1.0, 1.5, 2], [5.5, nan, nan], [nan, nan, nan]]))
    assert (found.draws, found.pairs, found.mean) == (2, 4, 3.5)
    assert (found.chance**2, found.ignorance**2) == pytest.approx((0.25, (12 - 0.25) / 1.5))
    assert found.share == pytest.approx(0.25 * 2 / 3 / (0.25 * 2 / 3 + (12 - 0.25) / 1.5))


def test_known_components_are_found_again():
    generator = np.random.default_rng(5)
    values = generator.normal(10, 3, (4000, 1)) + generator.normal(0, 4, (4000, 2))
    found = components.components(values)
    assert (found.ignorance, found.chance) == pytest.approx((3, 4), rel=0.05)
    assert found.share == pytest.approx(8 / 17, abs=0.03) and found.share_low < 8 / 17 < found.share_high
    assert (found.known_low, found.known_high) == pytest.approx((10 - 1.96 * 3, 10 + 1.96 * 3), abs=0.4)
    assert without_chance(components.means_of(values), found.share).std() == pytest.approx(3, rel=0.05)


def test_one_seed_cannot_tell_chance():
    found = components.components(np.array([[1.0], [2], [4]]))
    assert np.isnan([found.share, found.ignorance, found.chance, found.known_low]).all()
    assert found.mean == pytest.approx(7 / 3) and found.low < found.high


@pytest.mark.parametrize(("count", "of"), [(0, 8), (3, 8), (8, 8), (199, 200)])
def test_monte_carlo_interval_is_wilson_s(count, of):
    known = stats.binomtest(count, of).proportion_ci(0.95, "wilson")
    assert wilson(count, of) == pytest.approx((known.low, known.high), abs=1e-12)


# --- the table


def test_a_row_counts_draws_in_its_own_direction():
    a = np.full((5, 2), 10.0)
    b = a + np.array([[-2, -2], [-1, -3], [0, 0], [1, -1], [5, 1]])  # means -2 -2 0 0 3
    fewer, more, neither = (table.row(outcome(id), Pairs(a, b)) for id in ("deaths", "entries", "calls_911"))
    assert (fewer.diff, fewer.relative) == pytest.approx((-0.2, -0.02))
    assert (fewer.p_better, fewer.p_same, fewer.p_more) == (0.4, 0.4, 0.2)
    assert more.p_better == 0.2 and np.isnan(neither.p_better) and neither.p_more == 0.2
    assert (fewer.p_better_low, fewer.p_better_high) == wilson(2, 5)
    assert (fewer.diff_low, fewer.diff_high) == pytest.approx(np.quantile([-2, -2, 0, 0, 3], (0.025, 0.975)))
    assert fewer.relative_low == pytest.approx(fewer.diff_low / 10)


def test_a_verdict_needs_nearly_all_draws():
    a = np.full((100, 2), 10.0)
    for worse, verdict in ((0, "better"), (5, "better"), (6, "cannot tell"), (94, "cannot tell"), (95, "worse")):
        b = a - 1 + 2.0 * (np.arange(100) < worse)[:, None]
        assert table.row(outcome("deaths"), Pairs(a, b)).verdict == verdict, worse
    assert table.row(outcome("deaths"), Pairs(a, a)).verdict == "the same"
    assert table.row(outcome("deaths"), Pairs(a * np.nan, a)).verdict == "nothing"


def test_relative_change_needs_something_under_a_in_every_draw():
    a, b = np.array([[0.0, 0], [1, 1], [3, 3]]), np.array([[1.0, 1], [1, 1], [2, 2]])
    found = table.row(outcome("deaths"), Pairs(a, b))
    assert found.relative == pytest.approx(0) and np.isnan([found.relative_low, found.relative_high]).all()
    assert words.told(found)[0] == "0 people a year"


def test_central_is_the_mean_of_pairs_with_every_number_at_its_value():
    middle = Pairs(np.array([[4.0, 6, 5, 5, 5]]), np.array([[3.0, 4, 4, 4, 5]]))
    found = table.row(outcome("deaths"), Pairs(np.ones((3, 2)), np.ones((3, 2))), middle)
    known = stats.ttest_rel(*middle[::-1], axis=1).confidence_interval(0.95)
    assert (found.central, found.central_a) == (-1, 5)
    assert (found.central_low, found.central_high) == pytest.approx((known.low[0], known.high[0]))


@pytest.mark.parametrize(
    ("share", "said"), [(0, "0"), (1, "100"), (0.4, "40"), (0.995, "99.5"), (0.9999, "99.99"), (0.001, "0.1")]
)
def test_all_and_none_are_said_of_all_and_none_only(share, said):
    assert words.percent(share, 200) == said


# --- the decision


def test_acceptability_counts_draws_and_the_frontier_follows_the_mean():
    """Three draws: 1 QALY for $10, 2 for $60, -1 for -$400 (money saved): the mean decides, not the count."""
    gained, cost = np.array([[1.0], [2], [-1]]), np.array([[10.0], [60], [-400]])
    decision = Decision(made({"qalys": (gained * 0, gained), "cost_all": (cost * 0, cost)}), 50.0)
    at = {willing: decision.benefit(willing).draws.tolist() for willing in (0.0, 50.0)}
    assert at == {0.0: [-10, -60, 400], 50.0: [40, 40, 350]}
    curve = decision.acceptability().set_index("willing")
    assert curve.index[0] == 0 and curve.index[-1] == 200_000
    assert curve.p_b.iloc[0] == 1 / 3 and curve.best.iloc[0] == "B" and curve.p_best.iloc[0] == 1 / 3
    assert curve.p_b.iloc[-1] == 2 / 3 and curve.best.iloc[-1] == "B"
    assert decision.at_usual.parts.mean == pytest.approx(430 / 3)


def test_acceptability_of_a_normal_benefit_is_the_normal_curve():
    gained = 10 + 2 * normal_cube(2000, 1)
    decision = Decision(made({"qalys": (gained * 0, gained), "cost_all": (gained * 0, gained * 0 + 900_000)}), 1e5)
    for row in decision.acceptability().itertuples():
        assert row.p_b == pytest.approx(stats.norm.sf(900_000, row.willing * 10, row.willing * 2 + 1e-9), abs=2e-3)
        assert row.best == ("B" if row.willing * 10 > 900_000 else "A" if row.willing * 10 < 900_000 - 1 else row.best)


def test_deaths_averted_are_those_of_all_years():
    deaths = np.array([[5.0, 5], [4, 4], [3, 3]])
    decision = Decision(made({"expected_deaths": (deaths + 2, deaths)}, years=3), 1.0)
    assert decision.benefit(1000.0, "death").draws.tolist() == pytest.approx([6000] * 3)


# --- what it is worth to know


@pytest.mark.parametrize("mean", [-1.5, 0.0, 0.8])
def test_perfect_information_of_a_linear_normal_decision(mean):
    """Net benefit mean + 2x + y + z/2: all numbers, one, or two of them known (closed form)."""
    x = normal_cube(4000, 4)
    benefit = mean + x @ np.array([2.0, 1.0, 0.5, 0.0])
    found = value.perfect(benefit)
    assert found.value == pytest.approx(closed(mean, 5.25**0.5), abs=0.02)
    assert 0 < found.error < 0.04
    for i, sd in enumerate((2.0, 1.0, 0.5)):
        one = value.one(x[:, i], benefit)
        assert one.value == pytest.approx(closed(mean, sd), abs=0.03), i
        assert one.share == pytest.approx(sd**2 / 5.25, abs=0.03), i
        assert abs(one.value - closed(mean, sd)) < 4 * one.error + 0.005, i
    assert value.one(x[:, 3], benefit).value == pytest.approx(0, abs=0.02)
    pair = value.group(x[:, :2], benefit).worth
    assert pair.value == pytest.approx(closed(mean, 5**0.5), abs=0.03)
    assert pair.share == pytest.approx(5 / 5.25, abs=0.02)


def test_a_number_is_worth_the_same_in_another_unit_and_nothing_if_it_has_one_value():
    x = normal_cube(500, 2)
    benefit = 0.3 + x.sum(axis=1)
    plain, log = value.one(x[:, 0], benefit), value.one(np.exp(x[:, 0]), benefit)
    assert plain.value == pytest.approx(log.value, rel=1e-9) and plain.value > 0.1
    assert value.one(np.full(500, 3.0), benefit) == (0, 0, 0)
    assert value.group(np.full((500, 2), 3.0), benefit).worth == (0, 0, 0)
    steps = np.round(x[:, 0])  # a whole number: few values, many ties
    assert value.one(steps, benefit).value == pytest.approx(plain.value, rel=0.15)


def test_a_bent_relation_is_seen():
    """Benefit x² - 1: knowing x exactly is knowing all; E max(0, x² - 1) is 2 φ(1)."""
    x = normal_cube(2000, 1)[:, 0]
    assert value.one(x, x**2 - 1).value == pytest.approx(2 * stats.norm.pdf(1), rel=0.02)


def test_irrelevant_numbers_seem_worth_what_is_told_beside():
    """Of 300 irrelevant numbers about 15 reach the first floor; of fifteen times 20, the best about once the second."""
    n, generator = 150, np.random.default_rng(3)
    benefit = generator.normal(0.1, 1, n)
    floor = value.by_chance(benefit, 20)
    seemed = np.array([value.one(generator.normal(size=n), benefit)[::2] for _ in range(300)])
    assert 5 <= (seemed[:, 0] > floor.value).sum() <= 27
    assert 5 <= (seemed[:, 1] > floor.share).sum() <= 27
    best = seemed.reshape(15, 20, 2).max(axis=1)
    assert (best[:, 0] > floor.best_value).sum() <= 3 and (best[:, 1] > floor.best_share).sum() <= 3
    assert 0 < floor.value < floor.best_value and 0 < floor.share < floor.best_share
    reached = [
        found.worth.value > found.by_chance
        for found in (value.group(generator.normal(size=(n, 10)), benefit) for _ in range(12))
    ]
    assert sum(reached) <= 3


def test_chance_is_not_worth_knowing():
    """Benefit N(0.5, 1) by ignorance and N(0, 3²) by chance at each pair: bounds hold the truth, chance comes out."""
    generator = np.random.default_rng(8)
    pairs = normal_cube(4000, 1) * 1.0 + 0.5 + 3 * generator.normal(size=(4000, 2))
    decision, truth = decided(pairs), closed(0.5, 1.0)
    least, most = decision.perfect_bounds
    assert least < truth < most and most > 3 * truth
    assert decision.perfect.value == pytest.approx(truth, abs=4 * decision.perfect.error)
    assert decision.perfect.value == pytest.approx(truth, abs=0.12)
    alone = decided(pairs[:, :1])
    assert np.isnan(alone.perfect_bounds[0]) and alone.perfect.value == pytest.approx(alone.perfect_bounds[1])


def test_the_table_of_worth_is_ordered_and_in_three_units():
    x = normal_cube(400, 3)
    names = ["overdose.call_probability", "prices.cost_court_case", "prices.cost_jail_day"]
    drawn = unknowns(None, names)
    assert [one.path for one in drawn] == names
    columns = pandas.DataFrame(x, columns=names)
    benefit = 1e6 * (0.2 + x @ np.array([1.0, 0.1, 2.0]))[:, None]
    decision = Decision(made({"cost_all": (benefit, benefit * 0)}, columns), 50_000.0)
    found = decision.worth(drawn)
    assert list(found.kind) == ["all", "section", "section", "number", "number", "number"]
    assert list(found.name[1:]) == ["prices", "overdose", names[2], names[0], names[1]]
    assert found.value.iloc[3] == pytest.approx(closed(2e5, 2e6), rel=0.1)
    assert found.value.iloc[4] == pytest.approx(found.value.iloc[2], rel=0.1)  # a section of one number
    assert np.allclose(found.qalys, found.value / 50_000) and np.allclose(found.per_100k, found.value * 5)
    assert found.set_index("name").loc[names[0], "quality"] == drawn[0].quality


# --- what is asked


@pytest.mark.parametrize(
    ("told", "said"),
    [
        (dict(draws=7), "draws: at least 8"),
        (dict(outcome="expected_death"), "did you mean 'expected_deaths'"),
        (dict(draw_seed=-1), "draw-seed"),
        (dict(seeds=0), "seeds: at least one"),
        (dict(over=["treatment.intake_days"]), "it is a lever"),
        (dict(over=["overdos"]), "is no uncertain number"),
        (dict(overrides=["prices.cost_jail_day=90"], over=["prices.cost_jail_day"]), "the scenario sets it"),
    ],
)
def test_what_cannot_be_asked_is_refused_before_any_run(told, said):
    told = dict(overrides=["residents=300"]) | told
    with pytest.raises(InputError, match=said):
        asked.ask("status_quo", "more_slots", **told)


def test_two_policies_of_different_years_are_refused(tmp_path):
    longer = tmp_path / "longer.yaml"
    longer.write_text("extends: status_quo\nyears: 7\n")
    with pytest.raises(InputError, match="years"):
        asked.ask("status_quo", str(longer), [])


def test_numbers_that_a_policy_sets_are_known(tmp_path):
    own = tmp_path / "own.yaml"
    own.write_text("extends: status_quo\noverdose:\n  call_probability: 0.3\n")
    every = {one.path for one in unknowns()}
    found = asked.ask("status_quo", str(own), ["prices.cost_jail_day=90"])
    assert every - {one.path for one in found.drawn} == {"overdose.call_probability", "prices.cost_jail_day"}
    assert found.plan.varied == tuple(one.path for one in found.drawn)
    assert found.plan.scenario(3, 0, 1).overdose.call_probability == 0.3
    assert found.plan.scenario(3, 0, 0).prices.cost_jail_day == 90


# --- real runs


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    return tmp_path_factory.mktemp("study")


@pytest.fixture(scope="module")
def lived(home):
    over = ["overdose", "prices"]
    with ThreadPoolExecutor(1) as here:
        found = deflect.uncertainty(
            "status_quo", "full_package", BUSY, **TINY, draws=8, over=over, folder=home, executor=here
        )
    found.save()
    return found


def test_everything_is_written(lived, home):
    assert {path.name for path in home.iterdir()} == FILES | {"study.json", "sweep", "central"}
    written = pandas.read_csv(home / "uncertainty.csv")
    assert list(written.columns) == list(table.Row._fields)
    assert list(written.outcome) == [*(one.id for one in OUTCOMES), *MONEY]
    drawn = pandas.read_csv(home / "draws.csv")
    assert list(drawn.draw) == list(range(8)) and list(drawn.pairs) == [2] * 8
    assert set(lived.asked.plan.varied) < set(drawn.columns)
    told = json.loads((home / "provenance.json").read_text())
    assert told["draws"] == {"asked": 8, "lived": 8, "used": 8} and told["runs_failed"] == 0
    assert len(told["drawn"]) == len(lived.asked.drawn) == len(lived.value) - 3


def test_the_command_told_asks_for_the_same(lived):
    words = shlex.split(lived.command())
    assert words[:4] == ["deflect", "uncertainty", "status_quo", "full_package"]
    sets = [words[i + 1] for i, word in enumerate(words) if word == "--set"]
    options = {name: words[words.index(f"--{name}") + 1] for name in ("place", "years", "residents", "draws", "seeds")}
    texts = [f"{name}={json.dumps(options[name]) if name == 'place' else options[name]}" for name in list(options)[:3]]
    again = asked.ask("status_quo", "full_package", texts + sets, int(options["draws"]), options["seeds"],
                      ["overdose", "prices"])  # fmt: skip
    assert again.plan.hash == lived.asked.plan.hash and again.identity == lived.asked.identity


def test_a_draw_is_the_runs_of_its_scenario(lived):
    """The first pair of the fourth draw, lived by itself: values, levels and months are those of the two runs."""
    plan = lived.asked.plan
    number = plan.number(3, 0, 0, 0)
    seed = plan.seed(plan.asked(number))
    scenarios = [plan.scenario(3, 0, policy) for policy in (0, 1)]
    a, b = (run(scenario, seed) for scenario in scenarios)
    found = lived.draws.values["overdoses"]
    for side, one in zip(found, (a, b), strict=True):
        assert side[3, 0] == pytest.approx(one.outcomes["overdoses"] * one.scale / one.years, rel=1e-12)
    months, days = lived.draws.months
    assert months.tolist() == a.monthly["month"].tolist() and days.tolist() == a.monthly["month_days"].tolist()
    monthly = lived.draws.monthly["expected_deaths"].b[3, 0]
    assert monthly == pytest.approx(b.monthly["expected_deaths"] * b.scale)
    before = (months < 0) & (months >= -12)
    people = (a.monthly["population"] * days)[before].sum() / 365.25
    alone = lived.draws.only(np.arange(8) == 3)
    alone.monthly["expected_deaths"].a[:, 1] = np.nan
    assert alone.level[0] == pytest.approx(1e5 * a.monthly["expected_deaths"][before].sum() / people)
    assert lived.draws.parameters.loc[3, "overdose.call_probability"] == scenarios[0].overdose.call_probability


def test_the_same_question_goes_on_and_gives_the_same_bytes(lived, home):
    before = {name: (home / name).read_bytes() for name in FILES}
    lost = home / "sweep" / "runs.parquet"
    parquet.write_table(parquet.read_table(lost).slice(5), lost)  # five runs are lost
    told = []
    again = study.live(lived.asked, lived.asked.folder(home), 1, progress=lambda *done: told.append(done))
    again.save()
    assert told[-1] == (len(lived.asked.central) + 5,) * 2
    assert {name: (home / name).read_bytes() for name in FILES} == before


def test_another_question_is_refused_in_the_same_folder(lived, home):
    other = asked.ask("status_quo", "more_slots", ["residents=500"], 8)
    with pytest.raises(InputError, match="holds another study"):
        other.folder(home)
    with pytest.raises(InputError, match="is not empty"):
        other.folder(home / "sweep")


def test_a_study_without_a_name_goes_on_where_it_began(lived, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    first = lived.asked.folder(None)
    assert str(first) == "runs/cabell-county-wv-uncertainty-status-quo-vs-full-package"
    first.mkdir(parents=True)
    (first / "study.json").write_text(json.dumps(lived.asked.identity))
    assert lived.asked.folder(None) == first
    other = asked.ask("status_quo", "full_package", ["place='54011'", "residents=500"], 8)
    assert other.folder(None) == first.with_name(f"{first.name}-2")


def test_plausible_draws_are_those_near_the_published_rate(lived, home):
    rate = lived.published[0]
    assert rate == pytest.approx(123.87, abs=0.01)
    ratio = lived.draws.level / rate
    low = float(np.sort(ratio)[0] * 1.01)
    with pytest.raises(InputError, match=r"7 of 8 draws .* at least 8"):
        lived.plausible(low, 1e9)
    everything = lived.plausible(0, 1e9)
    assert len(everything.draws) == everything.of == 8
    pandas.testing.assert_frame_equal(everything.table, lived.table)
    folder = everything.save()
    assert folder == home / "plausible" and {path.name for path in folder.iterdir()} == FILES
    assert "Kept: 8 of 8 draws" in text.level(everything) and "0 dropped" in text.level(everything)
    kept = lived.draws.only(ratio > low)
    assert len(kept) == 7 and kept.values["deaths"].a.shape == (7, 2)


def test_figures_say_their_message(lived):
    for figure, said in (
        (lived.fan(), "overdose deaths"),
        (lived.plane(), "worth its cost"),
        (lived.acceptability(), "the better buy in"),
    ):
        texts = [one.get_text() for one in figure.findobj(Text)]
        assert any(said in one.replace("\n", " ") for one in texts), texts
        assert any("as if their errors had nothing to do" in one.replace("\n", " ") for one in texts)
        assert not any(one.get_parse_math() for one in figure.findobj(Text) if "$" in one.get_text())


def test_what_nothing_touches_is_exactly_the_same(tmp_path):
    """Null against the status quo: in every draw every difference is zero, money and health too."""
    folder = tmp_path / "null"
    with ThreadPoolExecutor(1) as here:
        found = deflect.uncertainty(
            "status_quo", "null", BUSY, **TINY, draws=8, over=["treatment"], folder=folder, executor=here
        )
    rows = found.table[found.table.draws > 0]
    assert len(rows) > 60
    assert (rows[["diff", "diff_low", "diff_high", "ignorance_sd", "chance_sd"]] == 0).all(axis=None)
    assert (rows.p_same == 1).all() and {row.verdict for row in found.rows} <= {"the same", "nothing"}
    assert found.message == "Expected overdose deaths: the same in all 8 draws"
    assert (rows.set_index("outcome").central == 0).all()
    assert found.decision.perfect.value == 0 == found.value.value.max()
    assert "costs and gains the same" in money_figures.message(found)
    assert (found.by_draw.net_benefit == 0).all()
    assert (found.draws.parameters.nunique() > 1).all()  # and yet something was drawn
    assert {path.name for path in found.save().iterdir()} > FILES


def test_the_command_tells_and_refuses(lived, home, monkeypatch, capsys):
    sets = [part for path, one in BUSY.items() for part in ("--set", f"{path}={one}")]
    words = ["uncertainty", "status_quo", "full_package", "--place", "54011", "--residents", "500", "--years", "1",
             "--draws", "8", "--over", "overdose", "--over", "prices", "--out", str(home), "-q", *sets]  # fmt: skip
    monkeypatch.setattr("sys.argv", ["deflect", *words, "--plausible", "0..1000"])
    with pytest.raises(SystemExit) as ended:
        cli.main()
    told = capsys.readouterr().out
    assert ended.value.code == 0
    ranked = (
        "most worth measuring"
        if (lived.value.value > lived.value.best_by_chance).any()
        else "goes most with net benefit"
    )
    for said in (lived.message.split(" (95")[0], "Level of deaths:", ranked, "errors had nothing", "8 of 8 draws with"):
        assert said in told, said
    assert max(map(len, told.splitlines())) <= max(110, len(str(home)) + 70)
    monkeypatch.setattr("sys.argv", ["deflect", *words, "--plausible", "2..0.5"])
    with pytest.raises(SystemExit) as ended:
        cli.main()
    assert ended.value.code == 2 and "the lower first" in capsys.readouterr().err


def test_no_run_at_all_is_told(lived, home, tmp_path):
    class Empty:
        plan, store = Sweep(home / "sweep").plan, Sweep(home / "sweep").store
        table = Sweep(home / "sweep").table.iloc[:1]  # a pair without its other half

    with pytest.raises(InputError, match="no pair of runs could be lived"):
        draws.read_draws(Empty)


def test_runs_that_failed_take_their_pair_with_them(home, lived):
    whole = Sweep(home / "sweep")

    class Gaps:
        plan, store = whole.plan, whole.store
        table = whole.table.drop(index=[0, 4, 5, 6, 7])  # half a pair of draw 0; both pairs of draw 1

    found = draws.read_draws(Gaps)
    assert len(found) == 7 and found.pairs == 13 and list(found.parameters.index) == [0, 2, 3, 4, 5, 6, 7]
    assert np.isnan(found.values["deaths"].b[0, 0]) and np.isfinite(found.values["deaths"].b[0, 1])
    assert found.values["deaths"].a[1].tolist() == lived.draws.values["deaths"].a[2].tolist()
