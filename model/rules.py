"""From a scenario to the numbers in force: per-year rates become per-day hazards, shapes become tables."""

import numpy as np
from scipy.special import betaincinv, gammaincinv

from ..scenarios.evidence import value_of

SECTIONS = ("population", "demography", "drug_use", "overdose", "treatment", "harm_reduction", "policing")
DAYS_A_YEAR = 365.25
BINS = 16_384  # steps of a trait's distribution
CURVE_DAYS = 3653  # hazards by day of remission or of care; from ten years on they stay as they are

TIE_WEIGHTS = ("tie_weight_kin", "tie_weight_friend", "tie_weight_co_use")  # rows of the community graph
LEVERS_IN_ROWS = (  # they act through the rows of providers and agencies, or through kits_per_day
    "slots_buprenorphine",
    "slots_methadone",
    "slots_naltrexone",
    "police_naloxone",
    "kits_per_year",
    "kits_per_100k_year",
)
SOLVED = (  # numbers that follow from others or are solved for the starting population
    "oud_scale",
    "supply_today",
    "using_on_methadone",
    "using_on_buprenorphine",
    "using_on_naltrexone",
    "attendance_logit",
    "attendance_delay_logit",
    "call_intercept",
    "first_use_bound",
    "birth_bound",
    "leaving_bound",
    "tolerance_keep",
    "readiness_keep",
    "kits_per_day",
    "arrivals_per_day",
)


def logit(p: float) -> float:
    """Return the log odds of a probability, finite also for 0 and 1."""
    p = min(max(p, 1e-12), 1 - 1e-12)
    return float(np.log(p / (1 - p)))


def _plain_numbers(scenario) -> dict[str, float]:
    """Return every single number of the sections by name, rates per year as hazards per day."""
    numbers = {}
    for section in SECTIONS:
        for name, value in getattr(scenario, section):
            if isinstance(value, (int, float)) and name not in LEVERS_IN_ROWS:
                if name.endswith("_per_year"):
                    name, value = name.removesuffix("_per_year") + "_per_day", value / DAYS_A_YEAR
                numbers[name] = float(value)
    return numbers


def make_rules(scenario) -> np.recarray:
    """Return the numbers in force as one row, shape (1,); those in SOLVED that need the people are set at build."""
    numbers = _plain_numbers(scenario) | dict.fromkeys(SOLVED, 0.0)
    numbers |= {name: value_of(name) for name in TIE_WEIGHTS}
    overdose, treatment = scenario.overdose, scenario.treatment
    numbers["supply_today"] = overdose.community_factor
    # Half of the effect of a medication acts on the hazard of those who still use; the other half is
    # the share who stop at entry.
    numbers["using_on_methadone"] = float(np.sqrt(treatment.rr_methadone))
    numbers["using_on_buprenorphine"] = float(np.sqrt(treatment.rr_buprenorphine))
    numbers["using_on_naltrexone"] = float(np.sqrt(treatment.rr_naltrexone))
    numbers["attendance_logit"] = logit(treatment.attendance)
    numbers["attendance_delay_logit"] = float(np.log(treatment.attendance_delay_or))
    numbers["tolerance_keep"] = 0.5 ** (1 / scenario.drug_use.tolerance_halflife_days)
    numbers["readiness_keep"] = 0.5 ** (1 / overdose.readiness_halflife_days)
    rules = np.zeros(1, [(name, "f8") for name in sorted(numbers)]).view(np.recarray)
    for name, value in numbers.items():
        rules[name] = value
    return rules


def relapse_by_day(scenario) -> np.ndarray:
    """Return the hazard of relapse on each day of remission, shape (CURVE_DAYS,): cumulative (rate x t) ^ shape."""
    years = np.arange(CURVE_DAYS + 1) / DAYS_A_YEAR
    return np.diff((scenario.drug_use.relapse_scale_per_year * years) ** scenario.drug_use.relapse_shape)


def surge_by_day(scenario) -> np.ndarray:
    """Return the factor on overdose on each day after an overdose, shape (surge_window_days,)."""
    o = scenario.overdose
    days = np.arange(int(o.surge_window_days))
    return 1 + o.surge_slow * np.exp(-days / o.surge_slow_days) + o.surge_fast * np.exp(-days / o.surge_fast_days)


def leaving_by_day(scenario) -> np.ndarray:
    """Return the hazard of leaving care by day, shape (3, CURVE_DAYS): methadone, buprenorphine, naltrexone."""
    t, days = scenario.treatment, np.arange(CURVE_DAYS + 1.0)
    methadone = np.diff((days / t.methadone_scale_days) ** t.methadone_shape)
    buprenorphine = np.diff((days / t.buprenorphine_scale_days) ** t.buprenorphine_shape)
    return np.stack([methadone, buprenorphine, np.full(CURVE_DAYS, 1 / t.naltrexone_mean_days)])


def mean_stay_days(scenario) -> np.ndarray:
    """Return the mean length of a treatment episode, shape (3,): methadone, buprenorphine, naltrexone."""
    survival = np.exp(-np.concatenate([np.zeros((3, 1)), np.cumsum(leaving_by_day(scenario), axis=1)], axis=1))
    last = leaving_by_day(scenario)[:, -1]
    return survival[:, :-1].sum(axis=1) + survival[:, -1] / last


def frailty_bins(scenario) -> np.ndarray:
    """Return frailties of mean exactly 1 at equally likely steps, shape (BINS,)."""
    variance = scenario.population.frailty_variance
    if variance == 0:
        return np.ones(BINS)
    values = gammaincinv(1 / variance, (np.arange(BINS) + 0.5) / BINS) * variance
    return values / values.mean()


def uses_alone_bins(scenario) -> np.ndarray:
    """Return chances of using alone at equally likely steps, shape (BINS,): a symmetric beta."""
    shape = scenario.population.uses_alone_shape
    return betaincinv(shape, shape, (np.arange(BINS) + 0.5) / BINS)
