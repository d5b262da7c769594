"""Hold each state to the few levels that it really takes, so that the machine is finite."""

from collections.abc import Mapping

import numpy as np

from bonsai_compiler.ir.graph import Graph, Node, State
from bonsai_compiler.ir.interpreter import nearest


def snap(graph: Graph, levels: Mapping[str, tuple[float, ...]] | None = None) -> Graph:
    """Each state named in `levels` (ascending) starts at, and moves to, its nearest level."""
    given = levels or {}

    def snapped(node: Node) -> Node:
        if not isinstance(node, State) or node.name not in given:
            return node
        ladder = given[node.name]
        init = float(nearest(np.array([node.init]), ladder)[0])
        return State(node.name, init, node.next, ladder)

    return graph.with_nodes(map(snapped, graph.nodes))
