"""A place of the user's own, from a YAML file. Three keys are needed; what is missing is taken from `based_on`.

The keys and their meaning stand in `example_place.yaml`; faults are reported with the file and the line.
"""

import math
from difflib import get_close_matches
from pathlib import Path
from typing import Any, Never

import yaml

from ..errors import InputError
from . import names
from .place import AGE_BANDS, RACES, Place, county, nation, national_death_rate, shares
from .tables import row

REQUIRED = ("name", "state", "population")
TEXTS = ("name", "state", "based_on")
SHARES = (
    "female_share",
    "households_with_children_share",
    "poverty_share",
    "uninsured_19_64_share",
    "medicaid_only_19_64_share",
    "unemployed_share",
    "rural_share",
)
HOUSEHOLDS = ("single_parent_households", "no_vehicle_households")
SITES = ("otp_sites", "buprenorphine_sites")
RATES = {  # lowest and highest value taken
    "mean_household_size": (1, 15),
    "area_sq_mi": (0.01, 1e6),
    "otp_drive_minutes": (0, 600),
    "buprenorphine_drive_minutes": (0, 600),
    "death_rate_per_100k": (0, 5000),
    "officers_per_1000": (0, 100),
}
MIXES = {
    "age_shares": AGE_BANDS,
    "age_counts": AGE_BANDS,
    "race_shares": RACES,
    "race_counts": RACES,
}
KEYS = (
    *REQUIRED,
    "based_on",
    "households",
    "group_quarters_population",
    "overdose_deaths_per_year",
    *MIXES,
    *SHARES,
    *HOUSEHOLDS,
    *SITES,
    *RATES,
)
ROUNDING = 0.01  # shares may miss 1 by this much, and are then scaled


def read(path: Path) -> Place:
    """Return the place a YAML file describes. InputError: no such file, or a fault in it, with its line."""
    return _File(path).place()


