"""B6: the events alone, with what drifts by the day, rebuild every table; a silent change of any column shows.

The replay below is written apart from the model, in plain Python, from the meaning of the events. What drifts in
between follows from the state and the levers: tolerance, trust, what wears officers out, what a course taught, and a
child's month. The replay needs to be told three things more: which process wrote which events, for what is worked out
between two of them; how many ties there were each evening, for what friends hear of a contact with police; and what
was drawn when a row was made (DRAWN). What no event says stays out of it:

- the steps that an open case takes in silence (STEPS), which `checks.cases` watches;
- `posts.hire_day` of a post that is vacant: a date ahead, like those of the diary; the event comes on that day.
"""

import numpy as np
import pytest
from deflect.agents.agency import CASE_MANAGEMENT
from deflect.agents.child import Custody
from deflect.agents.household import GROUP_QUARTERS, HOUSEHOLD_KINDS
from deflect.agents.resident import Care, Fate, Use
from deflect.model.build import build
from deflect.model.checks import check_world
from deflect.model.day import DAY
from deflect.model.events import AT_HOME, BY_PATHWAY, Kind
from deflect.model.randomness import Stream, draws
from deflect.model.world import START_DAY
from deflect.scenarios.load import load
from towns import ALL_PATHWAYS, BUSY

TABLES = (
    "residents", "households", "histories", "dealings", "children", "providers", "officers", "posts", "agencies",
)  # fmt: skip
NEVER = -(10**6)
YEAR = 365.25
STEPS = (  # columns of dealings that say where an open case stands, and what an ended one leaves behind
    "case_since", "case_event", "due", "tries", "plan_until", "worker", "stage", "pathway", "warm", "address_current",
    "relative_reached",
)  # fmt: skip
# Drawn when a row is made and never changed: no event could say them, so they are copied into new rows.
DRAWN = {
    "residents": ("key", "sex", "knows_law", "trust", "father"),
    "newcomers": ("born", "race", "mother"),  # newborns have theirs from the mother and the day
    "households": ("neighbourhood", "cohesion", "prescribed", "storage_rank"),
    "arriving": ("key", "kind"),  # a grown child's home has its key from the child
    "histories": ("frailty", "uses_alone"),
    "dealings": ("contact_factor",),
    "children": ("liability",),
    "officers": (
        "post",
        "propensity",
        "coverage_rank",
        "cit_rank",
        "support_rank",
        "training_rank",
        "own_exhaustion",
        "own_depersonalisation",
        "stigma",
    ),  # fmt: skip
}
GONE = {Kind.DIED_OTHER: Fate.DIED_OTHER, Kind.DIED_OVERDOSE: Fate.DIED_OVERDOSE, Kind.MOVED_OUT: Fate.MOVED}
# What has its effect at home the same day, and by which steps; the monthly look at a child comes after all of it.
AT_ONCE = (Kind.OVERDOSE, Kind.RESPONDED, Kind.ARRESTED, Kind.JAILED)
STEPS_AT_HOME = (Kind.FAMILY_REACHED, Kind.REPORTED, Kind.NOTICE_TO_SCHOOL)
# What happens to a child in the monthly look at them, before it is asked how they feel.
OF_A_MONTH = (Kind.REPORTED, Kind.PROTECTION_OPENED, Kind.REMOVED, Kind.REUNIFIED)
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
    "policing.officers_per_1000": 25,
    "officer_wellness.burnout": 0.5,
    "officer_wellness.peer_support": 0.5,
    "officer_wellness.coach": 0.4,
    "officer_wellness.skills_course": 0.6,
    "officer_wellness.skills_refresher_months": 2,
    "officer_wellness.recovery_time": True,
    "officer_wellness.critical_incidents_per_year": 30,
    "officer_wellness.injury_per_incident": 0.05,
    "officer_wellness.injury_remission_per_year": 2,
    "officer_wellness.help_seeking": 0.6,
    "officer_wellness.sick_days": 20,
    "officer_wellness.resign_per_year": 0.4,
    "officer_wellness.retire_per_year": 0.2,
    "officer_wellness.vacancy_months_least": 1,
    "officer_wellness.vacancy_months_most": 3,
    "trauma_training.coverage": 0.7,
    "trauma_training.days": 5,
    "trauma_training.refresher_months": 2,
    "trauma_training.survivor_cotrainer": True,
    "trauma_training.rollout_days": 60,
    "engagement.feedback": 0.7,
    "family.welfare_check": 1.0,
    "family.coaching": 0.6,
    "family.services": 0.6,
    "family.handle_with_care": 0.7,
    "family.endangered_children_check": 0.5,
    "family.household_naloxone": 0.7,
    "family.therapy_given_notice": 0.7,
    "family.report_usual": 0.5,
    "family.report_at_arrest": 0.5,
    "family.report_by_others_per_year": 1.0,
    "family.report_opens": 0.7,
    "family.removal_12m": 0.8,
    "family.reunified_12m": 0.8,
    "family.prescription_ratio": 3.0,
    "changes": [{"day": 10, "set": {"treatment.slots_methadone": 3, "treatment.intake_days": 2}}],
}


