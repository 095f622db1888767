"""Pairs of runs: the same bytes whether the two policies share their past or not, whichever run ends first."""

from concurrent.futures import Executor, Future

import pytest
from deflect.experiments import pairs
from deflect.experiments.pairs import Half, live_pairs, quicker_shared
from deflect.experiments.run import run
from deflect.scenarios.load import load
from towns import BUSY

TOWN = BUSY | {"residents": 300, "years": 1, "place": "54011"}
YEAR, BURN_IN = 365, 730


@pytest.fixture
def policies():
    return load("status_quo", TOWN), load("full_package", TOWN)


class Backwards(Executor):
    """Runs the last call first, when all are there."""

    def __init__(self, calls: int):
        self.left, self.calls = calls, []

    def submit(self, fn, /, *args):
        self.calls.append((Future(), fn, args))
        self.left -= 1
        if not self.left:
            for future, call, some in reversed(self.calls):
                future.set_result(call(*some))
        return self.calls[-1][0]


def digests(found) -> list:
    return [tuple(one.digest for one in pair) for pair in found]


def test_a_shared_past_gives_the_bytes_of_two_runs(policies, monkeypatch):
    said = {True: [], False: []}
    found = {}
    for shared in (True, False):
        monkeypatch.setattr(pairs, "quicker_shared", lambda *_, shared=shared: shared)
        told = said[shared]
        found[shared] = live_pairs(policies, [4, 2], 1, progress=lambda *days, told=told: told.append(days))
    apart = [tuple(run(policy, seed).digest for policy in policies) for seed in (4, 2)]
    assert digests(found[True]) == digests(found[False]) == apart
    assert len({*apart[0], *apart[1]}) == 4, "the policy changes nothing here, so this shows nothing"
    assert said[True][-1] == (2 * (BURN_IN + 2 * YEAR),) * 2  # the burn-in once
    assert said[False][-1] == (4 * (BURN_IN + YEAR),) * 2


def test_policies_of_different_pasts_are_lived_each_by_itself(policies, monkeypatch):
    live_the_rest = pairs.live_the_rest

    def four_runs(lives, tasks, *rest):
        assert len(tasks) == 4, "a past was shared that is not the same"
        return live_the_rest(lives, tasks, *rest)

    monkeypatch.setattr(pairs, "live_the_rest", four_runs)
    other = load("full_package", TOWN | {"treatment.seek_per_year": 1.0})
    seen = {}
    found = live_pairs((policies[0], other), [3, 1], executor=Backwards(4), done=seen.__setitem__)
    assert digests(found) == [(run(policies[0], seed).digest, run(other, seed).digest) for seed in (3, 1)]
    assert sorted(seen) == [0, 1] and digests(seen[slot] for slot in (0, 1)) == digests(found)


@pytest.mark.parametrize(
    ("pairs", "workers", "years", "shared"),
    [
        (10, 1, 5, True),  # less work
        (10, 2, 1, True),
        (10, 20, 5, False),  # 12 years in place of 7, though they are less work
        (10, 10, 5, True),  # 12 years in place of twice 7
        (10, 15, 1, True),  # 4 years in place of twice 3: five processors have nothing to do in the end
        (3, 2, 5, False),  # two after the other, 24 years, in place of three halves, 21
    ],
)
def test_the_way_that_is_done_sooner_is_taken(pairs, workers, years, shared):
    both = tuple(load(name, {"years": years}) for name in ("status_quo", "more_slots"))
    assert quicker_shared(both, pairs, workers) is shared


def test_a_lost_run_is_named_by_its_seed_and_its_policy():
    assert f"the run of seed {Half(3, 1, 'more_slots')}" == "the run of seed 3 under more_slots"
