"""Who bears what: outcomes by sex, age, race and neighbourhood, counted from the events of one world's policy days.

Time at risk is reckoned exactly, night by night, from the days on which people began and stopped using, came, went,
had a birthday or moved. A person is of the group they belonged to when something happened to them.
"""

from typing import NamedTuple

import numpy as np

from ..agents.provider import DETOX_KIND
from ..agents.resident import HERE, INJECTING, OUD, RACES
from .events import Kind
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

# What is counted of each group; beside these stand the people and the time they are counted among.
COUNTED = {
    "overdoses": (Kind.OVERDOSE,),
    "deaths": (Kind.DIED_OVERDOSE,),
    "police_contacts": (Kind.POLICE_CONTACT,),
    "arrests": (Kind.ARRESTED,),
    "offers": (Kind.OFFERED,),
    "acceptances": (Kind.ACCEPTED,),
    "calls_911": (Kind.CALLED_911,),
    "witnessed": (Kind.SEEN, Kind.FOUND),
}
_FIRST_BIRTHDAYS = np.ceil(np.array(AGES) * DAYS_A_YEAR).astype(np.int64)  # age in days at the start of each band
_FOR_EVER = 10**6


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


_AT_RISK = ("disorder_years", 100.0, "per 100 person-years with active opioid use disorder")

MEASURES = (
    Measure("overdoses", "Overdoses", "overdoses", *_AT_RISK, "fewer"),
    Measure("deaths", "Overdose deaths", "deaths", *_AT_RISK, "fewer"),
    Measure("expected_deaths", "Expected overdose deaths", "expected_deaths", *_AT_RISK, "fewer"),
    Measure(
        "deaths_of_residents",
        "Overdose deaths, among all residents",
        "deaths",
        "resident_years",
        1e5,
        "per 100,000 person-years of residents",
        "fewer",
    ),
    Measure("police_contacts", "Contacts with police", "police_contacts", *_AT_RISK, ""),
    Measure("bad_contacts", "Bad contacts with police", "bad_contacts", *_AT_RISK, "fewer"),
    Measure("arrests", "Arrests", "arrests", *_AT_RISK, "fewer"),
    Measure("jail_days", "Days in jail", "jail_days", *_AT_RISK, "fewer"),
    Measure("offers", "Offers of deflection", "offers", *_AT_RISK, ""),
    Measure("acceptances", "Offers accepted", "acceptances", *_AT_RISK, "more"),
    Measure("entries", "Treatment entries", "entries", *_AT_RISK, "more"),
    Measure(
        "call_share",
        "911 called, of overdoses with somebody there",
        "calls_911",
        "witnessed",
        1.0,
        "share",
        "more",
    ),
    Measure(
        "trust",
        "Trust in police, residents",
        "trust",
        "residents",
        1.0,
        "standard deviations",
        "more",
        False,
    ),
    Measure(
        "trust_with_disorder",
        "Trust in police, people with active opioid use disorder",
        "trust_with_disorder",
        "people_with_disorder",
        1.0,
        "standard deviations",
        "more",
        False,
    ),
)


class Spells(NamedTuple):
    """Stretches of time people spent in some state, sorted by person; nights from `start` to the one before `end`."""

    who: np.ndarray  # resident rows
    start: np.ndarray  # days
    end: np.ndarray


def count_by_group(world) -> dict[str, np.ndarray]:
    """Return what happened to each of GROUPS in the policy days, shape (groups,) each, of the people simulated.

    Columns: COUNTED, `expected_deaths`, `bad_contacts`, `entries` (to medication), `jail_days`; then `disorder_years`
    and `resident_years` (person-years of people with active opioid use disorder, in jail or not, and of residents);
    at the end of the run `residents` and `people_with_disorder`, and the sums of their trust in police.
    """
    kinds = np.asarray(world.events.kind)
    policy = world.events[np.searchsorted(world.events.day, 0) :]
    counted = _count_events(world, policy)
    moves = _moves(world, kinds)
    disorder = disorder_spells(world, kinds)
    counted["jail_days"] = days_by_group(world, jail_spells(world, kinds), moves)
    counted["disorder_years"] = days_by_group(world, disorder, moves) / DAYS_A_YEAR
    counted["resident_years"] = days_by_group(world, resident_spells(world, kinds), moves) / DAYS_A_YEAR
    here = np.flatnonzero(world.residents.fate == HERE)
    with_disorder = disorder.who[disorder.end == world.day]
    trust = trust_now(world)
    for column, sums, people in (
        ("residents", "trust", here),
        ("people_with_disorder", "trust_with_disorder", with_disorder),
    ):
        groups = _groups_at_the_end(world, people)
        counted[column] = _add_up(groups)
        counted[sums] = _add_up(groups, trust[people])
    return counted


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


def _count_events(world, policy) -> dict[str, np.ndarray]:
    """Count the events of the policy days; each goes to the groups of the person it happened to, on that day."""
    wanted = np.zeros(256, bool)
    wanted[[*(kind for kinds in COUNTED.values() for kind in kinds), Kind.ADMITTED]] = True
    events = policy[wanted[policy.kind]]
    groups = _groups_on(world, events.who, events.day, hot_spots(world)[events.place])
    columns = {name: np.isin(events.kind, kinds) for name, kinds in COUNTED.items()}
    columns["bad_contacts"] = columns["police_contacts"] & (events.amount < 0)
    admitted = events.kind == Kind.ADMITTED
    medication = world.state.providers.kind != DETOX_KIND
    columns["entries"] = admitted & medication[np.where(admitted, events.other, 0)]
    counted = {name: _add_up(groups, column) for name, column in columns.items()}
    counted["expected_deaths"] = _add_up(groups, np.where(columns["overdoses"], events.amount, 0.0))
    return counted


