// Which traces are shown, and in which order.

import { byId, element } from "./marks.js";

const GROUPS = { state: "states", neuron: "neurons", product: "neurons", logic: "neurons" };
const ORDER = ["inputs", "outputs", "states", "neurons"];
const AT_FIRST = 9;
const MOST_FIRST = 24;

/** What is shown before anything was chosen: inputs, outputs, states, and neurons if there is room. */
export function standard(there) {
  const groups = ORDER.map((group) =>
    there.filter((item) => item.group === group).map(({ name }) => name),
  );
  const [inputs, outputs, states, neurons] = groups;
  const first = [...inputs, ...outputs, ...states];
  return [...first, ...(first.length + neurons.length <= AT_FIRST ? neurons : [])].slice(
    0,
    MOST_FIRST,
  );
}

/**
 * Return what can be traced, with its group: the two ends as a user sees them, and the stage's
 * other nodes. What is called like a port is that port's integer.
 */
export function available({ inputSignals, outputSignals, integers, graph }) {
  const of = (group) => (field) => ({ name: field.name, group, field });
  const inner = (graph?.nodes ?? []).filter(
    ({ name, kind }) => kind in GROUPS && !integers.has(name),
  );
  return [
    ...inputSignals.fields.map(of("inputs")),
    ...outputSignals.fields.map(of("outputs")),
    ...inner.map(({ name, kind }) => ({ name, group: GROUPS[kind] })),
  ];
}

/** Fill and open the dialog in which traces are chosen and put in order. */
export function chooseTraces(traces) {
  const dialog = byId("choose-dialog");

  function fill() {
    const chosen = traces.chosen();
    const there = traces.available();
    const set = (list) => {
      traces.choose(list);
      fill();
    };
    const swap = (at, by) => {
      const list = [...chosen];
      [list[at], list[at + by]] = [list[at + by], list[at]];
      set(list);
    };
    const mover = (name, at, by, word) =>
      element(
        "button",
        {
          type: "button",
          disabled: at + by < 0 || at + by >= chosen.length,
          "aria-label": `${name} ${word}`,
          onclick: () => swap(at, by),
        },
        word === "up" ? "↑" : "↓",
      );
    const order = chosen.map((name, at) =>
      element(
        "li",
        {},
        element("span", {}, name),
        mover(name, at, -1, "up"),
        mover(name, at, 1, "down"),
        element(
          "button",
          {
            type: "button",
            "aria-label": `hide ${name}`,
            onclick: () => set(chosen.filter((other) => other !== name)),
          },
          "×",
        ),
      ),
    );
    const groups = ORDER.map((group) => {
      const members = there.filter((item) => item.group === group).map(({ name }) => name);
      if (!members.length) return null;
      const rest = members.filter((name) => !chosen.includes(name));
      const boxes = members.map((name) =>
        element(
          "label",
          {},
          element("input", {
            type: "checkbox",
            checked: chosen.includes(name),
            onchange: () =>
              set(
                chosen.includes(name)
                  ? chosen.filter((other) => other !== name)
                  : [...chosen, name],
              ),
          }),
          name,
        ),
      );
      const whole = element(
        "button",
        {
          type: "button",
          onclick: () =>
            set(
              rest.length ? [...chosen, ...rest] : chosen.filter((name) => !members.includes(name)),
            ),
        },
        rest.length ? "all" : "none",
      );
      return element("fieldset", {}, element("legend", {}, group, " ", whole), ...boxes);
    });
    dialog.replaceChildren(
      element("h2", { id: "choose-title" }, "Traces"),
      element(
        "div",
        { class: "choice" },
        element("div", {}, ...groups.filter(Boolean)),
        element("ol", { "aria-label": "Order" }, ...order),
      ),
      element(
        "p",
        { class: "ends" },
        element(
          "button",
          {
            type: "button",
            onclick: () => {
              traces.standard();
              fill();
            },
          },
          "As at first",
        ),
        element(
          "button",
          { type: "button", autofocus: true, onclick: () => dialog.close() },
          "Done",
        ),
      ),
    );
  }

  fill();
  dialog.showModal();
}
