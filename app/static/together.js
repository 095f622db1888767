// Together: do two policies, or the four areas, do more than each alone added up? A small factorial, live.

import { run } from "./api.js";
import { INK, SOFT } from "./charts.js";
import { announce, h, narrow, replace, s, tabs } from "./dom.js";
import { state } from "./state.js";
import { figures, minus, plural, policy, whole } from "./words.js";

const MOST = { residents: 5000, years: 2 }; // of what was chosen: there are many combinations
const AREAS = ["families", "trauma_informed", "officer_wellbeing", "community_engagement"];
const chosen = { factors: ["full_deflection", "more_slots"], base: "status_quo", pairs: 10 };
let kept = null, outcome = "expected_deaths";

export function show(main, shared) {
  let job = null;
  const result = h("div");
  const select = (label, get, set, names) => {
    const one = h("select", { "aria-label": label, onchange: () => { set(one.value); kept = null; draw(); } },
      names.map((name) => h("option", { value: name, selected: name === get() }, policy(name))));
    return one;
  };
  const names = shared.choices.policies.map((one) => one.name);
  const go = h("button.go", { type: "button", id: "run", onclick: begin }, "Run the combinations");
  const form = h("p.share");
  replace(main, h("h1", "More than the sum of its parts?"),
    h("p.quiet", "Nobody, the one, the other, both: the same people with the same luck live under every combination."),
    form, result);
  setUp();
  draw();
  return () => job?.stop();

  function setUp() {
    const four = chosen.factors.length === 4;
    replace(form,
      four ? h("span", "The four areas, ", AREAS.map(policy).join(", "), ", on top of ", select("base", () => chosen.base, (v) => { chosen.base = v; }, ["full_deflection", "status_quo"]))
        : [select("first policy", () => chosen.factors[0], (v) => { chosen.factors[0] = v; }, names), h("span", "and"),
          select("second policy", () => chosen.factors[1], (v) => { chosen.factors[1] = v; }, names)],
      h("button", { type: "button", onclick: () => { kept = null; Object.assign(chosen, four ? { factors: ["full_deflection", "more_slots"], base: "status_quo" } : { factors: [...AREAS], base: "full_deflection" }); setUp(); draw(); } },
        four ? "Two policies instead" : "The four areas instead"), go);
  }

  function begin() {
    job?.stop();
    const mine = (kept = { found: null, seeds: 0, of: chosen.pairs, problem: "", done: false, waiting: "" });
    const after = () => { if (kept === mine) draw(); };
    job = run("together", { place: state.place, seed: state.seed, ...size(), ...chosen }, {
      preparing: (told) => { mine.waiting = told.text; after(); },
      start: (told) => { mine.of = told.seeds; mine.cells = told.cells; mine.waiting = ""; after(); },
      together: (told) => { mine.found = told; after(); },
      finished: () => { mine.done = true; announce(sentence(mine)); after(); },
      replaced: (told) => { mine.problem = told.text; after(); },
      problem: (told) => { mine.problem = told.text; after(); },
    });
    draw();
  }

  function halt() {
    job?.stop();
    kept.done = true;
    kept.of = kept.found?.seeds || 0;
    draw();
  }

  function sentence(mine) {
    return mine.found.outcomes.find((one) => one.id === outcome).sentence;
  }

  function draw() {
    if (!kept) {
      replace(result, h("p.note", `Small on purpose: ${whole(size().residents)} people, ${plural(size().years, "year")}, ${chosen.pairs} seeds. “deflect factorial” lives whole counties.`));
      return;
    }
    if (kept.problem) { replace(result, h("p.problem", { role: "alert" }, kept.problem)); return; }
    const found = kept.found;
    const progress = h("div.progress", h("progress", { max: kept.of, value: found?.seeds || 0 }),
      h("span", kept.waiting || `${found?.seeds || 0} of ${kept.of} seeds${kept.cells ? `, ${kept.cells} combinations each` : ""}${kept.done ? ", all done" : ""}`),
      kept.done || kept.problem ? null : h("button", { type: "button", onclick: halt }, "Stop"));
    if (!found) { replace(result, progress); return; }
    const told = found.outcomes.find((one) => one.id === outcome);
    replace(result, progress,
      tabs("Outcome", found.outcomes.map((one) => [one.id, one.short]), outcome, (id) => { outcome = id; draw(); document.getElementById(`Outcome-${id}`)?.focus(); }),
      h("p.sentence", { id: "sentence" }, told.sentence),
      found.early ? h("p.quiet", "Below five seeds there is no interval.") : drawing(told),
      h("p.note", `Change of ${told.title.toLowerCase()} in ${told.unit}, of the whole place; without any of them ${told.base}${told.base_span ? ` (95 of 100 runs: ${minus(told.base_span)})` : ""}. Bars: 95 % interval over ${found.seeds} seeds, chance alone. With few people a reinforcement must be large to be seen.`));
  }
}

function size() {
  return { residents: Math.min(state.residents, MOST.residents), years: Math.min(state.years, MOST.years) };
}

function drawing(told) {
  const small = narrow(); // a name stands above its bar there, not beside it
  const [width, line, left, right] = small ? [380, 62, 12, 12] : [1100, 44, 330, 290];
  const height = told.rows.length * line + 34, size = small ? 14 : 18;
  const ends = told.rows.flatMap((row) => row.values).filter((x) => x !== null);
  const reach = Math.max(...ends.map(Math.abs), 1e-9) * 1.08;
  const x = (value) => left + ((width - left - right) * (value + reach)) / (2 * reach);
  return h("figure.chart", s("svg", { viewBox: `0 0 ${width} ${height}`, role: "img", "aria-label": told.rows.map((row) => `${row.title} ${row.said}`).join(", ") },
    s("line", { x1: x(0), x2: x(0), y1: 4, y2: height - 30, stroke: INK }),
    s("text", { x: x(0), y: height - 10, "text-anchor": "middle", "font-size": 16, fill: SOFT }, "no change"),
    told.rows.map((row, i) => {
      const y = i * line + (small ? 44 : 24), [middle, low, high] = row.values;
      const last = i === told.rows.length - 1, colour = last ? "#b34700" : i >= told.rows.length - 3 ? "#0b3c5d" : "#0072b2";
      return s("g",
        s("text", { ...(small ? { x: left, y: y - 16 } : { x: left - 16, y: y + 6, "text-anchor": "end" }), "font-size": size, "font-weight": i >= told.rows.length - 3 ? 650 : 400 }, row.title),
        low !== null ? s("line", { x1: x(low), x2: x(high), y1: y, y2: y, stroke: colour, "stroke-width": 6 }) : null,
        s("circle", { cx: x(middle), cy: y, r: 8, fill: low > 0 || high < 0 ? colour : "#fff", stroke: colour, "stroke-width": 3 }),
        s("text", { ...(small ? { x: width - right, y: y - 16, "text-anchor": "end" } : { x: width - right + 16, y: y + 6 }), "font-size": size }, `${row.said} (${figures(low)} to ${figures(high)})`));
    })));
}
