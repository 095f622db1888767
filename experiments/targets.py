"""Published findings against the model: what it should reproduce without being tuned to it, misses included.

Every measure is a ratio of two sums over the events of the policy years, so that runs add up.
"""

from typing import NamedTuple

import numpy as np

from ..agents.child import Custody
from ..agents.household import GROUP_QUARTERS
from ..agents.resident import BUPRENORPHINE, HERE, METHADONE, NALTREXONE, RACES, Use
from ..model.events import AT_HOME, Kind
from ..model.processes.census import Count
from ..model.processes.household import BACK_HOME
from ..model.world import START_DAY
from ..scenarios.evidence import evidence, targets

YEAR = 365
_OF_CHILDREN = (Kind.BEREAVED, Kind.REMOVED, Kind.REUNIFIED, Kind.REPORTED)


class Measure(NamedTuple):
    """One published finding and how the model's side of it is counted."""

    row: str  # id of a target or of a row of evidence
    title: str
    unit: str
    low: float | None = None  # where the accepted range is not that of the row
    high: float | None = None
    published: float | None = None
    note: str = ""


MEASURES = (
    Measure(
        "us_opioid_deaths_by_year",
        "Overdose deaths per 100,000 residents a year",
        "per 100,000",
        21,
        27,
        24.5,
        "81,806 opioid deaths of 2022 over 333 million; the range spans 2021 to 2023",
    ),
    Measure(
        "cal_oud_population_death_rate", "Overdose deaths per 100 person-years with opioid use disorder", "per 100"
    ),
    Measure("nonfatal_per_fatal_total", "Nonfatal overdoses per overdose death", "ratio"),
    Measure(
        "cal_repeat_od_after_ems",
        "Repeat overdoses known per 100 person-years, year after an attended one",
        "per 100",
        note="known: attended or fatal, as in the records the study read",
    ),
    Measure("od_death_after_ems_od_1y", "Overdose deaths per 100 person-years, year after an attended one", "per 100"),
    Measure("val_ed_survivors_1y_mortality", "Died within a year of an attended overdose, any cause", "share"),
    Measure(
        "month_1", "Of those deaths, in the first month", "share", 0.15, 0.30, 0.205, "val_ed_survivors_1y_mortality"
    ),
    Measure("val_deaths_bystander_present", "Overdose deaths with somebody there", "share"),
    Measure("val_deaths_use_witnessed", "Overdose deaths seen as they happened", "share"),
    Measure("val_deaths_naloxone_given", "Overdose deaths with naloxone given by anybody", "share"),
    Measure("val_deaths_at_home", "Overdose deaths at home", "share"),
    Measure(
        "val_deaths_prior_nonfatal_overdose_year", "Overdose deaths with an attended one in the year before", "share"
    ),
    Measure(
        "val_deaths_never_moud",
        "Overdose deaths without medication in the run before",
        "share",
        note="the run looks back two years or more, the study at claims",
    ),
    Measure("val_male_share_deaths", "Men among overdose deaths", "share"),
    Measure("val_age_shares", "Ages 35-44 among overdose deaths", "share"),
    Measure("val_moud_coverage", "People with opioid use disorder on medication", "share"),
    Measure("val_moud_12m_after_overdose", "Entered medication within 12 months of an attended overdose", "share"),
    Measure("cal_bup_retention_180d", "Still on buprenorphine 180 days after entry", "share"),
    Measure("retention_methadone_180d", "Still on methadone 180 days after entry", "share"),
    Measure("cohort_moud_mix", "Buprenorphine among people on medication", "share"),
    Measure("prob_911_witnessed", "911 called at overdoses with somebody there", "share"),
    Measure(
        "lay_naloxone_seen",
        "Lay naloxone at overdoses seen",
        "share",
        0.15,
        0.30,
        0.21,
        "1 - exp(-k x kits per 100,000 residents) with k of naloxone_saturation_efficiency",
    ),
    Measure("tg_officer_distress_level", "Officers severely exhausted", "share"),
    Measure("ow_depersonalisation_prev", "Officers severely depersonalised", "share"),
    Measure("ow_ptsd_prev", "Officers with a lasting injury", "share"),
    Measure(
        "val_decline_2023_2024",
        "Fall in deaths from the first to the last year (should NOT be reproduced)",
        "share",
        -0.15,
        0.15,
        0.0,
        "negative control: with a flat supply no fall of 0.234 may appear",
    ),
    Measure(
        "t_child_loss_parent_overdose_rate",
        "Children who lose a parent to overdose per 100,000 children a year",
        "per 100,000",
        34,
        64,
        47.3,
        "three quarters of 63.1 (45 to 85), which is for all drugs",
    ),
    Measure(
        "t_child_loss_aian_white_ratio",
        "Loss of a parent, American Indian and Alaska Native over White children",
        "ratio",
        note="pooled as Mantel and Haenszel do; few such children in an average community",
    ),
    Measure(
        "child_loss_black_white",
        "Loss of a parent, Black over White children",
        "ratio",
        0.8,
        1.2,
        0.96,
        "t_child_loss_aian_white_ratio; the range is a judgement",
    ),
    Measure(
        "t_foster_entry_rate",
        "Children removed from home over opioids per 1,000 children a year",
        "per 1,000",
        0.44,
        2.5,
        0.91,
        "the 0.363 of entries with a parent's drug use (all drugs, 2017), of 2.5 (1.2 to 7.0); kin care counts",
    ),
    Measure(
        "child_share_living_with_oud_parent",
        "Children at home with a parent who has opioid use disorder, last night",
        "share",
        note="from surveys, in which 0.9 % of parents have it; the model starts from counts adjusted for who is missed",
    ),
    Measure(
        "oud_share_with_coresident_child",
        "Adults with opioid use disorder who live with a child, last night",
        "share",
    ),
    Measure(
        "p_child_present_given_overdose",
        "Attended overdoses seen by a child of the home",
        "share",
        note="the published number is an estimate from three others, not a count",
    ),
    Measure(
        "police_share_of_cps_reports",
        "Reports to child protection made by police",
        "share",
        note="published: of all reports on all children; the model has those about opioid use alone",
    ),
    Measure(
        "reunify_12m_parental_sud",
        "Back home within 12 months of removal",
        "share",
        note="an input for parents not in treatment; no other removals to compare with as t_reunify_gap_12m does",
    ),
)


