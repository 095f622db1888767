"""What `deflect why` answers: why an event happened, what happened to somebody, and what is worth asking about."""

import json
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from ..model.events import EVENT, MEANING, SETTINGS, Kind
from ..model.why import Step, Teller, events_in, first_causes, why
from ..scenarios.errors import InputError, nearest

FILE = "events.parquet"
COLUMNS = ("event", "day", "kind", "who", "other", "neighbourhood", "setting", "amount", "cause")
WORTH_ASKING = (  # what a reader may start from; (): of any kind
    ("Deaths of an overdose", (Kind.DIED_OVERDOSE,)),
    ("Rescues", (Kind.LAY_NALOXONE,)),
    ("Hand-overs to care", (Kind.HANDED_OVER,)),
    ("Entries to treatment", (Kind.ADMITTED,)),
    ("Arrests", (Kind.ARRESTED,)),
    ("Longest chains", ()),
)
STARTS = 3  # of each
QUICKER = " A run kept by `deflect run --events` answers at once: --run FOLDER."


class Story(NamedTuple):
    """What happened in one run, and which run that is."""

    source: Any  # a world, or its table of events alone
    title: str


def lived(scenario, seed: int = 0, quiet: bool = True) -> Story:
    """Live one seed of a scenario; everything is known of everybody."""
    from .progress import shown
    from .provenance import label_of
    from .run import BURN_IN_DAYS, policy_days, run
    from .seeds import seeds_of

    seeds_of([seed])
    of = f"{label_of(scenario)}, {scenario.name}"
    days = BURN_IN_DAYS + policy_days(scenario)
    with shown(of, quiet) as progress:
        world = run(scenario, seed, keep_world=True, progress=progress and (lambda day: progress(day, days))).world
    return Story(world, f"{of}, seed {seed}: {len(world.events):,} events")


def kept(folder: Path, seed: int | None = None) -> Story:
    """Read the events of one seed from a folder of results, by default of the first it holds.

    Raises InputError when the folder holds no events, not this seed, or something else under their name.
    """
    path = folder / FILE
    if not folder.is_dir():
        raise InputError(f"--run {folder}: there is no such folder")
    provenance = _provenance(folder)
    if not path.is_file():
        again = provenance.get("command", "deflect run")
        raise InputError(f"--run {folder}: holds no events; they are kept when asked for: {again} --events")
    import pandas

    try:
        seeds = [int(known) for known in pandas.read_parquet(path, columns=["seed"])["seed"].unique()]
        if seed is None and seeds:
            seed = seeds[0]
        if seed not in seeds:
            raise InputError(f"--seed {seed}: {folder} holds the events of {seeds_named(seeds)}")
        events = _events_of(pandas.read_parquet(path, columns=list(COLUMNS), filters=[("seed", "==", seed)]))
    except InputError:
        raise
    except (OSError, ValueError, KeyError) as error:
        raise InputError(f"{path}: cannot be read as events ({str(error).splitlines()[0]})") from None
    of = _of_what(provenance) or str(folder)
    others = f" (of {seeds_named(seeds)}; another with --seed)" if len(seeds) > 1 else ""
    return Story(events, f"{of}, seed {seed}{others}: {len(events):,} events")


def _events_of(table) -> np.ndarray:
    """Return a table of events.parquet as the model keeps it."""
    events = np.zeros(len(table), EVENT)
    for name in ("day", "who", "other", "amount", "cause"):
        events[name] = table[name]
    events["place"] = table["neighbourhood"]
    kinds = {word: Kind[word.upper()] for word in table["kind"].unique()}
    events["kind"] = table["kind"].astype(object).map(kinds)
    settings = {word: SETTINGS.index(word) for word in table["setting"].unique()}
    events["setting"] = table["setting"].astype(object).map(settings)
    rows = np.arange(len(events))
    if (table["event"] != rows).any() or (events["cause"] >= rows).any():
        raise ValueError("they are not in the order in which they happened")
    return events


def seeds_named(seeds: list[int]) -> str:
    """Return seeds as a reader says them: `seed 3`, `seeds 0-9`, `seeds 3, 5`."""
    if len(seeds) == 1:
        return f"seed {seeds[0]}"
    in_a_row = list(range(seeds[0], seeds[-1] + 1)) == seeds if seeds else False
    return f"seeds {f'{seeds[0]}-{seeds[-1]}' if in_a_row else ', '.join(map(str, seeds))}"


def kind_of(word: str) -> Kind:
    """Return the kind of event with this name, as `died_overdose`. Raises InputError with the nearest one."""
    names = {kind.name.lower(): kind for kind in Kind}
    if word.lower() not in names:
        near = nearest(word.lower(), names) or f" (of {', '.join(names)})"
        raise InputError(f"--kind {word}: there is no such kind of event{near}")
    return names[word.lower()]


def answer(
    source, event: int | None = None, kind: Kind | None = None, person: int | None = None, limit: int = 20
) -> str:
    """Return the answer as text: why `event`; else the events of a kind, of a person; else what is worth asking about.

    source: a world, or its table of events. limit: most events listed, or told of what followed. Raises InputError
    for an event or a person that does not exist.
    """
    if event is not None:
        return why(source, event, limit)
    if kind is None and person is None:
        return _worth_asking(source)
    return _list(source, kind, person, limit)


def _list(source, kind: Kind | None, person: int | None, limit: int) -> str:
    """List the last events of a kind, of a person, or of both."""
    events = events_in(source)
    chosen = np.ones(len(events), bool)
    title = "Events"
    if kind is not None:
        chosen &= events["kind"] == kind
        title = f'"{MEANING[kind][0]}"'
    if person is not None:
        people = len(source.residents) if hasattr(source, "residents") else 1 + int(events["who"].max(initial=-1))
        if not 0 <= person < people:
            raise InputError(f"--person {person}: there is none; residents are numbered 0 to {people - 1}")
        chosen &= events["who"] == person
        title += f" of resident {person}"
    rows = np.flatnonzero(chosen).tolist()
    if not rows:
        return f"{title}: none in this run"
    lines = Teller(source).lines([Step(row, 0) for row in rows[-limit:]])
    before = [f"... and {len(rows) - limit:,} before these (--limit {len(rows)})"] if len(rows) > limit else []
    return "\n".join([f"{title}: {len(rows):,}", "", *before, *lines])


def _worth_asking(source) -> str:
    """List some events with a story: those with the longest chains, then with most around them, then the last."""
    events = events_in(source)
    first, steps = first_causes(events)
    around = np.bincount(first, minlength=len(events))[first]
    told, listed = [], set()
    for title, kinds in WORTH_ASKING:
        rows = np.flatnonzero((events["day"] >= 0) & (np.isin(events["kind"], kinds) if kinds else steps > 0))
        rows = rows[np.lexsort((rows, around[rows], steps[rows]))[::-1]]
        best = []
        for row in rows.tolist():  # one of each story
            if len(best) < STARTS and first[row] not in listed:
                best.append(row)
                listed.add(first[row])
        if best:
            teller = Teller(source)
            told += [title, *(teller.line(row) for row in sorted(best)), ""]
    return "\n".join(told[:-1]) or "nothing has happened since the policy start"


def _of_what(provenance: dict) -> str:
    try:
        place = provenance["place"]
        return f"{place['name']}, {place['state']}, {provenance['scenario']['name']}"
    except (KeyError, TypeError):
        return ""


def _provenance(folder: Path) -> dict:
    try:
        told = json.loads((folder / "provenance.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return told if isinstance(told, dict) else {}
