"""C8: the bill and the health of a world worked out by hand; nothing is counted twice; prices move nothing."""

from collections import Counter

import numpy as np
import pytest
from deflect.model import costs
from deflect.model.budget import currency_year, price_of
from deflect.model.events import Kind, happened
from deflect.model.measures import MEASURES
from deflect.model.processes import census
from deflect.model.world import START_DAY
from deflect.scenarios.load import load
from deflect.scenarios.sections import PRICE_YEARS, PricesSection
from towns import busy_town, copied, differences, digest, lived, lived_until
from worlds.hand import still_town

# Dollars of 2014 to 2020 are worth 1.25 of 2021's, the price year; those of 2024 are worth 5/6 of them.
INDEX = {year: 100.0 if year <= 2020 else 150.0 if year == 2024 else 125.0 for year in PRICE_YEARS}
PRICES = {
    "prices.price_index": [INDEX[year] for year in PRICE_YEARS],
    "prices.price_year": 2021,
    "prices.discount_rate": 0.03,
    "prices.cost_od_nonfatal_healthcare": 4377,  # 2021
    "prices.cost_od_fatal_healthcare": 5462,  # 2017
    "prices.cost_policing_incident": 5053,  # 2014
    "prices.cost_court_case": 8128,  # 2014
    "prices.cost_jail_day": 129,  # 2014
    "prices.cost_supervision_day": 3.72,  # 2014
    "prices.cost_naloxone_kit": 24,  # 2024
    "prices.cost_kit_distribution": 50,  # 2024
    "custody.supervision_share": 0.5,
    "custody.supervision_days": 180,
}
TEN_EVENTS = (  # (day of the policy, kind); the second year begins on day 366
    (10, Kind.RESPONDED),
    (10, Kind.HOSPITAL),
    (20, Kind.POLICE_CONTACT),
    (20, Kind.ARRESTED),
    (20, Kind.JAILED),
    (23, Kind.RELEASED),
    (23, Kind.COURT),
    (365, Kind.KIT_RECEIVED),  # the last day of the first year
    (366, Kind.KIT_RECEIVED),
    (400, Kind.DIED_OVERDOSE),
)
# In cents, with a pencil: item -> (payer, first year, second year before and after discounting).
BY_HAND = {
    "overdose_hospital": ("health", 437_700, 0, 0),
    "overdose_death": ("health", 0, 682_750, 662_864),  # 5,462 x 1.25 = 6,827.50; over 1.03 = 6,628.64
    "arrests": ("justice", 631_625, 0, 0),  # 5,053 x 1.25
    "court": ("justice", 1_016_000, 0, 0),  # 8,128 x 1.25
    "jail": ("justice", 48_375, 0, 0),  # nights of days 20, 21, 22: 3 x 129 x 1.25
    "supervision": ("justice", 41_850, 0, 0),  # half of 180 days x 3.72 x 1.25
    "kits": ("programme", 6_167, 6_167, 5_987),  # 74 / 1.2 = 61.67; over 1.03 = 59.87
}


def ten_events():
    """Return a town where nothing happens but ten events, after two years of the policy."""
    world = still_town(12, years=2, **PRICES)
    clock = world.state.clock[0]
    world.make_room()
    quiet = np.tile(world.state.census[:1], (-START_DAY + 740, 1))
    quiet[:, census.FIRST_EVENT :] = 0
    world.state = world.state._replace(census=quiet)
    clock.day, clock.events, clock.today = 0, 0, 0
    for day in range(731):
        for when, kind in TEN_EVENTS:
            if when == day:
                happened(world.view, kind.value, 3, -1, 0.0, -1, 0)
        census.count(world)
    assert world.day == 731 and len(world.events) == 10
    return world


@pytest.fixture(scope="module")
def ten():
    world = ten_events()
    return world, costs.quantities(world)


def amounts(lines):
    """Return the lines that are not nothing: item -> (payer, undiscounted by year, discounted by year)."""
    told = {}
    for line in lines:
        payer, plain, discounted = told.setdefault(line.item, (line.payer, [], []))
        plain.append(line.undiscounted)
        discounted.append(line.cents)
    return {item: told[item] for item in told if any(told[item][1])}


