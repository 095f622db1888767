"""The people of a place: residents in households in neighbourhoods, from county tables.

The county's counts hold within rounding: people by age band, sex and race, people in group
quarters, households (so mean size), households with children and with a single parent. How those
combine (age with race, sex with kind of home) follows national shares and is not fitted;
`describe` in `population_checks` reports every distance. n may be far below the county's
population: the same shares, fewer people.
"""

from typing import NamedTuple

import numpy as np

from ..scenarios.errors import InputError
from ..scenarios.places import Place
from .population_draws import order_of
from .population_homes import COUPLE, COUPLE_CHILDREN, MULTIGENERATIONAL, NOBODY, make_homes
from .population_margins import margins
from .population_mixing import neighbourhoods, races
from .population_shares import HouseholdShares


class Population(NamedTuple):
    """n people in h households; the members of a household are neighbouring rows, heads and partners first."""

    household: np.ndarray  # int32 (n,), 0..h-1, never decreasing
    born: np.ndarray  # int32 (n,), day of birth
    sex: np.ndarray  # uint8 (n,), 0 female, 1 male
    race: np.ndarray  # uint8 (n,), index into RACES
    mother: np.ndarray  # int32 (n,), row of the mother if she lives in the household, else -1
    father: np.ndarray  # int32 (n,), the same for the father
    household_kind: np.ndarray  # uint8 (h,), index into HOUSEHOLD_KINDS
    household_neighbourhood: np.ndarray  # int16 (h,)


def make_population(
    place: Place, n: int, seed: int, start_day: int = -730, shares: HouseholdShares | None = None
) -> Population:
    """Make n people who live in `place` on `start_day`.

    n: residents, 1 to 16 million; seed: any integer of up to 63 bits; shares: national shares, to
    change one. The same arguments give the same people.
    InputError: n is out of range.
    """
    if not 1 <= n < 2**24:
        raise InputError(f"residents: {n:,} is outside 1 to {2**24 - 1:,}")
    shares = shares or HouseholdShares()
    homes = make_homes(margins(place, n, shares), shares, seed)
    kind = homes.kinds()
    race = races(homes, kind, place.race_shares)
    area = neighbourhoods(homes, kind, race)

    home_order = order_of(area)
    home_rank = np.empty(len(kind), dtype=np.int64)
    home_rank[home_order] = np.arange(len(kind))
    household = home_rank[homes.home]
    # Within a home by role, the eldest first.
    by_age = order_of(2**16 - homes.age)
    order = by_age[order_of((household * 8 + homes.role)[by_age])]
    row = np.empty(n + 1, dtype=np.int32)
    row[order] = np.arange(n)
    row[NOBODY] = NOBODY
    return Population(
        household=household[order].astype(np.int32),
        born=(start_day - homes.age[order]).astype(np.int32),
        sex=homes.sex[order],
        race=race[order],
        mother=row[homes.mother[order]],
        father=row[homes.father[order]],
        household_kind=kind[home_order],
        household_neighbourhood=area[home_order],
    )


def partners(population: Population) -> np.ndarray:
    """Return the row of everybody's spouse or partner in the household, int32 (n,), -1 without one.

    Partners are the first two members of a couple with or without children, two parents of one
    person, and two grandparents who raise grandchildren without the parents.
    """
    household, kind = population.household, population.household_kind
    partner = np.full(len(household), NOBODY, dtype=np.int32)
    first = np.searchsorted(household, np.arange(len(kind)))
    linked = (population.mother != NOBODY) | (population.father != NOBODY)
    raising = (kind == MULTIGENERATIONAL) & (np.bincount(household[linked], minlength=len(kind)) == 0)
    second = np.minimum(first + 1, len(household) - 1)
    raising &= population.born[second] - population.born[first] < 30 * 365  # two of one generation
    pairs = first[np.isin(kind, (COUPLE, COUPLE_CHILDREN)) | raising]
    both = np.flatnonzero((population.mother != NOBODY) & (population.father != NOBODY))
    for one, other in ((pairs, pairs + 1), (population.mother[both], population.father[both])):
        partner[one], partner[other] = other, one
    return partner
