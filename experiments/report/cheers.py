"""The 28 items of CHEERS 2022 (Husereau et al. 2022, doi:10.1136/bmj-2021-067975), as far as the program knows.

What only the authors of a study can say (its plan, its funding, whom they involved) the program does not make up.
"""

from collections.abc import Callable
from typing import NamedTuple

from ...scenarios.schema import fields
from .. import show
from ..provenance import label_of
from .parts import Found
from .unmeasured import Looked

NOT_REPORTED = "Not reported"


class Item(NamedTuple):
    """One item of the checklist: number, what is asked, what is said; `reported` says whether it was answered."""

    number: int
    section: str
    asked: str
    said: str

    @property
    def reported(self) -> bool:
        """Whether the report answers it."""
        return self.said != NOT_REPORTED


def cheers(found: Found, off: Looked) -> list[Item]:
    """Return all items in order."""
    return [
        Item(number, section, asked, answer(found, off) if callable(answer) else answer)
        for number, (section, asked, answer) in enumerate(ITEMS, 1)
    ]


def _title(found: Found, off: Looked) -> str:
    what = " and ".join(side.label for side in found.sides[:2]) if found.sides else found.folder.name
    return f"A report of simulated results: {what}. Its headline is the message at its head."


def _population(found: Found, off: Looked) -> str:
    told = found.provenance.get("a", found.provenance)
    if "residents_simulated" not in told or not found.sides:
        return NOT_REPORTED
    return (
        f"All residents of {label_of(found.scenario)}: {told['residents_simulated']:,} synthetic people simulated for "
        f"{told['place_population']:,} residents, made from census tables (What was run)."
    )


def _setting(found: Found, off: Looked) -> str:
    return f"{label_of(found.scenario)}; police, health care, child protection." if found.sides else NOT_REPORTED


def _comparators(found: Found, off: Looked) -> str:
    if found.kind == "compare":
        return (
            f"A: {found.sides[0].label}. B: {found.sides[1].label}. What each changes from the defaults: What was run."
        )
    if found.kind == "factorial":
        return f"Every combination of {', '.join(found.provenance['factors'])} on {found.provenance['base']}."
    return "None: one policy was lived." if found.kind == "run" else NOT_REPORTED


def _horizon(found: Found, off: Looked) -> str:
    if not found.sides:
        return NOT_REPORTED
    return (
        f"{show.plural(found.scenario.years, 'year')} from the start of the policy, after two years under the "
        "status quo. "
        "Of an overdose death the years of health lost beyond the horizon are counted too."
    )


def _discount(found: Found, off: Looked) -> str:
    if not found.sides:
        return NOT_REPORTED
    rate = 100 * found.scenario.prices.discount_rate
    return f"{rate:g} % a year for costs and QALYs; the first year is not discounted. Other outcomes are not."


def _currency(found: Found, off: Looked) -> str:
    if not found.sides:
        return NOT_REPORTED
    return f"US dollars of {found.scenario.prices.price_year}; prices of other years by one index of consumer prices."


def _value(found: Found, off: Looked) -> str:
    if not found.sides:
        return NOT_REPORTED
    prices = found.scenario.prices
    return (
        "Utilities by state of use and treatment, from the evidence under prices; a death takes "
        f"{prices.qaly_loss_per_overdose_death:g} QALYs. Net benefit is at several worths of a QALY, "
        f"{prices.wtp_per_qaly:,.0f} dollars among them."
    )


def _parameters(found: Found, off: Looked) -> str:
    count = sum(bool(spec.evidence) for spec in fields())
    return f"{count} numbers with value, plausible range, source, verification and quality (The evidence)."


def _findings(found: Found, off: Looked) -> str:
    return f"{found.message}. Tables with intervals follow the figures."


