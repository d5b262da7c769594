"""The drawings of a graph's stages: those that differ by little share one, a scene.

Everything stands in rows, from the inputs down to the outputs.
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from bonsai_compiler.backends.dot import MOST_EDGES
from bonsai_compiler.backends.graphviz import rendered
from bonsai_compiler.differences.diff import Step
from bonsai_compiler.ir.graph import Graph, Input, Node, Output, State, reads
from bonsai_compiler.page.drawing import LETTER, Box, Curve, Drawing, in_dot, routed, shortened

ALIVE = 0.75
"""How much of a scene has to be there in each of its stages."""

_KINDS: dict[type[Node], str] = {Input: "input", State: "state", Output: "output"}

Edge = tuple[str, str, str]


@dataclass(frozen=True, slots=True)
class Scenes:
    """The drawings of a walk: `of_stage` says which of them a stage is seen in.

    `boxes` and `edges` are all that stand in any, in a fixed order.
    """

    boxes: tuple[Box, ...] = ()
    edges: tuple[Edge, ...] = ()
    drawings: tuple[Drawing, ...] = ()
    of_stage: tuple[int, ...] = ()


def scenes(stages: Sequence[Step]) -> Scenes:
    """Return the scenes of stages, so that what a small change takes away leaves its place empty.

    The last stage of neurons, and the last of all, are drawn as if no other had ever been. From
    scene to scene everything stands as near as it can to where it stood.
    """
    # The start's order, which is that of evaluation, reads from left to right.
    nodes = {node.name: node for stage in stages for node in stage.graph.nodes}
    boxes = {name: _box(node) for name, node in nodes.items()}
    drawings: list[Drawing] = []
    of_stage: list[int] = []
    for group in _groups(stages):
        edges = dict.fromkeys(edge for stage in group for edge in edges_of(stage.graph))
        there = {node.name for stage in group for node in stage.graph.nodes}
        drawings.append(_drawing([boxes[name] for name in boxes if name in there], edges, drawings))
        of_stage += [len(drawings) - 1] * len(group)
    every = dict.fromkeys(curve.key for drawing in drawings for curve in drawing.curves)
    return Scenes(tuple(boxes.values()), tuple(every), tuple(drawings), tuple(of_stage))


def edges_of(graph: Graph) -> Iterator[Edge]:
    """Yield every edge as (source, target, kind); a kind is term, next or output."""
    for node in graph.nodes:
        if isinstance(node, State):
            yield node.next, node.name, "next"
        else:
            kind = "output" if isinstance(node, Output) else "term"
            for source in reads(node):
                yield source, node.name, kind


def _groups(stages: Sequence[Step]) -> list[list[Step]]:
    """Return runs of stages that share a drawing, made from the end to the start."""
    groups: list[list[Step]] = []
    for stage in reversed(stages):
        dialect = stage.graph.dialect
        if not groups or groups[0][0].graph.dialect is not dialect:
            groups.insert(0, [stage])
            continue
        # Only what is just the same is drawn with the last of its dialect.
        last = len(groups) == 1 or groups[1][0].graph.dialect is not dialect
        if _alive([stage, *groups[0]]) >= (1 if last else ALIVE):
            groups[0].insert(0, stage)
        else:
            groups.insert(0, [stage])
    return groups


def _alive(group: Sequence[Step]) -> float:
    """Return how much of what any of these stages has is there in each of them, at least."""
    parts = [
        {*edges_of(stage.graph), *(node.name for node in stage.graph.nodes)} for stage in group
    ]
    whole = len(set().union(*parts))
    return min(map(len, parts)) / whole


def _drawing(boxes: Sequence[Box], edges: Iterable[Edge], before: Sequence[Drawing]) -> Drawing:
    """Return boxes and edges placed, as near as can be to where the last drawing has them.

    Of more than MOST_EDGES edges none is drawn, and the boxes stand in rows.
    """
    curves = [Curve(*edge) for edge in edges]
    if len(curves) > MOST_EDGES:
        curves = []
    stood: dict[str, float] = {}
    for drawing in before[-1:]:
        left, _, width, _ = drawing.window
        stood = {box.key: (box.x - left) / width for box in drawing.boxes}
    return routed(in_rows(boxes, curves, "next", stood), curves)


def _box(node: Node) -> Box:
    kind = _KINDS.get(type(node), "neuron")
    text = shortened(node.name)
    width = max(50.0, LETTER * len(text) + 16)
    if kind == "state":
        width = max(54.0, width)
    return Box(node.name, kind, (text,), width, {"state": 54.0, "neuron": 50.0}.get(kind, 46.0))


ASPECT = 1.9
"""How many times as wide as high the boxes should stand: what a screen has room for."""

GAP = 24.0
"""Pixels between two boxes of a row; edges pass there."""

PITCH = 92.0, 130.0
"""Pixels from a row to the next: so few at least, and so many where there is room."""

SWEEPS = 24
"""How often every row is moved towards what its boxes are joined to."""

Row = list[int]


def in_rows(
    boxes: Sequence[Box], curves: Sequence[Curve], free: str, stood: Mapping[str, float]
) -> list[Box]:
    """Return the boxes where they stand; curves of the kind `free` may lead upwards.

    Graphviz says what stands above what. A row that is too wide becomes several, so that all is
    seen as large as it can be. `stood` says how far from the left, from 0 to 1, a box stood in
    another drawing; it stays near that.
    """
    ranks, alone = _ranks(boxes, curves, free)
    widest = max(map(len, ranks), default=0)
    choices = [
        _filled(_split(ranks, limit), alone, boxes, limit)
        for limit in range(1, max(widest, int(2 * len(boxes) ** 0.5)) + 1)
    ]
    rows = min(reversed(choices), key=lambda rows: _scale(rows, boxes))
    width = max(_width(row, boxes) for row in rows)
    pitch = PITCH[0]
    if len(rows) > 1:
        pitch = float(np.clip(width / ASPECT / (len(rows) - 1), *PITCH))
    across = _settled(boxes, curves, rows, max(width, (len(rows) - 1) * pitch), stood)
    down = {place: pitch * at for at, row in enumerate(rows) for place in row}
    return [replace(box, x=float(across[place]), y=down[place]) for place, box in enumerate(boxes)]


def _ranks(boxes: Sequence[Box], curves: Sequence[Curve], free: str) -> tuple[list[Row], Row]:
    """Return the places of boxes that are joined, in ranks from the top, and of all others."""
    ends = {end for curve in curves for end in (curve.source, curve.target)}
    alone = [place for place, box in enumerate(boxes) if box.key not in ends]
    found = json.loads(rendered(in_dot(boxes, curves, "splines=false;", free), "json0"))
    ranks: dict[float, list[tuple[float, int]]] = {}
    for item in found["objects"]:
        x, y = map(float, item["pos"].split(","))
        ranks.setdefault(-y, []).append((x, int(item["name"])))
    joined = [
        [place for _, place in sorted(ranks[rank]) if place not in alone] for rank in sorted(ranks)
    ]
    return [row for row in joined if row], alone


def _split(ranks: Sequence[Row], limit: int) -> list[Row]:
    """Return ranks as rows of at most so many boxes, by turns, so that neighbours stay close."""
    rows = []
    for rank in ranks:
        parts = -(-len(rank) // limit)
        rows += [rank[part::parts] for part in range(parts)]
    return rows


def _filled(rows: list[Row], alone: Row, boxes: Sequence[Box], limit: int) -> list[Row]:
    """Return the rows with the boxes that nothing joins where there is room, else below."""
    filled = [list(row) for row in rows]
    room = max((_width(row, boxes) for row in rows), default=0.0)
    for place in alone:
        shortest = min(filled, key=lambda row: _width(row, boxes), default=None)
        if shortest is not None and _width([*shortest, place], boxes) <= room:
            shortest.append(place)
        elif filled and len(filled[-1]) < limit and filled[-1][0] in alone:
            filled[-1].append(place)
        else:
            filled.append([place])
    return filled


def _width(row: Row, boxes: Sequence[Box]) -> float:
    return sum(boxes[place].width + GAP for place in row) - GAP


def _scale(rows: Sequence[Row], boxes: Sequence[Box]) -> float:
    """Return how much of a screen's side the rows need, in its worse direction."""
    return max(max(_width(row, boxes) for row in rows) / ASPECT, len(rows) * PITCH[0])


