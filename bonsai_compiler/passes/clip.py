"""Cut the edges whose weights are nearly zero (article, section "Pruning")."""

from bonsai_compiler.ir.graph import Graph, Neuron, Node


def clip(graph: Graph, threshold: float = 0.1) -> Graph:
    """No weight or bias is left whose size is less than `threshold`."""

    def clipped(node: Node) -> Node:
        if not isinstance(node, Neuron):
            return node
        terms = tuple(term for term in node.terms if abs(term.weight) >= threshold)
        bias = node.bias if abs(node.bias) >= threshold else 0.0
        return Neuron(node.name, node.activation, bias, terms)

    return graph.with_nodes(map(clipped, graph.nodes))


def thresholds(graph: Graph) -> list[float]:
    """Return every threshold that makes a difference, the largest first."""
    sizes = {
        abs(value)
        for node in graph.neurons
        for value in (node.bias, *(term.weight for term in node.terms))
    }
    # Just above a size: that weight goes, and whatever is larger stays.
    return [value * (1 + 1e-9) for value in sorted(sizes, reverse=True)]
