"""The pointer that compiled code receives: short of name, and no Python runs on the way in."""

import sys

import numba
import numpy as np
import pytest
from deflect.model.processes.census import _count
from deflect.model.view import StateType
from deflect.model.world import State
from numba import typeof
from towns import town

pytestmark = pytest.mark.skipif(numba.config.DISABLE_JIT, reason="without compilation there is no pointer")


def test_no_python_runs_when_a_compiled_function_is_called():
    """Numba asks an argument for its type where it swallows every exception, a Ctrl-C too."""
    world = town(50)
    _count(world.view)
    called = []
    sys.setprofile(lambda frame, event, _: called.append(frame.f_code.co_qualname) if event == "call" else None)
    try:
        _count(world.view)
    finally:
        sys.setprofile(None)
    assert called == []


def test_states_of_other_fields_have_another_short_name():
    """The name goes into that of every compiled function; two types of one name would share their code."""
    world = town(50)
    fields = [(name, typeof(array)) for name, array in zip(State._fields, world.state, strict=True)]
    one, same, other = StateType(fields), StateType(fields), StateType([*fields[:-1], ("census", typeof(np.zeros(1)))])
    assert one is same and one != other and one.name != other.name
    assert len(one.name) < 20
