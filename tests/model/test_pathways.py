"""C7: the six pathways, each alone and step by step: list, reach, offer, accept, hand over, entry."""

from collections import Counter
from functools import cache
from itertools import pairwise

import numpy as np
import pytest
from deflect.agents.dealings import Pathway, Stage
from deflect.agents.provider import ProviderKind
from deflect.agents.worker import Role
from deflect.model.checks import check_world
from deflect.model.events import BY_PATHWAY, Kind
from deflect.model.levers import set_levers
from deflect.model.world import START_DAY
from deflect.scenarios.evidence import registry
from deflect.scenarios.schema import fields
from towns import ALL_PATHWAYS, ROOT, busy_town, copied, lived
from worlds.hand import force, still_town

PATHWAYS = [pathway for pathway in Pathway if pathway not in (Pathway.NONE, Pathway.JAIL_RELEASE)]
LEVERS = ALL_PATHWAYS | {
    "deflection.leave_behind_kits": False,
    "custody.jail_medication": 0.0,
    "policing.scene_deflection_ratio": 1.0,  # else officers who may deflect also jail fewer survivors
}
TREATED = {Kind.ASKED_FOR_CARE, Kind.TURNED_AWAY, Kind.ADMITTED, Kind.DID_NOT_ATTEND, Kind.LEFT_LIST, Kind.LEFT_CARE}
ANSWERED = {Kind.OFFERED, Kind.ACCEPTED, Kind.REFUSED, Kind.HANDED_OVER, Kind.LOST}
VISITING = {Kind.VISITED, Kind.REACHED, Kind.NOT_REACHED}
OWN = {  # what each pathway leaves in the record besides treatment
    Pathway.SELF_REFERRAL: ANSWERED - {Kind.REFUSED} | {Kind.WALKED_IN, Kind.EXCLUDED, Kind.NOT_PLACED},
    Pathway.ACTIVE_OUTREACH: ANSWERED | VISITING | {Kind.LISTED},
    Pathway.NALOXONE_PLUS: ANSWERED | VISITING | {Kind.EVENT_PASSED},
    Pathway.OFFICER_REFERRAL: ANSWERED | {Kind.REFERRED, Kind.ASSESSED, Kind.MISSED, Kind.CASE_CLOSED},
    Pathway.OFFICER_INTERVENTION: ANSWERED
    | {Kind.EXCLUDED, Kind.CASE_OPENED, Kind.CASE_CLOSED, Kind.COMPLETED, Kind.CHARGE_VOIDED, Kind.CHARGE_FORWARDED}
    | {Kind.MISSED},
    Pathway.COMMUNITY_RESPONSE: ANSWERED | {Kind.TEAM_SENT},
}
TO_CARE = [Kind.ADMITTED, Kind.ASKED_FOR_CARE, Kind.HANDED_OVER, Kind.ACCEPTED, Kind.OFFERED]
CHAIN = {  # an entry, and what led to it, step by step
    Pathway.SELF_REFERRAL: [Kind.WALKED_IN],
    Pathway.ACTIVE_OUTREACH: [Kind.REACHED, Kind.VISITED, Kind.LISTED],
    Pathway.NALOXONE_PLUS: [Kind.REACHED, Kind.VISITED, Kind.EVENT_PASSED, Kind.RESPONDED, Kind.CALLED_911],
    Pathway.OFFICER_REFERRAL: [Kind.ASSESSED, Kind.HANDED_OVER, Kind.REFERRED, Kind.POLICE_CONTACT],
    Pathway.OFFICER_INTERVENTION: [
        Kind.CASE_OPENED,
        Kind.HANDED_OVER,
        Kind.ACCEPTED,
        Kind.OFFERED,
        Kind.POLICE_CONTACT,
    ],
    Pathway.COMMUNITY_RESPONSE: [Kind.TEAM_SENT],
}


def open_from_the_start(residents=800, seed=2, **overrides):
    """Return a busy town whose policy is in force from its first day, in the burn-in."""
    overrides = {name.replace("__", "."): value for name, value in overrides.items()}
    world = busy_town(residents, seed, **(LEVERS | overrides))
    set_levers(world, world.scenario)
    return world


