"""Handles: one object an agent, one row underneath; sets of them at the speed of columns."""

import copy
import pickle
from random import Random

import mesa
import numpy as np
import pytest
from deflect.agents.agency import AgencyKind
from deflect.agents.child import Custody
from deflect.agents.dealings import DEALINGS, Pathway, Stage
from deflect.agents.handles import (
    Agency,
    Handle,
    Household,
    HouseholdKind,
    Officer,
    Provider,
    Race,
    Resident,
    Sex,
    Worker,
)
from deflect.agents.provider import ProviderKind, free_slots
from deflect.agents.resident import Care, Fate, Use
from deflect.agents.worker import Role, has_room
from deflect.model.checks import check_world
from deflect.model.community import CommunityModel
from deflect.model.events import BY_PATHWAY, Kind
from deflect.model.levers import shock_trust
from deflect.model.standing import touch_trust, trust_of
from deflect.scenarios.errors import InputError
from mesa.agentset import AbstractAgentSet
from towns import busy_town, copied, open_town

pytestmark = pytest.mark.filterwarnings("error")
KINDS = (Resident, Household, Officer, Provider, Agency, Worker)


@pytest.fixture(scope="module")
def lived_town():
    model = CommunityModel(world=busy_town(), burn_in=False)
    model.run_for(60)
    return model


@pytest.fixture
def town(lived_town):
    """A town in which much has happened, of one's own."""
    return CommunityModel(world=copied(lived_town.world), burn_in=False)


@pytest.fixture(scope="module")
def lived_open_town():
    model = CommunityModel(world=open_town(), burn_in=False)
    model.run_for(30)
    return model


@pytest.fixture
def programme(lived_open_town):
    """A town in which every pathway has been open for a month, of one's own."""
    return CommunityModel(world=copied(lived_open_town.world), burn_in=False)


def everybody(model, kind):
    """Return handles made one by one, by plain Python."""
    handles = [kind(model, row) for row in range(len(model.world.rows(kind.table)))]
    return [handle for handle in handles if handle.is_here]


def somebody(model, **values):
    return model.agents_by_type[Resident].select(**values).to_list()[0]


# --- one agent ---------------------------------------------------------------------------------------


def test_an_agent_reads_its_row_in_words(town):
    world = town.world
    row = int(np.flatnonzero(world.residents["history"] >= 0)[3])
    person, history = Resident(town, row), world.histories[world.residents["history"][row]]
    assert isinstance(person, mesa.Agent)
    assert (person.sex, person.race) == (Sex(int(world.residents.sex[row])), Race(int(world.residents.race[row])))
    assert (person.use, person.care) == (Use(int(history.use)), Care(int(history.care)))
    assert isinstance(person.use, Use) and person.frailty == history.frailty and type(person.frailty) is float
    assert person.household == Household(town, int(world.residents.household[row]))
    assert person.knows_law is bool(world.residents.knows_law[row])
    assert person.age == int((world.day - world.residents.born[row]) / 365.25)
    assert person.mother is None or isinstance(person.mother, Resident)
    assert person in person.members and person.members == person.household.members
    assert person.as_dict()["frailty"] == person.frailty


def test_without_a_history_what_belongs_to_one_is_none(town):
    person = somebody(town, has_history=False)
    assert person.use is None and person.frailty is None and person.provider is None
    with pytest.raises(InputError, match="no history of opioid use; set `use` first"):
        person.frailty = 2.0


def writable():
    return [(kind, known) for kind in KINDS for known in kind.shown.values() if getattr(known, "kept", "") is None]


@pytest.mark.parametrize("kind, known", writable(), ids=lambda x: getattr(x, "__name__", None) or x.name)
def test_what_is_written_is_in_the_table_and_nowhere_else(town, kind, known):
    agent = town.agents_by_type[kind].to_list()[-1]
    if kind is Resident:
        agent = (
            town.agents_by_type[Resident].select(lambda p: getattr(p, known.by or "history") is not None).to_list()[0]
        )
    if known.through:
        return  # it has its event, see below
    names = ("residents", "histories", "dealings", "children", kind.table)
    before = {name: town.world.rows(name).copy() for name in names}
    row = agent.row if known.by is None else town.world.residents[known.by][agent.row]
    number = before[known.table][known.name][row].item()
    new = number - 1 if number - 1 >= known.column.low else number + 1
    if known.column.high <= 1 and known.column.type == "f8":
        new = 0.25
    setattr(agent, known.name, new)
    if known.plain:
        assert getattr(agent, known.name) == new
    for name, rows in before.items():
        now = town.world.rows(name).copy()
        if name == known.table:
            assert now[known.name][row] == new
            now[known.name][row] = number
        assert now.tobytes() == rows.tobytes()


