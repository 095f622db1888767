"""The sections of a scenario: every number the model reads, one line a field, each naming its row of evidence.

The row gives the default, the unit and the meaning, so a changed row changes the scenario and its hash. A *lever* is
what a policy may set, also on a date; a *parameter* describes the world; a *setting* says what is run.
"""

from typing import Annotated, Any, Literal, NamedTuple

from pydantic import BeforeValidator, Field, ValidationInfo, WithJsonSchema, model_validator

from .evidence import points_of
from .field import Section, lever, number, row_of, setting

ByAge = row_of(0, 5, 6)  # 12-17, 18-25, 26-34, 35-49, 50-64, 65+
ByMother = row_of(0, 1000, 6)  # 15-19 ... 40-44
BySexAndAge = Annotated[tuple[row_of(0, 5, 18), ...], Field(strict=False, min_length=2, max_length=2)]
Monthly = row_of(0, 5)
PRICE_YEARS = points_of("price_index")[0]
PriceIndex = row_of(1, 10_000, len(PRICE_YEARS))
PROACTIVE_MAX = 2  # candidate days of police contact are drawn for this much policing
STAFF_MAX = 50  # per 100,000: so many workers there is room for
STAFFING_MAX = 1.5  # sworn posts over those of today: so many there is room for


class PopulationSection(Section):
    """Who lives here at the start."""

    oud_per_100k: float = number("oud_stock_per_100k")
    oud_scale: float | None = number("county_oud_scale", ge=0.05, le=10)
    oud_scale_max: float = number("county_oud_scale_max", gt=0)
    oud_scale_min: float = number("county_oud_scale_min", gt=0)
    injecting_share: float = number("oud_injecting_share")
    misuse_share_12plus: float = number("misuse_stock_12plus")
    remission_share_12plus: float = number("remission_stock_12plus")
    remission_mean_years: float = number("remission_mean_years", gt=0)
    on_medication_share: float = number("medication_stock_share")
    oud_male_share: float = number("oud_male_share")
    oud_by_age: ByAge = number("oud_relative_prev_by_age")
    frailty_variance: float = number("frailty_variance", gt=0)
    uses_alone_shape: float = number("uses_alone_shape", gt=0)
    gsl_awareness: float = number("gsl_awareness")

    @model_validator(mode="after")
    def _scales_in_order(self):
        if self.oud_scale_min > self.oud_scale_max:
            raise ValueError(f"oud_scale_min {self.oud_scale_min:g} is above oud_scale_max {self.oud_scale_max:g}")
        return self


class DemographySection(Section):
    """Births, deaths of all causes, moves."""

    mortality: BySexAndAge = number("us_mortality_by_age_sex")
    overdose_in_mortality: BySexAndAge = number("us_overdose_mortality_by_age_sex")
    mortality_scale: float = number("mortality_scale")
    births: ByMother = number("us_fertility_by_age")
    birth_scale: float = number("birth_scale")
    male_at_birth: float = number("male_at_birth")
    household_moves_out_per_year: float = number("household_out_migration")
    leave_home_per_year: float = number("leave_home_per_year")
    leave_home_until_years: float = number("leave_home_until")
    stays_near_share: float = number("stays_near_share")
    friends_on_arrival: int = number("friends_on_arrival", le=6)
    between_births_days: float = number("between_births_days", le=365)


class DrugUseSection(Section):
    """Starting, escalating, stopping, returning."""

    first_misuse_per_year: float = number("initiation_rx_misuse_12plus")
    first_illicit_per_year: float = number("initiation_heroin_12plus")
    tie_effect: float = number("initiation_tie_effect")
    misuse_stop_per_year: float = number("misuse_stop_per_year")
    misuse_to_oud_per_year: float = number("misuse_to_oud_model")
    start_injecting_per_year: float = number("rate_noninject_to_inject")
    stop_injecting_per_year: float = number("rate_inject_to_noninject")
    remission_per_year: float = number("remission_untreated_per_year")
    relapse_scale_per_year: float = number("relapse_after_inactive_per_year")
    relapse_shape: float = number("relapse_shape", gt=0)
    relapse_in_care: float = number("relapse_in_care")
    relapse_injecting: float = number("relapse_injecting")
    tolerance_halflife_days: float = number("tolerance_halflife_days", gt=0)


