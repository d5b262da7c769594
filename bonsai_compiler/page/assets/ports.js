// Integers and words at the edge, as ports.py has them: which bits make up what a user sees.

/**
 * Return the inputs or the outputs: `fields` as a user sees them, integers, words and bits of no port,
 * and all `bits`, each a field of its own. A field's values are numbered by steps from the lowest,
 * and `at` is the place of its first bit.
 */
export function openSignals(fields) {
  let at = 0;
  const opened = fields.map((field) => {
    const made = field.words ? integer(field, at) : bit(field.name, at);
    at += made.bits.length;
    return made;
  });
  const bits = opened.flatMap((field) =>
    field.bits.map((name, place) => bit(name, field.at + place)),
  );
  return { fields: opened, bits, size: opened.reduce((all, { words }) => all * words.length, 1) };
}

const bit = (name, at) =>
  numbered({ name, at, bits: [name], low: 0, words: ["0", "1"], isInteger: false });
const integer = (port, at) => numbered({ ...port, at, isInteger: true });
const numbered = (field) => ({
  ...field,
  high: field.low + field.words.length - 1,
  steps: new Map(field.words.map((word, step) => [word, step])),
});

const wordOf = (bits) => bits.map((value) => (value > 0 ? "1" : "0")).join("");

/** Return the step of the value that a field's own bits mean; -1 where they mean none. */
export function stepOf(field, bits) {
  return field.steps.get(wordOf(bits)) ?? -1;
}

/** Return the value that stands at a step of a port: a word where it has `labels`, or an integer. */
export const valueAt = ({ labels, low }, step) => (labels ? labels[step] : low + step);

/** Return what a port's own bits mean: its value, their digits, or undefined without bits. */
export function decoded(port, bits) {
  if (bits.some((value) => value === undefined || value === null)) return undefined;
  const step = stepOf(port, bits);
  if (step < 0) return port.labels ? `bits ${wordOf(bits)}` : wordOf(bits);
  return valueAt(port, step);
}

/** Return a value as it is typed: a word in quotes where it could be taken for several. */
export const typed = (value) =>
  typeof value === "string"
    ? /[\s,;"]|^[-!]$/.test(value)
      ? `"${JSON.stringify(value).slice(1, -1).replaceAll('\\"', "\\u0022")}"`
      : value
    : String(Number(value));

/** Return a word's bits. */
export const bitsOfWord = (word) => [...word].map((digit) => digit === "1");

/** Return which of the bits of all fields are a field's own. */
export const own = (field, bits) => bits.slice(field.at, field.at + field.bits.length);

/** Return the step of the nearest of the values that have another bit at a place. */
export function turnedOver(field, bits, place) {
  const word = wordOf(bits);
  const apart = (other) => [...other].filter((digit, index) => digit !== word[index]).length;
  const others = field.words.filter((other) => other[place] !== word[place]);
  const nearest = Math.min(...others.map(apart));
  return field.steps.get(others.find((other) => apart(other) === nearest));
}

/** Return the number of the letter that bits are, the last field changing the fastest; or -1. */
export function letterOf(side, bits) {
  let letter = 0;
  for (const field of side.fields) {
    const step = stepOf(field, own(field, bits));
    if (step < 0) return -1;
    letter = letter * field.words.length + step;
  }
  return letter;
}

/** Return the bits of a letter. */
export function bitsOf(side, letter) {
  let rest = letter;
  let word = "";
  for (const { words } of [...side.fields].reverse()) {
    word = words[rest % words.length] + word;
    rest = Math.floor(rest / words.length);
  }
  return bitsOfWord(word);
}
