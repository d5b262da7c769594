"""Which nodes of a graph are bits, so that a page writes them as 0 and 1 and no other way."""

from collections.abc import Mapping
from itertools import product

import numpy as np

from bonsai_compiler.ir.activation import Activation
from bonsai_compiler.ir.graph import Dialect, Graph, Logic, Neuron, Product, reads
from bonsai_compiler.ir.interpreter import computed_values

MOST_READ = 8
"""How many bits a neuron may read to be tried on all of them."""

Pair = tuple[float, float]
"""The numbers that stand for 0 and for 1."""

SIGNS: Pair = (-1.0, 1.0)


def bits_of(graph: Graph) -> dict[str, Pair]:
    """Return the nodes of a graph of neurons that never have any but two values, and these.

    Inputs; states that are held to two levels; and what is computed, or a state, and is -1 or 1
    whatever the bits are that it reads. In logic a bit is a bool, and nothing stands for it.
    """
    if graph.dialect is Dialect.LOGIC:
        return {}
    fixed = {node.name: SIGNS for node in graph.inputs}
    fixed |= {
        node.name: (node.levels[0], node.levels[1])
        for node in graph.states
        if len(node.levels) == 2 and node.init in node.levels
    }
    supposed = {node.name for node in graph.states if not node.levels and node.init in SIGNS}
    # What is supposed of some states is dropped until those that are left bear each other out.
    while True:
        found = _computed(graph, fixed | dict.fromkeys(supposed, SIGNS))
        kept = {
            node.name
            for node in graph.states
            if node.name in supposed and found.get(node.next) == SIGNS
        }
        if kept == supposed:
            return found
        supposed = kept


def _computed(graph: Graph, bits: Mapping[str, Pair]) -> dict[str, Pair]:
    """Return the bits, and the computed nodes that they make bits."""
    found = dict(bits)
    activations = graph.activation_of
    for node in graph.computed:
        if _is_bit(node, activations, found):
            found[node.name] = SIGNS
    return found


def _is_bit(
    node: Neuron | Product | Logic,
    activations: Mapping[str, Activation],
    bits: Mapping[str, Pair],
) -> bool:
    """Return whether a node is -1 or 1 for all values of what it reads, all of them bits."""
    sources = [*dict.fromkeys(reads(node))]
    if len(sources) > MOST_READ or not all(source in bits for source in sources):
        return False
    choices = list(product(*(bits[source] for source in sources)))
    columns = np.array(choices).reshape(len(choices), len(sources)).T
    values = computed_values(
        node, activations, dict(zip(sources, columns, strict=True)), len(choices)
    )
    return bool(np.isin(values, SIGNS).all())
