"""Why two lives parted: one part is planted, and that part, that person or that lever is found; no other."""

import numpy as np
import pytest
from deflect.agents.resident import HERE
from deflect.experiments.digest import digest
from deflect.experiments.lives import TwoLives, two_lives
from deflect.experiments.lives.events import NO_DAY
from deflect.experiments.lives.parts import COLUMNS, NALOXONE, OFFICERS, PARTS, PLACES, POLICY, SELF, Whose, count_again
from deflect.experiments.lives.trial import DAY, EVENT, FIRST, Who, _matches
from deflect.experiments.lives.worlds import copied
from deflect.model.day import live_a_day
from deflect.model.events import Kind
from paired import ASKED, PLACE, Planted
from towns import lived, open_town, scenario

import deflect


@pytest.fixture(scope="module")
def slots() -> TwoLives:
    """Two policies that differ in one lever."""
    a, b = (deflect.load("status_quo", ASKED | {"treatment.intake_days": days}, **PLACE) for days in (7, 3))
    return two_lives(a, b, seed=2)


def some(lives: TwoLives, count: int) -> list[int]:
    return np.flatnonzero(lives.people.first_days < NO_DAY)[:count].tolist()


# --- parts


def test_a_part_of_the_same_world_changes_nothing():
    world = lived(open_town(400, seed=3), 60)
    before = digest(world)
    assert int(world.state.clock[0].queued) > 1 and int(world.state.clock[0].cases) > 1
    count_again(world)
    assert digest(world) == before
    tomorrow = digest(lived(copied(world), 1))
    for part in (*PARTS, SELF):
        for whose in (None, Whose(5), Whose(5, but=True)):
            if part is POLICY and whose:
                continue
            into = copied(world)
            part.put(into, copied(world), whose)
            assert digest(into) == before, part.id
            live_a_day(into)
            assert digest(into) == tomorrow, part.id


def test_a_part_is_put_in_for_those_meant_alone():
    world = lived(open_town(400, seed=3), 30)
    later = lived(copied(world), 30)
    key = int(
        world.histories["key"][
            np.flatnonzero(world.histories["use"][:] != later.histories["use"][: len(world.histories)])[0]
        ]
    )
    for whose, count in ((Whose(key), 1), (Whose(key, but=True), None), (None, None)):
        into = copied(world)
        SELF.put(into, later, whose)
        changed = into.histories["key"][into.histories["use"] != world.histories["use"]]
        assert (key in changed) == (whose is None or not whose.but)
        assert len(changed) == count if count else len(changed) > 5


def test_officers_who_were_hired_in_one_world_only_are_put_in_too():
    world = lived(open_town(400, seed=3), 5)
    more = copied(world)
    joined = np.concatenate([more.state.officers, more.state.officers[:1]]).view(type(more.state.officers))
    joined["key"][-1] = 10**9
    more.state = more.state._replace(officers=joined)
    into = copied(world)
    OFFICERS.put(into, more, None)
    assert into.state.officers["key"].tolist() == joined["key"].tolist()
    live_a_day(into)


def test_a_day_matches_as_far_as_asked():
    a, b = [("x",), ("y",)], [("x",), ("z",), ("w",)]
    assert _matches(DAY, b, [a, b], 0) and not _matches(DAY, b[:2], [a, b], 0)
    assert _matches(FIRST, b[:2], [a, b], 0) and not _matches(FIRST, a, [a, b], 0)
    assert _matches(EVENT, [("x",), ("v",)], [a, b], 0) and not _matches(EVENT, a, [a, b], 0)
    assert _matches(EVENT, [("x",), ("y",), ("z",)], [[("x",)], [("x",), ("z",)]], 0)
    assert not _matches(EVENT, [("x",)], [[("x",)], [("x",), ("z",)]], 0)


# --- what is planted is found


