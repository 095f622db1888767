"""Who bears what: outcomes by sex, age, race and neighbourhood, counted from the events of one world's policy days.

Time at risk is reckoned exactly, night by night, from the days on which people began and stopped using, came, went,
had a birthday or moved. A person is of the group they belonged to when something happened to them.
"""

from typing import NamedTuple

import numpy as np

from ..agents.child import FOSTER, KIN_CARE
from ..agents.dealings import JAIL_RELEASE, NO_PATHWAY, OFFICER_INTERVENTION
from ..agents.provider import DETOX_KIND
from ..agents.resident import HERE, INJECTING, METHADONE, OUD, RACES, REMISSION, WAITING
from .events import BY_PATHWAY, Kind
from .outcomes import _RECIPES, Outcome
from .processes.census import COUNTS, FIRST_EVENT, MONTH, Count
from .rules import DAYS_A_YEAR
from .world import START_DAY

AGES = (0, 12, 18, 26, 35, 50, 65)  # first year of each band
AGE_GROUPS = ("0-11", "12-17", "18-25", "26-34", "35-49", "50-64", "65+")
GROUPINGS = {
    "all": ("all",),
    "sex": ("women", "men"),
    "age": AGE_GROUPS,
    "race": RACES,
    # Neighbourhoods are made anew for every seed: only what they have in common can be added up.
    "neighbourhood": ("most policed quarter", "rest of town"),
}
REFERENCE = {"sex": "men", "age": "35-49", "race": "white", "neighbourhood": "rest of town"}
GROUPS = tuple((grouping, group) for grouping, groups in GROUPINGS.items() for group in groups)

_FIRST_BIRTHDAYS = np.ceil(np.array(AGES) * DAYS_A_YEAR).astype(np.int64)  # age in days at the start of each band
_GROWN_UP = AGES.index(18)
_FOR_EVER = 10**6
_MEDICATIONS = 3  # kinds of provider before detox

