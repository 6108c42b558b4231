// One experiment: the server sets up what was chosen, this browser sends the request, the server says what arrived.

import { Refused, ask, element } from "./elements.js";

/** What is shown where an experiment could not be made. */
export const explained = error =>
  error instanceof Refused ? error.message : `The demo does not answer. Is it still running? (${error.message})`;

/** Set up what was chosen and send the request. With problems, or an impossible request, nothing is sent. */
export async function experiment(choice) {
  const begun = await begin(choice);
  if (begun.problems || begun.impossible) return begun;
  const { request } = begun;
  const outcome = request.sandboxed ? await sendFromFrame(request) : await send(request);
  const { exchanges } = await ask(`/playground/experiments/${begun.key}`);
  return { ...begun, outcome, exchanges };
}

function begin(choice) {
  const headers = { "Content-Type": "application/json" };
  return ask("/playground/experiments", { method: "POST", headers, body: JSON.stringify(choice) });
}

/** A sandboxed frame sends as the origin null; it is removed again afterwards. */
async function sendFromFrame(request) {
  const frame = element("iframe", "", { title: "A sandboxed page", hidden: true, src: "/playground/frame.html" });
  frame.setAttribute("sandbox", "allow-scripts");
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
