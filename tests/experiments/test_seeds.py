"""Which seeds a text or a number names."""

import numpy as np
import pytest
from deflect.experiments.provenance import seeds_text
from deflect.experiments.seeds import seeds_of
from deflect.scenarios.errors import InputError


@pytest.mark.parametrize(
    ("asked", "seeds"),
    [
        ("3", [0, 1, 2]),
        (3, [0, 1, 2]),
        ("3,5,9", [3, 5, 9]),
        ("9,3", [9, 3]),
        ("0-2", [0, 1, 2]),
        ("7-7", [7]),
        ("7,", [7]),
        (" 0-1, 9 ", [0, 1, 9]),
        ([4, 2], [4, 2]),
        (range(2), [0, 1]),
        (np.arange(2), [0, 1]),
        (f"{2**63 - 1},", [2**63 - 1]),
    ],
)
def test_seeds_are_read(asked, seeds):
    assert seeds_of(asked) == seeds
    assert all(type(seed) is int for seed in seeds_of(asked))
    assert seeds_of(seeds_text(seeds)) == seeds


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ("0", "at least one"),
        (0, "at least one"),
        (-3, "at least one"),
        ([], "at least one"),
        ("-3", "from 0"),
        ("", "write a count"),
        ("x", "write a count"),
        ("1.5", "write a count"),
        ("3,,5", "write a count"),
        ("5-3", "backwards"),
        ("3,5,3", "3 is named twice"),
        ([-1], "from 0"),
        ([1.5], "whole number"),
        ([True], "whole number"),
        (True, "how many"),
        (2.0, "how many"),
        (f"{2**63},", "2\\^63"),
        ("0-99999999999", "more than"),
        ("99999999999", "more than"),
    ],
)
def test_what_names_no_seeds_is_refused(asked, told):
    with pytest.raises(InputError, match=told):
        seeds_of(asked)
