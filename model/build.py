"""From a scenario and a seed to a world: people, ties, providers, officers, and the first page of every diary."""

import numpy as np
from scipy.special import ndtri

from ..agents.agency import AGENCY, AgencyKind
from ..agents.compiled import compiled
from ..agents.household import GROUP_QUARTERS, HOUSEHOLD
from ..agents.officer import CREWS, OFFICER, SHIFTS
from ..agents.provider import PROVIDER, ProviderKind
from ..agents.resident import HISTORY, METHADONE, NO_CARE, NO_USE, REMISSION, RESIDENT
from ..agents.table import NONE
from ..scenarios import places
from ..scenarios.errors import InputError
from .changes import NEVER, NEVER_LEFT
from .diary import KINDS_OF_DATE, note_life, note_move_out
from .events import EVENT
from .graph import make_ties
from .levers import set_levers
from .population import make_population
from .processes import census
from .processes.naloxone import hand_out
from .randomness import Stream, draws
from .rules import (
    BINS,
    DAYS_A_YEAR,
    frailty_bins,
    leaving_by_day,
    make_rules,
    relapse_by_day,
    surge_by_day,
    uses_alone_bins,
)
from .start import chances, medication_mix, starting_use
from .world import CLOCK, DIARY_DAYS, LATE_TIE, START_DAY, State, World

WHOLE_COUNTY_UP_TO = 200_000  # residents simulated by default; larger counties are sampled


def simulated_residents(scenario, place) -> int:
    """Return how many people are simulated: as asked, else the whole place up to WHOLE_COUNTY_UP_TO."""
    return scenario.residents if scenario.residents is not None else min(place.population, WHOLE_COUNTY_UP_TO)


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
    world = World(_state(scenario, seed, place, people, ties), scenario, seed, n, place.population)
    del people  # the tables are about to grow: do not hold both
    world.make_room()
    set_levers(world, scenario.on(START_DAY))
    _place_in_care(world)
    _note_everybody(world.view)
    _start_kits(world.view, int(_kits_at_start(world)))
    world.state.clock[0].events = 0  # what led to the start is not part of the story
    world.state.rules.call_intercept = _call_intercept(world)
    world.state.census[0] = census.counts_tonight(world)
    return world


def _state(scenario, seed: int, place, people, ties) -> State:
    """Return the arrays of a new world: who lives there and what they are to each other; no dates yet."""
    n = len(people.born)
    keys = np.arange(n, dtype=np.int64)
    age = np.clip((START_DAY - people.born) / DAYS_A_YEAR, 0, 110).astype(np.int64)
    rules = make_rules(scenario)
    rules.oud_scale = oud_scale = _oud_scale(scenario, place)
    rules.misuse_to_oud_per_day *= oud_scale
    shares, first_use_shape = chances(scenario, oud_scale, people.sex, age)
    start = starting_use(scenario, shares, keys, people.sex, age, seed)
    if ties is None:
        ties = make_ties(people, (start.use != NO_USE) & (start.use != REMISSION), seed)
    elif callable(ties):
        ties = ties(people)

    residents = _residents(scenario, people, keys, seed)
    households, homes = _households(people)
    frailty, uses_alone = frailty_bins(scenario), uses_alone_bins(scenario)
    histories = _histories(start, keys, seed, frailty, uses_alone)
    residents.history[histories.resident] = np.arange(len(histories))
    neighbourhoods = int(people.household_neighbourhood.max()) + 1
    birth_hazard, leaving = _birth_hazard(scenario), leaving_by_day(scenario)
    rules.arrivals_per_day = homes * rules.household_moves_out_per_day
    rules.first_use_bound = first_use_shape.max() * (1 + rules.tie_effect)
    rules.birth_bound = birth_hazard.max() / (1 - birth_hazard.max() * rules.between_births_days)
    rules.leaving_bound = leaving.max()
    clock = np.zeros(1, CLOCK).view(np.recarray)
    clock.seed, clock.day = seed, START_DAY
    clock.residents, clock.households, clock.histories = n, len(households), len(histories)
    return State(
        clock=clock,
        rules=rules,
        residents=residents,
        households=households,
        histories=histories,
        officers=_officers(scenario, place, n, neighbourhoods, seed),
        agencies=_agencies(),
        providers=_providers(scenario, place, n, neighbourhoods, oud_scale, seed),
        tie_start=ties.start,
        tie_to=ties.to,
        tie_kind=ties.kind,
        tie_weight=ties.weight,
        late_first=np.zeros(n, np.int32),
        late_ties=np.zeros(0, LATE_TIE).view(np.recarray),
        diary_first=np.full((KINDS_OF_DATE, DIARY_DAYS), NONE, np.int32),
        diary_next=np.zeros((KINDS_OF_DATE, 1), np.int32),
        luck=np.zeros((len(histories), 4), np.uint32),
        queue=np.zeros(len(histories), np.int32),
        roll=np.arange(len(histories), dtype=np.int32),
        response_factor=_response_factor(scenario, neighbourhoods, seed),
        frailty_bins=frailty,
        uses_alone_bins=uses_alone,
        relapse=relapse_by_day(scenario),
        surge=surge_by_day(scenario),
        leaving=leaving,
        death_hazard=_death_hazard(scenario),
        birth_hazard=birth_hazard,
        first_use_shape=first_use_shape,
        start_shares=shares,
        events=np.zeros(0, EVENT).view(np.recarray),
        census=np.zeros((1, census.COUNTS)),
    )