@pytest.mark.parametrize(
    "kind, name, value, says",
    [
        (Household, "kind", 7, "whole number from 0 to 6"),
        (Household, "kind", "alnoe", "did you mean 'alone'"),
        (Household, "kind", 0.5, "whole number"),
        (Household, "neighbourhood", 4, "from 0 to 3 neighbourhood"),
        (Household, "neighbourhood", None, "where the home is"),
        (Household, "reached_day", 5, "to -670 day"),
        (Officer, "shift", "night", "goes with the post"),
        (Officer, "beat", -1, "off duty with `away_until`"),
        (Officer, "left", 0, "follows from what happens"),
        (Officer, "injured", True, "follows from what happens"),
        (Officer, "trained_day", 5, "to -670 day"),
        (Officer, "stigma", 11, "from -10 to 10"),
        (Officer, "agency", 7, "from -1 to 6"),
        (Officer, "refused_day", 5, "to -670 day"),
        (Officer, "propensity", 1.1, "from 0 to 1"),
        (Officer, "joined", 0, "to -670 day"),
        (Officer, "key", 5, "never changes"),
        (Resident, "frailty", -0.1, "from 0 to 1000"),
        (Resident, "uses_alone", float("nan"), "from 0 to 1"),
        (Resident, "last_overdose", 5, "to -670 day"),
        (Resident, "household", 3, "homes are left and joined"),
        (Resident, "care", Care.METHADONE, "through a provider"),
        (Resident, "age", 20, "worked out"),
        (Resident, "mother", 10**6, "from -1 to"),
        (Resident, "trust", 21, "from -20 to 20"),
        (Resident, "trust_good", 1.0, "the lasting part"),
        (Resident, "trust_now", 1.0, "worked out"),
        (Resident, "contact_factor", -1, "from 0 to 10000"),
        (Resident, "held", True, "arrest and custody"),
        (Resident, "stage", Stage.MANAGED, "from step to step"),
        (Resident, "worker", None, "from step to step"),
        (Resident, "mandated", False, "through a provider"),
        (Resident, "custody", "foster", "child protection decides"),
        (Resident, "exposed", True, "follows from what happens"),
        (Provider, "slots", -1, "from 0"),
        (Provider, "occupied", 0, "through a provider"),
        (Provider, "kind", ProviderKind.DETOX, "change `slots`"),
        (Provider, "trauma_informed", 2, "from 0 to 1"),
        (Agency, "kind", "police", "who hands people over"),
        (Worker, "capacity", -1, "from 0"),
        (Worker, "caseload", 0, "from step to step"),
        (Worker, "role", "outreach", "never changes"),
    ],
)
def test_what_the_compiled_day_could_not_live_with_is_refused(town, kind, name, value, says):
    agent = somebody(town, has_history=True) if kind is Resident else town.agents_by_type[kind].to_list()[0]
    before = town.world.rows(kind.table).tobytes() + town.world.histories.tobytes()
    with pytest.raises(InputError, match=says):
        setattr(agent, name, value)
    assert town.world.rows(kind.table).tobytes() + town.world.histories.tobytes() == before


def test_words_codes_and_agents_are_all_values(town):
    officer, home = town.agents_by_type[Officer].to_list()[0], town.agents_by_type[Household].to_list()[0]
    for value in ("group quarters", HouseholdKind.GROUP_QUARTERS, 6):
        home.kind = 0
        home.kind = value
        assert town.world.households.kind[home.row] == 6 and home.kind is HouseholdKind.GROUP_QUARTERS
    officer.agency = Agency(town, 1)
    assert town.world.state.officers.agency[officer.row] == 1
    other = CommunityModel(world=copied(town.world), burn_in=False)
    with pytest.raises(InputError, match="another model"):
        officer.agency = Agency(other, 1)


