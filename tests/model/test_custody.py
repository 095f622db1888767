"""C7: custody. Arrest, jail or court, what jail stops, and what waits outside."""

from collections import defaultdict

import numpy as np
import pytest
from deflect.agents.resident import METHADONE, NO_CARE, REMISSION, Use, overdose_hazard
from deflect.model.checks import check_world
from deflect.model.diary import NEVER
from deflect.model.events import BY_PATHWAY, Kind
from deflect.model.jail import book
from deflect.model.levers import set_levers
from deflect.model.processes import census
from deflect.model.processes.census import Count
from deflect.model.randomness import Stream, draw
from deflect.model.world import START_DAY
from towns import busy_town, copied, lived
from worlds.hand import force, still_town

POLICED = {
    "population.oud_per_100k": 40_000,
    "population.on_medication_share": 0,
    "policing.supervised_at_start": 0,
    "policing.enforcement_contacts_per_year": 6.0,
    "policing.arrest_share": 1.0,
    "policing.citation_share": 0.0,
}
COURT_DAYS = 30


def policed(residents=2000, seed=1, days=0, **overrides):
    """Return a still town of people who use and are arrested often, its policy in force from the first day."""
    world = still_town(residents, seed, **(POLICED | {name.replace("__", "."): x for name, x in overrides.items()}))
    set_levers(world, world.scenario)
    force(world, kits_per_day=0)
    return lived(world, days)


def rows_of(world, *kinds):
    """Return the rows of the events of some kinds."""
    return np.flatnonzero(np.isin(world.events.kind, kinds))


def stays(world):
    """Return (who, first day, last day or None) of every stay in jail, in order."""
    begun, found = {}, []
    for row in rows_of(world, Kind.JAILED, Kind.RELEASED):
        event = world.events[row]
        if event.kind == Kind.JAILED:
            assert int(event.who) not in begun, "jailed while in jail"
            begun[int(event.who)] = int(event.day)
        else:
            found.append((int(event.who), begun.pop(int(event.who)), int(event.day)))
    return found + [(who, day, None) for who, day in begun.items()]


@pytest.fixture(scope="module")
def two_years():
    """Two years of arrests in a still town."""
    return policed(4000, days=730)


# --- arrest, jail, court ---------------------------------------------------------------------------


def test_arrests_lead_to_jail_in_the_published_share(two_years):
    """Booked with 0.7; whoever is not booked has a court date a month on, or one already."""
    events = two_years.events
    arrests, booked = rows_of(two_years, Kind.ARRESTED), rows_of(two_years, Kind.JAILED)
    assert np.isin(events.cause[booked], arrests).all()
    share = len(booked) / len(arrests)
    assert len(arrests) > 5000 and share == pytest.approx(0.7, abs=4 * np.sqrt(0.21 / len(arrests)))
    free = np.setdiff1d(arrests, events.cause[booked])
    hearings = {(int(events.who[row]), int(events.day[row])) for row in rows_of(two_years, Kind.COURT)}
    for row in free:
        who, day = int(events.who[row]), int(events.day[row])
        if day + COURT_DAYS + 1 < two_years.day:
            assert any((who, day + wait) in hearings for wait in range(COURT_DAYS + 2)), "an arrest never heard"


def test_stays_are_lognormal_with_the_published_mean_and_end_on_their_day(two_years):
    """Each stay is a lognormal number to the nearest day, one at least; release comes on the last."""
    world, events, rules = two_years, two_years.events, two_years.state.rules[0]
    booked = rows_of(world, Kind.JAILED)
    days = events.amount[booked]
    bins = world.state.normal_bins
    for row in booked[:500]:
        u = draw(world.seed, Stream.CUSTODY, int(world.residents.key[events.who[row]]), int(events.day[row]), 1)
        stay = np.exp(np.log(12.0) - 1.177**2 / 2 + 1.177 * bins[int(u * len(bins))])
        assert events.amount[row] == max(1, int(stay + 0.5))
    assert rules.jail_log_mean == pytest.approx(np.log(12.0) - 1.177**2 / 2, rel=1e-12)
    assert days.mean() == pytest.approx(12.0, rel=0.08)
    assert np.median(days) == pytest.approx(6.0, abs=1.01) and days.min() == 1
    ends = dict(zip(booked.tolist(), (events.day[booked] + days).tolist(), strict=True))
    released = rows_of(world, Kind.RELEASED)
    for row in released:
        assert ends.pop(int(events.cause[row])) == events.day[row]
        assert events.amount[row] == events.amount[events.cause[row]]
    assert all(end >= world.day for end in ends.values())


