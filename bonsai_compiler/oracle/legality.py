"""Which inputs may come in which states of a graph: those that its specification finds legal.

A graph knows nothing of legal inputs. Run beside its specification it does, as far as one of its
states never goes with two of the specification's in which other inputs are legal.
"""

from dataclasses import dataclass, replace

import numpy as np

from bonsai_compiler.equivalence.search import DEPTH, PROGRAM_JOINT_STATES, explore
from bonsai_compiler.equivalence.system import GraphSystem, MachineSystem, Numbers, Transition
from bonsai_compiler.ir.graph import Graph
from bonsai_compiler.ir.interpreter import Bools, Floats

MOST_ANSWERS = 2**20
"""How many answers, one for each letter in each joint state, are looked at."""


@dataclass(frozen=True, slots=True, eq=False)
class Legality:
    """Which letters may come in each state of a graph that legal inputs lead to.

    `allowed` (n, letters) belongs to `states` (n, width). Where one state goes with several of the
    specification's, and these differ, all is allowed that any of them allows, and not `exact`.
    """

    states: Floats
    allowed: Bools
    exact: bool


class _AcceptingAll(MachineSystem):
    """A specification that expects nothing, so that a search goes on where outputs are wrong."""

    def step(self, states: Floats, chosen: Numbers) -> Transition:
        transition = super().step(states, chosen)
        return replace(transition, outputs=np.zeros_like(transition.outputs))


def legality(graph: Graph, specification: MachineSystem) -> Legality | None:
    """Return which inputs may come in the states of a graph; None where these are too many."""
    wanted = _AcceptingAll(specification.machine)
    deepest = max(DEPTH, 2 * specification.machine.size)
    candidate = GraphSystem(graph, specification.alphabet)
    found = explore(candidate, wanted, PROGRAM_JOINT_STATES, deepest)
    if not found.closed or found.expanded * len(wanted.alphabet) > MOST_ANSWERS:
        return None
    legal = wanted.legal(found.specification[: found.expanded])
    states, which = np.unique(found.candidate[: found.expanded], axis=0, return_inverse=True)
    allowed = np.zeros((len(states), legal.shape[1]), dtype=bool)
    refused = allowed.copy()
    np.logical_or.at(allowed, which.reshape(-1), legal)
    np.logical_or.at(refused, which.reshape(-1), ~legal)
    return Legality(states, allowed, not (allowed & refused).any())
