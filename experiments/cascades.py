"""Published cascades of named programmes beside what emerges: who was reached, agreed, entered, stayed.

Each row runs the policy named after its programme and counts events, followed back along their causes to
the step they came from. Steps are counted only where enough of the run is left to see what followed.
"""

import math
from collections.abc import Callable, Iterable
from typing import NamedTuple

import numpy as np

from ..agents.dealings import Offence, Pathway
from ..agents.resident import Care
from ..model.events import BY_PATHWAY, Kind
from ..scenarios.evidence import targets

SETTLED_DAYS = 90  # a referral, a visit or a place on a list has led to treatment by then, or has not
RETAINED_DAYS = 30
PLAN_DAYS = 183 + 60  # six months and the grace for people out of treatment
HALF_YEAR, YEAR = 183, 365
MONTH_DAYS = 365.25 / 12
Z = 1.959964  # of a 95 % interval


class Tally(NamedTuple):
    """What is added up over runs for one row; `kind` of the row says what the numbers mean.

    share: hits of `of`; mean: a sum over `of` things, `squares` the sum of squares; rate: events over an exposure;
    risk ratio, odds ratio: hits of `of` here against `hits_other` of `other`. `people` are all those behind it.
    """

    hits: float
    of: float
    people: int
    squares: float = 0
    hits_other: float = 0
    other: float = 0

    def __str__(self) -> str:
        here = f"{self.hits:,.0f}/{self.of:,.0f}"
        return f"{here} : {self.hits_other:,.0f}/{self.other:,.0f}" if self.other else here


class Cascade(NamedTuple):
    """One published number of a programme and how the model's side of it is counted."""

    row: str  # id in targets.yaml
    policy: str
    title: str
    kind: str
    note: str = ""  # what part of it is put in


_PUT_IN = "the chance of meeting somebody was set in view of it: no independent test"
_ACCEPTED = "the chance of accepting was set in view of it: no independent test"
_KEPT = "the share kept at a hand-off was set in view of it among others"

CASCADES = (
    Cascade("tg_steer_assessed", "steer", "assessed, of referred", "share", _KEPT),
    Cascade("tg_steer_agreed", "steer", "agreed, of assessed", "share"),
    Cascade("tg_steer_cascade", "steer", "agreed, of referred", "share"),
    Cascade("tg_post_cascade", "massachusetts_outreach", "reached, of visited", "share", _PUT_IN),
    Cascade("tg_post_visits", "massachusetts_outreach", "visits per survivor", "mean", _PUT_IN),
    Cascade("tg_post_entered", "massachusetts_outreach", "entered care, of reached", "share", _ACCEPTED),
    Cascade("tg_outreach_retained_30d", "massachusetts_outreach", "still in care at 30 days", "share"),
    Cascade("tg_angel_offered", "angel", "offered, of eligible", "share"),
    Cascade("tg_angel_entered", "angel", "entered, of offered", "share", _KEPT),
    Cascade("tg_mari_started", "mari", "started care, of diverted", "share"),
    Cascade("tg_mari_completed", "mari", "completed, of started", "share"),
    Cascade("tg_lead_arrest_6m", "lead_seattle", "arrest in 6 months, odds", "odds ratio"),
    Cascade("tg_tucson_rate", "tucson", "deflected/1,000 a month", "rate"),
    Cascade("tg_nadp_rearrest", "chicago_nadp", "rearrest in a year, ratio", "risk ratio"),
    Cascade("tg_nadp_crime_not_overdose", "chicago_nadp", "overdose in a year, ratio", "risk ratio"),
)


class Finding(NamedTuple):
    """A published number beside the model's, pooled over runs."""

    id: str
    programme: str
    title: str
    published: float
    low: float
    high: float
    model: float
    model_low: float  # chance only: a 95 % interval of the pooled count
    model_high: float
    tally: Tally
    note: str

    @property
    def verdict(self) -> str:
        """Say whether the model lies inside the accepted range; unsure: chance alone could still turn that."""
        if not math.isfinite(self.model):
            return "nothing to count"
        inside = self.low <= self.model <= self.high
        if inside:
            sure = self.low <= self.model_low and self.model_high <= self.high
        else:
            sure = self.model_high < self.low or self.model_low > self.high
        return ("inside" if inside else "outside") + ("" if sure else ", unsure")


def policies() -> list[str]:
    """Return the policies that have to be run, each once."""
    return list(dict.fromkeys(cascade.policy for cascade in CASCADES))


def count(world) -> dict[str, Tally]:
    """Return the tallies of the policy that was run in one world; a policy without a published cascade has none."""
    counted = _COUNTS.get(world.scenario.name)
    return counted(_Story(world)) if counted else {}


