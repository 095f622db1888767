"""The arrays of a new world: who lives there and what they are to each other, the force, places in care, curves."""

import numpy as np
from scipy.special import ndtri

from ..agents.agency import AGENCY, AgencyKind
from ..agents.child import CHILD
from ..agents.dealings import DEALINGS
from ..agents.household import GROUP_QUARTERS, HOUSEHOLD
from ..agents.provider import PROVIDER, ProviderKind
from ..agents.resident import HISTORY, METHADONE, NO_USE, REMISSION, RESIDENT
from ..agents.table import NONE
from ..agents.worker import WORKER, Role
from ..scenarios.sections import STAFF_MAX
from .changes import NEVER_LEFT
from .diary import KINDS_OF_DATE, NEVER
from .events import EVENT
from .force import make_posts, starting_force
from .graph import make_ties
from .levers import NOT_GIVEN
from .processes import census
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
from .start import chances, medication_mix, starting_use
from .world import CLOCK, DIARY_DAYS, LATE_TIE, START_DAY, State

USUALLY_PRESENT = 0.9  # of sworn posts, until the last year of the burn-in says how many are


def first_state(scenario, seed: int, place, people, ties) -> State:
    """Return the arrays of a new world; there are no dates in it yet.

    people: the `Population`. ties: `Ties`, or a function of the people that gives them; None builds them.
    """
    n, neighbourhoods = len(people.born), int(people.household_neighbourhood.max()) + 1
    keys = np.arange(n, dtype=np.int64)
    age = np.clip((START_DAY - people.born) / DAYS_A_YEAR, 0, 110).astype(np.int64)
    rules = make_rules(scenario)
    rules.oud_scale = oud_scale = _oud_scale(scenario, place)
    rules.misuse_to_oud_per_day *= oud_scale
    shares, first_use_shape = chances(scenario, oud_scale, people.sex, age)
    start = starting_use(scenario, shares, keys, people.sex, age, seed)
    curves = _curves(scenario) | {"first_use_shape": first_use_shape, "start_shares": shares}
    arrays = (
        curves
        | _ties(ties, people, start, seed)
        | _people(scenario, people, keys, start, curves, seed)
        | _neighbourhoods(scenario, neighbourhoods, seed)
        | _force(scenario, place, n, neighbourhoods, seed)
        | _services(scenario, place, n, neighbourhoods, oud_scale, seed)
    )
    _set_bounds(rules, scenario, arrays)
    _set_usual_levels(rules, arrays)
    arrays |= _lists(n, len(arrays["histories"]))
    return State(clock=_clock(seed, n, arrays), rules=rules, **arrays)


def _ties(ties, people, start, seed: int) -> dict[str, np.ndarray]:
    if ties is None:
        ties = make_ties(people, (start.use != NO_USE) & (start.use != REMISSION), seed)
    elif callable(ties):
        ties = ties(people)
    return {"tie_start": ties.start, "tie_to": ties.to, "tie_kind": ties.kind, "tie_weight": ties.weight}


def _people(scenario, people, keys: np.ndarray, start, curves, seed: int) -> dict[str, np.ndarray]:
    """Return the tables of people and homes; nobody has met police or is followed as a child yet."""
    residents = _residents(scenario, people, keys, seed)
    households = _households(people)
    histories = _histories(start, keys, seed, curves["frailty_bins"], curves["uses_alone_bins"])
    residents.history[histories.resident] = np.arange(len(histories))
    return {
        "residents": residents,
        "households": households,
        "histories": histories,
        "dealings": DEALINGS.rows(len(histories)),
        "children": CHILD.rows(0),
    }


def _neighbourhoods(scenario, neighbourhoods: int, seed: int) -> dict[str, np.ndarray]:
    return {
        "policing_factor": _policing_factor(scenario, neighbourhoods, seed),
        "response_factor": _response_factor(scenario, neighbourhoods, seed),
        "seized_until": np.full(neighbourhoods, NEVER, np.int64),
    }


def _force(scenario, place, n: int, neighbourhoods: int, seed: int) -> dict[str, np.ndarray]:
    posts, today = make_posts(scenario, place, n, neighbourhoods, seed)
    roster, roster_start = make_roster(posts, neighbourhoods)
    officers = starting_force(scenario, posts, today, START_DAY, seed)
    return {"posts": posts, "officers": officers, "roster": roster, "roster_start": roster_start}


