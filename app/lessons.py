"""Five guided walks: a question, a guess, and the answer of runs made there and then.

What a lesson says of its result is computed from the runs: the sentence of the outcome, and one of its texts by what
these runs can tell. No text claims an answer before it is there.
"""

from collections.abc import Mapping
from typing import Any, NamedTuple

from ..scenarios.errors import InputError
from . import choices

FEWER, MORE, UNCLEAR = "fewer", "more", "unclear"  # answers to a question about an outcome
NARROWS, WIDENS = "narrows", "widens"  # and about a gap
PAIRS, YEARS, RESIDENTS = 10, 2, 10_000
COUNTED = ((FEWER, "Clearly fewer"), (MORE, "Clearly more"), (UNCLEAR, "No clear difference"))
LESS = ((FEWER, "Clearly less"), (MORE, "Clearly more"), (UNCLEAR, "No clear difference"))
GAP = ((NARROWS, "It clearly narrows"), (WIDENS, "It clearly widens"), (UNCLEAR, "No clear change"))


class Step(NamedTuple):
    """One question of a lesson: two policies, one outcome or gap, and what to say of each answer."""

    question: str
    a: tuple[str, dict[str, Any]]
    b: tuple[str, dict[str, Any]]
    outcome: str
    after: Mapping[str, str]  # by answer
    options: tuple[tuple[str, str], ...] = COUNTED
    gap: tuple[str, str] | None = None  # group and its reference, where the question is about a gap
    switches: Mapping[str, str] = {}
    place: str | None = None  # where the question needs another place than the visitor's
    residents: int = RESIDENTS


class Lesson(NamedTuple):
    """A walk of a few steps."""

    id: str
    title: str
    about: str
    steps: tuple[Step, ...]


TODAY = ("status_quo", {})
OFFERS = ("officer_intervention", {})
ALL = ("full_deflection", {})
SLOTS = {"treatment.slots_buprenorphine": 1.5, "treatment.slots_methadone": 1.5, "treatment.intake_days": 3.0}
CANNOT = "These runs cannot tell. That is an answer too: an effect beyond the interval is unlikely."

