"""Published findings against the model: the counts are right on a story written by hand, and verdicts are honest."""

from types import SimpleNamespace

import numpy as np
import pytest
from deflect.experiments.targets import MEASURES, Finding, count, findings
from deflect.model.events import AT_HOME, IN_PUBLIC, Kind
from deflect.scenarios.evidence import registry, targets
from towns import lived_until, town

EVENT = [("day", "i4"), ("who", "i4"), ("other", "i4"), ("place", "i2"), ("kind", "u1"), ("setting", "u1"),
         ("amount", "f8"), ("cause", "i8")]  # fmt: skip


def finding(model, low, high) -> Finding:
    return Finding("id", "title", "share", 0.5, 0.4, 0.6, model, low, high, "validation", "")


@pytest.mark.parametrize(
    ("model", "low", "high", "verdict"),
    [
        (0.5, 0.45, 0.55, "inside"),
        (0.5, 0.35, 0.65, "inside?"),
        (0.7, 0.65, 0.75, "missed"),
        (0.3, 0.25, 0.35, "missed"),
        (0.65, 0.55, 0.75, "missed?"),
        (0.5, float("nan"), float("nan"), "cannot tell"),
    ],
)
def test_a_verdict_says_when_chance_could_turn_it(model, low, high, verdict):
    assert finding(model, low, high).verdict == verdict


def story(rows) -> np.recarray:
    """Return events from (day, kind, who, cause, setting), one a line."""
    events = np.zeros(len(rows), EVENT).view(np.recarray)
    for event, (day, kind, who, cause, setting) in zip(events, rows, strict=True):
        event.day, event.kind, event.who, event.cause, event.setting = day, kind, who, cause, setting
    return events


def test_counts_of_a_story_by_hand():
    world = lived_until(town(60), 0)
    first, second = 0, 1
    events = story(
        [
            (10, Kind.OVERDOSE, first, -1, AT_HOME),  # 0: seen, naloxone, 911, survived; a repeat that kills
            (10, Kind.SEEN, first, 0, AT_HOME),
            (10, Kind.LAY_NALOXONE, first, 1, AT_HOME),
            (10, Kind.CALLED_911, first, 1, AT_HOME),
            (10, Kind.RESPONDED, first, 3, AT_HOME),
            (10, Kind.SURVIVED, first, 0, AT_HOME),
            (20, Kind.OVERDOSE, first, -1, AT_HOME),  # 6: alone, dies ten days later
            (20, Kind.DIED_OVERDOSE, first, 6, 0),
            (30, Kind.OVERDOSE, second, -1, IN_PUBLIC),  # 8: found, responders, dies
            (30, Kind.FOUND, second, 8, IN_PUBLIC),
            (30, Kind.CALLED_911, second, 9, IN_PUBLIC),
            (30, Kind.RESPONDED, second, 10, IN_PUBLIC),
            (30, Kind.DIED_OVERDOSE, second, 8, 0),
        ]
    )
    residents = world.residents.copy()
    residents.left[first], residents.left[second] = 20, 30
    census = np.vstack([world.census, np.ones((500, world.census.shape[1]))])
    told = SimpleNamespace(events=events, residents=residents, census=census, day=500, state=world.state,
                           histories=world.histories, households=world.households, children=world.children)  # fmt: skip
    counted = count(told)
    assert counted["val_deaths_bystander_present"] == (1, 2)
    assert counted["val_deaths_use_witnessed"] == (0, 2)
    assert counted["val_deaths_naloxone_given"] == (1, 2)  # by responders, in public
    assert counted["val_deaths_at_home"] == (1, 2)
    assert counted["val_deaths_prior_nonfatal_overdose_year"] == (1, 2)
    assert counted["nonfatal_per_fatal_total"] == (1, 2)
    assert counted["lay_naloxone_seen"] == (1, 1)
    assert counted["prob_911_witnessed"] == (2, 2)
    assert counted["val_ed_survivors_1y_mortality"] == (1, 1)
    assert counted["month_1"] == (1, 1)
    for row in ("tg_officer_distress_level", "ow_depersonalisation_prev", "ow_ptsd_prev"):
        assert counted[row] == (500, 500)  # one officer on each night, and that one
    repeats, years = counted["cal_repeat_od_after_ems"]
    assert repeats == 100 and years == pytest.approx(10 / 365.25)


