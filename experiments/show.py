"""Places, policies, evidence and findings as tables for a terminal, and how numbers are said there."""

import textwrap
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from .differences import Difference, as_text

WIDTH = 110
POLICY_GROUPS = {
    "without deflection": (
        "status_quo",
        "null",
        "enforcement_as_usual",
        "more_naloxone",
        "more_slots",
        "better_jails",
    ),
    "one pathway": (
        "self_referral",
        "active_outreach",
        "naloxone_plus",
        "officer_referral",
        "officer_intervention",
        "community_response",
    ),
    "all pathways": ("full_deflection",),
    "one of the four areas": (
        "families",
        "trauma_informed",
        "officer_wellbeing",
        "community_engagement",
    ),
    "areas and pathways together": (
        "four_areas",
        "full_package",
    ),
    "after a programme": (
        "angel",
        "massachusetts_outreach",
        "qrt_colerain",
        "steer",
        "lead_seattle",
        "mari",
        "chicago_nadp",
        "tucson",
        "denver_star",
    ),
    "after a practice": (
        "handle_with_care",
        "martinsburg_initiative",
        "ptacc_families",
        "cambridge_trauma_guide",
        "nctsn_toolkit",
        "mazur_collins_six_practices",
        "sadulski_peer_support",
        "advisory_board",
    ),
    "a start to teach with": (
        "burned_out_force",
        "rested_force",
    ),
}


def console(stderr: bool = False) -> Console:
    """Return a console; written to a file or a pipe it is plain text of a fixed width."""
    plain = Console(stderr=stderr)
    return plain if plain.is_terminal else Console(stderr=stderr, width=WIDTH)


def table(*columns: str, right: Iterable[str] = (), whole: Iterable[str] = (), **options: Any) -> Table:
    """Return an empty table; columns in `right` hold numbers, those in `whole` are never wrapped either."""
    empty = Table(box=None, pad_edge=False, header_style="bold", **options)
    for column in columns:
        side = "right" if column in right else "left"
        empty.add_column(column, justify=side, no_wrap=column in {*right, *whole}, overflow="fold")
    return empty


def places(found: Sequence, out: Console) -> None:
    """Print places, what is published for them told apart from what is estimated."""
    from ..scenarios.places import DEATH_RATE_YEARS, published_deaths

    first, last = map(int, DEATH_RATE_YEARS.split("-"))
    counted, rate = f"deaths {DEATH_RATE_YEARS}", "per 100,000 a year"
    listed = table("FIPS", "place", "residents", counted, rate, "", "known programme",
                   right=("residents", counted, rate), whole=("FIPS", "place", ""))  # fmt: skip
    for place in found:
        deaths = [count for year, count, _ in published_deaths(place.fips) if first <= year <= last]
        known = [count for count in deaths if count is not None]
        told = f"{sum(known):,} in {plural(len(known), 'year')}" if known else "withheld"
        basis = "published" if place.death_rate_basis == "published" else "estimate"
        told_rate = f"{place.death_rate_per_100k:.1f}"
        listed.add_row(place.fips, place.label, f"{place.population:,}", told, told_rate, basis, place.programme or "")
    out.print(listed)
    out.print(
        "Deaths are of all drugs; years with 1 to 9 deaths are withheld, and a rate that fills them is an estimate."
    )


def policies(found: Iterable[tuple[str, str]], out: Console) -> None:
    """Print the policies that come with the project: group after group, the first sentence of each."""
    left = dict(found)
    listed = table("policy", "what it says", whole=("policy",))
    for title, names in (*POLICY_GROUPS.items(), ("others", tuple(left))):
        here = [name for name in names if name in left]
        if here:
            listed.add_row(f"[bold]{title}[/]", "")
        for name in here:
            listed.add_row(f"  {name}", escape(first_sentence(left.pop(name))))
    out.print(listed)
    out.print("\nThe whole description stands at the head of each file and in docs/policies.md.", style="italic")


def first_sentence(text: str) -> str:
    """Return a text up to its first full stop before a blank."""
    return text.partition(". ")[0].rstrip(".") + "."


def evidence(row: Any, out: Console) -> None:
    """Print one number with everything known about it."""
    card = table("", "", show_header=False)
    told = {
        "id": row.id,
        "meaning": row.meaning,
        "value": "said by the place or another field" if row.value is None else f"{number(row.value)} {row.unit}",
        "range": "" if row.low is None else f"{number(row.low)} to {number(row.high)} {row.unit}",
        "table": "" if row.series is None else as_text(row.series),
        "quality": f"{row.quality} (A strong and direct, B reasonable, C weak or judgement)",
        "role": row.role,
        "source": f"{row.source} {f'doi:{row.doi}' if row.doi else ''}".strip(),
        "verified": row.verified,
        "note": row.note,
        "informed by": ", ".join(row.informed_by),
        "not used": row.unused,
    }
    for name, text in told.items():
        if text:
            card.add_row(f"[bold]{name}[/]", escape(str(text)))
    out.print(card)


