"""Published cascades against the model: each step counted right on a few events written by hand, intervals right."""

import io
import math
from types import SimpleNamespace

import numpy as np
import pytest
from deflect.agents.dealings import Offence, Pathway
from deflect.agents.resident import Care
from deflect.experiments import cascades
from deflect.experiments.cascades import CASCADES, Finding, Tally, add, count, findings
from deflect.model.events import BY_PATHWAY, EVENT, Kind
from deflect.scenarios.errors import InputError
from deflect.scenarios.evidence import targets
from deflect.scenarios.load import load
from deflect.scenarios.load import policies as named
from rich.console import Console

HERE = 10**6  # the day on which somebody leaves who never does


def world(policy, rows, days=1000, left=None, histories=()):
    """Return a run as `count` reads it; rows are (day, kind, who, cause, pathway, amount), the last two optional."""
    events = np.zeros(len(rows), EVENT).view(np.recarray)
    for event, (day, kind, who, cause, *more) in zip(events, rows, strict=True):
        event.day, event.kind, event.who, event.cause = day, kind, who, cause
        event.setting = BY_PATHWAY + more[0] if more and more[0] else 0
        event.amount = more[1] if len(more) > 1 else 0
    people = np.zeros(100, [("left", "i8")]).view(np.recarray)
    people.left = HERE
    for who, day in (left or {}).items():
        people.left[who] = day
    table = np.zeros(len(histories), [("resident", "i8"), ("care", "u1"), ("care_since", "i8")]).view(np.recarray)
    for row, told in zip(table, histories, strict=True):
        row.resident, row.care, row.care_since = told
    return SimpleNamespace(
        events=events, day=days, residents=people, histories=table, scenario=load(policy), starting_people=2000
    )


def referral(who, day, start, *steps):
    """Return the events of one officer's referral, each caused by the one before, from event row `start` on."""
    return [
        (day + i, kind, who, start + i - 1 if i else -1, Pathway.OFFICER_REFERRAL)
        for i, kind in enumerate((Kind.REFERRED, *steps))
    ]


def test_steer_counts_each_step_of_a_referral():
    full = (Kind.HANDED_OVER, Kind.ASSESSED, Kind.OFFERED, Kind.ACCEPTED, Kind.HANDED_OVER)
    refused = (Kind.HANDED_OVER, Kind.ASSESSED, Kind.OFFERED, Kind.REFUSED)
    rows = referral(1, 10, 0, *full) + referral(2, 10, 6, *refused) + referral(3, 10, 11, Kind.LOST)
    rows += referral(3, 400, 13, Kind.LOST)  # the same person again
    rows += referral(4, 950, 15, *full)  # too late to see what came of it
    rows += referral(5, -50, 21, *full)  # before the policy
    counted = count(world("steer", rows))
    assert counted["tg_steer_assessed"] == Tally(2, 4, 3)
    assert counted["tg_steer_agreed"] == Tally(1, 2, 2)
    assert counted["tg_steer_cascade"] == Tally(1, 4, 3)


