// The figure of a comparison as one SVG file: what is seen on the page, with the sentence above and the source below.

import { curves } from "./charts.js";
import { s } from "./dom.js";
import * as series from "./series.js";
import { plural, policy } from "./words.js";

const DRAWN = ["expected_deaths", "on_medication", "arrests", "jail_days"];

export function figureText(kept) {
  const names = kept.start.policies.map((name, i) => policy(name) + (kept.start.changed[i] ? " (changed)" : ""));
  const sides = series.sides(kept, names);
  const text = (x, y, size, words, bold) => s("text", { x, y, "font-size": size, "font-weight": bold ? 650 : 400, fill: "#1d2733" }, words);
  const parts = [
    text(20, 34, 22, kept.table ? kept.table.sentence : "The first pair of runs", true),
    text(20, 58, 15, `B: ${names[1]} instead of A: ${names[0]}; ${kept.start.place}, ${plural(kept.start.years, "year")}, ${plural(kept.pairs.length, "pair")} of runs`),
  ];
  DRAWN.forEach((id, i) => {
    const told = series.chart(kept, id, sides);
    const x = 20 + (i % 2) * 600, y = 90 + Math.floor(i / 2) * 225;
    const inner = curves(told, 580).querySelector("svg");
    inner.setAttribute("x", x);
    inner.setAttribute("y", y + 10);
    inner.setAttribute("width", 580);
    inner.setAttribute("height", 176);
    parts.push(text(x, y, 16, `${told.title}, ${told.note}`, true), inner);
  });
  sides.forEach((side, i) => parts.push(
    s("line", { x1: 20 + i * 400, x2: 60 + i * 400, y1: 560, y2: 560, stroke: side.colour, "stroke-width": 4, "stroke-dasharray": side.dash }),
    text(70 + i * 400, 565, 15, side.label)));
  const bands = kept.pairs.length < 5 ? "Lines are single runs: too early to tell." : `Lines: means of ${kept.pairs.length} runs; bands: 95 % interval of the mean, chance alone.`;
  parts.push(text(20, 600, 13, `${bands} ${plural(kept.start.residents, "person").replace("persons", "people")} simulated. Scenarios ${kept.start.hashes.map((x) => x.slice(0, 8)).join(" and ")}.`),
    text(20, 620, 13, kept.start.command));
  const drawing = s("svg", { xmlns: "http://www.w3.org/2000/svg", viewBox: "0 0 1220 640", width: 1220, height: 640, "font-family": "system-ui, sans-serif" },
    s("rect", { width: 1220, height: 640, fill: "#fff" }), parts);
  return new XMLSerializer().serializeToString(drawing);
}
