"""B6: the events alone, with the drift of tolerance, rebuild every table; a silent change of any column shows.

The replay below is written apart from the model, in plain Python, from the meaning of the events. It needs to be told
two things more: how many ties there were each evening, for what friends hear of a contact with police; and nothing of
the steps that an open case takes in silence (STEPS), which `checks.cases` watches.
"""

import numpy as np
import pytest
from deflect.agents.agency import CASE_MANAGEMENT
from deflect.agents.household import HOUSEHOLD_KINDS
from deflect.agents.resident import Care, Fate, Use
from deflect.model.build import build
from deflect.model.checks import check_world
from deflect.model.day import live_a_day
from deflect.model.events import BY_PATHWAY, Kind
from deflect.model.world import START_DAY
from deflect.scenarios.load import load
from towns import ALL_PATHWAYS, BUSY

TABLES = ("residents", "households", "histories", "dealings", "providers", "officers", "agencies")
STEPS = (  # columns of dealings that say where an open case stands, and what an ended one leaves behind
    "case_since", "case_event", "due", "tries", "plan_until", "worker", "stage", "pathway", "warm", "address_current",
    "relative_reached",
)  # fmt: skip
# Drawn when a row is made and never changed: no event could say them, so they are copied into new rows.
DRAWN = {
    "residents": ("key", "sex", "knows_law", "trust"),
    "newcomers": ("born", "race", "mother", "father"),  # newborns have theirs from the mother and the day
    "households": ("neighbourhood",),
    "arriving": ("key", "kind"),  # a grown child's home has its key from the child
    "histories": ("frailty", "uses_alone"),
    "dealings": ("contact_factor",),
}
GONE = {Kind.DIED_OTHER: Fate.DIED_OTHER, Kind.DIED_OVERDOSE: Fate.DIED_OVERDOSE, Kind.MOVED_OUT: Fate.MOVED}
AFTER_DRUG_USE = {
    Kind.KIT_RECEIVED, Kind.OVERDOSE, Kind.ASKED_FOR_CARE, Kind.TURNED_AWAY, Kind.ADMITTED, Kind.DID_NOT_ATTEND,
    Kind.POLICE_CONTACT, Kind.TEAM_SENT, Kind.ARRESTED, Kind.JAILED, Kind.WALKED_IN, Kind.OFFERED,
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
    **{name: value for name, value in ALL_PATHWAYS.items() if name not in BUSY},
    "deflection.plan_grace_days": 30,  # so that some plan is completed
    "custody.jail_medication": 1.0,  # no chance that an event would have to tell
    "changes": [{"day": 10, "set": {"treatment.slots_methadone": 3, "treatment.intake_days": 2}}],
}