def _oud_scale(scenario, place) -> float:
    """Return opioid use disorder here over the nation: as the scenario says, else as overdose deaths go."""
    numbers = scenario.population
    if numbers.oud_scale is not None:
        return numbers.oud_scale
    return min(max(place.death_ratio, numbers.oud_scale_min), numbers.oud_scale_max)


def _residents(scenario, people, keys: np.ndarray, seed: int) -> np.recarray:
    """Return the residents with room for as many again: growing them at once would hold the largest table twice."""
    table = RESIDENT.rows(2 * len(keys) + 256)
    rows = table[: len(keys)]
    rows.key = keys
    for column in ("household", "born", "sex", "race", "mother", "father"):
        rows[column] = getattr(people, column)
    rows.history = NONE
    rows.left = NEVER_LEFT
    rows.kit_until = NEVER
    rows.knows_law = draws(seed, Stream.HISTORY, keys, 0, 2) < scenario.population.gsl_awareness
    # Members of a household stand side by side: the next one is the next row, until the household ends.
    last = np.append(people.household[1:] != people.household[:-1], True)
    rows.housemate = np.where(last, NONE, np.arange(len(keys)) + 1)
    return table


def _households(people) -> tuple[np.recarray, int]:
    """Return the household rows and how many are homes that may move (not group quarters)."""
    rows = HOUSEHOLD.rows(len(people.household_kind))
    rows.key = np.arange(len(rows))
    rows.first = np.searchsorted(people.household, np.arange(len(rows)))
    rows.kit_until = NEVER
    rows.neighbourhood = people.household_neighbourhood
    rows.kind = people.household_kind
    return rows, int(np.count_nonzero(people.household_kind != GROUP_QUARTERS))


def _histories(start, keys: np.ndarray, seed: int, frailty: np.ndarray, alone: np.ndarray) -> np.recarray:
    people = np.flatnonzero(start.use != NO_USE)
    keys = keys[people]
    rows = HISTORY.rows(len(people))
    rows.key, rows.resident = keys, people
    rows.frailty = frailty[(draws(seed, Stream.HISTORY, keys, 0, 0) * BINS).astype(np.int64)]
    rows.uses_alone = alone[(draws(seed, Stream.HISTORY, keys, 0, 1) * BINS).astype(np.int64)]
    rows.use, rows.care, rows.wants = start.use[people], start.care[people], start.care[people]
    rows.since = START_DAY - start.use_days[people]
    rows.care_since = START_DAY - start.care_days[people]
    # Those who use are used to the supply, and so are those whose medication is an opioid.
    rows.tolerance = (rows.use != REMISSION) | ((rows.care >= METHADONE) & (rows.care <= METHADONE + 1))
    rows.last_overdose, rows.overdose_event, rows.asked_event, rows.provider = NEVER, NONE, NONE, NONE
    rows.present = 1
    return rows