def test_outreach_counts_survivors_visited_reached_and_in_care():
    on = Pathway.NALOXONE_PLUS
    rows = [
        (10, Kind.EVENT_PASSED, 1, -1, on),  # 0: reached at the second visit, enters, stays
        (13, Kind.VISITED, 1, 0, on),
        (15, Kind.VISITED, 1, 0, on),
        (15, Kind.REACHED, 1, 2, on),
        (15, Kind.OFFERED, 1, 3, on),
        (15, Kind.ACCEPTED, 1, 4, on),
        (15, Kind.ASKED_FOR_CARE, 1, 5, on),
        (18, Kind.ADMITTED, 1, 6, on),
        (20, Kind.EVENT_PASSED, 2, -1, on),  # 8: three visits, nobody met; finds treatment alone
        (23, Kind.VISITED, 2, 8, on),
        (25, Kind.VISITED, 2, 8, on),
        (27, Kind.VISITED, 2, 8, on),
        (27, Kind.NOT_REACHED, 2, 11, on),
        (40, Kind.ADMITTED, 2, -1),
        (20, Kind.EVENT_PASSED, 3, -1, on),  # 14: dead before anybody came: never visited
        (30, Kind.EVENT_PASSED, 4, -1, on),  # 15: reached at once, enters, leaves on day 30 of it
        (33, Kind.VISITED, 4, 15, on),
        (33, Kind.REACHED, 4, 16, on),
        (33, Kind.ADMITTED, 4, 17, on),
        (63, Kind.LEFT_CARE, 4, -1, on),
        (50, Kind.EVENT_PASSED, 5, -1, on),  # 20: enters, dies of something else three days later
        (53, Kind.VISITED, 5, 20, on),
        (53, Kind.REACHED, 5, 21, on),
        (53, Kind.ADMITTED, 5, 22, on),
    ]
    counted = count(world("massachusetts_outreach", rows, left={5: 56}))
    assert counted["tg_post_cascade"] == Tally(3, 4, 4)
    assert counted["tg_post_visits"] == Tally(7, 4, 4, 4 + 9 + 1 + 1)
    assert counted["tg_post_entered"] == Tally(3, 3, 3)
    assert counted["tg_outreach_retained_30d"] == Tally(1, 3, 3)


def test_angel_counts_visits_that_got_an_answer():
    on = Pathway.SELF_REFERRAL
    rows = [
        (10, Kind.WALKED_IN, 1, -1, on, 1),  # 0: offered, enters
        (10, Kind.OFFERED, 1, 0, on),
        (10, Kind.ACCEPTED, 1, 1, on),
        (10, Kind.HANDED_OVER, 1, 2, on),
        (10, Kind.ASKED_FOR_CARE, 1, 3, on),
        (10, Kind.ADMITTED, 1, 4, on),
        (90, Kind.WALKED_IN, 1, -1, on, 1),  # 6: back again, offered, does not come
        (90, Kind.OFFERED, 1, 6, on),
        (90, Kind.ACCEPTED, 1, 7, on),
        (90, Kind.LOST, 1, 8, on),
        (20, Kind.WALKED_IN, 2, -1, on, 0),  # 10: no bed
        (21, Kind.NOT_PLACED, 2, 10, on, 2),
        (30, Kind.WALKED_IN, 3, -1, on, 1),  # 12: a warrant
        (30, Kind.EXCLUDED, 3, 12, on),
    ]
    counted = count(world("angel", rows))
    assert counted["tg_angel_offered"] == Tally(2, 3, 2)
    assert counted["tg_angel_entered"] == Tally(1, 2, 1)


def diverted(who, day, start, *more):
    """Return an officer's offer taken at a contact, and what follows from taking it; more: (days later, kind)."""
    on = Pathway.OFFICER_INTERVENTION
    rows = [(day, Kind.POLICE_CONTACT, who, -1), (day, Kind.OFFERED, who, start, on)]
    rows.append((day, Kind.ACCEPTED, who, start + 1, on))
    return rows + [(day + after, kind, who, start + 2, on) for after, kind in more]


def test_mari_counts_treatment_while_the_case_is_open_whoever_arranged_it():
    opened = (0, Kind.CASE_OPENED)
    rows = diverted(1, 10, 0, opened, (180, Kind.COMPLETED), (180, Kind.CASE_CLOSED))  # in care by now: histories
    rows += diverted(2, 10, 6, opened, (70, Kind.CASE_CLOSED))  # treated for a month of it, by themselves
    rows += [(60, Kind.LEFT_CARE, 2, -1, 0, 30)]
    rows += diverted(3, 10, 12, opened, (70, Kind.CASE_CLOSED))  # treated only when the case was over
    rows += [(120, Kind.LEFT_CARE, 3, -1, 0, 30)]
    rows += diverted(4, 10, 18)  # lost on the way, finds treatment without the programme
    rows += [(60, Kind.LEFT_CARE, 4, -1, 0, 30)]
    rows += diverted(5, 800, 22, opened)  # too late
    counted = count(world("mari", rows, histories=[(1, Care.METHADONE, 40), (3, Care.WAITING, 15)]))
    assert counted["tg_mari_started"] == Tally(2, 4, 4)
    assert counted["tg_mari_completed"] == Tally(1, 2, 2)


