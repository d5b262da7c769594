// Walking through a machine's table, letter by letter.

/** Return a letter's number from its bits, the first input as the highest. */
export function letterOf(bits) {
  return bits.reduce((number, bit) => number * 2 + (bit ? 1 : 0), 0);
}

/** Return the bits of a letter. */
export function bitsOf(letter, width) {
  return Array.from({ length: width }, (_, place) => Boolean((letter >> (width - 1 - place)) & 1));
}

/**
 * Return for each tick the state before it, whether its letter is legal there, and the outputs.
 * After an illegal letter, or past the horizon, the state is -1 and the machine says nothing more.
 */
export function walk(machine, sequence) {
  let state = 0;
  return sequence.map((bits, tick) => {
    const over = machine.horizon !== null && tick >= machine.horizon;
    if (state < 0 || over) return { state: -1, legal: false, outputs: null, over };
    const letter = letterOf(bits);
    const legal = Boolean(machine.legal[state][letter]);
    const step = {
      state,
      legal,
      outputs: legal ? machine.output[state][letter] : null,
      over: false,
    };
    state = legal ? machine.successor[state][letter] : -1;
    return step;
  });
}

/** Return the letters that may follow a sequence; every letter, where the machine says nothing. */
export function legalAfter(machine, sequence, width) {
  const all = Array.from({ length: 2 ** width }, (_, letter) => letter);
  if (!machine) return all;
  let state = 0;
  for (const bits of sequence) {
    const letter = letterOf(bits);
    state = state >= 0 && machine.legal[state][letter] ? machine.successor[state][letter] : -1;
  }
  if (state < 0) return all;
  const legal = all.filter((letter) => machine.legal[state][letter]);
  return legal.length ? legal : all;
}

/** Return a source of numbers in [0, 1) that the same seed makes the same (mulberry32). */
export function seeded(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}
