"""Remove redundant terms, with or without a constant in their place: the smallest first.

A graph whose states are held to levels has few reachable (state, input) pairs. A change that
leads to the same outputs and next states for all of them keeps behaviour, which one evaluation
of all of them side by side shows; only where next states differ is the joint search asked.
"""

import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar, Self

from bonsai_compiler.ir.graph import Graph, Neuron, Node, Size, size
from bonsai_compiler.ir.liveness import live_part
from bonsai_compiler.oracle.oracle import Oracle, ReachableSet, reachable_set
from bonsai_compiler.passes.base import Pass, counted
from bonsai_compiler.passes.fold_constants import FoldConstants
from bonsai_compiler.system.deadline import NEVER, Deadline

Edge = tuple[str, str]
Try = tuple[Edge, float]
Effect = tuple[bool, bool]

SEARCHED = 500_000
"""How many pairs the joint search may go through to tell whether terms can go.

Where a horizon alone ends it, a graph has thousands, and a search for each term takes minutes.
"""


AHEAD = 2
"""How many terms of a neuron are tried side by side once one has gone; twice as many each time
that none goes, for what was tried is tried anew after one that goes."""


@dataclass(frozen=True, slots=True)
class RemoveRedundancy(Pass):
    """None of the given terms, written (neuron, source), is left.

    Where `terms` gives an edge a value, the source is taken to have that value for ever, and the
    bias takes the term up; without one the value is 0.
    """

    name: ClassVar[str] = "drop"

    terms: Mapping[Edge, float] | Collection[Edge] = ()

    @classmethod
    def search(cls, graph: Graph, oracle: Oracle, deadline: Deadline) -> Self:
        """Return terms that can go all together, and what stands in for their sources."""
        return cls(find_redundant_terms(graph, oracle, deadline))

    def apply(self, graph: Graph) -> Graph:
        given = self.terms
        values = given if isinstance(given, Mapping) else dict.fromkeys(given, 0.0)
        poorer = {name for name, _ in values}

        def dropped(node: Node) -> Node:
            if not isinstance(node, Neuron) or node.name not in poorer:
                return node
            return _without(node, values)

        return graph.with_nodes(map(dropped, graph.nodes))

    def chosen(self) -> str:
        return counted(self.terms, "term")


def _without(neuron: Neuron, values: Mapping[Edge, float]) -> Neuron:
    """Return a neuron without some of its terms, whose sources have these values for ever."""
    gone = {
        term.source: term.weight * values[neuron.name, term.source]
        for term in neuron.terms
        if (neuron.name, term.source) in values
    }
    kept = tuple(term for term in neuron.terms if term.source not in gone)
    return Neuron(neuron.name, neuron.activation, neuron.bias + sum(gone.values()), kept)


@dataclass(slots=True)
class _Refusals:
    """What the search refused, and how many pairs it may still go through."""

    tries: set[Try]
    left: int


def find_redundant_terms(
    graph: Graph, oracle: Oracle, deadline: Deadline = NEVER
) -> dict[Edge, float]:
    """Return terms that can go all together, each with the value that stands in for its source.

    Past the deadline they are those found until then.

    Tried one by one, the smallest weight first: without the term, and with its source at the
    least or at the greatest value that it takes. Greedy search ends where it began to go, so it
    is made twice, with such stand-ins from the start and only when nothing goes without them.
    """
    refused = _Refusals(set(), SEARCHED)
    eager = _until_nothing_goes(graph, oracle, (True,), refused, deadline)
    if not eager and refused.left > 0:
        # The other way begins with tries that this one has made, too.
        return eager
    refused = _Refusals(set(), SEARCHED)
    patient = _until_nothing_goes(graph, oracle, (False, True), refused, deadline)
    return min(eager, patient, key=lambda gone: _left(graph, gone).rank)


def _left(graph: Graph, gone: dict[Edge, float]) -> Size:
    return size(live_part(FoldConstants().apply(RemoveRedundancy(gone).apply(graph))))


