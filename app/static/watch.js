// Watch: one world, day by day; play, pause, step; a click on somebody tells what they are living through.

import { ask, run } from "./api.js";
import { announce, h, replace, s } from "./dom.js";
import { happen, LISTED, noCounts, WORDS } from "./life.js";
import { asked, state } from "./state.js";
import { HOME, LOOK, draw, makeTown, nearest, sizeOfTown } from "./town.js";
import { minus, policy, whole } from "./words.js";

const SPEEDS = [[1, "1 day a second"], [3, "3 days a second"], [7, "a week a second"], [30, "a month a second"]];
const SHOWN = 9; // lines of what happens

export function show(main) {
  let side = "b", job = null, frame = 0, playing = true, speed = 3, town = null, told = null, names = {}, days = [];
  let day = 0, sinceDay = 0, counts = noCounts(), lines = [], chosen = null, before = performance.now(), over = false;
  const [width, height] = sizeOfTown();
  const canvas = h("canvas", { width: 2 * width, height: 2 * height, tabindex: 0, role: "img", id: "town",
    "aria-label": "The town. Arrow keys go from person to person, backwards to the officers; Enter tells their story; space plays and pauses." });
  const clock = h("b.clock"), tally = h("div.tally"), list = h("ol.happens"), story = h("section.card.story", { tabindex: 0, "aria-label": "Story", "aria-live": "polite" });
  const play = h("button.go", { type: "button", id: "play", onclick: () => { playing = !playing; controls(); } });
  const slider = h("input", { type: "range", min: 0, max: 365, value: 0, "aria-label": "day", oninput: () => { playing = false; jump(Number(slider.value)); controls(); } });
  const pace = h("select", { "aria-label": "speed", onchange: () => { speed = Number(pace.value); } },
    SPEEDS.map(([value, words]) => h("option", { value, selected: value === speed }, words)));
  const sides = h("div.segments", ["a", "b"].map((name) => h("label", h("input", { type: "radio", name: "watched", value: name, checked: name === side,
    onchange: () => { side = name; begin(); } }), `${name.toUpperCase()}: ${policy(state[name].policy)}`)));
  replace(main,
    h("div.bar", play, h("button", { type: "button", id: "step", onclick: () => { playing = false; controls(); step(performance.now()); } }, "Step a day"), pace, clock, slider, sides),
    h("div.watch", h("div", canvas, legend()), h("div.aside", tally, story, h("h3", "What happens"), list)));
  canvas.addEventListener("click", (event) => { const found = town && nearest(canvas, town, event); if (found) tell(found.person || found.officer, Boolean(found.officer)); });
  canvas.addEventListener("keydown", byKey);
  begin();
  frame = requestAnimationFrame(tick);
  return () => { job?.stop(); cancelAnimationFrame(frame); };

  function begin() {
    job?.stop();
    town = null; days = []; over = false; chosen = null; playing = true;
    replace(story, h("p.quiet", "The town lives its two years before the policy…"));
    job = run("watch", { asked: asked(), side }, {
      preparing: (found) => replace(story, h("p.quiet", found.text)),
      town: (found) => {
        told = found;
        names = Object.fromEntries(Object.entries(found.kinds).map(([name, kind]) => [kind, name]));
        replace(story, h("p", `A part of the community, ${whole(told.residents)} people: ${whole(told.with_disorder)} have active opioid use disorder. ${drawn(told)}, with the ties of those who use together; others appear when something happens to them. `, h("b", "Click on a person or an officer.")));
        jump(0);
        controls();
      },
      days: (found) => {
        found.events.forEach((events, i) => { days[found.first + i] = { events, night: found.nights[i] }; });
        slider.max = days.length;
      },
      finished: () => { over = true; },
      replaced: (found) => replace(story, h("p.problem", found.text)),
      problem: (found) => replace(story, h("p.problem", { role: "alert" }, found.text)),
    });
    controls();
  }

  function controls() {
    play.textContent = playing ? "Pause" : "Play";
    play.setAttribute("aria-pressed", String(playing));
  }

  function tick(now) {
    frame = requestAnimationFrame(tick);
    const passed = Math.min(200, now - before);
    before = now;
    if (!town) return;
    if (playing) {
      sinceDay += (passed * speed) / 1000;
      while (sinceDay >= 1 && playing) { sinceDay -= 1; step(now); }
    }
    draw(canvas, town, now, chosen);
  }

  function step(now) {
    if (!days[day]) { if (over) { playing = false; controls(); } return; }
    for (const event of days[day].events) {
      const line = happen(town, names, counts, event, now);
      if (LISTED.has(line.name)) lines.push({ ...line, day });
    }
    day += 1;
    lines = lines.slice(-SHOWN);
    panel();
  }

  function jump(to) {
    town = makeTown(told);
    counts = noCounts();
    lines = [];
    chosen = null;
    for (day = 0; day < to && days[day]; day += 1) for (const event of days[day].events) happen(town, names, counts, event, 0);
    panel();
  }

  function panel() {
    const night = days[Math.max(0, day - 1)]?.night;
    clock.textContent = `Day ${day}`;
    slider.value = day;
    const item = ([words, number]) => h("div", h("b", number === undefined ? "–" : whole(number)), h("span", words));
    replace(tally, h("div.row", [["overdoses", counts.overdoses], ["naloxone by others", counts.rescues], ["overdose deaths", counts.deaths], ["offers", counts.offers], ["entries", counts.entries], ["arrests", counts.arrests]].map(item)),
      h("p.note", `since the start, of ${whole(told.residents)} people simulated. Tonight: `, night ? `${whole(night[0])} on medication, ${whole(night[1])} waiting, ${whole(night[2])} in jail.` : "…"));
    replace(list, lines.slice().reverse().map((line) => h("li", h("span.when", `day ${line.day}`), line.who >= 0
      ? h("button.why", { type: "button", onclick: () => tellRow(line.who) }, `resident ${line.who}`) : null, ` ${WORDS[line.name]}`)));
  }

  function tellRow(row) {
    tell(town.people.get(row) || { row }, false);
  }

  async function tell(one, officer) {
    chosen = one;
    playing = false;
    controls();
    replace(story, h("p.quiet", "…"));
    try {
      const found = await ask("/api/story", { asked: asked(), side, day: Math.max(0, day - 1), who: one.row, officer });
      if (chosen !== one) return;
      replace(story, h("h2", found.title, " ", h("small.quiet", found.number)),
        h("dl", found.facts.map(([name, fact]) => [h("dt", name), h("dd", fact)])),
        found.events.length ? h("h3", "What happened, the latest first") : h("p.quiet", "Nothing is recorded of them in this run."),
        h("ul.told", found.events.map((event) => h("li", h("span.when", minus(event.day)), ` ${event.what}`,
          event.because.length ? h("details", h("summary", "what led to it"), h("ol", event.because.map((cause) => h("li", cause)))) : null))),
        found.before ? h("p.note", `and ${whole(found.before)} before these`) : null);
    } catch (problem) {
      replace(story, h("p.problem", problem.message));
    }
  }

  function byKey(event) {
    if (!town) return;
    if (event.key === " ") { event.preventDefault(); play.click(); return; }
    const people = [...[...town.people.values()].filter((one) => !one.gone), ...town.officers];
    const move = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
    if (move) {
      event.preventDefault();
      const at = people.indexOf(chosen); // -1 before anybody is chosen: the first, or the last
      chosen = people[at < 0 ? (move > 0 ? 0 : people.length - 1) : (at + move + people.length) % people.length];
      announce(`${town.officers.includes(chosen) ? "officer" : "resident"} ${chosen.row}`);
    } else if (event.key === "Enter" && chosen) tell(chosen, town.officers.includes(chosen));
  }
}

