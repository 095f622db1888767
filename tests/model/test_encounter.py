"""C7: police contact. How often and whom, who decides, what they decide, and the team that may come instead."""

from collections import Counter

import numpy as np
import pytest
from deflect.agents.dealings import DEALINGS, Offence, Pathway, is_eligible
from deflect.agents.officer import OFFICER, arrest_probability, contact_quality, offers_deflection
from deflect.agents.resident import RACES
from deflect.model.checks import check_world
from deflect.model.events import BY_PATHWAY, Kind
from deflect.model.levers import set_levers
from deflect.model.world import START_DAY
from towns import copied, differences, lived, open_town
from worlds.hand import force, still_town

USING = {  # everybody with a history uses for ever; nothing happens to them but police
    "population.oud_per_100k": 40_000,
    "population.on_medication_share": 0,
    "policing.enforcement_contacts_per_year": 0.9,
    "policing.other_contacts_per_year": 2.0,
    "policing.neighbourhood_log_sd": 0,
    "policing.supervised_at_start": 0,
    "custody.arrest_to_jail": 0,
    "custody.supervision_share": 0,
}
OFFICERS_OFFER = {"deflection.officer_intervention": True, "deflection.coverage": 1.0}
ALIKE = {"deflection.offer_or_black": 1}  # but for their propensity, see `alike`
ALL_ELIGIBLE = {"policing.possession_share": 1.0, "policing.low_level_share": 0.0}
ALL_ARRESTED = {"policing.arrest_share": 1.0, "policing.citation_share": 0.0}
REFUSES, ACCEPTS = -50.0, 50.0


def policed(residents=2000, seed=1, days=0, accepts=None, **overrides):
    """Return a still town of people who use, its policy in force from the first day, after `days`."""
    world = still_town(residents, seed, **(USING | {name.replace("__", "."): x for name, x in overrides.items()}))
    set_levers(world, world.scenario)
    force(world, kits_per_day=0)
    if accepts is not None:
        force(world, accept_intercept=accepts)
    return lived(world, days)


def alike(world, depersonalisation=0.0):
    """Let officers be as distant from people as each other for ever: no calls, no work, no traits wear them out."""
    officers = world.state.officers
    officers.depersonalisation[:] = officers.own_depersonalisation[:] = depersonalisation
    officers.exhaustion[:] = officers.own_exhaustion[:] = 0.0
    force(world, strain_bad_treatment_toll=0, strain_load_to_exhaustion=0, strain_stress_to_exhaustion=0)
    return world


def of_kind(world, *kinds):
    """Return the events of some kinds."""
    return world.events[np.isin(world.events.kind, kinds)]


def when(world, *kinds):
    """Return the (key, day) of the events of some kinds."""
    events = of_kind(world, *kinds)
    return set(zip(world.residents.key[events.who].tolist(), events.day.tolist(), strict=True))


def chance_of(decides, low=0.0, high=1.0):
    """Return the probability that a decision comes out true, the draw below which it does."""
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (middle, high) if decides(middle) else (low, middle)
    return low


def officer_with(**columns):
    """Return an officer row."""
    officer = OFFICER.rows(1)[0]
    officer.refused_day, officer.propensity, officer.cit_rank = -(10**6), 0.5, 0.5
    for name, value in columns.items():
        officer[name] = value
    return officer


def logistic(x):
    """Return the probability of a logit."""
    return 1 / (1 + np.exp(-x))


# --- how often, and whom --------------------------------------------------------------------------


@pytest.fixture(scope="module")
def two_years():
    """Two years of police contact, nobody jailed: exposure is the same for all."""
    return policed(8000, days=730, policing__contact_variance=1.5)


def expected_contacts(world, days):
    """Return the contacts of each person with a history, expected over `days`: candidate days, thinned."""
    rules, d = world.state.rules[0], world.dealings
    using = (world.histories.use == 2) | (world.histories.use == 3)
    candidates = 1 - np.exp(-rules.contact_bound * d.contact_factor)
    held = (rules.other_contacts_per_day + rules.enforcement_contacts_per_day) / rules.contact_bound
    return using * candidates * held * days