def _until_nothing_goes(
    graph: Graph,
    oracle: Oracle,
    sweeps: tuple[bool, ...],
    refused: _Refusals,
    deadline: Deadline,
) -> dict[Edge, float]:
    """Return the terms that sweeps find, with stand-ins or without, each tried when due.

    What the search refused is not tried again until nothing else goes: it seldom goes later.
    """
    gone: dict[Edge, float] = {}
    while True:
        everything = not refused.tries
        smaller = live_part(RemoveRedundancy(gone).apply(graph))
        ways = (_sweep(smaller, oracle, refused, deadline, stand_ins=way) for way in sweeps)
        found = next(filter(None, ways), None)
        if found:
            gone |= found
        elif everything or deadline.passed:
            return gone
        else:
            refused.tries.clear()


def _sweep(
    graph: Graph, oracle: Oracle, refused: _Refusals, deadline: Deadline, *, stand_ins: bool
) -> dict[Edge, float]:
    """Return terms that can go, from one pass over all; it ends where the reachable pairs change.

    What `refused` holds is passed over, and what the search refuses is added to it. Once it has
    gone through enough pairs, only what leads to the same next states goes.
    """
    gone: dict[Edge, float] = {}
    reached = reachable_set(graph, oracle)
    if reached is None:
        return gone
    effects: dict[Edge, dict[float, Effect]] = {}
    edges, ahead = _edges(graph), AHEAD
    for place, edge in enumerate(edges):
        if deadline.passed:
            break
        if edge not in effects:
            beside = [other for other in edges[place:] if other[0] == edge[0]][:ahead]
            effects |= _effects(beside, graph, reached, gone, refused.tries, stand_ins)
            ahead *= 2
        for value in _values(reached, edge, stand_ins):
            if value not in effects[edge]:
                continue
            outputs_stay, following_stays = effects[edge][value]
            if not outputs_stay:
                continue
            tried = RemoveRedundancy({**gone, edge: value}).apply(graph)
            if following_stays:
                gone[edge] = value
                reached = reached.with_graph(tried)
                effects, ahead = {}, AHEAD
                break
            if refused.left <= 0:
                continue
            refused.left -= reached.size
            # A term less is no gain where it takes more states to make up for it.
            after = reachable_set(tried, oracle)
            if after is not None and after.size <= reached.size:
                return {**gone, edge: value}
            refused.tries.add((edge, value))
    return gone


def _values(reached: ReachableSet, edge: Edge, stand_ins: bool) -> tuple[float, ...]:
    """Return what may stand in for the source of a term: 0, or the least or greatest it takes."""
    column = reached.columns[edge[1]]
    return (0.0, float(column.min()), float(column.max())) if stand_ins else (0.0,)


def _effects(
    edges: Sequence[Edge],
    graph: Graph,
    reached: ReachableSet,
    gone: Mapping[Edge, float],
    refused: Collection[Try],
    stand_ins: bool,
) -> dict[Edge, dict[float, Effect]]:
    """Return for terms of one neuron whether outputs, and next states, stay without each.

    What is `gone` is left out too; what is `refused`, or makes an infinite bias, is not tried.
    """
    neuron = next(node for node in graph.neurons if node.name == edges[0][0])
    tries = {
        (edge, value): _without(neuron, {**gone, edge: value})
        for edge in edges
        for value in _values(reached, edge, stand_ins)
        if (edge, value) not in refused
    }
    finite = {key: poorer for key, poorer in tries.items() if math.isfinite(poorer.bias)}
    found: dict[Edge, dict[float, Effect]] = {edge: {} for edge in edges}
    for (edge, value), effect in zip(finite, reached.effects([*finite.values()]), strict=True):
        found[edge][value] = effect
    return found


def _edges(graph: Graph) -> list[Edge]:
    weighted = [
        (abs(term.weight), node.name, term.source) for node in graph.neurons for term in node.terms
    ]
    return [(name, source) for _, name, source in sorted(weighted)]
