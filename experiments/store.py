"""Where a sweep keeps its runs: whole Parquet files, each written in one stroke, and a catalogue of what was asked.

    sweep.json          what was asked, of which version of the model
    catalogue.parquet   one row a run asked for: its number, key, place, policy, seed and the values that vary
    parts/*.parquet     one row a run that was lived, a file for each task; the truth, also after a crash
    failures/*.parquet  one row a run that could not be lived, and why; tried again at the next start
    runs.parquet        once all are there: the same rows in the order of their numbers, in place of the parts

A file appears by renaming a whole one, so whatever is there is whole. A run is known by its key, which says what it
was: the scenario, the facts of its place, the seed, and the code. Any reader of Parquet reads this; in DuckDB:
`SELECT * FROM 'catalogue.parquet' JOIN read_parquet('parts/*.parquet', union_by_name = true) USING (key)`.
"""

import hashlib
import json
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from itertools import batched
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .. import __version__
from ..scenarios.errors import InputError
from . import files

if TYPE_CHECKING:
    import pandas
    import pyarrow

    from .plan import Plan

MANIFEST, CATALOGUE, RUNS, PARTS, FAILURES, LOCK = (
    "sweep.json",
    "catalogue.parquet",
    "runs.parquet",
    "parts",
    "failures",
    "lock",
)
LARGEST = 2 * 2**30  # bytes of parts that are put into one file at the end
TOGETHER = 100  # parts joined at a time


