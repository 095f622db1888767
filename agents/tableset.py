"""The agents of one kind as a set over their table: columns are read, written, chosen and grouped whole."""

from collections.abc import Callable, Iterable, Iterator
from typing import Any

import numpy as np
from mesa.agentset import GroupBy

from ..scenarios.errors import InputError, nearest
from .agentset import Agents, Groups, any_of
from .handles import Handle


class TableSet(Agents):
    """The agents of one kind: everybody who is here, or chosen rows.

    Without `rows` the set follows the table: who is born joins it, who leaves is no longer in it.
    """

    def __init__(self, model, kind: type[Handle], rows: np.ndarray | None = None):
        self.model, self.kind, self.random = model, kind, model.random
        self._rows = rows

    @property
    def rows(self) -> np.ndarray:
        """Rows of the agents in their table, int64 (n,)."""
        if self._rows is not None:
            return self._rows
        here = self.kind.here(self.model.world)
        return np.arange(len(self.model.world.rows(self.kind.table))) if here is None else np.flatnonzero(here)

    @property
    def _agents(self) -> dict:
        return dict.fromkeys(self)

    def _of(self, agents) -> "TableSet":
        return self.at(np.fromiter((agent.row for agent in agents), np.int64))

    def at(self, rows: np.ndarray) -> "TableSet":
        """Return the agents of these rows as a set that stays as it is."""
        return TableSet(self.model, self.kind, rows)

    def _update(self, agents):
        self._rows = self._of(agents)._rows
        return self

    def __len__(self) -> int:
        return len(self.rows)

    def __iter__(self) -> Iterator[Handle]:
        model, at = self.model, self.kind.at
        for row in self.rows.tolist():
            yield at(model, row)

    def __contains__(self, agent) -> bool:
        if not isinstance(agent, Handle) or agent.model is not self.model or agent.table != self.kind.table:
            return False
        return agent.is_here if self._rows is None else bool((self._rows == agent.row).any())

    def __repr__(self) -> str:
        return f"<{len(self)} of {self.kind.__name__}>"

    def copy(self) -> "TableSet":
        """Return a set of the same agents, which stays as it is."""
        return self.at(self.rows.copy())

    __copy__ = copy

    def add(self, agent) -> None:
        """Add an agent of this kind to chosen ones."""
        self._refuse_if_following()
        if not isinstance(agent, Handle) or agent.table != self.kind.table or agent.model is not self.model:
            raise InputError(f"{agent!r} is not a {self.kind.__name__} of this model")
        if agent not in self:
            self._rows = np.append(self._rows, agent.row)

    def discard(self, agent) -> None:
        """Take an agent out of chosen ones, if it is among them."""
        self._refuse_if_following()
        if agent in self:
            self._rows = self._rows[self._rows != agent.row]

    def _refuse_if_following(self) -> None:
        if self._rows is None:
            raise InputError(f"the set of every {self.kind.__name__} follows the table; use .copy() for one to change")

    def _known(self, name: str):
        """Return what is shown under a name, None for any other attribute of the agents."""
        known = self.kind.shown.get(name)
        if known is None and not hasattr(self.kind, name) and name not in ("model", "row", "unique_id", "pos"):
            raise AttributeError(f"{self.kind.__name__} has no {name!r}{nearest(name, self.kind.shown)}")
        return known

    def get(self, attr_names, handle_missing="error", default_value=None) -> list:
        """Return an attribute of each agent, or a list of attributes, as Mesa does; columns are read whole."""
        if isinstance(attr_names, str) and handle_missing in ("error", "default"):
            known = self.kind.shown.get(attr_names) if handle_missing == "default" else self._known(attr_names)
            if known is not None:
                return known.words(self.model, self.rows)
        return super().get(attr_names, handle_missing, default_value)

    def column(self, name: str) -> np.ndarray:
        """Return the numbers of a column, int64 or float64 (n,): codes and rows as numbers, nan where there is none."""
        known = self._known(name)
        if known is None:
            raise InputError(f"{self.kind.__name__}.{name} is not a column{nearest(name, self.kind.shown)}; use get()")
        numbers, has = known.numbers(self.model.world, self.rows)
        return numbers if has is None or has.all() else np.where(has, numbers, np.nan)

    def set(self, attr_name: str, value: Any) -> "TableSet":
        """Set an attribute of each agent: to one value, or each to its own from an array or list of the same length."""
        known = self._known(attr_name)
        if known is None:
            return super().set(attr_name, value)
        if len(self):
            known.write(self.model, self.rows, value)
        return self

    def agg(self, attribute: str, func: Callable | Iterable[Callable]) -> Any:
        """Return a function of the values of an attribute, or a list of such; who has no value is left out."""
        known = self._known(attribute)
        if known is not None and known.plain:
            values, has = known.numbers(self.model.world, self.rows)
            values = values if has is None else values[has]
        else:
            values = [value for value in self.get(attribute) if value is not None]
        found = [f(values) for f in ([func] if callable(func) else func)]
        found = [value.item() if isinstance(value, np.generic) else value for value in found]
        return found[0] if callable(func) else found

    def where(self, mask) -> "TableSet":
        """Return the agents where `mask`, bool (n,) in the order of this set, is true."""
        mask = np.asarray(mask)
        if mask.dtype != bool or mask.shape != (len(self),):
            got = f"{mask.dtype} {mask.shape}"
            raise InputError(f"where: one True or False for each of {len(self)} agents is needed (got {got})")
        return self.at(self.rows[mask])

    def select(self, filter_func=None, at_most=float("inf"), inplace=False, agent_type=None, **values) -> "TableSet":
        """Return the agents that a function, a type or values of columns choose: see `Agents.select`."""
        if filter_func is not None:
            chosen = super().select(filter_func, at_most, False, agent_type, **values).rows
        else:
            chosen = self._having(values, agent_type).rows
            if at_most != float("inf"):
                share = isinstance(at_most, float) and at_most <= 1.0
                chosen = chosen[: int(len(self) * at_most) if share else int(at_most)]
        if inplace:
            self._rows = chosen
        return self if inplace else self.at(chosen)

    def _having(self, values, agent_type) -> "TableSet":
        rows = self.rows
        if agent_type is not None and not issubclass(self.kind, agent_type):
            rows = rows[:0]
        for name, value in values.items():
            known = self._known(name)
            if known is None:
                rows = Agents.select(self.at(rows), lambda agent, n=name, v=value: getattr(agent, n) in any_of(v)).rows
                continue
            numbers, has = known.numbers(self.model.world, rows)
            chosen = np.zeros(len(rows), bool)
            for one in any_of(value):
                if one is None:
                    chosen |= known.nothing(numbers, has)
                else:
                    chosen |= (numbers == known.number(self.model, one)) & (True if has is None else has)
            rows = rows[chosen]
        return self.at(rows)

    def groupby(self, by, result_type="agentset") -> GroupBy:
        """Group the agents by an attribute, or by what a function of an agent returns."""
        known = None if callable(by) else self._known(by)
        if known is None:
            return super().groupby(by, result_type)
        rows = self.rows
        numbers, has = known.numbers(self.model.world, rows)
        none = known.nothing(numbers, has)
        values, which, count = np.unique(numbers[~none], return_inverse=True, return_counts=True)
        parts = np.split(rows[~none][np.argsort(which, kind="stable")], np.cumsum(count)[:-1])
        groups = {known.word(self.model, n): self.at(part) for n, part in zip(values.tolist(), parts, strict=False)}
        if none.any():
            groups[None] = self.at(rows[none])
        return Groups({key: group.to_list() if result_type == "list" else group for key, group in groups.items()})

    def shuffle(self, inplace: bool = False) -> "TableSet":
        """Return the agents in random order, by the model's `random`."""
        rows = self.rows.tolist()
        self.random.shuffle(rows)
        return self._ordered(np.array(rows, dtype=np.int64), inplace)

    def sort(self, key, ascending: bool = False, inplace: bool = False) -> "TableSet":
        """Return the agents ordered by a column or a function, highest first unless `ascending`; no value, last."""
        known = None if callable(key) else self._known(key)
        if known is None:
            return super().sort(key, ascending, inplace)
        numbers = self.column(key)
        return self._ordered(self.rows[np.argsort(numbers if ascending else -numbers, kind="stable")], inplace)

    def _ordered(self, rows, inplace: bool) -> "TableSet":
        if inplace:
            self._rows = rows
        return self if inplace else self.at(rows)
