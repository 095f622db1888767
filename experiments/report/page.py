"""The page itself: a template filled with what was gathered, its pictures inside; the same bytes every time."""

import base64
import hashlib
import re
import shlex
from functools import cache
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING

from ... import __version__
from ...scenarios import places
from ...scenarios.errors import InputError
from ...scenarios.places import DEATH_RATE_YEARS
from .. import show
from ..figure import _seeds
from ..provenance import label_of
from . import cheers, limits, odd, sources, unmeasured
from .parts import Figure, Found, Row, Table, words

if TYPE_CHECKING:
    from jinja2 import Template

HERE = Path(__file__).parent


def page(found: Found, off: unmeasured.Looked) -> str:
    """Return the whole page as HTML."""
    from markupsafe import Markup

    evidence = sources.groups(found)
    first = 1 if found.figures else 0
    return _template().render(
        style=Markup((HERE / "style.css").read_text(encoding="utf-8")),
        found=found,
        off=off,
        version=__version__,
        pictures=[(figure, Markup(picture(figure, f"f{at}"))) for at, figure in enumerate(found.figures, 1)],
        first=first,
        scope=scope(found),
        changes=sources.changes(found),
        switches=unmeasured.settings(found) if found.sides else None,
        evidence=evidence,
        counted=sources.counted(evidence),
        grades=sources.GRADES,
        limits=limits.limits(found, off),
        odd=odd.odd(found),
        cheers=cheers.cheers(found, off),
        runs=runs(found),
        off_runs=runs(off.found) if off.found else None,
        files=files_in(found.folder),
        commands=commands(found),
        code=found.code or "not said in the folder",
    )


@cache
def _template() -> "Template":
    import jinja2

    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(HERE),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template("template.html")


def picture(figure: Figure, prefix: str) -> str:
    """Return a picture as SVG to be put into a page; an old folder's PNG goes in as it is.

    Its ids get a prefix: clip paths of two pictures on one page would else be taken for each other.
    """
    title, says = escape(figure.title), escape(figure.says)
    label = f'<title id="{prefix}-title">{title}</title><desc id="{prefix}-desc">{says}</desc>'
    if figure.path.suffix == ".png":
        data = base64.b64encode(figure.path.read_bytes()).decode()
        return f'<img alt="{escape(f"{figure.title}. {figure.says}")}" src="data:image/png;base64,{data}">'
    text = figure.path.read_text(encoding="utf-8")
    start = text.find("<svg")
    view = re.search(r'viewBox="[-0-9. ]+"', text)
    if start < 0 or view is None:
        raise InputError(f"{figure.path}: is not a picture that deflect has written")
    inside = text[text.index(">", start) + 1 :].rpartition("</svg>")[0]
    inside = re.sub(r"<metadata>.*?</metadata>", "", inside, flags=re.DOTALL)
    inside = re.sub(r"<style[^>]*>.*?</style>", "", inside, flags=re.DOTALL)  # it would speak to the whole page
    inside = re.sub(r'\bid="', f'id="{prefix}-', inside)
    inside = re.sub(r"url\(#", f"url(#{prefix}-", inside)
    inside = re.sub(r'xlink:href="#', f'href="#{prefix}-', inside)
    inside = inside.replace('xlink:href="data:', 'href="data:')
    inside = re.sub(r"\n\s*", "\n", inside)
    named = f'role="img" aria-labelledby="{prefix}-title {prefix}-desc"'
    return f"<svg {view[0]} {named}>{label}{inside}</svg>"


def scope(found: Found) -> list[tuple[str, str]]:
    """Return what was run, as (name, what is said)."""
    told = found.provenance.get("a", found.provenance)
    said: list[tuple[str, str]] = []
    if found.sides:
        scenario = found.scenario
        said.append(("Place", label_of(scenario)))
        said += _place(scenario.place)
        said.append(("Years", f"{scenario.years} from the start of the policy; two before it under the status quo"))
    elif found.about:
        said.append(("What", found.about))
    if "residents_simulated" in told:
        people = f"{told['residents_simulated']:,} simulated for {told['place_population']:,}"
        said.append(("Residents", people))
    if found.seeds:
        said.append(
            ("Seeds", f"{len(found.seeds)} ({_seeds(found.seeds)})" if len(found.seeds) > 1 else str(found.seeds[0]))
        )
    said += [(f"Policy {name}", _policy(side)) for name, side in zip("AB", found.sides, strict=False)] * (
        found.kind == "compare"
    )
    if found.kind == "run":
        said.append(("Policy", _policy(found.sides[0])))
    if found.kind == "factorial":
        said.append(("Base", _policy(found.sides[0])))
        said.append(("Factors", ", ".join(found.provenance["factors"])))
    return said


def _policy(side) -> str:
    about = side.scenario.description.strip()
    return f"{side.label}. {about}" if about else side.label


def _place(fips: str) -> list[tuple[str, str]]:
    try:
        place = places.find(fips)
    except InputError:  # a place file that is gone
        return []
    rate = f"{show.number(place.death_rate_per_100k)} per 100,000 a year, of all drugs, {DEATH_RATE_YEARS}"
    basis = "published" if place.death_rate_basis == "published" else f"an estimate ({place.death_rate_basis})"
    sites = f"opioid treatment programmes: {place.otp_sites:g}; places of buprenorphine prescribers: "
    return [
        ("Overdose deaths there", f"{rate} ({basis})"),
        ("Providers there", f"{sites}{place.buprenorphine_sites:g}"),
        ("Officers there", f"{show.number(place.officers_per_1000)} per 1,000 residents"),
    ]


def runs(found: Found) -> Table:
    """Return every run: policy, seed, scenario, digest."""
    rows = [
        Row(tuple(map(words, (side.label, seed, side.hash[:16], digest))), f"{side.label}/{seed}")
        for side in found.sides
        for seed, digest in side.digests.items()
    ]
    return Table("Every run", ("Policy", "Seed|", "Scenario", "Digest"), rows, closed=True)


def files_in(folder: Path) -> list[tuple[str, str]]:
    """Return (name, first of SHA-256) of the files that the report was made from."""
    kept = sorted(path for path in folder.iterdir() if path.suffix in (".csv", ".svg", ".json", ".parquet"))
    return [(path.name, hashlib.sha256(path.read_bytes()).hexdigest()[:16]) for path in kept if path.is_file()]


def commands(found: Found) -> list[str]:
    """Return the commands that make all this again."""
    out = found.folder.name or "results"
    made = found.command
    lines = []
    if made:
        lines.append(made if found.kind == "other" else f"{made} --out {shlex.quote(out)}")
    elif any(side.command for side in found.sides):
        lines += [side.command for side in found.sides if side.command]
    return [*lines, shlex.join(["deflect", "report", out])]
