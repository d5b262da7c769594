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

/** Return for how many ticks two sequences are the same. */
export function sharedTicks(one, other) {
  const alike = (bits, place) => bits.every((bit, at) => bit === other[place]?.[at]);
  const apart = one.findIndex((bits, place) => place >= other.length || !alike(bits, place));
  return apart < 0 ? one.length : apart;
}

/** Return what the scenario tells that a sequence follows for longest, as long as it does. */
export function expectedByScenarios(scenarios, sequence) {
  const told = scenarios.map(({ inputs, expected }) =>
    expected.slice(0, sharedTicks(inputs, sequence)),
  );
  const longest = told.sort((one, other) => other.length - one.length)[0] ?? [];
  return longest.map((outputs) => ({ state: 0, legal: true, over: false, outputs }));
}

/** Return which bits of an output a tick wants; undefined where any will do. */
export function bitsWanted(output, step) {
  return output.bits.map((_, place) => {
    const code = step?.outputs ? step.outputs[output.at + place] : 0;
    return code === 0 ? undefined : code > 0;
  });
}
