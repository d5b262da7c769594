"""Boxes and curves as Graphviz places them, in pixels with y downwards, and a machine so drawn."""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from math import hypot
from textwrap import wrap
from typing import Any

from bonsai_compiler.backends.graphviz import digraph, edge, node, rendered
from bonsai_compiler.fsm.closed import (
    Closed,
    Joint,
    joint_word,
    letter_word,
    output_word,
    state_title,
)
from bonsai_compiler.page.notation import Pair

Point = tuple[float, float]

INCH = 72.0
BARB = 3.2
"""Half the width of an arrow's head."""

FRAME = 14.0
"""Pixels around a drawing when all of it is seen."""

SMALLEST = 380.0, 200.0
"""How wide and how high the view of the smallest drawing is, in pixels."""

ASIDE = 5.0
"""How far two curves between the same boxes, there and back, each move to their right."""


@dataclass(frozen=True, slots=True)
class Box:
    """Something to place: `key` tells it from all others, `lines` is what is written in it."""

    key: str
    kind: str
    lines: tuple[str, ...]
    width: float
    height: float
    x: float = 0.0
    y: float = 0.0

    @property
    def round(self) -> bool:
        """Whether it is drawn as an ellipse."""
        return self.kind in ("state", "machine")


@dataclass(frozen=True, slots=True)
class Curve:
    """Something that joins two boxes; `lines` is its label, centred at (x, y).

    `points` are those of a row of cubic curves; its arrow's head reaches on to the `tip`.
    """

    source: str
    target: str
    kind: str
    lines: tuple[str, ...] = ()
    points: tuple[Point, ...] = ()
    tip: Point = (0.0, 0.0)
    x: float = 0.0
    y: float = 0.0

    @property
    def key(self) -> tuple[str, str, str]:
        """What tells it from all others of a graph."""
        return self.source, self.target, self.kind

    @property
    def path(self) -> str:
        """The line, as SVG has it."""
        first, *others = self.points
        return f"M{_at(first)}C{' '.join(map(_at, others))}"

    @property
    def head(self) -> str:
        """The corners of the arrow's head."""
        base, tip = self.points[-1], self.tip
        dx, dy = tip[0] - base[0], tip[1] - base[1]
        length = hypot(dx, dy) or 1.0
        x, y = -dy / length * BARB, dx / length * BARB
        corners = tip, (base[0] + x, base[1] + y), (base[0] - x, base[1] - y)
        return " ".join(map(_at, corners))

    def moved(self, dx: float, dy: float) -> "Curve":
        """Return the same curve at another place."""
        points = tuple((x + dx, y + dy) for x, y in self.points)
        tip = self.tip[0] + dx, self.tip[1] + dy
        return replace(self, points=points, tip=tip, x=self.x + dx, y=self.y + dy)


@dataclass(frozen=True, slots=True)
class Drawing:
    """What was placed, and the rectangle (x, y, width, height) in which all of it lies."""

    boxes: tuple[Box, ...]
    curves: tuple[Curve, ...]
    window: tuple[float, float, float, float]

    @property
    def view(self) -> tuple[int, int, int, int]:
        """The window in a frame, and as large as lets a small drawing not look huge."""
        x, y, width, height = self.window
        wide, high = max(width + 2 * FRAME, SMALLEST[0]), max(height + 2 * FRAME, SMALLEST[1])
        left, top = x + width / 2 - wide / 2, y + height / 2 - high / 2
        return round(left), round(top), round(wide), round(high)


NOTHING = Drawing((), (), (0.0, 0.0, 0.0, 0.0))


def placed(boxes: Sequence[Box], curves: Sequence[Curve], settings: str) -> Drawing:
    """Return boxes and curves where Graphviz puts them; `settings` are its attributes."""
    found = json.loads(rendered(in_dot(boxes, curves, settings), "json0"))
    _, _, width, height = map(float, found["bb"].split(","))

    def point(text: str) -> Point:
        x, y = map(float, text.split(","))
        return x, height - y

    places = {item["name"]: point(item["pos"]) for item in found["objects"] if "pos" in item}
    stand = [
        replace(box, x=places[str(number)][0], y=places[str(number)][1])
        for number, box in enumerate(boxes)
    ]
    return Drawing(tuple(stand), _drawn(curves, found, point), (0.0, 0.0, width, height))


