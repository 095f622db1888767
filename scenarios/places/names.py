"""Find counties by name: "Cabell, WV", "saint louis city missouri", "O'Brien"."""

import re
import unicodedata
from difflib import SequenceMatcher, get_close_matches
from functools import cache
from typing import NamedTuple

from ..errors import InputError
from .tables import column, keys

KINDS = ("city and borough", "census area", "municipality", "borough", "county", "parish")  # legal kinds, longest first

LIKE = 0.75  # least likeness of a misspelling, as difflib measures it


class Entry(NamedTuple):
    """A county as the search sees it; spaces are left out of the names, so "De Kalb" is "DeKalb"."""

    fips: str
    label: str  # "Cabell County, WV"
    state: str
    full: str  # "cabellcounty"
    base: str  # "cabell": without its kind; independent cities keep "city" in `full` only
    population: int


def words(text: str) -> str:
    """Return a name in plain small letters: no accents, points or apostrophes, "saint" as "st"."""
    plain = unicodedata.normalize("NFKD", text.casefold()).encode("ascii", "ignore").decode()
    plain = re.sub(r"[.'`]", "", plain)
    plain = re.sub(r"[^a-z0-9]+", " ", plain).strip()
    return re.sub(r"\bsainte?\b", lambda match: "ste" if match[0] == "sainte" else "st", plain)


def _base(name: str) -> str:
    for kind in KINDS:
        if name.endswith(" " + kind):
            return name[: -len(kind) - 1]
    return name


@cache
def entries() -> tuple[Entry, ...]:
    """Return every county."""
    found = []
    names = ("fips", "name", "state", "population")
    for fips, name, state, population in zip(*(column("counties.csv", n) for n in names), strict=True):
        full = words(name)
        base = full.removesuffix(" city") if name.endswith(" city") else _base(full)
        found.append(Entry(fips, f"{name}, {state}", state, _tight(full), _tight(base), int(population)))
    return tuple(found)


@cache
def states() -> dict[str, str]:
    """Return state names and abbreviations in plain letters → abbreviation."""
    found = {}
    for abbreviation, name in zip(column("states.csv", "state"), column("states.csv", "state_name"), strict=True):
        found[abbreviation.lower()] = found[words(name)] = abbreviation
    return found


def nearest_state(text: str) -> str:
    """Return the abbreviation of the state whose name or abbreviation is most like a text."""
    return states()[get_close_matches(words(text), states(), n=1, cutoff=0)[0]]


def is_nation(text: str) -> bool:
    """Tell whether a text names the United States."""
    return words(text) in ("us", "usa", "united states", "united states of america")


def split(text: str) -> list[tuple[str, str | None]]:
    """Return the ways to read a text as (name, state abbreviation or None), the likeliest first.

    InputError: what follows the comma is no state.
    """
    name, comma, state = text.rpartition(",")
    if comma:
        known = states().get(words(state))
        if known is None:
            raise InputError(f'"{text}": no state "{state.strip()}"; did you mean "{nearest_state(state)}"?')
        return [(words(name), known)]
    parts = words(text).split()
    readings: list[tuple[str, str | None]] = [(" ".join(parts), None)]
    for cut in range(max(1, len(parts) - 3), len(parts)):
        state_words = " ".join(parts[cut:])
        if state_words in states():
            readings.append((" ".join(parts[:cut]), states()[state_words]))
    return readings


def exact(text: str) -> list[Entry]:
    """Return the counties a text names, the most people first; several when it is ambiguous."""
    for name, state in split(text):
        here = [entry for entry in entries() if state in (None, entry.state)]
        tight = _tight(name)
        found = [e for e in here if e.full == tight] or [e for e in here if e.base in (tight, _tight(_base(name)))]
        if found:
            return sorted(found, key=lambda entry: -entry.population)
    return []


def ranked(text: str, limit: int) -> list[Entry]:
    """Return counties near a text, best first: the name itself, then beginnings, parts, and likenesses."""
    best: dict[str, tuple[float, Entry]] = {}
    for name, state in split(text):
        tight, base = _tight(name), _tight(_base(name))
        if not tight:
            continue
        for entry in entries():
            score = _score(entry, tight, base) if state in (None, entry.state) else 0
            if score >= LIKE:
                score += 0.5 if state else 0  # a reading that uses up the state explains more of the text
                best[entry.fips] = max(best.get(entry.fips, (0, entry)), (score, entry))
    ordered = sorted(best.values(), key=lambda found: (-found[0], -found[1].population))
    return [entry for _, entry in ordered[:limit]]


def _score(entry: Entry, tight: str, base: str) -> float:
    if entry.full == tight:
        return 5
    if entry.base in (tight, base):
        return 4
    if entry.full.startswith(base):
        return 3
    if len(base) > 2 and base in entry.full:
        return 2
    likeness = SequenceMatcher(None, base, entry.base)
    return likeness.ratio() if likeness.quick_ratio() >= LIKE else 0


def code(text: str) -> str:
    """Return a FIPS code as it was given. InputError: no county has it."""
    codes = keys("counties.csv")
    if text in codes:
        return text
    if not (text.isdecimal() and len(text) == 5):
        raise InputError(f'"{text}" is no FIPS code: write all five digits, in quotes in a file ("01001")')
    near = min(codes, key=lambda other: abs(int(other) - int(text)))
    label = next(entry.label for entry in entries() if entry.fips == near)
    raise InputError(f'no county has the FIPS code "{text}"; the nearest is {near}, {label}')


def one(text: str) -> str:
    """Return the code of the one county a text names, by code or by name. InputError: none does, or several do."""
    if text.strip().isdecimal():
        return code(text.strip())
    found = exact(text)
    if len(found) == 1:
        return found[0].fips
    if found:
        shown = "; ".join(entry.label for entry in found[:5]) + ("; …" if len(found) > 5 else "")
        raise InputError(f'"{text}" names {len(found)} counties: write one of them out, such as {shown}')
    if words(text) in states():
        example = next(entry.label for entry in entries() if entry.state == states()[words(text)])
        raise InputError(f'"{text}" is a state: name a county, such as "{example}"')
    near = ranked(text, 3) or _nearest(text)
    raise InputError(f'no county "{text}": did you mean {" or ".join(f'"{entry.label}"' for entry in near)}?')


def _nearest(text: str) -> list[Entry]:
    """The one county most like a text, however unlike; within its state if it names one."""
    name, state = split(text)[-1]
    here = (entry for entry in entries() if state in (None, entry.state))
    return [max(here, key=lambda entry: SequenceMatcher(None, _tight(name), entry.base).ratio())]


def _tight(name: str) -> str:
    return name.replace(" ", "")
