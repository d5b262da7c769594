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

/** Have every colour mixed anew, after the stylesheet's own have changed. */
export const forgetTints = () => mixed.clear();