def test_the_bill_by_hand(ten):
    world, kept = ten
    found = amounts(costs.bill(kept, world.scenario))
    wanted = {item: (payer, [first, plain], [first, second]) for item, (payer, first, plain, second) in BY_HAND.items()}
    assert found == wanted
    by_payer = Counter()
    for line in costs.bill(kept, world.scenario):
        by_payer[line.payer] += line.cents
    assert +by_payer == {"health": 1_100_564, "justice": 1_737_850, "programme": 12_154}


def test_a_sample_is_billed_as_the_place_it_stands_for(ten):
    world, kept = ten
    lines = {(line.item, line.year): line for line in costs.bill(kept, world.scenario, scale=2.5)}
    # Quantities first, then cents once: 2.5 kits x 61.666... are 154.17, not 2.5 times a rounded 61.67.
    assert (lines["kits", 0].quantity, lines["kits", 0].cents) == (2.5, 15_417)
    assert lines["jail", 0].quantity == 7.5 and lines["jail", 0].cents == 120_938  # 1,209.375, half to even


def test_doubling_a_price_doubles_that_item_and_nothing_else(ten):
    world, kept = ten
    before = {(line.item, line.year): line.cents for line in costs.bill(kept, world.scenario)}
    doubled = {"prices.cost_policing_incident": 2 * 5053}
    dearer = load("status_quo", PRICES | doubled)
    after = {(line.item, line.year): line.cents for line in costs.bill(kept, dearer)}
    assert {key: cents for key, cents in after.items() if cents != before[key]} == {("arrests", 0): 1_263_250}
    assert dearer.run_hash == load("status_quo", PRICES).run_hash and dearer.hash != load("status_quo", PRICES).hash


def test_prices_move_no_event():
    doubled = {
        f"prices__{name}": 2 * getattr(PricesSection(), name) for name in ("cost_jail_day", "vsl", "cost_citation")
    }
    one = lived(busy_town(150), 40)
    other = lived(busy_town(150, **doubled, budget__dollars_per_year=10.0), 40)
    assert len(one.events) > 100 and digest(one) == digest(other) and not differences(one, other)


def test_quantities_are_the_census_and_are_read_only():
    world = lived_until(busy_town(150, deflection__officer_intervention=True), 40)
    before = copied(world)
    kept = costs.quantities(world)
    assert not differences(world, before)
    policy = world.census[-START_DAY:]
    assert kept["event.overdose"].tolist() == [policy[:, census.FIRST_EVENT + Kind.OVERDOSE].sum()]
    assert kept["census.oud"].tolist() == [policy[:, census.Count.OUD].sum()] and kept["census.oud"][0] > 0
    # Five case managers for 100,000 residents, of whom 150 are simulated, for 40 days, whether busy or not.
    assert kept["force.case_managers"] == pytest.approx([5 * 150 / 1e5 * 40 / 365.25])
    assert set(kept) == set(costs.QUANTITIES)


def test_nothing_is_counted_twice():
    """A column is in one item; where it is in more, every further item says why."""
    users: dict[str, list] = {}
    for item in costs.ITEMS:
        for id, _ in item.of:
            assert id in costs.QUANTITIES, f"{item.id} counts {id}, which a run does not keep"
            users.setdefault(id, []).append(item)
    for id, items in users.items():
        silent = [item.id for item in items if not item.shared]
        assert len(silent) <= 1, f"{id} is counted by {silent}, and none says why"
    assert len({item.id for item in costs.ITEMS}) == len(costs.ITEMS)
    assert {item.payer for item in costs.ITEMS} == set(costs.PAYERS)


def test_contacts_runs_and_care_add_up_without_overlap():
    """Parts of a whole: contacts end in one of three ways, runs in two, people with use disorder are treated or not."""
    items = {item.id: item for item in costs.ITEMS}
    kept = {id: np.array([float(3 * number + 7)]) for number, id in enumerate(costs.QUANTITIES)}

    def counted(*names):
        return sum(sum(factor * kept[id][0] for id, factor in items[name].of) for name in names)

    assert counted("police_contacts", "citations", "arrests") == kept["event.police_contact"][0]
    assert counted("overdose_attended", "overdose_hospital") == kept["event.responded"][0]
    everybody = kept["census.oud"] + kept["census.injecting"] + kept["census.treated_not_using"]
    assert counted("care_untreated", "care_treated") == everybody[0]
    lived_in = sum(factor * kept[id][0] for _, _, nights, _ in costs.STATES for id, factor in nights)
    assert lived_in == kept["census.population"][0]  # everybody is in one state


