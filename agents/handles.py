"""Mesa agents that are handles on rows: an officer, a resident … as one object, made when somebody asks.

A handle holds a model and a row, nothing else. Reading an attribute reads the table, writing one writes it, so the
compiled day acts on what was written. Handles are for reading, for teaching and for processes of one's own; rules
work on the rows themselves.
"""

import mesa
import numpy as np

from ..scenarios.errors import InputError, nearest
from .agency import AGENCY, AgencyKind
from .child import CHILD, Custody
from .dealings import DEALINGS, Pathway, Stage
from .household import HOUSEHOLD, HOUSEHOLD_KINDS
from .officer import OFFICER
from .provider import PROVIDER, ProviderKind
from .resident import HERE, HISTORY, RACES, RESIDENT, Care, Fate, Use
from .shown import Known, Shown, Worked, codes
from .worker import WORKER, Role

Sex = codes("Sex", ("female", "male"))
Race = codes("Race", RACES)
HouseholdKind = codes("HouseholdKind", HOUSEHOLD_KINDS)
Shift = codes("Shift", ("day", "evening", "night"))

KINDS = 8  # room for kinds of agent in a number that is unique over all of them
YEAR = 365.25


class Handle(mesa.Agent):
    """One row of a table as a Mesa agent.

    `row` is its place in the table for ever, `unique_id` a number no other agent of the model has. Two handles on
    the same row are equal. Nothing but declared columns can be written: a handle is thrown away, the row stays.
    """

    table = ""  # whose rows these are, as a world names it
    number = -1  # of the kind of agent, for `unique_id`
    shown: dict[str, Known] = {}  # everything an agent of this kind shows, by name
    stays = "it is there from the start to the end of a run"  # why there is no removing one

    def __init__(self, model, row: int | None = None):
        """Take the row of an agent that exists; InputError where there is none."""
        rows = len(model.world.rows(self.table))
        if row is None or not 0 <= row < rows:
            raise InputError(f"{type(self).__name__}: a row from 0 to {rows - 1} (got {row}); nobody is made anew")
        self._take(model, int(row))

    @classmethod
    def at(cls, model, row: int) -> "Handle":
        """Return the handle on a row that is known to exist."""
        handle = cls.__new__(cls)
        handle._take(model, row)
        return handle

    def _take(self, model, row: int) -> None:
        # Not through mesa.Agent.__init__, which would register the handle and keep it alive.
        self.__dict__.update(model=model, row=row, unique_id=row * KINDS + self.number, pos=None)

    @classmethod
    def here(cls, world, rows=slice(None)):
        """Return which rows are part of the community now, bool (n,), or None where they always are."""
        return None

    @property
    def is_here(self) -> bool:
        """Whether the agent is part of the community now."""
        here = self.here(self.model.world, self.row)
        return here is None or bool(here)

    def as_dict(self) -> dict:
        """Return everything the agent shows by name, such as for `pandas.Series(agent.as_dict())`."""
        return {name: getattr(self, name) for name in self.shown}

    def remove(self) -> None:
        """Refuse: rows are never removed."""
        raise InputError(f"{self!r} cannot be removed: {self.stays}")

    @classmethod
    def create_agents(cls, model, n, *args, **kwargs):
        """Refuse: agents come from a scenario, and are born or move in as days happen."""
        raise InputError(f"{cls.__name__}.create_agents: agents come from the scenario (`residents`, `place`, levers)")

    @classmethod
    def from_dataframe(cls, model, df, **kwargs):
        """Refuse, as `create_agents` does."""
        return cls.create_agents(model, len(df))

    def __eq__(self, other) -> bool:
        if not isinstance(other, Handle):
            return NotImplemented
        return self.model is other.model and self.table == other.table and self.row == other.row

    def __hash__(self) -> int:
        return hash((id(self.model), self.table, self.row))

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.row}>"

    def __reduce__(self):
        return type(self).at, (self.model, self.row)

    def __deepcopy__(self, memo):
        # A handle in a result is copied as a handle; only with its model does it move to the model's copy.
        return type(self).at(memo.get(id(self.model), self.model), self.row)

    def __getattr__(self, name: str):
        known = getattr(type(self), name, None)
        if isinstance(known, property):
            return known.fget(self)  # something within it is missing: let that error speak
        raise AttributeError(f"{type(self).__name__} has no {name!r}{nearest(name, self.shown)}")

    def __setattr__(self, name: str, value) -> None:
        if name not in ("pos", "cell") and not hasattr(getattr(type(self), name, None), "__set__"):
            hint = nearest(name, self.shown) or ": keep what is yours in an array of the model, by `row`"
            raise AttributeError(f"{type(self).__name__} has no column {name!r}{hint}")
        object.__setattr__(self, name, value)


