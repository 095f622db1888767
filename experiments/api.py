"""The public functions of `deflect`: load a scenario, run it, compare two."""

from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import Executor
from os import PathLike, fspath
from pathlib import Path
from typing import TYPE_CHECKING

from ..scenarios import load as loading
from ..scenarios import places
from .compare import Comparison, compare_scenarios
from .many import run_many
from .precision import MOST, OUTCOME
from .result import Result
from .run import Run
from .run import run as run_once

if TYPE_CHECKING:
    from ..scenarios.schema import Scenario

SEEDS = 10


def load(
    policy: str | PathLike = "status_quo", overrides: Mapping[str, object] | None = None, **settings: object
) -> "Scenario":
    """Return the checked scenario of a policy's name or a file's path.

    settings: `place`, `years`, `residents`, `name`. overrides: values by dotted name, {"treatment.intake_days": 3}.
    Raises InputError with one line for every mistake, also for a place that does not exist.
    """
    scenario = loading.load(policy, dict(overrides or {}) | settings)
    places.find(scenario.place)
    return scenario


def run(
    scenario: "Scenario | str | PathLike" = "status_quo",
    seeds: int | str | Iterable[int] | None = None,
    *,
    seed: int | None = None,
    workers: int | None = None,
    executor: Executor | None = None,
    ties=None,
    events: bool = False,
    keep_world: bool = False,
    progress: Callable[[int, int], None] | None = None,
) -> Run | Result:
    """Run a scenario, with several seeds (a Result) or one (a Run).

    seeds: how many (from seed 0), or which; 10 by default. seed: just this one, in this process. workers: processes,
    all processors by default. executor: any `concurrent.futures.Executor` in their place. ties: a user's own graph,
    see `experiments.run.run`. events: keep the event tables. keep_world: keep the world of a single run. progress:
    told (days lived, days in all). Raises InputError for what cannot be run.
    """
    if not hasattr(scenario, "model_fields_set"):
        scenario = load(scenario)
    if seed is not None:
        if seeds is not None:
            raise TypeError("run() takes seeds (a Result) or seed (a Run), not both")
        return run_once(scenario, seed, ties=ties, events=events, keep_world=keep_world)
    if keep_world:
        raise TypeError("a world is kept of a single run only: run(scenario, seed=…, keep_world=True)")
    runs = run_many(
        scenario,
        SEEDS if seeds is None else seeds,
        workers,
        executor=executor,
        ties=ties,
        events=events,
        progress=progress,
    )
    return Result(runs, Path(fspath(ties)) if isinstance(ties, (str, PathLike)) else None)


def compare(
    policy_a: "Scenario | str | PathLike",
    policy_b: "Scenario | str | PathLike",
    overrides: Mapping[str, object] | None = None,
    *,
    seeds: int | str | Iterable[int] = SEEDS,
    workers: int | None = None,
    executor: Executor | None = None,
    progress: Callable[[int, int], None] | None = None,
    until_precise: float | None = None,
    outcome: str = OUTCOME,
    most: int = MOST,
    keep: str | PathLike | None = None,
    **settings: object,
) -> Comparison:
    """Compare two policies by pairs of runs, a pair a seed: the same people and the same draws in both.

    policy_a, policy_b: names, paths of files, or loaded scenarios; differences are B - A. overrides, settings: as for
    `load`, the same for both (not for loaded scenarios). seeds: how many pairs, or which; at least five. until_precise:
    0.02 adds pairs to these, to at most `most` in all, until the 95 % interval of the difference in `outcome` is
    narrower than ±2 % of its mean under A (`comparison.precision`). workers, executor, progress: as for `run`. keep: a
    folder for the runs that are done; what it has already is not lived again. Raises InputError, also where the two say
    different places, years or residents.
    """
    policies, told = (policy_a, policy_b), dict(overrides or {}) | settings
    loaded = [hasattr(policy, "model_fields_set") for policy in policies]
    if told and any(loaded):
        raise TypeError("a loaded scenario is compared as it is: give overrides and settings to load()")
    a, b = (
        policy if ready else load(policy, overrides, **settings) for policy, ready in zip(policies, loaded, strict=True)
    )
    asked = None if any(loaded) else (fspath(policy_a), fspath(policy_b))
    how = dict(executor=executor, progress=progress, asked=asked, keep=None if keep is None else Path(keep))
    return compare_scenarios(a, b, seeds, workers, until_precise=until_precise, outcome=outcome, most=most, **how)
