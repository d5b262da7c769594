// Sliding from one drawing to the next, so that the eye can follow what goes where.

const LASTS = 450;
const reduced = matchMedia("(prefers-reduced-motion: reduce)");

/**
 * Call `step` with a share from 0 to 1 at each frame; once, with 1, where motion is not wanted or
 * nobody looks. Returns what goes to the end at once.
 */
export function slide(step) {
  let frame = null;
  let started = null;
  function end() {
    if (frame === null) return;
    cancelAnimationFrame(frame);
    frame = null;
    step(1);
  }
  function next(now) {
    started ??= now;
    const share = Math.min(1, (now - started) / LASTS);
    if (share === 1) return end();
    step(eased(share));
    frame = requestAnimationFrame(next);
  }
  if (reduced.matches || document.hidden) step(1);
  else frame = requestAnimationFrame(next);
  return end;
}

const eased = (share) => share * share * (3 - 2 * share);

/** Return a number on the way from one to another. */
export const between = (from, to, share) => from + (to - from) * share;

/**
 * Return, for a share of the way, the path between two that consist of cubic curves (`M` and `C`
 * of SVG), or the points between two rows of as many.
 */
export function bentBetween(from, to) {
  const [starts, ends] = alike(numbers(from), numbers(to));
  return (share) =>
    share === 1
      ? to
      : written(
          starts.map((start, place) => between(start, ends[place], share)),
          to.startsWith("M"),
        );
}

const numbers = (text) => text.match(/-?[\d.]+/g).map(Number);

function written(values, path) {
  const points = [];
  for (let place = 0; place < values.length; place += 2)
    points.push(`${values[place].toFixed(1)},${values[place + 1].toFixed(1)}`);
  return path ? `M${points[0]}C${points.slice(1).join(" ")}` : points.join(" ");
}

/** Return two rows of points with as many each: the longest curves of the shorter are halved. */
function alike(one, other) {
  if (one.length > other.length) return alike(other, one).reverse();
  let shorter = one;
  while (shorter.length < other.length) shorter = halved(shorter);
  return [shorter, other];
}

function halved(points) {
  let at = 0;
  let longest = -1;
  for (let place = 0; place + 7 < points.length; place += 6) {
    const length = Math.hypot(points[place + 6] - points[place], points[place + 7] - points[place + 1]);
    if (length > longest) [at, longest] = [place, length];
  }
  const [start, one, two, end] = [0, 2, 4, 6].map((step) => points.slice(at + step, at + step + 2));
  const middle = (from, to) => from.map((value, place) => (value + to[place]) / 2);
  const [a, b, c] = [middle(start, one), middle(one, two), middle(two, end)];
  const [left, right] = [middle(a, b), middle(b, c)];
  const inner = [...a, ...left, ...middle(left, right), ...right, ...c];
  return [...points.slice(0, at + 2), ...inner, ...points.slice(at + 6)];
}
