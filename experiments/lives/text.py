"""Two lives as text: how many fared better under which policy, one person's days side by side, and why they parted."""

import textwrap
from collections import Counter
from collections.abc import Sequence
from itertools import zip_longest
from typing import TYPE_CHECKING

from ...model.events import Kind
from ...model.why import described
from ..show import plural
from .events import OWN, Item
from .people import Choice
from .states import SAID, State, state_of
from .why import why
from .words import Words
from .worlds import SIDES

if TYPE_CHECKING:
    from .study import TwoLives

NARROW = 78  # below so many characters a line, the two lives are told one below the other
DAY = 9  # characters of a day
LAST_SHARED = 3  # days told of the shared past
COUNTED = {  # what the shared past is told by: one, several
    Kind.OVERDOSE: ("overdose", "overdoses"),
    Kind.ARRESTED: ("arrest", "arrests"),
    Kind.JAILED: ("stay in jail", "stays in jail"),
    Kind.ADMITTED: ("entry to treatment", "entries to treatment"),
    Kind.REMOVED: ("removal from home", "removals from home"),
    Kind.POLICE_CONTACT: ("contact with police", "contacts with police"),
    Kind.KIT_RECEIVED: ("naloxone kit", "naloxone kits"),
}
ONE_SEED = (
    "One seed is an illustration, not evidence. Once two lives have parted, later days find them in different places, "
    "and the same luck falls differently, for better and for worse. What a policy does on average: `deflect compare`."
)


def told(lives: "TwoLives", width: int, limit: int | None = None) -> str:
    """Return all there is to say. limit: days told after the first difference at most, by default all."""
    if lives.person is None:
        return f"{head(lives, width)}\n\n{textwrap.fill(nobody(lives), width)}"
    parts = [head(lives, width), balance(lives, width), choices(lives, width)]
    parts += [person(lives, width), shared_past(lives, width)]
    if lives.parted is not None:
        parts += [days(lives, width, limit), why(lives, width)]
    return "\n\n".join(filter(None, parts))


def head(lives: "TwoLives", width: int) -> str:
    """Say which two worlds these are."""
    world, scenario = lives.worlds.ends[0], lives.worlds.scenarios[0]
    said = (
        f"{lives.place}, seed {lives.worlds.seed}, {plural(scenario.years, 'year')} from the start of the policy, "
        f"{world.starting_people:,} people simulated for {world.place_population:,} residents. The same people and the "
        "same draws in both worlds."
    )
    return textwrap.fill(f"Two lives: {lives.labels[0]} | {lives.labels[1]}", width) + "\n" + textwrap.fill(said, width)


def nobody(lives: "TwoLives") -> str:
    """Say that nothing differed."""
    return (
        f"No life differed: to none of the {lives.people.both:,} people who live in both worlds did anything happen in "
        "one world only."
    )


def balance(lives: "TwoLives", width: int) -> str:
    """Say how many lives differed in ways that matter, in both directions."""
    people, (a, b) = lives.people, lives.labels
    if not people.differ:
        return textwrap.fill(nobody(lives), width)
    said = f"{people.both:,} people live in both worlds, with those who were born or moved in on the way."
    if any(people.only):
        said += f" Of the others, {people.only[0]:,} live under {a} only and {people.only[1]:,} under {b} only."
    said += f" To {people.differ:,} of those in both something happened in one world only."
    died_a, died_b = next((*found,) for contrast, *found in people.counts() if contrast.id == "overdose_death")
    both_ways = (
        f"{died_a:,} {'life' if died_a == 1 else 'lives'} ended in an overdose under {a} and went on under {b}; "
        f"{died_b:,} the other way round. "
    ) * bool(died_a or died_b)
    table = "\n".join(_counted(lives, width))
    return "\n\n".join(filter(None, [textwrap.fill(said, width), table, textwrap.fill(both_ways + ONE_SEED, width)]))


def _counted(lives: "TwoLives", width: int) -> list[str]:
    """Return the table of contrasts, those that are part of another below it."""
    counts = {contrast.id: (contrast, found) for contrast, *found in lives.people.counts() if any(found)}
    if not counts:
        return []
    heads = lives.labels if sum(map(len, lives.labels)) <= width // 3 else ("under A", "under B")
    space = width - sum(2 + max(len(label), 7) for label in heads)
    lines = [" " * space + "".join(f"  {label:>7}" for label in heads)]
    order = list(counts)
    for contrast, found in sorted(
        counts.values(), key=lambda row: (order.index(row[0].within or row[0].id), row[0].within)
    ):
        said = f"in the other world {contrast.better}"
        said = f"  of them, {said}" if contrast.within else f"{contrast.worse}; {said}"
        first, *more = textwrap.wrap(said, space - 1, subsequent_indent="  ")
        lines += [f"{first:<{space}}" + "".join(f"  {n:>{max(len(h), 7)},}" for n, h in zip(found, heads, strict=True))]
        lines += more
    return lines


def choices(lives: "TwoLives", width: int) -> str:
    """List a handful of people worth telling of, both ways."""
    lines = []
    for choice in lives.people.choices():
        number = f"--person {choice.row}"
        said = f"{described_of(lives, choice.row)}: {_fates(lives, choice)}"
        lines.append(textwrap.fill(said, width, initial_indent=f"  {number:<16}", subsequent_indent=" " * 18))
    return "\n".join(["People to tell of, the shortest tales first", *lines]) if lines else ""


def person(lives: "TwoLives", width: int) -> str:
    """Say who is told of, and how it ended in both worlds."""
    title = f"Resident {lives.person}: {described_of(lives, lives.person)}"
    both = max(map(len, lives.labels))
    ends = [
        textwrap.fill(
            ending(lives, side), width, initial_indent=f"{label:<{both}}  ", subsequent_indent=" " * (both + 2)
        )
        for side, label in enumerate(lives.labels)
    ]
    return "\n".join([title, "=" * min(width, len(title)), *ends])


