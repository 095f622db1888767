"""What a report cannot say, in words of its own; docs/limits.md has the whole."""

from ..uncertainty.words import LIMITS
from .parts import Found
from .unmeasured import Looked

CHANCE = (
    "The intervals are chance alone.",
    "They say how far another roll of the dice would move a number. What is not known about the numbers behind the "
    "model is not in them and is usually more.",
)
DRAWN = ("The intervals hold the numbers that have a range.", LIMITS)
ALWAYS = (
    (
        "It is no forecast.",
        "The drug supply decides most of what happens to overdose deaths from one year to the next, and here it is "
        "flat "
        "unless a scenario sets a series. Read every number as: this place as it was in 2018 to 2022, with this "
        "policy.",
    ),
    (
        "The level of deaths was put in.",
        "A county differs from the nation by one number that is taken from its published overdose deaths. That the "
        "simulated level resembles the published one is therefore no test of the model.",
    ),
    CHANCE,
    (
        "Most numbers of quality C are judgement.",
        "The evidence below says for each number where it was seen, and where it was only recalled or assumed.",
    ),
    (
        "Much is left out.",
        "Police meet only people with active opioid use disorder. Being without a home, stimulants, treatment by "
        "telephone, drug use in jail and prisons are not in the model. Opioid overdoses are simulated, while published "
        "deaths are of all drugs.",
    ),
    (
        "Known misses.",
        "Among them: men are 57 % of overdose deaths in the model and 72 % in published counts; more children live "
        "with a "
        "parent who has the disorder than surveys find, so that numbers of children are to be read as differences "
        "between policies. The command deflect check --targets prints every published finding beside the model's.",
    ),
    (
        "It says nothing about any one person,",
        "and must not be used to.",
    ),
)


def limits(found: Found, off: Looked) -> list[tuple[str, str]]:
    """Return (what, why) of the limits of these results, those of the model after those of the runs."""
    told = []
    simulated, people = (found.provenance.get(name) for name in ("residents_simulated", "place_population"))
    if simulated is None and "a" in found.provenance:
        simulated, people = (found.provenance["a"].get(name) for name in ("residents_simulated", "place_population"))
    if simulated and people and simulated < people:
        told.append(
            (
                "A sample stands for the place.",
                f"{simulated:,} of {people:,} residents were simulated and counts scaled to all: chance moves them "
                "more "
                "than it would in the whole place, and rare events may be missing by luck.",
            )
        )
    if 0 < len(found.seeds) < 10:
        told.append(
            ("Few runs.", f"{len(found.seeds)} seeds: an interval over so few is itself rough. Ten or more are better.")
        )
    if off.why_not:
        told.append(("Links nobody has measured.", off.why_not))
    return [*told, *(_drawn(found, one) for one in ALWAYS)]


def _drawn(found: Found, limit: tuple[str, str]) -> tuple[str, str]:
    """Return a limit; where every uncertain number was drawn, the intervals hold more than chance."""
    return DRAWN if limit == CHANCE and "drawn" in found.provenance else limit
