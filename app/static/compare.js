// Compare: the same people under two policies; curves and intervals sharpen while pairs of runs come in.

import { run } from "./api.js";
import { announce, h, replace, tabs } from "./dom.js";
import * as series from "./series.js";
import { curves, key } from "./charts.js";
import { cost, differences, equity } from "./compare_tables.js";
import { share } from "./share.js";
import { asked, query, state } from "./state.js";
import { plural, policy } from "./words.js";

const PANELS = [["curves", "Over time"], ["main", "Differences"], ["cost", "Cost"], ["equity", "Who gains"],
  ["officers", "Officers"], ["children", "Children"], ["share", "Share"]];
const DRAWN = ["expected_deaths", "on_medication", "arrests", "jail_days"];
let kept = null; // the last comparison, so that leaving the view does not lose it
let panel = "curves", drawn = "both"; // the tab, and what the curves show

export function show(main) {
  const wanted = sessionStorage.getItem("run");
  sessionStorage.removeItem("run");
  if (!kept || kept.query !== query()) kept = fresh();
  const head = h("p.sentence", { id: "sentence" });
  const under = h("p.quiet", { id: "under" });
  const bar = h("div.progress");
  const body = h("div", { role: "tabpanel", id: "panel" });
  const stop = h("button", { type: "button", onclick: halt }, "Stop");
  const go = h("button.go", { type: "button", id: "run", onclick: begin }, "Run");
  replace(main, head, bar, tabs("Results", PANELS, panel, (id) => { panel = id; draw(); }), body);
  let timer = 0, job = null;
  if (wanted || (kept.status === "new" && !kept.problem)) begin();
  else draw();
  return () => { if (job) halt(); cancelAnimationFrame(timer); };

  function begin() {
    kept = fresh();
    kept.status = "running";
    announce("Running");
    const mine = kept;
    job = run("compare", asked(), {
      preparing: (told) => { mine.waiting = told.text; later(); },
      queued: (told) => { mine.waiting = `${plural(told.ahead, "other visitor")} at work; you take turns.`; later(); },
      start: (told) => { mine.start = told; mine.waiting = ""; later(); },
      months: (told) => { series.addMonths(mine, told); later(); },
      pair: (told) => { series.addPair(mine, told); later(); },
      table: (told) => { mine.table = told; later(); },
      summary: (told) => { if (!mine.summary || told.pairs >= mine.summary.pairs) mine.summary = told; later(); },
      finished: () => { mine.status = "done"; announce(mine.table.sentence); later(); },
      replaced: (told) => { mine.status = "stopped"; mine.waiting = told.text; later(); },
      problem: (told) => { mine.status = "stopped"; mine.problem = told.text; announce(told.text); later(); },
    });
    job.finished.then(() => { if (mine.status === "running") { mine.status = "stopped"; later(); } });
    draw();
  }

  function halt() {
    job?.stop();
    job = null;
    if (kept.status === "running") kept.status = "stopped";
    later();
  }

  function later() {
    cancelAnimationFrame(timer);
    timer = requestAnimationFrame(draw);
  }

  function draw() {
    const { start, table } = kept;
    head.textContent = kept.problem ? "This cannot be run as it is." : table ? table.sentence : kept.status === "new" ? "Nothing has been run yet." : kept.start ? "Living the first pair of runs…" : "Getting ready…";
    head.className = `sentence ${table && !table.early ? table.verdict : ""}`;
    replace(under, start ? `${name("b")} instead of ${name("a")}, ${start.place}, ${plural(start.years, "year")}.` : "");
    go.textContent = kept.status === "new" ? "Run" : "Run again";
    replace(bar, under, progress(), kept.status === "running" ? stop : go);
    replace(body, kept.problem ? h("p.problem", { role: "alert" }, kept.problem) : panels());
  }

  function progress() {
    const pairs = kept.table?.pairs || 0, of = kept.start?.pairs || state.pairs;
    const words = kept.status === "running"
      ? kept.waiting || `${pairs} of ${of} pairs of runs`
      : kept.status === "done" ? `${plural(pairs, "pair")} of runs, all done` : kept.status === "new" ? "" : `stopped after ${plural(pairs, "pair")}${kept.waiting ? `. ${kept.waiting}` : ""}`;
    return [h("progress", { max: of, value: pairs, "aria-label": "pairs of runs done" }), h("span", words)];
  }

  function panels() {
    if (panel === "share") return share(kept);
    if (panel === "curves") return overTime();
    if (!kept.table) return h("p.quiet", "The first pair of runs is under way.");
    if (panel === "cost") return cost(kept, [name("a"), name("b")]);
    if (panel === "equity") return equity(kept, [name("a"), name("b")]);
    return differences(kept, panel, [name("a"), name("b")]);
  }

  function overTime() {
    if (!kept.start || !kept.last) return h("p.quiet", kept.status === "new" ? "Press Run: the same people live under both policies." : kept.start ? "The town is being built." : "");
    const sides = drawn === "both" ? series.sides(kept, [name("a"), name("b")]) : series.DIFFERENCE;
    const choice = (id, words) => h("label", h("input", { type: "radio", name: "drawn", value: id, checked: id === drawn, onchange: () => { drawn = id; draw(); } }), words);
    return [
      h("div.above", key(sides), h("div.segments", choice("both", "Both policies"), choice("difference", "Difference"))),
      h("div.charts", DRAWN.map((id) => curves(series.chart(kept, id, sides)))),
      h("p.note", { id: "reading" }, reading()),
    ];
  }

  function reading() {
    const pairs = kept.pairs.length;
    const town = `${plural(kept.start.residents, "person")} simulated for ${plural(kept.start.population, "resident")}`.replaceAll("persons", "people");
    if (pairs < 5) return `A line is one run, as it is lived: its ups and downs are mostly luck. From five pairs on, means with their 95 % interval. ${town}.`;
    const what = drawn === "both" ? `mean of ${pairs} runs` : `mean difference of ${pairs} pairs of the same people and luck, so that most luck cancels`;
    return `Line: ${what}; band: its 95 % interval, chance alone. What is not known about the model’s numbers comes on top. ${town}.`;
  }

  function name(side) {
    return policy(state[side].policy) + (Object.keys(state[side].levers).length ? " (changed)" : "");
  }
}

function fresh() {
  return { query: query(), status: "new", start: null, table: null, summary: null, pairs: [], live: null, last: null, waiting: "", problem: "" };
}
