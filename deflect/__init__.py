"""Deflect: an agent-based simulation of community deflection policy.

The code lives in the folders next to this one (`agents/`, `model/`, `scenarios/`, `experiments/`);
in a checkout this file makes them one package, in an installed wheel they are inside it.
"""

from pathlib import Path as _Path

_checkout = _Path(__file__).resolve().parent.parent
if (_checkout / "model" / "day.py").exists():
    __path__.append(str(_checkout))

__version__ = "0.1.0"
