"""The figure of two lives: a lane for each world on one axis of days, how the person stood, and what happened."""

import textwrap
from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Patch
from matplotlib.ticker import MaxNLocator

from ... import __version__
from ...model.events import Kind
from ..figure import BLUE, GREY, INK, VERMILION
from .events import OWN, Item
from .parts import POLICY, SELF
from .states import SAID, Span, State, spans
from .text import described_of, ending
from .trial import Link
from .why import PARTS
from .words import use_changed
from .worlds import SIDES

if TYPE_CHECKING:
    from .study import TwoLives

# Okabe and Ito's colours, with a pattern where two of them are near.
LOOK: dict[State, tuple[str, str]] = {
    State.USING: ("#E69F00", ""),
    State.TREATED: (BLUE, ""),
    State.TREATED_USING: (BLUE, "////"),
    State.WAITING: ("#F0E442", "...."),
    State.JAIL: (INK, ""),
    State.NOT_USING: ("#56B4E9", ""),
    State.PLACED: ("#CC79A7", "xxxx"),
    State.NONE: ("#D5D5D5", ""),
    State.MOVED: ("white", ""),
    State.DIED: ("white", ""),
    State.ELSEWHERE: ("white", ""),
}
ON_DARK = (State.TREATED, State.TREATED_USING, State.JAIL)
SHORT = {  # of the events of a day the most telling are named, these first
    Kind.DIED_OVERDOSE: "died of it",
    Kind.DIED_OTHER: "died of another cause",
    Kind.OVERDOSE: "overdose",
    Kind.LAY_NALOXONE: "naloxone",
    Kind.SURVIVED: "survived",
    Kind.REMOVED: "removed from home",
    Kind.REUNIFIED: "placement ended",
    Kind.BEREAVED: "lost a parent",
    Kind.ARRESTED: "arrested",
    Kind.JAILED: "jail",
    Kind.TEAM_SENT: "response team came",
    Kind.WALKED_IN: "came to police for help",
    Kind.OFFERED: "offer",
    Kind.ACCEPTED: "yes",
    Kind.REFUSED: "no",
    Kind.REFERRED: "referred",
    Kind.LOST: "lost on the way",
    Kind.ADMITTED: "entered treatment",
    Kind.DID_NOT_ATTEND: "place offered, did not come",
    Kind.LEFT_CARE: "left treatment",
    Kind.TURNED_AWAY: "no free place",
    Kind.ASKED_FOR_CARE: "asked for treatment",
    Kind.USE_CHANGED: "",  # in the words of the text
    Kind.CITED: "cited",
    Kind.CHARGE_FORWARDED: "charge to court",
    Kind.CHARGE_VOIDED: "charge voided",
    Kind.COMPLETED: "plan completed",
    Kind.MOVED_OUT: "moved away",
    Kind.MOVED_IN: "moved in",
    Kind.BORN: "born",
    Kind.PROTECTION_OPENED: "child protection",
    Kind.PARENT_JAILED: "parent jailed",
    Kind.PARENT_ARRESTED: "parent arrested",
    Kind.CHILD_WITNESSED: "saw an overdose",
    Kind.RELEASED: "released",
    Kind.COURT: "court",
    Kind.KIT_RECEIVED: "naloxone kit",
    Kind.REACHED: "reached by the team",
    Kind.VISITED: "visit",
    Kind.LISTED: "on outreach list",
    Kind.COACHED: "family coached",
    Kind.SERVICES_BEGAN: "services began",
    Kind.POLICE_CONTACT: "met police",
}
MOST_LABELS = 9  # a lane
MOST_SHORT = 3  # words a label
LEVELS = 6
WIDTH = 12.8  # inches, as are the heights below
LANE, GAP, LEVEL, EDGE = 0.62, 0.56, 0.23, 0.16  # a lane, between them, a line of labels, at both ends
TITLE, LINE, AXIS, PRINT = 0.32, 0.24, 0.85, 0.6  # a line of the title, of what is below it; the axis; the small print
LEFT, ACROSS = 0.115, 0.87  # where the days begin, and how wide they are, in parts of the width
RIGHT = 0.18  # of the days drawn: room for how it ended
LETTERS = 152  # that fit into the width of the days


class Label(NamedTuple):
    """Words above or below a lane."""

    day: int
    text: str
    level: int
    start: float  # day at which the words begin


