"""Lessons say what their runs say: the answer, its text and the sentence come from the same interval."""

import pytest
from deflect.app import answers, choices, lessons
from deflect.experiments.compare_table import Row
from deflect.model.groups import MEASURES
from deflect.model.outcomes import OUTCOMES
from deflect.scenarios.errors import InputError

STEPS = [(lesson.id, number) for lesson in lessons.LESSONS for number in range(len(lesson.steps))]
NAN = float("nan")


def row(outcome: str, diff: float, low: float, high: float, better: str = "fewer") -> Row:
    told = dict(outcome=outcome, title="It", kind="count", unit="people", better=better, pairs=10, mean_a=100.0,
                mean_b=100.0 + diff, diff=diff, diff_low=low, diff_high=high)  # fmt: skip
    return Row(**{name: told.get(name, NAN) for name in Row._fields})


@pytest.mark.parametrize(("lesson", "number"), STEPS)
def test_every_question_can_be_asked_and_every_answer_has_its_text(lesson, number):
    step = lessons.step_of(lesson, number)
    asked = lessons.asked(step, "54011", 3)
    a, b = choices.scenarios(asked)
    assert a.hash != b.hash and asked.seeds[0] == 3
    assert {id for id, _ in step.options} == set(step.after)
    known = {measure.id for measure in MEASURES} if step.gap else {outcome.id for outcome in OUTCOMES}
    assert step.outcome in known


@pytest.mark.parametrize(
    ("diff", "low", "high", "better", "answer", "says"),
    [
        (-2, -3, -1, "fewer", "fewer", "2 % fewer"),
        (-2, -3, -1, "more", "fewer", "2 % fewer"),
        (2, 1, 3, "fewer", "more", "2 % more"),
        (2, 1, 3, "", "more", "2 % more"),
        (2, -1, 5, "fewer", "unclear", "cannot tell"),
        (-2, -5, 1, "more", "unclear", "cannot tell"),
    ],
)
def test_the_answer_is_that_of_the_interval(diff, low, high, better, answer, says):
    step = lessons.step_of("alone", 1)
    told = answers.reading(step, {step.outcome: row(step.outcome, diff, low, high, better)}, 10, True)
    assert told["answer"] == answer and told["after"] == step.after[answer] and says in told["sentence"]
    early = answers.reading(step, {step.outcome: row(step.outcome, diff, low, high, better)}, 10, False)
    assert early["after"] == "" and early["sentence"] == told["sentence"]


def test_what_is_the_same_is_not_called_unclear():
    step = lessons.step_of("alone", 0)
    told = answers.reading(step, {step.outcome: row(step.outcome, 0, 0, 0)}, 10, True)
    assert "the same in all 10 pairs" in told["sentence"] and "cannot tell" not in told["after"]


@pytest.mark.parametrize(
    ("verdict", "answer", "says"),
    [
        ("narrows", "narrows", "the gap narrows"),
        ("widens", "widens", "the gap widens"),
        ("turns", "unclear", "other side"),
        ("cannot tell", "unclear", "cannot tell from 10 pairs"),
        ("too few", "unclear", "too little happened"),
    ],
)
def test_a_gap_is_told_by_its_verdict(verdict, answer, says):
    step = lessons.step_of("left_out", 0)
    gap = dict(title="Arrests", unit="a year", a="3", b="2", diff="−1", span="−2 to 0", values=[-1, -2, 0],
               verdict=verdict, pairs=10)  # fmt: skip
    told = answers.gap_reading(step, gap)
    assert told["answer"] == answer and says in told["sentence"]
    assert ("cannot tell" in told["after"]) == (verdict == "cannot tell")


@pytest.mark.parametrize(
    ("lesson", "number"), [("nothing", 0), ("alone", 3), ("alone", -1), ("alone", None), ("alone", "0")]
)
def test_a_question_that_is_not_there_is_refused(lesson, number):
    with pytest.raises(InputError):
        lessons.step_of(lesson, number)
