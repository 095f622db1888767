"""Watch what a process does in a town: columns it changes, rows it adds, events it leaves, streams it draws.

In the towns here everything that a process says it does happens within weeks, however rare it is elsewhere.
"""

import sys
from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from deflect.model.events import Kind
from deflect.model.levers import set_levers
from deflect.model.process import name_of
from deflect.model.randomness import Stream, block, draw
from deflect.model.world import DECLARATIONS, GROWS, START_DAY, State, World
from towns import ALL_PATHWAYS, lived_until, town

# Nobody stops using at entry to treatment; overdoses, deaths and arrests are many, and so are teenagers who use.
DEADLY = {
    "population.oud_per_100k": 60_000,
    "drug_use.first_illicit_per_year": 5.0,
    "drug_use.remission_per_year": 0.0,
    "drug_use.misuse_to_oud_per_year": 20.0,
    "overdose.base_oud_per_year": 8.0,
    "overdose.base_injecting_per_year": 8.0,
    "overdose.fatality_alone": 0.5,
    "overdose.fatality_near": 0.4,
    "overdose.fatality_seen": 0.3,
    "treatment.seek_per_year": 10.0,
    "treatment.rr_methadone": 1.0,
    "treatment.rr_buprenorphine": 1.0,
    "treatment.rr_naltrexone": 1.0,
    "treatment.intake_days": 0.0,
    "treatment.patients_per_otp": 1000,
    "engagement.keep_warm": 0.95,
    "engagement.warm_share": 0.9,
    "deflection.offer_probability": 0.9,
    "deflection.charge_held": True,
    "deflection.plan_months": 6,
    "drug_use.relapse_injecting": 0.5,
    "policing.scene_survivor_jailed": 0.5,
    "policing.scene_bystander_arrested": 0.8,
    "policing.enforcement_contacts_per_year": 20.0,
    "custody.arrest_to_jail": 0.7,
    "custody.jail_days": 60.0,
    "demography.mortality_scale": 60.0,
    "demography.household_moves_out_per_year": 3.0,
    "deflection.caseload": 1_000,
    "deflection.visits_per_worker": 1_000,
    "deflection.met_per_visit": 1.0,
    "deflection.met_relative": 1.0,
    "deflection.police_present": 0.0,
    "engagement.feedback": 1.0,
    "deflection.held_charge_logit": 3.0,
}
# Few places and many who ask; contacts end in jail for days; free beds for whoever comes.
NARROW = {
    "treatment.slots_methadone": 0.1,
    "treatment.slots_buprenorphine": 0.1,
    "treatment.intake_days": 0.0,
    "treatment.attendance": 0.3,
    "treatment.seek_per_year": 6.0,
    "deflection.co_responder": True,
    "deflection.charge_held": True,
    "deflection.eligible_supervised": False,
    "deflection.medication_arranged": 0.2,
    "deflection.self_referral_per_1000_month": 100.0,
    "deflection.detox_beds_per_100k": 3000.0,
    "deflection.caseload": 1_000,
    "deflection.visits_per_worker": 1_000,
    "deflection.met_per_visit": 0.7,
    "deflection.met_relative": 1.0,
    "policing.supervised_at_start": 0.3,
    "policing.arrest_share": 0.3,
    "custody.jail_days": 4.0,
    "custody.jail_medication": 1.0,
    "custody.jail_medication_start": 1.0,
    "deflection.offer_probability": 0.9,
    "deflection.plan_months": 6,
    "engagement.keep_warm": 0.7,
}
# Charges are dropped at the programme's door, teams come without an officer, plans are short.
OPEN = {
    "deflection.charge_held": False,
    "deflection.offer_probability": 0.9,
    "deflection.caseload": 1_000,
    "deflection.visits_per_worker": 1_000,
    "engagement.warm_share": 0.9,
    "engagement.keep_warm": 0.95,
    "treatment.intake_days": 3.0,
    "engagement.feedback": 1.0,
    "demography.household_moves_out_per_year": 2.0,
    "drug_use.misuse_stop_per_year": 30.0,
    "drug_use.first_misuse_per_year": 3.0,
}
# Officers wear out, leave and are replaced within weeks; families are reached, children removed and brought home.
HOMES = {
    "population.oud_per_100k": 40_000,
    "drug_use.first_illicit_per_year": 1.0,
    "overdose.base_oud_per_year": 12.0,
    "overdose.base_injecting_per_year": 12.0,
    "overdose.at_home": 0.9,
    "overdose.call_probability": 0.95,
    "overdose.police_first": 0.9,
    "officer_wellness.critical_incidents_per_year": 60.0,
    "officer_wellness.injury_per_incident": 0.3,
    "officer_wellness.injury_remission_per_year": 20.0,
    "officer_wellness.burnout": 3.0,
    "officer_wellness.help_seeking": 0.999,
    "officer_wellness.help_stigma_or": 1.0,
    "officer_wellness.peer_support": 1.0,
    "officer_wellness.confidential_help": True,
    "officer_wellness.services_on_shift": True,
    "engagement.feedback": 1.0,
    "engagement.keep_warm": 0.95,
    "deflection.caseload": 1_000,
    "deflection.visits_per_worker": 1_000,
    "treatment.intake_days": 3.0,
    "officer_wellness.resign_per_year": 3.0,
    "officer_wellness.retire_per_year": 3.0,
    "officer_wellness.vacancy_months_least": 0.1,
    "officer_wellness.vacancy_months_most": 0.2,
    "officer_wellness.skills_course": 1.0,
    "officer_wellness.recovery_time": True,
    "trauma_training.coverage": 1.0,
    "trauma_training.days": 5,
    "trauma_training.rollout_days": 20,
    "trauma_training.staff": 1.0,
    "trauma_training.providers": 1.0,
    "family.reach_base": 1.0,
    "family.reach_most": 1.0,
    "family.household_naloxone": 0.7,
    "family.coaching": 0.7,
    "family.services": 0.7,
    "family.welfare_check": 1.0,
    "family.handle_with_care": 0.6,
    "family.endangered_children_check": 1.0,
    "family.mandatory_report": True,
    "family.report_mandatory": 0.8,
    "family.report_at_arrest": 0.8,
    "family.report_opens": 1.0,
    "family.removal_12m": 0.99,
    "family.reunified_12m": 0.99,
    "family.initiation_per_adversity": 1.0,
    "family.prescription_ratio": 1.0,  # so that the dates of first use are soon at their bound
    "family.spouse_ratio": 1.0,
    "family.liability_genes": 50.0,
    "drug_use.misuse_stop_per_year": 30.0,  # who stopped misuse begins again
    "drug_use.first_misuse_per_year": 0.5,
}
# The policy begins, and then changes.
CHANGING = {
    "overdose.supply": [1.2, 0.8],
    "deflection.charge_held": False,
    "deflection.caseload": 1_000,
    "drug_use.misuse_stop_per_year": 30.0,
    "treatment.slots_methadone": 2.0,
    "engagement.reserved_slots": 0.5,
    "changes": [
        {"day": 5, "set": {"policing.police_naloxone": False, "trust.shock": 0.5}},
    ],
}
TOWNS = {  # name -> (what differs from a town with all pathways, residents, first day)
    "deadly": (DEADLY, 300, START_DAY),
    "narrow": (NARROW, 200, START_DAY),
    "open": (OPEN, 400, START_DAY),
    "homes": (HOMES, 400, START_DAY),
    "changing": (CHANGING, 120, -10),
}


