"""Worlds made by hand: a still town in which every chance is 0 or 1, so that what must happen can be written down.

A story is a text file: who lives there, which numbers are in force on which day, and the events that must follow,
worked out with a pencil. Story days count from 1; rules, tables and dates may be set by their names in the core.
"""

from pathlib import Path
from typing import NamedTuple

import numpy as np
import yaml
from deflect.agents.resident import Use
from deflect.model import diary
from deflect.model.build import build
from deflect.model.changes import begin_history
from deflect.model.events import Kind
from deflect.model.graph import TIE_KINDS, Ties
from deflect.model.processes import census
from deflect.model.world import START_DAY
from towns import scenario

FOLDER = Path(__file__).resolve().parent
STILL = {  # nothing happens by itself
    "population.oud_per_100k": 0,
    "population.oud_scale": 1,
    "population.misuse_share_12plus": 0,
    "population.remission_share_12plus": 0,
    "demography.mortality_scale": 0,
    "demography.birth_scale": 0,
    "demography.household_moves_out_per_year": 0,
    "demography.leave_home_per_year": 0,
    "drug_use.first_misuse_per_year": 0,
    "drug_use.first_illicit_per_year": 0,
    "drug_use.misuse_stop_per_year": 0,
    "drug_use.misuse_to_oud_per_year": 0,
    "drug_use.start_injecting_per_year": 0,
    "drug_use.stop_injecting_per_year": 0,
    "drug_use.remission_per_year": 0,
    "drug_use.relapse_scale_per_year": 0,
    "overdose.base_oud_per_year": 0,
    "overdose.base_injecting_per_year": 0,
    "overdose.base_misuse_per_year": 0,
    "overdose.community_factor": 1,
    "overdose.other_death_per_year": 0,
    "treatment.seek_per_year": 0,
    "policing.enforcement_contacts_per_year": 0,
    "policing.other_contacts_per_year": 0,
    "policing.scene_survivor_jailed": 0,
    "policing.scene_bystander_arrested": 0,
    "officer_wellness.critical_incidents_per_year": 0,
    "officer_wellness.injury_per_incident": 0,
    "officer_wellness.help_seeking": 0,
    "officer_wellness.sick_days": 0,
    "officer_wellness.sick_days_per_sd": 0,
    "officer_wellness.resign_per_year": 0,
    "officer_wellness.retire_per_year": 0,
    "family.reach_base": 0,
    "family.witness_given_home": 0,
    "family.report_usual": 0,
    "family.report_at_arrest": 0,
    "family.report_by_others_per_year": 0,
}
FOR_EVER = 10**5


def force(world, **numbers) -> None:
    """Put numbers in force from the next day on: rules by their names, whole tables filled with one value."""
    for name, value in numbers.items():
        if name in world.state.rules.dtype.names:
            world.state.rules[name] = value
        else:
            getattr(world.state, name)[:] = value
    # No hazard may be above the bound that the model compares draws with first.
    state, rules = world.state, world.state.rules
    rules.leaving_bound = state.leaving.max()
    rules.first_use_bound = state.first_use_shape.max() * (1 + rules.tie_effect)
    rules.birth_bound = state.birth_hazard.max() / (1 - state.birth_hazard.max() * rules.between_births_days)


def still_town(residents: int, seed: int = 1, ties=None, **overrides):
    """Return a town where nothing happens: no rates, no kits, nobody leaves treatment. Overrides: dotted names."""
    told = scenario(residents, **(STILL | {name.replace("__", "."): value for name, value in overrides.items()}))
    world = build(told, seed, ties=ties)
    force(world, kits_per_day=0.0, leaving=0.0)
    return world


class Row(NamedTuple):
    """One event of a story, days and rows as written there; cause: the number of the line that led to it."""

    day: int
    kind: str
    who: int
    other: int
    amount: float
    cause: int


class Story(NamedTuple):
    """A story read from its file."""

    told: dict
    events: list[Row]


def stories() -> list[str]:
    """Return the names of all stories."""
    return sorted(path.stem for path in FOLDER.glob("*.yaml"))


