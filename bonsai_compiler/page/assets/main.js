// Everything put together.

import { chooseTraces } from "./choice.js";
import { showDetails } from "./details.js";
import { openFragment } from "./fragment.js";
import { showGraph } from "./graph.js";
import { showGrowth } from "./growth.js";
import { listenToKeys, openHelp } from "./keys.js";
import { showMachine } from "./machine.js";
import { byId, forgetTints } from "./marks.js";
import { showPasses } from "./passes.js";
import { showPicture } from "./picture.js";
import { showProgram } from "./program.js";
import { openSession } from "./session.js";
import { showTabs } from "./tabs.js";
import { showTraces } from "./traces.js";
import { showTransport } from "./transport.js";

const data = JSON.parse(byId("data").textContent);
// Stages share most of their nodes and lines; in the file each stands once.
for (const stage of data.stages) {
  stage.text = stage.text.map(([sign, line]) => [sign, data.lines[line]]);
  stage.graph.nodes = stage.graph.nodes.map((node) => data.nodes[node]);
  stage.bits = new Map(
    stage.bits.map(([place, low, high]) => [stage.graph.nodes[place].name, [low, high]]),
  );
}
const fragment = openFragment();
const session = openSession(data);
const graph = showGraph(session);
const transport = showTransport(session);
const traces = showTraces(session, fragment);
const tab = showTabs(fragment, data.stages.length ? "node" : "machine");
showDetails(session);
showPasses(session);
showProgram(session);
showMachine(session);
showPicture(session);
showGrowth(data);

const root = document.documentElement;
const prefersDark = matchMedia("(prefers-color-scheme: dark)");

const isDark = () => (fragment.get("theme") ?? (prefersDark.matches ? "dark" : "light")) === "dark";

function dress() {
  root.style.colorScheme = fragment.get("theme") ?? "";
  byId("theme").textContent = isDark() ? "Light" : "Dark";
  const safe = fragment.get("colours") === "safe";
  root.classList.toggle("safe", safe);
  byId("palette").setAttribute("aria-pressed", String(safe));
  forgetTints();
  session.go(session.tick);
}

function theme() {
  fragment.set("theme", isDark() ? "light" : "dark");
  dress();
}

function colours() {
  fragment.set("colours", fragment.get("colours") === "safe" ? null : "safe");
  dress();
}

const choose = () => chooseTraces(traces);
for (const [id, action] of Object.entries({
  theme,
  palette: colours,
  help: openHelp,
  choose,
  fit: graph.fit,
  closer: () => graph.zoom(1 / 1.25),
  wider: () => graph.zoom(1.25),
})) {
  byId(id).addEventListener("click", action);
}
prefersDark.addEventListener("change", dress);
listenToKeys({
  " ": transport.play,
  ArrowRight: transport.forward,
  ArrowLeft: transport.back,
  Home: transport.reset,
  End: transport.end,
  r: transport.reset,
  n: transport.random,
  t: transport.type,
  flip: transport.flip,
  "[": () => session.show(session.stage - 1),
  "]": () => session.show(session.stage + 1),
  j: () => graph.walkNodes(1),
  k: () => graph.walkNodes(-1),
  f: graph.fit,
  "+": () => traces.zoom(0.5),
  "=": () => traces.zoom(0.5),
  "-": () => traces.zoom(2),
  l: choose,
  o: () => tab("node"),
  g: () => tab("passes"),
  m: () => tab("machine"),
  p: () => tab("program"),
  w: () => tab("growth"),
  c: colours,
  d: theme,
  "?": openHelp,
});
dress();
session.show(data.shown);
// What is refuted opens on what refutes it.
if (data.opens !== null) session.meet(data.scenarios[data.opens]);
session.look(data.first);
// For whoever wants to look closer, in the browser's console.
window.bonsai = session;
