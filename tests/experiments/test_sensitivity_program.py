"""`deflect sensitivity`: what it writes, how it goes on, and what it says to wrong input and to Ctrl-C."""

from pathlib import Path

import pytest
from deflect.experiments.sensitivity import study as studies

SEEK = "treatment.seek_per_year"
FILES = {"sensitivity.png", "sensitivity.svg", "sensitivity.csv", "points.parquet", "provenance.json"}


TOWN_OPTIONS = ("--place", "54011", "--years", "1", "--residents", "300", "--workers", "1")


def test_the_program_compares_two_policies_and_goes_on(program):
    asked = ("sensitivity", "tornado", "status_quo", "more_naloxone", "--outcome", "kits", *TOWN_OPTIONS)
    over = ("--over", "harm_reduction.kits_per_100k_year=100..2000")
    code, out, err = program(*asked, *over)
    assert code == 2 and "cannot vary" in err
    over = ("--over", "treatment.intake_days=1..9")
    code, out, err = program(*asked, *over)
    folder = Path("runs/cabell-county-wv-tornado-status-quo-vs-more-naloxone")
    assert code == 0, err
    assert "3 points of 1 number x 5 seeds x 2 policies = 30 runs, kept in" in err
    assert out.startswith(f"{folder}/kits/sensitivity.png") and "B = more_naloxone against A = status_quo" in out
    assert {path.name for path in (folder / "kits").iterdir()} == FILES
    code, out, err = program(*asked, *over)
    assert code == 0 and "; 30 are there" in err and not Path(f"{folder}-2").exists()


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("tornado", "status_quo", "--points", "3"), "--points: a tornado"),
        (("sobol", "status_quo", "--over", "overdose.fatality_see"), "--over: overdose.fatality_see: is no uncertain"),
        (("sobol", "status_quo", "--outcome", "deths"), "--outcome: no outcome 'deths', did you mean 'deaths'?"),
        (("sobol", "status_quo", "--years", "-1"), "--years -1"),
    ],
)
def test_wrong_input_is_one_message_and_nothing_is_made(program, options, said):
    code, out, err = program("sensitivity", *options)
    assert code == 2 and said in err and "Traceback" not in err
    assert not list(Path().iterdir())


def test_ctrl_c_says_what_is_kept(program, monkeypatch):
    def stop(*_, **__):
        raise KeyboardInterrupt

    monkeypatch.setattr(studies, "sweep", stop)
    code, out, err = program("sensitivity", "tornado", "status_quo", "--over", SEEK, *TOWN_OPTIONS, "--out", "here")
    assert code == 130 and "the runs that are done are in here/sweep, the same command goes on" in err
    assert "nothing was written" not in err
