"""Mesa's own page on this model. Run with `uv run --extra mesa-page solara run examples/mesa_page.py`."""

import mesa
import pandas as pd
import solara
from deflect.agents.handles import Resident
from deflect.model.community import CommunityModel
from mesa.visualization import Slider, SolaraViz, make_plot_component
from mesa.visualization.utils import update_counter

COUNTED = ("methadone", "buprenorphine", "waiting", "jailed")
CHOICES = {
    "policy": {"type": "Select", "value": "status_quo", "values": ["status_quo", "full_package"], "label": "policy"},
    "rng": {"type": "InputText", "value": "1", "label": "seed"},
    "intake_days": Slider("days to the first appointment", 7, 0, 60, 1),
}


class Town(CommunityModel):
    """A small town whose parameters are those of the page, which hands the seed over as text."""

    def __init__(self, policy="status_quo", rng="1", intake_days=7):
        super().__init__(policy, rng=int(rng), place="54011", residents=2000, treatment__intake_days=intake_days)
        self.datacollector = mesa.DataCollector({name: lambda town, name=name: town.tonight[name] for name in COUNTED})
        self.datacollector.collect(self)

    def step(self):
        """Live a day and note it."""
        super().step()
        self.datacollector.collect(self)


@solara.component
def People(town):
    """Count the residents by their use of opioids: a component of one's own, drawn again after each step."""
    update_counter.get()
    people = town.agents_by_type[Resident].groupby("use").count().items()
    rows = [("no history" if use is None else use.name.lower(), count) for use, count in people]
    solara.DataFrame(pd.DataFrame(rows, columns=["opioid use", "residents"]))


PARTS = [make_plot_component(list(COUNTED), backend="matplotlib"), People]


@solara.component
def Page():
    """Give every visitor a town of their own; one made outside of here would be shared by all."""
    SolaraViz(solara.use_memo(Town, []), components=PARTS, model_params=CHOICES, name="Deflect", render_interval=7)
