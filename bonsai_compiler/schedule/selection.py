"""Of a population of trained networks, compile the promising and keep the smallest proved one."""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from bonsai_compiler.ir.graph import Dialect, Graph, size
from bonsai_compiler.ir.liveness import live_part
from bonsai_compiler.networks.network import Network
from bonsai_compiler.oracle.oracle import Oracle
from bonsai_compiler.passes.clip import Clip
from bonsai_compiler.passes.manager import Manager
from bonsai_compiler.passes.pipeline import (
    Compiled,
    is_large,
    lower_graph,
    reduce_graph,
    settle_graph,
)
from bonsai_compiler.system.deadline import NEVER, Deadline

CLIPPED = 24
"""How many networks are clipped, to see which promise to be small."""

MOST = 5
"""How many of those are compiled at most, unless they are tiny."""

FEWEST = 3
"""How many are compiled at least, however large."""

LARGE = 400
"""Large networks take long, and fewer of them are compiled: so many weights in all, at most."""

MOST_UNSETTLED = 8
"""How many are compiled as long as none settles."""

SPRAWL = 4
"""How many joint states for each of the task's make a network too roundabout to read."""

SETTLING, REDUCING = 0.5, 0.8
"""The shares of the time that is left after which no more networks are settled, or reduced."""

FINALISTS = 2, 6
"""How many of the smallest are compiled to the end, to keep what reads best: more if tiny."""

MOST_COMPARED = 24
"""Of exact networks of more weights only the smallest is compiled to the end."""

STATE = 0.5
"""As how many weights a state counts: one that only passes a value on has none of its own."""

NEAR = 1.1
"""How many times as many weights as the smallest an exact network that is compiled may have."""

EFFORT = 50
"""Small networks are compiled quickly, and more of them are: so many weights in all, at least."""


@dataclass(frozen=True, slots=True, eq=False)
class Choice:
    """The network that was kept, its place in the population, and all steps down to logic.

    `tried` networks were compiled, of which `settled` ended proved; `cut` is whether there might
    have been more, or smaller ones, with more time.
    """

    number: int
    network: Network
    compiled: Compiled
    tried: int
    settled: int
    cut: bool


def choose(
    networks: Sequence[Network],
    order: Sequence[int],
    lifted: Callable[[Network], Graph],
    manager: Manager,
    deadline: Deadline = NEVER,
    *,
    exact: bool = False,
    smallest: str = "weights",
) -> Choice:
    """Return the smallest network that settles, of those at the places `order`, down to logic.

    Then the smallest are compiled to the end.
    One that takes SPRAWL times as many states as the task is kept only where there is no other. Of
    equally small ones the one whose logic is the shortest to read is kept. Past the deadline it is
    the best found until then. What is `exact` was pruned by the whole table: only the smallest are
    compiled, and of large ones one.
    """
    settling, reducing = deadline.within(SETTLING), deadline.within(REDUCING)
    if exact and is_large(lifted(networks[order[0]])):
        order = order[:1]
    graphs = {number: lifted(networks[number]) for number in order}
    # Exact networks that are small enough to be ranked were pruned term by term: of 95 that came so
    # far clipping took a weight of none.
    promise = {
        number: size(
            live_part(graphs[number] if exact else _clipped(graphs[number], manager))
        ).weights
        for number in order[:CLIPPED]
    }
    fewest = max(1, min(promise.values()))
    many = EFFORT // fewest
    tried = sorted(order, key=lambda number: promise.get(number, math.inf))
    if exact:
        limit = math.inf if smallest == "program" else NEAR * fewest
        tried = [number for number in tried if promise.get(number, math.inf) <= limit]
    compiled = _settled(graphs, tried, fewest, manager, (settling, reducing))
    settled = sum(item.settled for item in compiled.values())
    cut = (settling if settled else reducing).passed
    ranks = {number: _rank(item, manager.oracle, smallest) for number, item in compiled.items()}
    few, most = FINALISTS if not exact or fewest <= MOST_COMPARED else (1, 1)
    finalists = sorted(ranks, key=lambda number: ranks[number])
    finalists = finalists[: most if smallest == "program" else max(few, min(many, most))]
    # Rounding changes no size and takes a while: it is left to the one that is kept.
    reduced = {
        number: reduce_graph(compiled[number], manager, reducing, frozenset({"round_numbers"}))
        for number in finalists
    }
    ranks = {number: _rank(item, manager.oracle, smallest) for number, item in reduced.items()}
    least = min(ranks.values())
    cut = cut or reducing.passed
    lowered = {
        number: lower_graph(item, manager, deadline)
        for number, item in reduced.items()
        if ranks[number] == least
    }
    best = min(lowered, key=lambda number: _reading_cost(lowered[number]))
    kept = _rounded(reduced[best], lowered[best], manager, deadline)
    cut = cut or deadline.passed
    return Choice(best, networks[best], kept, len(compiled), settled, cut)


def _settled(
    graphs: Mapping[int, Graph],
    order: Sequence[int],
    fewest: int,
    manager: Manager,
    deadlines: tuple[Deadline, Deadline],
) -> dict[int, Compiled]:
    """Return networks settled, in an order, of which the smallest has the `fewest` weights.

    The larger they are the fewer it is; after MOST_UNSETTLED the search ends if none has settled.
    It has until `settling`, or as long as none settles until `reducing`, and tries one at least.
    """
    settling, reducing = deadlines
    many, enough = EFFORT // fewest, max(FEWEST, min(MOST, LARGE // fewest))
    compiled: dict[int, Compiled] = {}
    for number in order:
        found = any(item.settled for item in compiled.values())
        until = settling if found else reducing
        if compiled and until.passed:
            break
        if len(compiled) >= (max(enough, many) if found else MOST_UNSETTLED):
            break
        compiled[number] = settle_graph(graphs[number], manager, until)
    return compiled


def _rounded(
    reduced: Compiled, lowered: Compiled, manager: Manager, deadline: Deadline
) -> Compiled:
    """Return a network that was `lowered` with its numbers rounded before, if there is time."""
    rounded = reduce_graph(reduced, manager, deadline)
    if rounded == reduced:
        return lowered
    again = lower_graph(rounded, manager, deadline)
    return lowered if deadline.passed else again


def _clipped(graph: Graph, manager: Manager) -> Graph:
    clip = manager.search(Clip, graph)
    return clip.apply(graph) if clip else graph


def _reading_cost(compiled: Compiled) -> float:
    """Return how long the logic is, and more than any for a graph that is none yet."""
    graph = compiled.graph
    if graph.dialect is not Dialect.LOGIC:
        return math.inf
    return sum(node.expression.cost for node in graph.logic)


def _rank(compiled: Compiled, oracle: Oracle, smallest: str) -> tuple[float, ...]:
    """Return what makes a network the better the less it is: settled ones come first."""
    size = compiled.steps[-1].size
    found = oracle.explore(compiled.graph) if compiled.settled else None
    joint_states = len(found.candidate) if found else 0
    needed = len(np.unique(found.specification, axis=0)) if found else 0
    sprawls = joint_states > SPRAWL * needed
    weight = size.weights + STATE * size.states
    unfit = not compiled.settled, sprawls
    if smallest == "program":
        return unfit  # how long it is is seen once it is written
    first = {"neurons": size.neurons, "states": size.states}.get(smallest, 0)
    return *unfit, first, weight, size.neurons, joint_states
