"""B6: the events alone, with the drift of tolerance, rebuild every table; a silent change of any column shows.

The replay below is written apart from the model, in plain Python, from the meaning of the events.
"""

import numpy as np
import pytest
from deflect.agents.household import HOUSEHOLD_KINDS
from deflect.agents.resident import Care, Fate, Use
from deflect.model.build import build
from deflect.model.checks import check_world
from deflect.model.day import live_a_day
from deflect.model.events import Kind
from deflect.model.world import START_DAY
from deflect.scenarios.load import load

TABLES = ("residents", "households", "histories", "providers", "officers", "agencies")
# Drawn when a row is made and never changed: no event could say them, so they are copied into new rows.
DRAWN = {
    "residents": ("key", "sex", "knows_law"),
    "newcomers": ("born", "race", "mother", "father"),  # newborns have theirs from the mother and the day
    "households": ("neighbourhood",),
    "arriving": ("key", "kind"),  # a grown child's home has its key from the child
    "histories": ("frailty", "uses_alone"),
}
GONE = {Kind.DIED_OTHER: Fate.DIED_OTHER, Kind.DIED_OVERDOSE: Fate.DIED_OVERDOSE, Kind.MOVED_OUT: Fate.MOVED}
AFTER_DRUG_USE = {
    Kind.KIT_RECEIVED, Kind.OVERDOSE, Kind.ASKED_FOR_CARE, Kind.TURNED_AWAY, Kind.ADMITTED, Kind.DID_NOT_ATTEND,
}  # fmt: skip
EVERYTHING_HAPPENS = {
    "residents": 600,
    "population.oud_per_100k": 20_000,
    "population.oud_scale": 1,
    "population.misuse_share_12plus": 0.2,
    "population.remission_share_12plus": 0.1,
    "demography.mortality_scale": 3,
    "demography.birth_scale": 5,
    "demography.household_moves_out_per_year": 0.3,
    "demography.leave_home_per_year": 0.6,
    "drug_use.first_misuse_per_year": 0.1,
    "drug_use.first_illicit_per_year": 0.1,
    "drug_use.misuse_stop_per_year": 1,
    "drug_use.misuse_to_oud_per_year": 0.5,
    "drug_use.start_injecting_per_year": 0.5,
    "drug_use.remission_per_year": 0.6,
    "overdose.base_oud_per_year": 1.0,
    "overdose.base_injecting_per_year": 1.0,
    "treatment.seek_per_year": 2,
    "harm_reduction.kits_per_100k_year": 100_000,
    "harm_reduction.kits_to_people_who_use": 0.4,
    "harm_reduction.kits_to_households": 0.4,
    "harm_reduction.kits_to_friends": 0.2,
    "treatment.slots_buprenorphine": 0.6,
    "policing.police_naloxone": False,
    "changes": [{"day": 10, "set": {"treatment.slots_methadone": 3, "treatment.intake_days": 2}}],
}


