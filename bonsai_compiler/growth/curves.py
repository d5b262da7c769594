"""The drawing of a growth: two curves over the steps, as SVG."""

from collections.abc import Callable, Iterable, Sequence
from math import asinh, ceil, floor, isfinite, log10, nan
from xml.etree import ElementTree
from xml.etree.ElementTree import Element, SubElement

from bonsai_compiler.errors import printable
from bonsai_compiler.growth.log import Row

WIDTH, HEIGHT = 768, 432
LEFT, RIGHT, TOP, BOTTOM = 70, 698, 40, 350
"""Pixels: the drawing's size, and the sides of what lies between the axes."""

LINEAR = 1e-3
"""The loss below which its axis is linear, for it falls to nothing; above, it is logarithmic."""

INK, LOSS, REGULARISATION, PRUNING = "#222222", "#1f5fa8", "#b3541e", "#3a7d44"

Scale = Callable[[float], float]


def as_svg(rows: Sequence[Row], name: str) -> str:
    """Return a drawing of the loss and the regularisation over the steps, on two scales.

    Where nothing was regularised, as in growth from a table, it is how many weights are left
    instead. Source: "Growing Bonsai Networks with RNNs", section "Training", where loss falls in
    steps while the regularisation goes on falling slowly.
    """
    steps = [row.step for row in rows]
    pruned = [row.step for row in rows if row.phase == "prune"]
    losses = [row.loss for row in rows]
    amounts = [row.regularisation for row in rows]
    scale, key = "regularisation loss", "median regularisation loss"
    if not any(amounts):
        amounts = [nan if row.weights is None else float(row.weights) for row in rows]
        scale = key = "fewest weights"
    across = _round_steps(max(1, *steps))
    powers = _powers(losses)
    heights = _round_steps(_largest(amounts))

    def x(step: float) -> float:
        return LEFT + step / max(1, *steps) * (RIGHT - LEFT)

    def left(loss: float) -> float:
        return BOTTOM - asinh(loss / LINEAR) / asinh(powers[-1] / LINEAR) * (BOTTOM - TOP)

    def right(amount: float) -> float:
        return BOTTOM - amount / heights[-1] * (BOTTOM - TOP)

    svg = Element(
        "svg",
        {
            "xmlns": "http://www.w3.org/2000/svg",
            "width": str(WIDTH),
            "height": str(HEIGHT),
            "viewBox": f"0 0 {WIDTH} {HEIGHT}",
            "font-family": "sans-serif",
            "font-size": "12",
            "fill": INK,
        },
    )
    SubElement(svg, "rect", {"width": str(WIDTH), "height": str(HEIGHT), "fill": "white"})
    _text(svg, (LEFT + RIGHT) / 2, 24, f"growing {printable(name)}", size=15)
    for step in across:
        if step <= max(1, *steps):
            _line(svg, x(step), BOTTOM, x(step), BOTTOM + 5, INK)
            _text(svg, x(step), BOTTOM + 19, f"{step:g}")
    for loss in powers:
        _line(svg, LEFT - 5, left(loss), LEFT, left(loss), INK)
        _line(svg, LEFT, left(loss), RIGHT, left(loss), "#e4e4e4")
        _text(svg, LEFT - 9, left(loss) + 4, f"{loss:g}", "end")
    for amount in heights:
        _line(svg, RIGHT, right(amount), RIGHT + 5, right(amount), INK)
        _text(svg, RIGHT + 9, right(amount) + 4, f"{amount:g}", "start")
    if pruned:
        _line(svg, x(pruned[0]), TOP, x(pruned[0]), BOTTOM, PRUNING, "6 3")
    _curve(svg, steps, amounts, x, right, REGULARISATION)
    _curve(svg, steps, losses, x, left, LOSS)
    frame = {"fill": "none", "stroke": INK, "x": str(LEFT), "y": str(TOP)}
    SubElement(svg, "rect", {**frame, "width": str(RIGHT - LEFT), "height": str(BOTTOM - TOP)})
    _text(svg, (LEFT + RIGHT) / 2, BOTTOM + 40, "step")
    _text(svg, 16, (TOP + BOTTOM) / 2, "loss", turned=True)
    _text(svg, WIDTH - 10, (TOP + BOTTOM) / 2, scale, turned=True)
    keys = [("best loss", LOSS, ""), (key, REGULARISATION, "")]
    keys += [("pruning", PRUNING, "6 3")] * bool(pruned)
    edge = float(LEFT)
    for label, colour, dashes in keys:
        _line(svg, edge, HEIGHT - 20, edge + 24, HEIGHT - 20, colour, dashes)
        _text(svg, edge + 30, HEIGHT - 16, label, "start")
        edge += 60 + 7 * len(label)
    return ElementTree.tostring(svg, encoding="unicode") + "\n"


def _largest(values: Iterable[float]) -> float:
    """Return the largest finite value above 0; 1 where there is none."""
    return max((value for value in values if isfinite(value) and value > 0), default=1.0)


def _powers(losses: Sequence[float]) -> list[float]:
    """Return the marks of the loss: 0 and powers of ten up to the first above all losses."""
    top = max(-2, ceil(log10(_largest(losses))))
    every = max(1, (top + 3) // 8)
    return [0.0, *sorted(10.0**power for power in range(top, -4, -every))]


def _round_steps(largest: float) -> list[float]:
    """Return some five round numbers from 0 to the first that is not below the largest."""
    power = 10.0 ** floor(log10(largest / 5))
    pitch = next(pitch * power for pitch in (1, 2, 5, 10) if pitch * power * 6 >= largest)
    return [place * pitch for place in range(ceil(largest / pitch) + 1)]


def _line(
    svg: Element, x1: float, y1: float, x2: float, y2: float, colour: str, dashes: str = ""
) -> None:
    ends = {"x1": x1, "y1": y1, "x2": x2, "y2": y2}
    line = {key: f"{value:.1f}" for key, value in ends.items()} | {"stroke": colour}
    SubElement(svg, "line", line | ({"stroke-dasharray": dashes} if dashes else {}))


def _text(
    svg: Element,
    x: float,
    y: float,
    words: str,
    anchor: str = "middle",
    size: int = 12,
    turned: bool = False,
) -> None:
    place = {"x": f"{x:.1f}", "y": f"{y:.1f}", "text-anchor": anchor, "font-size": str(size)}
    turn = {"transform": f"rotate(-90 {x:.1f} {y:.1f})"} if turned else {}
    SubElement(svg, "text", place | turn).text = words


def _curve(
    svg: Element, steps: Sequence[int], values: Sequence[float], x: Scale, y: Scale, colour: str
) -> None:
    """Draw a line through the values, broken where one is not finite."""
    path, pen = "", "M"
    for step, value in zip(steps, values, strict=True):
        if isfinite(value):
            path += f"{pen}{x(step):.1f} {y(max(0.0, value)):.1f}"
            pen = "L"
        else:
            pen = "M"
    SubElement(svg, "path", {"d": path, "fill": "none", "stroke": colour, "stroke-width": "1.5"})