def _settled(
    boxes: Sequence[Box],
    curves: Sequence[Curve],
    rows: list[Row],
    width: float,
    stood: Mapping[str, float],
) -> npt.NDArray[np.float64]:
    """Return each box's x, between 0 and `width`, where edges came out shortest.

    Row by row, boxes are ordered by the middle of what they are joined to and of where they stood,
    and then stand as near to it as the others of their row let them. Boxes that nothing joins
    stand on the right.
    """
    places = {box.key: place for place, box in enumerate(boxes)}
    pairs = np.array([(places[curve.source], places[curve.target]) for curve in curves], int)
    pairs = pairs.reshape(-1, 2)
    near: list[Row] = [[] for _ in boxes]
    for one, other in pairs.tolist():
        if one != other:
            near[one].append(other)
            near[other].append(one)
    x = np.zeros(len(boxes))
    for row in rows:
        x[row] = _offsets(row, boxes) + (width - _width(row, boxes)) / 2
    known = {place: stood[box.key] * width for place, box in enumerate(boxes) if box.key in stood}
    # Left and right are the same to Graphviz; here they are as they were.
    if sum((x[place] - width / 2) * (was - width / 2) for place, was in known.items()) < 0:
        x = width - x
    rows = [sorted(row, key=x.__getitem__) for row in rows]
    best, least = x.copy(), np.inf
    for sweep in range(SWEEPS):
        for at in range(len(rows)) if sweep % 2 == 0 else reversed(range(len(rows))):
            wish = {
                place: float(
                    np.mean([*x[near[place]], *([known[place]] if place in known else ())])
                )
                if near[place]
                else width
                for place in rows[at]
            }
            # The last sweeps leave the order as it is, so that rows come to rest.
            if sweep < SWEEPS - 4:
                rows[at] = sorted(rows[at], key=wish.__getitem__)
            offsets = _offsets(rows[at], boxes)
            wished = np.array([wish[place] for place in rows[at]]) - offsets
            room = width - _width(rows[at], boxes)
            x[rows[at]] = _ascending(wished).clip(0, max(room, 0)) + offsets
        length = float(np.abs(x[pairs[:, 0]] - x[pairs[:, 1]]).sum())
        if length < least:
            best, least = x.copy(), length
    return best


def _offsets(row: Row, boxes: Sequence[Box]) -> npt.NDArray[np.float64]:
    """Return the middles of the boxes of a row that stand as close as they may, from 0."""
    widths = np.array([boxes[place].width + GAP for place in row])
    return np.cumsum(widths) - widths / 2 - GAP / 2


def _ascending(wished: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Return the ascending numbers nearest to those wished, in the sum of squares."""
    blocks: list[tuple[float, int]] = []
    for value in wished.tolist():
        blocks.append((value, 1))
        while len(blocks) > 1 and blocks[-2][0] > blocks[-1][0]:
            (last, many), (first, some) = blocks.pop(), blocks.pop()
            blocks.append(((first * some + last * many) / (some + many), some + many))
    return np.repeat([value for value, _ in blocks], [count for _, count in blocks])
