"""Each table alone: values within what is declared, and pointers that lead somewhere."""

from collections.abc import Iterator

import numpy as np

from ..world import DECLARATIONS
from .faults import LIMIT, faults


def declarations(world) -> Iterator[str]:
    """Every column is within its declared range and is a number; keys name one row each."""
    for table, declaration in DECLARATIONS.items():
        rows = world.rows(table)
        yield from declaration.faults(rows, LIMIT)
        keys = np.sort(rows.key)
        twice = np.unique(keys[1:][keys[1:] == keys[:-1]])
        for key in twice[:LIMIT]:
            yield f"{table}: rows {np.flatnonzero(rows.key == key)[:2].tolist()} have the same key {key}"


def pointers(world) -> Iterator[str]:
    """Every column that points at a row points at one that exists."""
    people, homes, events = len(world.residents), len(world.households), len(world.events)
    places = len(world.state.response_factor)
    lengths = {
        "residents": {
            "household": homes,
            "housemate": people,
            "mother": people,
            "father": people,
            "history": len(world.histories),
            "child": len(world.children),
        },
        "households": {"first": people, "neighbourhood": places},
        "histories": {
            "resident": people,
            "provider": len(world.state.providers),
            "overdose_event": events,
            "asked_event": events,
        },
        "dealings": {
            "arrest_event": events,
            "jail_event": events,
            "case_event": events,
            "court_event": events,
            "care_officer": len(world.state.officers),
            "worker": len(world.state.workers),
            "officer": len(world.state.officers),
        },
        "workers": {"agency": len(world.state.agencies)},
        "children": {"resident": people, "last_event": events, "case_event": events},
        "officers": {"agency": len(world.state.agencies), "beat": places, "post": len(world.state.posts)},
        "posts": {"officer": len(world.state.officers), "beat": places},
        "providers": {"neighbourhood": places},
        "events": {"who": people, "cause": np.arange(events)},  # a cause comes before what it causes
    }
    for table, columns in lengths.items():
        rows = world.rows(table)
        for column, length in columns.items():
            values = rows[column]
            yield from faults(
                table, values >= length, lambda row, c=column, v=values: f"{c} is {v[row]}, no row there (yet)"
            )
    queue = world.state.queue[: world.state.clock[0].queued]
    if ((queue < 0) | (queue >= len(world.histories))).any():
        yield f"waiting list: it names history rows {queue.tolist()[:LIMIT]}, some of which do not exist"
