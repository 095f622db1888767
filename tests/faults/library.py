"""Every planted fault there is."""

from . import Fault, sameness, worlds

FAULTS: tuple[Fault, ...] = (*sameness.FAULTS, *worlds.FAULTS)
