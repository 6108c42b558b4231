// The playground: has the server set up what was chosen, sends the request by this browser, and shows what passed there
// beside what was predicted. All words on causes come from the server's catalogues.

import { ask, element, fragmentOf } from "./page.js";

const byId = id => document.getElementById(id);
const { scenarios, faults } = await ask("/playground/choices");

const LISTS = ["allow_methods", "allow_headers", "expose_headers", "dangerously_allow"];
const NUMBERS = ["max_age", "preflight_status"];
const BY = {
  app: "from the app, through the middleware",
  middleware: "from the middleware, in the app’s stead",
  front: "from in front of the middleware",
};
const STAGES = { preflight: "Preflight", actual: "Actual request" };
const PLACES = { flask: "Flask", django: "Django", wsgi: "WSGI", nginx: "nginx", client: "The client" };
const TELLING = /^(origin|access-control-.*|cookie|authorization|content-type|vary|location|age|server|x-total-count|allow)$/i;

// -- What is chosen ------------------------------------------------------------------------------------------------

function fill({ policy, asked, fault }) {
  byId("allow_origins").value = [policy.allow_origins].flat().join("\n");
  for (const name of LISTS) byId(name).value = [policy[name] ?? []].flat().join(", ");
  for (const name of NUMBERS) byId(name).value = policy[name] ?? "";
  byId("allow_credentials").checked = policy.allow_credentials ?? false;
  byId("refuse").value = policy.refuse ?? "withhold";
  byId("method").value = asked.method;
  byId("headers").value = asked.headers.join("\n");
  byId("credentials").checked = asked.credentials;
  byId("sandboxed").checked = asked.sandboxed;
  byId("fault").value = fault;
  tellOrigin();
}

function tellOrigin() {
  byId("from").textContent = byId("sandboxed").checked ? "null" : location.origin;
}

const lines = id => byId(id).value.split("\n").filter(line => line.trim());
const listed = members => (members.length === 1 && members[0] === "*" ? "*" : members);

function chosen() {
  const policy = { allow_origins: listed(lines("allow_origins")) };
  for (const name of LISTS) {
    const members = byId(name).value.split(",").map(member => member.trim()).filter(Boolean);
    if (members.length) policy[name] = listed(members);
  }
  for (const name of NUMBERS) {
    const text = byId(name).value.trim();
    if (text) policy[name] = /^-?\d{1,9}$/.test(text) ? Number(text) : text;
  }
  if (byId("allow_credentials").checked) policy.allow_credentials = true;
  if (byId("refuse").value !== "withhold") policy.refuse = byId("refuse").value;
  return {
    policy,
    asked: {
      method: byId("method").value.trim(),
      headers: lines("headers"),
      credentials: byId("credentials").checked,
      sandboxed: byId("sandboxed").checked,
    },
    fault: byId("fault").value,
  };
}

// -- Sending -------------------------------------------------------------------------------------------------------

async function begin(choice) {
  const headers = { "Content-Type": "application/json" };
  const response = await fetch("/playground/experiments", { method: "POST", headers, body: JSON.stringify(choice) });
  if (!response.ok) throw new Error(await response.text());
  return response.json();
}

/** The frame that asks as the origin null; it is gone again afterwards. */
async function sendFromFrame(request) {
  const frame = element("iframe");
  frame.setAttribute("sandbox", "allow-scripts");
  frame.title = "A sandboxed page";
  frame.hidden = true;
  frame.src = "/playground/frame.html";
  const loaded = new Promise(resolve => frame.addEventListener("load", resolve));
  document.body.append(frame);
  await loaded;
  const { port1, port2 } = new MessageChannel();
  const answered = new Promise(resolve => { port1.onmessage = event => resolve(event.data); });
  frame.contentWindow.postMessage(request, "*", [port2]);
  const outcome = await answered;
  frame.remove();
  return outcome;
}

async function run() {
  const begun = await begin(chosen());
  clear();
  if (begun.problems) return showProblems(begun.problems);
  if (begun.impossible) return say(begun.impossible, "no");
  const { request, predicted, code } = begun;
  const outcome = request.sandboxed ? await sendFromFrame(request) : await send(request);
  const { exchanges } = await ask(`/playground/experiments/${begun.key}`);
  show(request, predicted, outcome, exchanges, code);
}

// -- What is shown -------------------------------------------------------------------------------------------------

function say(text, verdict) {
  byId("verdict").dataset.verdict = verdict;
  byId("verdict").textContent = text;
}

function clear() {
  byId("problems").replaceChildren();
  byId("problems").hidden = byId("result").hidden = true;
  for (const place of byId("experiment").querySelectorAll(".problems")) place.replaceChildren();
  for (const field of byId("experiment").querySelectorAll("[aria-invalid]")) field.removeAttribute("aria-invalid");
}

