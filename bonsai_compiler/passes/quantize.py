"""Round weights, biases and initial states to a grid (article, section "Pruning")."""

from bonsai_compiler.ir.graph import Graph, Neuron, Node, State, Term

STEPS = tuple(0.5**power for power in range(8))
"""The grids worth trying, the coarsest first: each holds the one before it, and sums are exact."""


def quantize(graph: Graph, step: float = 0.5) -> Graph:
    """Every weight, bias and initial state is a multiple of `step`, and no weight is 0."""

    def rounded(value: float) -> float:
        # Beyond 2**53 every double is whole, and dividing might overflow.
        if step and abs(value) >= 2**53 and (2**53) % step == 0:
            return value
        # Ten decimals: a multiple of 0.1 should print as one; round() also gives no -0.0 here.
        return round(round(value / step) * step, 10) + 0.0

    def quantized(node: Node) -> Node:
        match node:
            case State(name, init, following, levels):
                return State(name, rounded(init), following, levels)
            case Neuron(name, activation, bias, terms):
                moved = [Term(rounded(term.weight), term.source) for term in terms]
                kept = tuple(term for term in moved if term.weight != 0)
                return Neuron(name, activation, rounded(bias), kept)
            case _:
                return node

    return graph.with_nodes(map(quantized, graph.nodes))
