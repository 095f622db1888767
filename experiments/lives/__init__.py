"""Two lives: the same person in two worlds of one seed, one under each policy, and why their lives parted.

Same place, same people, same draws; only the policy differs. What happened to somebody is told side by side, the day on
which it first differed is looked into, and how many fared better under either policy is always said. One seed's pairs
illustrate a difference; whether there is one on average, `compare` says (docs/lives.md).
"""

from .study import TwoLives, two_lives

__all__ = ["TwoLives", "two_lives"]
