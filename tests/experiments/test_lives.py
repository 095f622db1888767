"""Two lives: the same person is found by key, what is printed happened, the past is shared, both directions count."""

import re
import sys
from collections import Counter

import numpy as np
import pandas
import pytest
from deflect.agents.resident import DIED_OVERDOSE, HERE, Care
from deflect.experiments import cli
from deflect.experiments.digest import digest
from deflect.experiments.lives import TwoLives, states, two_lives
from deflect.experiments.lives import figure as drawing
from deflect.experiments.lives import text as telling
from deflect.experiments.lives.events import CHILD, NO_DAY, OF_CHILDREN, OWN, PART, Item, Story, first_difference
from deflect.experiments.lives.words import OWN_WORDS, SPECIAL, Words
from deflect.experiments.lives.worlds import Worlds, copied
from deflect.experiments.run import live_until
from deflect.model.changes import depart_and_settle
from deflect.model.events import DIED_OVERDOSE as KIND_DIED_OVERDOSE
from deflect.model.events import MEANING, Kind
from matplotlib.backends.backend_agg import FigureCanvasAgg
from paired import ASKED, PLACE, Planted
from permuted import permuted
from towns import lived, open_town, scenario, story

import deflect

TOWN = PLACE | {"seed": 2}
OPTIONS = [*"--place 54011 --residents 400 --years 1 --seed 2 --quiet".split(),
           *(f"--set={name}={value}" for name, value in ASKED.items())]  # fmt: skip


@pytest.fixture(scope="module")
def package() -> TwoLives:
    return two_lives("status_quo", "full_package", ASKED, **TOWN)


def kinds_of(lives: TwoLives, row: int, side: int) -> set[str]:
    """Return the kinds of event that happened to a person of A in a world since the policy began."""
    events = lives.worlds.ends[side].events
    mine = events[(events["who"] == (lives.people.rows[row] if side else row)) & (events["day"] >= 0)]
    return {Kind(kind).name.lower() for kind in mine["kind"]}


# --- the worlds


def test_worlds_are_the_runs_themselves_and_can_be_lived_again():
    pair = tuple(scenario(300, years=1, policy=name) for name in ("status_quo", "full_deflection"))
    worlds = Worlds(pair, 3)
    assert worlds.first_day == 0
    assert [digest(world) for world in worlds.ends] == [deflect.run(one, seed=3).digest for one in pair]
    for day in (200, 40, worlds.ends[0].day):
        assert [digest(live_until(copied(world), worlds.ends[0].day)) for world in worlds.on(day)] == [
            digest(world) for world in worlds.ends
        ]


def test_worlds_that_differ_in_more_than_levers_have_two_pasts():
    pair = (scenario(300, years=1, **ASKED), scenario(300, years=1, **(ASKED | {"treatment.seek_per_year": 1.0})))
    worlds = Worlds(pair, 3)
    assert worlds.first_day == -730
    assert [digest(world) for world in worlds.ends] == [deflect.run(one, seed=3).digest for one in pair]
    everybody = TwoLives(worlds)
    lives = everybody.of(int(np.argmin(everybody.people.first_days)))
    assert lives.parted < 0 and "the two scenarios differ in more than levers" in lives.told()


def test_people_are_the_same_by_key_wherever_their_rows_are():
    """The other world has all its rows in another order: nothing differs, and everybody is found."""
    worlds = Planted(scenario(300, years=1, **ASKED), lambda world: permuted(world, 5, households=False))
    lives = TwoLives(worlds)
    a, b = (world.residents for world in worlds.ends)
    rows = lives.people.rows
    assert (rows >= 0).all() and (rows != np.arange(len(rows))).mean() > 0.8
    assert (a["key"] == b["key"][rows]).all() and (a["fate"] == b["fate"][rows]).all()
    assert lives.people.differ == 0 and lives.person is None
    assert len(worlds.ends[0].events) > 1000
    for row in range(0, 300, 10):
        one = lives.of(row)
        assert one.signed[0] == one.signed[1] and one.parted is None