class OverdoseSection(Section):
    """The hazard of an overdose, and what happens at one."""

    base_oud_per_year: float = number("base_od_oud")
    base_injecting_per_year: float = number("base_od_injecting")
    base_misuse_per_year: float = number("base_od_misuse")
    community_factor: float = number("community_factor")
    tolerance_peak: float = number("tolerance_peak", ge=1)
    surge_slow: float = number("surge_slow")
    surge_slow_days: float = number("surge_slow_days", gt=0)
    surge_fast: float = number("surge_fast")
    surge_fast_days: float = number("surge_fast_days", gt=0)
    surge_window_days: float = number("surge_window_days")
    at_home: float = number("p_overdose_in_residence")
    seen_if_not_alone: float = number("seen_if_not_alone")
    witness_age_years: float = number("witness_age_years")
    found_at_home: float = number("found_at_home")
    found_in_public: float = number("found_in_public")
    naloxone_if_seen: float = number("naloxone_if_seen")
    naloxone_if_near: float = number("naloxone_if_near")
    call_probability: float = number("prob_911_witnessed", gt=0, lt=1)
    call_logit_seen: float = number("call_logit_seen")
    call_logit_near: float = number("call_logit_near")
    call_logit_public: float = number("call_logit_public")
    call_logit_supervised: float = number("call_logit_supervised")
    call_logit_naloxone: float = number("call_logit_naloxone")
    police_first: float = number("po_first_on_scene")
    police_minutes: float = number("po_response_min", gt=0)
    ems_extra_minutes: float = number("ems_extra_minutes")
    response_log_sd: float = number("response_log_sd")
    neighbourhood_response_log_sd: float = number("neighbourhood_response_log_sd")
    fatality_alone: float = number("fatality_unwitnessed_fentanyl_era")
    fatality_near: float = number("fatality_near")
    fatality_seen: float = number("fatality_seen")
    fatality_naloxone_seen: float = number("fatality_with_bystander_naloxone")
    fatality_naloxone_near: float = number("fatality_naloxone_near")
    responder_ratio: float = number("rr_fatality_ems_no_naloxone")
    responder_floor: float = number("share_deaths_pulseless_on_arrival")
    responder_per_minute: float = number("responder_per_minute", ge=1)
    hospital: float = number("ed_od_hospital_given_ems")
    readiness_jump: float = number("readiness_jump", ge=0)
    readiness_halflife_days: float = number("readiness_halflife_days", gt=0)
    other_death_per_year: float = number("mort_nonoverdose_oud")
    other_death_after_overdose: float = number("other_death_after_overdose")
    other_death_on_medication: float = number("rr_allcause_on_moud")
    supply: Monthly = number("supply_index")


class TreatmentSection(Section):
    """Seeking, waiting, starting, staying."""

    seek_per_year: float = number("seek_per_year")
    attendance: float = number("attendance", gt=0, lt=1)
    attendance_delay_or: float = number("ho_delay_attendance_or", gt=0)
    intake_days: float = lever("baseline_intake_days", le=90)
    buprenorphine_share: float = number("entry_buprenorphine_share")
    methadone_share: float = number("entry_methadone_share")
    naltrexone_share: float = number("entry_naltrexone_share")
    rr_methadone: float = number("rr_od_death_on_methadone")
    rr_buprenorphine: float = number("rr_od_death_on_buprenorphine")
    rr_naltrexone: float = number("rr_od_death_on_xrntx")
    buprenorphine_shape: float = number("buprenorphine_shape", gt=0)
    buprenorphine_scale_days: float = number("buprenorphine_scale_days", gt=0)
    methadone_shape: float = number("methadone_shape", gt=0)
    methadone_scale_days: float = number("methadone_scale_days", gt=0)
    naltrexone_mean_days: float = number("naltrexone_mean_days", gt=0)
    resumes_share: float = number("resumes_share")
    occupancy: float = number("occupancy", gt=0)
    patients_per_otp: float = number("patients_per_otp")
    patients_per_buprenorphine_site: float = number("patients_per_buprenorphine_site")
    slots_buprenorphine: float = lever("slots_buprenorphine", le=10)
    slots_methadone: float = lever("slots_methadone", le=10)
    slots_naltrexone: float = lever("slots_naltrexone", le=10)
    interim_methadone: bool = lever("interim_methadone")

    @model_validator(mode="after")
    def _entries_add_up(self):
        self._must_add_up("buprenorphine_share", "methadone_share", "naltrexone_share")
        return self


