"""The same town is the same: whatever the order of its rows, the machine, who looks on, or a policy without effect."""

import numpy as np
import pytest
from deflect.model import outcomes
from deflect.model.events import BY_PATHWAY, Kind
from deflect.model.processes.census import Count, counts_tonight
from deflect.model.snapshot import save
from deflect.model.world import START_DAY
from deflect.scenarios.schema import fields
from permuted import EVENTS, permuted, tables_by_key
from towns import (
    ALL_PATHWAYS,
    BUSY,
    busy_town,
    copied,
    differences,
    digest,
    lived,
    lived_until,
    open_town,
    run_apart,
    scenario,
    story,
    town,
)

# The busy town has a policy on kits; null.yaml says the same number.
OPEN = ALL_PATHWAYS | {"harm_reduction.kits_per_100k_year": 30_000}
# Hundreds die on one day and leave children to settle: what one death changes, another one meets.
MORTAL = {
    "population.oud_per_100k": 70_000,
    "overdose.other_death_per_year": 100.0,
    "overdose.other_death_after_overdose": 100.0,
    "demography.household_moves_out_per_year": 0.0,
    "demography.leave_home_per_year": 0.0,
}


# --- A2 --------------------------------------------------------------------------------------------


def same_by_key(world, other):
    """Demand that two worlds tell the same story and end in the same tables, rows named by keys."""
    one, two = set(map(repr, story(world))), set(map(repr, story(other)))
    assert one == two, (sorted(one - two)[:3], sorted(two - one)[:3])
    assert len(story(world)) == len(story(other))
    tables, others = tables_by_key(world), tables_by_key(other)
    for name in tables:
        assert tables[name] == others[name], name


@pytest.mark.parametrize(("seed", "before"), [(1, -730), (2, -670), (3, 0), (4, 30)])
def test_draws_ignore_row_order(seed, before):
    """Shuffle the rows of residents, histories and their dealings: everybody's life goes on as it would have.

    Rows of households stay where they are: who moves in resembles the household in a drawn row, and
    rows are in the order in which homes were founded, which no order of people changes.
    """
    # Levers, and with them every pathway, wait for the policy years.
    world = lived_until(open_town(300, seed), before) if before >= 0 else lived_until(busy_town(300, seed), before)
    other = permuted(world, seed + 7, households=False)
    events = len(world.events)
    same_by_key(lived(world, 90), lived(other, 90))
    assert len(world.events) > events + 200
    kinds = np.unique(world.events.kind[events:])
    assert len(kinds) >= (40 if before >= 0 else 24), "too little happened to tell"
    assert before < 0 or (world.events.setting[events:] > BY_PATHWAY).sum() > 200, "too little was deflected"


@pytest.mark.parametrize("seed", [2, 5, 8])
def test_deaths_of_one_day_ignore_row_order(seed):
    world = busy_town(1000, seed, **MORTAL)
    world.histories.last_overdose[::2] = START_DAY - 1
    other = permuted(world, seed + 7, households=False)
    same_by_key(lived(world, 4), lived(other, 4))
    assert np.count_nonzero(world.events.kind == Kind.DIED_OTHER) > 100
    assert np.count_nonzero(world.events.kind == Kind.LEFT_HOME) > 0, "no child had to settle"


# --- E1 --------------------------------------------------------------------------------------------

LIVE_APART = """
from towns import digest, lived, open_town

print(digest(lived(open_town(60, 4), 60)))
"""
WITH_OTHER_IMPORTS = "import networkx, deflect.model.outcomes, deflect.model.snapshot, deflect.model.graph\n"
THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS")


@pytest.mark.parametrize(
    ("code", "environment"),
    [
        (LIVE_APART, {"NUMBA_DISABLE_JIT": "1", "PYTHONHASHSEED": "1"} | dict.fromkeys(THREADS, "1")),
        (WITH_OTHER_IMPORTS + LIVE_APART, {"PYTHONHASHSEED": "2", "LC_ALL": "C"} | dict.fromkeys(THREADS, "2")),
    ],
    ids=["plain", "compiled"],
)
def test_same_seed_same_bytes(code, environment, tmp_path):
    """Compiled or not, hash seed, threads, imports, working folder: every value of every table stays."""
    world = lived(open_town(60, 4), 60)
    assert (world.events.setting > BY_PATHWAY).sum() > 20
    assert run_apart(code, cwd=tmp_path, **environment) == digest(world)


def test_another_seed_is_another_town():
    assert digest(lived(busy_town(60, 4), 20)) != digest(lived(busy_town(60, 5), 20))


def test_a_town_may_stand_in_a_row_of_others():
    """Nothing outside a world is carried from one run to the next."""
    alone = digest(lived(open_town(150, 6), 40))
    lived(open_town(200, 7), 40)
    beside, other = open_town(150, 6), open_town(150, 8)
    for _ in range(40):
        lived(other, 1)
        lived(beside, 1)
    assert digest(beside) == alone


# --- D5 --------------------------------------------------------------------------------------------


