// Walking through a machine's table, letter by letter.

/**
 * Return for each letter the state before it, whether it is legal there, the outputs, and the state
 * that follows. After an illegal letter, such as -1, or past the horizon, the state is -1 and the
 * machine says nothing more.
 */
export function walk(machine, letters) {
  let state = 0;
  return letters.map((letter, tick) => {
    const over = machine.horizon !== null && tick >= machine.horizon;
    if (state < 0 || over) return { state: -1, legal: false, outputs: null, next: -1, over };
    const legal = Boolean(machine.legal[state][letter]);
    const step = {
      state,
      legal,
      outputs: legal ? machine.output[state][letter] : null,
      next: legal ? machine.successor[state][letter] : -1,
      over: false,
    };
    state = step.next;
    return step;
  });
}

/** Return which of `size` letters may follow others; all, where the machine says nothing. */
export function legalAfter(machine, letters, size) {
  const all = Array.from({ length: size }, (_, letter) => letter);
  if (!machine) return all;
  let state = 0;
  for (const letter of letters) {
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
