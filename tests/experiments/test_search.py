"""The search for a mix: it finds a front that is known, keeps to its budget, and tells only what fresh pairs say."""

import itertools
import json
import math
import os
import shutil
import signal
import subprocess
import sys
import warnings

import numpy as np
import pandas
import pytest
from deflect.experiments import cli
from deflect.experiments.branches import share_past
from deflect.experiments.run import run
from deflect.experiments.search import study
from deflect.experiments.search.front import Confirmed, Estimate, front, judged
from deflect.experiments.search.levers import DEFAULT, from_texts, read_levers
from deflect.experiments.search.loop import look
from deflect.experiments.search.objectives import read
from deflect.experiments.search.question import ask
from deflect.experiments.search.words import effect, message, notes, verdict
from deflect.experiments.sweep import Sweep
from deflect.model.budget import dearest
from deflect.model.measures import UNPRICED
from deflect.scenarios.load import load
from towns import BUSY, ROOT

import deflect
from deflect import InputError

BUDGET = 8_000_000.0  # many are treated in that town
TOWN = {path: value for path, value in BUSY.items() if path != "harm_reduction.kits_per_100k_year"}  # a lever
ASKED = {
    "base": {"place": "54011", "years": 1, "residents": 300} | TOWN,
    "budget": BUDGET,
    "levers": {
        "treatment.slots_buprenorphine": {"from": 1, "to": 2, "steps": 6},
        "harm_reduction.kits_per_100k_year": {"from": 700, "to": 2100, "steps": 4},
        "deflection.outreach_workers_per_100k": {"from": 0, "to": 6, "steps": 4},
    },
    "references": ["more_slots"],
    "trials": 4,
    "generation": 2,
    "seeds": 2,
    "confirm": 5,
}
RESULTS = ("pareto.csv", "searched.csv", "pareto.png", "provenance.json")


@pytest.fixture(scope="module")
def found(tmp_path_factory):
    """Return a small search on two workers that nothing happened to, saved."""
    found = deflect.search(ASKED, tmp_path_factory.mktemp("search") / "found", workers=2)
    found.save()
    return found


@pytest.fixture(scope="module")
def space():
    return ask({"budget": 1_000_000, "base": {"place": "54011"}}).space


def bytes_of(folder) -> dict[str, bytes]:
    names = [*RESULTS, *sorted(path.name for path in folder.glob("mix-*.yaml"))]
    return {name: (folder / name).read_bytes() for name in names}


# --- the search, fed with a function


STEPS = (6, 5, 4, 5)
PRICES, GAINS = np.array([2.0, 0.5, 1.0, 3.0]), np.array([3.0, 1.5, 0.3, 1.0])


def toy(mix) -> tuple[float, float]:
    """Return minus a gain with diminishing returns, and a price."""
    shares = np.array(mix) / (np.array(STEPS) - 1)
    return -float(GAINS @ np.sqrt(shares)), float(PRICES @ shares)


def area(values) -> float:
    """Return the area that values dominate, from no gain to the highest price."""
    total, gain, before = 0.0, 0.0, 0.0
    for less, price in sorted(values, key=lambda one: one[1]):
        total, before = total + gain * (price - before), price
        gain = max(gain, -less)
    return total + gain * (PRICES.sum() - before)


def test_a_known_front_is_found_from_few_mixes():
    every = [toy(mix) for mix in itertools.product(*map(range, STEPS))]
    tried = look(STEPS, 2, lambda number, mixes: [toy(mix) for mix in mixes], trials=60, generation=12, seed=1)
    by_chance = np.random.default_rng(1).choice(len(every), 60, replace=False)
    best, got, chance = (
        area(values) for values in (every, [one.values for one in tried], [every[i] for i in by_chance])
    )
    assert got > 0.95 * best
    assert best - got < 0.5 * (best - chance)


