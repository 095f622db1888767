"""The Mesa model: Mesa's own tools work on it unchanged, and a step is the compiled day, byte for byte."""

import copy
import multiprocessing
import pickle

import mesa
import numpy as np
import pytest
from deflect.agents.handles import Agency, Household, Officer, Provider, Resident, Worker
from deflect.agents.resident import Care, Use
from deflect.examples.outreach import Town
from deflect.model.build import build
from deflect.model.checks import check_world
from deflect.model.community import CommunityModel
from deflect.model.events import Kind
from deflect.model.process import process
from deflect.model.processes.census import counts_tonight
from deflect.model.snapshot import restore, save
from deflect.scenarios.errors import InputError
from deflect.scenarios.load import load
from towns import BUSY, busy_town, copied, differences, lived, lived_until, town

pytestmark = pytest.mark.filterwarnings("error")
TREATED = [Care.METHADONE, Care.BUPRENORPHINE, Care.NALTREXONE]


def busy(seed=1, **more) -> CommunityModel:
    return CommunityModel(world=busy_town(seed=seed, **more), burn_in=False)


def kinds(model, kind, since=-730) -> list[int]:
    """Return whom events of a kind happened to."""
    events = model.world.events
    return events.who[(events.kind == kind) & (events.day >= since)].tolist()


# --- a step is a day ---------------------------------------------------------------------------------


def test_steps_are_the_plain_loop_byte_for_byte():
    model = CommunityModel(rng=3, place="US", residents=300, burn_in=False, **BUSY)
    plain = build(load("status_quo", {"place": "US", "residents": 300} | BUSY), 3)
    assert model.day == -730 and not differences(model.world, plain)
    for _ in range(20):
        model.step()
    model.run_for(40)
    assert (model.time, model.day) == (60.0, -670)
    assert len(plain.events) == 0 and len(model.world.events) > 100
    assert not differences(model.world, lived(plain, 60))


def test_construction_lives_the_burn_in_so_that_step_one_is_day_zero():
    model = CommunityModel("more_slots", rng=2, place="US", residents=200, years=1)
    assert (model.day, model.time) == (0, 0.0)
    model.step()
    assert model.day == 1 and model.scenario.treatment.intake_days == 3
    assert not differences(model.world, lived_until(build(model.world.scenario, 2), 1))
    model.run_model()
    assert (model.day, model.running) == (365, False)


def test_two_models_in_one_process_do_not_disturb_each_other():
    alone = busy(1)
    alone.run_for(30)
    one, other = busy(1), busy(2, treatment__slots_methadone=3.0)
    Officer(other, 0).stigma += 1
    for _ in range(30):
        one.step()
        other.step()
        other.agents_by_type[Resident].get("frailty")
    assert not differences(one.world, alone.world)
    assert Officer(one, 0).stigma != Officer(other, 0).stigma and differences(one.world, other.world)


# --- one agent is changed, and the compiled day acts on it ---------------------------------------------


def led_to_by(model, event, row) -> bool:
    """Say whether an event, or what led to it, is somebody's."""
    while event.who != row and event.cause >= 0:
        event = model.world.events[event.cause]
    return event.who == row


@pytest.mark.parametrize("alone", [0.0, 1.0])
def test_a_person_made_frail_overdoses_tomorrow(alone):
    model, twin = busy(), busy()
    model.run_for(20)
    twin.run_for(20)
    person = model.agents_by_type[Resident].select(use=Use.OUD, overdoses=0, care=Care.NONE).to_list()[0]
    person.frailty, person.tolerance, person.uses_alone = 1000.0, 0.0, alone
    today = model.day
    model.step()
    twin.step()
    assert set(kinds(model, Kind.OVERDOSE, today)) - set(kinds(twin, Kind.OVERDOSE, today)) == {person.row}
    assert (person.overdoses, person.last_overdose) == (1, today) and Resident(twin, person.row).overdoses == 0
    if alone == 0.0:
        assert person.row in kinds(model, Kind.SEEN, today) + kinds(model, Kind.FOUND, today)
    else:
        assert person.row not in kinds(model, Kind.SEEN, today)
    others = [
        [e.tolist()[:-1] for e in each.world.events if not led_to_by(each, e, person.row)] for each in (model, twin)
    ]
    assert others[0] == others[1]  # nobody else's day differs, but for what the overdose led to: children saw it
    assert "overdosed" in person.events.what.tolist()


