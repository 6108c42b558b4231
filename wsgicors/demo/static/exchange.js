// The picture of an exchange: an arrow each way for every request, as it arrived at the server and left it.

import { element } from "./elements.js";

const BY = {
  app: "from the app, through the middleware",
  middleware: "from the middleware; the app was not called",
  front: "from a layer outside the middleware",
};
const STAGES = { preflight: "Preflight", actual: "Actual request" };
const TELLING = /^(origin|access-control-.*|cookie|authorization|content-type|vary|location|age|server|x-total-count|allow)$/i;

/** The whole picture, its two ends included. */
export function picture({ request, predicted, exchanges }) {
  const shown = element("div", "", { className: "exchange" });
  const ends = element("div", "", { className: "ends" });
  ends.append(end("This page", predicted.asked.origin), end("Server", new URL(request.url).origin));
  const arrows = element("ol", "", { className: "picture", ariaLabel: "The exchange" });
  arrows.append(...messages(request, predicted, exchanges));
  shown.append(ends, arrows);
  return shown;
}

function end(name, origin) {
  const shown = element("p");
  shown.append(element("b", name), " ", element("code", origin));
  return shown;
}

function messages(request, predicted, exchanges) {
  const shown = exchanges.flatMap((exchange, index) => {
    const { stage, hop } = predicted.exchanges[index] ?? { stage: "actual", hop: index };
    const steps = predicted.steps.filter(step => step.stage === stage && step.hop === hop);
    return [asked(exchange, STAGES[stage]), answered(exchange, steps)];
  });
  const before = predicted.steps.filter(step => step.stage === "request" && step.hop === 0);
  if (before.some(step => step.outcome !== "passed")) shown.unshift(noted(before));
  const stopped = predicted.exchanges.at(-1)?.stage === "preflight" && predicted.decision !== "allowed";
  if (stopped && exchanges.length === predicted.exchanges.length) shown.push(neverSent(request));
  return shown;
}

function message(direction, from, title, line, tag) {
  const shown = element("li", "", { className: `message ${direction}` });
  const head = element("p", "", { className: "head" });
  const spoken = element("span", `${from}: `, { className: "spoken" });
  head.append(spoken, element("span", title, { className: "kind" }), " ", element("b", line), " ");
  if (tag) head.append(element("small", tag));
  shown.append(head, element("div", "", { className: "arrow" }));
  return shown;
}

function asked({ method, path, request }, title) {
  const shown = message("to-server", "From the browser to the server", title, `${method} ${path}`);
  shown.append(...headers(request));
  return shown;
}

function answered({ status, response, by }, steps) {
  const shown = message("to-browser", "From the server to the browser", "Response", status, BY[by]);
  shown.append(...headers(response), checks(steps));
  if (steps.some(step => step.outcome === "failed")) shown.dataset.failed = "true";
  return shown;
}

function noted(steps) {
  const shown = element("li", "", { className: "message" });
  shown.append(checks(steps));
  if (steps.some(step => step.outcome === "failed")) shown.dataset.failed = "true";
  return shown;
}

function neverSent({ method, path }) {
  const shown = message("to-server", "From the browser to the server", STAGES.actual, "", "never sent by the browser");
  shown.classList.add("never");
  shown.querySelector("b").replaceWith(element("s", `${method} ${path}`));
  return shown;
}

function headers(all) {
  const telling = all.filter(([name]) => TELLING.test(name));
  const rest = all.filter(([name]) => !TELLING.test(name));
  const shown = telling.length ? [headerList(telling)] : [];
  if (rest.length) {
    const more = element("details");
    more.append(element("summary", rest.length === 1 ? "1 more header" : `${rest.length} more headers`), headerList(rest));
    shown.push(more);
  }
  return shown;
}

function headerList(all) {
  const shown = element("ul", "", { className: "lines" });
  for (const [name, value] of all) {
    const line = element("li");
    line.append(element("b", `${name}: `), value);
    shown.append(line);
  }
  return shown;
}

function checks(steps) {
  if (!steps.length) return "";
  const shown = element("ul", "", { className: "checks", ariaLabel: "What the browser checks" });
  for (const { outcome, detail } of steps) {
    const check = element("li");
    check.dataset.outcome = outcome;
    check.append(element("span", `${outcome}: `, { className: "spoken" }), detail[0].toUpperCase() + detail.slice(1));
    shown.append(check);
  }
  return shown;
}
