"""C7: trust in police. What one contact does, to whom, how it fades, and what it changes when the links are on."""

from collections import Counter

import numpy as np
import pytest
from deflect.agents.resident import HERE
from deflect.model.events import Kind, happened
from deflect.model.levers import set_levers
from deflect.model.processes.trust import mean_trust, spread
from deflect.model.standing import trust_of
from deflect.model.world import START_DAY
from deflect.scenarios.sections import UNMEASURED
from towns import ALL_PATHWAYS, busy_town, lived, town
from worlds.hand import force, still_town

GAIN, SLOW, VICARIOUS = 6 / 20, 0.2, 0.3
GOOD_HALF_LIFE, BAD_HALF_LIFE, SLOW_HALF_LIFE = 25.0, 100.0, 3 * 365.25
LATER = (0, 1, 7, 25, 100, 1000, 5000)


def community(**overrides):
    """Return a small still community with its households and ties, nobody of whom uses."""
    world = still_town(300, 5, **{name.replace("__", "."): x for name, x in overrides.items()})
    world.state.clock.day = 1  # after the burn-in the community's mean is fixed
    return world


def told(world, row):
    """Return how often each resident hears of a contact of `row`: once a tie, household or other."""
    r, state = world.residents, world.state
    household = np.flatnonzero((r.household == r.household[row]) & (r.fate == HERE) & (np.arange(len(r)) != row))
    ties = state.tie_to[state.tie_start[row] : state.tie_start[row + 1]]
    return Counter(household.tolist()) + Counter(ties.tolist())


def contact(world, row, amount):
    """Let police meet a resident today, and let trust hear of it."""
    world.state.clock.today = world.state.clock.events
    happened(world.view, Kind.POLICE_CONTACT, row, 0, amount, -1, 0)
    spread(world)


def all_trust(world):
    """Return everybody's trust today."""
    return np.array([trust_of(world.view, row) for row in range(len(world.residents))])


def left(change, days):
    """Return what is left of a change of trust after some days: a fifth slow, the rest by its own half-life."""
    fast = GOOD_HALF_LIFE if change > 0 else BAD_HALF_LIFE
    return change * (SLOW * 0.5 ** (days / SLOW_HALF_LIFE) + (1 - SLOW) * 0.5 ** (days / fast))


def somebody(world):
    """Return a resident with a household and ties."""
    degree = np.diff(world.state.tie_start)
    size = np.bincount(world.residents.household)[world.residents.household]
    return int(np.argmax(np.where(size > 2, degree, 0)))


@pytest.mark.parametrize(("amount", "ratio"), [(1.0, 3.0), (-1.0, 3.0), (-1.0, 8.0), (-1.0, 1.0)])
def test_one_contact_has_its_closed_form_on_the_person_and_on_each_tie(amount, ratio):
    """On any later day, to 1e-12; each tie passes its share on once, and those farther off hear nothing."""
    world = community(switches__bad_to_good_contact=ratio)
    me = somebody(world)
    hears = told(world, me)
    assert len(hears) > 4
    start, today = all_trust(world), world.day
    contact(world, me, amount)
    own = GAIN if amount > 0 else -GAIN * ratio
    for days in LATER:
        world.state.clock.day = today + days
        now = all_trust(world) - start
        for row, change in enumerate(now):
            times = 1.0 if row == me else VICARIOUS * hears[row]
            expected = left(own, days) * times
            assert change == pytest.approx(expected, abs=1e-12), f"resident {row}, {days} days later"
    farther = set().union(*(told(world, row) for row in hears)) - set(hears) - {me}
    assert len(farther) > 10 and not (now[sorted(farther)] != 0).any()


def test_contacts_add_up_whenever_they_happen():
    """Three contacts on three days leave the sum of what each would have left."""
    world = community()
    me, other = somebody(world), next(iter(told(world, somebody(world))))
    start, today = all_trust(world), world.day
    times = [(0, me, 1.0, GAIN), (13, other, -1.0, -3 * GAIN), (50, me, -1.0, -3 * GAIN)]
    share = told(world, other)[me]
    for day, who, amount, _ in times:
        world.state.clock.day = today + day
        contact(world, who, amount)
    for later in (50, 90, 400):
        world.state.clock.day = today + later
        expected = sum(
            left(change, later - day) * (1.0 if who == me else VICARIOUS * share) for day, who, _, change in times
        )
        assert trust_of(world.view, me) - start[me] == pytest.approx(expected, abs=1e-12)


def test_a_neutral_contact_and_a_day_without_one_change_nothing():
    """No contact, or one lived as neither: nobody's trust moves."""
    world = community()
    start = all_trust(world)
    contact(world, somebody(world), 0.0)
    assert np.array_equal(all_trust(world), start)
    lived(world, 100)
    assert np.array_equal(all_trust(world), start)


