// The window through which a drawing is seen.

const CLOSEST = 0.05;

/**
 * Return what moves the window of a drawing: set, fit, zoom. `home` says where all of it is seen,
 * and `scaled` hears how many pixels are one of the drawing's own.
 */
export function viewer(svg, home, scaled = () => {}) {
  const box = () => svg.viewBox.baseVal;

  function set(x, y, width, height) {
    svg.setAttribute("viewBox", `${x} ${y} ${width} ${height}`);
    tell();
  }

  function tell() {
    const { width, height } = box();
    const scale = Math.min(svg.clientWidth / width, svg.clientHeight / height);
    if (scale > 0) scaled(scale);
  }

  const fit = () => set(...home());

  function zoom(factor, at = null) {
    const seen = box();
    const [, , wide, high] = home();
    const least = (CLOSEST * Math.max(wide, high)) / Math.max(seen.width, seen.height);
    const most = (3 * Math.max(wide, high)) / Math.max(seen.width, seen.height);
    const by = Math.max(least, Math.min(factor, most));
    const x = at ? at.x : seen.x + seen.width / 2;
    const y = at ? at.y : seen.y + seen.height / 2;
    set(x + (seen.x - x) * by, y + (seen.y - y) * by, seen.width * by, seen.height * by);
  }

  const point = ({ x, y }) => new DOMPoint(x, y).matrixTransform(svg.getScreenCTM().inverse());
  svg.addEventListener(
    "wheel",
    (event) => {
      if (!event.ctrlKey && document.activeElement !== svg) return;
      event.preventDefault();
      zoom(event.deltaY > 0 ? 1.15 : 1 / 1.15, point(event));
    },
    { passive: false },
  );

  // One finger, or the mouse, drags; two fingers zoom. A finger that goes up or down scrolls the
  // page, as elsewhere, until a second one is there.
  const held = new Map();
  const middle = () => {
    const spots = [...held.values()];
    const mean = (axis) => spots.reduce((sum, spot) => sum + spot[axis], 0) / spots.length;
    return { x: mean("x"), y: mean("y") };
  };
  const apart = () => {
    const [one, other] = held.values();
    return other ? Math.hypot(one.x - other.x, one.y - other.y) : 0;
  };
  svg.addEventListener("pointerdown", ({ pointerId, pointerType, target, x, y }) => {
    // A click on a node is no drag; a finger on one may be half of two.
    if (pointerType !== "mouse" || !target.closest(".node")) held.set(pointerId, { x, y });
  });
  svg.addEventListener("pointermove", (event) => {
    if (!held.has(event.pointerId) || !event.buttons) return;
    const [before, wide] = [point(middle()), apart()];
    held.set(event.pointerId, { x: event.x, y: event.y });
    const now = point(middle());
    const seen = box();
    set(seen.x + before.x - now.x, seen.y + before.y - now.y, seen.width, seen.height);
    if (wide && apart()) zoom(wide / apart(), point(middle()));
  });
  for (const name of ["pointerup", "pointercancel"])
    window.addEventListener(name, ({ pointerId }) => held.delete(pointerId));
  new ResizeObserver(tell).observe(svg);
  return { set, fit, zoom, box };
}
