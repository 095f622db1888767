"""Scenario files: what they may say, and what is said to those who write them."""

from pathlib import Path

import pytest
from deflect.scenarios import load as loading
from deflect.scenarios.errors import InputError
from deflect.scenarios.load import load, policies
from deflect.scenarios.reading import read
from deflect.scenarios.schema import Scenario, fields
from deflect.scenarios.sections import SECTIONS

LEVERS = [spec.path for spec in fields() if spec.kind == "lever"]
CHOICES = {"trauma_training.days": "0, 1 or 5", "budget.over": "'refuse' or 'scale'"}
NUMERIC = [spec for spec in fields() if spec.low is not None and spec.path not in CHOICES]


@pytest.fixture
def file(tmp_path):
    def write(text, name="mine.yaml"):
        path = tmp_path / name
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return path

    return write


def refused(name, overrides=()):
    with pytest.raises(InputError) as caught:
        load(name, overrides)
    return str(caught.value)


# --- what is taken -----------------------------------------------------------------------------------------------


def test_every_policy_loads_and_says_what_it_is():
    named = policies()
    assert named[0][0] == "status_quo"
    assert {name for name, _ in named} >= {"status_quo", "more_naloxone", "more_slots", "null"}
    for name, description in named:
        assert load(name).name == name and load(name).description == description
        first = (loading.POLICIES / f"{name}.yaml").read_text().splitlines()[0]
        shown = first.removeprefix("# yaml-language-server: $schema=")
        assert (loading.POLICIES / shown).resolve() == (loading.POLICIES.parent / "scenario.schema.json").resolve()
        assert (loading.POLICIES / shown).is_file()


def test_policies_do_what_they_say():
    today, naloxone, slots = load(), load("more_naloxone"), load("more_slots")
    assert naloxone.harm_reduction.kits_per_100k_year == 3 * today.harm_reduction.kits_per_100k_year
    assert slots.treatment.slots_methadone == 1.5 and slots.treatment.intake_days == 3
    assert load("null").hash == today.hash
    assert len({today.hash, naloxone.hash, slots.hash}) == 3


def test_null_writes_out_every_lever():
    told = read(loading.POLICIES / "null.yaml")
    written = {f"{section}.{name}" for section in SECTIONS if section in told for name in told[section].value}
    assert written >= set(LEVERS)


def test_a_policy_sets_levers_only_so_that_the_burn_in_is_the_status_quo():
    for name, _ in policies():
        assert load(name).on(-1).hash == load().hash, name


def test_scalars_follow_yaml_1_2(file):
    path = file("name: no\ndescription: 12:30\nplace: 01001\ntreatment:\n  seek_per_year: 3e-1\n  intake_days: 0o14\n")
    scenario = load(path)
    assert (scenario.name, scenario.description, scenario.place) == ("no", "12:30", "01001")
    assert scenario.treatment.seek_per_year == 0.3 and scenario.treatment.intake_days == 12
    assert load(file("overdose:\n  supply: [1, 1.5, .5]\n")).overdose.supply == (1.0, 1.5, 0.5)


def test_a_name_is_the_files_unless_written(file):
    assert load(file("extends: more_slots\n", "ours.yml")).name == "ours"
    assert load(file("extends: more_slots\n")).description == ""
    assert load(str(file("name: Ours\nyears: 3\n"))).name == "Ours"


def test_children_win_over_parents_key_by_key(file):
    file(
        "treatment: {intake_days: 5, slots_methadone: 2}\nchanges: [{day: 1, set: {treatment.intake_days: 4}}]",
        "a.yaml",
    )
    (Path(file("x: 1").parent) / "sub").mkdir()
    scenario = load(file("extends: ../a.yaml\ntreatment:\n  intake_days: 1\nchanges: []\n", "sub/b.yaml"))
    assert (scenario.treatment.intake_days, scenario.treatment.slots_methadone, scenario.changes) == (1, 2, ())


def test_overrides_by_text_and_by_mapping_agree():
    texts = [
        "treatment.intake_days=3",
        "place = 01001",
        "overdose.supply=[1, 1.2]",
        "harm_reduction.kits_per_year=null",
    ]
    mapping = {
        "treatment.intake_days": 3,
        "place": "01001",
        "overdose.supply": (1, 1.2),
        "harm_reduction.kits_per_year": None,
    }
    assert load("more_slots", texts).hash == load("more_slots", mapping).hash != load("more_slots").hash
    assert load(overrides=["years=2", "years=3"]).years == 3
    assert load(overrides="years=2").years == 2


