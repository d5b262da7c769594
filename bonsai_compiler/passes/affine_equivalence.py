"""Merge nodes that are affinely equivalent: equal up to scale and offset.

Two columns of values, taken over the reachable set of a finite graph, are affinely equivalent
where one is `scale * other + offset`: copies, mirror images, and any two nodes with two values each
that change together. So a neuron that only passes a bit through, with or without a sign, is
equivalent to that bit.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar, Self

import numpy as np

from bonsai_compiler.ir.graph import Graph, Neuron, Node, Output, State, Term
from bonsai_compiler.ir.interpreter import Floats, nearest
from bonsai_compiler.ir.liveness import live_part
from bonsai_compiler.oracle.oracle import Oracle, ReachableSet, reachable_set
from bonsai_compiler.passes.base import Pass, counted
from bonsai_compiler.system.deadline import NEVER, Deadline

CLOSE = 1e-9
"""How near two values are that rounding alone set apart."""


@dataclass(frozen=True, slots=True)
class AffineImage:
    """The affine map that gives a node's value: `scale * source + offset`, or `offset` alone."""

    source: str | None
    scale: float
    offset: float


@dataclass(frozen=True, slots=True)
class MergeAffineEquivalent(Pass):
    """No neuron reads a node of `twins`, but its twin; states and outputs in `ends` read those.

    `ends` gives the node that a state's next or an output reads instead.
    """

    name: ClassVar[str] = "merge_alike"
    exact: ClassVar[bool] = True

    twins: Mapping[str, AffineImage] | None = None
    ends: Mapping[str, str] | None = None

    @classmethod
    def search(cls, graph: Graph, oracle: Oracle, deadline: Deadline) -> Self:
        """Return nodes that are affine images of one above, where reading that changes nothing.

        All columns are compared, and then each twin and each end is tried, one after another.
        """
        return cls(*find_affine_equivalents(graph, oracle, deadline))

    def apply(self, graph: Graph) -> Graph:
        known, redirected = self.twins or {}, self.ends or {}

        def merged(node: Node) -> Node:
            match node:
                case Neuron():
                    return over_images(node, known)
                case State(name, init, following, levels):
                    return State(name, init, redirected.get(name, following), levels)
                case Output(name, source):
                    return Output(name, redirected.get(name, source))
                case _:
                    return node

        return graph.with_nodes(map(merged, graph.nodes))

    def chosen(self) -> str:
        parts = (self.twins, "twin"), (self.ends, "end")
        return ", ".join(counted(values, what) for values, what in parts if values is not None)


def over_images(neuron: Neuron, images: Mapping[str, AffineImage]) -> Neuron:
    """Return the neuron with its sum over the sources of its images; equal sources are summed."""
    bias = neuron.bias
    weights: dict[str, float] = {}
    for term in neuron.terms:
        image = images.get(term.source, AffineImage(term.source, 1.0, 0.0))
        bias += term.weight * image.offset
        if image.source is not None:
            weights[image.source] = weights.get(image.source, 0.0) + term.weight * image.scale
    terms = tuple(Term(weight, source) for source, weight in weights.items() if weight != 0)
    return Neuron(neuron.name, neuron.activation, bias, terms)


def find_affine_equivalents(
    graph: Graph, oracle: Oracle, deadline: Deadline = NEVER
) -> tuple[dict[str, AffineImage], dict[str, str]]:
    """Return the affine images, and what states and outputs can read instead of a lower node."""
    graph = live_part(graph)
    reached = reachable_set(graph, oracle)
    if reached is None:
        return {}, {}
    read = {term.source for node in graph.neurons for term in node.terms}
    images: dict[str, AffineImage] = {}
    for name, image in _affine_images(graph, reached).items():
        if deadline.passed:
            break
        if name in read and reached.kept_by(
            MergeAffineEquivalent({**images, name: image}).apply(graph)
        ):
            images[name] = image
    ends: dict[str, str] = {}
    for name, source in _ends(graph, reached).items():
        if deadline.passed:
            break
        if reached.kept_by(MergeAffineEquivalent(images, {**ends, name: source}).apply(graph)):
            ends[name] = source
    return images, ends


def affine_map(column: Floats, other: Floats) -> tuple[float, float] | None:
    """Return the scale and offset that make `column` of `other`, or None if none do.

    A column that never changes has scale 0.
    """
    low, high = int(np.argmin(other)), int(np.argmax(other))
    span = float(other[high] - other[low])
    if span == 0.0 or not np.isfinite(span):
        return (0.0, float(column[0])) if np.ptp(column) == 0.0 else None
    scale = float(column[high] - column[low]) / span
    scale = float(round(scale)) if abs(scale - round(scale)) < CLOSE else scale
    offset = float(column[low] - scale * other[low])
    offset = 0.0 if abs(offset) < CLOSE else offset
    near = np.allclose(scale * other + offset, column, rtol=CLOSE, atol=CLOSE)
    return (scale, offset) if near else None


def affine_key(column: Floats) -> bytes | None:
    """Return a key that is equal for affinely equivalent columns; None for one that overflows."""
    if not np.isfinite(column).all():
        return None
    moved = column - column[0]
    first = int(np.argmax(moved != 0.0))
    if moved[first] == 0.0:
        return b""
    return bytes((np.round(moved / moved[first], 6) + 0.0).tobytes())


def _affine_images(graph: Graph, reached: ReachableSet) -> dict[str, AffineImage]:
    images: dict[str, AffineImage] = {}
    first: dict[bytes, str] = {}
    for node in graph.nodes:
        if isinstance(node, Output):
            continue
        column = reached.columns[node.name]
        key = affine_key(column)
        if key is None:
            continue
        if key == b"":
            images[node.name] = AffineImage(None, 0.0, float(column[0]))
            continue
        upper = first.setdefault(key, node.name)
        if upper != node.name and isinstance(node, State | Neuron):
            found = affine_map(column, reached.columns[upper])
            if found is not None:
                images[node.name] = AffineImage(upper, *found)
    return images


def _ends(graph: Graph, reached: ReachableSet) -> dict[str, str]:
    """Return for states and outputs the topmost node that would do as their source."""
    ends: dict[str, str] = {}
    for node in graph.nodes:
        if isinstance(node, Output):
            truth = reached.columns[node.source] > 0
            fits = (
                other
                for other, column in reached.columns.items()
                if np.array_equal(column > 0, truth)
            )
            ends[node.name] = next(fits)
    for place, state in enumerate(graph.states):
        wanted = reached.following[:, place]
        ends[state.name] = next(
            other
            for other, column in reached.columns.items()
            if np.array_equal(nearest(column, state.levels), wanted)
        )
    sources = {node.name: node.source for node in graph.outputs}
    sources |= {state.name: state.next for state in graph.states}
    return {name: source for name, source in ends.items() if source != sources[name]}
