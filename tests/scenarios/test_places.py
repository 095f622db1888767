"""Places: the tables are what they say, names are found, suppressed counts stay hidden, own places are checked."""

import csv
import math
import re
import subprocess
import sys
from dataclasses import fields
from pathlib import Path

import pytest
import yaml
from deflect.scenarios.errors import InputError
from deflect.scenarios.places import (
    AGE_BANDS,
    RACES,
    agency_officers,
    all_fips,
    death_rates,
    example_file,
    find,
    published_deaths,
    search,
)
from deflect.scenarios.places.own import KEYS

FOLDER = example_file().parent
SHARE_FIELDS = [
    "female_share",
    "households_with_children_share",
    "poverty_share",
    "uninsured_19_64_share",
    "medicaid_only_19_64_share",
    "unemployed_share",
    "rural_share",
]


def read(name: str) -> list[dict[str, str]]:
    with (FOLDER / name).open(newline="", encoding="utf-8") as lines:
        return list(csv.DictReader(lines))


@pytest.fixture(scope="module")
def counties():
    return [find(fips) for fips in all_fips()]


@pytest.fixture(scope="module")
def years():
    return read("county_years.csv")


# The tables


def test_there_are_3143_counties_in_51_states(counties):
    assert len(counties) == len({c.fips for c in counties}) == 3143
    assert len({c.state for c in counties}) == 51
    assert len({c.label for c in counties}) == 3143


def test_every_county_is_a_valid_place(counties):
    for c in counties:
        assert re.fullmatch(r"\d{5}", c.fips) and c.name and re.fullmatch("[A-Z]{2}", c.state)
        assert len(c.age_shares) == len(AGE_BANDS) == 18 and len(c.race_shares) == len(RACES) == 8, c.label
        for mix in (c.age_shares, c.race_shares):
            assert math.isclose(sum(mix), 1, abs_tol=1e-12) and min(mix) >= 0, c.label
        for name in SHARE_FIELDS:
            assert 0 <= getattr(c, name) <= 1, (c.label, name)
        assert 0 < c.households <= c.population and 1 <= c.mean_household_size < 6, c.label
        assert 0 <= c.group_quarters_population < c.population, c.label
        assert 0 <= c.single_parent_households <= c.households and 0 <= c.no_vehicle_households <= c.households, c.label
        assert c.area_sq_mi > 0 and c.otp_sites >= 0 and c.buprenorphine_sites >= 0, c.label
        assert 0 <= c.death_rate_per_100k < 200 and 0.1 < c.death_ratio < 6, c.label
        assert 1 < c.officers_per_1000 < 6, c.label
        assert c.good_samaritan_law is None or re.fullmatch(r"(200\d|201\d|202\d)-\d\d-\d\d", c.good_samaritan_law)


def test_age_bands_agree_with_the_published_shares_of_the_young_and_the_old():
    # Two products (estimates of 2019, survey of 2019-2023): near each other weighted by people, never a band apart.
    young, old, people = 0.0, 0.0, 0
    for facts in read("counties.csv"):
        c, weight = find(facts["fips"]), int(facts["population"])
        if facts["age_0_4"]:
            young += weight * (sum(c.age_shares[:3]) + 0.6 * c.age_shares[3] - float(facts["under18_share"]))
            old += weight * (sum(c.age_shares[13:]) - float(facts["over65_share"]))
            people += weight
    assert abs(young / people) < 0.005
    assert -0.012 < old / people < 0


def test_national_totals_are_the_known_ones(counties):
    # Typed in from the publications of the Census Bureau and the Bureau of Justice Statistics.
    people = sum(c.population for c in counties)
    assert people == pytest.approx(331.1e6, rel=0.001)
    assert sum(c.households for c in counties) == pytest.approx(125.7e6, rel=0.001)
    assert sum(c.group_quarters_population for c in counties) == pytest.approx(8.1e6, rel=0.02)
    us = find("US")
    assert us.poverty_share == pytest.approx(0.124, abs=0.002)
    assert us.female_share == pytest.approx(0.504, abs=0.002)
    assert us.households_with_children_share == pytest.approx(0.30, abs=0.01)
    assert us.mean_household_size == pytest.approx(2.54, abs=0.03)
    assert us.officers_per_1000 == pytest.approx(2.17, abs=0.02)
    assert us.race_shares[RACES.index("white")] == pytest.approx(0.589, abs=0.003)
    assert us.race_shares[RACES.index("black")] == pytest.approx(0.121, abs=0.003)
    assert us.race_shares[RACES.index("hispanic")] == pytest.approx(0.187, abs=0.003)
    assert sum(c.otp_sites for c in counties) == 1828


