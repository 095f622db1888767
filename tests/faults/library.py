"""Every planted fault there is."""

from . import Fault, sameness

FAULTS: tuple[Fault, ...] = (*sameness.FAULTS,)
