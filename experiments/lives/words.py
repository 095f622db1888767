"""The events of a life in plain words: `overdosed at home`, `a friend (man of 53, resident 12) called 911`."""

from collections.abc import Callable

import numpy as np

from ...agents.dealings import PATHWAYS
from ...agents.resident import Use
from ...model.events import MEANING, SETTINGS, Kind
from ...model.graph import TIE_KINDS
from ...model.why import described
from ...model.words import code_of, number, spelled
from ...model.world import World
from .events import CHILD, PART, Item

CLOSE = {"kin": "a relative", "friend": "a friend", "co_use": "somebody they use with"}
KITS = ("the person's own kit", "the kit they carried", "the kit of the home")
OFFENCES = {1: "low-level offence", 2: "serious offence"}  # others are said as their code is
CONTACTS = {-1: "it went badly", 0: "neither well nor badly", 1: "it went well"}
PLACEMENTS = {1: "to kin", 2: "to foster care"}
CHANGES = {  # use before -> after
    (Use.NONE, Use.MISUSE): "misused opioids again",
    (Use.MISUSE, Use.NONE): "stopped misusing opioids",
    (Use.MISUSE, Use.OUD): "came to have opioid use disorder",
    (Use.OUD, Use.INJECTING): "began to inject",
    (Use.INJECTING, Use.OUD): "stopped injecting, went on using",
}
OFFICER_INTERVENTION = SETTINGS.index("officer_intervention")

# What happened to the person, without saying who. {other}: whom the event names; {n}: its amount.
OWN_WORDS = {
    Kind.BORN: "was born",
    Kind.LEFT_HOME: "moved to another home",
    Kind.OVERDOSE: "overdosed{where}; chance of dying of it {percent}",
    Kind.SEEN: "{other} saw it",
    Kind.FOUND: "{other} was near, or found them in time",
    Kind.LAY_NALOXONE: "{other} gave naloxone: {kit}",
    Kind.CALLED_911: "{other} called 911",
    Kind.SURVIVED: "survived",
    Kind.DIED_OVERDOSE: "died of the overdose",
    Kind.ASKED_FOR_CARE: "asked for treatment: {medication}{way}",
    Kind.TURNED_AWAY: "was told there is no free place yet",
    Kind.ADMITTED: "entered treatment after {days}{way}",
    Kind.DID_NOT_ATTEND: "was offered a place after {days} and did not come",
    Kind.LEFT_LIST: "left the waiting list after {days}",
    Kind.LEFT_CARE: "left treatment after {days}",
    Kind.CITED: "was cited: {offence}",
    Kind.ARRESTED: "{other} arrested them: {offence}",
    Kind.JAILED: "was booked into jail for {days}",
    Kind.RELEASED: "was released after {days} in jail",
    Kind.ACCEPTED: "said yes",
    Kind.REFUSED: "said no",
    Kind.EVENT_PASSED: "was named to the outreach team",
    Kind.LISTED: "was put on the outreach list",
    Kind.VISITED: "was visited by the outreach team, visit {n}",
    Kind.NOT_REACHED: "was not reached",
    Kind.ASSESSED: "was assessed by the coordinator",
    Kind.CASE_OPENED: "was taken on by a case manager after {days}",
    Kind.CASE_CLOSED: "left the programme after {days}",
    Kind.COMPLETED: "completed the plan after {days}",
    Kind.NOT_PLACED: "found no place in {days}",
    Kind.MISSED: "did not come to the programme",
    Kind.CHILD_WITNESSED: "saw {other} overdose at home",
    Kind.PARENT_ARRESTED: "{other} was arrested",
    Kind.PARENT_JAILED: "{other} went to jail",
    Kind.BEREAVED: "lost {other} to an overdose",
    Kind.NOTICE_TO_SCHOOL: "police told the school to handle with care",
    Kind.THERAPY: "got therapy",
    Kind.FAMILY_REACHED: "was looked up because of {other}",
    Kind.PROTECTION_OPENED: "became a case of child protection",
    Kind.REMOVED: "was removed from home, {placement}",
    Kind.COACHED: "was coached to help {other}",
    Kind.SERVICES_BEGAN: "began to get practical services",
}
# What the person had a part in; {who}: to whom it happened.
PART_WORDS = {
    Kind.BORN: "had a child",
    Kind.SEEN: "saw {who} overdose",
    Kind.FOUND: "was near when {who} overdosed, or found them",
    Kind.LAY_NALOXONE: "gave {who} naloxone: {kit}",
    Kind.CALLED_911: "called 911 for {who}",
    Kind.CHILD_WITNESSED: "{who} saw it at home",
    Kind.PARENT_ARRESTED: "{who} had a parent arrested",
    Kind.PARENT_JAILED: "{who} had a parent go to jail",
    Kind.BEREAVED: "{who} lost them",
    Kind.FAMILY_REACHED: "{who} was looked up",
    Kind.SERVICES_BEGAN: "{who} began to get practical services",
    Kind.COACHED: "{who} was coached to help them",
}


