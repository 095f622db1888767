"""Only owners write: a process changes, adds, emits and draws what it declares, and declares nothing else."""

from pathlib import Path

import pytest
from deflect.model.day import DAY
from deflect.model.day_page import page
from deflect.model.process import MOVED, TOGETHER, name_of
from deflect.model.world import DECLARATIONS, State
from ownership import TOWNS, Seen, place, watched
from towns import ROOT, run_apart, town

DAYS = 60
# Declared, possible, and so rare that these towns may not see it: (process, name) -> when it happens.
RARE = {
    ("overdose.overdose", "MOVED_OUT"): "a child is left without an adult by an overdose, and no home is found",
    ("overdose.overdose", "RELEASED"): "the same, of a child in jail",
    ("drug_use.use", "dealings.care_officer"): "somebody whom an officer handed over stops using while waiting",
    ("treatment.treat", "dealings.plan_until"): "somebody whose plan is over comes to the police for help",
    ("custody.hold", "dealings.care_officer"): "somebody with an open case asks for treatment on release",
}


@pytest.fixture(scope="module")
def seen() -> dict[str, Seen]:
    """Return what every process did in towns where everything happens, by its name."""
    total = {process.name: Seen({}, {}, {}) for process in DAY}
    for name in TOWNS:
        world = place(name)
        for _ in range(DAYS):
            for process in DAY:
                for before, now in zip(total[process.name], watched(world, process), strict=True):
                    for what, where in now.items():
                        before.setdefault(what, f"{name}, {where}")
    return total


def undeclared(seen: dict[str, Seen]) -> list[str]:
    """Say what processes did and do not declare: where it was seen first."""
    found = []
    for process in DAY:
        did = seen[process.name]
        for what, declared, verb in (
            (did.writes, process.writes, "writes"),
            (did.adds, process.adds, "adds rows to"),
            (did.emits, process.emits, "emits"),
        ):
            for name, where in what.items():
                if name not in declared:
                    found.append(f"{process.name} {verb} {getattr(name, 'name', name)} ({where})")
    return found


def never_seen(seen: dict[str, Seen]) -> list[str]:
    """Say what processes declare and never did, but for what is known to be rare."""
    found = []
    for process in DAY:
        did = seen[process.name]
        for what, declared in ((did.writes, process.writes), (did.adds, process.adds), (did.emits, process.emits)):
            for name in declared:
                word = getattr(name, "name", name)
                if name not in what and (process.name, word) not in RARE:
                    found.append(f"{process.name} declares {word}, which was never seen")
    return found


def test_only_owners_write(seen):
    assert undeclared(seen) == []


def test_what_is_declared_happens(seen):
    assert never_seen(seen) == []
    declared = {(p.name, getattr(name, "name", name)) for p in DAY for name in (*p.writes, *p.adds, *p.emits)}
    assert set(RARE) <= declared


def test_processes_draw_what_they_declare():
    told = run_apart(  # who draws can be seen in plain Python only
        """
from deflect.model.day import DAY
from ownership import place, streams_drawn

drawn = {process.name: set() for process in DAY}
for name in ("deadly", "narrow", "open", "homes"):
    world = place(name)
    for _ in range(45):
        for process in DAY:
            drawn[process.name] |= streams_drawn(world, process)
for process in DAY:
    for stream in sorted(drawn[process.name] - set(process.draws)):
        print(f"{process.name} draws {stream.name} and does not declare it")
    for stream in sorted(set(process.draws) - drawn[process.name]):
        print(f"{process.name} declares {stream.name} and never draws it")
""",
        NUMBA_DISABLE_JIT="1",
    )
    assert told == ""


def test_an_owner_is_among_those_who_write():
    writers: dict[str, set[str]] = {}
    for process in DAY:
        for name in process.writes:
            writers.setdefault(name, set()).add(process.name.split(".")[0])
    for table, declaration in DECLARATIONS.items():
        for column in declaration.columns:
            who = writers.get(f"{table}.{column.name}", set())
            if column.owner == "build":  # set with the row, the same for ever
                assert not who, f"{table}.{column.name} is said never to change, and {who} write it"
            else:
                assert column.owner in who, f"{table}.{column.name} is said to be {column.owner}'s; {who} write it"


def test_every_name_is_one_of_the_state():
    state = town(100).state
    names = {name_of(array, column) for array in State._fields for column in getattr(state, array).dtype.names or ("",)}
    for process in DAY:
        assert set(process.writes) <= names, set(process.writes) - names
        assert len(set(process.writes)) == len(process.writes), process.name
    assert names >= set(TOGETHER) and names >= set(MOVED)


def test_the_page_is_the_generated_one():
    assert (Path(ROOT) / "docs" / "day.md").read_text() == page(), "python -m deflect.model.day_page > docs/day.md"