def test_supervision_follows_in_the_published_share_and_ends(two_years):
    """Half of hearings, at release and in court, for 180 days; nobody else is under supervision."""
    world, events = two_years, two_years.events
    hearings = rows_of(world, Kind.COURT)
    p = events.amount[hearings].mean()
    assert len(hearings) > 5000 and p == pytest.approx(0.5, abs=4 * np.sqrt(0.25 / len(hearings)))
    after_release = np.isin(events.kind[events.cause[hearings]], [Kind.RELEASED])
    assert np.array_equal(np.sort(events.cause[hearings[after_release]]), rows_of(world, Kind.RELEASED))
    assert set(events.kind[events.cause[hearings[~after_release]]]) == {Kind.ARRESTED}
    until = np.full(len(world.histories), NEVER)
    for row in hearings[events.amount[hearings] == 1]:
        until[world.residents.history[events.who[row]]] = events.day[row] + 180
    assert np.array_equal(until, world.dealings.supervised_until)


def test_nights_in_jail_by_the_census_are_the_sum_over_stays(two_years):
    """Counted by night and counted by person."""
    world = two_years
    by_person = sum((world.day if end is None else end) - begin for _, begin, end in stays(world))
    assert world.census[:, Count.JAILED].sum() == by_person > 20_000


# --- what jail stops -------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def wild():
    """A busy town where people overdose, are arrested, treated and jailed a lot, without medication in jail."""
    numbers = {"policing.enforcement_contacts_per_year": 8.0, "custody.jail_days": 30.0}
    return lived(busy_town(2500, seed=3, **numbers), 400)


def test_nobody_uses_overdoses_or_is_met_while_in_jail(wild):
    """Between booking and release: no overdose, no contact, no change of use, no request, no witness from the cell."""
    check_world(copied(wild))
    inside, events, seen = set(), wild.events, 0
    for event in events:
        kind, who, other = Kind(event.kind), int(event.who), int(event.other)
        if kind == Kind.RELEASED:
            inside.remove(who)
        elif who in inside:
            seen += 1
            allowed = {
                Kind.DIED_OTHER,
                Kind.MOVED_OUT,
                Kind.LEFT_HOME,
                Kind.COURT,
                Kind.LEFT_CARE,
                Kind.LEFT_LIST,
                Kind.BORN,
                Kind.BEREAVED,
            }
            assert kind in allowed | {Kind.KIT_RECEIVED}, f"{kind.name} in jail on day {event.day}"
        if kind in (Kind.SEEN, Kind.FOUND, Kind.LAY_NALOXONE, Kind.CALLED_911):
            assert other not in inside, "a witness in jail"
        if kind == Kind.JAILED:
            inside.add(who)
    assert seen > 50 and len(rows_of(wild, Kind.JAILED)) > 500


def test_medication_stops_at_the_jail_door(wild):
    """Whoever is booked leaves treatment or the list by that event; nobody in jail is treated."""
    events = wild.events
    stopped = rows_of(wild, Kind.LEFT_CARE, Kind.LEFT_LIST)
    stopped = stopped[events.kind[np.maximum(events.cause[stopped], 0)] == Kind.JAILED]
    assert {Kind(kind) for kind in events.kind[stopped]} == {Kind.LEFT_CARE, Kind.LEFT_LIST}
    assert np.array_equal(events.day[stopped], events.day[events.cause[stopped]])
    held = wild.histories.held == 1
    assert held.sum() > 20 and (wild.histories.care[held] == NO_CARE).all()


def test_medication_goes_on_where_the_jail_gives_it():
    """The same people, booked by hand: in treatment before and after, and tolerance kept by it."""
    for share, goes_on in ((0.0, False), (1.0, True)):
        world = still_town(2000, 2, **{"population.oud_per_100k": 40_000, "population.on_medication_share": 0.5})
        force(world, jail_medication=share)
        treated = np.flatnonzero(world.histories.care == METHADONE)
        assert len(treated) > 5
        for row in treated:
            book(world.view, row, 0, -1)
        world.state.census[0] = census.counts_tonight(world)
        h = world.histories
        assert (h.held[treated] == 1).all()
        assert (h.care[treated] == (METHADONE if goes_on else NO_CARE)).all()
        assert len(rows_of(world, Kind.LEFT_CARE)) == (0 if goes_on else len(treated))
        lived(world, 3)
        inside = treated[h.held[treated] == 1]
        assert np.allclose(world.histories.tolerance[inside], 1.0 if goes_on else 0.5 ** (3 / 7), rtol=1e-12)


def test_who_was_offered_medication_inside_may_ask_at_the_door():
    """With jail medication, a share of the untreated ask on release by way of the jail; without, nobody."""
    numbers = {"custody.jail_medication_start": 0.4, "engagement.warm_share": 1.0}
    none = policed(2000, days=200, **numbers)
    some = policed(2000, days=200, **numbers, custody__jail_medication=1.0)
    setting = BY_PATHWAY + 7
    assert not (none.events.setting == setting).any()
    tried = rows_of(some, Kind.HANDED_OVER, Kind.LOST)
    assert set(some.events.setting[tried]) == {setting}
    assert set(some.events.kind[some.events.cause[tried]]) == {Kind.RELEASED}
    # Whoever waits, or is treated and so leaves jail in treatment, is not asked again.
    untreated = len(rows_of(some, Kind.RELEASED))
    assert 0.15 < len(tried) / untreated < 0.45
    asked = rows_of(some, Kind.ASKED_FOR_CARE)
    assert len(asked) == len(rows_of(some, Kind.HANDED_OVER)) > 20


