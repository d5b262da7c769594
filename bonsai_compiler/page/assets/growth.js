// How the network grew: the loss, and beside it the regularisation or how many weights were left,
// over the steps, both on a scale of powers of ten.

import { byId, element, mark } from "./marks.js";

const WIDTH = 560;
const HEIGHT = 320;
const PLOT = { left: 62, right: WIDTH - 62, top: 14, bottom: HEIGHT - 46 };

/** Draw the curves; without a growth, say so. */
export function showGrowth({ growth }) {
  const holder = byId("panel-growth");
  if (!growth.length) {
    holder.replaceChildren(
      element(
        "p",
        { class: "empty" },
        "No growth: this network was not grown here, or its growth.csv is not there.",
      ),
    );
    return;
  }
  let before = 0;
  const steps = growth.map((row, place) => {
    if (place && row.rung !== growth[place - 1].rung) before += growth[place - 1].step;
    return before + row.step;
  });
  const x = (step) =>
    PLOT.left + (step / Math.max(1, steps[steps.length - 1])) * (PLOT.right - PLOT.left);
  const loss = scale(growth.map((row) => row.loss));
  // What grows from a table has no regulariser; there the weights become fewer.
  const regularised = growth.some((row) => row.regularisation > 0);
  const amounts = growth.map((row) => (regularised ? row.regularisation : row.weights));
  const amount = scale(amounts);
  const what = regularised ? "median regularisation loss" : "fewest weights";
  const drawn = mark(
    "svg",
    {
      id: "curves",
      viewBox: `0 0 ${WIDTH} ${HEIGHT}`,
      role: "img",
      "aria-label": `Best loss and ${what} over the steps of growth`,
    },
    ...axis(loss, PLOT.left, "end", -8, "loss-axis"),
    ...axis(amount, PLOT.right, "start", 8, ""),
    ...ticksBelow(steps[steps.length - 1], x),
    mark(
      "text",
      { class: "title", x: (PLOT.left + PLOT.right) / 2, y: HEIGHT - 6, "text-anchor": "middle" },
      "step",
    ),
    mark(
      "text",
      {
        class: "title loss",
        transform: `translate(13 ${HEIGHT / 2 - 16}) rotate(-90)`,
        "text-anchor": "middle",
      },
      "best loss",
    ),
    mark(
      "text",
      {
        class: "title regularisation",
        transform: `translate(${WIDTH - 8} ${HEIGHT / 2 - 16}) rotate(-90)`,
        "text-anchor": "middle",
      },
      what,
    ),
  );
  const pruning = growth.findIndex(
    (row, place) => row.phase === "prune" && row.rung === growth[growth.length - 1].rung && place,
  );
  if (pruning > 0) {
    drawn.append(
      mark("line", {
        class: "cursor",
        x1: x(steps[pruning]),
        x2: x(steps[pruning]),
        y1: PLOT.top,
        y2: PLOT.bottom,
      }),
      mark("text", { class: "axis", x: x(steps[pruning]) + 4, y: PLOT.top + 10 }, "pruning"),
    );
  }
  drawn.append(
    line(
      steps,
      amounts,
      x,
      amount,
      "regularisation",
    ),
    line(
      steps,
      growth.map((row) => row.loss),
      x,
      loss,
      "loss",
    ),
  );
  const last = growth[growth.length - 1];
  holder.replaceChildren(
    drawn,
    element(
      "p",
      { class: "note" },
      element("i", { class: "key loss" }),
      "best loss of the replicas ",
      element("i", { class: "key regularisation" }),
      `${what}; both axes are logarithmic.`,
    ),
    element(
      "p",
      { class: "note" },
      `${steps[steps.length - 1]} steps; at the end ${last.solved} replicas were right${last.weights === null ? "" : `, the smallest with ${last.weights} weights`}.`,
    ),
  );
}

/** A logarithmic scale over whole powers of ten; what is 0 or less lies on its floor. */
function scale(values) {
  const powers = values.filter((value) => value > 0).map(Math.log10);
  const low = powers.length ? Math.floor(Math.min(...powers)) : -1;
  const high = powers.length ? Math.max(low + 1, Math.ceil(Math.max(...powers))) : 0;
  const y = (value) =>
    PLOT.bottom -
    ((Math.max(value > 0 ? Math.log10(value) : low, low) - low) / (high - low)) *
      (PLOT.bottom - PLOT.top);
  return { low, high, y };
}

function axis({ low, high, y }, at, anchor, offset, name) {
  const every = Math.ceil((high - low) / 6);
  const parts = [mark("line", { class: "base", x1: at, x2: at, y1: PLOT.top, y2: PLOT.bottom })];
  for (let power = low; power <= high; power += every) {
    const height = y(10 ** power);
    if (anchor === "end")
      parts.push(
        mark("line", { class: "grid", x1: PLOT.left, x2: PLOT.right, y1: height, y2: height }),
      );
    parts.push(
      mark(
        "text",
        { class: `axis ${name}`, x: at + offset, y: height + 4, "text-anchor": anchor },
        "10",
        mark("tspan", { dy: -5, "font-size": 9 }, String(power).replace("-", "−")),
      ),
    );
  }
  return parts;
}

function ticksBelow(last, x) {
  const raw = Math.max(1, last / 5);
  const power = 10 ** Math.floor(Math.log10(raw));
  const every = [1, 2, 5, 10].map((times) => times * power).find((step) => step >= raw);
  const parts = [
    mark("line", {
      class: "base",
      x1: PLOT.left,
      x2: PLOT.right,
      y1: PLOT.bottom,
      y2: PLOT.bottom,
    }),
  ];
  for (let step = 0; step <= last; step += every) {
    parts.push(
      mark(
        "text",
        { class: "axis", x: x(step), y: PLOT.bottom + 16, "text-anchor": "middle" },
        String(step),
      ),
    );
  }
  return parts;
}

function line(steps, values, x, { y }, name) {
  const known = steps
    .map((step, place) => [step, values[place]])
    .filter(([, value]) => value !== null);
  const path = known
    .map(
      ([step, value], place) => `${place ? "L" : "M"}${x(step).toFixed(1)} ${y(value).toFixed(1)}`,
    )
    .join("");
  return mark("path", { class: `trace ${name}`, d: path });
}
