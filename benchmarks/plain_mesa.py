"""The same town as ordinary Mesa agents: overdose and usual treatment, rule by rule, draw by draw.

Every resident, officer and provider is a `mesa.Agent`; a day is their `step`. The rules are stated here
a second time, as one would write them without tables and compilation, so two things can be compared
with the compiled model: the result, which must be the same for every person, and the time.

Covered: change of use without first use, overdoses and what happens at them, the witness's trust in police
and supervision, asking for treatment, waiting, entering, leaving. Not covered: demography, naloxone supply,
contacts with police and what follows from them (arrest, jail, court, deflection), homes with children, officers'
training and strain (all are at work, nobody leaves), dated policy changes.
"""

import math
from types import SimpleNamespace

import mesa
from deflect.agents.household import GROUP_QUARTERS
from deflect.agents.officer import CREWS, SHIFTS
from deflect.agents.resident import Care, Use
from deflect.model import calendar
from deflect.model.diary import YEAR
from deflect.model.network import CO_USE, FRIEND, KIN
from deflect.model.processes import census, drug_use, overdose, treatment
from deflect.model.randomness import Stream, draw

COVERED = (calendar.turn, drug_use.use, overdose.overdose, treatment.treat, census.count)  # of the day, by the twin
NOT_COVERED = {  # set to nothing where the two are compared: what the covered processes do and the twin does not
    "drug_use.first_misuse_per_year": 0,
    "drug_use.first_illicit_per_year": 0,
    "policing.scene_survivor_jailed": 0,
    "policing.scene_bystander_arrested": 0,
}
ADULT_DAYS = int(18 * YEAR)
IN_USE = (Use.MISUSE, Use.OUD, Use.INJECTING)
MEDICATIONS = (Care.METHADONE, Care.BUPRENORPHINE, Care.NALTREXONE)
TREATMENTS = (*MEDICATIONS, Care.DETOX)  # by kind of provider; nobody is brought to detox without a programme
# Draws at one overdose, by number.
(PLACE, ALONE, SEEN, FOUND, WITNESS, NALOXONE, CALL, POLICE_FIRST, MINUTES, MINUTES_2, SHIFT, OFFICER, DIES) = range(13)


class Home:
    """A household: its members in the order in which they joined, and perhaps a naloxone kit."""

    def __init__(self, row):
        self.members = []
        self.kit_until = int(row.kit_until)
        self.neighbourhood = int(row.neighbourhood)
        self.kind = int(row.kind)


