"""What a result, or a decision between two policies, hangs on: which unknown matters most, and where a policy fails.

A study is a sweep over the uncertain numbers and a method that reads it: `screening` (Morris), `sobol`, `tornado` (one
number at a time) or `discovery` (PRIM). All points have the same seeds, so that what differs between two points is what
the numbers do; how much chance is left in that is told beside every index (docs/sensitivity.md).
"""

from .study import Study, sensitivity

__all__ = ["Study", "sensitivity"]