# Whom or what an outcome is a rate of: column -> (in words, times, how a rate of events is said).
DENOMINATORS = {
    "resident_years": ("residents", 1e5, "per 100,000 person-years of residents"),
    "child_years": ("residents under 18", 1e3, "per 1,000 person-years of residents under 18"),
    "disorder_years": (
        "people with active opioid use disorder",
        100.0,
        "per 100 person-years with active opioid use disorder",
    ),
    "on_medication": ("people on medication", 100.0, "per 100 person-years on medication"),
    "overdoses": ("overdoses", 1.0, "share"),
    "nonfatal_overdoses": ("overdoses survived", 1.0, "share"),
    "witnessed": ("overdoses with somebody there", 1.0, "share"),
    "asked": ("requests for treatment", 1.0, "per request"),
    "first_appointments": ("first appointments, kept or missed", 1.0, "share"),
    "visits": ("outreach visits", 1.0, "per visit"),
    "hand_offs": ("hand-offs, arrived or lost", 1.0, "share"),
    "cases": ("people taken into case management", 1.0, "per person taken on"),
    "charges": ("held charges that ended, voided or sent forward", 1.0, "share"),
}
# Outcomes not named here are rates of all residents.
_PER = {
    "disorder_years": (
        "deaths expected_deaths overdoses nonfatal_overdoses waiting in_detox asked entries deflected_entries "
        "detox_entries police_contacts good_contacts bad_contacts citations arrests jailings jail_days in_jail court "
        "offers acceptances referrals visits assessed managed"
    ),
    "on_medication": "exits",
    "overdoses": "witnessed seen calls_911",
    "nonfatal_overdoses": "hospital",
    "witnessed": "rescues",
    "asked": "refusals",
    "first_appointments": "no_shows",
    "visits": "reached",
    "hand_offs": "handed_over lost_between",
    "cases": "completed",
    "charges": "charges_voided charges_forwarded",
}
_DENOMINATOR = {outcome: column for column, outcomes in _PER.items() for outcome in outcomes.split()}
_SHARE_OF = {  # the same, of outcomes that are shares themselves
    "call_share": "overdoses with somebody there",
    "coverage": "people with opioid use disorder who use or are on medication",
    "wait": "treatment entries",
    "acceptance": "offers",
    "case_wait": "people taken into case management",
    "report_share_police": "reports to child protection",
    "response_minutes": "overdoses responded to",
}
# What says how many separate happenings are behind a sum of nights, days or probabilities.
_BEHIND = {
    "expected_deaths": "overdoses",
    "deaths_of_residents": "deaths",
    "jail_days": "jailings",
    "in_jail": "jailings",
    "wait": "wait_of",
    "case_wait": "case_wait_of",
    "response_minutes": "response_minutes_of",
    "trust": "residents",
    "trust_with_disorder": "people_with_disorder",
}
# Happens to children under 18, in whose number it is a rate.
_OF_CHILDREN = {
    int(Count.IN_KIN_CARE),
    int(Count.IN_FOSTER_CARE),
    *(
        FIRST_EVENT + kind
        for kind in (
            Kind.CHILD_WITNESSED,
            Kind.PARENT_ARRESTED,
            Kind.PARENT_JAILED,
            Kind.BEREAVED,
            Kind.NOTICE_TO_SCHOOL,
            Kind.THERAPY,
            Kind.REPORTED,
            Kind.PROTECTION_OPENED,
            Kind.REMOVED,
            Kind.REUNIFIED,
        )
    ),
}
_OF_OFFICERS = (
    *range(Count.OFFICERS, Count.OFFICERS_IN_CARE + 1),
    *(FIRST_EVENT + kind for kind in range(Kind.CRITICAL_INCIDENT, Kind.TRAINED + 1)),
    *(FIRST_EVENT + kind for kind in (Kind.RECOVERS, Kind.COURSE, Kind.HEARD_OF_SUCCESS)),
)
_NOT_KEPT = "looked up every 30 days; no event keeps whose it was"
NO_GROUP = {int(Count.SLOTS): "slots are a provider's"}  # column of the census -> why no resident can be named
NO_GROUP |= dict.fromkeys(_OF_OFFICERS, "of officers")
NO_GROUP |= dict.fromkeys((int(Count.EXPOSED), int(Count.DISTRESSED)), _NOT_KEPT)


class Measure(NamedTuple):
    """One number compared between groups: `over` divided by `under`, columns of `count_by_group`."""

    id: str
    title: str
    over: str
    under: str
    times: float
    unit: str
    better: str
    has_ratio: bool = True  # a mean that may be 0 or negative has gaps, no ratios
    kind: str = "count"  # as of outcomes: "count" and "stock" are yearly means, "share" stands for itself
    denominator: str = ""  # what `under` counts, in words
    events: str = ""  # the column that says how much happened


def _columns(recipe) -> list[int]:
    return [int(column) for column in (*recipe.over, *recipe.under, *recipe.less)]


def _measure(recipe) -> Measure:
    outcome = recipe.outcome
    behind = _BEHIND.get(outcome.id, outcome.id)
    if outcome.kind == "share":
        of = _SHARE_OF.get(outcome.id, "what it is a share of")
        under, times, unit = f"{outcome.id}_of", 1.0, outcome.unit
    else:
        under = _DENOMINATOR.get(outcome.id, _by_default(recipe))
        of, times, unit = DENOMINATORS[under]
        if outcome.kind == "stock":
            unit = f"people per {times:,.0f} {of}"
        elif outcome.unit == "person-days":
            unit = f"days {unit}"
    return Measure(
        outcome.id, outcome.title, outcome.id, under, times, unit, outcome.better, True, outcome.kind, of, behind
    )


def _by_default(recipe) -> str:
    return "child_years" if _OF_CHILDREN.intersection(_columns(recipe)) else "resident_years"


def _means(id: str, title: str, under: str, of: str) -> Measure:
    return Measure(id, title, id, under, 1.0, "standard deviations", "more", False, "share", of, _BEHIND[id])


def why_no_group(recipe) -> str:
    """Return why an outcome cannot be told by group; empty when it can, or when nobody has said."""
    return next((NO_GROUP[column] for column in _columns(recipe) if column in NO_GROUP), "")


