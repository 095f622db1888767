// Budget: what the levers of a policy would cost a year beyond today, and what a limit leaves of them.

import { ask } from "./api.js";
import { h, replace } from "./dom.js";
import { address, asked, change, state } from "./state.js";
import { minus, policy } from "./words.js";

const LIMIT = "budget.dollars_per_year", OVER = "budget.over";

export function show(main) {
  const side = "b";
  const bill = h("section.card", { "aria-live": "polite" }), verdict = h("div", { "aria-live": "polite" });
  const onward = h("p", { hidden: true }, h("a", { id: "to-compare" }, "Compare it with this budget"));
  const input = h("input", { type: "number", id: "limit", min: 0, step: 50000, value: state[side].levers[LIMIT] ?? "", placeholder: "no limit",
    onchange: () => { change((st) => { const value = Number(input.value); if (input.value === "" || !(value >= 0)) { delete st[side].levers[LIMIT]; delete st[side].levers[OVER]; } else st[side].levers[LIMIT] = value; }); tell(); } });
  const over = h("div.segments", [["refuse", "refuse it"], ["scale", "scale its levers down"]].map(([value, words]) => h("label",
    h("input", { type: "radio", name: "over", value, checked: value === (state[side].levers[OVER] || "refuse"),
      onchange: () => { change((st) => { st[side].levers[OVER] = value; }); tell(); } }), words)));
  replace(main,
    h("h1", `What would ${policy(state[side].policy)} cost a year?`),
    h("div.two", bill, h("div",
      h("p", h("label", { for: "limit" }, "Most that its levers may cost a year, in dollars"), input),
      h("p", "If it costs more: ", over), verdict,
      onward,
      h("p.note", "Levers are priced as planned for the whole place, over what is spent today; a lever that is a rule or a law has no price here. What then happens has its own bill: Compare, Cost."))));
  tell();

  async function tell() {
    onward.firstChild.href = address("compare");
    onward.hidden = state[side].levers[LIMIT] === undefined;
    try {
      const told = await ask("/api/budget", { asked: asked(), side });
      replace(bill, h("h2", told.items.length ? `${told.said} a year over today` : "Nothing over today"),
        told.items.length ? list(told.items, told.verdict.items) : h("p.quiet", "None of its levers costs anything beyond the status quo."),
        h("p.note", `Dollars of ${told.year}.${told.verdict.items ? " Dark: what the budget leaves." : ""}`));
      replace(verdict, h(told.verdict.kind === "refused" ? "p.problem" : "p.lead", { id: "verdict" }, told.verdict.text));
    } catch (problem) {
      replace(bill, h("p.problem", problem.message));
    }
  }
  return null;
}

function list(items, left) {
  const most = Math.max(...items.map((item) => Math.abs(item.dollars)), 1);
  return h("ul.bill", items.map((item) => {
    const kept = left?.find((one) => one.title === item.title);
    const bar = h("span.amount"), dark = h("span.amount.left");
    bar.style.width = `${(100 * Math.abs(item.dollars)) / most}%`;
    dark.style.width = `${(100 * Math.abs(left ? (kept?.dollars ?? 0) : 0)) / most}%`;
    return h("li", h("span", item.title), h("b", left ? `${kept?.said || "$0"} of ${item.said}` : item.said), h("span.track", bar, dark), h("small.quiet", `${minus(item.units)} × ${item.unit} at ${item.price}`));
  }));
}
