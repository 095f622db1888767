// The tables of a comparison: differences with their intervals, cost, and who gains.

import { h, s } from "./dom.js";
import { level } from "./interval.js";
import { minus } from "./words.js";

const LOOK = {
  better: ["●", "better", "v-better", "#0072b2"],
  worse: ["■", "worse", "v-worse", "#b34700"],
  different: ["◆", "different", "v-different", "#1d2733"],
  "cannot tell": ["○", "cannot tell", "v-tell", "#7b8794"],
  same: ["=", "the same in every pair", "v-same", "#7b8794"],
  nothing: ["–", "nothing to speak of", "v-same", "#7b8794"],
  narrows: ["●", "gap narrows", "v-better", "#0072b2"],
  widens: ["■", "gap widens", "v-worse", "#b34700"],
  "too few": ["○", "too few to say", "v-tell", "#7b8794"],
  nobody: ["–", "nobody", "v-same", "#7b8794"],
};
const GROUPS = {
  women: "Women", men: "Men",
  white: "White", black: "Black", hispanic: "Hispanic", asian: "Asian", aian: "American Indian or Alaska Native",
  nhpi: "Native Hawaiian or Pacific Islander", multi: "Two or more races", other: "Another race",
};
const RUNS = "Small, below each mean: where 95 of 100 single runs fall, by chance alone.";
const OF_A = "B − A in % of A: from 10 % to 11 % is +10 %, one percentage point.";
const EARLY = "Below five pairs of runs there is no interval, and so no difference is told.";

function verdict(word) {
  const [shape, text, cls] = LOOK[word] || ["", word, ""];
  return h("td.verdict", h(`span.${cls}`, `${shape} ${text}`));
}

// A cell that names itself where a row is a small card: on a phone, which has no room for columns.
function cell(kind, label, ...content) {
  return h(`td${kind}`, { "data-label": label }, content);
}

export function differences(kept, tab, names) {
  const rows = kept.table.tabs[tab];
  const early = kept.table.early;
  const shares = rows.some((row) => row.a.mean.endsWith(" %") && row.diff.endsWith(" % of A"));
  const reach = Math.max(5, ...rows.flatMap((row) => (row.verdict === "same" ? [] : row.percent.slice(1))).filter((x) => x !== null && Math.abs(x) <= 250).map(Math.abs));
  return [
    h("div.wide", h("table.cards-on-phone",
      h("thead", h("tr", h("th", { scope: "col" }, "In the whole place"), h("th.n", { scope: "col" }, `A: ${names[0]}`), h("th.n", { scope: "col" }, `B: ${names[1]}`),
        h("th.n", { scope: "col" }, "B − A"), h("th", { scope: "col" }, "95 % interval"), h("th", { scope: "col" }, early ? "" : h("span.nowrap", "← less · in % of A · more →")), h("th", { scope: "col" }, "B is"))),
      h("tbody", rows.map((row) => h("tr",
        h("th", { scope: "row", title: row.definition }, row.title, row.better ? h("small", `${row.better} is better`) : null),
        cell(".n", `A: ${names[0]}`, level(row.a)), cell(".n", `B: ${names[1]}`, level(row.b)),
        cell(".n.diff", "B − A", early ? "–" : row.diff.replace(" % of A", "\u00a0% of\u00a0A") || "–"), cell(".span", "95 % interval", early ? "–" : row.span || "–"),
        h("td.whisker", early || row.verdict === "same" ? "" : whisker(row.percent, row.verdict, reach)),
        early ? h("td.v-tell", "too early") : verdict(row.verdict)))))),
    h("p.note", early ? `${EARLY} Until then: the lowest and the highest run.` : [RUNS, ...(shares ? [OF_A] : []), ...kept.table.notes].join(" ")),
  ];
}

