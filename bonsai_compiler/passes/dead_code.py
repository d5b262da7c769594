"""Remove what no output depends on (article, section "Pruning")."""

from bonsai_compiler.ir.graph import Graph
from bonsai_compiler.ir.liveness import live_part


def dead_code(graph: Graph) -> Graph:
    """Every state and computed node has an effect on some output; inputs stay, they are given."""
    return live_part(graph)