def shows(table: str, number: int, *known: Known):
    """Give a kind of agent its table, its number and one property for everything it shows; help() lists them."""

    def complete(cls):
        cls.table, cls.number = table, number
        cls.shown = {one.name: one for one in reversed(known)}
        cls.shown = {one.name: cls.shown[one.name] for one in known}
        for one in cls.shown.values():
            setattr(cls, one.name, property(_reader(one), _writer(one), doc=one.doc))
        return cls

    return complete


def _reader(known: Known):
    def read(agent):
        return known.read(agent.model, agent.row)

    return read


def _writer(known: Known):
    def write(agent, value):
        known.write(agent.model, [agent.row], value)

    return write


_BY_THE_DAY = "it follows from what happens"
_FOR_EVER = "it never changes"
_HOME = "homes are left and joined in the processes of the day"
_CUSTODY = "arrest and custody follow from contacts: change `contact_factor`, or levers of policing and custody"
_PROGRAMME = "a case goes from step to step in the programme: change levers of deflection, or `capacity` of workers"
_POST = "it goes with the post: send an officer off duty with `away_until`"
_PROTECTION = "child protection decides: change levers of family"
_TRUST = "it follows from contacts with police: change `trust`, the lasting part"
_CARE = "treatment is entered through a provider: change `slots` of providers, or a person's `readiness`"


@shows(
    "residents",
    0,
    *Shown.of(
        RESIDENT,
        "residents",
        words={"sex": Sex, "race": Race, "fate": Fate},
        kept={
            "key": _FOR_EVER,
            "household": _HOME,
            "housemate": _HOME,
            "history": "give the person a `use` instead",
            "child": _BY_THE_DAY,
            "fate": "use `remove()` for leaving town",
            "left": _BY_THE_DAY,
            "births": _BY_THE_DAY,
            "trust_shift": _TRUST,
            "trust_good": _TRUST,
            "trust_bad": _TRUST,
            "trust_day": _TRUST,
        },
    ),
    *Shown.of(
        HISTORY,
        "histories",
        by="history",
        words={"use": Use, "care": Care, "wants": Care},
        kept={
            "resident": _FOR_EVER,
            "present": _BY_THE_DAY,
            "care": _CARE,
            "wants": _CARE,
            "provider": _CARE,
            "care_since": _CARE,
            "overdoses": _BY_THE_DAY,
            "overdose_event": _BY_THE_DAY,
            "asked_event": _BY_THE_DAY,
            "held": _CUSTODY,
            "managed": _PROGRAMME,
        },
        through={"use": "change_use"},
    ),
    *Shown.of(
        DEALINGS,
        "dealings",
        by="history",
        words={"stage": Stage, "pathway": Pathway, "care_pathway": Pathway},
        kept={
            **dict.fromkeys(("arrests", "arrest_event"), _BY_THE_DAY),
            **dict.fromkeys(("held_since", "release_day", "jail_event", "court_day", "jail_medication"), _CUSTODY),
            **dict.fromkeys(
                ("case_since", "case_event", "due", "tries", "plan_until", "worker", "officer", "stage"), _PROGRAMME
            ),
            **dict.fromkeys(("pathway", "warm", "address_current", "relative_reached", "charged"), _PROGRAMME),
            **dict.fromkeys(("care_pathway", "mandated"), _CARE),
        },
    ),  # fmt: skip
    *Shown.of(
        CHILD,
        "children",
        by="child",
        words={"custody": Custody},
        kept={
            **dict.fromkeys(("last_event", "exposed"), _BY_THE_DAY),
            **dict.fromkeys(("case_until", "removed", "custody"), _PROTECTION),
        },
    ),
    Worked(
        "age", "whole years since birth", lambda world, rows: (world.day - world.state.residents["born"][rows]) // YEAR
    ),
    Worked(
        "trust_now",
        "trust in police today, in standard deviations over the community's mean in the last year of the burn-in",
        lambda world, rows: _trust(world, rows),
        float,
    ),
    Worked("has_history", "any history of opioid use", lambda world, rows: world.state.residents["history"][rows] >= 0),
)
class Resident(Handle):
    """A resident: everybody who lives here, with the history of opioid use of those who have one.

    With a history go dealings with police, courts and programmes; with a family that opioid use touches, a childhood
    that is followed. What belongs to either is None for a resident without.
    """

    @classmethod
    def here(cls, world, rows=slice(None)):
        """Return who lives here now, bool (n,)."""
        return world.residents["fate"][rows] == HERE

    @property
    def members(self) -> list["Resident"]:
        """Everybody in the same household, this resident included."""
        return self.household.members if self.is_here else []

    @property
    def ties(self) -> list:
        """Ties to people who live here: (agent, kind, weight), household members first."""
        return self.model.ties_of(self.row)

    @property
    def neighbours(self) -> list["Resident"]:
        """Everybody this resident has a tie to, each once."""
        return list(dict.fromkeys(tie.agent for tie in self.ties))

    @property
    def events(self):
        """What happened to this resident, as a DataFrame in words, one row an event."""
        return self.model.events_of(self.row)

    def remove(self) -> None:
        """Let the resident move away today; children left without an adult go to kin, friends or away."""
        self.model.move_away(self.row)