def read(name: str) -> Story:
    """Read a story. The table of events: line number, day, kind, who, other, amount, cause; a point is nobody."""
    told = yaml.safe_load((FOLDER / f"{name}.yaml").read_text())
    events = []
    for number, line in enumerate(told["events"].strip().splitlines()):
        line_number, day, kind, who, other, amount, cause = line.split()
        assert int(line_number) == number, f"{name}: line {number} of the events is numbered {line_number}"
        who, other, cause = (-1 if text == "." else int(text) for text in (who, other, cause))
        events.append(Row(int(day), kind, who, other, float(amount), cause))
    return Story(told, events)


def _ties(story: Story, n: int) -> Ties:
    both = [(a, b, kind) for a, b, kind in story.told.get("ties", [])]
    both = sorted([(a, b, TIE_KINDS.index(kind)) for a, b, kind in both + [(b, a, kind) for a, b, kind in both]])
    start = np.searchsorted([a for a, _, _ in both], np.arange(n + 1)).astype(np.int64)
    to, kinds = np.array([b for _, b, _ in both], np.int32), np.array([kind for _, _, kind in both], np.uint8)
    return Ties(start, to, kinds, np.ones(len(both), np.float32))


def world_of(story: Story):
    """Build the world of a story on its first morning."""
    people = story.told["people"]
    n = len(people)
    world = still_town(n, ties=_ties(story, n))
    clock, residents, households = world.state.clock[0], world.residents, world.state.households
    clock.households = 1 + max(person["home"] for person in people)
    households.first[:] = -1
    households.kind[:] = households.neighbourhood[:] = 0
    households.key[:] = np.arange(len(households))
    world.state.diary_first[:] = -1  # the dates of the people the build made up
    world.state.response_factor[:] = 1.0
    for row, person in reversed(list(enumerate(people))):
        me = residents[row]
        me.born, me.sex = START_DAY - int(person["age"] * 365.25), person["sex"] == "male"
        me.household, me.housemate = person["home"], households.first[person["home"]]
        me.mother, me.father = person.get("mother", -1), -1
        me.kit_until = FOR_EVER if person.get("kit") else -(10**6)
        households.first[person["home"]] = row
    for home in range(clock.households):
        households.kit_until[home] = FOR_EVER if home in story.told.get("kits_at_home", []) else -(10**6)
    for row, person in enumerate(people):
        if "use" in person:
            mine = begin_history(world.view, row, int(Use[person["use"]]), 1.0, -1)
            world.histories.frailty[mine] = person.get("frailty", 1.0)
            world.histories.uses_alone[mine] = person.get("uses_alone", 0.0)
    clock.events = 0
    world.dealings.contact_factor[:] = 0.0  # police are met on the dates of the story alone
    _two_officers(world)
    world.state.workers.capacity[0] = story.told.get("caseload", 0)
    world.state.providers.slots[:] = world.state.providers.start_slots[:] = story.told.get("slots", [0, 0, 0]) + [0]
    for kind, row, day in story.told.get("dates", []):
        diary.note(world.view, getattr(diary, kind), row, START_DAY - 1 + day)
    world.state.census[0] = census.counts_tonight(world)
    force(world, **story.told["always"])
    return world


def _two_officers(world) -> None:
    """Let officer 0 and officer 1 relieve each other every two days, on duty at any hour; 1 begins."""
    roster_start = world.state.roster_start
    for table in (world.state.officers, world.state.posts):
        table.beat[2:] = -1
        table.beat[:2], table.crew[:2] = 0, (0, 1)
    world.state.roster[:] = np.arange(len(world.state.roster)) % 2
    roster_start[:] = np.minimum(np.arange(len(roster_start)), 6)  # three shifts of two crews, on the first beat


def events_of(world) -> list[Row]:
    """Return the events of a world as a story writes them."""
    return [
        Row(
            int(e.day) - START_DAY + 1,
            Kind(e.kind).name,
            int(e.who),
            int(e.other),
            float(e.amount) - (START_DAY - 1 if e.kind == Kind.KIT_RECEIVED else 0),  # a day, as the story counts
            int(e.cause),
        )
        for e in world.events
    ]
