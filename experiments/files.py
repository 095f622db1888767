"""The folder of results: chosen before the work, written beside it, and named only when it is whole."""

import json
import os
import re
import shutil
import tempfile
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

from ..scenarios.errors import InputError

PARENT = Path("runs")


def slug(text: str) -> str:
    """Return a text as part of a file name: small letters, numbers and single dashes."""
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")[:60] or "x"


def choose(out: str | Path | None, place: str, policy: str) -> Path:
    """Return the folder that results will be written to; nothing is made yet.

    out: the folder asked for; by default the first free of `runs/<place>-<policy>`, `…-2`, `…-3`. Raises InputError
    when it holds something already, or when nothing can be written there.
    """
    folder = free(PARENT / f"{slug(place)}-{slug(policy)}") if out is None else Path(out)
    if not folder.name:
        folder = folder.resolve()
    try:
        taken = folder.is_dir() and any(folder.iterdir())
        is_file = folder.exists() and not folder.is_dir()
        with suppress(FileNotFoundError):
            folder.lstat()  # a name no folder can have is found out now
        existing = next(parent for parent in folder.absolute().parents if parent.exists())
        os.rmdir(tempfile.mkdtemp(dir=existing, prefix=".deflect-"))
    except (OSError, ValueError) as error:
        raise InputError(f"{folder}: cannot be written ({getattr(error, 'strerror', None) or error})") from None
    if taken:
        raise InputError(f"{folder}: is not empty; take another folder, such as {free(folder)}")
    if is_file:
        raise InputError(f"{folder}: is a file; name a folder, such as {free(folder)}")
    return folder


def free(folder: Path) -> Path:
    """Return the first of `folder`, `folder-2`, `folder-3`, … that does not exist or is empty."""
    number, name = 1, folder
    while os.path.lexists(name) and not (name.is_dir() and not any(name.iterdir())):
        number += 1
        name = folder.with_name(f"{folder.name}-{number}")
    return name


def write_whole(folder: Path, fill: Callable[[Path], None]) -> Path:
    """Fill a temporary folder beside `folder`, then rename it; whatever happens, no half folder has that name.

    Returns the folder written: `folder`, or the next free name if somebody has taken it meanwhile.
    """
    folder.parent.mkdir(parents=True, exist_ok=True)
    temporary = folder.with_name(f".{folder.name}.{os.getpid()}.part")
    try:
        temporary.mkdir()
        fill(temporary)
        for path in temporary.iterdir():
            with path.open("rb+") as file:
                os.fsync(file.fileno())
        folder = free(folder)
        if folder.exists():
            folder.rmdir()
        temporary.rename(folder)
    finally:
        shutil.rmtree(temporary, ignore_errors=True)
    return folder


def write_json(path: Path, told: Any) -> None:
    """Write plain values as readable JSON; a number that does not exist becomes null."""
    path.write_text(json_text(told) + "\n", encoding="utf-8")


def json_text(told: Any) -> str:
    """Return plain values as JSON text without nan."""
    return json.dumps(_finite(told), indent=1, ensure_ascii=False, allow_nan=False)


def _finite(told: Any) -> Any:
    if isinstance(told, dict):
        return {key: _finite(value) for key, value in told.items()}
    if isinstance(told, (list, tuple)):
        return [_finite(value) for value in told]
    return None if isinstance(told, float) and told != told else told
