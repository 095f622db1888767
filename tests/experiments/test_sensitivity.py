"""Sensitivity: indices against functions with known answers, chance told apart, and what is refused."""

import numpy as np
import pandas
import pytest
from deflect.experiments.designs import Design
from deflect.experiments.ranges import Range
from deflect.experiments.sensitivity import discovery, screening, sobol, tornado
from deflect.experiments.sensitivity.discovery import Case
from deflect.experiments.sensitivity.luck import luck
from deflect.experiments.sensitivity.numbers import Number, numbers_of
from deflect.experiments.sensitivity.quantity import quantity_of, responses
from deflect.experiments.sensitivity.question import ask

from deflect import InputError, load

SMALL = ("place=54011", "years=1", "residents=500")


def design(kind: str, points: int, numbers: int, low: float = 0.0, high: float = 1.0) -> tuple[Design, np.ndarray]:
    """Return a design over as many numbers, and the values of its points, shape (points, numbers)."""
    made = Design(kind, points, 0, tuple(Range(f"x{i}", low=low, high=high) for i in range(numbers)))
    return made, np.array([[one.at(share) for one, share in zip(made.ranges, row, strict=True)] for row in made.cube])


def noise(shape, seed: int = 0) -> np.ndarray:
    return np.random.Generator(np.random.PCG64(seed)).normal(size=shape)


def seeded(values: np.ndarray, seeds: int = 3) -> np.ndarray:
    """Return values without chance, but for what each seed adds everywhere."""
    return values[:, None] + np.arange(seeds) * 100.0


def test_sobol_indices_of_ishigami():
    """Ishigami and Homma 1990, a = 7, b = 0.1: V = a²/8 + bπ⁴/5 + b²π⁸/18 + 1/2."""
    made, x = design("saltelli", 2048, 3, -np.pi, np.pi)
    y = np.sin(x[:, 0]) + 7 * np.sin(x[:, 1]) ** 2 + 0.1 * x[:, 2] ** 4 * np.sin(x[:, 0])
    table, explained = sobol.indices(3, seeded(y))
    assert table.s1.to_numpy() == pytest.approx([0.314, 0.442, 0.0], abs=0.02)
    assert table.st.to_numpy() == pytest.approx([0.558, 0.442, 0.244], abs=0.02)
    for name, known in (("s1", [0.3139, 0.4424, 0.0]), ("st", [0.5576, 0.4424, 0.2437])):
        assert ((table[f"{name}_low"] <= known) & (known <= table[f"{name}_high"])).all()
        assert (table[f"{name}_high"] - table[f"{name}_low"] < 0.2).all()
    assert explained.low < 0.7563 < explained.high
    assert table.clear.all() and np.allclose(table.chance, 0, atol=1e-25)


def test_elementary_effects_of_a_linear_function_are_its_slopes():
    made, x = design("morris", 6, 4, 0.0, 10.0)
    table = screening.indices(made.cube, seeded(x @ [3.0, -2.0, 0.5, 0.0]))
    assert table.mu.to_numpy() == pytest.approx([30, -20, 5, 0])
    for name in ("mu_star", "mu_star_low", "mu_star_high"):
        assert table[name].to_numpy() == pytest.approx([30, 20, 5, 0]), name
    assert table.sigma.to_numpy() == pytest.approx([0, 0, 0, 0], abs=1e-9)
    assert table.clear.tolist() == [True, True, True, False]


def test_elementary_effects_are_those_of_salib():
    from SALib.analyze import morris

    made, x = design("morris", 12, 3, -np.pi, np.pi)
    y = np.sin(x[:, 0]) + 7 * np.sin(x[:, 1]) ** 2 + 0.1 * x[:, 2] ** 4 * np.sin(x[:, 0])
    told = morris.analyze(made.problem, made.cube, y, num_levels=4)
    table = screening.indices(made.cube, seeded(y))
    for name in ("mu", "mu_star", "sigma"):
        assert table[name].to_numpy() == pytest.approx(np.array(told[name])), name
    assert (table.mu_star_low <= table.mu_star).all() and (table.mu_star <= table.mu_star_high).all()
    assert (table.sigma_low < table.sigma).any()


def numbers(*told: tuple[float, float, float], paths: tuple[str, ...] = ("a.x", "a.y", "a.z")) -> list[Number]:
    return [
        Number(path, "", "", value, least, most, "", "", "evidence")
        for path, (value, least, most) in zip(paths, told, strict=False)
    ]