POPULATION = {2010: 309.3e6, 2019: 328.2e6, 2020: 331.5e6, 2022: 334.0e6, 2024: 340.1e6}
DEATHS = {2010: 38329, 2015: 52404, 2018: 67367, 2019: 70630, 2020: 91799, 2021: 106699, 2022: 107941, 2023: 105007}
PUBLISHED = {2010: 32729, 2018: 61780, 2020: 86237, 2022: 102443, 2023: 0, 2024: 72531}


def test_national_population_and_deaths_are_the_known_ones_of_their_year(years):
    counties = set(all_fips())
    for year, known in POPULATION.items():
        here = (r for r in years if r["year"] == str(year) and r["fips"] in counties)
        assert sum(int(r["population"]) for r in here) == pytest.approx(known, rel=0.001), year
    for year, known in DEATHS.items():
        here = [r for r in years if r["year"] == str(year) and r["status"] != "no_row"]
        assert sum(float(r["deaths"] or r["estimate"]) for r in here) == pytest.approx(known, rel=0.0005), year
    for year, known in PUBLISHED.items():
        assert sum(int(r["deaths"] or 0) for r in years if r["year"] == str(year)) == known, year


def test_cabell_is_the_county_we_know():
    cabell = find("54011")
    assert (cabell.label, cabell.population, cabell.households) == ("Cabell County, WV", 93965, 38854)
    assert cabell.programme == "Huntington Quick Response Team"
    assert dict((year, deaths) for year, deaths, _ in published_deaths("54011"))[2022] == 120
    assert cabell.death_rate_basis == "published" and cabell.notes == ()
    assert cabell.death_rate_per_100k == pytest.approx((115 + 95 + 124 + 122 + 120) / 5 / 93000 * 1e5, rel=0.001)
    assert ("Huntington Police Department", 2021, 41087, 94) in agency_officers("54011")
    assert agency_officers("54099") == []


# What is published and what is not


def test_suppressed_deaths_are_nowhere_in_a_published_column(years):
    shown = {"reported", "provisional"}
    assert {r["status"] for r in years} == shown | {
        "suppressed", "suppressed_or_zero", "not_published", "derived", "state_share", "no_row",
    }  # fmt: skip
    for r in years:
        assert (r["deaths"] != "") == (r["status"] in shown), r
        assert (r["estimate"] != "") == (r["status"] not in shown | {"no_row"}), r
        assert r["deaths"] in ("", "0") or int(r["deaths"]) >= 10, r
    assert sum(r["status"] == "suppressed" for r in years) > 20_000
    for r in read("nonfatal_county_years.csv"):
        assert r["status"] in ("reported", "suppressed", "not_published"), r
        assert (r["emergency_visits"] == "") == (r["status"] != "reported"), r
        assert r["emergency_visits"] in ("", "0") or int(r["emergency_visits"]) >= 10, r


def test_suppressed_estimates_lie_where_the_suppressed_count_does(years):
    limits = {"suppressed": (1, 9), "suppressed_or_zero": (0, 9)}
    for r in years:
        if r["status"] in limits:
            low, high = limits[r["status"]]
            assert low <= float(r["estimate"]) <= high, r


def test_published_deaths_never_gives_an_estimate():
    autauga = published_deaths("01001")
    assert [year for year, _, _ in autauga] == list(range(2010, 2025))
    assert (2018, None, "suppressed") in autauga
    for _, deaths, status in autauga + published_deaths("54011"):
        assert (deaths is None) != (status in ("reported", "provisional"))


def test_the_rate_says_whether_it_is_published(counties, years):
    published = {}
    for r in years:
        if 2018 <= int(r["year"]) <= 2022:
            published[r["fips"]] = published.get(r["fips"], 0) + (r["deaths"] != "")
    for c in counties:
        if c.fips in ("02063", "02066"):
            assert c.death_rate_basis == "parent_area"
        else:
            assert c.death_rate_basis == ("published" if published[c.fips] == 5 else "estimate"), c.label
        assert (c.death_rate_basis != "published") == any("overdose deaths are" in note for note in c.notes), c.label


