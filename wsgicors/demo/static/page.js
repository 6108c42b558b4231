// Makes three calls to the notes API, and shows what came of each: what the browser tells the page, and what the server
// says, which the page asks of its own origin.

import { ask, element, fragmentOf } from "./elements.js";

const facts = await ask("/facts");

const calls = {
  read: { path: "/notes" },
  write: { path: "/notes/1", method: "PUT", note: "Buy oat milk" },
  refused: { path: "/archive/1", method: "PUT", note: "Rewrite history" },
};

function optionsOf({ method, note }) {
  const options = { credentials: "include" };
  if (method) options.method = method;
  if (note) {
    options.headers = { "Content-Type": "application/json" };
    options.body = JSON.stringify({ text: note });
  }
  return options;
}

/** The call as one would write it. */
function written({ path, method, note }) {
  const lines = ['credentials: "include",'];
  if (method) lines.push(`method: "${method}",`);
  if (note) lines.push('headers: {', '  "Content-Type": "application/json",', '},', "body: JSON.stringify({", `  text: "${note}",`, "}),");
  return `await fetch(api + "${path}", {\n${lines.map(line => `  ${line}\n`).join("")}});`;
}

/** What the browser lets the page have of the answer: a text, and whether it is an answer at all. */
async function send(call) {
  try {
    const response = await fetch(facts.api + call.path, optionsOf(call));
    return { read: true, got: `${response.status} ${response.statusText}\n${await response.text()}` };
  } catch (error) {
    return { read: false, got: String(error) };
  }
}

function shownExchange(exchange) {
  const shown = fragmentOf("exchange");
  shown.querySelector(".line").textContent = `${exchange.method} ${exchange.path}`;
  shown.querySelector(".status").textContent = exchange.status;
  shown.querySelector(".where").textContent = exchange.reached
    ? "Reached the app."
    : exchange.refused ? "Refused by the middleware; the app was not called." : "Answered by the middleware; the app was not called.";
  for (const [place, headers] of [[".sent", exchange.request], [".answered", exchange.response]])
    for (const [name, value] of Object.entries(headers))
      shown.querySelector(place).append(element("dt", name), element("dd", value));
  return shown;
}

function show(section, { path, method = "GET" }, { read, got }, exchanges) {
  const refused = exchanges.find(exchange => exchange.refused)?.refused;
  const verdict = section.querySelector(".verdict");
  verdict.textContent = read ? "Allowed" : refused ? "Refused" : "Failed";
  verdict.dataset.allowed = read;
  section.querySelector(".got").replaceChildren(element("code", got));
  section.querySelector(".said").replaceChildren(
    ...(refused
      ? [element("code", refused.name), element("p", refused.sentence), element("p", refused.remedy)]
      : [read ? "The page’s origin may do this." : "Nothing: no request arrived."]));
  section.querySelector(".exchanges").replaceChildren(...exchanges.map(shownExchange));
  if (!exchanges.some(exchange => exchange.method === method)) {
    const never = element("li");
    never.append(element("s", `${method} ${path}`), element("p", "Never sent by the browser."));
    section.querySelector(".exchanges").append(never);
  }
}

async function run(id) {
  const section = document.getElementById(id);
  const button = section.querySelector("button");
  button.setAttribute("aria-disabled", "true");
  try {
    const before = await ask("/journal");
    const outcome = await send(calls[id]);
    const exchanges = await ask(`/journal?after=${before.at(-1)?.number ?? 0}`);
    show(section, calls[id], outcome, exchanges.filter(exchange => exchange.request.Origin === location.origin));
    document.getElementById("failure").hidden = true;
  } catch (error) {
    const failure = document.getElementById("failure");
    failure.textContent = `The demo does not answer. Is it still running? (${error.message})`;
    failure.hidden = false;
  } finally {
    button.removeAttribute("aria-disabled");
  }
}

// One call after the other, so that the exchanges of each are its own.
let queue = Promise.resolve();
function enqueue(id) {
  queue = queue.then(() => run(id));
  return queue;
}

for (const place of document.querySelectorAll("[data-fact]"))
  place.textContent = { here: location.origin, ...facts }[place.dataset.fact];
for (const link of document.querySelectorAll("[data-link]")) link.href = `${facts[link.dataset.link]}/`;
document.getElementById("stranger").hidden = location.origin === facts.page;
for (const [path, policy] of Object.entries(facts.rules)) {
  const rule = element("div");
  const code = element("pre", policy);
  code.tabIndex = 0;
  code.setAttribute("role", "group");
  code.setAttribute("aria-label", `The policy of ${path}`);
  rule.append(element("h3", path), code);
  document.getElementById("policies").append(rule);
}
for (const [id, call] of Object.entries(calls)) {
  const section = document.getElementById(id);
  section.append(fragmentOf("outcome"));
  section.querySelector(".code code").textContent = written(call);
  const button = section.querySelector("button");
  button.setAttribute("aria-label", `${button.textContent}: ${section.querySelector("h2").textContent}`);
  button.addEventListener("click", () => enqueue(id));
  enqueue(id);
}