def test_every_mix_is_asked_for_once_in_generations_and_one_seed_is_one_course():
    told = []

    def evaluate(number, mixes):
        told.append((number, len(mixes)))
        return [toy(mix) for mix in mixes]

    first, again = (look(STEPS, 2, evaluate, trials=30, generation=8, seed=3) for _ in range(2))
    assert told == [(0, 8), (1, 8), (2, 8), (3, 6)] * 2
    assert first == again and len({one.mix for one in first}) == 30
    other = look(STEPS, 2, evaluate, trials=30, generation=8, seed=4)
    assert [one.mix for one in other] != [one.mix for one in first]
    longer = look(STEPS, 2, evaluate, trials=40, generation=8, seed=3)
    assert longer[:30] == first


def test_no_mix_is_lived_twice_nor_one_that_is_known():
    lived = []
    look((3, 3, 3), 2, lambda number, mixes: lived.extend(mixes) or [toy((*mix, 0)) for mix in mixes], trials=20,
         generation=6, seed=0, known=((0, 0, 0),))  # fmt: skip
    assert len(lived) == len(set(lived)) == 20 and (0, 0, 0) not in lived


def test_a_space_that_is_used_up_ends_the_search():
    tried = look(
        (2, 3), 2, lambda number, mixes: [(float(a), float(b)) for a, b in mixes], trials=50, generation=4, seed=0
    )
    assert sorted(one.mix for one in tried) == sorted(itertools.product(range(2), range(3)))


def test_a_value_that_is_no_number_is_kept_and_not_learned_from():
    def evaluate(number, mixes):
        return [(math.nan, 1.0) if mix[0] == 0 else toy(mix) for mix in mixes]

    with warnings.catch_warnings():
        warnings.simplefilter("error", UserWarning)
        tried = look(STEPS, 2, evaluate, trials=20, generation=5, seed=0)
    assert len(tried) == 20 and any(math.isnan(one.values[0]) for one in tried)
    assert all(tried[place].mix[0] for place in front([one.values for one in tried]))


def test_of_the_front_nobody_is_beaten_and_of_equals_one_is_kept():
    values = [(0, 0), (-1, 2), (-1, 3), (-2, 5), (-2, 5), (1, -1), (math.nan, -9)]
    assert front(values) == [0, 1, 3, 5]


# --- mixes and money


def test_the_price_of_a_mix_is_that_of_its_scenario(space):
    for mix in (space.nothing, *space.alone()[:8], tuple(len(lever.values) - 1 for lever in space.levers)):
        assert space.price(mix) == pytest.approx(dearest(space.scenario(mix))[0], rel=1e-12)
    assert space.price(space.nothing) == 0


def test_a_mix_over_the_budget_is_drawn_back_until_it_fits_and_no_further(space):
    rng = np.random.default_rng(0)
    over = 0
    for _ in range(60):
        mix = tuple(int(rng.integers(len(lever.values))) for lever in space.levers)
        fitted = space.fitted(mix)
        assert space.price(fitted) <= space.budget
        if space.price(mix) <= space.budget:
            assert fitted == mix
            continue
        over += 1
        parts = [space._part(mix, part) for part in range(65)]
        larger = parts[max(i for i, part in enumerate(parts) if part == fitted) + 1]
        assert space.price(larger) > space.budget
    assert over > 20


def test_whoever_buys_staff_opens_their_pathways_and_nobody_else(space):
    place = [lever.path for lever in space.levers].index("deflection.outreach_workers_per_100k")
    none, some = space.scenario(space.nothing), space.scenario(space._only(place, 3))
    assert (some.deflection.outreach_workers_per_100k, some.deflection.active_outreach) == (3, True)
    assert some.deflection.naloxone_plus and not some.deflection.officer_intervention
    assert not none.deflection.active_outreach and share_past([none, some])


def test_the_search_begins_with_each_lever_alone(space):
    alone = space.alone()
    assert len(alone) == 2 * len(DEFAULT) == len(set(alone))
    assert all(sum(step != nothing for step, nothing in zip(mix, space.nothing, strict=True)) == 1 for mix in alone)
    asked = {}
    look([len(lever.values) for lever in space.levers], 2, lambda number, mixes: asked.update({number: mixes}) or
         [(float(sum(mix)), 1.0) for mix in mixes], trials=16, generation=16, seed=0, first=alone)  # fmt: skip
    assert asked[0] == alone


