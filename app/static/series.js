// Series over months: what was lived of the first pair, the pairs that are done, and their means and intervals.

import { A, B } from "./charts.js";

const WINDOW = 12; // months added up of what is counted: a single month of a town is mostly luck
const FIRST = -13; // first month drawn, at its end, a year before the start
const FEWEST = 5; // pairs of which an interval says something

export function addMonths(kept, told) {
  kept.live ||= { first: told.first, a: {}, b: {} };
  for (const side of ["a", "b"]) {
    for (const [id, values] of Object.entries(told[side])) {
      const list = (kept.live[side][id] ||= []);
      values.forEach((value, i) => { list[told.first - kept.live.first + i] = value; });
    }
  }
  kept.last = Math.max(kept.last ?? -99, told.first + Object.values(told.a)[0].length - 1);
}

export function addPair(kept, told) {
  kept.pairs.push(told);
  kept.pairs.sort((x, y) => x.seed - y.seed);
  kept.last = told.months.at(-1);
}

export function sides(kept, names) {
  return [
    { side: "a", label: `A: ${names[0]}`, colour: A, dash: "7 5" },
    { side: "b", label: `B: ${names[1]}`, colour: B, dash: null },
  ];
}

export const DIFFERENCE = [{ side: "diff", label: "B − A, pair by pair", colour: B, dash: null }];

// What charts.curves draws of one outcome.
export function chart(kept, id, looks) {
  const told = kept.start.curves.find((one) => one.id === id);
  const signed = looks[0].side === "diff";
  const drawn = looks.map((look) => ({ ...look, ...summarised(kept, id, told.kind, look.side) }));
  const last = kept.start.years * 12;
  const notes = { count: "last 12 months", stock: "on an average day", share: "on an average day" };
  return { title: told.title, note: notes[told.kind], first: FIRST + 1, last, percent: told.kind === "share", signed, sides: drawn,
    spoken: drawn.map((side) => spoken(side)).join(" ") };
}

function summarised(kept, id, kind, side) {
  const of = (told, first) => (side === "diff" ? less(shown(told.b[id], first, kind), shown(told.a[id], first, kind)) : shown(told[side][id], first, kind));
  const runs = kept.pairs.map((pair) => of(pair, pair.months[0]));
  if (!runs.length && kept.live) runs.push(of(kept.live, kept.live.first));
  if (runs.length < FEWEST) return { thin: runs, mean: null, low: null, high: null };
  return { thin: [], ...interval(runs, kept.start.t) };
}

function less(b, a) {
  return b.map((value, i) => (value === null || a[i] === null ? null : value - a[i]));
}

// From the first month drawn on: sums of twelve months of what is counted, else the month itself.
function shown(values, first, kind) {
  const found = [];
  for (let month = FIRST; month < first + values.length; month += 1) {
    const at = month - first;
    if (kind !== "count") { found.push(values[at] ?? null); continue; }
    let sum = 0;
    for (let back = 0; back < WINDOW; back += 1) sum += values[at - back] ?? 0;
    found.push(sum);
  }
  return found;
}

// The mean of each month over runs, and its 95 % t interval.
function interval(runs, t) {
  const mean = [], low = [], high = [];
  for (let i = 0; i < runs[0].length; i += 1) {
    const values = runs.map((run) => run[i]).filter((value) => value !== null && value !== undefined);
    const n = values.length;
    if (n < FEWEST) { mean.push(null); low.push(null); high.push(null); continue; }
    const middle = values.reduce((x, y) => x + y, 0) / n;
    const spread = Math.sqrt(values.reduce((x, y) => x + (y - middle) ** 2, 0) / (n - 1));
    const half = (t[n - 2] * spread) / Math.sqrt(n);
    mean.push(middle);
    low.push(middle - half);
    high.push(middle + half);
  }
  return { mean, low, high };
}

function spoken(side) {
  const list = side.mean || side.thin[0] || [];
  const end = list.at(-1);
  return end === undefined || end === null ? "" : `${side.label} ends at ${Math.round(end * 100) / 100}.`;
}
