"""Cut the edges whose weights are nearly zero (article, section "Pruning")."""

from bisect import bisect_left
from dataclasses import dataclass
from typing import Self

from bonsai_compiler.ir.graph import Graph, Neuron, Node
from bonsai_compiler.oracle.oracle import Oracle
from bonsai_compiler.passes.base import Pass
from bonsai_compiler.system.deadline import Deadline


@dataclass(frozen=True, slots=True)
class Clip(Pass):
    """No weight or bias is left whose size is less than `threshold`."""

    threshold: float

    @classmethod
    def search(cls, graph: Graph, oracle: Oracle, deadline: Deadline) -> Self | None:
        """Return a clip that is accepted, while those at the next three thresholds are not.

        Found by halving, as if whatever is accepted at one threshold were so at all lower ones;
        that holds nearly always, and trying every threshold takes ten times as long.
        """
        ladder = [cls(threshold) for threshold in _thresholds(graph)]

        def accepted(place: int) -> bool:
            return oracle.accepts(ladder[place].apply(graph))

        place = bisect_left(range(len(ladder)), True, key=accepted)
        better = [other for other in range(max(place - 3, 0), place) if accepted(other)]
        place = min(better, default=place)
        return ladder[place] if place < len(ladder) else None

    def apply(self, graph: Graph) -> Graph:
        return graph.with_nodes(map(self._clipped, graph.nodes))

    def chosen(self) -> str:
        return f"threshold {self.threshold:.3g}"

    def _clipped(self, node: Node) -> Node:
        if not isinstance(node, Neuron):
            return node
        terms = tuple(term for term in node.terms if abs(term.weight) >= self.threshold)
        bias = node.bias if abs(node.bias) >= self.threshold else 0.0
        return Neuron(node.name, node.activation, bias, terms)


def _thresholds(graph: Graph) -> list[float]:
    """Return every threshold that makes a difference, the largest first."""
    sizes = {
        abs(value)
        for node in graph.neurons
        for value in (node.bias, *(term.weight for term in node.terms))
    }
    # Just above a size: that weight goes, and whatever is larger stays.
    return [value * (1 + 1e-9) for value in sorted(sizes, reverse=True)]
