"""The commands of `deflect`, a file each. Imports wait until a command needs them: help must come at once."""

from . import run, compare, factorial, sweep, cost, look_up, check, why  # noqa: F401, I001  (in the order of the help)
from .app import app

__all__ = ["app"]
