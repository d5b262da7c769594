// One trace: a row of the logic analyzer.

import { mark, shown } from "./marks.js";
import { valueAt } from "./ports.js";

export const ROW = 30;
const STEPPED = 12;
const LONGEST = 14;
const AXIS = 7;
const LONG_RUN = 2000;

/** Return how much room the names to the left of the traces take, and words beside them. */
export function labelWidth(items) {
  const longest = (words, most) => Math.max(0, ...words.map((word) => Math.min(word.length, most)));
  const names = longest(
    items.map(({ name }) => name),
    LONGEST,
  );
  const words = longest(
    items.flatMap(({ field }) => field?.labels ?? []),
    AXIS,
  );
  return Math.min(190, 12 + 8 * Math.max(6, names) + 6 * Math.max(2, words));
}

/** Return the marks of a trace; `frame` says which ticks are seen, and where. */
export function track(session, { name, group, field }, top, frame) {
  const { x, from, last, left, tickWidth } = frame;
  const number = numbers(field);
  const between = (first, end) =>
    Array.from({ length: end - first }, (_, index) => number(session.named(name, first + index)));
  const values = between(from, last);
  // Of a long run only what is seen is looked at, so that each tick costs the same.
  const known = session.sequence.length < LONG_RUN ? between(0, session.sequence.length) : values;
  const { kind, low, high } = field?.isInteger
    ? { kind: "stepped", low: field.low, high: field.high }
    : scale(known.filter(Number.isFinite));
  const bottom = top + ROW - 5;
  const y = (value) => bottom - ((value - low) / (high - low)) * (ROW - 11);
  const parts = [
    mark(
      "text",
      { class: `label ${group}`, x: 6, y: top + ROW / 2 + 4 },
      mark("title", {}, name),
      name.length > LONGEST ? `${name.slice(0, LONGEST - 1)}…` : name,
    ),
    mark("line", { class: "base", x1: left, x2: x(last), y1: bottom, y2: bottom }),
  ];
  if (kind !== "digital") {
    const end = (value) => short(shown(field?.isInteger ? valueAt(field, value - low) : value));
    parts.push(
      mark("text", { class: "axis end", x: left - 4, y: top + 11 }, end(high)),
      mark("text", { class: "axis end", x: left - 4, y: bottom }, end(low)),
    );
  }
  for (let tick = from; group === "outputs" && tick < last; tick++) {
    if (!session.wrong(field, tick)) continue;
    const words = `tick ${tick + 1}: wrong, expected ${shown(session.wanted(field, tick))}`;
    const place = { x: x(tick), y: top + 2, width: tickWidth, height: ROW - 4 };
    parts.push(mark("rect", { class: "mismatch", ...place }, mark("title", {}, words)));
  }
  const path = line(values, kind, (index) => x(from + index), y);
  const told = { "data-trace": name, "data-kind": kind };
  parts.push(mark("path", { class: `trace ${kind} ${group}`, d: path, ...told }));
  return parts;
}

/** A word is as high as its place. Nothing, and bits that mean no value, leave a gap. */
const numbers = (field) => {
  const places = new Map((field?.labels ?? []).map((label, place) => [label, place]));
  return (value) =>
    value === undefined || typeof value === "string" ? (places.get(value) ?? NaN) : Number(value);
};

const short = (text) => (text.length > AXIS ? `${text.slice(0, AXIS - 1)}…` : text);

/** Two values are digital, a few are steps, and anything else is analogue. */
function scale(values) {
  const levels = [...new Set(values)].sort((one, other) => one - other);
  const kind = levels.length <= 2 ? "digital" : levels.length <= STEPPED ? "stepped" : "analogue";
  const low = levels[0] ?? 0;
  const high = levels[levels.length - 1] ?? 1;
  if (low < high) return { kind, low, high };
  // What never changes lies at the top if it is true, and else at the bottom.
  return low > 0 ? { kind, low: low - 1, high: low } : { kind, low, high: low + 1 };
}

function line(values, kind, x, y) {
  let path = "";
  let pen = "M";
  values.forEach((value, index) => {
    if (!Number.isFinite(value)) return (pen = "M");
    const level = y(value).toFixed(1);
    const start = kind === "analogue" ? (x(index) + x(index + 1)) / 2 : x(index);
    path += `${pen}${start.toFixed(1)} ${level}`;
    if (kind !== "analogue") path += `H${x(index + 1).toFixed(1)}`;
    pen = "L";
  });
  return path;
}
