"""What is not known about a decision: every uncertain number drawn from its evidence, lived under two policies.

Chance is the luck of a run at given numbers, ignorance what is unknown about the numbers. Runs of several seeds at each
draw tell the two apart. From the same runs come how likely B is the better one, whether it is worth its cost, and which
unknown would be worth measuring (docs/uncertainty.md).
"""

from .study import Uncertainty, uncertainty

__all__ = ["Uncertainty", "uncertainty"]