class Replay:
    """The tables of a world, moved on by nothing but events."""

    def __init__(self, world):
        self.tables = {name: world.rows(name).copy() for name in TABLES}
        self.rules = world.state.rules.copy()[0]
        self.scenario = world.scenario
        self.day = START_DAY
        self.arrived_today, self.new_homes = set(), {}

    def through(self, events, final):
        """Apply all events up to the day of the world they come from; `final` gives what was drawn at creation."""
        self.final = final
        rows = {name: len(final.rows(name)) for name in TABLES}
        self.used = {name: len(rows_) for name, rows_ in self.tables.items()}
        for name, rows_ in self.tables.items():
            larger = np.zeros(rows[name], rows_.dtype).view(np.recarray)
            larger[: len(rows_)] = rows_
            self.tables[name] = larger
        at = 0
        while self.day < final.day:
            self.arrived_today, self.new_homes, drifted = set(), {}, False
            self.turn()
            while at < len(events) and events.day[at] == self.day:
                event = events[at]
                if not drifted and self.after_drug_use(event, events):
                    self.drift()
                    drifted = True
                getattr(self, Kind(event.kind).name, self.nothing)(event, at)
                at += 1
            if not drifted:
                self.drift()
            self.day += 1
        assert at == len(events)
        return self.tables

    def after_drug_use(self, event, events):
        leaves = event.kind == Kind.LEFT_CARE and not (event.cause >= 0 and events.kind[event.cause] in GONE)
        return event.kind in AFTER_DRUG_USE or leaves

    def turn(self):
        """Levers as they stand today."""
        if self.day >= 0 or self.day == START_DAY:
            today, providers = self.scenario.on(self.day), self.tables["providers"]
            t = today.treatment
            factor = np.array([t.slots_methadone, t.slots_buprenorphine, t.slots_naltrexone])[providers.kind]
            providers.slots = np.rint(providers.start_slots * factor)
            self.tables["agencies"].carries_naloxone[0] = today.policing.police_naloxone

    def drift(self):
        """Tolerance goes half the way in a week: up with use, down without, kept by methadone and buprenorphine."""
        h, keep = self.tables["histories"][: self.used["histories"]], self.rules.tolerance_keep
        uses = np.isin(h.use, [Use.MISUSE, Use.OUD, Use.INJECTING])
        kept = np.isin(h.care, [Care.METHADONE, Care.BUPRENORPHINE])
        after = np.where(uses, 1.0 - (1.0 - h.tolerance) * keep, np.where(kept, h.tolerance, h.tolerance * keep))
        h.tolerance = np.where(h.present == 1, after, h.tolerance)

    def resident(self, row):
        return self.tables["residents"][row]

    def history(self, event):
        return self.tables["histories"][self.resident(event.who).history]

    def home(self, row):
        return self.tables["households"][row]

    def members(self, home):
        row = self.home(home).first
        while row >= 0:
            yield row
            row = self.resident(row).housemate

    def join(self, row, home):
        members = list(self.members(home))
        self.resident(row).household, self.resident(row).housemate = home, -1
        if members:
            self.resident(members[-1]).housemate = row
        else:
            self.home(home).first = row

    def leave(self, row):
        home = self.resident(row).household
        members = [member for member in self.members(home) if member != row]
        self.home(home).first = members[0] if members else -1
        for i, member in enumerate(members):
            self.resident(member).housemate = members[i + 1] if i + 1 < len(members) else -1
        self.resident(row).housemate = -1

    def new(self, table, columns):
        row = self.used[table]
        self.used[table] += 1
        for column in columns:
            self.tables[table][row][column] = self.final.rows(table)[row][column]
        return self.tables[table][row]

    def new_home(self, columns):
        home = self.new("households", columns)
        home.first, home.kit_until = -1, -(10**6)
        return home

    def new_resident(self, event, columns):
        person = self.new("residents", columns)
        assert self.used["residents"] == event.who + 1
        person.history, person.left, person.kit_until = -1, 10**6, -(10**6)
        return person

    def out_of_care(self, person):
        person.care, person.wants, person.provider, person.care_since = Care.NONE, Care.NONE, -1, self.day

    # one method a kind of event; the kinds without one change nothing

    def nothing(self, event, at):
        pass

    def BORN(self, event, at):
        mother, child = self.resident(event.other), self.new_resident(event, DRAWN["residents"])
        child.born, child.race, child.mother, child.father = self.day, mother.race, event.other, -1
        mother.births += 1
        self.join(event.who, mother.household)

    def MOVED_IN(self, event, at):
        if event.other == self.used["households"]:
            self.new_home(DRAWN["households"] + DRAWN["arriving"])
        self.new_resident(event, DRAWN["residents"] + DRAWN["newcomers"])
        self.arrived_today.add(int(event.who))
        self.join(event.who, event.other)

    def LEFT_HOME(self, event, at):
        person, before = self.resident(event.who), int(event.amount)
        assert person.household == before
        if event.other == self.used["households"]:
            home = self.new_home(DRAWN["households"])
            home.key, home.kind = person.key | 1 << 60, HOUSEHOLD_KINDS.index("alone")
            self.new_homes[int(event.other)] = (int(event.who), before)
        else:
            founder, came_from = self.new_homes.get(int(event.other), (None, None))
            if came_from == before and founder in (person.mother, person.father):
                self.home(event.other).kind = HOUSEHOLD_KINDS.index("one_parent")
        self.leave(event.who)
        self.join(event.who, event.other)

    def gone(self, event, at):
        person = self.resident(event.who)
        person.fate, person.left = GONE[event.kind], self.day
        if person.history >= 0:
            self.history(event).present = 0
        self.leave(event.who)

    DIED_OTHER = DIED_OVERDOSE = MOVED_OUT = gone

    def USE_CHANGED(self, event, at):
        resident = self.resident(event.who)
        if event.other < 0:
            resident.history = self.used["histories"]
            person = self.new("histories", DRAWN["histories"])
            person.key, person.resident, person.present = resident.key, event.who, 1
            person.last_overdose, person.overdose_event, person.asked_event = -(10**6), -1, -1
            person.provider, person.care_since = -1, self.day
        person = self.history(event)
        if event.other < 0 or event.other == Use.NONE:  # begins, or begins again
            used_to_it = event.amount == Use.MISUSE or (
                int(event.who) in self.arrived_today and event.amount != Use.REMISSION
            )
            person.tolerance = float(used_to_it)
        else:
            assert person.use == event.other
        person.use, person.since = int(event.amount), self.day

    def KIT_RECEIVED(self, event, at):
        keeper = self.home(event.other) if event.other >= 0 else self.resident(event.who)
        keeper.kit_until = int(event.amount)

    def LAY_NALOXONE(self, event, at):
        keepers = (
            lambda: self.resident(event.who),
            lambda: self.resident(event.other),
            lambda: self.home(self.resident(event.who).household),
        )
        keepers[int(event.amount)]().kit_until = self.day

    def OVERDOSE(self, event, at):
        person = self.history(event)
        person.last_overdose, person.overdose_event = self.day, at
        person.overdoses += 1

    def SURVIVED(self, event, at):
        self.history(event).readiness = self.rules.readiness_jump

    def ASKED_FOR_CARE(self, event, at):
        person = self.history(event)
        person.care, person.wants, person.provider = Care.WAITING, int(event.amount), event.other
        person.care_since, person.asked_event = self.day, at

    def ADMITTED(self, event, at):
        person = self.history(event)
        person.care, person.care_since = person.wants, self.day
        self.tables["providers"][event.other].occupied += 1

    def LEFT_CARE(self, event, at):
        self.out_of_care(self.history(event))
        self.tables["providers"][event.other].occupied -= 1

    def off_the_list(self, event, at):
        self.out_of_care(self.history(event))

    DID_NOT_ATTEND = LEFT_LIST = off_the_list


