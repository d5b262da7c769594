"""Recurrent layers as PyTorch, ONNX and Keras have them, and the graph that a stack of them is.

A layer's output is its *new* state. What the layers compute, on an input x and a state h (and c):

    rnn   h' = A(W x + b + U h + d)
    gru   r = S(W_r x + b_r + U_r h + d_r),  z likewise,
          n = A(W_n x + b_n + r (U_n h + d_n)),  or, where the reset comes first,
          n = A(W_n x + b_n + U_n (r h) + d_n);  h' = n + z (h - n)
    lstm  i, f, o = S(W x + b + U h + d) each, g = A(...);  c' = f c + i g;  h' = o B(c')
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import fsum
from typing import Literal

import numpy as np

from bonsai_compiler.ir.activation import LINEAR, Activation
from bonsai_compiler.ir.graph import Graph, Input, Neuron, Node, Output, Product, State, Term
from bonsai_compiler.ir.names import Fresh
from bonsai_compiler.networks.network import Dense, Floats

Kind = Literal["rnn", "gru", "lstm"]

BLOCKS: dict[Kind, tuple[str, ...]] = {
    "rnn": ("r",),
    "gru": ("reset", "update", "candidate"),
    "lstm": ("input", "forget", "candidate", "output"),
}
"""What stands in the rows of a layer's kernels, block after block: PyTorch's order."""

SIGMOID, TANH = Activation("sigmoid"), Activation("tanh")


@dataclass(frozen=True, slots=True, eq=False)
class Recurrent:
    """A layer with states; its rows are those of BLOCKS, `units` each.

    Shapes: `kernel` (rows, inputs), `recurrent_kernel` (rows, units), `bias` and `recurrent_bias`
    (rows,), `initial` and `initial_cell` (units,). `gate` is S, `inner` A and `outer` B.
    """

    kind: Kind
    kernel: Floats
    recurrent_kernel: Floats
    bias: Floats
    recurrent_bias: Floats
    initial: Floats
    initial_cell: Floats
    gate: Activation = SIGMOID
    inner: Activation = TANH
    outer: Activation = TANH
    reset_after: bool = True

    @property
    def units(self) -> int:
        """How many numbers its output has."""
        return len(self.initial)

    def rows(self, block: str) -> slice:
        """Return the rows of a block."""
        first = BLOCKS[self.kind].index(block) * self.units
        return slice(first, first + self.units)


@dataclass(frozen=True, slots=True)
class Stack:
    """Layers in order, each of which reads the outputs of the one before, the first the inputs."""

    input_width: int
    layers: tuple[Recurrent | Dense, ...]

    @property
    def output_width(self) -> int:
        """How many outputs the last layer has."""
        last = self.layers[-1]
        return last.units if isinstance(last, Recurrent) else len(last.bias)


def stack_graph(
    stack: Stack, name: str, inputs: Sequence[str], outputs: Sequence[str], taken: Sequence[str]
) -> Graph:
    """Return the graph of a stack, with weights of exactly 0 left out.

    States are s0, s1, ... and, of an LSTM's cells, c0, c1, ...; their new values r0, r1, ... and
    m0, m1, ...; dense neurons d0, d1, ..., numbered through all layers. Names that are `taken` get
    an underscore.
    """
    building = _Building(Fresh((*inputs, *outputs, *taken)))
    below = list(inputs)
    for layer in stack.layers:
        if isinstance(layer, Dense):
            below = building.dense(layer, below)
        else:
            below = BUILDERS[layer.kind](building, layer, below)
    ends = map(Output, outputs, below)
    nodes = [*map(Input, inputs), *building.states, *building.nodes, *ends]
    named = tuple((label, kind) for kind, label in building.named.items() if kind != LINEAR)
    return Graph(name, tuple(nodes), named)


def above_half(graph: Graph, taken: Sequence[str]) -> Graph:
    """Return a graph whose outputs are true where they were above one half, not above 0."""
    fresh = Fresh((*(node.name for node in graph.nodes), *taken))
    ends = [node for node in graph.nodes if isinstance(node, Output)]
    rest = [node for node in graph.nodes if not isinstance(node, Output)]
    names = [fresh(f"half{place}") for place in range(len(ends))]
    halves = [
        Neuron(name, "linear", -0.5, (Term(1.0, end.source),))
        for name, end in zip(names, ends, strict=True)
    ]
    moved = [Output(end.name, name) for name, end in zip(names, ends, strict=True)]
    return graph.with_nodes([*rest, *halves, *moved])


Sums = Sequence[tuple[Floats, Sequence[str]]]
"""Kernels (rows, values), and the names of the values that each reads."""


class _Building:
    """The nodes so far."""

    def __init__(self, fresh: Fresh) -> None:
        self.fresh = fresh
        self.named = {LINEAR: "linear"}
        self.count: dict[str, int] = {}
        self.states: list[Node] = []
        self.nodes: list[Node] = []

    def names(self, stem: str, width: int) -> list[str]:
        """Return names for new nodes, numbered on from the last of this stem."""
        first = self.count.get(stem, 0)
        self.count[stem] = first + width
        return [self.fresh(f"{stem}{number}") for number in range(first, first + width)]

    def neurons(self, stem: str, activation: Activation, sums: Sums, biases: Floats) -> list[str]:
        """Add neurons over sums of kernels; `biases` (n, rows) are added up."""
        label = self.named.setdefault(activation, activation.kind)
        names = self.names(stem, biases.shape[1])
        for row, name in enumerate(names):
            self.nodes.append(Neuron(name, label, fsum(biases[:, row].tolist()), _terms(sums, row)))
        return names

    def linear(
        self, stem: str, weights: Sequence[float], columns: Sequence[list[str]]
    ) -> list[str]:
        """Add neurons that add up weighted columns of nodes, one to one."""
        names = self.names(stem, len(columns[0]))
        for name, sources in zip(names, zip(*columns, strict=True), strict=True):
            self.nodes.append(Neuron(name, "linear", 0.0, tuple(map(Term, weights, sources))))
        return names

    def products(self, stem: str, left: list[str], right: list[str]) -> list[str]:
        """Add products of nodes, one to one."""
        names = self.names(stem, len(left))
        self.nodes += map(Product, names, left, right)
        return names

    def dense(self, layer: Dense, below: list[str]) -> list[str]:
        """Add a dense layer."""
        return self.neurons("d", layer.activation, [(layer.weights, below)], layer.bias[None, :])

    def remember(self, names: list[str], initial: Floats, following: list[str]) -> None:
        """Add states that store what `following` is."""
        self.states += map(State, names, (initial + 0.0).tolist(), following)

    def block(
        self, layer: Recurrent, block: str, activation: Activation, below: list[str], own: list[str]
    ) -> list[str]:
        """Add the neurons of one block over all that a layer reads."""
        rows = layer.rows(block)
        sums = [(layer.kernel[rows], below), (layer.recurrent_kernel[rows], own)]
        biases = np.stack([layer.bias[rows], layer.recurrent_bias[rows]])
        return self.neurons(block, activation, sums, biases)


def _terms(sums: Sums, row: int) -> tuple[Term, ...]:
    return tuple(
        Term(weight, source)
        for kernel, sources in sums
        for weight, source in zip(kernel[row].tolist(), sources, strict=True)
        if weight != 0
    )


def _rnn(building: _Building, layer: Recurrent, below: list[str]) -> list[str]:
    states = building.names("s", layer.units)
    new = building.block(layer, "r", layer.inner, below, states)
    building.remember(states, layer.initial, new)
    return new


def _gru(building: _Building, layer: Recurrent, below: list[str]) -> list[str]:
    states = building.names("s", layer.units)
    reset = building.block(layer, "reset", layer.gate, below, states)
    update = building.block(layer, "update", layer.gate, below, states)
    rows = layer.rows("candidate")
    kernel, own = layer.kernel[rows], layer.recurrent_kernel[rows]
    bias, own_bias = layer.bias[rows], layer.recurrent_bias[rows]
    if layer.reset_after:
        memory = building.neurons("memory", LINEAR, [(own, states)], own_bias[None, :])
        recalled = building.products("recalled", reset, memory)
        sums: Sums = [(kernel, below), (np.eye(layer.units), recalled)]
        biases = bias[None, :]
    else:
        recalled = building.products("recalled", reset, states)
        sums, biases = [(kernel, below), (own, recalled)], np.stack([bias, own_bias])
    candidate = building.neurons("candidate", layer.inner, sums, biases)
    change = building.linear("change", (1.0, -1.0), (states, candidate))
    kept = building.products("kept", update, change)
    new = building.linear("r", (1.0, 1.0), (candidate, kept))
    building.remember(states, layer.initial, new)
    return new


def _lstm(building: _Building, layer: Recurrent, below: list[str]) -> list[str]:
    states, cells = building.names("s", layer.units), building.names("c", layer.units)
    written, forgotten, shown = (
        building.block(layer, block, layer.gate, below, states)
        for block in ("input", "forget", "output")
    )
    candidate = building.block(layer, "candidate", layer.inner, below, states)
    kept = building.products("kept", forgotten, cells)
    added = building.products("added", written, candidate)
    new_cells = building.linear("m", (1.0, 1.0), (kept, added))
    identity = [(np.eye(layer.units), new_cells)]
    bent = building.neurons("bent", layer.outer, identity, np.zeros((1, layer.units)))
    new = building.products("r", shown, bent)
    building.remember(states, layer.initial, new)
    building.remember(cells, layer.initial_cell, new_cells)
    return new


BUILDERS = {"rnn": _rnn, "gru": _gru, "lstm": _lstm}


def weights_of(stack: Stack) -> Iterator[Floats]:
    """Yield every array of numbers of a stack."""
    for layer in stack.layers:
        if isinstance(layer, Dense):
            yield from (layer.weights, layer.bias)
        else:
            yield from (layer.kernel, layer.recurrent_kernel, layer.bias, layer.recurrent_bias)
            yield from (layer.initial, layer.initial_cell)
