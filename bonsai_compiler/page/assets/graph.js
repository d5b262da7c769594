// The graph: nodes and edges take the colour of what they carry now.

import { byId, charge, inkOn, mark, shown, tint } from "./marks.js";
import { openScenes } from "./scenes.js";
import { viewer } from "./viewer.js";

/** Pixels for one of the drawing's own, below which values, and names, cannot be read. */
const VALUES = 0.62;
const NAMES = 0.25;

/** How little an edge carries that is as good as nothing. */
const NOTHING = 0.05;

/** Let the drawing follow the session. */
export function showGraph(session) {
  const svg = byId("graph");
  if (!svg) return { walkNodes() {}, fit() {}, zoom() {} };
  const near = byId("near");
  const glows = svg.querySelector(".glows");
  const nodes = [...svg.querySelectorAll(".node")].map((group) => ({
    group,
    name: group.dataset.node,
    body: group.querySelector(".body"),
    value: group.querySelector(".value"),
    cut: group.querySelector(".name").textContent !== group.dataset.node,
  }));
  const edges = [...svg.querySelectorAll(".edge")].map((group) => ({
    group,
    line: group.querySelector(".line"),
    head: group.querySelector(".head"),
    source: group.dataset.source,
    target: group.dataset.target,
    kind: group.classList[1],
  }));
  const place = new Map(nodes.map((node) => [node.name, node]));
  let scale = 1;
  let scenes = null;
  const view = viewer(svg, () => scenes.window(), scaled);
  scenes = openScenes(session.data.scenes, nodes, edges, view);
  scenes.whileMoving(() => {
    glows.replaceChildren();
    label();
  });
  scenes.afterMoving(choose);

  session.subscribe((what) => {
    if (what.has("stage")) stand();
    if (what.has("tick")) carry();
    if (what.has("node")) choose();
  });

  function scaled(pixels) {
    const few = scale < VALUES;
    scale = pixels;
    svg.classList.toggle("small", scale < VALUES);
    svg.classList.toggle("far", scale < NAMES);
    svg.style.setProperty("--pixel", `${(1 / scale).toFixed(3)}px`);
    if (few && scale >= VALUES) carry();
    label();
  }

  /** Only what this stage has is there, where its scene has it. */
  function stand() {
    if (!session.graph) return;
    const weights = new Map();
    const tops = new Map();
    const key = (...parts) => JSON.stringify(parts);
    for (const node of session.graph.nodes) {
      const port = session.integers.get(node.name);
      const levels = node.levels ?? (port ? [port.low, port.high] : []);
      tops.set(node.name, Math.max(1, ...levels.map(Math.abs)));
      if (node.kind === "neuron")
        node.terms.forEach(([weight, source]) =>
          weights.set(key(source, "term", node.name), weight),
        );
      if (node.kind === "product" || node.kind === "logic")
        node.reads.forEach((source) => weights.set(key(source, "term", node.name), 1));
      if (node.kind === "state") weights.set(key(node.next, "next", node.name), 1);
      if (node.kind === "output") weights.set(key(node.source, "output", node.name), 1);
    }
    const logical = session.graph.dialect === "logic";
    document.body.classList.toggle("logical", logical);
    for (const node of nodes) {
      node.there = session.place.has(node.name);
      node.top = logical ? tops.get(node.name) : 1;
    }
    for (const edge of edges) {
      edge.weight = weights.get(key(edge.source, edge.kind, edge.target));
      edge.there = edge.weight !== undefined;
      edge.top = logical ? tops.get(edge.source) : 1;
    }
    scenes.show(session.data.stages[session.stage].scene);
    for (const { group, there } of [...nodes, ...edges]) group.classList.toggle("gone", !there);
  }

  function carry() {
    for (const node of nodes) {
      if (!node.there) continue;
      const amount = charge(session.value(node.name), node.top);
      set(node, "fill", tint(amount, "--blank"), (fill) => {
        node.body.style.fill = fill;
        node.group.style.setProperty("--on", inkOn(fill));
      });
      if (scale >= VALUES) {
        const text = shown(session.read(node.name));
        set(node, "text", text, () => (node.value.textContent = text));
      }
      const output = session.outputSignals.bits.find(({ name }) => name === node.name);
      if (output) node.group.classList.toggle("wrong", session.wrong(output));
    }
    for (const edge of edges) {
      if (!edge.there) continue;
      const carried = edge.weight * charge(session.value(edge.source), edge.top);
      const amount = Math.max(-1, Math.min(1, carried));
      const colour = tint(amount, "--idle", 0.3);
      set(edge, "colour", colour, () => {
        edge.line.style.stroke = colour;
        edge.head.style.fill = colour;
      });
      const width = (1 + 1.6 * Math.min(Math.abs(carried), 2.5)).toFixed(1);
      set(edge, "width", width, () => (edge.line.style.strokeWidth = width));
      const idle = Math.abs(carried) < NOTHING;
      set(edge, "idle", idle, () => edge.group.classList.toggle("idle", idle));
    }
    label();
  }

  /** Do what a new value asks for; nothing is touched where nothing changed. */
  function set(item, name, value, change) {
    if (item[`shown-${name}`] === value) return;
    item[`shown-${name}`] = value;
    change(value);
  }

  function choose() {
    for (const { group, name } of nodes) group.classList.toggle("chosen", name === session.node);
    const chosen = edges.filter(
      ({ source, target }) => source === session.node || target === session.node,
    );
    for (const edge of edges) edge.group.classList.toggle("chosen", chosen.includes(edge));
    glows.replaceChildren(
      ...chosen
        .filter(({ there }) => there)
        .map(({ line }) => mark("path", { class: "glow", d: line.getAttribute("d") })),
    );
    label();
  }

  /** Where the drawing is too small to be read, the chosen node's name and value stand above it. */
  function label() {
    const node = place.get(session.node);
    near.hidden = !node?.there || (scale >= VALUES && !node.cut);
    if (near.hidden) return;
    const [name, value] = near.children;
    name.textContent = node.name;
    value.textContent = shown(session.read(node.name));
    const around = near.parentElement.getBoundingClientRect();
    const { left, width, top, bottom } = node.body.getBoundingClientRect();
    const half = near.offsetWidth / 2;
    const middle = left + width / 2 - around.left;
    near.style.left = `${Math.max(half, Math.min(middle, around.width - half))}px`;
    const above = top - around.top - near.offsetHeight - 4;
    near.style.top = `${above >= 0 ? above : bottom - around.top + 4}px`;
  }

  const nodeAt = (event) => event.target.closest?.(".node")?.dataset.node;
  const looking = (on) => svg.classList.toggle("looking", on);
  function press(event) {
    const name = nodeAt(event);
    looking(name !== undefined);
    if (name !== undefined) session.look(name);
    if (session.inputSignals.bits.some((bit) => bit.name === name)) session.turnBit(name);
  }
  svg.addEventListener("click", press);
  svg.addEventListener("keydown", (event) => event.key === "Enter" && press(event));
  svg.addEventListener("pointerover", (event) => {
    const name = nodeAt(event);
    // A finger that is lifted goes on pointing to what it touched.
    if (event.pointerType !== "touch") looking(name !== undefined);
    if (name !== undefined && name !== session.node) session.look(name);
  });
  svg.addEventListener("pointerleave", ({ pointerType }) => pointerType !== "touch" && looking(false));
  svg.addEventListener("focusin", (event) => looking(nodeAt(event) !== undefined));
  svg.addEventListener("focusout", () => looking(false));

  /** Choose the next or the one before of the nodes that are there. */
  function walkNodes(by) {
    const there = nodes.filter((node) => node.there);
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