def test_observers_change_nothing(tmp_path):
    watched, alone = open_town(200, 9), open_town(200, 9)
    for _ in range(40):
        lived(watched, 1)
        lived(alone, 1)
        before = digest(watched)
        counts_tonight(watched)
        story(watched)
        repr((watched.census, watched.events, watched.policy_on(watched.day), watched.policy_on(500)))
        if watched.day % 10 == 0:
            outcomes.monthly(watched)
            save(watched, tmp_path / "watched.npz")
        assert digest(watched) == before
    assert differences(watched, alone) == []
    lived_until(watched, 50)
    lived_until(alone, 50)
    outcomes.outcomes(watched)
    assert differences(watched, alone) == []


# --- F1 --------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def at_the_start():
    """A town in the last days of its burn-in."""
    return lived_until(town(250, 11, **OPEN), -5)


@pytest.fixture(scope="module")
def usual(at_the_start):
    """The same town 90 days into the policy years, with nothing changed."""
    return lived_until(copied(at_the_start), 90)


def without_policy_rows(world):
    """Return a copy without POLICY_CHANGED rows and their counts, causes renumbered."""
    world = copied(world)
    clock, events = world.state.clock[0], world.events
    keep = events.kind != Kind.POLICY_CHANGED
    number = np.append(np.cumsum(keep) - 1, -1)  # the last one is for "none recorded": row -1
    kept = events[keep].copy()
    kept["cause"] = number[kept["cause"]]
    world.state.events[: len(kept)] = kept
    clock.events = len(kept)
    clock.today -= np.count_nonzero(~keep[: clock.today])
    for table, column in EVENTS:
        world.rows(table)[column] = number[world.rows(table)[column]]
    world.state.census[:, Count.FIRST_EVENT + Kind.POLICY_CHANGED] = 0
    return world, int(np.count_nonzero(~keep))


def test_the_null_policy_changes_nothing(at_the_start, usual):
    null = scenario(250, policy="null", **OPEN)
    assert null.name == "null"
    assert differences(lived_until(copied(at_the_start, null), 90), usual) == []
    assert (usual.events.setting > BY_PATHWAY).sum() > 200
    built = lived_until(busy_town(120, 12), START_DAY + 30)
    assert differences(lived(town(120, 12, policy="null", **BUSY), 30), built) == []


def test_a_lever_set_to_where_it_stands_changes_nothing(at_the_start, usual):
    levers = {
        "treatment.intake_days": 7,
        "treatment.slots_methadone": 1.0,
        "harm_reduction.kits_per_100k_year": 30_000,
        "harm_reduction.good_samaritan_law": True,
        "policing.police_naloxone": True,
        "deflection.coverage": 1.0,
        "deflection.naloxone_plus": True,
        "deflection.case_managers_per_100k": 50,
        "engagement.reserved_slots": 0.1,
        "custody.jail_medication": 0.5,
        "trust.shock": 0.0,
    }
    same = scenario(250, **OPEN, changes=[{"day": 0, "set": dict([item])} for item in levers.items()])
    told, rows = without_policy_rows(lived_until(copied(at_the_start, same), 90))
    assert rows == len(levers)
    assert differences(told, without_policy_rows(usual)[0]) == []
    later = scenario(250, **OPEN, changes=[{"day": 30, "set": levers}])
    told, rows = without_policy_rows(lived_until(copied(at_the_start, later), 90))
    assert rows == 1
    assert differences(told, without_policy_rows(usual)[0]) == []


def test_a_dated_change_leaves_the_days_before_it(at_the_start, usual):
    change = {"day": 30, "set": {"treatment.intake_days": 0, "harm_reduction.kits_per_100k_year": 100_000}}
    changed = lived_until(copied(at_the_start, scenario(250, **OPEN, changes=[change])), 30)
    assert differences(changed, lived_until(copied(at_the_start), 30)) == []
    lived_until(changed, 90)
    first = np.flatnonzero(changed.events.kind == Kind.POLICY_CHANGED)[0]
    assert changed.events.day[first] == 30
    assert changed.events[:first].tobytes() == usual.events[:first].tobytes()
    before = 30 - START_DAY
    assert changed.census[:before].tobytes() == usual.census[:before].tobytes()
    assert changed.census[before:].tobytes() != usual.census[before:].tobytes(), "the change did nothing"


def test_no_policy_reaches_into_the_burn_in():
    """Levers of a policy wait for day 0; until then every policy lives the status quo."""
    levers = {spec.path for spec in fields() if spec.kind == "lever"}
    weak = {name: value for name, value in ALL_PATHWAYS.items() if name not in levers}
    strong = ALL_PATHWAYS | {"treatment.intake_days": 0, "treatment.slots_methadone": 9.0}
    strong |= {"policing.police_naloxone": False}
    usual, changed = (lived_until(town(120, 12, **numbers), 0) for numbers in (weak, strong))
    # The row of numbers keeps a copy of these two levers that no rule reads: slots are columns of providers.
    assert differences(changed, usual, ignore=("rules.slots_methadone", "rules.police_naloxone")) == []
    assert digest(lived(changed, 30)) != digest(lived(usual, 30)), "the policy does nothing"
