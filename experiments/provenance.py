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
from .differences import Difference, as_text, differences
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
    policy = scenario.name if _is_packaged(scenario.name) else "status_quo"
    words = ["deflect", "run", "--policy", policy, "--seeds", seeds_text([run.seed for run in runs])]
    for option, value in _settings(scenario).items():
        words += [f"--{option}", str(value)]
    if policy != scenario.name:
        words += ["--set", f"name={as_text(scenario.name)}"]
    for d in changes(scenario, policy):
        words += ["--set", f"{d.path}={as_text(d.value)}"]
    if ties:
        words += ["--ties", str(ties)]
    return shlex.join(words)


def changes(scenario: Scenario, policy: str) -> list[Difference]:
    """Return what a scenario says otherwise than the policy of a name, place, years and residents apart."""
    return differences(scenario, load(policy).model_copy(update=_settings(scenario)))


def policy_label(scenario: Scenario) -> str:
    """Return the name of a policy; one that comes with the project is marked where numbers in it were changed."""
    known = _is_packaged(scenario.name)
    return f"{scenario.name} (changed)" if known and changes(scenario, scenario.name) else scenario.name


def _is_packaged(name: str) -> bool:
    return (POLICIES / f"{name}.yaml").is_file()


def _settings(scenario: Scenario) -> dict[str, Any]:
    told = {option: getattr(scenario, option) for option in ("place", "years", "residents")}
    return {option: value for option, value in told.items() if value is not None}


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