class HarmReductionSection(Section):
    """Naloxone kits and the law that protects callers."""

    kits_per_year: int | None = lever("kits_county_year")
    kits_per_100k_year: float = lever("default_kit_supply")
    kit_lifetime_months: float = number("kit_lifetime_months", gt=0)
    kits_to_people_who_use: float = number("kits_to_people_who_use")
    kits_to_households: float = number("kits_to_households")
    kits_to_friends: float = number("kits_to_friends")
    good_samaritan_law: bool = lever("good_samaritan_law_in_force")

    @model_validator(mode="after")
    def _kits_add_up(self):
        self._must_add_up("kits_to_people_who_use", "kits_to_households", "kits_to_friends")
        return self


class PolicingSection(Section):
    """Officers, whom they meet, and what follows from it."""

    police_naloxone: bool = lever("police_carry_naloxone")
    patrol_share: float = number("patrol_share")
    officers_per_1000: float | None = number("officers_here")
    career_years: float = number("career_years")
    enforcement_contacts_per_year: float = number("enforcement_contacts")
    other_contacts_per_year: float = number("other_police_contacts")
    contact_variance: float = number("police_contact_variance")
    contact_ratio_black: float = number("po_black_white_arrest_ratio")
    neighbourhood_log_sd: float = number("neighbourhood_policing_log_sd", le=3)
    proactive: float = lever("proactive_policing", le=PROACTIVE_MAX)
    possession_share: float = number("possession_share")
    low_level_share: float = number("low_level_share")
    arrest_share: float = number("arrest_share")
    citation_share: float = number("citation_share")
    scene_survivor_jailed: float = number("po_scene_survivor_jailed")
    scene_bystander_arrested: float = number("po_scene_bystander_arrest")
    scene_deflection_ratio: float = number("scene_deflection_ratio")
    scene_arrests: float = lever("scene_arrests", le=5)
    supervised_at_start: float = number("supervised_at_start")
    cit_share: float = lever("cit_share")
    cit_referral_or: float = number("tr_cit_referral_or", gt=0)
    bad_contact: float = number("bad_contact")
    bad_contact_burnout: float = number("bad_contact_burnout")
    bad_contact_attitude: float = number("bad_contact_attitude")
    good_contact: float = number("good_contact")
    good_contact_offer: float = number("good_contact_offer")
    seizures_per_year: float = number("seizures_per_neighbourhood")
    seizure_days: float = number("seizure_days")

    @model_validator(mode="after")
    def _shares_of_a_contact(self):
        for names in (("possession_share", "low_level_share"), ("arrest_share", "citation_share")):
            if sum(getattr(self, name) for name in names) > 1 + 1e-9:
                raise ValueError(f"{names[0]} and {names[1]} add up to more than 1")
        return self


class CustodySection(Section):
    """Jail, court, supervision."""

    arrest_to_jail: float = number("po_arrest_to_jail")
    jail_days: float = number("po_jail_days", gt=0)
    jail_log_sd: float = number("jail_log_sd", le=3)
    supervision_share: float = number("supervision_share")
    supervision_days: float = number("supervision_days")
    court_days: float = number("court_days")
    jail_medication: float = lever("jail_medication")
    jail_medication_start: float = number("jail_medication_start")


