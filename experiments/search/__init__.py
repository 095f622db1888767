"""Given a yearly budget, which mix of levers? A search over mixes, by runs of our own.

Mixes are asked for in generations, lived by the same people with the same luck as the base policy, and told to the
search. What it finds is flattered by chance, so every mix on the front is lived again with fresh seeds, and only those
numbers are told (docs/search.md).
"""

from .study import Search, search

__all__ = ["Search", "search"]
