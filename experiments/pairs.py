"""Pairs of runs of one seed, one under each policy: the past that both share is lived once where that is quicker."""

import os
from collections.abc import Callable, Sequence
from concurrent.futures import Executor
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from .branches import days_of, live_branches, share_past
from .many import Progress, live_all
from .run import BURN_IN_DAYS, Run, policy_days, run

if TYPE_CHECKING:
    from ..scenarios.schema import Scenario

type Policies = tuple["Scenario", "Scenario"]
type Pair = tuple[Run, Run]


def live_pairs(
    policies: Policies,
    seeds: Sequence[int],
    workers: int | None = None,
    *,
    executor: Executor | None = None,
    progress: Progress | None = None,
    done: Callable[[int, Pair], None] | None = None,
) -> list[Pair]:
    """Return a pair of runs for each seed, the same bytes whether the two share their past or not.

    seeds, workers, executor, progress: as for `many.run_many`. done: told (place of a seed, its pair) as pairs are
    whole; what it raises ends the work. Raises as `many.run_many`.
    """
    pairs: dict[int, Pair] = {}

    def whole(slot: int, pair: Pair) -> None:
        pairs[slot] = pair
        if done is not None:
            done(slot, pair)

    if share_past(policies) and (executor is not None or quicker_shared(policies, len(seeds), workers)):
        call = partial(_live_both, policies)
        live_all(call, seeds, days_of(policies), workers, executor, progress, whole)
    else:
        halves = [Half(seed, side, one.name) for seed in seeds for side, one in enumerate(policies)]
        days = BURN_IN_DAYS + policy_days(policies[0])
        live_all(partial(_live_half, policies), halves, days, workers, executor, progress, _joined(whole))
    return [pairs[slot] for slot in range(len(seeds))]


def quicker_shared(policies: Policies, pairs: int, workers: int | None) -> bool:
    """Say whether pairs that live their burn-in once are done sooner than two runs each.

    They are less work; but where there are more processors than pairs, the two runs of a pair can be lived at once.
    """
    workers = workers or os.process_cpu_count() or 1
    alone = BURN_IN_DAYS + policy_days(policies[0])
    return -(-pairs // workers) * days_of(policies) <= -(-2 * pairs // workers) * alone


class Half(NamedTuple):
    """One of the two runs of a pair; as text it is what follows "the run of seed"."""

    seed: int
    side: int
    policy: str

    def __str__(self) -> str:
        return f"{self.seed} under {self.policy}"


def _live_both(policies: Policies, seed: int, *, progress=None) -> Pair:
    return tuple(live_branches(policies, seed, progress=progress))


def _live_half(policies: Policies, half: Half, *, progress=None) -> Run:
    return run(policies[half.side], half.seed, progress=progress)


def _joined(whole: Callable[[int, Pair], None]) -> Callable[[int, Run], None]:
    """Return what is told single runs, and tells of pairs."""
    waiting: dict[int, Run] = {}

    def told(slot: int, half: Run) -> None:
        other = waiting.pop(slot ^ 1, None)
        if other is None:
            waiting[slot] = half
        else:
            whole(slot // 2, (other, half) if slot % 2 else (half, other))

    return told
