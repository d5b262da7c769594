"""The order of nodes, each of which reads only what stands above it."""

from collections.abc import Sequence

from bonsai_compiler.ir.graph import Node, Output, reads


def downwards(nodes: Sequence[Node]) -> list[Node]:
    """Return nodes in their order, but those that read what stands below right after that.

    What reads what is moved moves along: outputs, which stay in their order, and what is dead.
    Nodes that read each other in a circle are no graph.
    """
    found: list[Node] = []
    above: set[str] = set()
    waiting: list[Node] = []

    def ready() -> Node | None:
        held = False
        for each in waiting:
            if above.issuperset(reads(each)) and not (held and isinstance(each, Output)):
                return each
            held |= isinstance(each, Output)
        return None

    for node in nodes:
        waiting.append(node)
        while (following := ready()) is not None:
            waiting.remove(following)
            found.append(following)
            above.add(following.name)
    assert not waiting, "nodes that read each other"
    return found
