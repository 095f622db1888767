"""C6: places in treatment with every pathway open. Who gets them, reserved ones, and what shortage does."""

from collections import defaultdict

import numpy as np
import pytest
from deflect.agents.dealings import Pathway
from deflect.agents.officer import offers_deflection
from deflect.agents.provider import ProviderKind
from deflect.model.checks import check_world
from deflect.model.events import BY_PATHWAY, Kind
from deflect.model.levers import set_levers
from deflect.model.processes.census import Count
from deflect.model.world import START_DAY
from towns import ALL_PATHWAYS, busy_town, copied, lived
from worlds.hand import force

ENDS = (Kind.ADMITTED, Kind.DID_NOT_ATTEND, Kind.LEFT_LIST)
DAYS = 150


def open_town_with(slots=1.0, reserved=0.0, residents=2000, seed=4, **overrides):
    """Return a busy town with every pathway open from its first day, and a share of the usual slots."""
    numbers = ALL_PATHWAYS | {"engagement.reserved_slots": reserved, "treatment.seek_per_year": 1.0}
    for kind in ("buprenorphine", "methadone", "naltrexone"):
        numbers[f"treatment.slots_{kind}"] = slots
    world = busy_town(residents, seed, **(numbers | {name.replace("__", "."): x for name, x in overrides.items()}))
    set_levers(world, world.scenario)
    return world


@pytest.fixture(scope="module")
def short():
    """A town with half the slots, some of them reserved, lived day by day; slots and occupied places by night."""
    world = open_town_with(slots=0.5, reserved=0.3)
    nights = []
    begin = world.state.providers.copy(), world.dealings.care_pathway.copy()
    for _ in range(DAYS):
        lived(world, 1)
        providers = world.state.providers
        nights.append((providers.slots.copy(), providers.occupied.copy(), providers.handed_over.copy()))
    check_world(copied(world))
    return world, nights, begin[0]


def treated_somewhere(world, rows):
    """Return events whose provider gives medication."""
    events = world.events[rows]
    return events[world.state.providers.kind[events.other] != ProviderKind.DETOX]


def stays_on_the_list(world):
    """Return (who, day of asking, day of the end or None, setting of the request, kind of the end) of every wait."""
    asked, stays = {}, []
    for event in world.events:
        who, day = int(event.who), int(event.day)
        if event.kind == Kind.ASKED_FOR_CARE:
            assert who not in asked, "asked while waiting"
            asked[who] = (day, int(event.setting))
        elif event.kind in ENDS:
            since, setting = asked.pop(who)
            assert event.amount == day - since and event.setting == setting
            stays.append((who, since, day, setting, Kind(event.kind)))
    return stays + [(who, since, None, setting, None) for who, (since, setting) in asked.items()]


def test_littles_law_holds_to_the_day_with_every_pathway_open(short):
    """Nights waited, by night and by person: the same whole number; and nights in treatment likewise."""
    world = short[0]
    stays = stays_on_the_list(world)
    by_person = sum((world.day if end is None else end) - since for _, since, end, _, _ in stays)
    assert world.census[:, Count.WAITING].sum() == by_person > 5000
    settings = {setting for _, _, _, setting, _ in stays}
    assert {0} | {BY_PATHWAY + pathway for pathway in Pathway if pathway not in (0,)} <= settings
    entered = world.events[world.events.kind == Kind.ADMITTED]
    left = world.events[world.events.kind == Kind.LEFT_CARE]
    occupied = sum(int(night[1].sum()) for night in short[1])
    start = int(short[2].occupied.sum())
    nights = start * DAYS + sum(world.day - entered.day) - sum(world.day - left.day)
    assert occupied == nights
    assert occupied == world.census[:, Count.METHADONE : Count.DETOX + 1].sum()


def test_nobody_enters_beyond_the_slots_on_any_day(short):
    """Wherever somebody entered, that night no more people were there than slots."""
    world, nights, _ = short
    entered = world.events[world.events.kind == Kind.ADMITTED]
    full = 0
    for day, (slots, occupied, _) in enumerate(nights):
        where = np.unique(entered.other[entered.day == START_DAY + day])
        assert (occupied[where] <= slots[where]).all(), f"day {day}"
        full += (occupied >= slots).sum()
    assert full > 100


