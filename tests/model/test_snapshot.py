"""E3: a world saved and restored goes on as if nothing had been; anything but a whole snapshot is refused."""

import json
import shutil
import signal
import subprocess
import sys
import zipfile

import numba
import numpy as np
import pytest
from deflect.model import snapshot
from deflect.model.events import BY_PATHWAY
from deflect.model.snapshot import restore, save
from deflect.model.world import DECLARATIONS, State
from deflect.scenarios.errors import InputError
from towns import ROOT, copied, differences, digest, lived, open_town, run_apart

DAYS = 60
SEED = 14  # of a town in which people are in jail, in case management and waiting by then
TABLES = ["clock", "rules", "late_ties", "events", "posts", *DECLARATIONS]

GO_ON = """
from pathlib import Path
from deflect.model.snapshot import restore
from towns import digest, lived
for path in sorted(Path(".").glob("day*.npz")):
    world = restore(path)
    print(digest(lived(world, 60 - int(path.stem[3:]))))
"""


@pytest.fixture(scope="module")
def uninterrupted():
    world = lived(open_town(200, SEED), DAYS)
    assert (world.events.setting > BY_PATHWAY).sum() > 100
    assert world.state.clock[0].cases and world.histories.held.any() and world.histories.managed.any()
    return world


@pytest.fixture(scope="module")
def saved(tmp_path_factory):
    """A folder with the same town saved after 0, 1, 17, 40 and 60 days, as `dayNN.npz`."""
    folder = tmp_path_factory.mktemp("snapshots")
    world = open_town(200, SEED)
    for day in range(DAYS + 1):
        if day in (0, 1, 17, 40, DAYS):
            assert save(world, folder / f"day{day:02}.npz") == folder / f"day{day:02}.npz"
        if day < DAYS:
            lived(world, 1)
    return folder


def test_a_restored_world_is_the_saved_one(saved):
    world = lived(open_town(200, SEED), 17)
    again = restore(saved / "day17.npz")
    assert differences(again, world) == []
    assert again.scenario == world.scenario
    for name in ("seed", "starting_people", "place_population", "day"):
        assert getattr(again, name) == getattr(world, name)


@pytest.mark.parametrize("day", [0, 1, 17, 40, DAYS])
def test_resume_equals_uninterrupted(saved, uninterrupted, day):
    assert differences(lived(restore(saved / f"day{day:02}.npz"), DAYS - day), uninterrupted) == []


def test_resume_in_another_process_equals_uninterrupted(saved, uninterrupted):
    """Nothing of a world may live outside it: a new program starts at each break. Plain code goes on from compiled."""
    printed = run_apart(GO_ON, cwd=saved, NUMBA_DISABLE_JIT="1").split()
    assert printed == [digest(uninterrupted)] * 5