def test_an_unknown_name_is_answered_with_the_nearest(town):
    officer = town.agents_by_type[Officer].to_list()[0]
    with pytest.raises(AttributeError, match="did you mean 'shift'"):
        officer.shfit  # noqa: B018
    with pytest.raises(AttributeError, match="did you mean 'shift'"):
        officer.shfit = 1
    with pytest.raises(AttributeError, match="array of the model"):
        officer.mood = 1
    with pytest.raises(AttributeError, match="did you mean 'use'"):
        town.agents_by_type[Resident].get("usse")
    with pytest.raises(AttributeError, match="did you mean 'use'"):
        town.agents_by_type[Resident].select(usse=1)
    assert getattr(officer, "mood", 7) == 7


def test_a_fault_within_a_property_of_ones_own_says_itself(town):
    class Odd(Officer):
        @property
        def twice(self):
            return self.shfit * 2

    with pytest.raises(AttributeError, match="'shfit'"):
        Odd(town, 0).twice  # noqa: B018


def test_two_handles_on_a_row_are_one_agent(town):
    other = CommunityModel(world=copied(town.world), burn_in=False)
    assert Officer(town, 0) == Officer(town, 0) and len({Officer(town, 0), Officer(town, 0)}) == 1
    assert Officer(town, 0) != Officer(other, 0) and Officer(town, 0) != Provider(town, 0)
    handle = copy.deepcopy(Officer(town, 0))
    assert handle == Officer(town, 0) and handle.model is town
    again = pickle.loads(pickle.dumps(Officer(town, 0)))
    assert again.row == 0 and again.model.world.events.tobytes() == town.world.events.tobytes()


def test_numbers_name_agents_over_all_kinds(town):
    numbers = town.agents.get("unique_id")
    assert len(set(numbers)) == len(numbers) == len(town.agents)
    for agent in [somebody(town, use=Use.OUD), Officer(town, 0), Household(town, 3)]:
        assert town.agent(agent.unique_id) == agent
    with pytest.raises(InputError):
        town.agent(7)


def test_help_says_meaning_unit_and_owner():
    assert "chance that an episode of use is solitary [probability, 0 to 1]" in Resident.uses_alone.__doc__
    assert "DAY, EVENING, NIGHT" in Officer.shift.__doc__
    for kind in KINDS:
        for name in kind.shown:
            assert not hasattr(mesa.Agent, name), f"{kind.__name__}.{name} would hide Mesa's own"


def test_agents_are_neither_made_nor_kept(town):
    with pytest.raises(InputError, match="come from the scenario"):
        Officer.create_agents(town, 3)
    with pytest.raises(InputError, match="a row from 0 to"):
        Officer(town)
    with pytest.raises(InputError, match="a row from 0 to"):
        Officer(town, 10**6)
    removals = (
        (Officer, "`away_until`"),
        (Provider, "slots = 0"),
        (Worker, "capacity = 0"),
        (Household, "its members"),
    )
    for kind, cure in removals:
        with pytest.raises(InputError, match=cure):
            kind(town, 0).remove()
    list(town.agents)
    assert len(mesa.Model.agents.fget(town)) == 0


def test_what_is_worked_out_is_what_the_rules_say(town):
    for provider in town.agents_by_type[Provider]:
        assert provider.free == free_slots(town.world.state.providers[provider.row])
    Provider(town, 0).slots = 0
    assert Provider(town, 0).free == 0
    homes = town.agents_by_type[Household]
    assert homes.get("size") == [len(home.members) for home in homes] and homes.agg("size", min) >= 1
    officer = Officer(town, 0)
    officer.joined = town.day - 800
    assert officer.years_of_service == 2


# --- police, courts and programmes ---------------------------------------------------------------------


