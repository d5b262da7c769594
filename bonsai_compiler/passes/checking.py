"""The one rule by which every step of every pipeline is checked."""

from dataclasses import dataclass

import numpy as np

from bonsai_compiler.equivalence.search import explore, replay
from bonsai_compiler.equivalence.system import GraphSystem
from bonsai_compiler.equivalence.verdict import Counterexample
from bonsai_compiler.ir.graph import Graph
from bonsai_compiler.ir.interpreter import run
from bonsai_compiler.ir.liveness import live_part
from bonsai_compiler.oracle.oracle import QUICK, Oracle, SpecificationOracle
from bonsai_compiler.passes.base import Pass


@dataclass(frozen=True, slots=True)
class Check:
    """What checking a step found: the word for it, and an input that shows a fault.

    `finite` is whether the search came to an end and found no fault.
    """

    word: str
    finite: bool = False
    example: Counterexample | None = None


QUICK_TICKS = 256
"""How far a graph is followed beside the one before it by those who cannot wait."""


def check(kind: type[Pass], before: Graph, after: Graph, oracle: Oracle, *, patient: bool) -> Check:
    """Return how what a pass made of a graph checks.

    An exact pass is held against the graph before it, and every pass against the specification.
    What shows a fault there refutes it, unless an exact pass was given that very fault. It is
    proved if the search against the specification was complete. Else an exact pass is equal to the
    graph before, as far as was looked, and another accepted. The `patient` search until QUICK joint
    states are met, however many ticks that takes.
    """
    if kind.exact and after != before:
        example = _difference(before, after, oracle, asked=kind.asked, patient=patient)
        if example is not None:
            return Check("refuted", example=example)
    found = oracle.explore(after)
    if found.failing is not None or not (found.closed or oracle.accepts(after)):
        example = oracle.fault(after)
        if not kind.exact or (example is not None and right_on(before, example)):
            return Check("refuted", example=example)
        return Check("equal")
    proved = found.joint if found.closed else patient and oracle.proves(after)
    word = "proved" if proved else "equal" if kind.exact else "accepted"
    return Check(word, finite=found.closed)


def _difference(
    before: Graph, after: Graph, oracle: Oracle, *, asked: bool, patient: bool
) -> Counterexample | None:
    """Return a legal input on which two graphs differ, or None if neither search nor runs find one.

    Where only what is `asked` counts, they may differ on ticks that the oracle does not care about.
    """
    live = live_part(before)
    # What removes dead code is held against all of the graph: without it, both would be one.
    whole = before if live == live_part(after) else live
    wanted = GraphSystem(whole, oracle.candidate(before).alphabet)
    beside = SpecificationOracle(oracle.legal(wanted, asked=asked))
    candidate = beside.candidate(after)
    found = explore(candidate, beside.specification, QUICK, None if patient else QUICK_TICKS)
    if found.failing is not None:
        return replay(candidate, beside.specification, found.failing)
    return None if found.closed else beside.fault(after)


def right_on(graph: Graph, example: Counterexample) -> bool:
    """Return whether a graph answers as expected on the last tick of a counterexample."""
    bits = np.array(example.inputs, dtype=bool).reshape(len(example.inputs), len(graph.inputs))
    values = run(graph, bits)
    answers = [bool(values[node.name][-1]) for node in graph.outputs]
    return all(
        wanted is None or given == wanted
        for given, wanted in zip(answers, example.expected[-1], strict=True)
    )