def test_saving_again_and_again_changes_nothing(tmp_path, uninterrupted):
    world = open_town(200, SEED)
    for _ in range(DAYS // 10):
        world = restore(save(lived(world, 10), tmp_path / "world.npz"))
    assert differences(world, uninterrupted) == []


def test_a_copy_lives_its_own_life(saved):
    """Restoring twice gives two worlds that share no memory."""
    one, two = restore(saved / "day17.npz"), restore(saved / "day17.npz")
    before = digest(two)
    lived(one, 10)
    assert digest(two) == before


# --- what is refused -------------------------------------------------------------------------------


def rewritten(saved, tmp_path, change):
    """Return the path of a snapshot whose arrays `change` has edited in place."""
    with np.load(saved / "day17.npz", max_header_size=snapshot.HEADER_MOST) as file:
        arrays = {name: file[name] for name in file.files}
    change(arrays)
    np.savez_compressed(tmp_path / "edited.npz", **arrays)
    return tmp_path / "edited.npz"


def with_header(**values):
    def change(arrays):
        header = json.loads(str(arrays["header"])) | values
        arrays["header"] = np.array(json.dumps({key: value for key, value in header.items() if value is not None}))

    return change


def clear(error, path) -> bool:
    """Is what a refusal says one clear line that names the file?"""
    return str(path) in str(error.value) and len(str(error.value)) < 1000


@pytest.mark.parametrize(("name", "says"), [("nothing.npz", "no such snapshot"), (".", "not a whole snapshot")])
def test_missing_files_are_refused(tmp_path, name, says):
    path = tmp_path / name
    with pytest.raises(InputError, match=says) as error:
        restore(path)
    assert clear(error, path)


@pytest.mark.parametrize("share", [0.0, 0.001, 0.1, 0.5, 0.9, 0.999])
def test_truncated_files_are_refused(saved, tmp_path, share):
    whole, path = (saved / "day17.npz").read_bytes(), tmp_path / "half.npz"
    path.write_bytes(whole[: int(len(whole) * share)])
    with pytest.raises(InputError, match="not a whole snapshot") as error:
        restore(path)
    assert clear(error, path)


@pytest.mark.parametrize("at", [0.1, 0.3, 0.5, 0.7, 0.9])
def test_damaged_files_are_refused(saved, tmp_path, at):
    damaged, path = bytearray((saved / "day17.npz").read_bytes()), tmp_path / "damaged.npz"
    place = int(len(damaged) * at)
    damaged[place : place + 64] = bytes(64)
    path.write_bytes(damaged)
    with pytest.raises(InputError, match="not a whole snapshot") as error:
        restore(path)
    assert clear(error, path)


def test_files_of_another_kind_are_refused(tmp_path):
    (tmp_path / "text.npz").write_text("seed: 1\n")
    np.save(tmp_path / "array.npy", np.arange(3))
    np.savez(tmp_path / "foreign.npz", a=np.arange(3))
    np.savez(tmp_path / "objects.npz", header=np.array([{}], dtype=object))
    with zipfile.ZipFile(tmp_path / "zip.npz", "w") as file:
        file.writestr("readme.txt", "hello")
    for name in ("text.npz", "array.npy", "foreign.npz", "objects.npz", "zip.npz"):
        with pytest.raises(InputError, match="not a whole snapshot") as error:
            restore(tmp_path / name)
        assert clear(error, tmp_path / name)


@pytest.mark.parametrize(
    ("header", "says"),
    [
        ({"format": snapshot.FORMAT + 1}, f"format {snapshot.FORMAT + 1}"),
        ({"format": None}, "not a whole snapshot"),
        ({"seed": None}, "not a whole snapshot"),
        ({"scenario": {"place": "nowhere", "years": 0}}, "not a whole snapshot"),
    ],
)
def test_snapshots_of_another_version_are_refused(saved, tmp_path, header, says):
    path = rewritten(saved, tmp_path, with_header(**header))
    with pytest.raises(InputError, match=says) as error:
        restore(path)
    assert clear(error, path)


@pytest.mark.parametrize("name", State._fields)
def test_snapshots_without_a_table_are_refused(saved, tmp_path, name):
    path = rewritten(saved, tmp_path, lambda arrays: arrays.pop(name))
    with pytest.raises(InputError, match="not a whole snapshot") as error:
        restore(path)
    assert clear(error, path)


@pytest.mark.parametrize("table", TABLES)
def test_tables_with_other_columns_are_refused(saved, tmp_path, table):
    """A snapshot from before a column was added must not be taken for a whole one."""

    def one_column_less(arrays):
        rows = arrays[table]
        arrays[table] = np.array(rows.tolist(), rows.dtype)[list(rows.dtype.names[:-1])].copy()

    path = rewritten(saved, tmp_path, one_column_less)
    with pytest.raises(InputError, match=f"columns of `{table}`") as error:
        restore(path)
    assert clear(error, path)


def test_a_restored_world_runs_the_code_compiled_before(saved):
    """A record type that differs in a flag would compile every rule once more, for half a minute."""
    world, again = open_town(200, SEED), restore(saved / "day00.npz")
    for name in State._fields:
        one, other = getattr(world.state, name), getattr(again.state, name)
        assert type(one) is type(other) and numba.typeof(one) == numba.typeof(other), name


# --- an interrupted save ---------------------------------------------------------------------------


@pytest.mark.parametrize("broken", ["np.savez_compressed", "os.fsync", "os.replace"])
def test_an_interrupted_save_leaves_the_old_file(tmp_path, monkeypatch, broken):
    world = lived(open_town(100, 22), 5)
    path = save(world, tmp_path / "world.npz")
    whole = path.read_bytes()

    def full_disk(*arguments, **named):
        if broken == "np.savez_compressed":
            arguments[0].write(b"half a file")
        raise OSError(28, "No space left on device")

    module, name = broken.split(".")
    monkeypatch.setattr(getattr(snapshot, module), name, full_disk)
    with pytest.raises(OSError, match="No space left"):
        save(lived(copied(world), 1), path)
    with pytest.raises(OSError, match="No space left"):
        save(world, tmp_path / "new.npz")
    assert path.read_bytes() == whole
    assert list(tmp_path.iterdir()) == [path]


KILLED_BEFORE_THE_END = """
import os, signal, sys
from deflect.model import snapshot
from towns import lived

def killed(*arguments):
    os.kill(os.getpid(), signal.SIGKILL)

world = snapshot.restore(sys.argv[1])
setattr(os, sys.argv[2], killed)
snapshot.save(lived(world, 1), sys.argv[1])
"""


def test_a_killed_save_leaves_the_old_file(saved, tmp_path):
    """Kill a program in the middle of a save: the last snapshot is still there, whole."""
    path = tmp_path / "world.npz"
    shutil.copy(saved / "day17.npz", path)
    for moment in ("fsync", "replace"):
        done = subprocess.run(
            [sys.executable, "-c", KILLED_BEFORE_THE_END, str(path), moment],
            env={"PYTHONPATH": f"{ROOT}:{ROOT / 'tests'}", "NUMBA_DISABLE_JIT": "1", "PATH": "", "HOME": str(tmp_path)},
            capture_output=True,
            timeout=120,
        )
        assert done.returncode == -signal.SIGKILL, done.stderr.decode()[-2000:]
        assert path.read_bytes() == (saved / "day17.npz").read_bytes()
    assert restore(path).day == lived(open_town(200, SEED), 17).day
