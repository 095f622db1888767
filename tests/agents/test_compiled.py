"""C9: every compiled decision equals its plain twin; and an edited rule is never answered from old compiled code."""

import inspect
import os
import shutil
import types
from functools import cache

import numpy as np
import pytest
from deflect.agents import child, compiled, dealings, officer, provider, resident, worker
from deflect.agents.child import CHILD
from deflect.agents.dealings import DEALINGS
from deflect.agents.officer import OFFICER
from deflect.agents.provider import PROVIDER
from deflect.agents.resident import HISTORY
from deflect.agents.worker import WORKER
from deflect.model import diary, network
from deflect.model.rules import leaving_by_day, make_rules, relapse_by_day, surge_by_day
from deflect.scenarios.load import load, policies
from deflect.scenarios.schema import fields
from numba.core.dispatcher import Dispatcher
from towns import ROOT, run_apart, scenario

TOWN = {"place": "54011", "years": 1, "residents": 300}
ROWS = 10_000
MODULES = (child, dealings, officer, provider, resident, worker)
DECISIONS = {
    f"{module.__name__}.{name}": function
    for module in MODULES
    for name, function in vars(module).items()
    if isinstance(function, Dispatcher) and function.py_func.__module__ == module.__name__
} | {f"{f.__module__}.{f.__name__}": f for f in (diary.days_until, diary.death_day, network.weight_of)}


@cache
def plain_names(module_name: str) -> dict:
    """Return the names of a module, its compiled functions replaced by plain ones."""
    names = dict(vars(inspect.importlib.import_module(module_name)))
    for name, value in list(names.items()):
        if isinstance(value, Dispatcher):
            home = value.py_func.__module__
            around = names if home == module_name else plain_names(home)
            names[name] = types.FunctionType(value.py_func.__code__, around, name)
    return names


def plain(function):
    """Return a compiled function as plain Python, with everything it calls."""
    return plain_names(function.py_func.__module__)[function.py_func.__name__]


# --- inputs: random ones, and every end of every range ---------------------------------------------

LARGEST, SMALLEST = (2**32 - 0.5) * 2.0**-32, 0.5 * 2.0**-32
HAZARDS = (0.0, 5e-324, 1e-300, 1e-18, 1e-9, 1 - 1e-16, 1.0, 5.0, 50.0, 800.0)
DAYS_EDGE = (-(10**6), -731, -730, -1, 0, 1, 365, 366, 3652, 3653, 10**6)


def rows_of(declaration, chance):
    """Return rows within the declared ranges: random, and each column at both ends while the others are random."""
    columns = declaration.columns
    rows = declaration.rows(ROWS + 2 * len(columns))
    for column in columns:
        low, high = column.low, min(column.high, 10**9)
        if column.type.startswith("f"):
            rows[column.name] = low + (high - low) * chance.random(len(rows)) ** 3
        else:
            rows[column.name] = chance.integers(low, high, len(rows), endpoint=True)
    for number, column in enumerate(columns):
        rows[column.name][ROWS + 2 * number] = column.low
        rows[column.name][ROWS + 2 * number + 1] = column.high
    return rows


LEVERS = (  # whose usual value is no effect
    *("coverage", "hours", "cit_share", "leader_endorses"),
    *("strain_burnout", "strain_peer_support", "strain_coach", "strain_destigmatising", "custody_fear_logit"),
)


def rules_of(chance):
    """Return numbers in force: those of the status quo, then each of them stretched at random, or zero."""
    usual = make_rules(scenario(100))
    rows = np.repeat(usual, 200).view(np.recarray)
    for name in usual.dtype.names:
        rows[name][1:] *= chance.choice([0.0, 0.5, 1.0, 2.0, 1.3], 199)
    rows.responder_per_minute = np.maximum(rows.responder_per_minute, 1.0)
    for name in LEVERS:
        rows[name] = chance.choice([0.0, 0.3, 1.0], 200)
    rows.seek_per_day *= chance.choice([1.0, 10.0, 1000.0], 200)
    return rows


