"""Runs that were stopped go on: with the same command, to the same bytes, and only the rest is lived."""

import shutil
from pathlib import Path

import pytest
from deflect.experiments import kept, pairs
from deflect.experiments.branches import live_branches
from deflect.experiments.commands.options import kept_until_whole
from deflect.experiments.kept import Kept
from deflect.scenarios import places as atlas
from towns import scenario

TOWN = ("--residents", "300", "--years", "1", "--seeds", "5", "--workers", "1", "--quiet", "--out", "out")
COMMANDS = {
    "run": ("run", *TOWN),
    "compare": ("compare", "status_quo", "full_deflection", *TOWN),
    "until precise": ("compare", "status_quo", "more_slots", "--until-precise", "0.9", *TOWN),
    "factorial": ("factorial", "more_slots", "more_naloxone", *TOWN),
}


@pytest.fixture
def lived(monkeypatch):
    """Return the seeds lived so far, and a list: what is put there stops the work at the third."""
    seeds, wishes = [], []

    def live(scenarios, seed, progress=None):
        if wishes and len(seeds) == 2:
            raise wishes.pop()
        seeds.append(seed)
        return live_branches(scenarios, seed, progress=progress)

    monkeypatch.setattr(kept, "live_branches", live)
    return seeds, wishes


@pytest.mark.parametrize("asked", COMMANDS.values(), ids=COMMANDS)
@pytest.mark.parametrize("why", (KeyboardInterrupt(), OSError(28, "No space left on device")), ids=("ctrl-c", "full"))
def test_what_was_stopped_goes_on_to_the_same_files(program, lived, asked, why):
    seeds, wishes = lived
    assert program(*asked)[0] == 0
    assert seeds == [0, 1, 2, 3, 4]
    Path("out").rename("whole")
    seeds.clear()
    wishes.append(why)
    code, out, err = program(*asked)
    assert (code, out) == (130 if isinstance(why, KeyboardInterrupt) else 1, "")
    under_way, whole = sorted(path.name for path in Path().iterdir())
    assert (under_way[:14], whole) == ("out.under-way-", "whole"), "no results by halves"
    assert err.endswith(f"the runs that are done are in {under_way}, the same command goes on\n")
    code, _, err = program(*asked)
    assert (code, err) == (0, "")
    assert seeds == [0, 1, 2, 3, 4], "lived again, or not at all"
    assert sorted(path.name for path in Path().iterdir()) == ["out", "whole"]
    for path in Path("whole").iterdir():
        assert (Path("out") / path.name).read_bytes() == path.read_bytes(), path.name


def test_the_halves_of_a_pair_are_kept_too(monkeypatch, tmp_path):
    """Where there are more processors than pairs, the two runs of a pair are two tasks."""
    monkeypatch.setattr(pairs, "quicker_shared", lambda *_: False)
    policies = scenario(300, years=1), scenario(300, policy="more_slots", years=1)
    first = pairs.live_pairs(policies, [0, 1], 1, keep=tmp_path)
    assert len(list(tmp_path.iterdir())) == 4
    monkeypatch.setattr(kept, "live_branches", None)
    again = pairs.live_pairs(policies, [0, 1], 1, keep=tmp_path)
    assert [[one.digest for one in pair] for pair in again] == [[one.digest for one in pair] for pair in first]
    assert str([[one.outcomes for one in pair] for pair in again]) == str(
        [[one.outcomes for one in pair] for pair in first]
    )


def test_progress_begins_with_what_is_there(tmp_path):
    town = scenario(300, years=1)
    Kept(tmp_path, (town,))(0)
    told = []
    kept.live_the_rest(Kept(tmp_path, (town,)), [0, 1], 1000, 1, progress=lambda *days: told.append(days))
    assert told[0][0] > 1000 and {days for _, days in told} == {2000}


def test_a_place_that_was_edited_is_lived_anew(tmp_path):
    place = tmp_path / "town.yaml"
    shutil.copyfile(atlas.example_file(), place)
    town = scenario(300, place=str(place), years=1)
    Kept(tmp_path, (town,))(0)
    assert Kept(tmp_path, (town,)).there(0)
    atlas.digest.cache_clear()  # as in the next process
    place.write_text(place.read_text().replace("population: ", "population: 1"))
    assert Kept(tmp_path, (town,)).there(0) is None


def test_a_torn_file_is_lived_again(tmp_path):
    town = scenario(300, years=1)
    Kept(tmp_path, (town,))(0)
    (path,) = tmp_path.iterdir()
    path.write_bytes(path.read_bytes()[:1000])
    assert Kept(tmp_path, (town,)).there(0) is None


def test_another_question_at_work_beside_this_one_keeps_its_own(tmp_path):
    """Whoever is done first takes its folder away."""
    one, other = scenario(300, years=1), scenario(300, years=1, treatment__intake_days=3)
    with kept_until_whole(tmp_path / "out", other) as others:
        others.mkdir()
        with kept_until_whole(tmp_path / "out", one) as own:
            own.mkdir()
        assert others.is_dir() and not own.exists()
