"""Every number has a row, every row a use or a reason."""

import dataclasses
import math
import re

import pytest
from deflect.agents.resident import RACES
from deflect.model.graph import TieNumbers
from deflect.model.graph_circles import CircleNumbers
from deflect.model.graph_kin import KinNumbers
from deflect.model.population_shares import HouseholdShares
from deflect.scenarios import evidence as base
from deflect.scenarios.errors import InputError
from deflect.scenarios.evidence import evidence, registry, search, targets
from deflect.scenarios.schema import Scenario, fields

ROWS = list(registry().values())
SPECS = [spec for spec in fields() if spec.kind != "setting"]
USED = {spec.evidence for spec in SPECS}  # by the scenario
BUILDS = {row.id for row in ROWS if row.builds}  # by what is built outside it
INDIRECT = {id for row in ROWS for id in row.informed_by}


def test_every_field_names_a_row():
    assert [spec.path for spec in SPECS if spec.evidence not in registry()] == []


def test_every_row_is_used_or_says_why_not():
    used = USED | BUILDS | INDIRECT
    assert [row.id for row in ROWS if row.id not in used and not row.unused] == []


def test_no_row_in_use_says_it_is_unused():
    assert [row.id for row in ROWS if row.unused and row.id in USED | BUILDS] == []
    assert {row.unused.partition(":")[0] for row in ROWS if row.unused} == {"later", "comparison only"}


def rows_of(numbers):
    """Return the rows that the fields of a dataclass name."""
    return [field.metadata["evidence"] for field in dataclasses.fields(numbers) if "evidence" in field.metadata]


def test_rows_that_build_are_those_the_model_reads():
    circles = [f"{who}_{field.name}" for who in ("friend", "couse") for field in dataclasses.fields(CircleNumbers)]
    graph = [*rows_of(TieNumbers), *rows_of(KinNumbers), *circles]
    assert sorted(rows_of(HouseholdShares)) == sorted(row.id for row in ROWS if row.builds == "population")
    assert sorted(graph) == sorted(row.id for row in ROWS if row.builds == "community graph")
    assert len(rows_of(HouseholdShares)) == len(dataclasses.fields(HouseholdShares))
    assert len(BUILDS) > 90


def test_no_row_stands_behind_two_fields():
    named = [spec.evidence for spec in SPECS] + sorted(BUILDS)
    assert sorted(named) == sorted(set(named))


def test_tables_by_race_are_in_the_order_of_races():
    for id in ("pop_race_by_home", "pop_neighbourhood_axis"):
        assert tuple(evidence(id).series) == RACES


def test_a_row_that_builds_changes_the_hash_of_a_scenario(monkeypatch):
    hashes = {Scenario().hash, Scenario(name="again").hash}
    assert len(hashes) == 1
    for id in sorted(BUILDS):
        rows = dict(registry())
        rows[id] = dataclasses.replace(rows[id], value=rows[id].value + 1)
        with monkeypatch.context() as patch:
            patch.setattr(base, "registry", lambda rows=rows: rows)
            hashes.add(Scenario().hash)
    rows = registry() | {"po_response_min": dataclasses.replace(evidence("po_response_min"), note="Other words.")}
    monkeypatch.setattr(base, "registry", lambda: rows)
    hashes.add(Scenario().hash)  # words change nothing
    assert len(hashes) == 1 + len(BUILDS)


