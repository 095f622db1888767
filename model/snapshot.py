"""Save and restore a world: every array, the scenario and the seed, in one file."""

import json
import os
import tempfile
import zipfile
import zlib
from pathlib import Path

import numpy as np

from ..scenarios.errors import InputError
from ..scenarios.schema import Scenario
from .events import EVENT
from .roster import POST
from .rules import make_rules
from .world import CLOCK, DECLARATIONS, GROWS, LATE_TIE, State, World

HEADER_MOST = 100_000  # characters that name the columns of a table; the numbers in force are several hundred
FORMAT = 1


def save(world: World, path: str | Path) -> Path:
    """Write a world to one compressed file and return its path; an interrupted save leaves no half file."""
    path = Path(path)
    clock = world.state.clock[0]
    arrays = {}
    for name, array in zip(State._fields, world.state, strict=True):
        arrays[name] = np.asarray(array[: int(clock[GROWS[name]])] if name in GROWS else array)
    header = {
        "format": FORMAT,
        "seed": world.seed,
        "scenario": world.scenario.model_dump(mode="json"),
        "starting_people": world.starting_people,
        "place_population": world.place_population,
    }
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=path.name, suffix=".part")
    try:
        with os.fdopen(handle, "wb") as file:
            np.savez_compressed(file, header=np.array(json.dumps(header)), **arrays)
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise
    return path


def restore(path: str | Path) -> World:
    """Read a world back; it goes on exactly as the saved one would have.

    Raises InputError for a file that is not a whole snapshot of this version.
    """
    try:
        with open(path, "rb") as raw, np.load(raw, allow_pickle=False, max_header_size=HEADER_MOST) as file:
            header = json.loads(str(file["header"]))
            arrays = {name: file[name] for name in State._fields}
        if header["format"] != FORMAT:
            raise InputError(f"{path}: a snapshot of format {header['format']}, this version reads {FORMAT}")
        scenario = Scenario.model_validate(header["scenario"])
        about = header["seed"], header["starting_people"], header["place_population"]
    except InputError:
        raise
    except FileNotFoundError:
        raise InputError(f"{path}: there is no such snapshot") from None
    except (OSError, ValueError, TypeError, KeyError, EOFError, zipfile.BadZipFile, zlib.error) as error:
        reason = str(error).partition("\n")[0] or type(error).__name__
        raise InputError(f"{path}: not a whole snapshot of a world ({reason}); save it again") from None
    for name, dtype in _row_types(scenario).items():
        if arrays[name].dtype != dtype:
            raise InputError(f"{path}: the columns of `{name}` are not those of this version; save it again")
        # The same bytes, as the type that compiled code was made for: a file does not keep alignment.
        arrays[name] = arrays[name].view(dtype).view(np.recarray)
    return World(State(**arrays), scenario, *about)


def _row_types(scenario) -> dict[str, np.dtype]:
    """Return the record type of every table of rows."""
    types = {name: declaration.dtype for name, declaration in DECLARATIONS.items()}
    return types | {
        "clock": CLOCK,
        "rules": make_rules(scenario).dtype,
        "late_ties": LATE_TIE,
        "events": EVENT,
        "posts": POST,
    }