def alone(pathway, residents=800, seed=2, **overrides):
    """Return such a town with one pathway open."""
    others = {f"deflection.{other.name.lower()}": other == pathway for other in PATHWAYS}
    return open_from_the_start(residents, seed, **(others | overrides))


@cache
def _alone_for_a_while(pathway):
    return lived(alone(pathway, 3000), 150)


def quiet(residents=1500, seed=1, accepts=None, overdoses=0, **overrides):
    """Return a still town of people who use, who overdose, with helpers about, and live; its policy in force."""
    numbers = {
        "population.oud_per_100k": 40_000,
        "population.on_medication_share": 0,
        "overdose.call_probability": 0.99,
    }
    numbers |= {"policing.scene_survivor_jailed": 0, "policing.scene_bystander_arrested": 0}
    numbers |= {"policing.enforcement_contacts_per_year": 0, "policing.other_contacts_per_year": 0}
    numbers |= {"policing.supervised_at_start": 0, "overdose.base_oud_per_year": overdoses}
    numbers |= {"overdose.fatality_alone": 0, "overdose.fatality_near": 0, "overdose.fatality_seen": 0}
    numbers |= {"overdose.fatality_naloxone_seen": 0, "overdose.fatality_naloxone_near": 0}
    numbers |= {"deflection.outreach_workers_per_100k": 50, "deflection.case_managers_per_100k": 50}
    overrides = {name.replace("__", "."): value for name, value in overrides.items()}
    world = still_town(residents, seed, **(numbers | overrides))
    set_levers(world, world.scenario)
    force(world, kits_per_day=0)
    if accepts is not None:
        force(world, accept_intercept=accepts)
    return world


def rows_of(world, *kinds, pathway=None):
    """Return the rows of the events of some kinds, of one pathway if asked."""
    found = np.isin(world.events.kind, kinds)
    if pathway is not None:
        found &= world.events.setting == BY_PATHWAY + pathway
    return np.flatnonzero(found)


# --- one at a time ---------------------------------------------------------------------------------


@pytest.mark.parametrize("pathway", PATHWAYS, ids=lambda p: p.name.lower())
def test_a_pathway_alone_leaves_its_own_events_and_no_other(pathway):
    """All its steps happen; nothing happens by way of another pathway, and nothing of its kind outside it."""
    world = _alone_for_a_while(pathway)
    check_world(copied(world))
    events = world.events
    assert set(events.setting[events.setting > 2]) == {BY_PATHWAY + pathway}
    mine = {Kind(kind) for kind in events.kind[events.setting == BY_PATHWAY + pathway]}
    assert mine - TREATED == OWN[pathway]
    assert {Kind.ASKED_FOR_CARE, Kind.ADMITTED} <= mine
    elsewhere = {Kind(kind) for kind in events.kind[events.setting != BY_PATHWAY + pathway]}
    programme = set().union(*OWN.values())
    assert not elsewhere & programme


@pytest.mark.parametrize("pathway", PATHWAYS, ids=lambda p: p.name.lower())
def test_every_entry_can_be_followed_back_step_by_step(pathway):
    """From an admission the causes lead through each step of the pathway to where it began."""
    events = _alone_for_a_while(pathway).events
    entries = rows_of(_alone_for_a_while(pathway), Kind.ADMITTED, pathway=pathway)
    assert len(entries) > 0
    for row in entries:
        who = events.who[row]
        for kind in TO_CARE + CHAIN[pathway]:
            assert row >= 0 and events.kind[row] == kind, f"{Kind(events.kind[row]).name} where {kind.name} leads there"
            assert events.who[row] == who
            row = events.cause[row]


