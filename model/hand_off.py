"""Hand-offs between agencies: the agency graph, and a person's way along it.

A tie of the graph is a way by which one agency hands people over to another; its weight is the
probability that somebody handed over that way arrives. Accompanied (warm) hand-offs keep more people
than a card with an address (cold).
"""

import numpy as np

from ..agents.agency import (
    CASE_MANAGEMENT,
    EMERGENCY_MEDICAL,
    JAIL,
    OUTREACH_TEAM,
    POLICE,
    RESPONSE_TEAM,
    AgencyKind,
)
from ..agents.compiled import compiled
from ..agents.dealings import Pathway
from ..agents.table import NONE
from .events import BY_PATHWAY, HANDED_OVER, LOST, happened
from .randomness import draw

_HAND_OFF = 24  # stream
PROVIDER = np.int64(len(AgencyKind))  # the last node: whoever treats
ACCOMPANIED, KEPT_WARM, KEPT_COLD = range(3)

# The ties each pathway goes along.
ROUTES = {
    Pathway.SELF_REFERRAL: ((POLICE, PROVIDER),),
    Pathway.ACTIVE_OUTREACH: ((OUTREACH_TEAM, PROVIDER),),
    Pathway.NALOXONE_PLUS: ((OUTREACH_TEAM, PROVIDER),),
    Pathway.OFFICER_REFERRAL: (
        (POLICE, CASE_MANAGEMENT),
        (EMERGENCY_MEDICAL, CASE_MANAGEMENT),
        (CASE_MANAGEMENT, PROVIDER),
    ),
    Pathway.OFFICER_INTERVENTION: ((POLICE, CASE_MANAGEMENT), (CASE_MANAGEMENT, PROVIDER)),
    Pathway.COMMUNITY_RESPONSE: ((RESPONSE_TEAM, PROVIDER),),
    Pathway.JAIL_RELEASE: ((JAIL, PROVIDER),),
}


def name_of(node: int) -> str:
    """Return the name of a node of the agency graph."""
    return "provider" if node == PROVIDER else AgencyKind(node).name.lower()


def keep_cold(keep_warm: float, odds_ratio: float) -> float:
    """Return the share kept without company, whose odds are those with it divided by the odds ratio."""
    odds = keep_warm / (1 - keep_warm) / odds_ratio
    return odds / (1 + odds)


def make_hand_offs(scenario) -> np.ndarray:
    """Return the ties as the run reads them, shape (agencies, agencies + 1, 3): accompanied, kept warm, kept cold."""
    numbers = scenario.engagement
    table = np.zeros((len(AgencyKind), len(AgencyKind) + 1, 3))
    for giver, taker in {tie for ties in ROUTES.values() for tie in ties}:
        cold = keep_cold(numbers.keep_warm, scenario.switches.warm_handoff)
        warm = numbers.warm_share
        if numbers.coordinator and taker == CASE_MANAGEMENT:  # somebody answers the call and comes
            warm = 1.0
        table[giver, taker] = warm, numbers.keep_warm, cold
    return table


def agency_graph(scenario):
    """Return the agencies and the ways people are handed over between them, as a networkx DiGraph.

    Nodes are agency names and `provider`; an edge carries `pathways`, `accompanied` (share), `keep_warm`,
    `keep_cold` and `weight`, the probability that somebody handed over that way arrives.
    """
    import networkx  # takes time to load, and a run does not need it

    table = make_hand_offs(scenario)
    graph = networkx.DiGraph()
    graph.add_nodes_from([name_of(node) for node in range(PROVIDER + 1)])
    for pathway, ties in ROUTES.items():
        for giver, taker in ties:
            share, warm, cold = table[giver, taker].tolist()
            edge = name_of(giver), name_of(taker)
            if not graph.has_edge(*edge):
                weight = share * warm + (1 - share) * cold
                graph.add_edge(*edge, pathways=[], accompanied=share, keep_warm=warm, keep_cold=cold, weight=weight)
            graph.edges[edge]["pathways"].append(pathway.name.lower())
    return graph


@compiled
def hand_over(world, row, giver, taker, pathway, cause):
    """Hand a person over from one agency to another; return the event, -1 if they were lost on the way.

    Notes in `dealings.warm` whether a hand-off to treatment was accompanied.
    """
    clock = world.clock[0]
    person, dealings = world.histories[row], world.dealings[row]
    number = 2 * (giver * 16 + taker)
    warm = draw(clock.seed, _HAND_OFF, person.key, clock.day, number) < world.hand_off[giver, taker, ACCOMPANIED]
    if taker == PROVIDER:  # who waits for treatment keeps the appointment made for them
        dealings.warm = warm
    kept = world.hand_off[giver, taker, KEPT_WARM if warm else KEPT_COLD]
    arrives = draw(clock.seed, _HAND_OFF, person.key, clock.day, number + 1) < kept
    to = NONE if taker == PROVIDER else taker
    kind = HANDED_OVER if arrives else LOST
    event = happened(world, kind, person.resident, to, 1.0 if warm else 0.0, cause, BY_PATHWAY + pathway)
    return event if arrives else NONE
