// One node: its line of the graph's text, its terms and their sum, its activation's curve.

import { activation, summed } from "./evaluate.js";
import { byId, element, mark, shown } from "./marks.js";

const WIDTH = 320;
const HEIGHT = 150;

/** Let the panel show the node that is looked at. */
export function showDetails(session) {
  const holder = byId("details");

  function draw() {
    const node = session.graph?.nodes.find(({ name }) => name === session.node);
    if (!node) {
      const words =
        session.node && session.graph
          ? `${session.node} is not there after this pass.`
          : "Hover over a node, or choose one with J and K, to see what it computes.";
      holder.replaceChildren(element("p", { class: "empty" }, words));
      return;
    }
    const value = session.read(node.name);
    holder.replaceChildren(
      element(
        "h2",
        {},
        `${TITLES[node.kind]} `,
        element("b", {}, node.name),
        element("output", { class: "big" }, shown(value)),
      ),
      element("pre", { class: "line" }, node.line),
      ...BODIES[node.kind](session, node).filter(Boolean),
      ...knownFunction(session, node),
    );
  }

  session.subscribe(
    (what) => (what.has("node") || what.has("tick") || what.has("stage")) && draw(),
  );
}

const TITLES = {
  input: "Input",
  state: "State",
  neuron: "Neuron",
  product: "Product",
  logic: "Function",
  output: "Output",
};

const BODIES = {
  input: (session, node) => {
    const { fields } = session.inputSignals;
    const { name, isInteger } = fields.find(({ bits }) => bits.includes(node.name));
    const words = isInteger
      ? `A bit of ${name}, which is ${shown(session.named(name))}. Click it, and ${name} becomes the nearest value that has it turned over.`
      : "Click it, or its button below the graph, to turn it over.";
    return [element("p", { class: "note" }, words)];
  },
  output: (session, node) => {
    const output = session.outputSignals.bits.find(({ name }) => name === node.name);
    const wanted = session.wanted(output);
    const bit = session.graph.dialect === "logic" || session.bits.has(node.source);
    const words = `1 where ${node.source} is ${bit ? "1" : "greater than 0"}; it is ${shown(session.read(node.source))}.`;
    return [
      element("p", { class: "note" }, words),
      wanted === undefined
        ? null
        : element(
            "p",
            { class: session.wrong(output) ? "wrong" : "note" },
            `Expected ${shown(wanted)}.`,
          ),
    ];
  },
  state: (session, node) => [
    rows([
      ["at first", shown(firstOf(session, node))],
      ["now", shown(session.read(node.name))],
      [`next, from ${node.next}`, shown(session.following(node.name))],
      ...(node.levels.length ? [["held to", node.levels.map(shown).join(", ")]] : []),
    ]),
    standing(session, [node.name]),
  ],
  product: (session, node) => [
    rows([
      ...node.reads.map((source) => [source, shown(session.value(source))]),
      ["product", shown(session.value(node.name))],
    ]),
    standing(session, node.reads),
  ],
  logic: (session, node) => [
    rows(node.reads.map((source) => [source, shown(session.read(source))])),
  ],
  neuron: (session, node) => {
    const data = session.graph.activations[node.activation];
    const bend = activation(data);
    const { products, sum, value } = summed(node, (source) => session.value(source), bend);
    const terms = node.terms.map(([weight, source], place) => [
      source,
      shown(weight),
      shown(session.value(source)),
      shown(products[place]),
    ]);
    return [
      element(
        "table",
        { class: "terms" },
        element("thead", {}, cells("th", ["source", "weight", "× value", "= product"])),
        element(
          "tbody",
          {},
          ...terms.map((row) => cells("td", row)),
          cells("td", ["bias", "", "", shown(node.bias)]),
        ),
        element(
          "tfoot",
          {},
          cells("td", ["sum", "", "", shown(sum)]),
          cells("td", [`${node.activation}(sum)`, "", "", shown(value)]),
        ),
      ),
      standing(session, [...node.terms.map(([, source]) => source), node.name]),
      curve(bend, sum, value, node.activation),
    ];
  },
};

