"""A household: the people who share a home."""

from .table import Column, Declaration

HOUSEHOLD_KINDS = ("alone", "couple", "couple_children", "one_parent", "multigenerational", "shared", "group_quarters")
GROUP_QUARTERS = HOUSEHOLD_KINDS.index("group_quarters")

HOUSEHOLD = Declaration(
    "household",
    (
        Column("key", "i8", "key", 0, 2**63 - 1, "build", "which household this is, for the address of its draws"),
        Column("first", "i8", "resident row", -1, 2**31 - 1, "demography", "first member; the rest by `housemate`"),
        Column(
            "kit_until", "i8", "day", -(10**6), 10**6, "overdose", "a naloxone kit in the home lasts until this day"
        ),
        Column("reached_day", "i8", "day", -(10**6), 10**6, "household", "day a relative was last looked up"),
        Column("coached_until", "i8", "day", -(10**6), 10**6, "household", "coached to help a relative until this day"),
        Column("services_until", "i8", "day", -(10**6), 10**6, "household", "practical services come until this day"),
        Column("cohesion", "f8", "share", 0, 1, "build", "how the family holds together when nobody uses"),
        Column("storage_rank", "f8", "share", 0, 1, "build", "opioids are locked up when that share is above this"),
        Column("neighbourhood", "i8", "neighbourhood", 0, 32_000, "build", "where the home is"),
        Column("kind", "u1", "code", 0, len(HOUSEHOLD_KINDS) - 1, "build", "kind when it formed, see HOUSEHOLD_KINDS"),
        Column("prescribed", "u1", "yes/no", 0, 1, "build", "prescribed opioids are kept in the home"),
    ),
)