def test_switches_are_words_or_numbers(file):
    every = Scenario.model_validate({"switches": "off"}).switches
    assert load(file("switches: off\n")).switches == every
    assert load(file("switches: false\n")).switches == every
    assert load(overrides="switches=off").switches == load(overrides={"switches": "off"}).switches == every
    one = load(file("switches:\n  trust_to_911: off\n  law_to_911: strong\n  warm_handoff: 4\n")).switches
    assert (one.trust_to_911, one.law_to_911, one.warm_handoff, one.cit_to_arrest) == (1, 0.6, 4, 0.8)


def test_a_switch_set_by_itself_leaves_the_others_of_a_set(file):
    parent = file("switches: off\n", "parent.yaml")
    child = load(file("extends: parent.yaml\nswitches:\n  trust_to_911: strong\n")).switches
    assert load(parent, {"switches.trust_to_911": "strong"}).switches == child
    assert load(overrides=["switches=off", "switches.trust_to_911=strong"]).switches == child
    assert (child.trust_to_911, child.law_to_911, child.cit_to_arrest) == (2.5, 0, 1)
    assert load(overrides=["switches.trust_to_911=strong", "switches=off"]) == load(overrides="switches=off")


def test_numpy_numbers_are_taken():
    import numpy as np

    scenario = load(overrides={"years": np.int64(3), "treatment.intake_days": np.float32(2)})
    assert (scenario.years, scenario.treatment.intake_days) == (3, 2)


# --- what is refused, where, and with which cure -----------------------------------------------------------------