_EVENT_COLUMNS = frozenset(range(FIRST_EVENT, COUNTS))
_SUMMED = frozenset(range(Count.EXPECTED_DEATHS, Count.CASE_WAIT_DAYS + 1)) | {
    int(Count.RESPONSE_MINUTES),
    int(Count.REPORTS_BY_POLICE),
}
_NIGHTS = frozenset(
    (*range(Count.POPULATION, Count.TREATED_NOT_USING + 1), Count.IN_KIN_CARE, Count.IN_FOSTER_CARE)
) - {Count.SLOTS}
_KNOWN = (_EVENT_COLUMNS | _SUMMED | _NIGHTS) - set(NO_GROUP)
GROUPED = tuple(recipe for recipe in _RECIPES if _KNOWN.issuperset(_columns(recipe)))
UNGROUPED: dict[Outcome, str] = {
    recipe.outcome: why_no_group(recipe) for recipe in _RECIPES if recipe not in GROUPED and why_no_group(recipe)
}
COUNTED = tuple(recipe.outcome.id for recipe in GROUPED if recipe.outcome.kind == "count")
DENOMINATOR_ONLY = ("population",)  # residents are what others are a rate of
_RATES = tuple(_measure(recipe) for recipe in GROUPED if recipe.outcome.id not in DENOMINATOR_ONLY)
_DEATHS = next(measure for measure in _RATES if measure.id == "deaths")
_OF_RESIDENTS = DENOMINATORS["resident_years"]

MEASURES = (
    *_RATES,
    _DEATHS._replace(
        id="deaths_of_residents",
        title="Overdose deaths, among all residents",
        under="resident_years",
        times=_OF_RESIDENTS[1],
        unit=_OF_RESIDENTS[2],
        denominator=_OF_RESIDENTS[0],
    ),
    _means("trust", "Trust in police, residents", "residents", "residents at the end"),
    _means(
        "trust_with_disorder",
        "Trust in police, people with active opioid use disorder",
        "people_with_disorder",
        "people with active opioid use disorder at the end",
    ),
)


class Spells(NamedTuple):
    """Stretches of time people spent in some state, sorted by person; nights from `start` to the one before `end`."""

    who: np.ndarray  # resident rows
    start: np.ndarray  # days
    end: np.ndarray


def count_by_group(world) -> dict[str, np.ndarray]:
    """Return what happened to each of GROUPS in the policy days, shape (groups,) each, of the people simulated.

    Columns: every outcome by its id, a count as it is, a stock in person-years, a share as `id` over `id_of`; what they
    are rates of (DENOMINATORS), such as `disorder_years` and `resident_years`, person-years of people with active
    opioid use disorder, in jail or not, and of residents; at the end of the run `residents` and `people_with_disorder`,
    and the sums of their trust in police. Outcomes of UNGROUPED are not there.
    """
    return count_people(world)[0]