def test_every_judgement_is_used_and_bounded():
    judgements = [row for row in ROWS if row.role == "judgement"]
    assert len(judgements) > 250
    for row in judgements:
        assert row.id in USED | BUILDS | INDIRECT, row.id
        assert row.quality == "C" and row.note, row.id
        assert row.verified.startswith(("assumed", "derived from ")), row.id
        levers = row.note.startswith("A lever") or row.value is None or isinstance(row.value, bool)
        assert levers or row.series or row.low is not None, f"{row.id} has no range"


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.id)
def test_row_is_whole(row):
    assert row.meaning and row.unit and row.source and row.verified
    assert row.quality in ("A", "B", "C")
    assert row.role in ("input", "check", "context", "judgement")
    assert set(row.informed_by) <= set(registry())
    assert (row.low is None) == (row.high is None)
    if row.low is not None:
        assert row.low <= row.value <= row.high
        assert all(math.isfinite(number) for number in (row.low, row.value, row.high))
        assert row.distribution.get("family")
    if row.unit.startswith("USD"):
        assert row.currency_year or "Currency year not stated" in row.note
    if row.unused.startswith("comparison only: the model uses "):
        other = row.unused.removeprefix("comparison only: the model uses ")
        assert row.id in evidence(other).note


@pytest.mark.parametrize("target", targets().values(), ids=lambda target: target.id)
def test_target_is_whole(target):
    assert target.role in ("calibration", "validation")
    assert target.low <= target.value <= target.high
    assert all((target.meaning, target.unit, target.acceptance, target.source, target.verified, target.independence))
    assert set(target.linked_rows) <= set(registry())


def test_counts():
    # 340 published rows, five national tables, five surveys of friends and kin; nothing may be lost on the way.
    assert len([row for row in ROWS if row.role != "judgement"]) == 350
    assert len(targets()) == 58
    assert not set(targets()) & set(registry())


def test_published_ranges_hold_the_judgements_made_inside_them():
    assert evidence("rate_misuse_to_oud").low <= evidence("misuse_to_oud_model").value
    assert evidence("misuse_to_oud_model").value <= evidence("rate_misuse_to_oud").high
    assert evidence("oud_stock_per_100k").value == pytest.approx(
        1e5 * 0.85 * evidence("oud_prev_us_12plus_adjusted").value, rel=0.001
    )


def test_national_tables_give_the_published_summaries():
    mortality = evidence("us_mortality_by_age_sex").series
    assert [len(mortality[sex]) for sex in ("female", "male")] == [18, 18]
    for sex, published in (("female", 79.3), ("male", 73.5)):
        alive = expectancy = 0.0
        alive = 1.0
        for rate in mortality[sex][:-1]:
            expectancy += alive * (1 - math.exp(-5 * rate)) / rate
            alive *= math.exp(-5 * rate)
        assert expectancy + alive / mortality[sex][-1] == pytest.approx(published, abs=0.3)
    births = evidence("us_fertility_by_age").series
    assert 5 * (sum(births.values()) + 0.2 + 0.9) == pytest.approx(1664.0, abs=0.1)


def test_rows_are_frozen():
    with pytest.raises(dataclasses.FrozenInstanceError):
        evidence("po_response_min").value = 1


def test_unknown_row_names_the_nearest():
    with pytest.raises(InputError, match="no evidence row 'po_respons_min', did you mean 'po_response_min'"):
        evidence("po_respons_min")


def test_search_wants_every_word_and_puts_the_best_first():
    found = search("Naloxone KIT cost")
    assert found[0].id == "cost_naloxone_kit"
    for row in found:
        text = " ".join((row.id, row.meaning, row.source, row.note)).lower()
        assert all(word in text for word in ("naloxone", "kit", "cost"))
    assert search("naloxone zebra") == [] and search("  ") == []


def test_an_id_taken_twice_is_refused(tmp_path):
    text = (base.FOLDER / "demography.yaml").read_text()
    (tmp_path / "a.yaml").write_text(text)
    (tmp_path / "b.yaml").write_text(text)
    with pytest.raises(ValueError, match=r"b\.yaml: the id 'us_mortality_by_age_sex' is taken twice"):
        base._by_id(base.Evidence, [tmp_path / "a.yaml", tmp_path / "b.yaml"])


def test_people_come_first_in_the_words():
    unkind = re.compile(r"\b(addicts?|abusers?|junkie|(drug|opioid|heroin|fentanyl|illicit) users?)\b", re.IGNORECASE)
    for row in [*ROWS, *targets().values()]:
        assert not unkind.search(f"{row.meaning} {row.note}"), row.id