STEPS = [  # (pathway, what to put out of action, the first step that then never happens)
    (Pathway.NALOXONE_PLUS, {"engagement.event_sharing": 0.0}, Kind.EVENT_PASSED),
    (Pathway.NALOXONE_PLUS, {"deflection.met_per_visit": 0.0}, Kind.REACHED),
    (Pathway.NALOXONE_PLUS, {"deflection.acceptance": 1e-12}, Kind.ACCEPTED),
    (Pathway.NALOXONE_PLUS, {"engagement.keep_warm": 1e-12}, Kind.HANDED_OVER),
    (Pathway.ACTIVE_OUTREACH, {"deflection.outreach_workers_per_100k": 0.0}, Kind.LISTED),
    (Pathway.ACTIVE_OUTREACH, {"deflection.met_per_visit": 0.0}, Kind.REACHED),
    (Pathway.ACTIVE_OUTREACH, {"deflection.acceptance": 1e-12}, Kind.ACCEPTED),
    (Pathway.OFFICER_REFERRAL, {"deflection.hours": 0.0}, Kind.REFERRED),
    (Pathway.OFFICER_REFERRAL, {"deflection.case_managers_per_100k": 0.0}, Kind.ASSESSED),
    (Pathway.OFFICER_REFERRAL, {"deflection.acceptance": 1e-12}, Kind.ACCEPTED),
    (Pathway.OFFICER_INTERVENTION, {"deflection.coverage": 0.0}, Kind.OFFERED),
    (Pathway.OFFICER_INTERVENTION, {"deflection.acceptance": 1e-12}, Kind.ACCEPTED),
    (Pathway.OFFICER_INTERVENTION, {"engagement.keep_warm": 1e-12}, Kind.HANDED_OVER),
    (Pathway.OFFICER_INTERVENTION, {"deflection.case_managers_per_100k": 0.0}, Kind.CASE_OPENED),
    (Pathway.SELF_REFERRAL, {"deflection.self_referral_publicity": 0.0}, Kind.WALKED_IN),
    (Pathway.SELF_REFERRAL, {"engagement.keep_warm": 1e-12}, Kind.HANDED_OVER),
    (Pathway.COMMUNITY_RESPONSE, {"deflection.response_teams_per_100k": 0.0}, Kind.TEAM_SENT),
    (Pathway.COMMUNITY_RESPONSE, {"deflection.acceptance": 1e-12}, Kind.ACCEPTED),
]


@pytest.mark.parametrize(
    ("pathway", "without", "step"), STEPS, ids=lambda x: x.name.lower() if hasattr(x, "name") else ""
)
def test_a_step_put_out_of_action_changes_only_what_comes_after_it(pathway, without, step):
    """Until it would first have happened, both worlds are the same; from there on, no step below it happens."""
    whole, cut = _alone_for_a_while(pathway), lived(alone(pathway, 3000, **without), 60)
    stops = {Kind.ASSESSED: (step, Kind.MISSED), Kind.OFFERED: (step, Kind.EXCLUDED)}.get(step, (step,))  # same hands
    first = rows_of(whole, *stops, pathway=pathway)[0]
    same = np.arange(first)
    if step == Kind.LISTED:  # the list of the first morning comes after everything else that happens before it
        same = np.flatnonzero(whole.events.day < whole.events.day[first])
    told = [name for name in whole.events.dtype.names]
    for name in told:
        if name == "amount" and step == Kind.OFFERED:
            continue  # how a contact is lived is settled after the offer
        assert np.array_equal(whole.events[name][same], cut.events[name][same]), name
    assert len(rows_of(cut, step, pathway=pathway)) == 0
    order = TO_CARE + CHAIN[pathway]
    if step in order:
        below = order[: order.index(step) + 1]
        assert len(rows_of(cut, *(set(below) - set(order[order.index(step) + 1 :])), pathway=pathway)) == 0
    assert len(rows_of(cut, Kind.ADMITTED, pathway=pathway)) == 0
    assert len(rows_of(cut, Kind.ADMITTED)) > 0, "usual care goes on"


def test_no_published_cascade_is_put_in():
    """What is published of a programme's cascade must come out of it: no field and no source file names these rows."""
    emerges = {
        "np_contact_prob",
        "np_accept_given_contact",
        "oi_start_given_referral",
        "oi_complete_given_start",
        "or_referred_to_assessed",
        "or_agree_given_assessed",
        "sr_direct_placement_offer",
        "sr_entry_given_offer",
    }
    assert emerges <= set(registry())
    assert not {field.evidence for field in fields()} & emerges
    for folder in ("agents", "model"):
        for path in (ROOT / folder).rglob("*.py"):
            text = path.read_text()
            assert not [name for name in emerges if name in text], path.name
    assert not [name for name in emerges if registry()[name].builds]