// One interval around no change; large changes are drawn closer together.
function whisker([middle, low, high], word, reach) {
  if (low === null || high === null) return "";
  const width = 220, scale = (value) => {
    const bent = Math.asinh(Math.max(-reach, Math.min(reach, value)) / 5) / Math.asinh(reach / 5);
    return width / 2 + (bent * (width - 24)) / 2;
  };
  const colour = LOOK[word]?.[3] || "#1d2733";
  const arrow = (x, sign) => s("path", { d: `M${x} 12l${-6 * sign} -5v10z`, fill: colour });
  return s("svg", { viewBox: `0 0 ${width} 24`, preserveAspectRatio: "xMidYMid meet", role: "img", "aria-label": `${minus(low)} to ${minus(high)} percent` },
    s("line", { x1: width / 2, x2: width / 2, y1: 0, y2: 24, stroke: "#1d2733" }),
    s("line", { x1: scale(low), x2: scale(high), y1: 12, y2: 12, stroke: colour, "stroke-width": 4 }),
    high > reach ? arrow(width - 4, 1) : null, low < -reach ? arrow(4, -1) : null,
    Math.abs(middle) <= reach ? s("circle", { cx: scale(middle), cy: 12, r: 5.5, fill: word === "cannot tell" ? "#fff" : colour, stroke: colour, "stroke-width": 2.5 }) : null);
}

function capital(text) {
  return text[0].toUpperCase() + text.slice(1);
}

function notYet(kept) {
  return h("p.quiet", kept.table.early ? EARLY : "This is reckoned after 5, 10 and 20 pairs, and at the end.");
}

function heads(...names) {
  return h("thead", h("tr", names.map((name, i) => h(i && name ? "th.n" : "th", { scope: "col" }, name))));
}

export function cost(kept, names) {
  const told = kept.summary?.cost;
  if (!told) return notYet(kept);
  return [
    h("h2", capital(told.message.replace(told.label, names[1])), "."),
    h("div.wide", h("table.cards-on-phone",
      heads(`In the whole place, over ${kept.start.years === 1 ? "the year" : `all ${kept.start.years} years`}`, `A: ${names[0]}`, `B: ${names[1]}`, "B − A", "95 % interval", ""),
      h("tbody", told.rows.map((row) => h("tr", h("th", { scope: "row" }, row.title), cell(".n", `A: ${names[0]}`, level(row.a)), cell(".n", `B: ${names[1]}`, level(row.b)),
        cell(".n", "B − A", minus(row.diff)), cell(".n", "95 % interval", minus(row.span)), row.clear ? h("td.verdict") : verdict(row.values.every((x) => x === 0) ? "same" : "cannot tell")))))),
    h("div.wide", h("table.cards-on-phone", heads("What all payers pay for", "dollars", "95 % interval", ""), h("tbody", told.ratios.map((row) => h("tr", h("th", { scope: "row" }, row.title),
      cell(".n", "dollars", minus(row.dollars) || "–"), cell(".n", "95 % interval", minus(row.span) || "–"), h("td.verdict", row.said)))))),
    h("p.note", `In ${told.unit}; ${kept.summary.pairs} pairs. ${RUNS} Intervals are chance alone: what is not known about prices comes on top. Statistical lives and lost production are never added.`),
  ];
}

export function equity(kept, names) {
  const told = kept.summary?.equity;
  if (!told) return notYet(kept);
  const outcomes = [...new Set(told.rows.map((row) => row.outcome))];
  const groupings = Object.entries(told.groupings).filter(([id]) => id === "sex" || id === "race" || id === "neighbourhood");
  const unclear = (row) => row.few || row.verdict === "nobody";
  return [
    h("h2", told.sentence || "No gap by sex or race clearly narrows or widens in these pairs."),
    outcomes.map((outcome) => {
      const rows = told.rows.filter((row) => row.outcome === outcome);
      return h("details", { open: outcome === outcomes[0] }, h("summary", h("b", rows[0].title), ` ${rows[0].unit}`),
        h("div.wide", h("table.cards-on-phone",
          heads("", `A: ${names[0]}`, `B: ${names[1]}`, "B − A", "95 % interval", ""),
          groupings.map(([id, title]) => h("tbody", h("tr", h("th.grouping", { colspan: 6, scope: "rowgroup" }, title)), rows.filter((row) => row.grouping === id).map((row) => h("tr",
            h("th", { scope: "row" }, GROUPS[row.group] || capital(row.group)), cell(".n", `A: ${names[0]}`, level(row.a)), cell(".n", `B: ${names[1]}`, level(row.b)), cell(".n", "B − A", unclear(row) ? "–" : minus(row.diff)),
            cell(".n", "95 % interval", unclear(row) ? "–" : minus(row.span)), verdict(row.verdict))))))));
    }),
    h("p.note", `${kept.summary.pairs} pairs. ${RUNS} A gap the model shows was put into it where the evidence has one: who meets police, who is offered deflection, who trusts. Differences in access to treatment are not in it.`),
  ];
}
