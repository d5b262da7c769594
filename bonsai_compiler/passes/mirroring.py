"""Nodes that hold the opposite of what they held, and readers that make up for it.

So an output that says the opposite of a neuron can read that neuron itself.
"""

from collections.abc import Collection

from bonsai_compiler.ir.graph import Graph, Neuron, Node, State, Term
from bonsai_compiler.passes.affine_equivalence import AffineImage, over_images


def mirrored(graph: Graph, names: Collection[str]) -> Graph:
    """Return the graph with these nodes mirrored, and all that have to be for that.

    Those are what a mirrored state stores, and the states that store what is mirrored. Outputs read
    what they read. Raises ArithmeticError for what cannot be mirrored: an input, a product, and a
    neuron whose activation is not odd.
    """
    chosen = _together(graph, names)
    images = {name: AffineImage(name, -1.0, 0.0) for name in chosen}

    def turned(node: Node) -> Node:
        match node:
            case State(name, init, following, levels) if name in chosen:
                opposite = tuple(0.0 - level for level in reversed(levels))
                return State(name, 0.0 - init, following, opposite)
            case Neuron():
                node = over_images(node, images)
                if node.name not in chosen:
                    return node
                # Of a mirrored neuron all that it sums is.
                terms = tuple(Term(-term.weight, term.source) for term in node.terms)
                return Neuron(node.name, node.activation, 0.0 - node.bias, terms)
            case _:
                return node

    return graph.with_nodes(map(turned, graph.nodes))


def _together(graph: Graph, names: Collection[str]) -> set[str]:
    """Return the nodes that are mirrored with these."""
    nodes, activations = {node.name: node for node in graph.nodes}, graph.activation_of
    chosen: set[str] = set()
    waiting = list(names)
    while waiting:
        name = waiting.pop()
        if name in chosen:
            continue
        chosen.add(name)
        match nodes[name]:
            case State(next=following):
                waiting.append(following)
            case Neuron(activation=activation) if activations[activation].odd:
                pass
            case _:
                raise ArithmeticError(f"{name} cannot be mirrored")
        waiting += [state.name for state in graph.states if state.next == name]
    return chosen