def test_a_tornado_of_a_linear_function_is_its_slopes_times_the_ranges():
    asked = numbers((1, 0, 3), (5, 4, 7), (2, 1, 9))
    points = tornado.points(asked, {})
    x = np.array([[point[one.path] for one in asked] for point in points])
    assert x.tolist() == [[1, 5, 2], [0, 5, 2], [3, 5, 2], [1, 4, 2], [1, 7, 2], [1, 5, 1], [1, 5, 9]]
    table = tornado.indices(seeded(x @ [2.0, -3.0, 0.0], 5) + 1e-3 * noise((7, 5)))
    assert table.at_least.to_numpy() == pytest.approx([-2, 3, 0], abs=0.01)
    assert table.at_most.to_numpy() == pytest.approx([4, -6, 0], abs=0.01)
    assert table.swing.to_numpy() == pytest.approx([6, -9, 0], abs=0.01)
    assert table.reach.to_numpy() == pytest.approx([6, 9, 0], abs=0.01)
    assert table.clear.tolist() == [True, True, False]
    assert ((table.at_most_low < [4, -6, 0]) & (table.at_most_high > [4, -6, 0])).all()


def test_a_share_of_a_whole_takes_from_the_others():
    paths = ("treatment.buprenorphine_share", "treatment.methadone_share")
    others = {"treatment.naltrexone_share": 0.05}
    points = tornado.points(numbers((0.87, 0.75, 0.93), (0.08, 0.03, 0.2), paths=paths), others)
    assert len(points) == 5 and points[2][paths[0]] == 0.93
    for point in points:
        assert sum(point.values()) == pytest.approx(1)
        load("status_quo", point)  # raises where shares do not add up


def test_chance_makes_no_index_clear():
    """Numbers that only stir the luck of their runs: each index is about what chance makes, few are clear."""
    told = {}
    made, _ = design("morris", 10, 40)
    told["screening"] = screening.indices(made.cube, noise((len(made.cube), 4))), "mu_star"
    made, _ = design("saltelli", 64, 40)
    told["sobol"] = sobol.indices(40, noise((len(made.cube), 4)))[0], "st"
    for method, (table, name) in told.items():
        assert table.clear.sum() <= 4, method
        assert table[name].mean() == pytest.approx(table.chance.mean(), rel=0.1), method
    assert tornado.indices(noise((81, 5))).clear.sum() == 0
    assert 0.9 < luck(noise((500, 4))).share <= 1


def test_chance_is_its_share_of_the_variance():
    """y = 2 x + e: a variance of 4/12 between points, and of 1/4 by chance in the mean of four seeds."""
    made, x = design("latin_hypercube", 2000, 1)
    found = luck(2 * x + noise((2000, 4)) + [[0.0, 50.0, -20.0, 3.0]])
    assert found.share == pytest.approx(0.25 / (0.25 + 4 / 12), abs=0.03)
    assert found.low < 0.25 / (0.25 + 4 / 12) < found.high and found.high - found.low < 0.06
    assert luck(seeded(x[:, 0])).share == pytest.approx(0, abs=1e-12)
    blocked = luck(np.repeat(noise((200, 4)), 5, axis=0), block=5)
    assert blocked.high - blocked.low > 0  # five times the same are no five


def test_one_strong_number_among_noise_is_told():
    made, x = design("saltelli", 64, 5)
    table, explained = sobol.indices(5, (4 * x[:, 1])[:, None] + 0.5 * noise((len(x), 4)))
    assert table.clear.tolist() == [False, True, False, False, False]
    assert table.s1[1] > 0.8 and table.chance.between(0.01, 0.1).all()
    made, x = design("morris", 10, 5)
    table = screening.indices(made.cube, (4 * x[:, 1])[:, None] + 0.5 * noise((len(x), 4)))
    assert table.clear.tolist() == [False, True, False, False, False] and table.mu_star[1] == pytest.approx(4, abs=0.4)


def test_a_quantity_that_never_changes_has_no_index():
    with np.errstate(all="raise"):
        table, explained = sobol.indices(2, np.full((32, 3), 7.0))
        assert (table.st == 0).all() and not table.clear.any() and explained.share == 0
        assert not tornado.indices(np.full((5, 5), 7.0)).clear.any()
    assert np.isnan(luck(np.full((30, 3), 7.0)).share)


def cloud(points: int = 300) -> tuple[pandas.DataFrame, np.ndarray]:
    _, x = design("latin_hypercube", points, 6)
    values = pandas.DataFrame(x, columns=[f"a.x{i}" for i in range(6)])
    return values, ((x[:, 0] > 0.6) & (x[:, 3] < 0.5)).astype(float)


