"""Why two lives parted, and why they ended differently: a chain of days, each tried (trial.py), not guessed.

From a day on which a life went differently the chain leads to what made the difference: the policy, where it ends; how
the person stood that morning, and then to the day that made it so; or somebody else, and then to the day that changed
that life. Where nobody can be named any more it ends at the first difference that can be traced.
"""

from typing import TYPE_CHECKING

import numpy as np

from ...agents.officer import OFFICER
from ...model.events import MEANING
from ...model.levers import set_levers
from ...model.person import ties_of
from ...model.world import World
from ..differences import Difference, differences
from .origin import at_home, kit, origin
from .parts import (
    COLUMNS,
    FAMILY,
    FEELING,
    NALOXONE,
    OFFICERS,
    OTHERS,
    PARTS,
    PEOPLE,
    PLACES,
    POLICY,
    SELF,
    STAFF,
    Part,
    Whose,
    put_officers,
)
from .trial import DAY, EVENT, FIRST, Link, Trials, Who
from .worlds import SIDES, rows_of

if TYPE_CHECKING:
    from ...scenarios.schema import Scenario

LONGEST = 8  # links of a chain
MOST_TRIED = 30  # people, one by one
SINCE = {PLACES: ("histories", "care_since"), STAFF: ("dealings", "case_since"), PEOPLE: ("histories", "since")}
LONG_AGO = -(10**6)


