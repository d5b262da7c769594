// The logic analyzer: chosen values over the ticks, as digital, stepped or analogue traces.

import { byId, element, mark, shown } from "./marks.js";

const ROW = 30;
const AXIS = 18;
const FEWEST = 8;
const MOST = 512;
const STEPPED = 12;

/** Let the analyzer follow the session; its choice of traces is kept in the fragment. */
export function showTraces(session, fragment) {
  const holder = byId("traces");
  const svg = mark("svg", { id: "trace-lines", "aria-hidden": "true" });
  holder.append(svg);
  let span = Math.min(MOST, Math.max(FEWEST, Number(fragment.get("ticks")) || 32));
  let from = 0;
  let cursor = null;
  let width = holder.clientWidth;
  let names = chosen();

  function available() {
    if (session.graph) return session.graph.nodes.map(({ name, kind }) => ({ name, group: GROUPS[kind] }));
    const of = (group) => (name) => ({ name, group });
    return [...session.data.inputs.map(of("inputs")), ...session.data.outputs.map(of("outputs"))];
  }

  function chosen() {
    const kept = fragment.get("traces");
    const there = available();
    if (kept !== null) return kept.split(",").map(decodeURIComponent).filter((name) => there.some((item) => item.name === name));
    return standard(there);
  }

  function choose(list) {
    fragment.set("traces", list.map(encodeURIComponent).join(","));
    names = list;
    draw();
  }

  function setSpan(ticks) {
    span = Math.min(MOST, Math.max(FEWEST, Math.round(ticks)));
    fragment.set("ticks", span);
    follow();
    draw();
  }

  /** Keep the current tick in the window, with some of what went before. */
  function follow() {
    if (session.tick < from || session.tick >= from + span) from = Math.max(0, session.tick - Math.floor(span * 0.75));
  }

  function draw() {
    const left = Math.min(150, 24 + 8 * Math.max(6, ...names.map((name) => Math.min(name.length, 14))));
    const tickWidth = (width - left - 8) / span;
    const x = (tick) => left + (tick - from) * tickWidth;
    const last = Math.min(from + span, session.sequence.length);
    const height = AXIS + names.length * ROW + 4;
    const parts = [];
    parts.push(mark("rect", { class: "now", x: x(session.tick), y: 0, width: tickWidth, height }));
    const every = [1, 2, 4, 5, 8, 10, 20, 50, 100].find((step) => step * tickWidth >= 26) || 200;
    for (let tick = from; tick < last; tick++) {
      if (tick % every) continue;
      parts.push(mark("line", { class: "grid", x1: x(tick), x2: x(tick), y1: AXIS - 4, y2: height }));
      parts.push(mark("text", { class: "axis", x: x(tick) + 3, y: 11 }, String(tick)));
    }
    const groups = new Map(available().map((item) => [item.name, item]));
    names.forEach((name, row) => parts.push(...trace(groups.get(name)?.group ?? "", name, AXIS + row * ROW, { x, tickWidth, last, left })));
    if (cursor !== null) {
      parts.push(mark("line", { class: "cursor", x1: x(cursor + 0.5), x2: x(cursor + 0.5), y1: 0, y2: height }));
    }
    svg.setAttribute("viewBox", `0 0 ${width} ${height}`);
    svg.setAttribute("height", height);
    svg.replaceChildren(...parts);
    if (!names.length) byId("cursor-told").textContent = "No trace is chosen.";
    else tell();
  }

  function trace(group, name, top, { x, tickWidth, last, left }) {
    const output = session.data.outputs.indexOf(name);
    const values = [];
    for (let tick = from; tick < last; tick++) values.push(Number(session.value(name, tick) ?? NaN));
    const finite = values.filter(Number.isFinite);
    const levels = [...new Set(session.trace.length < 2000 ? all(name) : finite)].sort((one, other) => one - other);
    const low = levels[0] ?? 0;
    const high = levels[levels.length - 1] ?? 1;
    const kind = levels.length <= 2 ? "digital" : levels.length <= STEPPED ? "stepped" : "analogue";
    const bottom = top + ROW - 5;
    const single = levels.length === 1 && low <= 0;
    const y = (value) => bottom - (high === low ? (single ? 0 : 1) : (value - low) / (high - low)) * (ROW - 11);
    const parts = [
      mark("text", { class: `label ${group}`, x: 6, y: top + ROW / 2 + 4 }, mark("title", {}, name), name.length > 14 ? `${name.slice(0, 13)}…` : name),
      mark("line", { class: "base", x1: left, x2: x(last), y1: bottom, y2: bottom }),
    ];
    if (kind !== "digital") {
      parts.push(mark("text", { class: "axis end", x: left - 4, y: top + 11 }, shown(high)), mark("text", { class: "axis end", x: left - 4, y: bottom }, shown(low)));
    }
    let path = "";
    let pen = false;
    values.forEach((value, index) => {
      const tick = from + index;
      if (output >= 0 && session.wrong(output, tick)) {
        parts.push(mark("rect", { class: "mismatch", x: x(tick), y: top + 2, width: tickWidth, height: ROW - 4 }, mark("title", {}, `tick ${tick}: wrong, expected ${shown(session.wanted(output, tick))}`)));
      }
      if (!Number.isFinite(value)) return (pen = false);
      const start = x(tick).toFixed(1);
      const level = y(value).toFixed(1);
      if (kind === "analogue") path += `${pen ? "L" : "M"}${x(tick + 0.5).toFixed(1)} ${level}`;
      else path += `${pen ? "L" : "M"}${start} ${level}H${x(tick + 1).toFixed(1)}`;
      pen = true;
    });
    parts.push(mark("path", { class: `trace ${kind} ${group}`, d: path, "data-trace": name, "data-kind": kind }));
    return parts;
  }

  const all = (name) => session.sequence.map((_, tick) => Number(session.value(name, tick))).filter(Number.isFinite);

  function tell() {
    const tick = cursor ?? session.tick;
    const words = names.map((name) => `${name} ${shown(session.value(name, tick))}`);
    const text = `${cursor === null ? "tick" : "cursor at"} ${tick}: ${words.join(", ")}`;
    Object.assign(byId("cursor-told"), { textContent: text, title: text });
  }

  function moveCursor(tick) {
    cursor = tick === null ? null : Math.max(0, Math.min(tick, session.sequence.length - 1));
    if (cursor !== null && cursor < from) from = cursor;
    if (cursor !== null && cursor >= from + span) from = cursor - span + 1;
    draw();
  }

  const tickAt = (event) => {
    const { left: edge } = svg.getBoundingClientRect();
    const label = Math.min(150, 24 + 8 * Math.max(6, ...names.map((name) => Math.min(name.length, 14))));
    const tick = from + Math.floor(((event.clientX - edge - label) / (svg.clientWidth - label - 8)) * span);
    return tick < from || tick >= session.sequence.length ? null : tick;
  };
  svg.addEventListener("pointermove", (event) => moveCursor(tickAt(event)));
  svg.addEventListener("pointerleave", () => moveCursor(null));
  svg.addEventListener("click", (event) => {
    const tick = tickAt(event);
    if (tick !== null) session.go(tick);
  });
  svg.addEventListener("wheel", (event) => {
    if (!event.ctrlKey) return;
    event.preventDefault();
    setSpan(span * (event.deltaY > 0 ? 1.25 : 0.8));
  }, { passive: false });
  holder.addEventListener("keydown", (event) => {
    const moves = { ArrowLeft: -1, ArrowRight: 1, PageUp: -span, PageDown: span, Home: -Infinity, End: Infinity };
    if (event.key in moves) moveCursor((cursor ?? session.tick) + moves[event.key]);
    else if (event.key === "Enter" && cursor !== null) session.go(cursor);
    else if (event.key === "Escape" && cursor !== null) moveCursor(null);
    else return;
    event.preventDefault();
    event.stopPropagation();
  });
  byId("trace-closer").addEventListener("click", () => setSpan(span / 2));
  byId("trace-wider").addEventListener("click", () => setSpan(span * 2));
  // Asking for the width at each tick would have the whole page laid out anew.
  new ResizeObserver(() => {
    width = holder.clientWidth;
    draw();
  }).observe(holder);

  session.subscribe((what) => {
    if (what.has("stage")) names = chosen();
    if (what.has("sequence") && cursor !== null && cursor >= session.sequence.length) cursor = null;
    if (what.has("tick")) {
      follow();
      draw();
    }
  });
  return { available, chosen: () => names, choose, standard: () => choose(standard(available())), zoom: (factor) => setSpan(span * factor) };
}

