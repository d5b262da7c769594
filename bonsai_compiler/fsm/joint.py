"""A graph and its specification side by side, as one machine: what its program has to do, and when.

A state of it is a state of the graph together with one of the specification.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from bonsai_compiler.equivalence.search import explore
from bonsai_compiler.equivalence.system import GraphSystem, TransitionSystem
from bonsai_compiler.ir.graph import Graph
from bonsai_compiler.ir.interpreter import Floats
from bonsai_compiler.specification.machine import Machine

MOST_STATES = 4_096
"""The most joint states: no person reads a program of more."""


@dataclass(frozen=True, slots=True, eq=False)
class Joint:
    """The machine of all joint states that legal inputs lead to; state 0 is the start.

    `levels` (states, width) are the graph's states; `numbers` (states,) the specification's where
    that knows its states by numbers, all 0 where it has none. An output is free where the
    specification leaves it so.
    """

    machine: Machine
    levels: Floats
    numbers: npt.NDArray[np.int64]


def joined(graph: Graph, specification: TransitionSystem) -> Joint | None:
    """Return the joint machine of a graph that behaves as its specification; None if it does not.

    Nor where there are more than MOST_STATES joint states.
    """
    system = GraphSystem(graph, specification.alphabet)
    found = explore(system, specification, MOST_STATES)
    if not found.closed or found.failing is not None:
        return None
    # What is first met at the horizon is never gone on from: nothing is said about it.
    graphs, wanted = found.candidate[: found.expanded], found.specification[: found.expanded]
    legal = specification.legal(wanted)
    states, chosen = np.nonzero(legal)
    left = system.step(graphs[states], chosen)
    right = specification.step(wanted[states], chosen)
    places = {row.tobytes(): place for place, row in enumerate(_rows(graphs, wanted))}
    successor = np.full(legal.shape, -1, dtype=np.int32)
    successor[states, chosen] = [
        places.get(row.tobytes(), -1) for row in _rows(left.states, right.states)
    ]
    output = np.zeros((*legal.shape, len(specification.outputs)), dtype=np.int8)
    output[states, chosen] = right.outputs
    machine = Machine(
        system.inputs,
        system.outputs,
        successor,
        output,
        legal,
        specification.horizon,
        specification.ports,
    )
    # A network that is its own specification may have no state: then there is but one.
    numbers = wanted[:, 0] if wanted.shape[1] else np.zeros(len(wanted))
    return Joint(machine, graphs, numbers.astype(np.int64))


def _rows(left: Floats, right: Floats) -> Floats:
    # Adding 0.0 turns -0.0 into 0.0, so that equal states are one.
    return np.ascontiguousarray(np.concatenate([left, right], axis=1) + 0.0)
