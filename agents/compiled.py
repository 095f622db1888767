"""Compile the rules of the model, and keep the compiled code safe to reuse.

Numba notices an edit in the file of a compiled function, but not in a helper that it calls from
another file: it would go on using the old helper. So compiled code is kept in a folder named by
the hash of every source file of the rules; any edit starts a fresh folder.
"""

import hashlib
import os
from pathlib import Path

import numba

_FOLDERS = ("agents", "model")  # with all below them


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
    except OSError:
        return None
    return folder if os.access(folder, os.W_OK) else None


_folder = _cache_folder()
if _folder is not None:
    numba.config.CACHE_DIR = str(_folder)


def compiled(function=None, *, signature=None):
    """Compile a rule or a loop over rows; with `NUMBA_DISABLE_JIT=1` it stays plain Python.

    signature: types in Numba's words; saves a version for every mixture of types it is called with.
    """
    if function is None:
        return lambda function: compiled(function, signature=signature)
    options = {"cache": _folder is not None, "error_model": "numpy"}
    return numba.njit(signature, **options)(function) if signature else numba.njit(**options)(function)
