"""Compute once what never changes."""

import math
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from bonsai_compiler.ir.graph import Graph, Neuron, Node, Product, Term
from bonsai_compiler.ir.interpreter import nearest
from bonsai_compiler.passes.base import Pass


@dataclass(frozen=True, slots=True)
class FoldConstants(Pass):
    """No neuron or product reads a node of one value on every tick, initial states included."""

    exact: ClassVar[bool] = True

    def apply(self, graph: Graph) -> Graph:
        known = constant_nodes(graph)
        # What overflows is computed where it stands: no weight or bias may be infinite.
        constants = {name: value for name, value in known.items() if math.isfinite(value)}

        def folded(node: Node) -> Node:
            if isinstance(node, Product):
                node = _weighted(node, constants)
            if not isinstance(node, Neuron):
                return node
            bias = node.bias
            for term in node.terms:
                if term.source in constants:
                    bias += term.weight * constants[term.source]
            terms = tuple(term for term in node.terms if term.source not in constants)
            return Neuron(node.name, node.activation, bias, terms) if math.isfinite(bias) else node

        return graph.with_nodes(map(folded, graph.nodes))


def constant_nodes(graph: Graph) -> dict[str, float]:
    """Return the value of every state and computed node that never changes.

    All states are assumed to keep their initial value; assumptions that the nodes contradict
    are dropped until none is left. A state whose next value is constant but not its initial one
    is a pulse on the first tick, and no constant.
    """
    assumed = {state.name: state.init for state in graph.states}
    while True:
        known = {**assumed, **_constants(graph, assumed)}
        kept = {
            state.name: state.init
            for state in graph.states
            if state.name in assumed
            and state.next in known
            and nearest(np.array([known[state.next]]), state.levels)[0] == state.init
        }
        if kept == assumed:
            return known
        assumed = kept


def _weighted(product: Product, constants: dict[str, float]) -> Neuron | Product:
    """Return a product as the weighted edge that it is, where one factor never changes."""
    for factor, other in ((product.left, product.right), (product.right, product.left)):
        if factor in constants:
            return Neuron(product.name, "linear", 0.0, (Term(constants[factor], other),))
    return product


def _constants(graph: Graph, assumed: dict[str, float]) -> dict[str, float]:
    activations = graph.activation_of
    known = dict(assumed)
    for node in graph.nodes:
        if isinstance(node, Neuron) and all(term.source in known for term in node.terms):
            total = sum(term.weight * known[term.source] for term in node.terms) + node.bias
            known[node.name] = float(activations[node.activation](np.array([total]))[0])
        elif isinstance(node, Product) and node.left in known and node.right in known:
            known[node.name] = known[node.left] * known[node.right]
    return known
