// Numbers and names as a reader says them.

const plain = new Intl.NumberFormat("en-US", { maximumFractionDigits: 0 });

export function whole(value) {
  return plain.format(value);
}

export function figures(value) {
  if (value === null || value === undefined || Number.isNaN(value)) return "–";
  const size = Math.abs(value);
  const digits = size >= 100 || size === 0 ? 0 : size >= 10 ? 1 : size >= 1 ? 2 : 3;
  return minus(Number(value.toFixed(digits)).toLocaleString("en-US", { maximumFractionDigits: digits }));
}

export function minus(text) {
  return String(text).replaceAll("-", "−");
}

export function policy(name) {
  return name.replaceAll("_", " ");
}

export function plural(count, word) {
  return `${whole(count)} ${word}${count === 1 ? "" : "s"}`;
}

// The value of a lever with its unit.
export function lever(told, value) {
  if (told.kind === "switch") return value ? "yes" : "no";
  if (told.percent) return `${figures(Math.round(1000 * value) / 10)} %`;
  return `${figures(value)} ${told.unit}`;
}

// The first sentence of a text, and the rest.
export function first(text) {
  const end = text.indexOf(". ");
  return end < 0 ? [text, ""] : [text.slice(0, end + 1), text.slice(end + 2)];
}
