// Choose: a place, two policies, their levers, the disputed links; a step each.

import { h, replace, tabs } from "./dom.js";
import * as evidence from "./evidence.js";
import { levers } from "./choose_levers.js";
import { place } from "./choose_place.js";
import { address, change, onChange, state } from "./state.js";
import { first, plural, policy, whole } from "./words.js";

const STEPS = [["place", "Place"], ["policies", "Policies"], ["levers", "Levers"], ["links", "Disputed links"]];
const PANELS = { place, policies, levers, links };
let step = "place"; // where the visitor was

export function show(main, shared) {
  const panel = h("div", { role: "tabpanel" });
  const bar = tabs("Steps", STEPS, step, (id) => {
    step = id;
    replace(panel, PANELS[id](shared));
    follow();
  });
  bar.classList.add("steps");
  const summary = h("p.summary");
  const next = h("button", { type: "button", onclick: () => bar.children[at() + 1].click() });
  const pairs = h("select", { "aria-label": "pairs of runs", onchange: () => change((s) => { s.pairs = Number(pairs.value); }) },
    pairChoices().map((n) => h("option", { value: n, selected: n === state.pairs }, `${n} pairs`)));
  const go = h("button.go", { type: "button", id: "run", onclick: () => { sessionStorage.setItem("run", "1"); location.hash = address("compare"); } }, "Run the comparison");
  replace(panel, PANELS[step](shared));
  follow();
  replace(main, bar, panel, h("div.run", summary, next, pairs, go));
  const tell = () => { summary.textContent = said(); };
  tell();
  return onChange(tell);

  function at() { return STEPS.findIndex(([id]) => id === step); }
  function follow() {
    next.hidden = at() === STEPS.length - 1;
    if (!next.hidden) next.textContent = `Next: ${STEPS[at() + 1][1].toLowerCase()}`;
  }
}

function pairChoices() {
  return [...new Set([5, 10, 20, 50, state.pairs])].sort((x, y) => x - y);
}

function said() {
  const people = `${whole(state.residents)} people simulated, ${plural(state.years, "year")}`;
  const off = Object.keys(state.switches).length;
  return `${policy(state.b.policy)} against ${policy(state.a.policy)}; ${people}${off ? `; ${plural(off, "disputed link")} changed` : ""}`;
}

// --- policies

function policies(shared) {
  return [
    h("h1", "Which two policies?"),
    h("p.quiet", "The same people live twice, with the same luck: once under each policy."),
    h("div.two", side("a", "A: compare with", shared), side("b", "B: the policy", shared)),
  ];
}

function side(name, title, shared) {
  const words = h("div");
  const select = h("select", { id: `policy-${name}`, onchange: () => { change((s) => { s[name] = { policy: select.value, levers: {} }; }); tell(); } },
    shared.choices.policy_groups.map((group) => h("optgroup", { label: group.title },
      group.policies.map((one) => h("option", { value: one, selected: one === state[name].policy }, policy(one))))));
  function tell() {
    const found = shared.choices.policies.find((one) => one.name === select.value);
    const [lead, rest] = first(found ? found.description : "");
    const changed = Object.keys(state[name].levers).length;
    replace(words, h("p.lead", lead), h("p", rest), changed ? h("p.note", `${plural(changed, "lever")} set otherwise`) : null);
  }
  tell();
  return h(`section.card.side.side-${name}`, h("h2", h("label", { for: `policy-${name}` }, title)), select, words);
}

// --- disputed links

function links(shared) {
  return [
    h("h1", "What if a disputed link is not there?"),
    h("p.quiet", "Studies disagree about these, or nobody has measured them. Turn one off, or make it strong, for both policies: does the answer change?"),
    h("div.card", shared.choices.switches.map(link)),
  ];
}

function link(told) {
  const chosen = state.switches[told.name] || "base";
  const segments = ["off", "base", "strong"].map((word) =>
    h("label", h("input", { type: "radio", name: told.name, value: word, checked: word === chosen,
      onchange: () => change((s) => { if (word === "base") delete s.switches[told.name]; else s.switches[told.name] = word; }) }), word));
  return h("div.link", { role: "group", "aria-label": told.title },
    h("p", told.title, told.unmeasured ? h("span.badge", "never measured") : null),
    h("div.segments", segments),
    h("span.tools", evidence.quality(told.quality), evidence.button(told.evidence, told.title)));
}