# Death rates


def test_the_committed_death_rates_are_the_derived_ones():
    derived, national, _ = death_rates.derive()
    committed = {r["fips"]: r for r in read("death_rates.csv")}
    assert len(committed) == len(derived) + 1
    assert float(committed["US"]["rate_per_100k"]) == pytest.approx(national, abs=0.005)
    assert national == pytest.approx(26.9, abs=0.1)  # 444,436 deaths over five years of 330.6 million
    for rate in derived:
        row = committed[rate.fips]
        assert (row["basis"], int(row["published_years"])) == (rate.basis, rate.published_years)
        assert float(row["rate_per_100k"]) == pytest.approx(rate.rate_per_100k, abs=0.0051)
        assert float(row["ratio_raw"]) == pytest.approx(rate.ratio_raw, abs=0.00051)
        assert float(row["ratio"]) == pytest.approx(rate.ratio, abs=0.00051)


def test_small_counties_are_pulled_to_their_state_and_large_ones_stay(counties):
    by_state = {}
    for c in counties:
        by_state.setdefault(c.state, []).append(c)
    for here in by_state.values():
        raw = [c.death_ratio_raw for c in here]
        for c in here:  # between the county's own ratio and the ratios of its state
            low, high = sorted((c.death_ratio_raw, c.death_ratio))
            assert high - low < 0.06 or c.population < 150_000, c.label
            assert min(raw) - 0.01 <= c.death_ratio <= max(raw) + 0.01, c.label
    kalawao, cook, cabell = find("15005"), find("17031"), find("54011")
    assert kalawao.death_ratio_raw == 0 and kalawao.death_ratio == pytest.approx(0.66, abs=0.01)
    assert cook.death_ratio == pytest.approx(cook.death_ratio_raw, abs=0.001)
    assert cabell.death_ratio == pytest.approx(4.563, abs=0.001)


def test_the_shape_of_the_prior_is_recovered_from_made_counts():
    # 500 counties of each size, with deaths at the even ranks of the negative binomial of a known shape.
    shape, counts = 4.0, []
    for mean in (0.5, 2.0, 10.0, 50.0):
        deaths, probability = 0, (shape / (shape + mean)) ** shape
        below = probability
        for rank in range(500):
            while below < (rank + 0.5) / 500:
                probability *= (shape + deaths) / (deaths + 1) * mean / (shape + mean)
                deaths, below = deaths + 1, below + probability
            counts.append((float(deaths), mean))
    assert death_rates._fit_shape(counts) == pytest.approx(shape, rel=0.05)


# Counties that need care


def test_counties_that_need_care_say_so():
    kalawao, oahu = find("15005"), find("Honolulu, HI")
    assert any("age shares are those of Hawaii" in note for note in kalawao.notes)
    assert kalawao.age_shares == pytest.approx(oahu.age_shares, abs=0.01)
    assert not any("age shares" in note for note in oahu.notes)
    assert all(any("2016-2020" in note for note in find(fips).notes) for fips in all_fips() if fips[:2] == "09")
    chugach, copper_river = find("02063"), find("02066")
    assert chugach.death_rate_per_100k == copper_river.death_rate_per_100k > 0
    assert any("Valdez-Cordova" in note for note in chugach.notes)
    assert {status for _, _, status in published_deaths("02063")} == {"no_row"}
    assert any("far from the 2022 estimate" in note for note in find("Loving, TX").notes)


# Names


@pytest.mark.parametrize(
    ("text", "fips"),
    [
        ("54011", "54011"),
        (54011, "54011"),
        ("Cabell, WV", "54011"),
        ("Cabell County, WV", "54011"),
        ("  cabell   COUNTY , west virginia ", "54011"),
        ("Cabell WV", "54011"),
        ("cabell", "54011"),
        ("Cabell County West Virginia", "54011"),
        ("Washington, OR", "41067"),
        ("Virginia Beach, VA", "51810"),
        ("Baltimore city, MD", "24510"),
        ("Baltimore County, MD", "24005"),
        ("saint louis city, mo", "29510"),
        ("St Louis County, Missouri", "29189"),
        ("Saint Clair, AL", "01115"),
        ("Ste. Genevieve, MO", "29186"),
        ("Sainte Genevieve, MO", "29186"),
        ("Prince George's, MD", "24033"),
        ("O'Brien, IA", "19141"),
        ("obrien county ia", "19141"),
        ("De Kalb, GA", "13089"),
        ("Dona Ana, NM", "35013"),
        ("Doña Ana County, NM", "35013"),
        ("Acadia, LA", "22001"),
        ("Acadia Parish, LA", "22001"),
        ("Acadia County, LA", "22001"),
        ("Anchorage, AK", "02020"),
        ("Juneau, AK", "02110"),
        ("Bethel Census Area, AK", "02050"),
        ("James City, VA", "51095"),
        ("Charles City County, VA", "51036"),
        ("Carson City, NV", "32510"),
        ("District of Columbia", "11001"),
        ("District of Columbia, DC", "11001"),
        ("New York, NY", "36061"),
        ("Miami-Dade, FL", "12086"),
    ],
)
def test_a_county_is_found_by_its_names(text, fips):
    assert find(text).fips == fips


