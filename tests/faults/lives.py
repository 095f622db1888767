"""Faults of two lives: somebody else's life, a past that is not shared, causes that are guessed, one direction only."""

from . import Fault

TESTS = "tests/experiments/test_lives.py"
CAUSE = "tests/experiments/test_lives_cause.py"

FAULTS = (
    Fault(
        "people_by_row",
        "experiments/lives/worlds.py",
        '        rows = rows_of(a["key"], b["key"])\n',
        "        rows = np.where(np.arange(len(a)) < len(b), np.arange(len(a)), -1)\n",
        f"{TESTS}::test_people_are_the_same_by_key_wherever_their_rows_are",
        "two people who stand in the same row are taken for one",
    ),
    Fault(
        "others_by_row",
        "experiments/lives/events.py",
        "            other[named] = keys[table][other[named]]\n",
        "            pass\n",
        f"{TESTS}::test_people_are_the_same_by_key_wherever_their_rows_are",
        "a friend in another row is taken for another friend",
    ),
    Fault(
        "amounts_unseen",
        "experiments/lives/events.py",
        'events["place"], who, other, amount], axis=1)',
        'events["place"], who, other, 0 * amount], axis=1)',
        f"{TESTS}::test_first_days_are_those_of_the_stories",
        "an overdose is taken for the same one however likely death was",
    ),
    Fault(
        "parted_too_late",
        "experiments/lives/events.py",
        "        if one != other:\n            return place\n",
        "        if one != other:\n            return place + 1\n",
        f"{TESTS}::test_both_lives_are_one_until_they_part",
        "the shared past reaches one event into the two lives",
    ),
    Fault(
        "only_the_saved",
        "experiments/lives/people.py",
        "            found[id].append(who & both)\n",
        "            found[id].append(who & both & (one is a))\n",
        f"{TESTS}::test_the_other_way_round_is_the_other_way_round",
        "those whom the policy lost are not counted",
    ),
    Fault(
        "another_days_event",
        "experiments/lives/text.py",
        "    said = [[event(words[side], item) for item in items[side]] for side in SIDES]\n",
        "    said = [[event(words[0], item) for item in items[side]] for side in SIDES]\n",
        f"{TESTS}::test_what_is_printed_happened_on_that_day_in_that_world",
        "the events of one world are told from the table of the other",
    ),
    Fault(
        "always_in_treatment",
        "experiments/lives/states.py",
        "            track.append((item.day, int(Care.NONE)))\n",
        "            pass\n",
        f"{TESTS}::test_how_somebody_stood_is_what_the_world_says",
        "nobody ever leaves treatment in the figure",
    ),
    Fault(
        "wider_than_the_screen",
        "experiments/lives/text.py",
        "    cell = (width - DAY - 4) // 2\n    columns",
        "    cell = (width - DAY + 8) // 2\n    columns",
        f"{TESTS}::test_narrow_and_wide_tell_the_same_within_their_lines",
        "lines run over the edge of the terminal",
    ),
    Fault(
        "a_list_that_forgets",
        "experiments/lives/parts.py",
        "            clock[count] = len(rows)\n",
        "            pass\n",
        f"{CAUSE}::test_the_person_whose_part_it_is_is_found",
        "who is put on the waiting list of a copy is not seen there",
    ),
    Fault(
        "everybody_but",
        "experiments/lives/parts.py",
        "return (keys == self.key) != self.but",
        "return (keys == self.key) == self.but",
        f"{CAUSE}::test_a_part_is_put_in_for_those_meant_alone",
        "one person is taken for everybody else",
    ),
    Fault(
        "officers_must_be_as_many",
        "experiments/lives/parts.py",
        "into.state = into.state._replace(officers=source.state.officers.copy(), posts=source.state.posts.copy())",
        "into.state.officers[...] = source.state.officers",
        f"{CAUSE}::test_officers_who_were_hired_in_one_world_only_are_put_in_too",
        "a recruit in one world only breaks the trial",
    ),
    Fault(
        "any_day_will_do",
        "experiments/lives/trial.py",
        "        return lived == theirs\n",
        "        return True\n",
        f"{CAUSE}::test_a_planted_kit_is_found",
        "the first part tried is blamed whatever the day is like",
    ),
    Fault(
        "levers_at_random",
        "experiments/lives/cause.py",
        "        value = d.value if side == 0 else d.base\n",
        "        value = d.base if side == 0 else d.value\n",
        f"{CAUSE}::test_the_one_lever_that_differs_is_found",
        "a lever is left as it stands, so that none is ever found",
    ),
)
