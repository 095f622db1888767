"""Chance: the published generator, streams for ever, uniform and independent draws, and no chance from elsewhere."""

import ast
import json
from pathlib import Path

import numpy as np
import pytest
from deflect.model.randomness import TO_UNIT, Stream, block, draw, draws, philox
from scipy import stats
from towns import ROOT, run_apart

STREAMS = Path(__file__).with_name("streams.txt")
WORD = 2**32 - 1

# Known answers of the Random123 distribution for philox4x32 with 10 rounds: counter, key, result.
KNOWN = [
    ((0, 0, 0, 0), (0, 0), (0x6627E8D5, 0xE169C58D, 0xBC57AC4C, 0x9B00DBD8)),
    ((WORD,) * 4, (WORD,) * 2, (0x408F276D, 0x41C83B0E, 0xA20BC7C6, 0x6D5451FD)),
    (
        (0x243F6A88, 0x85A308D3, 0x13198A2E, 0x03707344),  # the digits of pi
        (0xA4093822, 0x299F31D0),
        (0xD16CFE09, 0x94FDCCEB, 0x5001E420, 0x24126EA1),
    ),
]


def plain_philox(counter, key):
    """Philox 4x32-10 once more, from the paper, in whole numbers that cannot overflow.

    NumPy's own Philox is the 4x64 variant and cannot serve as the second opinion.
    """
    c, (k0, k1) = list(counter), key
    for _ in range(10):
        left, right = 0xD2511F53 * c[0], 0xCD9E8D57 * c[2]
        c = [(right >> 32) ^ c[1] ^ k0, right % 2**32, (left >> 32) ^ c[3] ^ k1, left % 2**32]
        k0, k1 = (k0 + 0x9E3779B9) % 2**32, (k1 + 0xBB67AE85) % 2**32
    return tuple(c)


def random_words(rows, columns):
    """Return words for test inputs: fixed, and not from the generator that is tested."""
    return np.random.default_rng(7).integers(0, 2**32, (rows, columns)).tolist()  # noqa: NPY002


# --- A1 --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("counter", "key", "expected"), KNOWN)
def test_philox_gives_the_known_answers(counter, key, expected):
    assert tuple(int(word) for word in philox(*counter, *key)) == expected
    assert plain_philox(counter, key) == expected
    uncompiled = getattr(philox, "py_func", philox)
    assert uncompiled(*counter, *key) == expected


def test_philox_agrees_with_the_plain_one_everywhere():
    edges = [[a, b, a, b, a, b] for a in (0, 1, WORD) for b in (0, 2**31, WORD)]
    for words in edges + random_words(2000, 6):
        assert tuple(int(word) for word in philox(*words)) == plain_philox(words[:4], words[4:]), words