class Officer(mesa.Agent):
    """A patrol officer."""

    def __init__(self, town, row):
        super().__init__(town)
        self.beat, self.shift, self.crew = int(row.beat), int(row.shift), int(row.crew)

    def on_duty(self, shift):
        return self.beat >= 0 and self.shift == shift and self.crew == (self.model.day // 2) % CREWS


class Resident(mesa.Agent):
    """Somebody who lives in the town, without a history of opioid use."""

    def __init__(self, town, row):
        super().__init__(town)
        self.key, self.born = int(row.key), int(row.born)
        self.here = row.fate == 0
        self.kit_until = int(row.kit_until)
        self.knows_law = bool(row.knows_law)
        self.trust = float(row.trust)  # without contacts with police it never changes
        self.supervised_until = -math.inf
        self.home = town.homes[row.household]
        self.mother = self.father = None
        self.ties = []  # (resident, kind of tie)

    def draw(self, stream, k=0):
        """Return this person's draw of today for a decision."""
        return draw(self.model.seed, stream, self.key, self.model.day, k)

    def has_kit(self):
        return self.kit_until > self.model.day

    def tied(self, kind, u):
        """Return somebody here tied by one kind of tie, each with the same chance; None when there is nobody."""
        others = [other for other, tie in self.ties if tie == kind and other.here]
        return others[int(u * len(others))] if others else None

    def depart(self):
        """Die or leave town."""
        self.here = False
        self.home.members.remove(self)


class Person(Resident):
    """A resident with a history of opioid use: the one who has a day of their own."""

    def __init__(self, town, row, history, dealings):
        super().__init__(town, row)
        self.supervised_until = int(dealings.supervised_until)
        self.use, self.since = Use(history.use), int(history.since)
        self.tolerance, self.frailty = float(history.tolerance), float(history.frailty)
        self.uses_alone, self.readiness = float(history.uses_alone), float(history.readiness)
        self.last_overdose, self.overdoses = int(history.last_overdose), int(history.overdoses)
        self.care, self.wants = Care(history.care), Care(history.wants)
        self.care_since = int(history.care_since)
        self.provider = town.providers[history.provider] if history.provider >= 0 else None

    def step(self):
        """Live the morning: change use, then tolerance."""
        if not self.here:
            return
        u = self.draw(Stream.USE)
        if self.use == Use.REMISSION:
            self.maybe_relapse(u)
        elif self.use != Use.NONE:
            self.maybe_change_use(u)
        keep = self.model.rules.tolerance_keep
        if self.use in IN_USE:
            self.tolerance = 1.0 - (1.0 - self.tolerance) * keep
        elif self.care not in (Care.METHADONE, Care.BUPRENORPHINE):
            self.tolerance *= keep

    # --- use ---------------------------------------------------------------------------------------

    def maybe_relapse(self, u):
        relapse = self.model.relapse
        hazard = relapse[min(self.model.day - self.since, len(relapse) - 1)]
        if self.care in MEDICATIONS:
            hazard *= self.model.rules.relapse_in_care
        if happens(u, hazard):
            self.go_back_to_use()

    def maybe_change_use(self, u):
        rules = self.model.rules
        if self.use == Use.MISUSE:
            leaves, stays = (Use.NONE, rules.misuse_stop_per_day), (Use.OUD, rules.misuse_to_oud_per_day)
        else:
            leaves = (Use.REMISSION, 0.0 if self.care in MEDICATIONS else rules.remission_per_day)
            if self.use == Use.OUD:
                stays = (Use.INJECTING, rules.start_injecting_per_day)
            else:
                stays = (Use.OUD, rules.stop_injecting_per_day)
        total = leaves[1] + stays[1]
        if happens(u, total):
            self.change_use(leaves[0] if u < within_a_day(total) * leaves[1] / total else stays[0])

    def go_back_to_use(self):
        injects = self.draw(Stream.RELAPSE_ROUTE) < self.model.rules.relapse_injecting
        self.change_use(Use.INJECTING if injects else Use.OUD)

    def change_use(self, use):
        self.use, self.since = use, self.model.day
        if self.care == Care.WAITING and use not in IN_USE:
            self.leave_care()

    # --- overdose ----------------------------------------------------------------------------------

    def overdoses_today(self):
        return self.here and self.use in IN_USE and happens(self.draw(Stream.OVERDOSE), self.overdose_hazard())

    def overdose_hazard(self):
        rules, surge = self.model.rules, self.model.surge
        base = {
            Use.MISUSE: rules.base_misuse_per_day,
            Use.OUD: rules.base_oud_per_day,
            Use.INJECTING: rules.base_injecting_per_day,
        }
        hazard = base[self.use] * rules.supply_today * self.frailty
        hazard *= 1.0 + (rules.tolerance_peak - 1.0) * (1.0 - self.tolerance)
        days = self.model.day - self.last_overdose
        if days < len(surge):
            hazard *= surge[days]
        if self.care in MEDICATIONS:
            hazard *= self.model.using_on[self.care]
        return hazard

    def overdose(self):
        """Live through an overdose of today, to survival or death."""
        if not self.here:
            return
        rules, stream = self.model.rules, Stream.OVERDOSE_SCENE
        at_home = self.draw(stream, PLACE) < rules.at_home
        seen = False
        if self.draw(stream, ALONE) >= self.uses_alone:
            present = True
            seen = self.draw(stream, SEEN) < rules.seen_if_not_alone
        else:
            present = self.draw(stream, FOUND) < (rules.found_at_home if at_home else rules.found_in_public)
        naloxone, minutes = False, None
        if present:
            witness = self.witness(at_home, self.draw(stream, WITNESS))
            naloxone = self.is_given_naloxone(witness, at_home, seen)
            if self.has_911_called(witness, at_home, seen, naloxone):
                minutes = self.minutes_to_help()
        risk = self.risk_of_death(present, seen, naloxone, minutes)
        self.model.expected_deaths += risk
        self.last_overdose = self.model.day
        self.overdoses += 1
        if self.draw(stream, DIES) < risk:
            home = self.home
            self.depart()
            self.model.settle_children(home)
        else:
            self.readiness = rules.readiness_jump

    def witness(self, at_home, u):
        """Return who is there: a household member at home, else somebody the person uses with, else a friend."""
        born_before = self.model.day - self.model.rules.witness_age_years * YEAR
        others = [member for member in self.home.members if member is not self and member.born < born_before]
        if at_home and others:
            return others[int(u * len(others))]
        return self.tied(CO_USE, u) or self.tied(FRIEND, u)

    def is_given_naloxone(self, witness, at_home, seen):
        """Say whether a kit at hand is used; a used kit is gone."""
        rules = self.model.rules
        if self.has_kit():
            holder = self
        elif witness is not None and witness.has_kit():
            holder = witness
        elif at_home and self.home.kit_until > self.model.day:
            holder = self.home
        else:
            return False
        chance = rules.naloxone_if_seen if seen else rules.naloxone_if_near
        if self.draw(Stream.OVERDOSE_SCENE, NALOXONE) >= chance:
            return False
        holder.kit_until = self.model.day
        return True

    def has_911_called(self, witness, at_home, seen, naloxone):
        rules = self.model.rules
        logit = rules.call_intercept + (rules.call_logit_seen if seen else rules.call_logit_near)
        if not at_home:
            logit += rules.call_logit_public
        if witness is not None and witness.knows_law and rules.good_samaritan_law:
            logit += rules.law_to_911
        if witness is not None:
            logit += rules.trust_call_logit * (witness.trust - rules.trust_mean)
            if witness.supervised_until > self.model.day:
                logit += rules.call_logit_supervised
        if naloxone:
            logit += rules.call_logit_naloxone
        return self.draw(Stream.OVERDOSE_SCENE, CALL) < logistic(logit)

    def minutes_to_help(self):
        """Return the minutes until the first responder with naloxone: an officer, or the medics."""
        rules, stream = self.model.rules, Stream.OVERDOSE_SCENE
        officer = None
        if self.draw(stream, POLICE_FIRST) < rules.police_first:
            shift = int(self.draw(stream, SHIFT) * SHIFTS)
            officer = self.model.officer_near(self.home.neighbourhood, shift, self.draw(stream, OFFICER))
        radius = math.sqrt(-2.0 * math.log(self.draw(stream, MINUTES)))
        normal = radius * math.cos(2.0 * math.pi * self.draw(stream, MINUTES_2))
        spread = math.exp(rules.response_log_sd * normal) * self.model.response_factor[self.home.neighbourhood]
        if officer is not None and self.model.police_carry_naloxone:
            return rules.police_minutes * spread
        return (rules.police_minutes + rules.ems_extra_minutes) * spread

    def risk_of_death(self, present, seen, naloxone, minutes):
        rules = self.model.rules
        if not present:
            return rules.fatality_alone
        if naloxone:
            return rules.fatality_naloxone_seen if seen else rules.fatality_naloxone_near
        risk = rules.fatality_seen if seen else rules.fatality_near
        if minutes is not None:
            late = rules.responder_per_minute ** (minutes - rules.police_minutes)
            risk *= min(1.0, max(rules.responder_floor, rules.responder_ratio * late))
        return risk

    # --- treatment ---------------------------------------------------------------------------------

    def decide_on_care(self):
        """Ask for treatment, or leave it."""
        if not self.here:
            return
        u = self.draw(Stream.CARE)
        if self.care == Care.NONE:
            if self.use in (Use.OUD, Use.INJECTING):
                if happens(u, self.model.rules.seek_per_day * math.exp(self.readiness_today())):
                    self.ask()
        elif self.care in MEDICATIONS:
            leaving = self.model.leaving[self.care]
            hazard = leaving[min(self.model.day - self.care_since, len(leaving) - 1)]
            if happens(u, hazard * self.provider.leaving_factor()):
                self.leave_care()
                if self.use == Use.REMISSION and self.draw(Stream.ATTENDANCE, 2) < self.model.rules.resumes_share:
                    self.go_back_to_use()

    def readiness_today(self):
        if self.readiness <= 0.0:
            return 0.0
        return self.readiness * self.model.rules.readiness_keep ** (self.model.day - self.last_overdose)

    def ask(self):
        """Join the waiting list of a provider of the medication wanted."""
        rules, u = self.model.rules, self.draw(Stream.PROVIDER, 0)
        if u < rules.buprenorphine_share:
            wants = Care.BUPRENORPHINE
        else:
            wants = Care.METHADONE if u < rules.buprenorphine_share + rules.methadone_share else Care.NALTREXONE
        provider = self.model.provider_of(wants, self.draw(Stream.PROVIDER, 1))
        if provider is not None:
            self.care, self.wants, self.provider, self.care_since = Care.WAITING, wants, provider, self.model.day
            provider.waiting.append(self)

    def enter_care(self, wait):
        """Come to the first appointment, or not; some stop using when they enter."""
        rules = self.model.rules
        logit = rules.attendance_logit + rules.attendance_delay_logit * math.log(max(wait, 1) / 3.0)
        if self.draw(Stream.ATTENDANCE, 0) >= logistic(logit):
            self.out_of_care()
            return False
        self.care, self.care_since = self.wants, self.model.day
        if self.draw(Stream.ATTENDANCE, 1) < 1.0 - self.model.using_on[self.wants]:
            self.change_use(Use.REMISSION)
        return True

    def leave_care(self):
        if self.care == Care.WAITING:
            self.provider.waiting.remove(self)
        elif self.care in MEDICATIONS:
            self.provider.occupied -= 1
        self.out_of_care()

    def out_of_care(self):
        self.care = self.wants = Care.NONE
        self.provider, self.care_since = None, self.model.day

    def depart(self):
        if self.care != Care.NONE:
            self.leave_care()
        super().depart()


class Provider(mesa.Agent):
    """A treatment provider: slots, and a waiting list."""

    def __init__(self, town, row):
        super().__init__(town)
        self.medication = TREATMENTS[row.kind]
        self.slots, self.start_slots, self.occupied = int(row.slots), int(row.start_slots), int(row.occupied)
        self.trauma_informed = float(row.trauma_informed)
        self.waiting = []

    def leaving_factor(self):
        """Return what multiplies the hazard of leaving: people stay longer where work is trauma-informed."""
        rules = self.model.rules
        return math.exp(rules.provider_trauma_leaving_log * (self.trauma_informed - rules.provider_trauma_mean))

    def step(self):
        """Offer the free slots in the order of waiting; who asked on the same day comes by a keyed priority."""
        town = self.model
        ready = [person for person in self.waiting if town.day - person.care_since >= town.rules.intake_days]
        for person in sorted(ready, key=self.turn):
            if self.occupied >= self.slots:
                break
            self.waiting.remove(person)
            self.occupied += person.enter_care(town.day - person.care_since)

    def turn(self, person):
        return person.care_since, draw(self.model.seed, Stream.SLOT_PRIORITY, person.key, person.care_since, 0)


class PlainTown(mesa.Model):
    """A town read from a built world; `step` lives one day of it."""

    def __init__(self, world):
        super().__init__()
        state = world.state
        self.seed, self.day = world.seed, world.day
        self.expected_deaths = 0.0
        self.rules = SimpleNamespace(**{name: float(state.rules[name][0]) for name in state.rules.dtype.names})
        self.relapse, self.surge = state.relapse.tolist(), state.surge.tolist()
        self.leaving = dict(zip(TREATMENTS, state.leaving.tolist(), strict=True))
        self.response_factor = state.response_factor.tolist()
        self.using_on = {care: getattr(self.rules, f"using_on_{care.name.lower()}") for care in MEDICATIONS}
        self.police_carry_naloxone = bool(state.agencies.carries_naloxone[0])
        self.officers = [Officer(self, row) for row in state.officers]
        self.providers = [Provider(self, row) for row in state.providers]
        self.homes = [Home(row) for row in world.households]
        self.residents = [
            Resident(self, row)
            if row.history < 0
            else Person(self, row, world.histories[row.history], world.dealings[row.history])
            for row in world.residents
        ]
        self.people = self.agents_by_type[Person]
        self._fill_homes(world)
        self._tie(world)
        for person in self.people:
            if person.care == Care.WAITING:
                person.provider.waiting.append(person)

    def _fill_homes(self, world):
        for home, row in zip(self.homes, world.households, strict=True):
            member = row.first
            while member >= 0:
                home.members.append(self.residents[member])
                member = world.residents[member].housemate

    def _tie(self, world):
        state = world.state
        for row, resident in enumerate(self.residents):
            mother, father = world.residents[row].mother, world.residents[row].father
            resident.mother = self.residents[mother] if mother >= 0 else None
            resident.father = self.residents[father] if father >= 0 else None
            if row < len(state.tie_start) - 1:
                for i in range(state.tie_start[row], state.tie_start[row + 1]):
                    resident.ties.append((self.residents[state.tie_to[i]], int(state.tie_kind[i])))
            tie = state.late_first[row]
            while tie > 0:
                late = state.late_ties[tie - 1]
                resident.ties.append((self.residents[late.to], int(late.kind)))
                tie = late.next

    def step(self):
        """Live one day: use, overdoses, decisions on treatment, admissions."""
        self.people.do("step")
        for person in sorted((p for p in self.people if p.overdoses_today()), key=lambda person: person.key):
            person.overdose()
        self.people.do("decide_on_care")
        for provider in self.providers:
            provider.step()
        self.day += 1

    def officer_near(self, place, shift, u):
        """Return an officer on duty on this beat or on the nearest one with somebody; None when nobody is."""
        on_duty = [officer for officer in self.officers if officer.on_duty(shift)]
        if not on_duty:
            return None
        nearest = min(abs(officer.beat - place) for officer in on_duty)
        near = [officer for officer in on_duty if abs(officer.beat - place) == nearest]
        return near[int(u * len(near))]

    def provider_of(self, medication, u):
        """Return a provider of a medication, each with a chance in proportion to its slots at the start."""
        offering = [provider for provider in self.providers if provider.medication == medication]
        left = u * sum(provider.start_slots for provider in offering)
        for provider in offering:
            left -= provider.start_slots
            if left < 0.0:
                return provider
        return None

    def settle_children(self, home):
        """Give children left without an adult a home; those for whom there is none leave town."""
        if home.kind == GROUP_QUARTERS or self._has_adult(home):
            return
        for child in list(home.members):
            new_home = self._home_for(child)
            if new_home is None:
                child.depart()
            else:
                home.members.remove(child)
                child.home = new_home
                new_home.members.append(child)

    def _has_adult(self, home):
        return home.kind != GROUP_QUARTERS and any(self.day - member.born >= ADULT_DAYS for member in home.members)

    def _home_for(self, child):
        """Return a home with kin, else with friends, of the child or the parents."""
        number = 20
        for kind in (KIN, FRIEND):
            for close in (child, child.mother, child.father):
                for _ in range(4):
                    u = child.draw(Stream.MOVE, number)
                    number += 1
                    host = close.tied(kind, u) if close is not None else None
                    if host is not None and host.home is not child.home and self._has_adult(host.home):
                        return host.home
        return None


def happens(u, hazard):
    """Does something with this hazard (per day) happen today?"""
    return u < within_a_day(hazard)


def within_a_day(hazard):
    return 1.0 - math.exp(-hazard)


def logistic(logit):
    return 1.0 / (1.0 + math.exp(-logit))