def routed(boxes: Sequence[Box], curves: Sequence[Curve]) -> Drawing:
    """Return boxes where they stand, and curves round all those that they do not join.

    Where there is too much of both for that to be found soon, curves are straight.
    """
    if not boxes:
        return NOTHING
    routes = ROUND if len(boxes) * len(curves) <= MOST_ROUTED else "splines=line;"
    # `nop` leaves the boxes alone.
    found = json.loads(
        rendered(in_dot(boxes, curves, f"layout=nop; {routes}", still=True), "json0")
    )
    # What it answers is moved by as much as everything, and so the first box.
    x, y = map(float, next(i for i in found["objects"] if i["name"] == "0")["pos"].split(","))
    dx, dy = boxes[0].x - x, boxes[0].y + y

    def point(text: str) -> Point:
        x, y = map(float, text.split(","))
        return x + dx, dy - y

    run = _apart(_drawn(curves, found, point))
    return Drawing(tuple(boxes), run, _around(boxes, run))


ROUND = 'splines=true; esep="+5";'
"""What has Graphviz lead curves round boxes, some pixels away from them."""

MOST_ROUTED = 40_000
"""How many boxes times curves may be routed: that takes a second."""


def in_dot(
    boxes: Sequence[Box],
    curves: Sequence[Curve],
    settings: str,
    free: str = "",
    still: bool = False,
) -> str:
    """Return boxes and curves in Graphviz's language, with numbers for names.

    So no name can be taken for anything else. Curves of the kind `free` do not decide what stands
    above what; boxes that are `still` have their places.
    """
    numbers = {box.key: place for place, box in enumerate(boxes)}
    lines = [settings, 'node [fixedsize=true, label=""];']
    for place, box in enumerate(boxes):
        style = {"width": f"{box.width / INCH:.3f}", "height": f"{box.height / INCH:.3f}"}
        if still:
            style["pos"] = f"{box.x:.1f},{-box.y:.1f}"
        lines.append(node(str(place), **style, shape="ellipse" if box.round else "box"))
    for place, curve in enumerate(curves):
        style = {"number": str(place)}
        if curve.kind == free:
            style["constraint"] = "false"
        if curve.lines:
            # The label is only reserved room, in letters that are all equally wide, and some more.
            style["label"] = "\n".join("0" * (len(line) + 2) for line in curve.lines)
        lines.append(edge(str(numbers[curve.source]), str(numbers[curve.target]), **style))
    return digraph("", lines)


def _drawn(
    curves: Sequence[Curve], found: dict[str, Any], point: Callable[[str], Point]
) -> tuple[Curve, ...]:
    """Return the curves as they were drawn, in which `point` reads a pair of numbers."""
    items = {item["number"]: item for item in found.get("edges", ()) if "number" in item}
    return tuple(_bent(curve, items[str(place)], point) for place, curve in enumerate(curves))


def _bent(curve: Curve, item: dict[str, Any], point: Callable[[str], Point]) -> Curve:
    end, *rest = item["pos"].split()
    x, y = point(item["lp"]) if "lp" in item else (0.0, 0.0)
    tip = point(end.removeprefix("e,"))
    return replace(curve, points=tuple(map(point, rest)), tip=tip, x=x, y=y)


def _apart(curves: Sequence[Curve]) -> tuple[Curve, ...]:
    """Return curves of which no two that lead there and back lie on each other."""
    ways = {(curve.source, curve.target) for curve in curves}
    return tuple(
        _aside(curve)
        if curve.source != curve.target and (curve.target, curve.source) in ways
        else curve
        for curve in curves
    )


