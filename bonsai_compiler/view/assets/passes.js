// The passes: a slider over them, what each did, and the graph's text with the lines it changed.

import { byId, element } from "./marks.js";

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
      element("td", {}, stage.size),
      element("td", { class: stage.check }, stage.check || "–"),
      element("td", {}, stage.seconds === null ? "–" : `${stage.seconds.toFixed(2)} s`),
      element("td", {}, stage.what || "–"),
    ),
  );
  const head = ["pass", "neurons / weights / states", "check", "took", "what"];
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
    const sizes =
      before && before.size !== stage.size ? `${before.size} → ${stage.size}` : stage.size;
    if (slider) {
      slider.value = session.stage;
      slider.setAttribute("aria-valuetext", stage.name);
      byId("pass-told").textContent =
        `${session.stage} ${stage.name}: ${sizes}${stage.check ? `, ${stage.check}` : ""}`;
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
