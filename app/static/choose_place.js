// Choose a place: a search over all counties, what is known of the one chosen, and how much of it is simulated.

import { ask } from "./api.js";
import { announce, h, replace } from "./dom.js";
import { bars } from "./charts.js";
import { change, state, stateOfFile } from "./state.js";
import { figures, whole } from "./words.js";

// Why a year has no number; any other reason: nothing is published.
const STATUS = { suppressed: "1 to 9, not published exactly", suppressed_or_zero: "below 10" };

export function place(shared) {
  const list = h("ul.found", { id: "found", role: "listbox", "aria-label": "Places found" });
  list.hidden = true;
  const input = h("input.big", { type: "search", id: "search", role: "combobox", autocomplete: "off", placeholder: "Cabell, WV",
    "aria-expanded": "false", "aria-controls": "found", "aria-autocomplete": "list", spellcheck: "false" });
  const none = h("p.quiet", { id: "none", hidden: true });
  const facts = h("section.card", { "aria-live": "polite" }, h("p.quiet", "…"));
  let found = [], at = -1, latest = 0;

  input.addEventListener("input", search);
  input.addEventListener("keydown", (event) => {
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      mark((at + (event.key === "ArrowDown" ? 1 : -1) + found.length) % Math.max(1, found.length));
    } else if (event.key === "Enter" && found.length) {
      event.preventDefault();
      choose(found[Math.max(0, at)].code);
    } else if (event.key === "Escape") close();
  });

  async function search() {
    const number = ++latest;
    try {
      const answer = await ask(`/api/places?q=${encodeURIComponent(input.value)}`);
      if (number !== latest) return;
      found = answer;
      replace(list, found.map((one, i) => h("li", { role: "option", id: `found-${i}`, "aria-selected": "false", onclick: () => choose(one.code) },
        h("span", one.label), h("span.quiet", `${whole(one.population)} residents`))));
      list.hidden = !found.length;
      input.setAttribute("aria-expanded", String(!list.hidden));
      at = -1;
      const words = input.value.trim();
      none.hidden = !words || found.length > 0;
      none.textContent = `No county is called “${words}”. ${shared.place?.label || "The place chosen before"} stays chosen.`;
      announce(found.length ? `${found.length} places found` : none.hidden ? "" : none.textContent);
    } catch (problem) {
      if (number === latest) { found = []; replace(list, h("li.quiet", problem.message)); list.hidden = false; none.hidden = true; }
    }
  }

  function mark(i) {
    at = i;
    [...list.children].forEach((item, j) => item.setAttribute("aria-selected", String(i === j)));
    input.setAttribute("aria-activedescendant", `found-${i}`);
  }

  function close() {
    list.hidden = none.hidden = true;
    input.setAttribute("aria-expanded", "false");
    input.removeAttribute("aria-activedescendant");
  }

  function choose(code) {
    change((s) => { s.place = code; });
    input.value = "";
    close();
    tell();
  }

  async function tell() {
    try {
      shared.place = await ask(`/api/place?code=${encodeURIComponent(state.place)}`);
      replace(facts, described(shared.place));
    } catch (problem) {
      replace(facts, h("p.problem", problem.message));
    }
  }

  tell();
  return [
    h("h1", "Which community?"),
    h("div.two",
      h("div",
        h("label", { for: "search" }, "Search all 3,143 counties, or “United States” for an average community"),
        input, list, none, size(shared.choices.limits), file()),
      facts),
  ];
}

function size(limits) {
  return h("div", { class: "size" },
    field("residents", limits.residents, "people simulated", 500),
    field("years", limits.years, "years from the start of the policy"),
    field("seed", limits.seed, "first seed: the luck of the first pair"),
    h("p.note", "Fewer people run faster and leave more to chance; counts are told for the whole place."));
}

// A number of the state; one outside its limits is brought within them, and they are said.
function field(name, [low, high], words, step = 1) {
  const said = h("small.limits", { role: "status" });
  const input = h("input", { type: "number", id: name, min: low, max: high, step, value: state[name],
    onchange: () => change((s) => {
      const wanted = input.value;
      s[name] = clamp(input, low, high);
      said.textContent = Number(wanted) === s[name] && wanted ? "" : `a whole number from ${whole(low)} to ${whole(high)}`;
    }) });
  return h("p", h("label.inline", input, ` ${words}`), " ", said);
}

function file() {
  const said = h("span.problem", { role: "alert", hidden: true });
  const input = h("input", { type: "file", id: "file", accept: ".json", onchange: async () => {
    try {
      location.hash = `#compare?${stateOfFile(await input.files[0].slice(0, 20000).text())}`;
    } catch {
      said.hidden = false;
      said.textContent = "This is no file that Compare, Share has written.";
    }
  } });
  return h("p.note", h("label", { for: "file" }, "Or open the choices somebody has shared as a file"), input, said);
}

function clamp(input, low, high) {
  const value = Math.round(Number(input.value));
  const found = Number.isFinite(value) ? Math.min(high, Math.max(low, value)) : low;
  input.value = found;
  return found;
}

function described(told) {
  const known = told.deaths.filter((year) => year.deaths !== null);
  const fact = (number, words) => h("div", h("b.fact", number), h("span", words));
  const basis = told.basis === "published" ? "published" : told.basis === "national" ? "the nation’s" : "an estimate: too few are published";
  return [
    h("h2", told.label),
    h("div.facts",
      fact(whole(told.population), "residents"),
      fact(figures(told.rate), `overdose deaths a year per 100,000, 2018–2022, ${basis}; nation ${figures(told.nation)}`),
      fact(figures(told.otp_sites), "methadone clinics (2021)"),
      fact(figures(told.buprenorphine_sites), "places that list buprenorphine (2020)")),
    known.length ? bars("Overdose deaths of all drugs, published", told.deaths.map((year) => ({ label: String(year.year), value: year.deaths,
      missing: STATUS[year.status] || "not published", provisional: year.status === "provisional" }))) : null,
    told.programme ? h("p.note", `A deflection programme works here: ${told.programme}`) : null,
    told.notes.map((note) => h("p.note", note)),
  ];
}