def findings(counts: dict[str, list[dict[str, Tally]]]) -> list[Finding]:
    """Pool the tallies of several runs of each policy, {policy: [tallies of a run, ...]}, into one finding a row."""
    table = []
    for cascade in CASCADES:
        pooled = add(tallies[cascade.row] for tallies in counts[cascade.policy])
        model, low, high = ESTIMATES[cascade.kind](pooled)
        row = targets()[cascade.row]
        table.append(
            Finding(
                cascade.row,
                cascade.policy,
                cascade.title,
                row.value,
                row.low,
                row.high,
                model,
                low,
                high,
                pooled,
                cascade.note,
            )
        )
    return table


# --- following events ---------------------------------------------------------------------------------------------


class _Story:
    """The events of a run, and where each of them came from."""

    def __init__(self, world):
        self.world, self.events, self.last = world, world.events, world.day - 1

    def rows(self, kind: Kind, pathway: Pathway | None = None, follow_up: int = 0) -> np.ndarray:
        """Return the rows of the policy years with a kind, and a pathway if any, seen for `follow_up` days."""
        events = self.events
        wanted = (events.kind == kind) & (events.day >= 0) & (events.day + follow_up <= self.last)
        if pathway is not None:
            wanted &= events.setting == BY_PATHWAY + pathway
        return np.flatnonzero(wanted)

    def origins(self, rows: np.ndarray) -> np.ndarray:
        """Return, for every event, the nearest of these rows among it and what led to it; -1: none."""
        origin = np.full(len(self.events), -1)
        origin[rows] = rows
        cause = self.events.cause
        while True:
            inherited = np.where((origin < 0) & (cause >= 0), origin[np.maximum(cause, 0)], origin)
            if np.array_equal(inherited, origin):
                return origin
            origin = inherited

    def share(self, of: np.ndarray, kind: Kind, where: Callable | None = None) -> Tally:
        """Tally the rows `of` that led to an event of a kind."""
        led = np.flatnonzero(self.events.kind == kind)
        if where is not None:
            led = led[where(self.events[led])]
        origin = self.origins(of)[led]
        hits = np.intersect1d(of, origin[origin >= 0])
        return Tally(len(hits), len(of), self.people(of))

    def people(self, rows: np.ndarray) -> int:
        """Return how many different people these rows are about."""
        return len(np.unique(self.events.who[rows]))

    def first_after(self, rows: np.ndarray, kind: Kind) -> np.ndarray:
        """Return the day of the next event of a kind of the person of each row, on a later day; far off: none."""
        found = np.full(len(rows), np.iinfo(np.int32).max, np.int64)
        told = self.events[self.events.kind == kind]
        days: dict[int, list[int]] = {}
        for who, day in zip(told.who.tolist(), told.day.tolist(), strict=True):
            days.setdefault(who, []).append(day)
        for i, event in enumerate(self.events[rows]):
            later = [day for day in days.get(int(event.who), ()) if day > event.day]
            if later:
                found[i] = min(later)
        return found


def _steer(story: _Story) -> dict[str, Tally]:
    referred = story.rows(Kind.REFERRED, Pathway.OFFICER_REFERRAL, SETTLED_DAYS)
    origin = story.origins(referred)
    assessed = np.flatnonzero((story.events.kind == Kind.ASSESSED) & (origin >= 0))
    return {
        "tg_steer_assessed": story.share(referred, Kind.ASSESSED),
        "tg_steer_agreed": story.share(assessed, Kind.ACCEPTED),
        "tg_steer_cascade": story.share(referred, Kind.ACCEPTED),
    }


def _outreach(story: _Story) -> dict[str, Tally]:
    passed = story.rows(Kind.EVENT_PASSED, Pathway.NALOXONE_PLUS, SETTLED_DAYS)
    origin = story.origins(passed)
    visits = origin[(story.events.kind == Kind.VISITED) & (origin >= 0)]
    visited, made = np.unique(visits, return_counts=True)  # survivors nobody came to are not in the published counts
    reached = np.flatnonzero((story.events.kind == Kind.REACHED) & (origin >= 0))
    return {
        "tg_post_cascade": story.share(visited, Kind.REACHED),
        "tg_post_visits": Tally(made.sum(), len(visited), story.people(visited), float((made**2).sum())),
        "tg_post_entered": story.share(reached, Kind.ADMITTED),
        "tg_outreach_retained_30d": _retained(story, story.rows(Kind.ADMITTED, Pathway.NALOXONE_PLUS, RETAINED_DAYS)),
    }


