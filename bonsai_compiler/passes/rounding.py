"""Find the simplest numbers with which a finite graph does the same."""

import math
from collections.abc import Iterator

from bonsai_compiler.ir.graph import Graph
from bonsai_compiler.ir.liveness import live_part
from bonsai_compiler.oracle.oracle import Judge
from bonsai_compiler.oracle.reachable import reach
from bonsai_compiler.passes.round_numbers import Place, round_numbers
from bonsai_compiler.system.deadline import NEVER, Deadline

SIMPLE = (0.0, 1.0, 2.0, 0.5, 3.0, 1.5, 0.25, 0.75, 2.5, 4.0)
"""Sizes to try before grids, the simplest first."""

GRIDS = (0.5, 0.25, 0.125, 0.0625)
"""Multiples of these are tried next: each is exact in binary, and so are sums of a few."""


def find_numbers(graph: Graph, judge: Judge, deadline: Deadline = NEVER) -> dict[Place, float]:
    """Return simpler numbers that all together change nothing.

    Tried one after another, over and over until none gets any simpler or the deadline is over.
    """
    graph = live_part(graph)
    numbers = _initial_states(graph, judge)
    reached = reach(round_numbers(graph, numbers), judge)
    while reached is not None:
        before = dict(numbers)
        for place, value in _numbers(round_numbers(graph, numbers)):
            if deadline.passed:
                return numbers
            for simpler in _simpler(value, zero=place[1] is None):
                tried = reached.with_graph(round_numbers(graph, {**numbers, place: simpler}))
                if tried.does_as(reached):
                    numbers[place] = simpler
                    reached = tried
                    break
        if numbers == before:
            break
    return numbers


def _initial_states(graph: Graph, judge: Judge) -> dict[Place, float]:
    """Return simpler initial states, which lead to no more situations than there were.

    A state with levels begins on one of them.
    """
    numbers: dict[Place, float] = {}
    reached = reach(graph, judge)
    if reached is None:
        return numbers
    for state in (state for state in graph.states if not state.levels):
        place = state.name, None
        for simpler in _simpler(state.init, zero=True):
            after = reach(round_numbers(graph, {**numbers, place: simpler}), judge)
            if after is not None and after.size <= reached.size:
                numbers[place] = simpler
                break
    return numbers


def _numbers(graph: Graph) -> list[tuple[Place, float]]:
    return [
        (place, value)
        for node in graph.neurons
        for place, value in (
            *(((node.name, term.source), term.weight) for term in node.terms),
            ((node.name, None), node.bias),
        )
    ]


def _simpler(value: float, *, zero: bool) -> Iterator[float]:
    """Yield numbers that are simpler than `value`, the simplest first, its own sign first.

    The other sign is tried too, since the activation rises and falls. A weight of 0 is left to
    the pass that drops terms.
    """
    for simple in SIMPLE:
        if simple == abs(value):
            return
        if simple or zero:
            yield math.copysign(simple, value) + 0.0
        if simple:
            yield math.copysign(simple, -value)
    for grid in GRIDS:
        rounded = round(value / grid) * grid + 0.0
        if rounded == value:
            return
        if rounded:
            yield rounded