def test_the_one_lever_that_differs_is_found(slots):
    ends = []
    for row in some(slots, 12):
        last = slots.of(row).links[-1]
        if last.part is POLICY:
            assert [lever.path for lever in last.levers] == ["treatment.intake_days"]
            assert (last.levers[0].base, last.levers[0].value) == (7.0, 3.0)
        ends.append(last.part is POLICY)
    assert sum(ends) >= 9


def test_a_planted_kit_is_found():
    """In the second world every home has a kit on the first day, and nothing else differs."""

    def plant(world):
        world.households["kit_until"] = 10**5

    lives = TwoLives(Planted(scenario(300, years=1, **ASKED), plant, seed=4))
    rows = [row for row in some(lives, 40) if lives.people.first_days[row] < 20]
    assert rows
    for row in rows:
        link = lives.of(row).links[0]
        kinds = {item.kind for items in link.items for item in items}
        if kinds & {Kind.LAY_NALOXONE}:
            assert link.part is NALOXONE and (link.tried[0].in_a, link.tried[0].in_b) == (True, True)
            break
    else:
        pytest.fail("nobody was given naloxone in one world only")


def test_the_person_whose_part_it_is_is_found():
    """In the second world one person holds no place in treatment: whoever gets it leads back to them."""
    chosen = {}

    def plant(world):
        people = world.histories
        busiest = np.argmax(world.state.providers["occupied"])
        held = np.flatnonzero((people["care"] >= 2) & (people["provider"] == busiest) & (people["present"] == 1))
        chosen["row"] = int(people["resident"][held[0]])
        for column, value in (("care", 0), ("wants", 0), ("provider", -1)):
            people[column][held[0]] = value
        count_again(world)

    lives = TwoLives(Planted(scenario(300, years=1, **ASKED), plant, seed=4))
    found = [link for row in some(lives, 30) if row != chosen["row"] for link in lives.of(row).links[:1]]
    by_place = [link for link in found if link.part is PLACES]
    assert by_place and chosen["row"] in {link.one.row for link in by_place if link.one}


def test_what_a_link_says_is_true_when_lived_again(slots):
    """Independently of how it was found: the part put in by hand makes the day go as in the other world."""
    checked = 0
    for row in some(slots, 6):
        lives = slots.of(row)
        link = lives.links[0]
        if link.part is not POLICY or not link.tried[0].in_a or link.match != DAY:
            continue
        a, b = slots.worlds.on(link.day)
        into = copied(a)
        POLICY.put(into, b, None)
        live_a_day(into)
        theirs = slots.worlds.ends[1].events
        wanted = theirs[(theirs["day"] == link.day) & (theirs["who"] == lives.rows[1])]
        got = into.events[(into.events["day"] == link.day) & (into.events["who"] == row)]
        assert got["kind"].tolist() == wanted["kind"].tolist() and got["amount"].tolist() == wanted["amount"].tolist()
        checked += 1
    assert checked > 1


def test_chains_go_back_in_time_and_are_told(slots):
    lengths = []
    for choice in slots.people.choices()[:6]:
        lives = slots.of(choice.row)
        for chain in filter(None, (lives.links, lives.ending)):
            days = [link.day for link in chain]
            assert days == sorted(days, reverse=True)
            assert chain[0].who == Who(choice.row)
            assert len({(link.who, link.day) for link in chain}) == len(chain)
            assert all(link.items[0] or link.items[1] for link in chain)
            lengths.append(len(chain))
        assert lives.links[0].day == lives.parted
        text = lives.told()
        assert "Tried, not guessed" in text and f"Day {lives.parted}" in text
        assert ("Why did it end differently?" in text) == bool(lives.ending)
    assert max(lengths) > 1


def test_every_column_of_a_part_exists():
    world = open_town(400, seed=3)
    for tables in COLUMNS.values():
        for table, columns in tables.items():
            assert set(columns) <= set(world.rows(table).dtype.names), table
    assert (world.residents["fate"] == HERE).sum() > 100
