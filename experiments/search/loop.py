"""The search itself, apart from what it searches: ask for mixes, have them valued together, tell, ask again.

Optuna's tree-structured Parzen estimator for several objectives proposes the mixes: beside NSGA-II and chance it found
the better front from a hundred mixes (docs/search.md). It is asked for a generation at a time, so that the runs of a
generation are lived together and nothing depends on who is done first: one seed, one course, on any number of workers.
"""

import logging
import math
import warnings
from collections.abc import Callable, Collection, Sequence
from contextlib import contextmanager
from typing import NamedTuple

from .space import Mix

TRIES = 20  # asked for each mix wanted; where only mixes met before come, the search is over

type Values = tuple[float, ...]


class Tried(NamedTuple):
    """A mix that was valued; values are such that less is better."""

    mix: Mix
    values: Values
    generation: int


def look(
    steps: Sequence[int],
    objectives: int,
    evaluate: Callable[[int, list[Mix]], list[Values]],
    *,
    trials: int,
    generation: int,
    seed: int,
    first: Sequence[Mix] = (),
    fitted: Callable[[Mix], Mix] = lambda mix: mix,
    known: Collection[Mix] = (),
) -> list[Tried]:
    """Return up to `trials` different mixes with their values, in the order they were asked for.

    steps: how many values each lever has. evaluate: told (number of the generation, its mixes), returns the values of
    each, all to be made small; a mix with a value that is not a number is kept and not learned from. generation: mixes
    valued together. seed: of the proposals. first: mixes to begin with. fitted: turns a proposal into what is valued.
    known: mixes that need no value.
    """
    with _quiet():
        study, space = _study(steps, objectives, generation, seed, first)
        found: dict[Mix, Tried] = {}
        number = 0
        while len(found) < trials:
            asked = _ask(study, space, min(generation, trials - len(found)), {*known, *found}, fitted)
            if not asked:
                break
            for (mix, trial), values in zip(asked.items(), evaluate(number, list(asked)), strict=True):
                found[mix] = Tried(mix, tuple(values), number)
                _tell(study, trial, values)
            number += 1
    return list(found.values())


def _study(steps: Sequence[int], objectives: int, generation: int, seed: int, first: Sequence[Mix]):
    import optuna

    sampler = optuna.samplers.TPESampler(
        seed=seed, multivariate=True, constant_liar=True, n_startup_trials=max(generation, len(first))
    )
    study = optuna.create_study(directions=["minimize"] * objectives, sampler=sampler)
    for mix in first:
        study.enqueue_trial({str(place): step for place, step in enumerate(mix)})
    space = {str(place): optuna.distributions.IntDistribution(0, count - 1) for place, count in enumerate(steps)}
    return study, space


def _ask(study, space, wanted: int, met, fitted) -> dict:
    """Return {mix: its trial} of a generation, none met before."""
    asked: dict = {}
    for _ in range(TRIES * wanted):
        trial = study.ask(space)
        mix = fitted(tuple(trial.params[name] for name in space))
        if mix in met or mix in asked:
            _tell(study, trial, (math.nan,))
        else:
            asked[mix] = trial
        if len(asked) == wanted:
            break
    return asked


def _tell(study, trial, values: Sequence[float]) -> None:
    from optuna.trial import TrialState

    if all(map(math.isfinite, values)):
        study.tell(trial, list(values))
    else:
        study.tell(trial, state=TrialState.FAIL)


@contextmanager
def _quiet():
    """Keep Optuna's news of every trial, and its notes on what may change, out of sight."""
    import optuna

    level = optuna.logging.get_verbosity()
    optuna.logging.set_verbosity(logging.ERROR)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", optuna.exceptions.ExperimentalWarning)
            yield
    finally:
        optuna.logging.set_verbosity(level)
