// The interpreter once more: the same operations on doubles in the same order as interp.py, so
// that a trace in the page and a trace in Python agree to the last bit (save where tanh or sigmoid
// is used: the browser's own tanh may differ in the last bits).

/** Return what runs a graph: `start` and `tick(states, bits)`, on arrays in the nodes' order. */
export function runner(graph) {
  const place = new Map(graph.nodes.map((node, index) => [node.name, index]));
  const activations = Object.fromEntries(
    Object.entries(graph.activations).map(([name, data]) => [name, activation(data)]),
  );
  const compute = graph.nodes.map((node) =>
    COMPUTE[node.kind](node, graph.dialect, place, activations),
  );
  const stateNodes = graph.nodes.filter((node) => node.kind === "state");
  const store = stateNodes.map((node) => [place.get(node.next), node.levels]);
  return {
    start: stateNodes.map((node) => Number(node.init) + 0),
    place,
    tick(states, bits) {
      const values = new Array(compute.length);
      const taken = { states, bits, state: 0, bit: 0 };
      compute.forEach((value, index) => (values[index] = value(values, taken)));
      // Adding 0 turns -0 into 0.
      const following = store.map(
        ([source, levels]) => nearest(Number(values[source]), levels) + 0,
      );
      return { values, following };
    },
  };
}

/** Return every tick's values and the states after it, over a sequence of rows of bits. */
export function run(graph, sequence) {
  const running = runner(graph);
  let states = running.start;
  return sequence.map((bits) => {
    const ticked = running.tick(states, bits);
    states = ticked.following;
    return ticked;
  });
}

const PLAIN = {
  linear: (x) => x,
  relu: (x) => (x <= 0 ? 0 : x),
  sigmoid: (x) => 0.5 * Math.tanh(0.5 * x) + 0.5,
  step: (x) => (x > 0 ? 1 : 0),
  tanh: Math.tanh,
};

/** Return the function that a table of polynomial pieces, or a name, stands for. */
export function activation(data) {
  if (data.kind in PLAIN) return PLAIN[data.kind];
  const { ends, centres, coefficients } = data;
  return (x) => {
    const piece = insertion(ends, x);
    const powers = coefficients[piece];
    const offset = x - centres[piece];
    let value = powers[powers.length - 1];
    for (let power = powers.length - 2; power >= 0; power--) value = value * offset + powers[power];
    return value;
  };
}

/** Return a neuron's products, sum and value, given what its sources are. */
export function summed(node, valueOf, bend) {
  const products = node.terms.map(([weight, source]) => weight * valueOf(source));
  const sum = products.reduce((total, product) => total + product, 0) + node.bias;
  return { products, sum, value: bend(sum) };
}

const COMPUTE = {
  input: (node, dialect) => (values, taken) => {
    const bit = Boolean(taken.bits[taken.bit++]);
    return dialect === "logic" ? bit : bit ? 1 : -1;
  },
  state: (node, dialect) => (values, taken) => {
    const stored = taken.states[taken.state++];
    if (dialect !== "logic") return stored;
    return typeof node.init === "boolean" ? stored !== 0 : Math.trunc(stored);
  },
  neuron: (node, dialect, place, activations) => {
    const terms = node.terms.map(([weight, source]) => [weight, place.get(source)]);
    const bend = activations[node.activation];
    return (values) => {
      let total = 0;
      for (const [weight, source] of terms) total += weight * values[source];
      return bend(total + node.bias);
    };
  },
  product: (node, dialect, place) => {
    const [left, right] = node.reads.map((source) => place.get(source));
    return (values) => values[left] * values[right];
  },
  logic: (node, dialect, place) => expression(node.expression, place),
  output: (node, dialect, place) => {
    const source = place.get(node.source);
    return (values) => values[source] > 0;
  },
};

const OPERATIONS = {
  not:
    ([item]) =>
    (values) =>
      !item(values),
  and: (items) => (values) => items.every((item) => item(values)),
  or: (items) => (values) => items.some((item) => item(values)),
  "==":
    ([one, other]) =>
    (values) =>
      Number(one(values)) === Number(other(values)),
  "!=":
    ([one, other]) =>
    (values) =>
      Number(one(values)) !== Number(other(values)),
  "<":
    ([one, other]) =>
    (values) =>
      one(values) < other(values),
  "<=":
    ([one, other]) =>
    (values) =>
      one(values) <= other(values),
  ">":
    ([one, other]) =>
    (values) =>
      one(values) > other(values),
  ">=":
    ([one, other]) =>
    (values) =>
      one(values) >= other(values),
  "+":
    ([one, other]) =>
    (values) =>
      Number(one(values)) + Number(other(values)),
  "-":
    ([one, other]) =>
    (values) =>
      Number(one(values)) - Number(other(values)),
  // Python's remainder has the sign of the divisor, which is positive.
  "%":
    ([one, other]) =>
    (values) =>
      ((one(values) % other(values)) + other(values)) % other(values),
  min:
    ([one, other]) =>
    (values) =>
      Math.min(one(values), other(values)),
  max:
    ([one, other]) =>
    (values) =>
      Math.max(one(values), other(values)),
  if:
    ([test, body, orelse]) =>
    (values) =>
      test(values) ? body(values) : orelse(values),
};

function expression([operator, ...parts], place) {
  if (operator === "name") {
    const source = place.get(parts[0]);
    return (values) => values[source];
  }
  if (operator === "value") return () => parts[0];
  if (operator === "table") {
    const [index, ...entries] = parts;
    const at = expression(index, place);
    return (values) => entries[Math.min(Math.max(Number(at(values)), 0), entries.length - 1)];
  }
  return OPERATIONS[operator](parts.map((part) => expression(part, place)));
}

/** Return the nearest level, the lower of two equally near, of NaN the lowest; or, without levels,
 * the value itself. */
function nearest(value, levels) {
  if (!levels.length) return value;
  const middles = levels.slice(1).map((level, index) => level / 2 + levels[index] / 2);
  return levels[insertion(middles, value)];
}

/** Return how many of the ascending ends lie below x; none, where x is NaN. */
function insertion(ends, x) {
  let count = 0;
  while (count < ends.length && x > ends[count]) count++;
  return count;
}
