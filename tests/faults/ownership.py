"""Faults in what processes say they do: written, emitted or drawn without being declared, or declared for nothing."""

from . import Fault

OWNERS = "tests/model/test_ownership.py"

FAULTS = (
    Fault(
        "an_encounter_strains",
        "model/processes/encounter.py",
        "    contact = happened(world, POLICE_CONTACT, person.resident, officer, 0.0, NONE, NOWHERE)\n",
        "    contact = happened(world, POLICE_CONTACT, person.resident, officer, 0.0, NONE, NOWHERE)\n"
        "    world.officers[officer].stress += 0.1\n",
        f"{OWNERS}::test_only_owners_write",
        "a convenience write across modules",
    ),
    Fault(
        "an_event_of_somebody_else",
        "model/processes/custody.py",
        "    _custody(world.view)\n",
        "    _custody(world.view)\n    happened(world.view, Kind.SEIZED, -1, -1, 0.0, -1, 0)\n",
        f"{OWNERS}::test_only_owners_write",
        "an event added to a process and not to what it says of itself",
    ),
    Fault(
        "rows_of_somebody_else",
        "model/processes/household.py",
        '    adds=("children", "histories"),\n',
        '    adds=("children",),\n',
        f"{OWNERS}::test_only_owners_write",
        "a process that begins histories does not say so",
    ),
    Fault(
        "an_event_rewritten",
        "model/processes/trust.py",
        "    _spread(world.view)\n",
        "    _spread(world.view)\n    world.state.events.amount[0] += 1.0\n",
        f"{OWNERS}::test_only_owners_write",
        "history changed to suit the present",
    ),
    Fault(
        "a_draw_of_somebody_else",
        "model/processes/trust.py",
        "    _spread(world.view)\n",
        "    from ..randomness import draw\n\n    draw(world.seed, 16, 1, world.day, 0)\n    _spread(world.view)\n",
        f"{OWNERS}::test_processes_draw_what_they_declare",
        "a stream borrowed from another process",
    ),
    Fault(
        "declared_for_nothing",
        "model/processes/trust.py",
        'writes=("residents.trust_shift, ',
        'writes=("residents.kit_until, trust_shift, ',
        f"{OWNERS}::test_what_is_declared_happens",
        "a declaration left behind when the code went",
    ),
    Fault(
        "an_owner_who_does_not_write",
        "agents/resident.py",
        '1000, 1000, "trust", "slow part',
        '1000, 1000, "encounter", "slow part',
        f"{OWNERS}::test_an_owner_is_among_those_who_write",
        "a column handed to another process, its declaration not",
    ),
    Fault(
        "the_page_of_yesterday",
        "agents/resident.py",
        '"slow part of what contacts changed"',
        '"the slow part of what contacts changed"',
        f"{OWNERS}::test_the_page_is_the_generated_one",
        "the page not written anew",
    ),
)
