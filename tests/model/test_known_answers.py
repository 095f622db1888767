"""C1, C2, C4, C5: towns whose course can be worked out beforehand, exactly or with its mean and spread."""

import numpy as np
import pytest
from deflect.agents.resident import Care, Fate, Use
from deflect.model.checks import check_world
from deflect.model.day import DAY, live_a_day
from deflect.model.events import Kind
from deflect.model.processes.census import Count
from deflect.model.world import START_DAY
from towns import lived
from worlds import hand
from worlds.hand import force, still_town

SOME_USE = {
    "population__oud_per_100k": 20_000,
    "population__misuse_share_12plus": 0.1,
    "population__remission_share_12plus": 0.1,
    "population__on_medication_share": 0.3,
}


def kinds(world) -> set[Kind]:
    return {Kind(kind) for kind in np.unique(world.events.kind)}


# --- C1: zero and certainty ------------------------------------------------------------------------


def test_without_rates_nothing_happens_for_a_year():
    world = still_town(1000, **SOME_USE)
    assert min(np.bincount(world.histories.use, minlength=5)[1:]) > 20 and (world.histories.care >= 2).sum() > 20
    lived(world, 366)
    assert len(world.events) == 0
    check_world(world)


@pytest.mark.parametrize(
    "name, value, follows",
    [
        ("demography__mortality_scale", 10, {Kind.DIED_OTHER}),
        ("demography__birth_scale", 5, {Kind.BORN}),
        ("demography__household_moves_out_per_year", 1, {Kind.MOVED_OUT, Kind.MOVED_IN}),
        ("demography__leave_home_per_year", 1, {Kind.LEFT_HOME}),
        ("drug_use__first_misuse_per_year", 0.1, {Kind.USE_CHANGED}),
        ("drug_use__first_illicit_per_year", 0.1, {Kind.USE_CHANGED}),
        ("drug_use__misuse_stop_per_year", 1, {Kind.USE_CHANGED}),
        ("drug_use__misuse_to_oud_per_year", 1, {Kind.USE_CHANGED}),
        ("drug_use__start_injecting_per_year", 1, {Kind.USE_CHANGED}),
        ("drug_use__stop_injecting_per_year", 1, {Kind.USE_CHANGED}),
        ("drug_use__remission_per_year", 1, {Kind.USE_CHANGED}),
        ("drug_use__relapse_scale_per_year", 1, {Kind.USE_CHANGED}),
        ("overdose__base_oud_per_year", 1, {Kind.OVERDOSE}),
        ("overdose__base_injecting_per_year", 1, {Kind.OVERDOSE}),
        ("overdose__base_misuse_per_year", 1, {Kind.OVERDOSE}),
        ("overdose__other_death_per_year", 1, {Kind.DIED_OTHER}),
        ("treatment__seek_per_year", 1, {Kind.ASKED_FOR_CARE}),
        ("policing__other_contacts_per_year", 5, {Kind.POLICE_CONTACT}),
        (
            "policing__enforcement_contacts_per_year",
            5,
            {Kind.POLICE_CONTACT, Kind.CITED, Kind.ARRESTED, Kind.JAILED, Kind.RELEASED, Kind.COURT},
        ),
        ("officer_wellness__critical_incidents_per_year", 50, {Kind.CRITICAL_INCIDENT}),
        ("officer_wellness__help_seeking", 0.99, {Kind.SOUGHT_HELP}),
        ("officer_wellness__sick_days", 100, {Kind.SICK}),
        ("officer_wellness__resign_per_year", 5, {Kind.OFFICER_LEFT}),
        ("officer_wellness__retire_per_year", 5, {Kind.OFFICER_LEFT}),
        ("family__report_by_others_per_year", 5, {Kind.REPORTED}),
    ],
)
def test_each_rate_alone_makes_its_events(name, value, follows):
    world = lived(still_town(1000, **(SOME_USE | {name: value})), 90)
    assert follows <= kinds(world)
    if name.startswith(("officer_wellness", "family")):
        assert kinds(world) <= follows | {Kind.PROTECTION_OPENED, Kind.REMOVED, Kind.REUNIFIED}
    assert set(hand.STILL) >= {name.replace("__", ".")}


def test_kits_and_leaving_treatment_are_the_rates_of_their_own():
    world = still_town(1000, **SOME_USE)
    force(world, kits_per_day=1.0)
    assert kinds(lived(world, 5)) == {Kind.KIT_RECEIVED} and len(world.events) == 5
    force(world, kits_per_day=0.0, leaving=1000.0)
    treated = int((world.histories.care >= Care.METHADONE).sum())
    lived(world, 1)
    assert (world.events.kind == Kind.LEFT_CARE).sum() == treated > 20