def test_every_county_is_found_by_its_own_label(counties):
    for c in counties:
        assert find(c.label) is c


@pytest.mark.parametrize("text", ["US", "us", "USA", "U.S.", "United States"])
def test_the_nation_is_a_place_of_100000(text):
    us = find(text)
    assert (us.fips, us.population, us.death_ratio) == ("US", 100_000, 1)
    assert sum(us.age_shares) == pytest.approx(1) and sum(us.race_shares) == pytest.approx(1)
    homes = us.households * us.mean_household_size + us.group_quarters_population
    assert homes == pytest.approx(us.population, rel=0.02)


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("Washington", ["31 counties", "Washington County, OR"]),
        ("Baltimore, MD", ["2 counties", "Baltimore County, MD", "Baltimore city, MD"]),
        ("Cabel, WV", ['no county "Cabel, WV"', '"Cabell County, WV"']),
        ("Xqqzl, WV", [", WV"]),
        ("Hungtington", ["Huntington County, IN"]),
        ("Cabell, WZ", ['no state "WZ"']),
        ("Cabell, West Virgina", ['did you mean "WV"']),
        ("Kansas", ["is a state", ", KS"]),
        ("99999", ['FIPS code "99999"', "nearest"]),
        ("54012", ["54011"]),
        ("1001", ["write all five"]),
        ("", ["no place named"]),
        ("  ,", ["no place named"]),
        ("...", ["no place named"]),
        ("qqqq", ["did you mean"]),
        ("../nowhere", ["must end in .yaml"]),
        ("nowhere.yaml", ["no place file"]),
    ],
)
def test_a_wrong_name_is_answered_in_one_clear_line(text, parts):
    with pytest.raises(InputError) as error:
        find(text)
    message = str(error.value)
    assert "\n" not in message
    for part in parts:
        assert part in message


def test_a_wrong_code_is_refused_everywhere():
    for ask in (published_deaths, agency_officers):
        with pytest.raises(InputError, match="no county has the FIPS code"):
            ask("54012")
        with pytest.raises(InputError, match="write all five digits"):
            ask("Cabell")


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("cabell", "Cabell County, WV"),
        ("cabel", "Cabell County, WV"),
        ("saint louis", "St. Louis County, MO"),
        ("prince george", "Prince George County, VA"),
        ("orleans par", "Orleans Parish, LA"),
        ("washington, pa", "Washington County, PA"),
        ("dade", "Dade County, GA"),
        ("miamidade", "Miami-Dade County, FL"),
        ("angeles", "Los Angeles County, CA"),
        ("54011", "Cabell County, WV"),
    ],
)
def test_search_puts_the_best_first(text, first):
    assert search(text)[0].label == first


def test_search_limits_and_orders():
    washingtons = search("Washington", limit=40)
    people = [p.population for p in washingtons[:31]]
    assert {p.name for p in washingtons[:31]} == {"Washington County", "Washington Parish"}
    assert people == sorted(people, reverse=True)
    assert len(search("Washington")) == 10
    assert {p.state for p in search("ca, WV")} == {"WV"}
    assert [p.fips for p in search("540")] == [f for f in all_fips() if f.startswith("540")][:10]
    assert search("qqqqqq") == [] and search("") == []


# A place of the user's own

MINIMAL = "name: A\nstate: WV\npopulation: 20000\n"


def own(tmp_path: Path, text: str):
    path = tmp_path / "town.yaml"
    path.write_text(text, encoding="utf-8")
    return find(path)


