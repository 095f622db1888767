"""The policies that come with the project: each says what it is, where it is from, and what it leaves out."""

import re

import pytest
from deflect.agents.child import CHILD
from deflect.agents.dealings import Pathway
from deflect.agents.household import HOUSEHOLD
from deflect.agents.officer import OFFICER
from deflect.agents.provider import PROVIDER
from deflect.agents.resident import HISTORY, RESIDENT
from deflect.experiments import show
from deflect.experiments.cascades import CASCADES
from deflect.experiments.differences import differences
from deflect.model.outcomes import OUTCOMES
from deflect.scenarios import load as loading
from deflect.scenarios.evidence import registry, targets
from deflect.scenarios.load import load
from deflect.scenarios.load import policies as named
from deflect.scenarios.reading import read
from deflect.scenarios.schema import fields
from deflect.scenarios.sections import SWITCHES

TODAY = ("status_quo", "null")  # no policy at all: nothing to cite
NAMES = [name for name, _ in named() if name not in TODAY]
LEVERS = {spec.path: spec for spec in fields() if spec.kind == "lever"}
AREAS = {  # policy: the section whose levers it sets
    "families": "family",
    "trauma_informed": "trauma_training",
    "officer_wellbeing": "officer_wellness",
    "community_engagement": "engagement",
}
UNIONS = {"four_areas": tuple(AREAS), "full_package": ("four_areas", "full_deflection", "more_slots")}
PATHWAYS = [pathway.name.lower() for pathway in Pathway if pathway not in (Pathway.NONE, Pathway.JAIL_RELEASE)]
DOCS = (loading.POLICIES.parent.parent / "docs" / "policies.md").read_text()
AREAS_PAGE = (loading.POLICIES.parent.parent / "docs" / "areas.md").read_text()
AGENTS = (CHILD, HOUSEHOLD, RESIDENT, HISTORY, OFFICER, PROVIDER)  # whose columns docs/areas.md names
AUTHOR_AND_YEAR = re.compile(r"[A-Z][A-Za-z-]+ (19|20)\d\d")


def pathways_of(name: str) -> set[str]:
    return {pathway for pathway in PATHWAYS if getattr(load(name).deflection, pathway)}


def set_by(name: str) -> dict[str, object]:
    """Return what a policy's own file says, by dotted name."""
    sections = read(loading.POLICIES / f"{name}.yaml")
    return {
        f"{section}.{field}": entry.value
        for section, told in sections.items()
        if isinstance(told.value, dict)
        for field, entry in told.value.items()
    }


def test_the_policies_are_all_there():
    assert set(PATHWAYS) | {"full_deflection", "enforcement_as_usual", "better_jails", "lead_seattle", "steer"} <= set(
        NAMES
    )
    assert {"angel", "qrt_colerain", "massachusetts_outreach", "mari", "chicago_nadp", "tucson", "denver_star"} <= set(
        NAMES
    )


@pytest.mark.parametrize("name", NAMES)
def test_a_policy_extends_the_status_quo_and_describes_itself(name):
    assert read(loading.POLICIES / f"{name}.yaml")["extends"].value == "status_quo"
    description = load(name).description
    assert 2 <= len(re.findall(r"[.;](?: |$)", description)) <= 9
    assert len(show.first_sentence(description)) <= 88


@pytest.mark.parametrize("name", NAMES)
def test_a_description_names_its_pathways_or_says_there_is_none(name):
    told = load(name).description.lower().replace("-", " ")
    on = pathways_of(name)
    assert ("no pathway" in told) == (not on)
    for pathway in PATHWAYS:
        assert (pathway.replace("_", " ") in told) == (pathway in on), pathway


@pytest.mark.parametrize("name", NAMES)
def test_sources_are_named_or_their_absence_is(name):
    description = load(name).description
    assert AUTHOR_AND_YEAR.search(description) or re.search("no author named|no study cited", description)
    assert re.search(r"judgement|not (known|said|published|in the published|put in)|do not tell", description)


@pytest.mark.parametrize("name", NAMES)
def test_a_policy_sets_levers_alone_within_their_bounds_and_plausible_range(name):
    told = set_by(name)
    assert told and set(told) <= set(LEVERS)
    for path, value in told.items():
        spec = LEVERS[path]
        if isinstance(value, bool):
            assert spec.unit == "yes or no"
            continue
        assert spec.low <= value <= spec.high, path
        if spec.usual and path != "harm_reduction.kits_per_100k_year":
            low, high = spec.usual
            assert low <= value <= high or path in UNUSUAL, f"{path}: {value}, usually {low:g} to {high:g}"


UNUSUAL = {"deflection.police_present"}  # a team with an officer on every visit, and one without


@pytest.mark.parametrize("name", PATHWAYS)
def test_a_pathway_alone_is_alone(name):
    assert pathways_of(name) == {name}
    assert {d.path.partition(".")[0] for d in differences(load(name), load())} == {"deflection"}