class Replay:
    """The tables of a world, moved on by nothing but events."""

    def __init__(self, world):
        self.tables = {name: world.rows(name).copy() for name in TABLES}
        self.rules = world.state.rules.copy()[0]
        self.scenario = world.scenario
        self.ties_by_evening = []
        self.written = []  # a day: name of each process -> how many events there were after it
        self.day = START_DAY
        self.arrived_today, self.new_homes = set(), {}

    def through(self, events, final):
        """Apply all events up to the day of the world they come from; `final` gives what was drawn at creation."""
        self.final, self.events = final, events
        self.ties = self.everybodys_ties(final)
        self.usual = {name: self.rules[name] for name in ("present_mean", "calls_mean", "stress_mean")}
        self.reference_days, self.burnout = 0, 0.0
        rows = {name: len(final.rows(name)) for name in TABLES}
        self.used = {name: len(rows_) for name, rows_ in self.tables.items()}
        for name, rows_ in self.tables.items():
            larger = np.zeros(rows[name], rows_.dtype).view(np.recarray)
            larger[: len(rows_)] = rows_
            self.tables[name] = larger
        at = 0
        while self.day < final.day:
            self.arrived_today, self.new_homes, self.today_from = set(), {}, at
            self.turn()
            for process, until in self.written[self.day - START_DAY].items():
                steps = {"household.care": self.homes, "officer_strain.bear": self.strain}
                steps.get(process, self.tell)(range(at, until))
                at = until
                if process == "drug_use.use":
                    self.drift()
            self.hear_of_contacts(events[self.today_from : at])
            self.day += 1
        assert at == len(events)
        vacant = self.vacant()
        self.tables["posts"].hire_day[vacant] = final.rows("posts").hire_day[vacant]
        return self.tables

    def tell(self, numbers):
        """Let these events happen, in their order."""
        for at in numbers:
            event = self.events[at]
            getattr(self, Kind(event.kind).name, self.nothing)(event, at)

    def turn(self):
        """Levers as they stand today."""
        if self.day >= 0 or self.day == START_DAY:
            today, providers = self.scenario.on(self.day), self.tables["providers"]
            self.today, t = today, today.treatment
            factor = np.array([t.slots_methadone, t.slots_buprenorphine, t.slots_naltrexone, 1.0])[providers.kind]
            providers.slots = np.rint(providers.start_slots * factor)
            providers.reserved = np.floor(providers.slots * today.engagement.reserved_slots)
            self.tables["agencies"].carries_naloxone[0] = today.policing.police_naloxone
            more, self.burnout = today.officer_wellness.burnout - self.burnout, today.officer_wellness.burnout
            for column in ("exhaustion", "depersonalisation"):
                self.officers[column][self.serving()] += more
        for column in ("attitude", "conduct"):  # what a course taught halves in some months
            months = self.scenario.trauma_training.halflife_months
            self.officers[column][self.serving()] *= 0.5 ** (1 / (months * YEAR / 12))

    def drift(self):
        """Tolerance goes half the way in a week: up with use, down without, kept by methadone and buprenorphine."""
        h, keep = self.tables["histories"][: self.used["histories"]], self.rules.tolerance_keep
        uses = np.isin(h.use, [Use.MISUSE, Use.OUD, Use.INJECTING]) & (h.held == 0)
        kept = np.isin(h.care, [Care.METHADONE, Care.BUPRENORPHINE])
        after = np.where(uses, 1.0 - (1.0 - h.tolerance) * keep, np.where(kept, h.tolerance, h.tolerance * keep))
        h.tolerance = np.where(h.present == 1, after, h.tolerance)

    # officers

    @property
    def officers(self):
        return self.tables["officers"]

    def serving(self):
        """Return the rows of officers on the force today."""
        return np.flatnonzero(self.officers.left[: self.used["officers"]] > self.day)

    def strain(self, numbers):
        """What the calls of today did, incidents, then a day of everybody's own, then what else happened to them."""
        o, wellness = self.serving(), self.scenario.officer_wellness
        present = int((self.officers.away_until[o] <= self.day).sum())
        load = min(wellness.demand * self.usual["present_mean"] / max(1, present), wellness.overtime_cap)
        self.fade(o)
        calls = self.answer_calls()
        kinds = self.events.kind[numbers.start : numbers.stop]
        incident, hired = kinds == Kind.CRITICAL_INCIDENT, kinds == Kind.OFFICER_HIRED
        self.tell(numbers.start + np.flatnonzero(incident))
        self.bear(o, load)
        self.tell(numbers.start + np.flatnonzero(~incident & ~hired))
        if START_DAY + 365 <= self.day < 0:
            self.take_reference(present, calls)
        self.tables["posts"].hire_day[~self.vacant()] = NEVER
        self.tell(numbers.start + np.flatnonzero(hired))

    def fade(self, o):
        """Stress and calls of the days before fade."""
        numbers, ratio = self.scenario.officer_wellness, 1
        if self.today.officer_wellness.recovery_time:
            ratio = numbers.recovery_stress_ratio
        self.officers.stress[o] *= 0.5 ** (1 / (numbers.stress_halflife_days * ratio))
        self.officers.calls[o] *= 0.5 ** (1 / numbers.calls_halflife_days)

    def answer_calls(self):
        """Overdose calls and bad contacts weigh on the officers who were there; return the number of calls."""
        wellness, toll, calls = self.scenario.officer_wellness, -self.scenario.switches.calls_to_attitude / 10, 0
        for event in self.events[self.today_from : self.written[self.day - START_DAY]["training.teach"]]:
            if event.kind == Kind.POLICE_CONTACT and event.amount < 0 and event.other >= 0:
                self.officers[event.other].depersonalisation += wellness.bad_treatment_toll
            if event.kind == Kind.RESPONDED and event.other >= 0:
                officer, calls = self.officers[event.other], calls + 1
                fatal = self.resident(event.who).fate == Fate.DIED_OVERDOSE
                severity = wellness.severity_fatal if fatal else wellness.severity_reversal
                if event.setting == AT_HOME and self.minors_at_home(self.resident(event.who).household):
                    severity += wellness.severity_child
                self.feel(officer, severity)
                officer.calls += 1
                officer.depersonalisation += toll
                if not fatal:
                    officer.depersonalisation -= wellness.save_relief
        return calls

    def feel(self, officer, severity):
        officer.stress += severity / (1.0 + officer.calls / self.scenario.officer_wellness.saturation_calls)

    def bear(self, o, load):
        """Exhaustion follows stress and work, depersonalisation follows exhaustion; belief fades."""
        officers, numbers, today = self.officers[o], self.scenario.officer_wellness, self.today.officer_wellness
        coach = np.where(officers.support_rank < today.coach, numbers.coach_sd, 0.0)
        exhaustion = officers.own_exhaustion + today.burnout + coach
        depersonalisation = officers.own_depersonalisation + today.burnout + coach
        pull = numbers.stress_to_exhaustion * (officers.stress - self.usual["stress_mean"])
        pull += numbers.load_to_exhaustion * (load - 1.0)
        pull += np.where(officers.support_rank < today.peer_support, numbers.peer_support_sd, 0.0)
        pull += np.where(officers.care_until > self.day, numbers.care_exhaustion_sd, 0.0)
        further = numbers.exhaustion_to_depersonalisation * (officers.exhaustion - exhaustion)
        officers.exhaustion += (exhaustion + pull - officers.exhaustion) / numbers.exhaustion_days
        gap = depersonalisation + further - officers.depersonalisation
        officers.depersonalisation += gap / numbers.depersonalisation_days
        usual = -self.scenario.switches.calls_to_attitude / 10 * -self.usual["calls_mean"]
        officers.depersonalisation += np.where(officers.beat >= 0, usual, 0.0)
        officers.belief *= 0.5 ** (1 / self.scenario.engagement.belief_halflife_days)
        self.officers[o] = officers

    def take_reference(self, present, calls):
        """The last year of the burn-in says what is usual here."""
        o = self.serving()
        self.reference_days += 1
        stress = sum(int(stress * 1e9) for stress in self.officers.stress[o])
        today = {
            "present_mean": present,
            "calls_mean": calls / max(1, int((self.officers.beat[o] >= 0).sum())),
            "stress_mean": stress / 1e9 / max(1, len(o)),
        }
        for name, value in today.items():
            self.usual[name] += (value - self.usual[name]) / self.reference_days

    def vacant(self):
        posts = self.tables["posts"]
        return (posts.officer < 0) | (self.officers.left[posts.officer] <= self.day)

    # homes with children

    def homes(self, numbers):
        """What today's events did at home, then the monthly look at some of the children."""
        first, rest = numbers.start, list(numbers)
        for at in range(self.today_from, first):
            event = self.events[at]
            if event.kind == Kind.USE_CHANGED and self.ever_had_disorder(event.who):
                self.follow_own_children(event.who)
            if event.kind in (Kind.BORN, Kind.MOVED_IN) and self.resident(event.who).fate == Fate.HERE:
                self.follow_newcomer(event.who)
            while event.kind in AT_ONCE and rest and self.root(rest[0], first) == at:
                self.tell([rest.pop(0)])
        for number in range(self.used["children"]):
            child = self.tables["children"][number]
            if child.present and (self.day + child.key) % 30 == 0:
                self.month(child, rest)
        for at in rest:
            assert self.events.kind[at] == Kind.USE_CHANGED, "an event at home that nothing led to"
            self.tell([at])
            if self.ever_had_disorder(self.events.who[at]):
                self.follow_own_children(self.events.who[at])
        rest.clear()
        assert not rest, "an event at home that nothing led to"

    def root(self, at, first):
        """Return the event of another process that led at once to one at home."""
        at = self.events.cause[at]
        while at >= first and self.events.kind[at] in STEPS_AT_HOME:
            at = self.events.cause[at]
        return at

    def month(self, child, rest):
        """A month of a child: years with untreated use, what child protection did, distress, perhaps first use."""
        who, family = self.resident(child.resident), self.scenario.family
        if who.fate != Fate.HERE or self.day - who.born >= int(26 * YEAR):
            child.present = 0
            return
        minor = self.day - who.born < int(18 * YEAR)
        child.exposed = minor and self.has_untreated_parent(child.resident)
        if child.exposed:
            child.adversity += family.adversity_with_use * 30 / YEAR
        self.tell(self.next_of(child, rest, OF_A_MONTH))
        level = self.distress_level(child)
        child.distress = level + (child.distress - level) * 0.5 ** (30 / family.distress_halflife_days)
        child.support *= 0.5 ** (30 / family.support_halflife_days)

    def next_of(self, child, rest, kinds):
        found = []
        while rest and self.events.who[rest[0]] == child.resident and self.events.kind[rest[0]] in kinds:
            found.append(rest.pop(0))
        return found

    def distress_level(self, child):
        family = self.scenario.family
        level = family.distress_per_adversity * child.adversity
        cohesion = self.cohesion(self.resident(child.resident).household)
        return level - family.distress_per_cohesion * (cohesion - 0.5) - child.support

    def cohesion(self, home):
        """How a family holds together: less while somebody uses, more while services come."""
        family, cohesion = self.scenario.family, self.home(home).cohesion
        if any(self.has_active_disorder(row) for row in self.members(home)):
            cohesion -= family.cohesion_use_loss
        if self.home(home).services_until > self.day:
            cohesion += family.services_cohesion
        return min(1.0, max(0.0, cohesion))

    def has_active_disorder(self, row):
        if self.resident(row).history < 0:
            return False
        person = self.tables["histories"][self.resident(row).history]
        return person.present == 1 and person.held == 0 and person.use in (Use.OUD, Use.INJECTING)

    def ever_had_disorder(self, row):
        if row < 0 or self.resident(row).history < 0:
            return False
        return self.tables["histories"][self.resident(row).history].use >= Use.OUD

    def lives_at_home(self, row):
        number, history = self.resident(row).child, self.resident(row).history
        if history >= 0 and self.tables["histories"][history].held:
            return False
        return number < 0 or self.tables["children"][number].custody == Custody.HOME

    def minors_at_home(self, home):
        if self.home(home).kind == GROUP_QUARTERS:
            return []
        young = [row for row in self.members(home) if self.day - self.resident(row).born < int(18 * YEAR)]
        return [row for row in young if self.lives_at_home(row)]

    def has_untreated_parent(self, row):
        me = self.resident(row)
        parents = [p for p in (me.mother, me.father) if p >= 0 and self.resident(p).household == me.household]
        untreated = [p for p in parents if self.has_active_disorder(p) and self.care_of(p) < Care.METHADONE]
        return bool(untreated) and self.lives_at_home(row)

    def care_of(self, row):
        return self.tables["histories"][self.resident(row).history].care

    def follow_own_children(self, parent):
        if self.resident(parent).fate != Fate.HERE:
            return
        for row in self.members(self.resident(parent).household):
            me = self.resident(row)
            if parent in (me.mother, me.father) and self.day - me.born < int(26 * YEAR):
                child = self.follow(row)
                child.liability = self.final.children.liability[me.child]  # whenever the disorder began

    def follow_newcomer(self, row):
        """A young person born or moved in with a parent who has or had use disorder is followed, past included."""
        me = self.resident(row)
        young = self.day - me.born < int(26 * YEAR)
        if young and (self.ever_had_disorder(me.mother) or self.ever_had_disorder(me.father)):
            child = self.follow(row)
            if self.has_untreated_parent(row) and self.day > me.born:
                family, years = self.scenario.family, min(self.day - me.born, int(18 * YEAR)) / YEAR
                lived = (
                    family.adversity_with_use
                    * years
                    * draws(self.final.seed, Stream.CHILD, np.array([me.key]), 0, 20)[0]
                )
                child.adversity += lived
                child.distress += family.distress_per_adversity * lived
                child.exposed = self.day - me.born < int(18 * YEAR)

    def follow(self, row):
        """Begin to follow a childhood, and return its row."""
        me = self.resident(row)
        if me.child < 0:
            me.child = self.used["children"]
            child = self.new("children", DRAWN["children"])
            child.key, child.resident, child.present = me.key, row, 1
            child.last_event = child.case_event = -1
            child.case_until = child.removed = NEVER
            child.distress = self.distress_level(child)
        return self.tables["children"][me.child]

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
        home.first = -1
        home.kit_until = home.reached_day = home.coached_until = home.services_until = NEVER
        return home

    def new_resident(self, event, columns):
        person = self.new("residents", columns)
        assert self.used["residents"] == event.who + 1
        person.history = person.child = -1
        person.left, person.kit_until, person.trust_day = 10**6, NEVER, self.day
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
        child.born, child.race, child.mother = self.day, mother.race, event.other
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

    def hurt(self, event, at):
        child = self.follow(event.who)
        child.adversity += self.scenario.family.adversity_per_event
        child.last_event = at

    CHILD_WITNESSED = PARENT_ARRESTED = PARENT_JAILED = BEREAVED = hurt

    def REPORTED(self, event, at):
        self.follow(event.who)

    def PROTECTION_OPENED(self, event, at):
        child = self.follow(event.who)
        child.case_until, child.case_event = self.day + int(event.amount), at

    def THERAPY(self, event, at):
        child = self.follow(event.who)
        child.support = max(child.support, -self.scenario.family.therapy_sd)

    def REMOVED(self, event, at):
        child = self.follow(event.who)
        child.custody, child.removed, child.exposed = int(event.amount), self.day, 0
        self.hurt(event, at)

    def REUNIFIED(self, event, at):
        child = self.follow(event.who)
        assert child.custody == event.other
        child.custody, child.case_until = Custody.HOME, self.day

    def family(self, event):
        return self.home(self.resident(event.other).household)

    def FAMILY_REACHED(self, event, at):
        self.family(event).reached_day = self.day

    def COACHED(self, event, at):
        self.family(event).coached_until = self.day + 1 + int(event.amount)

    def SERVICES_BEGAN(self, event, at):
        self.family(event).services_until = self.day + 1 + int(event.amount)

    def HEARD_OF_SUCCESS(self, event, at):
        officer, engagement = self.officers[event.other], self.scenario.engagement
        officer.belief = min(engagement.belief_most, officer.belief + engagement.belief_gain)

    def TRAINED(self, event, at):
        officer, training = self.officers[event.other], self.scenario.trauma_training
        u = draws(self.final.seed, Stream.TRAINING, np.array([officer.key]), 0, 1)[0]
        bins = self.final.state.normal_bins
        gain = training.attitude_gain + self.rules.attitude_gain_sd * bins[int(u * len(bins))]
        officer.attitude = gain + training.cotrainer_gain * self.today.trauma_training.survivor_cotrainer
        officer.conduct = training.conduct_gain if event.amount >= 5 else 0.0
        officer.trained_day = self.day

    def CRITICAL_INCIDENT(self, event, at):
        self.feel(self.officers[event.other], event.amount)

    def INJURED(self, event, at):
        self.officers[event.other].injured = 1

    def RECOVERED(self, event, at):
        self.officers[event.other].injured = 0

    def away(self, event, at):
        self.officers[event.other].away_until = self.day + 1 + int(event.amount)

    SICK = RECOVERS = away

    def SOUGHT_HELP(self, event, at):
        self.officers[event.other].care_until = self.day + 1 + int(event.amount)

    def COURSE(self, event, at):
        officer = self.officers[event.other]
        officer.course_day = self.day
        officer.exhaustion += self.scenario.officer_wellness.skills_sd

    def OFFICER_LEFT(self, event, at):
        self.officers[event.other].left = self.day

    def OFFICER_HIRED(self, event, at):
        assert event.other == self.used["officers"]
        officer, posts = self.new("officers", DRAWN["officers"]), self.tables["posts"]
        post = posts[officer.post]
        officer.key = self.officers[post.officer].key + len(posts) if post.officer >= 0 else officer.post
        officer.beat, officer.shift, officer.crew = post.beat, post.shift, post.crew
        officer.joined, officer.left = self.day, 10**6
        for column in ("refused_day", "trained_day", "course_day", "away_until", "care_until"):
            officer[column] = NEVER
        for column in ("exhaustion", "depersonalisation"):  # rested
            officer[column] = min(0.0, officer[f"own_{column}"])
        post.officer, post.hire_day = event.other, self.day


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
        start.written.append({})
        for process in DAY:
            process(world)
            start.written[-1][process.name] = len(world.events)
        start.ties_by_evening.append(int(world.state.clock[0].late_ties))
    check_world(world)
    return start, world


