// The page: which view is shown, and what all views share.

import { ask } from "./api.js";
import { announce, h, replace } from "./dom.js";
import { address, onChange, readAddress, state, view } from "./state.js";
import { policy } from "./words.js";
import * as choose from "./choose.js";
import * as compare from "./compare.js";
import * as budget from "./budget.js";
import * as lessons from "./lessons.js";
import * as lives from "./lives.js";
import * as together from "./together.js";
import * as watch from "./watch.js";

const VIEWS = [["choose", "Choose", choose], ["compare", "Compare", compare], ["watch", "Watch", watch], ["lessons", "Lessons", lessons],
  ["lives", "Two lives", lives], ["together", "Together", together], ["budget", "Budget", budget]];
const main = document.getElementById("main");
const shared = { choices: null, place: null };
let leave = null;

async function start() {
  readAddress();
  try {
    shared.choices = await ask("/api/choices");
  } catch (problem) {
    replace(main, h("p.problem", { role: "alert" }, problem.message));
    return;
  }
  document.getElementById("skip").addEventListener("click", (event) => {
    event.preventDefault();
    main.focus();
  });
  addEventListener("hashchange", show);
  onChange(top);
  show();
}

function show() {
  readAddress();
  const found = VIEWS.find(([name]) => name === view()) || VIEWS[0];
  if (leave) leave();
  replace(main);
  leave = found[2].show(main, shared) || null;
  document.title = `${found[1]} · Deflect`;
  announce(found[1]);
  top();
  scrollTo(0, 0);
}

function top() {
  const here = view();
  replace(document.getElementById("views"), VIEWS.map(([name, title]) =>
    h("a", { href: address(name), "aria-current": name === here ? "page" : null }, title)));
  document.querySelector(".brand").setAttribute("href", address("choose"));
  placeName();
}

async function placeName() {
  const code = state.place;
  if (shared.place?.code !== code) {
    try {
      shared.place = await ask(`/api/place?code=${encodeURIComponent(code)}`);
    } catch {
      shared.place = null;
    }
  }
  if (state.place !== code) return;
  const names = ["a", "b"].map((side) => policy(state[side].policy) + (Object.keys(state[side].levers).length ? " (changed)" : ""));
  document.getElementById("asked").textContent = `${shared.place?.label || code}: ${names[1]} against ${names[0]}`;
}

start();
