"""Give single weights and biases simpler values."""

from collections.abc import Mapping

from bonsai_compiler.ir import Graph, Neuron, Node, Term

Place = tuple[str, str | None]


def round_numbers(graph: Graph, numbers: Mapping[Place, float] | None = None) -> Graph:
    """Each weight (neuron, source) and bias (neuron, None) in `numbers` has the value given."""
    given = numbers or {}

    def rounded(node: Node) -> Node:
        if not isinstance(node, Neuron):
            return node
        terms = tuple(
            Term(given.get((node.name, term.source), term.weight), term.source)
            for term in node.terms
        )
        return Neuron(node.name, node.activation, given.get((node.name, None), node.bias), terms)

    return graph.with_nodes(map(rounded, graph.nodes))