def test_providers_without_slots_admit_nobody():
    model, twin = busy(), busy()
    model.agents_by_type[Provider].set("slots", 0)
    model.run_for(60)
    twin.run_for(60)
    assert not kinds(model, Kind.ADMITTED) and kinds(twin, Kind.ADMITTED)
    assert kinds(model, Kind.TURNED_AWAY) and model.tonight["slots"] == 0


# --- Mesa's own tools ---------------------------------------------------------------------------------


def test_the_data_collector_collects_all_it_knows():
    model = busy()
    model.datacollector = mesa.DataCollector(
        model_reporters={
            "overdoses": lambda town: town.tonight["overdose"],
            "day": "day",
            "officers": [lambda town: len(town.agents_by_type[Officer]), [model]],
        },
        agent_reporters={"key": "key", "kind": lambda agent: type(agent).__name__},
        agenttype_reporters={
            Resident: {"use": "use", "home": "household", "age": "age"},
            Provider: {"occupied": "occupied", "free": lambda provider: provider.free},
        },
    )
    occupied = []
    for _ in range(10):
        model.step()
        model.datacollector.collect(model)
        occupied += model.world.state.providers.occupied.tolist()
    collected = model.datacollector.get_model_vars_dataframe()
    assert collected.day.tolist() == list(range(-729, -719))
    assert set(collected.officers) == {len(model.world.state.officers)}
    assert collected.overdoses.sum() == len(kinds(model, Kind.OVERDOSE)) > 0
    providers = model.datacollector.get_agenttype_vars_dataframe(Provider)
    assert providers.occupied.tolist() == occupied
    residents = model.datacollector.get_agenttype_vars_dataframe(Resident).loc[10.0]
    for number, use, home in residents[["use", "home"]].itertuples():
        person = model.agent(number)
        assert home == person.household and (use == person.use or (np.isnan(use) and person.use is None))
    last = model.datacollector.get_agent_vars_dataframe().loc[10.0]
    assert len(last) == len(model.agents) and set(last.kind) == {kind.__name__ for kind in model.kinds}


class Collecting(CommunityModel):
    """A user's own subclass, for batch_run."""

    def __init__(self, scenario=None, rng=None, **overrides):
        super().__init__(scenario, rng=rng, place="US", residents=200, burn_in=False, **BUSY | overrides)
        self.datacollector = mesa.DataCollector({"overdoses": lambda town: town.tonight["overdose"], "day": "day"})

    def step(self):
        super().step()
        self.datacollector.collect(self)


@pytest.fixture
def start_method():
    """Put back what batch_run sets for the whole process."""
    method = multiprocessing.get_start_method(allow_none=True)
    yield
    multiprocessing.set_start_method(method, force=True)


def test_batch_run_runs_policies_and_seeds(start_method):
    rows = mesa.batch_run(
        Collecting,
        {"scenario": ["status_quo", "more_naloxone"], "treatment__intake_days": 3},
        rng=[1, 2],
        max_steps=8,
        data_collection_period=1,
        display_progress=False,
    )
    assert len(rows) == 2 * 2 * 8
    for row in rows:
        assert row["day"] == -730 + row["Step"]
    overdoses = {}
    for row in rows:
        overdoses.setdefault((row["scenario"], row["rng"]), []).append(row["overdoses"])
    assert len(overdoses) == 4 and overdoses["status_quo", 1] != overdoses["status_quo", 2]
    again = Collecting("status_quo", rng=1, treatment__intake_days=3)
    again.run_for(8)
    assert again.datacollector.model_vars["overdoses"] == overdoses["status_quo", 1]


def test_events_come_between_steps():
    told = []

    class Own(CommunityModel):
        def step(self):
            told.append(("step", self.time, self.day))
            super().step()

        def note(self):
            told.append(("event", self.time, self.day))

        def often(self):
            told.append(("often", self.time, self.day))

    model = Own(world=town(), burn_in=False)
    model.schedule_event(model.note, at=1.0)
    model.schedule_event(model.note, after=1.5)
    model.schedule_recurring(model.often, mesa.time.Schedule(interval=2.0, start=2.0, count=1))
    model.run_until(3)
    assert told == [
        ("step", 1.0, -730),
        ("event", 1.0, -729),
        ("event", 1.5, -729),
        ("step", 2.0, -729),
        ("often", 2.0, -728),
        ("step", 3.0, -728),
    ]


