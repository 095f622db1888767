"""One run: nothing but scenario and seed goes in, and its digest is its byte identity."""

import subprocess
import sys

import numpy as np
import pytest
from deflect.experiments import run as running
from deflect.experiments.digest import ARRAYS, digest
from deflect.experiments.run import run
from deflect.model import build
from deflect.model.outcomes import OUTCOMES
from deflect.model.rules import DAYS_A_YEAR
from deflect.model.world import DECLARATIONS, START_DAY
from deflect.scenarios import places
from deflect.scenarios.errors import InputError
from deflect.scenarios.load import load
from towns import BUSY, ROOT

TOWN = {"place": "54011", "residents": 300, "years": 1}


@pytest.fixture(scope="module")
def one():
    return run(load("status_quo", TOWN | BUSY), 5, events=True, keep_world=True)


def test_a_run_lives_its_burn_in_and_its_years(one):
    assert running.BURN_IN_DAYS == -START_DAY and running.DAYS_A_YEAR == DAYS_A_YEAR
    assert (one.days, one.world.day, one.residents, one.place_population) == (365, 365, 300, 93965)
    assert len(one.world.census) == 730 + 365
    assert running.policy_days(load("status_quo", {"years": 5})) == 1826
    assert list(one.monthly["month"][[0, -1]]) == [-24, 11]
    assert one.scale == 93965 / 300


def test_a_run_gives_what_its_events_say(one):
    assert set(one.outcomes) == {outcome.id for outcome in OUTCOMES} | {"person_years"}
    overdoses = (one.events.kind == 6) & (one.events.day >= 0)
    assert one.outcomes["overdoses"] == np.count_nonzero(overdoses) > 0
    assert one.monthly["overdoses"][24:].sum() == one.outcomes["overdoses"]
    assert one.events.dtype.names == one.world.events.dtype.names


def test_the_same_seed_gives_the_same_bytes_and_another_does_not(one):
    again = run(load("status_quo", TOWN | BUSY), 5)
    assert again.digest == one.digest and repr(again.outcomes) == repr(one.outcomes)
    assert (again.events, again.world, again.measured) == (None, None, None)
    assert run(load("status_quo", TOWN | BUSY), 6).digest != one.digest
    assert run(load("status_quo", TOWN | BUSY | {"treatment.intake_days": 6.0}), 5).digest != one.digest


def test_name_and_description_change_nothing(one):
    scenario = load("null", TOWN | BUSY | {"name": "another"})
    assert run(scenario, 5).digest == one.digest


def test_the_whole_of_a_place_is_everybody_in_it(monkeypatch):
    small = {"place": "48301", "years": 1}  # Loving County, Texas
    everybody = places.find("48301").population
    monkeypatch.setattr(build, "WHOLE_COUNTY_UP_TO", everybody - 1)
    whole = run(load("status_quo", small | {"residents": "whole"}), 0)
    assert whole.residents == everybody > run(load("status_quo", small), 0).residents
    assert whole.digest == run(load("status_quo", small | {"residents": everybody}), 0).digest
    monkeypatch.setattr(build, "MOST_RESIDENTS", everybody - 1)
    with pytest.raises(InputError, match="Loving County has .* run its counties"):
        run(load("status_quo", small | {"residents": "whole"}), 0)


def test_a_policy_leaves_the_burn_in_alone():
    before, after = (run(load(policy, TOWN | BUSY), 5).monthly for policy in ("status_quo", "more_slots"))
    for name in before:
        assert np.array_equal(before[name][:24], after[name][:24], equal_nan=True), name
    assert not np.array_equal(before["entries"][24:], after["entries"][24:])


def test_the_digest_sees_one_changed_value_anywhere(one):
    world, changed = one.world, []
    seen = digest(world)
    tables = [
        (name, column) for name in (*DECLARATIONS, "late_ties", "events") for column in world.rows(name).dtype.names
    ]
    for name, column in tables:
        changed.append((f"{name}.{column}", world.rows(name)[column]))
    changed += [(name, getattr(world.state, name)) for name in ARRAYS]
    changed.append(("census", world.census[:, 0]))
    for name, values in changed:
        if len(values):
            kept = values[-1].copy()
            values[-1] = values[-1] + 1 if values.dtype.kind != "b" else not kept
            assert digest(world) != seen, name
            values[-1] = kept
    assert digest(world) == seen


def test_the_digest_ignores_padding_and_spare_rows(one):
    world, padded = one.world, 0
    seen = digest(world)
    for name in DECLARATIONS:
        rows = getattr(world.state, name)
        padding = np.ones(rows.dtype.itemsize, bool)
        for type_, offset, *_ in rows.dtype.fields.values():
            padding[offset : offset + type_.itemsize] = False
        rows.view(np.uint8).reshape(len(rows), -1)[:, padding] = 99
        rows[len(world.rows(name)) :].view(np.uint8)[:] = 99
        padded += padding.sum() + len(rows) - len(world.rows(name))
    assert padded > 0 and digest(world) == seen


def test_progress_and_measure_are_told():
    said = []
    one = run(load("status_quo", TOWN), 1, progress=said.append, measure=lambda world: (world.day, world.seed))
    assert one.measured == (365, 1)
    assert said == sorted(set(said)) and said[0] <= 40 and said[-1] == 1095 and len(said) > 30


def test_a_users_ties_are_lived_with(tmp_path):
    scenario = load("status_quo", TOWN)
    nodes = "".join(f'<node id="{i}"/>' for i in range(300))
    graph = f'<graph edgedefault="undirected">{nodes}</graph>'
    text = f'<graphml xmlns="http://graphml.graphdrawing.org/xmlns">{graph}</graphml>'
    (tmp_path / "nobody.graphml").write_text(text)
    alone = run(scenario, 1, ties=tmp_path / "nobody.graphml", keep_world=True)
    assert len(alone.world.state.tie_to) == 0
    assert alone.digest == run(scenario, 1, ties=str(tmp_path / "nobody.graphml")).digest != run(scenario, 1).digest
    (tmp_path / "few.graphml").write_text(text.replace('<node id="299"/>', ""))
    with pytest.raises(InputError, match="few.graphml.*299 nodes"):
        run(scenario, 1, ties=tmp_path / "few.graphml")


@pytest.mark.parametrize("seed", (-1, 2**63))
def test_a_seed_that_is_none_is_refused(seed):
    with pytest.raises(InputError, match="seed"):
        run(load("status_quo", TOWN), seed)


def test_a_run_imports_neither_mesa_nor_pandas():
    code = (
        "import sys, deflect\n"
        "deflect.run(deflect.load('status_quo', residents=200, years=1), seed=1)\n"
        "print(*{name.partition('.')[0] for name in sys.modules})"
    )
    asked = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    loaded = set(asked.stdout.split())
    assert "numba" in loaded
    assert not loaded & {"mesa", "pandas", "matplotlib", "networkx", "typer", "rich", "pyarrow"}
