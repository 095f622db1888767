"""One world, told day by day: who lives where, who is tied to whom, and what happens, for the page to play."""

import numpy as np

from ..agents.household import GROUP_QUARTERS
from ..agents.officer import serves
from ..agents.provider import ProviderKind
from ..agents.resident import Care, Fate, Use
from ..experiments.run import live_until, policy_days
from ..model.build import build
from ..model.events import Kind
from ..model.graph import CO_USE, TIE_KINDS
from ..model.processes.census import Count
from ..model.rules import DAYS_A_YEAR
from ..model.world import START_DAY, World

PEOPLE = 260  # drawn from the start; others join when something happens to them
MOST_DAYS = 731
CHUNK = 10  # days told at once
TOLD = (  # kinds of event the page shows, or needs to know where people stand
    Kind.OVERDOSE,
    Kind.LAY_NALOXONE,
    Kind.CALLED_911,
    Kind.RESPONDED,
    Kind.SURVIVED,
    Kind.DIED_OVERDOSE,
    Kind.DIED_OTHER,
    Kind.MOVED_OUT,
    Kind.USE_CHANGED,
    Kind.ASKED_FOR_CARE,
    Kind.TURNED_AWAY,
    Kind.ADMITTED,
    Kind.LEFT_CARE,
    Kind.OFFERED,
    Kind.ACCEPTED,
    Kind.REFUSED,
    Kind.ARRESTED,
    Kind.JAILED,
    Kind.RELEASED,
    Kind.REACHED,
    Kind.LOST,
    Kind.CHILD_WITNESSED,
    Kind.BEREAVED,
    Kind.CRITICAL_INCIDENT,
    Kind.SICK,
)
PROVIDERS = {
    ProviderKind.OPIOID_TREATMENT_PROGRAMME: "methadone clinic",
    ProviderKind.OFFICE_BUPRENORPHINE: "buprenorphine office",
    ProviderKind.OFFICE_NALTREXONE: "naltrexone office",
    ProviderKind.DETOX: "detox",
}


def watch(scenario, seed: int, teller) -> None:
    """Live a scenario and tell the town, then its days."""
    world = live_until(build(scenario, seed), 0, teller.check)
    teller.say("town", town(world))
    last = min(policy_days(scenario), MOST_DAYS)
    while world.day < last:
        day = world.day
        live_until(world, min(day + CHUNK, last))
        teller.say("days", days(world, day))


def town(world: World) -> dict:
    """Return what stands still: neighbourhoods, providers, officers, and a sample of people with their ties."""
    state, people = world.state, sample(world)
    residents, histories = world.residents, world.histories
    here = {row: i for i, row in enumerate(people)}
    children = _children(world)
    return {
        "neighbourhoods": len(state.policing_factor),
        "people": [
            {
                "row": row,
                "place": int(world.households.neighbourhood[residents.household[row]]),
                "home": _home(world, row),
                "children": int(children[residents.household[row]]),
                "use": int(histories.use[residents.history[row]]),
                "care": int(histories.care[residents.history[row]]),
                "held": int(histories.held[residents.history[row]]),
            }
            for row in people
        ],
        "ties": [[here[a], here[b], TIE_KINDS[kind]] for a, b, kind in _ties(world, here)],
        "officers": [
            {"row": row, "beat": int(state.officers.beat[row])}
            for row in range(len(state.officers))
            if serves(state.officers[row], world.day)
        ],
        "providers": [
            {
                "row": row,
                "place": int(site.neighbourhood),
                "kind": PROVIDERS[ProviderKind(int(site.kind))],
                "slots": int(site.slots),
                "occupied": int(site.occupied),
            }
            for row, site in enumerate(state.providers)
        ],
        "kinds": {kind.name.lower(): int(kind) for kind in TOLD},
        "uses": [use.name.lower() for use in Use],
        "cares": [care.name.lower() for care in Care],
        "residents": int(world.starting_people),
        "treated_or_with_disorder": len(_wanted(world)),
        "with_disorder": int(np.isin(histories.use[histories.present == 1], (Use.OUD, Use.INJECTING)).sum()),
    }


def _home(world: World, row: int) -> int:
    """Return the household of a resident, -1 in a shelter or other shared quarters."""
    home = int(world.residents.household[row])
    return -1 if world.households.kind[home] == GROUP_QUARTERS else home


def _children(world: World) -> np.ndarray:
    """Return how many people under 18 live in each household, shape (households,)."""
    young = (world.residents.fate == Fate.HERE) & (world.day - world.residents.born < 18 * DAYS_A_YEAR)
    return np.bincount(world.residents.household[young], minlength=len(world.households))


def sample(world: World) -> list[int]:
    """Return residents with use disorder or in treatment: some by their keys, and those they use with."""
    state, rows = world.state, _wanted(world)
    known, found = set(rows), {}
    for row in rows:
        if len(found) >= PEOPLE:
            break
        found[row] = None
        if row < len(state.tie_start) - 1:
            span = slice(state.tie_start[row], state.tie_start[row + 1])
            near = state.tie_to[span][state.tie_kind[span] == CO_USE].tolist()
            found |= dict.fromkeys(other for other in near[:3] if other in known)
    return list(found)[:PEOPLE]


def _wanted(world: World) -> list[int]:
    """Return all residents with use disorder or in treatment, in an order of their keys that says nothing else."""
    h = world.histories
    wanted = (h.present == 1) & (np.isin(h.use, (Use.OUD, Use.INJECTING)) | (h.care >= Care.METHADONE))
    return h.resident[wanted][np.argsort(h.key[wanted] * 2654435761 % 2**32, kind="stable")].tolist()


def _ties(world: World, here: dict[int, int]):
    """Yield each tie between two of some people once: (row, row, kind)."""
    state = world.state
    for row in here:
        if row < len(state.tie_start) - 1:
            span = slice(state.tie_start[row], state.tie_start[row + 1])
            for other, kind in zip(state.tie_to[span].tolist(), state.tie_kind[span].tolist(), strict=True):
                if other in here and row < other:
                    yield row, other, kind


def days(world: World, first: int) -> dict:
    """Return what happened from a day on: events [row, kind, who, other, place, amount] by day, and the nights."""
    events = world.events
    start = int(np.searchsorted(events.day, first))
    rows = start + np.flatnonzero(np.isin(events.kind[start:], TOLD))
    by_day: list[list] = [[] for _ in range(world.day - first)]
    for row in rows.tolist():
        e = events[row]
        told = [row, int(e.kind), int(e.who), int(e.other), int(e.place), round(float(e.amount), 3)]
        by_day[int(e.day) - first].append(told)
    nights = world.census[first - START_DAY : world.day - START_DAY]
    treated = nights[:, [Count.METHADONE, Count.BUPRENORPHINE, Count.NALTREXONE]].sum(axis=1)
    columns = (treated, nights[:, Count.WAITING], nights[:, Count.JAILED])
    stocks = [[int(column[i]) for column in columns] for i in range(len(nights))]
    return {"first": first, "events": by_day, "nights": stocks}