def disorder(world) -> np.ndarray:
    return np.isin(world.histories.use, [Use.OUD, Use.INJECTING])


def days_of(world, kind) -> dict[int, int]:
    """Return the number of events of a kind by day of the run, the first day 0."""
    days = world.events.day[world.events.kind == kind] - START_DAY
    return {int(day): int(number) for day, number in zip(*np.unique(days, return_counts=True), strict=True)}


@pytest.mark.parametrize("intake", [0, 1, 7])
def test_certain_treatment_comes_and_ends_on_the_day(intake):
    world = still_town(1000, **(SOME_USE | {"population__on_medication_share": 0}))
    world.state.providers.start_slots[:] = world.state.providers.slots[:] = 10_000
    force(world, seek_per_day=1000, intake_days=intake, attendance_logit=50, attendance_delay_logit=0)
    force(world, using_on_methadone=0, using_on_buprenorphine=0, using_on_naltrexone=0)
    everybody = int(disorder(world).sum())
    lived(world, intake + 1)
    assert days_of(world, Kind.ASKED_FOR_CARE) == {0: everybody}
    assert days_of(world, Kind.ADMITTED) == {intake: everybody}
    assert set(world.events.amount[world.events.kind == Kind.ADMITTED]) == {intake}
    assert days_of(world, Kind.USE_CHANGED) == {intake: everybody}  # with no hazard left, all stop using at entry
    force(world, leaving=1000, seek_per_day=0)
    lived(world, 2)
    assert days_of(world, Kind.LEFT_CARE) == {intake + 1: everybody}
    assert set(world.events.amount[world.events.kind == Kind.LEFT_CARE]) == {1}
    check_world(world)


def test_nobody_comes_to_an_appointment_that_nobody_keeps():
    world = still_town(1000, **(SOME_USE | {"population__on_medication_share": 0}))
    force(world, seek_per_day=1000, intake_days=3, attendance_logit=-50, attendance_delay_logit=0)
    world.state.providers.start_slots[:] = world.state.providers.slots[:] = 10_000
    everybody = int(disorder(world).sum())
    lived(world, 4)
    assert days_of(world, Kind.DID_NOT_ATTEND) == {3: everybody} and not days_of(world, Kind.ADMITTED)


def test_without_slots_everybody_is_turned_away_once():
    world = still_town(1000, **(SOME_USE | {"population__on_medication_share": 0}))
    force(world, seek_per_day=1000, intake_days=3)
    world.state.providers.slots[:] = 0
    lived(world, 10)
    assert days_of(world, Kind.TURNED_AWAY) == {3: int(disorder(world).sum())}
    assert kinds(world) == {Kind.ASKED_FOR_CARE, Kind.TURNED_AWAY}
    check_world(world)


def test_certain_overdose_is_certain_for_those_who_use_and_for_nobody_else():
    world = still_town(1000, **SOME_USE)
    force(world, base_oud_per_day=1000, base_injecting_per_day=1000, base_misuse_per_day=1000)
    force(world, fatality_alone=0, fatality_near=0, fatality_seen=0)
    force(world, fatality_naloxone_seen=0, fatality_naloxone_near=0)
    world.histories.frailty[:] = 1
    using = int((disorder(world) | (world.histories.use == Use.MISUSE)).sum())
    lived(world, 2)
    assert days_of(world, Kind.OVERDOSE) == days_of(world, Kind.SURVIVED) == {0: using, 1: using}
    assert not days_of(world, Kind.DIED_OVERDOSE)


@pytest.mark.parametrize("seen, found", [(0, 0), (0, 1), (1, 0), (1, 1)])
def test_certain_death_is_certain_seen_or_not(seen, found):
    world = still_town(1000, **SOME_USE)
    world.histories.frailty[:] = 1
    using = int((disorder(world) | (world.histories.use == Use.MISUSE)).sum())
    world.histories.uses_alone[:] = 1 - seen
    force(world, base_oud_per_day=1000, base_injecting_per_day=1000, base_misuse_per_day=1000)
    force(world, seen_if_not_alone=1, found_at_home=found, found_in_public=found)
    force(world, naloxone_if_seen=0, naloxone_if_near=0)
    force(world, call_intercept=-50, fatality_alone=1, fatality_near=1, fatality_seen=1)
    lived(world, 3)
    assert days_of(world, Kind.DIED_OVERDOSE) == days_of(world, Kind.OVERDOSE)
    # Young people who use, left without an adult by a death that day, may leave town before their own overdose.
    gone_before = int((world.residents.fate[world.histories.resident] == Fate.MOVED).sum())
    assert days_of(world, Kind.OVERDOSE) == {0: using - gone_before} and using > 100
    expected = {Kind.SEEN} if seen else ({Kind.FOUND} if found else set())
    assert kinds(world) & {Kind.SEEN, Kind.FOUND, Kind.CALLED_911, Kind.LAY_NALOXONE} == expected
    check_world(world)