def test_a_resident_shows_dealings_with_police_courts_and_programmes(programme):
    world = programme.world
    assert {column.name for column in DEALINGS.columns} < set(Resident.shown)
    managed = programme.agents_by_type[Resident].select(stage="managed").to_list()
    assert managed and all(person.managed is True and person.stage is Stage.MANAGED for person in managed)
    for person in managed:
        dealings = world.dealings[world.residents.history[person.row]]
        assert person.key == world.residents.key[person.row] == dealings.key
        assert person.pathway is Pathway(int(dealings.pathway)) and person.pathway is not Pathway.NONE
        assert person.worker == Worker(programme, int(dealings.worker)) and person in person.worker.clients
        assert person.case_since == dealings.case_since and person.charged is bool(dealings.charged)
        assert person.officer is None or isinstance(person.officer, Officer)
    out = somebody(programme, stage="none", held=False)
    assert (out.worker, out.pathway) == (None, Pathway.NONE) and out.arrests >= 0
    without = somebody(programme, has_history=False)
    assert without.stage is None and without.arrests is None and without.held is None
    assert "TO_PLACE" in Resident.stage.__doc__ and "NALOXONE_PLUS" in Resident.care_pathway.__doc__
    assert len(programme.agents_by_type[Resident].select(held=True)) == (world.histories.held == 1).sum() > 0


def test_a_resident_shows_a_childhood_that_is_followed(programme):
    world = programme.world
    followed = programme.agents_by_type[Resident].select(lambda person: person.custody is not None)
    assert 20 < len(followed) < len(programme.agents_by_type[Resident])
    for person in followed:
        child = world.children[world.residents.child[person.row]]
        assert child.key == person.key and person.adversity == child.adversity and person.distress == child.distress
        assert person.custody is Custody(int(child.custody)) and person.exposed is bool(child.exposed)
    without = programme.agents_by_type[Resident].select(lambda person: person.custody is None).to_list()[0]
    assert without.adversity is None
    with pytest.raises(InputError, match="no childhood that is followed"):
        without.adversity = 1.0
    assert "HOME, KIN, FOSTER" in Resident.custody.__doc__


def test_an_officer_shows_what_wears_them_out_and_leaves_the_set_with_the_force(programme):
    officers = programme.agents_by_type[Officer]
    assert np.ptp(officers.column("exhaustion")) > 1 and set(officers.get("injured")) <= {True, False}
    gone, serving = officers.to_list()[0], len(officers)
    programme.world.state.officers.left[gone.row] = programme.day
    assert gone not in programme.agents_by_type[Officer] and not gone.is_here
    assert len(programme.agents_by_type[Officer]) == serving - 1


def test_workers_and_agencies_say_what_they_do(programme):
    world, workers = programme.world, programme.agents_by_type[Worker]
    for worker in workers:
        assert worker.room == (world.state.workers.capacity[worker.row] - worker.caseload) * has_room_now(worker)
        assert len(worker.clients) == worker.caseload and worker.role is Role(int(world.state.workers.role[worker.row]))
    assert workers.agg("caseload", sum) == (world.dealings.worker >= 0).sum() > 0
    assert {worker.agency.kind for worker in workers} == {AgencyKind.CASE_MANAGEMENT, AgencyKind.OUTREACH_TEAM}
    assert {officer.agency.kind for officer in programme.agents_by_type[Officer]} == {AgencyKind.POLICE}
    assert programme.agents_by_type[Agency].get("kind") == list(AgencyKind)


def has_room_now(worker):
    return bool(has_room(worker.model.world.state.workers[worker.row]))


def test_case_managers_without_capacity_take_on_nobody(programme):
    as_it_was = CommunityModel(world=copied(programme.world), burn_in=False)
    managers = programme.agents_by_type[Worker].select(role="case_manager")
    managers.set("capacity", 0)
    assert managers.agg("room", max) == 0 < managers.agg("caseload", sum)
    came = {}
    for model in (programme, as_it_was):
        known = set(model.agents_by_type[Resident].select(lambda person: person.worker is not None).get("row"))
        for _ in range(30):
            model.step()
            now = {client.row for worker in model.agents_by_type[Worker] for client in worker.clients}
            came[model] = came.get(model, set()) | now - known
        check_world(model.world)
    assert not came[programme] and came[as_it_was]