def count_people(world) -> tuple[dict[str, np.ndarray], dict[str, np.ndarray]]:
    """Return the columns of `count_by_group`, by group and by neighbourhood from the least policed to the most."""
    kinds = np.asarray(world.events.kind)
    policy = world.events[np.searchsorted(world.events.day, 0) :]
    moves, everybody = _moves(world, kinds), resident_spells(world, kinds)
    use = _use_spells(world, kinds)
    disorder = disorder_spells(world, use)
    columns = _count_events(world, policy) | {
        column: days_by_group(world, spells, moves) for column, spells in _stocks(world, kinds, use, everybody).items()
    }
    columns[int(Count.TREATED_NOT_USING)] = _treated_not_using(world, kinds, use, moves)
    counted = {}
    for recipe in GROUPED:
        outcome = recipe.outcome
        told = {column: columns[column] for column in _columns(recipe)}
        if outcome.kind != "count":  # nights become years
            told = {column: days / DAYS_A_YEAR if column in _NIGHTS else days for column, days in told.items()}
        counted[outcome.id] = sum(told[column] for column in recipe.over) - sum(told[column] for column in recipe.less)
        if outcome.kind == "share":
            counted[f"{outcome.id}_of"] = sum(told[column] for column in recipe.under)
    counted["disorder_years"] = days_by_group(world, disorder, moves) / DAYS_A_YEAR
    counted["resident_years"] = columns[int(Count.POPULATION)] / DAYS_A_YEAR
    counted["child_years"] = days_by_group(world, _until_grown_up(world, everybody), moves) / DAYS_A_YEAR
    counted["first_appointments"] = counted["entries"] + counted["detox_entries"] + counted["no_shows"]
    counted["hand_offs"] = counted["handed_over"] + counted["lost_between"]
    counted["cases"] = counted["case_wait_of"]
    counted["charges"] = counted["charges_voided"] + counted["charges_forwarded"]
    here = np.flatnonzero(world.residents.fate == HERE)
    with_disorder = disorder.who[disorder.end == world.day]
    trust = trust_now(world)
    for column, sums, people in (
        ("residents", "trust", here),
        ("people_with_disorder", "trust_with_disorder", with_disorder),
    ):
        groups = _groups_at_the_end(world, people)
        counted[column] = _add_up(world, groups)
        counted[sums] = _add_up(world, groups, trust[people])
    return _by_group(world, counted), _by_neighbourhood(world, counted)


def _by_group(world, counted) -> dict[str, np.ndarray]:
    hot = hot_spots(world)
    told = {}
    for name, cells in counted.items():
        places = cells[_PEOPLE:]
        told[name] = np.concatenate([cells[:_PEOPLE], [places[hot].sum(), places[~hot].sum()]])
    return told


def _by_neighbourhood(world, counted) -> dict[str, np.ndarray]:
    order = np.argsort(world.state.policing_factor, kind="stable")
    return {name: cells[_PEOPLE:][order] for name, cells in counted.items()}


def trust_now(world) -> np.ndarray:
    """Return everybody's trust in police at the end of the run, as `standing.trust_of` says it, shape (residents,)."""
    residents, rules = world.residents, world.state.rules[0]
    days = (world.day - residents.trust_day).astype(float)
    trust = residents.trust - rules.trust_mean
    changed = np.flatnonzero((residents.trust_good > 0) | (residents.trust_bad > 0))
    few, since = residents[changed], days[changed]
    trust[changed] += few.trust_shift * rules.trust_slow_keep**since
    trust[changed] += few.trust_good * rules.trust_good_keep**since - few.trust_bad * rules.trust_bad_keep**since
    if rules.trust_shock_size > 0:
        trust -= rules.trust_shock_size * rules.trust_shock_keep ** (world.day - rules.trust_shock_day)
    return trust


# --- what happened -----------------------------------------------------------------------------------


_SIZES = tuple(len(groups) for grouping, groups in GROUPINGS.items() if grouping != "neighbourhood")
_PEOPLE = sum(_SIZES)  # groups of people; after them, in the counting here, comes every neighbourhood


def _sizes(world) -> tuple[int, ...]:
    return (*_SIZES, len(world.state.policing_factor))


def _count_events(world, policy) -> dict[int, np.ndarray]:
    """Return columns of the census that events make; each goes to the groups of the person it happened to, that day."""
    events = policy[policy.who >= 0]
    groups = _groups_on(world, events.who, events.day, events.place)
    by_kind = [
        np.bincount(events.kind.astype(np.int64) * size + group, minlength=len(Kind) * size).reshape(-1, size)
        for group, size in zip(groups, _sizes(world), strict=True)
    ]
    columns = {FIRST_EVENT + kind: np.concatenate([table[kind] for table in by_kind]).astype(float) for kind in Kind}
    summed = np.isin(events.kind, _OF_SUMS)
    groups = [group[summed] for group in groups]
    return columns | {column: _add_up(world, groups, sums) for column, sums in _sums(world, events[summed]).items()}


_OF_SUMS = (
    Kind.OVERDOSE,
    Kind.POLICE_CONTACT,
    Kind.ADMITTED,
    Kind.LEFT_CARE,
    Kind.CASE_OPENED,
    Kind.RESPONDED,
    Kind.REPORTED,
)


