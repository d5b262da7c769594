// The passes: a slider over them, what each did, and the graph's text with the lines it changed.

import { byId, counted, element } from "./marks.js";

const UNITS = {
  neurons: ["neuron", "weight", "state"],
  logic: ["function", "argument", "state"],
};
const units = (stage) => UNITS[stage.graph.dialect];

/** What the sizes of stages count, in words for the head of a table. */
function headings(stages) {
  const kinds = [...new Set(stages.map(units))];
  return [0, 1, 2].map((place) => [...new Set(kinds.map((kind) => `${kind[place]}s`))].join(", "));
}

/** How large a stage is, and how large it was before if it changed. */
function sized(before, stage) {
  return stage.size
    .map((count, place) => {
      const unit = units(stage)[place];
      const was = before && units(before)[place] === unit ? before.size[place] : count;
      return was === count ? counted(count, unit) : `${was} → ${counted(count, unit)}`;
    })
    .join(", ");
}

/** Let the slider and the table choose the stage, and show its text. */
export function showPasses(session) {
  const { stages } = session.data;
  const holder = byId("panel-passes");
  if (!stages.length) {
    holder.replaceChildren(element("p", { class: "empty" }, "No passes: there is no graph here."));
    return;
  }
  const slider = byId("pass");
  const rows = stages.map((stage, place) =>
    element(
      "tr",
      { onclick: () => session.show(place) },
      element(
        "td",
        {},
        element(
          "button",
          { type: "button", "aria-label": `pass ${place}, ${stage.name}` },
          stage.name,
        ),
      ),
      ...stage.size.map((count, unit) =>
        element("td", { class: "count", title: counted(count, units(stage)[unit]) }, String(count)),
      ),
      element("td", { class: stage.check }, stage.check || "–"),
      element("td", {}, stage.seconds === null ? "–" : `${stage.seconds.toFixed(2)} s`),
      element("td", {}, stage.what || "–"),
    ),
  );
  const [neurons, weights, states] = headings(stages);
  const head = ["pass", neurons, weights, states, "check", "took", "what"];
  const text = element("div", { class: "code", id: "text" });
  holder.replaceChildren(
    element(
      "div",
      { class: "scroll" },
      element(
        "table",
        { class: "passes" },
        element("thead", {}, element("tr", {}, ...head.map((title) => element("th", {}, title)))),
        element("tbody", {}, ...rows),
      ),
    ),
    element("h2", { id: "text-title" }),
    text,
  );

  function draw() {
    const stage = stages[session.stage];
    const before = stages[session.stage - 1];
    rows.forEach((row, place) => row.classList.toggle("chosen", place === session.stage));
    if (slider) {
      slider.value = session.stage;
      slider.setAttribute("aria-valuetext", stage.name);
      byId("pass-told").textContent =
        `${session.stage} ${stage.name}: ${sized(before, stage)}${stage.check ? `, ${stage.check}` : ""}`;
    }
    byId("text-title").textContent = !before
      ? "The graph"
      : stage.changed
        ? `The graph after ${stage.name}, and what that changed`
        : `${stage.name} changed nothing`;
    text.replaceChildren(
      ...stage.text.map(([sign, line]) =>
        element(
          "code",
          { class: sign === "-" ? "removed" : sign === "+" ? "added" : "same" },
          `${sign} ${line}`,
        ),
      ),
    );
  }

  slider?.addEventListener("input", () => session.show(Number(slider.value)));
  session.subscribe((what) => what.has("stage") && draw());
}
