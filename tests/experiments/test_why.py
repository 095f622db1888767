"""`deflect why`: from a folder of results or from a run of its own, the same answers."""

import re
import shutil
import sys
from types import SimpleNamespace

import pandas
import pytest
from deflect.experiments import cli
from deflect.experiments import why as asking
from deflect.model.events import Kind
from towns import BUSY

import deflect

SCENARIO = {"residents": 300, "years": 1} | BUSY
OPTIONS = ["--residents", "300", "--years", "1", *(f"--set={name}={value}" for name, value in BUSY.items())]


@pytest.fixture(scope="module")
def results(tmp_path_factory):
    """Return a folder of results with the events of seeds 3 and 4."""
    result = deflect.run(deflect.load("status_quo", SCENARIO), seeds=[3, 4], workers=1, events=True)
    return result.save(tmp_path_factory.mktemp("why") / "results")


@pytest.fixture(scope="module")
def events(results):
    """Return the events of both seeds as a table."""
    return pandas.read_parquet(results / "events.parquet")


@pytest.fixture
def ask(monkeypatch, capsys, tmp_path):
    """Return a function that runs `deflect why` with arguments: (exit code, output, error output)."""
    monkeypatch.chdir(tmp_path)

    def run(*arguments):
        monkeypatch.setattr(sys, "argv", ["deflect", "why", *map(str, arguments)])
        with pytest.raises(SystemExit) as ended:
            cli.main()
        said = capsys.readouterr()
        return ended.value.code, said.out, said.err

    return run


def numbers(text):
    """Return the numbers of the events that a text has lines of."""
    return [int(found[1]) for found in re.finditer(r"^ *(\d+)  day ", text, re.MULTILINE)]


def last_admitted(events, seed=3):
    of_seed = events[(events.seed == seed) & (events.kind == "admitted")]
    return int(of_seed.event.iloc[-1])


def test_a_folder_without_a_question_says_what_to_ask(ask, results, events):
    code, out, err = ask("--run", results)
    assert (code, err) == (0, "")
    assert out.startswith("Cabell County, WV, status_quo, seed 3 (of seeds 3-4; another with --seed)")
    kinds = events[events.seed == 3].set_index("event").kind
    for title, of in asking.WORTH_ASKING:
        if of and not kinds.isin([kind.name.lower() for kind in of]).any():
            assert title not in out
            continue
        listed = numbers(out.partition(f"{title}\n")[2].partition("\n\n")[0])
        assert 1 <= len(listed) <= asking.STARTS and listed == sorted(listed), title
        assert not of or {kinds[event] for event in listed} == {kind.name.lower() for kind in of}
    assert "add the number of an event" in out and "--events" not in out


def test_starts_are_the_longest_chains_since_the_policy(results):
    source = asking.kept(results).source
    _, steps = asking.first_causes(source)
    title, (kind,) = next(asked for asked in asking.WORTH_ASKING if asked[1] == (Kind.ADMITTED,))
    listed = numbers(asking.answer(source).partition(f"{title}\n")[2].partition("\n\n")[0])
    all_of_them = steps[(source["kind"] == kind) & (source["day"] >= 0)]
    assert (source["day"][listed] >= 0).all()
    assert steps[listed].min() == all_of_them.max() > all_of_them.min()


def test_a_folder_and_a_run_of_ones_own_tell_the_same(ask, results, events):
    for question in ([last_admitted(events)], ["--kind", "overdose"], ["--person", "7"], []):
        of_folder = ask(*question, "--run", results, "--seed", 3)[1].splitlines()[1:]
        code, out, err = ask(*question, *OPTIONS, "--seed", 3, "--quiet")
        assert (code, err) == (0, "")
        of_run = re.sub(r", (wo)?man of \d+|, (girl|boy) of \d+|, baby (girl|boy)", "", out)
        of_run = re.sub(r"(resident \d+), (?!neigh)", r"\1 ", of_run).replace(asking.QUICKER, "")
        assert of_run.splitlines()[1:] == of_folder
        assert re.search(r"resident \d+, (woman|man|girl|boy) of \d+", out)


def test_events_come_back_from_the_folder_as_they_were(results):
    run = deflect.run(deflect.load("status_quo", SCENARIO), seed=4, events=True)
    assert asking.kept(results, 4).source.tobytes() == run.events.tobytes()


