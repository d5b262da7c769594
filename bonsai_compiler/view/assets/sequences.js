// Sequences of inputs as people type them: one word a tick, a digit for each input.

/** Return the bits of each tick; throws an Error that says what is wrong and how to mend it. */
export function parseSequence(text, inputs) {
  const words = text
    .trim()
    .split(/[\s,;]+/)
    .filter(Boolean);
  if (!inputs.length) {
    const ticks = Number(words[0]);
    if (words.length !== 1 || !Number.isInteger(ticks) || ticks < 1 || ticks > 100000) {
      throw new Error("There is no input to give: type how many ticks to run, such as 24.");
    }
    return Array.from({ length: ticks }, () => []);
  }
  if (!words.length)
    throw new Error(`Type one word a tick, a digit each for ${inputs.join(", ")}.`);
  const ticks = inputs.length === 1 ? words.flatMap((word) => [...word]) : words;
  return ticks.map((word) => {
    if (word.length !== inputs.length || !/^[01]+$/.test(word)) {
      const many = inputs.length > 1 ? `${inputs.length} digits` : "a digit";
      throw new Error(
        `“${word}” is no tick: it needs ${many} of 0 or 1, for ${inputs.join(", ")}.`,
      );
    }
    return [...word].map((digit) => digit === "1");
  });
}

/** Return a sequence as text that reads back as the same. */
export function sequenceText(sequence, inputs) {
  if (!inputs.length) return String(sequence.length);
  return sequence.map((bits) => bits.map((bit) => (bit ? "1" : "0")).join("")).join(" ");
}
