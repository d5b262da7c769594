// The machine's diagram: the state of this tick is lit, and the way that its letter leads.

import { byId } from "./marks.js";

/** Let the diagram follow the session. */
export function showMachine(session) {
  const svg = byId("machine");
  if (!svg) return;
  const { titles } = session.data.machine;
  const nodes = [...svg.querySelectorAll(".node")];
  const edges = [...svg.querySelectorAll(".edge")];

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
        : `Tick ${session.tick}: in state ${titles[step.state]}${target ? `, which leads to ${titles[target]}` : ""}.`;
  }

  session.subscribe((what) => what.has("tick") && draw());
}