class Finding(NamedTuple):
    """A published finding beside what the model gives, pooled over runs."""

    id: str
    title: str
    unit: str
    published: float
    low: float
    high: float
    model: float
    model_low: float  # chance only: 95 % interval over seeds
    model_high: float
    role: str  # "calibration" rows may be fitted, all others must emerge
    note: str

    @property
    def verdict(self) -> str:
        """Say "inside" or "missed"; with a question mark where chance alone could still turn it; else "cannot tell"."""
        if not self.model_low <= self.model_high:  # not a number: one run, or nothing counted
            return "cannot tell"
        if self.low <= self.model_low and self.model_high <= self.high:
            return "inside"
        if self.model_high < self.low or self.model_low > self.high:
            return "missed"
        return "inside?" if self.low <= self.model <= self.high else "missed?"


def count(world) -> dict[str, tuple[float, float]]:
    """Return (numerator, denominator) of every measure in the policy years of one world."""
    events, residents = world.events, world.residents
    last_day = world.day - 1
    census = world.census[-START_DAY:]
    policy = events.day >= 0
    of = {kind: events[policy & (events.kind == kind)] for kind in Kind}
    died = of[Kind.DIED_OVERDOSE]
    deaths = len(died)
    scene = died.cause  # the overdose of each death
    followed = _causes_of(events, scene)

    use = census[:, [Count.OUD, Count.INJECTING]].sum(axis=1)
    treated = census[:, [Count.METHADONE, Count.BUPRENORPHINE, Count.NALTREXONE]].sum(axis=1)
    disorder = (use + census[:, Count.TREATED_NOT_USING]).sum() / 365.25
    counted = {
        "us_opioid_deaths_by_year": (deaths * 1e5, census[:, Count.POPULATION].sum() / 365.25),
        "cal_oud_population_death_rate": (100 * deaths, disorder),
        "nonfatal_per_fatal_total": (len(of[Kind.SURVIVED]), deaths),
        "val_deaths_bystander_present": (followed["present"], deaths),
        "val_deaths_use_witnessed": (followed["seen"], deaths),
        "val_deaths_naloxone_given": (followed["naloxone"], deaths),
        "val_deaths_at_home": (np.count_nonzero(events.setting[scene] == AT_HOME), deaths),
        "val_male_share_deaths": (np.count_nonzero(residents.sex[died.who] == 1), deaths),
        "val_moud_coverage": (treated.sum() / 365.25, disorder),
        "cohort_moud_mix": (census[:, Count.BUPRENORPHINE].sum(), treated.sum()),
        "prob_911_witnessed": (len(of[Kind.CALLED_911]), len(of[Kind.SEEN]) + len(of[Kind.FOUND])),
        "lay_naloxone_seen": (_lay_naloxone_at_seen(events, of), len(of[Kind.SEEN])),
    }
    officers = census[:, Count.OFFICERS].sum()
    for row, stock in (
        ("tg_officer_distress_level", Count.EXHAUSTED),
        ("ow_depersonalisation_prev", Count.DEPERSONALISED),
        ("ow_ptsd_prev", Count.INJURED_OFFICERS),
    ):
        counted[row] = (census[:, stock].sum(), officers)
    age = (died.day - residents.born[died.who]) / 365.25
    counted["val_age_shares"] = (np.count_nonzero((age >= 35) & (age < 45)), deaths)
    first, last = died.day < YEAR, died.day > last_day - YEAR
    counted["val_decline_2023_2024"] = (np.count_nonzero(first) - np.count_nonzero(last), np.count_nonzero(first))
    counted |= _before_death(events, died) | _after_attended(world) | _retention(events, world)
    return counted | _children(world) | _living_with_children(world)