def test_the_example_is_read_and_knows_every_key():
    text = example_file().read_text(encoding="utf-8")
    written = yaml.safe_load(text)
    place = find(str(example_file()))
    assert place.label == "Riverbend, WV" and place.fips == "own"
    for key, value in written.items():
        if hasattr(place, key) and key not in ("age_shares", "race_shares", "state", "name"):
            assert getattr(place, key) == value, key
    assert place.age_shares == pytest.approx(tuple(written["age_shares"].values()))
    assert place.race_shares == pytest.approx(tuple(written["race_shares"].values()))
    assert place.death_rate_per_100k == pytest.approx(17.4 / 18500 * 1e5)
    assert place.death_ratio == pytest.approx(place.death_rate_per_100k / find("US").death_rate_per_100k)
    assert place.notes == ()
    for key in KEYS:
        assert key in text, key


def test_a_county_written_to_a_file_comes_back(tmp_path):
    cabell = find("54011")
    skip = {"fips", "notes", "programme", "good_samaritan_law", "death_rate_basis", "death_ratio", "death_ratio_raw"}
    facts = {f.name: getattr(cabell, f.name) for f in fields(cabell) if f.name not in skip}
    facts |= {"age_shares": list(cabell.age_shares), "race_shares": list(cabell.race_shares)}
    place = own(tmp_path, yaml.safe_dump(facts))
    for name in facts:
        assert getattr(place, name) == pytest.approx(getattr(cabell, name)), name
    assert place.good_samaritan_law == cabell.good_samaritan_law
    assert place.death_ratio == pytest.approx(cabell.death_ratio_raw, rel=0.001)  # an own rate is used as it stands


def test_what_is_missing_comes_from_the_nation_and_is_noted(tmp_path):
    place, us = own(tmp_path, MINIMAL), find("US")
    assert place.population == 20000 and place.age_shares == us.age_shares
    assert place.households == round((20000 - place.group_quarters_population) / us.mean_household_size)
    assert place.death_rate_per_100k == us.death_rate_per_100k and place.death_ratio == 1
    assert place.officers_per_1000 == find("54011").officers_per_1000
    assert place.good_samaritan_law == "2015-06-12"
    assert "from United States" in place.notes[0] and "race" in place.notes[0]
    assert "officers_per_1000 from the state" in place.notes


@pytest.mark.parametrize("base", ['"54011"', "54011", "Cabell, WV"])
def test_what_is_missing_can_come_from_a_county(tmp_path, base):
    place, cabell = own(tmp_path, MINIMAL + f"based_on: {base}\nfemale_share: 0.5\n"), find("54011")
    assert place.female_share == 0.5 and place.race_shares == cabell.race_shares
    assert place.death_ratio == cabell.death_ratio and place.death_rate_basis == "published"
    assert "from Cabell County, WV" in place.notes[0] and "female_share" not in place.notes[0]


def test_a_code_with_a_leading_zero_may_stand_without_quotes(tmp_path):
    assert "Autauga County, AL" in own(tmp_path, MINIMAL + "based_on: 01001\n").notes[0]