def test_every_default_lever_has_a_price():
    assert not set(DEFAULT) & set(UNPRICED)


@pytest.mark.parametrize(
    "text, values",
    [
        ("treatment.slots_methadone=1..2/3", (1, 1.5, 2)),
        ("treatment.slots_methadone=1..2", tuple(1 + i / 10 for i in range(11))),
        ("deflection.coverage=0, 0.5, 1", (0, 0.5, 1)),
        ("treatment.interim_methadone", (False, True)),
        ("deflection.visits_most=1..3", (1, 2, 3)),
        ("engagement.warm_intake_days", tuple(14 * i / 10 for i in range(11))),
    ],
)
def test_a_lever_is_written_in_few_words(text, values):
    (lever,) = read_levers(from_texts([text]), load("status_quo"))
    assert lever.values == pytest.approx(values)
    assert all(len(repr(value)) < 8 for value in lever.values)


def test_levers_stand_still_where_the_base_stands():
    levers = read_levers(
        from_texts(["treatment.intake_days=1..13/13", "treatment.slots_methadone=1..2"]), load("status_quo")
    )
    assert [lever.values[lever.nothing] for lever in levers] == [7, 1]
    assert [levers[0].values[step] for step in levers[0].tries] == [13, 1]


# --- the whole, with runs


KILLED = """
import os, signal
import deflect
import json
asked, folder, runs = {asked!r}, {folder!r}, {runs}
def told(lived, of):
    if lived >= runs:
        os.kill(os.getpid(), signal.SIGKILL)
deflect.search(json.loads(asked), folder, workers=1, progress=told)
"""


@pytest.mark.parametrize("runs", (7, 20))  # in a generation, in the confirmation
def test_a_search_that_is_killed_goes_on_to_the_bytes_of_one_that_was_not(found, tmp_path, runs):
    folder = tmp_path / "killed"
    code = KILLED.format(asked=json.dumps(ASKED), folder=str(folder), runs=runs)
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == -signal.SIGKILL, done.stderr
    assert not (folder / "pareto.csv").exists()
    lived = []
    again = deflect.search(ASKED, folder, workers=1, progress=lambda so_far, of: lived.append(so_far))
    again.save()
    there, here = bytes_of(found.folder), bytes_of(folder)  # lived by two workers, and by one
    assert there == here and len(there) > len(RESULTS)
    assert lived[0] > runs - 4  # what was there is not lived again


def test_more_trials_go_on_with_what_is_there(found, tmp_path):
    shutil.copytree(found.folder, tmp_path / "more")
    lived = []
    more = deflect.search(
        ASKED | {"trials": 6}, tmp_path / "more", workers=1, progress=lambda *told: lived.append(told)
    )
    assert more.tried[:4] == found.tried and len(more.tried) == 6
    assert lived[0][0] > 4 * 2


def test_no_mix_is_over_the_budget_and_none_is_lived_that_would_be(found):
    assert found.searched.price_per_year.max() <= BUDGET
    assert (found.searched.price_per_year > 0.5 * BUDGET).any()
    for folder in (found.folder / "generations").iterdir():
        for _, row in Sweep(folder).table.drop_duplicates("point").iterrows():
            told = {path: row[path] for path in found.question.space.paths}
            scenario = deflect.load("status_quo", told | TOWN, place="54011", years=1, residents=300)
            assert dearest(scenario)[0] <= BUDGET


def test_what_is_told_comes_from_seeds_the_search_never_saw(found):
    searched = {seed for folder in (found.folder / "generations").iterdir() for seed in Sweep(folder).table.seed}
    fresh = Sweep(found.folder / "confirm").table
    assert searched == {0, 1} and set(fresh.seed) == {2, 3, 4, 5, 6}
    assert len(found.front) >= 2
    by_point = fresh.pivot(index="seed", columns="point", values="expected_deaths")
    for point, one in enumerate(found.front, 1):
        differences = by_point[point] - by_point[0]
        told = found.table[found.table.mix == one.name].iloc[0]
        assert told.expected_deaths_diff == pytest.approx(differences.mean())
        half = 2.7764451 * differences.std(ddof=1) / 5**0.5
        assert told.expected_deaths_diff_high - told.expected_deaths_diff == pytest.approx(half)
        assert told.expected_deaths_diff_in_search != told.expected_deaths_diff
    assert dict(zip(found.searched.mix, found.searched.price_per_year, strict=True)).keys() >= {"mix-1", "mix-2"}


