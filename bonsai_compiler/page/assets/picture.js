// What the network's own states are while its machine is in each of its: a plane of points, in
// which a dot moves. Whatever stage is looked at, the dot is where the first one, the network, is.

import { runner } from "./evaluate.js";
import { byId, element, mark, shown } from "./marks.js";

const WIDTH = 420;
const HEIGHT = 300;
const EDGE = 34;

/** How many ticks back the dot's trail goes. */
const TRAIL = 6;

/** How many units are listed. */
const MOST_UNITS = 8;

/** Let the picture follow the session. */
export function showPicture(session) {
  const holder = byId("picture");
  if (!holder) return;
  const { picture } = session.data;
  const network = runner(session.data.stages[0].graph);
  const places = picture.names.map((name) => network.place.get(name));
  const titles = picture.hulls[0].map((_, state) => titleOf(session, state));
  let plane = 0;
  let [sequence, states] = [null, []];
  let moving = null;

  const choice = element(
    "select",
    { "aria-label": "Plane", onchange: () => show(Number(choice.value)) },
    ...picture.planes.map(({ title }, place) => element("option", { value: place }, title)),
  );
  const told = element("p", { class: "note", "aria-live": "polite" });
  const drawing = element("div");
  holder.append(
    element("div", { class: "bar" }, element("h2", {}, "The network's states"), choice),
    told,
    drawing,
    element(
      "p",
      { class: "note" },
      "Points are what random runs met, outlined for each state of the machine; the dot is this tick. Dashed: thresholds that tell them.",
    ),
    units(picture),
  );

  function show(chosen) {
    plane = chosen;
    moving = plot(picture, plane, titles);
    drawing.replaceChildren(moving.svg);
    draw();
  }

  /** What the network's states are before each tick of the sequence, as far as it is needed. */
  function followed() {
    if (sequence !== session.sequence) [sequence, states] = [session.sequence, []];
    let last = states.at(-1);
    while (states.length <= session.tick) {
      const before = last ? last.following : network.start;
      last = network.tick(before, sequence[states.length]);
      states.push({ own: places.map((place) => last.values[place]), following: last.following });
    }
    return states;
  }

  function draw() {
    const own = followed().slice(Math.max(0, session.tick - TRAIL), session.tick + 1);
    const steps = session.machineSteps.length ? session.machineSteps : session.expectedSteps;
    const state = steps[session.tick]?.state ?? -1;
    const astray = moving.go(own.map((row) => row.own), state);
    told.textContent =
      state < 0
        ? "The machine says nothing of this tick."
        : astray
          ? `Tick ${session.tick + 1}: the network should be in ${titles[state]}, and is outside of what runs met there.`
          : `Tick ${session.tick + 1}: within what runs met in ${titles[state]}.`;
  }

  show(0);
  session.subscribe((what) => (what.has("tick") || what.has("sequence")) && draw());
}

const titleOf = (session, state) => session.data.machine.titles[state] ?? letters(state);

function letters(state) {
  const rest = Math.floor(state / 26);
  return (rest ? letters(rest - 1) : "") + String.fromCharCode(65 + (state % 26));
}

