// The logic analyzer: chosen values over the ticks, as digital, stepped or analogue traces.

import { available, standard } from "./choice.js";
import { byId, mark, shown } from "./marks.js";
import { ROW, labelWidth, track } from "./track.js";

const AXIS = 18;
const FEWEST = 8;
const MOST = 512;

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

  function chosen() {
    const kept = fragment.list("traces");
    const there = available(session);
    return kept === null
      ? standard(there)
      : kept.filter((name) => there.some((item) => item.name === name));
  }

  function choose(list) {
    fragment.setList("traces", list);
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
    if (session.tick < from || session.tick >= from + span)
      from = Math.max(0, session.tick - Math.floor(span * 0.75));
  }

  /** Return what has a trace, in order. */
  function traced() {
    const nodes = new Map(available(session).map((item) => [item.name, item]));
    return names.map((name) => nodes.get(name));
  }

  function draw() {
    const items = traced();
    const left = labelWidth(items);
    const tickWidth = (width - left - 8) / span;
    const x = (tick) => left + (tick - from) * tickWidth;
    const last = Math.min(from + span, session.sequence.length);
    const height = AXIS + names.length * ROW + 4;
    const parts = [];
    parts.push(mark("rect", { class: "now", x: x(session.tick), y: 0, width: tickWidth, height }));
    const every = [1, 2, 4, 5, 8, 10, 20, 50, 100].find((step) => step * tickWidth >= 26) || 200;
    for (let tick = from; tick < last; tick++) {
      if (tick > 0 && (tick + 1) % every) continue;
      parts.push(
        mark("line", { class: "grid", x1: x(tick), x2: x(tick), y1: AXIS - 4, y2: height }),
      );
      parts.push(mark("text", { class: "axis", x: x(tick) + 3, y: 11 }, String(tick + 1)));
    }
    const frame = { x, from, last, left, tickWidth };
    items.forEach((item, row) => parts.push(...track(session, item, AXIS + row * ROW, frame)));
    if (cursor !== null) {
      parts.push(
        mark("line", {
          class: "cursor",
          x1: x(cursor + 0.5),
          x2: x(cursor + 0.5),
          y1: 0,
          y2: height,
        }),
      );
    }
    svg.setAttribute("viewBox", `0 0 ${width} ${height}`);
    svg.setAttribute("height", height);
    svg.replaceChildren(...parts);
    if (!names.length) byId("cursor-told").textContent = "No trace is chosen.";
    else tell();
  }

  function tell() {
    const tick = cursor ?? session.tick;
    const words = names.map((name) => `${name} ${shown(session.named(name, tick))}`);
    const text = `${cursor === null ? "tick" : "cursor at"} ${tick + 1}: ${words.join(", ")}`;
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
    const label = labelWidth(traced());
    const tick =
      from + Math.floor(((event.clientX - edge - label) / (svg.clientWidth - label - 8)) * span);
    return tick < from || tick >= session.sequence.length ? null : tick;
  };
  svg.addEventListener("pointermove", (event) => moveCursor(tickAt(event)));
  svg.addEventListener("pointerleave", () => moveCursor(null));
  svg.addEventListener("click", (event) => {
    const tick = tickAt(event);
    if (tick !== null) session.go(tick);
  });
  svg.addEventListener(
    "wheel",
    (event) => {
      if (!event.ctrlKey) return;
      event.preventDefault();
      setSpan(span * (event.deltaY > 0 ? 1.25 : 0.8));
    },
    { passive: false },
  );
  holder.addEventListener("keydown", (event) => {
    const moves = {
      ArrowLeft: -1,
      ArrowRight: 1,
      PageUp: -span,
      PageDown: span,
      Home: -Infinity,
      End: Infinity,
    };
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
  return {
    available: () => available(session),
    chosen: () => names,
    choose,
    standard: () => choose(standard(available(session))),
    zoom: (factor) => setSpan(span * factor),
  };
}
