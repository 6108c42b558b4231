// The tour: six steps and six questions, one a screen. The reader predicts, the browser sends, the screen compares.

import { ask, byId, codeBlock, element } from "./elements.js";
import { picture } from "./exchange.js";
import { experiment, explained } from "./experiment.js";

const { lessons, questions } = await ask("/playground/lessons");
const SCREENS = [
  ...lessons.map((lesson, index) => ({ kind: "step", index, id: lesson.id, lesson })),
  ...questions.map((question, index) => ({ kind: "question", index, id: question.lesson, question })),
];
const ASKED = { step: "What do you think?", question: "Your answer" };

// -- The URL names the screen, and the option that was chosen ---------------------------------------------------------

const urlOf = ({ kind, id }, chosen) => `#${new URLSearchParams({ [kind]: id, ...(chosen === null ? {} : { chosen }) })}`;

function place() {
  const written = new URLSearchParams(location.hash.slice(1));
  const screen = SCREENS.find(({ kind, id }) => written.get(kind) === id) ?? SCREENS[0];
  const options = (screen.lesson ?? screen.question).options;
  const chosen = Number(written.get("chosen") ?? NaN);
  return { screen, chosen: options[chosen] ? chosen : null };
}

function goTo(screen, chosen) {
  history.pushState(null, "", urlOf(screen, chosen));
  return show();
}

// -- One screen ----------------------------------------------------------------------------------------------------

let latest = 0;

async function show() {
  const wasAt = document.title;
  const mine = ++latest;
  const { screen, chosen } = place();
  const { kind, index, lesson, question } = screen;
  document.title = `${lesson ? lesson.title : `Question ${index + 1}`} · wsgicors tour`;
  byId("progress").textContent = `${kind === "step" ? "Step" : "Question"} ${index + 1} of ${kind === "step" ? lessons.length : questions.length}`;
  byId("title").textContent = lesson ? lesson.title : "Do you remember?";
  byId("before").replaceChildren(...(lesson ? lesson.before : []).map(text => element("p", text)));
  byId("question").textContent = (lesson ?? question).question ?? question.text;
  showOptions(screen, chosen);
  byId("after").replaceChildren();
  showSteps(screen, chosen);
  if (latest > 1 && wasAt !== document.title) {
    byId("title").focus();
    scrollTo(0, 0);
  }
  if (chosen === null) return;
  try {
    const shown = lesson ? await happened(lesson, chosen) : answered(question, chosen);
    if (mine === latest) byId("after").replaceChildren(...shown);
  } catch (error) {
    if (mine === latest) byId("after").replaceChildren(verdict("no", "Not sent", explained(error)));
  }
}

function showOptions(screen, chosen) {
  byId("legend").textContent = ASKED[screen.kind];
  const options = (screen.lesson ?? screen.question).options;
  byId("options").replaceChildren(...options.map((option, index) => {
    const button = element("button", option.text ?? option, { type: "button" });
    button.setAttribute("aria-pressed", String(index === chosen));
    button.addEventListener("click", () => {
      goTo(screen, index);
      byId("options").children[index].focus();
    });
    return button;
  }));
}

function showSteps(screen, chosen) {
  const at = SCREENS.indexOf(screen);
  const before = SCREENS[at - 1];
  const after = SCREENS[at + 1];
  const links = [];
  if (before) links.push(link("← Back", urlOf(before, null)));
  if (after && chosen !== null) links.push(link(next(after), urlOf(after, null), "next"));
  if (!after && chosen !== null) links.push(link("Open the playground", "playground.html", "next"));
  byId("steps").replaceChildren(...links);
}

function next({ kind, index, lesson }) {
  if (kind === "step") return `Next: ${lesson.title} →`;
  return index ? `Question ${index + 1} →` : "Six questions →";
}

function link(text, href, className = "") {
  return element("a", text, { href, className });
}

function verdict(kind, outcome, line) {
  const shown = element("div", "", { className: "said" });
  shown.dataset.verdict = kind;
  shown.append(element("p", outcome, { className: "outcome" }), element("h2", line, { className: "cause" }));
  return shown;
}

const right = isRight => (isRight ? "You were right" : "Not quite");

// -- What really happened ------------------------------------------------------------------------------------------

async function happened(lesson, chosen) {
  const { policy, asked, fault } = lesson;
  const result = await experiment({ policy, asked, fault, debug: false });
  const { outcome, exchanges, predicted } = result;
  const facts = {
    arrived: exchanges.map(({ method }) => method).join(" "),
    read: outcome.read,
    counted: outcome.read && outcome.headers.some(([name]) => name.toLowerCase() === "x-total-count"),
  };
  const holds = ({ claims }) => Object.entries(claims).every(([name, value]) => facts[name] === value);
  const real = lesson.options.find(holds);
  if (!real) return [verdict("odd", "Your browser did something else", "This browser departs from the standard"), picture(result)];
  const isRight = real === lesson.options[chosen];
  const shown = [verdict(isRight ? "yes" : "no", right(isRight), real.text)];
  shown.push(...lesson.after.map(text => element("p", text)));
  shown.push(element("h3", "What happened just now"), picture(result), ...settings(result));
  if (predicted.step) shown.push(element("p", `By the Fetch standard: ${predicted.step}.`, { className: "fine" }));
  const open = element("p");
  open.append(link("Change it in the playground", playgroundUrl(lesson)));
  return [...shown, open];
}

function settings({ code, corrected }) {
  if (!corrected) return [element("h3", "The policy"), codeBlock("WSGI", code.WSGI, "The policy")];
  const both = element("div", "", { className: "both" });
  both.append(
    codeBlock("As it is", code.WSGI, "The policy", corrected.WSGI),
    codeBlock("Corrected", corrected.WSGI, "The corrected policy", code.WSGI));
  return [element("h3", "The policy"), both];
}

function playgroundUrl({ policy, asked, fault }) {
  const fields = new URLSearchParams();
  fields.set("allow_origins", [policy.allow_origins].flat().join("\n"));
  for (const name of ["allow_methods", "allow_headers", "expose_headers"])
    if (policy[name]) fields.set(name, [policy[name]].flat().join(", "));
  fields.set("method", asked.method);
  if (asked.headers.length) fields.set("headers", asked.headers.join("\n"));
  if (asked.credentials) fields.set("credentials", "on");
  if (fault) fields.set("fault", fault);
  return `playground.html#${fields}`;
}

function answered(question, chosen) {
  const lesson = lessons.find(({ id }) => id === question.lesson);
  const isRight = chosen === question.right;
  const shown = [verdict(isRight ? "yes" : "no", right(isRight), question.options[question.right])];
  shown.push(...lesson.after.map(text => element("p", text)));
  const back = element("p");
  back.append(link(`Back to the step: ${lesson.title}`, urlOf({ kind: "step", id: lesson.id }, null)));
  return [...shown, back];
}

addEventListener("popstate", show);
show();
