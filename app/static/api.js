// Asking the server: single answers, and runs that stream what they find.

export class Problem extends Error {}

export async function ask(path, told) {
  const how = told === undefined ? {} : { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(told) };
  let answer;
  try {
    answer = await fetch(path, how);
  } catch {
    throw new Problem("The page’s server does not answer. Is it still running in the terminal?");
  }
  return read(answer);
}

async function read(answer) {
  let told;
  try {
    told = await answer.json();
  } catch {
    throw new Problem(`The server refused (${answer.status}).`);
  }
  if (!answer.ok) throw new Problem(told.problem || `The server refused (${answer.status}).`);
  return told;
}

// Begin a run. on[name] is called with each message of that name; returns {stop, finished}.
// Leaving the page, or stop(), closes the stream, and the server gives the run up.
export function run(name, told, on) {
  const closer = new AbortController();
  const finished = begin(`/api/run/${name}`, told, on, closer.signal).catch((error) => {
    if (closer.signal.aborted) return;
    (on.problem || console.error)({ text: error instanceof Problem ? error.message : "The connection to the server was lost." });
  });
  return { stop: () => closer.abort(), finished };
}

async function begin(path, told, on, signal, again = true) {
  const how = { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(told), signal };
  const answer = await fetch(path, how);
  if (answer.status === 401 && again) {
    await fetch("/", { signal }); // the server was started anew: a new session
    return begin(path, told, on, signal, false);
  }
  if (!answer.ok) return read(answer);
  const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
  let text = "";
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    text += value;
    const parts = text.split("\n\n");
    text = parts.pop();
    for (const part of parts) hear(part, on);
  }
}

function hear(part, on) {
  let name = "", data = "";
  for (const line of part.split("\n")) {
    if (line.startsWith("event: ")) name = line.slice(7);
    else if (line.startsWith("data: ")) data += line.slice(6);
  }
  if (name && on[name]) on[name](JSON.parse(data));
}