@pytest.mark.parametrize("seed", [0, 1, 2**31, 2**32, 2**63 - 1])
@pytest.mark.parametrize("who", [0, 7, 2**32 + 7, 2**62 + 5, 2**63 - 1])
@pytest.mark.parametrize("day", [-730, -1, 0, 20_000])
@pytest.mark.parametrize("k", [0, 3, 65_535])
def test_an_address_takes_up_every_bit_of_its_parts(seed, who, day, k):
    for stream in (0, 5, 19):
        counter = (who % 2**32, who >> 32, day % 2**32, (k << 16) | (stream // 4))
        words = plain_philox(counter, (seed % 2**32, seed >> 32))
        assert tuple(int(word) for word in block(seed, stream, who, day, k)) == words
        assert draw(seed, stream, who, day, k) == (words[stream % 4] + 0.5) / 2**32
        assert draws(seed, stream, np.array([who]), day, k)[0] == (words[stream % 4] + 0.5) / 2**32


def test_no_draw_is_zero_or_one():
    assert 0.0 < 0.5 * TO_UNIT and (WORD + 0.5) * TO_UNIT < 1.0


# --- A3 --------------------------------------------------------------------------------------------


def test_streams_are_registered_once_and_only_appended():
    registered = dict(line.split() for line in STREAMS.read_text().splitlines())
    assert len(registered) == len(STREAMS.read_text().splitlines()), "a number is listed twice"
    # Aliases of one number would not be members, so look at all names.
    present = {str(int(number)): name for name, number in Stream.__members__.items()}
    assert len(present) == len(Stream.__members__), "two streams share a number"
    assert present == registered, "append new streams to tests/model/streams.txt; never change a line of it"
    assert sorted(map(int, registered)) == list(range(len(registered)))
    # Four words make a block and a stream's block number has 16 bits.
    assert max(Stream) < 4 * 2**16


def test_plain_copies_of_stream_numbers_are_right():
    """Compiled code keeps streams as plain whole numbers, `_KITS = 16`: they must be those of the registry."""
    short = {"_SCENE": "OVERDOSE_SCENE", "_PRIORITY": "SLOT_PRIORITY"}
    seen = set()
    for path in sorted((ROOT / "model").rglob("*.py")):
        for node in ast.parse(path.read_text()).body:
            for name, value in _plain_numbers(node):
                stream = short.get(name, name.removeprefix("_"))
                if name.startswith("_") and stream in Stream.__members__ and path.name != "randomness.py":
                    assert value == Stream[stream], f"{path.name}: {name} is {value}"
                    seen.add((path.name, stream))
    assert len(seen) >= 15, seen


def _plain_numbers(node):
    if not isinstance(node, ast.Assign):
        return
    target, value = node.targets[0], node.value
    pairs = zip(target.elts, value.elts, strict=True) if _tuples(target, value) else [(target, value)]
    for name, number in pairs:
        if isinstance(name, ast.Name) and isinstance(number, ast.Constant) and isinstance(number.value, int):
            yield name.id, number.value


def _tuples(target, value):
    return isinstance(target, ast.Tuple) and isinstance(value, ast.Tuple)


# --- A4 --------------------------------------------------------------------------------------------
# Fixed seeds: the bounds lie at five standard deviations or more, and a shift of a hundredth is seen.

N = 100_000
PEOPLE = np.arange(N)
HERE = {"seed": 1, "stream": 1, "who": PEOPLE, "day": 0, "k": 0}


@pytest.mark.parametrize("stream", list(Stream))
@pytest.mark.parametrize("seed", [0, 1])
def test_draws_are_uniform(stream, seed):
    u = draws(seed, stream, PEOPLE, -730)
    assert stats.kstest(u, "uniform").statistic * np.sqrt(N) < 2.75
    bits = (u[:, None] * 2.0 ** np.arange(1, 33)).astype(np.int64) % 2
    assert abs(bits.mean(axis=0) - 0.5).max() < 5.5 * 0.5 / np.sqrt(N)


@pytest.mark.parametrize(
    "neighbour",
    [
        {"who": PEOPLE + 1},
        {"who": PEOPLE + 2**32},
        {"day": 1},
        {"day": -1},
        {"k": 1},
        {"stream": 2},
        {"stream": 5},
        {"seed": 2},
        {"seed": 1 + 2**32},
        {"seed": 2, "stream": 0},
        {"seed": 2, "who": PEOPLE - 1},
        {"day": 1, "who": PEOPLE - 1},
    ],
    ids=str,
)
def test_neighbouring_addresses_are_independent(neighbour):
    u, v = draws(**HERE), draws(**(HERE | neighbour))
    assert abs(np.corrcoef(u, v)[0, 1]) * np.sqrt(N) < 5
    # Also where a straight line sees nothing: an 8 x 8 table of counts, 49 degrees of freedom.
    table = np.histogram2d(u, v, bins=8, range=[[0, 1], [0, 1]])[0]
    assert stats.chi2_contingency(table)[1] > 1e-6
    assert (u == v).mean() < 1e-3


def test_no_stream_of_one_seed_is_a_stream_of_another():
    """Every pair of seed, stream, day and number, in place and one person along: keys that are added would coincide."""
    people = np.arange(1001)
    addresses = [(s, t, d, k) for s in range(6) for t in range(20) for d in (-1, 0, 1) for k in (0, 1, 2)]
    u = np.array([draws(s, t, people, d, k) for s, t, d, k in addresses]) * np.sqrt(12) - np.sqrt(3)
    for a, b in ((u[:, :-1], u[:, :-1]), (u[:, 1:], u[:, :-1])):
        r = a @ b.T / np.sqrt(a.shape[1])
        if np.shares_memory(a, b) and a.ctypes.data == b.ctypes.data:
            np.fill_diagonal(r, 0)
        assert abs(r).max() < 6.6, [addresses[i] for i in np.unravel_index(abs(r).argmax(), r.shape)]


# --- A5 --------------------------------------------------------------------------------------------

WITHOUT_OTHER_CHANCE = """
import os, random, secrets, time, uuid, datetime
import numpy as np
from towns import BUSY, digest, lived, scenario
from deflect.model.build import build
from deflect.scenarios.places import find

chosen = scenario(60, **BUSY)

def forbidden(*arguments, **named):
    raise AssertionError("chance or a clock from elsewhere")

for module in (random, np.random, uuid, secrets):
    for name in dir(module):
        if callable(getattr(module, name)) and not name.startswith("_") and not isinstance(getattr(module, name), type):
            setattr(module, name, forbidden)
for module, names in (
    (random, ["Random", "SystemRandom"]),
    (np.random, ["Generator", "RandomState", "default_rng", "SeedSequence", "Philox", "PCG64", "MT19937"]),
    (os, ["urandom", "getrandom", "getpid"]),
    (time, ["time", "time_ns", "perf_counter", "perf_counter_ns", "monotonic", "monotonic_ns", "process_time"]),
    (datetime, ["datetime", "date"]),
):
    for name in names:
        setattr(module, name, forbidden)

world = lived(build(chosen, 3), 60)
assert len(world.events) > 20, len(world.events)
print(digest(world))
"""


def test_no_other_chance_and_no_clock_is_used():
    """Build a town and live in it where every other source of chance raises; plain, so that rules are seen too."""
    assert len(run_apart(WITHOUT_OTHER_CHANCE, NUMBA_DISABLE_JIT="1")) == 64


LOADED = """
import json, sys
import deflect.model.build, deflect.model.day, deflect.model.outcomes, deflect.model.snapshot
names = [name for name in sys.modules if name.startswith(("deflect.agents", "deflect.model"))]
print(json.dumps([sys.modules[name].__file__ for name in names]))
"""


def test_no_source_of_chance_or_time_is_imported():
    """A call that a tiny town does not reach is seen in the source of all that building and living loads.

    The face for Mesa is not among it: there a user may bring chance of their own.
    """
    forbidden = {"random", "secrets", "uuid", "time", "datetime"}
    files = [Path(file) for file in json.loads(run_apart(LOADED))]
    assert len(files) > 30
    for path in files:
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Import):
                assert not forbidden & {alias.name.split(".")[0] for alias in node.names}, path
            elif isinstance(node, ast.ImportFrom) and node.level == 0:
                assert node.module.split(".")[0] not in forbidden, path
            elif isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
                assert not (node.value.id in ("np", "numpy") and node.attr == "random"), path
                assert not (node.value.id == "os" and node.attr in ("urandom", "getrandom")), path
            elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
                assert node.func.id not in ("hash", "id"), f"{path}: `{node.func.id}` differs from run to run"


# --- one address, one decision -----------------------------------------------------------------------

RECORD_ADDRESSES = """
import json, sys
from collections import defaultdict
from towns import BUSY, lived, scenario
from deflect.model import randomness
from deflect.model.build import build

plain, used = randomness.philox, defaultdict(list)

def recording(*counter_and_key):
    # Who asked: `block` was called by `draw`, or directly for all words of a block.
    inside = sys._getframe(1)
    asks, address = inside.f_back, inside.f_locals
    if asks.f_code.co_name == "draw":
        streams = [int(address["stream"])]
        asks = asks.f_back
        while asks.f_code.co_name in ("_draws", "draws"):
            asks = asks.f_back
    else:
        first = int(address["stream"])
        # The day draws streams 0-3 at once, and an officer's day 32-35.
        streams = range(first, first + 4) if first in (0, 32) else [first]
    for stream in streams:
        at = (int(address["seed"]), stream, int(address["who"]), int(address["day"]), int(address["k"]))
        used[at].append(f"{asks.f_code.co_name}:{asks.f_lineno}")
    return plain(*counter_and_key)

randomness.philox = recording
mortal = BUSY | {"demography.mortality_scale": 60.0}
for seed, residents, days, numbers in ((1, 500, 90, BUSY), (2, 700, 60, mortal)):
    world = lived(build(scenario(residents, **numbers), seed), days)
    assert len(world.events) > 100
twice = [[*at, *sorted(set(sites))] for at, sites in used.items() if len(sites) > 1]
print(json.dumps([len(used), twice]))
"""

# A number that a person keeps while waiting is looked up again every day: the same decision, not another.
KEPT = {int(Stream.SLOT_PRIORITY)}
# And so is a trait of a child, when a parent's disorder begins: stream, number.
TRAIT = int(Stream.CHILD), 0


def test_no_draw_decides_twice():
    """Record every address drawn while towns are built and lived in: none may be drawn again for something else."""
    drawn, twice = json.loads(run_apart(RECORD_ADDRESSES, NUMBA_DISABLE_JIT="1"))
    assert drawn > 50_000
    assert [at for at in twice if at[1] not in KEPT and (at[1], at[4]) != TRAIT] == []
