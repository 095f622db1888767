"""Tiny towns for tests: build one, live in it, copy it, compare two, tell everybody's story by key."""

import hashlib
import os
import subprocess
import sys
from functools import cache
from pathlib import Path

import numpy as np
from deflect.model.build import build
from deflect.model.day import live_a_day
from deflect.model.events import MEANING, Kind
from deflect.model.world import GROWS, START_DAY, State, World
from deflect.scenarios.load import load
from deflect.scenarios.schema import Scenario

ROOT = Path(__file__).resolve().parent.parent

# So much happens that a few hundred people and sixty days hold nearly every kind of event.
BUSY = {
    "population.oud_per_100k": 30_000,
    "population.oud_scale": 1.0,
    "population.on_medication_share": 0.3,
    "drug_use.first_illicit_per_year": 0.2,
    "drug_use.misuse_stop_per_year": 2.0,
    "drug_use.remission_per_year": 1.0,
    "overdose.base_oud_per_year": 2.0,
    "overdose.base_injecting_per_year": 3.0,
    "treatment.seek_per_year": 3.0,
    "harm_reduction.kits_per_100k_year": 30_000,
    "demography.mortality_scale": 10.0,
    "demography.birth_scale": 5.0,
    "demography.leave_home_per_year": 2.0,
    "demography.household_moves_out_per_year": 0.3,
}

# Every pathway from day 0 on, with staff, contacts and short plans, so that a few weeks see cases begin and end.
ALL_PATHWAYS = BUSY | {
    "policing.enforcement_contacts_per_year": 8.0,
    "deflection.officer_intervention": True,
    "deflection.officer_referral": True,
    "deflection.self_referral": True,
    "deflection.active_outreach": True,
    "deflection.naloxone_plus": True,
    "deflection.community_response": True,
    "deflection.leave_behind_kits": True,
    "deflection.coverage": 1.0,
    "deflection.offer_probability": 0.6,
    "deflection.plan_months": 1,
    "deflection.plan_grace_days": 20,
    "deflection.response_recognised": 0.3,
    "deflection.calls_per_team": 6,
    "deflection.case_managers_per_100k": 50,
    "deflection.outreach_workers_per_100k": 50,
    "deflection.response_teams_per_100k": 50,
    "deflection.self_referral_per_1000_month": 20.0,
    "deflection.detox_beds_per_100k": 1000.0,
    "engagement.event_sharing": 1.0,
    "engagement.keep_warm": 0.6,
    "engagement.reserved_slots": 0.1,
    "overdose.call_probability": 0.9,
    "custody.jail_medication": 0.5,
    "switches.seizure_to_overdose": 2.0,
}


def scenario(residents: int = 400, place: str = "US", policy: str = "status_quo", **overrides):
    """Return a scenario; overrides are dotted names, or `treatment__intake_days=3`."""
    dotted = {name.replace("__", "."): value for name, value in overrides.items()}
    return load(policy, {"place": place, "residents": residents} | dotted)


def town(residents: int = 400, seed: int = 1, place: str = "US", **overrides) -> World:
    """Return a new town on the first day of its burn-in; a town asked for again is copied, not built."""
    return copied(_built(scenario(residents, place, **overrides).model_dump_json(), seed))


def busy_town(residents: int = 300, seed: int = 1, **overrides) -> World:
    """Return a town where much happens to few people."""
    return town(residents, seed, **(BUSY | {name.replace("__", "."): value for name, value in overrides.items()}))


def open_town(residents: int = 400, seed: int = 1, **overrides) -> World:
    """Return a busy town with every pathway open, on the first day of its policy; lived once, then copied."""
    numbers = ALL_PATHWAYS | {name.replace("__", "."): value for name, value in overrides.items()}
    return copied(_burnt_in(scenario(residents, **numbers).model_dump_json(), seed))


@cache
def _burnt_in(scenario_json: str, seed: int) -> World:
    return lived_until(copied(_built(scenario_json, seed)), 0)


