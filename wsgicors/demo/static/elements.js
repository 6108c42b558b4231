// What the pages share: making elements, asking their own server, code to copy.

/** The demo's server refused what was asked; the message is for people. */
export class Refused extends Error {}

/** What this page's own server answers. */
export async function ask(path, options) {
  const response = await fetch(path, options);
  if (!response.ok) throw new Refused(await response.text());
  return response.json();
}

export const byId = id => document.getElementById(id);

/** An element with a text, and with properties such as className. */
export function element(tag, text = "", properties = {}) {
  const made = document.createElement(tag);
  made.textContent = text;
  return Object.assign(made, properties);
}

export function fragmentOf(id) {
  return byId(id).content.cloneNode(true);
}

/** A title, a button that copies, and the code; the lines that are not in `other` are marked. */
export function codeBlock(title, code, label, other = "") {
  const shown = element("div", "", { className: "block" });
  const bar = element("p", "", { className: "bar" });
  const button = element("button", "Copy", { type: "button", ariaLabel: `Copy: ${label}` });
  const pre = element("pre", "", { tabIndex: 0, role: "group", ariaLabel: label });
  const lines = element("code");
  const known = new Set(other.split("\n"));
  for (const line of code.split("\n")) {
    const text = line.trimStart();
    const changed = other && text && !known.has(line);
    lines.append(line.slice(0, line.length - text.length), changed ? element("mark", text) : text, "\n");
  }
  lines.lastChild.remove();
  pre.append(lines);
  bar.append(element("b", title), button);
  button.addEventListener("click", () => copy(button, pre, code));
  shown.append(bar, pre);
  return shown;
}

async function copy(button, pre, code) {
  try {
    await navigator.clipboard.writeText(code);
    button.textContent = "Copied";
  } catch {
    // Without a clipboard the code is selected, for Ctrl-C.
    getSelection().selectAllChildren(pre);
    button.textContent = "Selected";
  }
  setTimeout(() => { button.textContent = "Copy"; }, 2000);
}
