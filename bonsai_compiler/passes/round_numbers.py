"""Give single weights, biases and initial states simpler values."""

from collections.abc import Mapping

from bonsai_compiler.ir.graph import Graph, Neuron, Node, State, Term

Place = tuple[str, str | None]


def round_numbers(graph: Graph, numbers: Mapping[Place, float] | None = None) -> Graph:
    """Weights (neuron, source), biases (neuron, None), initial states (state, None) are as given.

    What `numbers` does not name stays.
    """
    given = numbers or {}
    named = {name for name, _ in given}

    def rounded(node: Node) -> Node:
        match node:
            case State(name) | Neuron(name) if name not in named:
                return node
            case State(name, init, following, levels):
                return State(name, given.get((name, None), init), following, levels)
            case Neuron(name, activation, bias, terms):
                moved = (Term(given.get((name, t.source), t.weight), t.source) for t in terms)
                return Neuron(name, activation, given.get((name, None), bias), tuple(moved))
            case _:
                return node

    return graph.with_nodes(map(rounded, graph.nodes))