def test_agents_of_a_users_own_live_beside_ours():
    class Shelter(mesa.Agent):
        beds = 4

    model = busy()
    shelters = Shelter.create_agents(model, 2)
    assert set(model.agent_types) == {Resident, Household, Officer, Worker, Provider, Agency, Shelter}
    assert len(model.agents_by_type[Shelter]) == 2 and shelters.to_list()[0] in model.agents
    numbers = model.agents.get("unique_id")
    assert len(set(numbers)) == len(numbers)
    assert model.agents.select(agent_type=Shelter).get("beds") == [4, 4]
    shelters.to_list()[0].remove()
    assert len(model.agents_by_type[Shelter]) == 1


# --- one's own ------------------------------------------------------------------------------------------


def visit(model):
    """A daily process of a user's own: people who overdosed yesterday take a kit and are readier for care."""
    for person in model.agents_by_type[Resident].select(last_overdose=model.day - 1):
        if model.draw(person) < 2 / 3:
            model.visited.append(person.row)
            person.kit_until = model.day + 365
            person.readiness = 3.0


def test_a_process_of_ones_own_takes_its_place_in_the_day():
    model, twin = busy(), busy()
    model.visited = []
    model.add_process(visit, before="overdose")
    model.run_for(60)
    twin.run_for(60)
    overdosed = set(kinds(twin, Kind.OVERDOSE))
    assert 0 < len(model.visited) and kinds(model, Kind.OVERDOSE)[:1] == kinds(twin, Kind.OVERDOSE)[:1]
    assert len(set(model.visited)) < len(overdosed)
    assert len(kinds(model, Kind.ASKED_FOR_CARE)) > len(kinds(twin, Kind.ASKED_FOR_CARE))
    names = [p.name for p in model.processes]
    assert names.index("visit") == names.index("overdose.overdose") - 1
    assert [p.name for p in twin.processes] == [n for n in names if n != "visit"]
    check_world(model.world)


def test_the_example_runs_as_it_is_told():
    town = Town(visits=True, residents=300, burn_in=False, **BUSY)
    town.run_for(30)
    assert len(town.datacollector.get_model_vars_dataframe()) == 30 and town.visited > 0


def test_processes_see_the_moment_they_are_placed_at():
    @process(writes=("providers.slots",))
    def declared(world):
        seen.append(("declared", world.day))

    class Own(CommunityModel):
        def last(self):
            seen.append(("last", self.day, [p.name for p in self.processes].index("last")))

    seen, model = [], Own(world=town(), burn_in=False)

    @model.add_process
    def plain(given):
        seen.append(("plain", given is model))

    model.add_process(declared, after="calendar")
    model.add_process(model.last, after="treatment.treat")
    model.step()
    names = [p.name for p in model.processes]
    assert names[1].endswith("declared") and names[-8:] == [
        "last",
        "custody.hold",
        "household.care",
        "training.teach",
        "officer_strain.bear",
        "trust.spread",
        "plain",
        "census.count",
    ]
    assert seen == [("declared", -730), ("last", -730, len(names) - 8), ("plain", True)]
    with pytest.raises(InputError, match="did you mean 'overdose"):
        model.add_process(plain, after="overdoze")
    with pytest.raises(InputError, match="not both"):
        model.add_process(plain, after="overdose", before="census")
    with pytest.raises(InputError, match="a function of the model"):
        model.add_process("overdose")


def test_changes_within_a_day_are_counted_that_day():
    model = busy()

    def stop(model):
        for person in model.agents_by_type[Resident].select(use=Use.OUD, at_most=1):
            person.use = Use.REMISSION

    def leave(model):
        model.agents_by_type[Resident].select(use=Use.MISUSE, at_most=1).do("remove")

    model.add_process(stop, after="calendar")
    model.add_process(leave, after="overdose")
    for _ in range(30):
        model.step()
        tonight = counts_tonight(model.world)
        np.testing.assert_array_equal(model.world.census[-1][:10], tonight[:10])
    assert len(kinds(model, Kind.USE_CHANGED)) >= 30 and len(kinds(model, Kind.MOVED_OUT)) >= 10
    check_world(model.world)