def test_with_all_change_lasting_nothing_of_it_is_forgotten():
    """Where the slow share is all, trust after a contact is the slow part alone."""
    world = community(trust__slow_share=1.0)
    me = somebody(world)
    start, today = trust_of(world.view, me), world.day
    contact(world, me, 1.0)
    world.state.clock.day = today + 365
    assert trust_of(world.view, me) - start == pytest.approx(GAIN * 0.5 ** (365 / SLOW_HALF_LIFE), abs=1e-12)


def test_people_bring_the_trust_of_their_group():
    """A standard deviation of 1 between people; Black residents 0.4, Native 0.3, Hispanic 0.2 lower than others."""
    world = town(20_000, seed=4)
    trust, race = world.residents.trust, world.residents.race
    base = trust[race == 0]
    assert base.mean() == pytest.approx(0, abs=0.04) and base.std() == pytest.approx(1, abs=0.03)
    for code, lower in ((1, -0.4), (2, -0.2), (3, 0.0), (4, -0.3)):
        group = trust[race == code]
        assert group.mean() == pytest.approx(lower, abs=4 / np.sqrt(len(group)))
    assert mean_trust(world.view) == pytest.approx(trust.mean(), abs=1e-9)
    assert all_trust(world).mean() == pytest.approx(0, abs=1e-9)


def test_trust_is_measured_from_the_last_year_of_the_burn_in():
    """The reference is the mean of four quarters of that year, and stays as it is from day 0 on."""
    world = busy_town(400, seed=2)
    means = {}
    while world.day < 20:
        day = world.day
        lived(world, 1)
        if (day - START_DAY) % 91 == 0:
            world.state.clock.day = day
            means[day] = mean_trust(world.view)
            world.state.clock.day = day + 1
        if day == -1:
            reference = float(world.state.rules.trust_mean[0])
    last = [mean for day, mean in means.items() if -365 <= day < 0]
    assert len(last) == 4 and reference == pytest.approx(np.mean(last), abs=1e-8)
    assert len(set(means.values())) > 4
    assert float(world.state.rules.trust_mean[0]) == reference


# --- a public event --------------------------------------------------------------------------------


def test_a_shock_on_a_date_lowers_everybody_and_fades():
    """From the day of the event all trust is lower by its size, half of it a year later; a second adds to the rest."""
    dated = [{"day": 10, "set": {"trust.shock": 1.0}}, {"day": 375, "set": {"trust.shock": 0.5}}]
    shocked, calm = (still_town(100, 5, **{"changes": changes}) for changes in (dated, []))
    for world in (shocked, calm):
        world.state.clock.day = -1
        lived(world, 1)
    gaps = {}
    for day in range(380):
        gaps[day] = (all_trust(calm) - all_trust(shocked)) if day in (0, 9, 10, 11, 100, 374, 375, 376) else None
        lived(shocked, 1), lived(calm, 1)
    # A day's gap is measured in the morning, before the event of the day.
    assert np.allclose(gaps[0], 0, atol=1e-12) and np.allclose(gaps[10], 0, atol=1e-12)
    for day in (11, 100, 374, 375):
        assert np.allclose(gaps[day], 0.5 ** ((day - 10) / 365), atol=1e-12)
    assert np.allclose(gaps[376], 0.5 ** (366 / 365) + 0.5 * 0.5 ** (1 / 365), atol=1e-12)


def calls(seed, shock, **overrides):
    """Return (911 calls, overdoses somebody was at) of half a year after a shock of this size, and the world."""
    numbers = {"population.oud_per_100k": 30_000, "overdose.base_oud_per_year": 4, "population.on_medication_share": 0}
    numbers |= {"policing.enforcement_contacts_per_year": 0.0, "policing.other_contacts_per_year": 0.0}
    world = still_town(2500, seed, **(numbers | overrides))
    world.state.clock.day = 0
    force(world, trust_shock_size=shock, trust_shock_day=0)
    while world.day < 120:
        lived(world, 1)
    kinds = np.bincount(world.events.kind, minlength=60)
    return kinds[Kind.CALLED_911], kinds[Kind.SEEN] + kinds[Kind.FOUND], world


def test_a_shock_silences_911_calls_and_not_where_the_link_is_off():
    """Witnesses call less by the odds of the switch; off, everything that happens is the same."""
    usual, shocked = calls(3, 0.0), calls(3, 1.5)
    assert usual[1] > 300
    before, after = usual[0] / usual[1], shocked[0] / shocked[1]
    assert after < before - 0.08
    off = {"switches.trust_to_911": "off"}
    one, other = calls(3, 0.0, **off)[2], calls(3, 1.5, **off)[2]
    assert one.events.tobytes() == other.events.tobytes() and len(one.events) > 1000
    strong = calls(3, 1.5, **{"switches.trust_to_911": "strong"})
    assert strong[0] / strong[1] < after