class DeflectionSection(Section):
    """The six pathways from a contact to care: who may offer, who visits, what is offered and accepted."""

    officer_intervention: bool = lever("officer_intervention")
    officer_referral: bool = lever("officer_referral")
    self_referral: bool = lever("self_referral")
    active_outreach: bool = lever("active_outreach")
    naloxone_plus: bool = lever("naloxone_plus")
    community_response: bool = lever("community_response")
    coverage: float = lever("deflection_coverage")
    hours: float = lever("deflection_hours")
    eligible_possession: bool = lever("eligible_possession")
    eligible_low_level: bool = lever("eligible_low_level")
    eligible_supervised: bool = lever("eligible_supervised")
    eligible_arrests: float = lever("eligible_arrests")
    charge_held: bool = lever("charge_held")
    plan_months: float = lever("plan_months", le=60)
    leader_endorses: bool = lever("leader_endorses")
    case_managers_per_100k: float = lever("case_managers", le=STAFF_MAX)
    outreach_workers_per_100k: float = lever("outreach_workers", le=STAFF_MAX)
    response_teams_per_100k: float = lever("response_teams", le=STAFF_MAX)
    caseload: float = number("case_manager_caseload")
    visits_per_worker: float = number("visits_per_worker")
    calls_per_team: float = number("calls_per_team")
    first_visit_hours: float = lever("np_first_visit_hours")
    visits_most: int = lever("visits_most", le=10)
    police_present: float = lever("np_police_present_share")
    outreach_police_present: float = lever("outreach_police_share")
    co_responder: bool = lever("co_responder")
    coresponse_arrest_or: float = number("cr_coresponse_arrest_or")
    response_recognised: float = number("response_recognised")
    leave_behind_kits: bool = lever("leave_behind_kits")
    address_current: float = number("address_current")
    met_per_visit: float = number("met_per_visit")
    met_relative: float = number("met_relative")
    acceptance: float = number("acceptance", gt=0, lt=1)
    police_present_or: float = number("ts_police_presence_engage_or", gt=0)
    family_reached_or: float = number("family_reached_or", gt=0)
    early_visit_logit: float = number("early_visit_logit")
    held_charge_logit: float = number("held_charge_logit")
    offer_probability: float = number("oi_offer_prob_eligible", gt=0, lt=1)
    offer_concentration: float = number("offer_concentration", gt=0)
    offer_or_black: float = number("ts_offer_or_black", gt=0)
    leader_logit: float = number("leader_logit")
    refusal_logit: float = number("refusal_logit")
    refusal_days: float = number("refusal_days")
    attitude_to_behaviour: float = number("tr_attitude_to_behaviour")
    managed_contact_ratio: float = number("managed_contact_ratio", le=1)
    managed_leaving_ratio: float = number("managed_leaving_ratio", le=1)
    managed_seeking_ratio: float = number("case_seeking_ratio", ge=1, le=10)
    mandated_retention_or: float = number("or_retention_6m_justice_referral", gt=0)
    case_offer_days: float = number("case_offer_days", ge=1)
    plan_grace_days: float = number("plan_grace_days")
    assessment_days: float = number("assessment_days")
    team_trauma_informed: float = lever("team_trauma_informed")
    provider_trauma_leaving_ratio: float = number("provider_trauma_leaving_ratio", gt=0)
    self_referral_per_1000_month: float = number("sr_monthly_volume")
    self_referral_publicity: float = lever("self_referral_publicity")
    self_referral_walks_in: float = number("self_referral_walks_in")
    medication_arranged: float = lever("medication_arranged")
    placement_tries: int = lever("placement_tries", ge=1, le=14)
    detox_beds_per_100k: float = number("detox_beds")
    detox_background: float = number("detox_background")
    detox_days: float = number("detox_days", ge=1)
    detox_relapse: float = number("relapse_after_detox_1w")
    outreach_overdose_weight: float = number("outreach_overdose_weight", ge=1)
    outreach_hot_spot_weight: float = number("outreach_hot_spot_weight", ge=1)


class EngagementSection(Section):
    """How agencies work together: what they tell one another and how a person gets from one to the next."""

    event_sharing: float = lever("ho_event_passed_to_team")
    warm_share: float = lever("warm_share")
    keep_warm: float = number("ho_keep_warm", gt=0, lt=1)
    warm_intake_days: float = lever("warm_intake_days", le=90)
    reserved_slots: float = lever("reserved_slots")
    coordinator: bool = lever("coordinator")
    agreements: float = lever("agreements")
    champion_lost: bool = lever("champion_lost")
    lived_experience: float = lever("lived_experience")
    feedback: float = lever("feedback")
    social_services: float = lever("social_services")
    champion_loss: float = number("ho_champion_loss_drop", ge=-1, le=0)
    agreements_hold: float = number("agreements_hold")
    belief_gain: float = number("belief_gain", ge=0, le=5)
    belief_most: float = number("belief_most", ge=0, le=5)
    belief_halflife_days: float = number("belief_halflife_days", gt=0)
    social_services_leaving_ratio: float = number("social_services_leaving_ratio", gt=0, le=1)


class TrustSection(Section):
    """Trust in police, in standard deviations between residents."""

    spread: float = number("trust_sd")
    black: float = number("trust_black", ge=-5)
    aian: float = number("trust_aian", ge=-5)
    hispanic: float = number("trust_hispanic", ge=-5)
    good_contact_points: float = number("ts_good_contact_gain")
    points_per_sd: float = number("trust_points_per_sd", gt=0)
    good_halflife_days: float = number("ts_good_contact_halflife_days", gt=0)
    bad_halflife_ratio: float = number("trust_bad_halflife_ratio", gt=0)
    slow_share: float = number("trust_slow_share", le=1)
    slow_halflife_years: float = number("trust_slow_halflife_years", gt=0)
    vicarious: float = number("ts_vicarious_weight")
    shock: float = lever("trust_shock")
    shock_halflife_days: float = number("trust_shock_halflife_days", gt=0)


