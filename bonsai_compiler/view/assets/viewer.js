// The window through which the drawing is seen.

/** Pixels for one of the drawing's own, below which values and arrow-heads are too small to see. */
const FAR = 0.4;
const MARGIN = 16;

/** Return what moves the drawing's window: fit, zoom, widen it so that all that is there is seen. */
export function viewer(svg, present, nearer) {
  let far = false;
  const box = () => svg.viewBox.baseVal;

  function set(x, y, width, height) {
    svg.setAttribute("viewBox", `${x} ${y} ${width} ${height}`);
    scaled();
  }

  function scaled() {
    const { width, height } = box();
    const before = far;
    far = Math.min(svg.clientWidth / width, svg.clientHeight / height) < FAR;
    svg.classList.toggle("far", far);
    if (before && !far) nearer();
  }

  function bounds() {
    const boxes = present().map(({ group, body, line }) => {
      const own = (body ?? line).getBBox();
      const { e: x, f: y } = body ? group.transform.baseVal[0].matrix : { e: 0, f: 0 };
      return [x + own.x, y + own.y, x + own.x + own.width, y + own.y + own.height];
    });
    if (!boxes.length) return null;
    const left = Math.min(...boxes.map((sides) => sides[0])) - MARGIN;
    const top = Math.min(...boxes.map((sides) => sides[1])) - MARGIN;
    const right = Math.max(...boxes.map((sides) => sides[2])) + MARGIN;
    const bottom = Math.max(...boxes.map((sides) => sides[3])) + MARGIN;
    return { left, top, right, bottom };
  }

  function fit() {
    const all = bounds();
    if (all) set(all.left, all.top, all.right - all.left, all.bottom - all.top);
  }

  function include() {
    const all = bounds();
    if (!all) return;
    const seen = box();
    const left = Math.min(seen.x, all.left);
    const top = Math.min(seen.y, all.top);
    const right = Math.max(seen.x + seen.width, all.right);
    const bottom = Math.max(seen.y + seen.height, all.bottom);
    set(left, top, right - left, bottom - top);
  }

  function zoom(factor, at = null) {
    const seen = box();
    const x = at ? at.x : seen.x + seen.width / 2;
    const y = at ? at.y : seen.y + seen.height / 2;
    set(
      x + (seen.x - x) * factor,
      y + (seen.y - y) * factor,
      seen.width * factor,
      seen.height * factor,
    );
  }

  const point = (event) =>
    new DOMPoint(event.clientX, event.clientY).matrixTransform(svg.getScreenCTM().inverse());
  svg.addEventListener(
    "wheel",
    (event) => {
      if (!event.ctrlKey && document.activeElement !== svg) return;
      event.preventDefault();
      zoom(event.deltaY > 0 ? 1.15 : 1 / 1.15, point(event));
    },
    { passive: false },
  );
  let held = null;
  svg.addEventListener("pointerdown", (event) => {
    if (!event.target.closest(".node")) held = point(event);
  });
  svg.addEventListener("pointermove", (event) => {
    if (!held || !event.buttons) return;
    const now = point(event);
    const seen = box();
    set(seen.x + held.x - now.x, seen.y + held.y - now.y, seen.width, seen.height);
  });
  window.addEventListener("pointerup", () => (held = null));
  new ResizeObserver(scaled).observe(svg);
  return { fit, include, zoom, far: () => far };
}