def test_all_mistakes_come_at_once_with_their_places(file):
    path = file(
        "years: five\n"
        "treatment:\n"
        "  intake_days: 140\n"
        "  intake_dais: 3\n"
        "overdose:\n"
        "  supply: [1,\n"
        "           high]\n"
        "changes:\n"
        "  - day: 5\n"
        "    set:\n"
        "      treatment.intake_days: -1\n"
        "      overdose.at_home: 0.5\n"
    )
    assert refused(path).splitlines() == [
        f"{path}:1:1: years: should be a valid integer (got 'five')",
        f"{path}:7:12: overdose.supply.1: should be a valid number (got 'high')",
        f"{path}:3:3: treatment.intake_days: should be less than or equal to 90 (got 140); usually 1 to 30 days",
        f"{path}:4:3: treatment.intake_dais: unknown key 'intake_dais', did you mean 'intake_days'?",
        f"{path}:11:7: changes.0.set.treatment.intake_days: should be greater than or equal to 0 (got -1);"
        " usually 1 to 30 days",
        f"{path}:12:7: changes.0.set.overdose.at_home: 'overdose.at_home' is not a lever: only levers change on a date"
        f" ({', '.join(LEVERS)})",
    ]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("policing:\n  police_naloxone: no\n", ":2:3: policing.police_naloxone: should be true or false (got 'no')"),
        ("treatment:\n  intake_days: 1_0\n", ":2:3: treatment.intake_days: should be a valid number (got '1_0')"),
        ("treatment:\n  intake_days: 12:30\n", ":2:3: treatment.intake_days: should be a valid number (got '12:30')"),
        ("treatment:\n  intake_days: '7'\n", ":2:3: treatment.intake_days: should be a valid number (got '7')"),
        ("treatment:\n  intake_days: .inf\n", ":2:3: treatment.intake_days: should be a finite number (got inf)"),
        ("treatment:\n  intake_days:\n", ":2:3: treatment.intake_days: should be a valid number (got None)"),
        ("treatment:\n", ":1:1: treatment: should hold keys, such as `seek_per_year: ...` (got None)"),
        ("years: 5\nyears: 6\n", ":2:1: the key 'years' is written twice"),
        ("treatment:\n  intake_days: 5\n  intake_days: 6\n", ":3:3: the key 'intake_days' is written twice"),
        ("yaers: 5\n", ":1:1: yaers: unknown key 'yaers', did you mean 'years'?"),
        ("treatmnet:\n  intake_days: 5\n", ":1:1: treatmnet: unknown key 'treatmnet', did you mean 'treatment'?"),
        ("extend: null\n", ":1:1: extend: unknown key 'extend', did you mean 'extends'?"),
        ("intake_days: 5\n", ":1:1: intake_days: unknown key 'intake_days', did you mean 'treatment.intake_days'?"),
        ("treatment.intake_days: 5\n", ": write 'intake_days' on its own line below `treatment:`"),
        ("policing:\n  intake_days: 5\n", ": unknown key 'intake_days', did you mean 'treatment.intake_days'?"),
        ("<<: {years: 5}\n", ":1:1: <<: unknown key '<<'"),
        ("a: &x 1\nb: *x\n", ":2:1: aliases (*name) are not taken"),
        ("a: &x [*x]\n", ":1:4: aliases (*name) are not taken"),
        ("years: !!python/name:os.system\n", ":1:1: the tag !!python/name:os.system is not taken"),
        ("[1, 2]: 3\n", ":1:1: a key should be a word"),
        ("years: [5\n", ":2:1: this is not YAML:"),
        ("treatment:\n  intake_days: 5\n slots: 3\n", ":3:2: this is not YAML:"),
        ("treatment:\n\tintake_days: 5\n", ":2:1: this is not YAML:"),
        ("years: 5\n---\nyears: 6\n", ":2:1: this is not YAML:"),
        ("- years\n", ":1:1: a scenario is made of `key: value` lines"),
        ("just words\n", ":1:1: a scenario is made of `key: value` lines"),
        ("years: " + "[" * 200_000 + "\n", ": brackets or dashes are nested more than 30 deep"),
        ("years: " + "9" * 5000 + "\n", ":1:1: '9999"),
        ("", ": is empty (the shortest scenario is `extends: status_quo`)"),
        ("# nothing\n", ": is empty"),
        (b"\x89PNG\r\n\x1a\n\x00\x00", ": is not a text file"),
        (b"years: 5\x00\n", ": is not a text file"),
        (b"#" * 1_000_001, ": is too large for a scenario"),
        ("population:\n  oud_by_age: [1, 2]\n", ":2:3: population.oud_by_age: should hold 6 values (got 2)"),
        ("overdose:\n  supply: 1\n", ":2:3: overdose.supply: should be a list in square brackets (got 1)"),
        ("treatment:\n  naltrexone_share: 0.1\n", "naltrexone_share must add up to 1 (they give 1.05)"),
        (
            "switches: of\n",
            ":1:1: switches: should be off, base or strong, or hold keys such as trust_to_911: off (got 'of')",
        ),
        ("switches: 1\n", ":1:1: switches: should hold keys, such as `burnout_to_offers: ...` (got 1)"),
        (
            "switches:\n  trust_to_911: on\n",
            ":2:3: switches.trust_to_911: should be off, base, strong or a number (got 'on')",
        ),
        ("switches:\n  trust_to_912: off\n", ": unknown key 'trust_to_912', did you mean 'trust_to_911'?"),
        ("covrage: 1\n", "did you mean 'deflection.coverage' or 'trauma_training.coverage'?"),
        ("deflection:\n  coverage: 40%\n", "should be a valid number (got '40%'), write 0.4"),
        ("trust_to_911: off\n", ": unknown key 'trust_to_911', did you mean 'switches.trust_to_911'?"),
        (
            "switches:\n  trust_to_911: 0\n",
            ":2:3: switches.trust_to_911: should be greater than 0 (got 0); usually 1.1 to 2.5 odds ratio",
        ),
        (
            "policing:\n  possession_share: 0.9\n  low_level_share: 0.2\n",
            ":1:1: policing: possession_share and low_level_share add up to more than 1",
        ),
        ("deflection:\n  officer_referal: true\n", "'officer_referal', did you mean 'officer_referral'?"),
        ("changes:\n  - day: 3\n    set: {switches.trust_to_911: off}\n", "'switches.trust_to_911' is not a lever"),
        ("changes:\n  - set: {treatment.intake_days: 3}\n", ":2:5: changes.0: 'day' is missing"),
        (
            "changes:\n  - day: soon\n    set: {treatment.intake_days: 3}\n",
            ":2:5: changes.0.day: should be a day number from 0",
        ),
        ("changes:\n  - day: 3\n    set: {treatment.intake_dayz: 3}\n", "did you mean 'treatment.intake_days'?"),
        ("extends: [a, b]\n", ":1:1: extends: names one parent (got ['a', 'b'])"),
        ("extends: statusquo\n", ":1:1: extends: no policy 'statusquo', did you mean 'status_quo'?"),
    ],
)
def test_mistakes_in_a_file(file, text, said):
    path = file(text)
    message = refused(path)
    assert message.startswith(f"{path}:") and said in message
    assert len(message.splitlines()) == 1


def test_a_circle_of_parents(file):
    file("extends: b.yaml\n", "a.yaml")
    second = file("years: 5\nextends: a.yaml\n", "b.yaml")
    assert refused(second.parent / "a.yaml") == f"{second}:2:1: extends: goes in a circle: a -> b -> a"
    alone = file("extends: c.yaml\n", "c.yaml")
    assert refused(alone) == f"{alone}:1:1: extends: goes in a circle: c -> c"


def test_a_mistake_in_a_parent_names_the_parents_file(file):
    parent = file("years: 5\ntreatment:\n  intake_days: 99\n", "parent.yaml")
    assert refused(file("extends: parent.yaml\ntreatment:\n  slots_methadone: 2\n")).startswith(f"{parent}:3:3: ")


