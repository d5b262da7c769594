"""The drawings of a graph's stages: those that differ by little share one, a scene."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from bonsai_compiler.differences.walk import Step
from bonsai_compiler.ir.graph import Graph, Input, Node, Output, State, reads
from bonsai_compiler.page.drawing import Box, Curve, Drawing, routed
from bonsai_compiler.page.layout import LETTER, shortened
from bonsai_compiler.page.rows import in_rows

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
    """Return the scenes of stages, so that what a small change takes away is missed in its place.

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
    """Return boxes and edges placed, as near as can be to where the last drawing has them."""
    curves = [Curve(*edge) for edge in edges]
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
