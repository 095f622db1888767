"""From a scenario and a seed to a world: its first arrays, everybody's beginnings, the first page of every diary."""

import numpy as np

from ..agents.compiled import compiled
from ..agents.household import GROUP_QUARTERS
from ..agents.provider import ProviderKind
from ..agents.resident import INJECTING, METHADONE, NO_CARE, OUD
from ..scenarios import places
from ..scenarios.errors import InputError
from ..scenarios.schema import MOST_RESIDENTS
from .call_intercept import call_intercept
from .changes import begin_dealings
from .diary import note_life, note_move_out, note_police_contact
from .first_state import first_state
from .home import GROWN_DAYS, begin_child, begin_home, has_liable_parent, has_untreated_parent, live_before
from .levers import set_levers
from .population import make_population
from .processes import census
from .processes.naloxone import hand_out
from .randomness import Stream, draws
from .rules import DAYS_A_YEAR
from .standing import BLACK, mean_trust, trust_at_start
from .world import START_DAY, World

MEDICATIONS = tuple(kind for kind in ProviderKind if kind != ProviderKind.DETOX)
WHOLE_COUNTY_UP_TO = 200_000  # residents simulated by default; larger counties are sampled


def simulated_residents(scenario, place) -> int:
    """Return how many people are simulated: as asked, else the whole place up to WHOLE_COUNTY_UP_TO.

    Raises InputError for the whole of a place that has more than any run can hold.
    """
    if scenario.residents != "whole":
        return scenario.residents if scenario.residents is not None else min(place.population, WHOLE_COUNTY_UP_TO)
    if place.population > MOST_RESIDENTS:
        raise InputError(
            f"residents: {place.name} has {place.population:,}, more than the {MOST_RESIDENTS:,} a run can hold; "
            "give a number, or run its counties"
        )
    return place.population


def build(scenario, seed: int, place=None, ties=None) -> World:
    """Build the world of a scenario on the first day of its burn-in.

    place: a `Place`; by default the scenario names it. ties: a user's own `Ties` in place of the
    built graph, or a function (population) -> Ties. The same place, residents and seed give the same
    people under every policy. Raises InputError for a place that does not exist or a negative seed.
    """
    if seed < 0 or seed >= 2**63:
        raise InputError(f"seed {seed}: must be a whole number from 0 to 2^63 - 1")
    place = place or places.find(scenario.place)
    n = simulated_residents(scenario, place)
    people = make_population(place, n, seed, START_DAY)
    world = World(first_state(scenario, seed, place, people, ties), scenario, seed, n, place.population)
    del people  # the tables are about to grow: do not hold both
    world.make_room()
    _meet_police(world)
    _seek_police(world)
    set_levers(world, scenario.on(START_DAY))
    _place_in_care(world)
    _begin_homes(world.view)
    _note_everybody(world.view)
    _start_kits(world.view, int(_kits_at_start(world)))
    world.state.clock[0].events = 0  # what led to the start is not part of the story
    world.state.rules.call_intercept = call_intercept(world)
    world.state.census[0] = census.counts_tonight(world)
    return world


def _meet_police(world) -> None:
    """Give everybody their trust in police, and people with a history their dealings with police at the start."""
    h, residents, rules, seed = world.histories, world.residents, world.state.rules[0], world.seed
    active = (h.use == OUD) | (h.use == INJECTING)
    black = residents.race[h.resident] == BLACK
    share = float(black[active].mean()) if active.any() else 0.0
    rules.contact_scale = 1 / (1 + share * (rules.contact_ratio_black - 1))
    _begin_everybody(world.view)
    supervised = active & (draws(seed, Stream.HISTORY, h.key, 0, 11) < world.scenario.policing.supervised_at_start)
    left = draws(seed, Stream.HISTORY, h.key, 0, 12) * world.scenario.custody.supervision_days
    world.dealings.supervised_until[supervised] = (START_DAY + 1 + left[supervised]).astype(np.int64)


@compiled(kept=True)
def _begin_everybody(world):
    clock = world.clock[0]
    for row in range(clock.residents):
        resident = world.residents[row]
        resident.trust = trust_at_start(world, resident.key, resident.race)
        resident.trust_day = clock.day
    for row in range(clock.histories):
        begin_dealings(world, row)
        note_police_contact(world, row, clock.day)


def _seek_police(world) -> None:
    """Turn the published presentations per resident into a hazard of those who may come: untreated, using, free."""
    h = world.histories
    untreated = np.count_nonzero(((h.use == OUD) | (h.use == INJECTING)) & (h.care == NO_CARE))
    a_day = world.scenario.deflection.self_referral_per_1000_month * 12 / DAYS_A_YEAR * world.starting_people / 1000
    world.state.rules.self_referral_base = a_day / max(1, untreated)
    world.state.rules.trust_mean = 0.0
    world.state.rules.trust_mean = mean_trust(world.view)


def _place_in_care(world) -> None:
    """Give everybody in treatment at the start a provider with a free slot; who finds none is not in treatment."""
    histories, providers = world.histories, world.state.providers
    kind_of = np.array([0, 0, 0, 1, 2])  # by care
    for kind in MEDICATIONS:
        rows = np.flatnonzero((histories.care >= METHADONE) & (kind_of[histories.care] == kind))
        sites = np.flatnonzero(providers.kind == kind)
        places_ = np.repeat(sites, providers.slots[sites])
        order = np.argsort(
            draws(world.seed, Stream.PROVIDER, places_ * 100_000 + np.arange(len(places_)), START_DAY, 3)
        )
        chosen = places_[order][: len(rows)]
        histories.provider[rows[: len(chosen)]] = chosen
        without = rows[len(chosen) :]
        histories.care[without] = histories.wants[without] = NO_CARE
        np.add.at(providers.occupied, chosen, 1)
    histories.wants[histories.care < METHADONE] = NO_CARE


@compiled(kept=True)
def _begin_homes(world):
    """Give homes their traits, and begin to follow the young people with a parent who has or had use disorder."""
    clock = world.clock[0]
    for row in range(clock.households):
        begin_home(world, row)
    for row in range(clock.residents):
        resident = world.residents[row]
        if clock.day - resident.born < GROWN_DAYS:
            if has_liable_parent(world, row):
                begin_child(world, row)
                if has_untreated_parent(world, row):
                    live_before(world, row)


@compiled(kept=True)
def _note_everybody(world):
    clock = world.clock[0]
    for row in range(clock.residents):
        note_life(world, row, clock.day)
    for row in range(clock.households):
        if world.households[row].kind != GROUP_QUARTERS:
            note_move_out(world, row, clock.day)


def _kits_at_start(world) -> float:
    """Return kits in people's hands in a steady state: kits a day times their life."""
    rules = world.state.rules[0]
    return rules.kits_per_day * rules.kit_lifetime_months * DAYS_A_YEAR / 12


@compiled(kept=True)
def _start_kits(world, kits):
    if world.clock[0].histories == 0:
        return
    for number in range(kits):
        if world.clock[0].events + 2 < len(world.events):
            hand_out(world, 1_000_000 + number)
        world.clock[0].events = 0
