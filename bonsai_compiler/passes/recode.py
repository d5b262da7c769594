"""Let states store what is there already, rather than a scaled or mirrored copy of it."""

from collections.abc import Mapping
from dataclasses import dataclass

from bonsai_compiler.ir.graph import Graph, Neuron, Node, State
from bonsai_compiler.passes.merge_alike import Twin, with_twins


@dataclass(frozen=True, slots=True)
class Code:
    """What a state stores from now on: `init`, then `next`; it meant `scale * stored + offset`."""

    init: float
    next: str
    scale: float
    offset: float


def recode(graph: Graph, codes: Mapping[str, Code] | None = None) -> Graph:
    """Each state in `codes` stores what its code says, without levels; its readers make up for it.

    An output that reads a recoded state keeps reading it.
    """
    given = codes or {}
    twins = {name: Twin(name, code.scale, code.offset) for name, code in given.items()}

    def recoded(node: Node) -> Node:
        match node:
            case Neuron():
                return with_twins(node, twins)
            case State(name) if name in given:
                return State(name, given[name].init, given[name].next)
            case _:
                return node

    return graph.with_nodes(map(recoded, graph.nodes))
