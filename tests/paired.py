"""Pairs of worlds for tests: a busy small place under one policy, and something planted in the second world."""

from deflect.experiments.lives.worlds import Worlds, copied
from towns import BUSY

ASKED = BUSY | {"policing.enforcement_contacts_per_year": 8.0}
PLACE = dict(place="54011", residents=400, years=1)


class Planted(Worlds):
    """Two worlds of one scenario; something is planted in the second on the first day of the policy."""

    def __init__(self, scenario, plant, seed=1):
        self.plant = plant
        super().__init__((scenario, scenario), seed)

    def _begin(self, progress):
        (trunk,) = super()._begin(progress)
        other = copied(trunk)
        other.make_room()  # for what is planted
        return [trunk, self.plant(other) or other]