def _children(world) -> dict[str, tuple[float, float]]:
    """Count what happened to children in the policy years, over the years they lived here."""
    events, residents = world.events, world.residents
    here = np.full(len(residents), START_DAY)
    arrived = events[np.isin(events.kind, (Kind.BORN, Kind.MOVED_IN))]
    here[arrived.who] = arrived.day
    until = np.minimum(np.minimum(residents.left, world.day), residents.born + int(18 * 365.25))
    years = np.maximum(until - np.maximum(here, 0), 0) / 365.25
    of = {kind: events[(events.day >= 0) & (events.kind == kind)] for kind in _OF_CHILDREN}
    bereaved = np.bincount(of[Kind.BEREAVED].who, minlength=len(residents))

    def over_white(race: str) -> tuple[float, float]:
        these, white = residents.race == RACES.index(race), residents.race == RACES.index("white")
        own, others = years[these].sum(), years[white].sum()
        weight = max(own + others, 1e-9)
        return bereaved[these].sum() * others / weight, bereaved[white].sum() * own / weight

    removed = of[Kind.REMOVED]
    removed = removed[(removed.day + YEAR < world.day) & (residents.left[removed.who] > removed.day + YEAR)]
    home = of[Kind.REUNIFIED][of[Kind.REUNIFIED].amount == BACK_HOME]
    back = sum(np.any((home.who == e.who) & (home.day > e.day) & (home.day <= e.day + YEAR)) for e in removed)
    root = _overdose_of_each_event(events)
    rows = np.flatnonzero((events.day >= 0) & np.isin(events.kind, (Kind.RESPONDED, Kind.CHILD_WITNESSED)))
    attended, seen = (root[rows[events.kind[rows] == kind]] for kind in (Kind.RESPONDED, Kind.CHILD_WITNESSED))
    return {
        "t_child_loss_parent_overdose_rate": (1e5 * bereaved.sum(), years.sum()),
        "t_child_loss_aian_white_ratio": over_white("aian"),
        "child_loss_black_white": over_white("black"),
        "t_foster_entry_rate": (1000 * len(of[Kind.REMOVED]), years.sum()),
        "p_child_present_given_overdose": (int(np.isin(attended, seen).sum()), len(attended)),
        "police_share_of_cps_reports": (of[Kind.REPORTED].amount.sum(), len(of[Kind.REPORTED])),
        "reunify_12m_parental_sud": (int(back), len(removed)),
    }