def test_contacts_arrests_and_citations_come_at_the_rates_of_the_scenario(two_years):
    """The first from the exact thinning; near the yearly rates, that people met often are met less than their share."""
    world, days, policing = two_years, 730, two_years.scenario.policing
    contacts = len(of_kind(world, Kind.POLICE_CONTACT))
    expected = expected_contacts(world, days).sum()
    assert abs(contacts - expected) < 4 * np.sqrt(expected)
    person_years = np.count_nonzero(np.isin(world.histories.use, (2, 3))) * days / 365.25
    yearly = policing.enforcement_contacts_per_year + policing.other_contacts_per_year
    assert contacts / person_years == pytest.approx(yearly, rel=0.05)
    for kind, share in ((Kind.ARRESTED, policing.arrest_share), (Kind.CITED, policing.citation_share)):
        number = len(of_kind(world, kind))
        rate = policing.enforcement_contacts_per_year * share
        assert number / person_years == pytest.approx(rate, rel=0.1), kind.name
        assert number / contacts == pytest.approx(share * policing.enforcement_contacts_per_year / yearly, rel=0.08)
    assert 0.27 < len(of_kind(world, Kind.ARRESTED)) / person_years < 0.36  # published: about 0.3
    offences = Counter(of_kind(world, Kind.ARRESTED).amount.astype(int).tolist())
    assert offences[Offence.POSSESSION] / sum(offences.values()) == pytest.approx(policing.possession_share, abs=0.05)


def test_black_residents_are_met_more_often_by_the_ratio_of_the_scenario(two_years):
    """The personal factor is that of a white person of the same luck, times the ratio; counts follow the factor."""
    world = two_years
    h, d = world.histories, world.dealings
    black = world.residents.race[h.resident] == RACES.index("black")
    using = (h.use == 2) | (h.use == 3)
    met = np.bincount(world.residents.history[of_kind(world, Kind.POLICE_CONTACT).who], minlength=len(h))
    expected = expected_contacts(world, 730)
    for group in (black, ~black):
        assert met[group].sum() == pytest.approx(expected[group].sum(), abs=4 * np.sqrt(expected[group].sum()))
    ratio = met[using & black].mean() / met[using & ~black].mean()
    assert ratio == pytest.approx(world.scenario.policing.contact_ratio_black, rel=0.12)
    assert d.contact_factor[using].mean() == pytest.approx(1.0, rel=0.06)
    even = policed(8000, policing__contact_ratio_black=1)
    scaled = d.contact_factor / world.state.rules.contact_scale
    assert np.allclose(scaled / even.dealings.contact_factor, np.where(black, 2.5, 1.0), rtol=1e-12)


def test_more_policing_adds_contacts_and_moves_none():
    """At half the intensity people are met over a charge on a subset of the days, and otherwise on the same days."""
    met = {x: policed(2000, days=365, policing__proactive=x, **ALL_ARRESTED) for x in (0.0, 0.5, 1.0, 2.0)}
    arrests = {x: when(world, Kind.ARRESTED) for x, world in met.items()}
    assert arrests[0.0] < arrests[0.5] < arrests[1.0] < arrests[2.0]
    assert arrests[0.0] == set()
    assert len(arrests[0.5]) / len(arrests[1.0]) == pytest.approx(0.5, abs=0.06)
    assert len(arrests[2.0]) / len(arrests[1.0]) == pytest.approx(2.0, abs=0.15)
    others = {x: when(world, Kind.POLICE_CONTACT) - arrests[x] for x, world in met.items()}
    assert others[0.0] == others[0.5] == others[1.0] == others[2.0] != set()


