"""Runs on a cluster: an executor whose workers are elsewhere, and have the same version of the model."""

from collections.abc import Iterator
from concurrent.futures import Executor
from contextlib import contextmanager

from ..scenarios.errors import InputError

PATIENCE = 20  # seconds to reach a scheduler


@contextmanager
def dask_executor(address: str) -> Iterator[Executor]:
    """Yield the workers of a Dask cluster as an executor. Raises InputError: nothing answers, or not this version."""
    try:
        from distributed import Client
    except ImportError:
        raise InputError('--dask: needs the extra "cluster": pip install "deflect[cluster]"') from None
    try:
        client = Client(address, timeout=PATIENCE)
    except (OSError, ValueError, TimeoutError) as error:
        raise InputError(f"--dask {address}: no scheduler answers ({error or type(error).__name__})") from None
    with client:
        _check_workers(client, address)
        yield client.get_executor(pure=False)


def _check_workers(client, address: str) -> None:
    from ..agents.compiled import source_hash

    try:
        codes = client.run(_code_there)
    except Exception as error:
        raise InputError(f"--dask {address}: its workers cannot import deflect ({error})") from None
    if not codes:
        raise InputError(f"--dask {address}: the cluster has no workers")
    others = [worker for worker, code in codes.items() if code != source_hash()]
    if others:
        raise InputError(f"--dask {address}: {others[0]} has another version of the model; install the same everywhere")


def _code_there() -> str:
    from ..agents.compiled import source_hash
    from .workers import compile_once

    compile_once()  # once a machine, not in every task
    return source_hash()
