// Two lives: one person in both worlds of one seed, side by side, from the day on which their lives part.

import { run } from "./api.js";
import { announce, h, replace } from "./dom.js";
import { asked, query, state } from "./state.js";
import { minus, plural, policy, whole } from "./words.js";

let kept = null; // the last answer, for what was asked

export function show(main) {
  let job = null;
  const result = h("div", { "aria-live": "polite" });
  const go = h("button.go", { type: "button", id: "run", onclick: () => begin(null) }, "Live the two worlds");
  replace(main, h("h1", "One person, two policies"),
    h("p.quiet", `The same people with the same luck, once under ${policy(state.a.policy)}, once under ${policy(state.b.policy)}. One seed is an illustration, not evidence: Compare says what a policy does on average.`),
    h("p", go), result);
  if (kept?.query === query()) draw();
  return () => job?.stop();

  function begin(person) {
    job?.stop();
    const mine = (kept = { query: query(), told: null, problem: "", waiting: "Both worlds are lived, and the day the lives part is looked into…" });
    const after = () => { if (kept === mine) draw(); };
    job = run("lives", { asked: asked(), person }, {
      preparing: (said) => { mine.waiting = said.text; after(); },
      queued: (said) => { mine.waiting = `${plural(said.ahead, "other visitor")} at work; you take turns.`; after(); },
      lives: (said) => { mine.told = said; announce("Two lives"); after(); },
      replaced: (said) => { mine.problem = said.text; after(); },
      problem: (said) => { mine.problem = said.text; after(); },
    });
    draw();
  }

  function draw() {
    const told = kept.told;
    if (kept.problem) { replace(result, h("p.problem", { role: "alert" }, kept.problem)); return; }
    if (!told) { replace(result, h("p.quiet", kept.waiting)); return; }
    const names = told.labels.map(policy);
    replace(result, h("div.lives",
      h("div", told.person === null ? h("p.lead", "No life differed between these two worlds.") : person(told, names)),
      h("aside.card", h("h2", "Both ways"),
        h("p", `Of ${whole(told.both)} people who live in both worlds, with those who were born or moved in on the way, something happened to ${whole(told.differ)} in one of them only.`),
        h("div.wide", h("table", h("thead", h("tr", h("th", "in one world … in the other"), names.map((name) => h("th.n", { scope: "col" }, `worse under ${name}`)))),
          h("tbody", told.counts.map((row) => h("tr", h("th", { scope: "row" }, row.worse, h("small", row.better)), row.numbers.map((number) => h("td.n", whole(number)))))))),
        h("h3", "Others to tell of"),
        h("ul.told", told.people.map((one) => h("li", h("button.why", { type: "button", onclick: () => begin(one.person) }, `resident ${one.person}`), ` ${one.who}`))),
        h("p.note", `${told.place}, seed ${told.seed}, ${plural(told.years, "year")}, ${whole(told.residents)} people simulated.`))));
  }

  function person(told, names) {
    return [
      h("h2", { id: "who" }, `${told.who[0].toUpperCase()}${told.who.slice(1)}`, " ", h("small.quiet", `resident ${told.person}`)),
      h("div.two", names.map((name, side) => h(`section.card.side.side-${"ab"[side]}`, h("h3", `${"AB"[side]}: ${name}`), h("p.lead", told.ends[side])))),
      told.parted === null ? null : h("p", h("b", `Their lives part on day ${told.parted}.`)),
      h("div.wide", h("table.days", h("thead", h("tr", h("th", "day"), names.map((name) => h("th", { scope: "col" }, name)))),
        h("tbody", told.days.map((day) => h(`tr${day.day === told.parted ? ".parted" : ""}`, h("td.when", minus(day.day)),
          ["a", "b"].map((side) => h("td", day[side].map((event) => h(`p${event.shared ? ".shared" : ""}`, { title: event.because || null }, event.text))))))))),
      told.why ? h("details", { open: true }, h("summary", "Why did they part?"), h("pre.why-text", told.labels.reduce((text, label) => text.replaceAll(label, policy(label)), told.why))) : null,
    ];
  }
}
