"""A summary after the ODD protocol (Grimm et al. 2020, doi:10.18564/jasss.4259), from what the code declares."""

import sys
from typing import NamedTuple

from ...scenarios.evidence import registry
from ...scenarios.schema import fields
from ...scenarios.sections import SECTIONS
from .parts import Found, Row, Table, words

NEVER = ("day", "key")  # units whose range says nothing to a reader


class Part(NamedTuple):
    """One of the seven elements: paragraphs, named points, and tables."""

    title: str
    paragraphs: tuple[str, ...]
    points: tuple[tuple[str, str], ...] = ()
    tables: tuple[Table, ...] = ()


CONCEPTS = (
    (
        "Basic principles",
        "Deflection is a cascade: contact, offer, acceptance, hand-off, entry, staying. People are lost at each "
        "step, and "
        "places in treatment are limited. Whatever was measured enters as a number with its source; what was not is a "
        "judgement, and the disputed links can be switched off.",
    ),
    (
        "Emergence",
        "Overdoses, deaths, waiting times, cascades of the programmes, gaps between groups of people and officers' "
        "turnover come out of daily events. The level of a county's deaths is put in and does not emerge.",
    ),
    (
        "Adaptation",
        "People seek and leave treatment, call 911 or not, accept an offer or not, by chances that depend on what they "
        "have lived through: trust in police, readiness after an overdose, earlier refusals. Officers offer deflection "
        "more or less often by training, leadership and exhaustion.",
    ),
    ("Objectives", "None. Agents maximise nothing; their decisions are chances."),
    (
        "Learning",
        "None beyond traces of the past: trust, attitudes after training, tolerance, readiness, each fading in time.",
    ),
    ("Prediction", "None: no agent looks ahead."),
    (
        "Sensing",
        "People know their own state, their household and those they are tied to. Teams know the events that agencies "
        "pass on to them. Nobody knows the state of the whole community.",
    ),
    (
        "Interaction",
        "At overdoses (who is near, a kit at hand, a call), at contacts with police, through ties along which drug use "
        "and trust in police spread, in homes with children, and through shared capacity: slots, beds, case managers, "
        "officers on duty.",
    ),
    (
        "Stochasticity",
        "Every draw is named by seed, person, day and decision, and made by a keyed generator. Two policies under "
        "one seed "
        "therefore share all the luck that the policy does not touch, and a run can be made again byte for byte.",
    ),
    (
        "Collectives",
        "Households, neighbourhoods, circles of friends, agencies, providers with waiting lists, the police force.",
    ),
    (
        "Observation",
        "A census every night and a table of events, each with the event that led to it. Outcomes are counted from "
        "these "
        "alone; counts of the two years before the policy are not in the outcomes.",
    ),
)


def odd(found: Found) -> list[Part]:
    """Return the seven elements, with tables generated from the declared tables, the day and the schema."""
    return [
        Part(
            "1 Purpose and patterns",
            (
                "To project what policies of community deflection (handing people who use opioids over to care "
                "instead of "
                "arresting them) do to overdose, death, treatment, police contact, families and costs in a US "
                "county, and "
                "to say how sure that is. Not to forecast the drug supply.",
                "Patterns it is judged by are published findings that were not used to set it (deflect check "
                "--targets and "
                "--cascades), misses included.",
            ),
        ),
        Part(
            "2 Entities, state variables and scales",
            (
                "A row is an agent or a part of one, a column a state variable; the process that owns a column is "
                "the one "
                "in which it normally changes. Time goes in days, from two years before the policy starts; space is "
                "neighbourhoods of one county, and drive times to providers.",
            ),
            tables=_state_tables(),
        ),
        Part(
            "3 Process overview and scheduling",
            ("One day is this list, always in this order; what is not in the list does not happen.",),
            tables=(_schedule(),),
        ),
        Part("4 Design concepts", (), CONCEPTS),
        Part(
            "5 Initialisation",
            (
                "People, households and neighbourhoods are made from the county's census tables for each seed anew; "
                "ties "
                "between people from a model of circles, kin and co-use; histories of use, treatment under way, police "
                "supervision and trust from the evidence. Then two years are lived under the status quo before the "
                "policy "
                f"starts. {_built()} rows of evidence shape people and ties.",
            ),
        ),
        Part(
            "6 Input data",
            (
                "Facts about the county (census, published overdose deaths, providers, officers, laws) and the "
                "numbers of "
                "the scenario. No series of dates drives a run, unless a scenario sets the supply or dated changes.",
            ),
        ),
        Part(
            "7 Submodels",
            ("Each process is one file, and each number it uses is a field of the scenario.",),
            _submodels(),
            (_parameters(),),
        ),
    ]


def _state_tables() -> tuple[Table, ...]:
    from ...model.world import DECLARATIONS

    made = []
    for name, declaration in DECLARATIONS.items():
        rows = [
            Row(tuple(map(words, (one.name, one.meaning, one.unit, _range(one), one.owner))), one.name)
            for one in declaration.columns
        ]
        heads = ("Variable", "What it holds", "Unit", "Range|", "Owner")
        made.append(Table(f"{name} ({len(rows)} variables)", heads, rows, closed=True))
    return tuple(made)


def _range(column) -> str:
    if column.unit in NEVER or column.unit.endswith(" row"):
        return ""
    return f"{column.low:,.10g} to {column.high:,.10g}".replace("-", "−")


def _schedule() -> Table:
    from ...model.day import DAY

    rows = [
        Row(
            (words(at), words(_name(process)), words(_first_line(process.function)), words(len(process.emits) or "-")),
            process.name,
        )
        for at, process in enumerate(DAY, 1)
    ]
    return Table("The day", ("", "Process", "What happens", "Kinds of event|"), rows)


def _submodels() -> tuple[tuple[str, str], ...]:
    from ...model.day import DAY

    return tuple((_name(process), _paragraph(process.function)) for process in DAY)


def _name(process) -> str:
    return process.name.split(".")[0].replace("_", " ")


def _first_line(function) -> str:
    return (function.__doc__ or "").strip().splitlines()[0]


def _paragraph(function) -> str:
    """Return the first paragraph of what a process's file says of it."""
    text = (sys.modules[function.__module__].__doc__ or "").strip()
    return " ".join(text.split("\n\n")[0].split())


def _parameters() -> Table:
    rows = []
    for section in SECTIONS:
        here = [spec for spec in fields() if spec.path.startswith(f"{section}.")]
        counts = [sum(spec.kind == kind for spec in here) for kind in ("parameter", "lever", "setting")]
        ranged = sum(spec.usual is not None for spec in here)
        rows.append(Row(tuple(map(words, (section, *counts, ranged))), section))
    heads = ("Section", "Parameters|", "Levers|", "Settings|", "With a range|")
    return Table("Numbers of the scenario", heads, rows)


def _built() -> int:
    return sum(bool(row.builds) for row in registry().values())
