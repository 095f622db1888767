"""A report tells what its folder holds, number for number, and nothing that the runs do not say."""

import csv
import json
import re
import shutil
from html.parser import HTMLParser
from pathlib import Path

import pytest
from deflect.experiments.branches import live_branches
from deflect.experiments.factorial import factorial
from deflect.experiments.report import cheers, gather, unmeasured
from deflect.model.world import DECLARATIONS
from deflect.scenarios.schema import fields
from deflect.scenarios.sections import UNMEASURED
from towns import BUSY

import deflect

TOWN = dict(place="54011", residents=300, years=1)


class Page(HTMLParser):
    """Every number of a file that the page shows, the words of its tables, the attributes of everything."""

    def __init__(self, text: str):
        super().__init__()
        self.numbers: list[tuple[str, tuple[str, ...], str, str, str]] = []  # file, row, column, value, text
        self.attributes: list[tuple[str, str, str]] = []  # tag, name, value
        self.file = self.row = ""
        self.data: list[str] | None = None
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        told = dict(attrs)
        self.attributes += [(tag, name, value or "") for name, value in attrs]
        if tag == "table":
            self.file = told.get("data-file", "")
        if tag == "tr":
            self.row = told.get("data-row", "")
        if tag == "data":
            self.data = [told["data-column"], told["value"], ""]

    def handle_data(self, text):
        if self.data is not None:
            self.data[2] += text

    def handle_endtag(self, tag):
        if tag == "data":
            self.numbers.append((self.file, self.row, *self.data))
            self.data = None

    def of(self, file: str) -> list[tuple[str, str, str, str]]:
        return [told for name, *told in self.numbers if name == file]


def rows_of(path: Path, keys: tuple[str, ...]) -> dict[str, dict[str, str]]:
    with path.open(newline="") as file:
        return {"/".join(row[key] for key in keys): row for row in csv.DictReader(file)}


def said(text: str) -> float:
    """Return the number that a shown text says, in its unit."""
    size = {" M": 1e6, " bn": 1e9, " %": 0.01}
    text = text.replace("−", "-").replace(",", "").replace("$", "")
    for unit, times in size.items():
        if text.endswith(unit):
            return float(text.removesuffix(unit)) * times
    return float(text)


@pytest.fixture(scope="module")
def comparison():
    return deflect.compare("status_quo", "officer_intervention", BUSY, **TOWN, seeds=5, workers=1)


@pytest.fixture(scope="module")
def compared(comparison, tmp_path_factory) -> Path:
    return comparison.save(tmp_path_factory.mktemp("compared") / "slots")


@pytest.fixture(scope="module")
def lived(tmp_path_factory) -> Path:
    result = deflect.run(deflect.load("full_deflection", BUSY, **TOWN), seeds=2, workers=1)
    return result.save(tmp_path_factory.mktemp("lived") / "town")


@pytest.fixture(scope="module")
def combined(tmp_path_factory) -> Path:
    policies = ("more_naloxone", "officer_intervention")
    found = factorial(*policies, base="status_quo", overrides=BUSY, **TOWN, seeds=5, workers=1)
    return found.save(tmp_path_factory.mktemp("combined") / "areas")


@pytest.fixture(scope="module")
def page(compared) -> str:
    return deflect.report(compared, workers=1).read_text()


# --- the numbers


def test_every_number_is_that_of_its_file_and_place(compared, page):
    shown = Page(page)
    for file, keys in (("comparison.csv", ("outcome",)), ("economics.csv", ("kind", "what", "title"))):
        here = rows_of(compared / file, keys)
        off = rows_of(compared / "unmeasured_off" / file, keys)
        numbers = shown.of(file)
        assert len(numbers) > 50
        for row, column, value, text in numbers:
            source = off if column.startswith("off/") else here
            assert source[row][column.removeprefix("off/")] == value, (file, row, column)
            if re.search(r"\d", text) and here[row].get("unit") != "share" and not text.startswith("just"):
                assert said(text) == pytest.approx(float(value), rel=0.06, abs=0.51), (row, column, text, value)
    told = {(row, column) for row, column, *_ in shown.of("comparison.csv")}
    here_of = rows_of(compared / "comparison.csv", ("outcome",))
    with_interval = {row for row, column in told if column == "diff_low"}
    assert {"expected_deaths", "entries", "arrests"} <= with_interval
    assert {(id, column) for id in with_interval for column in ("mean_a", "mean_b", "diff")} <= told
    ends = {row for row, column in told if column == "diff_high"}
    assert all(here_of[id]["diff_low"] == here_of[id]["diff_high"] for id in with_interval - ends)


