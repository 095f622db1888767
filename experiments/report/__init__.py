"""A report: one page in one file from a folder of results, with everything a reader needs to judge them."""

from collections.abc import Callable
from concurrent.futures import Executor
from os import PathLike
from pathlib import Path

from ...scenarios.errors import InputError
from . import gather, unmeasured

NAME = "report.html"


def report(
    folder: str | PathLike,
    out: str | PathLike | None = None,
    *,
    runs: bool = True,
    workers: int | None = None,
    executor: Executor | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> Path:
    """Write the report of a folder of results as one HTML file, and return its path.

    out: the file; by default `report.html` in the folder. What stands there is replaced. runs: live the same question
    again with the unmeasured links off, into `unmeasured_off` within the folder, unless that is there already.
    workers, executor, progress: as for `deflect.run`. Raises InputError where the folder holds no results.
    """
    from .page import page

    path = target(folder, out)
    found = gather.read(folder)
    off = unmeasured.look(found, workers, executor, progress) if runs else unmeasured.NOT_ASKED
    beside = path.with_name(f".{path.name}.part")
    try:
        beside.write_text(page(found, off), encoding="utf-8")
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)
    return path


def target(folder: str | PathLike, out: str | PathLike | None = None) -> Path:
    """Return the file a report will be written to. Raises InputError, before any work, where it cannot be."""
    path = Path(folder) / NAME if out is None else Path(out)
    if out is not None and path.suffix.lower() not in (".html", ".htm"):
        raise InputError(f"--out {path}: a report is an .html file, such as {path.with_suffix('.html')}")
    if path.is_dir():
        raise InputError(f"{path}: is a folder; name a file, such as {path / NAME}")
    if out is not None and not path.absolute().parent.is_dir():
        raise InputError(f"{path}: there is no folder {path.parent}")
    return path
