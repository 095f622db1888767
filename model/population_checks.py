"""How near a population is to its place: every fitted count, and what follows from it without being fitted."""

from typing import NamedTuple

import numpy as np

from ..agents.household import GROUP_QUARTERS, HOUSEHOLD_KINDS
from ..agents.resident import AGE_BANDS, RACES
from ..scenarios.evidence import value_of
from ..scenarios.places import Place
from .population import Population, partners
from .population_shares import HouseholdShares

_YEAR = 365.25
_FEWEST = 100  # people of a group, to speak of its segregation


class Line(NamedTuple):
    """One number of a population beside its target."""

    name: str
    target: float | None  # None: no published figure to compare with
    obtained: float
    fitted: bool

    @property
    def distance(self) -> float | None:
        """Obtained less target, in the unit of the number."""
        return None if self.target is None else self.obtained - self.target


def dissimilarity(population: Population, first: int, second: int) -> float | None:
    """Return the share of one race that would have to move to live spread like the other.

    None with fewer than 100 people of either.
    """
    area = population.household_neighbourhood[population.household]
    counts = [np.bincount(area[population.race == r], minlength=area.max() + 1) for r in (first, second)]
    if min(c.sum() for c in counts) < _FEWEST:
        return None
    return float(np.abs(counts[0] / counts[0].sum() - counts[1] / counts[1].sum()).sum() / 2)


def _share(part: np.ndarray, whole: np.ndarray) -> float:
    return float(part.sum()) / max(float(whole.sum()), 1.0)


def fitted(population: Population, place: Place, start_day: int = -730) -> list[Line]:
    """Return the counts that are fitted; their targets are the place's shares of n, not rounded."""
    n, kind = len(population.household), population.household_kind
    age = (start_day - population.born) / _YEAR
    bands = np.bincount(np.minimum(age // 5, 17).astype(int), minlength=18)
    races = np.bincount(population.race, minlength=len(RACES))
    of_all = n / place.population
    homes = of_all * place.households
    return [
        Line("residents", n, len(population.born), True),
        *(Line(f"age {b}", n * t, int(c), True) for b, t, c in zip(AGE_BANDS, place.age_shares, bands, strict=True)),
        Line("women", n * place.female_share, int((population.sex == 0).sum()), True),
        *(Line(r, n * t, int(c), True) for r, t, c in zip(RACES, place.race_shares, races, strict=True)),
        Line(
            "people in group quarters",
            of_all * place.group_quarters_population,
            int((kind[population.household] == GROUP_QUARTERS).sum()),
            True,
        ),
        Line("households", homes, int((kind != GROUP_QUARTERS).sum()), True),
        Line(
            "households with children",
            homes * place.households_with_children_share,
            len(np.unique(population.household[age < 18])),
            True,
        ),
        Line(
            "single-parent households",
            of_all * place.single_parent_households,
            int((kind == HOUSEHOLD_KINDS.index("one_parent")).sum()),
            True,
        ),
    ]


def not_fitted(population: Population, start_day: int = -730) -> list[Line]:
    """Return shares that follow; their targets are national, so a county may rightly differ."""
    n, kind, household = len(population.household), population.household_kind, population.household
    age = (start_day - population.born) / _YEAR
    minor, young, older = age < 18, (age >= 18) & (age < 25), (age >= 25) & (age < 35)
    home = kind != GROUP_QUARTERS
    mother, father = population.mother, population.father
    linked = (mother >= 0) | (father >= 0)
    grandchild = np.zeros(n, dtype=bool)
    for parent in (mother, father):
        grandchild |= (parent >= 0) & linked[parent]
    skipped = minor & ~linked & (kind == HOUSEHOLD_KINDS.index("multigenerational"))[household]
    three = np.unique(household[grandchild | skipped])
    partner = partners(population)
    one = np.flatnonzero(partner > np.arange(n))
    other = partner[one]
    couples = np.ones(len(one))
    at_birth = (age[mother] - age)[minor & (mother >= 0)]
    s = HouseholdShares()
    at_home, one_sex = value_of("young_adult_in_parental_home_share"), value_of("pop_same_sex")
    women = population.sex == 0
    band = np.minimum(age // 5, 17).astype(int)
    lines = [
        Line("mean household size", value_of("hh_mean_size"), _share(home[household], home), False),
        Line("people under 18", value_of("pop_under18_share"), float(minor.mean()), False),
        Line("households: alone", s.alone, _share(kind == HOUSEHOLD_KINDS.index("alone"), home), False),
        Line(
            "households: couple", s.married + s.cohabiting, len(np.unique(household[one])) / max(home.sum(), 1), False
        ),
        Line("households: three generations", s.three_generations, len(three) / max(home.sum(), 1), False),
        Line("children: grandparent at home", None, _share(minor & (grandchild | skipped), minor), False),
        Line("children: no parent at home", None, _share(minor & ~linked, minor), False),
        Line(
            "children: one parent of theirs at home",
            None,
            _share(minor & ((mother >= 0) ^ (father >= 0)), minor),
            False,
        ),
        Line("18-24: parent at home", at_home, _share(young & linked, young), False),
        Line("25-34: parent at home", None, _share(older & linked, older), False),
        Line("couples: one sex", one_sex, _share(population.sex[one] == population.sex[other], couples), False),
        Line("couples: two races", None, _share(population.race[one] != population.race[other], couples), False),
        *(
            Line(f"women at {b}", s.female_by_band[i], _share(women & (band == i), band == i), False)
            for i, b in enumerate(AGE_BANDS)
        ),
    ]
    if len(at_birth):
        lines.append(Line("mean age of mothers at birth", None, float(at_birth.mean()), False))
    for i, race in enumerate(RACES[1:4], 1):
        apart = dissimilarity(population, 0, i)
        if apart is not None:
            lines.append(Line(f"dissimilarity: white, {race}", None, apart, False))
    return lines


def describe(population: Population, place: Place, start_day: int = -730) -> list[Line]:
    """Return the margins of a population made for `place`: targets, what came out, and the distances."""
    return fitted(population, place, start_day) + not_fitted(population, start_day)
