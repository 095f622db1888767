"""C6: the waiting list obeys Little's law to the day, its own order, and the waits of a queue with known answers."""

from collections import defaultdict

import numpy as np
import pytest
from deflect.model import calendar
from deflect.model.checks import check_world
from deflect.model.events import Kind
from deflect.model.processes import census, treatment
from deflect.model.processes.census import Count
from deflect.model.randomness import Stream, draw
from deflect.model.world import START_DAY
from scipy.stats import binom, poisson
from towns import busy_town, lived
from worlds.hand import force, still_town

ENDS = (Kind.ADMITTED, Kind.DID_NOT_ATTEND, Kind.LEFT_LIST)
INTAKE, CUT = 5, 20  # days of intake; the day on which a policy takes slots away


@pytest.fixture(scope="module")
def crowded():
    """A busy town with far too few slots, some of them cut on a date."""
    world = busy_town(
        1500,
        seed=4,
        treatment__intake_days=INTAKE,
        changes=[{"day": CUT, "set": {"treatment.slots_buprenorphine": 0.5}}],
    )
    force(world, intake_days=float(INTAKE))  # also before the policy
    world.state.providers.start_slots[:] = world.state.providers.slots[:] = world.state.providers.slots // 3
    lived(world, 730 + 60)
    check_world(world)
    return world


def stays_on_the_list(world):
    """Return (provider, person, day of asking, day of the end or None, kind of the end) of every stay, in order."""
    asked, stays, events = {}, [], world.events
    columns = (events[name].tolist() for name in ("kind", "who", "other", "day", "amount"))
    for kind, who, other, day, amount in zip(*columns, strict=True):
        if kind == Kind.ASKED_FOR_CARE:
            asked[who] = (other, day)
        elif kind in ENDS:
            provider, since = asked.pop(who)
            assert provider == other and amount == day - since
            stays.append((provider, who, since, day, Kind(kind)))
    return stays + [(provider, who, since, None, None) for who, (provider, since) in asked.items()]


def test_littles_law_holds_to_the_day(crowded):
    """Nights waited, counted by night, equal nights waited, counted by person."""
    by_night = crowded.census[:, Count.WAITING].sum()
    stays = stays_on_the_list(crowded)
    by_person = sum((crowded.day if end is None else end) - since for _, _, since, end, _ in stays)
    assert by_night == by_person > 10_000
    admitted = [end - since for _, _, since, end, kind in stays if kind == Kind.ADMITTED]
    assert crowded.census[:, Count.WAIT_DAYS].sum() == sum(admitted)
    assert min(admitted) >= INTAKE


def test_places_are_given_in_turn_and_none_is_left_empty(crowded):
    """At each provider and day those offered a place come before all others who may enter; the rest find it full."""
    world, key = crowded, crowded.residents.key
    providers = world.state.providers
    occupied = providers.occupied.copy()
    for event in world.events:  # how many were there at the start
        if event.kind == Kind.ADMITTED:
            occupied[event.other] -= 1
        elif event.kind == Kind.LEFT_CARE:
            occupied[event.other] += 1
    begins, ends, offers, leaves = (defaultdict(list) for _ in range(4))
    for provider, who, since, end, kind in stays_on_the_list(world):
        turn = (since, draw(world.seed, Stream.SLOT_PRIORITY, int(key[who]), since, 0))
        begins[since].append((provider, turn))
        ends[end].append((provider, turn))
        if kind in (Kind.ADMITTED, Kind.DID_NOT_ATTEND):
            offers[end].append((provider, turn, kind == Kind.ADMITTED))
    for event in world.events[world.events.kind == Kind.LEFT_CARE]:
        leaves[int(event.day)].append(int(event.other))

    waiting, queues, over = set(), 0, 0
    for day in range(START_DAY, world.day):
        slots = np.rint(providers.start_slots * np.where((providers.kind == 1) & (day >= CUT), 0.5, 1.0))
        for provider in leaves[day]:
            occupied[provider] -= 1
        waiting = (waiting | set(begins[day])) - set(ends[day])
        for provider in range(len(providers)):
            where = f"day {day}, provider {provider}"
            offered = [(turn, came) for at, turn, came in offers[day] if at == provider]
            turns = [turn for turn, _ in offered]
            assert turns == sorted(turns), f"{where}: out of turn"
            for _, came in offered:
                assert occupied[provider] < slots[provider], f"{where}: no place was free"
                occupied[provider] += came
            late = [turn for at, turn in waiting if at == provider and day - turn[0] >= INTAKE]
            if late:
                queues += 1
                assert occupied[provider] >= slots[provider], f"{where}: a place stayed empty"
                assert not turns or max(turns) < min(late), f"{where}: somebody was passed over"
            over += occupied[provider] > slots[provider]
    assert np.array_equal(occupied, providers.occupied)
    assert queues > 1000 and over > 0, "too quiet to test"


