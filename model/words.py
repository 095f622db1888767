"""An event in words: what its `other`, its `amount` and its setting say, as the table of meanings has it."""

import re
from collections.abc import Callable
from enum import IntEnum

from ..agents.child import Custody
from ..agents.dealings import Offence, Pathway
from ..agents.resident import Care, Use
from .events import SETTINGS
from .rules import DAYS_A_YEAR

CODES: dict[str, type[IntEnum]] = {  # what a code is of -> its words
    "use": Use,
    "medication": Care,
    "offence": Offence,
    "pathway": Pathway,
    "placement": Custody,
}
SPELLED = {"oud": "opioid use disorder", "injecting": "opioid use disorder, injecting"}
ROWS = ("resident", "household", "officer", "worker", "provider", "agency", "neighbourhood")


def setting_of(code: int) -> str:
    """Return where, or by which way, an event happened; empty where that is not said."""
    return SETTINGS[code].replace("_", " ") if code < len(SETTINGS) else f"setting {code}"


def is_code(means: str) -> bool:
    """Say whether a meaning is that of a code, `code of the medication wanted`, and not a number or a row."""
    return means.startswith("code of ")


def code_of(means: str, code: int) -> str:
    """Return a code as its word, `buprenorphine`; a code whose words are not known here stays a number."""
    words = next((CODES[word] for word in means.split() if word in CODES), ())
    return words(code).name.lower() if code in list(words) else f"code {code}"


def other_of(means: str, other: int, name: Callable[[str, int], str] = "{} {}".format) -> str:
    """Say whom or what the `other` of an event names: `the witness: resident 12`, `officer 7`; empty for nobody.

    means: as in MEANING; what it says in brackets is the part the other has, or, after `-1:`, what nobody stands for.
    name: calls an agent by kind and row.
    """
    noun, role = _noun_and_role(means)
    if role.startswith("-1:"):
        if other < 0:
            return role.removeprefix("-1:").strip()
        role = ""
    if not noun or other < 0:
        return ""
    if is_code(noun):
        return f"{_of_what(noun)}: {code_of(noun, other)}"
    first, _, rest = noun.partition(" ")
    called = f"{name(first, other)} {rest}".strip()
    return f"{role}: {called}" if role else called


def amount_of(means: str, amount: float) -> str:
    """Say an amount with its unit: `12 days waited`, `probability of dying of it: 4.3 %`; empty where none is meant."""
    if not means:
        return ""
    whole = int(amount) if amount == amount else 0
    first, _, rest = means.partition(" ")
    if is_code(means):
        return f"{_of_what(means)}: {spelled(code_of(means, whole))}"
    if chosen := _chosen(means, whole):
        return chosen
    if first in ROWS:
        return f"{first} {whole} {rest.removeprefix('row').strip()}".strip()
    if first == "day":
        return f"{rest} {day_of(whole)}".strip()
    if first in ("probability", "chance", "share"):
        return f"{means}: {number(100 * amount)} %"
    if re.fullmatch(r"[a-z]+[^su]s", first):  # a unit that is counted: days, minutes
        return f"{number(amount)} {means if amount != 1 else f'{first[:-1]} {rest}'.strip()}"
    return f"{means}: {number(amount)}"


def change_of(other_means: str, other: int, amount_means: str, amount: float) -> str:
    """Say a change from one code to another, `from misuse to remission`; empty where an event is none."""
    if not (is_code(other_means) and other_means.endswith(" before")):
        return ""
    if amount_means != other_means.removesuffix("before") + "after":
        return ""
    before = f"from {spelled(code_of(other_means, other))} " if other >= 0 else ""
    return f"{before}to {spelled(code_of(amount_means, int(amount)))}"


def spelled(word: str) -> str:
    """Return the word of a code as a reader who does not know the code says it."""
    return SPELLED.get(word, word.replace("_", " "))


def day_of(day: int) -> str:
    """Return a day with its month, `day 112 (month 4)`; before the policy start `day -1 (month -1)`.

    Months are twelfths of 365.25 days; month 1 is the first of the policy, month -1 the last before it.
    """
    month = int(day * 12 // DAYS_A_YEAR)
    return f"day {day} (month {month + 1 if month >= 0 else month})"


def number(amount: float) -> str:
    """Return a number with the figures a reader can use."""
    if amount != amount:
        return "not known"
    return f"{amount:,.0f}" if amount == round(amount) or abs(amount) >= 100 else f"{amount:.2g}"


def _noun_and_role(means: str) -> tuple[str, str]:
    noun, _, role = means.partition(" (")
    return noun, role.removesuffix(")")


def _of_what(means: str) -> str:
    return means.removeprefix("code of ").removeprefix("the ")


def _chosen(means: str, code: int) -> str:
    """Return the choice of a meaning that lists some, `kit: 0 own, 1 giver's` or `1: walked in, 0: phoned`."""
    choices = dict(re.findall(r"(-?\d+):? ([^,]+)", means))
    if len(choices) < 2:
        return ""
    name = re.split(r":? ?-?\d", means, maxsplit=1)[0]
    said = choices.get(str(code), f"code {code}")
    if said == "not":
        return f"{next(iter(choices.values()))}: no"
    return f"{name}: {said}" if name else said
