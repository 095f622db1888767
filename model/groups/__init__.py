"""Who bears what: outcomes by sex, age, race and neighbourhood, counted from the events of one world's policy days.

Time at risk is reckoned exactly, night by night, from the days on which people began and stopped using, came, went,
had a birthday or moved. A person is of the group they belonged to when something happened to them.
"""

from .counting import count_by_group, count_people, hot_spots, trust_now
from .measures import (
    COUNTED,
    DENOMINATORS,
    GROUPED,
    GROUPINGS,
    GROUPS,
    MEASURES,
    REFERENCE,
    UNGROUPED,
    Measure,
    why_no_group,
)

__all__ = [
    "COUNTED",
    "DENOMINATORS",
    "GROUPED",
    "GROUPINGS",
    "GROUPS",
    "MEASURES",
    "REFERENCE",
    "UNGROUPED",
    "Measure",
    "count_by_group",
    "count_people",
    "hot_spots",
    "trust_now",
    "why_no_group",
]
