"""Every planted fault there is."""

from . import Fault, equity, money, officers, ownership, sameness, worlds

FAULTS: tuple[Fault, ...] = (
    *equity.FAULTS,
    *money.FAULTS,
    *officers.FAULTS,
    *ownership.FAULTS,
    *sameness.FAULTS,
    *worlds.FAULTS,
)