def test_full_deflection_is_all_of_it_and_no_more_slots():
    full = load("full_deflection")
    assert pathways_of("full_deflection") == set(PATHWAYS)
    assert full.treatment == load().treatment
    assert full.engagement.event_sharing > load().engagement.event_sharing
    assert full.engagement.warm_share > load().engagement.warm_share


@pytest.mark.parametrize("name", AREAS)
def test_an_area_alone_sets_levers_of_its_own_section_and_moves_each(name):
    told, today = set_by(name), load()
    assert {path.partition(".")[0] for path in told} == {AREAS[name]}
    for path, value in told.items():
        assert value != getattr(getattr(today, AREAS[name]), path.partition(".")[2]), path


@pytest.mark.parametrize("name", UNIONS)
def test_a_package_is_the_union_of_its_parts_lever_by_lever(name):
    union: dict[str, object] = {}
    for part in UNIONS[name]:
        for path, value in set_by(part).items():
            assert union.setdefault(path, value) == value, f"{path}: parts disagree"
    assert set_by(name) == union


@pytest.mark.parametrize("name", NAMES)
def test_a_policy_differs_from_the_status_quo(name):
    assert load(name).hash != load().hash
    assert differences(load(name), load())


def test_a_board_is_naloxone_plus_and_more():
    board, visits = set_by("advisory_board"), set_by("naloxone_plus")
    assert visits.items() < board.items()
    assert {path.partition(".")[0] for path in board.keys() - visits.keys()} == {"engagement"}


def test_starts_of_a_force_are_two_sides_of_an_ordinary_one():
    burned, rested = (set_by(name)["officer_wellness.burnout"] for name in ("burned_out_force", "rested_force"))
    assert rested < load().officer_wellness.burnout < burned


@pytest.mark.parametrize("name", [*AREAS, "four_areas"])
def test_an_area_alone_says_what_it_lacks_without_deflection(name):
    assert "without deflection" in load(name).description.lower() or "needs deflection" in load(name).description


def table_of_policies() -> dict[str, list[str]]:
    """Return the cells of each policy's row in docs/policies.md, by name."""
    rows = [line.strip("| ").split(" | ") for line in DOCS.splitlines() if line.startswith("| `")]
    return {cells[0].strip("`"): cells for cells in rows}


@pytest.mark.parametrize("name", [name for name in NAMES if name not in UNIONS])
def test_the_docs_name_the_levers_a_policy_sets(name):
    told = {
        f"{section}.{field}"
        for section, fields_ in re.findall(r"`(\w+): ([\w, ]+)`", table_of_policies()[name][3])
        for field in fields_.split(", ")
    }
    assert told == set(set_by(name))


@pytest.mark.parametrize("name", show.POLICY_GROUPS["after a practice"])
def test_where_no_outcome_was_studied_file_and_docs_say_so(name):
    told = table_of_policies()[name][4]
    assert told.startswith(("none", "small"))
    assert ("no outcome evidence" in load(name).description.lower()) == told.startswith("none")


@pytest.mark.parametrize("page", [DOCS, AREAS_PAGE], ids=["policies", "areas"])
def test_every_lever_column_number_and_policy_a_page_names_exists(page):
    paths, known = {spec.path for spec in fields()}, {name for name, _ in named()}
    known |= {path.partition(".")[0] for path in paths} | {outcome.id for outcome in OUTCOMES}
    known |= {*registry(), *targets(), *SWITCHES}
    paths |= {f"{kind.name}.{column.name}" for kind in AGENTS for column in kind.columns}
    words = re.findall(r"`([a-z_0-9]+(?:\.[a-z_0-9]+)?)`", page)
    assert len(words) > 20
    for word in words:
        assert word in (paths if "." in word else known), word


def test_enforcement_offers_nothing():
    assert not pathways_of("enforcement_as_usual")
    assert [d.path for d in differences(load("enforcement_as_usual"), load())] == ["policing.proactive"]


@pytest.mark.parametrize("cascade", CASCADES, ids=lambda cascade: cascade.row)
def test_a_published_cascade_is_no_input_of_its_programme(cascade):
    target = targets()[cascade.row]
    if target.value != 1:  # a ratio of no effect: 1 is also "all"
        assert target.value not in [value for value in set_by(cascade.policy).values() if not isinstance(value, bool)]
    used = {LEVERS[path].evidence for path in set_by(cascade.policy)}
    inputs = {spec.evidence for spec in fields() if spec.evidence}
    assert not used & set(target.linked_rows)
    judged = {"ho_keep_warm", "ho_delay_attendance_or", "oi_offer_prob_eligible", "or_retention_6m_justice_referral"}
    assert inputs & set(target.linked_rows) <= judged


def test_every_policy_is_listed_once_in_a_group_and_in_the_docs():
    grouped = [name for names in show.POLICY_GROUPS.values() for name in names]
    assert sorted(grouped) == sorted(name for name, _ in named())
    for name in grouped:
        assert DOCS.count(f"| `{name}` |") == 1, name