@shows(
    "households",
    1,
    *Shown.of(HOUSEHOLD, "households", words={"kind": HouseholdKind}, kept={"key": _FOR_EVER, "first": _HOME}),
    Worked("size", "residents who live in it", lambda world, rows: _sizes(world)[rows]),
)
class Household(Handle):
    """A household: the residents who share a home."""

    stays = "it ends when its last member leaves; remove() its members"

    @classmethod
    def here(cls, world, rows=slice(None)):
        """Return which households somebody lives in, bool (n,)."""
        return world.households["first"][rows] >= 0

    @property
    def members(self) -> list[Resident]:
        """Everybody who lives in the household."""
        world, found = self.model.world, []
        row = world.households["first"][self.row]
        while row >= 0:
            found.append(self.model.handle("residents", int(row)))
            row = world.residents["housemate"][row]
        return found


@shows(
    "officers",
    2,
    *Shown.of(
        OFFICER,
        "officers",
        words={"shift": Shift},
        kept={
            "key": _FOR_EVER,
            **dict.fromkeys(("post", "beat", "shift", "crew"), _POST),
            **dict.fromkeys(("left", "injured"), _BY_THE_DAY),
        },
    ),
    Worked(
        "years_of_service",
        "whole years since joining the force",
        lambda world, rows: (world.day - world.state.officers["joined"][rows]) // YEAR,
    ),
)
class Officer(Handle):
    """A sworn police officer, also after they left the force."""

    stays = "send an officer off duty with `away_until`"

    @classmethod
    def here(cls, world, rows=slice(None)):
        """Return who is on the force now, bool (n,)."""
        return world.state.officers["left"][rows] > world.day


@shows(
    "providers",
    3,
    *Shown.of(
        PROVIDER,
        "providers",
        words={"kind": ProviderKind},
        kept={
            "key": _FOR_EVER,
            "kind": "people are in treatment there with what it offers: change `slots`",
            "occupied": _CARE,
            "handed_over": _CARE,
        },
    ),
    Worked(
        "free",
        "people it can still take",
        lambda world, rows: np.maximum(
            0, world.state.providers["slots"][rows] - world.state.providers["occupied"][rows]
        ),
    ),
)
class Provider(Handle):
    """A treatment provider."""

    stays = "close a provider with `slots = 0`"

    @property
    def patients(self) -> list[Resident]:
        """Everybody in treatment or waiting here."""
        histories = self.model.world.histories
        rows = histories["resident"][(histories["provider"] == self.row) & (histories["present"] == 1)]
        return [self.model.handle("residents", row) for row in rows.tolist()]


@shows(
    "agencies",
    4,
    *Shown.of(
        AGENCY,
        "agencies",
        words={"kind": AgencyKind},
        kept={"key": _FOR_EVER, "kind": "who hands people over to whom goes by it"},
    ),
)
class Agency(Handle):
    """An agency: police, medics, hospital, jail, programmes; whoever hands people over or takes them on."""


@shows(
    "workers",
    5,
    *Shown.of(
        WORKER,
        "workers",
        words={"role": Role},
        kept={"key": _FOR_EVER, "role": _FOR_EVER, "caseload": _PROGRAMME},
    ),
    Worked(
        "room",
        "people a case manager can still take on",
        lambda world, rows: np.where(
            world.state.workers["role"][rows] == Role.CASE_MANAGER,
            np.maximum(0, world.state.workers["capacity"][rows] - world.state.workers["caseload"][rows]),
            0,
        ),
    ),
)
class Worker(Handle):
    """A case manager or an outreach worker of a programme; there are as many as there may ever be work for."""

    stays = "send a worker home with `capacity = 0`"

    @property
    def clients(self) -> list[Resident]:
        """Everybody this case manager sees to, or is to assess."""
        world = self.model.world
        rows = world.histories["resident"][world.dealings["worker"] == self.row]
        return [self.model.handle("residents", row) for row in rows.tolist()]


def _trust(world, rows):
    """Return trust in police today, float64 (n,): the rule of `trust_of` in model/standing.py, for many at once."""
    rules, residents = world.state.rules[0], world.state.residents
    lasting, shift, good, bad = (residents[f"trust{part}"][rows] for part in ("", "_shift", "_good", "_bad"))
    days = world.day - residents["trust_day"][rows]
    trust = lasting - rules.trust_mean + shift * rules.trust_slow_keep**days
    trust = trust + good * rules.trust_good_keep**days - bad * rules.trust_bad_keep**days
    if rules.trust_shock_size > 0.0:
        trust -= rules.trust_shock_size * rules.trust_shock_keep ** (world.day - rules.trust_shock_day)
    return trust


def _sizes(world):
    """Return how many people live in each household, int64 (households,)."""
    residents = world.residents
    return np.bincount(residents["household"][residents["fate"] == HERE], minlength=len(world.households))