class _File:
    """The keys of one file, each with the line it stands on."""

    def __init__(self, path: Path):
        self.path = path
        try:
            text = path.read_text(encoding="utf-8")
            node = yaml.compose(text, Loader=yaml.SafeLoader)
        except FileNotFoundError:
            self._no_file()
        except (OSError, UnicodeDecodeError) as error:
            raise InputError(f"{path}: cannot be read ({error})") from error
        except yaml.YAMLError as error:
            mark = getattr(error, "problem_mark", None)
            self._stop(f"is not YAML: {getattr(error, 'problem', error)}", mark.line + 1 if mark else None)
        if not isinstance(node, yaml.MappingNode):
            self._stop(f"has no keys: write {', '.join(REQUIRED)} as `key: value`")
        self.values: dict[str, Any] = {}
        self.lines: dict[str, int] = {}
        for key, value in self._pairs(node):
            if key not in KEYS:
                near = get_close_matches(key, KEYS, n=1, cutoff=0)[0]
                self._stop(f'no key "{key}" is known; did you mean "{near}"?', self.lines[key])
            self.values[key] = self._mix(key, value) if key in MIXES else self._scalar(key, value)
        for key in REQUIRED:
            if key not in self.values:
                self._stop(f'"{key}" is missing')

    def place(self) -> Place:
        """Return the place, checked, with what is missing taken from the place it is based on."""
        base = self._base()
        state = names.states().get(names.words(self.values["state"]))
        if state is None:
            near = names.nearest_state(self.values["state"])
            self._stop(f'no state "{self.values["state"]}"; did you mean "{near}"?', self.lines["state"])
        population = self._count("population", low=1)
        quarters, households, size = self._homes(base, population)
        rate, ratio_raw, ratio, rate_basis = self._deaths(base, population)
        law = row("states.csv", state)
        officers = base.officers_per_1000 if base.fips != "US" else float(law["sworn_per_1000"])
        facts = dict(
            age_shares=self._shares("age", base.age_shares),
            race_shares=self._shares("race", base.race_shares),
            **{key: self._number(key, getattr(base, key), 0, 1) for key in SHARES},
            **{
                key: self._count(key, round(getattr(base, key) / base.households * households), high=households)
                for key in HOUSEHOLDS
            },
            **{key: self._count(key, round(getattr(base, key) / base.population * population)) for key in SITES},
            area_sq_mi=self._rate("area_sq_mi", base.area_sq_mi / base.population * population),
            otp_drive_minutes=self._rate("otp_drive_minutes", base.otp_drive_minutes),
            buprenorphine_drive_minutes=self._rate("buprenorphine_drive_minutes", base.buprenorphine_drive_minutes),
            officers_per_1000=self._rate("officers_per_1000", officers),
        )
        return Place(
            fips="own",
            name=self.values["name"].strip(),
            state=state,
            population=population,
            households=households,
            mean_household_size=size,
            group_quarters_population=quarters,
            death_rate_per_100k=rate,
            death_rate_basis=rate_basis,
            death_ratio_raw=ratio_raw,
            death_ratio=ratio,
            good_samaritan_law=law["good_samaritan_law"] or None,
            notes=self._notes(base),
            **facts,
        )

    def _base(self) -> Place:
        text = self.values.get("based_on", "US")
        try:
            return nation() if names.is_nation(text) else county(names.one(text))
        except InputError as error:
            self._stop(f'"based_on": {error}', self.lines["based_on"])

    def _homes(self, base: Place, population: int) -> tuple[int, int, float]:
        """Group quarters, households and their mean size; each follows from the others when it is not given."""
        share = base.group_quarters_population / base.population
        quarters = self._count("group_quarters_population", round(share * population), high=population)
        at_home = population - quarters
        size = self._rate("mean_household_size", base.mean_household_size)
        households = self._count("households", round(at_home / size), high=at_home)
        if "households" in self.values and "mean_household_size" not in self.values:
            size = at_home / households if households else size
        if abs(households * size - at_home) > 0.2 * at_home + size:
            self._stop(
                f"{households:,} households of {size:g} people do not fit {at_home:,} residents outside group quarters",
                self.lines.get("households", self.lines.get("mean_household_size")),
            )
        return quarters, households, size

    def _deaths(self, base: Place, population: int) -> tuple[float, float, float, str]:
        """Overdose death rate, its ratio to the nation (raw and used), and where it comes from."""
        if "overdose_deaths_per_year" in self.values:
            if "death_rate_per_100k" in self.values:
                line = self.lines["overdose_deaths_per_year"]
                self._stop('give "overdose_deaths_per_year" or "death_rate_per_100k", not both', line)
            deaths = self._number("overdose_deaths_per_year", None, 0, population)
            rate = 1e5 * deaths / population
        elif "death_rate_per_100k" in self.values:
            rate = self._rate("death_rate_per_100k", None)
        else:
            return base.death_rate_per_100k, base.death_ratio_raw, base.death_ratio, base.death_rate_basis
        ratio = rate / national_death_rate()
        return rate, ratio, ratio, "own file"

    def _notes(self, base: Place) -> tuple[str, ...]:
        given = {key.removesuffix("_counts").removesuffix("_shares") for key in self.values}
        given |= {"death_rate_per_100k"} if "overdose_deaths_per_year" in given else set()
        given |= {"households"} if "mean_household_size" in given else set()
        wanted = {"age", "race", "households", "group_quarters_population", *SHARES, *HOUSEHOLDS, *SITES, *RATES}
        wanted -= {"mean_household_size", "officers_per_1000"}
        missing = sorted(wanted - given)
        notes = []
        if missing:
            notes.append(f"from {base.label}: {', '.join(missing)}")
        if "officers_per_1000" not in given:
            notes.append(f"officers_per_1000 from {base.label if base.fips != 'US' else 'the state'}")
        return tuple(notes)

    def _shares(self, what: str, default: tuple[float, ...]) -> tuple[float, ...]:
        given = [key for key in (f"{what}_shares", f"{what}_counts") if key in self.values]
        if not given:
            return default
        if len(given) == 2:
            self._stop(f'give "{given[0]}" or "{given[1]}", not both', self.lines[given[1]])
        (key,) = given
        values, total, line = self.values[key], sum(self.values[key]), self.lines[key]
        if key.endswith("_shares") and abs(total - 1) > ROUNDING:
            self._stop(f'"{key}" sum to {total:.4g}, not 1', line)
        if total <= 0:
            self._stop(f'"{key}" are all zero', line)
        return shares(values)

    def _mix(self, key: str, node: yaml.Node) -> list[float]:
        """Numbers of a mapping from band to number (bands left out are zero), or of a list with every band."""
        bands = MIXES[key]
        if isinstance(node, yaml.MappingNode):
            found = dict.fromkeys(bands, 0.0)
            for band, value in self._pairs(node, key):
                if band not in found:
                    near = get_close_matches(band, bands, n=1, cutoff=0)[0]
                    self._stop(f'"{key}" has no "{band}"; did you mean "{near}"?', value.start_mark.line + 1)
                found[band] = self._part(key, band, value)
            return list(found.values())
        if isinstance(node, yaml.SequenceNode) and len(node.value) == len(bands):
            return [self._part(key, band, value) for band, value in zip(bands, node.value, strict=True)]
        self._stop(f'"{key}" needs {len(bands)} numbers, for {", ".join(bands)}', self.lines[key])

    def _part(self, key: str, band: str, node: yaml.Node) -> float:
        value = self._scalar(band, node)
        if not _is_number(value) or value < 0:
            self._stop(f'"{key}", {band}: {value!r} is no number from 0 up', node.start_mark.line + 1)
        return float(value)

    def _count(self, key: str, default: int | None = None, low: int = 0, high: float = math.inf) -> int:
        value = self._number(key, default, low, high)
        if value != int(value):
            self._stop(f'"{key}": {value!r} is no whole number', self.lines[key])
        return int(value)

    def _rate(self, key: str, default: float | None) -> float | None:
        return self._number(key, default, *RATES[key])

    def _number(self, key: str, default: float | None, low: float, high: float) -> float | None:
        if key not in self.values:
            return default
        value = self.values[key]
        if not _is_number(value) or not low <= value <= high:
            limits = f"from {low:g} up" if high == math.inf else f"from {low:g} to {high:,g}"
            self._stop(f'"{key}": {value!r} is no number {limits}', self.lines[key])
        return value

    def _pairs(self, node: yaml.MappingNode, inside: str = "") -> list[tuple[str, yaml.Node]]:
        pairs: dict[str, yaml.Node] = {}
        for key_node, value in node.value:
            line = key_node.start_mark.line + 1
            if not isinstance(key_node, yaml.ScalarNode):
                self._stop("a key is no plain word", line)
            key = key_node.value
            if key in pairs:
                self._stop(f'"{key}" stands twice', line)
            pairs[key] = value
            if not inside:
                self.lines[key] = line
        return list(pairs.items())

    def _scalar(self, key: str, node: yaml.Node) -> Any:
        if not isinstance(node, yaml.ScalarNode):
            self._stop(f'"{key}" takes one value', node.start_mark.line + 1)
        if not node.value.strip():
            self._stop(f'"{key}" has no value', node.start_mark.line + 1)
        if key not in TEXTS and node.style is None and node.tag.endswith((":int", ":float")):
            return yaml.safe_load(node.value)
        return node.value

    def _no_file(self) -> Never:
        folder = self.path.parent
        near = get_close_matches(self.path.name, [p.name for p in folder.iterdir()], n=1) if folder.is_dir() else []
        hint = f'; did you mean "{folder / near[0]}"?' if near else ""
        raise InputError(f'no place file "{self.path}"{hint}')

    def _stop(self, message: str, line: int | None = None) -> Never:
        where = f"{self.path}, line {line}" if line else str(self.path)
        raise InputError(f"{where}: {message}")


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
