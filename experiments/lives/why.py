"""Why two lives parted, in words: the first difference that reached somebody, how it came to them, and how we know."""

import textwrap
from typing import TYPE_CHECKING

from ...model.events import MEANING
from ...model.why import described
from ...model.words import number
from ..differences import Difference, as_text
from ..show import plural
from .cause import LONGEST
from .parts import FAMILY, FEELING, NALOXONE, OFFICERS, PEOPLE, PLACES, POLICY, SELF, STAFF
from .trial import DAY, EVENT, FIRST, Link, Who
from .words import Words
from .worlds import SIDES

if TYPE_CHECKING:
    from .study import TwoLives

PARTS = {
    POLICY: "the policy itself",
    OFFICERS: "the police officers",
    NALOXONE: "who had a naloxone kit",
    PLACES: "other people's treatment: who held a place, who waited",
    STAFF: "other people's cases with the programmes",
    PEOPLE: "other people's use, jail and whereabouts",
    FEELING: "trust in police",
    FAMILY: "what home and family had been through and been given",
    SELF: "how they themselves stood that morning",
}
OWN = {FEELING: ": their own", NALOXONE: ": they themselves, or their home"}
MOST_EVENTS = 5  # told of a day
MOST_SAID = 4  # ways in which an officer differs
NEVER = -(10**5)  # days before this one stand for never
HOW = (
    "Tried, not guessed: on the morning of each day below, one part of one world was put into a copy of the other, and "
    "the day was lived again with the same draws."
)


def why(lives: "TwoLives", width: int) -> str:
    """Tell how the first difference came to the person, then how the end came to differ, each back to its origin."""
    title = f"Why did the two lives part?\n{textwrap.fill(HOW, width)}"
    parts = [_chain(title, lives, lives.links, width, [])]
    if lives.ending:
        parts.append(_chain("Why did it end differently?", lives, lives.ending, width, lives.links))
    return "\n\n".join(parts)


def _chain(title: str, lives: "TwoLives", links: list[Link], width: int, known: list[Link]) -> str:
    """Tell the links of a chain; where it comes to one that is known, that is all."""
    lines = [title]
    told = {(link.who, link.day) for link in known}
    for place, link in enumerate(links, 1):
        if (link.who, link.day) in told:
            lines += ["", *_paragraphs([f"Day {link.day}{_of(lives, link)}: as told above."], width, f"{place}. ")]
            return "\n".join(lines)
        lines += ["", *_paragraphs(link_told(lives, link), width, f"{place}. ")]
    return "\n".join([*lines, "", textwrap.fill(where_it_ends(lives, links), width)])


def link_told(lives: "TwoLives", link: Link) -> list[str]:
    """Return one link of a chain: what happened that day in each world, what made the difference, how we know."""
    told = [f"Day {link.day}{_of(lives, link)}"]
    told += [f"{label}: {_happened(lives, link, side)}" for side, label in enumerate(lives.labels)]
    return [*told, f"Made by {made_by(lives, link)}", *_checked(lives, link)]


def made_by(lives: "TwoLives", link: Link) -> str:
    """Say what made the difference of a day."""
    if link.part is None:
        return "no single part of the world; several together."
    said = PARTS[link.part]
    if link.part is POLICY:
        return f"{said}{_levers(lives, link)}"
    if link.part is OFFICERS:
        return f"{said}{_officer(lives, link)}"
    if link.part is SELF:
        a, b = (lives.standing(side, link.day, link.who) for side in SIDES)
        return f"{said}: {f'{a} | {b}' if a != b else f'{a} in both, but not with the same past'}."
    if link.one == link.who:
        return f"{said}{OWN.get(link.part, '')}."
    if link.one is not None:
        among = f", of {link.people:,} in whom it differs" if link.people > 1 else ""
        return f"{said}. One person is enough{among}: {called(lives, link.one.row, link.day)}."
    if link.next is not None:
        return f"{said}. The last to come of those who hold a place in one world only: {_next(lives, link)}."
    return f"{said}; no one person was found to be enough."


