"""What one person or officer of a watched world is living through: how they are, what happened, and why."""

import copy

import numpy as np

from ..agents.household import GROUP_QUARTERS
from ..agents.officer import serves
from ..agents.resident import Care, Fate, Use
from ..experiments.run import live_until
from ..model.build import build
from ..model.events import MEANING, Kind
from ..model.rules import DAYS_A_YEAR
from ..model.why import Teller, chain_of, described
from ..model.words import day_of
from ..model.world import World
from ..scenarios.errors import InputError

SHOWN = 14  # events of a story, the last ones
CAUSES = 4  # of each event
USE = {
    Use.NONE: "no opioid use now",
    Use.MISUSE: "misuse of opioids",
    Use.OUD: "opioid use disorder",
    Use.INJECTING: "opioid use disorder, injecting",
    Use.REMISSION: "opioid use disorder in remission",
}
CARE = {
    Care.NONE: "not in treatment",
    Care.WAITING: "waiting for treatment",
    Care.METHADONE: "in treatment with methadone",
    Care.BUPRENORPHINE: "in treatment with buprenorphine",
    Care.NALTREXONE: "in treatment with naltrexone",
    Care.DETOX: "in detox",
}
FATE = {Fate.DIED_OVERDOSE: "died of an overdose", Fate.DIED_OTHER: "died of another cause", Fate.MOVED: "moved away"}
QUIET = (Kind.KIT_RECEIVED, Kind.LEFT_HOME)  # not told of a person
DULL = (Kind.POLICE_CONTACT, Kind.RESPONDED)  # nor of an officer, whose days are full of them
_kept: dict[tuple, tuple[World, World]] = {}  # the world last asked about: on day 0, and lived on


def story(scenario, seed: int, day: int, who: int, officer: bool, teller) -> dict:
    """Return the story of a resident or an officer until the end of a day. Raises InputError for nobody."""
    world = _world(scenario, seed, day + 1, teller)
    people = len(world.state.officers if officer else world.residents)
    if not 0 <= who < people:
        raise InputError("There is nobody of this number.")
    return _of_officer(world, who) if officer else _of_resident(world, who)


def _world(scenario, seed: int, day: int, teller) -> World:
    """Return a world on a day; the one asked about last is kept, as one asks about it again."""
    key = scenario.run_hash, seed
    start, now = _kept.get(key, (None, None))
    if start is None:
        start = live_until(build(scenario, seed), 0, teller.check)
        now = copy.deepcopy(start)
    elif now.day > day:
        now = copy.deepcopy(start)
    live_until(now, day, teller.check)
    _kept.clear()
    _kept[key] = start, now
    return now


def _of_resident(world: World, row: int) -> dict:
    person, day = world.residents[row], world.day
    facts = []
    if person.fate != Fate.HERE:
        facts.append(["Now", FATE[Fate(int(person.fate))]])
    if person.history >= 0:
        history, dealings = world.histories[person.history], world.dealings[person.history]
        if person.fate == Fate.HERE:
            facts += [["Use", USE[Use(int(history.use))]], ["Treatment", CARE[Care(int(history.care))]]]
            facts += [["In jail", "tonight"]] if history.held else []
        facts += [["Overdoses lived through", str(int(history.overdoses))]]
        facts += [["Arrests", str(int(dealings.arrests))]]
    if person.fate == Fate.HERE:
        home = world.residents[(world.residents.household == person.household) & (world.residents.fate == Fate.HERE)]
        children = int(np.count_nonzero((day - home.born) < 18 * DAYS_A_YEAR))
        shared = world.households.kind[person.household] == GROUP_QUARTERS
        others = len(home) - 1, children - (day - person.born < 18 * DAYS_A_YEAR)
        facts.append(["Home", "in a shelter, dormitory or other shared quarters" if shared else _home(*others)])
        facts.append(["Naloxone at hand", "yes" if person.kit_until > day else "no kit of their own"])
    told = described(person, day)
    mine = np.flatnonzero((world.events.who == row) & ~np.isin(world.events.kind, QUIET))
    return {
        "title": told[:1].upper() + told[1:],
        "number": f"resident {row}",
        "facts": facts,
        **_events(world, mine, f"resident {row}"),
    }


def _of_officer(world: World, row: int) -> dict:
    officer, rules, day = world.state.officers[row], world.state.rules[0], world.day
    years = max(0, day - int(officer.joined)) / DAYS_A_YEAR
    facts = [["On the force", f"for {years:.0f} years" if serves(officer, day) else "left"]]
    facts.append(["Beat", f"neighbourhood {officer.beat}" if officer.beat >= 0 else "not on patrol"])
    facts.append(["Able to offer deflection", "yes" if officer.coverage_rank < rules.coverage else "no"])
    facts.append(["Exhaustion", _strain(officer.exhaustion, rules.exhausted_above)])
    facts.append(["Distance from people", _strain(officer.depersonalisation, rules.depersonalised_above)])
    facts.append(["Trained in trauma-informed practice", "yes" if officer.trained_day > -(10**5) else "no"])
    if officer.injured:
        facts.append(["Lasting injury", "yes"])
    if officer.away_until > day:
        facts.append(["Off duty", f"until {day_of(int(officer.away_until))}"])
    kinds = [kind for kind, (_, other, _) in MEANING.items() if other.startswith("officer") and kind not in DULL]
    mine = np.flatnonzero((world.events.other == row) & np.isin(world.events.kind, kinds))
    mine = mine[world.events.day[mine] >= int(officer.joined)]
    return {"title": "Officer", "number": f"officer {row}", "facts": facts, **_events(world, mine, f"officer {row}")}


def _events(world: World, rows: np.ndarray, name: str) -> dict:
    """Return the last events with what led to each, the newest first."""
    told = []
    for row in rows[-SHOWN:].tolist():
        teller = Teller(world)
        chain = chain_of(world, row)[:-1][-CAUSES:]
        because = [f"{day_of(int(world.events.day[cause]))}: {teller.sentence(cause)}" for cause in chain]
        told.append(
            {"day": day_of(int(world.events.day[row])), "what": _own(teller.sentence(row), name), "because": because}
        )
    return {"events": told[::-1], "before": max(0, len(rows) - SHOWN)}


def _own(sentence: str, name: str) -> str:
    """Leave out of a sentence whose story this is."""
    subject, comma, rest = sentence.partition(", ")
    if subject == name and comma:  # "resident 3, man of 34, overdosed"
        sentence = rest.partition(", ")[2] or rest
    else:
        sentence = sentence.removeprefix(f"{name} ")
    return sentence[:1].upper() + sentence[1:]


def _home(others: int, children: int) -> str:
    if others <= 0:
        return "lives alone"
    if children <= 0:
        return f"lives with {others} other{'s' * (others > 1)}"
    return f"lives with {others} other{'s' * (others > 1)}, {children} of them under 18"


def _strain(value: float, severe: float) -> str:
    where = "above" if value >= 0 else "below"
    said = f"{abs(value):.1f} standard deviations {where} an ordinary force’s mean"
    return f"severe: {said}" if value > severe else said
