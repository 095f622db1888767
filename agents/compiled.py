"""Compile the rules of the model, and keep the compiled code safe to reuse.

Numba notices an edit in the file of a compiled function, but not in a helper that it calls from
another file: it would go on using the old helper. So compiled code is kept in a folder named by
the hash of every source file of the rules; any edit starts a fresh folder.
"""

import hashlib
import os
import shutil
from pathlib import Path

import numba

_FOLDERS = ("agents", "model")  # with all below them
_WEEK = 7 * 86400.0  # seconds


def source_hash(root: Path | None = None) -> str:
    """Return a hash over all source files that may hold compiled code, in 16 hexadecimal digits."""
    root = root or Path(__file__).resolve().parent.parent
    digest = hashlib.sha256()
    for folder in _FOLDERS:
        for path in sorted((root / folder).rglob("*.py")):
            digest.update(path.relative_to(root).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()[:16]


def _cache_folder() -> Path | None:
    """Return the folder for compiled code, or None where nothing can be written."""
    base = os.environ.get("DEFLECT_CACHE") or os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    folder = Path(base) / "deflect" / source_hash()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        os.utime(folder)
        _forget_old(folder)
    except OSError:
        return None
    return folder if os.access(folder, os.W_OK) else None


def _forget_old(in_use: Path) -> None:
    """Delete compiled code of other versions of the sources that nobody has started for a week."""
    for version in in_use.parent.iterdir():
        if version.stat().st_mtime < in_use.stat().st_mtime - _WEEK:
            shutil.rmtree(version, ignore_errors=True)


_folder = _cache_folder()
if _folder is not None:
    numba.config.CACHE_DIR = str(_folder)


def compiled(function=None, *, signature=None, kept=False):
    """Compile a rule or a loop over rows; with `NUMBA_DISABLE_JIT=1` it stays plain Python.

    kept: keep the compiled code on disk, for what Python itself calls. Each such file holds the code
        of all that is called from it, so keeping every rule as well would hold it many times over.
    signature: types in Numba's words; saves a version for every mixture of types it is called with,
        and is compiled at import, so it is kept.
    """
    if function is None:
        return lambda function: compiled(function, signature=signature, kept=kept)
    options = {"cache": _folder is not None and (kept or signature is not None), "error_model": "numpy"}
    return numba.njit(signature, **options)(function) if signature else numba.njit(**options)(function)