def _living_with_children(world) -> dict[str, tuple[float, float]]:
    """Count children with a parent at home who has the disorder, and adults with it who live with a child."""
    residents, histories = world.residents, world.histories
    disorder = np.zeros(len(residents) + 1, bool)  # the last one: nobody
    treated = (histories.care >= METHADONE) & (histories.care <= NALTREXONE)
    has = (histories.present == 1) & (np.isin(histories.use, (Use.OUD, Use.INJECTING)) | treated)
    disorder[histories.resident[has]] = True
    here = residents.fate == HERE
    minor = here & (world.day - residents.born < 18 * 365.25)
    custody = np.append(world.children.custody, Custody.HOME)  # the last one: of who is not followed
    minor &= custody[residents.child] == Custody.HOME
    lives = np.zeros(len(residents), bool)
    for parent in (residents.mother, residents.father):
        lives |= disorder[parent] & (residents.household[parent] == residents.household)
    homes = np.zeros(len(world.households), bool)
    homes[residents.household[minor]] = True
    homes[world.households.kind == GROUP_QUARTERS] = False
    adults = disorder[:-1] & here & (world.day - residents.born >= 18 * 365.25)
    return {
        "child_share_living_with_oud_parent": (int((minor & lives).sum()), int(minor.sum())),
        "oud_share_with_coresident_child": (int(homes[residents.household[adults]].sum()), int(adults.sum())),
    }


def _causes_of(events, overdoses) -> dict[str, int]:
    """Count what happened at these overdoses: somebody there, seen, naloxone by anybody."""
    wanted = np.zeros(len(events), bool)
    wanted[overdoses] = True
    root = _overdose_of_each_event(events)
    at = (root >= 0) & wanted[root]

    def overdoses_with(*kinds) -> int:
        return len(np.unique(root[at & np.isin(events.kind, kinds)]))

    return {
        "present": overdoses_with(Kind.SEEN, Kind.FOUND),
        "seen": overdoses_with(Kind.SEEN),
        "naloxone": overdoses_with(Kind.LAY_NALOXONE, Kind.RESPONDED),
    }


def _overdose_of_each_event(events) -> np.ndarray:
    """Return, for every event, the overdose it goes back to at most three steps before, -1: none."""
    root = np.where(events.kind == Kind.OVERDOSE, np.arange(len(events)), -1)
    for _ in range(4):
        cause = events.cause
        inherited = np.where(cause >= 0, root[np.maximum(cause, 0)], -1)
        root = np.where(root >= 0, root, inherited)
    return root


def _lay_naloxone_at_seen(events, of) -> int:
    given = of[Kind.LAY_NALOXONE]
    return int(np.count_nonzero(events.kind[given.cause] == Kind.SEEN))


def _before_death(events, died) -> dict[str, tuple[float, float]]:
    known = events[events.kind == Kind.RESPONDED]
    admitted = events[events.kind == Kind.ADMITTED]
    prior = sum(np.any((known.who == d.who) & (known.day < d.day) & (known.day >= d.day - YEAR)) for d in died)
    treated = np.isin(died.who, admitted.who)
    return {
        "val_deaths_prior_nonfatal_overdose_year": (int(prior), len(died)),
        "val_deaths_never_moud": (int(np.count_nonzero(~treated)), len(died)),
    }