# --- what differs


def test_somebody_with_a_planted_difference_is_found():
    """In the second world one person who lives alone dies of an overdose on the first day; all else is the same."""
    chosen = {}

    def plant(world):
        people, homes = world.residents, world.residents["household"]
        alone = np.bincount(homes[people["fate"] == HERE], minlength=len(world.households))[homes] == 1
        known = np.flatnonzero(alone & (people["fate"] == HERE) & (people["history"] >= 0))
        chosen["row"] = int(known[0])
        depart_and_settle(world.view, chosen["row"], DIED_OVERDOSE, KIND_DIED_OVERDOSE, -1)

    lives = TwoLives(Planted(scenario(300, years=1, **ASKED), plant))
    row = chosen["row"]
    assert lives.people.first_days[row] == 0 == lives.people.first_days.min()
    assert (lives.people.first_days < NO_DAY).sum() < 100  # others follow later, many live on as they would have
    worse_in_b = lives.people.found["overdose_death"][1]
    assert worse_in_b[row] or lives.worlds.ends[0].residents["fate"][row] != HERE
    one = lives.of(row)
    assert one.parted == 0 and [item.kind for item in one.lives[1]][-1:] == [Kind.DIED_OVERDOSE]
    if worse_in_b[row]:
        assert row in [choice.row for choice in lives.people.choices(each=50)]


def test_first_days_are_those_of_the_stories(package):
    """Against the tests' own way of telling a story by keys."""
    told = []
    for world in package.worlds.ends:
        keys = world.residents["key"].tolist()
        own = {key: [] for key in keys}
        for line in story(world):
            if line[2] >= 0:
                own[line[2]].append(line[:7])
        told.append(own)
    people = package.people
    differ = 0
    for row, key in enumerate(package.worlds.ends[0].residents["key"].tolist()):
        if people.rows[row] < 0:  # lives in one world only, or a newcomer of the same key who is somebody else
            continue
        a, b = (Counter(map(repr, own.get(key, ()))) for own in told)
        days = [int(re.match(r"\((-?\d+)", line)[1]) for line in [*(a - b), *(b - a)]]
        assert people.first_days[row] == min(days, default=NO_DAY), row
        differ += bool(days)
    assert differ == people.differ > 50


def test_both_lives_are_one_until_they_part(package):
    for choice in package.people.choices(each=3, contrasts=8):
        lives = package.of(choice.row)
        a, b = lives.signed
        assert a[: lives.shared] == b[: lives.shared] and a != b
        after = [life[lives.shared :] for life in lives.lives]
        assert min(item.day for life in after for item in life) == lives.parted
        assert all(item.day <= lives.parted for item in lives.lives[0][: lives.shared])
        assert lives.parted <= choice.day  # what others did with them may differ sooner


def test_contrasts_are_what_became_of_people(package):
    a, b = package.worlds.ends
    rows = package.people.rows
    died = [
        np.flatnonzero((world.residents["fate"] == DIED_OVERDOSE) & (world.residents["left"] >= 0)) for world in (a, b)
    ]
    saved = [row for row in died[0].tolist() if rows[row] >= 0 and b.residents["fate"][rows[row]] == HERE]
    lost = [row for row in range(len(rows)) if rows[row] in died[1] and a.residents["fate"][row] == HERE]
    counts = package.counts.set_index("contrast")
    assert counts.loc["overdose_death", list(package.labels)].tolist() == [len(saved), len(lost)]
    assert len(saved) > 1 and len(lost) > 1
    assert np.flatnonzero(package.people.found["overdose_death"][0]).tolist() == saved
    for choice in package.people.choices(each=9, contrasts=8):
        worse, better = (kinds_of(package, choice.row, side) for side in (choice.worse, 1 - choice.worse))
        had = {"jail": "jailed", "removal": "removed", "parent_lost": "bereaved", "jail_or_care": "jailed"}
        if choice.contrast.id in had:
            assert had[choice.contrast.id] in worse and had[choice.contrast.id] not in better
        if choice.contrast.id == "treatment":
            assert "admitted" in better and "admitted" not in worse


