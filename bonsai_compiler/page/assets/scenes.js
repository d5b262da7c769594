// The scenes: drawings of one or several stages, and the way from one to another.

import { between, bentBetween, slide } from "./motion.js";

/** Return what shows a scene's drawing; nodes and edges are in the order of the data. */
export function openScenes(scenes, nodes, edges, view) {
  let shown = null;
  let finish = () => {};
  let moving = () => {};
  let after = () => {};

  function show(place) {
    if (place === shown) return;
    finish();
    const first = shown === null;
    shown = place;
    const scene = scenes[place];
    const seen = view.box();
    const from = [seen.x, seen.y, seen.width, seen.height];
    const steps = [
      (share) => view.set(...from.map((side, at) => between(side, scene.window[at], share))),
      ...scene.nodes.map(([at, x, y]) => nodeTo(nodes[at], x, y)),
      ...scene.edges.map(([at, path, head]) => edgeTo(edges[at], path, head)),
    ];
    const step = (share) => {
      steps.forEach((move) => move(share));
      moving();
      if (share === 1) after();
    };
    if (first) step(1);
    else finish = slide(step);
  }

  return {
    show,
    window: () => scenes[shown].window,
    whileMoving: (action) => (moving = action),
    afterMoving: (action) => (after = action),
  };
}

/** What was not seen before appears where it belongs. */
function nodeTo(node, x, y) {
  const from = !seen(node) || !node.at ? [x, y] : node.at;
  return (share) => {
    node.at = [between(from[0], x, share), between(from[1], y, share)];
    node.group.setAttribute("transform", `translate(${node.at.map((side) => +side.toFixed(1)).join(" ")})`);
  };
}

function edgeTo(edge, path, head) {
  const [line, corners] = [edge.line.getAttribute("d"), edge.head.getAttribute("points")];
  const lines = seen(edge) && line ? bentBetween(line, path) : () => path;
  const heads = seen(edge) && corners ? bentBetween(corners, head) : () => head;
  return (share) => {
    edge.line.setAttribute("d", lines(share));
    edge.head.setAttribute("points", heads(share));
  };
}

const seen = ({ group }) => !group.classList.contains("gone");
