"""From a scenario to the numbers in force: per-year rates become per-day hazards, shapes become tables."""

from functools import cache

import numpy as np
from scipy.special import betaincinv, gammaincinv, ndtri

from ..scenarios.evidence import value_of
from ..scenarios.schema import fields
from ..scenarios.sections import PROACTIVE_MAX

SECTIONS = (
    "population",
    "demography",
    "drug_use",
    "overdose",
    "treatment",
    "harm_reduction",
    "policing",
    "custody",
    "deflection",
    "engagement",
    "trust",
    "officer_wellness",
    "trauma_training",
    "family",
    "switches",
)
# Sections whose numbers carry a prefix in force, so that short names of fields stay apart.
PREFIX = {"trust": "trust_", "officer_wellness": "strain_", "trauma_training": "training_", "family": "family_"}
DAYS_A_YEAR = 365.25
BINS = 16_384  # steps of a trait's distribution
RETENTION_DAYS = 182.6  # half a year, the span of the published ratio of mandated treatment
CURVE_DAYS = 3653  # hazards by day of remission or of care; from ten years on they stay as they are

TIE_WEIGHTS = ("tie_weight_kin", "tie_weight_friend", "tie_weight_co_use")  # rows of the community graph
IN_ROWS = (  # what acts through the rows of officers, providers and agencies, or through kits_per_day
    "officers_per_1000",
    "slots_buprenorphine",
    "slots_methadone",
    "slots_naltrexone",
    "police_naloxone",
    "kits_per_year",
    "kits_per_100k_year",
    "case_managers_per_100k",
    "outreach_workers_per_100k",
    "response_teams_per_100k",
    "reserved_slots",
    "warm_share",
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
    "contact_bound",
    "contact_scale",
    "hot_spot",
    "burnout_offer_logit",
    "offer_black_logit",
    "cit_referral_logit",
    "cit_arrest_ratio",
    "trust_call_logit",
    "trust_accept_logit",
    "trauma_accept_logit",
    "police_present_logit",
    "family_reached_logit",
    "accept_intercept",
    "jail_log_mean",
    "mandated_leaving_ratio",
    "provider_trauma_leaving_log",
    "provider_trauma_mean",
    "self_referral_base",
    "self_referral_per_day",
    "visits_per_day",
    "team_calls_per_day",
    "team_calls_today",
    "trust_gain",
    "bad_to_good",
    "trust_good_keep",
    "trust_bad_keep",
    "trust_slow_keep",
    "trust_shock_keep",
    "trust_shock_size",
    "trust_shock_day",
    "trust_mean",
    "stress_mean",  # of officers in the last year of the burn-in, like the next three
    "calls_mean",  # overdose calls of a patrol officer a day
    "present_mean",  # officers present
    "reference_days",  # days of that year looked at
    "load_today",  # work for each officer present, over the usual, within the cap of overtime
    "response_load",  # and what it makes of response times
    "posts_of_today",  # sworn posts of the county
    "team_informed",  # how trauma-informed outreach and programme staff work today
    "providers_taught",  # how far courses close providers' distance to fully trauma-informed work
    "burnout_in_force",
    "course_since",  # first day of the present officers' course, of the skills course, of the staff's
    "skills_since",
    "staff_since",
)
CHILD_DAYS = 30  # days between two looks at a child


def logit(p: float) -> float:
    """Return the log odds of a probability, finite also for 0 and 1."""
    p = min(max(p, 1e-12), 1 - 1e-12)
    return float(np.log(p / (1 - p)))


def _plain_numbers(scenario) -> dict[str, float]:
    """Return every single number of the sections by name, rates per year as hazards per day."""
    numbers = {}
    for section in SECTIONS:
        for name, value in getattr(scenario, section):
            if isinstance(value, (int, float)) and name not in IN_ROWS:
                if name.endswith("_per_year"):
                    name, value = name.removesuffix("_per_year") + "_per_day", value / DAYS_A_YEAR
                numbers[PREFIX.get(section, "") + name] = float(value)
    return numbers


def lever_numbers(scenario) -> dict[str, float]:
    """Return the numbers in force that a policy sets directly, by name."""
    numbers = _plain_numbers(scenario)
    names = [spec.path.rpartition(".")[::2] for spec in _levers()]
    names = [PREFIX.get(section, "") + name for section, name in names]
    return {name: numbers[name] for name in names if name in numbers} | _follow_levers(scenario)