def test_a_kind_of_agent_may_be_ones_own():
    class TiredOfficer(Officer):
        @property
        def tired(self):
            return self.years_of_service > 10

        def step(self):
            if self.tired:
                self.away_until = self.model.day + 1

    class Own(CommunityModel):
        kinds = (Resident, Household, TiredOfficer, Provider, Agency)

        def step(self):
            self.agents_by_type[TiredOfficer].shuffle_do("step")
            super().step()

    model = Own(rng=1, place="54011", residents=8000, burn_in=False)
    officers = model.agents_by_type[TiredOfficer]
    tired = officers.select(lambda officer: officer.tired)
    assert 0 < len(tired) < len(officers) and officers.select(tired=True).to_list() == tired.to_list()
    model.step()
    assert set(tired.get("away_until")) == {model.day} != set(officers.get("away_until"))


def test_draws_of_ones_own_do_not_depend_on_order():
    model, other = busy(), busy()
    people = model.agents_by_type[Resident].to_list()[:50]
    first = [model.draw(person) for person in people]
    assert first == [other.draw(Resident(other, p.row)) for p in reversed(people)][::-1]
    assert len(set(first)) == 50 and model.draw(people[0], 1) != first[0]
    assert model.draw(Officer(model, 0)) not in first
    model.step()
    assert model.draw(people[0]) != first[0] and 0 < np.mean(first) < 1


# --- policy ---------------------------------------------------------------------------------------------


def test_levers_changed_on_a_day_are_the_scenarios_dated_changes():
    at_zero = lived_until(town(residents=200), 0)

    class Own(CommunityModel):
        def more(self):
            self.change_levers({"treatment.slots_methadone": 2.0, "treatment.intake_days": 2})

    model = Own(world=copied(at_zero), burn_in=False)
    model.schedule_event(model.more, at=5)
    model.change_levers({"harm_reduction.kits_per_100k_year": 5000}, day=3)
    model.run_for(10)
    dated = load("status_quo", {"place": "US", "residents": 200, "changes": [
        {"day": 5, "set": {"treatment.slots_methadone": 2.0, "treatment.intake_days": 2}},
        {"day": 3, "set": {"harm_reduction.kits_per_100k_year": 5000}},
    ]})  # fmt: skip
    plain = lived(copied(at_zero, dated), 10)
    assert model.world.scenario.hash == dated.hash and not differences(model.world, plain)
    assert model.world.events.day[model.world.events.kind == Kind.POLICY_CHANGED].tolist() == [3, 5]
    assert len(model.scenario.changes) == 2
    with pytest.raises(InputError, match="day 9 has begun; the next one is 10"):
        model.change_levers({"treatment.intake_days": 2}, day=9)
    with pytest.raises(InputError, match="treatment.intake_day.*did you mean 'treatment.intake_days'"):
        model.change_levers({"treatment.intake_day": 2})
    with pytest.raises(InputError, match="treatment.intake_days"):
        model.change_levers({"treatment.intake_days": 1000})


def test_levers_changed_within_a_day_begin_on_the_next():
    model = CommunityModel(world=lived_until(town(residents=200), 0), burn_in=False)
    model.add_process(lambda model: model.day == 2 and model.change_levers({"treatment.intake_days": 1}))
    model.run_for(5)
    assert [change.day for change in model.world.scenario.changes] == [3]
    assert model.world.state.rules[0].intake_days == 1


# --- what it is made from -------------------------------------------------------------------------------


def test_a_scenario_comes_as_name_object_or_mesas_own():
    values = {"place": "US", "residents": 200, "treatment.intake_days": 4}
    loaded = load("more_slots", values)
    models = [
        CommunityModel(loaded, rng=5, burn_in=False),
        CommunityModel("more_slots", rng=5, burn_in=False, **values),
        CommunityModel(
            "more_slots", rng=np.int64(5), burn_in=False, **{n.replace(".", "__"): v for n, v in values.items()}
        ),
    ]
    models.append(CommunityModel(models[0].scenario, burn_in=False))  # a Mesa Scenario with our fields and seed
    for model in models:
        assert model.world.scenario.hash == loaded.hash and model.seed == model.scenario.rng == 5
        assert model.scenario.place == "US" and model.scenario.treatment.intake_days == 4
        assert Officer(model, 0).scenario is model.scenario and model.scenario.model is model
        assert not differences(model.world, models[0].world)
    assert CommunityModel(type(models[0].scenario)(), residents=50, burn_in=False).world.scenario.name == "status_quo"


