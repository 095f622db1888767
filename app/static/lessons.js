// Lessons: a question, a guess, and what the runs say; the words of the answer come from the runs.

import { run } from "./api.js";
import { announce, h, replace } from "./dom.js";
import { interval } from "./interval.js";
import { state } from "./state.js";
import { minus, policy } from "./words.js";

const KEPT = "deflect lessons";
let open = null; // the lesson and step a visitor was at: {id, step, guesses, readings}
const answered = JSON.parse(sessionStorage.getItem(KEPT) || "{}"); // lesson: [{guess, found, sentence} of each question]

function record(lesson, number, guess, reading) {
  (answered[lesson] ||= [])[number] = { guess, found: reading.answer, sentence: reading.sentence };
  sessionStorage.setItem(KEPT, JSON.stringify(answered));
}

export function show(main, shared) {
  let job = null;
  if (open) walk();
  else list();
  return () => job?.stop();

  function list() {
    job?.stop();
    open = null;
    replace(main, h("h1", "Five short walks"),
      h("p.quiet", "Each asks before it shows. Guess, then let the same people live twice and see what these runs can tell."),
      h("div.cards", shared.choices.lessons.map((lesson) => h("section.card", h("h2", lesson.title), h("p", lesson.about), score(lesson),
        h("div", h("button.go", { type: "button", id: `lesson-${lesson.id}`, onclick: () => { open = { id: lesson.id, step: 0, guesses: [], readings: [] }; walk(); } }, "Begin"))))));
  }

  function score(lesson) {
    const done = (answered[lesson.id] || []).filter(Boolean);
    return done.length ? h("p.note", `${done.length} of ${lesson.steps.length} answered, ${done.filter((one) => one.guess === one.found).length} as guessed`) : null;
  }

  // What was guessed, and what the runs said, at the end of a walk.
  function review() {
    const lesson = shared.choices.lessons.find((one) => one.id === open.id);
    const text = (step, id) => step.options.find((one) => one.id === id)?.text || "–";
    replace(main, h("h1", `${lesson.title}: what you guessed, what these runs said`),
      h("div.wide", h("table", { id: "review" }, h("thead", h("tr", ["Question", "Your guess", "These runs"].map((name) => h("th", { scope: "col" }, name)))),
        h("tbody", lesson.steps.map((step, i) => {
          const one = answered[lesson.id]?.[i];
          return h("tr", h("th", { scope: "row" }, step.question), h("td", one ? text(step, one.guess) : "–"),
            h("td", one ? [h("b", `${one.guess === one.found ? "● " : "○ "}${text(step, one.found)}`), h("small.range-of", one.sentence)] : "not asked"));
        })))),
      h("p.note", "A guess that the runs do not share is not wrong: they are of one model, in one place, with its unknowns."),
      h("p", h("button.go", { type: "button", id: "back", onclick: list }, "Back to the lessons")));
  }

  function walk() {
    job?.stop();
    const lesson = shared.choices.lessons.find((one) => one.id === open.id);
    const step = lesson.steps[open.step], number = open.step;
    const result = h("div", { "aria-live": "polite" });
    const go = h("button.go", { type: "button", id: "ask", disabled: !open.guesses[number], onclick: begin }, "Run it");
    const labels = step.options.map((option) => h("label", { "data-answer": option.id },
      h("input", { type: "radio", name: "guess", value: option.id, checked: open.guesses[number] === option.id,
        onchange: () => { open.guesses[number] = option.id; go.disabled = false; } }), option.text));
    const last = number === lesson.steps.length - 1;
    const onward = h("button", { type: "button", id: "onward", disabled: !open.readings[number]?.done, onclick: () => { if (last) review(); else { open.step += 1; walk(); } } },
      last ? "What you guessed" : "Next question");
    replace(main,
      h("p.dots", h("button.why", { type: "button", onclick: list }, "Lessons"), `${lesson.title}: question ${number + 1} of ${lesson.steps.length}`),
      h("h1.question", { tabindex: -1, id: "question" }, step.question),
      h("fieldset.guesses", h("legend", "Your guess"), h("div", labels)),
      h("div.share", go, onward, h("span.quiet", told(step))),
      result);
    document.getElementById("question").focus({ preventScroll: true });
    if (open.readings[number]) draw();

    function begin() {
      go.disabled = true;
      const mine = (open.readings[number] = { pairs: 0, of: 0, guess: open.guesses[number], reading: null, done: false, problem: "", waiting: "" });
      const after = () => { if (open?.readings[number] === mine) draw(); };
      job?.stop();
      job = run("lesson", { lesson: lesson.id, step: number, place: state.place, seed: state.seed }, {
        preparing: (said) => { mine.waiting = said.text; after(); },
        queued: (said) => { mine.waiting = `${said.ahead} others are at work; you take turns.`; after(); },
        start: (said) => { mine.of = said.pairs; mine.place = said.place; mine.residents = said.residents; mine.waiting = ""; after(); },
        table: (said) => { mine.pairs = said.pairs; after(); },
        reading: (said) => { mine.reading = said; after(); },
        finished: () => { mine.done = true; record(lesson.id, number, mine.guess, mine.reading); announce(mine.reading.sentence); after(); },
        replaced: (said) => { mine.problem = said.text; after(); },
        problem: (said) => { mine.problem = said.text; after(); },
      });
      draw();
    }

    function draw() {
      const mine = open.readings[number], found = mine.reading;
      onward.disabled = !mine.done;
      go.disabled = !open.guesses[number] || (!mine.done && !mine.problem && mine.pairs < mine.of);
      if (mine.done) go.textContent = "Run it again";
      for (const label of labels) label.classList.toggle("found", mine.done && label.dataset.answer === found?.answer);
      const progress = h("div.progress", h("progress", { max: mine.of || 1, value: mine.pairs }), h("span", mine.waiting || `${mine.pairs} of ${mine.of} pairs of runs${mine.place ? `, ${mine.place}` : ""}`));
      if (mine.problem) { replace(result, h("p.problem", { role: "alert" }, mine.problem)); return; }
      if (!found) { replace(result, progress, h("p.quiet", "Below five pairs it is too early to tell.")); return; }
      replace(result, progress, h("div.result",
        h("div", h("p.sentence", { id: "reading" }, found.sentence),
          mine.done ? h("p", { id: "guessed" }, mine.guess === found.answer ? "That is what you guessed." : "You guessed otherwise.") : null,
          found.after ? h("p.after", found.after) : null,
          mine.done ? h("p.note", `${mine.residents.toLocaleString("en-US")} people simulated; 95 % interval, chance alone: what is not known about the model’s numbers comes on top.`) : null),
        interval(found, policy(step.policies[0]) + (step.changed[0] ? " (changed)" : ""), policy(step.policies[1]) + (step.changed[1] ? " (changed)" : ""))));
    }
  }

  function told(step) {
    const names = step.policies.map((name, i) => policy(name) + (step.changed[i] ? " (changed)" : ""));
    return minus(`${names[1]} against ${names[0]}${step.place === "US" ? ", US average community" : ""}`);
  }
}
