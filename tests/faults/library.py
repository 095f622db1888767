"""Every planted fault there is."""

from . import Fault, compare, equity, factorial, families, many, money, officers, ownership, sameness, worlds

FAULTS: tuple[Fault, ...] = (
    *compare.FAULTS,
    *equity.FAULTS,
    *factorial.FAULTS,
    *families.FAULTS,
    *many.FAULTS,
    *money.FAULTS,
    *officers.FAULTS,
    *ownership.FAULTS,
    *sameness.FAULTS,
    *worlds.FAULTS,
)
