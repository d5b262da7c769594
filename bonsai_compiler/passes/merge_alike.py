"""Read one of all nodes that tell the same, whatever their scale.

Two columns of values, taken over everything that a finite graph reaches, are alike where one is
`scale * other + offset`: copies, mirror images, and any two nodes with two values each that change
together. So a neuron that only passes a bit through is alike to that bit, with or without a sign.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar, Self

import numpy as np

from bonsai_compiler.ir.graph import Graph, Neuron, Node, Output, State, Term
from bonsai_compiler.ir.interpreter import Floats, nearest
from bonsai_compiler.ir.liveness import live_part
from bonsai_compiler.oracle.oracle import Oracle
from bonsai_compiler.oracle.reachable import ReachableSet, reachable_set
from bonsai_compiler.passes.base import Pass, counted
from bonsai_compiler.system.deadline import NEVER, Deadline

CLOSE = 1e-9
"""How near two values are that rounding alone set apart."""


@dataclass(frozen=True, slots=True)
class Twin:
    """What a node's value always is: `scale * source + offset`; without a source, `offset`."""

    source: str | None
    scale: float
    offset: float


@dataclass(frozen=True, slots=True)
class MergeAlike(Pass):
    """No neuron reads a node of `twins`, but its twin; states and outputs in `ends` read those.

    `ends` gives the node that a state's next or an output reads instead.
    """

    exact: ClassVar[bool] = True

    twins: Mapping[str, Twin] | None = None
    ends: Mapping[str, str] | None = None

    @classmethod
    def search(cls, graph: Graph, oracle: Oracle, deadline: Deadline) -> Self:
        """Return nodes that always tell the same as one above, where reading that changes nothing.

        All columns are compared, and then each twin and each end is tried, one after another.
        """
        return cls(*find_alike(graph, oracle, deadline))

    def apply(self, graph: Graph) -> Graph:
        known, redirected = self.twins or {}, self.ends or {}

        def merged(node: Node) -> Node:
            match node:
                case Neuron():
                    return with_twins(node, known)
                case State(name, init, following, levels):
                    return State(name, init, redirected.get(name, following), levels)
                case Output(name, source):
                    return Output(name, redirected.get(name, source))
                case _:
                    return node

        return graph.with_nodes(map(merged, graph.nodes))

    def chosen(self) -> str:
        told = (self.twins, "twin"), (self.ends, "end")
        return ", ".join(counted(values, what) for values, what in told if values is not None)


def with_twins(neuron: Neuron, twins: Mapping[str, Twin]) -> Neuron:
    """Return the neuron with its sum over the twins of what it read; equal sources are summed."""
    bias = neuron.bias
    weights: dict[str, float] = {}
    for term in neuron.terms:
        twin = twins.get(term.source, Twin(term.source, 1.0, 0.0))
        bias += term.weight * twin.offset
        if twin.source is not None:
            weights[twin.source] = weights.get(twin.source, 0.0) + term.weight * twin.scale
    terms = tuple(Term(weight, source) for source, weight in weights.items() if weight != 0)
    return Neuron(neuron.name, neuron.activation, bias, terms)


def find_alike(
    graph: Graph, oracle: Oracle, deadline: Deadline = NEVER
) -> tuple[dict[str, Twin], dict[str, str]]:
    """Return twins of nodes, and what states and outputs can read instead of a lower node."""
    graph = live_part(graph)
    reached = reachable_set(graph, oracle)
    if reached is None:
        return {}, {}
    read = {term.source for node in graph.neurons for term in node.terms}
    twins: dict[str, Twin] = {}
    for name, twin in _twins(graph, reached).items():
        if deadline.passed:
            break
        if name in read and reached.kept_by(MergeAlike({**twins, name: twin}).apply(graph)):
            twins[name] = twin
    ends: dict[str, str] = {}
    for name, source in _ends(graph, reached).items():
        if deadline.passed:
            break
        if reached.kept_by(MergeAlike(twins, {**ends, name: source}).apply(graph)):
            ends[name] = source
    return twins, ends


def scaled(column: Floats, other: Floats) -> tuple[float, float] | None:
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


def shape_of(column: Floats) -> bytes | None:
    """Return a key that columns have in common which are alike; None for one that is not finite."""
    if not np.isfinite(column).all():
        return None
    moved = column - column[0]
    first = int(np.argmax(moved != 0.0))
    if moved[first] == 0.0:
        return b""
    return bytes((np.round(moved / moved[first], 6) + 0.0).tobytes())


def _twins(graph: Graph, reached: ReachableSet) -> dict[str, Twin]:
    twins: dict[str, Twin] = {}
    first: dict[bytes, str] = {}
    for node in graph.nodes:
        if isinstance(node, Output):
            continue
        column = reached.columns[node.name]
        key = shape_of(column)
        if key is None:
            continue
        if key == b"":
            twins[node.name] = Twin(None, 0.0, float(column[0]))
            continue
        upper = first.setdefault(key, node.name)
        if upper != node.name and isinstance(node, State | Neuron):
            found = scaled(column, reached.columns[upper])
            if found is not None:
                twins[node.name] = Twin(upper, *found)
    return twins


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