@cache
def _built(scenario_json: str, seed: int) -> World:
    return build(Scenario.model_validate_json(scenario_json), seed)


def copied(world: World, scenario=None) -> World:
    """Return a world of its own in the same state; with `scenario`, as if it had been built under that policy."""
    state = State(*(array.copy() for array in world.state))
    return World(state, scenario or world.scenario, world.seed, world.starting_people, world.place_population)


def lived(world: World, days: int) -> World:
    """Let days happen, and return the same world."""
    for _ in range(days):
        live_a_day(world)
    return world


def lived_until(world: World, day: int) -> World:
    """Live until `day` is the one that happens next; START_DAY comes first."""
    assert START_DAY <= world.day <= day
    return lived(world, day - world.day)


def columns(world: World):
    """Yield (table, column, values) of everything in a world, the rows in use."""
    for name in State._fields:
        rows = getattr(world.state, name)
        if name in GROWS:
            rows = rows[: int(world.state.clock[0][GROWS[name]])]
        elif name == "diary_next":
            rows = rows[:, : max(len(world.residents), len(world.households))]
        elif name == "census":
            rows = world.census
        if rows.dtype.names:
            for column in rows.dtype.names:
                yield name, column, np.ascontiguousarray(rows[column])
        else:
            yield name, "", np.ascontiguousarray(rows)


def digest(world: World) -> str:
    """Return a hash over every value of every table of a world (not over the unused bytes between columns)."""
    total = hashlib.sha256()
    for name, column, values in columns(world):
        total.update(f"{name}.{column} {values.dtype} {values.shape}\n".encode() + values.tobytes())
    return total.hexdigest()


def differences(a: World, b: World, ignore: tuple[str, ...] = (), limit: int = 8) -> list[str]:
    """Say where two worlds differ, bit for bit: table, column, row, both values; at most `limit` lines."""
    found = []
    for (name, column, one), (_, _, other) in zip(columns(a), columns(b), strict=True):
        where = f"{name}.{column}".rstrip(".")
        if where in ignore or name in ignore:
            continue
        if one.shape != other.shape:
            found.append(f"{where}: shape {one.shape} and {other.shape}")
        elif one.tobytes() != other.tobytes():
            row = np.argwhere(one != other)[0]
            found.append(f"{where} {row.tolist()}: {one[tuple(row)]} and {other[tuple(row)]}")
    return found[:limit]


def story(world: World) -> list[tuple]:
    """Tell what happened in names that no order of rows can change, in an order of its own.

    One line an event: (day, kind, key, key of the other, place, setting, amount, (day, kind, key) of the cause)
    """
    events, people, homes = world.events, world.residents.key, world.households.key
    keys = {"resident": people, "household": homes, "officer": world.state.officers.key}

    def key(row, keys=people):
        return int(keys[row]) if row >= 0 else -1

    def other(event):
        means = MEANING[Kind(event.kind)][1].split(" ")[0]
        return key(event.other, keys[means]) if means in keys else int(event.other)

    told = []
    for event in events:
        cause = events[event.cause] if event.cause >= 0 else None
        amount = key(int(event.amount), homes) if event.kind == Kind.LEFT_HOME else float(event.amount)
        line = (int(event.day), int(event.kind), key(event.who), other(event), int(event.place), int(event.setting))
        why = (int(cause.day), int(cause.kind), key(cause.who)) if cause is not None else ()
        told.append((*line, amount, why))
    return sorted(told, key=repr)


def run_apart(code: str, cwd: Path = ROOT, root: Path = ROOT, **environment: str) -> str:
    """Run Python code in a process of its own, with these tests and `root` on its path; return what it prints."""
    paths = os.pathsep.join([str(root), str(root / "tests")])
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=cwd,
        env=os.environ | {"PYTHONPATH": paths} | environment,
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    return done.stdout.strip()
