// One difference, large: the interval around no change, with both means below.

import { A, B, INK, SOFT } from "./charts.js";
import { h, narrow, s } from "./dom.js";
import { figures, minus } from "./words.js";

// What a policy has of an outcome: the mean, and below it how far chance alone moves single runs.
export function level(told) {
  return [minus(told.mean), told.span ? h("small.range-of", minus(told.span)) : null];
}

function range(told) {
  return told.span ? ` (95 of 100 runs: ${minus(told.span)})` : null;
}

// told: {title, a, b, span, percent: [middle, low, high] or values: the same in a unit}
export function interval(told, nameA, nameB) {
  const three = told.percent || told.values;
  const facts = h("dl", h("dt", `A: ${nameA}`), h("dd.level", h("b", minus(told.a.mean)), range(told.a)), h("dt", `B: ${nameB}`), h("dd.level", h("b", minus(told.b.mean)), range(told.b)));
  if (!three || three.some((x) => x === null)) return h("figure.chart", h("figcaption", told.title), facts);
  const [middle, low, high] = three;
  const width = narrow() ? 340 : 520, height = 120, reach = 1.25 * Math.max(Math.abs(low), Math.abs(high), told.percent ? 2 : 1e-9);
  const x = (value) => width / 2 + ((width / 2 - 20) * value) / reach;
  const unit = told.percent ? " %" : "";
  const text = (at, y, words, anchor = "middle", fill = INK, size = 16) => s("text", { x: at, y, "text-anchor": anchor, fill, "font-size": size }, words);
  const clear = low > 0 || high < 0;
  return h("figure.chart", h("figcaption", told.title, " ", h("small", told.percent ? "change of B in % of A" : "change of B")),
    s("svg", { viewBox: `0 0 ${width} ${height}`, role: "img", "aria-label": `${figures(low)} to ${figures(high)}${unit}` },
      s("line", { x1: x(0), x2: x(0), y1: 20, y2: 86, stroke: INK, "stroke-width": 2 }),
      text(x(0), 106, "no change", "middle", SOFT),
      text(20, 106, "← less", "start", SOFT), text(width - 20, 106, "more →", "end", SOFT),
      s("line", { x1: x(low), x2: x(high), y1: 52, y2: 52, stroke: clear ? B : A, "stroke-width": 8 }),
      s("circle", { cx: x(middle), cy: 52, r: 10, fill: clear ? B : "#fff", stroke: clear ? B : A, "stroke-width": 4 }),
      text(x(middle), 30, `${middle > 0 ? "+" : ""}${figures(middle)}${unit}`)),
    facts);
}
