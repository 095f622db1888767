"""Levers have a price, and a budget binds: refused, or scaled until it fits."""

import pytest
from deflect.model import budget
from deflect.model.budget import dearest, within_budget, yearly
from deflect.model.measures import MEASURES, UNPRICED
from deflect.model.needs import here_of
from deflect.scenarios.errors import InputError
from deflect.scenarios.load import load, policies
from deflect.scenarios.places import find
from deflect.scenarios.schema import fields

LEVERS = {spec.path for spec in fields() if spec.kind == "lever"}


def asked(policy="full_deflection", limit=None, over="refuse", **more):
    told = {"place": "54011", "budget.dollars_per_year": limit, "budget.over": over}
    return load(policy, told | {name.replace("__", "."): value for name, value in more.items()})


def test_every_lever_has_a_price_or_a_reason():
    priced = {path for measure in MEASURES for path in measure.levers}
    assert priced | set(UNPRICED) == LEVERS, "a new lever belongs into MEASURES or, with a reason, into UNPRICED"
    assert not priced & set(UNPRICED)
    assert all(set(measure.scaled) <= set(measure.levers) for measure in MEASURES)
    numbers = {spec.path for spec in fields() if spec.kind == "lever" and not isinstance(spec.default, bool)}
    assert all(set(measure.scaled) <= numbers for measure in MEASURES)
    assert len({measure.id for measure in MEASURES}) == len(MEASURES) and all(UNPRICED.values())


@pytest.mark.parametrize("measure", MEASURES, ids=lambda measure: measure.id)
def test_a_measure_is_called_for_by_its_levers(measure):
    """Some setting of its levers costs more than the status quo, and the status quo costs nothing."""
    specs = {spec.path: spec for spec in fields()}
    opened = {path: True for path in LEVERS if path.count("deflection.") and specs[path].default is False}
    told = dict(opened) | {"trauma_training.days": 5 if "five" in measure.id else 1, "trauma_training.coverage": 0.5}
    for path in measure.levers:
        if isinstance(specs[path].default, bool):
            told[path] = True
        elif path in measure.scaled:
            told[path] = (
                min(specs[path].high, 2 * specs[path].default + 1) if path != "harm_reduction.kits_per_year" else 5000
            )
    policy, usual = load("status_quo", told | {"place": "54011"}), load("status_quo", {"place": "54011"})
    here = here_of(usual)
    assert measure.units(policy, here) > measure.units(usual, here)
    assert measure.id not in {one.measure.id for one in yearly(usual)}


def test_what_nothing_costs_is_free():
    assert yearly(load("status_quo")) == [] and yearly(load("null")) == []
    assert yearly(load("enforcement_as_usual")) == []


def test_prices_of_a_policy_by_hand():
    place = find("54011")
    told = yearly(load("lead_seattle", {"place": "54011", "deflection.case_managers_per_100k": 10,
                                        "prices.price_year": 2024}))  # fmt: skip
    assert [one.measure.id for one in told] == ["case_managers"]
    assert told[0].units == pytest.approx(10 * place.population / 100_000)
    assert told[0].dollars == pytest.approx(78_000 * 10 * place.population / 100_000)
    sworn = yearly(load("status_quo", {"place": "54011", "officer_wellness.peer_support": 0.5}))
    assert sworn[0].dollars == pytest.approx(250 * 0.5 * place.officers_per_1000 * place.population / 1000)
    kits = yearly(
        load("status_quo", {"place": "54011", "harm_reduction.kits_per_year": 100_000, "prices.price_year": 2024})
    )
    assert kits[0].units + 700 * here_of(load("status_quo")).oud / 2355 == pytest.approx(100_000)
    assert kits[0].price == 74


def test_without_a_limit_or_within_it_nothing_changes():
    for scenario in (asked(), asked(limit=1e9), asked("status_quo", limit=0)):
        assert within_budget(scenario) is scenario