class OfficerWellnessSection(Section):
    """What wears officers out and what helps: stress, exhaustion, depersonalisation, injury, help, leaving."""

    burnout: float = lever("officer_burnout", ge=-2, le=3)
    peer_support: float = lever("peer_support")
    coach: float = lever("mental_health_coach")
    skills_course: float = lever("skills_course")
    skills_refresher_months: float = lever("skills_refresher_months", le=120)
    destigmatising: float = lever("destigmatising", le=3)
    confidential_help: bool = lever("confidential_help")
    services_on_shift: bool = lever("services_on_shift")
    fitness_reframed: bool = lever("fitness_reframed")
    recovery_time: bool = lever("recovery_time")
    staffing: float = lever("police_staffing", ge=0.5, le=STAFFING_MAX)
    overtime_cap: float = lever("overtime_cap", ge=1, le=2)
    demand: float = number("police_demand", le=3)
    critical_incidents_per_year: float = number("ow_critical_incidents_year", le=60)
    severity_fatal: float = number("severity_fatal", le=5)
    severity_reversal: float = number("severity_reversal", le=5)
    severity_child: float = number("severity_child", le=5)
    severity_incident: float = number("severity_incident", le=5)
    saturation_calls: float = number("saturation_calls", gt=0)
    calls_halflife_days: float = number("calls_halflife_days", gt=0)
    stress_halflife_days: float = number("ow_stress_halflife_days", gt=0, le=365)
    recovery_stress_ratio: float = number("ow_recovery_time_effect", gt=0, le=1)
    recovery_days: float = number("recovery_days", le=30)
    exhaustion_days: float = number("exhaustion_days", ge=1)
    depersonalisation_days: float = number("depersonalisation_days", ge=1)
    stress_to_exhaustion: float = number("stress_to_exhaustion", le=2)
    load_to_exhaustion: float = number("load_to_exhaustion", le=5)
    exhaustion_to_depersonalisation: float = number("exhaustion_to_depersonalisation", le=2)
    save_relief: float = number("save_relief", le=1)
    bad_treatment_toll: float = number("bad_treatment_toll", le=1)
    strain_correlation: float = number("strain_correlation")
    exhausted_share: float = number("ow_exhaustion_prev", gt=0, lt=1)
    depersonalised_share: float = number("ow_depersonalisation_prev", gt=0, lt=1)
    injury_per_incident: float = number("ow_ptsd_conversion")
    injury_log_exhaustion: float = number("injury_log_exhaustion", ge=0, le=1)
    injury_remission_per_year: float = number("ow_ptsd_remission_year")
    help_seeking: float = number("ow_help_seek_year", lt=1)
    help_stigma_or: float = number("help_stigma_or", gt=0)
    help_peer_ratio: float = number("help_peer_ratio")
    help_confidential_ratio: float = number("help_confidential_ratio")
    help_on_shift_ratio: float = number("help_on_shift_ratio")
    help_reframed_ratio: float = number("help_reframed_ratio")
    care_days: float = number("officer_care_days")
    care_remission_ratio: float = number("care_remission_ratio")
    care_exhaustion_sd: float = number("care_exhaustion_sd")
    peer_support_sd: float = number("ow_peer_support_smd")
    coach_sd: float = number("ow_mh_coach_smd")
    skills_sd: float = number("ow_skills_training_burnout_smd")
    sick_days: float = number("sick_days", le=365)
    sick_days_per_sd: float = number("ow_burnout_sick_days", le=100)
    sick_spell_days: float = number("sick_spell_days", ge=1, le=365)
    resign_per_year: float = number("ow_resign_rate")
    resign_or: float = number("ow_burnout_resign_or", gt=0)
    retire_per_year: float = number("ow_retire_rate")
    vacancy_months_least: float = number("vacancy_months_least", le=120)
    vacancy_months_most: float = number("vacancy_months_most", le=120)
    response_load_exponent: float = number("response_load_exponent", le=5)

    @model_validator(mode="after")
    def _vacancies_in_order(self):
        if self.vacancy_months_least > self.vacancy_months_most:
            raise ValueError("vacancy_months_least is more than vacancy_months_most")
        return self


