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
    told = SimpleNamespace(events=events, residents=residents, census=census, day=500, state=world.state)
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
