"""Sets of agents as Mesa knows them, which hold their agents strongly.

Mesa's own AgentSet holds agents weakly: handles, made when somebody asks, would be gone at once.
"""

import operator
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from random import Random
from typing import Any, Literal

import numpy as np
from mesa.agentset import AbstractAgentSet, GroupBy

from ..scenarios.errors import InputError
from .handles import Handle


class Agents(AbstractAgentSet):
    """An ordered set of agents of any kind."""

    def __init__(self, agents: Iterable = (), random: Random | None = None):
        self._agents = dict.fromkeys(agents)
        first = next(iter(self._agents), None)
        self.random = random or (first.model.random if first is not None else Random(0))

    def _of(self, agents: Iterable) -> "Agents":
        """Return a set of these agents, which are all from this one."""
        return Agents(agents, self.random)

    @classmethod
    def _from_iterable(cls, agents):
        return Agents(agents)  # what `one | other` makes

    def _update(self, agents):
        self._agents = dict.fromkeys(agents)
        return self

    def __len__(self) -> int:
        return len(self._agents)

    def __iter__(self) -> Iterator:
        return iter(list(self._agents))

    def __contains__(self, agent) -> bool:
        return agent in self._agents

    def __repr__(self) -> str:
        return f"<{type(self).__name__}: {len(self)} agents>"

    def add(self, agent) -> None:
        """Add an agent."""
        self._agents[agent] = None

    def discard(self, agent) -> None:
        """Take an agent out of this set (not out of the community), if it is in it."""
        self._agents.pop(agent, None)

    def remove(self, agent) -> None:
        """Take an agent out of this set (not out of the community); KeyError if it is not in it."""
        if agent not in self:
            raise KeyError(agent)
        self.discard(agent)

    def copy(self) -> "Agents":
        """Return a set of the same agents, which stays as it is."""
        return self._of(self)

    __copy__ = copy

    def to_list(self) -> list:
        """Return the agents as a list."""
        return list(self)

    def get(self, attr_names, handle_missing: Literal["error", "default"] = "error", default_value: Any = None) -> list:
        """Return an attribute of each agent, or a list of attributes, as Mesa does."""
        if handle_missing not in ("error", "default"):
            raise ValueError(f"handle_missing is 'error' or 'default', not {handle_missing!r}")
        if not isinstance(attr_names, str):
            columns = [self.get(name, handle_missing, default_value) for name in attr_names]
            return [list(values) for values in zip(*columns, strict=True)]
        if handle_missing == "default":
            return [getattr(agent, attr_names, default_value) for agent in self]
        return [getattr(agent, attr_names) for agent in self]

    def set(self, attr_name: str, value: Any) -> "Agents":
        """Set an attribute of each agent to a value."""
        for agent in self:
            setattr(agent, attr_name, value)
        return self

    def select(
        self,
        filter_func: Callable | None = None,
        at_most: float = float("inf"),
        inplace: bool = False,
        agent_type: type | None = None,
        **values: Any,
    ) -> "Agents":
        """Return the agents for which `filter_func` is true, of a type, or whose attributes have these values.

        at_most: so many of them (int), or that share of all (float up to 1), from the front.
        values: `use=Use.OUD`, or a list of values any of which will do; read from columns, much faster than a function.
        """
        if isinstance(at_most, float) and at_most <= 1.0:
            at_most = int(len(self) * at_most)
        chosen = []
        for agent in self._having(values, agent_type):
            if len(chosen) >= at_most:
                break
            if filter_func is None or filter_func(agent):
                chosen.append(agent)
        return self._update(chosen) if inplace else self._of(chosen)

    def _having(self, values: dict[str, Any], agent_type: type | None) -> Iterable:
        for agent in self:
            if agent_type is None or isinstance(agent, agent_type):
                if all(getattr(agent, name, None) in any_of(value) for name, value in values.items()):
                    yield agent

    def groupby(self, by: Callable | str, result_type: Literal["agentset", "list"] = "agentset") -> GroupBy:
        """Group the agents by an attribute, or by what a function of an agent returns."""
        key = by if callable(by) else operator.attrgetter(by)
        groups = defaultdict(list)
        for agent in self:
            groups[key(agent)].append(agent)
        return Groups(dict(groups) if result_type == "list" else {k: self._of(v) for k, v in groups.items()})

    def shuffle(self, inplace: bool = False) -> "Agents":
        """Return the agents in random order, by the model's `random`."""
        agents = list(self)
        self.random.shuffle(agents)
        return self._update(agents) if inplace else self._of(agents)

    def sort(self, key: Callable | str, ascending: bool = False, inplace: bool = False) -> "Agents":
        """Return the agents ordered by an attribute or a function of an agent, highest first unless `ascending`."""
        key = key if callable(key) else operator.attrgetter(key)
        agents = sorted(self, key=key, reverse=not ascending)
        return self._update(agents) if inplace else self._of(agents)

    def do(self, method: str | Callable, *args, **kwargs) -> "Agents":
        """Call a method, or a function of an agent, for each; who has gone meanwhile is passed over."""
        for _ in self._calls(method, args, kwargs, self):
            pass
        return self

    def shuffle_do(self, method: str | Callable, *args, **kwargs) -> "Agents":
        """Do so in random order."""
        for _ in self._calls(method, args, kwargs, self.shuffle()):
            pass
        return self

    def map(self, method: str | Callable, *args, **kwargs) -> list:
        """Return what a method, or a function of an agent, gives for each."""
        return list(self._calls(method, args, kwargs, self))

    @staticmethod
    def _calls(method, args, kwargs, agents) -> Iterator:
        call = operator.methodcaller(method, *args, **kwargs) if isinstance(method, str) else None
        for agent in agents:
            if not isinstance(agent, Handle) or agent.is_here:
                yield call(agent) if call else method(agent, *args, **kwargs)


