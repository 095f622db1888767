"""Money of finished runs: kept, priced again without a run, weighed in pairs, and told without a ratio of nonsense."""

import json
from pathlib import Path

import numpy as np
import pandas
import pytest
from deflect.experiments import money, money_figure, money_text
from deflect.experiments.compare_table import interval
from deflect.experiments.money import Account, Economics, Ledger, ratio
from deflect.experiments.provenance import provenance
from deflect.experiments.result import Result
from deflect.experiments.run import Run
from deflect.model import costs
from deflect.scenarios.errors import InputError
from deflect.scenarios.load import load
from matplotlib.backends.backend_agg import FigureCanvasAgg

SEEDS = (0, 2, 3, 5, 8, 9)


def ledger(policy="status_quo", scale=10.0, seeds=SEEDS, **by_seed) -> Ledger:
    """Return a made ledger of two years: quantities by id with points for underscores, a value a seed and year."""
    scenario = load(policy, {"place": "54011", "residents": 9000, "years": 2})
    accounts = []
    for number, seed in enumerate(seeds):
        kept = {id: np.zeros(2) for id in costs.QUANTITIES}
        for name, values in by_seed.items():
            kept[name.replace("__", ".")] = np.array([values[number], 0.0])
        accounts.append(Account(seed, kept, scale))
    return Ledger(scenario, accounts, "Cabell County, WV")


def saved(folder: Path, one: Ledger) -> Path:
    """Write the files of a result that `deflect cost` reads."""
    runs = [
        Run(one.scenario, account.seed, days=730, residents=9000, place_population=90_000, outcomes={}, monthly={},
            digest="x", code="x", quantities=account.kept)
        for account in one.accounts
    ]  # fmt: skip
    folder.mkdir(parents=True)
    result = Result(runs)
    money.write_kept(folder, [result.ledger])
    (folder / "provenance.json").write_text(json.dumps(provenance(runs)))
    return folder


ARRESTS = dict(event__arrested=[3, 4, 5, 6, 7, 5], event__police_contact=[9, 9, 9, 9, 9, 9])


# --- the bill


def test_the_table_is_the_mean_of_the_bills():
    made = ledger(**ARRESTS)
    rows = made.table.set_index(["kind", "item", "payer", "year"])
    arrests = rows.loc["cost", "arrests", "justice", "all"]
    price = 5053 * 304.702 / 236.736  # of 2014, in dollars of 2023
    assert arrests.quantity == 50 and arrests.price == pytest.approx(price) and arrests.price_year == "2014"
    assert arrests.amount == pytest.approx(50 * price, abs=0.01) and arrests.low < arrests.amount < arrests.high
    assert rows.loc["cost", "arrests", "justice", 1].amount == arrests.amount
    assert rows.loc["cost", "arrests", "justice", 2].amount == 0
    total = rows.loc["total", "total", "justice", "all"]
    whole = made.table[(made.table.kind == "cost") & (made.table.year == "all") & (made.table.payer == "justice")]
    assert total.amount == pytest.approx(whole.amount.sum())
    assert made.totals["justice"].mean() == pytest.approx(total.amount)


def test_what_a_run_keeps_is_read_back_to_the_last_digit(tmp_path):
    made = ledger(census__oud=[365.25 / 3, 0.1, 2 / 7, 1e-9, 12345.678901234567, 3.0], **ARRESTS)
    [again] = money.read(saved(tmp_path / "r", made))
    assert again.seeds == list(SEEDS) and again.scenario.hash == made.scenario.hash
    for one, other in zip(made.accounts, again.accounts, strict=True):
        assert one.scale == other.scale and all((one.kept[id] == other.kept[id]).all() for id in costs.QUANTITIES)
    assert again.table.equals(made.table)


def test_a_bill_is_priced_again_without_a_run(program, tmp_path, monkeypatch):
    monkeypatch.setattr("deflect.experiments.run.run", None)
    folder = saved(tmp_path / "r", ledger(**ARRESTS))
    code, out, err = program("cost", folder)
    assert (code, err) == (0, "") and out.startswith(str(folder / "bill" / "costs.png"))
    assert "Arrests" in out and "status_quo" in out
    code, out, err = program("cost", folder, "--set", "prices.cost_policing_incident=10106", "--payer", "justice")
    assert code == 0 and (folder / "bill-2" / "costs.csv").is_file()
    before, after = (
        pandas.read_csv(folder / name / "costs.csv").set_index(["item", "year"]) for name in ("bill", "bill-2")
    )
    assert after.amount["arrests", "all"] == pytest.approx(2 * before.amount["arrests", "all"], abs=0.01)
    assert after.amount["police_contacts", "all"] == before.amount["police_contacts", "all"]
    assert json.loads((folder / "bill-2" / "prices.json").read_text())["prices"]["cost_policing_incident"] == 10106


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("cost", "nowhere"), "nowhere: holds no provenance.json"),
        (("cost", "r", "--set", "treatment.intake_days=3"), "takes other prices only"),
        (("cost", "r", "--set", "prices.cost_jail=3"), "cost_jail_day"),
        (("cost", "r", "--set", "prices.cost_jail_day=-3"), "prices.cost_jail_day"),
        (("cost", "r", "--payer", "justise"), "did you mean 'justice'"),
        (("cost", "r", "few"), "share 2 seeds"),
    ],
)
def test_wrong_asking_is_answered(program, tmp_path, arguments, told):
    saved(tmp_path / "r", ledger(**ARRESTS))
    saved(tmp_path / "few", ledger(seeds=(0, 2), event__arrested=[1, 2]))
    code, out, err = program(*arguments)
    assert code == 2 and told in err and out == ""
    assert sorted(path.name for path in (tmp_path / "r").iterdir()) == ["provenance.json", "quantities.csv"]