def test_patients_of_a_detox_are_those_in_its_beds(programme):
    for provider in programme.agents_by_type[Provider]:
        inside = [person for person in provider.patients if person.care not in (Care.NONE, Care.WAITING)]
        assert len(inside) == provider.occupied
        assert sum(person.care_pathway is not Pathway.NONE for person in inside) == provider.handed_over
        assert all((person.care is Care.DETOX) == (provider.kind is ProviderKind.DETOX) for person in inside)


def test_trust_now_is_the_trust_that_rules_read(programme):
    world, people = programme.world, programme.agents_by_type[Resident]
    shock_trust(world, 0.7)
    programme.run_for(3)
    touched = people.rows[:4]
    for row, change in zip(touched, (0.4, -0.6, 1.0, -1.0), strict=True):
        touch_trust(world.view, int(row), change)
    programme.run_for(10)
    told = [trust_of(world.view, int(row)) for row in people.rows]
    assert people.column("trust_now") == pytest.approx(told, abs=1e-12)
    assert [person.trust_now for person in people] == pytest.approx(told, abs=1e-12)
    assert people.column("trust_now").dtype == float and people.agg("trust_now", np.std) > 0.5
    person = people.to_list()[0]
    before = person.trust_now
    person.trust += 1.5
    assert person.trust_now == pytest.approx(before + 1.5)


def test_what_is_written_of_officers_acts_on_the_compiled_day(programme):
    known = len(programme.world.events)
    programme.agents_by_type[Resident].select(has_history=True).set("contact_factor", 3.0)
    never = CommunityModel(world=copied(programme.world), burn_in=False)
    programme.agents_by_type[Officer].set("propensity", 1.0)
    never.agents_by_type[Officer].set("propensity", 0.0)
    offers = {}
    for model in (programme, never):
        model.run_for(20)
        events = model.world.events[known:]
        by_officers = (events.setting == BY_PATHWAY + Pathway.OFFICER_INTERVENTION) & (events.other >= 0)
        offers[model] = ((events.kind == Kind.OFFERED) & by_officers).sum()
        assert (events.kind == Kind.POLICE_CONTACT).any()
    assert offers[programme] > 5 and offers[never] == 0


# --- changes that have events ------------------------------------------------------------------------


def test_use_is_changed_with_its_event_and_all_that_follows(town):
    new, waits, old = (
        somebody(town, has_history=False),
        somebody(town, care=Care.WAITING, use=Use.OUD),
        somebody(town, use=Use.MISUSE),
    )
    known = len(town.world.events)
    new.use = "oud"
    waits.use = Use.REMISSION
    old.use = 2
    assert (new.use, waits.use, old.use) == (Use.OUD, Use.REMISSION, Use.OUD)
    assert waits.care is Care.NONE and new.frailty > 0
    assert len(town.world.events) == known + 4  # three changes, and one leaves the waiting list
    assert waits.events.what.tolist()[-2:] == ["changed use", "left the waiting list"]
    assert old.events.iloc[-1].other == "use before: misuse" and old.events.iloc[-1].amount == "oud"
    old.use = Use.OUD
    assert len(town.world.events) == known + 4
    with pytest.raises(InputError, match="does not go from oud to misuse in one step"):
        old.use = Use.MISUSE
    town.run_for(1)
    check_world(town.world)


def test_who_is_removed_moves_away(town):
    person = somebody(town, care=[Care.METHADONE, Care.BUPRENORPHINE, Care.NALTREXONE])
    provider, occupied = person.provider, person.provider.occupied
    home, here = person.household, len(town.agents_by_type[Resident])
    person.remove()
    assert not person.is_here and person.fate is Fate.MOVED and person not in home.members
    assert provider.occupied == occupied - 1
    assert len(town.agents_by_type[Resident]) < here and person not in town.agents_by_type[Resident]
    with pytest.raises(InputError, match="does not live here any more"):
        person.remove()
    with pytest.raises(InputError, match="does not live here any more"):
        person.use = Use.REMISSION
    town.run_for(1)
    check_world(town.world)


# --- ties and events ---------------------------------------------------------------------------------