def test_certain_help_comes_to_everybody():
    world = still_town(1000, **SOME_USE)
    world.histories.frailty[:] = 1
    world.histories.uses_alone[:] = 0
    world.residents.kit_until[:] = 10**5
    force(world, base_oud_per_day=1000, seen_if_not_alone=1, naloxone_if_seen=1, call_intercept=50, hospital=1)
    force(world, fatality_naloxone_seen=0)
    many = int((world.histories.use == Use.OUD).sum())
    lived(world, 1)
    for kind in (Kind.OVERDOSE, Kind.SEEN, Kind.LAY_NALOXONE, Kind.CALLED_911, Kind.RESPONDED, Kind.HOSPITAL):
        assert days_of(world, kind) == {0: many}


@pytest.mark.parametrize(
    "number, before, after",
    [
        ("misuse_stop_per_day", Use.MISUSE, Use.NONE),
        ("misuse_to_oud_per_day", Use.MISUSE, Use.OUD),
        ("start_injecting_per_day", Use.OUD, Use.INJECTING),
        ("stop_injecting_per_day", Use.INJECTING, Use.OUD),
        ("relapse", Use.REMISSION, Use.OUD),
    ],
)
def test_certain_change_of_use_changes_everybody_on_the_first_day(number, before, after):
    world = still_town(1000, **(SOME_USE | {"population__on_medication_share": 0}))
    force(world, relapse_injecting=0, **{number: 1000})
    many = int((world.histories.use == before).sum())
    lived(world, 3)
    changed = world.events[world.events.kind == Kind.USE_CHANGED]
    assert days_of(world, Kind.USE_CHANGED) == {0: many} and many > 20
    assert set(changed.other) == {before} and set(changed.amount) == {after}
    check_world(world)


# --- C2: stories worked out by hand ----------------------------------------------------------------


def told(name: str, day=DAY) -> list[hand.Row]:
    """Live through a story and return what happened."""
    story = hand.read(name)
    world = hand.world_of(story)
    for number in range(1, 7):
        check_world(world)
        force(world, **story.told["days"].get(number, {}))
        live_a_day(world, day)
    if day is DAY:
        check_world(world)
    return hand.events_of(world)


@pytest.mark.parametrize("name", hand.stories())
def test_a_story_happens_as_written(name):
    assert told(name) == hand.read(name).events


def test_there_are_four_stories():
    assert len(hand.stories()) == 4


# These may change places: neither reads what the other writes.
APART = ("household", "officer_strain")  # and what follows them: training, trust


@pytest.mark.parametrize("first", [i for i in range(1, len(DAY) - 2) if DAY[i].name.split(".")[0] not in APART])
def test_another_order_of_the_day_would_be_seen(first):
    other = [*DAY]
    other[first], other[first + 1] = other[first + 1], other[first]
    differs = []
    for name in hand.stories():
        try:
            differs.append(told(name, tuple(other)) != hand.read(name).events)
        except Exception:  # check_world may see it even before
            differs.append(True)
    assert any(differs), f"swapping {DAY[first].name} and {DAY[first + 1].name} changes no story"


# --- C4: chance of many ----------------------------------------------------------------------------

SIGMAS = 5  # fixed seeds: a bound that a right model meets with room, and a wrong one does not


