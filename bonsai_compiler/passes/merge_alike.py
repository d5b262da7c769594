"""Read one of all nodes that tell the same, whatever their scale."""

from collections.abc import Mapping
from dataclasses import dataclass

from bonsai_compiler.ir.graph import Graph, Neuron, Node, Output, State, Term


@dataclass(frozen=True, slots=True)
class Twin:
    """What a node's value always is: `scale * source + offset`; without a source, `offset`."""

    source: str | None
    scale: float
    offset: float


def merge_alike(
    graph: Graph, twins: Mapping[str, Twin] | None = None, ends: Mapping[str, str] | None = None
) -> Graph:
    """No neuron reads a node of `twins`, but its twin; states and outputs in `ends` read those.

    `ends` gives the node that a state's next or an output reads instead.
    """
    known, redirected = twins or {}, ends or {}

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