def _sums(world, events) -> dict[int, np.ndarray]:
    """Return what each event adds to the columns of the census that are sums over events."""
    amount, kind = events.amount, events.kind
    at_provider = (kind == Kind.ADMITTED) | (kind == Kind.LEFT_CARE)
    medication = at_provider & (world.state.providers.kind[np.where(at_provider, events.other, 0)] != DETOX_KIND)
    entered, contact = medication & (kind == Kind.ADMITTED), kind == Kind.POLICE_CONTACT
    pathway = events.setting.astype(np.int64) - BY_PATHWAY
    return {
        int(Count.EXPECTED_DEATHS): np.where(kind == Kind.OVERDOSE, amount, 0.0),
        int(Count.WAIT_DAYS): np.where(entered, amount, 0.0),
        int(Count.GOOD_CONTACTS): contact & (amount > 0),
        int(Count.BAD_CONTACTS): contact & (amount < 0),
        int(Count.ENTRIES): entered,
        int(Count.DEFLECTED_ENTRIES): entered & (pathway > NO_PATHWAY) & (pathway != JAIL_RELEASE),
        int(Count.EXITS): medication & (kind == Kind.LEFT_CARE),
        int(Count.CASE_WAIT_DAYS): np.where(kind == Kind.CASE_OPENED, amount, 0.0),
        int(Count.RESPONSE_MINUTES): np.where(kind == Kind.RESPONDED, amount, 0.0),
        int(Count.REPORTS_BY_POLICE): np.where(kind == Kind.REPORTED, amount, 0.0),
    }


def _add_up(world, groups: list[np.ndarray], weights=None) -> np.ndarray:
    """Add weights up by group and neighbourhood; `groups`: for each grouping everybody's group, by its number."""
    return np.concatenate(
        [np.bincount(group, weights, size).astype(float) for group, size in zip(groups, _sizes(world), strict=True)]
    )


def _groups_on(world, who, day, place) -> list[np.ndarray]:
    """Return for each grouping the group of people on a day; `place`: the neighbourhood they lived in."""
    residents = world.residents
    age = np.searchsorted(_FIRST_BIRTHDAYS, day - residents.born[who], side="right") - 1
    return [np.zeros(len(who), np.int64), *(np.int64(g) for g in (residents.sex[who], age, residents.race[who], place))]


def _groups_at_the_end(world, who) -> list[np.ndarray]:
    return _groups_on(world, who, np.full(len(who), world.day - 1), _homes(world, who))


def hot_spots(world) -> np.ndarray:
    """Say of each neighbourhood whether it is in the quarter of them with most contacts with police, shape (n,)."""
    return world.state.policing_factor >= world.state.rules[0].hot_spot


def _homes(world, who) -> np.ndarray:
    return world.households.neighbourhood[world.residents.household[who]]


# --- time at risk ------------------------------------------------------------------------------------


def days_by_group(world, spells: Spells, moves) -> np.ndarray:
    """Return person-days of spells by group and neighbourhood: birthdays and moves split a spell where they fall."""
    who, start, end = spells
    residents, length = world.residents, spells.end - spells.start
    total = np.array([length.sum()], float)
    sex = np.bincount(residents.sex[who], length, 2)
    race = np.bincount(residents.race[who], length, len(RACES))
    born = residents.born[who]
    older = [total[0], *(np.maximum(end - np.maximum(start, born + first), 0).sum() for first in _FIRST_BIRTHDAYS[1:])]
    age = np.array(older) - [*older[1:], 0.0]  # days lived after each first birthday, less those after the next
    places = len(world.state.policing_factor)
    place = np.bincount(_homes(world, who), length, places) + _days_elsewhere(spells, moves, places)
    return np.concatenate([total, sex, age, race, place])


def _moves(world, kinds) -> tuple[np.ndarray, ...]:
    """Return (who, day, from, to) of moves to another neighbourhood of the town."""
    moves = world.events[np.flatnonzero(kinds == Kind.LEFT_HOME)]
    homes = world.households.neighbourhood.astype(np.int64)
    before, after = homes[moves.amount.astype(np.int64)], homes[moves.other]
    moved = before != after
    return moves.who[moved], moves.day[moved], before[moved], after[moved]