def _services(scenario, place, n: int, neighbourhoods: int, oud_scale: float, seed: int) -> dict[str, np.ndarray]:
    """Return the providers of treatment, the agencies and workers, and what is handed from one to another."""
    return {
        "providers": _providers(scenario, place, n, neighbourhoods, oud_scale, seed),
        "agencies": _agencies(),
        "workers": _workers(n),
        "hand_off": np.zeros((len(AgencyKind), len(AgencyKind) + 1, 3)),
    }


def _curves(scenario) -> dict[str, np.ndarray]:
    """Return hazards by day, age and sex, and the distributions that traits are drawn from."""
    return {
        "normal_bins": normal_bins(),
        "contact_bins": gamma_bins(scenario.policing.contact_variance),
        "frailty_bins": gamma_bins(scenario.population.frailty_variance),
        "cohesion_bins": cohesion_bins(scenario),
        "uses_alone_bins": uses_alone_bins(scenario),
        "relapse": relapse_by_day(scenario),
        "surge": surge_by_day(scenario),
        "leaving": leaving_by_day(scenario),
        "death_hazard": _death_hazard(scenario),
        "birth_hazard": _birth_hazard(scenario),
    }


def _lists(n: int, histories: int) -> dict[str, np.ndarray]:
    """Return what is empty at the start: dates, late ties, queues, draws of the day, events, the census."""
    return {
        "late_first": np.zeros(n, np.int32),
        "late_ties": np.zeros(0, LATE_TIE).view(np.recarray),
        "diary_first": np.full((KINDS_OF_DATE, DIARY_DAYS), NONE, np.int32),
        "diary_next": np.zeros((KINDS_OF_DATE, 1), np.int32),
        "luck": np.zeros((histories, 4), np.uint32),
        "queue": np.zeros(histories, np.int32),
        "roll": np.arange(histories, dtype=np.int32),
        "cases": np.zeros(histories, np.int32),
        "events": np.zeros(0, EVENT).view(np.recarray),
        "census": np.zeros((1, census.COUNTS)),
    }


def _clock(seed: int, n: int, arrays) -> np.recarray:
    clock = np.zeros(1, CLOCK).view(np.recarray)
    clock.seed, clock.day = seed, START_DAY
    clock.residents, clock.households, clock.histories = n, len(arrays["households"]), len(arrays["histories"])
    return clock


def _set_bounds(rules, scenario, arrays) -> None:
    """Set the largest hazards that may be met: dates are drawn with these, and thinned to the true ones."""
    births, leaving = arrays["birth_hazard"].max(), arrays["leaving"].max()
    rules.first_use_bound = arrays["first_use_shape"].max() * (1 + rules.tie_effect) * rules.family_bound
    rules.birth_bound = births / (1 - births * rules.between_births_days)
    rules.leaving_bound = (
        leaving
        * max(1.0, float(rules.mandated_leaving_ratio[0]))
        / min(1.0, scenario.deflection.provider_trauma_leaving_ratio)
    )
    rules.contact_bound *= arrays["policing_factor"].max()


def _set_usual_levels(rules, arrays) -> None:
    """Set what is usual in this town, which later days are compared with; nobody has been taught yet."""
    homes = np.count_nonzero(arrays["households"].kind != GROUP_QUARTERS)
    providers, today = arrays["providers"], len(arrays["officers"])
    rules.arrivals_per_day = homes * rules.household_moves_out_per_day
    rules.hot_spot = np.quantile(arrays["policing_factor"], 0.75)
    rules.posts_of_today, rules.present_mean = today, today * USUALLY_PRESENT
    rules.load_today = rules.response_load = 1.0
    rules.course_since = rules.skills_since = rules.staff_since = NOT_GIVEN
    rules.provider_trauma_mean = np.average(providers.trauma_informed, weights=providers.start_slots)


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


def _households(people) -> np.recarray:
    rows = HOUSEHOLD.rows(len(people.household_kind))
    rows.key = np.arange(len(rows))
    rows.first = np.searchsorted(people.household, np.arange(len(rows)))
    rows.kit_until = NEVER
    rows.neighbourhood = people.household_neighbourhood
    rows.kind = people.household_kind
    return rows


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


def _policing_factor(scenario, neighbourhoods: int, seed: int) -> np.ndarray:
    """Return each neighbourhood's contacts with police over the town's mean, shape (neighbourhoods,)."""
    z = ndtri(draws(seed, Stream.NEIGHBOURHOOD, np.arange(neighbourhoods), START_DAY, 51))
    factor = np.exp(scenario.policing.neighbourhood_log_sd * z)
    return factor / factor.mean()


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