def _aside(curve: Curve) -> Curve:
    (x, y), (far_x, far_y) = curve.points[0], curve.tip
    length = hypot(far_x - x, far_y - y) or 1.0
    return curve.moved(-(far_y - y) / length * ASIDE, (far_x - x) / length * ASIDE)


def _around(boxes: Iterable[Box], curves: Iterable[Curve]) -> tuple[float, float, float, float]:
    """Return the rectangle around boxes and curves, as x, y, width, height."""
    points = [point for curve in curves for point in curve.points]
    for box in boxes:
        points.append((box.x - box.width / 2, box.y - box.height / 2))
        points.append((box.x + box.width / 2, box.y + box.height / 2))
    (left, top), (right, bottom) = (
        tuple(map(end, zip(*points, strict=True))) for end in (min, max)
    )
    return left, top, right - left, bottom - top


def _at(point: Point) -> str:
    return f"{point[0]:.0f},{point[1]:.0f}"


LONGEST = 14
"""How many letters of a name stand in its node; the whole name is told beside the graph."""

LETTER = 7.4
"""How wide a letter is, in pixels."""

LINE = 13.0
"""How high a line of letters is, in pixels."""

WIDEST = 16
"""How many letters of a state's code stand in a line."""

MOST_LETTERS = 4
"""How many letters that lead the same way are listed; the count of the others follows."""


MOST_CURVED, HASTE = 200, " splines=line; nslimit=1; nslimit1=1; mclimit=0.1;"
"""More arrows are straight and stand less well: a minute would go into five hundred otherwise."""


def draw_machine(found: Closed, codes: Sequence[Sequence[str]]) -> Drawing:
    """Return the state diagram: a round box for each state, an arrow for all letters alike.

    `codes` are the joint levels that stand for each state of the machine.
    """
    machine = found.machine
    boxes, curves = [], []
    for state, own in enumerate(codes):
        title, more = state_title(state), len(own) - 1
        lines = wrap(own[0], WIDEST, break_on_hyphens=False) + [f"+{more}"] * bool(more)
        width = max(44.0, LETTER * max(map(len, (title, *lines))) + 24)
        height = 44.0 + 1.4 * LINE * (len(lines) - 1)
        boxes.append(Box(str(state), "machine", (title, *lines), width, height))
        ways: dict[int, dict[str, list[str]]] = {}
        for letter in machine.legal[state].nonzero()[0].tolist():
            following = int(machine.successor[state, letter])
            if following >= 0:
                words = ways.setdefault(following, {})
                words.setdefault(output_word(machine, state, letter), []).append(
                    letter_word(machine, letter)
                )
        for following, words in ways.items():
            labels = [line for output, letters in words.items() for line in _way(letters, output)]
            curves.append(Curve(str(state), str(following), "way", tuple(labels)))
    settings = 'nodesep=0.5; ranksep=0.45; edge [fontname="Courier", fontsize=11];'
    return placed(boxes, curves, settings + HASTE * (len(curves) > MOST_CURVED))


def codes_of(found: Closed, bits: Mapping[str, Pair]) -> list[list[str]]:
    """Return for each state of a machine the joint levels that stand for it, the lowest first.

    Those of `bits` are 0 and 1, as everywhere in the page.
    """
    names, legend = found.encoding.names, found.encoding.legend

    def code(joint: Joint) -> str:
        return joint_word(
            tuple(
                str(int(legend[name][level] == bits[name][1])) if name in bits else level
                for name, level in zip(names, joint, strict=True)
            )
        )

    return [[code(joint) for joint in members] for members in found.encoding.members]


def shortened(name: str) -> str:
    """Return as much of a name as a node has room for."""
    return name if len(name) <= LONGEST else name[: LONGEST - 1] + "…"


def _way(letters: Sequence[str], output: str) -> list[str]:
    """Return the label of an arrow for these letters; without inputs, the output alone."""
    if not any(letters):
        return [f"/ {output}"]
    listed = ", ".join(letters[:MOST_LETTERS])
    more = len(letters) - MOST_LETTERS
    return [f"{listed}{f' +{more}' if more > 0 else ''} / {output}"]