def test_discovery_finds_the_box_that_is_there():
    values, bad = cloud()
    table, found = discovery.discover(values, seeded(bad, 3) + 0.01 * noise((300, 3)), Case("above", 100.5), "")
    assert set(found.limits) == {"a.x0", "a.x3"} and found.clear and found.unsure == 0
    (low, high), (least, most) = found.limits["a.x0"], found.limits["a.x3"]
    assert low == pytest.approx(0.6, abs=0.05) and np.isinf(high) and np.isinf(least)
    assert most == pytest.approx(0.5, abs=0.05)
    assert found.density > 0.95 and found.coverage > 0.85 and found.cases == bad.sum()
    assert found.unseen_density[1] > 0.7 and found.unseen_coverage[1] > 0.6
    assert table.clear.tolist() == [True, False, False, True, False, False]
    assert table.folds[0] == table.folds[3] == 5 and table.gain[0] > 0.3 and table.gain[1] == 0


def test_discovery_finds_no_box_in_chance():
    values, _ = cloud()
    table, found = discovery.discover(values, noise((300, 3)), Case("worst"), "fewer")
    assert found.cases == 75 and found.case.side == "above"
    assert not found.clear and not table.clear.any()
    assert found.unsure > 100
    assert found.unseen_density[1] < 0.25 < found.unseen_density[2]


def test_the_worst_quarter_is_a_quarter_and_keeps_ties():
    means = np.r_[np.arange(36.0), [35.0] * 4]
    above, below = Case("worst").of(means, "fewer"), Case("worst").of(means, "more")
    assert (above.side, above.mask(means).sum()) == ("above", 10) and (below.side, below.mask(means).sum()) == (
        "below",
        10,
    )
    assert (
        Case("worst").of(np.r_[np.zeros(30), np.ones(15)], "fewer").mask(np.r_[np.zeros(30), np.ones(15)]).sum() == 15
    )


def test_too_few_cases_are_refused_without_losing_the_runs():
    values, bad = cloud()
    with pytest.raises(InputError, match=r"above 5: is so at 0 of 300 points.*go from 0 to 1"):
        discovery.discover(values, bad[:, None] + [[0.0, 0.0]], Case("above", 5.0), "")


@pytest.mark.parametrize(
    ("above", "below", "case"),
    [
        ("-2%", None, Case("above", -2, True)),
        (None, "3.5", Case("below", 3.5, False)),
        (-0.5, None, Case("above", -0.5, False)),
        (None, None, Case("worst")),
    ],
)
def test_cases_are_read(above, below, case):
    found = Case.read(above, below, paired=True, percent=False)
    assert (found.side, found.percent) == (case.side, case.percent) and found.slug
    assert found.at == case.at or found.side == "worst"


def plan(**more):
    from deflect.experiments.plan import read_plan

    vary = {"overdose.call_probability": [0.3, 0.5]}
    base = {"place": "54011", "years": 1, "residents": 500}
    return read_plan({"base": base, "policies": ["status_quo", "more_slots"], "seeds": 3, "vary": vary} | more)


def runs(asked, values) -> pandas.DataFrame:
    """Return a sweep's table of values, one a run."""
    told = [asked.asked(number) for number in range(len(asked))]
    return pandas.DataFrame(
        {
            "number": range(len(asked)),
            "point": [run.point for run in told],
            "seed": [asked.seed(run) for run in told],
            "policy": [asked.policies[run.policy].name for run in told],
            "wait": values,
        }
    ).sample(frac=1, random_state=1)  # in any order


def test_the_quantity_is_the_paired_difference():
    asked = plan()
    table = runs(asked, np.arange(12.0) ** 2)
    squares = np.arange(12.0).reshape(2, 3, 2) ** 2
    difference = squares[:, :, 1] - squares[:, :, 0]
    assert responses(table, asked, quantity_of("wait", True)).tolist() == difference.tolist()
    relative = responses(table, asked, quantity_of("wait", True, percent=True))
    assert relative.mean(axis=1) == pytest.approx(100 * difference.mean(axis=1) / squares[:, :, 0].mean(axis=1))
    one = plan(policies=["status_quo"])
    alone = responses(runs(one, np.arange(6.0)), one, quantity_of("wait", False))
    assert alone.tolist() == [[0, 1, 2], [3, 4, 5]]