function drawn(told) {
  const all = told.treated_or_with_disorder, here = told.people.length;
  return here < all ? `Of the ${whole(all)} people who have it or are in treatment, ${whole(here)} are drawn, the most there is room for`
    : `${whole(here)} people who have it or are in treatment are drawn`;
}

function legend() {
  const shape = ([colour, kind]) => s("svg", { viewBox: "0 0 16 16", "aria-hidden": "true" },
    kind === "diamond" ? s("path", { d: "M8 1l7 7-7 7-7-7z", fill: colour })
      : kind === "square" ? s("rect", { x: 2, y: 2, width: 12, height: 12, fill: colour })
        : kind === "cross" ? s("path", { d: "M3 3l10 10M13 3L3 13", stroke: colour, "stroke-width": 3 })
          : kind === "triangle" ? s("path", { d: "M8 1l7 13H1z", fill: colour })
            : kind === "house" ? s("rect", { x: 1, y: 3, width: 14, height: 11, fill: "#fff", stroke: colour, "stroke-width": 2 })
              : kind === "home" ? [s("rect", { x: 2.5, y: 7, width: 11, height: 8, fill: "#fff", stroke: "#7b8794" }), s("path", { d: "M1 7l7-6 7 6z", fill: colour, stroke: "#7b8794" })]
                : kind === "line" ? s("path", { d: "M0 12L16 4", stroke: colour, "stroke-width": 1.5 })
                  : s("circle", { cx: 8, cy: 8, r: 6, fill: colour, stroke: kind === "ring" ? "#0072b2" : "#1d2733", "stroke-width": kind === "ring" ? 3 : 1 }));
  const places = [["#0b3c5d", "triangle", "officer"], ["#fff", "home", "home"], [HOME.children, "home", "home with a child"],
    ["#8b97a2", "line", "use together, friends or kin"],
    ["#0072b2", "house", "provider, filled as its places are: B buprenorphine, M methadone, N naltrexone, D detox"]];
  return h("p.legend", [...Object.values(LOOK), ...places].map((look) => h("span", shape(look), look[2])));
}
