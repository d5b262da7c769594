// Sequences of inputs as people type them: one word a tick, as `bonsaic run` takes them.

import { bitsOfWord, decoded, own, typed } from "./ports.js";

// In double quotes, which never stand within a word, there may be spaces and commas.
const WORD = /(?:[^\s,;"]|"[^"]*"?)+/g;
const WORD_WITH_COMMAS = /(?:[^\s;"]|"[^"]*"?)+/g;
const COMMA = /,(?=(?:[^"]*"[^"]*")*[^"]*$)/;

/** Return the bits of each tick; throws an Error that says what is wrong and how to mend it. */
export function parseSequence(text, { fields }) {
  const integers = fields.some(({ isInteger }) => isInteger);
  const commas = integers && fields.length > 1;
  const words = text.match(commas ? WORD_WITH_COMMAS : WORD) ?? [];
  if (!fields.length) {
    const ticks = Number(words[0]);
    if (words.length !== 1 || !Number.isInteger(ticks) || ticks < 1 || ticks > 100000) {
      throw new Error("There is no input to give: type how many ticks to run, such as 24.");
    }
    return Array.from({ length: ticks }, () => []);
  }
  const names = fields.map(({ name }) => name).join(", ");
  const worded = fields.map(({ isInteger, labels }) => isInteger && Boolean(labels));
  const kinds = !worded.includes(true) ? "integers" : worded.includes(false) ? "values" : "words";
  const alone = kinds === "words" ? "a value" : "an integer";
  const kind = commas ? `${kinds} with commas between` : integers ? alone : "a digit each";
  if (!words.length) throw new Error(`Type one word a tick, ${kind} for ${names}.`);
  const ticks = !integers && fields.length === 1 ? words.flatMap((word) => [...word]) : words;
  return ticks.map((word) => {
    const parts = integers ? word.split(COMMA) : [...word];
    if (parts.length !== fields.length) {
      const many = `${fields.length} ${integers ? `${kinds} with commas between` : "digits of 0 or 1"}`;
      throw new Error(`“${word}” is no tick: it needs ${many}, for ${names}.`);
    }
    return parts.flatMap((part, place) => encoded(word, part, fields[place]));
  });
}

function encoded(word, part, { name, low, high, words, labels }) {
  if (labels) {
    const place = labels.indexOf(unquoted(part));
    if (place < 0)
      throw new Error(`“${word}” is no tick: ${name} is one of ${labels.join(", ")}, not “${part}”.`);
    return bitsOfWord(words[place]);
  }
  const value = /^-?\d{1,9}$/.test(part) ? Number(part) : NaN;
  if (!(value >= low && value <= high))
    throw new Error(`“${word}” is no tick: ${name} is from ${low} to ${high}, not “${part}”.`);
  return bitsOfWord(words[value - low]);
}

function unquoted(part) {
  try {
    return part.startsWith('"') ? JSON.parse(part) : part;
  } catch {
    return part;
  }
}

/** Return a sequence as text that reads back as the same. */
export function sequenceText(sequence, { fields }) {
  if (!fields.length) return String(sequence.length);
  const comma = fields.some(({ isInteger }) => isInteger) ? "," : "";
  const part = (bits) => (field) =>
    field.isInteger ? typed(decoded(field, own(field, bits))) : Number(bits[field.at]);
  return sequence.map((bits) => fields.map(part(bits)).join(comma)).join(" ");
}
