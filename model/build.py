"""From a scenario and a seed to a world: people, ties, providers, officers, and the first page of every diary."""

from itertools import product

import numpy as np
from scipy.special import ndtri

from ..agents.agency import AGENCY, AgencyKind
from ..agents.child import CHILD
from ..agents.compiled import compiled
from ..agents.dealings import DEALINGS
from ..agents.household import GROUP_QUARTERS, HOUSEHOLD
from ..agents.provider import PROVIDER, ProviderKind
from ..agents.resident import HISTORY, INJECTING, METHADONE, NO_CARE, NO_USE, OUD, REMISSION, RESIDENT
from ..agents.table import NONE
from ..agents.worker import WORKER, Role
from ..scenarios import places
from ..scenarios.errors import InputError
from ..scenarios.schema import STAFF_MAX
from .changes import NEVER_LEFT, begin_dealings
from .diary import KINDS_OF_DATE, NEVER, note_life, note_move_out, note_police_contact
from .events import EVENT
from .force import make_posts, starting_force
from .graph import make_ties
from .home import GROWN_DAYS, begin_child, begin_home, has_liable_parent, has_untreated_parent, live_before
from .levers import NOT_GIVEN, set_levers
from .network import CO_USE
from .population import make_population
from .processes import census
from .processes.naloxone import hand_out
from .randomness import Stream, draws
from .roster import make_roster
from .rules import (
    BINS,
    DAYS_A_YEAR,
    cohesion_bins,
    gamma_bins,
    leaving_by_day,
    make_rules,
    normal_bins,
    relapse_by_day,
    surge_by_day,
    uses_alone_bins,
)
from .standing import BLACK, mean_trust, trust_at_start
from .start import chances, medication_mix, starting_use
from .world import CLOCK, DIARY_DAYS, LATE_TIE, START_DAY, State, World

