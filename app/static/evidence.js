// The row of evidence behind a number, in a dialog.

import { ask } from "./api.js";
import { h, replace } from "./dom.js";
import { figures } from "./words.js";

const SHAPES = { A: "●●●", B: "●●○", C: "●○○" };

export function quality(letter) {
  return h("span.quality", { title: `quality of evidence: ${letter}`, "aria-label": `quality of evidence ${letter}` }, SHAPES[letter] || "");
}

export function button(id, title) {
  return h("button.why", { type: "button", "aria-label": `Evidence for: ${title}`, onclick: () => open(id, title) }, "why?");
}

async function open(id, title) {
  const dialog = document.getElementById("evidence");
  const close = h("button", { type: "button", onclick: () => dialog.close() }, "Close");
  try {
    const row = await ask(`/api/evidence?id=${encodeURIComponent(id)}`);
    const facts = [
      ["Meaning", row.meaning],
      ["Value", row.value === null ? "a table, or as the place says" : `${figures(row.value)} ${row.unit}`],
      ["Plausible range", row.low === null ? "none is stated" : `${figures(row.low)} to ${figures(row.high)}`],
      ["Quality", h("span", quality(row.quality), ` ${row.quality}: ${row.quality_means}`)],
      ["Source", row.source],
      ["Verified", row.verified],
      ["Note", row.note],
      ["Id", h("code", row.id)],
    ].filter(([, fact]) => fact);
    replace(dialog, h("h2", { id: "evidence-title", tabindex: -1, autofocus: true }, title),
      h("dl", facts.map(([name, fact]) => [h("dt", name), h("dd", fact)])), close);
  } catch (problem) {
    replace(dialog, h("h2", { id: "evidence-title" }, title), h("p.problem", problem.message), close);
  }
  dialog.showModal();
}