def test_counts_and_households_follow_each_other(tmp_path):
    place = own(tmp_path, MINIMAL + "age_counts: {20-24: 30, 25-29: 10}\nhouseholds: 8000\n")
    assert place.age_shares[4:6] == (0.75, 0.25)
    assert place.mean_household_size == pytest.approx((20000 - place.group_quarters_population) / 8000)
    assert own(tmp_path, MINIMAL + "age_shares:\n  0-4: 0.5\n  85+: 0.495\n").age_shares[0] == pytest.approx(
        0.5 / 0.995
    )


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "has no keys"),
        ("- a\n", "has no keys"),
        ("name: [A\n", "line 2: is not YAML"),
        ("name: A\nstate: WV\n", '"population" is missing'),
        (MINIMAL + "populaton: 3\n", 'line 4: no key "populaton" is known; did you mean "population"?'),
        (MINIMAL + "population: 4\n", 'line 4: "population" stands twice'),
        (MINIMAL.replace("20000", "-4"), 'line 3: "population": -4 is no number from 1 up'),
        (MINIMAL.replace("20000", "many"), "line 3: \"population\": 'many' is no number"),
        (MINIMAL.replace("20000", "12.5"), "is no whole number"),
        (MINIMAL.replace("20000", "true"), "is no number"),
        (MINIMAL.replace("20000", ".nan"), "is no number"),
        (MINIMAL.replace("20000", ".inf"), "is no number"),
        (MINIMAL.replace("20000", ""), 'line 3: "population" has no value'),
        (MINIMAL.replace("20000", "[1]"), 'line 3: "population" takes one value'),
        (MINIMAL.replace("WV", "Virgina"), 'line 2: no state "Virgina"; did you mean "VA"?'),
        (MINIMAL + "age_shares: {0-4: 0.5, 5-9: 0.6}\n", 'line 4: "age_shares" sum to 1.1, not 1'),
        (MINIMAL + "age_shares: {0-4: 0.5, 05-9: 0.5}\n", 'has no "05-9"; did you mean "5-9"?'),
        (MINIMAL + "age_shares: [1, 2]\n", "needs 18 numbers"),
        (MINIMAL + "age_shares:\n  0-4: 1.5\n  5-9: -0.5\n", 'line 6: "age_shares", 5-9: -0.5 is no number from 0 up'),
        (MINIMAL + "age_shares: {20-24: 1}\nage_counts: {20-24: 1}\n", "not both"),
        (MINIMAL + "race_counts: {white: 0}\n", "are all zero"),
        (MINIMAL + "race_shares: {wite: 1}\n", 'did you mean "white"?'),
        (MINIMAL + "female_share: 51\n", 'line 4: "female_share": 51 is no number from 0 to 1'),
        (MINIMAL + "households: 9000\nmean_household_size: 4\n", "do not fit"),
        (MINIMAL + "group_quarters_population: 20001\n", "is no number from 0 to 20,000"),
        (MINIMAL + "single_parent_households: 9000\n", "is no number from 0 to"),
        (MINIMAL + "overdose_deaths_per_year: 3\ndeath_rate_per_100k: 3\n", "not both"),
        (MINIMAL + "based_on: Washington\n", 'line 4: "based_on": "Washington" names 31 counties'),
        (MINIMAL + "based_on: town.yaml\n", '"based_on": no county'),
    ],
)
def test_a_fault_in_a_place_file_is_reported_with_its_line(tmp_path, text, message):
    with pytest.raises(InputError) as error:
        own(tmp_path, text)
    assert "town.yaml" in str(error.value) and message in str(error.value)


def test_a_misspelt_file_is_answered_with_its_neighbour():
    with pytest.raises(InputError, match=r'did you mean ".*example_place\.yaml"'):
        find(FOLDER / "exampel_place.yaml")


# The house


def test_provenance_names_every_file_and_every_column():
    text = (FOLDER / "PROVENANCE.md").read_text(encoding="utf-8")
    parts = {part.split("\n", 1)[0].strip(): part for part in text.split("\n## ")[1:]}
    tables = sorted(path.name for path in FOLDER.glob("*.csv"))
    assert [name for name in parts if name.endswith(".csv")] and set(tables) == {n for n in parts if n.endswith(".csv")}
    for name in tables:
        header = (FOLDER / name).read_text(encoding="utf-8").split("\n", 1)[0].split(",")
        # Named in the first cell of a row of that file's table; nothing else may be named there.
        cells = [line.split("|")[1] for line in parts[name].splitlines() if line.startswith("| `")]
        assert sorted(re.findall(r"`(\w+)`", " ".join(cells))) == sorted(header), name
    for path in FOLDER.iterdir():
        assert path.suffix in (".csv", ".py", ".md", ".yaml") or path.name == "__pycache__", path.name


def test_tables_stay_small():
    assert sum(path.stat().st_size for path in FOLDER.iterdir() if path.is_file()) < 4e6


def test_codes_stay_text_and_rows_stay_in_order():
    for path in FOLDER.glob("*.csv"):
        rows = read(path.name)
        codes = [row["fips"] for row in rows if row.get("fips", "US") != "US"]
        assert all(re.fullmatch(r"\d{5}", code) for code in codes), path.name
        assert codes == sorted(codes), path.name


def test_age_bands_and_races_are_those_of_the_residents():
    from deflect.agents import resident

    assert AGE_BANDS == resident.AGE_BANDS and RACES == resident.RACES


def test_places_need_no_heavy_library():
    code = (
        "import sys; from deflect.scenarios.places import find; find('54011'); find('US'); "
        "print([m for m in ('pandas', 'numba', 'mesa', 'scipy', 'numpy', 'deflect.agents') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