def test_the_numbers_of_a_run_and_of_a_factorial_are_those_of_their_files(lived, combined):
    shown = Page(deflect.report(lived, runs=False).read_text())
    summary = rows_of(lived / "summary.csv", ("outcome",))
    numbers = shown.of("summary.csv")
    assert {column for _, column, *_ in numbers} == {"mean", "low", "high", "per_100k_year"}
    assert all(summary[row][column] == value for row, column, value, _ in numbers)
    costs = rows_of(lived / "costs.csv", ("kind", "item", "payer", "year"))
    assert shown.of("costs.csv") and all(costs[row][column] == v for row, column, v, _ in shown.of("costs.csv"))
    shown = Page(deflect.report(combined, runs=False).read_text())
    terms = rows_of(combined / "factorial.csv", ("outcome", "kind", "term"))
    numbers = shown.of("factorial.csv")
    assert len(numbers) > 50
    for row, column, value, _ in numbers:
        outcome, (*term, end) = row.split("/")[0], column.split("/")
        found = terms["/".join((outcome, *(term or ("together", "all"))))]
        assert found[end] == value, (row, column)


def test_the_message_is_that_of_the_comparison(comparison, page):
    assert f"<h1>{comparison.message}</h1>" in page
    assert page.index("<h1>") < page.index("<svg") < page.index("What differs")


# --- what stands behind them


def test_every_row_of_evidence_and_every_run_is_there(compared, page):
    shown = Page(page)
    ids = {value for _, name, value in shown.attributes if name == "id"}
    assert {f"evidence-{spec.evidence}" for spec in fields() if spec.evidence} <= ids
    told = json.loads((compared / "provenance.json").read_text())
    for side in (told["a"], told["b"]):
        assert side["scenario_hash"][:16] in page
        assert all(digest in page for digest in side["digests"].values())
    changed = [d["field"] for d in told["differences"]]
    assert changed and all(f'data-row="{path}"' in page for path in changed)
    assert f"{told['command']} --out slots" in page.replace("&#39;", "'")
    columns = [column for declaration in DECLARATIONS.values() for column in declaration.columns]
    assert all(f'data-row="{column.name}"' in page for column in columns)


def test_all_items_of_the_checklist_are_there_and_none_is_made_up(compared, lived):
    assert len(cheers.ITEMS) == 28
    for folder in (compared, lived):
        items = {item.asked: item for item in cheers.cheers(gather.read(folder), unmeasured.NOT_ASKED)}
        for asked in ("Source of funding", "Conflicts of interest", "Health economic analysis plan"):
            assert not items[asked].reported
        assert (
            "3 % a year" in items["Discount rate"].said
            and "of 2023" in items["Currency, price date and conversion"].said
        )
        assert "300 synthetic people simulated for 93,965" in items["Study population"].said
    assert "officer_intervention" in cheers.cheers(gather.read(compared), unmeasured.NOT_ASKED)[6].said


# --- the page as a file


def test_two_builds_are_the_same_and_nothing_comes_from_outside(compared, page, tmp_path):
    again = deflect.report(compared, tmp_path / "x.html", workers=1).read_text()
    assert again == page
    shown = Page(page)
    assert not [tag for tag, *_ in shown.attributes if tag in ("script", "link", "iframe", "object")]
    for tag, name, value in shown.attributes:
        if name in ("src", "href", "xlink:href", "srcset", "action"):
            assert value.startswith(("#", "data:image/png;base64,")), (tag, name, value[:80])
        assert not name.startswith("on"), (tag, name)
    assert "<script" not in page and "@import" not in page
    assert not re.search(r"url\((?!#)", page)


