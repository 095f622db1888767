"""B1-B5 and D1: a world holds together every month, whatever the scenario and the county; each fault is seen."""

import numpy as np
import pytest
from deflect.agents.child import Custody
from deflect.agents.dealings import Stage
from deflect.agents.household import GROUP_QUARTERS
from deflect.agents.resident import Care, Fate, Use
from deflect.model.build import build
from deflect.model.care import leave_care
from deflect.model.checks import BrokenWorld, check_world
from deflect.model.events import Kind
from deflect.model.processes.census import Count
from deflect.model.world import START_DAY
from deflect.scenarios import places
from deflect.scenarios.field import limits
from deflect.scenarios.load import load
from deflect.scenarios.schema import fields
from deflect.scenarios.sections import SECTIONS
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from towns import ALL_PATHWAYS, BUSY, copied, digest, lived, open_town, town

MONTH = 30


def checked_monthly(world, days):
    """Let days happen, checking the world before, every month and at the end."""
    check_world(world)
    for begun in range(0, days, MONTH):
        check_world(lived(world, min(MONTH, days - begun)))
    return world


@pytest.fixture(scope="module")
def busy():
    """A town in which everything happened, two years and a quarter on; tests break copies of it."""
    worn = {"officer_wellness.resign_per_year": 0.5, "officer_wellness.sick_days": 30.0, "family.removal_12m": 0.9}
    numbers = {"drug_use.first_misuse_per_year": 0.2, "deflection.plan_months": 6, "family.report_usual": 0.5}
    return checked_monthly(open_town(600, seed=5, **numbers, **worn), 90)


# --- every fault is seen ---------------------------------------------------------------------------


def first(condition) -> int:
    rows = np.flatnonzero(condition)
    assert len(rows), "this town is too quiet to plant the fault"
    return int(rows[0])


def first_event(world, *kinds) -> int:
    return first(np.isin(world.events.kind, kinds))


def history(world, care=None, use=None) -> int:
    h = world.histories
    wanted = h.present == 1
    wanted &= (h.care == care) if care is not None else True
    wanted &= (h.use == use) if use is not None else True
    return first(wanted)


def append_event(world, like: int, **columns):
    """Write one more event of last night, not counted by anybody."""
    clock = world.state.clock[0]
    world.state.events[clock.events] = world.events[like]
    for column, value in ({"day": world.day - 1, "cause": -1} | columns).items():
        world.state.events[clock.events][column] = value
    clock.events += 1


FAULTS = {}


def fault(says: str):
    """Register a fault by its name; the check must say `says`."""

    def register(plant):
        FAULTS[plant.__name__] = (plant, says)
        return plant

    return register


@fault("tolerance is nan")
def a_number_is_lost(world):
    world.histories.tolerance[history(world)] = np.nan


@fault("occupied is -1")
def a_counter_goes_below_zero(world):
    world.state.providers.occupied[0] = -1


@fault("have the same key")
def two_people_share_a_key(world):
    world.residents.key[7] = world.residents.key[3]


@fault("household is 10000000, no row there")
def a_pointer_leads_nowhere(world):
    world.residents.household[0] = 10**7


@fault("cause is")
def an_event_is_caused_by_the_future(world):
    row = first_event(world, Kind.SURVIVED)
    world.events.cause[row] = row + 1


@fault("fate is HERE and left is")
def somebody_left_and_is_here(world):
    world.residents.left[first(world.residents.fate == Fate.HERE)] = -1


@fault("points at history")
def a_history_belongs_to_another(world):
    a, b = world.histories.resident[:2]
    world.residents.history[a], world.residents.history[b] = 1, 0


@fault("present is 1 and fate is MOVED")
def somebody_gone_is_visited(world):
    row = first((world.histories.present == 0) & (world.residents.fate[world.histories.resident] == Fate.MOVED))
    world.histories.present[row] = 1


@fault("is not older")
def a_child_is_older_than_the_mother(world):
    row = first(world.residents.mother >= 0)
    world.residents.mother[row] = first(world.residents.born > world.residents.born[row])


@fault("use is MISUSE, care is WAITING")
def somebody_waits_who_has_no_disorder(world):
    world.histories.use[history(world, care=Care.WAITING)] = Use.MISUSE


@fault("and provider is -1")
def care_without_a_provider(world):
    world.histories.provider[history(world, care=Care.METHADONE)] = -1


@fault("and wants is")
def another_medication_than_wanted(world):
    world.histories.wants[history(world, care=Care.METHADONE)] = Care.NALTREXONE