# --- known answers ---------------------------------------------------------------------------------

QUEUES, SERVERS, STAY, LOAD = 400, 4, 20.0, 0.75  # equal small providers; mean stay in days; share of places in use
WARM_UP, DAYS = 730, 2500


def erlang_c(servers: int, arrivals: float, stay: float) -> float:
    """Return the mean number waiting where arrivals (a day) are Poisson and stays exponential, in continuous time."""
    offered = arrivals * stay
    terms = np.cumprod([1.0] + [offered / k for k in range(1, servers + 1)])
    late = terms[-1] / (1 - offered / servers)
    return late / (terms[:-1].sum() + late) * offered / (servers - offered)


def waiting_by_day(servers: int, arrivals: float, leaves: float) -> float:
    """Return the mean number waiting at night of the same queue in whole days, from its stationary distribution.

    In the morning each person there leaves with probability `leaves`; Poisson `arrivals` come; places are filled.
    """
    size = 80
    m = np.zeros((size, size))
    for before in range(size):
        served = min(before, servers)
        for left in range(served + 1):
            after = before - left
            m[before, after:] += binom.pmf(left, served, leaves) * poisson.pmf(np.arange(size - after), arrivals)
    m /= m.sum(axis=1, keepdims=True)
    equations = np.vstack([m.T - np.eye(size), np.ones(size)])
    share = np.linalg.lstsq(equations, np.append(np.zeros(size), 1), rcond=None)[0]
    return float(np.maximum(np.arange(size) - servers, 0) @ share)


def test_waits_are_those_of_the_queue():
    """Exponential stays, everybody comes, no intake time: the mean number waiting is the known one.

    The measured mean is held against the queue in whole days, within four standard errors over independent queues;
    that one is near the queue in continuous time (Erlang C), within a tenth.
    Smallest error it must see: stays one day in twenty too long, which makes a third more people wait.
    """
    world = still_town(
        10_000,
        seed=6,
        population__oud_per_100k=80_000,
        population__oud_by_age=[1] * 6,
        population__oud_male_share=0.5,
        population__on_medication_share=0,
        treatment__rr_buprenorphine=1,
        treatment__intake_days=0,
    )
    rows = np.zeros(QUEUES, world.state.providers.dtype).view(np.recarray)
    rows.key, rows.kind, rows.slots, rows.start_slots = np.arange(QUEUES), 1, SERVERS, SERVERS
    world.state = world.state._replace(providers=rows)
    busy = QUEUES * SERVERS * LOAD
    force(world, seek_per_day=busy / STAY / (len(world.histories) - 1.5 * busy), leaving=1 / STAY, intake_days=0)
    force(world, provider_trauma_leaving_log=0)  # these providers are all alike
    force(world, attendance_logit=50, attendance_delay_logit=0, buprenorphine_share=1, methadone_share=0)
    for _ in range(DAYS):
        for process in (calendar.turn, treatment.treat, census.count):
            process(world)
    check_world(world)

    first = START_DAY + WARM_UP
    nights = np.zeros(QUEUES)
    for provider, _, since, end, kind in stays_on_the_list(world):
        assert kind in (Kind.ADMITTED, None)
        nights[provider] += max(0, (world.day if end is None else end) - max(since, first))
    waiting = nights / (world.day - first)
    asked = world.events[(world.events.kind == Kind.ASKED_FOR_CARE) & (world.events.day >= first)]
    arrivals = len(asked) / QUEUES / (world.day - first)
    leaves = 1 - np.exp(-1 / STAY)
    expected = waiting_by_day(SERVERS, arrivals, leaves)
    error = waiting.std(ddof=1) / np.sqrt(QUEUES)
    assert abs(waiting.mean() - expected) < 4 * error
    assert error < 0.06 * expected, "too short to tell"
    assert expected == pytest.approx(erlang_c(SERVERS, arrivals, 1 / leaves), rel=0.1)