class Inquiry(Trials):
    """Looks into two worlds for what made lives differ."""

    def chain(self, who: Who, day: int | None) -> list[Link]:
        """Return the links from one day of somebody's, back to where the difference began."""
        links: list[Link] = []
        while day is not None and len(links) < LONGEST and (who, day) not in {(one.who, one.day) for one in links}:
            links.append(self.link(who, day))
            who, day = links[-1].next or (who, None)
        return links

    def link(self, who: Who, day: int) -> Link:
        """Return what made a day of somebody's differ, and where that leads."""
        link = self.new_link(who, day)
        parts = PARTS if who.officer else (SELF, *PARTS)
        self.try_parts(link, parts)
        if not link.tried:
            link.match = FIRST
            self.try_parts(link, parts)
        if link.part is POLICY:
            self._which_levers(link)
        elif link.part is SELF:
            link.next = origin(self, who, day - 1, SELF)
        elif link.part is OFFICERS:
            self._which_officer(link)
        elif link.part in COLUMNS:
            self._which_person(link)
        return link

    # --- the policy --------------------------------------------------------------------------------

    def _which_levers(self, link: Link) -> None:
        """Find the levers each of which alone undoes the difference, or else its first event."""
        from ...scenarios.schema import fields

        settable = {spec.path for spec in fields() if spec.kind == "lever"}
        a, b = (scenario.on(max(0, link.day)) for scenario in self.worlds.scenarios)
        sections: dict[str, list[Difference]] = {}
        for d in differences(b, a):
            if d.path in settable:
                sections.setdefault(d.path.partition(".")[0], []).append(d)
        for link.levers_match in (DAY, FIRST, EVENT):
            link.levers = [
                d
                for section in sections.values()
                if len(section) == 1 or self._undo(link, section)
                for d in section
                if self._undo(link, [d])
            ]
            if link.levers:
                return

    def _undo(self, link: Link, levers: list[Difference]) -> bool:
        """Say whether either world's day goes as in the other once these levers stand as they do there."""

        def change(side: int):
            def put(into: World, source: World) -> None:
                into.scenario = _with(into.scenario.on(max(0, link.day)), levers, side)
                if link.day > 0:  # on day 0 the day itself begins with it
                    set_levers(into, into.scenario)

            return put

        return any(self.as_other(link, side, change(side), link.levers_match) for side in SIDES)

    # --- officers ----------------------------------------------------------------------------------

    def _which_officer(self, link: Link) -> None:
        """Find the one officer who alone makes the difference, those named that day first, and how they differ."""
        a, b = (world.state.officers for world in self.worlds.on(link.day))
        in_b = rows_of(a["key"], b["key"])
        away = [(officers["away_until"] > link.day) | (officers["left"] <= link.day) for officers in (a, b)]
        elsewhere = np.flatnonzero((in_b >= 0) & (away[0] != away[1][in_b])).tolist()
        row_in_a = (np.arange(len(a)), rows_of(b["key"], a["key"]))
        named = [int(row_in_a[side][row]) for row, side, _ in self._named(link, "officer") if row < len(row_in_a[side])]
        in_both = [row for row in dict.fromkeys([*named, *elsewhere]) if row >= 0 and in_b[row] >= 0]
        for row in in_both[:MOST_TRIED]:
            whose = Whose(int(a["key"][row]))
            if any(
                self.as_other(link, side, lambda into, source, whose=whose: put_officers(into, source, whose))
                for side in SIDES
            ):
                link.one = Who(row, officer=True)
                link.differs = [
                    (column.meaning, float(a[column.name][row]), float(b[column.name][in_b[row]]))
                    for column in OFFICER.columns
                    if a[column.name][row] != b[column.name][in_b[row]]
                ]
                link.next = origin(self, link.one, link.day)
                return

    # --- other people ------------------------------------------------------------------------------

    def _which_person(self, link: Link) -> None:
        """Find the one person whose part in it alone makes the difference, and who leads on from there."""
        part = link.part
        candidates = self._candidates(link)
        link.people = len(candidates)
        for row in candidates[:MOST_TRIED]:
            if any(self.goes(link, side, part, Whose(self.key(Who(row)))) for side in SIDES):
                link.one = Who(row)
                break
        if part is NALOXONE:
            link.next = kit(self, link)
        elif part is FAMILY:
            link.next = at_home(self, link)
        elif part is PLACES and link.one is None and candidates:  # several hold places: each alone may not matter
            link.next = origin(self, Who(candidates[0]), link.day, part)
        elif link.one is not None and part is not FEELING:  # trust moves along ties, without an event to follow
            link.next = origin(self, link.one, link.day, part)

    def _candidates(self, link: Link) -> list[int]:
        """Return the people (rows in A) in whom this part differs that morning, those most likely to matter first."""
        part, mornings = link.part, self.worlds.on(link.day)
        differ = self._unlike(mornings, part)
        chosen = [row for row in self._near(link, mornings) if row in differ]
        if part in SINCE:
            since = np.full(len(self.row_in_a[0]), LONG_AGO)
            at = np.zeros(len(since), bool)  # a provider named that day
            providers = [row for row, *_ in self._named(link, "provider")]
            for side in SIDES:
                table, column = SINCE[part]
                rows, people = mornings[side].rows(table), mornings[side].histories
                row = self.row_in_a[side][people["resident"]]
                here = np.flatnonzero(row >= 0)
                since[row[here]] = np.maximum(since[row[here]], rows[column][here])
                at[row[here]] |= np.isin(people["provider"][here], providers)
            last = sorted(differ, key=lambda row: (not at[row], -since[row], row))
            chosen = ([row for row in last if at[row]] if part is PLACES else []) + chosen + last
        return [row for row in dict.fromkeys(chosen) if row != link.who.row or part not in OTHERS]

    def _unlike(self, mornings: list[World], part: Part) -> set[int]:
        """Return the rows in A of the people whose columns of a part differ between two mornings."""
        found: set[int] = set()
        for table, columns in COLUMNS[part].items():
            a, b = (world.rows(table) for world in mornings)
            row = rows_of(a["key"], b["key"])
            for column in columns:
                unlike = np.flatnonzero((row >= 0) & (a[column] != b[column][row]))
                if table == "households":
                    found.update(np.flatnonzero(np.isin(mornings[0].residents["household"], unlike)).tolist())
                elif table == "residents":
                    found.update(unlike.tolist())
                else:
                    resident = a["resident"] if table == "children" else mornings[0].histories["resident"]
                    found.update(resident[unlike].tolist())
        return found

    def _near(self, link: Link, mornings: list[World]) -> list[int]:
        """Return the rows in A of the person, of those named that day, and of those around them."""
        near = []
        for row, side, who in self._named(link, "resident"):
            near += [int(self.row_in_a[side][other]) for other in (who, row) if other >= 0]
        for side in () if link.who.officer else SIDES:
            row, in_a = self.row(link.who, side), self.row_in_a[side]
            near.append(link.who.row)
            if row < len(mornings[side].residents):
                resident = mornings[side].residents[row]
                near += [int(in_a[parent]) for parent in (resident["mother"], resident["father"]) if parent >= 0]
                near += [int(in_a[other]) for other, *_ in ties_of(mornings[side], row)]
        return [row for row in dict.fromkeys(near) if row >= 0]

    def _named(self, link: Link, noun: str) -> list[tuple[int, int, int]]:
        """Return (row, side, whom it happened to) of the agents of a kind that the events of the day name.

        For residents also those whom the events are about that led to them.
        """
        found = []
        for side in SIDES:
            events = self.stories[side].events
            for item in link.items[side]:
                event = events[item.row]
                other, who = int(event["other"]), int(event["who"])
                if MEANING[item.kind][1].startswith(noun) and other >= 0:
                    found.append((other, side, who))
                elif noun == "resident":
                    cause = int(event["cause"])
                    found.append((int(events["who"][cause]) if cause >= 0 else -1, side, who))
        return found


def _with(scenario: "Scenario", levers: list[Difference], side: int) -> "Scenario":
    """Return the scenario of A (side 0) or B with these levers as in the other; a difference is B's against A's."""
    for d in levers:
        section, name = d.path.split(".")
        value = d.value if side == 0 else d.base
        changed = getattr(scenario, section).model_copy(update={name: value})
        scenario = scenario.model_copy(update={section: changed})
    return scenario
