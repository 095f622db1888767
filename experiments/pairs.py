"""Pairs of runs of one seed, one under each policy: the past that both share is lived once where that is quicker."""

import os
from collections.abc import Callable, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from .branches import days_of, share_past
from .kept import Kept, live_the_rest
from .many import Progress
from .run import BURN_IN_DAYS, Run, policy_days

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
    keep: Path | None = None,
) -> list[Pair]:
    """Return a pair of runs for each seed, the same bytes whether the two share their past or not.

    seeds, workers, executor, progress: as for `many.run_many`. done: told (place of a seed, its pair) as pairs are
    whole; what it raises ends the work. keep: folder of the runs that are done; what it has is not lived again.
    Raises as `many.run_many`.
    """
    pairs: dict[int, Pair] = {}

    def whole(slot: int, pair: Sequence[Run]) -> None:
        pairs[slot] = tuple(pair)
        if done is not None:
            done(slot, pairs[slot])

    if share_past(policies) and (executor is not None or quicker_shared(policies, len(seeds), workers)):
        live_the_rest(Kept(keep, policies), seeds, days_of(policies), workers, executor, progress, whole)
    else:
        halves = [Half(seed, side, one.name) for seed in seeds for side, one in enumerate(policies)]
        days = BURN_IN_DAYS + policy_days(policies[0])
        live_the_rest(_Halves(keep, policies), halves, days, workers, executor, progress, _joined(whole))
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


@dataclass(frozen=True)
class _Halves:
    """Lives one of the two runs, and keeps it."""

    folder: Path | None
    policies: Policies

    def there(self, half: Half) -> Run | None:
        runs = self._alone(half).there(half.seed)
        return runs[0] if runs else None

    def __call__(self, half: Half, *, progress: Callable[[int], None] | None = None) -> Run:
        return self._alone(half)(half.seed, progress=progress)[0]

    def _alone(self, half: Half) -> Kept:
        return Kept(self.folder, (self.policies[half.side],))


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
