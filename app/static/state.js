// What is chosen, kept in the address after #, so that a link is the whole state; nothing of it is sent by itself.

export const DEFAULT = { place: "54011", years: 3, residents: 20000, seed: 0, pairs: 20 };
const POLICIES = { a: "status_quo", b: "full_deflection" };

export let state = fresh();
const listeners = new Set();

function fresh() {
  return { ...DEFAULT, a: { policy: POLICIES.a, levers: {} }, b: { policy: POLICIES.b, levers: {} }, switches: {} };
}

export function view() {
  return decodeURIComponent(location.hash.slice(1).split("?")[0]) || "choose";
}

// Read the address; what cannot be read is left at its default, the server checks the rest.
export function readAddress() {
  const query = new URLSearchParams(location.hash.split("?")[1] || "");
  const found = fresh();
  for (const [name, text] of query) {
    if (name in DEFAULT) found[name] = name === "place" ? text : Number.parseInt(text, 10);
    else if (name === "a" || name === "b") found[name].policy = text;
    else if (/^[ab]\.\w+\.\w+$/.test(name)) found[name[0]].levers[name.slice(2)] = value(text);
    else if (name.startsWith("s.")) found.switches[name.slice(2)] = text;
  }
  for (const name of ["years", "residents", "seed", "pairs"]) if (!Number.isFinite(found[name])) found[name] = DEFAULT[name];
  state = found;
}

function value(text) {
  if (text === "true" || text === "false") return text === "true";
  const number = Number(text);
  return text !== "" && Number.isFinite(number) ? number : text;
}

export function query(told = state) {
  const words = new URLSearchParams();
  for (const name of Object.keys(DEFAULT)) if (told[name] !== DEFAULT[name]) words.set(name, told[name]);
  for (const side of ["a", "b"]) {
    if (told[side].policy !== POLICIES[side]) words.set(side, told[side].policy);
    for (const [path, lever] of Object.entries(told[side].levers)) words.set(`${side}.${path}`, lever);
  }
  for (const [name, word] of Object.entries(told.switches)) words.set(`s.${name}`, word);
  return words.toString();
}

// The choices in a file that Share has written. Throws for another one.
export function stateOfFile(text) {
  const told = JSON.parse(text).deflect;
  if (typeof told !== "string") throw new Error("no choices");
  return new URLSearchParams(told).toString();
}

export function address(name, told = state) {
  const words = query(told);
  return `#${name}${words ? `?${words}` : ""}`;
}

// Change something; the address follows, without a new step in the browser's history.
export function change(update) {
  update(state);
  history.replaceState(null, "", address(view()));
  for (const listener of listeners) listener();
}

export function onChange(listener) {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export function asked(told = state) {
  return structuredClone(told);
}