# --- outreach --------------------------------------------------------------------------------------


def test_reach_follows_from_addresses_and_visits():
    """With visits enough for all: 0.75 x (1 - 0.66^3) of those named are reached, in about 1.8 visits."""
    world = quiet(4000, accepts=-50, overdoses=2, deflection__naloxone_plus=True)
    force(world, visits_per_day=1000)
    force(world, base_oud_per_day=2 / 365.25)
    lived(world, 200)
    closed = rows_of(world, Kind.REACHED, Kind.NOT_REACHED)
    reached = (world.events.kind[closed] == Kind.REACHED).mean()
    p = 0.75 * (1 - 0.66**3)
    assert len(closed) > 800
    assert reached == pytest.approx(p, abs=4 * np.sqrt(p * (1 - p) / len(closed)))
    visits = len(rows_of(world, Kind.VISITED)) / len(closed)
    assert visits == pytest.approx(0.25 + 0.75 * (1 + 0.66 + 0.66**2), abs=0.12)
    # The first visit comes on the third day.
    first = rows_of(world, Kind.VISITED)
    first = first[world.events.amount[first] == 1]
    assert set(world.events.day[first] - world.events.day[world.events.cause[first]]) == {3}
    named = len(rows_of(world, Kind.EVENT_PASSED)) / len(rows_of(world, Kind.RESPONDED))
    assert 0.5 < named < 0.65 + 0.04  # 0.65, less those who are on the list already


def test_the_team_makes_no_more_visits_than_it_can():
    """Visits of a day never exceed the team's; who waits longest is visited first."""
    world = quiet(
        3000, accepts=-50, overdoses=4, deflection__naloxone_plus=True, deflection__outreach_workers_per_100k=20
    )
    a_day = 20 / 100_000 * 3000 * world.scenario.deflection.visits_per_worker
    days = 120
    waits = []
    for _ in range(days):
        lived(world, 1)
        d = world.dealings
        waits.append((d.due[(d.stage == Stage.TO_VISIT) & (d.due < world.day)], world.day - 1))
    made = np.bincount(world.events.day[rows_of(world, Kind.VISITED)] - START_DAY, minlength=days)
    room = [int(a_day * (day + 1001)) - int(a_day * (day + 1000)) for day in range(START_DAY, START_DAY + days)]
    assert (made <= room).all() and made[-60:].sum() > 0.95 * sum(room[-60:]), "the team was never short"
    assert len(waits[-1][0]) > 20
    workers = world.state.workers[world.events.other[rows_of(world, Kind.VISITED)]]
    assert (workers.role == Role.OUTREACH).all() and (workers.capacity == 1).all()


def test_a_wrong_address_is_found_out_at_the_first_visit():
    """One visit, not reached; nobody is met where they do not live."""
    world = lived(quiet(overdoses=3, deflection__naloxone_plus=True, deflection__address_current=0), 60)
    missed = rows_of(world, Kind.NOT_REACHED)
    assert len(missed) > 30 and set(world.events.amount[missed]) == {1.0}
    assert len(rows_of(world, Kind.VISITED)) == len(missed) and len(rows_of(world, Kind.REACHED)) == 0


@pytest.mark.parametrize("most", [1, 3, 5])
def test_people_are_given_up_after_so_many_visits(most):
    """At the right address, with nobody at home: `visits_most` visits, two days or more apart, then no more."""
    numbers = {"deflection.naloxone_plus": True, "deflection.address_current": 1, "deflection.met_per_visit": 0}
    world = quiet(1500, overdoses=3, **numbers, deflection__visits_most=most)
    force(world, visits_per_day=1000)
    lived(world, 60)
    events = world.events
    missed = rows_of(world, Kind.NOT_REACHED)
    assert len(missed) > 20 and set(events.amount[missed]) == {float(most)}
    visits = rows_of(world, Kind.VISITED)
    assert events.amount[visits].max() == most
    of_a_case = {}
    for row in visits:
        of_a_case.setdefault(int(events.cause[row]), []).append((int(events.day[row]), int(events.amount[row])))
    for days in of_a_case.values():
        assert [number for _, number in days] == list(range(1, len(days) + 1))
        assert all(later - day >= 2 for (day, _), (later, _) in pairwise(days))