def test_no_two_pictures_share_an_id_and_what_they_refer_to_is_there(page):
    ids = re.findall(r'\bid="([^"]+)"', page)
    assert page.count('role="img"') == len(list(re.finditer("<figure>", page))) == 4
    assert len(ids) == len(set(ids)) > 100
    referred = set(re.findall(r'url\(#([^)]+)\)|href="#([^"]+)"', page))
    assert {one or other for one, other in referred} <= set(ids)


def test_a_picture_that_a_folder_does_not_have_as_svg_goes_in_as_it_is(lived, tmp_path):
    folder = shutil.copytree(lived, tmp_path / "old")
    (folder / "figure.svg").unlink()
    text = deflect.report(folder, runs=False).read_text()
    assert text.count('src="data:image/png;base64,') == 1


# --- with the unmeasured links off


def test_the_links_are_off_in_another_run_of_the_same_question(compared, page):
    found, off = gather.read(compared), gather.read(compared / "unmeasured_off")
    assert off.seeds == found.seeds
    for side, other in zip(found.sides, off.sides, strict=True):
        assert [getattr(other.scenario.switches, name) for name in UNMEASURED] == [1, 1, 1, 1]
        back = {name: getattr(side.scenario.switches, name) for name in UNMEASURED}
        restored = other.scenario.model_copy(update={"switches": other.scenario.switches.model_copy(update=back)})
        assert restored.hash == side.scenario.hash != other.scenario.hash
    alone = deflect.run(off.sides[1].scenario, seed=3)
    assert off.sides[1].digests[3] == alone.digest != found.sides[1].digests[3]
    same = sum(found.sides[i].digests[seed] == off.sides[i].digests[seed] for i in (0, 1) for seed in range(5))
    assert same < 10 and f"<p>{same} of 10 runs are the same" in page


def test_links_that_do_nothing_give_the_same_runs(tmp_path):
    nobody = dict.fromkeys(("population.oud_per_100k", "population.misuse_share_12plus"), 0)
    nobody |= dict.fromkeys(("drug_use.first_misuse_per_year", "drug_use.first_illicit_per_year"), 0)
    nobody |= {"population.remission_share_12plus": 0}
    folder = deflect.run(deflect.load("status_quo", nobody, **TOWN), seeds=2, workers=1).save(tmp_path / "calm")
    text = deflect.report(folder, workers=1).read_text()
    assert "All 2 runs are the same, byte for byte" in text


def test_links_that_are_off_are_not_lived_again(lived):
    found = gather.read(lived)
    off = found._replace(sides=[side._replace(scenario=unmeasured.off(side.scenario)) for side in found.sides])
    assert "these links are off in every scenario already" in unmeasured.look(off).why_not
    assert not (lived / "unmeasured_off").exists()


def test_runs_that_were_stopped_go_on_and_end_with_the_same_files(lived, tmp_path, monkeypatch):
    fresh = shutil.ignore_patterns("report.html")
    whole, stopped = (shutil.copytree(lived, tmp_path / name / "town", ignore=fresh) for name in ("whole", "stopped"))
    deflect.report(whole, workers=1)
    asked = []

    def live(scenarios, seed, progress=None):
        asked.append(seed)
        if len(asked) == 2:
            raise KeyboardInterrupt
        return live_branches(scenarios, seed, progress=progress)

    monkeypatch.setattr("deflect.experiments.kept.live_branches", live)
    with pytest.raises(KeyboardInterrupt):
        deflect.report(stopped, workers=1)
    assert asked == [0, 1] and not (stopped / "unmeasured_off").exists() and not (stopped / "report.html").exists()
    deflect.report(stopped, workers=1)
    assert asked == [0, 1, 1], "the first seed was lived already"
    files = sorted(path.relative_to(whole) for path in whole.rglob("*"))
    assert files == sorted(path.relative_to(stopped) for path in stopped.rglob("*"))
    assert all((whole / path).read_bytes() == (stopped / path).read_bytes() for path in files if path.suffix)


def test_without_runs_it_says_that_nobody_looked(lived, tmp_path):
    path = deflect.report(lived, tmp_path / "x.html", runs=False)
    assert "This was not looked at: the report was made with --no-runs" in path.read_text()
    assert not (lived / "unmeasured_off").exists()


