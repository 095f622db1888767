"""Where results come from: everything that made them, and the command that makes them again. No time stamps."""

import platform
import shlex
from collections.abc import Sequence
from dataclasses import asdict
from hashlib import sha256
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from .. import __version__
from ..scenarios import places
from ..scenarios.errors import InputError
from ..scenarios.load import POLICIES, load
from ..scenarios.schema import Scenario
from .differences import as_text, differences
from .run import BURN_IN_DAYS, Run

PACKAGES = ("numpy", "numba", "llvmlite", "scipy", "networkx", "pandas", "pyarrow", "matplotlib", "pydantic")


def provenance(runs: Sequence[Run], ties: Path | None = None) -> dict[str, Any]:
    """Return what is written to provenance.json; `ties` is the user's GraphML file, if there was one."""
    scenario, first = runs[0].scenario, runs[0]
    return {
        "deflect": __version__,
        "code_sha256_16": first.code,
        "command": command(runs, ties),
        "scenario_hash": scenario.hash,
        "run_hash": scenario.run_hash,
        "scenario": scenario.model_dump(mode="json"),
        "changed_from_default": [
            {
                "field": d.path,
                "value": d.value,
                "default": d.base,
                "unit": d.unit,
                "evidence": d.evidence,
                "quality": d.quality,
            }
            for d in differences(scenario)
        ],
        "place": asdict(places.find(scenario.place)),
        "burn_in_days": BURN_IN_DAYS,
        "days": first.days,
        "residents_simulated": first.residents,
        "place_population": first.place_population,
        "ties_sha256": sha256(ties.read_bytes()).hexdigest() if ties else None,
        "seeds": [run.seed for run in runs],
        "digests": {str(run.seed): run.digest for run in runs},
        "versions": {"python": platform.python_version()} | {name: _version(name) for name in PACKAGES},
        "machine": platform.machine(),
    }


def command(runs: Sequence[Run], ties: Path | None = None) -> str:
    """Return the command that makes these runs again, also where the scenario came from a file or from Python."""
    scenario = runs[0].scenario
    packaged = (POLICIES / f"{scenario.name}.yaml").is_file()
    policy = scenario.name if packaged else "status_quo"
    words = ["deflect", "run", "--policy", policy, "--seeds", seeds_text([run.seed for run in runs])]
    base = load(policy)
    for option in ("place", "years", "residents"):
        value = getattr(scenario, option)
        if value is not None:
            words += [f"--{option}", str(value)]
            base = base.model_copy(update={option: value})
    if not packaged:
        words += ["--set", f"name={as_text(scenario.name)}"]
    for d in differences(scenario, base):
        words += ["--set", f"{d.path}={as_text(d.value)}"]
    if ties:
        words += ["--ties", str(ties)]
    return shlex.join(words)


def seeds_text(seeds: Sequence[int]) -> str:
    """Return seeds as `--seeds` reads them: "10" for 0 to 9, "3-5", "3-3", "3,5,9"."""
    seeds = list(seeds)
    if seeds == list(range(len(seeds))):
        return str(len(seeds))
    if seeds == list(range(seeds[0], seeds[0] + len(seeds))):
        return f"{seeds[0]}-{seeds[-1]}"
    return ",".join(map(str, seeds))


def label_of(scenario: Scenario) -> str:
    """Return the name a reader knows for a scenario's place."""
    try:
        place = places.find(scenario.place)
    except InputError:  # a place file that is gone
        return scenario.place
    return "US average community" if place.fips == "US" else place.label


def _version(package: str) -> str | None:
    try:
        return version(package)
    except PackageNotFoundError:
        return None
