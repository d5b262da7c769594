"""The part of a graph that some output depends on."""

import networkx as nx

from bonsai_compiler.ir.graph import Graph, Input, Output, State, reads


def live_part(graph: Graph) -> Graph:
    """Return the graph without the states and neurons that no output depends on; inputs stay."""
    edges = nx.DiGraph()
    edges.add_nodes_from(node.name for node in graph.nodes)
    for node in graph.nodes:
        sources = (node.next,) if isinstance(node, State) else reads(node)
        edges.add_edges_from((source, node.name) for source in sources)
    ends = [output.name for output in graph.outputs]
    alive = set(ends).union(*(nx.ancestors(edges, end) for end in ends))
    return graph.with_nodes(
        node for node in graph.nodes if isinstance(node, Input | Output) or node.name in alive
    )
