"""The reachable set of a finite graph, and whether another graph agrees with it there."""

from dataclasses import dataclass

import numpy as np

from bonsai_compiler.ir.graph import Graph, reads
from bonsai_compiler.ir.interpreter import Bools, Floats, neuron_values, next_states
from bonsai_compiler.ir.liveness import live_part
from bonsai_compiler.ir.plan import Plan
from bonsai_compiler.oracle.oracle import Oracle, ReachablePairs


@dataclass(frozen=True, slots=True, eq=False)
class ReachableSet:
    """The reachable (state, input) pairs of a graph, and what it does in each.

    `columns` has the value of every input, state and neuron for each pair; `outputs`
    (n, outputs) bools; `following` (n, states) the next states.
    """

    graph: Graph
    pairs: ReachablePairs
    columns: dict[str, Floats]
    outputs: Bools
    following: Floats

    @property
    def size(self) -> int:
        """How many pairs there are."""
        return len(self.pairs.states)

    def with_graph(self, graph: Graph) -> "ReachableSet":
        """Return what another graph with the same inputs and states does for these pairs.

        Only neurons that are not as they were, or that read one whose values are not, are computed.
        """
        activations = graph.activation_of
        before = {neuron.name: neuron for neuron in self.graph.neurons}
        columns = dict(self.columns)
        moved: set[str] = set()
        for neuron in graph.neurons:
            name = neuron.name
            if neuron == before.get(name) and moved.isdisjoint(reads(neuron)):
                continue
            column = neuron_values(neuron, activations[neuron.activation], columns, self.size)
            if name not in columns or not np.array_equal(column, columns[name]):
                columns[name] = column
                moved.add(name)
        outputs, following = self.outputs, self.following
        pairs = zip(graph.outputs, self.graph.outputs, strict=True)
        if any(new != old or new.source in moved for new, old in pairs):
            outputs = np.stack([columns[node.source] > 0 for node in graph.outputs], axis=1)
        if any(
            new.next != old.next or new.levels != old.levels or new.next in moved
            for new, old in zip(graph.states, self.graph.states, strict=True)
        ):
            following = next_states(graph, columns, self.size)
        return ReachableSet(graph, self.pairs, columns, outputs, following)

    def does_as(self, other: "ReachableSet") -> bool:
        """Return whether outputs and next states equal the other's for every pair."""
        return np.array_equal(self.outputs, other.outputs) and np.array_equal(
            self.following, other.following
        )

    def kept_by(self, graph: Graph) -> bool:
        """Return whether a graph with the same states leads to the same for every pair."""
        return self.with_graph(graph).does_as(self)


def reachable_set(graph: Graph, oracle: Oracle) -> ReachableSet | None:
    """Return the reachable set of a graph's live part; None unless it is finite and right."""
    graph = live_part(graph)
    found = oracle.explore(graph)
    if not found.closed or found.failing is not None:
        return None
    pairs = oracle.reachable_pairs(graph, found)
    plan = Plan(graph)
    values = plan.evaluate(pairs.states, pairs.bits)
    columns = {name: values[row] for name, row in plan.rows.items()}
    return ReachableSet(graph, pairs, columns, plan.outputs(values) > 0, plan.next_states(values))
