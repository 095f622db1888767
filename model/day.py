"""The order of one day. Start reading here.

A day is this list, top to bottom. Each process is a function of the world that declares what it
writes, draws and emits; what is not in the list does not happen.
"""

from . import calendar
from .processes import (
    census,
    custody,
    deflection,
    demography,
    drug_use,
    encounter,
    household,
    naloxone,
    officer_strain,
    overdose,
    training,
    treatment,
    trust,
)

DAY = (
    calendar.turn,  # the date, dated policy changes, the supply, everybody's draws of the day
    demography.live,  # births, deaths of other causes, leaving home, moves out and in
    drug_use.use,  # starting, escalating, injecting, stopping, relapsing; tolerance
    naloxone.supply,  # kits reach people who use drugs, their homes and friends
    overdose.overdose,  # overdose, who is near, naloxone, 911, responders, rescue or death
    encounter.meet,  # police contact: offer of deflection, citation, arrest
    deflection.follow_up,  # six pathways: listed, visited, offered, accepted, handed over, seen through
    treatment.treat,  # asking, waiting, the first appointment, staying, leaving
    custody.hold,  # court and release
    household.care,  # children who saw, families reached, child protection; growing up
    training.teach,  # courses in trauma-informed practice, and what is left of them
    officer_strain.bear,  # calls and incidents, exhaustion, sick leave, help, leaving, recruits
    trust.spread,  # today's contacts, one's own and along ties
    census.count,  # what is true tonight
)


def live_a_day(world, day=DAY) -> None:
    """Let one day happen in a world."""
    for process in day:
        process(world)
