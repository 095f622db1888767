"""The same person under two policies, in a trainer's form: how many lives differed, and one of them day by day."""

from collections.abc import AsyncIterator, Callable
from typing import Any

from ..scenarios.errors import InputError
from . import choices

MOST_RESIDENTS, MOST_YEARS = 5_000, 5
DAYS = 40  # days told after the lives part


def read(told: Any) -> dict[str, Any]:
    """Return whose lives are asked for: {"asked": …, "person": row or null}. Raises InputError."""
    if not isinstance(told, dict):
        raise InputError("names and values are needed")
    asked = choices.read(told.get("asked"))
    asked = asked._replace(residents=min(asked.residents, MOST_RESIDENTS), years=min(asked.years, MOST_YEARS))
    person = told.get("person")
    return {"asked": asked, "person": None if person is None else choices.whole(person, "person", 0, 10_000_000)}


def steps(told: Any) -> Callable[[Any], AsyncIterator]:
    """Return the steps of a job: one answer. Raises InputError."""
    payload = read(told)

    async def follow(job):
        job.submit("lives", payload)
        yield "lives", (await job.next())[1]

    return follow


def lives(payload: dict[str, Any], teller) -> dict[str, Any]:
    """Live one seed twice and tell of somebody. Raises InputError for somebody who is not in both worlds."""
    from ..experiments.lives.study import lives_of
    from ..experiments.lives.text import described_of, ending
    from ..experiments.lives.why import why

    a, b = choices.scenarios(payload["asked"])
    found = lives_of(a, b, payload["asked"].seed, payload["person"], progress=teller.check)
    labels = list(found.labels)
    told = {
        "labels": labels,
        "place": found.place,
        "seed": payload["asked"].seed,
        "residents": payload["asked"].residents,
        "years": payload["asked"].years,
        "both": int(found.people.both),
        "differ": int(found.people.differ),
        "counts": [
            {"worse": row.here, "better": row.in_the_other_world, "numbers": [int(row[-2]), int(row[-1])]}
            for row in found.counts.itertuples(index=False)
            if row[-2] or row[-1]
        ],
        "people": [
            {"person": int(one.row), "who": f"{described_of(found, one.row)}: {_fates(one, labels)}"}
            for one in found.people.choices()
        ],
        "person": None,
    }
    if found.person is None:
        return told
    return told | {
        "person": int(found.person),
        "who": described_of(found, found.person),
        "parted": None if found.parted is None else int(found.parted),
        "ends": [ending(found, side) for side in (0, 1)],
        "days": _days(found, labels),
        "why": why(found, 76) if found.parted is not None else "",
    }


def _fates(choice, labels: list[str]) -> str:
    """Say what became of somebody under each policy."""
    worse, better = labels[choice.worse], labels[1 - choice.worse]
    said = f"{choice.contrast.worse} under {worse}, {choice.contrast.better} under {better}"
    return said.replace("_", " ")


def _days(found, labels: list[str]) -> list[dict[str, Any]]:
    """Return the days of both lives side by side: the last shared ones, and those after they part."""
    days: dict[int, dict[str, Any]] = {}
    for row in found.events.itertuples():
        day = days.setdefault(int(row.day), {"day": int(row.day), "a": [], "b": []})
        day["ab"[labels.index(row.policy)]].append(
            {"text": row.text, "shared": bool(row.shared), "because": row.because}
        )
    ordered = [days[day] for day in sorted(days)]
    if found.parted is None:
        return ordered[-DAYS:]
    before = [day for day in ordered if day["day"] < found.parted]
    return before[-3:] + [day for day in ordered if day["day"] >= found.parted][:DAYS]
