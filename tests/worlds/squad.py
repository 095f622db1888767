"""A squad: a town with as many officers as a test wants, in which only the officers' processes are lived."""

import numpy as np
from deflect.agents.table import NONE
from deflect.model.diary import NEVER
from deflect.model.events import Kind, happened
from deflect.model.first_state import USUALLY_PRESENT
from deflect.model.force import make_officers
from deflect.model.levers import set_levers
from deflect.model.processes.officer_strain import bear
from deflect.model.processes.training import teach
from deflect.model.roster import POST
from deflect.model.world import START_DAY
from towns import town

CALM = {  # nothing happens to officers either
    "officer_wellness.critical_incidents_per_year": 0,
    "officer_wellness.injury_per_incident": 0,
    "officer_wellness.sick_days": 0,
    "officer_wellness.sick_days_per_sd": 0,
    "officer_wellness.help_seeking": 0,
    "officer_wellness.resign_per_year": 0,
    "officer_wellness.retire_per_year": 0,
}


def squad(officers: int, seed: int = 1, day: int = 0, **overrides):
    """Return a town whose force is `officers` off patrol, as on the morning of `day`, its policy in force from then."""
    world = town(40, seed, **overrides)
    held = np.arange(officers)
    posts = np.zeros(officers, POST).view(np.recarray)
    posts.officer, posts.hire_day, posts.beat, posts.rank = held, NEVER, NONE, (held + 0.5) / officers
    rows = make_officers(world.scenario, posts, held, held, START_DAY, seed)
    rows.exhaustion, rows.depersonalisation = rows.own_exhaustion, rows.own_depersonalisation
    world.state = world.state._replace(officers=rows, posts=posts)
    world.state.clock.day = day
    world.state.rules.present_mean = officers * (USUALLY_PRESENT if day < 0 else 1)
    if day >= 0:
        set_levers(world, world.scenario)
    return world


def calm_squad(officers: int, seed: int = 1, **overrides):
    """Return a squad to which nothing happens but what the overrides say."""
    return squad(officers, seed, **(CALM | {name.replace("__", "."): value for name, value in overrides.items()}))


def always(world, **numbers):
    """Set numbers in force by their names in the core, beyond what a scenario may say, and return the world."""
    for name, value in numbers.items():
        world.state.rules[name] = value
    return world


def serve(world, days: int, calls=()):
    """Let days of courses and strain pass. calls: (officer, resident, setting) of an overdose call each day."""
    for _ in range(days):
        clock = world.state.clock[0]
        if world.day == 0 and clock.today < clock.events:  # days before the policy were lived
            set_levers(world, world.scenario)
        world.make_room()
        clock = world.state.clock[0]
        clock.today = clock.events
        for officer, resident, setting in calls:
            happened(world.view, Kind.RESPONDED, resident, officer, 5.0, NONE, setting)
        teach(world)
        bear(world)
        world.state.clock[0].day += 1
    return world


def of_kind(world, kind):
    """Return the events of one kind."""
    return world.events[world.events.kind == kind]