LESSONS = (
    Lesson(
        "alone",
        "What deflection can and cannot do alone",
        "Police hand people over instead of arresting them. What follows, when nothing else changes?",
        (
            Step(
                "Half of the officers may offer a programme in place of a charge. What happens to arrests?",
                TODAY,
                OFFERS,
                "arrests",
                {
                    FEWER: "Where an offer is made and accepted, the charge is held and nobody is booked. But only "
                    "some contacts are eligible, and in only some of these do officers offer.",
                    MORE: "More arrests is not what the policy is for; Compare shows where they come from.",
                    UNCLEAR: CANNOT + " Offers are made in a part of eligible contacts only.",
                },
            ),
            Step(
                "The same policy. What happens to expected overdose deaths?",
                TODAY,
                OFFERS,
                "expected_deaths",
                {
                    FEWER: "A path from a contact to care is long: offer, acceptance, arrival, a free place, staying. "
                    "Here enough came through to be seen.",
                    MORE: "Not what anybody hopes for. Look at waiting and entries: who took the places?",
                    UNCLEAR: CANNOT + " Diversion without more treatment moves people to the end of the same line.",
                },
            ),
            Step(
                "All six pathways are running. Now half as many treatment places again, and the four areas, on top. "
                "What happens to expected overdose deaths?",
                ALL,
                ("full_package", {}),
                "expected_deaths",
                {
                    FEWER: "The same hand-offs, and somewhere to arrive. Deflection is a door; this is the house.",
                    MORE: "Unexpected; look at Differences before believing a story about it.",
                    UNCLEAR: CANNOT + " Run it with more pairs under Compare.",
                },
            ),
        ),
    ),
    Lesson(
        "slots",
        "Why treatment places matter",
        "A hand-off is worth what is behind it.",
        (
            Step(
                "All six pathways open, no new places. How many people wait for treatment?",
                TODAY,
                ALL,
                "waiting",
                {
                    MORE: "More people ask, and the places are those of before: the line grows.",
                    FEWER: "Here the line became shorter although more people are referred; look at entries and exits.",
                    UNCLEAR: CANNOT,
                },
            ),
            Step(
                "With the pathways open: half as many places again, first appointment within three days. "
                "How many people enter treatment?",
                ALL,
                ("full_deflection", SLOTS),
                "entries",
                {
                    MORE: "The same police, the same offers: places and a short wait turned more of them into care.",
                    FEWER: "Fewer entries with more places: people may stay longer. Look at people on medication.",
                    UNCLEAR: CANNOT + " Where places stand empty already, more of them change little.",
                },
            ),
            Step(
                "And expected overdose deaths?",
                ALL,
                ("full_deflection", SLOTS),
                "expected_deaths",
                {
                    FEWER: "Time on methadone or buprenorphine lowers the risk: places save lives by being used.",
                    MORE: "Unexpected; look at Differences before believing a story about it.",
                    UNCLEAR: CANNOT + " Entries are many, deaths few: they need more pairs to be seen.",
                },
            ),
        ),
    ),
    Lesson(
        "force",
        "A burned-out force",
        "Officers who are worn out are the ones who are to make the offers.",
        (
            Step(
                "The same deflection, with a force worn out by one standard deviation. How many officers leave?",
                OFFERS,
                ("officer_intervention", {"officer_wellness.burnout": 1.0}),
                "officers_left",
                {
                    MORE: "Worn-out officers leave more often: the direction was published, the size is judgement. "
                    "A post then stays empty for months.",
                    FEWER: "Chance can do that in a small force; the published link goes the other way.",
                    UNCLEAR: CANNOT + " Few officers serve a town of this size, and few of them leave in two years.",
                },
            ),
            Step(
                "How many offers of deflection do they make?",
                OFFERS,
                ("officer_intervention", {"officer_wellness.burnout": 1.0}),
                "offers",
                {
                    FEWER: "But nobody has measured whether burnout lowers offers: it is a judgement in the "
                    "model. The next question takes it out.",
                    MORE: "Unexpected: in the model burnout lowers the chance of an offer. Contacts may have differed.",
                    UNCLEAR: CANNOT + " Whether burnout lowers offers at all, nobody has measured.",
                },
            ),
            Step(
                "The same two forces, with that unmeasured link turned off. How many offers now?",
                OFFERS,
                ("officer_intervention", {"officer_wellness.burnout": 1.0}),
                "offers",
                {
                    FEWER: "Still fewer: officers who are away or have left make no offers.",
                    MORE: "More offers from a worn-out force: not through the link that is off.",
                    UNCLEAR: CANNOT + " If the last answer was clear, it hung on a link that nobody measured.",
                },
                switches={"burnout_to_offers": "off"},
            ),
        ),
    ),
    Lesson(
        "child",
        "The child in the next room",
        "Many who overdose live with children. Families alone, without any pathway of deflection.",
        (
            Step(
                "After an overdose call or an arrest, families are looked up, get a kit, some get help. "
                "How many children see an overdose at home?",
                TODAY,
                ("families", {}),
                "children_witnessed",
                {
                    FEWER: "Fewer overdoses at home with a child there, in these runs.",
                    MORE: "Who survives can overdose again, and the policy comes after the event.",
                    UNCLEAR: CANNOT + " The policy comes after the event; it saves, it does not undo.",
                },
            ),
            Step(
                "How many children begin therapy?",
                TODAY,
                ("families", {}),
                "children_in_therapy",
                {
                    MORE: "Police give the school a name, and a counsellor looks. How often a notice leads to "
                    "therapy is a judgement, and the number hangs on it.",
                    FEWER: "Unexpected; look at the notices to schools under Children.",
                    UNCLEAR: CANNOT,
                },
            ),
            Step(
                "How many children live with a parent’s untreated use?",
                TODAY,
                ("families", {}),
                "children_exposed",
                {
                    FEWER: "Relatives who are coached bring some parents to treatment, and services help them stay.",
                    MORE: "A parent who survives and is not treated goes on being there: more can mean that more live.",
                    UNCLEAR: CANNOT + " What changes this is the parents’ treatment, and here no places were added.",
                },
            ),
        ),
    ),
    Lesson(
        "left_out",
        "Who is left out",
        "Averages can improve while a gap stays. An average American community, so that there are groups to compare.",
        (
            Step(
                "Officers may offer a programme in place of a charge. The gap in arrests between Black and white "
                "residents with opioid use disorder: what happens to it?",
                TODAY,
                OFFERS,
                "arrests",
                {
                    NARROWS: "Those who are stopped most have most to gain from an offer, unless offers pass them by.",
                    WIDENS: "The offers went more to those who were stopped less.",
                    UNCLEAR: "These runs cannot tell. Who is on probation or has a warrant is not eligible, and the "
                    "model has officers offer less often to Black residents: a finding on prosecutors, carried over to "
                    "police.",
                },
                GAP,
                ("black", "white"),
                place="US",
                residents=20_000,
            ),
            Step(
                "All six pathways. The gap in treatment entries between Black and white residents?",
                TODAY,
                ALL,
                "entries",
                {
                    NARROWS: "More doors, and not only those that police hold open.",
                    WIDENS: "The new doors opened wider for those who had less to fear from police.",
                    UNCLEAR: "These runs cannot tell. Differences in access to treatment itself are not in the "
                    "model; it cannot show what was not put in.",
                },
                GAP,
                ("black", "white"),
                place="US",
                residents=20_000,
            ),
        ),
    ),
)
BY_ID = {lesson.id: lesson for lesson in LESSONS}


def catalogue() -> list[dict[str, Any]]:
    """Return what the page shows before a lesson is begun: never an answer."""
    return [
        {
            "id": lesson.id,
            "title": lesson.title,
            "about": lesson.about,
            "steps": [
                {
                    "question": step.question,
                    "options": [{"id": id, "text": text} for id, text in step.options],
                    "policies": [step.a[0], step.b[0]],
                    "changed": [bool(step.a[1]), bool(step.b[1])],
                    "place": step.place,
                }
                for step in lesson.steps
            ],
        }
        for lesson in LESSONS
    ]


def step_of(lesson: str, number: int) -> Step:
    """Return one step. Raises InputError for one that there is not."""
    if lesson not in BY_ID:
        raise InputError("There is no such lesson.")
    return BY_ID[lesson].steps[choices.whole(number, "step", 0, len(BY_ID[lesson].steps) - 1)]


def asked(step: Step, place: str, seed: int) -> choices.Asked:
    """Return the question that the runs of a step answer, in a place."""
    return choices.read(
        {
            "place": step.place or place,
            "years": YEARS,
            "residents": step.residents,
            "pairs": PAIRS,
            "seed": seed,
            "a": {"policy": step.a[0], "levers": step.a[1]},
            "b": {"policy": step.b[0], "levers": step.b[1]},
            "switches": dict(step.switches),
        }
    )
