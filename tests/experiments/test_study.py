"""The commands of docs/study.md run, on a tiny town; the page cannot rot."""

import re
import shlex
import sys
from pathlib import Path

import pytest
from deflect.experiments import cli
from towns import ROOT

PAGE = (ROOT / "docs" / "study.md").read_text()
COMMANDS = [
    line
    for block in re.findall(r"```bash\n(.*?)```", PAGE, re.DOTALL)
    for line in block.splitlines()
    if line.startswith("deflect ")
]
TINY = {"--years": "1", "--residents": "300", "--seeds": "5", "--draws": "10"}


def shrunk(command: str) -> list[str]:
    """Return the words after `deflect`, for a tiny town and few runs."""
    words = shlex.split(command)[1:]
    for option, value in TINY.items():
        if option in words:
            words[words.index(option) + 1] = value
    if words[0] == "uncertainty":
        words[words.index("--seeds") + 1] = "2"
        words += ["--over", "treatment.seek_per_year"]
    return [*words, "--quiet", "--workers", "1"]


def test_the_page_has_its_commands():
    assert [shlex.split(command)[1] for command in COMMANDS] == [
        "factorial",
        "compare",
        "uncertainty",
        "report",
        "report",
    ]
    assert all("--seeds" in command or "report" in command for command in COMMANDS)


def test_every_command_runs_and_leaves_what_the_page_says(monkeypatch, capsys, tmp_path):
    monkeypatch.chdir(tmp_path)
    for command in COMMANDS:
        monkeypatch.setattr(sys, "argv", ["deflect", *shrunk(command)])
        with pytest.raises(SystemExit) as ended:
            cli.main()
        said = capsys.readouterr()
        assert (ended.value.code, said.err) == (0, ""), command
    for name in ("both/factorial.csv", "both/cells.csv", "deflection/comparison.png", "uncertainty/uncertainty.csv"):
        assert Path("runs", name).is_file(), name
    for name in ("both", "deflection"):
        assert "What if the unmeasured links are off?" in Path("runs", name, "report.html").read_text()
        assert Path("runs", name, "unmeasured_off", "provenance.json").is_file()


def test_pages_and_policies_it_names_are_there():
    assert all((ROOT / "docs" / name).is_file() for name in re.findall(r"\]\(([a-z]+\.md)\)", PAGE))
    for name in ("full_deflection", "more_slots", "naloxone_plus", "officer_intervention"):
        assert name in PAGE and (ROOT / "scenarios" / "policies" / f"{name}.yaml").is_file()
