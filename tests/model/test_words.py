"""Events in words: every meaning can be said, also one that nobody has thought of yet."""

import re

import pytest
from deflect.agents.resident import Care, Use
from deflect.model.events import MEANING
from deflect.model.words import amount_of, change_of, code_of, day_of, number, other_of, setting_of


@pytest.mark.parametrize(
    ("means", "other", "said"),
    [
        ("", 3, ""),
        ("provider", 2, "provider 2"),
        ("provider", -1, ""),
        ("resident (the witness)", 12, "the witness: resident 12"),
        ("resident (the witness)", -1, ""),
        ("officer (-1: medics came first)", 7, "officer 7"),
        ("officer (-1: medics came first)", -1, "medics came first"),
        ("agency (-1: to the provider)", -1, "to the provider"),
        ("household that keeps it (-1: on the person)", 4, "household 4 that keeps it"),
        ("household that keeps it (-1: on the person)", -1, "on the person"),
        ("code of use before", Use.MISUSE, "use before: misuse"),
        ("code of the colour", 3, "colour: code 3"),
        ("dog (the handler's)", 3, "the handler's: dog 3"),
    ],
)
def test_whom_else_it_concerns(means, other, said):
    assert other_of(means, int(other)) == said


@pytest.mark.parametrize(
    ("means", "amount", "said"),
    [
        ("", 3.0, ""),
        ("minutes", 6.25, "6.2 minutes"),
        ("minutes", 1.0, "1 minute"),
        ("days waited", 1.0, "1 day waited"),
        ("days in treatment", 1200.0, "1,200 days in treatment"),
        ("probability of dying of it", 0.0432, "probability of dying of it: 4.3 %"),
        ("kit: 0 own, 1 giver's, 2 home's", 0.0, "kit: own"),
        ("kit: 0 own, 1 giver's, 2 home's", 2.0, "kit: home's"),
        ("kit: 0 own, 1 giver's, 2 home's", 9.0, "kit: code 9"),
        ("day it lasts until", 112.0, "it lasts until day 112 (month 4)"),
        ("household row before", 5.0, "household 5 before"),
        ("how it was lived: -1 bad, 0 neither, 1 good", -1.0, "how it was lived: bad"),
        ("how it was lived: -1 bad, 0 neither, 1 good", 1.0, "how it was lived: good"),
        ("1: walked in, 0: phoned", 0.0, "phoned"),
        ("1: walked in, 0: phoned", 1.0, "walked in"),
        ("1: the hand-off was accompanied, 0: not", 1.0, "the hand-off was accompanied"),
        ("1: the hand-off was accompanied, 0: not", 0.0, "the hand-off was accompanied: no"),
        ("neighbourhood", 3.0, "neighbourhood 3"),
        ("code of offence", 1.0, "offence: low level"),
        ("number of the dated change", 0.0, "number of the dated change: 0"),
        ("code of the medication wanted", float(Care.METHADONE), "medication wanted: methadone"),
        ("code of use after", float(Use.OUD), "use after: opioid use disorder"),
        ("code of use after", 99.0, "use after: code 99"),
        ("stress", 2.0, "stress: 2"),
        ("minutes", float("nan"), "not known minutes"),
    ],
)
def test_how_much(means, amount, said):
    assert amount_of(means, amount) == said


def test_a_change_is_said_in_one():
    both = "code of use before", "code of use after"
    assert change_of(both[0], 1, both[1], 2.0) == "from misuse to opioid use disorder"
    assert change_of(both[0], -1, both[1], 1.0) == "to misuse"
    assert change_of("provider", 1, both[1], 2.0) == "" == change_of(both[0], 1, "code of care after", 2.0)


def test_every_meaning_there_is_is_said_in_words():
    for what, other_is, amount_is in MEANING.values():
        listed = [int(code) for code in re.findall(r"(\d+):? \w", amount_is)] or [0, 1]
        for code in listed:
            told = f"{what}; {other_of(other_is, code % 2)}; {amount_of(amount_is, float(code))}"
            assert not re.search(r"code|-1|\(-|\brow\b|None|_", told), told


def test_days_count_months_from_one_and_back_from_minus_one():
    days = {0: 1, 30: 1, 31: 2, 112: 4, 364: 12, 365: 12, 366: 13, -1: -1, -31: -2, -730: -24}
    assert {day: int(day_of(day).split("month ")[1][:-1]) for day in days} == days
    assert day_of(112) == "day 112 (month 4)"


def test_settings_without_words_stay_numbers():
    assert [setting_of(code) for code in range(3)] == ["", "at home", "in public"]
    assert setting_of(200) == "setting 200"


def test_codes_and_numbers():
    assert code_of("code of the medication wanted", 3) == "buprenorphine" and code_of("code of use", 4) == "remission"
    assert code_of("code of use", 77) == "code 77"
    assert [number(x) for x in (0.0, 3.0, 0.0432, 6.25, 123.4, 12345.0)] == ["0", "3", "0.043", "6.2", "123", "12,345"]