def test_an_offer_of_the_case_manager_is_no_new_diversion():
    on = Pathway.OFFICER_INTERVENTION
    rows = diverted(1, 10, 0, (0, Kind.CASE_OPENED))
    rows += [(24, Kind.OFFERED, 1, 3, on), (24, Kind.ACCEPTED, 1, 4, on)]
    counted = count(world("tucson", rows, days=731))
    tally = counted["tg_tucson_rate"]
    assert (tally.hits, tally.people) == (1, 1)
    assert tally.of == pytest.approx(2 * 731 / (365.25 / 12))


def arrested(who, day, start, offence=Offence.POSSESSION):
    return [(day, Kind.POLICE_CONTACT, who, -1), (day, Kind.ARRESTED, who, start, 0, offence)]


def test_lead_holds_the_diverted_against_eligible_people_arrested_without_an_offer():
    rows = diverted(1, 10, 0) + arrested(1, 100, 3)  # diverted, arrested within six months
    rows += diverted(2, 10, 5) + arrested(2, 300, 8)  # diverted, arrested later: no; counts once, as diverted
    rows += arrested(3, 10, 10) + arrested(3, 50, 12)  # arrested and again
    rows += arrested(4, 10, 14, Offence.LOW_LEVEL)  # arrested, not again
    rows += arrested(5, 10, 16, Offence.SERIOUS)  # not eligible
    rows += [(5, Kind.COURT, 6, -1, 0, 1), *arrested(6, 10, 19)]  # under supervision: not eligible
    rows += [(5, Kind.COURT, 7, -1, 0, 0), *arrested(7, 10, 22)]  # heard, and not supervised
    rows += arrested(8, 10, 24)  # moves away first
    on = Pathway.OFFICER_INTERVENTION
    rows += [(10, Kind.POLICE_CONTACT, 9, -1), (10, Kind.OFFERED, 9, 26, on), (10, Kind.REFUSED, 9, 27, on)]
    rows += [(10, Kind.ARRESTED, 9, 26, 0, Offence.POSSESSION)]  # refused
    tally = count(world("lead_seattle", rows, left={8: 60}))["tg_lead_arrest_6m"]
    assert tally == Tally(1, 2, 5, 0, 1, 3)


def test_nadp_counts_refusals_among_the_others_and_possession_only():
    on = Pathway.OFFICER_INTERVENTION
    rows = diverted(1, 10, 0) + [(40, Kind.OVERDOSE, 1, -1)] + arrested(1, 200, 4)
    rows += [(10, Kind.POLICE_CONTACT, 2, -1), (10, Kind.OFFERED, 2, 6, on), (10, Kind.REFUSED, 2, 7, on)]
    rows += [(10, Kind.ARRESTED, 2, 6, 0, Offence.POSSESSION), (10, Kind.OVERDOSE, 2, -1)]  # the same day is not after
    rows += arrested(3, 10, 11, Offence.LOW_LEVEL)
    rows += arrested(4, 700, 13)  # no year left to follow
    counted = count(world("chicago_nadp", rows))
    assert counted["tg_nadp_rearrest"] == Tally(1, 1, 2, 0, 0, 1)
    assert counted["tg_nadp_crime_not_overdose"] == Tally(1, 1, 2, 0, 0, 1)


def test_a_policy_without_a_published_cascade_counts_nothing():
    assert count(world("status_quo", [(10, Kind.OVERDOSE, 1, -1)])) == {}


# --- estimates and the table -------------------------------------------------------------------------------------


def test_intervals_are_the_textbook_ones():
    assert cascades.wilson(Tally(27, 133, 133)) == pytest.approx((0.2030, 0.1435, 0.2791), abs=1e-3)
    assert cascades.mean(Tally(12, 4, 4, squares=46)) == pytest.approx(
        (3, 3 - 1.96 * 0.9129, 3 + 1.96 * 0.9129), abs=1e-3
    )
    assert cascades.rate(Tally(10, 100, 10)) == pytest.approx((0.1, 0.04795, 0.18390), abs=1e-4)
    assert cascades.rate(Tally(0, 100, 0)) == pytest.approx((0, 0, 0.03689), abs=1e-4)
    assert cascades.risk_ratio(Tally(20, 100, 200, 0, 40, 100)) == pytest.approx((0.5, 0.3159, 0.7914), abs=1e-3)
    assert cascades.odds_ratio(Tally(20, 100, 200, 0, 40, 100)) == pytest.approx((0.375, 0.1993, 0.7055), abs=1e-3)


