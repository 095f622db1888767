// Take it along: a link, the scenario files, the figure, and the command that gives the same numbers.

import { ask } from "./api.js";
import { announce, h, replace } from "./dom.js";
import { asked, query } from "./state.js";

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
    const changed = files.filter((_, i) => told.changed[i]).map(([name]) => name);
    replace(place,
      h("h2", "The same numbers on the command line"),
      h("code.command", { id: "command" }, told.command),
      h("div.share", h("button", { type: "button", onclick: copy(() => told.command, "Command") }, "Copy the command"),
        files.map(([name, text]) => h("button", { type: "button", onclick: () => save(name, text, "text/yaml") }, `Download ${name}`))),
      changed.length ? h("p.note", `The command reads ${changed.join(" and ")}, with the levers set otherwise: save it where the command is run.`) : null,
      h("p.note", "Scenarios ", told.hashes.map((hash, i) => [h("code", `${"AB"[i]} ${hash.slice(0, 16)}`), " "]),
        "Every run has the same bytes there."));
  }, (problem) => replace(place, h("p.problem", problem.message)));
  const figure = h("button", { type: "button", id: "save-figure", disabled: !kept.last, onclick: () => saveFigure(kept) }, "Download the figure (.svg)");
  const table = h("button", { type: "button", id: "save-table", disabled: !kept.table || kept.table.early, onclick: () => save("deflect-comparison.csv", tableText(kept), "text/csv") }, "Download the table (.csv)");
  const file = h("button", { type: "button", id: "save-choices", onclick: () => save("deflect-comparison.json", JSON.stringify({ deflect: query() }), "application/json") }, "Download the choices (.json)");
  return [
    h("h2", "This comparison as a link"),
    h("code.command", { id: "link" }, location.href),
    h("div.share", h("button", { type: "button", onclick: copy(() => location.href, "Link") }, "Copy the link"), file, said),
    h("p.note", "The link opens on this page’s server; the file can be opened anywhere, under Choose, Place."),
    h("h2", "What it found"),
    h("div.share", figure, table),
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

function tableText(kept) {
  const rows = Object.entries(kept.table.tabs).flatMap(([tab, found]) => found.map((row) =>
    [tab, row.title, row.a.mean, row.a.span, row.b.mean, row.b.span, row.diff, row.span, row.verdict, kept.table.pairs]));
  const head = ["table", "outcome", "A", "A: 95 of 100 runs", "B", "B: 95 of 100 runs", "B - A", "95 % interval", "B is", "pairs"];
  return [head, ...rows].map((row) => row.map((cell) => `"${String(cell).replaceAll('"', '""')}"`).join(",")).join("\n") + "\n";
}

async function saveFigure(kept) {
  const { figureText } = await import("./figure.js");
  save("deflect-comparison.svg", figureText(kept), "image/svg+xml");
}