class Words:
    """Tells the events of one resident of a world."""

    def __init__(self, world: World, row: int):
        self.world, self.row, self.events = world, row, world.events
        self.known: set[int] = set()  # who has been described: from then on a number is enough

    def text(self, item: Item) -> str:
        """Say what happened."""
        event = self.events[item.row]
        if item.role == CHILD:
            return f"{self.called(int(event['who']), item.day)} {self._own(event, item)}"
        if item.role == PART:
            return self._filled(PART_WORDS.get(item.kind, f"{{who}} {MEANING[item.kind][0]}"), event, item)
        return self._own(event, item)

    def because(self, item: Item) -> str:
        """Say which event led to one, where that is not what was told just before: `cause: overdosed, day 45`."""
        cause = int(self.events["cause"][item.row])
        if cause < 0:
            return ""
        event = self.events[cause]
        who, day = int(event["who"]), int(event["day"])
        same = who in (self.row, -1) or who == int(self.events["who"][item.row])
        if day == item.day and (same or who == int(self.events["other"][item.row])):
            return ""
        what = MEANING[Kind(event["kind"])][0]
        said = what if same else f"{self.called(who, day)} {what}"
        return f"cause: {said}" + ("" if day == item.day else f", day {day}")

    def called(self, row: int, day: int) -> str:
        """Say who another resident is to the person: `a friend (man of 53, resident 12)`, later `resident 12`."""
        if row in self.known:
            return f"resident {row}"
        self.known.add(row)
        return f"{self._tie(row)} ({described(self.world.residents[row], day)}, resident {row})"

    def _tie(self, row: int) -> str:
        people, ours = self.world.residents, self.world.residents[self.row]
        other = people[row]
        if row in (ours["mother"], ours["father"]):
            return "their mother" if row == ours["mother"] else "their father"
        if self.row in (other["mother"], other["father"]):
            return "their child"
        if other["household"] == ours["household"]:
            return "somebody of their home"
        return CLOSE.get(self._tie_kind(row), "somebody")

    def _tie_kind(self, row: int) -> str:
        state = self.world.state
        if self.row < len(state.tie_start) - 1:
            own = slice(state.tie_start[self.row], state.tie_start[self.row + 1])
            kinds = state.tie_kind[own][state.tie_to[own] == row]
            if len(kinds):
                return TIE_KINDS[int(kinds[0])]
        tie = int(state.late_first[self.row])
        while tie > 0:
            if state.late_ties[tie - 1]["to"] == row:
                return TIE_KINDS[int(state.late_ties[tie - 1]["kind"])]
            tie = int(state.late_ties[tie - 1]["next"])
        return ""

    def _own(self, event, item: Item) -> str:
        if item.kind in SPECIAL:
            return SPECIAL[item.kind](event)
        return self._filled(OWN_WORDS.get(item.kind, MEANING[item.kind][0]), event, item)

    def _filled(self, template: str, event, item: Item) -> str:
        amount = float(event["amount"])
        whole = int(amount) if amount == amount else 0
        fields: dict[str, Callable[[], str]] = {
            "other": lambda: self._other(event, item),
            "who": lambda: self.called(int(event["who"]), item.day),
            "n": lambda: number(amount),
            "days": lambda: f"{number(amount)} day{'s' * (whole != 1)}",
            "percent": lambda: f"{number(100 * amount)}\u00a0%",
            "where": lambda: f" {SETTINGS[event['setting']].replace('_', ' ')}",
            "way": lambda: way_of(int(event["setting"])),
            "kit": lambda: KITS[whole],
            "medication": lambda: code_of("code of the medication", whole),
            "offence": lambda: OFFENCES.get(whole, spelled(code_of("code of offence", whole))),
            "placement": lambda: PLACEMENTS[whole],
        }
        return template.format_map({name: said() for name, said in fields.items() if f"{{{name}}}" in template})

    def _other(self, event, item: Item) -> str:
        other, noun = int(event["other"]), MEANING[item.kind][1].partition(" ")[0]
        if other < 0:
            return "somebody"
        return self.called(other, item.day) if noun == "resident" else f"{noun} {other}"