def test_seeds_as_mesa_and_numpy_know_them():
    def seed(rng):
        return CommunityModel(rng=rng, place="US", residents=50, burn_in=False).seed

    assert seed(4) == 4 and seed(2**63 - 1) == 2**63 - 1
    assert seed(np.random.SeedSequence(4)) == seed(np.random.SeedSequence(4)) != seed([1, 2])
    generator = np.random.default_rng(4)
    assert seed(generator) != seed(generator) and seed(None) != seed(None)
    for wrong in ("many", 1.5, -1, 2**63):
        with pytest.raises(InputError):
            seed(wrong)


@pytest.mark.parametrize(
    "arguments, says",
    [
        (dict(scenario="more_slot"), "did you mean 'more_slots'"),
        (dict(treatment__intake_day=3), "did you mean 'intake_days'"),
        (dict(seed=3), "write rng="),
        (dict(scenario=load("status_quo", {"place": "US"}), residents=100), "overrides .residents."),
    ],
)
def test_what_a_user_gets_wrong_is_answered(arguments, says):
    with pytest.raises(InputError, match=says):
        CommunityModel(burn_in=False, **arguments)


def test_a_snapshot_goes_on(tmp_path):
    model = busy()
    model.run_for(10)
    again = CommunityModel(world=restore(save(model.world, tmp_path / "town.npz")), burn_in=False)
    for town_ in (model, again):
        town_.run_for(20)
    assert not differences(model.world, again.world) and again.day == model.day
    with pytest.raises(InputError, match="brings its scenario"):
        CommunityModel(world=model.world, rng=1)


def pickled(model):
    return pickle.loads(pickle.dumps(model))


@pytest.mark.parametrize("copy_of", [copy.deepcopy, pickled])
def test_a_copy_goes_on_the_same_and_alone(copy_of):
    model = busy()
    model.visited = []
    model.add_process(visit, before="overdose")
    model.run_for(10)
    model.network  # noqa: B018
    first, events = Resident(model, 0), len(model.world.events)
    model.kept = [first]
    other = copy_of(model)
    assert vars(other.world).keys() == vars(model.world).keys()
    assert other.kept[0].model is other and other.kept[0] != first
    other.run_for(20)
    assert len(model.world.events) == events and model.day == -720 and model.time == 10
    model.run_for(20)
    assert not differences(model.world, other.world) and model.visited == other.visited
    assert len(model.visited) > 1 and other.random.random() == model.random.random()


def test_the_network_is_who_lives_here_and_their_ties():
    model = busy()
    model.run_for(30)
    graph = model.network
    assert graph is model.network and set(graph) == set(model.agents_by_type[Resident].rows.tolist())
    for person in model.agents_by_type[Resident].to_list()[::10]:
        assert set(graph[person.row]) == {other.row for other in person.neighbours}
        node = graph.nodes[person.row]
        assert (node["age"], node["race"]) == (person.age, person.race.name.lower())
        assert node["household"] == person.household.row
        for other, kind, weight in person.ties:
            assert graph[person.row][other.row][kind]["weight"] == weight
    model.step()
    assert graph is not model.network


def test_tonight_is_the_census_by_name():
    model = busy()
    assert model.tonight["population"] == len(model.agents_by_type[Resident]) == 300
    for _ in range(20):
        model.step()
    assert model.tonight["population"] == len(model.agents_by_type[Resident])
    assert model.tonight["oud"] == len(model.agents_by_type[Resident].select(use=Use.OUD))
    treated = model.agents_by_type[Resident].select(care=TREATED)
    assert sum(model.tonight[care.name.lower()] for care in TREATED) == len(treated)
    assert model.tonight["overdose"] == len(kinds(model, Kind.OVERDOSE, model.day - 1))


def test_the_agency_graph_is_that_of_the_policy_today():
    """In the burn-in hand-offs are as they stand today; from day 0 on they are the policy's."""
    model = CommunityModel(world=town(**{"engagement.warm_share": 1.0}), burn_in=False)
    tie = "police", "case_management"
    usual = model.agency_graph.edges[tie]["weight"]
    model.world.state.clock.day = 0
    assert model.agency_graph.edges[tie]["weight"] == pytest.approx(0.78) and usual < 0.75