class TraumaTrainingSection(Section):
    """Courses in trauma-informed practice: who is taught, for how long, how often again, and what it acts on."""

    coverage: float = lever("training_coverage")
    days: Literal[0, 1, 5] = lever("training_days", le=5)
    refresher_months: float = lever("training_refresher_months", le=120)
    survivor_cotrainer: bool = lever("survivor_cotrainer")
    staff: float = lever("training_staff")
    providers: float = lever("training_providers")
    safety: float = lever("pillar_safety")
    connection: float = lever("pillar_connection")
    managing_impulses: float = lever("pillar_impulses")
    rollout_days: float = number("training_rollout_days", ge=1, le=3650)
    attitude_gain: float = number("tr_attitude_immediate_d", ge=0, le=3)
    backlash_share: float = number("tr_backlash_share", gt=0, lt=0.45)
    cotrainer_gain: float = number("tr_survivor_cotrainer_bonus", ge=0, le=3)
    conduct_gain: float = number("tr_pj_behaviour_d", ge=0, le=3)
    halflife_months: float = number("tr_attitude_halflife_months", gt=0)


class FamilySection(Section):
    """Households with children: who is reached, what they get, what a child lives through and what comes of it."""

    welfare_check: float = lever("welfare_check")
    coaching: float = lever("family_coaching")
    services: float = lever("family_services")
    handle_with_care: float = lever("handle_with_care")
    endangered_children_check: float = lever("endangered_children_check")
    household_naloxone: float = lever("household_naloxone")
    safe_storage: float = lever("safe_storage")
    mandatory_report: bool = lever("mandatory_report")
    reach_base: float = number("family_reach_base")
    reach_most: float = number("family_reach_most")
    persuades_days: float = number("family_persuades_days")
    craft_entry: float = number("ho_craft_entry", gt=0, lt=1)
    craft_comparison: float = number("craft_comparison", gt=0, lt=1)
    coaching_days: float = number("coaching_days")
    cohesion_a: float = number("cohesion_a", gt=0)
    cohesion_b: float = number("cohesion_b", gt=0)
    cohesion_use_loss: float = number("cohesion_use_loss")
    services_cohesion: float = number("services_cohesion")
    services_days: float = number("services_days")
    services_leaving_ratio: float = number("services_leaving_ratio", gt=0, le=1)
    adversity_per_event: float = number("adversity_per_event")
    adversity_with_use: float = number("adversity_per_year", le=10)
    distress_per_adversity: float = number("distress_per_adversity", le=2)
    distress_per_cohesion: float = number("distress_per_cohesion")
    distress_halflife_days: float = number("distress_halflife_days", gt=0)
    therapy_sd: float = number("child_trauma_therapy_smd")
    support_halflife_days: float = number("support_halflife_days", gt=0)
    therapy_given_notice: float = number("therapy_given_notice")
    initiation_per_adversity: float = number("initiation_per_adversity", ge=0, le=1)
    initiation_per_distress: float = number("initiation_per_distress", ge=0, le=2)
    liability_genes: float = number("hr_child_sud_parent_genes_only", gt=0)
    liability_log_sd: float = number("liability_log_sd", le=2)
    prescribed_at_home: float = number("prescribed_at_home")
    locked_at_start: float = number("locked_at_start")
    prescription_ratio: float = number("hr_youth_od_family_rx", ge=1)
    spouse_ratio: float = number("or_spouse_oud_family_rx", ge=1)
    witness_given_home: float = number("witness_given_home")
    report_usual: float = number("report_usual")
    report_mandatory: float = number("report_mandatory")
    report_at_arrest: float = number("report_at_arrest")
    report_by_others_per_year: float = number("report_by_others")
    report_opens: float = number("report_opens")
    case_days: float = number("protection_case_days")
    removal_12m: float = number("p_removal_12m_sud_case", lt=1)
    kin_share: float = number("kin_placement_share")
    reunified_12m: float = number("reunify_12m_parental_sud", lt=1)
    treated_reunify_ratio: float = number("treat90_reunify_multiplier")
    call_logit_custody_fear: float = number("call_logit_custody_fear")


