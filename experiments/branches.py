"""Several policies from one past: the burn-in is the same under all of them, so it is lived once.

Before the start of the policy every lever stands at the status quo (model/calendar.py). Scenarios that differ in levers
only therefore share their world until then, byte for byte, and a copy of it goes on under each.
"""

import copy
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from ..scenarios.errors import InputError
from .differences import differences
from .run import BURN_IN_DAYS, Run, live_until, policy_days, told

if TYPE_CHECKING:
    from ..scenarios.schema import Scenario


def check_one_past(scenarios: Sequence["Scenario"]) -> None:
    """Refuse scenarios that differ in anything but levers. Raises InputError that names the first such field."""
    from ..scenarios.schema import fields

    levers = {spec.path for spec in fields() if spec.kind == "lever"} | {"changes"}
    for scenario in scenarios[1:]:
        for found in differences(scenario, scenarios[0]):
            if found.path not in levers and not found.path.startswith(("prices.", "budget.")):  # no run reads those
                raise InputError(
                    f"{found.path}: is {found.base} in {scenarios[0].name} and {found.value} in {scenario.name}; "
                    "policies that share a past may differ in levers only"
                )


def share_past(scenarios: Sequence["Scenario"]) -> bool:
    """Say whether scenarios differ in levers only, so that one burn-in serves them all."""
    try:
        check_one_past(scenarios)
    except InputError:
        return False
    return True


def live_branches(
    scenarios: Sequence["Scenario"], seed: int, *, progress: Callable[[int], None] | None = None
) -> list[Run]:
    """Return the run of each scenario with one seed, each the same bytes as `run(scenario, seed)` gives.

    progress: told the days lived so far, the shared burn-in once.
    """
    from ..model.build import build

    trunk = live_until(build(scenarios[0], seed), 0, progress)
    days, runs = BURN_IN_DAYS, []
    for number, scenario in enumerate(scenarios):
        world = trunk if number == len(scenarios) - 1 else copy.deepcopy(trunk)
        world.scenario = scenario

        def lived(so_far: int, before: int = days) -> None:
            if progress is not None:
                progress(before + so_far - BURN_IN_DAYS)

        runs.append(told(live_until(world, policy_days(scenario), lived)))
        days += policy_days(scenario)
    return runs


def days_of(scenarios: Sequence["Scenario"]) -> int:
    """Return the days that `live_branches` lives for one seed."""
    return BURN_IN_DAYS + sum(policy_days(scenario) for scenario in scenarios)
