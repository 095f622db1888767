"""Checks of a whole world: what must be true between any two days, in a table, across tables, and against the events.

`check_world` looks at all rows at once, so that a run can afford it every month and at its end.
"""

from .care import (
    care_follows_events,
    overdoses_follow_events,
    places_in_treatment,
    use_and_care,
    use_follows_events,
)
from .counts import census_agrees
from .custody_and_cases import cases, custody
from .officers import force, officers_on_duty
from .people import (
    children,
    fates,
    homes,
    late_ties,
    people_conserved,
    the_gone_do_nothing,
    ties_of_the_start,
)
from .tables import declarations, pointers

TABLES = (declarations, pointers)
MEANINGS = (
    fates,
    use_and_care,
    homes,
    places_in_treatment,
    custody,
    cases,
    officers_on_duty,
    force,
    children,
    late_ties,
    ties_of_the_start,
    people_conserved,
    the_gone_do_nothing,
    use_follows_events,
    care_follows_events,
    overdoses_follow_events,
    census_agrees,
)


class BrokenWorld(Exception):
    """The tables of a world contradict their declarations, each other or the events. Says every fault found."""


def check_world(world) -> None:
    """Raise BrokenWorld, one sentence a fault, unless the world holds together between two days.

    Tables match their declarations and point at rows that exist; everybody is in one allowed state; people,
    places and the census agree with the events; nothing happens to or through somebody gone; ties have two ends.
    """
    for rules in (TABLES, MEANINGS):  # rows that point nowhere would make the second group fail in its own words
        faults = [sentence for rule in rules for sentence in rule(world)]
        if faults:
            what = f"world of seed {world.seed} before day {world.day}: {len(faults)} faults"
            raise BrokenWorld("\n".join([what, *faults]))
