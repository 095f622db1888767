"""Every planted fault there is."""

from . import Fault, equity, money, ownership, sameness, worlds

FAULTS: tuple[Fault, ...] = (*equity.FAULTS, *money.FAULTS, *ownership.FAULTS, *sameness.FAULTS, *worlds.FAULTS)
