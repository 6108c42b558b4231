// The playground: a form, its state in the URL, and what became of the request. All words on causes come from the
// server's catalogues.

import { ask, byId, codeBlock, element } from "./elements.js";
import { picture } from "./exchange.js";
import { experiment, explained } from "./experiment.js";
import { policies } from "./policy.js";

const { scenarios, faults, origin } = await ask("/playground/choices");

const LISTS = ["allow_methods", "allow_headers", "expose_headers", "dangerously_allow"];
const NUMBERS = ["max_age", "preflight_status"];
const PLACES = { flask: "Flask", django: "Django", wsgi: "WSGI", nginx: "nginx", client: "The page" };

const form = byId("experiment");
const scenario = byId("scenario");
const debug = byId("debug");
const fields = [...form.querySelectorAll("input, textarea, select")];

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
    debug: debug.checked,
  };
}

// -- The state in the URL: a scenario, or every field that is filled in -----------------------------------------------

/** Where the policy is shown for; "" for the first place. */
let place = "";

/** Whether the form was changed and not sent since. */
let unsent = false;

function state() {
  const written = new URLSearchParams();
  if (scenario.value) written.set("scenario", scenario.value);
  else for (const { id, type, checked, value } of fields)
    if (type === "checkbox" ? checked : value) written.set(id, type === "checkbox" ? "on" : value);
  if (debug.checked) written.set("debug", "on");
  if (place) written.set("place", place);
  if (unsent) written.set("unsent", "on");
  return `#${written}`;
}

function restore(hash) {
  const written = new URLSearchParams(hash.slice(1));
  const known = scenarios.find(({ id }) => id === written.get("scenario"));
  const hasFields = fields.some(({ id }) => written.has(id));
  scenario.value = known ? known.id : hasFields ? "" : scenarios[0].id;
  debug.checked = written.has("debug");
  place = written.get("place") ?? "";
  unsent = written.has("unsent") && !scenario.value;
  if (scenario.value) return fill(known ?? scenarios[0]);
  for (const field of fields) {
    if (field.type === "checkbox") field.checked = written.has(field.id);
    else field.value = written.get(field.id) ?? (field.id === "refuse" ? "withhold" : "");
  }
}

// -- Sending -------------------------------------------------------------------------------------------------------

let latest = 0;

/** Send what the form says. A result that comes after a later change or a later one is dropped. */
async function run() {
  const mine = ++latest;
  const current = () => mine === latest;
  clear();
  byId("verdict").replaceChildren(element("p", "Sending…", { className: "outcome" }));
  try {
    const result = await experiment(chosen());
    if (!current()) return;
    if (result.problems) showProblems(result.problems);
    else if (result.impossible) say("no", "No browser sends this", capitalized(result.impossible));
    else show(result);
  } catch (error) {
    if (current()) say("no", "Not sent", explained(error));
  }
}

const capitalized = text => text[0].toUpperCase() + text.slice(1);

/** Send. A form that was not sent yet has an entry in the history already. */
function sendAndSetUrl() {
  const setUrl = unsent ? replaceUrl : pushUrl;
  unsent = false;
  setUrl(state());
  return run();
}

function pushUrl(hash) {
  if (hash !== location.hash) history.pushState(null, "", hash);
}

function replaceUrl(hash) {
  history.replaceState(null, "", hash);
}

/** Show what the URL says: the result, or the form that waits to be sent. */
function showUrl() {
  restore(location.hash);
  replaceUrl(state());
  if (unsent) showUnsent();
  else run();
}

function showUnsent() {
  latest += 1;
  clear();
  byId("verdict").replaceChildren(element("p", "Changed. Send it to see what happens.", { className: "outcome" }));
}

// -- What is shown -------------------------------------------------------------------------------------------------

function clear() {
  byId("problems").replaceChildren();
  byId("problems").hidden = byId("result").hidden = true;
  delete byId("verdict").dataset.verdict;
  byId("from").textContent = byId("sandboxed").checked ? "null" : location.origin;
  for (const place of form.querySelectorAll(".problems")) place.replaceChildren();
  for (const field of form.querySelectorAll("[aria-invalid]")) field.removeAttribute("aria-invalid");
}

/** The largest line: what happened, in people's words; above it what that means for the page. */
function say(verdict, outcome, cause) {
  byId("verdict").dataset.verdict = verdict;
  byId("verdict").replaceChildren(
    element("p", outcome, { className: "outcome" }), element("h2", cause, { className: "cause" }));
}

function showProblems(problems) {
  for (const { setting, code, message, remedy } of problems) {
    const told = element("li");
    told.append(element("p", message), element("p", remedy), element("code", code, { className: "fine" }));
    byId("problems").append(told);
    const field = byId(setting);
    field?.setAttribute("aria-invalid", "true");
    if (field?.closest("details")) field.closest("details").open = true;
    byId(`${setting}-problems`)?.append(element("p", remedy || message));
  }
  byId("problems").hidden = false;
  say("no", "Not sent", problems.length === 1 ? "The policy has a problem" : `The policy has ${problems.length} problems`);
}