def test_survivors_may_die_before_the_visit():
    """Between the overdose and the third day some die; their case is closed and nobody knocks."""
    numbers = {"overdose.base_oud_per_year": 20.0, "overdose.base_injecting_per_year": 20.0}
    world = lived(alone(Pathway.NALOXONE_PLUS, 3000, **numbers), 60)
    events = world.events
    named = {}
    died_waiting = 0
    for event in events:
        if event.kind == Kind.EVENT_PASSED:
            named[int(event.who)] = int(event.day)
        elif event.kind in (Kind.REACHED, Kind.NOT_REACHED):
            named.pop(int(event.who), None)
        elif event.kind in (Kind.DIED_OVERDOSE, Kind.DIED_OTHER) and int(event.who) in named:
            died_waiting += event.day - named.pop(int(event.who)) < 3
        elif event.kind == Kind.VISITED:
            assert int(event.who) in named, "a visit to somebody whose case is closed"
    assert died_waiting > 3
    check_world(world)


def test_whoever_is_reached_gets_a_kit_for_the_home():
    """A kit with every person reached, kept at their home."""
    world = lived(quiet(accepts=-50, overdoses=3, deflection__naloxone_plus=True), 60)
    reached = rows_of(world, Kind.REACHED)
    kits = rows_of(world, Kind.KIT_RECEIVED)
    assert len(reached) > 20 and sorted(world.events.cause[kits]) == sorted(reached)
    homes = world.residents.household[world.events.who[kits]]
    assert np.array_equal(world.events.other[kits], homes)
    last = dict(zip(homes.tolist(), world.events.amount[kits].tolist(), strict=True))
    used = set(world.residents.household[world.events.who[rows_of(world, Kind.LAY_NALOXONE)]].tolist())
    for home, until in last.items():
        assert home in used or world.households.kit_until[home] == until


def test_a_kit_is_left_behind_at_the_scene_and_the_survivor_referred():
    """Each attended survivor whose case is not open gets a kit and is referred by the medics, not by an officer."""
    numbers = {"deflection.officer_referral": True, "deflection.leave_behind_kits": True}
    world = lived(quiet(overdoses=3, **numbers), 40)
    without = lived(quiet(overdoses=3, **(numbers | {"deflection.leave_behind_kits": False})), 40)
    kits, referred = rows_of(world, Kind.KIT_RECEIVED), rows_of(world, Kind.REFERRED)
    assert len(kits) == len(referred) > 20
    assert set(world.events.kind[world.events.cause[kits]]) == {Kind.RESPONDED}
    assert np.array_equal(world.events.cause[kits], world.events.cause[referred])
    assert set(world.events.other[referred]) == {-1}
    assert len(rows_of(without, Kind.KIT_RECEIVED, Kind.REFERRED)) == 0


def test_the_weekly_list_prefers_recent_overdoses_and_hot_spots():
    """Once a week; four times as likely after an overdose within 90 days, twice where police meet people most."""
    numbers = {"deflection.active_outreach": True, "deflection.visits_per_worker": 6}
    world = quiet(8000, accepts=-50, **numbers)
    force(world, visits_per_day=120)
    h = world.histories
    h.last_overdose[::2] = START_DAY - 60
    h.last_overdose[1::2] = START_DAY - 91 - 7
    lived(world, 8)
    events = world.events
    listed = rows_of(world, Kind.LISTED)
    assert len(set(events.day[listed])) == 1 and int(events.day[listed][0]) % 7 == 0
    place = world.households.neighbourhood[world.residents.household[h.resident]]
    hot = world.state.policing_factor[place] >= world.state.rules.hot_spot
    recent = np.arange(len(h)) % 2 == 0
    using = np.isin(h.use, (2, 3))
    on = np.zeros(len(h), bool)
    on[world.residents.history[events.who[listed]]] = True
    weight = np.where(recent, 4.0, 1.0) * np.where(hot, 2.0, 1.0) * using
    expected = np.minimum(1, 7 * 120 / 2 * weight / weight.sum())
    assert 0.1 < hot.mean() < 0.6 and not on[~using].any()
    for group in (recent & hot, recent & ~hot, ~recent & hot, ~recent & ~hot):
        mean, var = expected[group].sum(), (expected * (1 - expected))[group].sum()
        assert abs(on[group].sum() - mean) < 4 * np.sqrt(var), f"{on[group].sum()} listed, {mean:.0f} expected"


