"""The cascade of each pathway: of those it came to know, who was reached, accepted, entered treatment and stayed.

One episode is one time that a pathway came to know a person. Every later event of the pathway goes back to it along
the causes events record, so that an episode counts once at each step however often the step was tried.
"""

import numpy as np

from ..agents.dealings import Pathway
from ..agents.provider import DETOX_KIND
from ..agents.resident import MOVED, RACES
from .events import BY_PATHWAY, Kind

STAYS = (30, 90, 180, 365)  # days in treatment
STEPS = (
    "listed",
    "visited",
    "reached",
    "offered",
    "accepted",
    "to_programme",
    "taken_on",
    "to_treatment",
    "asked",
    "entered",
    "entered_detox",
    *(f"retained_{days}" for days in STAYS),
)
FOLLOWED = tuple(f"followed_{days}" for days in STAYS)
STEP_KINDS = {
    "listed": (Kind.EVENT_PASSED, Kind.LISTED, Kind.REFERRED, Kind.WALKED_IN, Kind.TEAM_SENT),
    "visited": (Kind.VISITED,),
    "reached": (Kind.REACHED,),
    "offered": (Kind.OFFERED,),
    "accepted": (Kind.ACCEPTED,),
    "taken_on": (Kind.ASSESSED, Kind.CASE_OPENED),
    "asked": (Kind.ASKED_FOR_CARE,),
}
_STEP_KINDS = np.zeros(256, bool)
_STEP_KINDS[[*(kind for kinds in STEP_KINDS.values() for kind in kinds), Kind.HANDED_OVER, Kind.ADMITTED]] = True
NEVER = 10**6

_TREATED = ("to_treatment", "asked", "entered")
_OFFERED = ("offered", "accepted")
_PROGRAMME = ("to_programme", "taken_on")
# The steps a pathway has, in its own order; after them come the days people stayed.
WAY = {
    Pathway.NONE: ("asked", "entered"),
    Pathway.SELF_REFERRAL: ("listed", *_OFFERED, *_TREATED, "entered_detox"),
    Pathway.ACTIVE_OUTREACH: ("listed", "visited", "reached", *_OFFERED, *_TREATED),
    Pathway.NALOXONE_PLUS: ("listed", "visited", "reached", *_OFFERED, *_TREATED),
    Pathway.OFFICER_REFERRAL: ("listed", *_PROGRAMME, *_OFFERED, *_TREATED),
    Pathway.OFFICER_INTERVENTION: (*_OFFERED, *_PROGRAMME, *_TREATED),
    Pathway.COMMUNITY_RESPONSE: ("listed", *_OFFERED, *_TREATED),
    Pathway.JAIL_RELEASE: _TREATED,
}
NAMES = tuple("usual_care" if pathway == Pathway.NONE else pathway.name.lower() for pathway in Pathway)
GROUPINGS = {"all": ("all",), "sex": ("women", "men"), "race": RACES}
GROUPS = tuple((grouping, group) for grouping, groups in GROUPINGS.items() for group in groups)


def steps(pathway: Pathway) -> list[tuple[str, str]]:
    """Return the steps of a pathway in its order, each with the step it is a share of ("" for the first)."""
    way = WAY[pathway]
    before = dict(zip(way[1:], way, strict=False)) | {"entered_detox": "asked"}
    stays = [(f"retained_{days}", f"followed_{days}") for days in STAYS]
    return [(step, before.get(step, "")) for step in way] + stays


def cascade(world) -> dict[str, np.ndarray]:
    """Return the episodes that began in the policy days and came to each step, shape (pathways, groups) each.

    Keys are STEPS and FOLLOWED: the first entries into treatment that could be followed so many days, because the
    run went on and the person did not move away; who died did not stay.
    """
    rows = np.flatnonzero(_STEP_KINDS[world.events.kind])
    events = world.events[rows]
    kind, root = events.kind, episodes(rows, events)
    admitted = kind == Kind.ADMITTED
    medication = admitted & (world.state.providers.kind != DETOX_KIND)[np.where(admitted, events.other, 0)]
    handed = kind == Kind.HANDED_OVER
    marks = {step: np.isin(kind, kinds) for step, kinds in STEP_KINDS.items()}
    marks["to_programme"], marks["to_treatment"] = handed & (events.other >= 0), handed & (events.other < 0)
    marks["entered"], marks["entered_detox"] = medication, admitted & ~medication
    entries = np.flatnonzero(medication)
    entries = entries[np.unique(root[entries], return_index=True)[1]]  # the first of each episode
    length, followed = _stays(world, rows[entries], events[entries])
    for days in STAYS:
        marks[f"retained_{days}"] = entries[(followed >= days) & (length > days)]
        marks[f"followed_{days}"] = entries[followed >= days]
    began = events.day >= 0
    counted = {}
    for step in (*STEPS, *FOLLOWED):
        first = np.unique(root[marks[step]])
        counted[step] = _by_group(world, events[first[began[first]]])
    return counted


def episodes(rows, events) -> np.ndarray:
    """Return for each event the first event of its episode, both as places in `events`.

    events: in order; rows: their rows in the table of all events, shape (events,). An event whose cause is not among
    them, or is of another pathway or person, begins an episode.
    """
    place = np.arange(len(events))
    cause = np.minimum(np.searchsorted(rows, events.cause), len(events) - 1)
    follows = (rows[cause] == events.cause) & (events.setting[cause] == events.setting)
    root = np.where(follows & (events.who[cause] == events.who), cause, place) if len(events) else place
    while True:  # each round goes twice as far back
        further = root[root]
        if np.array_equal(further, root):
            return root
        root = further


def _stays(world, rows, entered) -> tuple[np.ndarray, np.ndarray]:
    """Return (days until people left treatment again, days for which that can be known), shape (entries,) each."""
    left = np.flatnonzero(world.events.kind == Kind.LEFT_CARE)
    who = world.events.who[left]
    left = left[np.argsort(who, kind="stable")]  # by person, then in order
    # The first exit after an entry is its own: found by person and row as the digits of one number.
    digits = len(world.events) + 1
    exits = world.events.who[left].astype(np.int64) * digits + left
    at = np.searchsorted(exits, entered.who.astype(np.int64) * digits + rows)
    exit = world.events[np.append(left, 0)[at]]
    ended = (at < len(left)) & (exit.who == entered.who)
    length = np.where(ended, exit.day - entered.day, NEVER)
    followed = world.day - 1 - entered.day
    moved = (world.residents.fate[entered.who] == MOVED) & (world.residents.left[entered.who] == exit.day) & ended
    return length, np.where(moved, length - 1, followed)


def _by_group(world, began) -> np.ndarray:
    """Count episodes by pathway and by the group of the person, shape (pathways, groups)."""
    pathway = np.maximum(began.setting - BY_PATHWAY, 0)
    residents, counts = world.residents, []
    groups = (np.zeros(len(began), np.int64), residents.sex[began.who], residents.race[began.who])
    for group, names in zip(groups, GROUPINGS.values(), strict=True):
        number = np.bincount(pathway * len(names) + group, minlength=len(Pathway) * len(names))
        counts.append(number.reshape(len(Pathway), len(names)))
    return np.concatenate(counts, axis=1).astype(float)
