"""Faults of many runs at once: tasks lost, deaths that cost too much, workers that are left behind."""

from . import Fault

PROCESSES = "tests/experiments/test_processes.py"
REPORT = "tests/experiments/test_report.py"

FAULTS = (
    Fault(
        "orphans",
        "experiments/workers.py",
        "    threading.Thread(target=_end_with_parent, daemon=True).start()\n",
        "",
        f"{PROCESSES}::test_no_worker_outlives_a_driver_that_is_killed",
        "workers of a driver that is killed go on until their task is done",
    ),
    Fault(
        "nobody_in_their_place",
        "experiments/processes.py",
        "        if self.next is not None:\n            self.start(1)\n            self.get_ready(1)\n",
        "",
        f"{PROCESSES}::test_a_death_that_is_borne_costs_one_task_and_another_worker_takes_its_place",
        "each death leaves one worker fewer, and the last one ends the work half done",
    ),
    Fault(
        "dead_for_ever",
        "experiments/processes.py",
        " or self.deaths > READY_OR_NOT",
        " and self.deaths > READY_OR_NOT",
        f"{PROCESSES}::test_a_death_that_is_not_borne_names_its_task_and_ends_the_work",
        "a death that nobody bears goes unsaid",
    ),
    Fault(
        "everything_is_kept",
        "experiments/processes.py",
        "                elif done is not None:\n                    done(at.slot, value)\n                else:\n",
        "                else:\n                    if done:\n                        done(at.slot, value)\n",
        f"{PROCESSES}::test_values_are_handed_over_as_they_come_and_none_is_kept",
        "values are told and kept as well, so that memory grows with every task",
    ),
    Fault(
        "all_tasks_at_once",
        "experiments/processes.py",
        "        self.waiting = enumerate(tasks)\n",
        "        self.waiting = enumerate(list(tasks))\n",
        f"{PROCESSES}::test_values_are_handed_over_as_they_come_and_none_is_kept",
        "all tasks are made before the first is lived",
    ),
    Fault(
        "kept_for_nothing",
        "experiments/kept.py",
        "        return runs if all(runs) else None\n",
        "        return None\n",
        f"{REPORT}::test_runs_that_were_stopped_go_on_and_end_with_the_same_files",
        "a report that was stopped lives every run again",
        compiled=True,
    ),
    Fault(
        "kept_in_part",
        "experiments/kept.py",
        'TABLES = ("monthly", "groups", "neighbourhoods", "cascade", "quantities")',
        'TABLES = ("monthly", "neighbourhoods", "cascade", "quantities")',
        f"{REPORT}::test_runs_that_were_stopped_go_on_and_end_with_the_same_files",
        "a run that is read from its file has lost what it says of groups",
        compiled=True,
    ),
)