const firstOf = (session, node) =>
  session.bits.has(node.name) ? node.init === session.bits.get(node.name)[1] : node.init;

/** Which numbers stand for the bits among some nodes: this is the one place where they are told. */
function standing(session, names) {
  const alike = new Map();
  for (const name of new Set(names)) {
    const pair = session.bits.get(name);
    if (pair) alike.set(String(pair), { pair, names: [...(alike.get(String(pair))?.names ?? []), name] });
  }
  if (!alike.size) return null;
  const sentences = [...alike.values()].map(
    ({ pair: [low, high], names }) =>
      `In sums, 0 of ${names.join(", ")} counts as ${shown(low)}, and 1 as ${shown(high)}.`,
  );
  return element("p", { class: "note" }, sentences.join(" "));
}

/** What the compiler found this node to be, where a later pass says it as logic. */
function knownFunction(session, node) {
  if (node.kind !== "neuron" && node.kind !== "product") return [];
  const last = session.data.stages[session.data.stages.length - 1].graph;
  const same = last.nodes.find(({ name, kind }) => name === node.name && kind === "logic");
  if (!same) return [];
  return [
    element("p", { class: "note" }, "As logic: "),
    element("pre", { class: "line" }, `${same.name} = ${same.text}`),
  ];
}

function rows(pairs) {
  return element(
    "table",
    { class: "terms" },
    element("tbody", {}, ...pairs.map((pair) => cells("td", pair))),
  );
}

function cells(kind, texts) {
  return element("tr", {}, ...texts.map((text) => element(kind, {}, text)));
}

/** The activation from -4 to 4, or as far as the sum lies, and the point where the neuron is. */
function curve(bend, sum, value, name) {
  const reach = Math.max(4, Math.min(Math.abs(sum) * 1.15, 1e6)) || 4;
  const points = Array.from({ length: 161 }, (_, step) => -reach + (step * reach) / 80);
  const values = points.map(bend);
  const top = Math.max(1.3, ...values.map(Math.abs).filter(Number.isFinite));
  const x = (at) => 28 + ((at + reach) / (2 * reach)) * (WIDTH - 40);
  const y = (at) => 10 + ((top - at) / (2 * top)) * (HEIGHT - 32);
  const path = points
    .map((at, step) => `${step ? "L" : "M"}${x(at).toFixed(1)} ${y(values[step]).toFixed(1)}`)
    .join("");
  const label = (at, text, anchor, dx, dy) =>
    mark("text", { class: "axis", x: at[0] + dx, y: at[1] + dy, "text-anchor": anchor }, text);
  const drawn = mark(
    "svg",
    {
      class: "curve",
      viewBox: `0 0 ${WIDTH} ${HEIGHT}`,
      role: "img",
      "aria-label": `${name}: at a sum of ${shown(sum)} it is ${shown(value)}`,
    },
    mark("line", { class: "grid", x1: x(-reach), x2: x(reach), y1: y(0), y2: y(0) }),
    mark("line", { class: "grid", x1: x(0), x2: x(0), y1: 10, y2: HEIGHT - 22 }),
    label([x(-reach), y(1)], "1", "end", -4, 4),
    label([x(-reach), y(-1)], "−1", "end", -4, 4),
    label([x(-reach), HEIGHT], shown(-reach), "start", 0, -8),
    label([x(reach), HEIGHT], shown(reach), "end", 0, -8),
    label([x(0), HEIGHT], "sum", "middle", 0, -8),
    mark("path", { class: "trace", d: path }),
  );
  if (Number.isFinite(sum) && Number.isFinite(value) && Math.abs(sum) <= reach) {
    drawn.append(
      mark("line", { class: "cursor", x1: x(sum), x2: x(sum), y1: y(0), y2: y(value) }),
      mark("circle", { class: "point", cx: x(sum), cy: y(value), r: 5 }),
    );
  }
  return drawn;
}