def test_ties_go_both_ways_and_to_people_who_live_here(town):
    people = town.agents_by_type[Resident]
    seen = set()
    for person in people:
        for other, kind, weight in person.ties:
            assert other.is_here and 0 < weight <= 1
            assert (person, kind, weight) in other.ties
            assert kind != "household" or other.household == person.household
            seen.add(kind)
        assert person not in person.neighbours
    assert seen == {"household", "kin", "friend", "co_use"}


def test_ties_made_in_the_run_are_seen(town):
    rows = np.flatnonzero(town.world.state.late_first[: len(town.world.residents)])
    assert len(rows)
    person = next(Resident(town, int(row)) for row in rows if Resident(town, int(row)).is_here and row >= 300)
    assert person.ties  # somebody born or moved in since: all ties but those at home are of the run


# --- sets --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", KINDS)
def test_columns_of_a_set_are_what_its_agents_say(town, kind):
    people, handles = town.agents_by_type[kind], everybody(town, kind)
    assert isinstance(people, AbstractAgentSet)
    assert list(people) == people.to_list() == handles and len(people) == len(handles)
    for name in [*kind.shown, "unique_id"]:
        assert people.get(name) == [getattr(handle, name) for handle in handles], name
    assert people.get(["key", "unique_id"]) == [[handle.key, handle.unique_id] for handle in handles]
    assert people.get("mood", handle_missing="default", default_value=4) == [4] * len(handles)


