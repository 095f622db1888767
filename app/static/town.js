// The town on a canvas: neighbourhoods, the people drawn and their ties, providers, officers; events flash and fade.

import { narrow } from "./dom.js";

export const LOOK = {
  using: ["#e69f00", "circle", "uses, not in treatment"],
  waiting: ["#e69f00", "ring", "waiting for treatment"],
  treated: ["#0072b2", "diamond", "in treatment"],
  remission: ["#56b4e9", "circle", "in remission or not using"],
  jail: ["#4b5560", "square", "in jail"],
  died: ["#000000", "cross", "died"],
};
export const FLASH = {
  overdose: ["#d55e00", "overdose"],
  lay_naloxone: ["#009e73", "naloxone"],
  called_911: ["#a64d79", "911"],
  survived: ["#009e73", "survived"],
  died_overdose: ["#000000", "died"],
  offered: ["#0072b2", "offer"],
  accepted: ["#0072b2", "accepted"],
  arrested: ["#4b5560", "arrest"],
  admitted: ["#0072b2", "entry"],
  lost: ["#d55e00", "lost"],
  child_witnessed: ["#a64d79", "child saw it"],
};
const WIDE = [860, 540], TALL = [430, 640]; // width and height in the canvas's own units; tall on a phone
const APART = 13; // people of one home
export const HOME = { wall: "#ffffff", line: "#a9b4be", children: "#cc79a7" };

export function sizeOfTown() {
  return narrow() ? TALL : WIDE;
}

export function makeTown(told) {
  const [width, height] = sizeOfTown();
  const rows = Math.max(1, Math.round(Math.sqrt((told.neighbourhoods * height) / width))), widest = Math.ceil(told.neighbourhoods / rows);
  const box = (place) => {
    const i = Math.max(0, place) % told.neighbourhoods, row = Math.floor(i / widest);
    const here = Math.min(widest, told.neighbourhoods - row * widest); // the last row may have fewer, which are wider
    const w = width / here, tall = height / Math.ceil(told.neighbourhoods / widest);
    return { x: (i % widest) * w + 6, y: row * tall + 6, w: w - 12, h: tall - 12 };
  };
  const people = new Map(), homes = new Map(), counts = new Map();
  const spot = (place) => {
    const b = box(place), i = counts.get(place) || 0;
    counts.set(place, i + 1);
    return { x: b.x + 16 + (b.w - 32) * ((0.5 + i * 0.7548776662) % 1), y: b.y + 36 + (b.h - 68) * ((0.5 + i * 0.569840291) % 1) };
  };
  const live = (home, place, children) => { // who lives together stands in one home, side by side
    if (!homes.has(home)) homes.set(home, { ...spot(place), children, people: 0, flash: null });
    const found = homes.get(home);
    found.people += 1;
    return { x: found.x + (found.people - 1) * APART, y: found.y };
  };
  const add = (row, place, use, care, held, home = -1, children = 0) => {
    const at = home < 0 ? spot(place) : live(home, place, children);
    const person = { row, place, use, care, held, home, died: false, gone: false, flash: null, ...at };
    people.set(row, person);
    return person;
  };
  const town = { told, width, height, box, people, homes, add, ties: [], officers: [], providers: [] };
  for (const one of told.people) add(one.row, one.place, one.use, one.care, one.held, one.home, one.children);
  town.ties = told.ties.map(([a, b, kind]) => [told.people[a].row, told.people[b].row, kind]);
  const beats = new Map();
  for (const officer of told.officers) {
    if (officer.beat < 0) continue;
    const n = beats.get(officer.beat) || 0, b = box(officer.beat);
    beats.set(officer.beat, n + 1);
    town.officers.push({ ...officer, x: b.x + 16 + n * 17, y: b.y + b.h - 14, flash: null });
  }
  const sites = new Map();
  for (const site of told.providers) {
    const n = sites.get(site.place) || 0, b = box(site.place);
    sites.set(site.place, n + 1);
    town.providers.push({ ...site, x: b.x + b.w - 20 - n * 30, y: b.y + 16 });
  }
  return town;
}

export function status(person) {
  if (person.died) return "died";
  if (person.held) return "jail";
  if (person.care >= 2) return "treated";
  if (person.care === 1) return "waiting";
  return person.use === 4 || person.use === 0 ? "remission" : "using";
}

export function draw(canvas, town, now, chosen) {
  const scale = canvas.width / town.width, c = canvas.getContext("2d");
  c.setTransform(scale, 0, 0, scale, 0, 0);
  c.clearRect(0, 0, town.width, town.height);
  c.font = "13px system-ui, sans-serif";
  for (let i = 0; i < town.told.neighbourhoods; i += 1) {
    const b = town.box(i);
    c.fillStyle = "#f1f4f6";
    c.strokeStyle = "#d5dbe1";
    c.beginPath();
    c.roundRect(b.x, b.y, b.w, b.h, 12);
    c.fill();
    c.stroke();
    c.fillStyle = "#52606d";
    c.fillText(`neighbourhood ${i}`, b.x + 10, b.y + 20);
  }
  c.strokeStyle = "#8b97a266";
  for (const [a, b] of town.ties) {
    const one = town.people.get(a), other = town.people.get(b);
    if (one.gone || other.gone) continue;
    c.beginPath();
    c.moveTo(one.x, one.y);
    c.lineTo(other.x, other.y);
    c.stroke();
  }
  for (const one of town.homes.values()) home(c, one);
  for (const site of town.providers) provider(c, site);
  for (const officer of town.officers) badge(c, officer, now, chosen);
  for (const person of town.people.values()) if (!person.gone) mark(c, person, chosen);
  for (const person of town.people.values()) if (person.flash) flash(c, person, now);
  for (const one of [...town.officers, ...town.homes.values()]) if (one.flash) flash(c, one, now);
}

