"""Naloxone: kits reach people with opioid use disorder, their homes and friends, and are lost or used up in time."""

from ...agents.compiled import compiled
from ...agents.resident import INJECTING, OUD
from ...agents.table import NONE
from ..diary import days_until
from ..events import KIT_RECEIVED, NOWHERE, Kind, happened
from ..network import ANYBODY, CO_USE, FRIEND, pick_tie
from ..process import process
from ..randomness import Stream, draw, pick

_KITS = 16
MONTH_DAYS = 365.25 / 12
HAND_OUT = 1 << 60  # addresses of kits: not anybody's key
TRIES = 100


@compiled
def hand_out(world, number):
    """Give the kit with this number to somebody with opioid use disorder, to their home, or to a friend of theirs."""
    clock = world.clock[0]
    rules = world.rules[0]
    seed, day, who = clock.seed, clock.day, HAND_OUT | number
    history = NONE
    for attempt in range(TRIES):
        number_in_roll = pick(draw(seed, _KITS, who, day, 10 + attempt), clock.histories)
        if number_in_roll < 0:
            continue
        candidate = world.roll[number_in_roll]
        person = world.histories[candidate]
        if person.present and (person.use == OUD or person.use == INJECTING):
            history = candidate
            break
    if history < 0:
        return
    row = world.histories[history].resident
    until = day + 1 + days_until(draw(seed, _KITS, who, day, 0), 1.0 / (rules.kit_lifetime_months * MONTH_DAYS))
    u = draw(seed, _KITS, who, day, 1)
    if u < rules.kits_to_households:
        household = world.residents[row].household
        world.households[household].kit_until = max(until, world.households[household].kit_until)
        happened(world, KIT_RECEIVED, row, household, float(world.households[household].kit_until), NONE, NOWHERE)
        return
    if u < rules.kits_to_households + rules.kits_to_friends:
        u = draw(seed, _KITS, who, day, 2)
        friend = pick_tie(world, row, CO_USE, u, ANYBODY)
        if friend < 0:
            friend = pick_tie(world, row, FRIEND, u, ANYBODY)
        if friend >= 0:
            row = friend
    world.residents[row].kit_until = max(until, world.residents[row].kit_until)
    happened(world, KIT_RECEIVED, row, NONE, float(world.residents[row].kit_until), NONE, NOWHERE)


@compiled(kept=True)
def _supply(world):
    clock = world.clock[0]
    if clock.histories == 0:
        return
    # Whole kits a day whose sum follows the yearly supply.
    per_day = world.rules[0].kits_per_day
    day = clock.day + 1000
    for number in range(int(per_day * (day + 1)) - int(per_day * day)):
        hand_out(world, number)


@process(
    writes=("residents.kit_until", "households.kit_until"),
    draws=(Stream.KITS,),
    emits=(Kind.KIT_RECEIVED,),
)
def supply(world) -> None:
    """Hand out today's naloxone kits."""
    _supply(world.view)