def test_groups_are_those_of_plain_python(town):
    people, handles = town.agents_by_type[Resident], everybody(town, Resident)
    for by in ("use", "race", "age", "household", "provider", lambda person: person.age // 10):
        key = by if callable(by) else lambda person, by=by: getattr(person, by)
        plain = {}
        for handle in handles:
            plain.setdefault(key(handle), []).append(handle)
        groups = people.groupby(by)
        assert {k: list(v) for k, v in groups} == plain
        assert groups.count() == {k: len(v) for k, v in plain.items()}
        assert groups.agg("age", np.mean) == pytest.approx({k: np.mean([h.age for h in v]) for k, v in plain.items()})
        assert people.groupby(by, result_type="list").groups == plain
    assert people.groupby("use").map(len)[None] > 0


def test_choosing_by_column_is_choosing_by_function(town):
    people = town.agents_by_type[Resident]
    for values, function in [
        (dict(use=Use.OUD), lambda p: p.use is Use.OUD),
        (dict(use="oud", sex="female"), lambda p: p.use is Use.OUD and p.sex is Sex.FEMALE),
        (dict(use=["oud", Use.INJECTING]), lambda p: p.use in (2, 3)),
        (dict(use=None), lambda p: p.use is None),
        (dict(provider=None), lambda p: p.provider is None),
        (dict(mother=None), lambda p: p.mother is None),
        (dict(provider=Provider(town, 0)), lambda p: p.provider == Provider(town, 0)),
        (dict(care=Care.NONE, has_history=True), lambda p: p.care == 0),
        (dict(unique_id=24), lambda p: p.unique_id == 24),
    ]:
        chosen = people.select(**values).to_list()
        assert chosen and chosen == people.select(function).to_list()
        assert chosen == town.agents.select(agent_type=Resident, **values).to_list()
        assert (
            people.select(function, at_most=1).to_list() == people.select(at_most=1, **values).to_list() == chosen[:1]
        )
    old = people.select(lambda p: p.age > 40, use="oud").to_list()
    assert old == [p for p in people.select(use="oud") if p.age > 40]
    assert len(people.select(at_most=0.5)) == len(people) // 2
    assert len(people.select(agent_type=Officer)) == 0
    assert people.where(people.column("age") >= 65).get("age") == [age for age in people.get("age") if age >= 65]
    with pytest.raises(InputError, match="one True or False"):
        people.where([True])


def test_a_whole_column_is_written_or_nothing(town):
    people = town.agents_by_type[Resident].select(has_history=True)
    assert people.set("uses_alone", 0.5) is people
    assert people.agg("uses_alone", [min, max]) == [0.5, 0.5]
    values = np.linspace(0, 1, len(people))
    people.set("uses_alone", values)
    assert people.get("uses_alone") == values.tolist()
    values[-1] = 1.5
    with pytest.raises(InputError, match="uses_alone cannot be 1.5"):
        people.set("uses_alone", values[::-1])
    with pytest.raises(InputError, match="2 values for"):
        people.set("uses_alone", [0.1, 0.2])
    assert people.agg("uses_alone", max) == 1.0
    with pytest.raises(InputError, match="no history"):
        town.agents_by_type[Resident].set("frailty", 1.0)


def test_sums_neither_overflow_nor_count_who_has_no_value(town):
    people, handles = town.agents_by_type[Resident], everybody(town, Resident)
    assert people.agg("age", [sum, min, max, len]) == [f([h.age for h in handles]) for f in (sum, min, max, len)]
    assert sum(people.column("race")) == sum(int(h.race) for h in handles) > 255
    assert people.agg("frailty", np.mean) == pytest.approx(np.mean([h.frailty for h in handles if h.use is not None]))
    assert np.isnan(people.column("frailty")).sum() == sum(h.use is None for h in handles)
    assert people.agg("use", len) == sum(h.use is not None for h in handles)
    offers = [ProviderKind(int(kind)) for kind in town.world.state.providers.kind]
    assert town.agents_by_type[Provider].agg("kind", list) == offers


def test_order_is_that_of_mesa(town):
    people = town.agents_by_type[Resident].select(has_history=True)
    handles = people.to_list()
    for ascending in (True, False):
        plain = sorted(handles, key=lambda p: p.age, reverse=not ascending)
        assert people.sort("age", ascending).to_list() == people.sort(lambda p: p.age, ascending).to_list() == plain
    town.random.seed(4)
    shuffled = people.shuffle().to_list()
    Random(4).shuffle(handles)
    assert shuffled == handles != people.to_list()
    assert people.shuffle(inplace=True) is people


def test_agents_do_and_the_gone_are_passed_over(town):
    people = town.agents_by_type[Resident]
    homes = people.groupby("household", result_type="list").groups
    pair = next(home for home in homes.values() if len(home) == 2 and all(p.age > 20 for p in home))
    chosen = people.at(np.array([person.row for person in pair]))
    called = []

    def send_the_other_away(person):
        called.append(person)
        pair[1].remove()

    chosen.do(send_the_other_away)
    assert called == pair[:1]
    assert people.map(lambda p, more: p.age + more, 2) == [p.age + 2 for p in people]
    town.agents_by_type[Officer].do("step").shuffle_do("step")


def test_the_set_of_residents_follows_the_table_and_a_copy_does_not(town):
    people = town.agents_by_type[Resident]
    before = people.copy()
    town.run_for(60)
    assert people.rows.tolist() == np.flatnonzero(town.world.residents.fate == Fate.HERE).tolist()
    assert people.rows.tolist() != before.rows.tolist()
    assert before.rows.tolist() == before.copy().rows.tolist()
    with pytest.raises(InputError, match=r"\.copy\(\)"):
        people.add(Resident(town, 0))
    chosen = people.select(use=Use.OUD)
    one = chosen.to_list()[0]
    chosen.remove(one)
    assert one not in chosen and one in people
    chosen.add(one)
    chosen.add(one)
    assert one in chosen and chosen.to_list().count(one) == 1
    with pytest.raises(KeyError):
        chosen.remove(somebody(town, use=None))
    with pytest.raises(InputError):
        chosen.add(Officer(town, 0))


def test_sets_of_several_kinds_hold_their_agents(town):
    both = town.agents_by_type[Officer] | town.agents_by_type[Provider]
    assert len(both) == len(town.agents_by_type[Officer]) + len(town.agents_by_type[Provider])
    chosen = town.agents.select(lambda agent: isinstance(agent, (Officer, Provider)))
    assert len(chosen) == len(both) and Officer(town, 0) in chosen
    assert len(town.agents.shuffle()) == len(town.agents) == sum(map(len, town.agents_by_type.values()))
    assert set(town.agents.groupby(type).count()) == set(KINDS)
    assert all(isinstance(agent, Handle) for agent in town.agents)
    assert town.agents.select(agent_type=Officer).get("beat") == town.agents_by_type[Officer].get("beat")
    with pytest.raises(InputError):
        town.agents.discard(Officer(town, 0))