# --- case management -------------------------------------------------------------------------------


def test_a_full_caseload_makes_a_list_that_waits_its_turn():
    """Nobody sees to more than the caseload; who has waited longest is taken on first, and then all room is used."""
    world = alone(Pathway.OFFICER_INTERVENTION, 1500, deflection__case_managers_per_100k=20, deflection__caseload=5)
    waits = 0
    for _ in range(120):
        before = len(world.events)
        lived(world, 1)
        workers, d = world.state.workers, world.dealings
        assert (workers.caseload <= workers.capacity).all()
        waiting = d.stage == Stage.TO_TAKE_ON
        free = (workers.capacity - workers.caseload)[workers.role == Role.CASE_MANAGER].sum()
        at_large = waiting & (world.histories.held == 0) & ~_released_today(world, before)
        assert not at_large.any() or free == 0 or _left_today(world, before), "somebody waits beside an empty chair"
        waits += at_large.any()
        taken = world.events[before:][world.events.kind[before:] == Kind.CASE_OPENED]
        if len(taken) and at_large.any():
            assert (taken.day - taken.amount).max() <= d.case_since[at_large].min(), "somebody was passed over"
    assert waits > 30
    opened = rows_of(world, Kind.CASE_OPENED)
    assert (world.events.amount[opened] > 0).any()


def _released_today(world, before):
    """Return whose stay in jail ended tonight, after the case managers had gone home; bool, a history each."""
    events = world.events[before:]
    released = np.zeros(len(world.residents), bool)
    released[events.who[events.kind == Kind.RELEASED]] = True
    return released[world.histories.resident]


def _left_today(world, before):
    """Say whether a case closed today: its chair is given away tomorrow."""
    return (world.events.kind[before:] == Kind.CASE_CLOSED).any()


def test_a_plan_completed_voids_the_charge_and_a_failed_one_goes_to_court():
    """Every completed plan voids its charge the same day; every charge sent forward is heard 31 days later at most."""
    world = _alone_for_a_while(Pathway.OFFICER_INTERVENTION)
    events = world.events
    done, voided = rows_of(world, Kind.COMPLETED), rows_of(world, Kind.CHARGE_VOIDED)
    assert len(done) > 3 and sorted(events.cause[voided]) == sorted(done)
    assert not len(rows_of(alone(Pathway.OFFICER_INTERVENTION), Kind.CHARGE_VOIDED))
    forwarded = rows_of(world, Kind.CHARGE_FORWARDED)
    heard = {(int(events.who[row]), int(events.day[row])) for row in rows_of(world, Kind.COURT)}
    gone = {int(who): int(day) for who, day in zip(events.who, events.day, strict=True)
            if world.residents.fate[who] != 0}  # fmt: skip
    due = 0
    for row in forwarded:
        who, day = int(events.who[row]), int(events.day[row])
        if day + 31 >= world.day or gone.get(who, 10**6) <= day + 31:
            continue
        due += 1
        assert any((who, day + days) in heard for days in range(32)), (
            f"the charge of {who} of day {day} was never heard"
        )
    assert due > 10
    failed = events.cause[rows_of(world, Kind.CASE_CLOSED)]
    assert np.isin(rows_of(world, Kind.CHARGE_FORWARDED), failed).any(), "no plan failed"


def test_a_long_wait_for_a_case_manager_is_not_held_against_the_plan():
    """Days of grace count from the day somebody is taken on: nobody fails before, however long they waited."""
    numbers = {"deflection.plan_grace_days": 20, "deflection.plan_months": 3, "deflection.case_managers_per_100k": 0.0}
    world = alone(Pathway.OFFICER_INTERVENTION, 2000, **numbers)
    lived(world, 40)
    world.state.workers.capacity[world.state.workers.role == Role.CASE_MANAGER] = 100
    force(world, attendance_delay_logit=0.0)
    lived(world, 60)
    events = world.events
    opened = rows_of(world, Kind.CASE_OPENED)
    failed = rows_of(world, Kind.CHARGE_FORWARDED)
    failed = failed[events.kind[events.cause[failed]] == Kind.CASE_OPENED]
    assert (events.amount[opened] > 20).sum() > 5 and len(failed) > 5
    assert (events.day[failed] - events.day[events.cause[failed]]).min() > 20