def scalars(low, high, edges):
    """Return a maker of numbers in a range, the edges among them."""

    def make(chance, number):
        if number % 3 == 0:
            return edges[number // 3 % len(edges)]
        return type(edges[0])(low + (high - low) * chance.random())

    return make


numbers = {
    "u": scalars(0, 1, (SMALLEST, LARGEST, 0.5, 2.0**-20)),
    "hazard": scalars(0, 0.2, HAZARDS),
    "expected": scalars(0, 1e-3, HAZARDS),
    "keep": scalars(0, 1, (0.0, 0.5, 1.0)),
    "minutes": scalars(-1, 60, (-1.0, 0.0, 1e-9, 500.0)),
    "readiness": scalars(0, 5, (0.0, 20.0)),
    "wait_days": scalars(0, 100, (0, 1, 3, 4000)),
    "day": scalars(-730, 7300, DAYS_EDGE),
    "days": scalars(0, 4000, (0, 1, 3652, 3653, 10**6)),
    "born": scalars(-40_000, 0, (-60_000, -730, -1, 0)),
    "shift": scalars(0, 3, (0, 1, 2)),
    "sex": scalars(0, 2, (0, 1)),
    "kind": scalars(0, 4, (0, 1, 2, 3)),
    "offence": scalars(0, 3, (0, 1, 2)),
    "trust": scalars(-3, 3, (0.0, -20.0, 20.0)),
    "trauma_informed": scalars(0, 1, (0.0, 1.0)),
    "factor": scalars(0.5, 2, (0.0, 1.0)),
    "severity": scalars(0, 10, (0.0, 1.0, 7.5)),
    "load": scalars(0, 2, (0.0, 1.0, 2.0)),
    "cohesion": scalars(0, 1, (0.0, 0.5, 1.0)),
}
FLAGS = (
    *("seen", "public", "knows_law", "naloxone", "present"),
    *("supervised", "black", "referral", "offer", "handed_over", "police", "family", "early", "charged"),
    "child",  # of a decision about somebody else: one is there
)


class Inputs:
    """The arguments of one decision, by their names."""

    def __init__(self, name: str):
        self.chance = np.random.default_rng(list(name.encode()))  # noqa: NPY002
        self.tables = {
            "person": rows_of(HISTORY, self.chance),
            "child": rows_of(CHILD, self.chance),
            "dealings": rows_of(DEALINGS, self.chance),
            "worker": rows_of(WORKER, self.chance),
            "officer": rows_of(OFFICER, self.chance),
            "provider": rows_of(PROVIDER, self.chance),
            "rules": rules_of(self.chance),
        }
        usual = scenario(100)
        self.curves = {
            "relapse": relapse_by_day(usual),
            "surge": surge_by_day(usual),
            "leaving": leaving_by_day(usual),
            "hazards": self.chance.choice([1e-3, 1e-5, 1e-9, 0.5], (2, 18)),
        }

    def arguments(self, function, number: int):
        """Return the arguments for one call."""
        given = {}
        for name in inspect.signature(function).parameters:
            if name in self.tables and not (name in FLAGS and function.__module__ != child.__name__):
                rows = self.tables[name]
                given[name] = rows[number % len(rows)]
            elif name in self.curves:
                given[name] = self.curves[name]
            elif name in FLAGS:
                given[name] = bool(self.chance.random() < 0.5)
            else:
                given[name] = numbers[name](self.chance, number)
        self.keep_in_order(function.__name__, given)
        return list(given.values())

    def keep_in_order(self, name, given):
        """Hold what the world guarantees: nothing began in the future, and care or its absence fits the question."""
        if "person" in given and "day" in given:
            person, day = given["person"], given["day"]
            person.last_overdose, person.care_since = min(person.last_overdose, day), min(person.care_since, day)
        if name == "leaves_care":
            given["person"].care = resident.METHADONE + given["person"].care % 4
        if name == "death_day":
            given["born"] = min(given["born"], given["day"])


@pytest.mark.parametrize("name", DECISIONS)
def test_compiled_equals_plain(name):
    """Ten thousand random rows and all ends of all ranges; numbers must agree in the last bit.

    A decision that changes the row it is about must leave the same row behind.
    """
    function, twin, inputs = DECISIONS[name], plain(DECISIONS[name]), Inputs(name)
    answers = set()
    with np.errstate(all="ignore"):
        for number in range(ROWS + 2 * len(HISTORY.columns)):
            arguments = inputs.arguments(function.py_func, number)
            before = bytes(arguments[0]) if isinstance(arguments[0], np.record) else b""
            copies = [argument.copy() if isinstance(argument, np.record) else argument for argument in arguments]
            told, expected = np.float64(function(*arguments)), np.float64(twin(*copies))
            assert np.array_equal(told, expected, equal_nan=True), (arguments, told, expected)
            for argument, copy in zip(arguments, copies, strict=True):
                if isinstance(argument, np.record):
                    assert argument.tobytes() == copy.tobytes(), (arguments, argument, copy)
            changed = [one ^ other for one, other in zip(before, bytes(arguments[0]), strict=True)] if before else ()
            answers.add((told.tobytes(), *changed))
    assert len(answers) > 1, "always the same answer: these inputs cannot tell"


def test_every_decision_is_compared():
    assert len(DECISIONS) >= 18
    for module in MODULES:
        assert any(name.startswith(module.__name__) for name in DECISIONS), module
    # Each kind of agent is a file: a new one with decisions must be added to MODULES.
    for path in (ROOT / "agents").glob("*.py"):
        if "\n@compiled" in path.read_text():
            assert f"deflect.agents.{path.stem}" in {module.__name__ for module in MODULES}, path


def test_dates_far_away_are_never_tomorrow():
    """A hazard so small that the days until it overflow a whole number means never."""
    for days_until in (diary.days_until, plain(diary.days_until)):
        for hazard in (1e-17, 1e-19, 1e-25, 1e-300, 5e-324, 0.0):
            assert days_until(SMALLEST, hazard) == 10**6
            assert days_until(LARGEST, 5.0) == 0
    tiny = np.full((2, 18), 1e-25)
    for death_day in (diary.death_day, plain(diary.death_day)):
        assert death_day(-30_000, 0, 0, 0.5, tiny) >= 10**6


# --- compiled code is never older than its source ----------------------------------------------------

PROBE = """
from ..agents.compiled import compiled
from ..agents.resident import happens_within

@compiled(kept=True)
def twice(hazard):
    return 2.0 * happens_within(hazard)
"""
ASK = "from deflect.model.probe import twice; print(twice(0.5))"


def test_an_edited_helper_changes_the_next_run(tmp_path):
    """The cache folder stays the same; the helper lies in another file than the function that calls it."""
    root, cache_folder = tmp_path / "tree", tmp_path / "cache"
    for folder in ("agents", "model", "deflect", "scenarios"):
        shutil.copytree(ROOT / folder, root / folder, ignore=shutil.ignore_patterns("__pycache__", "*.csv"))
    (root / "model" / "probe.py").write_text(PROBE)

    def ask():
        answer = float(run_apart(ASK, cwd=tmp_path, root=root, DEFLECT_CACHE=str(cache_folder)))
        return answer, sorted(folder.name for folder in (cache_folder / "deflect").iterdir())

    before, folders = ask()
    assert before == pytest.approx(2 * (1 - np.exp(-0.5)))
    assert len(folders) == 1
    assert list((cache_folder / "deflect").rglob("*twice*.nbc")), "nothing was kept, so nothing can be stale"
    helper = root / "agents" / "resident.py"
    source = helper.read_text()
    edited = source.replace("    return 1.0 - math.exp(-hazard)", "    return 2.0 - math.exp(-hazard)")
    assert edited != source
    helper.write_text(edited)
    after, folders = ask()
    assert after == pytest.approx(2 * (2 - np.exp(-0.5))), "old compiled code was used"
    assert len(folders) == 2


WATCH = """
from numba.core.dispatcher import Dispatcher
called, compile_for = set(), Dispatcher._compile_for_args

def watched(self, *arguments, **named):
    called.add(self)
    return compile_for(self, *arguments, **named)

Dispatcher._compile_for_args = watched
import deflect
deflect.run(deflect.load("full_package", years=1, residents=500), seeds=1, workers=1)
print(len(called), *(f.py_func.__qualname__ for f in called if not f.stats.cache_path))
"""


def test_what_python_calls_is_kept_on_disk(tmp_path):
    """And nothing else: the code of a rule is within the file of every loop that calls it."""
    count, *forgotten = run_apart(WATCH, cwd=tmp_path).split()
    assert int(count) > 30, "the watch saw nothing"
    assert not forgotten, "compiled anew by every process: mark them kept=True"


def test_no_scenario_wants_code_of_its_own():
    """The numbers in force have one type, whatever is set: another one would be compiled for a minute."""
    optional = {spec.path: 3 for spec in fields() if spec.default is None and "." in spec.path}
    assert len(optional) > 3
    told = [load(name, TOWN) for name, _ in policies()] + [load("status_quo", TOWN | optional)]
    assert {make_rules(one).dtype for one in told} == {make_rules(scenario(100)).dtype}


def test_old_compiled_code_is_forgotten(tmp_path):
    """A version of the sources that nobody started for a week goes; what is in use stays."""
    old, young = tmp_path / "deflect" / "old", tmp_path / "deflect" / "young"
    for folder in (old, young):
        folder.mkdir(parents=True)
        (folder / "code.nbc").touch()
    os.utime(old, (0, 0))
    run_apart("import deflect.agents.compiled", cwd=tmp_path, DEFLECT_CACHE=str(tmp_path))
    assert not old.exists() and (young / "code.nbc").exists()


def test_the_name_of_the_cache_covers_every_rule(tmp_path):
    """Any file of agents or model, renamed, added or edited, gives another name."""
    for folder in ("agents", "model"):
        shutil.copytree(ROOT / folder, tmp_path / folder, ignore=shutil.ignore_patterns("__pycache__"))
    names = [compiled.source_hash(tmp_path)]
    assert names[0] == compiled.source_hash()
    for path in sorted(tmp_path.rglob("*.py")):
        path.write_text(path.read_text() + "\n")
        names.append(compiled.source_hash(tmp_path))
    (tmp_path / "model" / "processes" / "added.py").write_text("")
    names.append(compiled.source_hash(tmp_path))
    assert len(set(names)) == len(names) > 30
