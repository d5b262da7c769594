"""Evaluate a graph of neurons layer by layer: faster than the interpreter, bit for bit the same.

Nodes that do not read each other are computed side by side. Each sum is still made term by
term in the graph's order, so that every rounding is the interpreter's; unless the plan is told to
be approximate, as a search for faults may be whose findings are looked at again.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import numpy.typing as npt

from bonsai_compiler.ir.activation import Activation
from bonsai_compiler.ir.graph import Graph, Neuron, Product, reads
from bonsai_compiler.ir.interpreter import Bools, Floats, nearest

Rows = npt.NDArray[np.int64]


class Layer(Protocol):
    """Nodes none of which reads another."""

    def fill(self, values: Floats) -> None:
        """Put the nodes' values, a row each, where they stand among those of all nodes."""


@dataclass(frozen=True, slots=True, eq=False)
class NeuronLayer:
    """Neurons of one activation, none of which reads another.

    `rows` (m,) says where their values stand; `sources` (terms, m) where those of their
    arguments do, and `shared` (terms,) whether that is one place for all; `weights` (terms, m, 1)
    and `bias` (m, 1). Short sums are filled up with 0 * 0.
    """

    activation: Activation
    rows: Rows
    sources: Rows
    shared: list[bool]
    weights: Floats
    bias: Floats

    def fill(self, values: Floats) -> None:
        total = np.zeros((len(self.rows), values.shape[1]))
        part = np.empty_like(total)
        for weights, sources, one in zip(self.weights, self.sources, self.shared, strict=True):
            # Where all read one node, as in a dense layer, its row need not be copied for each.
            np.multiply(weights, values[sources[:1] if one else sources], out=part)
            total += part
        values[self.rows] = self.activation(total + self.bias)


@dataclass(frozen=True, slots=True, eq=False)
class DenseLayer:
    """The same neurons, approximately: sums in any order, and numpy's own tanh.

    `sources` (k,) says where the values stand that any of them reads, `weights` is (m, k).
    """

    activation: Activation
    rows: Rows
    sources: Rows
    weights: Floats
    bias: Floats

    def fill(self, values: Floats) -> None:
        total = self.weights @ values[self.sources] + self.bias
        values[self.rows] = self.activation.approximate(total)


@dataclass(frozen=True, slots=True, eq=False)
class ProductLayer:
    """Products, none of which reads another.

    `rows` (m,) says where their values stand, `left` and `right` (m,) where their factors do.
    """

    rows: Rows
    left: Rows
    right: Rows

    def fill(self, values: Floats) -> None:
        values[self.rows] = values[self.left] * values[self.right]


class Plan:
    """A graph of neurons, laid out for evaluation on many (state, input) pairs at once."""

    def __init__(self, graph: Graph, *, approximate: bool = False) -> None:
        names = [node.name for node in graph.inputs]
        names += [node.name for node in graph.states]
        names += [node.name for node in graph.computed]
        self.rows = {name: row for row, name in enumerate(names, 1)}
        self._inputs, self._states = len(graph.inputs), graph.states
        self._layers = _layers(graph, self.rows, _dense_layer if approximate else _neuron_layer)
        self._outputs = np.array([self.rows[node.source] for node in graph.outputs])

    def evaluate(self, states: Floats, bits: Bools) -> Floats:
        """Return the value of every node, shape (1 + nodes, n); the first row is 0.

        `states` has shape (n, states), `bits` (n, inputs).
        """
        values = np.zeros((len(self.rows) + 1, len(states)))
        first = self._inputs + 1
        values[1:first] = np.where(bits.T, 1.0, -1.0)
        values[first : first + len(self._states)] = states.T
        with np.errstate(over="ignore", invalid="ignore"):
            for layer in self._layers:
                layer.fill(values)
        return values

    def outputs(self, values: Floats) -> Floats:
        """Return the value behind each output, (n, outputs), from what `evaluate` gave."""
        return np.asarray(values[self._outputs].T)

    def next_states(self, values: Floats) -> Floats:
        """Return the states of the next tick, (n, states), from what `evaluate` gave."""
        following = np.empty((values.shape[1], len(self._states)))
        for place, state in enumerate(self._states):
            following[:, place] = nearest(values[self.rows[state.next]], state.levels)
        # Adding 0.0 turns -0.0 into 0.0, so that equal states have equal bytes.
        return following + 0.0


def _layers(
    graph: Graph,
    row: dict[str, int],
    neuron_layer: Callable[[Activation, list[Neuron], dict[str, int]], Layer],
) -> list[Layer]:
    activations = graph.activation_of
    depth: dict[str, int] = {}
    neurons: dict[tuple[int, str], list[Neuron]] = {}
    products: dict[int, list[Product]] = {}
    for node in graph.computed:
        depth[node.name] = 1 + max((depth.get(source, 0) for source in reads(node)), default=0)
        if isinstance(node, Neuron):
            neurons.setdefault((depth[node.name], node.activation), []).append(node)
        elif isinstance(node, Product):
            products.setdefault(depth[node.name], []).append(node)
    layers: list[tuple[int, Layer]] = [
        (place, neuron_layer(activations[name], group, row))
        for (place, name), group in neurons.items()
    ]
    layers += [(place, _product_layer(group, row)) for place, group in products.items()]
    return [layer for _, layer in sorted(layers, key=lambda item: item[0])]


def _neuron_layer(activation: Activation, neurons: list[Neuron], row: dict[str, int]) -> Layer:
    longest = max(len(node.terms) for node in neurons)
    sources = np.zeros((longest, len(neurons)), dtype=np.int64)
    weights = np.zeros((longest, len(neurons), 1))
    for column, node in enumerate(neurons):
        for place, term in enumerate(node.terms):
            sources[place, column] = row[term.source]
            weights[place, column] = term.weight
    rows = np.array([row[node.name] for node in neurons])
    bias = np.array([[node.bias] for node in neurons])
    shared = (sources == sources[:, :1]).all(axis=1).tolist()
    return NeuronLayer(activation, rows, sources, shared, weights, bias)


def _dense_layer(activation: Activation, neurons: list[Neuron], row: dict[str, int]) -> Layer:
    sources = sorted({row[source] for node in neurons for source in reads(node)})
    column = {source: place for place, source in enumerate(sources)}
    weights = np.zeros((len(neurons), len(sources)))
    for line, node in zip(weights, neurons, strict=True):
        for term in node.terms:
            line[column[row[term.source]]] += term.weight
    rows = np.array([row[node.name] for node in neurons])
    bias = np.array([[node.bias] for node in neurons])
    return DenseLayer(activation, rows, np.array(sources, dtype=np.int64), weights, bias)


def _product_layer(products: list[Product], row: dict[str, int]) -> Layer:
    def rows(names: list[str]) -> Rows:
        return np.array([row[name] for name in names])

    return ProductLayer(
        rows([node.name for node in products]),
        rows([node.left for node in products]),
        rows([node.right for node in products]),
    )