# --- links that nobody has measured ------------------------------------------------------------------


def everything(switches, **overrides):
    """Return a busy town with every pathway open from its first day, its switches set."""
    numbers = ALL_PATHWAYS | {f"switches.{name}": switches for name in UNMEASURED}
    world = busy_town(1200, 6, **(numbers | {name.replace("__", "."): x for name, x in overrides.items()}))
    set_levers(world, world.scenario)
    return world


def perturbed(switches, what):
    """Return such a town after 90 days, with one state or lever changed on the first."""
    world = everything(switches, **({"deflection__team_trauma_informed": 1.0} if what == "team" else {}))
    if what == "officers":
        world.state.officers.depersonalisation[:] += 1.5
    elif what == "residents":
        world.residents.trust = -world.residents.trust - 0.5
    return lived(world, 90)


@pytest.mark.parametrize("what", ["officers", "residents", "team"])
def test_with_the_unmeasured_links_off_burnout_trust_and_style_change_nothing(what):
    """The same offers, calls, answers and everything after them, event for event, but how contacts are lived."""
    plain, other = perturbed("off", ""), perturbed("off", what)
    one, two = plain.events.copy(), other.events.copy()
    lived_as = one.kind == Kind.POLICE_CONTACT
    bad = (one.amount[lived_as] < 0).sum(), (two.amount[two.kind == Kind.POLICE_CONTACT] < 0).sum()
    assert (bad[1] > bad[0]) == (what == "officers")
    one.amount[one.kind == Kind.POLICE_CONTACT] = two.amount[two.kind == Kind.POLICE_CONTACT] = 0
    assert len(one) == len(two) > 5000
    for column in one.dtype.names:
        assert one[column].tobytes() == two[column].tobytes(), column
    for column in plain.histories.dtype.names:
        assert plain.histories[column].tobytes() == other.histories[column].tobytes(), column
    for column in plain.dealings.dtype.names:
        assert plain.dealings[column].tobytes() == other.dealings[column].tobytes(), column
    kinds = set(one.kind)
    assert {Kind.OFFERED, Kind.ACCEPTED, Kind.REFUSED, Kind.CALLED_911, Kind.WALKED_IN} <= kinds


@pytest.mark.parametrize("what", ["officers", "residents", "team"])
def test_with_the_links_on_each_of_them_changes_something(what):
    """The same changes with the switches at their base do change who is offered, who calls or who accepts."""
    plain, other = perturbed("base", ""), perturbed("base", what)
    told = [
        sorted((int(e.day), int(e.kind), int(e.who)) for e in world.events if e.kind != Kind.POLICE_CONTACT)
        for world in (plain, other)
    ]
    assert told[0] != told[1]


@pytest.mark.parametrize("name", UNMEASURED)
def test_each_link_is_felt_where_it_acts(name):
    """One switch on at a time: only what it leads to differs first."""
    what = {"burnout_to_offers": "officers", "trauma_informed_to_acceptance": "team"}.get(name, "residents")
    acts = {
        "burnout_to_offers": {Kind.OFFERED, Kind.REFERRED, Kind.ARRESTED, Kind.CITED, Kind.POLICE_CONTACT},
        "trust_to_911": {Kind.CALLED_911, Kind.SURVIVED, Kind.DIED_OVERDOSE, Kind.OVERDOSE},
        "trust_to_acceptance": {Kind.ACCEPTED, Kind.REFUSED, Kind.WALKED_IN},
        "trauma_informed_to_acceptance": {Kind.ACCEPTED, Kind.REFUSED},
    }[name]
    worlds = []
    for changed in (False, True):
        world = everything("off", **{f"switches__{name}": "strong"} | (
            {"deflection__team_trauma_informed": 1.0} if changed and what == "team" else {}))  # fmt: skip
        if changed and what == "officers":
            world.state.officers.depersonalisation[:] += 1.5
        elif changed and what == "residents":
            world.residents.trust = -world.residents.trust - 0.5
        worlds.append(lived(world, 60))
    one, two = (world.events for world in worlds)
    lines = [[(int(e.day), int(e.kind), int(e.who), int(e.other)) for e in events] for events in (one, two)]
    first = next((a, b) for a, b in zip(*lines, strict=False) if a != b)
    assert {first[0][1], first[1][1]} & {int(kind) for kind in acts}, [Kind(line[1]).name for line in first]
