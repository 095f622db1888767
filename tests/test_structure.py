"""The shape of the house: imports flow one way, nobody patches anybody, words are the ones we mean."""

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
FOLDERS = ("agents", "model", "scenarios", "experiments", "app", "deflect", "benchmarks", "examples")
SOURCES = sorted(path for folder in FOLDERS for path in (ROOT / folder).rglob("*.py"))
MAY_IMPORT = {
    "scenarios": {"scenarios"},
    "agents": {"agents", "scenarios"},
    "model": {"model", "agents", "scenarios"},
    "experiments": {"experiments", "model", "agents", "scenarios"},
    "app": {"app", "experiments", "model", "agents", "scenarios"},
}
STARTS_THE_PAGE = ROOT / "experiments" / "commands" / "page.py"  # the one file that reaches up, when it is called
# The Mesa face of an agent knows the model it belongs to, by its world, never by import.


def imported_folders(path: Path) -> set[str]:
    """Return the project folders that a file imports, by its relative imports."""
    package = path.relative_to(ROOT).parts[:-1]
    found = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.ImportFrom) and node.level:
            base = package[: len(package) - (node.level - 1)]
            target = (*base, *(node.module or "").split(".")) if node.module else base
            if target and target[0]:
                found.add(target[0])
            elif not target:
                found.update(alias.name for alias in node.names)
    return found


@pytest.mark.parametrize("folder", MAY_IMPORT)
def test_imports_flow_one_way(folder):
    for path in (ROOT / folder).rglob("*.py"):
        wrong = imported_folders(path) - MAY_IMPORT[folder] - {"", "__version__"}
        wrong -= {"app"} if path == STARTS_THE_PAGE else set()
        assert not wrong, f"{path.relative_to(ROOT)} imports {wrong}"


def test_a_wrong_arrow_would_be_seen(tmp_path):
    assert imported_folders(ROOT / "model" / "world.py") >= {"agents", "model"}
    assert "experiments" not in imported_folders(ROOT / "model" / "world.py")


@pytest.mark.parametrize("folder", ("agents", "model", "scenarios", "experiments"))
def test_a_bare_import_is_refused_with_the_cure(folder):
    command = [sys.executable, "-c", f"import {folder}"]
    result = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert result.returncode != 0
    assert f"import deflect.{folder}" in result.stderr


def test_no_file_imports_a_folder_by_its_bare_name():
    for path in SOURCES:
        for node in ast.walk(ast.parse(path.read_text())):
            names = []
            if isinstance(node, ast.Import):
                names = [alias.name for alias in node.names]
            elif isinstance(node, ast.ImportFrom) and not node.level:
                names = [node.module]
            for name in names:
                assert name.split(".")[0] not in MAY_IMPORT, f"{path.relative_to(ROOT)} imports {name}"


UNKIND = re.compile(r"\b(addicts?|abusers?|junkies?|drug users?|substance abuse|clean time|inmates?)\b", re.IGNORECASE)


def test_language_about_people_is_person_first():
    texts = [*SOURCES, *ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), *(ROOT / "scenarios").rglob("*.yaml")]
    for path in texts:
        for number, line in enumerate(path.read_text().splitlines(), 1):
            # Titles of published works keep their words.
            if UNKIND.search(line) and "source:" not in line and "verified:" not in line:
                where = f"{path.relative_to(ROOT)}:{number}"
                assert re.search(r"inmate-day|Drug Alcohol|Subst Abus", line), f"{where}: {line}"


def test_nothing_is_left_undone():
    marks = ("TO" + "DO", "FIX" + "ME", "X" * 3, "Not" + "ImplementedError")
    for path in SOURCES:
        text = path.read_text()
        assert not [mark for mark in marks if mark in text], path


def test_the_day_names_processes_that_declare_themselves():
    from deflect.model.day import DAY
    from deflect.model.world import DECLARATIONS

    assert [process.name.split(".")[0] for process in DAY] == [
        "calendar",
        "demography",
        "drug_use",
        "naloxone",
        "overdose",
        "encounter",
        "deflection",
        "treatment",
        "custody",
        "household",
        "training",
        "officer_strain",
        "trust",
        "census",
    ]
    for process in DAY:
        for name in process.writes:
            table, _, column = name.partition(".")
            assert table not in DECLARATIONS or DECLARATIONS[table].column(column), f"{process.name} writes {name}"


def test_compiled_rules_hold_no_loop_over_all_residents_within_a_day():
    """Only dates, the people with a history and those whom events touch are visited on a day."""
    day_files = [ROOT / "model" / "calendar.py", *(ROOT / "model" / "processes").glob("*.py")]
    for path in day_files:
        assert not re.search(r"range\(clock\.residents\)|range\(len\(world\.residents\)\)", path.read_text()), path
