"""The program `deflect`: what it writes, what it says to wrong input, and what Ctrl-C leaves behind."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pandas
import pytest
from deflect.experiments import cli, many
from deflect.experiments.summary import EVENTS, SUMMARY
from deflect.model.outcomes import OUTCOMES
from towns import ROOT

TOWN = ("--residents", "300", "--years", "1", "--workers", "1", "--quiet")
SHOULD_NOT_RUN = "the long work was started"


@pytest.fixture(autouse=True)
def here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


def files(folder):
    return {path.name: path.read_bytes() for path in Path(folder).iterdir()}


def test_a_run_writes_its_files_and_says_where(program, here):
    code, out, err = program("run", *TOWN, "--seeds", "2", "--events")
    folder = Path("runs/cabell-county-wv-status-quo")
    assert (code, err) == (0, "")
    assert sorted(files(folder)) == [
        "cascade.csv",
        "costs.csv",
        "costs.png",
        "costs.svg",
        "equity.csv",
        "equity.png",
        "equity.svg",
        "events.parquet",
        "figure.png",
        "figure.svg",
        "groups.csv",
        "monthly.parquet",
        "provenance.json",
        "quantities.csv",
        "summary.csv",
    ]
    assert [path.name for path in here.rglob("*.part")] == []
    assert f"\nin {folder}: cascade.csv, costs.csv" in out and "chance alone" in out and "per 100,000" in out
    assert "300 of 93,965 residents" in out.replace("\n", " ")
    summary = pandas.read_csv(folder / "summary.csv")
    assert tuple(summary.columns) == SUMMARY
    assert list(summary.outcome) == [outcome.id for outcome in OUTCOMES]
    assert "Expected overdose deaths " in out and f"{len(OUTCOMES)} outcomes in {folder / 'summary.csv'}; --all" in out
    monthly = pandas.read_parquet(folder / "monthly.parquet")
    assert list(monthly.columns[:4]) == ["seed", "month", "month_days", "population"]
    events = pandas.read_parquet(folder / "events.parquet")
    assert tuple(events.columns) == EVENTS and set(events.seed) == {0, 1}
    provenance = json.loads((folder / "provenance.json").read_text())
    assert provenance["seeds"] == [0, 1] and len(provenance["digests"]["0"]) == 64


def test_what_is_written_depends_on_nothing_but_the_question(program):
    program("run", *TOWN, "--seeds", "2", "--out", "one")
    assert (
        program("run", "--residents", "300", "--years", "1", "-q", "--workers", "2", "--seeds", "0,1", "--out", "a/b")[
            0
        ]
        == 0
    )
    assert files("one") == files("a/b")


def test_the_command_in_the_provenance_makes_the_same_files(program):
    program(
        "run", *TOWN, "--seeds", "3-3", "--set", "treatment.intake_days=2", "--policy", "more_slots", "--out", "one"
    )
    import shlex

    _, *arguments = shlex.split(json.loads(Path("one/provenance.json").read_text())["command"])
    assert program(*arguments, "--workers", "1", "-q", "--out", "two")[0] == 0
    assert files("one") == files("two")


def test_json_is_all_that_is_printed(program):
    code, out, _ = program("run", *TOWN, "--seeds", "1", "--json", "--out", "x")
    told = json.loads(out)
    assert code == 0 and told["folder"] == "x" and "chance" in told["interval"]
    assert {"place", "policy", "seeds", "scenario_hash", "outcomes", "residents_simulated"} <= set(told)
    assert tuple(told["outcomes"][0]) == SUMMARY and told["outcomes"][0]["low"] is None


def test_progress_goes_to_the_error_stream_in_plain_lines(program, monkeypatch):
    monkeypatch.setattr("deflect.experiments.progress.LINE_SECONDS", 0)
    code, out, err = program("run", *TOWN[:-1], "--seeds", "2", "--json")
    json.loads(out)
    assert code == 0
    shares = [int(line.split(": ")[1].split(" %")[0]) for line in err.splitlines()]
    assert len(shares) > 20 and shares == sorted(shares) and "s left" in err


WRONG = [
    ("run --place Nowhere", "Nowhere"),
    ("run --place 99999", "99999"),
    ("run --place missing.yaml", "missing.yaml"),
    ("run --place half.yaml", "half.yaml"),
    ("run --policy more_slot", "did you mean 'more_slots'"),
    ("run --policy half.yaml", "half.yaml:3:1"),
    ("run --policy missing.yaml", "missing.yaml"),
    ("run --policy binary.yaml", "binary.yaml"),
    ("run --policy .", "cannot be read"),
    ("run --set treatment.intake_dys=3", "intake_days"),
    ("run --set treatment.intake_days=900", "less than or equal to 90"),
    ("run --set treatment.intake_days", "name=value"),
    ("run --years 0", "--years 0"),
    ("run --years 51", "--years 51"),
    ("run --years soon", "--years soon"),
    ("run --residents 0", "--residents 0"),
    ("run --residents -5", "--residents -5"),
    ("run --seeds 0", "seeds"),
    ("run --seeds -1", "seeds"),
    ("run --seeds 4,-1", "seeds"),
    ("run --seeds many", "seeds"),
    ("run --workers 0", "workers"),
    ("run --workers -2", "workers"),
    ("run --workers two", "--workers"),
    ("run --out full", "not empty"),
    ("run --out half.yaml", "is a file"),
    ("run --out half.yaml/x", "cannot be written"),
    ("run --out /dev/null/x", "cannot be written"),
    ("run --ties missing.graphml --seeds 1", "missing.graphml"),
    ("run --ties half.yaml", "one seed"),
    ("run --nonsense", "--nonsense"),
    ("run extra", "extra"),
    ("runn", "runn"),
    ("check missing.yaml", "missing.yaml"),
    ("check --set overdose.at_home=2", "overdose.at_home"),
    ("places x,zz", "zz"),
    ("places qqqqqq", "qqqqqq"),
    ("places cabell --limit 0", "limit"),
    ("run mine.yaml", "did you mean --policy mine.yaml?"),
    ("evidence nalaxone", "did you mean 'naloxone'"),
]


@pytest.mark.parametrize(("line", "told"), WRONG, ids=[line for line, _ in WRONG])
def test_wrong_input_is_one_message_and_code_2(line, told, program, here, monkeypatch):
    monkeypatch.setattr("deflect.experiments.many.run", lambda *_, **__: pytest.fail(SHOULD_NOT_RUN))
    (here / "half.yaml").write_text("extends: more_slots\ntreatment: {intake_days: 3")
    (here / "binary.yaml").write_bytes(b"\x89PNG\0\0")
    (here / "full").mkdir()
    (here / "full" / "x").write_text("")
    before = sorted(here.rglob("*"))
    code, out, err = program(*line.split())
    assert (code, out) == (2, "")
    assert err.startswith("deflect: ") and told in err and "Traceback" not in err
    assert len(err.splitlines()) == 1
    assert sorted(here.rglob("*")) == before


def test_ties_that_fit_nobody_leave_nothing(program, here):
    (here / "no.graphml").write_text("this is no graph")
    code, _, err = program("run", *TOWN, "--seeds", "1", "--ties", "no.graphml")
    assert code == 2 and err.startswith("deflect: no.graphml: not XML") and len(err.splitlines()) == 1
    assert [path.name for path in here.iterdir()] == ["no.graphml"]


def test_every_mistake_of_a_scenario_is_told_at_once(program):
    code, _, err = program("check", "--set", "treatment.intake_days=-1", "--set", "overdose.at_home=2")
    assert code == 2 and "intake_days" in err and "at_home" in err and "Traceback" not in err


def test_a_fault_of_ours_is_not_blamed_on_the_user(program, monkeypatch):
    def broken(*_, **__):
        raise ZeroDivisionError("ours")

    monkeypatch.setattr(many, "run_many", broken)
    monkeypatch.setattr(sys, "argv", ["deflect", "run", *TOWN])
    with pytest.raises(ZeroDivisionError):
        cli.main()


@pytest.mark.parametrize("cores", ("1", "2"))
def test_ctrl_c_leaves_no_folder_and_no_process(here, cores):
    program = [sys.executable, "-c", "from deflect.experiments.cli import main; main()"]
    question = ["run", "--residents", "60000", "--years", "50", "--seeds", "4", "--workers", cores, "--out", "out"]
    running = subprocess.Popen(
        program + question, cwd=here, env=os.environ | {"PYTHONPATH": str(ROOT)}, start_new_session=True,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    try:
        wait_for(lambda: cpu_seconds(running.pid) > 6, running)  # starting up takes 2 or 3 a process, the runs minutes
        os.killpg(running.pid, signal.SIGINT)
        out, err = running.communicate(timeout=30)
    finally:
        if running.poll() is None:
            os.killpg(running.pid, signal.SIGKILL)
    assert (running.returncode, out, err) == (130, "", "deflect: stopped by Ctrl-C; nothing was written\n")
    assert list(here.iterdir()) == []
    wait_for(lambda: cpu_seconds(running.pid) == 0)


def cpu_seconds(session):
    """Return the processor time of the living processes of a session; 0 when there are none."""
    ticks = 0
    for entry in Path("/proc").iterdir():
        if entry.name.isdecimal():
            try:
                state = (entry / "stat").read_text().rpartition(")")[2].split()
            except OSError:
                continue
            if int(state[3]) == session and state[0] != "Z":
                ticks += int(state[11]) + int(state[12]) + 1
    return ticks / os.sysconf("SC_CLK_TCK")


def wait_for(true, running=None, seconds=120):
    until = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < until and (running is None or running.poll() is None)
        time.sleep(0.1)


def test_a_reader_who_leaves_early_is_no_error():
    program = f"{sys.executable} -c 'from deflect.experiments.cli import main; main()' places washington --limit 400"
    asked = subprocess.run(
        ["bash", "-c", f"{program} | head -1; exit ${{PIPESTATUS[0]}}"], cwd=ROOT, capture_output=True
    )
    assert asked.stderr == b"" and b"FIPS" in asked.stdout


def test_help_has_examples_and_imports_nothing_heavy():
    code = (
        "import sys\nfrom deflect.experiments import cli\n"
        "for words in (['--help'], ['run', '--help'], ['check', '--help']):\n"
        "    sys.argv = ['deflect', *words]\n"
        "    try:\n        cli.main()\n    except SystemExit as ended:\n        assert ended.code == 0\n"
        "print('LOADED', *{name.partition('.')[0] for name in sys.modules})"
    )
    asked = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    told, _, loaded = asked.stdout.partition("LOADED")
    assert 'deflect run --place "Cabell, WV" --policy more_slots --years 3\n' in told
    assert "deflect check my_policy.yaml\n" in told
    heavy = {
        "numba",
        "numpy",
        "mesa",
        "pandas",
        "matplotlib",
        "scipy",
        "networkx",
        "rich",
        "yaml",
        "pyarrow",
    }
    assert "typer" in loaded.split() and not heavy & set(loaded.split())


def test_nothing_asked_is_help(program):
    code, out, err = program()
    assert (code, err) == (0, "") and "Commands:" in out and "places" in out


def test_places_tells_what_is_published_from_what_is_estimated(program):
    code, out, _ = program("places", "campbell")
    lines = {line.split()[0]: line for line in out.splitlines() if line[:5].isdecimal()}
    assert code == 0 and "228 in 5 years" in lines["21037"] and "published" in lines["21037"]
    assert "1 year" in lines["56005"] and "estimate" in lines["56005"] and "withheld" in out
    code, out, _ = program("places")
    assert code == 0 and "3,143 counties" in out and "Huntington" in out


def test_policies_evidence_and_schema_are_shown(program):
    assert "more_naloxone" in program("policies")[1]
    code, out, _ = program("evidence", "rr_od_death_on_methadone")
    assert code == 0
    for word in ("0.3 rate ratio", "0.15 to 0.45", "quality", "Sordo", "verified", "note"):
        assert word in out, word
    assert "more: say more words, or --limit" in program("evidence")[1]
    code, out, _ = program("evidence", "911 witnessed")
    assert code == 0 and "prob_911_witnessed" in out
    assert json.loads(program("schema")[1])["properties"]["place"]


def test_a_checked_scenario_is_not_run_but_explained(program, here, monkeypatch):
    monkeypatch.setattr(many, "run", lambda *_, **__: pytest.fail(SHOULD_NOT_RUN))
    (here / "mine.yaml").write_text("extends: more_slots\ntreatment:\n  intake_days: 2\n")
    code, out, _ = program("check", "mine.yaml", "--years", "3", "--set", "overdose.at_home=0.5")
    from deflect.scenarios.load import load

    wanted = load("mine.yaml", {"years": 3, "overdose.at_home": 0.5})
    assert code == 0 and out.startswith("ok: mine in Cabell County, WV, 3 years") and wanted.hash in out
    below, file = {}, ""
    for line in out.splitlines():
        file = file if line.startswith("  ") else line.strip()
        below.setdefault(file, {})[line.split()[0] if line.strip() else ""] = line.split()
    path, value, default, *_, evidence, _, line = below["mine.yaml"]["treatment.intake_days"]
    assert (value, default, evidence, line) == ("2.0", "7.0", "baseline_intake_days", "3")
    assert "treatment.slots_methadone" in below["policies/more_slots.yaml"]
    assert "years" in below["--years 3"] and "overdose.at_home" in below["--set overdose.at_home=0.5"]
    assert "every value is the default" in program("check")[1]


def test_targets_are_held_against_the_model(program):
    code, out, err = program("check", "--targets", *TOWN, "--seeds", "2")
    assert code == 0 and "published" in out and "Nonfatal overdoses per overdose death" in " ".join(out.split())
