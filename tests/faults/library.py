"""Every planted fault there is."""

from . import Fault, equity, factorial, families, money, officers, ownership, sameness, worlds

FAULTS: tuple[Fault, ...] = (
    *equity.FAULTS,
    *factorial.FAULTS,
    *families.FAULTS,
    *money.FAULTS,
    *officers.FAULTS,
    *ownership.FAULTS,
    *sameness.FAULTS,
    *worlds.FAULTS,
)