def test_events_of_a_kind_and_of_a_person_are_listed(ask, results, events):
    mine = events[events.seed == 4]
    overdoses = mine[mine.kind == "overdose"]
    code, out, _ = ask("--run", results, "--seed", 4, "--kind", "Overdose", "--limit", 5)
    assert code == 0 and numbers(out) == overdoses.event.tolist()[-5:]
    assert f'"overdosed": {len(overdoses):,}' in out and f"and {len(overdoses) - 5:,} before these" in out
    who = int(overdoses.who.mode()[0])
    asked = ("--run", results, "--seed", 4, "--person", who, "--limit", 1000)
    assert numbers(ask(*asked)[1]) == mine[mine.who == who].event.tolist()
    both = ask(*asked, "--kind", "overdose")[1]
    assert numbers(both) == overdoses[overdoses.who == who].event.tolist() and f"of resident {who}" in both
    assert '"the policy changed": none in this run' in ask("--run", results, "--kind", "policy_changed")[1]


def test_an_event_alone_asks_about_the_default_scenario(ask, monkeypatch, results):
    asked = []

    def run(scenario, seed, **options):
        asked.append((scenario.hash, seed, options["keep_world"]))
        return SimpleNamespace(world=SimpleNamespace(events=asking.kept(results).source, residents=None))

    monkeypatch.setattr("deflect.experiments.run.run", run)
    code, out, _ = ask(5)
    assert code == 0 and "Why event 5?" in out and asked == [(deflect.load("status_quo").hash, 0, True)]


def test_progress_is_shown_of_a_run(ask, monkeypatch):
    monkeypatch.setattr("deflect.experiments.progress.LINE_SECONDS", 0)
    code, out, err = ask(*OPTIONS)
    assert code == 0 and "seed 0" in out and asking.QUICKER in out
    shares = [int(line.split(": ")[1].split(" %")[0]) for line in err.splitlines()]
    assert len(shares) > 10 and shares == sorted(shares) and shares[-1] > 90


WRONG = [
    ("--run nowhere", "nowhere: there is no such folder"),
    ("--run {results} --seed 0", "holds the events of seeds 3-4"),
    ("--run {results} 999999", "event 999999: there is none; events are numbered 0 to"),
    ("--run {results} --person 999999", "--person 999999: there is none"),
    ("--run {results} --kind overdosed", "did you mean 'overdose'"),
    ("--kind zzz", "born, died_other"),
    ("--run {results} --policy more_slots --set a=1", "leave out --policy, --set"),
    ("5 --kind overdose", "one EVENT"),
    ("5 --person 0", "one EVENT"),
    ("five", "valid integer"),
    ("--limit 0", "limit"),
    ("--place Nowhere", "Nowhere"),
    ("--seed 99999999999999999999", "2^63"),
    ("--run {plain}", "--policy status_quo --seeds 3-4"),
    ("--run {plain}", "--events"),
    ("--run {other}", "cannot be read as events"),
    ("--run {shuffled}", "not in the order"),
    ("--run {circular}", "not in the order"),
]


@pytest.mark.parametrize(("line", "told"), WRONG, ids=[f"{line} {told}" for line, told in WRONG])
def test_wrong_input_is_one_message_and_code_2(line, told, ask, results, events, tmp_path, monkeypatch):
    monkeypatch.setattr("deflect.experiments.run.run", lambda *_, **__: pytest.fail("the long work was started"))
    folders = {name: tmp_path / name for name in ("plain", "other", "shuffled", "circular")}
    for folder in folders.values():
        folder.mkdir()
        shutil.copy(results / "provenance.json", folder)
    (folders["other"] / "events.parquet").write_bytes(b"this is no table")
    events.iloc[::-1].to_parquet(folders["shuffled"] / "events.parquet", index=False)
    events.assign(cause=events.event).to_parquet(folders["circular"] / "events.parquet", index=False)
    code, out, err = ask(*line.format(results=results, **folders).split())
    assert (code, out) == (2, "")
    assert err.startswith("deflect: ") and told in err and len(err.splitlines()) == 1


def test_a_folder_that_does_not_say_what_it_is_can_be_asked(ask, results, tmp_path):
    (tmp_path / "bare").mkdir()
    shutil.copy(results / "events.parquet", tmp_path / "bare")
    assert ask("--run", "bare")[1].startswith("bare, seed 3")


def test_help_has_examples(ask):
    code, out, _ = ask("--help")
    assert code == 0
    for example in (
        "deflect why 4711 --run runs/cabell",
        "deflect run --events",
        "--kind died_overdose",
        "--person 345",
    ):
        assert example in out


def test_every_start_names_kinds_that_exist():
    assert all(isinstance(kind, Kind) for _, kinds in asking.WORTH_ASKING for kind in kinds)