def ending(lives: "TwoLives", side: int) -> str:
    """Say where a life stands at the end of one world."""
    end = lives.worlds.ends[side].day - 1
    track = lives.tracks(side)
    state, day = state_of(track, end), track.gone[-1][0]
    if state == State.DIED:
        overdose = any(item.kind == Kind.DIED_OVERDOSE and item.role == OWN for item in lives.lives[side])
        return f"died of {'an overdose' if overdose else 'another cause'} on day {day}"
    return f"moved away on day {day}" if state == State.MOVED else f"alive at the end: {SAID[state]}"


def shared_past(lives: "TwoLives", width: int) -> str:
    """Tell in short what happened to the person in both worlds alike, until the first difference."""
    life = lives.lives[0][: lives.shared]
    own = Counter(item.kind for item in life if item.role == OWN)
    counted = [f"{own[kind]} {words[own[kind] > 1]}" for kind, words in COUNTED.items() if own[kind]]
    until = lives.parted
    if until is None:
        said = "Nothing differed in this life: it is the same in both worlds."
    else:
        years = "from the start of the burn-in" if lives.worlds.first_day == 0 else "from the first day"
        said = f"Until day {until} the two lives are one, {years}."
        said += f" On the morning of that day: {lives.standing(0, until)}."
    said += f" What they share: {', '.join(counted)}." if counted else " Nothing of note had happened." * (not life)
    lines = [textwrap.fill(said, width)]
    last = sorted({item.day for item in life})[-LAST_SHARED:]
    if last:
        lines.append("The last of it:")
    words = Words(lives.worlds.ends[0], lives.rows[0])
    for day in last:
        lines += _line(day, [event(words, item) for item in life if item.day == day], width)
    return "\n".join(lines)


def days(lives: "TwoLives", width: int, limit: int | None) -> str:
    """Tell both lives day by day from the first difference on, side by side where the lines are long enough."""
    after = [life[lives.shared :] for life in lives.lives]
    every = sorted({item.day for life in after for item in life})
    shown = every if limit is None or len(every) <= limit else [*every[: limit - limit // 3], *every[-(limit // 3) :]]
    lines = [f"{f' day {lives.parted}: the two lives part ':=^{width}}"]
    if width >= NARROW:
        cell = (width - DAY - 4) // 2
        lines += [_row("", lives.labels[0], lives.labels[1], cell), "-" * width]
    before, words = None, [Words(lives.worlds.ends[side], lives.rows[side]) for side in SIDES]
    for day in every:
        if day not in shown:
            continue
        if before is not None and (left := [one for one in every if before < one < day]):
            more = sum(item.day in left for life in after for item in life)
            lines.append(
                f"... {plural(len(left), 'day')} with {plural(more, 'event')}; all of them in lives.csv (--out)"
            )
        lines += _day(lives, words, [[item for item in life if item.day == day] for life in after], width)
        before = day
    return "\n".join(lines)


def event(words: Words, item: Item) -> str:
    """Tell one event of a life, with what led to it."""
    text, because = words.text(item), words.because(item)
    return text + (f" ({because})" if because else "")


def _day(lives: "TwoLives", words: Sequence[Words], items: Sequence[list[Item]], width: int) -> list[str]:
    """Return the lines of one day; what is the same in both worlds is told once."""
    signed = [lives.signed_of(side, items[side]) for side in SIDES]
    said = [[event(words[side], item) for item in items[side]] for side in SIDES]
    day = next(item.day for life in items for item in life)
    if signed[0] == signed[1]:
        return _line(day, said[0], width, "= ")
    if width < NARROW:
        lines = [f"day {day}"]
        for side, texts in enumerate(said):
            for text in texts:
                mark = f"  {'AB'[side]}  "
                lines.append(textwrap.fill(text, width, initial_indent=mark, subsequent_indent=" " * 6))
        return lines
    cell = (width - DAY - 4) // 2
    columns = [
        [line for text in texts for line in textwrap.wrap(text, cell - 1, subsequent_indent="  ")] for texts in said
    ]
    heads = [f"day {day}"]
    return [_row(*lines, cell) for lines in zip_longest(heads, *columns, fillvalue="")]


def _row(head: str, a: str, b: str, cell: int) -> str:
    return f"{head:<{DAY}}| {a[:cell]:<{cell}}| {b[:cell]}".rstrip()


def _line(day: int, texts: list[str], width: int, mark: str = "  ") -> list[str]:
    """Return lines that go over the whole width."""
    lines, indent = [], " " * (DAY + 2)
    for number, text in enumerate(texts):
        first = f"{f'day {day}' if number == 0 else '':<{DAY}}{mark}"
        lines.append(textwrap.fill(text, width, initial_indent=first, subsequent_indent=f"{indent}  "))
    return lines


def described_of(lives: "TwoLives", row: int) -> str:
    """Return age, sex and neighbourhood of somebody on the first day of the policy, or on their first day here."""
    world = lives.worlds.ends[0]
    resident = world.residents[row]
    return (
        f"{described(resident, max(0, int(resident['born'])))}, neighbourhood "
        f"{world.households['neighbourhood'][resident['household']]}"
    )


def _fates(lives: "TwoLives", choice: Choice) -> str:
    worse, better = lives.labels[choice.worse], lives.labels[1 - choice.worse]
    contrast, day = choice.contrast, lives.people.decided(choice)
    days = f"parted on day {choice.day}" + (f", decided on day {day}" if day != choice.day else "")
    return f"{contrast.worse} under {worse}, {contrast.better} under {better} ({days})"
