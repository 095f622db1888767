"""Peers visit people on the day after an overdose: a process of one's own in a community of Mesa agents.

Run with `uv run python examples/outreach.py`. Both towns have the same people and the same chance, day by day, so
what differs follows from the visits.
"""

import mesa
from deflect.agents.handles import Resident
from deflect.model.community import CommunityModel


class Town(CommunityModel):
    """A tenth of a county, with what a Mesa model usually collects."""

    def __init__(self, visits: bool = False, rng=1, residents: int = 9_000, **overrides):
        """Build the town; with `visits`, peers are at work from day 0."""
        super().__init__("status_quo", rng=rng, place="54011", residents=residents, **overrides)
        self.visited = 0
        if visits:
            self.add_process(self.visit, before="overdose")
        self.datacollector = mesa.DataCollector({"overdoses": lambda town: town.tonight["overdose"]})

    def visit(self) -> None:
        """See everybody who overdosed yesterday; two in three open the door, take a kit and are readier for care."""
        for person in self.agents_by_type[Resident].select(last_overdose=self.day - 1):
            if self.draw(person) < 2 / 3:
                self.visited += 1
                person.kit_until = self.day + 365
                person.readiness = 3.0

    def step(self) -> None:
        """Live a day and note it."""
        super().step()
        self.datacollector.collect(self)


if __name__ == "__main__":
    for town in (Town(visits=False), Town(visits=True)):
        town.run_for(365)
        overdoses = town.datacollector.get_model_vars_dataframe().overdoses.sum()
        treated = town.agents_by_type[Resident].select(care=["methadone", "buprenorphine", "naltrexone"])
        print(f"{town.visited} visits: {overdoses:.0f} overdoses in a year, {len(treated)} people in treatment then")
