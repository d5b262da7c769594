"""Remove what no output depends on (article, section "Pruning")."""

import networkx as nx

from bonsai_compiler.ir import Graph, Input, Output, State, reads


def dead_code(graph: Graph) -> Graph:
    """Every state and computed node has an effect on some output; inputs stay, they are given."""
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