def test_a_parent_that_is_not_there_names_both_files(file):
    path = file("years: 5\nextends: gone.yaml\n")
    assert refused(path) == f"{path}:2:1: {path.parent / 'gone.yaml'}: cannot be read: no such file or directory"


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("more_slot", "no policy 'more_slot', did you mean 'more_slots'?"),
        ("zebra", f"no policy 'zebra' (policies: {', '.join(sorted(dict(policies())))}; or the path"),
        ("", "no policy ''"),
        ("gone.yaml", "gone.yaml: cannot be read: no such file or directory"),
        ("a\0.yaml", "no policy 'a\\x00.yaml'"),
    ],
)
def test_mistakes_in_the_name(name, said):
    assert said in refused(name)


def test_a_folder_and_a_locked_file(tmp_path, monkeypatch):
    assert refused(tmp_path) == f"{tmp_path}: cannot be read: is a directory"

    def locked(*_):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "open", locked)
    assert refused(tmp_path / "a.yaml") == f"{tmp_path / 'a.yaml'}: cannot be read: permission denied"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            "treatment.intake_days=high",
            "treatment.intake_days: should be a valid number (got 'high'); usually 1 to 30 days",
        ),
        ("policing.police_naloxone=no", "policing.police_naloxone: should be true or false (got 'no')"),
        ("treatment.intake_dais=3", "treatment.intake_dais: unknown key 'intake_dais', did you mean 'intake_days'?"),
        ("treatment=3", "treatment: should hold keys, such as `seek_per_year: ...` (got 3)"),
        ("years", "write it as name=value, such as treatment.intake_days=3"),
        ("=3", "write it as name=value, such as treatment.intake_days=3"),
        ("years=", "no value is given (write null for none)"),
        ("years=[5", "this is not YAML: did not find expected ',' or ']' while parsing a flow sequence"),
        ("extends=more_slots", "extends: a parent is named at the top of a file"),
    ],
)
def test_mistakes_in_an_override(text, said):
    assert refused("status_quo", [text]) == f"--set {text}: {said}"


def test_mistakes_in_several_overrides_come_together():
    assert len(refused("status_quo", ["years", "place="]).splitlines()) == 2
    assert refused("status_quo", {"years": "x", "a.b": 1}).splitlines() == [
        "override years=x: years: should be a valid integer (got 'x')",
        "override a.b=1: a: unknown key 'a'",
    ]


# --- every field -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("spec", NUMERIC, ids=lambda spec: spec.path)
def test_every_field_out_of_range_names_itself_and_its_bound(spec):
    for value, bound in ((spec.low - 1, spec.low), (spec.high + 1, spec.high)):
        message = refused("status_quo", {spec.path: value})
        assert f": {spec.path}: should be " in message
        assert f" than or equal to {bound} (got {value})" in message or f" than {bound} (got {value})" in message


@pytest.mark.parametrize("path", CHOICES)
@pytest.mark.parametrize("value", [-1, 2, 6])
def test_a_choice_names_what_there_is_to_choose_from(path, value):
    assert f": {path}: should be {CHOICES[path]} (got {value})" in refused("status_quo", {path: value})


@pytest.mark.parametrize("spec", fields(), ids=lambda spec: spec.path)
def test_every_field_of_the_wrong_type_names_itself(spec):
    wrong = 5.5 if isinstance(spec.default, str) else "plenty"
    message = refused("status_quo", {spec.path: wrong})
    said = ("a", "true or false", CHOICES.get(spec.path, "true or false"))
    if spec.path.startswith("switches."):
        said = ("off, base, strong or a number",)
    assert any(f": {spec.path}: should be {word}" in message for word in said)
    assert f"(got {wrong!r})" in message
    assert spec.path.startswith("switches.") or spec.unit in message or spec.unit == "yes or no" or "list" in message


@pytest.mark.parametrize("spec", fields(), ids=lambda spec: spec.path)
def test_every_field_misspelt_is_told_the_right_name(spec):
    section, dot, name = spec.path.rpartition(".")
    misspelt = name[:2] + name[3:]
    message = refused("status_quo", {f"{section}{dot}{misspelt}": 1})
    assert f"unknown key {misspelt!r}, did you mean {name!r}?" in message


def test_a_place_has_one_name_however_it_is_written():
    written = ["Cabell, WV", "cabell county, west virginia", "54011"]
    assert {load(overrides={"place": place}).hash for place in written} == {load().hash}
    assert load(overrides={"place": "us"}).place == "US"


def test_a_place_that_does_not_exist_is_refused_where_it_is_written(file):
    path = file("years: 2\nplace: Cabel\n")
    with pytest.raises(InputError, match=r"mine\.yaml:2:1: place: no county .Cabel.: did you mean .Cabell County, WV"):
        load(path)
