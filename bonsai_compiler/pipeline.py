"""Run the passes, check each, keep every step."""

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from bonsai_compiler.ir import Dialect, Graph, Size, size
from bonsai_compiler.judge import Judge
from bonsai_compiler.passes import LOGIC_PASSES, NEURON_PASSES, Pass
from bonsai_compiler.text import dump, number
from bonsai_compiler.tuning import Tuning
from bonsai_compiler.verify import verify

VARIANTS: tuple[frozenset[str], ...] = (
    frozenset(),
    frozenset({"quantize"}),
    frozenset({"clip", "quantize"}),
)
"""Which passes to leave out, tried in turn until the states snap to levels that prove right."""


@dataclass(frozen=True, slots=True)
class Step:
    """A graph in the making: what was done, what came of it, how it checked, how long it took.

    `checks` counts how often the judge was asked, in search of the pass's parameter too.
    """

    name: str
    graph: Graph
    deed: str
    check: str
    seconds: float
    checks: int = 0

    @property
    def size(self) -> Size:
        """The size of the step's graph."""
        return size(self.graph)


@dataclass(frozen=True, slots=True)
class Compiled:
    """All steps, from the lifted network on; `settled` if the last graph is finite and right."""

    steps: tuple[Step, ...]
    settled: bool

    @property
    def graph(self) -> Graph:
        """The graph of the last step."""
        return self.steps[-1].graph

    @property
    def neurons(self) -> Graph:
        """The last graph that consists of neurons only."""
        graphs = [step.graph for step in self.steps]
        return next(graph for graph in reversed(graphs) if graph.dialect is Dialect.NEURONS)


class BrokenPassError(Exception):
    """A pass on logic changed behaviour: a fault of the compiler, never of the user."""


def compile_graph(lifted: Graph, tuning: Tuning) -> Compiled:
    """Return the steps from a lifted network to its smallest graph of neurons.

    Lossy passes go as far as the judge accepts. Where clipped and quantized states do not snap to
    levels that are proved right, gentler variants of the pipeline are tried.
    """
    verify(lifted)
    attempts = []
    for left_out in VARIANTS:
        passes = [item for item in NEURON_PASSES if item.name not in left_out]
        attempts.append(_run(passes, (Step("lift", lifted, "", "", 0.0),), tuning))
        if attempts[-1].settled:
            return attempts[-1]
    return attempts[0]


def lower_graph(compiled: Compiled, tuning: Tuning) -> Compiled:
    """Return the steps with those to logic appended; unchanged if the graph is not settled."""
    if not compiled.settled:
        return compiled
    return _run(LOGIC_PASSES, compiled.steps, tuning)


def _run(passes: Iterable[Pass], steps: tuple[Step, ...], tuning: Tuning) -> Compiled:
    settled = steps[-1].name != "lift"
    for item in passes:
        started, asked = time.perf_counter(), tuning.judge.checks
        before = steps[-1].graph
        parameters = tuning.parameters(item.name, before)
        if parameters is None:
            if item.name in ("snap", "lower"):
                return Compiled(steps, settled=False)
            steps += (Step(item.name, before, "left out: nothing accepted", "", 0.0),)
            continue
        after = item.function(before, **parameters)
        verify(after, item.name)
        settled = settled or item.name == "snap"
        check, deed = _check(after, tuning.judge, settled=settled), _deed(parameters)
        if settled and check != "proved":
            if after.dialect is Dialect.LOGIC:
                raise BrokenPassError(f"the pass '{item.name}' broke this graph:\n{dump(before)}")
            # Folding and merging add in another order; where a sum stands exactly on an edge of
            # the activation or of a level, the last bit can decide.
            after, check, deed = before, "proved", "left out: rounding would change the behaviour"
        checks = tuning.judge.checks - asked
        steps += (Step(item.name, after, deed, check, time.perf_counter() - started, checks),)
    return Compiled(steps, settled)


def _check(graph: Graph, judge: Judge, *, settled: bool) -> str:
    """Return how a graph checks: once settled it is proved or it is not."""
    if not settled:
        return "accepted" if judge.accepts(graph) else "refuted"
    found = judge.explore(graph)
    return "proved" if found.closed and found.failing is None else "refuted"


def _deed(parameters: dict[str, Any]) -> str:
    """Return what was chosen, in a few words."""
    words: dict[str, Callable[[Any], str]] = {
        "threshold": lambda value: f"threshold {value:.3g}",
        "step": lambda value: f"step {number(value)}",
        "terms": lambda value: f"{len(value)} terms",
        "levels": lambda value: (
            ", ".join(f"{name}: {len(ladder)} levels" for name, ladder in value.items())
            or "finite as it is"
        ),
    }
    return ", ".join(words[name](value) for name, value in parameters.items() if name in words)