function show(result) {
  const { request, predicted, outcome, exchanges } = result;
  const allowed = predicted.decision === "allowed";
  const agreed = outcome.read === allowed && sameExchanges(predicted.exchanges, exchanges);
  const what = outcome.read ? "Allowed" : "Blocked";
  const cause = predicted.suspects[0]?.title ?? (allowed ? "The page reads the response" : predicted.step);
  if (agreed) say(allowed ? "yes" : "no", `${what}, as predicted`, cause);
  else say("odd", `${what}, and not as predicted`, "This browser does not follow the standard");
  byId("reason").replaceChildren(...reason(predicted.suspects[0]));
  byId("picture").replaceChildren(picture(result));
  byId("mount").textContent = new URL(request.url).pathname.slice(0, -request.path.length);
  const changes = [remedies(predicted.suspects[0]), policies(result, place, choosePlace)];
  byId("changes").replaceChildren(...(result.corrected ? changes.reverse() : changes).flat());
  byId("step").textContent = allowed ? "" : predicted.step;
  byId("log").replaceChildren(...refusals(exchanges));
  byId("predicted").replaceChildren(...shownPrediction(predicted, allowed));
  byId("real").replaceChildren(...shownOutcome(outcome));
  byId("others").replaceChildren(...others(predicted));
  byId("result").hidden = false;
}

function choosePlace(name) {
  place = name;
  replaceUrl(state());
}

function sameExchanges(predicted, real) {
  return predicted.length === real.length && predicted.every((exchange, index) => exchange.method === real[index].method);
}

function reason(suspect) {
  return suspect ? [element("p", suspect.sentence), element("p", suspect.why, { className: "quiet" })] : [];
}

function remedies(suspect) {
  if (!suspect?.remedies.length) return [];
  const shown = [element("h3", "What to change")];
  // What the playground has no server for is left to `wsgicors help`.
  for (const { place, text, code } of suspect.remedies.filter(({ place }) => place in PLACES)) {
    const remedy = element("div", "", { className: "remedy" });
    const line = element("p");
    line.append(element("b", PLACES[place]), ` ${text}`);
    remedy.append(line);
    if (code) remedy.append(codeBlock("", code, `Change for ${PLACES[place]}: ${text}`));
    shown.push(remedy);
  }
  return shown;
}

// The fine print.

function refusals(exchanges) {
  return exchanges.filter(({ refused }) => refused).map(({ refused }) => {
    const shown = element("div", "", { className: "refusal" });
    shown.append(element("h4", "In the server’s log"), element("code", refused.name),
      element("p", refused.sentence), element("p", refused.remedy));
    return shown;
  });
}

function shownPrediction(predicted, allowed) {
  const shown = [side(allowed)];
  if (predicted.readable.length) shown.push(headerNames("The page may read", predicted.readable));
  if (predicted.hidden.length) shown.push(headerNames("Hidden from it", predicted.hidden));
  return shown;
}

function shownOutcome({ read, error, status, body, headers }) {
  if (!read) return [side(read), element("p", "All that the page’s script learns:"), coded(error)];
  return [side(read), coded(`${status}\n${body}`), headerNames("The page read", headers.map(([name]) => name))];
}

function side(allowed) {
  const shown = element("p", allowed ? "Allowed" : "Blocked", { className: "side" });
  shown.dataset.verdict = allowed ? "yes" : "no";
  return shown;
}

function headerNames(label, names) {
  const shown = element("p", `${label}: `);
  shown.append(...names.flatMap((name, index) => [index ? ", " : "", element("code", name)]));
  return shown;
}

function coded(text) {
  const shown = element("p", "", { className: "got" });
  shown.append(element("code", text));
  return shown;
}

function others({ suspects, remarks }) {
  const shown = suspects.slice(1).map(suspect => {
    const other = element("details");
    other.append(element("summary", `Or: ${suspect.title}`), ...reason(suspect), ...remedies(suspect).slice(1));
    return other;
  });
  return [...shown, ...remarks.map(({ detail }) => element("p", detail))];
}

// -- The form ------------------------------------------------------------------------------------------------------

byId("origin").textContent = origin;
byId("here").textContent = location.origin;
scenarios.forEach(({ id, name }) => scenario.append(new Option(name, id)));
faults.forEach(({ name, title }) => byId("fault").append(new Option(title, name)));
scenario.addEventListener("change", () => {
  const known = scenarios.find(({ id }) => id === scenario.value);
  if (known) fill(known);
  sendAndSetUrl();
});
debug.addEventListener("change", sendAndSetUrl);
form.addEventListener("input", () => {
  scenario.value = "";
  showUnsent();
  if (unsent) return;
  unsent = true;
  pushUrl(state());
});
// Not at every key: browsers limit how often a page may write its URL.
form.addEventListener("change", () => {
  if (unsent) replaceUrl(state());
});
form.addEventListener("submit", event => {
  event.preventDefault();
  sendAndSetUrl();
  byId("verdict").scrollIntoView({ block: "nearest" });
});
addEventListener("popstate", showUrl);
showUrl();
