"""A person's two lives as `deflect lives` tells them: counts, events, text, figure, files."""

import shlex
from collections.abc import Callable, Mapping
from functools import cached_property
from os import PathLike, fspath
from pathlib import Path
from typing import TYPE_CHECKING

from ... import __version__
from ...agents.compiled import source_hash
from ...model.budget import within_budget
from ...scenarios.errors import InputError
from .. import files
from ..api import load
from ..compare import check_same, versus
from ..differences import as_text
from ..digest import digest
from ..provenance import label_of
from ..seeds import seeds_of
from . import states, text
from .cause import Inquiry
from .events import Item, Story, first_difference
from .people import Choice, People
from .trial import Link, Who
from .words import Words
from .worlds import SIDES, Worlds

if TYPE_CHECKING:
    import pandas
    from matplotlib.figure import Figure

    from ...scenarios.schema import Scenario

EVENT_COLUMNS = ("policy", "person", "event", "day", "kind", "cause", "shared", "text", "because")
_OF_ONE = ("chosen", "person", "signed", "shared", "links", "ending", "events")  # what another person has of their own


class TwoLives:
    """One person's life in two worlds. A and B are sides 0 and 1 wherever there are two of something."""

    def __init__(self, worlds: Worlds, person: int | None = None, asked: list[str] | None = None):
        """Look at two worlds. person: row of a resident in A; by default the first worth telling of.

        asked: the words after `deflect lives` that say the scenarios. Raises InputError for somebody who does not live
        in both worlds.
        """
        self.worlds, self.asked = worlds, asked
        self._stories = tuple(Story(world) for world in worlds.ends)
        self.people = People(worlds, self._stories)
        self._inquiry = Inquiry(worlds, self._stories, self.people.rows)
        self._tell_of(person)

    def of(self, person: int) -> "TwoLives":
        """Return the two lives of somebody else in the same worlds, without living them again."""
        other = object.__new__(TwoLives)
        other.__dict__ = {name: value for name, value in vars(self).items() if name not in _OF_ONE}
        other._tell_of(person)
        return other

    def _tell_of(self, person: int | None) -> None:
        people, known = self.people, len(self.people.rows)
        if person is None:
            self.chosen: Choice | None = next(iter(people.choices()), None)
            self.person = self.chosen.row if self.chosen else people.anybody()
            return
        if not 0 <= person < known:
            raise InputError(f"--person {person}: there is none; residents are numbered 0 to {known - 1}")
        if people.rows[person] < 0:
            raise InputError(f"--person {person}: lives under {self.labels[0]} only; there is no other life to tell")
        self.person, self.chosen = person, people.plainest(person)

    def __repr__(self) -> str:
        what = f"{self.labels[0]} and {self.labels[1]} in {self.place}, seed {self.worlds.seed}"
        return f"TwoLives({what}: {'no life differed' if self.person is None else f'resident {self.person}'})"

    def __str__(self) -> str:
        return self.told()

    @property
    def labels(self) -> tuple[str, str]:
        """The names of the two policies, told apart also where they are the same."""
        a, b = (scenario.name for scenario in self.worlds.scenarios)
        return (a, b) if a != b else (f"{a} (A)", f"{b} (B)")

    @property
    def message(self) -> str:
        """The one sentence: who it is, and what became of them under either policy."""
        from .figure import title

        return "No life differed" if self.person is None else title(self)

    @property
    def place(self) -> str:
        """The name of the place, as a reader knows it."""
        return label_of(self.worlds.scenarios[0])

    @property
    def rows(self) -> tuple[int, int]:
        """The person's row in each world."""
        return self.person, int(self.people.rows[self.person])

    @property
    def lives(self) -> tuple[list[Item], list[Item]]:
        """The person's events in both worlds, in order."""
        return self._inquiry.lives(Who(self.person))

    @cached_property
    def signed(self) -> tuple[list[tuple], list[tuple]]:
        """What the events of both lives are compared by, in names that mean the same in both worlds."""
        return self._inquiry.signed(Who(self.person))

    @cached_property
    def shared(self) -> int:
        """How many events, from the first on, are the same in both lives."""
        return first_difference(*self.signed)

    @property
    def parted(self) -> int | None:
        """The day of the first difference, None: the two lives are the same."""
        return self._inquiry.parted(Who(self.person))

    @cached_property
    def links(self) -> list[Link]:
        """How the first difference came to this person: that day of theirs, then back to where it began."""
        return self._inquiry.chain(Who(self.person), self.parted)

    @cached_property
    def ending(self) -> list[Link]:
        """How it came to end differently: from that day back to where it began; empty where it is the first day."""
        day = self.chosen and self.people.decided(self.chosen)
        if day is None or self.parted is None or day <= self.parted:
            return []
        return self._inquiry.chain(Who(self.person), day)

    def signed_of(self, side: int, items: list[Item]) -> list[tuple]:
        """Return what some events of one world are compared by."""
        return self._stories[side].signed(items)

    def tracks(self, side: int, who: Who | None = None) -> states.Tracks:
        """Return how the person, or somebody else, stood day after day in one world."""
        who = who or Who(self.person)
        life = self._inquiry.lives(who)[side]
        return states.tracks(self.worlds.ends[side], self._inquiry.row(who, side), life)

    def standing(self, side: int, day: int, who: Who | None = None) -> str:
        """Say how the person, or somebody else, stood in one world on the morning of a day."""
        return states.SAID[states.state_of(self.tracks(side, who), day - 1)]

    @cached_property
    def events(self) -> "pandas.DataFrame":
        """One row an event of each life (docs/lives.md)."""
        import pandas

        told = []
        for side, label in enumerate(self.labels):
            row, same = self.rows[side], set(self.signed[1 - side])
            for item, signature in zip(self.lives[side], self.signed[side], strict=True):
                words = Words(self.worlds.ends[side], row)  # new each time: every row stands by itself
                cause, shared = int(words.events["cause"][item.row]), int(signature in same)
                about = (label, row, item.row, item.day, item.kind.name.lower(), cause, shared)
                told.append((*about, words.text(item), words.because(item)))
        return pandas.DataFrame(told, columns=list(EVENT_COLUMNS))

    @cached_property
    def counts(self) -> "pandas.DataFrame":
        """How many people each contrast holds for under A and under B; both are luck and policy."""
        import pandas

        rows = [(c.id, c.worse, c.better, a, b) for c, a, b in self.people.counts()]
        return pandas.DataFrame(rows, columns=["contrast", "here", "in_the_other_world", *self.labels])

    @cached_property
    def table(self) -> "pandas.DataFrame":
        """One row a person worth telling of: contrast, the policy under which it went worse, the day it parted."""
        import pandas

        rows = [(c.row, c.contrast.id, self.labels[c.worse], c.day) for c in self.people.choices(each=5, contrasts=8)]
        return pandas.DataFrame(rows, columns=["person", "contrast", "worse_under", "parted"])

    def told(self, width: int = 100, limit: int | None = None) -> str:
        """Return all there is to say as text. width: characters a line. limit: days told of each life at most."""
        return text.told(self, width, limit)

    def figure(self, path: str | Path | None = None) -> "Figure":
        """Return the figure; with a path, write it there too. Raises InputError where no life differed."""
        from ..figure import write
        from .figure import draw

        if self.person is None:
            raise InputError("no life differed between the two worlds: there is nothing to draw")
        figure = draw(self)
        if path is not None:
            write(figure, Path(path))
        return figure

    def save(self, folder: str | Path | None = None) -> Path:
        """Write lives.txt, lives.csv, lives.png and provenance.json to a folder that is empty or new, and return it."""
        return files.write_whole(folder_for(folder, *self.worlds.scenarios), self._write)

    def _write(self, folder: Path) -> None:
        (folder / "lives.txt").write_text(self.told() + "\n", encoding="utf-8")
        if self.person is not None:
            self.events.to_csv(folder / "lives.csv", index=False, lineterminator="\n")
            self.figure(folder / "lives.png")
        files.write_json(folder / "provenance.json", self.provenance())

    def provenance(self) -> dict:
        """Return what made these two worlds."""
        return {
            "deflect": __version__,
            "code_sha256_16": source_hash(),
            "command": self._command(),
            "message": self.message,
            "place": self.place,
            "seed": self.worlds.seed,
            "person": self.person,
            "worlds": [
                {"policy": self.labels[side], "scenario_hash": world.scenario.hash, "digest": digest(world)}
                for side, world in zip(SIDES, self.worlds.ends, strict=True)
            ],
        }

    def _command(self) -> str | None:
        """Return the command that tells this again; None for scenarios made in Python."""
        if self.asked is None:
            return None
        person = [] if self.person is None else ["--person", str(self.person)]
        return shlex.join(["deflect", "lives", *self.asked, "--seed", str(self.worlds.seed), *person])