def test_children_of_a_story_are_counted_by_hand():
    """Children-years day by day; a loss, two removals of which one ends in time, three reports, an overdose seen."""
    world = lived_until(town(60), 0)
    residents = world.residents.copy()
    born = [(row, 1 - int(6 * 365.25)) for row in range(3)]  # three children of six; everybody else is grown
    residents.born[:] = -int(40 * 365.25)
    for row, day in born:
        residents.born[row] = day
    residents.race[:], residents.race[1], residents.fate[:], residents.left[:] = 0, 1, 0, 10**6
    residents.left[2] = 250
    events = story(
        [
            (5, Kind.OVERDOSE, 9, -1, AT_HOME),  # 0
            (5, Kind.CALLED_911, 9, 0, AT_HOME),
            (5, Kind.RESPONDED, 9, 1, AT_HOME),
            (5, Kind.CHILD_WITNESSED, 0, 0, AT_HOME),
            (6, Kind.OVERDOSE, 9, -1, AT_HOME),  # 4: nobody comes, a child sees it
            (6, Kind.CHILD_WITNESSED, 0, 4, AT_HOME),
            (7, Kind.OVERDOSE, 9, -1, AT_HOME),  # 6: attended, no child there
            (7, Kind.RESPONDED, 9, 6, AT_HOME),
            (8, Kind.BEREAVED, 1, -1, 0),
            (9, Kind.REPORTED, 0, -1, 0),
            (9, Kind.REPORTED, 1, -1, 0),
            (9, Kind.REPORTED, 2, -1, 0),
            (10, Kind.REMOVED, 0, -1, 0),
            (10, Kind.REMOVED, 1, -1, 0),
            (60, Kind.REUNIFIED, 0, -1, 0),  # 14: grown up, which is no way home
            (90, Kind.REUNIFIED, 1, -1, 0),  # 15
            (400, Kind.REMOVED, 1, -1, 0),  # too late to follow for a year
        ]
    )
    events.amount[9], events.amount[15] = 1, 1
    census = np.vstack([world.census, np.ones((500, world.census.shape[1]))])
    told = SimpleNamespace(events=events, residents=residents, census=census, day=500, state=world.state,
                           histories=world.histories, households=world.households, children=world.children)  # fmt: skip
    counted = count(told)
    years = (500 + 500 + 250) / 365.25
    assert counted["t_child_loss_parent_overdose_rate"] == (1e5, pytest.approx(years))
    assert counted["t_foster_entry_rate"] == (3000, pytest.approx(years))
    assert counted["p_child_present_given_overdose"] == (1, 2)
    assert counted["police_share_of_cps_reports"] == (1, 3)
    assert counted["reunify_12m_parental_sud"] == (1, 2)
    one, white = counted["child_loss_black_white"]
    assert white == 0 and one == pytest.approx(750 / 1250)


def test_who_lives_with_a_child_is_counted_last_night():
    """Against a count of its own, resident by resident, with children in placement and people in treatment."""
    world = lived_until(town(400, 3, **{"population.oud_per_100k": 20_000}), -700)
    world.children.custody[::3] = 2
    r, h, grown = world.residents, world.histories, 18 * 365.25

    def has_disorder(row):
        mine = h[r.history[row]]
        return row >= 0 and r.history[row] >= 0 and mine.present and (mine.use in (2, 3) or mine.care in (2, 3, 4))

    children = [row for row in range(len(r)) if r.fate[row] == 0 and world.day - r.born[row] < grown]
    children = [row for row in children if r.child[row] < 0 or world.children.custody[r.child[row]] == 0]
    exposed = [
        row
        for row in children
        if any(has_disorder(p) and r.household[p] == r.household[row] for p in (r.mother[row], r.father[row]))
    ]
    homes = {r.household[row] for row in children if world.households.kind[r.household[row]] != 6}
    adults = [row for row in range(len(r)) if has_disorder(row) and world.day - r.born[row] >= grown]
    counted = count(world)
    assert counted["child_share_living_with_oud_parent"] == (len(exposed), len(children))
    assert counted["oud_share_with_coresident_child"] == (sum(r.household[a] in homes for a in adults), len(adults))
    assert 5 < len(exposed) < len(children) / 2


def test_every_measure_is_counted_and_has_a_parent():
    counted = count(lived_until(town(300), 60))
    for measure in MEASURES:
        assert measure.row in counted
        assert measure.row in targets() or measure.row in registry() or measure.published is not None


def test_runs_add_up():
    one = {measure.row: (1.0, 2.0) for measure in MEASURES}
    two = {measure.row: (3.0, 2.0) for measure in MEASURES}
    for found in findings([one, two]):
        assert found.model == 1.0
        assert found.model_low < 1.0 < found.model_high