# --- what waits outside ----------------------------------------------------------------------------


def test_tolerance_falls_by_its_half_life_and_release_brings_back_the_risk():
    """After d days: 0.5 ^ (d / 7); the hazard on release is higher by the tolerance term and by nothing else."""
    world = policed(1500, days=1)
    rows = np.flatnonzero(np.isin(world.histories.use, (2, 3)))[:200]
    assert (world.histories.tolerance[rows] == 1.0).all()
    before = {}
    for row in rows:
        if not world.histories.held[row]:
            before[int(row)] = _hazard(world, row)
            book(world.view, row, 0, -1)
    force(world, enforcement_contacts_per_day=0.0, other_contacts_per_day=0.0)
    due = {row: int(world.dealings.release_day[row]) for row in before}
    looked = 0
    booked = world.day
    while world.day < booked + 40:
        lived(world, 1)
        for row, day in due.items():
            if day == world.day - 1:
                days = day - booked + 1  # the morning of the booking had passed by, in the hand-made booking
                person = world.histories[row]
                assert person.held == 0 and person.tolerance == pytest.approx(0.5 ** (days / 7), rel=1e-12)
                term = 1 + (9 - 1) * (1 - person.tolerance)
                assert _hazard(world, row) == pytest.approx(before[row] * term, rel=1e-9)
                looked += 1
            elif day >= world.day:
                assert world.histories.held[row] == 1
    assert looked > 100
    lived(world, 70)  # use brings tolerance back
    back = [row for row, day in due.items() if day < booked + 40]
    assert (world.histories.tolerance[back] > 0.999).all()


def _hazard(world, row):
    """Return a person's hazard of overdose today if they use."""
    force(world, base_oud_per_day=0.01, base_injecting_per_day=0.01)
    value = overdose_hazard(world.histories[row], world.day, world.state.rules[0], world.state.surge)
    force(world, base_oud_per_day=0.0, base_injecting_per_day=0.0)
    return value


def test_overdoses_after_release_rise_by_tolerance_alone():
    """In the first two weeks out, observed overdoses are those expected from tolerance, above others'."""
    numbers = {"overdose.base_oud_per_year": 0.5, "overdose.base_injecting_per_year": 0.5, "custody.jail_days": 40.0}
    numbers |= {f"overdose.fatality_{how}": 0.0 for how in ("alone", "near", "seen", "naloxone_seen", "naloxone_near")}
    numbers |= {"overdose.surge_slow": 0.0, "overdose.surge_fast": 0.0, "policing.scene_survivor_jailed": 0.0}
    world = policed(6000, **numbers, policing__scene_bystander_arrested=0.0)
    out, expected, exposure = defaultdict(lambda: START_DAY - 100), [], []
    happened = []
    for _ in range(250):
        before = len(world.events)
        h, day = world.histories, world.day
        recent = np.array([day - out[int(row)] <= 14 for row in h.resident])
        free = (h.held == 0) & np.isin(h.use, (2, 3))
        keep = 0.5 ** (1 / 7)
        tolerance = 1 - (1 - h.tolerance) * keep  # as it is by the time overdoses are decided
        rate = h.frailty * (1 + 8 * (1 - tolerance)) * 0.5 / 365.25
        who = recent & free
        expected.append((1 - np.exp(-rate[who])).sum())
        exposure.append((1 - np.exp(-h.frailty[who] * 0.5 / 365.25)).sum())
        lived(world, 1)
        today = world.events[before:]
        hit = today.who[today.kind == Kind.OVERDOSE]
        happened.append(np.isin(world.histories.resident[who], hit).sum())
        for who in today.who[today.kind == Kind.RELEASED]:
            out[int(who)] = day
    observed, expected, others = sum(happened), sum(expected), sum(exposure)
    assert expected > 100 and abs(observed - expected) < 4 * np.sqrt(expected)
    assert 2.5 < expected / others < 7  # the published two-week ratio must come from here


def test_relapse_does_not_run_in_jail():
    """A person in remission stays in it while inside; outside they return to use as others do."""
    world = still_town(2000, 4, **{"population.oud_per_100k": 1_000, "population.remission_share_12plus": 0.3})
    force(world, relapse=0.5)
    rows = np.flatnonzero((world.histories.use == Use.REMISSION) & (world.histories.care == 0))
    inside, outside = rows[::2], rows[1::2]
    for row in inside:
        book(world.view, row, 0, -1)
    world.dealings.release_day[inside] = 10**5
    world.state.diary_first[6] = -1  # nobody is released
    world.state.census[0] = census.counts_tonight(world)
    lived(world, 10)
    assert len(rows) > 100 and (world.histories.use[inside] == REMISSION).all()
    assert (world.histories.use[outside] != REMISSION).mean() > 0.95
