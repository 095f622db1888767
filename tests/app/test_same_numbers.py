"""What is chosen on the page, shared and run elsewhere gives the same scenario and the same bytes."""

import random
import shlex
import subprocess

import pytest
from deflect.app import choices, share
from deflect.app.levers import LEVERS
from deflect.experiments.api import compare
from deflect.experiments.run import run
from deflect.scenarios.load import load, policies
from deflect.scenarios.sections import SWITCHES
from visits import CLI, SMALL, messages


def drawn(number: int) -> dict:
    """Return a question with random levers, policies, switches and place."""
    dice = random.Random(number)
    names = [name for name, _ in policies()]

    def side() -> dict:
        levers = {lever.path: value_of(lever, dice) for lever in dice.sample(list(LEVERS.values()), dice.randint(0, 9))}
        return {"policy": dice.choice(names), "levers": levers}

    switches = {
        name: dice.choice(["off", "base", "strong"]) for name in dice.sample(list(SWITCHES), dice.randint(0, 3))
    }
    where = {"place": dice.choice(["54011", "US", "39061", "02013"]), "seed": dice.choice([0, 0, 7])}
    return SMALL | where | {"a": side(), "b": side(), "switches": switches}


def value_of(lever, dice: random.Random):
    if lever.kind == "switch":
        return dice.random() < 0.5
    if lever.kind == "choice":
        return dice.choice(lever.options)
    steps = round((lever.high - lever.low) / lever.step)
    return round(lever.low + dice.randint(0, steps) * lever.step, 4)  # as the slider has it


@pytest.mark.parametrize("number", range(25))
def test_shared_files_and_options_say_the_same_scenarios(number, tmp_path, monkeypatch):
    asked = choices.read(drawn(number))
    told = share.told(asked)
    for name, text in told["files"].items():
        (tmp_path / name).write_text(text)
    monkeypatch.chdir(tmp_path)
    words = shlex.split(told["command"])
    assert words[:2] == ["deflect", "compare"]
    options = dict(zip(words[4::2], words[5::2], strict=True)) if "--set" not in words else None
    sets = [words[i + 1] for i, word in enumerate(words) if word == "--set"]
    fixed = {name: words[words.index(f"--{name}") + 1] for name in ("place", "years", "residents")}
    texts = [f'{name}="{value}"' if name == "place" else f"{name}={value}" for name, value in fixed.items()] + sets
    loaded = [load(policy, texts) for policy in words[2:4]]
    assert [one.hash for one in loaded] == told["hashes"] == [one.hash for one in choices.scenarios(asked)]
    for name, hash in zip(share.FILES, told["hashes"], strict=True):
        assert load(tmp_path / name).hash == hash
    assert options is None or set(options) == {"--place", "--years", "--residents", "--seeds"}


def test_a_different_lever_is_a_different_scenario():
    told = SMALL | {"b": {"policy": "mari", "levers": {"deflection.coverage": 0.35}}}
    other = SMALL | {"b": {"policy": "mari", "levers": {"deflection.coverage": 0.4}}}
    one, another = (share.told(choices.read(question))["hashes"] for question in (told, other))
    assert one[0] == another[0] and one[1] != another[1]


def test_the_command_line_has_the_hash_of_the_page(tmp_path):
    asked = choices.read(drawn(3) | {"b": {"policy": "steer", "levers": {"treatment.intake_days": 2.0}}})
    (tmp_path / "policy-b.yaml").write_text(share.told(asked)["files"]["policy-b.yaml"])
    done = subprocess.run([*CLI, "check", "policy-b.yaml"], cwd=tmp_path, capture_output=True, text=True, check=True)
    assert f"hash {choices.scenarios(asked)[1].hash}" in done.stdout


def test_runs_on_the_page_have_the_bytes_of_runs_in_python(visitor):
    question = drawn(11) | {"place": "54011", "seed": 0}
    a, b = choices.scenarios(choices.read(question))
    pairs = {
        value["seed"]: value["digests"] for name, value in messages(visitor, "compare", question) if name == "pair"
    }
    assert sorted(pairs) == [0, 1, 2, 3, 4]
    for seed in (0, 3):
        assert pairs[seed] == [run(a, seed).digest, run(b, seed).digest]


def test_the_sentence_and_the_table_are_those_of_the_command_line(visitor):
    question = SMALL | {"place": "54011", "b": {"policy": "more_slots"}}
    said = [value for name, value in messages(visitor, "compare", question) if name == "table"]
    comparison = compare("status_quo", "more_slots", place="54011", years=1, residents=1000, seeds=5, workers=1)
    assert [table["early"] for table in said] == [True, True, True, True, False]
    assert all(table["sentence"].startswith("Too early to tell") for table in said[:4])
    assert said[-1]["sentence"] == comparison.message
    entries = next(row for row in said[-1]["tabs"]["main"] if row["id"] == "entries")
    row = next(row for row in comparison.rows if row.outcome == "entries")
    assert entries["verdict"] == row.verdict == "better"
    assert entries["percent"][0] == pytest.approx(100 * row.diff / row.mean_a, rel=1e-5)