def test_what_sums_of_numbers_leave_is_no_effect():
    asked = plan(policies=["status_quo", "more_slots"])
    values = np.tile([0.1 + 0.2, 0.3], 6)
    assert values[0] != values[1]
    assert (responses(runs(asked, values), asked, quantity_of("wait", True)) == 0).all()


@pytest.mark.parametrize("wrong", [np.nan, np.inf, -np.inf])
def test_a_run_without_the_number_is_refused_by_name(wrong):
    """SALib would make all indices zero, and say nothing."""
    values = np.arange(12.0)
    values[[4, 9]] = wrong
    asked = plan()
    with pytest.raises(InputError) as error:
        responses(runs(asked, values), asked, quantity_of("wait", True))
    assert (
        "wait: is not a number in 2 of 12 runs: run 4 (point 0, seed 2, status_quo), run 9 (point 1, seed 1, "
        in str(error.value)
    )


def test_a_percentage_of_nothing_is_refused():
    asked = plan()
    with pytest.raises(InputError, match="wait: is 0 under status_quo at point 1"):
        responses(
            runs(asked, np.r_[np.ones(6), np.tile([0.0, 1.0], 3)]), asked, quantity_of("wait", True, percent=True)
        )


def test_prices_are_varied_for_money_only():
    scenarios = [load("status_quo"), load("more_slots")]
    deaths, money = (numbers_of(scenarios, "evidence", money) for money in (False, True))
    assert not any(one.path.startswith("prices.") for one in deaths)
    assert sum(one.path.startswith("prices.") for one in money) > 50
    sections = {one.path.partition(".")[0] for one in deaths}
    assert {"overdose", "treatment", "deflection", "family"} <= sections
    priced = ask("tornado", ["status_quo"], SMALL, outcome="cost_all")
    assert any(one.path.startswith("prices.") for one in priced.numbers)
    assert not any(one.path.startswith("prices.") for one in ask("tornado", ["status_quo"], SMALL).numbers)


def test_numbers_say_what_they_rest_on():
    seek, days = numbers_of([load("status_quo")], ["treatment.seek_per_year", "treatment.intake_days=1..14"], False)[
        ::-1
    ]
    if seek.path != "treatment.seek_per_year":
        seek, days = days, seek
    assert (seek.value, seek.least, seek.most, seek.quality) == (0.6, 0.2, 0.8, "C")
    assert seek.meaning.startswith("People with untreated disorder") and seek.evidence
    assert (days.least, days.most, days.quality) == (1, 14, "")
    assert days.words == "intake days (treatment)"


@pytest.mark.parametrize(
    ("method", "policies", "options", "said"),
    [
        ("tornadoes", ["status_quo"], {}, "did you mean 'tornado'"),
        ("sobol", ["status_quo"], {"points": 100}, "a power of two, such as 128"),
        ("sobol", ["status_quo"], {"points": 4}, "at least 8 base points"),
        ("tornado", ["status_quo"], {"points": 10}, "two a number"),
        ("tornado", ["status_quo"], {"seeds": 4}, "at least 5"),
        ("screening", ["status_quo"], {"seeds": 1}, "tell chance apart"),
        ("screening", ["status_quo"], {"outcome": "expected_death"}, "did you mean 'expected_deaths'"),
        ("screening", ["status_quo"], {"percent": True}, "needs two policies"),
        ("screening", ["status_quo"], {"above": "1"}, "screening has no use for them"),
        ("discovery", ["status_quo"], {"above": "-2%"}, "there is one"),
        ("discovery", ["status_quo"], {"above": "1", "below": "2"}, "one of them"),
        ("discovery", ["status_quo"], {"below": "low"}, "write a number"),
        ("tornado", ["status_quo"], {"over": ["overdose.fatality_see"]}, "did you mean 'overdose.fatality_seen'"),
        ("tornado", ["status_quo"], {"over": ["deflection.coverage"]}, r"--over deflection.coverage=1\.\.14"),
        ("tornado", ["status_quo"], {"over": ["treatment.intake_days=9"]}, r"LOW\.\.HIGH"),
        ("tornado", ["status_quo"], {"over": ["switches.trust=1..2"]}, "no number"),
        ("sobol", ["status_quo"], {"over": ["treatment.methadone_share"]}, "cannot vary alone: add --over"),
        ("tornado", ["status_quo", "more_slot"], {}, "did you mean 'more_slots'"),
        ("tornado", ["status_quo", "status_quo"], {}, "named twice"),
    ],
)
def test_mistakes_are_found_before_any_run(method, policies, options, said):
    with pytest.raises(InputError, match=said):
        ask(method, policies, SMALL, **options)
