"""Round weights, biases and initial states to a grid (article, section "Pruning")."""

from dataclasses import dataclass
from typing import Self

from bonsai_compiler.ir.graph import Graph, Neuron, Node, State, Term
from bonsai_compiler.ir.text import number
from bonsai_compiler.oracle.oracle import Oracle
from bonsai_compiler.passes.base import Pass
from bonsai_compiler.system.deadline import Deadline

STEPS = tuple(0.5**power for power in range(8))
"""The grids worth trying, the coarsest first: each holds the one before it, and sums are exact."""


@dataclass(frozen=True, slots=True)
class Quantize(Pass):
    """Every weight, bias and initial state is a multiple of `step`, and no weight is 0."""

    step: float

    @classmethod
    def search(cls, graph: Graph, oracle: Oracle, deadline: Deadline) -> Self | None:
        """Return the grid that the graph lies on, else the coarsest that is accepted.

        A graph that lies on a grid stays there: `round_numbers` has the say on each number then.
        """
        grids = [(grid, grid.apply(graph)) for grid in map(cls, STEPS)]
        for grid, quantized in grids:
            if quantized == graph:
                return grid
        for grid, quantized in grids:
            if oracle.accepts(quantized):
                return grid
        return None

    def apply(self, graph: Graph) -> Graph:
        return graph.with_nodes(map(self._quantized, graph.nodes))

    def chosen(self) -> str:
        return f"step {number(self.step)}"

    def _quantized(self, node: Node) -> Node:
        match node:
            case State(name, init, following, levels):
                return State(name, self._rounded(init), following, levels)
            case Neuron(name, activation, bias, terms):
                moved = [Term(self._rounded(term.weight), term.source) for term in terms]
                kept = tuple(term for term in moved if term.weight != 0)
                return Neuron(name, activation, self._rounded(bias), kept)
            case _:
                return node

    def _rounded(self, value: float) -> float:
        # Beyond 2**53 every double is whole, and dividing might overflow.
        if self.step and abs(value) >= 2**53 and (2**53) % self.step == 0:
            return value
        # Ten decimals: a multiple of 0.1 should print as one; round() also gives no -0.0 here.
        return round(round(value / self.step) * self.step, 10) + 0.0
