"""The space of mixes: which values a mix sets, what it costs a year, and how it is made to fit the budget.

A mix is a step of each lever. Its price is what its levers cost in the dearest year over the status quo, the base
policy's own levers among them (model/budget.py). It is known before any run: a mix over the budget is drawn back toward
buying nothing, all levers alike, until it fits.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from ...model.budget import dearest
from ...scenarios.errors import InputError
from ..differences import changed, value_at
from .levers import Lever

if TYPE_CHECKING:
    from ...scenarios.schema import Scenario

type Mix = tuple[int, ...]

FINE = 64  # parts in which a mix is drawn back


@dataclass(frozen=True)
class Space:
    """Every mix of the levers that the budget allows. `always` is set in every mix, and not in the base."""

    base: "Scenario"
    levers: tuple[Lever, ...]
    always: Mapping[str, Any]
    budget: float  # dollars of the base's price year, a year

    @cached_property
    def nothing(self) -> Mix:
        """The mix that buys nothing."""
        return tuple(lever.nothing for lever in self.levers)

    @property
    def size(self) -> int:
        """How many mixes there are, affordable or not."""
        from math import prod

        return prod(len(lever.values) for lever in self.levers)

    @cached_property
    def paths(self) -> tuple[str, ...]:
        """All that any mix sets."""
        brought = [path for lever in self.levers for path in lever.brings]
        return tuple(dict.fromkeys([*(lever.path for lever in self.levers), *brought, *self.always]))

    @cached_property
    def of_base(self) -> dict[str, Any]:
        """The base's values of all that any mix sets."""
        return {path: value_at(self.base, path) for path in self.paths}

    def values(self, mix: Mix) -> dict[str, Any]:
        """Return {dotted name: value} of a mix; the same names for every one."""
        told = dict(self.of_base)
        for lever, step in zip(self.levers, mix, strict=True):
            if step != lever.nothing:
                told |= lever.brings
        told |= self.always
        return told | {lever.path: lever.values[step] for lever, step in zip(self.levers, mix, strict=True)}

    def scenario(self, mix: Mix, name: str = "mix") -> "Scenario":
        """Return the checked scenario of a mix."""
        return changed(self.base, self.values(mix) | {"name": name, "description": ""})

    def price(self, mix: Mix) -> float:
        """Return what a mix costs in its dearest year over the status quo, in dollars."""
        sections: dict[str, dict[str, Any]] = {}
        for path, value in self.values(mix).items():
            section, name = path.split(".")
            sections.setdefault(section, {})[name] = value
        update = {section: getattr(self.base, section).model_copy(update=told) for section, told in sections.items()}
        return dearest(self.base.model_copy(update=update))[0]

    def affords(self, mix: Mix) -> bool:
        """Say whether the budget is enough for a mix."""
        return self.price(mix) <= self.budget

    def fitted(self, mix: Mix) -> Mix:
        """Return the mix, or the largest even part of it that the budget allows."""
        if self.affords(mix):
            return mix
        low, high = 0, FINE
        while high - low > 1:
            middle = (low + high) // 2
            low, high = (middle, high) if self.affords(self._part(mix, middle)) else (low, middle)
        return self._part(mix, low)

    def _part(self, mix: Mix, of_64: int) -> Mix:
        return tuple(
            lever.nothing + int((step - lever.nothing) * of_64 / FINE)
            for lever, step in zip(self.levers, mix, strict=True)
        )

    def alone(self) -> list[Mix]:
        """Return the mixes a search begins with: each lever alone, at its most, then halfway."""
        return [self._only(place, lever.tries[i]) for i in range(2) for place, lever in enumerate(self.levers)]

    def _only(self, place: int, step: int) -> Mix:
        return tuple(step if i == place else nothing for i, nothing in enumerate(self.nothing))

    def check(self, where: str = "budget") -> None:
        """Refuse a budget that does not even pay for what every mix has. Raises InputError."""
        least = self.price(self.nothing)
        if least > self.budget:
            raise InputError(
                f"{where}: with every lever at its least a mix costs ${least:,.0f} a year over the status quo, the "
                f"budget is ${self.budget:,.0f}"
            )
        if all(self.fitted(mix) == self.nothing for mix in self.alone()):
            raise InputError(f"{where}: ${self.budget:,.0f} a year buys not one step of any lever")


def bought(levers: Sequence[Lever], mix: Mix) -> dict[str, Any]:
    """Return what a mix buys: {dotted name: value} of the levers above nothing."""
    return {lever.path: lever.values[step] for lever, step in zip(levers, mix, strict=True) if step != lever.nothing}