class PricesSection(Section):
    """What things cost and what health is worth. No process reads these: a run is priced when it is over.

    A price is in dollars of the year of its row (`currency_year`), also when a scenario says another number; the bill
    turns it into dollars of `price_year`.
    """

    price_year: int = setting(2023, "Dollars of which year the bill is in", ge=PRICE_YEARS[0], le=PRICE_YEARS[-1])
    cost_od_nonfatal_healthcare: float = number("cost_od_nonfatal_healthcare")
    cost_ems_run: float = number("cost_ems_run")
    cost_od_fatal_healthcare: float = number("cost_od_fatal_healthcare")
    cost_oud_healthcare_untreated_year: float = number("cost_oud_healthcare_untreated_year")
    cost_oud_healthcare_treated_year: float = number("cost_oud_healthcare_treated_year")
    cost_methadone_year: float = number("cost_methadone_year")
    cost_buprenorphine_year: float = number("cost_buprenorphine_year")
    cost_naltrexone_year: float = number("cost_naltrexone_year")
    cost_detox_day: float = number("cost_detox_day")
    cost_naloxone_kit: float = number("cost_naloxone_kit")
    cost_kit_distribution: float = number("cost_kit_distribution")
    cost_child_trauma_therapy: float = number("cost_child_trauma_therapy")
    cost_police_hour: float = number("cost_police_hour")
    police_contact_minutes: float = number("police_contact_minutes")
    cost_citation: float = number("cost_citation")
    cost_policing_incident: float = number("cost_policing_incident")
    cost_court_case: float = number("cost_court_case")
    cost_jail_day: float = number("cost_jail_day")
    cost_supervision_day: float = number("cost_supervision_day")
    cost_officer_replacement: float = number("cost_officer_replacement")
    shift_hours: float = number("shift_hours")
    officer_year_hours: float = number("officer_year_hours")
    cost_case_manager_year: float = number("cost_case_manager_year")
    cost_outreach_worker_year: float = number("cost_outreach_worker_year")
    visit_hours: float = number("visit_hours")
    cost_response_team_year: float = number("cost_response_team_year")
    cost_coordinator_year: float = number("cost_coordinator_year")
    cost_board_year: float = number("cost_board_year")
    cost_lived_experience_year: float = number("cost_lived_experience_year")
    cost_feedback_year: float = number("cost_feedback_year")
    cost_publicity_year: float = number("cost_publicity_year")
    cost_social_services_year: float = number("cost_social_services_year")
    cost_slot_year: float = number("cost_slot_year")
    cost_jail_medication_day: float = number("cost_jail_medication_day")
    cost_course_one_day: float = number("cost_course_one_day")
    cost_course_five_day: float = number("cost_course_five_day")
    cost_survivor_cotrainer: float = number("cost_survivor_cotrainer")
    course_lasts_years: float = number("course_lasts_years", gt=0)
    cost_provider_training_year: float = number("cost_provider_training_year")
    cost_peer_support_officer_year: float = number("cost_peer_support_officer_year")
    cost_coach_officer_year: float = number("cost_coach_officer_year")
    cost_skills_course: float = number("cost_skills_course")
    cost_destigmatising_year: float = number("cost_destigmatising_year")
    cost_confidential_help_year: float = number("cost_confidential_help_year")
    cost_services_on_shift_year: float = number("cost_services_on_shift_year")
    cost_officer_care: float = number("cost_officer_care")
    cost_welfare_check: float = number("cost_welfare_check")
    cost_family_coaching: float = number("cost_family_coaching")
    cost_family_services_year: float = number("cost_family_services_year")
    cost_handle_with_care_notice: float = number("cost_handle_with_care_notice")
    cost_lock_box: float = number("cost_lock_box")
    lock_box_years: float = number("lock_box_years", gt=0)
    affected_home_share: float = number("affected_home_share")
    family_events_per_year: float = number("family_events_per_year")
    cost_cps_investigation: float = number("cost_cps_investigation")
    cost_foster_year: float = number("cost_foster_year")
    cost_kin_care_year: float = number("cost_kin_care_year")
    util_general: float = number("util_general")
    util_misuse: float = number("util_misuse")
    util_oud_active: float = number("utility_rx_misuse")
    util_oud_active_injection: float = number("util_oud_active_injection")
    util_moud: float = number("util_moud")
    util_remission: float = number("util_remission")
    util_spouse_decrement: float = number("util_spouse_decrement")
    partner_share: float = number("partner_share")
    util_child_decrement: float = number("util_child_decrement")
    qaly_loss_per_overdose_death: float = number("qaly_loss_per_overdose_death")
    cost_od_fatal_productivity: float = number("cost_od_fatal_productivity")
    vsl: float = number("vsl")
    wtp_per_qaly: float = number("wtp_per_qaly")
    discount_rate: float = number("discount_rate", le=1)
    price_index: PriceIndex = number("price_index")