function showProblems(problems) {
  for (const { setting, code, message, remedy } of problems) {
    const told = element("li");
    told.append(element("code", code), element("p", message), element("p", remedy));
    byId("problems").append(told);
    const field = byId(setting);
    field?.setAttribute("aria-invalid", "true");
    if (field?.closest("details")) field.closest("details").open = true;
    byId(`${setting}-problems`)?.append(element("p", remedy || message));
  }
  byId("problems").hidden = false;
  say(problems.length === 1 ? "The policy does not build: it has a problem." : `The policy does not build: it has ${problems.length} problems.`, "no");
}

function show(request, predicted, outcome, exchanges, code) {
  const allowed = predicted.decision === "allowed";
  const agreed = outcome.read === allowed && sameExchanges(predicted.exchanges, exchanges);
  const what = outcome.read ? "Allowed" : "Blocked";
  const reason = allowed ? "" : ` ${predicted.step}.`;
  say(agreed ? `${what}, as predicted.${reason}` : `${what}, and not as predicted: this browser departs from the standard.${reason}`,
      agreed ? (allowed ? "yes" : "no") : "odd");
  byId("predicted").replaceChildren(...shownPrediction(predicted, allowed));
  byId("real").replaceChildren(...shownOutcome(outcome));
  byId("picture").replaceChildren(...shownPicture(request, predicted, exchanges));
  byId("why").replaceChildren(...shownRefusals(exchanges), ...shownReasons(predicted));
  byId("code").replaceChildren(...Object.entries(code).map(([place, text]) => block(place, text, `The policy for ${place}`)));
  byId("ends-browser").textContent = request.sandboxed ? "null" : location.origin;
  byId("ends-server").textContent = new URL(request.url).origin;
  byId("result").hidden = false;
}

function sameExchanges(predicted, real) {
  return predicted.length === real.length && predicted.every((exchange, index) => exchange.method === real[index].method);
}

function shownPrediction(predicted, allowed) {
  const verdict = element("p", allowed ? "Allowed" : "Blocked");
  verdict.className = "side";
  verdict.dataset.verdict = allowed ? "yes" : "no";
  const shown = [verdict];
  if (!allowed) shown.push(element("p", predicted.step));
  if (predicted.readable.length) shown.push(headerNames("The page may read", predicted.readable));
  if (predicted.hidden.length) shown.push(headerNames("Hidden from it", predicted.hidden));
  return shown;
}

function headerNames(label, names) {
  const shown = element("p", `${label}: `);
  shown.append(...names.flatMap((name, index) => [index ? ", " : "", element("code", name)]));
  return shown;
}

function shownOutcome(outcome) {
  const verdict = element("p", outcome.read ? "Allowed" : "Blocked");
  verdict.className = "side";
  verdict.dataset.verdict = outcome.read ? "yes" : "no";
  if (!outcome.read) return [verdict, element("p", "All that the page is told:"), coded(outcome.error)];
  return [verdict, coded(`${outcome.status}\n${outcome.body}`), headerNames("The page read", outcome.headers.map(([name]) => name))];
}

function coded(text) {
  const shown = element("p");
  shown.className = "got";
  shown.append(element("code", text));
  return shown;
}

// The picture: an arrow each way for every exchange, as it arrived at the server and left it.

function shownPicture(request, predicted, exchanges) {
  const shown = exchanges.flatMap((exchange, index) => {
    const { stage, hop } = predicted.exchanges[index] ?? { stage: "actual", hop: index };
    const steps = predicted.steps.filter(step => step.stage === stage && step.hop === hop);
    return [asked(exchange, STAGES[stage]), answered(exchange, STAGES[stage], steps)];
  });
  const before = predicted.steps.filter(step => step.stage === "request" && step.hop === 0);
  if (before.some(step => step.outcome !== "passed")) shown.unshift(noted(before));
  if (predicted.exchanges.at(-1)?.stage === "preflight" && predicted.decision !== "allowed" && exchanges.length === predicted.exchanges.length)
    shown.push(neverSent(request));
  return shown;
}

function message(direction, from, title, line, tag) {
  const shown = element("li");
  shown.className = `message ${direction}`;
  const head = element("p");
  head.className = "head";
  const spoken = element("span", `${from}: `);
  spoken.className = "spoken";
  const kind = element("span", title);
  kind.className = "kind";
  head.append(spoken, kind, " ", element("b", line), " ");
  if (tag) head.append(element("small", tag));
  const arrow = element("div");
  arrow.className = "arrow";
  shown.append(head, arrow);
  return shown;
}

function asked({ method, path, request }, title) {
  const shown = message("to-server", "From the browser to the server", title, `${method} ${path}`);
  shown.append(...headers(request));
  return shown;
}

function answered({ status, response, by }, title, steps) {
  const shown = message("to-browser", "From the server to the browser", "Answer", status, BY[by]);
  shown.append(...headers(response), checks(steps));
  if (steps.some(step => step.outcome === "failed")) shown.dataset.failed = "true";
  return shown;
}

