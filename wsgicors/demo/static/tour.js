// The tour: six steps and six questions, one a screen. The reader predicts, the browser sends, the screen compares.

import { ask, byId, element } from "./elements.js";
import { picture } from "./exchange.js";
import { experiment, explained } from "./experiment.js";
import { policies } from "./policy.js";

const { lessons, questions } = await ask("/playground/lessons");
const SCREENS = [
  ...lessons.map((lesson, index) => ({ kind: "step", index, id: lesson.id, lesson })),
  ...questions.map((question, index) => ({ kind: "question", index, id: question.lesson, question })),
];
const ASKED = { step: "What do you think?", question: "Your answer" };

// -- The URL names the screen, the option that was chosen, and where the policy is shown for --------------------------

/** Where the policy is shown for; "" for the first place. */
let place = "";

function urlOf({ kind, id }, chosen) {
  const written = new URLSearchParams({ [kind]: id });
  if (chosen !== null) written.set("chosen", chosen);
  if (place) written.set("place", place);
  return `#${written}`;
}

function restore() {
  const written = new URLSearchParams(location.hash.slice(1));
  place = written.get("place") ?? "";
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
  const { screen, chosen } = restore();
  const { kind, index, lesson, question } = screen;
  document.title = `${lesson ? lesson.title : `Question ${index + 1}`} · wsgicors tour`;
  byId("progress").textContent = `${kind === "step" ? "Step" : "Question"} ${index + 1} of ${kind === "step" ? lessons.length : questions.length}`;
  byId("title").textContent = lesson ? lesson.title : "Do you remember?";
  byId("before").replaceChildren(...(lesson ? lesson.before : []).map(text => element("p", text)));
  byId("question").textContent = (lesson ?? question).question ?? question.text;
  showOptions(screen, chosen);
  showAnswer("");
  showSteps(screen, chosen);
  if (latest > 1 && wasAt !== document.title) {
    byId("title").focus();
    scrollTo(0, 0);
  }
  if (chosen === null) return;
  try {
    const shown = lesson ? await happened(screen, chosen) : answered(question, chosen);
    if (mine === latest) showAnswer(...shown);
  } catch (error) {
    if (mine === latest) showAnswer(verdict("no", "Not sent", explained(error)));
  }
}

/** Only what happened is announced by screen readers, not all that explains it. */
function showAnswer(said, ...more) {
  byId("verdict").replaceChildren(said);
  byId("more").replaceChildren(...more);
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
  const cause = element("h2", "", { className: "cause" });
  // A URL may go on in the next line after a slash.
  cause.append(...line.split(/(?<=\/)(?=\w)/).flatMap(part => [part, element("wbr")]));
  shown.append(element("p", outcome, { className: "outcome" }), cause);
  return shown;
}

/** What is true, and whether the reader thought so; it is not red where they did not. */
const compared = (isRight, truth) => verdict(isRight ? "yes" : "wrong", isRight ? "You were right" : "Not quite", truth);

// -- What really happened ------------------------------------------------------------------------------------------

async function happened(screen, chosen) {
  const { lesson } = screen;
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
  if (!real) return [verdict("odd", "Your browser did something else", "This browser does not follow the standard"), picture(result)];
  const onward = link("Change it in the playground", playgroundUrl(lesson));
  const choosePlace = name => {
    place = name;
    history.replaceState(null, "", urlOf(screen, chosen));
    onward.href = playgroundUrl(lesson);
    showSteps(screen, chosen);
  };
  const shown = [compared(real === lesson.options[chosen], real.text), ...lesson.after.map(text => element("p", text))];
  shown.push(element("h3", "What happened just now"), picture(result), ...policies(result, place, choosePlace));
  if (predicted.step) shown.push(element("p", `By the Fetch standard: ${predicted.step}.`, { className: "fine" }));
  const last = element("p");
  last.append(onward);
  return [...shown, last];
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
  if (place) fields.set("place", place);
  return `playground.html#${fields}`;
}

function answered(question, chosen) {
  const lesson = lessons.find(({ id }) => id === question.lesson);
  const back = element("p");
  back.append(link(`Back to the step: ${lesson.title}`, urlOf({ kind: "step", id: lesson.id }, null)));
  return [compared(chosen === question.right, question.options[question.right]), element("p", question.taught), back];
}

addEventListener("popstate", show);
show();
