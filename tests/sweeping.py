"""What other processes do in the tests of sweeps: tasks that kill their worker."""

import os

from deflect.experiments.sweep import live_task

DEADLY = 3  # the seed that kills


def deadly_task(task, progress=None):
    """Live a task, but end the process at the deadly seed."""
    if any(job.seed == DEADLY for job in task.jobs):
        os._exit(9)
    return live_task(task, progress)
