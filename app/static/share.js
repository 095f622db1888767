// Take it along: a link, the scenario files, the figure, and the command that gives the same numbers.

import { ask } from "./api.js";
import { announce, h, replace } from "./dom.js";
import { asked } from "./state.js";

export function share(kept) {
  const place = h("div", h("p.quiet", "…"));
  const said = h("span.quiet", { role: "status" });
  const copy = (text, what) => async () => {
    try {
      await navigator.clipboard.writeText(text());
      said.textContent = `${what} copied`;
    } catch {
      said.textContent = "The browser does not let the page copy; mark the text and copy it.";
    }
    announce(said.textContent);
  };
  ask("/api/share", asked()).then((told) => {
    const files = Object.entries(told.files);
    replace(place,
      h("h2", "The same numbers on the command line"),
      h("code.command", { id: "command" }, told.command),
      h("div.share", h("button", { type: "button", onclick: copy(() => told.command, "Command") }, "Copy the command"),
        files.map(([name, text]) => h("button", { type: "button", onclick: () => save(name, text, "text/yaml") }, `Download ${name}`))),
      files.length ? h("p.note", "A policy with levers set otherwise is a file: save it where the command is run.") : null,
      h("p.note", "Scenarios ", told.hashes.map((hash, i) => [h("code", `${"AB"[i]} ${hash.slice(0, 16)}`), " "]),
        "Every run has the same bytes there."));
  }, (problem) => replace(place, h("p.problem", problem.message)));
  const figure = h("button", { type: "button", id: "save-figure", disabled: !kept.last, onclick: () => saveFigure(kept) }, "Download the figure (.svg)");
  return [
    h("h2", "This comparison as a link"),
    h("code.command", { id: "link" }, location.href),
    h("div.share", h("button", { type: "button", onclick: copy(() => location.href, "Link") }, "Copy the link"), figure, said),
    place,
  ];
}

export function save(name, text, type) {
  const url = URL.createObjectURL(new Blob([text], { type }));
  const link = h("a", { href: url, download: name });
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(url), 10000);
}

async function saveFigure(kept) {
  const { figureText } = await import("./figure.js");
  save("deflect-comparison.svg", figureText(kept), "image/svg+xml");
}