def test_the_other_way_round_is_the_other_way_round(package):
    back = two_lives("full_package", "status_quo", ASKED, **TOWN)
    columns = list(package.labels)
    assert (package.counts[columns].to_numpy() == back.counts[columns].to_numpy()).all()
    assert package.counts[columns].to_numpy().sum() > 20
    assert back.labels == package.labels[::-1] and back.people.differ == package.people.differ


def test_two_worlds_of_one_policy_differ_in_nobody():
    null = two_lives("status_quo", "null", ASKED, **TOWN)
    assert null.person is None and null.people.differ == 0
    assert (null.counts[list(null.labels)].to_numpy() == 0).all() and not len(null.table)
    assert "No life differed: to none of the" in null.told() and "People to tell of" not in null.told()
    with pytest.raises(deflect.InputError, match="nothing to draw"):
        null.figure()
    somebody = null.of(7).told()
    assert "No life differed" in somebody and "it is the same in both worlds" in somebody


# --- what is told


def events_of_day(world, row: int, day: int) -> set[str]:
    """Return what can be said of somebody's day, read from the event table alone."""
    people, words = world.residents, Words(world, row)
    children = np.flatnonzero((people["mother"] == row) | (people["father"] == row))
    found = set()
    for number in np.flatnonzero(world.events["day"] == day).tolist():
        event = world.events[number]
        kind = Kind(event["kind"])
        if event["who"] == row:
            role = OWN
        elif event["other"] == row and MEANING[kind][1].startswith("resident"):
            role = PART
        elif event["who"] in children and kind in OF_CHILDREN:
            role = CHILD
        else:
            continue
        words.known.clear()
        found.add(plain(words.text(Item(number, day, kind, role))))
    return found


def plain(text: str) -> str:
    """Return a text without causes, and with others by their number alone."""
    text = re.sub(r" \(cause: .*\)$", "", text)
    return re.sub(r"(their \w+|somebody[a-z ]*|a relative|a friend) \([^()]*, (resident \d+)\)", r"\2", text)


def test_what_is_printed_happened_on_that_day_in_that_world(package):
    cells = 0
    for choice in package.people.choices(each=2, contrasts=8):
        lives = package.of(choice.row)
        table = telling.days(lives, 600, None).splitlines()[3:]
        day, seen = None, [Counter(), Counter()]
        for line in table:
            head, both, rest = re.match(r"(?:day (-?\d+))? *([|=]) (.*)", line + " ").groups()
            day = int(head) if head else day
            texts = [rest, rest] if both == "=" else rest.split("|")
            for side, text in enumerate(texts):
                if text.strip():
                    cells += 1
                    seen[side][day] += 1
                    assert plain(text.strip()) in events_of_day(lives.worlds.ends[side], lives.rows[side], day)
        for side, life in enumerate(lives.lives):
            assert seen[side] == Counter(item.day for item in life[lives.shared :])
    assert cells > 100


def test_every_event_can_be_told():
    world = lived(open_town(400, seed=3), 120)
    story, kinds = Story(world), set()
    for row in range(len(world.residents)):
        words = Words(world, row)
        for item in story.life(row):
            text = words.text(item) + words.because(item)
            assert text and not re.search(r"[{}]|(?<!day )-1\b|nan|code ", text), text
            kinds.add(item.kind)
    assert len(kinds) > 50
    of_people = {
        kind for kind in Kind if not MEANING[kind][0].startswith(("an officer", "police seized", "the policy"))
    }
    assert of_people - set(OWN_WORDS) - set(SPECIAL) <= {kind for kind in of_people if "{" not in MEANING[kind][0]}


def test_narrow_and_wide_tell_the_same_within_their_lines(package):
    days = {}
    for width in (60, 78, 100, 140):
        text = package.told(width)
        assert max(map(len, text.splitlines())) <= width
        part = telling.days(package, width, None)
        days[width] = (re.findall(r"^day (-?\d+)", part, re.MULTILINE), len(re.findall(r"officer|resident", part)))
    assert len(set(map(str, days.values()))) == 1 and len(days[60][0]) > 4
    short = telling.days(package, 100, 3)
    assert len(re.findall(r"^day", short, re.MULTILINE)) == 3 and "all of them in lives.csv" in short