NORMAL = ((-(3**0.5), 1 / 6), (0.0, 2 / 3), (3**0.5, 1 / 6))  # three points with the moments of a normal number
MEDICATIONS = tuple(kind for kind in ProviderKind if kind != ProviderKind.DETOX)
USUALLY_PRESENT = 0.9  # of sworn posts, until the last year of the burn-in says how many are
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
    _meet_police(world)
    _seek_police(world)
    set_levers(world, scenario.on(START_DAY))
    _place_in_care(world)
    _begin_homes(world.view)
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
    frailty, uses_alone = gamma_bins(scenario.population.frailty_variance), uses_alone_bins(scenario)
    histories = _histories(start, keys, seed, frailty, uses_alone)
    residents.history[histories.resident] = np.arange(len(histories))
    neighbourhoods = int(people.household_neighbourhood.max()) + 1
    birth_hazard, leaving = _birth_hazard(scenario), leaving_by_day(scenario)
    rules.arrivals_per_day = homes * rules.household_moves_out_per_day
    rules.first_use_bound = first_use_shape.max() * (1 + rules.tie_effect) * rules.family_bound
    rules.birth_bound = birth_hazard.max() / (1 - birth_hazard.max() * rules.between_births_days)
    rules.leaving_bound = (
        leaving.max()
        * max(1.0, float(rules.mandated_leaving_ratio[0]))
        / min(1.0, scenario.deflection.provider_trauma_leaving_ratio)
    )
    policing_factor = _policing_factor(scenario, neighbourhoods, seed)
    rules.contact_bound *= policing_factor.max()
    rules.hot_spot = np.quantile(policing_factor, 0.75)
    posts, today = make_posts(scenario, place, n, neighbourhoods, seed)
    rules.posts_of_today, rules.present_mean = today, today * USUALLY_PRESENT
    rules.load_today = rules.response_load = 1.0
    rules.course_since = rules.skills_since = rules.staff_since = NOT_GIVEN
    providers = _providers(scenario, place, n, neighbourhoods, oud_scale, seed)
    rules.provider_trauma_mean = np.average(providers.trauma_informed, weights=providers.start_slots)
    roster, roster_start = make_roster(posts, neighbourhoods)
    clock = np.zeros(1, CLOCK).view(np.recarray)
    clock.seed, clock.day = seed, START_DAY
    clock.residents, clock.households, clock.histories = n, len(households), len(histories)
    return State(
        clock=clock,
        rules=rules,
        residents=residents,
        households=households,
        histories=histories,
        dealings=DEALINGS.rows(len(histories)),
        children=CHILD.rows(0),
        officers=starting_force(scenario, posts, today, START_DAY, seed),
        posts=posts,
        workers=_workers(n),
        agencies=_agencies(),
        providers=providers,
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
        cases=np.zeros(len(histories), np.int32),
        roster=roster,
        roster_start=roster_start,
        hand_off=np.zeros((len(AgencyKind), len(AgencyKind) + 1, 3)),
        policing_factor=policing_factor,
        seized_until=np.full(neighbourhoods, NEVER, np.int64),
        normal_bins=normal_bins(),
        contact_bins=gamma_bins(scenario.policing.contact_variance),
        response_factor=_response_factor(scenario, neighbourhoods, seed),
        frailty_bins=frailty,
        cohesion_bins=cohesion_bins(scenario),
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
    rows.history = rows.child = NONE
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


def _workers(n: int) -> np.recarray:
    """Return as many case managers and outreach workers as any policy may set; levers say how many work."""
    most = int(np.ceil(n / 100_000 * STAFF_MAX)) + 1
    rows = WORKER.rows(most * len(Role))
    rows.key = np.arange(len(rows))
    rows.role = np.repeat(np.arange(len(Role)), most)
    rows.agency = np.array([AgencyKind.CASE_MANAGEMENT, AgencyKind.OUTREACH_TEAM])[rows.role]
    return rows


def _policing_factor(scenario, neighbourhoods: int, seed: int) -> np.ndarray:
    """Return each neighbourhood's contacts with police over the town's mean, shape (neighbourhoods,)."""
    z = ndtri(draws(seed, Stream.NEIGHBOURHOOD, np.arange(neighbourhoods), START_DAY, 51))
    factor = np.exp(scenario.policing.neighbourhood_log_sd * z)
    return factor / factor.mean()


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
        ProviderKind.DETOX: (1, 0, scenario.deflection.detox_beds_per_100k * n / 100_000),
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
    table.trauma_informed = draws(seed, Stream.PROVIDER, table.key, START_DAY, 4)
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


def _supervised_witnesses(world, users: np.ndarray) -> tuple[float, float]:
    """Return the share of those around people who use who are under supervision: at home, and in public."""
    state, residents = world.state, world.residents
    watched = np.zeros(len(residents), bool)
    watched[world.histories.resident[world.dealings.supervised_until > world.day]] = True
    user = np.zeros(len(residents), bool)
    user[users] = True
    owner = np.repeat(np.arange(len(state.tie_start) - 1), np.diff(state.tie_start))
    together = user[owner] & (state.tie_kind == CO_USE)
    public = float(watched[state.tie_to[together]].mean()) if together.any() else 0.0
    members = np.bincount(residents.household)
    watched_members = np.bincount(residents.household, weights=watched)
    with_others = users[members[residents.household[users]] > 1]
    if len(with_others) == 0:
        return public, public
    household = residents.household[with_others]
    shares = (watched_members[household] - watched[with_others]) / (members[household] - 1)
    alone = 1 - len(with_others) / len(users)
    return float((1 - alone) * shares.mean() + alone * public), public


def _call_intercept(world) -> float:
    """Solve the intercept of the 911 call so that its mean over witnessed overdoses is the published one.

    The mean is over people in active use, weighted by base risk and frailty, over places, ways of being
    there, kits at hand, and witnesses' trust and supervision at the start.
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
    supervised = _supervised_witnesses(world, h.resident)
    spread = float(world.residents.trust.std())
    cells = []
    for public, seen, naloxone, knows, watched, (sds, share) in product((0, 1), (1, 0), (0, 1), (0, 1), (0, 1), NORMAL):
        place = (1 - rules.at_home) if public else rules.at_home
        found = rules.found_in_public if public else rules.found_at_home
        if seen:
            presence = (1 - h.uses_alone) * rules.seen_if_not_alone
        else:
            presence = (1 - h.uses_alone) * (1 - rules.seen_if_not_alone) + h.uses_alone * found
        kit = np.where(own | (home & (public == 0)), 1.0, others)
        given = kit * (rules.naloxone_if_seen if seen else rules.naloxone_if_near)
        chance = share * place * presence * (given if naloxone else 1 - given)
        chance = chance * (rules.gsl_awareness if knows else 1 - rules.gsl_awareness)
        chance = chance * (supervised[public] if watched else 1 - supervised[public])
        logit = (
            (rules.call_logit_seen if seen else rules.call_logit_near)
            + rules.call_logit_public * public
            + rules.law_to_911 * knows * rules.good_samaritan_law
            + rules.call_logit_naloxone * naloxone
            + rules.call_logit_supervised * watched
            + rules.trust_call_logit * spread * sds
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
