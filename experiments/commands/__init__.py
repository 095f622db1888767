"""The commands of `deflect`, a file each. Imports wait until a command needs them: help must come at once."""

# In the order of the help.
from . import run, compare, lives, factorial, sweep, sensitivity, uncertainty, search, cost  # noqa: F401, I001
from . import look_up, check, why, report, page  # noqa: F401, I001
from .app import app

__all__ = ["app"]