@pytest.mark.parametrize("kind", cascades.ESTIMATES)
def test_nothing_counted_is_no_number_and_no_crash(kind):
    assert math.isnan(cascades.ESTIMATES[kind](Tally(0, 0, 0))[0])


@pytest.mark.parametrize(
    ("model", "low", "high", "verdict"),
    [
        (0.5, 0.45, 0.55, "inside"),
        (0.5, 0.35, 0.55, "inside, unsure"),
        (0.7, 0.65, 0.75, "outside"),
        (0.3, 0.25, 0.35, "outside"),
        (0.65, 0.55, 0.75, "outside, unsure"),
        (math.nan, math.nan, math.nan, "nothing to count"),
    ],
)
def test_a_verdict_says_when_chance_could_turn_it(model, low, high, verdict):
    assert Finding("id", "mari", "title", 0.5, 0.4, 0.6, model, low, high, Tally(1, 2, 2), "").verdict == verdict


def test_findings_pool_runs_and_stand_beside_their_target():
    nothing = {cascade.row: Tally(0, 0, 0) for cascade in CASCADES}
    runs = {name: [nothing] for name in cascades.policies()}
    runs["steer"] = [nothing | {"tg_steer_cascade": Tally(1, 10, 9)}, nothing | {"tg_steer_cascade": Tally(5, 20, 18)}]
    found = {finding.id: finding for finding in findings(runs)}
    assert list(found) == [cascade.row for cascade in CASCADES]
    row = found["tg_steer_cascade"]
    assert (row.model, row.tally, row.published) == (0.2, Tally(6, 30, 27), targets()["tg_steer_cascade"].value)
    assert found["tg_mari_started"].verdict == "nothing to count"


def test_tallies_add_up():
    assert add([Tally(1, 2, 3, 4, 5, 6), Tally(10, 20, 30, 40, 50, 60)]) == Tally(11, 22, 33, 44, 55, 66)
    assert str(Tally(11, 1439.6, 3)) == "11/1,440" and str(Tally(1, 2, 5, 0, 3, 4)) == "1/2 : 3/4"


def test_every_row_has_a_target_a_policy_and_a_count():
    assert {cascade.policy for cascade in CASCADES} <= {name for name, _ in named()}
    for cascade in CASCADES:
        assert targets()[cascade.row].role == "validation"
        assert cascade.kind in cascades.ESTIMATES
        assert cascade.row in count(world(cascade.policy, [(0, Kind.OVERDOSE, 1, -1)])), cascade.row


def test_the_command_runs_its_own_policies_and_takes_no_other():
    from deflect.experiments.commands.check import _check_cascades

    for policy, with_targets in (("mari", False), ("status_quo", True)):
        with pytest.raises(InputError, match="runs the named programmes"):
            _check_cascades(policy, with_targets, ("US", None, 300, None), "1", 1, True)


def test_the_table_fits_its_width_and_names_the_misses():
    from deflect.experiments import show

    many = {kind: Tally(111, 1111, 1111) for kind in cascades.ESTIMATES}
    many |= dict.fromkeys(("risk ratio", "odds ratio"), Tally(111, 1111, 2222, 0, 111, 1111))
    rows = []
    for c in CASCADES:
        row = targets()[c.row]
        told = (row.value, row.low, row.high, 8.888, 7.777, 9.999)
        rows.append(Finding(c.row, c.policy, c.title, *told, many[c.kind], c.note))
    out = Console(width=show.WIDTH, record=True, file=io.StringIO())
    show.cascades(rows, out)
    told = out.export_text()
    assert all(cascade.title in told for cascade in CASCADES) and "…" not in told
    assert told.count("outside") == len(CASCADES)
