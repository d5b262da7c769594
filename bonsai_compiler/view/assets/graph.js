// The graph: nodes and edges take the colour of what they carry now.

import { byId, charge, shown, tint } from "./marks.js";
import { viewer } from "./viewer.js";

/** How charged a node is when its text changes to the colour that can be read on it. */
const STRONG = 0.6;

/** Let the drawing follow the session. */
export function showGraph(session) {
  const svg = byId("graph");
  if (!svg) return { walkNodes() {}, fit() {}, zoom() {} };
  const nodes = [...svg.querySelectorAll(".node")].map((group) => ({
    group,
    name: group.dataset.node,
    body: group.querySelector(".body"),
    value: group.querySelector(".value"),
  }));
  const edges = [...svg.querySelectorAll(".edge")].map((group) => ({
    group,
    line: group.querySelector(".line"),
    head: group.querySelector(".head"),
    source: group.dataset.source,
    key: `${group.dataset.source} ${group.classList[1]} ${group.dataset.target}`,
  }));
  const present = () =>
    [...nodes, ...edges].filter(({ group }) => !group.classList.contains("gone"));
  const view = viewer(svg, present, () => carry());
  let weights = new Map();

  session.subscribe((what) => {
    if (what.has("stage")) {
      stand();
      view.include();
    }
    if (what.has("tick")) carry();
    if (what.has("node")) choose();
  });

  /** Only what this stage has is there; all of it stays where it was. */
  function stand() {
    if (!session.graph) return;
    weights = new Map();
    const tops = new Map();
    for (const node of session.graph.nodes) {
      const port = session.integers.get(node.name);
      const levels = node.levels ?? (port ? [port.low, port.high] : []);
      tops.set(node.name, Math.max(1, ...levels.map(Math.abs)));
      if (node.kind === "neuron")
        node.terms.forEach(([weight, source]) =>
          weights.set(`${source} term ${node.name}`, weight),
        );
      if (node.kind === "logic")
        node.reads.forEach((source) => weights.set(`${source} term ${node.name}`, 1));
      if (node.kind === "state") weights.set(`${node.next} next ${node.name}`, 1);
      if (node.kind === "output") weights.set(`${node.source} output ${node.name}`, 1);
    }
    const logical = session.graph.dialect === "logic";
    for (const node of nodes) {
      node.group.classList.toggle("gone", !session.place.has(node.name));
      node.top = logical ? tops.get(node.name) : 1;
    }
    for (const edge of edges) {
      edge.weight = weights.get(edge.key);
      edge.group.classList.toggle("gone", edge.weight === undefined);
      edge.top = logical ? tops.get(edge.source) : 1;
    }
  }

  function carry() {
    for (const node of nodes) {
      const value = session.value(node.name);
      if (value === undefined) continue;
      const amount = charge(value, node.top);
      set(node, "fill", tint(amount, "--blank"), (fill) => {
        node.body.style.fill = fill;
        node.group.classList.toggle("charged", Math.abs(amount) > STRONG);
      });
      if (!view.far()) set(node, "text", shown(value), (text) => (node.value.textContent = text));
      const output = session.told.bits.find(({ name }) => name === node.name);
      if (output) node.group.classList.toggle("wrong", session.wrong(output));
    }
    for (const edge of edges) {
      if (edge.weight === undefined) continue;
      const carried = edge.weight * charge(session.value(edge.source), edge.top);
      const amount = Math.max(-1, Math.min(1, carried));
      const colour = tint(amount, "--idle", 0.3);
      set(edge, "line", colour, () => (edge.line.style.stroke = colour));
      if (!view.far()) set(edge, "head", colour, () => (edge.head.style.fill = colour));
      const width = (1 + 1.6 * Math.min(Math.abs(carried), 2.5)).toFixed(1);
      set(edge, "width", width, () => (edge.line.style.strokeWidth = width));
    }
  }

  /** Do what a new value asks for; nothing is touched where nothing changed. */
  function set(item, name, value, change) {
    if (item[`shown-${name}`] === value) return;
    item[`shown-${name}`] = value;
    change(value);
  }

  function choose() {
    for (const { group, name } of nodes) group.classList.toggle("chosen", name === session.node);
    for (const { group } of edges) {
      const { source, target } = group.dataset;
      group.classList.toggle("chosen", source === session.node || target === session.node);
    }
  }

  const nodeAt = (event) => event.target.closest?.(".node")?.dataset.node;
  function press(event) {
    const name = nodeAt(event);
    if (name !== undefined) session.look(name);
    if (session.given.bits.some((bit) => bit.name === name)) session.turnBit(name);
  }
  svg.addEventListener("click", press);
  svg.addEventListener("keydown", (event) => event.key === "Enter" && press(event));
  svg.addEventListener("pointerover", (event) => {
    const name = nodeAt(event);
    if (name !== undefined && name !== session.node) session.look(name);
  });

  /** Choose the next or the one before of the nodes that are there. */
  function walkNodes(by) {
    const there = nodes.filter(({ group }) => !group.classList.contains("gone"));
    if (!there.length) return;
    const at = there.findIndex(({ name }) => name === session.node);
    const next = there[at < 0 ? 0 : (at + by + there.length) % there.length];
    session.look(next.name);
    next.group.focus({ preventScroll: true });
  }

  stand();
  carry();
  return { walkNodes, fit: view.fit, zoom: view.zoom };
}