def test_reserved_slots_go_only_to_people_handed_over(short):
    """At every entry by usual care the places still kept for others stay empty; those handed over may take them."""
    world, nights, begin = short
    providers, events = world.state.providers, world.events
    slots, kept = nights[0][0], np.floor(nights[0][0] * 0.3).astype(int)
    assert kept.max() > 3
    occupied, handed = begin.occupied.astype(int), begin.handed_over.astype(int)
    by_hand = {}  # who is in treatment by way of a programme
    into_the_reserve = 0
    for event in events[np.isin(events.kind, (Kind.ADMITTED, Kind.LEFT_CARE))]:
        at, who = int(event.other), int(event.who)
        if event.kind == Kind.LEFT_CARE:
            occupied[at] -= 1
            handed[at] -= by_hand.pop(who, False)
            continue
        mine = event.setting > 2
        if providers.kind[at] != ProviderKind.DETOX:
            free = slots[at] - occupied[at]
            assert free > 0
            if mine:
                into_the_reserve += free <= max(0, kept[at] - handed[at])
            else:
                assert free > max(0, kept[at] - handed[at]), f"a reserved place was given away on day {event.day}"
        occupied[at] += 1
        handed[at] += mine
        by_hand[who] = bool(mine)
    assert np.array_equal(occupied, providers.occupied) and np.array_equal(handed, providers.handed_over)
    assert into_the_reserve > 10


def test_with_every_slot_reserved_only_people_handed_over_enter():
    """Usual care waits; programmes go on."""
    world = open_town_with(slots=1.0, reserved=1.0)
    lived(world, 90)
    entered = treated_somewhere(world, np.flatnonzero(world.events.kind == Kind.ADMITTED))
    assert (entered.setting > 2).all() and len(entered) > 10
    assert len([1 for _, _, _, setting, _ in stays_on_the_list(world) if setting < 3]) > 50


def test_half_the_slots_show_in_waits_refusals_and_entries():
    """Longer waits, more people told to wait, fewer entries; with slots enough nobody waits beyond the intake."""
    seen = {}
    for slots in (0.25, 0.5, 1.0, 10.0):
        world = lived(open_town_with(slots=slots), DAYS)
        entered = treated_somewhere(world, np.flatnonzero(world.events.kind == Kind.ADMITTED))
        refused = np.count_nonzero(world.events.kind == Kind.TURNED_AWAY)
        seen[slots] = entered.amount.mean(), refused, len(entered)
    waits, refusals, entries = (dict(zip(seen, column, strict=True)) for column in zip(*seen.values(), strict=True))
    assert waits[10.0] <= 7 and refusals[10.0] == 0
    assert waits[0.5] > waits[10.0] + 3
    assert min(refusals[0.25], refusals[0.5]) > refusals[1.0] >= refusals[10.0]
    assert entries[0.25] < entries[0.5] < entries[10.0]


def test_whoever_is_told_to_wait_is_told_once_and_on_the_first_day(short):
    """One refusal a request, on the day a place could first have been had."""
    events = short[0].events
    refused = events[events.kind == Kind.TURNED_AWAY]
    assert len(refused) > 50 and len(np.unique(refused.cause)) == len(refused)
    waited = refused.day - events.day[refused.cause]
    usual = refused.setting < 3
    assert set(waited[usual]) == {7} and set(waited[~usual]) <= {3, 7}


# --- what officers hear of it ----------------------------------------------------------------------


def test_officers_hear_when_the_provider_has_no_place_for_whom_they_handed_over():
    """The day of the refusal stands with the officer; who handed nobody over hears nothing."""
    world = open_town_with(slots=0.25, deflection__charge_held=True)
    lived(world, DAYS)
    events, officers = world.events, world.state.officers
    heard = np.flatnonzero(officers.refused_day > START_DAY)
    assert len(heard) > 2
    refused = defaultdict(set)
    for event in events[(events.kind == Kind.TURNED_AWAY) & (events.setting > 2)]:
        refused[int(event.day)].add(int(event.who))
    handed = events[np.isin(events.kind, (Kind.ACCEPTED, Kind.REFERRED)) & (events.other >= 0)]
    for officer in heard:
        mine = set(handed.who[handed.other == officer].tolist())
        assert mine & refused[int(officers.refused_day[officer])], "an officer heard of a stranger"


def test_refusals_by_providers_lower_offers():
    """Where refusals weigh nothing, or there are places for all, officers offer more; nothing else tells them apart."""

    def offers(slots, logit):
        world = open_town_with(slots=slots, deflection__refusal_days=365)
        force(world, refusal_logit=logit)
        lived(world, DAYS)
        events = world.events
        made = (events.kind == Kind.OFFERED) & (events.setting == BY_PATHWAY + Pathway.OFFICER_INTERVENTION)
        made &= events.other >= 0
        return np.count_nonzero(made), world

    (hurt, world), (careless, _) = offers(0.25, -5.0), offers(0.25, 0.0)
    assert hurt < 0.9 * careless
    assert np.count_nonzero(world.state.officers.refused_day > START_DAY) > 2
    rules, officer = world.state.rules[0], world.state.officers[0]
    force(world, refusal_logit=-0.3)
    officer.propensity, officer.depersonalisation, officer.refused_day = 0.5, 0.0, world.day
    p = 1 / (1 + np.exp(0.3 - rules.leader_logit * rules.leader_endorses))
    assert offers_deflection(officer, p - 1e-9, world.day, False, False, rules)
    assert not offers_deflection(officer, p + 1e-9, world.day, False, False, rules)
