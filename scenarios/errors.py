"""The one error a user can cause."""

from collections.abc import Iterable
from difflib import get_close_matches


class InputError(ValueError):
    """Something a user wrote cannot be taken: the message says what, where, and the nearest right value."""


def nearest(word: str, known: Iterable[str]) -> str:
    """Return `, did you mean 'x'?` for the known word nearest to `word`, or nothing when none is near."""
    close = get_close_matches(word, list(known), n=1)
    return f", did you mean {close[0]!r}?" if close else ""