# --- cost and gain


def pair(cost, qalys) -> Economics:
    """Return economics in which B costs and gains so much more, a pair each."""
    dollars = ledger().scenario.prices.cost_citation
    a = ledger(scale=1.0, event__cited=[1000] * 6, event__police_contact=[1000] * 6)
    b = ledger("mari", 1.0, event__cited=[1000 + c / dollars for c in cost],
               event__police_contact=[1000 + c / dollars for c in cost],
               census__population=[365.25 * q / 0.87 for q in qalys])  # fmt: skip
    return Economics(a, b, ("status_quo", "mari"))


COST, GAIN = [1000, 1200, 900, 1100, 1300, 800], [2.0, 2.2, 1.9, 2.1, 2.6, 1.8]


def test_increments_are_those_of_the_pairs():
    found = pair(COST, GAIN)
    rows = {row.what: row for row in found.increments}
    assert rows["justice"].diff == pytest.approx(np.mean(COST)) and rows["qalys"].diff == pytest.approx(np.mean(GAIN))
    assert (rows["justice"].low, rows["justice"].high) == pytest.approx(interval(np.array(COST)))
    mean, low, high = found.net_benefit(50_000)
    benefit = 50_000 * np.array(GAIN) - COST
    assert (mean, low, high) == pytest.approx((benefit.mean(), *interval(benefit)))


def test_pairs_are_matched_by_seed():
    a = ledger(**ARRESTS)
    turned = Ledger(a.scenario, a.accounts[::-1], a.place)
    assert not Economics(a, turned, ("a", "b")).more("justice").any()


def test_a_ratio_has_the_interval_of_fieller():
    """At each end of it, cost less ratio times gain is just not told from nothing."""
    cost, gain = np.array(COST, float), np.array(GAIN)
    found = ratio("x", cost, gain, "QALYs gained")
    assert found.dollars == pytest.approx(cost.mean() / gain.mean()) and found.low < found.dollars < found.high
    assert interval(cost - found.low * gain)[0] == pytest.approx(0, abs=1e-6)
    assert interval(cost - found.high * gain)[1] == pytest.approx(0, abs=1e-6)


@pytest.mark.parametrize(
    ("cost", "gain", "said", "number"),
    [
        (COST, GAIN, "costs more and gains", True),
        ([-c for c in COST], GAIN, "dominates: it saves money and gains", False),
        ([-900, 1200, -1000, 1300, -800, 1100], GAIN, "may also save money", True),
        (COST, [-2, 2, -1, 1, -3, 3], "no gain shown", False),
        (COST, [-g for g in GAIN], "dominated", False),
        ([-c for c in COST], [-g for g in GAIN], "a loss, not a gain", False),
        (COST, [0] * 6, "no gain shown", False),
    ],
)
def test_a_ratio_that_makes_no_sense_is_told_in_words(cost, gain, said, number):
    found = ratio("x", np.array(cost, float), np.array(gain, float), "QALYs gained")
    assert said in found.said and (found.dollars == found.dollars) is number


def test_the_message_is_what_the_pairs_say():
    assert pair(COST, GAIN).message == "mari is worth its cost at $100,000 a QALY"
    assert "not worth its cost" in pair([c * 1e6 for c in COST], GAIN).message
    assert "cannot tell" in pair(COST, [-2, 2, -1, 1, -3, 3]).message


def test_two_folders_are_weighed(program, tmp_path):
    made = pair(COST, GAIN)
    one, other = saved(tmp_path / "a", made.a), saved(tmp_path / "b", made.b)
    code, out, err = program("cost", one, other, "--out", tmp_path / "told")
    assert (code, err) == (0, "") and "is worth its cost" in out and "Per QALY gained" in out
    told = pandas.read_csv(tmp_path / "told" / "economics.csv")
    assert set(told.kind) == {"increment", "ratio", "net benefit"}
    assert (tmp_path / "told" / "economics.png").stat().st_size > 10_000


def test_different_prices_are_refused():
    a, b = ledger(**ARRESTS), ledger("mari", **ARRESTS)
    dearer = b.priced(b.scenario.prices.model_copy(update={"cost_jail_day": 1.0}))
    with pytest.raises(InputError, match="different prices"):
        Economics(a, dearer, ("a", "b"))


# --- words and pictures


@pytest.mark.parametrize(
    ("amount", "said"),
    [
        (0, "$0"), (1.5, "$1.50"), (35_249, "$35,200"), (-35_249, "−$35,200"), (1_239_000, "$1.24 million"),
        (999_600, "$1 million"), (2.5e9, "$2.5 billion"), (float("nan"), "-"),
    ],
)  # fmt: skip
def test_amounts_as_one_says_them(amount, said):
    assert money_text.dollars(amount) == said


def texts(figure):
    FigureCanvasAgg(figure).draw()
    return " ".join(text.get_text() for text in figure.findobj(lambda artist: hasattr(artist, "get_text")))


def test_the_pictures_say_what_they_show():
    told = texts(money_figure.draw_bill(ledger(**ARRESTS)))
    for words in ("Arrests", "police, courts, jail", "discounted", "2023", "50 arrests", "Mean of 6 runs"):
        assert words in told
    told = texts(money_figure.draw_economics(pair(COST, GAIN)))
    for words in ("Mari is worth its cost", "6 pairs", "chance alone", "per QALY gained: $500", "all payers"):
        assert words in told
    nothing = texts(money_figure.draw_bill(ledger()))
    assert "$0" in nothing