const GROUPS = { input: "inputs", state: "states", neuron: "neurons", logic: "neurons", output: "outputs" };
const ORDER = ["inputs", "outputs", "states", "neurons"];
const AT_FIRST = 9;
const MOST_FIRST = 24;

/** What is shown before anything was chosen: inputs, outputs, states, and neurons if there is room. */
function standard(there) {
  const groups = ORDER.map((group) => there.filter((item) => item.group === group).map(({ name }) => name));
  const [neurons, ...ends] = groups.reverse();
  const first = ends.reverse().flat();
  return [...first, ...(first.length + neurons.length <= AT_FIRST ? neurons : [])].slice(0, MOST_FIRST);
}

/** Fill and open the dialog in which traces are chosen and put in order. */
export function chooseTraces(traces) {
  const dialog = byId("choose-dialog");

  function fill() {
    const chosen = traces.chosen();
    const there = traces.available();
    const set = (list) => {
      traces.choose(list);
      fill();
    };
    const swap = (at, by) => {
      const list = [...chosen];
      [list[at], list[at + by]] = [list[at + by], list[at]];
      set(list);
    };
    const mover = (name, at, by, word) =>
      element("button", { type: "button", disabled: at + by < 0 || at + by >= chosen.length, "aria-label": `${name} ${word}`, onclick: () => swap(at, by) }, word === "up" ? "↑" : "↓");
    const order = chosen.map((name, at) =>
      element("li", {}, element("span", {}, name), mover(name, at, -1, "up"), mover(name, at, 1, "down"),
        element("button", { type: "button", "aria-label": `hide ${name}`, onclick: () => set(chosen.filter((other) => other !== name)) }, "×")),
    );
    const groups = ORDER.map((group) => {
      const members = there.filter((item) => item.group === group).map(({ name }) => name);
      if (!members.length) return null;
      const rest = members.filter((name) => !chosen.includes(name));
      const boxes = members.map((name) =>
        element("label", {}, element("input", { type: "checkbox", checked: chosen.includes(name), onchange: () =>
          set(chosen.includes(name) ? chosen.filter((other) => other !== name) : [...chosen, name]) }), name),
      );
      const whole = element("button", { type: "button", onclick: () => set(rest.length ? [...chosen, ...rest] : chosen.filter((name) => !members.includes(name))) }, rest.length ? "all" : "none");
      return element("fieldset", {}, element("legend", {}, group, " ", whole), ...boxes);
    });
    dialog.replaceChildren(
      element("h2", { id: "choose-title" }, "Traces"),
      element("div", { class: "choice" }, element("div", {}, ...groups.filter(Boolean)), element("ol", { "aria-label": "Order" }, ...order)),
      element("p", { class: "ends" },
        element("button", { type: "button", onclick: () => { traces.standard(); fill(); } }, "As at first"),
        element("button", { type: "button", autofocus: true, onclick: () => dialog.close() }, "Done")),
    );
  }

  fill();
  dialog.showModal();
}
