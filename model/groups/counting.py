"""Counting: events and sums of the policy days, and time at risk, by group and by neighbourhood."""

import numpy as np

from ...agents.dealings import JAIL_RELEASE, NO_PATHWAY
from ...agents.provider import DETOX_KIND
from ...agents.resident import HERE
from ..events import BY_PATHWAY, Kind
from ..processes.census import FIRST_EVENT, Count
from ..rules import DAYS_A_YEAR
from .measures import FIRST_BIRTHDAYS, GROUPED, GROUPINGS, NIGHTS, columns_of
from .time_at_risk import (
    days_by_group,
    disorder_spells,
    homes_of,
    moves_in_town,
    resident_spells,
    stocks,
    treated_not_using,
    until_grown_up,
    use_spells,
)

_SIZES = tuple(len(groups) for grouping, groups in GROUPINGS.items() if grouping != "neighbourhood")
_PEOPLE = sum(_SIZES)  # groups of people; after them, in the counting here, comes every neighbourhood
_OF_SUMS = (
    Kind.OVERDOSE,
    Kind.POLICE_CONTACT,
    Kind.ADMITTED,
    Kind.LEFT_CARE,
    Kind.CASE_OPENED,
    Kind.RESPONDED,
    Kind.REPORTED,
)


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
    moves, everybody = moves_in_town(world, kinds), resident_spells(world, kinds)
    use = use_spells(world, kinds)
    disorder = disorder_spells(world, use)
    columns = _count_events(world, policy) | {
        column: days_by_group(world, spells, moves) for column, spells in stocks(world, kinds, use, everybody).items()
    }
    columns[int(Count.TREATED_NOT_USING)] = treated_not_using(world, kinds, use, moves)
    counted = {}
    for recipe in GROUPED:
        outcome = recipe.outcome
        told = {column: columns[column] for column in columns_of(recipe)}
        if outcome.kind != "count":  # nights become years
            told = {column: days / DAYS_A_YEAR if column in NIGHTS else days for column, days in told.items()}
        counted[outcome.id] = sum(told[column] for column in recipe.over) - sum(told[column] for column in recipe.less)
        if outcome.kind == "share":
            counted[f"{outcome.id}_of"] = sum(told[column] for column in recipe.under)
    counted["disorder_years"] = days_by_group(world, disorder, moves) / DAYS_A_YEAR
    counted["resident_years"] = columns[int(Count.POPULATION)] / DAYS_A_YEAR
    counted["child_years"] = days_by_group(world, until_grown_up(world, everybody), moves) / DAYS_A_YEAR
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


def hot_spots(world) -> np.ndarray:
    """Say of each neighbourhood whether it is in the quarter of them with most contacts with police, shape (n,)."""
    return world.state.policing_factor >= world.state.rules[0].hot_spot


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
    age = np.searchsorted(FIRST_BIRTHDAYS, day - residents.born[who], side="right") - 1
    return [np.zeros(len(who), np.int64), *(np.int64(g) for g in (residents.sex[who], age, residents.race[who], place))]


def _groups_at_the_end(world, who) -> list[np.ndarray]:
    return _groups_on(world, who, np.full(len(who), world.day - 1), homes_of(world, who))