function noted(steps) {
  const shown = element("li");
  shown.className = "message";
  shown.append(checks(steps));
  if (steps.some(step => step.outcome === "failed")) shown.dataset.failed = "true";
  return shown;
}

function neverSent({ method, url }) {
  const shown = message("to-server", "From the browser to the server", STAGES.actual, "", "never sent by the browser");
  shown.classList.add("never");
  const line = element("s", `${method} ${new URL(url).pathname}`);
  shown.querySelector("b").replaceWith(line);
  return shown;
}

function headers(all) {
  const told = all.filter(([name]) => TELLING.test(name));
  const rest = all.filter(([name]) => !TELLING.test(name));
  const shown = [headerList(told)];
  if (rest.length) {
    const more = element("details");
    more.append(element("summary", rest.length === 1 ? "1 more header" : `${rest.length} more headers`), headerList(rest));
    shown.push(more);
  }
  return shown;
}

function headerList(all) {
  const shown = element("ul");
  shown.className = "lines";
  for (const [name, value] of all) {
    const line = element("li");
    line.append(element("b", `${name}: `), value);
    shown.append(line);
  }
  return shown;
}

function checks(steps) {
  const shown = element("ul");
  shown.className = "checks";
  shown.setAttribute("aria-label", "What the browser checks");
  for (const { outcome, detail } of steps) {
    const check = element("li");
    check.dataset.outcome = outcome;
    const spoken = element("span", `${outcome}: `);
    spoken.className = "spoken";
    check.append(spoken, detail[0].toUpperCase() + detail.slice(1));
    shown.append(check);
  }
  return shown;
}

// Why, and what mends it.

function shownRefusals(exchanges) {
  return exchanges.filter(({ refused }) => refused).map(({ refused }) => {
    const shown = element("div");
    shown.className = "refusal";
    shown.append(element("h3", "The server says"), element("code", refused.name), element("p", refused.sentence), element("p", refused.remedy));
    return shown;
  });
}

function shownReasons(predicted) {
  const shown = [];
  predicted.suspects.forEach((suspect, index) => {
    if (index) {
      const other = element("details");
      other.append(element("summary", `Or: ${suspect.title}`), ...reason(suspect));
      shown.push(other);
    } else {
      shown.push(element("h3", suspect.title), ...reason(suspect));
    }
  });
  for (const { detail } of predicted.remarks) shown.push(element("p", detail));
  return shown;
}

function reason({ sentence, why, remedies }) {
  const shown = [element("p", sentence), element("p", why)];
  shown[1].className = "quiet";
  if (remedies.length) shown.push(element("h4", "What mends it"));
  for (const { place, text, code } of remedies) {
    const remedy = element("div");
    remedy.className = "remedy";
    const line = element("p");
    line.append(element("b", PLACES[place]), ` ${text}`);
    remedy.append(line);
    if (code) remedy.append(block("", code, `What mends it: ${PLACES[place]}`));
    shown.push(remedy);
  }
  return shown;
}

function block(title, text, label) {
  const shown = fragmentOf("code-block");
  shown.querySelector(".bar b").textContent = title;
  const code = shown.querySelector("pre");
  code.firstElementChild.textContent = text;
  code.setAttribute("aria-label", label);
  const button = shown.querySelector("button");
  button.setAttribute("aria-label", `Copy: ${label}`);
  button.addEventListener("click", () => copy(button, code, text));
  return shown.firstElementChild;
}

async function copy(button, code, text) {
  try {
    await navigator.clipboard.writeText(text);
    button.textContent = "Copied";
  } catch {
    // Where the clipboard is not to be had, the text is left for Ctrl-C.
    getSelection().selectAllChildren(code);
    button.textContent = "Selected";
  }
  setTimeout(() => { button.textContent = "Copy"; }, 2000);
}

// -- The form ------------------------------------------------------------------------------------------------------

const form = byId("experiment");
const scenario = byId("scenario");
const submit = form.querySelector("[type=submit]");

scenarios.forEach(({ name }, index) => scenario.append(new Option(name, index)));
faults.forEach(({ name, title }) => byId("fault").append(new Option(title, name)));
scenario.addEventListener("change", () => scenario.value && fill(scenarios[scenario.value]));
form.addEventListener("input", event => {
  if (event.target !== scenario) scenario.value = "";
  tellOrigin();
});
form.addEventListener("submit", async event => {
  event.preventDefault();
  if (submit.getAttribute("aria-disabled") === "true") return;
  submit.setAttribute("aria-disabled", "true");
  try {
    await run();
  } catch (error) {
    clear();
    say(`The demo does not answer. Is it still running? (${error.message})`, "no");
  } finally {
    submit.removeAttribute("aria-disabled");
  }
});
scenario.value = "0";
fill(scenarios[0]);
