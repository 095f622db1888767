"""The byte identity of a run: one hash over every table, the ties, the events and the census."""

import hashlib

import numpy as np

from ..model.world import DECLARATIONS, World

ARRAYS = ("tie_start", "tie_to", "tie_kind", "tie_weight")


def digest(world: World) -> str:
    """Return the SHA-256 of what exists and what happened in a world, 64 hexadecimal digits.

    Records are hashed column by column: the padding between columns means nothing.
    """
    sha = hashlib.sha256()
    for name in (*DECLARATIONS, "late_ties", "events"):
        rows = world.rows(name)
        for column in rows.dtype.names:
            _add(sha, f"{name}.{column}", rows[column])
    for name in ARRAYS:
        _add(sha, name, getattr(world.state, name))
    _add(sha, "census", world.census)
    return sha.hexdigest()


def _add(sha, name: str, values: np.ndarray) -> None:
    little = values.dtype.newbyteorder("<")
    sha.update(f"{name} {little.str} {values.shape}\n".encode())
    sha.update(np.ascontiguousarray(values, little).tobytes())