@pytest.fixture(scope="module")
def replayed(lived):
    """Return the tables as the events rebuild them; what may be changed in silence below, the replay does not read."""
    start, world = lived
    return start.through(world.events, world)


def test_events_rebuild_the_world(lived, replayed):
    _, world = lived
    assert set(np.unique(world.events.kind)) == set(Kind), "a kind of event that never happened is not tested"
    kits = world.events.amount[world.events.kind == Kind.LAY_NALOXONE]
    assert set(kits) == {0, 1, 2}, "own kit, the witness's and the home's"
    assert differences(replayed, world) == []


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
        ("officers", "stress", 1e-12),
        ("officers", "exhaustion", -1e-12),
        ("officers", "depersonalisation", 1e-12),
        ("officers", "calls", 1e-12),
        ("officers", "attitude", 1e-12),
        ("officers", "belief", 1e-12),
        ("officers", "trained_day", -1),
        ("officers", "course_day", -1),
        ("officers", "away_until", 1),
        ("officers", "care_until", 1),
        ("officers", "injured", 1),
        ("officers", "joined", 1),
        ("posts", "officer", -1),
        ("children", "adversity", 1e-9),
        ("children", "distress", 1e-12),
        ("children", "support", 1e-12),
        ("children", "last_event", -1),
        ("children", "case_event", -1),
        ("children", "case_until", 1),
        ("children", "removed", 1),
        ("children", "custody", 1),
        ("children", "exposed", 1),
        ("children", "present", 1),
        ("households", "reached_day", -1),
        ("households", "coached_until", 1),
        ("households", "services_until", 1),
    ],
)
def test_a_silent_change_shows(lived, replayed, table, column, change):
    _, world = lived
    assert column not in [name for names in DRAWN.values() for name in names]
    rows = world.rows(table)
    row = int(np.argmax(rows[column]))
    before = rows[column][row]
    rows[column][row] += change
    try:
        found = differences(replayed, world)
    finally:
        rows[column][row] = before
    assert len(found) == 1 and found[0].startswith(f"{table}.{column} row {row}:")
