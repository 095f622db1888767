"""Race and ethnicity of everybody, and the neighbourhood of every home.

Totals by race hold exactly. Families are of one race to begin with; then some partners, roommates
and neighbours in group quarters trade places as if race did not matter, which leaves the totals as
they are. People of several races are found first among the children of mixed couples.
"""

import numpy as np
from scipy.special import ndtri

from ..agents.resident import RACES
from .population_draws import Draw, order_of, shuffled
from .population_homes import GROUP_QUARTERS, MINOR, NOBODY, ONE_PARENT, PARTNER, SHARED, Homes
from .population_margins import YEAR, largest_remainder
from .randomness import Stream, draws

FEWEST_NEIGHBOURHOODS = 4
SMALL = 2000  # residents: below this, race does not depend on the kind of home, to keep families whole
_MULTI = RACES.index("multi")


def _first_people(homes: Homes, number: int) -> np.ndarray:
    """Return one person of each home: the head, else anybody (the oldest man, or woman)."""
    first = np.zeros(number, dtype=np.int64)
    first[homes.home] = np.arange(len(homes.home))
    held = np.flatnonzero(homes.head != NOBODY)
    first[held] = homes.head[held]
    return first


def _homes_of_one_race(homes: Homes, kind: np.ndarray, totals: np.ndarray) -> np.ndarray:
    """Return race by person: homes in random order within four classes of home, cut at the race counts of the class.

    The class counts are the county's race totals fitted to `race_by_home` (iterative proportional fitting).
    """
    n = len(homes.home)
    minors = np.bincount(homes.home[homes.role == MINOR], minlength=len(kind)) > 0
    old = homes.age[_first_people(homes, len(kind))] >= 65 * YEAR
    home_class = np.select([kind == ONE_PARENT, minors, old & (kind != GROUP_QUARTERS)], [0, 1, 3], 2)
    if n < SMALL:
        home_class[:] = 2
    order = order_of((home_class + homes.u(Draw.RACE_ORDER, np.arange(len(kind)))) * 2**32)
    rank = np.empty(len(kind), dtype=np.int64)
    rank[order] = np.arange(len(kind))
    people = order_of(rank[homes.home])

    rows = np.bincount(home_class[homes.home], minlength=4).astype(float)
    table = np.array(homes.shares.race_by_home).T * np.outer(rows, totals) / n
    for _ in range(200):
        table *= (totals / np.maximum(table.sum(axis=0), 1e-300))[None, :]
        table *= (rows / np.maximum(table.sum(axis=1), 1e-300))[:, None]
    race = np.empty(n, dtype=np.uint8)
    counts = [largest_remainder(row, int(size)) for row, size in zip(table, rows, strict=True)]
    race[people] = np.tile(np.arange(len(RACES)), 4).repeat(np.concatenate(counts))
    # Rounding by class can miss a total by a person or two: the last people of a race too many join one too few.
    spare = np.bincount(race, minlength=len(RACES)) - totals
    changed = [np.flatnonzero(race == r)[-spare[r] :] for r in np.flatnonzero(spare > 0)]
    if changed:
        race[np.concatenate(changed)] = np.repeat(np.arange(len(RACES)), np.maximum(-spare, 0))
    return race


def _trade(homes: Homes, kind: np.ndarray, race: np.ndarray) -> None:
    """Let partners, roommates and people in group quarters trade places, each kind with a chance."""
    of = kind[homes.home]
    chance = np.zeros(len(race))
    chance[homes.role == PARTNER] = homes.shares.formed_regardless_of_race
    chance[of == SHARED] = homes.shares.roommates_regardless_of_race
    chance[of == GROUP_QUARTERS] = 1.0
    movers = np.flatnonzero(chance > 0)
    movers = movers[homes.u(Draw.MIXED, movers) < chance[movers]]
    race[movers] = race[movers[shuffled(homes.seed, Stream.POPULATION, len(movers), Draw.MIXED_ORDER)]]


def _several_races(homes: Homes, race: np.ndarray, leaving: np.ndarray) -> None:
    """Make `leaving[r]` people of each race r people of several races: children of mixed couples, then the young."""
    pairs = np.flatnonzero(homes.paired)
    mixed = np.zeros(int(homes.home.max(initial=0)) + 1, dtype=bool)
    mixed[pairs] = race[homes.head[pairs]] != race[homes.partner[pairs]]
    young = homes.age < homes.shares.several_races_age * YEAR
    last = np.select([(homes.role == MINOR) & mixed[homes.home], young], [0, 1], 2)
    order = order_of((race * 4.0 + last + homes.u(Draw.MULTI, np.arange(len(race)))) * 2**32)
    start = np.concatenate(([0], np.cumsum(np.bincount(race, minlength=len(RACES)))))
    for r in np.flatnonzero(leaving):
        race[order[start[r] : start[r] + leaving[r]]] = _MULTI


def races(homes: Homes, kind: np.ndarray, race_shares: tuple[float, ...]) -> np.ndarray:
    """Return race by person, uint8 (n,), with the county's totals within rounding."""
    totals = largest_remainder(race_shares, len(homes.home))
    single = totals.copy()
    single[_MULTI] = 0
    if not single.sum():
        return np.full(len(homes.home), _MULTI, dtype=np.uint8)
    leaving = largest_remainder(single, int(totals[_MULTI]))
    race = _homes_of_one_race(homes, kind, single + leaving)
    _trade(homes, kind, race)
    _several_races(homes, race, leaving)
    return race


def neighbourhoods(homes: Homes, kind: np.ndarray, race: np.ndarray) -> np.ndarray:
    """Return the neighbourhood of each home, int16: homes sorted along one axis and cut into unequal parts.

    The axis is the place of the head's race, plus poverty (one parent), plus noise of SD 1: neighbours
    resemble each other a little, and no neighbourhood is of one kind.
    """
    s = homes.shares
    rows = np.arange(len(kind))
    axis = np.array(s.neighbourhood_axis)[race[_first_people(homes, len(kind))]]
    axis += s.poverty_axis * (kind == ONE_PARENT) + ndtri(draws(homes.seed, Stream.NEIGHBOURHOOD, rows, 0, 0))
    number = max(FEWEST_NEIGHBOURHOODS, -(-len(race) // int(s.residents_per_neighbourhood)))
    order = order_of((axis + 10) * 2**28)
    size = np.bincount(homes.home, minlength=len(kind))[order]
    spread = s.neighbourhood_spread
    ends = np.cumsum(1 - spread + 2 * spread * draws(homes.seed, Stream.NEIGHBOURHOOD, np.arange(number), 0, 1))
    where = np.searchsorted(ends * (len(race) / ends[-1]), np.cumsum(size) - size / 2)
    result = np.empty(len(kind), dtype=np.int16)
    result[order] = np.minimum(where, number - 1)
    return result
