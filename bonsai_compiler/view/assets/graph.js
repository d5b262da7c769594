// The graph: nodes and edges take the colour of what they carry now.

import { byId, charge, shown, tint } from "./marks.js";

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
  const there = () => [...nodes, ...edges].filter(({ group }) => !group.classList.contains("gone"));
  const view = viewer(svg, there, () => carry());
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
      tops.set(node.name, node.kind === "state" && node.levels.length ? Math.max(1, ...node.levels.map(Math.abs)) : 1);
      if (node.kind === "neuron") node.terms.forEach(([weight, source]) => weights.set(`${source} term ${node.name}`, weight));
      if (node.kind === "logic") node.reads.forEach((source) => weights.set(`${source} term ${node.name}`, 1));
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
      const output = session.data.outputs.indexOf(node.name);
      if (output >= 0) node.group.classList.toggle("wrong", session.wrong(output));
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
    const input = session.data.inputs.indexOf(name);
    if (name !== undefined) session.look(name);
    if (input >= 0) session.flip(input);
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

/** How charged a node is when its text changes to the colour that can be read on it. */
const STRONG = 0.6;
/** Pixels for one of the drawing's own, below which values and arrow-heads are too small to see. */
const FAR = 0.4;
const MARGIN = 16;

/** Return what moves the drawing's window: fit, zoom, widen it so that all that is there is seen. */
function viewer(svg, present, nearer) {
  let far = false;
  const box = () => svg.viewBox.baseVal;

  function set(x, y, width, height) {
    svg.setAttribute("viewBox", `${x} ${y} ${width} ${height}`);
    scaled();
  }

  function scaled() {
    const { width, height } = box();
    const before = far;
    far = Math.min(svg.clientWidth / width, svg.clientHeight / height) < FAR;
    svg.classList.toggle("far", far);
    if (before && !far) nearer();
  }

  function bounds() {
    const boxes = present().map(({ group, body, line }) => {
      const own = (body ?? line).getBBox();
      const { e: x, f: y } = body ? group.transform.baseVal[0].matrix : { e: 0, f: 0 };
      return [x + own.x, y + own.y, x + own.x + own.width, y + own.y + own.height];
    });
    if (!boxes.length) return null;
    const left = Math.min(...boxes.map((sides) => sides[0])) - MARGIN;
    const top = Math.min(...boxes.map((sides) => sides[1])) - MARGIN;
    const right = Math.max(...boxes.map((sides) => sides[2])) + MARGIN;
    const bottom = Math.max(...boxes.map((sides) => sides[3])) + MARGIN;
    return { left, top, right, bottom };
  }

  function fit() {
    const all = bounds();
    if (all) set(all.left, all.top, all.right - all.left, all.bottom - all.top);
  }

  function include() {
    const all = bounds();
    if (!all) return;
    const seen = box();
    const left = Math.min(seen.x, all.left);
    const top = Math.min(seen.y, all.top);
    const right = Math.max(seen.x + seen.width, all.right);
    const bottom = Math.max(seen.y + seen.height, all.bottom);
    set(left, top, right - left, bottom - top);
  }

  function zoom(factor, at = null) {
    const seen = box();
    const x = at ? at.x : seen.x + seen.width / 2;
    const y = at ? at.y : seen.y + seen.height / 2;
    set(x + (seen.x - x) * factor, y + (seen.y - y) * factor, seen.width * factor, seen.height * factor);
  }

  const point = (event) => new DOMPoint(event.clientX, event.clientY).matrixTransform(svg.getScreenCTM().inverse());
  svg.addEventListener("wheel", (event) => {
    if (!event.ctrlKey && document.activeElement !== svg) return;
    event.preventDefault();
    zoom(event.deltaY > 0 ? 1.15 : 1 / 1.15, point(event));
  }, { passive: false });
  let held = null;
  svg.addEventListener("pointerdown", (event) => {
    if (!event.target.closest(".node")) held = point(event);
  });
  svg.addEventListener("pointermove", (event) => {
    if (!held || !event.buttons) return;
    const now = point(event);
    const seen = box();
    set(seen.x + held.x - now.x, seen.y + held.y - now.y, seen.width, seen.height);
  });
  window.addEventListener("pointerup", () => (held = null));
  new ResizeObserver(scaled).observe(svg);
  return { fit, include, zoom, far: () => far };
}
