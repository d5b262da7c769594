"""Leave out single terms."""

from collections.abc import Collection

from bonsai_compiler.ir import Graph, Neuron, Node

Edge = tuple[str, str]


def drop(graph: Graph, terms: Collection[Edge] = ()) -> Graph:
    """None of the given terms, written (neuron, source), is left."""
    gone = set(terms)

    def dropped(node: Node) -> Node:
        if not isinstance(node, Neuron):
            return node
        kept = tuple(term for term in node.terms if (node.name, term.source) not in gone)
        return Neuron(node.name, node.activation, node.bias, kept)

    return graph.with_nodes(map(dropped, graph.nodes))