def differences(tables, world):
    """Name the columns whose bytes differ, each with the first row and both values."""
    found = []
    for name, rows in tables.items():
        final = world.rows(name)
        assert len(rows) == len(final)
        for column in rows.dtype.names:
            replayed, lived = np.ascontiguousarray(rows[column]), np.ascontiguousarray(final[column])
            if replayed.tobytes() != lived.tobytes():
                row = np.flatnonzero(replayed != lived)[0]
                found.append(f"{name}.{column} row {row}: replayed {replayed[row]}, lived {lived[row]}")
    return found


@pytest.fixture(scope="module")
def lived():
    """A town where everything happens often, before and after two and a half years."""
    world = build(load("status_quo", EVERYTHING_HAPPENS), seed=11)
    start = Replay(world)
    for _ in range(730 + 180):
        live_a_day(world)
    check_world(world)
    return start, world


def replayed(start, world):
    copy = Replay.__new__(Replay)
    copy.__dict__.update(start.__dict__)
    copy.tables = {name: rows.copy() for name, rows in start.tables.items()}
    return copy.through(world.events, world)


def test_events_rebuild_the_world(lived):
    start, world = lived
    assert set(np.unique(world.events.kind)) == set(Kind), "a kind of event that never happened is not tested"
    kits = world.events.amount[world.events.kind == Kind.LAY_NALOXONE]
    assert set(kits) == {0, 1, 2}, "own kit, the witness's and the home's"
    assert differences(replayed(start, world), world) == []


@pytest.mark.parametrize(
    "table, column, change",
    [
        ("residents", "kit_until", 1),
        ("residents", "births", 1),
        ("households", "kit_until", 1),
        ("histories", "tolerance", -1e-15),
        ("histories", "readiness", 1e-15),
        ("histories", "care_since", -1),
        ("providers", "occupied", 1),
    ],
)
def test_a_silent_change_shows(lived, table, column, change):
    start, world = lived
    rows = world.rows(table)
    row = int(np.argmax(rows[column]))
    before = rows[column][row]
    rows[column][row] += change
    try:
        found = differences(replayed(start, world), world)
    finally:
        rows[column][row] = before
    assert len(found) == 1 and found[0].startswith(f"{table}.{column} row {row}:")
