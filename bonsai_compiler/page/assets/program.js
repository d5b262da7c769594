// The emitted program and the equations, with what each line's names hold now.

import { byId, element, shown } from "./marks.js";

/** Let both texts follow the session; their values are those of the last stage's graph. */
export function showProgram(session) {
  const { program, equations, stages } = session.data;
  const holder = byId("panel-program");
  const beside = [];
  const listing = (lines) =>
    element(
      "div",
      { class: "code" },
      ...lines.map((line) => {
        const now = element("span", { class: "beside" });
        if (line.nodes.length || line.following.length) beside.push([now, line]);
        return element("code", {}, line.text || " ", now);
      }),
    );
  const note = element("p", { class: "note" });
  holder.replaceChildren(
    note,
    element("h2", {}, "Program"),
    listing(program),
    element("h2", {}, "Equations"),
    equations.length
      ? listing(equations)
      : element("p", { class: "empty" }, "No equations: only a graph of logic has them."),
  );

  function draw() {
    const current = session.stage === stages.length - 1;
    note.textContent = !stages.length
      ? "Values stand beside the lines of a compiled graph; this is a program alone."
      : current
        ? `Beside the lines: values at tick ${session.tick + 1}.`
        : "Beside the lines: what the graph after this pass says of the same names.";
    for (const [now, line] of beside) now.textContent = said(line);
  }

  function said({ nodes, following, level }) {
    const places = (name) => session.integers.get(name)?.labels;
    const one = (name, prime, value) =>
      value === undefined
        ? null
        : level === null
          ? `${name}${prime} = ${shown(value)}`
          : shown((places(name)?.indexOf(value) ?? Number(value)) === level);
    return [
      ...following.map((name) => one(name, "′", session.following(name))),
      ...nodes.map((name) => one(name, "", session.named(name))),
    ]
      .filter(Boolean)
      .join("  ");
  }

  session.subscribe((what) => what.has("tick") && draw());
}