def two_lives(
    policy_a: "Scenario | str | PathLike",
    policy_b: "Scenario | str | PathLike",
    overrides: Mapping[str, object] | None = None,
    *,
    seed: int = 0,
    person: int | None = None,
    progress: Callable[[int, int], None] | None = None,
    **settings: object,
) -> TwoLives:
    """Live one seed under two policies and return the two lives of somebody whose life differed.

    policy_a, policy_b: names, paths of files, or loaded scenarios. overrides, settings: as for `load`, the same for
    both (not for loaded scenarios). person: row of a resident in A; by default the first worth telling of. progress:
    told (days lived, days in all). Raises InputError, also where the two say different places, years or residents.
    """
    policies, told = (policy_a, policy_b), dict(overrides or {}) | settings
    loaded = [hasattr(policy, "model_fields_set") for policy in policies]
    if told and any(loaded):
        raise TypeError("a loaded scenario is lived as it is: give overrides and settings to load()")
    a, b = (
        policy if ready else load(policy, overrides, **settings) for policy, ready in zip(policies, loaded, strict=True)
    )
    asked = None if any(loaded) else [fspath(policy_a), fspath(policy_b), *_options(told)]
    return lives_of(a, b, seed, person, asked, progress)


def lives_of(
    a: "Scenario",
    b: "Scenario",
    seed: int,
    person: int | None = None,
    asked: list[str] | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> TwoLives:
    """Return the two lives of somebody under two scenarios; as `two_lives`. asked: as for `TwoLives`."""
    check_same(a, b)
    seeds_of([seed])
    return TwoLives(Worlds((within_budget(a), within_budget(b)), seed, progress), person, asked)


def folder_for(out: str | Path | None, a: "Scenario", b: "Scenario") -> Path:
    """Return the folder that two lives will be written to; nothing is made yet. Raises InputError."""
    return files.choose(out, label_of(a), f"lives-{versus(a, b)}")


def _options(told: Mapping[str, object]) -> list[str]:
    """Return overrides and settings as options of the command."""
    words = []
    for name, value in told.items():
        known = name in ("place", "years", "residents")
        words += [f"--{name}", str(value)] if known else ["--set", f"{name}={as_text(value)}"]
    return words