@fault("wants METHADONE from provider")
def methadone_from_an_office(world):
    row = history(world, care=Care.METHADONE)
    world.histories.provider[row] = first(world.state.providers.kind == 1)


@fault("on the waiting list 2 times")
def twice_on_the_list(world):
    queue, clock = world.state.queue, world.state.clock[0]
    queue[clock.queued] = queue[0]
    clock.queued += 1


@fault("care is WAITING, on the waiting list 0 times")
def lost_from_the_list(world):
    world.state.clock[0].queued -= 1


@fault("in the future")
def use_since_tomorrow(world):
    world.histories.since[0] = world.day


@fault("a member of households 0 times")
def somebody_has_no_home(world):
    row = first((world.residents.fate == Fate.HERE) & (world.residents.housemate >= 0))
    world.residents.housemate[row] = world.residents.housemate[world.residents.housemate[row]]


@fault("a member of households 1 times")
def somebody_gone_is_at_home(world):
    home, gone = first(world.households.first < 0), first(world.residents.fate != Fate.HERE)
    world.households.first[home] = gone
    world.residents.household[gone] = home


@fault("another one lists them")
def the_household_column_is_stale(world):
    row = first((world.residents.fate == Fate.HERE) & (world.residents.housemate >= 0))
    world.residents.household[row] = world.residents.household[row] + 1


@fault("members in all lists, but")
def a_household_is_a_ring(world):
    r = world.residents
    row = first((r.fate == Fate.HERE) & (r.housemate >= 0) & (world.households.first[r.household] == np.arange(len(r))))
    second = r.housemate[row]
    if r.housemate[second] < 0:
        r.housemate[second] = row
    else:
        last = second
        while r.housemate[last] >= 0:
            last = r.housemate[last]
        r.housemate[last] = row
    world.households.first[r.household[row]] = -1


@fault("without an adult")
def children_are_left_alone(world):
    homes = world.households
    members = np.bincount(world.residents.household[world.residents.fate == Fate.HERE], minlength=len(homes))
    home = first((members > 0) & (homes.kind != GROUP_QUARTERS))
    world.residents.born[world.residents.household == home] = world.day - 6000


@fault("people are in treatment there")
def a_place_is_not_freed(world):
    world.state.providers.occupied[first(world.state.providers.occupied > 0)] += 1


@fault("were admitted on day")
def admitted_without_a_place(world):
    row = first(np.bincount(world.events.other[world.events.kind == Kind.ADMITTED]) > 0)
    entered = first((world.events.kind == Kind.ADMITTED) & (world.events.other == row))
    world.events.day[entered:] = world.day - 1
    world.state.providers.slots[row] = world.state.providers.occupied[row] - 1


@fault("not the other way")
def a_tie_has_one_end(world):
    ties = world.rows("late_ties")
    ties.to[0] = first(~np.isin(np.arange(len(world.residents)), ties.to))


@fault("to themselves")
def a_tie_to_oneself(world):
    person = first(world.rows("late_first"))
    world.rows("late_ties").to[world.rows("late_first")[person] - 1] = person


@fault("is in nobody's list")
def a_tie_is_lost(world):
    world.rows("late_first")[first(world.rows("late_first"))] = 0


@fault("missing or taken")
def two_lists_run_together(world):
    people = np.flatnonzero(world.rows("late_first"))
    world.rows("late_first")[people[0]] = world.rows("late_first")[people[1]]


@fault("but 600 people at the start and")
def a_birth_without_an_event(world):
    row = first_event(world, Kind.BORN)
    world.events.kind[row] = Kind.HOSPITAL


@fault("came, but the next row of residents was another")
def a_row_is_used_again(world):
    row = first_event(world, Kind.BORN, Kind.MOVED_IN)
    world.events.who[row] = 0


@fault("with 0 events of death or departure")
def a_death_without_an_event(world):
    world.events.kind[first_event(world, Kind.DIED_OTHER)] = Kind.HOSPITAL


@fault("fate is DIED_OTHER and left is")
def another_fate_than_the_event(world):
    world.residents.fate[world.events.who[first_event(world, Kind.DIED_OVERDOSE)]] = Fate.DIED_OTHER


@fault("gone since event")
def the_dead_are_taken_to_hospital(world):
    append_event(world, first_event(world, Kind.DIED_OTHER), kind=Kind.HOSPITAL)


@fault("CALLED_911 through")
def the_dead_call_911(world):
    dead = world.events.who[first_event(world, Kind.DIED_OTHER)]
    append_event(world, first_event(world, Kind.CALLED_911), who=world.residents.household[0] * 0, other=dead)