def test_a_mix_is_lived_as_its_file_says(found):
    one = found.front[-1]
    scenario = deflect.load(found.folder / f"{one.name}.yaml", TOWN, place="54011", years=1, residents=300)
    base = deflect.load("status_quo", TOWN, place="54011", years=1, residents=300)
    a, b = run(base, 4), run(scenario, 4)
    table = Sweep(found.folder / "confirm").table
    rows = table[table.seed == 4].set_index("point")
    a_year = a.scale / a.years
    for point, lived in ((0, a), (len(found.front), b)):
        assert rows.expected_deaths[point] == pytest.approx(lived.outcomes["expected_deaths"] * a_year)
        assert rows.digest[point] == lived.digest


def test_every_mix_is_a_policy_that_run_and_compare_take(found, tmp_path):
    for one in found.front:
        path = found.folder / f"{one.name}.yaml"
        same = deflect.load(path, TOWN, place="54011", years=1, residents=300)
        assert same.hash == one.scenario.hash and same.name == one.name
        alone = deflect.load(path)
        assert (alone.place, alone.years, alone.residents) == ("54011", 5, None)
        assert share_past([alone, deflect.load("status_quo")])
    compared = deflect.compare("status_quo", path, residents=200, years=1, seeds=5, workers=1)
    assert compared.labels == ("status_quo", one.name)
    words = ["deflect", "run", "--policy", str(path), "--residents", "200", "--years", "1", "--seeds", "1", "--quiet"]
    assert call([*words, "--out", str(tmp_path / "run")]) == 0


def test_a_mix_on_a_file_of_ones_own_is_whole(tmp_path, monkeypatch):
    (tmp_path / "mine.yaml").write_text("extends: status_quo\ntreatment: {intake_days: 4}\n")
    (tmp_path / "plan.yaml").write_text(json.dumps(ASKED | {"policy": "mine.yaml"}))
    monkeypatch.chdir(tmp_path)
    question = ask("plan.yaml")
    mix = question.space.alone()[0]
    scenario = question.space.scenario(mix, "mix-1")
    each = (Estimate(-1.0, -2.0, 0.5, 10.0),) * 2
    one = Confirmed("mix-1", 1, mix, scenario, question.space.price(mix), (-1.0, -1.0), each)
    made = study.Search(question, [], [one], [], (300, 93965), tmp_path)
    study.mixes.write(made, one, tmp_path / "mix-1.yaml")
    told = load(tmp_path / "mix-1.yaml", question.settings)
    assert told.treatment.intake_days == 4 and told.hash == scenario.hash


def call(words) -> int:
    with pytest.MonkeyPatch.context() as patch, pytest.raises(SystemExit) as ended:
        patch.setattr(sys, "argv", words)
        cli.main()
    return ended.value.code


def test_the_command_tells_the_sentence_the_table_and_the_files(found, tmp_path, capsys, monkeypatch):
    plan = tmp_path / "plan.yaml"
    plan.write_text(json.dumps(ASKED))
    before = bytes_of(found.folder)
    assert call(["deflect", "search", str(plan), "--out", str(found.folder), "--quiet", "--workers", "1"]) == 0
    out = capsys.readouterr().out
    assert bytes_of(found.folder) == before
    assert out.startswith(str(found.folder / "pareto.png"))
    assert " ".join(found.message.split()) in " ".join(out.split())
    assert all(one.name in out for one in (*found.front, *found.references))
    assert call(["deflect", "search", str(plan), "--budget", "500000", "--out", str(found.folder)]) == 2
    assert "holds another search" in capsys.readouterr().err


