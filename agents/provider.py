"""A treatment provider: what it offers, where, and to how many at a time."""

from enum import IntEnum

import numpy as np

from .compiled import compiled
from .table import Column, Declaration


class ProviderKind(IntEnum):
    """What a provider offers."""

    OPIOID_TREATMENT_PROGRAMME = 0  # methadone
    OFFICE_BUPRENORPHINE = 1
    OFFICE_NALTREXONE = 2
    DETOX = 3  # withdrawal and a short stay, without medication afterwards


DETOX_KIND = np.int64(ProviderKind.DETOX)

PROVIDER = Declaration(
    "provider",
    (
        Column("key", "i8", "key", 0, 2**63 - 1, "build", "which provider this is"),
        Column("slots", "i8", "people", 0, 10**7, "calendar", "people in treatment at the same time"),
        Column("start_slots", "i8", "people", 0, 10**7, "build", "slots at the start, before any policy"),
        Column("occupied", "i8", "people", 0, 10**7, "treatment", "people in treatment tonight"),
        Column("reserved", "i8", "people", 0, 10**7, "calendar", "slots kept for people handed over (a lever)"),
        Column("handed_over", "i8", "people", 0, 10**7, "treatment", "of those in treatment, people handed over"),
        Column("trauma_informed", "f8", "share", 0, 1, "build", "how trauma-informed the provider works"),
        Column("neighbourhood", "i8", "neighbourhood", 0, 32_000, "build", "where it is"),
        Column("kind", "u1", "code", 0, 3, "build", "see ProviderKind"),
    ),
)


@compiled
def free_slots(provider):
    """Return how many more people a provider can take; never below zero when a policy takes slots away."""
    return max(0, provider.slots - provider.occupied)


@compiled
def admits(provider, handed_over):
    """Can a provider take one more person? Reserved slots still empty are there only for people handed over."""
    kept = 0 if handed_over else max(0, provider.reserved - provider.handed_over)
    return provider.slots - provider.occupied - kept > 0