def test_over_budget_is_refused_with_what_would_fit():
    total = dearest(asked())[0]
    with pytest.raises(InputError) as refused:
        within_budget(asked(limit=500_000))
    said = str(refused.value)
    assert f"${total:,.0f} a year" in said and "$500,000" in said
    assert "community response teams ($" in said and "case managers ($" in said and "would fit" in said


def test_scaled_until_it_costs_the_budget_and_says_so():
    fitted = within_budget(asked(limit=500_000, over="scale"))
    assert dearest(fitted)[0] == pytest.approx(500_000, abs=0.01) and dearest(fitted)[0] <= 500_000
    assert "Its levers are scaled to" in fitted.description and "$500,000" in fitted.description
    assert within_budget(fitted) is fitted  # once is enough
    plain = asked()
    parts = {
        getattr(fitted.deflection, name) / getattr(plain.deflection, name)
        for name in ("case_managers_per_100k", "outreach_workers_per_100k", "response_teams_per_100k")
    }
    assert max(parts) - min(parts) < 1e-9 and 0 < max(parts) < 1  # one factor for all
    assert (
        load("status_quo", fitted.model_dump(exclude={"name", "description"})).hash == fitted.hash
    )  # a valid scenario


def test_scaling_moves_toward_the_status_quo_not_to_nothing():
    more = dict(treatment__slots_methadone=3.0, treatment__slots_buprenorphine=2.0)
    fitted = within_budget(asked("status_quo", 300_000, "scale", **more)).treatment
    assert fitted.slots_methadone - 1 == pytest.approx(2 * (fitted.slots_buprenorphine - 1))
    assert 1 < fitted.slots_buprenorphine < 2 and fitted.slots_naltrexone == 1


def test_a_dated_change_is_held_to_the_budget_too():
    change = [{"day": 365, "set": {"deflection.case_managers_per_100k": 40.0}}]
    early = {"changes": change, "deflection.case_managers_per_100k": 1.0, "deflection.officer_intervention": True}
    scenario = load(
        "status_quo", early | {"place": "54011", "budget.dollars_per_year": 200_000, "budget.over": "scale"}
    )
    fitted = within_budget(scenario)
    assert sum(one.dollars for one in yearly(fitted, 365)) == pytest.approx(200_000, abs=0.01)
    assert sum(one.dollars for one in yearly(fitted, 0)) == pytest.approx(200_000 / 40, abs=0.01)


def test_what_is_on_or_off_is_not_scaled():
    scenario = asked("status_quo", 10_000, "scale", engagement__coordinator=True)
    with pytest.raises(InputError, match=r"cannot be scaled to \$10,000 a year.*coordinator \(\$"):
        within_budget(scenario)


def test_the_run_lives_under_its_budget():
    from deflect.experiments.run import run
    from towns import BUSY

    told = BUSY | {"residents": 150, "years": 1, "place": "54011", "budget.dollars_per_year": 100_000}
    with pytest.raises(InputError, match="full_deflection costs"):
        run(load("full_deflection", told), 1)
    found = run(load("full_deflection", told | {"budget.over": "scale"}), 1)
    assert dearest(found.scenario)[0] == pytest.approx(100_000, abs=0.01)
    assert found.quantities["force.case_managers"][0] * found.scale < 1


def test_policies_that_come_with_the_project_cost_something_or_nothing():
    for name, _ in policies():
        total = dearest(load(name))[0]
        assert 0 <= total < 100 * find("54011").population, name  # dollars a resident and year: a slip of units


def test_the_hash_of_a_run_does_not_know_prices():
    one, other = asked(), asked(prices__cost_jail_day=1.0, limit=1e9)
    assert one.hash != other.hash and one.run_hash == other.run_hash
    assert asked(treatment__intake_days=1).run_hash != one.run_hash
    assert budget.within_budget(asked(limit=500_000, over="scale")).run_hash != one.run_hash