def test_help_does_not_wait_for_the_optimiser():
    code = "import sys, atexit; atexit.register(lambda: print('optuna' in sys.modules))\n"
    code += "from deflect.experiments import cli; cli.main()"
    done = subprocess.run([sys.executable, "-c", code, "search", "--help"], cwd=ROOT, capture_output=True, text=True,
                          env=os.environ | {"PYTHONPATH": str(ROOT)})  # fmt: skip
    assert done.stdout.strip().endswith("False") and "--budget" in done.stdout


# --- what is said


GOALS = (read("expected_deaths", ""), read("cost_programme", ""))


def mix_of(number, deaths, cost, half=1.0):
    each = (Estimate(deaths, deaths - half, deaths + half, 100.0), Estimate(cost, cost - 1, cost + 1, 500.0))
    return Confirmed(f"mix-{number}", number, (number, 0, 0), None, float(cost), (deaths - 1.0, float(cost)), each)


def judge(*mixes):
    rng = np.random.default_rng(0)
    pairs = {(one.name, 0): 100 + one.found[0].diff + rng.normal(0, 0.5, 20) for one in mixes}
    return judged(list(mixes), GOALS, pairs)


def test_who_is_beaten_on_fresh_seeds_falls_off_the_front():
    kept, worse, better, nothing = judge(mix_of(1, -3, 100), mix_of(2, -2, 200), mix_of(3, -8, 300), mix_of(4, 0.5, 50))
    assert [one.beaten_by for one in (kept, worse, better, nothing)] == ["", "mix-1", "", "the base"]
    assert [one.on_front for one in (kept, worse, better, nothing)] == [True, False, True, False]


def test_who_cannot_be_told_from_the_base_or_the_cheaper_one_is_named():
    one, two, three, four = judge(mix_of(1, -0.5, 100), mix_of(2, -3, 200), mix_of(3, -3.05, 300), mix_of(4, -8, 400))
    assert [each.clear for each in (one, two, three, four)] == [False, True, True, True]
    assert [each.like for each in (one, two, three, four)] == ["", "", "mix-2", ""]
    first, second, third = judge(mix_of(1, -3, 100), mix_of(2, -3.05, 200), mix_of(3, -3.1, 300))
    assert (first.like, second.like, third.like) == ("", "mix-1", "mix-1")


def test_more_of_what_is_good_counts_as_a_gain():
    goals = (read("entries", ""), read("price", ""))
    each = (Estimate(5.0, 4.0, 6.0, 100.0), Estimate(10.0, 10.0, 10.0, 0.0))
    one = Confirmed("mix-1", 1, (), None, 10.0, (5.0, 10.0), each)
    (told,) = judged([one], goals, {("mix-1", 0): np.ones(5)})
    assert told.clear and told.on_front
    (told,) = judged(
        [one._replace(found=(Estimate(-5.0, -6.0, -4.0, 100.0), each[1]))], goals, {("mix-1", 0): np.ones(5)}
    )
    assert told.beaten_by == "the base" and not told.clear


def told_of(found, *mixes):
    return study.Search(found.question, found.tried, judge(*mixes), [], found.people, found.folder)


def test_the_sentence_claims_no_more_than_the_pairs(found):
    none = told_of(found, mix_of(1, -0.5, 100), mix_of(2, -0.8, 200))
    assert message(none) == (
        "Within $8 million a year: 5 fresh pairs cannot tell any mix from status_quo in expected overdose deaths"
    )
    some = told_of(found, mix_of(1, -3, 100), mix_of(2, -8, 200), mix_of(3, -9, 300, half=10.0))
    assert "mix-2 does most: 8 % fewer expected overdose deaths (95 % interval −9 to −7 %), for $200" in message(some)
    alike = told_of(found, mix_of(1, -8, 100), mix_of(2, -8.05, 200))
    assert message(alike).endswith("; the pairs cannot tell it from mix-1, for $100 instead of $200")
    nobody = told_of(found)
    assert message(nobody) == "Within $8 million a year: no mix looked better than status_quo"
    assert nobody.figure() and none.figure()


