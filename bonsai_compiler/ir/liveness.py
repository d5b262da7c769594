"""What the nodes of a graph depend on, and the part that some output depends on."""

from collections.abc import Iterable, Mapping

from bonsai_compiler.ir.graph import Graph, Input, Output, State, reads


def cone(names: Iterable[str], sources: Mapping[str, Iterable[str]]) -> set[str]:
    """Return these nodes and all that they read, at whatever remove.

    `sources` says what each reads itself; one that reads nothing need not be there.
    """
    found = set(names)
    waiting = list(found)
    while waiting:
        further = set(sources.get(waiting.pop(), ())) - found
        found |= further
        waiting += further
    return found


def live_part(graph: Graph) -> Graph:
    """Return the graph without the states and neurons that no output depends on; inputs stay."""
    sources = {
        node.name: (node.next,) if isinstance(node, State) else reads(node) for node in graph.nodes
    }
    alive = cone([output.name for output in graph.outputs], sources)
    return graph.with_nodes(
        node for node in graph.nodes if isinstance(node, Input | Output) or node.name in alive
    )