class Everyone(Agents):
    """All agents of a model: a set a kind, one after the other."""

    def __init__(self, parts: list, random: Random):
        self.parts, self.random = parts, random

    @property
    def _agents(self) -> dict:
        return dict.fromkeys(self)

    def _update(self, agents):
        raise InputError("the set of all agents of a model follows from it; use .copy() for one to change")

    add = discard = _update

    def __len__(self) -> int:
        return sum(len(part) for part in self.parts)

    def __iter__(self) -> Iterator:
        for part in self.parts:
            yield from part

    def __contains__(self, agent) -> bool:
        return any(agent in part for part in self.parts)

    def get(self, attr_names, handle_missing="error", default_value=None) -> list:
        """Return an attribute of each agent, or a list of attributes, kind by kind."""
        return [value for part in self.parts for value in part.get(attr_names, handle_missing, default_value)]

    def select(self, filter_func=None, at_most=float("inf"), inplace=False, agent_type=None, **values) -> Agents:
        """Return the agents that a function, a type or values of columns choose: see `Agents.select`."""
        fitting = [p for p in self.parts if agent_type and issubclass(getattr(p, "kind", object), agent_type)]
        if len(fitting) == 1 and not inplace and at_most == float("inf"):
            return fitting[0].select(filter_func, **values)
        return super().select(filter_func, at_most, inplace, agent_type, **values)


class Groups(GroupBy):
    """Groups of agents; a group over a table aggregates at the speed of its columns."""

    def agg(self, attr_name: str, func: Callable) -> dict:
        """Return a function of the values of an attribute for each group."""
        return {
            key: group.agg(attr_name, func) if isinstance(group, Agents) else Agents(group).agg(attr_name, func)
            for key, group in self.groups.items()
        }


def any_of(value) -> tuple:
    """Return a list of values as it is, one value as a list of one."""
    return tuple(value) if isinstance(value, (list, tuple, set, frozenset, np.ndarray)) else (value,)