def overdoses_by_person_and_day(days: int) -> tuple[np.ndarray, float]:
    """Return who overdosed when, shape (people, days), in a town where each does so with one chance a day."""
    world = still_town(4000, seed=8, **(SOME_USE | {"population__oud_per_100k": 50_000}))
    world.histories.frailty[:] = 1
    people = np.flatnonzero(disorder(world) & (world.histories.care == Care.NONE))
    world.histories.present[np.setdiff1d(np.arange(len(world.histories)), people)] = 0
    force(world, base_oud_per_day=0.05, base_injecting_per_day=0.05, surge=1.0)
    for name in ("alone", "near", "seen", "naloxone_seen", "naloxone_near"):
        force(world, **{f"fatality_{name}": 0})
    lived(world, days)
    happened = np.zeros((len(world.histories), days), bool)
    overdoses = world.events[world.events.kind == Kind.OVERDOSE]
    happened[world.residents.history[overdoses.who], overdoses.day - START_DAY] = True
    assert happened.sum() == len(overdoses) and not np.delete(happened, people, axis=0).any()
    return happened[people], 1 - np.exp(-0.05)


def test_independent_overdoses_are_binomial():
    """Mean and variance of counts by day and by person; no correlation of neighbours or of days."""
    happened, p = overdoses_by_person_and_day(days=365)
    people, days = happened.shape
    assert people > 900
    assert abs(happened.sum() - people * days * p) < SIGMAS * np.sqrt(people * days * p * (1 - p))
    for counts, draws in ((happened.sum(axis=0), people), (happened.sum(axis=1), days)):
        # The spread of a sample variance of binomial counts, from their fourth moment.
        variance = draws * p * (1 - p)
        excess = (1 - 6 * p * (1 - p)) / (draws * p * (1 - p))
        spread = np.sqrt((excess + 2) / len(counts))
        assert abs(counts.var(ddof=1) / variance - 1) < SIGMAS * spread, (counts.var(ddof=1) / variance, spread)
    centred = (happened - p) / np.sqrt(p * (1 - p))
    for neighbours in (centred[1:] * centred[:-1], centred[:, 1:] * centred[:, :-1]):
        assert abs(neighbours.mean()) < SIGMAS / np.sqrt(neighbours.size)


# --- C5: chance of one, day by day ------------------------------------------------------------------

RATES = {  # a year; high, so that a probability is well below its rate
    "misuse_stop": 30.0,
    "misuse_to_oud": 20.0,
    "start_injecting": 80.0,
    "stop_injecting": 30.0,
    "remission": 20.0,
}
RELAPSE, INJECTS_AGAIN = 100.0, 0.3


def transition() -> np.ndarray:
    """Return the chance of tomorrow's use given today's, shape (5, 5), from competing exponential risks."""
    m = np.zeros((5, 5))

    def leave(use, ways: dict):
        total = sum(ways.values())
        moved = 1 - np.exp(-total / 365.25)
        for to, rate in ways.items():
            m[use, to] += moved * rate / total
        m[use, use] += 1 - moved

    m[Use.NONE, Use.NONE] = 1
    leave(Use.MISUSE, {Use.NONE: RATES["misuse_stop"], Use.OUD: RATES["misuse_to_oud"]})
    leave(Use.OUD, {Use.INJECTING: RATES["start_injecting"], Use.REMISSION: RATES["remission"]})
    leave(Use.INJECTING, {Use.OUD: RATES["stop_injecting"], Use.REMISSION: RATES["remission"]})
    leave(Use.REMISSION, {Use.INJECTING: RELAPSE * INJECTS_AGAIN, Use.OUD: RELAPSE * (1 - INJECTS_AGAIN)})
    return m


def test_use_follows_its_markov_chain():
    """With a constant hazard of relapse, no care and no deaths: counts are matrix powers, every day of a year."""
    world = still_town(
        24_000,
        seed=2,
        population__oud_per_100k=35_000,
        population__oud_by_age=[1] * 6,
        population__oud_male_share=0.5,
        population__misuse_share_12plus=0.3,
        population__remission_share_12plus=0.2,
        population__on_medication_share=0,
        drug_use__relapse_shape=1,
        drug_use__relapse_scale_per_year=RELAPSE,
        drug_use__relapse_injecting=INJECTS_AGAIN,
        **{f"drug_use__{name}_per_year": rate for name, rate in RATES.items()},
    )
    start = np.bincount(world.histories.use, minlength=5)
    assert start.sum() > 15_000 and start[Use.MISUSE :].min() > 1000
    lived(world, 365)
    lived_through = world.census[:, Count.NO_USE : Count.NO_USE + 5]
    power, worst = np.eye(5), 0.0
    for day in range(365):
        power = power @ transition()
        expected = start @ power
        spread = np.sqrt(start @ (power * (1 - power)))
        z = (lived_through[day] - expected) / np.maximum(spread, 1)
        worst = max(worst, abs(z).max())
    assert worst < 4.5, f"{worst:.1f} standard deviations"
    check_world(world)