def test_beside_the_numbers_stands_what_they_do_not_show(found):
    made = told_of(found, mix_of(1, -0.5, 100), mix_of(2, -3, 200), mix_of(3, -2, 300))
    assert [verdict(made, one) for one in made.front] == ["like base", "", "off: mix-2"]
    assert any("Off the front on fresh seeds: mix-3" in text for text in notes(made))
    assert any("had seen 55 % more gain" in text for text in notes(made))  # 1.5 + 4 + 3 for 0.5 + 3 + 2
    assert not any("as billed" in text for text in notes(made))
    dear = told_of(found, mix_of(1, -3, 9e6))
    assert any("over it as billed in the runs: mix-1" in text for text in notes(dear))
    assert effect(GOALS[0], Estimate(-3.0, -4.0, -2.0, 100.0)) == "−3 % (−4 to −2 %)"


def test_a_lever_without_a_price_is_named_as_such(found):
    question = ask(ASKED | {"levers": {"treatment.intake_days": [1, 7], "treatment.slots_methadone": [1, 2]}})
    made = study.Search(question, [], [], [], found.people, found.folder)
    (told,) = [text for text in notes(made) if "Without a price" in text]
    assert "intake days" in told and "slots methadone" not in told


def test_tables_say_what_docs_say(found):
    table = pandas.read_csv(found.folder / "pareto.csv")
    assert list(table.columns[:8]) == [
        "mix", "status", "price_per_year", "over_budget", "clear_gain", "beaten_by", "cannot_be_told_from", "pairs",
    ]  # fmt: skip
    assert list(table.mix) == [*(f"mix-{n}" for n in range(1, len(found.front) + 1)), "more_slots"]
    assert table.status.iloc[-1] == "reference" and (table.price_per_year.iloc[:-1].diff().dropna() >= 0).all()
    assert len(pandas.read_csv(found.folder / "searched.csv")) == 4


# --- what is refused


@pytest.mark.parametrize(
    "change, words",
    [
        ({"budget": None}, "how much a year"),
        ({"budget": -1}, "dollars a year"),
        ({"budget": 10}, "buys not one step"),
        ({"always": {"treatment.slots_methadone": 9}}, "with every lever at its least a mix costs"),
        ({"always": {"treatment.slots_buprenorphine": 2}}, "is a lever of the search"),
        ({"levers": {"treatment.slot_methadone": [1, 2]}}, "did you mean"),
        ({"levers": {"overdose.base_oud_per_year": [1, 2]}}, "is no lever"),
        ({"levers": {"treatment.slots_methadone": [1]}}, "two values or more"),
        ({"levers": {"treatment.slots_methadone": "usual"}}, "no usual range"),
        ({"levers": {"treatment.slots_methadone": {"from": 1, "to": 99}}}, "less than or equal to 10"),
        ({"levers": {"treatment.slots_methadone": {"from": 1, "too": 2}}}, "unknown key 'too'"),
        ({"levers": {}}, "should hold levers"),
        ({"objectives": ["expected_death", "price"]}, "did you mean"),
        ({"objectives": ["arrests"]}, "from 2 to 4"),
        ({"objectives": ["price", "cost_programme"]}, "what the money is for"),
        ({"objectives": ["kits", "price"]}, "kits=fewer or kits=more"),
        ({"references": ["more_slot"]}, "more_slots"),
        ({"policy": "nothing_like_it"}, "no policy"),
        ({"confirm": 4}, "whole number from 5"),
        ({"trials": "many"}, "trials is a whole number"),
        ({"seeds": "9-3"}, "runs backwards"),
        ({"lever": {}}, "did you mean 'levers'"),
        ({"base": {"years": 0}}, "years"),
    ],
)
def test_a_mistake_is_named_before_any_run(change, words):
    with pytest.raises(InputError, match=words):
        ask({key: value for key, value in (ASKED | change).items() if value is not None})


def test_a_lever_named_twice_is_refused():
    with pytest.raises(InputError, match="named twice"):
        from_texts(["treatment.slots_methadone=1..2", "treatment.slots_methadone=1..3"])


def test_a_folder_that_holds_something_else_is_left_alone(tmp_path):
    (tmp_path / "mine.txt").write_text("mine")
    with pytest.raises(InputError, match="is not empty"):
        deflect.search(ASKED, tmp_path, workers=1)
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]
