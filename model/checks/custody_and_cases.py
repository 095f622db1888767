"""Jail and the programme: who is held, who has an open case, and who sees to it."""

from collections.abc import Iterator

import numpy as np

from ...agents.dealings import Stage
from ...agents.resident import NO_CARE, Care
from ..events import Kind
from .faults import faults


def custody(world) -> Iterator[str]:
    """Who is in jail is to be released and is treated only where the jail gives medication; events say the same."""
    h, d, events = world.histories, world.dealings, world.events
    yield from faults("dealings", d.key != h.key, lambda row: f"key is {d.key[row]}, the history's is {h.key[row]}")
    held = h.held == 1
    yield from faults(
        "histories", held & (h.present == 0), lambda row: "in jail, but the person has died or moved away"
    )
    yield from faults(
        "dealings",
        held != (d.release_day >= world.day),
        lambda row: f"held is {h.held[row]}, to be released on day {d.release_day[row]}",
    )
    yield from faults(
        "histories",
        held & (h.care != NO_CARE) & (d.jail_medication == 0),
        lambda row: f"in a jail without medication, and care is {Care(h.care[row]).name}",
    )
    balance = np.zeros(len(world.residents), np.int64)
    for kind, sign in ((Kind.JAILED, 1), (Kind.RELEASED, -1)):
        np.add.at(balance, events.who[events.kind == kind], sign)
    yield from faults(
        "histories",
        balance[h.resident] != held,
        lambda row: f"held is {h.held[row]}, by the events {balance[h.resident[row]]} times in jail",
    )


def cases(world) -> Iterator[str]:
    """An open case stands on the list once; case managers see to as many as the table says, never too many."""
    h, d, workers = world.histories, world.dealings, world.state.workers
    listed = np.bincount(world.state.cases[: world.state.clock[0].cases], minlength=len(h))
    opened = d.stage != Stage.NONE
    yield from faults(
        "dealings",
        listed != opened,
        lambda row: f"stage is {Stage(d.stage[row]).name}, on the list of cases {listed[row]} times",
    )
    yield from faults("dealings", opened & (h.present == 0), lambda row: "an open case of somebody gone")
    yield from faults(
        "histories",
        (h.managed == 1) != (d.stage == Stage.MANAGED),
        lambda row: f"managed is {h.managed[row]}, stage is {Stage(d.stage[row]).name}",
    )
    load = np.bincount(d.worker[d.worker >= 0], minlength=len(workers))
    yield from faults(
        "workers",
        workers.caseload != load,
        lambda row: f"caseload is {workers.caseload[row]}, {load[row]} people have this case manager",
    )
    without = np.isin(d.stage, (Stage.TO_ASSESS, Stage.MANAGED)) != (d.worker >= 0)
    yield from faults(
        "dealings", without, lambda row: f"stage is {Stage(d.stage[row]).name}, case manager is {d.worker[row]}"
    )
    events = world.events
    today = events[np.searchsorted(events.day, world.day - 1) :]
    taken = np.bincount(today.other[today.kind == Kind.CASE_OPENED], minlength=len(workers))
    yield from faults(
        "workers",
        (workers.caseload > workers.capacity) & (taken > 0),
        lambda row: f"caseload {workers.caseload[row]} of {workers.capacity[row]}, and took on {taken[row]}",
    )
