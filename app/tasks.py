"""The tasks a worker can be handed, by name; each is a function of what was asked and of whom to tell."""

from typing import Any

from ..experiments.branches import live_branches
from ..model.budget import within_budget
from . import choices, live, pairs, story, tables, together, two_lives


def pair(payload: dict, teller) -> dict:
    """Live one pair; return its runs and their curves."""
    scenarios = tuple(within_budget(one) for one in choices.scenarios(payload["asked"]))
    a, b = pairs.pair(scenarios, payload["seed"], payload["live"], teller)
    return {
        "seed": payload["seed"],
        "runs": (pairs.slim(a), pairs.slim(b)),
        "a": pairs.monthly_curves(a),
        "b": pairs.monthly_curves(b),
        "months": a.monthly["month"].tolist(),
    }


def summary(payload: list, teller) -> dict:
    """Return cost and equity of pairs of runs."""
    return tables.summary(payload)


def watch(payload: dict, teller) -> None:
    """Tell a world day by day."""
    live.watch(_one(payload), payload["seed"], teller)


def tell(payload: dict, teller) -> dict:
    """Return the story of somebody in a watched world."""
    who = payload["day"], payload["who"], payload["officer"]
    return story.story(_one(payload), payload["seed"], *who, teller)


def _one(payload: dict):
    """Return the scenario of the side that is watched."""
    asked = payload["asked"]
    return within_budget(choices.scenario(asked, getattr(asked, payload["side"])))


def cells(payload: dict, teller) -> dict:
    """Live every combination of some policies with one seed."""
    asked = payload["asked"]
    runs = live_branches(together.cells(asked), seed=payload["seed"], progress=teller.check)
    return {"seed": payload["seed"], "runs": [pairs.slim(run) for run in runs]}


class _Nobody:
    """Listens to the warming up."""

    def say(self, name: str, value: Any = None) -> None:
        pass

    def check(self, *_: object) -> None:
        pass


def warm_up() -> None:
    """Do everything once on a small town, so that the first visitor does not wait for it."""
    told = {"place": "US", "years": 1, "residents": choices.FEWEST_RESIDENTS, "b": {"policy": "full_package"}}
    asked = choices.read(told)
    done = pair({"asked": asked, "seed": 0, "live": True}, _Nobody())
    tables.told([done["runs"][0]] * 5, [done["runs"][1]] * 5)
    summary([done["runs"]] * 5, _Nobody())
    tell({"asked": asked, "side": "b", "seed": 0, "day": 5, "who": 0, "officer": False}, _Nobody())


TASKS = {"pair": pair, "summary": summary, "watch": watch, "story": tell, "cells": cells, "lives": two_lives.lives}
