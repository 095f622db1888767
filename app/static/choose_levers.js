// Choose levers: of one policy, group by group, each with its unit, what the policy says, and the evidence behind it.

import { h, replace } from "./dom.js";
import * as evidence from "./evidence.js";
import { address, change, state } from "./state.js";
import { lever as said, policy } from "./words.js";

let side = "b"; // whose levers, and which group was open
let open = "deflection";

export function levers(shared) {
  const list = h("div.card");
  const groups = h("div.groups", { role: "tablist", "aria-label": "Groups of levers", "aria-orientation": "vertical" });
  const which = h("div.segments", ["a", "b"].map((name) => h("label",
    h("input", { type: "radio", name: "side", value: name, checked: name === side, onchange: () => { side = name; draw(); } }),
    `${name.toUpperCase()}: ${policy(state[name].policy)}`)));

  function draw() {
    replace(groups, shared.choices.groups.map((group) => h("button", { type: "button", role: "tab", "aria-selected": String(group.id === open),
      onclick: () => { open = group.id; draw(); groups.querySelector("[aria-selected=true]").focus(); } }, group.title, count(group))));
    const group = shared.choices.groups.find((one) => one.id === open);
    replace(list, group.levers.map((told) => row(told, shared, draw)));
  }

  function count(group) {
    const changed = group.levers.filter((told) => told.path in state[side].levers).length;
    return changed ? ` (${changed} changed)` : "";
  }

  draw();
  return [
    h("h1", "Which levers?"),
    h("p", "Of ", which, h("span.quiet", "  Light blue: what is usual, where a range is known.")),
    h("div.levers", groups, list),
    h("p.note", "Dots: how good the evidence behind a number is; “why?” shows it. ",
      h("a", { href: address("budget"), id: "to-budget", onclick: (event) => { event.currentTarget.href = address("budget"); } }, "What would these levers cost, and what if money is short?")),
  ];
}

function row(told, shared, redraw) {
  const base = shared.choices.policies.find((one) => one.name === state[side].policy)?.levers[told.path] ?? told.default;
  const levers = state[side].levers;
  const value = told.path in levers ? levers[told.path] : base;
  const changed = told.path in levers;
  const id = `lever-${told.path}`;
  const output = h("output", { for: id }, said(told, value));

  function set(to, final) {
    output.textContent = said(told, to);
    change((s) => { if (to === base) delete s[side].levers[told.path]; else s[side].levers[told.path] = to; });
    if (final) { redraw(); document.getElementById(id)?.focus(); }
  }

  return h(`div.lever${changed ? ".changed" : ""}`,
    h("label", { for: id }, told.title, h("small", told.help)),
    control(told, value, id, set),
    output,
    h("span.tools",
      changed ? h("button.why", { type: "button", "aria-label": `Back to ${said(told, base)}`, onclick: () => set(base, true) }, "undo") : null,
      evidence.quality(told.quality), evidence.button(told.evidence, told.title)));
}

function control(told, value, id, set) {
  if (told.kind === "switch") {
    const box = h("input", { type: "checkbox", id, checked: Boolean(value), onchange: () => set(box.checked, true) });
    return h("div.choice", box);
  }
  if (told.kind === "choice") {
    const select = h("select", { id, onchange: () => set(Number(select.value), true) },
      told.options.map((one) => h("option", { value: one, selected: one === value }, one)));
    return h("div.choice", select);
  }
  const shown = Math.min(told.high, Math.max(told.low, value));
  const slider = h("input", { type: "range", id, min: told.low, max: told.high, step: told.step, value: shown,
    "aria-valuetext": said(told, value),
    oninput: () => { set(rounded(slider.value), false); slider.setAttribute("aria-valuetext", said(told, rounded(slider.value))); },
    onchange: () => set(rounded(slider.value), true) });
  slider.value = shown;
  return h("div.range", slider, usual(told));
}

function rounded(text) {
  return Math.round(Number(text) * 10000) / 10000;
}

function usual(told) {
  if (!told.usual) return null;
  const [low, high] = told.usual.map((x) => (Math.min(told.high, Math.max(told.low, x)) - told.low) / (told.high - told.low));
  if (high - low > 0.99) return null;
  const mark = h("span.usual", { title: `usual: ${said(told, told.usual[0])} to ${said(told, told.usual[1])}` });
  mark.style.left = `${100 * low}%`;
  mark.style.width = `${100 * (high - low)}%`;
  return mark;
}