def _follow_levers(scenario) -> dict[str, float]:
    """Return the numbers in force that follow from levers, and change with them."""
    wellness, engagement = scenario.officer_wellness, scenario.engagement
    halflife = wellness.stress_halflife_days * (wellness.recovery_stress_ratio if wellness.recovery_time else 1)
    help_ratio = 1.0
    for lever, ratio in (
        (wellness.confidential_help, wellness.help_confidential_ratio),
        (wellness.services_on_shift, wellness.help_on_shift_ratio),
        (wellness.fitness_reframed, wellness.help_reframed_ratio),
    ):
        help_ratio *= ratio if lever else 1
    help_per_year = _help_per_year(wellness.help_seeking, wellness.help_stigma_or)
    loss = engagement.champion_loss * (1 - engagement.agreements_hold * engagement.agreements)
    family = scenario.family
    return {
        "stress_keep": 0.5 ** (1 / halflife),
        "help_per_day": float(help_per_year * help_ratio / DAYS_A_YEAR),
        "champions_left": 1 + loss * engagement.champion_lost,
        "family_reach": family.reach_base + (family.reach_most - family.reach_base) * family.welfare_check,
        "custody_fear_logit": family.call_logit_custody_fear * family.mandatory_report,
        "report_at_overdose": family.report_mandatory if family.mandatory_report else family.report_usual,
        # A coordinator sees people the next day.
        "assessment_days": 1.0 if engagement.coordinator else scenario.deflection.assessment_days,
        "social_services_leaving": engagement.social_services_leaving_ratio**engagement.social_services,
    }


@cache
def _help_per_year(share: float, stigma_or: float) -> float:
    """Return the hazard of seeking help at mean stigma with which the published share of officers seek it in a year.

    Stigma is spread by one standard deviation between officers.
    """
    ratio = stigma_or ** ndtri((np.arange(1000) + 0.5) / 1000)
    low, high = -40.0, 40.0
    for _ in range(60):  # halving, of the log hazard
        middle = (low + high) / 2
        fewer = (1 - np.exp(-np.exp(middle) * ratio)).mean() < share
        low, high = (middle, high) if fewer else (low, middle)
    return float(np.exp(middle)) if share > 0 else 0.0


@cache
def _levers() -> tuple:
    return tuple(spec for spec in fields() if spec.kind == "lever")


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
    numbers |= _of_deflection(scenario) | _of_trust(scenario) | _of_officers(scenario) | _of_families(scenario)
    numbers |= _follow_levers(scenario)
    numbers["tolerance_keep"] = 0.5 ** (1 / scenario.drug_use.tolerance_halflife_days)
    numbers["readiness_keep"] = 0.5 ** (1 / overdose.readiness_halflife_days)
    rules = np.zeros(1, [(name, "f8") for name in sorted(numbers)]).view(np.recarray)
    for name, value in numbers.items():
        rules[name] = value
    return rules


def _of_deflection(scenario) -> dict[str, float]:
    """Return the numbers of contacts, offers and plans that follow from those of the scenario."""
    policing, deflection, switches = scenario.policing, scenario.deflection, scenario.switches
    readiness = scenario.overdose.readiness_jump * 0.5 ** (72 / 24 / scenario.overdose.readiness_halflife_days)
    police = float(np.log(deflection.police_present_or))
    # A survivor visited at 72 hours, of mean trust, by a team with police as often as programmes have them.
    intercept = logit(deflection.acceptance) - readiness - value_of("np_police_present_share") * police
    retained = float(np.exp(-((RETENTION_DAYS / scenario.treatment.buprenorphine_scale_days)
                              ** scenario.treatment.buprenorphine_shape)))  # fmt: skip
    retained = min(max(retained, 1e-9), 1 - 1e-9)  # a scale may be so long, or so short, that odds have no meaning
    odds = retained / (1 - retained) * deflection.mandated_retention_or
    return {
        "contact_bound": (policing.enforcement_contacts_per_year * PROACTIVE_MAX + policing.other_contacts_per_year)
        / DAYS_A_YEAR,
        "burnout_offer_logit": float(np.log(switches.burnout_to_offers)),
        "offer_black_logit": float(np.log(deflection.offer_or_black)),
        "cit_referral_logit": float(np.log(policing.cit_referral_or)),
        "cit_arrest_ratio": switches.cit_to_arrest,
        "trust_call_logit": float(np.log(switches.trust_to_911)),
        "trust_accept_logit": float(np.log(switches.trust_to_acceptance)),
        "trauma_accept_logit": float(np.log(switches.trauma_informed_to_acceptance)),
        "police_present_logit": police,
        "family_reached_logit": float(np.log(deflection.family_reached_or)),
        "accept_intercept": intercept,
        "jail_log_mean": float(np.log(scenario.custody.jail_days)) - scenario.custody.jail_log_sd**2 / 2,
        # The hazard ratio that gives the published odds ratio of being retained for six months.
        "mandated_leaving_ratio": float(np.log(odds / (1 + odds)) / np.log(retained)),
        "provider_trauma_leaving_log": float(np.log(deflection.provider_trauma_leaving_ratio)),
    }