def _after_attended(world) -> dict[str, tuple[float, float]]:
    """Follow every survivor of an attended overdose for a year: repeat, death, entry into medication."""
    events, residents = world.events, world.residents
    responded = events[events.kind == Kind.RESPONDED]
    survived = events[events.kind == Kind.SURVIVED]
    # One row an attended overdose that was survived, after day 0 and with a year to follow.
    attended = {(int(e.who), int(e.day)) for e in responded}
    index = [(int(e.who), int(e.day)) for e in survived if (int(e.who), int(e.day)) in attended]
    index = [(who, day) for who, day in index if day >= 0 and day + YEAR < world.day]
    by_person: dict[int, list] = {who: [] for who, _ in index}
    interesting = np.isin(events.kind, (Kind.RESPONDED, Kind.DIED_OVERDOSE, Kind.DIED_OTHER, Kind.ADMITTED))
    for event in events[interesting & np.isin(events.who, list(by_person))]:
        by_person[int(event.who)].append((int(event.day), int(event.kind)))
    years = repeats = od_deaths = dead = dead_month = stayed = entered = 0.0
    for who, day in index:
        left = int(residents.left[who])
        until = min(day + YEAR, left)
        years += (until - day) / 365.25
        after = [(d, kind) for d, kind in by_person[who] if day < d <= day + YEAR]
        # A repeat is known when somebody responded or the person died of it.
        known = {d for d, kind in after if kind in (Kind.RESPONDED, Kind.DIED_OVERDOSE)}
        repeats += len(known)
        od_deaths += any(kind == Kind.DIED_OVERDOSE for _, kind in after)
        deaths = [d for d, kind in after if kind in (Kind.DIED_OVERDOSE, Kind.DIED_OTHER)]
        moved = left <= day + YEAR and not deaths
        if not moved:
            stayed += 1
            dead += bool(deaths)
            dead_month += bool(deaths) and deaths[0] - day <= 30
            entered += any(kind == Kind.ADMITTED for _, kind in after)
    return {
        "cal_repeat_od_after_ems": (100 * repeats, years),
        "od_death_after_ems_od_1y": (100 * od_deaths, years),
        "val_ed_survivors_1y_mortality": (dead, stayed),
        "month_1": (dead_month, dead),
        "val_moud_12m_after_overdose": (entered, stayed),
    }


def _retention(events, world) -> dict[str, tuple[float, float]]:
    """Count episodes with 180 days left in the run, and those that lasted; who moves or dies is not counted."""
    found = {}
    admitted = events[(events.kind == Kind.ADMITTED) & (events.day >= 0) & (events.day + 180 < world.day)]
    left = events[events.kind == Kind.LEFT_CARE]
    exits: dict[int, list[int]] = {}
    for e in left:
        exits.setdefault(int(e.who), []).append(int(e.day))
    wanted = events.amount[admitted.cause]
    for row, medication in (("cal_bup_retention_180d", BUPRENORPHINE), ("retention_methadone_180d", METHADONE)):
        kept = total = 0
        for e in admitted[wanted == medication]:
            gone = int(world.residents.left[e.who])
            if gone <= e.day + 180:
                continue
            total += 1
            kept += not any(e.day < day <= e.day + 180 for day in exits.get(int(e.who), ()))
        found[row] = (kept, total)
    return found


def findings(counts: list[dict[str, tuple[float, float]]]) -> list[Finding]:
    """Pool the counts of several runs into one finding a measure; the interval is over runs (chance alone)."""
    table = []
    for measure in MEASURES:
        pairs = np.array([count[measure.row] for count in counts], float)
        pooled = pairs[:, 0].sum() / pairs[:, 1].sum() if pairs[:, 1].sum() else float("nan")
        low, high = _interval(pairs, pooled)
        published, accepted_low, accepted_high, role = _published(measure)
        table.append(
            Finding(
                measure.row,
                measure.title,
                measure.unit,
                published,
                accepted_low,
                accepted_high,
                float(pooled),
                low,
                high,
                role,
                measure.note,
            )
        )
    return table


def _interval(pairs: np.ndarray, pooled: float) -> tuple[float, float]:
    """Return a 95 % interval of a ratio of sums over runs (t with the residuals of the ratio)."""
    from scipy.stats import t

    n = len(pairs)
    if n < 2 or not np.isfinite(pooled):
        return float("nan"), float("nan")
    residual = pairs[:, 0] - pooled * pairs[:, 1]
    error = np.sqrt(residual.var(ddof=1) / n) / pairs[:, 1].mean()
    half = float(t.ppf(0.975, n - 1) * error)
    return pooled - half, pooled + half


def _published(measure: Measure) -> tuple[float, float, float, str]:
    row = targets().get(measure.row)
    role = row.role if row else "comparison"
    if measure.published is not None:
        return measure.published, measure.low, measure.high, role
    row = row or evidence(measure.row)
    return row.value, row.low, row.high, role