def way_of(setting: int) -> str:
    """Say by which pathway, `, by officer referral`; empty where that is not said."""
    known = SETTINGS[setting] in PATHWAYS[1:]
    return f", by {SETTINGS[setting].replace('_', ' ')}" if known else ""


def use_changed(event) -> str:
    """Say how use changed."""
    before, after = int(event["other"]), int(event["amount"])
    if (before, after) in CHANGES:
        return CHANGES[before, after]
    if after == Use.REMISSION:
        return "stopped using"
    injecting = ", injecting" if after == Use.INJECTING else ""
    if before == Use.REMISSION:
        return f"went back to use{injecting}"
    return f"began to use: {spelled(Use(after).name.lower())}" if before < 0 else f"now: {Use(after).name.lower()}"


def _offered(event) -> str:
    by_officer = event["other"] >= 0 and event["setting"] == OFFICER_INTERVENTION
    if by_officer:
        return f"officer {event['other']} offered deflection in place of a charge"
    return f"was offered treatment{way_of(int(event['setting']))}"


def _excluded(event) -> str:
    code = int(event["amount"])
    offence = f": {OFFENCES.get(code, spelled(code_of('code of offence', code)))}" if code >= 0 else ""
    return f"was not eligible for deflection{offence}"


def _handed(arrived: str) -> Callable:
    def said(event) -> str:
        to = "to treatment" if event["other"] < 0 else "to the programme"
        return (
            f"{arrived} {to}, {'accompanied' if event['amount'] else 'not accompanied'}{way_of(int(event['setting']))}"
        )

    return said


SPECIAL: dict[Kind, Callable] = {
    Kind.USE_CHANGED: use_changed,
    Kind.OFFERED: _offered,
    Kind.EXCLUDED: _excluded,
    Kind.HANDED_OVER: _handed("was handed over"),
    Kind.LOST: _handed("was lost on the way"),
    Kind.RESPONDED: lambda event: (
        f"help came after {number(round(float(event['amount']), 1))} minutes, "
        + (f"officer {event['other']} first" if event["other"] >= 0 else "medics first")
    ),
    Kind.KIT_RECEIVED: lambda event: f"received a naloxone kit{' for the home' * bool(event['other'] >= 0)}",
    Kind.POLICE_CONTACT: lambda event: f"met officer {event['other']}; {CONTACTS[int(np.sign(event['amount']))]}",
    Kind.COURT: lambda event: f"had a court hearing, {'put under' if event['amount'] else 'no'} supervision",
    Kind.REFERRED: lambda event: f"was referred{way_of(int(event['setting']))}",
    Kind.REACHED: lambda event: f"was reached by the team{', through a relative' * bool(event['amount'])}",
    Kind.CHARGE_VOIDED: lambda event: "the charge was voided",
    Kind.CHARGE_FORWARDED: lambda event: "the charge went forward to court",
    Kind.WALKED_IN: lambda event: f"{'came' if event['amount'] else 'phoned'} to the police for help",
    Kind.TEAM_SENT: lambda event: "a community response team came in place of a patrol",
    Kind.REPORTED: lambda event: (
        f"was reported to child protection by {f'officer {event["other"]}' if event['other'] >= 0 else 'others'}"
    ),
    Kind.REUNIFIED: lambda event: "came home to a parent" if event["amount"] else "was grown up: placement ended",
}
