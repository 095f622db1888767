"""Planted faults: each is an edit of one source file that one named check must notice.

A check counts only after it has been seen to fail. A fault is planted in a copy of the project, never
in the project itself, and its check runs there in a process of its own:

    python -m faults                 # from the folder tests/: every fault, some minutes
    python -m faults slots_by_row    # those whose name holds this text
"""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parent.parent.parent
TREE = ("agents", "model", "scenarios", "experiments", "deflect", "tests", "docs", "pyproject.toml")


class Fault(NamedTuple):
    """One edit, and the check that must fail with it."""

    name: str
    file: str  # below the root
    old: str  # occurs exactly once in it
    new: str
    check: str  # file::test, without parameters
    why: str  # one line: how such a fault comes about
    compiled: bool = False  # shows only in compiled code; others run plain, which starts sooner

    def fits(self, root: Path = ROOT) -> str:
        """Say why the fault cannot be planted any more; an empty text when it can."""
        found = (root / self.file).read_text().count(self.old)
        if found != 1:
            return f"{self.name}: {self.file} holds the text to edit {found} times; plant it anew"
        path, _, test = self.check.partition("::")
        if not (root / path).is_file() or f"\ndef {test}(" not in (root / path).read_text():
            return f"{self.name}: there is no check {self.check}"
        return ""


@contextmanager
def copy_of_the_tree(fault: Fault | None = None) -> Iterator[Path]:
    """Give a copy of the project, with the fault planted."""
    with tempfile.TemporaryDirectory(prefix="fault-") as folder:
        root = Path(folder)
        for name in TREE:
            source = ROOT / name
            if source.is_dir():
                shutil.copytree(source, root / name, ignore=shutil.ignore_patterns("__pycache__", ".pytest_cache"))
            elif source.exists():
                shutil.copy(source, root / name)
        if fault:
            path = root / fault.file
            path.write_text(path.read_text().replace(fault.old, fault.new))
        yield root


def passes(root: Path, checks: list[str], compiled: bool) -> tuple[bool, str]:
    """Run checks in a tree; return whether all pass, and the end of what was printed."""
    environment = os.environ | {"PYTHONPATH": str(root), "DEFLECT_CACHE": str(root / "cache")}
    if not compiled:
        environment["NUMBA_DISABLE_JIT"] = "1"
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-x", "-p", "no:cacheprovider", *checks],
        cwd=root,
        env=environment,
        capture_output=True,
        text=True,
        timeout=600,
    )
    # 0: passed, 1: failed; anything else means that the check could not be run, which proves nothing.
    if done.returncode not in (0, 1):
        raise RuntimeError(f"{checks}: {done.stdout[-2000:]}{done.stderr[-2000:]}")
    return done.returncode == 0, done.stdout[-600:]
