// Making elements: h("p.note", {id: "x", onclick: f}, "text", child, …). Text is always text, never markup.

const SVG = "http://www.w3.org/2000/svg";

export function h(what, ...rest) {
  return fill(document.createElement(what.split(/[.#]/)[0] || "div"), what, rest);
}

export function s(what, ...rest) {
  return fill(document.createElementNS(SVG, what.split(".")[0]), what, rest);
}

function fill(element, what, rest) {
  const classes = what.split(".").slice(1).join(" ");
  if (classes) element.setAttribute("class", classes);
  for (const part of rest.flat(Infinity)) {
    if (part === null || part === undefined || part === false) continue;
    if (part instanceof Node) element.append(part);
    else if (typeof part === "object") attributes(element, part);
    else element.append(String(part));
  }
  return element;
}

function attributes(element, told) {
  for (const [name, value] of Object.entries(told)) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (name === "value" || name === "checked" || name === "selected") element[name] = value;
    else element.setAttribute(name, value === true ? "" : value);
  }
}

// Is the window as narrow as a phone? The same width as in the style sheets.
export function narrow() {
  return matchMedia("(max-width: 760px)").matches;
}

export function replace(element, ...children) {
  element.replaceChildren(...children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false));
  return element;
}

// Say something to whoever listens to the page rather than looks at it.
export function announce(text) {
  document.getElementById("said").textContent = text;
}

// A row of buttons of which one is pressed: tabs of one panel, with the arrow keys.
export function tabs(name, choices, chosen, choose) {
  const buttons = choices.map(([id, title]) =>
    h("button.tab", { type: "button", role: "tab", id: `${name}-${id}`, "aria-selected": String(id === chosen),
      tabindex: id === chosen ? 0 : -1, onclick: () => pick(id) }, title));
  function pick(id) {
    for (const [i, [other]] of choices.entries()) {
      buttons[i].setAttribute("aria-selected", String(other === id));
      buttons[i].tabIndex = other === id ? 0 : -1;
    }
    choose(id);
  }
  const bar = h("div.tabs", { role: "tablist", "aria-label": name }, buttons);
  bar.addEventListener("keydown", (event) => {
    const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
    if (!step) return;
    const at = (buttons.indexOf(document.activeElement) + step + buttons.length) % buttons.length;
    event.preventDefault();
    buttons[at].focus();
    pick(choices[at][0]);
  });
  return bar;
}
