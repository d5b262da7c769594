// What is being looked at: a stage, a sequence of inputs, a tick of it. Everything else follows.

import { runner } from "./evaluate.js";
import { bitsWanted, expectedByScenarios, expectedOf, sharedTicks } from "./expected.js";
import {
  bitsOf,
  bitsOfWord,
  decoded,
  letterOf,
  openSignals,
  own,
  stepOf,
  turnedOver,
} from "./ports.js";
import { legalAfter, seeded, walk } from "./walk.js";

const FIRST_TICKS = 32;

/** Return the session of a page's data; views subscribe to it and are called after each change. */
export function openSession(data) {
  const watchers = [];
  const random = seeded(1);
  const inputSignals = openSignals(data.input_signals);
  const outputSignals = openSignals(data.output_signals);
  const integers = new Map(
    [...inputSignals.fields, ...outputSignals.fields]
      .filter(({ isInteger }) => isInteger)
      .map((port) => [port.name, port]),
  );
  const table = typeof data.expected === "object" ? data.expected : null;
  const session = {
    data,
    inputSignals,
    outputSignals,
    integers,
    table,
    stage: 0,
    sequence: [],
    tick: 0,
    node: null,
    trace: [],
    beyond: "random",
    subscribe: (watcher) => watchers.push(watcher),
  };

  const changed = (...what) => watchers.forEach((watcher) => watcher(new Set(what)));

  let running = null;
  const letters = () => session.sequence.map((bits) => letterOf(inputSignals, bits));

  /** What the sequence leads to; the first `known` ticks stand. */
  function compute(known = 0) {
    session.trace = session.trace.slice(0, known);
    for (const bits of running ? session.sequence.slice(known) : []) {
      const last = session.trace[session.trace.length - 1];
      session.trace.push(running.tick(last ? last.following : running.start, bits));
    }
    session.machineSteps = data.machine.table ? walk(data.machine.table, letters()) : [];
    session.expectedSteps = table
      ? walk(table, letters())
      : data.stages[data.expected]
        ? expectedOf(data.stages[data.expected].graph, session.sequence)
        : expectedByScenarios(data.scenarios, session.sequence);
  }

  function choose(stage) {
    session.stage = Math.max(0, Math.min(stage, data.stages.length - 1));
    session.graph = data.stages.length ? data.stages[session.stage].graph : null;
    session.bits = data.stages.length ? data.stages[session.stage].bits : new Map();
    running = session.graph ? runner(session.graph) : null;
    session.place = running ? running.place : new Map();
    session.states = session.graph
      ? session.graph.nodes.filter((node) => node.kind === "state").map((node) => node.name)
      : [];
  }

  /** What a task without a graph says: its inputs, and its machine's outputs. */
  function tabulated(name, tick) {
    const input = inputSignals.bits.findIndex((bit) => bit.name === name);
    if (input >= 0) return session.sequence[tick]?.[input];
    return expectedBits(
      outputSignals.bits.find((bit) => bit.name === name),
      tick,
    )[0];
  }

  const expectedBits = (output, tick) => bitsWanted(output, session.expectedSteps[tick]);

  /** A value as it is written: what stands for 0 or 1 in the network is the bit. */
  const asBit = (name, value) =>
    session.bits.has(name) && value !== undefined ? value === session.bits.get(name)[1] : value;

  /** Bits that may come next: drawn at random, or the last ones again where those are legal. */
  function nextBits(how) {
    const before = letters();
    const legal = legalAfter(table, before, inputSignals.size);
    const last = before[before.length - 1];
    if (how === "again") return bitsOf(inputSignals, legal.includes(last) ? last : legal[0]);
    return bitsOf(inputSignals, legal[Math.floor(random() * legal.length)]);
  }

  Object.assign(session, {
    /** The value of a node at a tick; undefined where this stage has no such node. */
    value(name, tick = session.tick) {
      if (!session.graph) return tabulated(name, tick);
      const place = session.place.get(name);
      return place === undefined || !session.trace[tick]
        ? undefined
        : session.trace[tick].values[place];
    },

    /** The value of a node as it is written: of a bit the bool, whatever stands for it. */
    read: (name, tick = session.tick) => asBit(name, session.value(name, tick)),

    /** What a user sees at a name: the integer of a port, or the value of a node as written. */
    named(name, tick = session.tick) {
      const port = integers.get(name);
      if (!port) return session.read(name, tick);
      return decoded(
        port,
        port.bits.map((bit) => session.value(bit, tick)),
      );
    },

    /** The value that a state is about to have on the next tick, as it is written. */
    following(name) {
      const place = session.states.indexOf(name);
      return place < 0 || !session.trace[session.tick]
        ? undefined
        : asBit(name, session.trace[session.tick].following[place]);
    },

    /** What is wanted at a tick of a field or bit of the outputs; undefined if nothing is said. */
    wanted(output, tick = session.tick) {
      const bits = expectedBits(output, tick);
      return output.isInteger ? decoded(output, bits) : bits[0];
    },

    /** Whether any bit of an output differs from what is wanted. */
    wrong(output, tick = session.tick) {
      return expectedBits(output, tick).some((wanted, place) => {
        const value = session.value(output.bits[place], tick);
        return value !== undefined && wanted !== undefined && value !== wanted;
      });
    },

    go(tick) {
      session.tick = Math.max(0, Math.min(tick, session.sequence.length - 1));
      changed("tick");
    },

    /** One tick on; past the end the sequence grows, unless it is to stop. False if it stopped. */
    forward() {
      if (session.tick + 1 < session.sequence.length) {
        session.go(session.tick + 1);
        return true;
      }
      if (session.beyond === "stop") return false;
      session.sequence = [...session.sequence, nextBits(session.beyond)];
      compute(session.sequence.length - 1);
      session.tick = session.sequence.length - 1;
      changed("tick", "sequence");
      return true;
    },

    back: () => session.go(session.tick - 1),

    /** Give an input of the current tick one of its values, by its step. */
    give(input, step) {
      const bits = session.sequence[session.tick].toSpliced(
        input.at,
        input.bits.length,
        ...bitsOfWord(input.words[step]),
      );
      session.sequence = session.sequence.with(session.tick, bits);
      compute(session.tick);
      changed("tick", "sequence");
    },

    /** The step of an input's value at the current tick. */
    step: (input) => stepOf(input, own(input, session.sequence[session.tick])),

    /** Give an input of the current tick its next value, after the last the first. */
    turn: (input) => session.give(input, (session.step(input) + 1) % input.words.length),

    /** Turn a bit of the inputs over; its port takes the nearest value that has it so. */
    turnBit(name) {
      const input = inputSignals.fields.find(({ bits }) => bits.includes(name));
      const bits = own(input, session.sequence[session.tick]);
      session.give(input, turnedOver(input, bits, input.bits.indexOf(name)));
    },

    replay(sequence) {
      session.sequence = sequence.length ? sequence : [nextBits("again")];
      session.tick = 0;
      compute();
      changed("tick", "sequence");
    },

    /** Replay a scenario on its stage, up to the tick that it is about. */
    meet({ inputs, stage }) {
      if (session.stage !== stage) session.show(stage);
      session.replay(inputs);
      session.go(inputs.length - 1);
    },

    /** The scenario of which this is the last tick; undefined elsewhere. */
    met: () =>
      data.scenarios.find(
        ({ inputs }) =>
          inputs.length === session.tick + 1 && sharedTicks(inputs, session.sequence) === inputs.length,
      ),

    randomly(ticks = FIRST_TICKS) {
      session.sequence = [];
      while (session.sequence.length < ticks) session.sequence.push(nextBits("random"));
      session.replay(session.sequence);
    },

    show(stage) {
      choose(stage);
      compute();
      changed("stage", "tick", "sequence");
    },

    look(node) {
      session.node = node;
      changed("node");
    },
  });

  choose(data.shown);
  session.randomly();
  return session;
}
