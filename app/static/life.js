// What events change in the town, day by day; the same for playing on and for jumping to a day.

import { FLASH } from "./town.js";

const COUNTED = { overdose: "overdoses", lay_naloxone: "rescues", died_overdose: "deaths", offered: "offers", admitted: "entries", arrested: "arrests" };
const CARE = { "methadone clinic": 2, "buprenorphine office": 3, "naltrexone office": 4, detox: 5 };

export const WORDS = {
  overdose: "overdosed", lay_naloxone: "was given naloxone by a lay person", died_overdose: "died of an overdose",
  survived: "survived an overdose", called_911: "had 911 called", offered: "was offered deflection", accepted: "accepted",
  refused: "refused", arrested: "was arrested", admitted: "entered treatment", left_care: "left treatment", lost: "was lost on the way to care",
  turned_away: "was told there is no free place yet", child_witnessed: "saw an overdose at home", bereaved: "lost a parent to an overdose",
  critical_incident: "an officer lived through a critical incident",
};
export const LISTED = new Set(["overdose", "lay_naloxone", "died_overdose", "offered", "accepted", "arrested", "admitted", "lost", "child_witnessed", "bereaved", "critical_incident", "turned_away"]);

export function noCounts() {
  return { overdoses: 0, rescues: 0, deaths: 0, offers: 0, entries: 0, arrests: 0 };
}

// Let one event happen; `now` is the time to flash at, or 0 when a day is jumped over. Returns a line for the list.
export function happen(town, names, counts, [, kind, who, other, place, amount], now) {
  const name = names[kind];
  if (name in COUNTED) counts[COUNTED[name]] += 1;
  let person = town.people.get(who);
  if (!person && who >= 0 && now && name in FLASH && name !== "child_witnessed") person = town.add(who, place, 2, 0, 0);
  if (person) {
    if (name === "use_changed") person.use = amount;
    else if (name === "asked_for_care") person.care = 1;
    else if (name === "admitted") person.care = CARE[site(town, other)?.kind] || 2;
    else if (name === "left_care") person.care = 0;
    else if (name === "jailed") person.held = 1;
    else if (name === "released") person.held = 0;
    else if (name === "died_overdose" || name === "died_other") person.died = true;
    else if (name === "moved_out") person.gone = true;
  }
  if (name === "admitted") count(site(town, other), 1);
  if (name === "left_care") count(site(town, other), -1);
  const at = name === "critical_incident" || name === "sick" ? town.officers.find((one) => one.row === other)
    : name === "child_witnessed" ? town.homes.get(town.people.get(other)?.home) : person;
  if (now && at && name in FLASH) at.flash = { look: FLASH[name], when: now };
  return { name, who, other, place };
}

function site(town, row) {
  return town.providers.find((one) => one.row === row);
}

function count(provider, change) {
  if (provider) provider.occupied += change;
}
