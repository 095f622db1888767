"""Deflect: an agent-based simulation of community deflection policy.

    import deflect

    scenario = deflect.load("status_quo", place="Cabell, WV", years=2)
    result = deflect.run(scenario, seeds=10)
    result.summary()                                                        # pandas: a row an outcome

    deflect.compare("status_quo", "more_slots", place="Cabell, WV").table       # the same people under both
    deflect.factorial("families", "officer_wellbeing", place="US").table        # more than the sum?
    deflect.uncertainty("status_quo", "more_slots", residents=5000).table       # chance and ignorance, apart
    deflect.sensitivity("tornado", "status_quo", "more_slots", over="treatment").table  # which unknown matters
    deflect.search(budget=1_000_000, place="Cabell, WV").table                  # which mix of levers
    deflect.sweep("plan.yaml", "runs/mine").table                               # grids and samples
    print(deflect.two_lives("status_quo", "full_package", place="Cabell, WV"))  # one person in both worlds
    deflect.report(result.save())                                               # one HTML file

Tables are pandas; months, events and the runs of a sweep are Parquet files (docs/results.md).

The code lives in the folders next to this one (`agents/`, `model/`, `scenarios/`, `experiments/`);
in a checkout this file makes them one package, in an installed wheel they are inside it.
"""

from importlib import import_module as _import_module
from pathlib import Path as _Path

_checkout = _Path(__file__).resolve().parent.parent
if (_checkout / "model" / "day.py").exists():
    __path__.append(str(_checkout))

__version__ = "0.1.0"

_PUBLIC = {  # imported when first asked for, so that `import deflect` costs nothing
    "load": "experiments.api:load",
    "run": "experiments.api:run",
    "compare": "experiments.api:compare",
    "factorial": "experiments.factorial:factorial",
    "Factorial": "experiments.factorial:Factorial",
    "two_lives": "experiments.lives:two_lives",
    "TwoLives": "experiments.lives:TwoLives",
    "run_many": "experiments.many:run_many",
    "sweep": "experiments.sweep:sweep",
    "Sweep": "experiments.sweep:Sweep",
    "Run": "experiments.run:Run",
    "Result": "experiments.result:Result",
    "Comparison": "experiments.compare:Comparison",
    "uncertainty": "experiments.uncertainty:uncertainty",
    "Uncertainty": "experiments.uncertainty:Uncertainty",
    "sensitivity": "experiments.sensitivity:sensitivity",
    "search": "experiments.search:search",
    "Search": "experiments.search:Search",
    "report": "experiments.report:report",
    "policies": "scenarios.load:policies",
    "places": "scenarios.places",
    "evidence": "scenarios.evidence:evidence",
    "InputError": "scenarios.errors:InputError",
}
__all__ = list(_PUBLIC)


def __getattr__(name: str):
    if name not in _PUBLIC:
        raise AttributeError(f"module 'deflect' has no attribute {name!r}; it has {', '.join(_PUBLIC)}")
    module, _, attribute = _PUBLIC[name].partition(":")
    value = _import_module(f".{module}", __name__)
    if attribute:
        value = getattr(value, attribute)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *_PUBLIC})