def _retained(story: _Story, entries: np.ndarray) -> Tally:
    """Tally the entries after which the person was still in that treatment 30 days later; death is not staying."""
    days = story.events.day[entries] + RETAINED_DAYS
    left = story.first_after(entries, Kind.LEFT_CARE) <= days
    gone = story.world.residents.left[story.events.who[entries]] <= days
    return Tally(int(np.count_nonzero(~left & ~gone)), len(entries), story.people(entries))


def _angel(story: _Story) -> dict[str, Tally]:
    came = story.rows(Kind.WALKED_IN, Pathway.SELF_REFERRAL, SETTLED_DAYS)
    origin = story.origins(came)
    # Who was not eligible, had a case open already or went elsewhere meanwhile was never answered.
    answers = origin[np.isin(story.events.kind, (Kind.OFFERED, Kind.NOT_PLACED)) & (origin >= 0)]
    eligible = np.unique(answers)
    offered = np.flatnonzero((story.events.kind == Kind.OFFERED) & (origin >= 0))
    return {
        "tg_angel_offered": story.share(eligible, Kind.OFFERED),
        "tg_angel_entered": story.share(offered, Kind.ADMITTED),
    }


def _diverted(story: _Story, follow_up: int) -> np.ndarray:
    """Return the acceptances of an officer's own offer: those that go back to a contact with no case in between."""
    accepted = story.rows(Kind.ACCEPTED, Pathway.OFFICER_INTERVENTION, follow_up)
    events = story.events
    contact = events.cause[events.cause[accepted]]
    return accepted[events.kind[contact] == Kind.POLICE_CONTACT]


def _mari(story: _Story) -> dict[str, Tally]:
    diverted = _diverted(story, PLAN_DAYS)
    events, origin = story.events, story.origins(diverted)
    ends = {}  # the last day of each programme case; without one they never came to the programme
    for row in np.flatnonzero((origin >= 0) & np.isin(events.kind, (Kind.CASE_OPENED, Kind.CASE_CLOSED))):
        closed = events.kind[row] == Kind.CASE_CLOSED
        ends[int(origin[row])] = int(events.day[row]) if closed else story.last
    spells = _spells(story)
    started = [
        row
        for row in diverted.tolist()
        if row in ends
        and any(begin <= ends[row] and end > events.day[row] for begin, end in spells.get(int(events.who[row]), ()))
    ]
    started = np.array(started, np.int64)
    return {
        "tg_mari_started": Tally(len(started), len(diverted), story.people(diverted)),
        "tg_mari_completed": story.share(started, Kind.COMPLETED),
    }


def _spells(story: _Story) -> dict[int, list[tuple[int, int]]]:
    """Return the treatment of each resident as (first day, day after the last), what lasts included."""
    spells: dict[int, list[tuple[int, int]]] = {}
    for event in story.events[story.events.kind == Kind.LEFT_CARE]:
        spells.setdefault(int(event.who), []).append((int(event.day - event.amount), int(event.day)))
    for person in story.world.histories:
        if person.care >= Care.METHADONE:
            spells.setdefault(int(person.resident), []).append((int(person.care_since), story.last + 1))
    return spells


def _against_arrested(
    story: _Story, kind: Kind, days: int, offences: tuple[Offence, ...], with_refusals: bool
) -> Tally:
    """Tally who had an event of a kind within `days` of being diverted, against eligible people arrested instead.

    Everybody counts once, at their first diversion or eligible arrest. Whoever died or moved away before the end
    without such an event is in neither group.
    """
    events = story.events
    diverted = _diverted(story, days)
    arrested = story.rows(Kind.ARRESTED, follow_up=days)
    arrested = arrested[np.isin(events.amount[arrested], offences)]
    arrested = arrested[events.kind[events.cause[arrested]] == Kind.POLICE_CONTACT]
    if not with_refusals:
        refused = events.cause[events.cause[np.flatnonzero(events.kind == Kind.REFUSED)]]
        arrested = arrested[~np.isin(events.cause[arrested], refused)]
    if not story.world.scenario.deflection.eligible_supervised:
        arrested = arrested[~_supervised(story, arrested)]
    rows = np.sort(np.concatenate([diverted, arrested]))
    rows = rows[np.unique(events.who[rows], return_index=True)[1]]
    hit = story.first_after(rows, kind) <= events.day[rows] + days
    stayed = story.world.residents.left[events.who[rows]] > events.day[rows] + days
    here = np.isin(rows, diverted)
    seen = hit | stayed
    numbers = [int(np.count_nonzero(group)) for group in (hit & here, seen & here, hit & ~here, seen & ~here)]
    return Tally(numbers[0], numbers[1], numbers[1] + numbers[3], 0, numbers[2], numbers[3])


