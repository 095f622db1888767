"""The state of a world as compiled code receives it: one pointer instead of forty arrays.

Passing the arrays themselves makes every call carry some three hundred values: compiling took four
times as long, and a call from Python 19 instead of 1.4 microseconds. Without compilation the state
is passed as it is, so the same functions run in both.
"""

from functools import cache
from hashlib import sha256
from types import FunctionType

import numba
from numba import typeof
from numba.core import types
from numba.experimental import structref
from numba.experimental.structref import new

from ..agents.compiled import compiled


@structref.register
class StateType(types.StructRef):
    """The type of a state in compiled code; its fields are those of `world.State`.

    Its name is short: Numba makes it part of the name of every compiled function. With all fields and their
    columns in it, that was 100 kB a function and most of the memory a process held.
    """

    def __init__(self, fields):
        super().__init__(fields)
        self.name = f"State{sha256(self.name.encode()).hexdigest()[:12]}"


class StateView(structref.StructRefProxy):
    """A state of compiled code, as Python holds it."""

    __slots__ = ()
    # The slot itself, not a property: Numba loses a Ctrl-C that arrives while Python code answers it.
    _numba_type_ = structref.StructRefProxy._type


structref.define_boxing(StateType, StateView)


def view_of(state):
    """Return what compiled functions take as their `world`; it shares the memory of the arrays."""
    if numba.config.DISABLE_JIT:
        return state
    types_of_fields = tuple((name, _type_of(array)) for name, array in zip(state._fields, state, strict=True))
    return _maker(types_of_fields)(state)


_TYPES: dict[tuple, types.Type] = {}


def _type_of(array):
    """Return Numba's type of an array; working it out takes 40 microseconds, and a growing world asks often."""
    flags = array.flags
    key = array.dtype, array.dtype.type, array.ndim, flags.c_contiguous, flags.writeable, flags.aligned
    if key not in _TYPES:
        _TYPES[key] = typeof(array)
    return _TYPES[key]


@cache
def _maker(types_of_fields):
    """Return the compiled function that puts the arrays of a state behind one pointer."""
    # The type is a global of the function, not a closure: Numba keeps no compiled closures over types.
    named = globals() | {"view_type": StateType(types_of_fields)}
    return compiled(FunctionType(_view.__code__, named, "_view"), kept=True)


view_type = None  # known when the first state is


def _view(state):
    view = new(view_type)
    view.clock = state.clock
    view.rules = state.rules
    view.residents = state.residents
    view.households = state.households
    view.histories = state.histories
    view.dealings = state.dealings
    view.children = state.children
    view.officers = state.officers
    view.posts = state.posts
    view.workers = state.workers
    view.agencies = state.agencies
    view.providers = state.providers
    view.tie_start = state.tie_start
    view.tie_to = state.tie_to
    view.tie_kind = state.tie_kind
    view.tie_weight = state.tie_weight
    view.late_first = state.late_first
    view.late_ties = state.late_ties
    view.diary_first = state.diary_first
    view.diary_next = state.diary_next
    view.luck = state.luck
    view.queue = state.queue
    view.roll = state.roll
    view.cases = state.cases
    view.roster = state.roster
    view.roster_start = state.roster_start
    view.hand_off = state.hand_off
    view.policing_factor = state.policing_factor
    view.seized_until = state.seized_until
    view.normal_bins = state.normal_bins
    view.contact_bins = state.contact_bins
    view.response_factor = state.response_factor
    view.frailty_bins = state.frailty_bins
    view.cohesion_bins = state.cohesion_bins
    view.uses_alone_bins = state.uses_alone_bins
    view.relapse = state.relapse
    view.surge = state.surge
    view.leaving = state.leaving
    view.death_hazard = state.death_hazard
    view.birth_hazard = state.birth_hazard
    view.first_use_shape = state.first_use_shape
    view.start_shares = state.start_shares
    view.events = state.events
    view.census = state.census
    return view