// A house around those who live together; its roof is filled where a child lives.
function home(c, one) {
  const left = one.x - 9, right = one.x + 9 + (one.people - 1) * APART, eaves = one.y - 7, floor = one.y + 8;
  c.lineWidth = 1;
  c.strokeStyle = HOME.line;
  c.fillStyle = HOME.wall;
  c.fillRect(left, eaves, right - left, floor - eaves);
  c.strokeRect(left, eaves, right - left, floor - eaves);
  c.beginPath();
  c.moveTo(left - 2, eaves);
  c.lineTo((left + right) / 2, eaves - 7);
  c.lineTo(right + 2, eaves);
  c.closePath();
  if (one.children) c.fillStyle = HOME.children;
  c.fill();
  c.stroke();
}

function mark(c, person, chosen) {
  const [colour, shape] = LOOK[status(person)], r = 4.6;
  c.fillStyle = colour;
  c.strokeStyle = "#1d2733";
  c.lineWidth = 0.8;
  c.beginPath();
  if (shape === "circle" || shape === "ring") c.arc(person.x, person.y, r, 0, 7);
  else if (shape === "diamond") {
    c.moveTo(person.x, person.y - r - 1.5);
    c.lineTo(person.x + r + 1.5, person.y);
    c.lineTo(person.x, person.y + r + 1.5);
    c.lineTo(person.x - r - 1.5, person.y);
    c.closePath();
  } else if (shape === "square") c.rect(person.x - r, person.y - r, 2 * r, 2 * r);
  else {
    c.lineWidth = 2.4;
    c.moveTo(person.x - r, person.y - r);
    c.lineTo(person.x + r, person.y + r);
    c.moveTo(person.x + r, person.y - r);
    c.lineTo(person.x - r, person.y + r);
  }
  if (shape === "ring") { c.lineWidth = 2.6; c.strokeStyle = "#0072b2"; }
  if (shape !== "cross") c.fill();
  c.stroke();
  c.lineWidth = 1;
  if (chosen === person) halo(c, person);
}

function halo(c, at) {
  c.strokeStyle = "#1d2733";
  c.lineWidth = 2.5;
  c.beginPath();
  c.arc(at.x, at.y, 11, 0, 7);
  c.stroke();
  c.lineWidth = 1;
}

function badge(c, officer, now, chosen) {
  c.fillStyle = "#0b3c5d";
  c.beginPath();
  c.moveTo(officer.x, officer.y - 7);
  c.lineTo(officer.x + 6.5, officer.y + 5);
  c.lineTo(officer.x - 6.5, officer.y + 5);
  c.closePath();
  c.fill();
  if (chosen === officer) halo(c, officer);
}

function provider(c, site) {
  const full = Math.min(1, site.occupied / Math.max(1, site.slots));
  c.strokeStyle = "#0072b2";
  c.lineWidth = 1.5;
  c.fillStyle = "#fff";
  c.fillRect(site.x - 11, site.y - 9, 22, 18);
  c.fillStyle = "#0072b2";
  c.fillRect(site.x - 11, site.y + 9 - 18 * full, 22, 18 * full);
  c.strokeRect(site.x - 11, site.y - 9, 22, 18);
  c.fillStyle = full > 0.55 ? "#fff" : "#0b3c5d";
  c.fillText(site.kind[0].toUpperCase(), site.x - 5, site.y + 5);
  c.lineWidth = 1;
}

function flash(c, at, now) {
  const age = (now - at.flash.when) / 1100;
  if (age > 1) { at.flash = null; return; }
  const [colour, word] = at.flash.look;
  c.globalAlpha = 1 - age;
  c.strokeStyle = colour;
  c.lineWidth = 3;
  c.beginPath();
  c.arc(at.x, at.y, 6 + 20 * age, 0, 7);
  c.stroke();
  c.globalAlpha = Math.min(1, 2 * (1 - age));
  c.font = "bold 14px system-ui, sans-serif";
  c.lineWidth = 4;
  c.strokeStyle = "#ffffffdd";
  c.strokeText(word, at.x + 9, at.y - 8 - 8 * age);
  c.fillStyle = colour;
  c.fillText(word, at.x + 9, at.y - 8 - 8 * age);
  c.globalAlpha = 1;
  c.lineWidth = 1;
}

// Who is nearest to a point of the canvas, {person} or {officer}.
export function nearest(canvas, town, event) {
  const rect = canvas.getBoundingClientRect();
  const x = ((event.clientX - rect.left) * town.width) / rect.width, y = ((event.clientY - rect.top) * town.height) / rect.height;
  let best = null, least = 16 ** 2;
  const look = (one, kind) => {
    const d = (one.x - x) ** 2 + (one.y - y) ** 2;
    if (d < least) { least = d; best = { [kind]: one }; }
  };
  for (const person of town.people.values()) if (!person.gone) look(person, "person");
  for (const officer of town.officers) look(officer, "officer");
  return best;
}