def _supervised(story: _Story, rows: np.ndarray) -> np.ndarray:
    """Say of each row whether a court had put the person under supervision that still lasted."""
    span = int(story.world.scenario.custody.supervision_days)
    heard = story.events[(story.events.kind == Kind.COURT) & (story.events.amount == 1)]
    days: dict[int, list[int]] = {}
    for who, day in zip(heard.who.tolist(), heard.day.tolist(), strict=True):
        days.setdefault(who, []).append(day)
    return np.array(
        [any(day < e.day < day + span for day in days.get(int(e.who), ())) for e in story.events[rows]], bool
    )


def _lead(story: _Story) -> dict[str, Tally]:
    offences = (Offence.POSSESSION, Offence.LOW_LEVEL)
    return {"tg_lead_arrest_6m": _against_arrested(story, Kind.ARRESTED, HALF_YEAR, offences, False)}


def _nadp(story: _Story) -> dict[str, Tally]:
    possession = (Offence.POSSESSION,)
    return {
        "tg_nadp_rearrest": _against_arrested(story, Kind.ARRESTED, YEAR, possession, True),
        "tg_nadp_crime_not_overdose": _against_arrested(story, Kind.OVERDOSE, YEAR, possession, True),
    }


def _tucson(story: _Story) -> dict[str, Tally]:
    diverted = _diverted(story, 0)
    months = (story.last + 1) / MONTH_DAYS
    exposure = story.world.starting_people / 1000 * months
    return {"tg_tucson_rate": Tally(len(diverted), exposure, story.people(diverted))}


_COUNTS = {
    "steer": _steer,
    "massachusetts_outreach": _outreach,
    "angel": _angel,
    "mari": _mari,
    "lead_seattle": _lead,
    "tucson": _tucson,
    "chicago_nadp": _nadp,
}


# --- estimates ----------------------------------------------------------------------------------------------------


def add(tallies: Iterable[Tally]) -> Tally:
    """Return the sum of tallies."""
    return Tally(*(sum(numbers) for numbers in zip(*tallies, strict=True)))


NOTHING = (math.nan, math.nan, math.nan)


def wilson(tally: Tally) -> tuple[float, float, float]:
    """Return a share with its Wilson interval."""
    n = tally.of
    if not n:
        return NOTHING
    p = tally.hits / n
    middle = (p + Z**2 / (2 * n)) / (1 + Z**2 / n)
    half = Z / (1 + Z**2 / n) * math.sqrt(p * (1 - p) / n + Z**2 / (4 * n**2))
    return p, middle - half, middle + half


def mean(tally: Tally) -> tuple[float, float, float]:
    """Return a mean with its normal interval."""
    n = tally.of
    if n < 2:
        return NOTHING
    value = tally.hits / n
    half = Z * math.sqrt(max(0.0, tally.squares / n - value**2) / (n - 1))
    return value, value - half, value + half


def rate(tally: Tally) -> tuple[float, float, float]:
    """Return events over exposure with an exact interval for a Poisson count."""
    from scipy.stats import chi2

    if not tally.of:
        return NOTHING
    low = chi2.ppf(0.025, 2 * tally.hits) / 2 if tally.hits else 0.0
    high = chi2.ppf(0.975, 2 * tally.hits + 2) / 2
    return tally.hits / tally.of, float(low / tally.of), float(high / tally.of)


def risk_ratio(tally: Tally) -> tuple[float, float, float]:
    """Return a ratio of two shares with its interval on the log scale (Katz)."""
    a, n, b, m = tally.hits, tally.of, tally.hits_other, tally.other
    if not (a and b):
        return NOTHING
    return _around(a / n / (b / m), 1 / a - 1 / n + 1 / b - 1 / m)


def odds_ratio(tally: Tally) -> tuple[float, float, float]:
    """Return an odds ratio with its interval on the log scale (Woolf)."""
    a, b = tally.hits, tally.hits_other
    c, d = tally.of - a, tally.other - b
    if not (a and b and c and d):
        return NOTHING
    return _around(a * d / (b * c), 1 / a + 1 / b + 1 / c + 1 / d)


def _around(ratio: float, variance: float) -> tuple[float, float, float]:
    factor = math.exp(Z * math.sqrt(variance))
    return ratio, ratio / factor, ratio * factor


ESTIMATES = {"share": wilson, "mean": mean, "rate": rate, "risk ratio": risk_ratio, "odds ratio": odds_ratio}