def _of_trust(scenario) -> dict[str, float]:
    """Return gains and daily shares kept of trust."""
    trust = scenario.trust
    return {
        "trust_gain": trust.good_contact_points / trust.points_per_sd,
        "bad_to_good": scenario.switches.bad_to_good_contact,
        "trust_good_keep": 0.5 ** (1 / trust.good_halflife_days),
        "trust_bad_keep": 0.5 ** (1 / (trust.good_halflife_days * trust.bad_halflife_ratio)),
        "trust_slow_keep": 0.5 ** (1 / (trust.slow_halflife_years * DAYS_A_YEAR)),
        "trust_shock_keep": 0.5 ** (1 / trust.shock_halflife_days),
    }


def _of_officers(scenario) -> dict[str, float]:
    """Return the numbers of officers' strain and training that follow from those of the scenario."""
    wellness, training = scenario.officer_wellness, scenario.trauma_training
    per_day = wellness.critical_incidents_per_year / DAYS_A_YEAR
    return {
        "calls_keep": 0.5 ** (1 / wellness.calls_halflife_days),
        # A first guess; the last year of the burn-in says what is usual here.
        "stress_mean": per_day * wellness.severity_incident * wellness.stress_halflife_days / float(np.log(2)),
        "exhausted_above": float(ndtri(1 - wellness.exhausted_share)),
        "depersonalised_above": float(ndtri(1 - wellness.depersonalised_share)),
        "burnout_sd": (2 + 2 * wellness.strain_correlation) ** 0.5,
        "resign_logit": float(np.log(wellness.resign_or)),
        "help_stigma_logit": float(np.log(wellness.help_stigma_or)),
        "strain_toll_of_call": -scenario.switches.calls_to_attitude / 10,
        "attitude_keep": 0.5 ** (1 / (training.halflife_months * DAYS_A_YEAR / 12)),
        "attitude_gain_sd": training.attitude_gain / float(-ndtri(training.backlash_share)),
        "belief_keep": 0.5 ** (1 / scenario.engagement.belief_halflife_days),
    }


def _of_families(scenario) -> dict[str, float]:
    """Return the numbers of households with children that follow from those of the scenario."""
    family = scenario.family
    usual = 1 + family.prescribed_at_home * (1 - family.locked_at_start) * (family.prescription_ratio - 1)
    return {
        "distress_keep_month": 0.5 ** (CHILD_DAYS / family.distress_halflife_days),
        "support_keep_month": 0.5 ** (CHILD_DAYS / family.support_halflife_days),
        "access_usual": usual,  # of young people, over one whose home has no prescribed opioid within reach
        "family_bound": family.prescription_ratio * family.spouse_ratio / usual,
        "removal_per_day": -float(np.log(1 - family.removal_12m)) / 365,
        "reunified_per_day": -float(np.log(1 - family.reunified_12m)) / 365,
        "coaching_ratio": float(np.log(1 - family.craft_entry) / np.log(1 - family.craft_comparison)),
        "services_leaving_log": float(np.log(family.services_leaving_ratio)),
    }


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
    """Return the hazard of leaving care by day, shape (4, CURVE_DAYS): methadone, buprenorphine, naltrexone, detox."""
    t, days = scenario.treatment, np.arange(CURVE_DAYS + 1.0)
    methadone = np.diff((days / t.methadone_scale_days) ** t.methadone_shape)
    buprenorphine = np.diff((days / t.buprenorphine_scale_days) ** t.buprenorphine_shape)
    detox = np.full(CURVE_DAYS, 1 / scenario.deflection.detox_days)
    return np.stack([methadone, buprenorphine, np.full(CURVE_DAYS, 1 / t.naltrexone_mean_days), detox])


def mean_stay_days(scenario) -> np.ndarray:
    """Return the mean length of a treatment episode, shape (3,): methadone, buprenorphine, naltrexone."""
    leaving = leaving_by_day(scenario)[:3]
    survival = np.exp(-np.concatenate([np.zeros((3, 1)), np.cumsum(leaving, axis=1)], axis=1))
    last = leaving[:, -1]
    return survival[:, :-1].sum(axis=1) + survival[:, -1] / last


def normal_bins() -> np.ndarray:
    """Return standard normal numbers at equally likely steps, shape (BINS,)."""
    return ndtri((np.arange(BINS) + 0.5) / BINS)


def gamma_bins(variance: float) -> np.ndarray:
    """Return gamma numbers of mean exactly 1 at equally likely steps, shape (BINS,)."""
    if variance == 0:
        return np.ones(BINS)
    values = gammaincinv(1 / variance, (np.arange(BINS) + 0.5) / BINS) * variance
    return values / values.mean()


def cohesion_bins(scenario) -> np.ndarray:
    """Return how families hold together at equally likely steps, shape (BINS,): a beta."""
    family = scenario.family
    return betaincinv(family.cohesion_a, family.cohesion_b, (np.arange(BINS) + 0.5) / BINS)


def uses_alone_bins(scenario) -> np.ndarray:
    """Return chances of using alone at equally likely steps, shape (BINS,): a symmetric beta."""
    shape = scenario.population.uses_alone_shape
    return betaincinv(shape, shape, (np.arange(BINS) + 0.5) / BINS)