def test_every_price_is_used_and_has_a_year():
    used = {name for item in costs.ITEMS for name in item.price} | {name for m in MEASURES for name in m.price}
    used |= {price for *_, price in costs.VALUES} | {"wtp_per_qaly"}
    money = {name for name, info in PricesSection.model_fields.items()
             if info.json_schema_extra.get("unit", "").startswith("USD")}  # fmt: skip
    assert used == money
    assert all(currency_year(name) in PRICE_YEARS for name in money)


def test_a_price_is_turned_into_dollars_of_the_price_year():
    scenario = load("status_quo", PRICES)
    assert price_of(scenario, ("cost_jail_day",)) == 161.25  # 129 of 2014 x 125 / 100
    assert price_of(scenario, ("cost_naloxone_kit",)) == 20.0  # 24 of 2024 x 125 / 150
    assert price_of(scenario, ("cost_od_nonfatal_healthcare",)) == 4377.0


# --- health


def lives(**told):
    """Return quantities of two years in which only these things were: nights, or sums, by year."""
    kept = {id: np.zeros(2) for id in costs.QUANTITIES}
    return kept | {f"census.{name}": np.array(values, float) for name, values in told.items()}


def qalys(scenario, **told):
    return sum(line.qalys for line in costs.health(lives(**told), scenario))


def test_health_by_hand():
    scenario = load("status_quo", {"prices.discount_rate": 0.03})
    # Ten people, of whom one misuses, two have use disorder, one injects, three are in remission, two of them treated.
    nights = dict(population=10, misuse=1, oud=2, injecting=1, remission=3, treated_not_using=2)
    found = qalys(scenario, **{name: [365.25 * n, 0] for name, n in nights.items()})
    assert found == pytest.approx(3 * 0.87 + 0.8 + 2 * 0.694 + 0.574 + 2 * 0.766 + 1 * 0.807)
    later = qalys(scenario, **{name: [0, 365.25 * n] for name, n in nights.items()})
    assert later == pytest.approx(found / 1.03)
    one_death = qalys(scenario, expected_deaths=[1, 0])
    assert one_death == pytest.approx(-(22.64 - 0.694 * (0.5 + 1 / 1.03)))  # -21.6192
    assert qalys(scenario, expected_deaths=[0, 1]) == pytest.approx(-(22.64 - 0.694 * 0.5) / 1.03)


def test_a_death_averted_gains_its_loss_once():
    """Lived through the run in active use disorder, and the rest after it: together the published loss, no more."""
    scenario = load("status_quo", {"prices.discount_rate": 0.03})
    saved = qalys(scenario, population=[365.25 / 2, 365.25], oud=[365.25 / 2, 365.25])
    died = qalys(scenario, expected_deaths=[1, 0])
    assert saved - died == pytest.approx(22.64)


def test_health_around_is_apart_and_a_loss():
    scenario = load("status_quo", {"prices.discount_rate": 0.0})
    kept = lives(population=[3652.5, 0], oud=[365.25, 0], exposed=[730.5, 0])
    lost = {line.state: line.qalys for line in costs.spill_over(kept, scenario) if line.qalys}
    assert lost == pytest.approx({"partners": -0.3 * 0.1, "children": -2 * 0.05})
    assert not {"partners", "children"} & {line.state for line in costs.health(kept, scenario)}


def test_views_of_a_death_are_not_in_the_bill():
    scenario = load("status_quo", PRICES | {"prices.vsl": 1e6, "prices.cost_od_fatal_productivity": 2e5})
    kept = {id: np.zeros(1) for id in costs.QUANTITIES} | {"event.died_overdose": np.array([2.0])}
    views = {line.item: line.cents for line in costs.views(kept, scenario)}
    # 2 x 200,000 x 1.25 (2017), 2 x 1,000,000 (2023), 2 x 22.64 x 100,000 (2023)
    assert views == {"productivity": 50_000_000, "statistical_lives": 200_000_000, "qalys": 452_800_000}
    assert sum(line.cents for line in costs.bill(kept, scenario)) == 2 * 682_750
    assert set(views) == set(costs.VIEWS) and "society" not in costs.PAYERS
