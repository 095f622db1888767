"""Where a factorial comes from: base, every combination and its digests, and the command that makes it again."""

import shlex
from typing import TYPE_CHECKING, Any

from .. import __version__
from ..scenarios.errors import InputError
from ..scenarios.load import load
from .differences import as_text, differences
from .provenance import seeds_text
from .run import BURN_IN_DAYS

if TYPE_CHECKING:
    from .factorial import Factorial

SAME = ("place", "years", "residents")


def provenance(result: "Factorial") -> dict[str, Any]:
    """Return what is written to provenance.json of a factorial."""
    first = result.runs[0]
    return {
        "deflect": __version__,
        "command": command(result),
        "place": result.place,
        "base": result.base.name,
        "factors": result.factors,
        "seeds": result.seeds,
        "residents_simulated": first[0].residents,
        "place_population": first[0].place_population,
        "burn_in_days": BURN_IN_DAYS,
        "days": first[0].days,
        "scenario": result.base.model_dump(mode="json"),
        "cells": [
            {
                "name": run.scenario.name,
                "scenario_hash": run.scenario.hash,
                "differences": [
                    {"field": d.path, "base": d.base, "value": d.value, "unit": d.unit}
                    for d in differences(run.scenario, result.base)
                ],
                "digests": [row[i].digest for row in result.runs],
            }
            for i, run in enumerate(first)
        ],
        "code": first[0].code,
    }


def command(result: "Factorial") -> str | None:
    """Return the command that makes this factorial again; None where only Python can (policies in files, budgets)."""
    from .factorial import cells_of

    options = {name: getattr(result.base, name) for name in SAME if getattr(result.base, name) is not None}
    try:
        changed = differences(result.base, load(result.base.name, options))
        sets = [f"{d.path}={as_text(d.value)}" for d in changed]
        cells = cells_of(result.base.name, result.factors, [*(f"{k}={as_text(v)}" for k, v in options.items()), *sets])
    except InputError:
        return None
    if [cell.hash for cell in cells] != [run.scenario.hash for run in result.runs[0]]:
        return None
    words = ["deflect", "factorial", *result.factors, "--base", result.base.name, "--seeds", seeds_text(result.seeds)]
    for name, value in options.items():
        words += [f"--{name}", str(value)]
    for text in sets:
        words += ["--set", text]
    return shlex.join(words)
