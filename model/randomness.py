"""Chance by address: a draw is named by seed, stream, person, day and number, never by order.

Two worlds with the same seed therefore give the same person the same luck on the same day for the
same decision, whatever else differs between them. The generator is Philox 4x32 with 10 rounds
(Salmon et al. 2011): a keyed mixing of the address, with no state to keep.

One address block holds four streams: streams 0-3 share a block, 4-7 the next, so that a person's
daily decisions cost one evaluation where they are drawn together.
"""

from enum import IntEnum

import numpy as np

from ..agents.compiled import compiled


class Stream(IntEnum):
    """What a draw decides. Numbers are for ever: append, never renumber or reuse.

    Streams from 1,000 on belong to processes of a user's own (see `CommunityModel.draw`).
    """

    USE = 0  # daily change of use
    OVERDOSE = 1  # does an overdose happen today
    CARE = 2  # seek or leave treatment today
    OTHER_DEATH = 3  # excess mortality of people with opioid use disorder
    OVERDOSE_SCENE = 4  # k: what happens at one overdose
    SLOT_PRIORITY = 5  # who comes first among people asking on the same day
    ATTENDANCE = 6  # k: comes to the first appointment, stops using at entry
    RELAPSE_ROUTE = 7  # injects again at relapse
    POPULATION = 8  # k: synthetic people and households
    NEIGHBOURHOOD = 9  # k: where households live
    TIES = 10  # k: friendship, kin and co-use ties
    HISTORY = 11  # k: use, care and traits at the start
    MORTALITY = 12  # date of death from other causes
    FIRST_USE = 13  # k: candidate dates of first use, and whether they hold
    BIRTH = 14  # k: births, and the child's traits
    MOVE = 15  # k: households moving out and in, leaving the parental home
    KITS = 16  # k: who receives a naloxone kit and how long it lasts
    FORCE = 17  # k: officers at the start
    KEYS = 18  # keys of newborns
    PROVIDER = 19  # which provider a person asks
    POLICE_CONTACT = 20  # k: candidate days of police contact, and whether they hold
    ENCOUNTER = 21  # k: what happens at one contact with police
    CUSTODY = 22  # k: jail, court, supervision
    CASE = 23  # k: visits, assessments and offers in an open case
    HAND_OFF = 24  # k: kept or lost on the way between agencies
    SELF_REFERRAL = 25  # k: what happens to somebody who comes to the police for help
    OUTREACH_LIST = 26  # who is put on the weekly list of active outreach
    DETOX_BED = 27  # k: detox beds taken by people outside the programme
    TRUST = 28  # trust in police at the start
    SEIZURE = 29  # police seizures of opioids
    SCENE_POLICING = 30  # k: what police do at an overdose besides rescue
    TRAINING = 31  # k: when an officer is taught, and what they make of it
    INCIDENT = 32  # k: critical incidents of an officer today, and whether one injures
    SICKNESS = 33  # does an officer fall sick today
    LEAVING = 34  # does an officer leave the force today
    HELP = 35  # does an officer seek help, or recover, today
    CALL = 36  # does an overdose call injure the officer who answers
    POST = 37  # how long a post stays vacant
    FEEDBACK = 38  # does an officer hear of a success
    FAMILY = 39  # k: who of a family is reached after an event, and what they get
    CHILD = 40  # k: what a child sees, is reported for, gets; removal and the way back; liability
    HOME = 41  # k: traits of a household


TO_UNIT = 2.0**-32  # a 32-bit word w is the number (w + 0.5) * TO_UNIT in (0, 1)


@compiled(signature="UniTuple(int64, 4)(int64, int64, int64, int64, int64, int64)")
def philox(c0, c1, c2, c3, k0, k1):
    """Mix a counter of four and a key of two 32-bit words into four 32-bit words."""
    for _ in range(10):
        p0 = 0xD2511F53 * c0
        p1 = 0xCD9E8D57 * c2
        h0 = (p0 >> 32) & 0xFFFFFFFF
        h1 = (p1 >> 32) & 0xFFFFFFFF
        c0, c1, c2, c3 = h1 ^ c1 ^ k0, p1 & 0xFFFFFFFF, h0 ^ c3 ^ k1, p0 & 0xFFFFFFFF
        k0 = (k0 + 0x9E3779B9) & 0xFFFFFFFF
        k1 = (k1 + 0xBB67AE85) & 0xFFFFFFFF
    return c0, c1, c2, c3


@compiled(signature="UniTuple(int64, 4)(int64, int64, int64, int64, int64)")
def block(seed, stream, who, day, k):
    """Return the four 32-bit words of an address block; `stream` picks one of them by its last two bits."""
    who, seed = int(who), int(seed)  # plain integers: NumPy's would warn where they wrap
    return philox(
        who & 0xFFFFFFFF,
        (who >> 32) & 0xFFFFFFFF,
        int(day) & 0xFFFFFFFF,
        (int(k) << 16) | (int(stream) >> 2),
        seed & 0xFFFFFFFF,
        (seed >> 32) & 0xFFFFFFFF,
    )


@compiled(signature="float64(int64, int64, int64, int64, int64)")
def draw(seed, stream, who, day, k):
    """Return one uniform number in (0, 1): the draw at this address.

    seed, who: integers of up to 63 bits; day: any 32-bit integer (negative in the burn-in);
    stream: a `Stream`; k: number of the draw within this decision, below 65,536.
    """
    w0, w1, w2, w3 = block(seed, stream, who, day, k)
    word = stream & 3
    w = w0
    if word == 1:
        w = w1
    elif word == 2:
        w = w2
    elif word == 3:
        w = w3
    return (w + 0.5) * TO_UNIT


@compiled(signature="int64(float64, int64)")
def pick(u, count):
    """Pick one of `count` by a draw, or say -1: draw again.

    The draw picks within the next power of two, and what lies beyond `count` is refused: so one
    more or one fewer to pick from leaves nearly every pick as it was.
    """
    span = 1
    while span < count:
        span *= 2
    chosen = int(u * span)
    return chosen if chosen < count else -1


@compiled(kept=True)
def _draws(seed, stream, who, day, k, out):
    for i in range(len(who)):
        out[i] = draw(seed, stream, who[i], day, k)


def draws(seed: int, stream: int, who: np.ndarray, day: int = 0, k: int = 0) -> np.ndarray:
    """Return one draw a person key in `who` (int64, any shape (n,)), as float64 in (0, 1), shape (n,)."""
    who = np.ascontiguousarray(who, dtype=np.int64)
    out = np.empty(len(who))
    _draws(int(seed), int(stream), who, int(day), int(k), out)
    return out