def test_results_of_another_version_are_not_lived_again(lived, tmp_path):
    folder = shutil.copytree(lived, tmp_path / "old")
    told = json.loads((folder / "provenance.json").read_text())
    (folder / "provenance.json").write_text(json.dumps(told | {"code_sha256_16": "0" * 16}))
    assert "another version of the model" in unmeasured.why_not(gather.read(folder))
    assert unmeasured.why_not(gather.read(lived)) == ""


def test_a_factorial_is_lived_again_whole(combined):
    text = deflect.report(combined, workers=1).read_text()
    found, off = gather.read(combined), gather.read(combined / "unmeasured_off")
    assert [side.label for side in found.sides] == [side.label for side in off.sides] and len(off.sides) == 4
    assert [side.scenario.hash for side in found.sides] == [side.hash for side in found.sides]
    numbers = [told for told in Page(text).of("factorial.csv") if told[1].startswith("off/")]
    terms = rows_of(combined / "unmeasured_off" / "factorial.csv", ("outcome", "kind", "term"))
    assert len(numbers) > 20
    for row, column, value, _ in numbers:
        _, *term, end = column.split("/")
        assert terms["/".join((row.split("/")[0], *term))][end] == value


# --- the command, and what is refused


def test_the_command_says_where_the_page_is(lived, program):
    shutil.copytree(lived, "town")
    assert program("report", "town", "--no-runs") == (0, "town/report.html\n", "")
    assert program("report", "town", "--no-runs", "--out", "x.html") == (0, "x.html\n", "")
    assert Path("x.html").read_bytes() == Path("town/report.html").read_bytes()


def test_what_is_no_folder_of_results_is_one_message(lived, program):
    Path("empty").mkdir()
    copied = shutil.ignore_patterns("report.html")
    shutil.copytree(lived, "broken", ignore=copied)
    Path("broken/summary.csv").write_text("a,b\n1,2\n")
    shutil.copytree(lived, "parent/town", ignore=copied)
    for words, message in (
        (("none",), "none: there is no such folder of results"),
        (("empty",), "empty: holds no results of `deflect run`, `compare` or `factorial`"),
        (("parent",), "take one of those in it: parent/town"),
        (("broken",), "broken/summary.csv: is not whole: there is no outcome"),
        (("parent/town", "--out", "x.pdf"), "such as x.html"),
        (("parent/town", "--out", "no/x.html"), "no/x.html: there is no folder no"),
    ):
        code, out, err = program("report", *words, "--no-runs")
        assert (code, out) == (2, "") and message in err and len(err.splitlines()) == 1, err
    Path("parent/town/provenance.json").write_text("{}")
    assert program("report", "parent/town")[0] == 2
    assert not list(Path().rglob("*.html")) and not list(Path().rglob("*.part"))


def test_folders_of_other_commands_are_told_by_their_figures_and_tables(tmp_path, lived):
    folder = tmp_path / "other"
    folder.mkdir()
    shutil.copy(lived / "figure.svg", folder / "pareto.svg")
    (folder / "pareto.csv").write_text("mix,deaths\n" + "".join(f"m{i},{i}.123456\n" for i in range(40)))
    (folder / "provenance.json").write_text(json.dumps({"command": "deflect search x", "message": "Two mixes"}))
    text = deflect.report(folder).read_text()
    assert "<h1>Two mixes</h1>" in text and "The first 30 of 40 rows" in text and "deflect search x" in text
    assert 'value="7.123456"' in text and "This was not looked at" in text
    assert "The intervals are chance alone." in text


def test_where_every_number_was_drawn_the_intervals_are_not_called_chance_alone(tmp_path):
    folder = tmp_path / "draws"
    folder.mkdir()
    (folder / "draws.csv").write_text("draw,diff_deaths\n0,1.5\n")
    told = {"command": "deflect uncertainty a b", "message": "Unsure", "place": "Cabell County, WV", "years": 1}
    told |= {"policies": [{"name": "a"}, {"name": "b"}], "drawn": [{"path": "overdose.call_probability"}]}
    (folder / "provenance.json").write_text(json.dumps(told))
    text = deflect.report(folder).read_text()
    assert "<h1>Unsure</h1>" in text and "Cabell County, WV, 1 year, a and b." in text
    assert "The intervals are chance alone" not in text and "hold what is not known about the numbers" in text