def test_people_in_case_management_are_met_less_over_charges_only():
    """The ratio thins their chargeable contacts; others stay as they are."""
    free = policed(2000, days=365, **ALL_ARRESTED)
    managed = policed(2000, **ALL_ARRESTED)
    managed.histories.managed = 1
    lived(managed, 365)
    fewer, more = when(managed, Kind.ARRESTED), when(free, Kind.ARRESTED)
    assert fewer < more
    assert len(fewer) / len(more) == pytest.approx(0.6, abs=0.06)
    assert when(managed, Kind.POLICE_CONTACT) - fewer == when(free, Kind.POLICE_CONTACT) - more


# --- who decides ----------------------------------------------------------------------------------


def away(world, day):
    """Return the rows of officers who are sick or recovering on a day, from leaves that began before it."""
    leaves = of_kind(world, Kind.SICK, Kind.RECOVERS)
    return leaves.other[(leaves.day < day) & (day <= leaves.day + leaves.amount)]


def test_whoever_acts_is_on_duty_on_the_beat_or_the_nearest_one():
    """Every contact, arrest, citation, offer and referral names an officer of that day's crew, none nearer on duty."""
    world = open_town(2500, seed=3, policing__officers_per_1000=6)
    lived(world, 30)
    officers, events = world.state.officers, world.events
    acts = of_kind(world, Kind.POLICE_CONTACT, Kind.ARRESTED, Kind.CITED, Kind.OFFERED, Kind.EXCLUDED, Kind.REFERRED)
    police = (acts.kind != Kind.OFFERED) | (acts.setting == BY_PATHWAY + Pathway.OFFICER_INTERVENTION)
    scene = (acts.kind == Kind.ARRESTED) & (acts.amount == Offence.AT_A_SCENE)  # a witness may live elsewhere
    scene &= events.who[acts.cause] != acts.who
    acts = acts[(acts.day >= 0) & (acts.other >= 0) & police & ~scene]
    assert {Kind(kind) for kind in acts.kind} >= {Kind.POLICE_CONTACT, Kind.ARRESTED, Kind.CITED, Kind.OFFERED}
    for act in acts:
        officer = officers[act.other]
        present = (officers.joined < act.day) & (officers.left >= act.day)
        present[away(world, act.day)] = False
        assert present[act.other], f"officer {act.other} is not there on {act.day}"
        on_duty = (officers.shift == officer.shift) & (officers.crew == (act.day // 2) % 2) & (officers.beat >= 0)
        ours = officer.crew == (act.day // 2) % 2 or not (on_duty & present).any()  # else the other crew stands in
        assert officer.beat >= 0 and ours, f"officer {act.other} off duty on {act.day}"
        crew = (officers.shift == officer.shift) & (officers.crew == officer.crew) & (officers.beat >= 0)
        comrades = officers[crew & present]
        nearest = np.abs(comrades.beat - act.place).min()
        assert abs(int(officer.beat) - int(act.place)) == nearest
    beats = officers.beat[acts.other]
    assert (beats == acts.place).any() and len(np.unique(acts.other)) > 5
    shifts = np.bincount(officers.shift[of_kind(world, Kind.POLICE_CONTACT).other], minlength=3)
    assert shifts.min() > 0.8 * shifts.mean()


# --- whom they may offer --------------------------------------------------------------------------


@pytest.mark.parametrize("offence", [Offence.POSSESSION, Offence.LOW_LEVEL, Offence.SERIOUS])
@pytest.mark.parametrize("supervised", [False, True])
@pytest.mark.parametrize("arrests", [0, 3])
def test_eligibility_by_offence_supervision_and_record(offence, supervised, arrests):
    """Each rule excludes whom it names and nobody else."""
    world = policed(200)
    d = DEALINGS.rows(1)[0]
    d.supervised_until, d.arrests = (11 if supervised else 10), arrests
    for possession, low_level, watched, record in np.ndindex(2, 2, 2, 2):
        most = (0, 3)[record]
        force(
            world,
            eligible_possession=possession,
            eligible_low_level=low_level,
            eligible_supervised=watched,
            eligible_arrests=most,
        )
        expected = (
            {Offence.POSSESSION: possession, Offence.LOW_LEVEL: low_level, Offence.SERIOUS: 0}[offence]
            and (watched or not supervised)
            and arrests <= most
        )
        assert bool(is_eligible(d, np.int64(offence), 10, world.state.rules[0])) == bool(expected)


def test_each_rule_of_eligibility_shows_in_the_events():
    """Offers and exclusions fall as the offence, supervision and the record say."""

    def lives(supervised=False, **rules):
        numbers = OFFICERS_OFFER | ALL_ARRESTED | {"policing.enforcement_contacts_per_year": 8.0} | rules
        world = policed(400, accepts=REFUSES, **numbers)
        world.state.officers.propensity[:] = 0.998
        world.state.officers.depersonalisation[:] = 0
        if supervised:
            world.dealings.supervised_until = 10**5
        lived(world, 120)
        excluded = Counter(of_kind(world, Kind.EXCLUDED).amount.astype(int).tolist())
        return world, len(of_kind(world, Kind.OFFERED)), excluded

    _, offers, excluded = lives()
    assert offers > 200 and set(excluded) == {Offence.SERIOUS}
    _, fewer, excluded = lives(deflection__eligible_low_level=False)
    assert 0 < fewer < offers and set(excluded) == {Offence.SERIOUS, Offence.LOW_LEVEL}
    _, fewer, excluded = lives(deflection__eligible_possession=False)
    assert 0 < fewer < offers and set(excluded) == {Offence.SERIOUS, Offence.POSSESSION}
    _, none, excluded = lives(supervised=True)
    assert none == 0 and set(excluded) == {Offence.POSSESSION, Offence.LOW_LEVEL, Offence.SERIOUS}
    assert lives(supervised=True, deflection__eligible_supervised=True)[1] == offers
    world, _, _ = lives(deflection__eligible_arrests=0)
    arrested = set()
    for event in of_kind(world, Kind.OFFERED, Kind.ARRESTED):
        assert event.kind == Kind.ARRESTED or event.who not in arrested, "offered after an arrest"
        arrested |= {event.who} if event.kind == Kind.ARRESTED else set()


# --- what they decide -----------------------------------------------------------------------------


@pytest.mark.parametrize("other_pathways", [False, True])
def test_no_officer_covered_is_no_officer_pathway_at_all(other_pathways):
    """Coverage 0 leaves every table and event as with both officer pathways off, to the byte."""
    more = {f"deflection.{name}": other_pathways for name in ("self_referral", "naloxone_plus", "active_outreach")}
    more |= {"deflection.leave_behind_kits": False, "deflection.community_response": other_pathways}
    off = lived(
        open_town(400, **(more | {"deflection.officer_intervention": False, "deflection.officer_referral": False})), 40
    )
    none = lived(open_town(400, **(more | {"deflection.coverage": 0.0})), 40)
    some = lived(open_town(400, **more), 40)
    assert differences(off, none, ignore=("rules",)) == []
    assert differences(off, some, ignore=("rules",)) != []


def test_hours_thin_offers_at_random_and_coverage_by_officer():
    """Half the hours: each officer offers less; half the officers: the same officers offer, the others never."""
    numbers = OFFICERS_OFFER | ALL_ELIGIBLE | ALL_ARRESTED | {"policing.enforcement_contacts_per_year": 8.0}
    full = policed(1000, days=150, accepts=REFUSES, **numbers)
    hours = policed(1000, days=150, accepts=REFUSES, **(numbers | {"deflection.hours": 0.5}))
    half = policed(1000, days=150, accepts=REFUSES, **(numbers | {"deflection.coverage": 0.5}))
    offers = when(full, Kind.OFFERED)
    assert when(hours, Kind.OFFERED) < offers and when(half, Kind.OFFERED) < offers
    assert len(when(hours, Kind.OFFERED)) / len(offers) == pytest.approx(0.5, abs=0.07)
    able = np.flatnonzero(full.state.officers.coverage_rank < 0.5)
    by_the_able = of_kind(full, Kind.OFFERED)
    assert len(when(half, Kind.OFFERED)) == np.isin(by_the_able.other, able).sum()
    assert np.isin(of_kind(half, Kind.OFFERED).other, able).all()
    assert set(of_kind(hours, Kind.OFFERED).other) - set(able), "too few officers to tell"


def test_officers_offer_by_their_own_propensity():
    """Offers over eligible contacts, officer by officer, are near each one's propensity."""
    numbers = OFFICERS_OFFER | ALL_ELIGIBLE | ALL_ARRESTED | ALIKE
    world = lived(alike(policed(4000, accepts=REFUSES, **numbers)), 700)
    officers = world.state.officers
    eligible = np.bincount(of_kind(world, Kind.ARRESTED).other, minlength=len(officers))
    offers = np.bincount(of_kind(world, Kind.OFFERED).other, minlength=len(officers))
    p = officers.propensity
    z = (offers - eligible * p)[eligible > 0] / np.sqrt(eligible * p * (1 - p) + 1e-9)[eligible > 0]
    assert np.abs(z).max() < 4.5
    known = eligible > 100
    assert known.sum() > 5 and np.corrcoef(offers[known] / eligible[known], p[known])[0, 1] > 0.97
    mean, concentration = world.scenario.deflection.offer_probability, world.scenario.deflection.offer_concentration
    many = policed(40_000, **numbers, policing__officers_per_1000=20.0).state.officers.propensity
    assert many.mean() == pytest.approx(mean, abs=0.02)
    assert many.var() == pytest.approx(mean * (1 - mean) / (concentration + 1), rel=0.08)
    assert many.min() == 0.002 and many.max() <= 0.998


@pytest.mark.parametrize("switch", [0.8, 0.55, 1.0])
def test_depersonalised_officers_offer_less_unless_the_link_is_off(switch):
    """One standard deviation multiplies the odds of an offer by the switch; off, the same people are offered."""
    numbers = OFFICERS_OFFER | ALL_ELIGIBLE | ALL_ARRESTED | ALIKE | {"switches.burnout_to_offers": switch}
    fresh, tired = (policed(2000, accepts=REFUSES, **numbers) for _ in range(2))
    for world, distance in ((fresh, 0.0), (tired, 1.0)):
        world.state.officers.propensity[:] = 0.5
        lived(alike(world, distance), 500)
    assert when(tired, Kind.OFFERED) <= when(fresh, Kind.OFFERED)
    chargeable = len(of_kind(tired, Kind.ARRESTED))
    assert chargeable == len(of_kind(fresh, Kind.ARRESTED)) > 1000
    p = switch / (1 + switch)
    assert len(of_kind(tired, Kind.OFFERED)) == pytest.approx(chargeable * p, abs=4 * np.sqrt(chargeable * p * (1 - p)))
    assert (when(tired, Kind.OFFERED) == when(fresh, Kind.OFFERED)) == (switch == 1.0)


def test_every_term_of_an_offer():
    """Propensity, depersonalisation, attitude, chiefs, refusals, race and crisis training add up on the logit."""
    world = policed(200)
    force(world, burnout_offer_logit=-0.2, attitude_to_behaviour=0.35, leader_logit=0.4, refusal_logit=-0.3)
    force(world, refusal_days=30, offer_black_logit=-0.33, cit_share=0.5, cit_referral_logit=0.4)
    rules = world.state.rules[0]

    def logit(black=False, referral=False, day=100, **officer):
        officer = officer_with(**{"cit_rank": 0.9} | officer)
        p = chance_of(lambda u: bool(offers_deflection(officer, u, day, black, referral, rules)))
        return np.log(p / (1 - p))

    force(world, leader_endorses=0)
    assert logit(propensity=0.2) == pytest.approx(np.log(0.25), abs=1e-9)
    assert logit(depersonalisation=2.0) == pytest.approx(-0.4, abs=1e-9)
    assert logit(attitude=1.5) == pytest.approx(0.525, abs=1e-9)
    assert logit(black=True) == pytest.approx(-0.33, abs=1e-9)
    assert logit(referral=True, cit_rank=0.4) == pytest.approx(0.4, abs=1e-9)
    assert logit(referral=True) == logit(cit_rank=0.4) == pytest.approx(0, abs=1e-9)
    assert logit(refused_day=70) == pytest.approx(-0.3, abs=1e-9)
    assert logit(refused_day=69) == pytest.approx(0, abs=1e-9)
    force(world, leader_endorses=1)
    assert logit(black=True, depersonalisation=-1.0, refused_day=100) == pytest.approx(0.4 - 0.33 + 0.2 - 0.3, abs=1e-9)


def test_crisis_trained_officers_arrest_less_by_the_odds_ratio():
    """Theirs are a subset of the arrests; untrained officers arrest as before."""
    numbers = {"policing.enforcement_contacts_per_year": 4.0, "switches.cit_to_arrest": 0.5}
    plain = policed(2000, days=365, **numbers)
    trained = policed(2000, days=365, **(numbers | {"policing.cit_share": 1.0}))
    half = policed(2000, days=365, **(numbers | {"policing.cit_share": 0.5}))
    assert when(trained, Kind.ARRESTED) < when(half, Kind.ARRESTED) < when(plain, Kind.ARRESTED)
    odds = 0.37 / 0.63 * 0.5
    ratio = len(of_kind(trained, Kind.ARRESTED)) / len(of_kind(plain, Kind.ARRESTED))
    assert ratio == pytest.approx(odds / (1 + odds) / 0.37, abs=0.04)
    rules = half.state.rules[0]
    assert arrest_probability(officer_with(cit_rank=0.5), rules) == 0.37
    assert arrest_probability(officer_with(cit_rank=0.49), rules) == pytest.approx(odds / (1 + odds), rel=1e-12)


def test_the_quality_of_a_contact_has_its_closed_form():
    """P(bad) = min(0.6, 0.12 exp(0.4 D - 0.5 x 0.35 A)); P(good) = 0.3 with an offer, else 0.1."""
    rules = policed(200).state.rules[0]
    for d, a, offer in ((0.0, 0.0, False), (1.0, 0.0, True), (-2.0, 0.7, False), (1.5, -0.5, True), (9.0, 0.0, False)):
        officer = officer_with(depersonalisation=d, attitude=a)
        bad = chance_of(lambda u: contact_quality(officer, u, offer, rules) < 0)  # noqa: B023
        good = 1 - chance_of(lambda u: contact_quality(officer, u, offer, rules) < 1)  # noqa: B023
        assert bad == pytest.approx(min(0.6, 0.12 * np.exp(0.4 * d - 0.5 * 0.35 * a)), rel=1e-9)
        assert good == pytest.approx(0.3 if offer else 0.1, rel=1e-9)


def test_contacts_are_lived_as_well_as_officers_and_offers_make_them():
    """Shares of bad and good contacts, with an offer and without, over a few thousand contacts."""
    numbers = OFFICERS_OFFER | ALIKE | ALL_ELIGIBLE | ALL_ARRESTED | {"policing.other_contacts_per_year": 0.0}
    world = alike(policed(4000, accepts=REFUSES, **numbers))
    world.state.officers.propensity[:] = 0.5
    lived(world, 730)
    contacts = np.flatnonzero(world.events.kind == Kind.POLICE_CONTACT)
    offered = np.isin(contacts, of_kind(world, Kind.OFFERED).cause)
    for group, good in ((offered, 0.3), (~offered, 0.1)):
        lived_as = world.events.amount[contacts[group]]
        assert len(lived_as) > 800 and set(lived_as) == {-1.0, 0.0, 1.0}
        for value, p in ((-1.0, 0.12), (1.0, good)):
            assert (lived_as == value).mean() == pytest.approx(p, abs=4 * np.sqrt(p * (1 - p) / len(lived_as)))


# --- the team that comes instead ------------------------------------------------------------------

TEAM = {
    "deflection.community_response": True,
    "deflection.response_teams_per_100k": 50,
    "deflection.calls_per_team": 6,
}


def test_a_response_team_takes_contacts_in_place_of_the_patrol():
    """Each person met by the team would have been met by police that day; no officer comes, nobody is arrested."""
    numbers = TEAM | {"deflection.response_recognised": 1.0} | ALL_ARRESTED
    usual = policed(2000, days=365, **ALL_ARRESTED)
    team = policed(2000, days=365, accepts=REFUSES, **numbers)
    sent, met = when(team, Kind.TEAM_SENT), when(team, Kind.POLICE_CONTACT)
    assert sent and met and not sent & met
    assert sent | met == when(usual, Kind.POLICE_CONTACT)
    assert not sent & when(team, Kind.ARRESTED) and sent & when(usual, Kind.ARRESTED)
    assert (of_kind(team, Kind.TEAM_SENT).other == -1).all()
    offered = of_kind(team, Kind.OFFERED)
    assert set(offered.setting) == {BY_PATHWAY + Pathway.COMMUNITY_RESPONSE} and len(offered) == len(sent)
    # Serious offences stay with the patrol.
    serious = of_kind(usual, Kind.ARRESTED)
    serious = serious[serious.amount == Offence.SERIOUS]
    days = set(zip(usual.residents.key[serious.who].tolist(), serious.day.tolist(), strict=True))
    assert days and days <= met


def test_a_response_team_takes_no_more_calls_than_it_can():
    """Calls a day follow teams x calls a team; those the dispatcher does not recognise are not theirs."""
    world = policed(2000, days=200, **(TEAM | {"deflection.response_recognised": 1.0}))
    a_day = 50 / 100_000 * 2000 * world.scenario.deflection.calls_per_team
    calls = np.bincount(of_kind(world, Kind.TEAM_SENT).day - START_DAY, minlength=200)
    demand = np.bincount(of_kind(world, Kind.TEAM_SENT, Kind.POLICE_CONTACT).day - START_DAY, minlength=200)
    assert demand.mean() < a_day, "this many teams would never be short"
    few = policed(
        2000, days=200, **(TEAM | {"deflection.response_teams_per_100k": 5, "deflection.response_recognised": 1.0})
    )
    short = np.bincount(of_kind(few, Kind.TEAM_SENT).day - START_DAY, minlength=200)
    room = np.array(
        [int(a_day / 10 * (day + 1001)) - int(a_day / 10 * (day + 1000)) for day in range(START_DAY, START_DAY + 200)]
    )
    assert (short <= room).all() and (short == room).any() and (short[room > 0] == room[room > 0]).mean() > 0.7
    assert short.sum() < calls.sum()
    recognised = policed(2000, days=200, **(TEAM | {"deflection.response_recognised": 0.3}))
    share = len(of_kind(recognised, Kind.TEAM_SENT)) / len(of_kind(world, Kind.TEAM_SENT))
    assert share == pytest.approx(0.3, abs=0.06)
    never = policed(600, days=100, **(TEAM | {"deflection.response_recognised": 0.0}))
    assert differences(never, policed(600, days=100), ignore=("rules",)) == []


def test_with_an_officer_along_the_team_arrests_less_by_the_odds_ratio():
    """The contact with police stands in the record, and leads to the team; arrests fall, they do not end."""
    numbers = TEAM | {"deflection.response_recognised": 1.0, "deflection.co_responder": True}
    world = policed(3000, days=700, accepts=REFUSES, **numbers, policing__other_contacts_per_year=0.0)
    sent = of_kind(world, Kind.TEAM_SENT)
    assert (world.events.kind[sent.cause] == Kind.POLICE_CONTACT).all() and (sent.other >= 0).all()
    rows = np.flatnonzero(world.events.kind == Kind.TEAM_SENT)
    arrested = np.isin(rows, of_kind(world, Kind.ARRESTED).cause)
    odds = 0.37 / 0.63 * world.scenario.deflection.coresponse_arrest_or
    p = odds / (1 + odds)
    assert arrested.mean() == pytest.approx(p, abs=4 * np.sqrt(p * (1 - p) / len(rows)))
    check_world(copied(world))