@fault("LEFT_LIST about")
def the_dead_leave_the_list_later(world):
    dead = world.events.who[first_event(world, Kind.DIED_OVERDOSE)]
    append_event(world, first_event(world, Kind.DIED_OVERDOSE), kind=Kind.LEFT_LIST, who=dead, other=0)


@fault("out of order")
def events_out_of_order(world):
    world.events.day[10] = world.events.day[9] - 1


@fault("which is not allowed")
def remission_becomes_misuse(world):
    e = world.events
    row = first((e.kind == Kind.USE_CHANGED) & (e.other == Use.REMISSION))
    e.amount[row] = Use.MISUSE


@fault("but was")
def use_changed_in_silence_before(world):
    e = world.events
    changes = np.flatnonzero(e.kind == Kind.USE_CHANGED)
    often = first(np.bincount(e.who[changes]) > 2)
    row = changes[e.who[changes] == often][0]
    e.amount[row] = Use.INJECTING if e.amount[row] != Use.INJECTING else Use.OUD


@fault("by the events")
def use_changed_in_silence(world):
    changed = world.events.who[world.events.kind == Kind.USE_CHANGED]
    row = first(np.isin(world.histories.resident, changed) & (world.histories.use == Use.OUD))
    world.histories.use[row] = Use.INJECTING


@fault("does not fit what was before")
def admitted_without_asking(world):
    row = first_event(world, Kind.ADMITTED)
    asked = first((world.events.kind == Kind.ASKED_FOR_CARE) & (world.events.who == world.events.who[row]))
    world.events.kind[asked] = Kind.HOSPITAL


@fault("the last event")
def left_the_list_in_silence(world):
    row = history(world, care=Care.WAITING)
    clock = world.state.clock[0]
    before = int(clock.events)
    leave_care(world.view, row, -1)
    clock.events = before


@fault("asked, but")
def a_request_is_lost(world):
    row = first_event(world, Kind.ASKED_FOR_CARE)
    world.events.other[row] = (world.events.other[row] + 1) % len(world.state.providers)


@fault("overdoses, the last on day")
def an_overdose_is_not_counted(world):
    world.histories.overdoses[first(world.histories.overdoses > 0)] -= 1


@fault("is no probability of death")
def a_probability_above_one(world):
    world.events.amount[first_event(world, Kind.OVERDOSE)] = 1.5


@fault("is not a request of theirs")
def anothers_request(world):
    world.histories.asked_event[0] = first_event(world, Kind.SURVIVED)


@fault("key is")
def dealings_belong_to_another(world):
    world.dealings.key[3] = 10**9


@fault("in jail, but the person has died or moved away")
def somebody_gone_is_in_jail(world):
    world.histories.held[first(world.histories.present == 0)] = 1


@fault("held is 1, to be released on day -1000000")
def a_release_is_forgotten(world):
    world.dealings.release_day[first(world.histories.held)] = -(10**6)


@fault("in a jail without medication, and care is")
def treatment_goes_on_in_a_jail_without_it(world):
    row = history(world, care=Care.BUPRENORPHINE)
    world.histories.held[row] = 1
    world.dealings.jail_medication[row] = 0


@fault("by the events 0 times in jail")
def jailed_in_silence(world):
    row = first((world.histories.held == 0) & (world.histories.present == 1))
    world.histories.held[row], world.dealings.release_day[row] = 1, world.day + 3


@fault("on the list of cases 0 times")
def a_case_is_off_the_list(world):
    world.state.clock[0].cases -= 1


@fault("on the list of cases 2 times")
def a_case_is_listed_twice(world):
    clock = world.state.clock[0]
    world.state.cases[clock.cases] = world.state.cases[0]
    clock.cases += 1


@fault("an open case of somebody gone")
def the_case_of_somebody_gone_is_open(world):
    clock, row = world.state.clock[0], first(world.histories.present == 0)
    world.dealings.stage[row] = Stage.TO_VISIT
    world.state.cases[clock.cases] = row
    clock.cases += 1


@fault("managed is 0, stage is MANAGED")
def managed_in_one_table_only(world):
    world.histories.managed[first(world.histories.managed)] = 0


@fault("people have this case manager")
def a_caseload_is_not_given_back(world):
    world.state.workers.caseload[0] += 1


@fault("stage is MANAGED, case manager is -1")
def a_case_without_a_case_manager(world):
    row = first(world.histories.managed)
    world.state.workers.caseload[world.dealings.worker[row]] -= 1
    world.dealings.worker[row] = -1


