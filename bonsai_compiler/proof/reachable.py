"""Everything that a finite graph can meet, and whether another does the same there."""

from dataclasses import dataclass

import numpy as np

from bonsai_compiler.interp import Bools, Floats
from bonsai_compiler.ir import Graph
from bonsai_compiler.passes.dead_code import dead_code
from bonsai_compiler.proof.judge import Judge, Situations
from bonsai_compiler.proof.plan import Plan


@dataclass(frozen=True, slots=True, eq=False)
class Reached:
    """The situations of a graph and what it does in each.

    `columns` has the value of every input, state and neuron in each situation; `outputs`
    (n, outputs) bools; `following` (n, states) the next states.
    """

    situations: Situations
    columns: dict[str, Floats]
    outputs: Bools
    following: Floats

    @property
    def size(self) -> int:
        """How many situations there are."""
        return len(self.situations.states)

    def of(self, graph: Graph) -> tuple[Bools, Floats]:
        """Return outputs and next states of another graph with the same states, there."""
        plan = Plan(graph)
        values = plan.evaluate(self.situations.states, self.situations.bits)
        return plan.outputs(values) > 0, plan.next_states(values)

    def kept_by(self, graph: Graph) -> bool:
        """Return whether a graph with the same states does the same in every situation."""
        outputs, following = self.of(graph)
        return np.array_equal(outputs, self.outputs) and np.array_equal(following, self.following)


def reach(graph: Graph, judge: Judge) -> Reached | None:
    """Return what a graph, without its dead nodes, reaches; None unless it is finite and right."""
    graph = dead_code(graph)
    found = judge.explore(graph)
    if not found.closed or found.failing is not None:
        return None
    situations = judge.situations(graph, found)
    plan = Plan(graph)
    values = plan.evaluate(situations.states, situations.bits)
    columns = {name: values[row] for name, row in plan.rows.items()}
    return Reached(situations, columns, plan.outputs(values) > 0, plan.next_states(values))
