// Sequences of inputs as people type them: one word a tick, as `bonsaic run` takes them.

import { bitsOfWord, decoded, own } from "./ports.js";

/** Return the bits of each tick; throws an Error that says what is wrong and how to mend it. */
export function parseSequence(text, { fields }) {
  const integers = fields.some(({ isInteger }) => isInteger);
  const commas = integers && fields.length > 1;
  const words = text
    .trim()
    .split(commas ? /[\s;]+/ : /[\s,;]+/)
    .filter(Boolean);
  if (!fields.length) {
    const ticks = Number(words[0]);
    if (words.length !== 1 || !Number.isInteger(ticks) || ticks < 1 || ticks > 100000) {
      throw new Error("There is no input to give: type how many ticks to run, such as 24.");
    }
    return Array.from({ length: ticks }, () => []);
  }
  const names = fields.map(({ name }) => name).join(", ");
  const kind = commas ? "integers with commas between" : integers ? "an integer" : "a digit each";
  if (!words.length) throw new Error(`Type one word a tick, ${kind} for ${names}.`);
  const ticks = !integers && fields.length === 1 ? words.flatMap((word) => [...word]) : words;
  return ticks.map((word) => {
    const parts = integers ? word.split(",") : [...word];
    if (parts.length !== fields.length) {
      const many = `${fields.length} ${integers ? "integers with commas between" : "digits of 0 or 1"}`;
      throw new Error(`“${word}” is no tick: it needs ${many}, for ${names}.`);
    }
    return parts.flatMap((part, place) => encoded(word, part, fields[place]));
  });
}

function encoded(word, part, { name, low, high, words }) {
  const value = /^-?\d{1,9}$/.test(part) ? Number(part) : NaN;
  if (!(value >= low && value <= high))
    throw new Error(`“${word}” is no tick: ${name} is from ${low} to ${high}, not “${part}”.`);
  return bitsOfWord(words[value - low]);
}

/** Return a sequence as text that reads back as the same. */
export function sequenceText(sequence, { fields }) {
  if (!fields.length) return String(sequence.length);
  const comma = fields.some(({ isInteger }) => isInteger) ? "," : "";
  const part = (bits) => (field) => Number(decoded(field, own(field, bits)));
  return sequence.map((bits) => fields.map(part(bits)).join(comma)).join(" ");
}
