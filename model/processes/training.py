"""Trauma-informed practice: courses for officers, programme staff and treatment staff, and how what they taught fades.

Safety acts on how a contact with an officer is lived, connection on accepting what a team offers, managing impulses on
staying in treatment. An officer's gain is their own: some come out of a course with a worse attitude than before.
"""

import math

from ...agents.compiled import compiled
from ...agents.officer import serves
from ...agents.table import NONE
from ..events import NOWHERE, TRAINED, Kind, happened
from ..process import process
from ..randomness import Stream, draw

_TRAINING = 31
_DAY, _GAIN = range(2)
MONTH_DAYS = 365.25 / 12
COACHED_DAYS = 5  # a course this long, coached in the field, changes conduct too


@compiled(kept=True)
def _teach_officers(world):
    """Let what was learned fade, and teach the officers whose course is due."""
    clock, rules = world.clock[0], world.rules[0]
    for row in range(len(world.officers)):
        officer = world.officers[row]
        if not serves(officer, clock.day):
            continue
        officer.attitude *= rules.attitude_keep
        officer.conduct *= rules.attitude_keep
        if officer.away_until > clock.day:
            continue
        if rules.training_days > 0.0 and officer.training_rank < rules.training_coverage:
            if _is_due(world, officer):
                _teach(world, row)


@compiled
def _is_due(world, officer):
    """Is an officer's course due? The first within the days of the roll-out, then at every refresher."""
    clock, rules = world.clock[0], world.rules[0]
    if officer.trained_day < rules.course_since:
        u = draw(clock.seed, _TRAINING, officer.key, int(rules.course_since), _DAY)
        return clock.day - rules.course_since >= int(u * rules.training_rollout_days)
    again = rules.training_refresher_months * MONTH_DAYS
    return again > 0.0 and clock.day - officer.trained_day >= again


@compiled
def _teach(world, row):
    """Teach one officer: the same course leaves the same person with the same gain, however often."""
    clock, rules = world.clock[0], world.rules[0]
    officer = world.officers[row]
    u = draw(clock.seed, _TRAINING, officer.key, 0, _GAIN)
    normal = world.normal_bins[int(u * len(world.normal_bins))]
    gain = rules.training_attitude_gain + rules.attitude_gain_sd * normal
    officer.attitude = gain + rules.training_cotrainer_gain * rules.training_survivor_cotrainer
    officer.conduct = rules.training_conduct_gain if rules.training_days >= COACHED_DAYS else 0.0
    officer.trained_day = clock.day
    happened(world, TRAINED, NONE, row, rules.training_days, NONE, NOWHERE)


@compiled(kept=True)
def _teach_staff(world):
    """Work out how trauma-informed teams and providers work today, by the days since their last course."""
    clock, rules = world.clock[0], world.rules[0]
    rules.team_informed, rules.providers_taught = rules.team_trauma_informed, 0.0
    if rules.training_staff <= 0.0 and rules.training_providers <= 0.0:
        return
    days = clock.day - rules.staff_since
    again = rules.training_refresher_months * MONTH_DAYS
    if again > 0.0:
        days = days % again
    left = math.pow(rules.attitude_keep, float(days))
    rules.team_informed = max(rules.team_trauma_informed, rules.training_staff * rules.training_connection * left)
    rules.providers_taught = rules.training_providers * rules.training_managing_impulses * left


@process(
    writes=("officers.attitude, conduct, trained_day", "rules.providers_taught, team_informed"),
    draws=(Stream.TRAINING,),
    emits=(Kind.TRAINED,),
)
def teach(world) -> None:
    """Hold the courses of today; what earlier ones taught fades."""
    _teach_officers(world.view)
    _teach_staff(world.view)