@fault("and took on 1")
def a_case_manager_takes_on_too_many(world):
    worker = first(world.state.workers.caseload > 0)
    world.state.workers.capacity[worker] = world.state.workers.caseload[worker] - 1
    append_event(world, first_event(world, Kind.CASE_OPENED), other=worker)


@fault("of those in treatment came that way")
def a_reserved_slot_is_not_freed(world):
    world.state.providers.handed_over[0] += 1


@fault("not on duty on day")
def an_officer_off_duty_arrests(world):
    officers, day = world.state.officers, world.day - 1
    there = (officers.beat >= 0) & (officers.left > day) & (officers.away_until <= day)
    ours = officers.crew == (day // 2) % 2
    # Nobody has to stand in for a crew that is there.
    off = first((officers.beat >= 0) & ~ours & np.isin(officers.shift, officers.shift[there & ours]))
    append_event(world, first_event(world, Kind.ARRESTED), other=off)


@fault("not on duty on day")
def an_officer_at_a_desk_offers(world):
    append_event(world, first_event(world, Kind.POLICE_CONTACT), other=0)
    world.state.officers.beat[0] = -1


@fault("serves, but post")
def an_officer_lost_the_post(world):
    world.state.posts.officer[world.state.officers.post[first(world.state.officers.left > world.day)]] = -1


@fault("holds 2 posts")
def an_officer_holds_two_posts(world):
    posts, officer = world.state.posts, first(world.state.officers.left > world.day)
    posts.officer[first(posts.officer < 0)] = officer


@fault("OFFICER_LEFT 0 times")
def an_officer_leaves_in_silence(world):
    world.state.officers.left[first(world.state.officers.left > world.day)] = world.day - 1


@fault("OFFICER_HIRED 1 times")
def a_recruit_was_always_there(world):
    world.state.officers.joined[first(world.state.officers.joined > START_DAY)] = START_DAY - 100


@fault("who had left")
def an_officer_arrests_after_leaving(world):
    gone = first(world.state.officers.left < world.day - 1)
    append_event(world, first_event(world, Kind.ARRESTED), other=gone)


@fault("who was away")
def an_officer_works_while_sick(world):
    sick = first_event(world, Kind.SICK)
    act = first((world.events.kind == Kind.POLICE_CONTACT) & (world.events.day == world.events.day[sick] + 1))
    world.events.other[act] = world.events.other[sick]


@fault("injured by the events")
def an_officer_is_injured_in_silence(world):
    world.state.officers.injured[first(world.state.officers.injured == 0)] = 1


@fault("officer is 10000, no row there")
def a_post_is_held_by_nobody_there_is(world):
    world.state.posts.officer[0] = 10**4


@fault("children row 0: not the row of resident")
def a_childhood_belongs_to_another(world):
    a, b = world.children.resident[:2]
    world.residents.child[a], world.residents.child[b] = 1, 0


@fault("children row 2: key is")
def a_child_has_anothers_key(world):
    world.children.key[2] = 10**9


@fault("custody is FOSTER, removed by the events 0 times")
def a_child_is_removed_in_silence(world):
    world.children.custody[first((world.children.custody == 0) & (world.children.present == 1))] = Custody.FOSTER


@fault("liability is nan")
def a_liability_is_lost(world):
    world.children.liability[0] = np.nan


@fault("VACANT is")
def the_census_forgets_a_vacancy(world):
    world.census[-1][Count.VACANT] += 1


@fault("IN_KIN_CARE is")
def the_census_forgets_a_child_with_kin(world):
    world.census[-1][Count.IN_KIN_CARE] -= 1


@fault("RELEASED about")
def the_dead_are_released_later(world):
    dead = world.events.who[first_event(world, Kind.DIED_OVERDOSE)]
    append_event(world, first_event(world, Kind.RELEASED), who=dead)


@fault("JAILED is")
def the_census_forgets_the_jail(world):
    world.census[-1][Count.JAILED] += 1


@fault("MANAGED is")
def the_census_forgets_a_case(world):
    world.census[-1][Count.MANAGED] -= 1


@fault("MISUSE is")
def the_census_forgets_somebody(world):
    world.census[-1][Count.MISUSE] -= 1


@fault("BORN is")
def the_census_counts_a_birth_too_many(world):
    world.census[-1][Count.FIRST_EVENT + Kind.BORN] += 1


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_is_seen(busy, name):
    plant, says = FAULTS[name]
    world = copied(busy)
    check_world(world)
    plant(world)
    with pytest.raises(BrokenWorld) as broken:
        check_world(world)
    assert says in str(broken.value)


def test_a_fault_in_the_ties_of_the_start_is_seen():
    world = town(300)
    check_world(world)
    world.state.tie_weight[0] *= 0.5
    with pytest.raises(BrokenWorld, match="the two directions have different weights"):
        check_world(world)


def test_all_faults_are_said_at_once(busy):
    world = copied(busy)
    world.census[-1][Count.POPULATION] += 1
    world.state.providers.occupied[0] += 1
    with pytest.raises(BrokenWorld, match="2 faults") as broken:
        check_world(world)
    assert "POPULATION" in str(broken.value) and "providers row 0" in str(broken.value)


def test_checking_changes_nothing(busy):
    before = digest(busy)
    check_world(busy)
    assert digest(busy) == before


# --- any scenario, any county ----------------------------------------------------------------------


def first_fault(world, days) -> str:
    """Let days happen; return what the first check says that does not hold, before, every month or at the end."""
    try:
        checked_monthly(world, days)
    except BrokenWorld as broken:
        return str(broken)
    return ""


CHOICES = {"trauma_training.days": (0, 1, 5)}


def values(spec):
    """Return a strategy for one field: its default, its usual range, its bounds, and anything between them."""
    if isinstance(spec.default, bool):
        return st.booleans()
    if spec.path in CHOICES:
        return st.sampled_from(CHOICES[spec.path])
    if not isinstance(spec.default, (int, float)):
        return None
    section, _, name = spec.path.partition(".")
    bounds = limits(SECTIONS[section].model_fields[name])
    low = spec.low + 0.001 * ("gt" in bounds)
    high = (100 if spec.high is None else spec.high) - 0.001 * ("lt" in bounds)
    edges = st.sampled_from([spec.default, type(spec.default)(low), type(spec.default)(high)])
    if isinstance(spec.default, int):
        return st.one_of(edges, st.integers(int(low), int(high)))
    return st.one_of(edges, st.sampled_from(spec.usual or (spec.default,)), st.floats(low, high))


# Fields bound to one another are left as they are: shares that add up to one, a least and a most.
BOUND = (
    ("policing", "n_share"),
    ("policing", "level_share"),
    ("policing", "arrest_share"),
    ("treatment", "_share"),
    ("harm_reduction", "kits_to_"),
    ("population", "oud_scale_"),
    ("officer_wellness", "vacancy_months_"),
)
SEARCHED = [
    spec
    for spec in fields()
    if spec.kind != "setting"
    and values(spec) is not None
    and not any(spec.path.startswith(section) and part in spec.path for section, part in BOUND)
]


OPENED = set(ALL_PATHWAYS) - set(BUSY)


@st.composite
def overrides(draw):
    chosen = draw(st.lists(st.sampled_from(SEARCHED), max_size=12, unique_by=lambda spec: spec.path))
    told = {spec.path: draw(values(spec)) for spec in chosen}
    lever = draw(st.sampled_from([spec for spec in SEARCHED if spec.kind == "lever"]))
    if draw(st.booleans()):  # every pathway, unless it was drawn otherwise
        told = {spec.path: ALL_PATHWAYS[spec.path] for spec in SEARCHED if spec.path in OPENED} | told
    told["changes"] = [{"day": draw(st.integers(0, 20)), "set": {lever.path: draw(values(lever))}}]
    return told | {
        "residents": draw(st.sampled_from([1, 7, 200])),
        "place": draw(st.sampled_from(["54011", "48301", "US"])),
    }


@settings(max_examples=30, derandomize=True, deadline=None, database=None, suppress_health_check=list(HealthCheck))
@given(overrides(), st.integers(0, 2**63 - 1))
def test_valid_scenarios_never_break(told, seed):
    assert first_fault(build(load("status_quo", told), seed), 730 + 60) == ""


def twenty_counties():
    every = places.all_fips()
    chosen = np.random.default_rng(2024).choice(len(every), 20, replace=False)
    return [every[i] for i in sorted(chosen)]


def by_population():
    return sorted(places.all_fips(), key=lambda fips: places.find(fips).population)


@pytest.mark.parametrize("fips", twenty_counties())
def test_any_county_lives(fips):
    world = build(load("status_quo", {"place": fips, "residents": 2000}), seed=3)
    assert first_fault(world, 30) == ""
    assert world.day == START_DAY + 30


def test_the_smallest_and_the_largest_county_live():
    ordered = by_population()
    smallest = build(load("status_quo", {"place": ordered[0]}), seed=3)
    largest = build(load("status_quo", {"place": ordered[-1], "residents": 2000}), seed=3)
    assert first_fault(smallest, 30) == first_fault(largest, 30) == ""
    assert smallest.starting_people == places.find(ordered[0]).population < 100
