"""What the page offers, in its own words beside those of the project: policies, levers, evidence, places."""

from typing import Any

from ..experiments.differences import value_at
from ..scenarios import evidence, places
from ..scenarios.errors import InputError
from ..scenarios.load import load, policies
from ..scenarios.schema import fields
from ..scenarios.sections import SWITCHES, UNMEASURED
from . import choices, lessons
from .levers import GROUPS, LEVERS, SWITCH_WORDS, Lever

QUALITY = {"A": "strong direct evidence", "B": "reasonable evidence", "C": "judgement or weak evidence"}
FOUND = 12  # places shown of a search
POLICY_GROUPS = {  # heading: policies below it; any other stands under "Others"
    "Today, and other starting points": (
        "status_quo", "enforcement_as_usual", "burned_out_force", "rested_force", "null",
    ),
    "Deflection": (
        "full_deflection", "officer_intervention", "officer_referral", "self_referral", "active_outreach",
        "naloxone_plus", "community_response",
    ),
    "Treatment and naloxone": ("more_slots", "more_naloxone", "better_jails"),
    "Families, training, officers, engagement": (
        "full_package", "four_areas", "families", "trauma_informed", "officer_wellbeing", "community_engagement",
    ),
    "Practices that papers and guides describe": (
        "advisory_board", "cambridge_trauma_guide", "handle_with_care", "martinsburg_initiative",
        "mazur_collins_six_practices", "nctsn_toolkit", "ptacc_families", "sadulski_peer_support",
    ),
    "Named programmes": (
        "angel", "chicago_nadp", "denver_star", "lead_seattle", "mari", "massachusetts_outreach", "qrt_colerain",
        "steer", "tucson",
    ),
}  # fmt: skip


def everything() -> dict[str, Any]:
    """Return what the page needs to know before anything is asked."""
    specs = {spec.path: spec for spec in fields()}
    return {
        "policies": [_policy(name, description) for name, description in policies()],
        "policy_groups": _policy_groups(),
        "groups": [
            {
                "id": group.id,
                "title": group.title,
                "levers": [_lever(lever, specs[lever.path]) for lever in group.levers],
            }
            for group in GROUPS
        ],
        "switches": [
            {
                "name": name,
                "title": SWITCH_WORDS[name],
                "values": switch._asdict(),
                "unmeasured": name in UNMEASURED,
                "evidence": specs[f"switches.{name}"].evidence,
                "quality": specs[f"switches.{name}"].quality,
            }
            for name, switch in SWITCHES.items()
        ],
        "lessons": lessons.catalogue(),
        "limits": {
            "residents": [choices.FEWEST_RESIDENTS, choices.MOST_RESIDENTS],
            "years": [1, choices.MOST_YEARS],
            "pairs": [choices.FEWEST_PAIRS, choices.MOST_PAIRS],
            "seed": [0, choices.LARGEST_SEED],
        },
    }


def _policy_groups() -> list[dict[str, Any]]:
    names = [name for name, _ in policies()]
    groups = {title: [name for name in group if name in names] for title, group in POLICY_GROUPS.items()}
    placed = {name for group in groups.values() for name in group}
    groups["Others"] = [name for name in names if name not in placed]
    return [{"title": title, "policies": group} for title, group in groups.items() if group]


def _policy(name: str, description: str) -> dict[str, Any]:
    scenario = load(name)
    for other, _ in policies():
        description = description.replace(other, other.replace("_", " "))
    return {
        "name": name,
        "title": name.replace("_", " "),
        "description": " ".join(description.split()),
        "levers": {path: value_at(scenario, path) for path in LEVERS},
    }


def _lever(lever: Lever, spec) -> dict[str, Any]:
    return {
        "path": lever.path,
        "title": lever.title,
        "help": lever.help,
        "kind": lever.kind,
        "low": lever.low,
        "high": lever.high,
        "step": lever.step,
        "percent": lever.as_percent,
        "unit": lever.unit or spec.unit,
        "options": list(lever.options),
        "default": spec.default,
        "usual": spec.usual,
        "evidence": spec.evidence,
        "quality": spec.quality,
    }


def evidence_of(id: str) -> dict[str, Any]:
    """Return a row of evidence. Raises InputError for an id that is none."""
    row = evidence.evidence(id)
    return {
        "id": row.id,
        "meaning": row.meaning,
        "unit": row.unit,
        "value": row.value if isinstance(row.value, (int, float)) else None,
        "low": row.low,
        "high": row.high,
        "quality": row.quality,
        "quality_means": QUALITY.get(row.quality, ""),
        "source": row.source,
        "verified": row.verified,
        "note": row.note,
        "role": row.role,
    }


def search(text: str) -> list[dict[str, Any]]:
    """Return the places like a text, best first; a state not yet written out is passed over."""
    text = text.strip()[:60]
    try:
        like = places.search(text, FOUND) if text else []
    except InputError:
        like = places.search(text.partition(",")[0], FOUND)
    found = [_brief(place) for place in like]
    nation = "united states average community"
    return ([_brief(places.find("US"))] if text and nation.startswith(text.lower()) else []) + found


def _brief(place: places.Place) -> dict[str, Any]:
    return {"code": place.fips, "label": _label(place), "population": place.population}


def place(code: str) -> dict[str, Any]:
    """Return what a visitor should know of a place. Raises InputError."""
    found = places.find(choices.place_code(code))
    deaths = places.published_deaths(found.fips) if found.fips != "US" else []
    return _brief(found) | {
        "rate": round(found.death_rate_per_100k, 1),
        "basis": found.death_rate_basis,
        "nation": round(places.national_death_rate(), 1),
        "deaths": [{"year": year, "deaths": number, "status": status} for year, number, status in deaths],
        "otp_sites": round(found.otp_sites, 1),
        "buprenorphine_sites": round(found.buprenorphine_sites, 1),
        "officers_per_1000": round(found.officers_per_1000, 2),
        "programme": found.programme,
        "notes": list(found.notes),
    }


def _label(place: places.Place) -> str:
    return "US average community" if place.fips == "US" else place.label