class Store:
    """The folder of a sweep."""

    def __init__(self, folder: str | Path):
        self.folder = Path(folder)

    def __repr__(self) -> str:
        return f"Store({self.folder})"

    @classmethod
    def found(cls, folder: str | Path) -> "Store":
        """Return the store in a folder; InputError where there is none."""
        store = cls(folder)
        if not (store.folder / MANIFEST).is_file():
            raise InputError(f"{folder}: holds no sweep ({MANIFEST} is missing)")
        return store

    @property
    def manifest(self) -> dict[str, Any]:
        """What the sweep was begun with. Raises InputError where it cannot be read."""
        try:
            return json.loads((self.folder / MANIFEST).read_text(encoding="utf-8"))
        except (OSError, ValueError) as error:
            raise InputError(f"{self.folder / MANIFEST}: cannot be read ({error})") from None

    def begin(self, plan: "Plan", rows: "pyarrow.Table", code: str) -> None:
        """Make the folder, or go on in one that was begun with this model. Raises InputError.

        rows: the catalogue. A plan may have grown since: the runs that are there are kept.
        """
        if (self.folder / MANIFEST).exists():
            if self.manifest["code"] != code:
                raise InputError(f"{self.folder}: was begun with another version of the model; take another folder")
        elif self.folder.exists() and any(not path.name.startswith(LOCK) for path in self.folder.iterdir()):
            raise InputError(f"{self.folder}: is not empty; take another folder, such as {files.free(self.folder)}")
        for name in (PARTS, FAILURES):
            (self.folder / name).mkdir(parents=True, exist_ok=True)
        for failure in (self.folder / FAILURES).glob("*.parquet"):
            failure.unlink()
        told = {"deflect": __version__, "code": code, "runs": len(plan), "plan_hash": plan.hash, "plan": plan.told}
        self._write(CATALOGUE, rows)
        _replace(self.folder / MANIFEST, (files.json_text(told) + "\n").encode())

    def done(self) -> set[str]:
        """Return the keys of the runs that are there."""
        return {key for table in self._tables(["key"]) for key in table.column("key").to_pylist()}

    def add(self, rows: Sequence[dict[str, Any]]) -> None:
        """Keep the rows of a task, all or none. Raises OSError where the disk is full."""
        import pyarrow

        for name, some in (
            (PARTS, [row for row in rows if not row["error"]]),
            (FAILURES, [row for row in rows if row["error"]]),
        ):
            if some:
                keys = hashlib.sha256("".join(row["key"] for row in some).encode()).hexdigest()[:24]
                self._write(f"{name}/part-{keys}.parquet", pyarrow.Table.from_pylist(some))

    def finish(self) -> None:
        """Put the parts into one file, in the order of the catalogue; too much for that stays in parts."""
        import pyarrow
        from pyarrow import compute

        parts = sorted((self.folder / PARTS).glob("*.parquet"))
        if not parts or sum(path.stat().st_size for path in parts) > LARGEST:
            return
        table = self._rows()
        order = {key: number for number, key in enumerate(self._catalogue(["key"]).column("key").to_pylist())}
        places = pyarrow.array([order.get(key, len(order)) for key in table.column("key").to_pylist()])
        table = table.take(compute.sort_indices(places))
        keys = table.column("key").to_pylist()
        first = pyarrow.array([i for i, key in enumerate(keys) if i == 0 or keys[i - 1] != key])
        self._write(RUNS, table.take(first))
        _sync(self.folder)
        for path in parts:
            path.unlink()

    def catalogue(self) -> "pandas.DataFrame":
        """Return what was asked, one row a run."""
        return self._catalogue().to_pandas()

    def table(self) -> "pandas.DataFrame":
        """Return every run that is there, in the order of its number: what was asked, and its outcomes."""
        rows = self._rows()
        if not rows.num_rows:
            raise InputError(f"{self.folder}: no run is there yet")
        runs = rows.to_pandas().drop_duplicates("key")
        return self.catalogue().merge(runs, on="key", how="inner").sort_values("number", ignore_index=True)

    def failures(self) -> "pandas.DataFrame":
        """Return the runs that could not be lived: number, key, error."""
        import pandas

        paths = sorted((self.folder / FAILURES).glob("*.parquet"))
        told = pandas.concat([pandas.read_parquet(path, columns=["key", "error"]) for path in paths]) if paths else None
        if told is None:
            return pandas.DataFrame({"number": [], "key": [], "error": []})
        return self.catalogue()[["number", "key"]].merge(told, on="key").sort_values("number", ignore_index=True)

    @contextmanager
    def locked(self, shard: str = "") -> Iterator[None]:
        """Hold the folder, so that no second sweep writes here; whatever ends the process lets it go."""
        self.folder.mkdir(parents=True, exist_ok=True)
        path = self.folder / f"{LOCK}{shard}"
        with path.open("a+") as file:
            if not _lock(file):
                raise InputError(f"{self.folder}: another sweep is writing here")
            try:
                yield
            finally:
                with suppress(OSError):
                    path.unlink()

    def is_locked(self) -> bool:
        """Say whether a sweep is writing here now."""
        for path in self.folder.glob(f"{LOCK}*"):
            with suppress(OSError), path.open("a+") as file:
                if not _lock(file):
                    return True
        return False

    def _catalogue(self, columns: list[str] | None = None) -> "pyarrow.Table":
        from pyarrow import parquet

        return parquet.read_table(self.folder / CATALOGUE, columns=columns)

    def _rows(self) -> "pyarrow.Table":
        """Return all rows as one table. Parts are joined some at a time: thousands of small ones take gigabytes."""
        import pyarrow

        def joined(tables) -> "pyarrow.Table":
            return pyarrow.concat_tables(tables, promote_options="default").combine_chunks()

        return joined([joined(some) for some in batched(self._tables(), TOGETHER, strict=False)] or [pyarrow.table({})])

    def _tables(self, columns: list[str] | None = None) -> "Iterator[pyarrow.Table]":
        from pyarrow import parquet

        paths = [path for path in (self.folder / RUNS,) if path.exists()]
        for path in (*paths, *sorted((self.folder / PARTS).glob("*.parquet"))):
            yield parquet.read_table(path, columns=columns)

    def _write(self, name: str, table: "pyarrow.Table") -> None:
        import io

        from pyarrow import parquet

        buffer = io.BytesIO()
        parquet.write_table(table, buffer, compression="zstd")
        _replace(self.folder / name, buffer.getvalue())


def _replace(path: Path, content: bytes) -> None:
    """Write a file in one stroke: it has its name only when it is whole and on the disk."""
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        with temporary.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, path)
    finally:
        with suppress(OSError):
            temporary.unlink()


def _sync(folder: Path) -> None:
    with suppress(OSError):  # not every system opens a folder
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def _lock(file) -> bool:
    try:
        import fcntl
    except ImportError:  # a system without them: two sweeps in one folder do each other's work twice, no more
        return True
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True