def _officers(scenario, place, n: int, neighbourhoods: int, seed: int) -> np.recarray:
    """Return the sworn force: patrol officers spread over beats, shifts and crews, the rest off patrol."""
    per_1000 = scenario.policing.officers_per_1000 or place.officers_per_1000
    force = max(1, round(per_1000 * n / 1000))
    patrol = max(1, round(force * scenario.policing.patrol_share))
    rows = OFFICER.rows(force)
    rows.key = np.arange(force)
    served = draws(seed, Stream.FORCE, rows.key, 0, 0) * scenario.policing.career_years * DAYS_A_YEAR
    rows.joined = START_DAY - served.astype(np.int64)
    number = np.arange(force)
    rows.beat = np.where(number < patrol, number % neighbourhoods, NONE)
    turn = number // neighbourhoods
    rows.shift = turn % SHIFTS
    rows.crew = (turn // SHIFTS + number) % CREWS
    return rows


def _agencies() -> np.recarray:
    rows = AGENCY.rows(len(AgencyKind))
    rows.key = rows.kind = np.arange(len(AgencyKind))
    rows.carries_naloxone = 1
    return rows


def _providers(scenario, place, n: int, neighbourhoods: int, oud_scale: float, seed: int) -> np.recarray:
    """Return the providers: sites as the county has them, slots for usual care, or more where the sites say so."""
    t, share = scenario.treatment, n / place.population
    treated = scenario.population.oud_per_100k / 1e5 * oud_scale * n * scenario.population.on_medication_share
    methadone, buprenorphine, naltrexone = treated * medication_mix(scenario) / t.occupancy
    wanted = {
        ProviderKind.OPIOID_TREATMENT_PROGRAMME: (place.otp_sites * share, t.patients_per_otp, methadone),
        ProviderKind.OFFICE_BUPRENORPHINE: (
            place.buprenorphine_sites * share,
            t.patients_per_buprenorphine_site,
            buprenorphine,
        ),
        ProviderKind.OFFICE_NALTREXONE: (1, 0, naltrexone),
    }
    rows = []
    for kind, (sites, patients, usual) in wanted.items():
        slots = max(1, round(max(usual, sites * patients)))
        count = max(1, min(round(sites), slots))
        for site in range(count):
            rows.append((kind, slots * (site + 1) // count - slots * site // count))
    table = PROVIDER.rows(len(rows))
    table.key = np.arange(len(rows))
    table.kind, table.start_slots = np.array(rows).T
    table.slots = table.start_slots
    table.neighbourhood = (draws(seed, Stream.PROVIDER, table.key, START_DAY, 2) * neighbourhoods).astype(np.int64)
    return table


def _response_factor(scenario, neighbourhoods: int, seed: int) -> np.ndarray:
    """Return each neighbourhood's response time over the town's median, shape (neighbourhoods,)."""
    z = ndtri(draws(seed, Stream.NEIGHBOURHOOD, np.arange(neighbourhoods), START_DAY, 50))
    return np.exp(scenario.overdose.neighbourhood_response_log_sd * z)


def _death_hazard(scenario) -> np.ndarray:
    """Return deaths of other causes than overdose per person-day, shape (2 sexes, 18 age bands)."""
    d = scenario.demography
    return (np.array(d.mortality) - np.array(d.overdose_in_mortality)).clip(0) * d.mortality_scale / DAYS_A_YEAR


def _birth_hazard(scenario) -> np.ndarray:
    hazard = np.zeros(18)
    hazard[3:9] = np.array(scenario.demography.births) / 1000 / DAYS_A_YEAR  # women of 15-19 to 40-44
    return hazard * scenario.demography.birth_scale


def _place_in_care(world) -> None:
    """Give everybody in treatment at the start a provider with a free slot; who finds none is not in treatment."""
    histories, providers = world.histories, world.state.providers
    kind_of = np.array([0, 0, 0, 1, 2])
    for kind in ProviderKind:
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


@compiled
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


@compiled
def _start_kits(world, kits):
    if world.clock[0].histories == 0:
        return
    for number in range(kits):
        if world.clock[0].events + 2 < len(world.events):
            hand_out(world, 1_000_000 + number)
        world.clock[0].events = 0


def _call_intercept(world) -> float:
    """Solve the intercept of the 911 call so that its mean over witnessed overdoses is the published one.

    The mean is over people in active use, weighted by base risk and frailty, over places, ways of being
    there and kits at hand at the start.
    """
    h, rules, day = world.histories, world.state.rules[0], world.day
    h = h[(h.use != NO_USE) & (h.use != REMISSION)]
    if len(h) == 0:
        return 0.0
    base = np.array([0, rules.base_misuse_per_day, rules.base_oud_per_day, rules.base_injecting_per_day, 0])
    weight = base[h.use] * h.frailty
    own = world.residents.kit_until[h.resident] > day
    home = world.households.kit_until[world.residents.household[h.resident]] > day
    others = np.average(own, weights=weight) if weight.sum() > 0 else 0.0
    cells = []
    for public in (0, 1):
        place = (1 - rules.at_home) if public else rules.at_home
        found = rules.found_in_public if public else rules.found_at_home
        for seen in (1, 0):
            if seen:
                presence = (1 - h.uses_alone) * rules.seen_if_not_alone
            else:
                presence = (1 - h.uses_alone) * (1 - rules.seen_if_not_alone) + h.uses_alone * found
            kit = np.where(own | (home & (public == 0)), 1.0, others)
            given = kit * (rules.naloxone_if_seen if seen else rules.naloxone_if_near)
            for naloxone in (0, 1):
                for knows in (0, 1):
                    chance = place * presence * (given if naloxone else 1 - given)
                    chance = chance * (rules.gsl_awareness if knows else 1 - rules.gsl_awareness)
                    logit = (
                        (rules.call_logit_seen if seen else rules.call_logit_near)
                        + rules.call_logit_public * public
                        + rules.call_logit_knows_law * knows * rules.good_samaritan_law
                        + rules.call_logit_naloxone * naloxone
                    )
                    cells.append((logit, float((weight * chance).sum())))
    logits, chance = np.array(cells).T
    if chance.sum() <= 0:
        return 0.0
    chance = chance / chance.sum()
    low, high = -40.0, 40.0
    for _ in range(60):  # halving; importing a root finder would cost every worker half a second
        middle = (low + high) / 2
        mean = (chance / (1 + np.exp(-(middle + logits)))).sum()
        low, high = (middle, high) if mean < rules.call_probability else (low, middle)
    return (low + high) / 2
