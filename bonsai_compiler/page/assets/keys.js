// The keyboard: everything in the page can be done with it.

import { byId, element } from "./marks.js";

const KEYS = [
  ["Space", "play or pause"],
  ["→ ←", "one tick on, one tick back"],
  ["R, Home", "back to the first tick"],
  ["End", "to the last tick"],
  ["1 to 9", "turn an input of this tick over, or give it its next value"],
  ["T", "type a sequence; Enter runs it"],
  ["N", "a new random sequence, of legal inputs where the task says which"],
  ["[ ]", "the pass before, the next pass"],
  ["J K", "the next node, the one before; Enter turns an input over"],
  ["F", "fit the graph"],
  ["+ −", "fewer or more ticks in the traces"],
  ["L", "choose traces and their order"],
  ["O G M P W", "the panels: node, passes, machine, program, growth"],
  ["C", "other colours"],
  ["D", "dark or light"],
  ["?", "this help"],
  ["in the traces: ← → PgUp PgDn", "move the cursor; Enter goes there, Esc takes it away"],
];

/** Let keys call actions by their names; never while something is typed. */
export function listenToKeys(actions) {
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (document.querySelector("dialog[open]")) return;
    const target = event.target;
    if (target.matches("select, input:not([type=range]), textarea")) {
      if (event.key === "Escape") target.blur();
      return;
    }
    if (target.matches("input[type=range], [role=tab]") && /^(Arrow|Home|End|Page)/.test(event.key))
      return;
    if (target.matches("button, [role=tab]") && (event.key === " " || event.key === "Enter"))
      return;
    const action = /^[1-9]$/.test(event.key)
      ? () => actions.flip(Number(event.key) - 1)
      : actions[event.key.length === 1 ? event.key.toLowerCase() : event.key];
    if (!action) return;
    event.preventDefault();
    action();
  });
}

/** Open the dialog that lists the keys and explains the signs. */
export function openHelp() {
  const dialog = byId("help-dialog");
  dialog.replaceChildren(
    element("h2", { id: "help-title" }, "Keys and signs"),
    element(
      "table",
      { class: "keys" },
      element(
        "tbody",
        {},
        ...KEYS.map(([key, words]) =>
          element("tr", {}, element("th", {}, element("kbd", {}, key)), element("td", {}, words)),
        ),
      ),
    ),
    element(
      "p",
      {},
      "Squares are neurons or functions, circles are states; a dashed edge acts when the tick changes. A node has the colour of its value, an edge that of what it carries, its weight times the value, and the more it carries the wider it is. Drag the graph to move it; hold Ctrl and turn the wheel to zoom.",
    ),
    element(
      "p",
      {},
      "Click an input to turn it over, or choose its value. Later ticks keep their inputs.",
    ),
    element(
      "p",
      { class: "ends" },
      element(
        "button",
        { type: "button", autofocus: true, onclick: () => dialog.close() },
        "Close",
      ),
    ),
  );
  dialog.showModal();
}