class BudgetSection(Section):
    """What a policy's levers may cost in a year beyond the status quo, and what happens when they cost more."""

    dollars_per_year: float | None = setting(
        None,
        "Most that the levers may cost a year, in dollars of prices.price_year; null is no limit",
        ge=0,
        le=1_000_000_000_000,
    )
    over: Literal["refuse", "scale"] = setting(
        "refuse", "Over the budget: refuse the policy, or scale its levers toward the status quo until it fits"
    )


class Switch(NamedTuple):
    """The three settings of a disputed link that have a name."""

    off: float
    base: float
    strong: float


SWITCHES: dict[str, Switch] = {  # `off` is no effect; the base is the value of the row
    "burnout_to_offers": Switch(1, 0.8, 0.55),
    "trust_to_911": Switch(1, 1.6, 2.5),
    "trust_to_acceptance": Switch(1, 1.4, 2.0),
    "trauma_informed_to_acceptance": Switch(1, 1.25, 1.7),
    "bad_to_good_contact": Switch(1, 3, 8),
    "warm_handoff": Switch(1.1, 2.5, 8),
    "cit_to_arrest": Switch(1, 0.8, 0.5),
    "calls_to_attitude": Switch(0, -0.03, -0.12),
    "law_to_911": Switch(0, 0.3, 0.6),
    "seizure_to_overdose": Switch(1, 1, 2.17),
}
UNMEASURED = ("burnout_to_offers", "trust_to_911", "trauma_informed_to_acceptance", "trust_to_acceptance")


def _word(value: Any) -> Any:
    """Return the word of a switch as written: YAML reads a bare `off` as false."""
    return "off" if value is False else value


def _switched(value: Any, info: ValidationInfo) -> Any:
    """Turn off, base or strong into the number of that switch."""
    word, known = _word(value), SWITCHES[info.field_name]._asdict()
    if isinstance(word, str) and word not in known:
        raise ValueError(f"should be off, base, strong or a number (got {word!r})")
    return float(known[word]) if isinstance(word, str) else value


Switched = Annotated[
    float,
    BeforeValidator(_switched),
    WithJsonSchema({"anyOf": [{"enum": ["off", "base", "strong", False]}, {"type": "number"}]}),
]


class SwitchesSection(Section):
    """Disputed links: off (no effect), base, strong, or a number of one's own; one by one or as a set."""

    burnout_to_offers: Switched = number("ow_burnout_offer_or", gt=0)
    trust_to_911: Switched = number("ts_trust_call_or", gt=0)
    trust_to_acceptance: Switched = number("ts_trust_accept_or", gt=0)
    trauma_informed_to_acceptance: Switched = number("tr_trauma_informed_accept_or", gt=0)
    bad_to_good_contact: Switched = number("ts_negativity_ratio")
    warm_handoff: Switched = number("ho_warm_vs_cold_or", gt=0)
    cit_to_arrest: Switched = number("tr_cit_arrest_or", gt=0)
    calls_to_attitude: Switched = number("ow_od_call_attitude_slope", ge=-1, le=1)
    law_to_911: Switched = number("call_logit_knows_law")
    seizure_to_overdose: Switched = number("seizure_overdose_ratio", ge=1, le=10)

    @model_validator(mode="before")
    @classmethod
    def _as_a_set(cls, told: Any) -> Any:
        word = _word(told)
        if isinstance(word, str):
            if word not in Switch._fields:
                raise ValueError(
                    f"should be off, base or strong, or hold keys such as trust_to_911: off (got {word!r})"
                )
            return dict.fromkeys(SWITCHES, word)
        return told


SECTIONS: dict[str, type[Section]] = {
    "population": PopulationSection,
    "demography": DemographySection,
    "drug_use": DrugUseSection,
    "overdose": OverdoseSection,
    "treatment": TreatmentSection,
    "harm_reduction": HarmReductionSection,
    "policing": PolicingSection,
    "custody": CustodySection,
    "deflection": DeflectionSection,
    "engagement": EngagementSection,
    "trust": TrustSection,
    "officer_wellness": OfficerWellnessSection,
    "trauma_training": TraumaTrainingSection,
    "family": FamilySection,
    "switches": SwitchesSection,
    "prices": PricesSection,
    "budget": BudgetSection,
}
