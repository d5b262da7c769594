"""Lift a trained network to a graph; every node gets its name here, once and for all."""

from collections.abc import Iterable, Sequence

from bonsai_compiler.activation import LINEAR, Activation
from bonsai_compiler.interp import Floats
from bonsai_compiler.ir import Graph, Input, Neuron, Node, Output, State, Term
from bonsai_compiler.names import Fresh
from bonsai_compiler.network import Network


def lift(network: Network, name: str, inputs: Sequence[str], outputs: Sequence[str]) -> Graph:
    """Return the graph that computes what the network does, exactly-zero weights left out.

    States are s0, s1, ..., the neurons that feed them r0, r1, ..., a cell's outputs o0, o1, ...
    and dense neurons d0, d1, ..., numbered through all cells; a name that the task uses itself
    gets an underscore.
    """
    fresh = Fresh((*inputs, *outputs))
    activations = _declared(network)
    named = {LINEAR: "linear", **{activation: label for label, activation in activations}}
    count = {"s": 0, "r": 0, "o": 0, "d": 0}

    def names(letter: str, width: int) -> list[str]:
        first = count[letter]
        count[letter] += width
        return [fresh(f"{letter}{number}") for number in range(first, first + width)]

    def neurons(
        labels: list[str], activation: Activation, columns: Floats, bias: Floats, below: list[str]
    ) -> list[Node]:
        return [
            Neuron(label, named[activation], float(offset), _terms(weights, below))
            for label, weights, offset in zip(labels, columns, bias, strict=True)
        ]

    states: list[Node] = []
    computed: list[Node] = []
    below = list(inputs)
    for cell in network.cells:
        width = len(cell.initial_state)
        own, recurrent = names("s", width), names("r", width)
        results = names("o", len(cell.output_bias))
        states += [
            State(label, float(init), following)
            for label, init, following in zip(own, cell.initial_state, recurrent, strict=True)
        ]
        read = below + own
        computed += neurons(
            results, cell.output_activation, cell.output_kernel.T, cell.output_bias, read
        )
        computed += neurons(
            recurrent, cell.recurrent_activation, cell.recurrent_kernel.T, cell.recurrent_bias, read
        )
        below = results
    for layer in network.layers:
        results = names("d", len(layer.bias))
        computed += neurons(results, layer.activation, layer.weights, layer.bias, below)
        below = results
    ends = [Output(label, source) for label, source in zip(outputs, below, strict=True)]
    nodes = [*map(Input, inputs), *states, *computed, *ends]
    return Graph(name, tuple(nodes), activations)


def _terms(weights: Floats, below: list[str]) -> tuple[Term, ...]:
    pairs = zip(weights, below, strict=True)
    return tuple(Term(float(weight), source) for weight, source in pairs if weight != 0)


def _declared(network: Network) -> tuple[tuple[str, Activation], ...]:
    used: Iterable[Activation] = [
        activation
        for cell in network.cells
        for activation in (cell.output_activation, cell.recurrent_activation)
    ] + [layer.activation for layer in network.layers]
    distinct = [activation for activation in dict.fromkeys(used) if activation != LINEAR]
    labels: list[tuple[str, Activation]] = []
    for activation in distinct:
        same = sum(other.kind == activation.kind for _, other in labels)
        labels.append((f"{activation.kind}{same + 1 if same else ''}", activation))
    return tuple(labels)