def _days_elsewhere(spells: Spells, moves, places: int) -> np.ndarray:
    """Return the days to add to those of today's homes: before a move a person lived where they moved from."""
    who, day, before, after = moves
    first = np.searchsorted(spells.who, who, "left")
    many = np.searchsorted(spells.who, who, "right") - first
    move = np.repeat(np.arange(len(who)), many)
    spell = np.arange(len(move)) - np.repeat(np.cumsum(many) - many, many) + first[move]
    days = np.maximum(np.minimum(spells.end[spell], day[move]) - spells.start[spell], 0)
    return np.bincount(before[move], days, places) - np.bincount(after[move], days, places)


def _stocks(world, kinds, use, everybody) -> dict[int, Spells]:
    """Return when people were in the state that each stock of the census counts."""
    spells = {int(Count.POPULATION): everybody}
    for code, spell in use.items():
        spells[int(Count.NO_USE) + code] = _within_policy(world, *spell)
    for column, spell in _care_spells(world, kinds).items():
        spells[column] = _within_policy(world, *spell)
    histories, children, events = world.histories, world.children, world.events
    held, managed = (histories.resident[histories[name] > 0] for name in ("held", "managed"))
    in_plan = events.setting == BY_PATHWAY + OFFICER_INTERVENTION
    spells[int(Count.JAILED)] = _within_policy(
        world, *_between(world, kinds == Kind.JAILED, kinds == Kind.RELEASED, held)
    )
    spells[int(Count.MANAGED)] = _within_policy(
        world, *_between(world, kinds == Kind.CASE_OPENED, (kinds == Kind.CASE_CLOSED) & in_plan, managed)
    )
    for column, code in ((Count.IN_KIN_CARE, KIN_CARE), (Count.IN_FOSTER_CARE, FOSTER)):
        removed = (kinds == Kind.REMOVED) & (events.amount == code)
        back = (kinds == Kind.REUNIFIED) & (events.other == code)
        now = children.resident[(children.present == 1) & (children.custody == code)]
        spells[int(column)] = _within_policy(world, *_between(world, removed, back, now))
    return spells


def _care_spells(world, kinds) -> dict[int, Spells]:
    """Return when people waited for treatment, and were in each of its kinds, the burn-in too."""
    events, care = world.events, world.histories.care
    admitted, left = kinds == Kind.ADMITTED, kinds == Kind.LEFT_CARE
    provider = np.full(len(events), -1)
    provider[admitted | left] = world.state.providers.kind[events.other[admitted | left]]
    off_the_list = admitted | (kinds == Kind.LEFT_LIST) | (kinds == Kind.DID_NOT_ATTEND)
    waiting = world.histories.resident[care == WAITING]
    spells = {int(Count.WAITING): _between(world, kinds == Kind.ASKED_FOR_CARE, off_the_list, waiting)}
    for kind in range(DETOX_KIND + 1):
        at, now = provider == kind, world.histories.resident[care == METHADONE + kind]
        spells[int(Count.METHADONE) + kind] = _between(world, admitted & at, left & at, now)
    return spells


def _between(world, begins, ends, now) -> Spells:
    """Return spells that some events begin and others end, both (events,) bool; `now`: residents still in one.

    What ends without having begun, or goes on without any event, began before the burn-in.
    """
    rows = np.flatnonzero(begins | ends)
    rows = rows[np.argsort(world.events.who[rows], kind="stable")]
    who, day, begun = world.events.who[rows], world.events.day[rows], begins[rows]
    same = who[1:] == who[:-1]
    until = np.full(len(rows), _FOR_EVER)
    until[:-1][same] = day[1:][same]
    old = ~begun
    old[1:] &= ~same
    always = np.setdiff1d(now, who)
    started = np.full(np.count_nonzero(old) + len(always), START_DAY)
    return Spells(
        np.concatenate([who[begun], who[old], always]),
        np.concatenate([day[begun], started]),
        np.concatenate([until[begun], day[old], np.full(len(always), _FOR_EVER)]),
    )