def where_it_ends(lives: "TwoLives", links: list[Link]) -> str:
    """Say whether a chain comes to the policy, or where it is lost."""
    last = links[-1]
    others = list(dict.fromkeys(link.who for link in links if link.who != Who(lives.person)))
    people, officers = (sum(who.officer is officer for who in others) for officer in (False, True))
    if last.part is POLICY:
        through = [f"{people} other {'life' if people == 1 else 'lives'}"] * bool(people)
        through += [plural(officers, "officer")] * bool(officers)
        way = f"through {' and '.join(through)}" if through else "directly"
        return f"The chain ends at the policy: it reached resident {lives.person} {way}."
    if len(links) == LONGEST and last.next is not None:
        return f"The chain goes on; it was followed over {len(links)} days."
    if last.part is OFFICERS:
        return (
            "This is the first difference that can be traced: officers carry what they have been through since the "
            "policy began, without an event of their own to follow."
        )
    if last.part is FEELING:
        return "This is the first difference that can be traced: trust moves along ties without an event to follow."
    return "This is the first difference that can be traced."


def called(lives: "TwoLives", row: int, day: int) -> str:
    """Name a resident of A: number, sex, age."""
    return f"resident {row}, {described(lives.worlds.ends[0].residents[row], day)}"


def _of(lives: "TwoLives", link: Link) -> str:
    if link.who.officer:
        return f", officer {link.who.row}"
    return "" if link.who.row == lives.person else f", {called(lives, link.who.row, link.day)}"


def _next(lives: "TwoLives", link: Link) -> str:
    who, _ = link.next
    return called(lives, who.row, link.day)


def _happened(lives: "TwoLives", link: Link, side: int) -> str:
    world = lives.worlds.ends[side]
    if link.who.officer:
        said = [MEANING[item.kind][0].removeprefix("an officer ") for item in link.items[side]]
    else:
        words = Words(world, int(lives.people.rows[link.who.row]) if side else link.who.row)
        said = [words.text(item) for item in link.items[side]]
    more = [f"and {len(said) - MOST_EVENTS} more"] if len(said) > MOST_EVENTS else []
    return "; ".join([*said[:MOST_EVENTS], *more]) or "nothing of this"


def _levers(lives: "TwoLives", link: Link) -> str:
    if lives.worlds.first_day < 0:
        return "; the two scenarios differ in more than levers."
    if not link.levers:
        return "; no lever alone, several together."
    said = ", ".join(f"{d.path} ({_setting(d.base)} | {_setting(d.value)}{_unit(d)})" for d in link.levers)
    levers = "this lever" if len(link.levers) == 1 else "these levers, each of them needed"
    of_what = {DAY: "", FIRST: " (as far as the first of these events)", EVENT: " (for the first of these events)"}
    return f", by {levers}{of_what[link.levers_match]}: {said}."


def _setting(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return number(float(value)) if isinstance(value, (int, float)) else as_text(value)


def _unit(d: Difference) -> str:
    return "" if isinstance(d.value, bool) or not d.unit else f" {d.unit}"


def _officer(lives: "TwoLives", link: Link) -> str:
    """Say which officer, and in what they differ, whether they are there first."""
    if link.one is None:
        return ", several of them together."
    there = [(a, b) for meaning, a, b in link.differs if "off duty" in meaning]
    said = []
    if there and (there[0][0] > link.day) != (there[0][1] > link.day):
        off = max(there[0])
        where = lives.labels[int(there[0][1] > link.day)]
        said.append(f"off duty under {where} until day {off:.0f}")
    others = [d for d in link.differs if "off duty" not in d[0]]
    said += [f"{meaning.partition(';')[0]} ({_value(a)} | {_value(b)})" for meaning, a, b in others[:MOST_SAID]]
    more = f" and {len(others) - MOST_SAID} more" if len(others) > MOST_SAID else ""
    return f": officer {link.one.row} is enough, {', '.join(said)}{more}."


def _value(value: float) -> str:
    return "never" if value < NEVER else number(value)


def _checked(lives: "TwoLives", link: Link) -> list[str]:
    """Say what living the day again showed."""
    if link.part is None:
        return []
    a, b = lives.labels
    tried = link.tried[0]
    if tried.in_a and tried.in_b:
        found = "with only this exchanged, the day of each world goes as in the other"
    else:
        base, other = (a, b) if tried.in_a else (b, a)
        found = (
            f"with only this as under {other}, the day of {base} goes as under {other}; the other way round takes more"
        )
    return [f"Lived again {found}{'' if link.match == DAY else ', as far as the first of these events'}."]


def _paragraphs(texts: list[str], width: int, mark: str) -> list[str]:
    indent = " " * len(mark)
    return [
        textwrap.fill(
            text, width, initial_indent=indent if number else mark, subsequent_indent=indent + "  " * bool(number)
        )
        for number, text in enumerate(texts)
    ]
