"""The folder of results: refused early, whole or not there at all."""

import json
import os
from pathlib import Path

import pytest
from deflect.experiments.files import choose, json_text, slug, write_whole
from deflect.scenarios.errors import InputError


@pytest.fixture(autouse=True)
def here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_by_default_the_first_free_name_is_taken(here):
    first = choose(None, "Cabell County, WV", "status_quo")
    assert first == Path("runs/cabell-county-wv-status-quo") and not Path("runs").exists()
    for expected in ("", "-2", "-3"):
        folder = choose(None, "Cabell County, WV", "status_quo")
        assert folder.name == f"cabell-county-wv-status-quo{expected}"
        write_whole(folder, lambda path: (path / "x").write_text("x"))


def test_an_empty_folder_is_taken_and_choosing_makes_nothing(here):
    Path("empty").mkdir()
    assert choose("empty", "", "") == Path("empty")
    assert choose("a/b/c", "", "") == Path("a/b/c")
    assert [path.name for path in here.iterdir()] == ["empty"]


def test_what_cannot_be_written_is_refused(here):
    Path("full").mkdir()
    Path("full/x").write_text("")
    Path("file").write_text("")
    for folder, told in (
        ("full", "not empty; .*full-2"),
        (".", "not empty"),
        ("file", "is a file; .*file-2"),
        ("file/x", "cannot be written"),
        ("/dev/null/x", "cannot be written"),
        ("/proc/x", "cannot be written"),
        ("nul\0", "cannot be written"),
        ("x" * 300, "cannot be written"),
    ):
        with pytest.raises(InputError, match=told):
            choose(folder, "", "")
    assert sorted(path.name for path in here.iterdir()) == ["file", "full"]


def test_a_failure_leaves_no_folder(here):
    def fail(path):
        (path / "half").write_text("half")
        assert [other.name for other in here.iterdir()] == [path.name] and path.name.startswith(".")
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write_whole(Path("out"), fail)
    assert list(here.iterdir()) == []


def test_a_name_taken_meanwhile_is_left_alone(here):
    def fill(path):
        (path / "x").write_text("ours")
        Path("out").mkdir()
        Path("out/x").write_text("theirs")

    assert write_whole(Path("out"), fill) == Path("out-2")
    assert Path("out/x").read_text() == "theirs" and Path("out-2/x").read_text() == "ours"


def test_others_may_read_the_folder(here):
    before = os.umask(0o022)
    try:
        assert write_whole(Path("out"), lambda path: None).stat().st_mode & 0o777 == 0o755
    finally:
        os.umask(before)


def test_names_of_folders_and_numbers_that_are_none():
    assert slug("Doña Ana County, NM") == "do-a-ana-county-nm" and slug("…") == "x" and "/" not in slug("../etc")
    assert json.loads(json_text({"a": [float("nan"), 1.5], "b": ("x",)})) == {"a": [None, 1.5], "b": ["x"]}