def _treated_not_using(world, kinds, use, moves) -> np.ndarray:
    """Return person-days of people on medication and in remission, as the census has them: those of every 30th night.

    Whoever is counted then is counted until the next count, also where they leave meanwhile.
    """
    care = _care_spells(world, kinds)
    on_medication = [care[int(Count.METHADONE) + kind] for kind in range(_MEDICATIONS)]
    who, start, end = [], [], []
    for night in range(START_DAY, world.day, MONTH):
        if night + MONTH > 0:
            treated = np.concatenate([_on(spells, night) for spells in on_medication])
            both = np.intersect1d(treated, _on(use[REMISSION], night))
            both = both[world.residents.left[both] > night]
            who.append(both)
            start.append(np.full(len(both), max(night, 0)))
            end.append(np.full(len(both), min(night + MONTH, world.day)))
    who, start, end = (np.concatenate(parts).astype(np.int64) for parts in (who, start, end))
    order = np.argsort(who, kind="stable")
    return days_by_group(world, Spells(who[order], start[order], end[order]), moves)


def _on(spells: Spells, night: int) -> np.ndarray:
    return spells.who[(spells.start <= night) & (night < spells.end)]


def _use_spells(world, kinds) -> dict[int, Spells]:
    """Return for each code of use when people with a history used so, the burn-in too."""
    changes = np.flatnonzero(kinds == Kind.USE_CHANGED)
    changes = world.events[changes[np.argsort(world.events.who[changes], kind="stable")]]
    histories = world.histories
    first = np.full(len(world.residents), -1)
    first[changes.who[::-1]] = np.arange(len(changes))[::-1]  # the last write is the first change
    first = first[histories.resident]
    # Before the first change people did what it says they did before; those without one do it still.
    at_start = np.array(histories.use, np.int64)
    until = np.full(len(histories), _FOR_EVER)
    changed = first >= 0
    at_start[changed] = changes.other[first[changed]]
    until[changed] = changes.day[first[changed]]
    following = np.full(len(changes), _FOR_EVER)
    same = changes.who[1:] == changes.who[:-1]
    following[:-1][same] = changes.day[1:][same]
    use = np.concatenate([at_start, changes.amount])
    who = np.concatenate([histories.resident, changes.who])
    start = np.concatenate([np.full(len(histories), START_DAY), changes.day])
    end = np.concatenate([until, following])
    return {code: Spells(who[use == code], start[use == code], end[use == code]) for code in range(REMISSION + 1)}


def disorder_spells(world, use) -> Spells:
    """Return when people had active opioid use disorder: used, in jail or not, in treatment or not."""
    return _within_policy(world, *(np.concatenate(parts) for parts in zip(use[OUD], use[INJECTING], strict=True)))


def resident_spells(world, kinds) -> Spells:
    """Return when people lived here: from birth or arrival to death or departure."""
    came = world.events[np.flatnonzero((kinds == Kind.BORN) | (kinds == Kind.MOVED_IN))]
    since = np.full(len(world.residents), START_DAY)
    since[came.who] = came.day
    everybody = np.arange(len(world.residents))
    return _within_policy(world, everybody, since, np.full(len(everybody), _FOR_EVER))


def _until_grown_up(world, spells: Spells) -> Spells:
    grown_up = world.residents.born[spells.who] + _FIRST_BIRTHDAYS[_GROWN_UP]
    return _within_policy(world, spells.who, spells.start, np.minimum(spells.end, grown_up))


def _within_policy(world, who, start, end) -> Spells:
    """Return the part of spells that lies in the policy days, ended by death, departure and the end of the run."""
    start = np.maximum(start, 0).astype(np.int64)
    end = np.minimum(np.minimum(end, world.residents.left[who]), world.day).astype(np.int64)
    some = np.flatnonzero(end > start)
    some = some[np.argsort(who[some], kind="stable")]
    return Spells(who[some].astype(np.int64), start[some], end[some])
