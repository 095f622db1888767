"""A family: people given one by one, their children followed, and nothing in force but what a test is about."""

import numpy as np
from deflect.model import home
from deflect.model.rules import CHILD_DAYS
from towns import lived
from worlds.hand import Story, world_of

# Nothing happens to families by chance; every test puts in force what it is about.
QUIET = {
    "family_witness_given_home": 0,
    "report_at_overdose": 0,
    "family_report_at_arrest": 0,
    "family_report_by_others_per_day": 0,
    "family_report_opens": 0,
    "family_reach": 0,
    "removal_per_day": 0,
    "reunified_per_day": 0,
    "bad_contact": 0,
    "good_contact": 0,
    "policing_factor": 1,
}
# Whoever uses and is frail overdoses at home, somebody sees it and calls, a patrol comes first.
AN_OVERDOSE = {
    "base_oud_per_day": 1000,
    "at_home": 1,
    "uses_alone_bins": 0,
    "seen_if_not_alone": 1,
    "call_intercept": 50,
    "police_first": 1,
    "fatality_seen": 0,
}
DEADLY = {"fatality_seen": 1, "responder_ratio": 1, "responder_floor": 1}
AN_ARREST = {
    "contact_bound": 1,
    "enforcement_contacts_per_day": 1,
    "arrest_share": 1,
    "citation_share": 0,
    "arrest_to_jail": 1,
    "jail_log_mean": 3.0,
    "jail_log_sd": 0,
}
MOTHER = {"home": 0, "age": 35, "sex": "female", "use": "OUD"}
CHILD_OF_TEN = {"home": 0, "age": 10, "sex": "male", "mother": 0}
CHILD_OF_THREE = {"home": 0, "age": 3, "sex": "female", "mother": 0}
GRANDMOTHER = {"home": 0, "age": 60, "sex": "female"}


def family(*people, ties=(), dates=(), **numbers):
    """Return a town of these people on its first morning; children of parents with opioid use disorder are followed."""
    story = Story({"people": list(people), "ties": list(ties), "dates": list(dates), "always": QUIET | numbers}, [])
    world = world_of(story)
    world.make_room()
    for row in range(len(world.residents)):
        if home.has_liable_parent(world.view, row):
            home.begin_child(world.view, row)
    world.state.rules.strain_critical_incidents_per_day = 0
    return world


def happenings(world, *kinds):
    """Return (who, other, cause) of the events of these kinds, in order."""
    return [(int(e.who), int(e.other), int(e.cause)) for e in world.events if e.kind in kinds]


def who(world, kind):
    return [who for who, _, _ in happenings(world, kind)]


def the_only(world, kind) -> int:
    (row,) = np.flatnonzero(world.events.kind == kind)
    return int(row)


def child_of(world, resident):
    return world.children[world.residents.child[resident]]


def looked_at(world, resident, months=1):
    """Live until a child has been looked at so many times."""
    for _ in range(months):
        lived(world, 1)
        while (world.day - 1 + int(world.residents.key[resident])) % CHILD_DAYS != 0:
            lived(world, 1)
    return world
