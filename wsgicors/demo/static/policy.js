// The policy that was sent, beside the one that the request needs, as code for the place that the reader chooses.

import { codeBlock, element } from "./elements.js";

/** Both policies under a heading; `choose` is called with another place, "" for the first one. */
export function policies({ code, corrected, predicted }, chosen, choose) {
  const names = Object.keys(code);
  const place = element("select", "", { id: "place", autocomplete: "off" });
  place.append(...names.map(name => new Option(name)));
  place.value = names.includes(chosen) ? chosen : names[0];
  const field = element("p", "", { className: "field place" });
  field.append(element("label", "For", { htmlFor: "place" }), place);
  const both = element("div", "", { id: "code", className: "both" });
  const show = () => both.replaceChildren(...blocks(place.value, code, corrected));
  place.addEventListener("change", () => {
    show();
    choose(place.value === names[0] ? "" : place.value);
  });
  show();
  return [element("h3", "The policy, to copy"), field, element("p", note(corrected, predicted)), both];
}

function blocks(name, code, corrected) {
  if (!corrected) return [codeBlock("The policy", code[name], `The policy for ${name}`)];
  return [
    codeBlock("As it is", code[name], `The policy for ${name}`, corrected[name]),
    codeBlock("Corrected", corrected[name], `The corrected policy for ${name}`, code[name]),
  ];
}

function note(corrected, { decision }) {
  if (corrected) return "The corrected policy lets this request through, and no other origin.";
  return decision === "allowed" ? "This policy lets the request through." : "No other policy helps here: the cause is not the policy.";
}
