"""Diagnose what keeps a network from being finite: the states that never settle on levels."""

import numpy as np

from bonsai_compiler.equivalence.system import GraphSystem
from bonsai_compiler.ir.graph import Graph
from bonsai_compiler.ir.interpreter import Floats
from bonsai_compiler.ir.liveness import live_part
from bonsai_compiler.oracle.falsify import random_simulation

TICKS = 1_000
RUNS = 8
MANY = 32
"""More distinct values than this are no levels."""


def diagnose_drift(graph: Graph) -> str:
    """Return which states of a graph drift, and which only never repeat, in a few words.

    A state drifts if it goes on leaving the range that it kept to before: it was further out in
    the second half of long random runs than in the first.
    """
    graph = live_part(graph)
    system = GraphSystem(graph)
    runs = random_simulation(system, system, np.random.default_rng(0), RUNS, TICKS, keep=True)
    half = len(runs.candidate) // 2
    clauses = []
    for state, column in zip(graph.states, runs.candidate.T, strict=True):
        if len(np.unique(column)) > MANY:
            word = "drifts" if _leaves(column[:half], column[half:]) else "never repeats"
            clauses.append(f"{state.name} {word}")
    return f"no few levels: {', '.join(clauses)}" if clauses else "no few levels that prove right"


def _leaves(before: Floats, after: Floats) -> bool:
    if not np.isfinite(after).all():
        return True
    room = 0.05 * float(np.ptp(before))
    return bool(after.min() < before.min() - room or after.max() > before.max() + room)
