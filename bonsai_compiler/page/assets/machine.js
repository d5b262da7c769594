// The machine's diagram: the state of this tick is lit, and the way that its letter leads.

import { byId, counted, element } from "./marks.js";
import { bitsOf, decoded } from "./ports.js";
import { sequenceText } from "./sequences.js";
import { viewer } from "./viewer.js";

/** How many letters that lead the same way are listed. */
const MOST_LISTED = 64;

/** Let the diagram follow the session. */
export function showMachine(session) {
  const svg = byId("machine");
  if (!svg) return;
  const { titles, codes, table } = session.data.machine;
  const nodes = [...svg.querySelectorAll(".node")];
  const edges = [...svg.querySelectorAll(".edge")];
  const all = svg.getAttribute("viewBox").split(" ").map(Number);
  const view = viewer(svg, () => all);
  const buttons = { fit: view.fit, wider: () => view.zoom(1.25), closer: () => view.zoom(1 / 1.25) };
  for (const [name, action] of Object.entries(buttons))
    byId(`machine-${name}`).addEventListener("click", action);
  let listed = null;

  function draw() {
    const step = session.machineSteps[session.tick];
    const state = String(step.state);
    for (const node of nodes) node.classList.toggle("lit", node.dataset.node === state);
    const target = step.next < 0 ? "" : String(step.next);
    for (const edge of edges)
      edge.classList.toggle(
        "lit",
        step.legal && edge.dataset.source === state && edge.dataset.target === target,
      );
    byId("machine-told").textContent =
      step.state < 0
        ? step.over
          ? "The horizon is over."
          : "An input before was not legal; the machine says nothing of what follows."
        : `Tick ${session.tick + 1}: in state ${titles[step.state]}${target ? `, which leads to ${titles[target]}` : ""}.`;
    if (step.state !== listed) list(step.state);
  }

  /** All that is known of a state, in words: the diagram has no room for all letters and codes. */
  function list(state) {
    listed = state;
    if (state < 0) return byId("ways").replaceChildren();
    const [of, own] = [titles[state], codes[state].slice(0, -1)];
    const more = codes[state].at(-1) - own.length;
    const rows = ways(state).map(({ letters, outputs, next }) =>
      element(
        "tr",
        {},
        element("td", {}, few(letters)),
        element("td", {}, outputs),
        element("td", {}, titles[next]),
      ),
    );
    byId("ways").replaceChildren(
      element("h2", {}, `State ${of}`),
      element(
        "p",
        { class: "code-list" },
        own.join(", "),
        more ? ` and ${counted(more, "more code")}` : null,
      ),
      element(
        "table",
        { class: "ways" },
        element(
          "thead",
          {},
          element("tr", {}, ...["inputs", "outputs", "next"].map((text) => element("th", {}, text))),
        ),
        element("tbody", {}, ...rows),
      ),
    );
  }

  /** The ways from a state: letters that lead to the same state with the same outputs are one. */
  function ways(state) {
    const found = new Map();
    table.legal[state].forEach((legal, letter) => {
      const next = table.successor[state][letter];
      if (!legal || next < 0) return;
      const outputs = told(table.output[state][letter]);
      const key = `${next} ${outputs}`;
      if (!found.has(key)) found.set(key, { letters: [], outputs, next });
      found.get(key).letters.push(session.inputSignals.fields.length ? word(letter) : "any");
    });
    return [...found.values()].sort((one, other) => one.next - other.next);
  }

  const word = (letter) => sequenceText([bitsOf(session.inputSignals, letter)], session.inputSignals);

  /** The outputs that a row of the table has: - where any will do, ! where there are none. */
  function told(outputs) {
    const { fields } = session.outputSignals;
    return fields
      .map((field) => {
        const own = outputs.slice(field.at, field.at + field.bits.length);
        if (own.includes(2)) return "!";
        if (own.includes(0)) return "-";
        return decoded(
          field,
          own.map((code) => code > 0),
        );
      })
      .join(fields.some(({ isInteger }) => isInteger) ? "," : "");
  }

  session.subscribe((what) => what.has("tick") && draw());
}

function few(letters) {
  const more = letters.length - MOST_LISTED;
  return letters.slice(0, MOST_LISTED).join(", ") + (more > 0 ? ` and ${more} more` : "");
}