def draw(lives: "TwoLives") -> Figure:
    """Return the figure."""
    start, end = window(lives)
    said = [labels(lives, side, start, end) for side in SIDES]
    above, below = (EDGE + LEVEL * (1 + max((label.level for label in found), default=0)) for found in said)
    head = [*textwrap.wrap(title(lives), 92)]
    under = subtitles(lives)
    bottom = PRINT + AXIS
    height = below + 2 * LANE + GAP + above
    total = bottom + height + 0.25 + TITLE * len(head) + LINE * len(under)
    figure = Figure(figsize=(WIDTH, total), dpi=150, facecolor="white")
    axes = figure.add_axes((LEFT, bottom / total, ACROSS, height / total))
    used: set[State] = set()
    for side in SIDES:
        y = (LANE + GAP) * (1 - side)
        found = spans(lives.tracks(side), start, end)
        used |= {span.state for span in found}
        _bands(axes, found, y, end, lives.parted)
        _labels(axes, said[side], y, side)
        name = textwrap.fill(lives.labels[side].replace("_", " "), 13)
        axes.text(-0.012, y + LANE / 2, name, transform=axes.get_yaxis_transform(), ha="right", va="center",
                  fontsize=12, fontweight="bold", color=INK)  # fmt: skip
        axes.text(end + 0.008 * (end - start), y + LANE / 2, textwrap.fill(ending(lives, side), 19), va="center",
                  fontsize=10, color=INK)  # fmt: skip
    _between(axes, lives, start, end)
    axes.set_xlim(start, end + RIGHT * (end - start))
    axes.set_ylim(-below, 2 * LANE + GAP + above)
    _plain(axes, end)
    top = 1 - 0.14 / total
    figure.text(0.012, top, "\n".join(head), fontsize=15, fontweight="bold", color=INK, va="top")
    figure.text(0.012, top - TITLE * len(head) / total, "\n".join(under), fontsize=11, color=INK, va="top")
    _key(figure, used, (PRINT - 0.06) / total)
    figure.text(0.012, 0.1 / total, textwrap.fill(small_print(lives), 190), fontsize=8, color=GREY, va="bottom")
    return figure