def _add_up(groups: list[np.ndarray], weights=None) -> np.ndarray:
    """Add weights up by group, shape (groups,); `groups`: for each grouping everybody's group, by its number."""
    return np.concatenate(
        [
            np.bincount(group, weights, len(names)).astype(float)
            for group, names in zip(groups, GROUPINGS.values(), strict=True)
        ]
    )


def _groups_on(world, who, day, hot) -> list[np.ndarray]:
    """Return for each grouping the group of people on a day; `hot`: they live where there is most policing."""
    residents = world.residents
    age = np.searchsorted(_FIRST_BIRTHDAYS, day - residents.born[who], side="right") - 1
    return [np.zeros(len(who), np.int64), residents.sex[who], age, residents.race[who], np.where(hot, 0, 1)]


def _groups_at_the_end(world, who) -> list[np.ndarray]:
    return _groups_on(world, who, np.full(len(who), world.day - 1), _homes_are_hot(world, who))


def hot_spots(world) -> np.ndarray:
    """Say of each neighbourhood whether it is in the quarter of them with most contacts with police, shape (n,)."""
    return world.state.policing_factor >= world.state.rules[0].hot_spot


def _homes_are_hot(world, who) -> np.ndarray:
    return hot_spots(world)[world.households.neighbourhood[world.residents.household[who]]]


# --- time at risk ------------------------------------------------------------------------------------


def days_by_group(world, spells: Spells, moves) -> np.ndarray:
    """Return person-days of spells by group, shape (groups,): birthdays and moves split a spell where they fall."""
    who, start, end = spells
    residents, length = world.residents, spells.end - spells.start
    total = np.array([length.sum()], float)
    sex = np.bincount(residents.sex[who], length, 2)
    race = np.bincount(residents.race[who], length, len(RACES))
    born = residents.born[who]
    older = [total[0], *(np.maximum(end - np.maximum(start, born + first), 0).sum() for first in _FIRST_BIRTHDAYS[1:])]
    age = np.array(older) - [*older[1:], 0.0]  # days lived after each first birthday, less those after the next
    hot = length[_homes_are_hot(world, who)].sum() + _days_elsewhere(spells, moves)
    return np.concatenate([total, sex, age, race, [hot, total[0] - hot]])


def _moves(world, kinds) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return (who, day, change) of moves within town: 1 out of a most policed neighbourhood, -1 into one."""
    moves = world.events[np.flatnonzero(kinds == Kind.LEFT_HOME)]
    hot = hot_spots(world)[world.households.neighbourhood].astype(np.int64)
    change = hot[moves.amount.astype(np.int64)] - hot[moves.other]
    moved = change != 0
    return moves.who[moved], moves.day[moved], change[moved]


def _days_elsewhere(spells: Spells, moves) -> int:
    """Return the days to add to those of today's homes: before a move a person lived where they moved from."""
    who, day, change = moves
    first = np.searchsorted(spells.who, who, "left")
    many = np.searchsorted(spells.who, who, "right") - first
    move = np.repeat(np.arange(len(who)), many)
    spell = np.arange(len(move)) - np.repeat(np.cumsum(many) - many, many) + first[move]
    before = np.minimum(spells.end[spell], day[move]) - spells.start[spell]
    return int((np.maximum(before, 0) * change[move]).sum())


def disorder_spells(world, kinds) -> Spells:
    """Return when people had active opioid use disorder: used, in jail or not, in treatment or not."""
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
    active = (use == OUD) | (use == INJECTING)
    return _within_policy(world, who[active], start[active], end[active])


def jail_spells(world, kinds) -> Spells:
    """Return when people were in jail; the stock of the census is the same nights."""
    released = world.events[np.flatnonzero(kinds == Kind.RELEASED)]
    held = np.flatnonzero(world.histories.held)
    return _within_policy(
        world,
        np.concatenate([released.who, world.histories.resident[held]]),
        np.concatenate([released.day - released.amount.astype(np.int64), world.dealings.held_since[held]]),
        np.concatenate([released.day, np.full(len(held), _FOR_EVER)]),
    )


def resident_spells(world, kinds) -> Spells:
    """Return when people lived here: from birth or arrival to death or departure."""
    came = world.events[np.flatnonzero((kinds == Kind.BORN) | (kinds == Kind.MOVED_IN))]
    since = np.full(len(world.residents), START_DAY)
    since[came.who] = came.day
    everybody = np.arange(len(world.residents))
    return _within_policy(world, everybody, since, np.full(len(everybody), _FOR_EVER))


def _within_policy(world, who, start, end) -> Spells:
    """Return the part of spells that lies in the policy days, ended by death, departure and the end of the run."""
    start = np.maximum(start, 0).astype(np.int64)
    end = np.minimum(np.minimum(end, world.residents.left[who]), world.day).astype(np.int64)
    some = np.flatnonzero(end > start)
    some = some[np.argsort(who[some], kind="stable")]
    return Spells(who[some].astype(np.int64), start[some], end[some])