def test_how_somebody_stood_is_what_the_world_says():
    """States told from events alone, against the rows of the world on twelve evenings."""
    world = open_town(400, seed=3)
    mornings = []
    while world.day < 120:
        lived(world, 1)
        if world.day % 10 == 0:
            mornings.append(copied(world))
    story = Story(world)
    tracks = [states.tracks(world, row, story.life(row)) for row in range(len(world.residents))]
    compared = 0
    for morning in mornings:
        day = morning.day - 1
        for row, person in enumerate(morning.residents):
            told = tracks[row]
            here = person["fate"] == HERE
            assert (states.on(told.gone, day) < 0) == here
            if here and person["history"] >= 0:
                history = morning.histories[person["history"]]
                assert states.on(told.use, day) == history["use"]
                assert states.on(told.held, day) == history["held"]
                care = states.on(told.care, day)
                assert care == history["care"] or (care == states.TREATED and history["care"] >= Care.METHADONE)
                compared += 1
    assert compared > 1500


# --- files, figure, command


def test_the_figure_holds_both_lives(package):
    compared = 0
    for choice in package.people.choices()[:4]:
        lives = package.of(choice.row)
        figure = lives.figure()
        FigureCanvasAgg(figure).draw()
        told = " ".join(text.get_text() for text in [*figure.texts, *figure.axes[0].texts])
        assert f"day {lives.parted}: the first difference" in told and "not evidence" in told
        a, b = package.counts.set_index("contrast").loc["overdose_death", list(package.labels)]
        assert f"In these two worlds {a} people" in told and f"{b} the other way round" in told
        start, end = drawing.window(lives)
        assert start <= lives.parted < end
        for side in (0, 1):
            spans = states.spans(lives.tracks(side), start, end)
            assert (spans[0].start, spans[-1].end) == (start, end)
            assert all(one.end == other.start for one, other in zip(spans, spans[1:], strict=False))
            labels = drawing.labels(lives, side, start, end)
            days = {item.day for item in lives.lives[side]}
            assert {label.day for label in labels} <= days
        height, width = figure.get_window_extent().height, figure.get_window_extent().width
        for text in [*figure.texts, *figure.axes[0].texts]:
            extent = text.get_window_extent()
            assert extent.x0 >= -1 and extent.x1 <= width + 1 and extent.y1 <= height + 1, text.get_text()
        boxes = [text.get_window_extent() for text in figure.axes[0].texts if re.match(r" -?\d+: ", text.get_text())]
        for number, box in enumerate(boxes):
            for other in boxes[:number]:
                compared += 1
                assert (
                    box.x1 <= other.x0 + 1 or other.x1 <= box.x0 + 1 or box.y1 <= other.y0 + 1 or other.y1 <= box.y0 + 1
                )
    assert compared > 30


def test_files_hold_what_happened_and_how_to_make_it_again(package, tmp_path, monkeypatch, capsys):
    folder = package.save(tmp_path / "out")
    assert {path.name for path in folder.iterdir()} >= {"lives.txt", "lives.csv", "lives.png", "provenance.json"}
    table = pandas.read_csv(folder / "lives.csv", keep_default_na=False)
    for row in table.itertuples():
        side = package.labels.index(row.policy)
        event = package.worlds.ends[side].events[row.event]
        assert (event["day"], Kind(event["kind"]).name.lower(), event["cause"]) == (row.day, row.kind, row.cause)
        assert row.person == package.rows[side] and row.text
    shared = table[table.shared == 1]
    a, b = (shared[shared.policy == label] for label in package.labels)
    assert len(a) == len(b) > 0 and a.day.tolist() == b.day.tolist() and a.kind.tolist() == b.kind.tolist()
    assert (folder / "lives.txt").read_text() == package.told() + "\n"
    assert (folder / "lives.png").stat().st_size > 50_000
    again = two_lives("status_quo", "full_package", ASKED, **TOWN).save(tmp_path / "again")
    for path in folder.iterdir():
        assert path.read_bytes() == (again / path.name).read_bytes(), path.name