def place(name: str) -> World:
    """Return a town of TOWNS whose policy is in force, or about to begin."""
    numbers, residents, first = TOWNS[name]
    world = lived_until(town(residents, **(ALL_PATHWAYS | numbers)), first)
    if first == START_DAY:  # without living through the burn-in
        set_levers(world, world.scenario)
    return world


# That a count of rows grew is what `adds` and `emits` say.
COUNTS = {name for count in GROWS.values() if (name := f"clock.{count}") == name_of("clock", count)}


TABLES = [name for name in DECLARATIONS if GROWS.get(name, name) == name]  # the others grow with one of these


class Seen(NamedTuple):
    """What one process did: name -> the first place where, in words."""

    writes: dict[str, str]
    adds: dict[str, str]
    emits: dict[Kind, str]


def rows_used(world: World) -> dict[str, int]:
    """Return how many rows of each array are in use."""
    used = {name: len(array) for name, array in world.state._asdict().items()}
    used |= {array: int(world.state.clock[0][count]) for array, count in GROWS.items()}
    return used | {"census": world.day - START_DAY + 1}


def watched(world: World, process: Callable) -> Seen:
    """Let a process happen, and return what it did."""
    used = rows_used(world)
    before = {name: array[: used[name]].copy() for name, array in world.state._asdict().items()}
    day = world.day
    process(world)
    writes: dict[str, str] = {}
    for name in State._fields:
        for column, row, old, new in changes(before[name], getattr(world.state, name)):
            if f"{name}.{column}" not in COUNTS:
                place = f"{name}.{column}".rstrip(".")
                writes.setdefault(name_of(name, column), f"day {day}, {place} row {row}: {old} became {new}")
    now = rows_used(world)
    adds = {
        name: f"day {day}, {name}: {now[name] - used[name]} new rows from row {used[name]}"
        for name in TABLES
        if now[name] != used[name]
    }
    emits: dict[Kind, str] = {}
    for row in range(used["events"], now["events"]):
        event = world.state.events[row]
        emits.setdefault(Kind(event.kind), f"day {day}, event {row}, resident {event.who}")
    return Seen(writes, adds, emits)


def changes(old: np.ndarray, new: np.ndarray):
    """Yield (column, first row, value before, value now) of the columns that changed in the rows there were."""
    new = np.ascontiguousarray(new[tuple(slice(size) for size in old.shape)])
    if old.tobytes() == new.tobytes():
        return
    for column in old.dtype.names or ("",):
        one, other = (old[column], new[column]) if column else (old, new)
        where = np.argwhere(one != other)
        if len(where):
            row = tuple(where[0].tolist())
            yield column, row[0] if len(row) == 1 else row, one[row], other[row]


# --- draws: seen in plain Python only -------------------------------------------------------------------


class Luck(np.ndarray):
    """The draws of the day, which note whose are used."""

    noted: set = set()

    def __getitem__(self, key):
        if isinstance(key, tuple) and isinstance(key[1], (int, np.integer)):
            self.noted.add(Stream(key[1]))
        return super().__getitem__(key)


def streams_drawn(world: World, process: Callable) -> set[Stream]:
    """Let a process happen in plain Python, and return the streams it drew from."""
    drawn: set = set()

    def note(frame, what, _):
        if what == "call" and frame.f_code in codes:
            stream = int(frame.f_locals["stream"])
            if frame.f_code is draw.__code__:
                drawn.add(Stream(stream))
            elif frame.f_back.f_code is not draw.__code__:  # a block asked for by its first stream is drawn whole
                drawn.update(map(Stream, range(stream, stream + 4) if stream % 4 == 0 else [stream]))

    codes = (draw.__code__, block.__code__)
    Luck.noted = drawn
    world.state = world.state._replace(luck=world.state.luck.view(Luck))
    sys.setprofile(note)
    try:
        process(world)
    finally:
        sys.setprofile(None)
    world.state = world.state._replace(luck=world.state.luck.view(np.ndarray))
    return drawn