def test_a_charge_not_held_is_voided_at_the_hand_over():
    """Only who is lost on the way is charged; plans that end have no charge to void."""
    world = lived(alone(Pathway.OFFICER_INTERVENTION, 1000, deflection__charge_held=False), 90)
    events = world.events
    voided, forwarded = rows_of(world, Kind.CHARGE_VOIDED), rows_of(world, Kind.CHARGE_FORWARDED)
    assert set(events.kind[events.cause[voided]]) == {Kind.HANDED_OVER} and len(voided) > 10
    assert set(events.kind[events.cause[forwarded]]) == {Kind.ACCEPTED}
    assert (world.dealings.charged == 0).all() and (world.dealings.mandated == 0).all()


def test_hearings_are_held_on_their_day_each_once():
    """Who is arrested and not jailed is heard within 31 days; two hearings of one person are never about one date."""
    world = quiet(600, policing__enforcement_contacts_per_year=60, policing__arrest_share=1, policing__citation_share=0,
                  custody__arrest_to_jail=0)  # fmt: skip
    days = 200
    lived(world, days)
    events = world.events
    expected = {}
    hearings = Counter()
    for event in events:
        who, day = int(event.who), int(event.day)
        if event.kind == Kind.ARRESTED and expected.get(who, START_DAY - 1) < day:
            expected[who] = day + 31
        elif event.kind == Kind.COURT:
            assert expected[who] == day, f"{who} is heard on day {day}, the hearing was set for {expected[who]}"
            hearings[who] += 1
    assert sum(hearings.values()) > 500
    assert not [who for who, day in expected.items() if day < world.day and not hearings[who]]


# --- self-referral ---------------------------------------------------------------------------------


def test_people_under_supervision_are_sent_away_unless_the_policy_lets_them_come():
    """With a warrant or probation: excluded, nothing offered; allowed, they are served like others."""

    def lives(allowed):
        world = alone(Pathway.SELF_REFERRAL, 1000, deflection__eligible_supervised=allowed)
        world.dealings.supervised_until = 10**5
        watched = world.histories.resident.copy()
        lived(world, 60)
        return world, {kind: np.isin(world.events.who[rows_of(world, kind)], watched).sum() for kind in Kind}

    (_, sent), (served, _) = lives(False), lives(True)
    assert sent[Kind.EXCLUDED] == sent[Kind.WALKED_IN] > 20
    assert sent[Kind.OFFERED] == sent[Kind.NOT_PLACED] == 0
    assert len(rows_of(served, Kind.EXCLUDED)) == 0 and len(rows_of(served, Kind.OFFERED)) > 10


def test_detox_beds_are_never_overrun():
    """No more people than beds on any night; with others in most of them, some find no place at all."""
    world = alone(Pathway.SELF_REFERRAL, 2000, deflection__detox_beds_per_100k=400, deflection__medication_arranged=0)
    detox = np.flatnonzero(world.state.providers.kind == ProviderKind.DETOX)
    most = 0
    for _ in range(90):
        lived(world, 1)
        providers = world.state.providers
        assert (providers.occupied[detox] <= providers.slots[detox]).all()
        most = max(most, int(providers.occupied[detox].sum()))
    assert most >= 2 and len(rows_of(world, Kind.NOT_PLACED)) > 0
    assert set(world.events.amount[rows_of(world, Kind.NOT_PLACED)]) == {2.0}
    full = alone(Pathway.SELF_REFERRAL, 2000, deflection__detox_background=1, deflection__medication_arranged=0)
    lived(full, 30)
    assert len(rows_of(full, Kind.NOT_PLACED)) > 5 and len(rows_of(full, Kind.OFFERED)) == 0