def window(lives: "TwoLives") -> tuple[int, int]:
    """Return the first day drawn, and the day after the last: some of what is shared, and all that is not."""
    end = lives.worlds.ends[0].day
    parted = lives.parted if lives.parted is not None else 0
    before = max(30, (end - parted) // 6)
    return max(lives.worlds.first_day - 365, parted - before), end


def title(lives: "TwoLives") -> str:
    """Return the one message: how the two lives ended."""
    who = described_of(lives, lives.person).partition(",")[0]
    who = who[:1].upper() + who[1:]
    if lives.parted is None:
        return f"{who}: the same life under both policies"
    a, b = (label.replace("_", " ") for label in lives.labels)
    if lives.chosen is None:
        return f"{who}: one life until day {lives.parted}, then two, under {a} and {b}"
    contrast, worse = lives.chosen.contrast, lives.chosen.worse
    first, other = (a, b) if worse == 0 else (b, a)
    return f"{who}: {contrast.worse} under {first}; {contrast.better} under {other}"


def subtitles(lives: "TwoLives") -> list[str]:
    """Say what made the lives part, and end differently, as far as it was found."""
    if lives.parted is None:
        return []
    told = [f"One life until day {lives.parted}. The first difference: {_came(lives.links)}."]
    if lives.ending:
        first = lives.ending[0]
        made = PARTS[first.part] if first.part else "several things together"
        if first.part is SELF:
            made += f" ({' | '.join(lives.standing(side, first.day) for side in SIDES)})"
        came = "" if len(lives.ending) == 1 else f"; that goes back to {_came(lives.ending)}"
        told.append(f"What decided on day {first.day}: {made}{came}.")
    return [line for text in told for line in textwrap.wrap(text, 150)]


def _came(links: Sequence[Link]) -> str:
    """Say where a chain of links ends."""
    last = links[-1]
    if last.part is not POLICY:
        return f"traced to day {last.day}, not to the policy itself"
    levers = ", ".join(d.path for d in last.levers[:3])
    return f"the policy{f' ({levers})' * bool(levers)}" + (f" on day {last.day}" if len(links) > 1 else "")


def labels(lives: "TwoLives", side: int, start: int, end: int) -> list[Label]:
    """Return the labels of a lane: the most telling days, higher where the words of later days are in the way."""
    order = list(SHORT)
    by_day: dict[int, list[Item]] = {}
    for item in lives.lives[side]:
        if start <= item.day < end and item.role == OWN and item.kind in SHORT:
            by_day.setdefault(item.day, []).append(item)
    decided = {link.day for link in lives.ending[:1]} | {lives.parted}
    telling = sorted(by_day, key=lambda day: (day not in decided, min(order.index(i.kind) for i in by_day[day]), day))
    limit = end + RIGHT * (end - start)
    placed: list[Label] = []
    for day in sorted(telling[:MOST_LABELS], reverse=True):
        chosen = sorted({item.kind for item in by_day[day]}, key=order.index)[:MOST_SHORT]
        short = dict.fromkeys(_short(lives, side, item) for item in by_day[day] if item.kind in chosen)  # in order
        text = f"{day}: {', '.join(short)}"
        wide = (limit - start) * (len(text) + 2) / LETTERS
        begins = min(float(day), limit - wide)
        level = 1 + max((label.level for label in placed if label.start < begins + wide), default=-1)
        if level < LEVELS:
            placed.append(Label(day, text, level, begins))
    return placed


def _short(lives: "TwoLives", side: int, item: Item) -> str:
    return SHORT[item.kind] or use_changed(lives.worlds.ends[side].events[item.row])


def _bands(axes: Axes, found: Sequence[Span], y: float, last: int, parted: int | None) -> None:
    """Draw how the person stood; what is shared is paler."""
    for span in found:
        colour, hatch = LOOK[span.state]
        for start, end in _cut(span, parted):
            shared = parted is None or end <= parted
            axes.broken_barh([(start, end - start)], (y, LANE), facecolor=colour, hatch=hatch, lw=0,
                             edgecolor=_edge(span.state), alpha=0.45 if shared else 1)  # fmt: skip
        if span.state in (State.DIED, State.MOVED):
            axes.plot([span.start, last], [y + LANE / 2] * 2, color=GREY, lw=1, ls=(0, (1, 3)))
            if span.state == State.DIED:
                axes.plot(span.start, y + LANE / 2, marker="X", ms=13, color=INK, mec="white", zorder=6)
    for edge in (y, y + LANE):
        axes.plot((found[0].start, last), (edge, edge), color=INK, lw=0.8)


def _cut(span: Span, parted: int | None) -> list[tuple[int, int]]:
    """Return a span in two where the lives part within it."""
    if parted is None or not span.start < parted < span.end:
        return [(span.start, span.end)]
    return [(span.start, parted), (parted, span.end)]


def _labels(axes: Axes, found: Sequence[Label], y: float, side: int) -> None:
    """Draw labels above the lane of A and below that of B."""
    edge, sign = (y + LANE, 1) if side == 0 else (y, -1)
    for label in found:
        at = edge + sign * (0.1 + LEVEL * label.level)
        axes.plot([label.day] * 2, [edge - sign * LANE, at], color=INK, lw=0.9, alpha=0.7, zorder=4)
        axes.plot(label.day, edge, marker="o", ms=4, color=INK, zorder=5)
        axes.text(label.start, at, f" {label.text}", va="bottom" if sign > 0 else "top", ha="left", fontsize=9.5,
                  color=INK, zorder=6, bbox=dict(facecolor="white", lw=0, pad=0.6))  # fmt: skip


def _between(axes: Axes, lives: "TwoLives", start: int, end: int) -> None:
    """Mark, between the lanes, the day on which the lives part and the day that decides how they end."""
    middle = LANE + GAP / 2
    words = dict(textcoords="offset points", va="center", fontsize=11, fontweight="bold")
    if lives.parted is None:
        axes.text(start, middle, "the same in both worlds", va="center", fontsize=10, color=GREY)
        return
    days = [(lives.parted, "the first difference", VERMILION)]
    days += [(link.day, "it is decided", INK) for link in lives.ending[:1]]
    for day, said, colour in days:
        axes.plot([day] * 2, [-0.06, 2 * LANE + GAP + 0.06], color=colour, lw=2.2, zorder=7)
        left = day > start + 0.75 * (end - start) and day != lives.parted
        axes.annotate(f"day {day}: {said}", (day, middle), (-8 if left else 8, 0), ha="right" if left else "left",
                      color=colour, **words)  # fmt: skip
    axes.annotate("one life", (lives.parted, middle), (-8, 0), textcoords="offset points", va="center", ha="right",
                  fontsize=10, color=GREY)  # fmt: skip


def _plain(axes: Axes, end: int) -> None:
    axes.set_yticks([])
    axes.spines[["top", "right", "left"]].set_visible(False)
    axes.xaxis.set_major_locator(MaxNLocator(integer=True, nbins=10))
    axes.set_xticks([tick for tick in axes.get_xticks() if axes.get_xlim()[0] <= tick <= end])
    axes.spines["bottom"].set_bounds(axes.get_xlim()[0], end)  # beyond it stands how it ended
    axes.tick_params(colors=INK, labelsize=10)
    axes.set_xlabel("Days from the start of the policy", fontsize=10.5, color=INK)


def _key(figure: Figure, used: set[State], y: float) -> None:
    keys = [state for state in LOOK if state in used and LOOK[state][0] != "white"]
    patches = [
        Patch(facecolor=LOOK[state][0], hatch=LOOK[state][1], lw=0, label=SAID[state], edgecolor=_edge(state))
        for state in keys
    ]
    figure.legend(handles=patches, loc="lower left", bbox_to_anchor=(LEFT - 0.01, y), ncols=7, frameon=False,
                  fontsize=10, handlelength=1.8, columnspacing=1.6, borderaxespad=0, labelcolor=INK)  # fmt: skip


def _edge(state: State) -> str:
    """Return the colour of a pattern."""
    return "white" if state in ON_DARK else INK


def small_print(lives: "TwoLives") -> str:
    """Say what this is, and what it is not."""
    world, (a, b) = lives.worlds.ends[0], (label.replace("_", " ") for label in lives.labels)
    deaths = next((one, other) for contrast, one, other in lives.people.counts() if contrast.id == "overdose_death")
    return (
        f"One person, one seed: an illustration, not evidence. In these two worlds {deaths[0]:,} people died of an "
        f"overdose under {a} and are alive under {b} at the end, {deaths[1]:,} the other way round. Resident "
        f"{lives.person} of {lives.place}, seed {lives.worlds.seed}; {world.starting_people:,} people simulated for "
        f"{world.place_population:,} residents; same people, same draws. Simulated with Deflect {__version__}."
    )