def evidence_list(rows: Sequence, out: Console, limit: int) -> None:
    """Print several numbers, a line each."""
    listed = table("id", "value", "unit", "quality", "meaning", right=("value",), whole=("id", "unit"))
    for row in rows[:limit]:
        value = "-" if row.value is None else number(row.value)
        listed.add_row(escape(row.id), value, row.unit, row.quality, escape(row.meaning))
    out.print(listed)
    if len(rows) > limit:
        out.print(f"{len(rows) - limit} more: say more words, or --limit {len(rows)}", style="italic")


def differences(found: Sequence[Difference], origins: dict[str, str], out: Console) -> None:
    """Print which fields differ from the defaults, file by file where each value was written."""
    listed = table(
        "field", "value", "default", "unit", "evidence", "line", right=("line",), whole=("field", "value", "default")
    )
    by_file: dict[str, list] = {}
    for d in found:
        file, _, place = origins[d.path].partition(":")
        told = (f"  {d.path}", _brief(d.value), _brief(d.base), d.unit, f"{d.evidence} {d.quality}")
        by_file.setdefault(file, []).append((*told, place.partition(":")[0]))
    for file, rows in by_file.items():
        listed.add_row(f"[bold]{escape(file)}[/]")
        for row in rows:
            listed.add_row(*map(escape, row))
    out.print(listed)


def findings(rows: Sequence, out: Console) -> None:
    """Print published findings beside the model, misses included."""
    listed = table("finding", "published", "accepted", "model", "by chance, 95 %", "", right=("published", "model"))
    for row in rows:
        accepted = f"{number(row.low)} to {number(row.high)}"
        interval = f"{number(row.model_low)} to {number(row.model_high)}"
        verdict = f"[bold]{row.verdict}[/]" if row.verdict.startswith("missed") else row.verdict
        listed.add_row(escape(row.title), number(row.published), accepted, number(row.model), interval, verdict)
    out.print(listed)
    out.print(
        "\nThe interval is chance alone; a question mark: more seeds could still turn the verdict. "
        "docs/limits.md speaks of the misses.",
        style="italic",
    )


def cascades(rows: Sequence, out: Console) -> None:
    """Print the published cascades beside what emerges, programme after programme, misses included."""
    columns = ("step", "published", "model, 95 % by chance", "count", "people", "")
    listed = table(*columns, right=columns[1:5], whole=columns[:1])
    listed.columns[-1].min_width = len("outside,")
    programme = ""
    for row in rows:
        if row.programme != programme:
            programme = row.programme
            listed.add_row(f"[bold]{escape(programme)}[/]")
        listed.add_row(
            f"  {escape(row.title)}{' *' if row.note else ''}",
            f"{number(row.published)} ({number(row.low)}-{number(row.high)})",
            f"{number(row.model)} ({number(row.model_low)}-{number(row.model_high)})",
            str(row.tally),
            f"{row.tally.people:,}",
            row.verdict if row.verdict.startswith("inside") else f"[bold]{row.verdict}[/]",
        )
    out.print(listed)
    told = [
        f"* {', '.join(row.title for row in rows if row.note == note)}: {note}."
        for note in dict.fromkeys(row.note for row in rows if row.note)
    ]
    told.append(
        "Counts and people are of all runs together; a ratio is of the diverted to eligible people arrested. The "
        "interval is chance alone; unsure: more seeds could still turn it. Nothing was fitted to make these numbers "
        "come out. docs/policies.md says what each step counts."
    )
    for text in told:
        out.print()
        out.print(textwrap.fill(text, WIDTH), style="italic")


def written(folder: Path, out: Console, *more: str) -> None:
    """Print the last line of a command: the folder of its results and the tables in it. more: what else to name."""
    tables = sorted(path.name for path in folder.iterdir() if path.suffix in (".csv", ".parquet", ".txt"))
    told = f"in {folder}: {', '.join([*tables, *more])}"
    lines = textwrap.fill(told, WIDTH, subsequent_indent="  ", break_long_words=False, break_on_hyphens=False)
    out.print(f"\n{lines}", soft_wrap=True, highlight=False, markup=False)


def plural(count: int, word: str) -> str:
    """Return "1 year", "3 years"."""
    return f"{count:,} {word}{'s' * (count != 1)}"


def number(value: Any) -> str:
    """Return a number with the figures a reader can use."""
    if isinstance(value, bool) or value is None:
        return {True: "yes", False: "no", None: "-"}[value]
    if value != value:
        return "-"
    size = abs(value)
    if size >= 100:
        return f"{value:,.0f}"
    if size >= 10:
        return f"{value:.1f}"
    return "0" if value == 0 else f"{value:.3g}"


def amount(value: float, unit: str) -> str:
    """Return a number as a table says it: shares in percent, dollars in M(illion) and bn, trust with its sign."""
    if value != value:
        return "-"
    if unit == "share":
        return f"{100 * value:.1f} %"
    if unit.startswith("dollars"):
        from .money_text import dollars

        return dollars(value).replace(" million", " M").replace(" billion", " bn")
    if unit == "standard deviations":
        return f"{value:+.2f}".replace("-", "−")
    return number(value).replace("-", "−")


def span(low: float, high: float, unit: str) -> str:
    """Return an interval as a reader says it, its unit once."""
    ends = amount(low, unit), amount(high, unit)
    return f"{ends[0].removesuffix(' %')} to {ends[1]}"


def _brief(value: Any) -> str:
    text = as_text(value)
    return text if len(text) <= 60 else text[:57] + "..."
