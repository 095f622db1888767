"""Save and restore a world: every array, the scenario and the seed, in one file."""

import json
import os
import tempfile
import zipfile
from pathlib import Path

import numpy as np

from ..scenarios.errors import InputError
from ..scenarios.schema import Scenario
from .world import GROWS, State, World

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
        with np.load(path, allow_pickle=False) as file:
            header = json.loads(str(file["header"]))
            arrays = {name: file[name] for name in State._fields}
    except FileNotFoundError:
        raise InputError(f"{path}: there is no such snapshot") from None
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile) as error:
        raise InputError(f"{path}: not a whole snapshot of a world ({error}); save it again") from None
    if header["format"] != FORMAT:
        raise InputError(f"{path}: a snapshot of format {header['format']}, this version reads {FORMAT}")
    for name, array in arrays.items():
        if array.dtype.names:
            arrays[name] = array.view(np.recarray)
    scenario = Scenario.model_validate(header["scenario"])
    return World(State(**arrays), scenario, header["seed"], header["starting_people"], header["place_population"])