class Replay:
    """The tables of a world, moved on by nothing but events."""

    def __init__(self, world):
        self.tables = {name: world.rows(name).copy() for name in TABLES}
        self.rules = world.state.rules.copy()[0]
        self.scenario = world.scenario
        self.ties_by_evening = []
        self.day = START_DAY
        self.arrived_today, self.new_homes = set(), {}

    def through(self, events, final):
        """Apply all events up to the day of the world they come from; `final` gives what was drawn at creation."""
        self.final = final
        self.ties = self.everybodys_ties(final)
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
            self.hear_of_contacts(events[events.day == self.day])
            self.day += 1
        assert at == len(events)
        return self.tables

    def after_drug_use(self, event, events):
        leaves = event.kind in (Kind.LEFT_CARE, Kind.RELEASED) and not (
            event.cause >= 0 and events.kind[event.cause] in GONE
        )
        return event.kind in AFTER_DRUG_USE or leaves

    def turn(self):
        """Levers as they stand today."""
        if self.day >= 0 or self.day == START_DAY:
            today, providers = self.scenario.on(self.day), self.tables["providers"]
            self.today, t = today, today.treatment
            factor = np.array([t.slots_methadone, t.slots_buprenorphine, t.slots_naltrexone, 1.0])[providers.kind]
            providers.slots = np.rint(providers.start_slots * factor)
            providers.reserved = np.floor(providers.slots * today.engagement.reserved_slots)
            self.tables["agencies"].carries_naloxone[0] = today.policing.police_naloxone

    def drift(self):
        """Tolerance goes half the way in a week: up with use, down without, kept by methadone and buprenorphine."""
        h, keep = self.tables["histories"][: self.used["histories"]], self.rules.tolerance_keep
        uses = np.isin(h.use, [Use.MISUSE, Use.OUD, Use.INJECTING]) & (h.held == 0)
        kept = np.isin(h.care, [Care.METHADONE, Care.BUPRENORPHINE])
        after = np.where(uses, 1.0 - (1.0 - h.tolerance) * keep, np.where(kept, h.tolerance, h.tolerance * keep))
        h.tolerance = np.where(h.present == 1, after, h.tolerance)

    @staticmethod
    def everybodys_ties(final):
        """Return each resident's ties in the end: (other, number of the tie made in the run, -1 for the start)."""
        state, ties = final.state, {}
        for row in range(len(state.tie_start) - 1):
            for other in state.tie_to[slice(*state.tie_start[row : row + 2])]:
                ties.setdefault(row, []).append((other, -1))
        late = final.rows("late_ties")
        for row, tie in enumerate(final.rows("late_first")):
            while tie > 0:
                ties.setdefault(row, []).append((late.to[tie - 1], tie - 1))
                tie = late.next[tie - 1]
        return ties

    def hear_of_contacts(self, events):
        """Good and bad contacts of the day count for the person, and less for those at home and tied to them."""
        trust, made = self.scenario.trust, self.ties_by_evening[self.day - START_DAY]
        for event in events[(events.kind == Kind.POLICE_CONTACT) & (events.amount != 0)]:
            gain = trust.good_contact_points / trust.points_per_sd
            change = gain if event.amount > 0 else -gain * self.scenario.switches.bad_to_good_contact
            me = self.resident(event.who)
            at_home = [row for row in self.members(me.household) if row != event.who] if me.fate == Fate.HERE else []
            friends = [other for other, tie in self.ties.get(int(event.who), []) if tie < made]
            self.touch(event.who, change)
            for row in [*at_home, *(row for row in friends if self.resident(row).fate == Fate.HERE)]:
                self.touch(row, change * trust.vicarious)

    def touch(self, row, change):
        """What was left by now, and what is new: a fifth lasts."""
        person, trust, days = self.resident(row), self.scenario.trust, float(self.day - self.resident(row).trust_day)
        bad_halflife = trust.good_halflife_days * trust.bad_halflife_ratio
        person.trust_shift *= (0.5 ** (1 / (trust.slow_halflife_years * 365.25))) ** days
        person.trust_good *= (0.5 ** (1 / trust.good_halflife_days)) ** days
        person.trust_bad *= (0.5 ** (1 / bad_halflife)) ** days
        person.trust_day = self.day
        person.trust_shift += trust.slow_share * change
        part = (1.0 - trust.slow_share) * change
        person.trust_good += max(0.0, part)
        person.trust_bad += max(0.0, -part)

    def resident(self, row):
        return self.tables["residents"][row]

    def history(self, event):
        return self.tables["histories"][self.resident(event.who).history]

    def dealings(self, event):
        return self.tables["dealings"][self.resident(event.who).history]

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
        person.history, person.left, person.kit_until, person.trust_day = -1, 10**6, -(10**6), self.day
        return person

    def out_of_care(self, event):
        person, dealings = self.history(event), self.dealings(event)
        dealings.care_pathway = dealings.mandated = 0
        dealings.care_officer = -1
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
            self.end_of_case(event, at)
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
            dealings = self.new("dealings", DRAWN["dealings"])
            dealings.key = resident.key
            for column in ("arrest_event", "jail_event", "court_event", "officer", "care_officer"):
                dealings[column] = -1
            for column in ("held_since", "release_day", "court_day", "supervised_until", "treated_day"):
                dealings[column] = -(10**6)
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
        dealings = self.dealings(event)
        dealings.care_pathway = max(0, event.setting - BY_PATHWAY)
        dealings.care_officer = dealings.officer if dealings.care_pathway else -1

    def TURNED_AWAY(self, event, at):
        dealings = self.dealings(event)
        if dealings.care_officer >= 0:
            self.tables["officers"][dealings.care_officer].refused_day = self.day

    def ADMITTED(self, event, at):
        person, dealings, provider = self.history(event), self.dealings(event), self.tables["providers"][event.other]
        person.care, person.care_since = person.wants, self.day
        dealings.mandated = dealings.charged
        provider.occupied += 1
        provider.handed_over += dealings.care_pathway > 0

    def LEFT_CARE(self, event, at):
        provider = self.tables["providers"][event.other]
        provider.occupied -= 1
        provider.handed_over -= self.dealings(event).care_pathway > 0
        self.dealings(event).treated_day = self.day
        self.out_of_care(event)

    def off_the_list(self, event, at):
        self.out_of_care(event)

    DID_NOT_ATTEND = LEFT_LIST = off_the_list

    def ARRESTED(self, event, at):
        dealings = self.dealings(event)
        dealings.arrests += 1
        dealings.arrest_event = at
        following = self.final.events[at + 1 : at + 2]
        if not ((following.kind == Kind.JAILED) & (following.cause == at)).any():
            self.to_court(event, at)

    def to_court(self, event, at):
        dealings = self.dealings(event)
        if dealings.court_day < self.day:
            dealings.court_day = self.day + 1 + int(self.scenario.custody.court_days)
            dealings.court_event = at

    CHARGE_FORWARDED = to_court

    def COURT(self, event, at):
        if event.amount:
            dealings = self.dealings(event)
            until = self.day + int(self.scenario.custody.supervision_days)
            dealings.supervised_until = max(dealings.supervised_until, until)

    def JAILED(self, event, at):
        dealings = self.dealings(event)
        self.history(event).held = 1
        dealings.held_since, dealings.release_day, dealings.jail_event = self.day, self.day + int(event.amount), at
        dealings.jail_medication = self.today.custody.jail_medication

    def RELEASED(self, event, at):
        self.history(event).held = 0
        self.dealings(event).release_day = -(10**6)

    def HANDED_OVER(self, event, at):
        if event.other == CASE_MANAGEMENT:  # by an officer, or by medics
            dealings = self.dealings(event)
            dealings.officer = self.final.events.other[event.cause]
            if self.final.events.kind[event.cause] == Kind.ACCEPTED:  # in place of a charge
                dealings.charged = self.today.deflection.charge_held

    def CASE_OPENED(self, event, at):
        self.history(event).managed = 1

    def end_of_case(self, event, at):
        self.history(event).managed = 0
        self.dealings(event).officer, self.dealings(event).charged = -1, 0

    MISSED = CASE_CLOSED = end_of_case


def differences(tables, world):
    """Name the columns whose bytes differ, each with the first row and both values."""
    found = []
    for name, rows in tables.items():
        final = world.rows(name)
        assert len(rows) == len(final)
        for column in rows.dtype.names:
            if name == "dealings" and column in STEPS:
                continue
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
        start.ties_by_evening.append(int(world.state.clock[0].late_ties))
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
        ("residents", "trust_good", 1e-15),
        ("residents", "trust_bad", 1e-15),
        ("residents", "trust_day", -1),
        ("histories", "held", 1),
        ("histories", "managed", 1),
        ("dealings", "arrests", 1),
        ("dealings", "release_day", 1),
        ("dealings", "court_day", 1),
        ("dealings", "court_event", -1),
        ("dealings", "treated_day", -1),
        ("dealings", "care_officer", 1),
        ("dealings", "supervised_until", -1),
        ("dealings", "care_pathway", 1),
        ("dealings", "charged", 1),
        ("dealings", "officer", -1),
        ("providers", "handed_over", 1),
        ("officers", "refused_day", 1),
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
