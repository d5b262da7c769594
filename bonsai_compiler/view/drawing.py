"""Boxes and curves as Graphviz places them, in pixels with y downwards."""

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from math import hypot
from typing import Any

from bonsai_compiler.backends.graphviz import rendered

Point = tuple[float, float]

INCH = 72.0
BARB = 3.2
"""Half the width of an arrow's head."""

COLUMN = 5
"""How many boxes that nothing joins stand below each other."""


@dataclass(frozen=True, slots=True)
class Box:
    """Something to place: `key` tells it from all others, `lines` is what is written in it.

    Boxes of the core are placed together.
    """

    key: str
    kind: str
    lines: tuple[str, ...]
    width: float
    height: float
    core: bool = True
    x: float = 0.0
    y: float = 0.0

    @property
    def round(self) -> bool:
        """Whether it is drawn as an ellipse."""
        return self.kind in ("state", "machine")


@dataclass(frozen=True, slots=True)
class Curve:
    """Something that joins two boxes; `lines` is its label, centred at (x, y)."""

    source: str
    target: str
    kind: str
    lines: tuple[str, ...] = ()
    path: str = ""
    head: str = ""
    x: float = 0.0
    y: float = 0.0


@dataclass(frozen=True, slots=True)
class Drawing:
    """What was placed; `core` is the part (x, y, width, height) in which the core boxes lie."""

    boxes: tuple[Box, ...]
    curves: tuple[Curve, ...]
    width: float
    height: float
    core: tuple[float, float, float, float]


def placed(boxes: Sequence[Box], curves: Sequence[Curve], settings: str, free: str) -> Drawing:
    """Return boxes and curves where Graphviz puts them, all core boxes side by side.

    `settings` are its attributes; curves of the kind `free` do not decide what stands above what.
    """
    if not boxes:
        return Drawing((), (), 0.0, 0.0, (0.0, 0.0, 0.0, 0.0))
    found = json.loads(rendered(_dot(boxes, curves, settings, free), "json0"))
    _, _, width, height = map(float, found["bb"].split(","))

    def point(text: str) -> Point:
        x, y = map(float, text.split(","))
        return x, height - y

    places = {item["name"]: point(item["pos"]) for item in found["objects"] if "pos" in item}
    stand = []
    for number, box in enumerate(boxes):
        x, y = places[str(number)]
        stand.append(replace(box, x=x, y=y))
    drawn = {item["number"]: item for item in found.get("edges", ()) if "number" in item}
    run = [_drawn(curve, drawn[str(place)], point) for place, curve in enumerate(curves)]
    core = _around([box for box in stand if box.core])
    return Drawing(tuple(stand), tuple(run), width, height, core)


def _dot(boxes: Sequence[Box], curves: Sequence[Curve], settings: str, free: str) -> str:
    """Return boxes and curves in Graphviz's language, with numbers for names.

    So no name can be taken for anything else.
    """
    numbers = {box.key: place for place, box in enumerate(boxes)}

    def written(core: bool) -> list[str]:
        return [
            f"{numbers[box.key]} [width={box.width / INCH:.3f}, height={box.height / INCH:.3f}, "
            f"shape={'ellipse' if box.round else 'box'}];"
            for box in boxes
            if box.core is core
        ]

    lines = ["digraph {", settings, 'node [fixedsize=true, label=""];']
    lines += ["subgraph cluster_core {", *written(True), "}", *written(False)]
    for place, curve in enumerate(curves):
        style = f"number={place}"
        if curve.kind == free:
            style += ", constraint=false"
        if curve.lines:
            # The label is only reserved room, in letters that are all equally wide, and some more.
            label = "\\n".join("0" * (len(line) + 2) for line in curve.lines)
            style += f', label="{label}"'
        lines.append(f"{numbers[curve.source]} -> {numbers[curve.target]} [{style}];")
    lines += [f"{one} -> {other} [style=invis];" for one, other in _columns(boxes, curves)]
    return "\n".join([*lines, "}"])


def _columns(boxes: Sequence[Box], curves: Sequence[Curve]) -> list[tuple[int, int]]:
    """Return pairs of boxes that nothing joins, to stand below each other and not in one row."""
    joined = {end for curve in curves for end in (curve.source, curve.target)}
    alone = [place for place, box in enumerate(boxes) if box.key not in joined and not box.core]
    return [pair for place, pair in enumerate(pairwise(alone), 1) if place % COLUMN]


def _drawn(curve: Curve, item: dict[str, Any], point: Callable[[str], Point]) -> Curve:
    end, *rest = item["pos"].split()
    first, *others = map(point, rest)
    path = "M" + _at(first) + "C" + " ".join(map(_at, others))
    x, y = point(item["lp"]) if "lp" in item else (0.0, 0.0)
    return replace(
        curve, path=path, head=_head(others[-1], point(end.removeprefix("e,"))), x=x, y=y
    )


def _head(base: Point, tip: Point) -> str:
    """Return the corners of an arrow's head."""
    dx, dy = tip[0] - base[0], tip[1] - base[1]
    length = hypot(dx, dy) or 1.0
    across = -dy / length * BARB, dx / length * BARB
    corners = (
        tip,
        (base[0] + across[0], base[1] + across[1]),
        (base[0] - across[0], base[1] - across[1]),
    )
    return " ".join(map(_at, corners))


def _at(point: Point) -> str:
    return f"{point[0]:.1f},{point[1]:.1f}"


def _around(boxes: Iterable[Box]) -> tuple[float, float, float, float]:
    """Return the rectangle around boxes, as x, y, width, height."""
    sides = [
        (
            box.x - box.width / 2,
            box.y - box.height / 2,
            box.x + box.width / 2,
            box.y + box.height / 2,
        )
        for box in boxes
    ]
    if not sides:
        return 0.0, 0.0, 0.0, 0.0
    left, top = min(side[0] for side in sides), min(side[1] for side in sides)
    right, bottom = max(side[2] for side in sides), max(side[3] for side in sides)
    return left, top, right - left, bottom - top