@pytest.fixture
def ask(monkeypatch, capsys, tmp_path):
    """Return a function that runs `deflect lives` with arguments: (exit code, output, error output)."""
    monkeypatch.chdir(tmp_path)

    def run(*arguments):
        monkeypatch.setattr(sys, "argv", ["deflect", "lives", *map(str, arguments)])
        with pytest.raises(SystemExit) as ended:
            cli.main()
        said = capsys.readouterr()
        return ended.value.code, said.out, said.err

    return run


def test_the_command_tells_and_writes(ask, package, tmp_path):
    code, out, err = ask("status_quo", "full_package", *OPTIONS, "--out", "out")
    assert (code, err) == (0, "")
    assert out == f"out/lives.png\n\n{package.told(110, 40)}\n\nin out: lives.csv, lives.txt\n"
    assert (tmp_path / "out" / "lives.txt").read_text() == package.told() + "\n"
    other = package.people.choices()[1].row
    assert f"Resident {other}:" in ask("status_quo", "full_package", *OPTIONS, "--person", other)[1]
    code, out, _ = ask("status_quo", "null", *OPTIONS, "--out", "none")
    assert code == 0 and "No life differed" in out
    assert {path.name for path in (tmp_path / "none").iterdir()} == {"lives.txt", "provenance.json"}


WRONG = [
    ("status_quo more_slot", "more_slots"),
    ("status_quo", "B"),
    ("status_quo more_slots --place Nowhere", "Nowhere"),
    ("status_quo more_slots --years 0", "--years 0"),
    ("status_quo more_slots --person -1", "person"),
    ("status_quo more_slots --seed -1", "seed"),
    ("status_quo more_slots --seed 99999999999999999999", "2^63"),
    ("status_quo more_slots --out taken", "not empty"),
    ("one_year.yaml two_years.yaml", "choose one for both with --years"),
]


@pytest.mark.parametrize(("line", "told"), WRONG, ids=[line for line, _ in WRONG])
def test_wrong_input_is_one_message_and_code_2(line, told, ask, tmp_path, monkeypatch):
    monkeypatch.setattr("deflect.experiments.lives.worlds.build", lambda *_: pytest.fail("the long work was started"))
    (tmp_path / "taken").mkdir()
    (tmp_path / "taken" / "file").touch()
    for years, name in ((1, "one_year"), (2, "two_years")):
        (tmp_path / f"{name}.yaml").write_text(f"extends: status_quo\nname: {name}\nyears: {years}\n")
    code, out, err = ask(*line.split())
    assert (code, out) == (2, "")
    assert err.startswith("deflect: ") and told in err and len(err.splitlines()) == 1


def test_somebody_who_is_not_there_is_refused(ask, package):
    code, out, err = ask("status_quo", "full_package", *OPTIONS, "--person", 10**6)
    assert (code, out) == (2, "") and "residents are numbered 0 to" in err and len(err.splitlines()) == 1
    with pytest.raises(deflect.InputError, match="there is none"):
        package.of(-1)
    only = np.flatnonzero(package.people.rows < 0)
    assert package.people.only[0] == len(only)
    for row in only[:1].tolist():
        with pytest.raises(deflect.InputError, match="lives under status_quo only"):
            package.of(row)


def test_a_loaded_scenario_is_lived_as_it_is():
    with pytest.raises(TypeError, match="give overrides and settings to load"):
        two_lives(deflect.load("status_quo"), "more_slots", years=1)


def test_the_first_difference_of_two_lists():
    assert first_difference([(1,), (2,)], [(1,), (3,)]) == 1
    assert first_difference([(1,)], [(1,), (3,)]) == 1
    assert first_difference([], []) == 0