/** A drawing of one plane: its svg, and what moves the dot and says whether it is astray. */
function plot(picture, place, titles) {
  const { across, up, middle, axes, cuts } = picture.planes[place];
  const hulls = picture.hulls[place];
  const corners = hulls.flat();
  const [x, y] = [0, 1].map((axis) => scale(corners.map((corner) => corner[axis]), axis));
  const at = (point) => `${x(point[0]).toFixed(1)},${y(point[1]).toFixed(1)}`;
  const own = (state) => `--own: hsl(${((state * 137.5 + 210) % 360).toFixed(0)} 62% 48%)`;
  const shapes = hulls.map((hull, state) =>
    mark("polygon", { class: "hull", points: hull.map(at).join(" "), style: own(state) }),
  );
  const points = picture.points[place].map((point, row) =>
    mark("circle", {
      class: "point",
      cx: x(point[0]).toFixed(1),
      cy: y(point[1]).toFixed(1),
      r: 2,
      style: own(picture.owners[row]),
    }),
  );
  const lines = cuts.flatMap((values, axis) =>
    values.map((value) =>
      axis
        ? mark("line", { class: "cut", x1: EDGE, x2: WIDTH - 8, y1: y(value), y2: y(value) })
        : mark("line", { class: "cut", x1: x(value), x2: x(value), y1: 8, y2: HEIGHT - EDGE }),
    ),
  );
  const names = hulls.map((hull, state) => {
    const mean = (axis) => hull.reduce((sum, corner) => sum + corner[axis], 0) / hull.length;
    return hull.length
      ? mark("text", { class: "title", x: x(mean(0)), y: y(mean(1)) + 5 }, titles[state])
      : null;
  });
  const ends = (axis) => {
    const values = corners.map((corner) => corner[axis]);
    return [Math.min(...values), Math.max(...values)];
  };
  const tell = (text, left, top, anchor, turned = false) =>
    mark(
      "text",
      {
        class: "axis",
        x: left,
        y: top,
        "text-anchor": anchor,
        transform: turned ? `rotate(-90 ${left} ${top})` : null,
      },
      text,
    );
  const [[left, right], [low, high]] = [ends(0), ends(1)];
  const trail = mark("polyline", { class: "trail" });
  const dot = mark("circle", { class: "dot", r: 6.5 });
  const svg = mark(
    "svg",
    {
      viewBox: `0 0 ${WIDTH} ${HEIGHT}`,
      role: "img",
      "aria-label": `The network's states in a plane, ${across} across and ${up} up; the line above says where this tick is`,
    },
    ...shapes,
    ...lines,
    ...points,
    ...names,
    tell(across, WIDTH / 2, HEIGHT - 8, "middle"),
    tell(shown(left), EDGE, HEIGHT - 8, "start"),
    tell(shown(right), WIDTH - 8, HEIGHT - 8, "end"),
    tell(up, 12, HEIGHT / 2, "middle", true),
    tell(shown(low), 12, HEIGHT - EDGE, "start", true),
    tell(shown(high), 12, 12, "end", true),
    trail,
    dot,
  );

  const seen = (states) =>
    axes.map((axis) => axis.reduce((sum, part, unit) => sum + part * (states[unit] - middle[unit]), 0));

  return {
    svg,
    go(rows, state) {
      const spots = rows.map(seen);
      const last = spots.at(-1);
      trail.setAttribute("points", spots.map(at).join(" "));
      dot.setAttribute("cx", x(last[0]));
      dot.setAttribute("cy", y(last[1]));
      shapes.forEach((shape, own) => shape.classList.toggle("lit", own === state));
      const astray = state >= 0 && !within(last, hulls[state]);
      dot.classList.toggle("astray", astray);
      return astray;
    },
  };
}

/** What puts a value between the edges; what lies further out, or is no number, stands at one. */
function scale(values, axis) {
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const room = (high - low || 1) * 0.07;
  const [from, to] = [low - room, high + room];
  const size = axis ? HEIGHT : WIDTH;
  return (value) => {
    const share = Number.isNaN(value) ? 0 : Math.max(0, Math.min(1, (value - from) / (to - from)));
    return axis ? size - EDGE - share * (size - EDGE - 8) : EDGE + share * (size - EDGE - 8);
  };
}

/** Whether a point lies in a convex hull whose corners go round to the left, or very near it. */
function within([px, py], hull) {
  if (!hull.length) return false;
  const near = 0.02;
  const reach = (axis) => {
    const values = hull.map((corner) => corner[axis]);
    return Math.max(...values) - Math.min(...values);
  };
  const room = near * Math.max(reach(0), reach(1), 0.1);
  return hull.every(([ax, ay], place) => {
    const [bx, by] = hull[(place + 1) % hull.length];
    const length = Math.hypot(bx - ax, by - ay);
    if (length === 0) return Math.hypot(px - ax, py - ay) <= room;
    return ((bx - ax) * (py - ay) - (by - ay) * (px - ax)) / length >= -room;
  });
}

/** The units that tell the most about the machine's state, each by itself. */
function units({ units, bits }) {
  const rows = units.slice(0, MOST_UNITS).map(({ name, bits: own }) =>
    element(
      "tr",
      {},
      element("td", {}, name),
      element("td", {}, element("i", { style: `width: ${((100 * own) / (bits || 1)).toFixed(0)}px` })),
      element("td", {}, own.toFixed(2)),
    ),
  );
  const more = units.length - MOST_UNITS;
  return element(
    "details",
    {},
    element("summary", {}, "What each unit tells"),
    element(
      "p",
      { class: "note" },
      `Of ${bits.toFixed(2)} bits that say in which state the machine is, so many by itself${more > 0 ? `; ${more} more tell less` : ""}.`,
    ),
    element("table", { class: "terms units" }, element("tbody", {}, ...rows)),
  );
}
