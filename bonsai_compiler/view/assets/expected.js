// What outputs are held against: tick by tick, as a walk through a machine's table says it.

import { run } from "./evaluate.js";

/** Return for each tick what a graph puts out, to hold others against; nothing without a graph. */
export function expectedOf(graph, sequence) {
  if (!graph) return [];
  const outputs = graph.nodes.flatMap((node, index) => (node.kind === "output" ? [index] : []));
  return run(graph, sequence).map(({ values }) => ({
    state: 0,
    legal: true,
    over: false,
    outputs: outputs.map((index) => (values[index] ? 1 : -1)),
  }));
}

/** Return which bits of an output a tick wants; undefined where any will do. */
export function bitsWanted(output, step) {
  return output.bits.map((_, place) => {
    const code = step?.outputs ? step.outputs[output.at + place] : 0;
    return code === 0 ? undefined : code > 0;
  });
}
