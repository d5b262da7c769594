"""Leave out single terms, with or without a constant in their place."""

from collections.abc import Collection, Mapping

from bonsai_compiler.ir.graph import Graph, Neuron, Node

Edge = tuple[str, str]


def drop(graph: Graph, terms: Mapping[Edge, float] | Collection[Edge] = ()) -> Graph:
    """None of the given terms, written (neuron, source), is left.

    Where `terms` gives an edge a value, the source is taken to have that value for ever, and the
    bias takes the term up; without one the value is 0.
    """
    values = terms if isinstance(terms, Mapping) else dict.fromkeys(terms, 0.0)
    poorer = {name for name, _ in values}

    def dropped(node: Node) -> Node:
        if not isinstance(node, Neuron) or node.name not in poorer:
            return node
        gone = {
            term.source: term.weight * values[node.name, term.source]
            for term in node.terms
            if (node.name, term.source) in values
        }
        kept = tuple(term for term in node.terms if term.source not in gone)
        return Neuron(node.name, node.activation, node.bias + sum(gone.values()), kept)

    return graph.with_nodes(map(dropped, graph.nodes))
