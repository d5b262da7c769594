// Making elements. Text is only ever set as text, whatever it holds.

const SVG = "http://www.w3.org/2000/svg";

/** Return an element with properties and children; strings among the children are text. */
export function element(name, properties = {}, ...children) {
  return filled(document.createElement(name), properties, children);
}

/** Return an SVG element with attributes and children. */
export function mark(name, properties = {}, ...children) {
  return filled(document.createElementNS(SVG, name), properties, children);
}

function filled(made, properties, children) {
  for (const [name, value] of Object.entries(properties)) {
    if (name.startsWith("on")) made.addEventListener(name.slice(2), value);
    else if (value === true) made.setAttribute(name, "");
    else if (value !== false && value !== undefined && value !== null)
      made.setAttribute(name, value);
  }
  made.append(...children.filter((child) => child !== null && child !== undefined));
  return made;
}

export const byId = (id) => document.getElementById(id);

/** Return a value as short text: a bool as 1 or 0, an integer whole, else three figures. */
export function shown(value) {
  if (value === undefined || value === null) return "–";
  if (typeof value === "boolean") return value ? "1" : "0";
  if (typeof value === "string") return value;
  if (!Number.isFinite(value)) return Number.isNaN(value) ? "none" : value > 0 ? "∞" : "−∞";
  const size = Math.abs(value);
  const text =
    Number.isInteger(value) && size < 1e9
      ? String(value)
      : size >= 1e5 || size < 1e-3
        ? value.toExponential(1)
        : String(+value.toPrecision(3));
  return text.replaceAll("-", "−");
}

/** Return how charged a value is, from -1 to 1; `top` is the highest level of a number in logic. */
export function charge(value, top = 1) {
  if (typeof value === "boolean") return value ? 1 : -1;
  if (value === undefined || Number.isNaN(value)) return 0;
  return Math.max(-1, Math.min(1, value / top));
}

const mixed = new Map();

/**
 * Return the colour of a charge on a ground, as the stylesheet mixes it now. Thousands of these
 * are set at each tick of a large graph, and a plain colour is styled much faster than a mixture.
 */
export function tint(amount, ground, least = 0) {
  const share = Math.round(Math.abs(amount) * 20) / 20;
  const hue = amount < 0 ? "--negative" : "--positive";
  const percent = share ? Math.round(100 * (least + (1 - least) * share)) : 0;
  const key = `${ground} ${hue} ${percent}`;
  if (!mixed.has(key)) {
    const probe = element("i", {
      style: `color: color-mix(in srgb, var(${hue}) ${percent}%, var(${ground}))`,
    });
    document.body.append(probe);
    mixed.set(key, getComputedStyle(probe).color);
    probe.remove();
  }
  return mixed.get(key);
}

const INK = ["#ffffff", "#14171c"];

/** Return the colour, light or dark, in which text is read best on another. */
export function inkOn(colour) {
  const parts = colour.match(/[\d.]+/g).map(Number);
  const [red, green, blue] = parts.map((part) => {
    const share = colour.startsWith("rgb") ? part / 255 : part;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  const light = 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  // White and the dark ink contrast as much with a ground of this lightness.
  return light < 0.19 ? INK[0] : INK[1];
}

/** Return a count with its unit, in the plural where there is not one of it. */
export const counted = (count, unit) => `${count} ${unit}${count === 1 ? "" : "s"}`;

/** Have every colour mixed anew, after the stylesheet's own have changed. */
export const forgetTints = () => mixed.clear();
