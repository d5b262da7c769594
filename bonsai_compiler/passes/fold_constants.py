"""Compute once what never changes."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from bonsai_compiler.ir.graph import Graph, Neuron, Node
from bonsai_compiler.ir.interpreter import nearest
from bonsai_compiler.passes.base import Pass


@dataclass(frozen=True, slots=True)
class FoldConstants(Pass):
    """No neuron reads a node whose value is the same on every tick, initial states included."""

    exact: ClassVar[bool] = True

    def apply(self, graph: Graph) -> Graph:
        constants = constant_nodes(graph)

        def folded(node: Node) -> Node:
            if not isinstance(node, Neuron):
                return node
            bias = node.bias
            for term in node.terms:
                if term.source in constants:
                    bias += term.weight * constants[term.source]
            terms = tuple(term for term in node.terms if term.source not in constants)
            return Neuron(node.name, node.activation, bias, terms)

        return graph.with_nodes(map(folded, graph.nodes))


def constant_nodes(graph: Graph) -> dict[str, float]:
    """Return the value of every state and neuron that never changes.

    All states are assumed to keep their initial value; assumptions that the neurons contradict
    are dropped until none is left. A state whose next value is constant but not its initial one
    is a pulse on the first tick, and no constant.
    """
    assumed = {state.name: state.init for state in graph.states}
    while True:
        known = {**assumed, **_constant_neurons(graph, assumed)}
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


def _constant_neurons(graph: Graph, assumed: dict[str, float]) -> dict[str, float]:
    activations = graph.activation_of
    known = dict(assumed)
    for node in graph.nodes:
        if isinstance(node, Neuron) and all(term.source in known for term in node.terms):
            total = sum(term.weight * known[term.source] for term in node.terms) + node.bias
            known[node.name] = float(activations[node.activation](np.array([total]))[0])
    return known