def _uncertainty(found: Found, off: Looked) -> str:
    told = "Chance: intervals over seeds. " if found.kind != "other" else "As the figures and tables say. "
    told += "Structure: unmeasured links switched off. " if off.found else "Structure: not looked at. "
    return told + (
        "Parameters: not in the intervals; deflect uncertainty and deflect sensitivity draw them from their evidence."
        if found.kind != "other"
        else ""
    )


def _effect_of_uncertainty(found: Found, off: Looked) -> str:
    if not off.found:
        return "Intervals in every table; the unmeasured links were not looked at. Of the parameters: not reported."
    return f"{off.reads} Of the parameters: not reported."


def _heterogeneity(found: Found, off: Looked) -> str:
    return (
        "Residents differ by age, sex, race and ethnicity, household, neighbourhood, history of use, frailty and "
        "trust; "
        "results by group are in equity.csv."
        if (found.folder / "equity.csv").is_file()
        else "Residents differ; results by group are not in this folder."
    )


def _distribution(found: Found, off: Looked) -> str:
    if (found.folder / "equity.csv").is_file():
        return (
            "Ratios, differences and measures of inequality by sex, race and ethnicity and neighbourhood (Who gains)."
        )
    return NOT_REPORTED


def _costs(found: Found, off: Looked) -> str:
    if not any((found.folder / name).is_file() for name in ("economics.csv", "costs.csv")):
        return NOT_REPORTED
    return (
        "What happened in a run (overdoses, days in jail, months in treatment, staff in force) times a price with its "
        "source; in whole cents; quantities in quantities.csv."
    )


type Answer = str | Callable[[Found, Looked], str]

ITEMS: tuple[tuple[str, str, Answer], ...] = (
    ("Title", "Title", _title),
    ("Abstract", "Abstract", _findings),
    ("Introduction", "Background and objectives", NOT_REPORTED),
    ("Methods", "Health economic analysis plan", NOT_REPORTED),
    ("Methods", "Study population", _population),
    ("Methods", "Setting and location", _setting),
    ("Methods", "Comparators", _comparators),
    (
        "Methods",
        "Perspective",
        "Four payers told apart and together: health care; police, courts and jail; child welfare; the programme. "
        "Health "
        "is that of residents; that of partners and children stands apart. Crime and lost production are not in the "
        "bill.",
    ),
    ("Methods", "Time horizon", _horizon),
    ("Methods", "Discount rate", _discount),
    (
        "Methods",
        "Selection of outcomes",
        "Every outcome of the model, whichever way it goes; which are told first is fixed for all reports "
        "(experiments/families.py).",
    ),
    (
        "Methods",
        "Measurement of outcomes",
        "Counted from the events and the nightly census of each run (docs/results.md).",
    ),
    ("Methods", "Valuation of outcomes", _value),
    ("Methods", "Measurement and valuation of resources and costs", _costs),
    ("Methods", "Currency, price date and conversion", _currency),
    (
        "Methods",
        "Rationale and description of model",
        "An agent-based model, because offers, trust, waiting lists and staff are shared; described after ODD below.",
    ),
    (
        "Methods",
        "Analytics and assumptions",
        "Runs of the same seed share people and draws; 95 % t intervals over seeds. Assumptions are the rows of "
        "quality C.",
    ),
    ("Methods", "Characterising heterogeneity", _heterogeneity),
    ("Methods", "Characterising distributional effects", _distribution),
    ("Methods", "Characterising uncertainty", _uncertainty),
    ("Methods", "Approach to engagement with patients and others affected by the study", NOT_REPORTED),
    ("Results", "Study parameters", _parameters),
    ("Results", "Summary of main results", _findings),
    ("Results", "Effect of uncertainty", _effect_of_uncertainty),
    ("Results", "Effect of engagement with patients and others affected by the study", NOT_REPORTED),
    (
        "Discussion",
        "Study findings, limitations, generalisability and current knowledge",
        "Limitations: see Limits. What the findings mean beyond this place, and beside what is known: not reported.",
    ),
    ("Other", "Source of funding", NOT_REPORTED),
    ("Other", "Conflicts of interest", NOT_REPORTED),
)
