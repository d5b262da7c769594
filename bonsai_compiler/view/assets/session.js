// What is being looked at: a stage, a sequence of inputs, a tick of it. Everything else follows.

import { run, runner } from "./evaluate.js";
import { bitsOf, legalAfter, seeded, walk } from "./walk.js";

const FIRST_TICKS = 32;

/** Return the session of a page's data; views subscribe to it and are called after each change. */
export function openSession(data) {
  const watchers = [];
  const random = seeded(1);
  const width = data.inputs.length;
  const table = typeof data.expected === "object" ? data.expected : null;
  const session = {
    data,
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

  /** What the sequence leads to; the first `known` ticks stand. */
  function compute(known = 0) {
    session.trace = session.trace.slice(0, known);
    for (const bits of running ? session.sequence.slice(known) : []) {
      const last = session.trace[session.trace.length - 1];
      session.trace.push(running.tick(last ? last.following : running.start, bits));
    }
    session.machineSteps = data.machine.table ? walk(data.machine.table, session.sequence) : [];
    session.expectedSteps = expectations();
  }

  function choose(stage) {
    session.stage = Math.max(0, Math.min(stage, data.stages.length - 1));
    session.graph = data.stages.length ? data.stages[session.stage].graph : null;
    running = session.graph ? runner(session.graph) : null;
    session.place = running ? running.place : new Map();
    session.states = session.graph
      ? session.graph.nodes.filter((node) => node.kind === "state").map((node) => node.name)
      : [];
  }

  function expectations() {
    if (table) return walk(table, session.sequence);
    if (typeof data.expected !== "number") return [];
    const first = data.stages[data.expected].graph;
    const outputs = first.nodes.flatMap((node, index) => (node.kind === "output" ? [index] : []));
    return run(first, session.sequence).map(({ values }) => ({
      state: 0,
      legal: true,
      over: false,
      outputs: outputs.map((index) => (values[index] ? 1 : -1)),
    }));
  }

  /** What a task without a graph says: its inputs, and its machine's outputs. */
  function tabulated(name, tick) {
    const input = data.inputs.indexOf(name);
    if (input >= 0) return session.sequence[tick]?.[input];
    return session.wanted(data.outputs.indexOf(name), tick) ?? undefined;
  }

  /** Bits that may come next: drawn at random, or the last ones again where those are legal. */
  function nextBits(how) {
    const letters = legalAfter(table, session.sequence, width);
    const last = session.sequence[session.sequence.length - 1];
    const again = last && letters.find((letter) => String(bitsOf(letter, width)) === String(last));
    if (how === "again" && again !== undefined) return bitsOf(again, width);
    if (how === "again") return bitsOf(letters[0], width);
    return bitsOf(letters[Math.floor(random() * letters.length)], width);
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

    /** The value that a state is about to have on the next tick. */
    following(name) {
      const place = session.states.indexOf(name);
      return place < 0 || !session.trace[session.tick]
        ? undefined
        : session.trace[session.tick].following[place];
    },

    /** The output that is wanted at a tick: true, false, or null where nothing is said. */
    wanted(output, tick = session.tick) {
      const step = session.expectedSteps[tick];
      const code = step && step.outputs ? step.outputs[output] : 0;
      return code === 0 ? null : code > 0;
    },

    /** Whether an output differs from what is wanted. */
    wrong(output, tick = session.tick) {
      const given = session.value(data.outputs[output], tick);
      const wanted = session.wanted(output, tick);
      return given !== undefined && wanted !== null && given !== wanted;
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

    /** Turn one input of the current tick over. */
    flip(input) {
      const bits = [...session.sequence[session.tick]];
      bits[input] = !bits[input];
      session.sequence = session.sequence.with(session.tick, bits);
      compute(session.tick);
      changed("tick", "sequence");
    },

    replay(sequence) {
      session.sequence = sequence.length ? sequence : [nextBits("again")];
      session.tick = 0;
      compute();
      changed("tick", "sequence");
    },

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
