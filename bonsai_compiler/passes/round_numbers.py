"""Give single weights, biases and initial states simpler values."""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import ClassVar, Self

from bonsai_compiler.ir.graph import Graph, Neuron, Node, State, Term
from bonsai_compiler.ir.liveness import live_part
from bonsai_compiler.oracle.oracle import Oracle, reachable_set
from bonsai_compiler.passes.base import Pass, counted
from bonsai_compiler.system.deadline import NEVER, Deadline

Place = tuple[str, str | None]

SIMPLE = (0.0, 1.0, 2.0, 0.5, 3.0, 1.5, 0.25, 0.75, 2.5, 4.0)
"""Sizes to try before grids, the simplest first."""

GRIDS = (0.5, 0.25, 0.125, 0.0625)
"""Multiples of these are tried next: each is exact in binary, and so are sums of a few."""


@dataclass(frozen=True, slots=True)
class RoundNumbers(Pass):
    """Weights (neuron, source), biases (neuron, None), initial states (state, None) are as given.

    What `numbers` does not name stays.
    """

    exact: ClassVar[bool] = True
    asked: ClassVar[bool] = True

    numbers: Mapping[Place, float] | None = None

    @classmethod
    def search(cls, graph: Graph, oracle: Oracle, deadline: Deadline) -> Self:
        """Return the simplest numbers that change nothing."""
        return cls(find_numbers(graph, oracle, deadline))

    def apply(self, graph: Graph) -> Graph:
        given = self.numbers or {}
        named = {name for name, _ in given}

        def rounded(node: Node) -> Node:
            match node:
                case State(name) | Neuron(name) if name not in named:
                    return node
                case State(name, init, following, levels):
                    return State(name, given.get((name, None), init), following, levels)
                case Neuron():
                    return _rounded(node, given)
                case _:
                    return node

        return graph.with_nodes(map(rounded, graph.nodes))

    def chosen(self) -> str:
        return "" if self.numbers is None else counted(self.numbers, "number")


def _rounded(neuron: Neuron, given: Mapping[Place, float]) -> Neuron:
    name, bias = neuron.name, neuron.bias
    moved = (Term(given.get((name, t.source), t.weight), t.source) for t in neuron.terms)
    return Neuron(name, neuron.activation, given.get((name, None), bias), tuple(moved))


def find_numbers(graph: Graph, oracle: Oracle, deadline: Deadline = NEVER) -> dict[Place, float]:
    """Return simpler numbers that all together change nothing.

    Tried one after another, over and over until none gets any simpler or the deadline is over.
    """
    graph = live_part(graph)
    numbers = _initial_states(graph, oracle)
    reached = reachable_set(RoundNumbers(numbers).apply(graph), oracle)
    while reached is not None:
        before = dict(numbers)
        for place, value in _numbers(reached.graph):
            if deadline.passed:
                return numbers
            neuron = next(node for node in reached.graph.neurons if node.name == place[0])
            tries = [*_simpler(value, zero=place[1] is None)]
            effects = reached.effects([_rounded(neuron, {place: simpler}) for simpler in tries])
            found = next((at for at, kept in enumerate(effects) if all(kept)), None)
            if found is not None:
                numbers[place] = tries[found]
                reached = reached.with_graph(RoundNumbers(numbers).apply(graph))
        if numbers == before:
            break
    return numbers


def _initial_states(graph: Graph, oracle: Oracle) -> dict[Place, float]:
    """Return simpler initial states, which lead to no more reachable pairs than before.

    A state with levels begins on one of them.
    """
    numbers: dict[Place, float] = {}
    reached = reachable_set(graph, oracle)
    if reached is None:
        return numbers
    for state in (state for state in graph.states if not state.levels):
        place = state.name, None
        for simpler in _simpler(state.init, zero=True):
            after = reachable_set(RoundNumbers({**numbers, place: simpler}).apply(graph), oracle)
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
