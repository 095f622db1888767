// Drawing in SVG: bars by year, and curves over months with their bands.

import { h, narrow, s } from "./dom.js";
import { figures } from "./words.js";

export const INK = "#1d2733", SOFT = "#52606d", LINE = "#d5dbe1", A = "#5f6b76", B = "#0072b2";

// Bars by year: a provisional one is hollow, a year without a number is crossed; what both mean stands below.
export function bars(title, years) {
  const width = narrow() ? 360 : 560, height = 150, bottom = 22, top = 18;
  const most = Math.max(...years.map((year) => year.value || 0), 1);
  const step = width / years.length;
  const marks = years.map((year, i) => {
    const x = i * step + step * 0.12, y = height - bottom;
    const tall = year.value === null ? 0 : ((height - bottom - top) * year.value) / most;
    return s("g", s("title", `${year.label}: ${year.value === null ? year.missing : figures(year.value)}${year.provisional ? ", provisional" : ""}`),
      year.value === null ? s("path", { d: `M${x + step * 0.38 - 4} ${y - 10}l8 8m0 -8l-8 8`, stroke: A, "stroke-width": 1.5 })
        : s("rect", { x, y: y - tall, width: step * 0.76, height: tall, fill: year.provisional ? "#fff" : A, stroke: A, "stroke-width": 1.5 }),
      year.value !== null ? s("text", { x: x + step * 0.38, y: y - tall - 4, "text-anchor": "middle", "font-size": 12 }, figures(year.value)) : null,
      s("text", { x: x + step * 0.38, y: height - 6, "text-anchor": "middle", "font-size": 12, fill: SOFT }, `’${year.label.slice(2)}`));
  });
  const legend = [
    ...[...new Set(years.filter((year) => year.value === null).map((year) => year.missing))].map((why) => `× ${spans(years, (year) => year.missing === why && year.value === null)}: ${why}.`),
    ...(years.some((year) => year.provisional) ? [`Hollow, ${spans(years, (year) => year.provisional)}: provisional.`] : []),
  ].join(" ");
  return h("figure.chart", h("figcaption", title), s("svg", { viewBox: `0 0 ${width} ${height}`, role: "img",
    "aria-label": `${title}: ${years.filter((y) => y.value !== null).map((y) => `${y.label} ${y.value}`).join(", ")}` }, marks),
    legend ? h("p.note", legend) : null);
}

// The years that are so, runs of them as "2010–2013".
function spans(years, so) {
  const found = [];
  for (const [i, year] of years.entries()) {
    if (!so(year)) continue;
    if (i && so(years[i - 1])) found.at(-1)[1] = year.label;
    else found.push([year.label]);
  }
  return found.map((ends) => ends.join("–")).join(", ");
}

export function ticks(most, count = 4) {
  if (!(most > 0)) return [0];
  const rough = most / count, power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 2.5, 5, 10].map((n) => n * power).find((n) => n >= rough);
  return Array.from({ length: Math.floor(most / step + 1e-9) + 1 }, (_, i) => i * step);
}

function signedTicks(low, most) {
  const step = ticks(most - low, 4)[1] || 1;
  const found = [];
  for (let value = Math.ceil(low / step) * step; value <= most + 1e-9; value += step) found.push(Math.abs(value) < step / 1e6 ? 0 : value);
  return found;
}

// Curves over months. told: {title, note, first, last, percent, sides: [{label, colour, dash, thin: [[...]], mean, low, high}],
// signed}, where each list holds one number a month from `first` on, null for none.
export function curves(told, width = narrow() ? 360 : 580) {
  const height = 176, left = 64, right = 20, top = 10, bottom = 26;
  const all = told.sides.flatMap((side) => [...side.thin.flat(), ...(side.high || []), ...(side.mean || [])]).filter((x) => x !== null);
  const low = Math.min(...all, ...told.sides.flatMap((side) => (told.signed && side.low) || []).filter((x) => x !== null), 0) * 1.08;
  const most = Math.max(...all, 0) * 1.08 || (low < 0 ? -low / 4 : 1);
  const x = (month) => left + ((width - left - right) * (month - told.first)) / Math.max(1, told.last - told.first);
  const y = (value) => height - bottom - ((height - bottom - top) * (value - low)) / (most - low);
  const path = (list) => {
    let text = "", pen = false;
    list.forEach((value, i) => {
      if (value === null || value === undefined) { pen = false; return; }
      text += `${pen ? "L" : "M"}${x(told.first + i).toFixed(1)} ${y(value).toFixed(1)}`;
      pen = true;
    });
    return text;
  };
  const band = (under, high) => {
    const points = high.map((value, i) => [i, value]).filter(([, value]) => value !== null);
    if (points.length < 2) return "";
    const up = points.map(([i, value]) => `${x(told.first + i).toFixed(1)} ${y(value).toFixed(1)}`);
    const down = points.reverse().map(([i]) => `${x(told.first + i).toFixed(1)} ${y(told.signed ? under[i] : Math.max(0, under[i])).toFixed(1)}`);
    return `M${[...up, ...down].join("L")}Z`;
  };
  const grid = (told.signed ? signedTicks(low, most) : ticks(most)).map((value) => [
    s("line", { x1: left, x2: width - right, y1: y(value), y2: y(value), stroke: LINE }),
    s("text", { x: left - 8, y: y(value) + 5, "text-anchor": "end", "font-size": 15, fill: SOFT }, told.percent ? `${figures(100 * value)} %` : figures(value))]);
  const zero = told.signed ? s("line", { x1: left, x2: width - right, y1: y(0), y2: y(0), stroke: INK, "stroke-width": 1.5 }) : null;
  const years = [];
  for (let month = Math.ceil(told.first / 12) * 12; month <= told.last; month += 12) {
    years.push(s("text", { x: x(month), y: height - 8, "text-anchor": "middle", "font-size": 15, fill: SOFT }, month === 0 ? "start" : `${month > 0 ? "" : "−"}${Math.abs(month) / 12} y`));
  }
  const drawn = told.sides.map((side) => [
    side.high ? s("path", { d: band(side.low, side.high), fill: side.colour, "fill-opacity": 0.22 }) : null,
    side.thin.map((list) => s("path", { d: path(list), fill: "none", stroke: side.colour, "stroke-width": 1.6, "stroke-opacity": 0.75, "stroke-dasharray": side.dash })),
    side.mean ? s("path", { d: path(side.mean), fill: "none", stroke: side.colour, "stroke-width": 3, "stroke-dasharray": side.dash, "stroke-linejoin": "round" }) : null]);
  return h("figure.chart", h("figcaption", told.title, " ", h("small", told.note)),
    s("svg", { viewBox: `0 0 ${width} ${height}`, role: "img", "aria-label": `${told.title}. ${told.spoken || ""}` },
      grid, s("line", { x1: x(0), x2: x(0), y1: top, y2: height - bottom, stroke: INK, "stroke-dasharray": "2 4" }), zero, drawn, years));
}

export function key(sides) {
  return h("p.key", sides.map((side) => h("span",
    s("svg", { viewBox: "0 0 40 14", "aria-hidden": "true" }, s("line", { x1: 0, x2: 40, y1: 7, y2: 7, stroke: side.colour, "stroke-width": 4, "stroke-dasharray": side.dash })),
    side.label)));
}
